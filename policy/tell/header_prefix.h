#ifndef POLICY_TELL_HEADER_PREFIX_H
#define POLICY_TELL_HEADER_PREFIX_H

/*
 * The Subject with something before it, as people read it afterwards: nothing
 * of it is lost, encoded words stay what they are, and what stands there
 * already is not written again. Pure; any thread.
 */

#include "rules/mail/header.h"

/*
 * The value to write in place of the field's, folded with LF and TAB, in the
 * arena; f NULL: there is no Subject. p is NULL where the field is to be left
 * alone: it has the prefix, or not all of it can be kept.
 */
struct span header_prefixed(
    struct arena *a, const struct header_field *f, struct span prefix);

#endif
