#ifndef POLICY_TELL_HEADER_TEXT_H
#define POLICY_TELL_HEADER_TEXT_H

/*
 * The text of a header field that we write: ASCII without control
 * characters, lines of at most 78 columns where the text allows it and never
 * over 998 octets, folded with LF and TAB. Pure; any thread.
 */

#include "rules/base/arena.h"
#include "rules/base/span.h"

enum header_text_break {
	HEADER_TEXT_SPACES, /* fold at white space only */
	HEADER_TEXT_COMMAS, /* and behind commas */
};

#define HEADER_TEXT_MAX 8192 /* what is longer is cut */

/*
 * value folded for a field of this name. Control characters become spaces
 * and several spaces one; where it is not ASCII the whole of it is written as
 * encoded words (RFC 2047). In the arena.
 */
struct span header_text(struct arena *a, struct span name, struct span value,
    enum header_text_break where);

/* Printable ASCII without space and colon: RFC 5322, 2.2. */
bool header_text_is_name(struct span name);

#endif
