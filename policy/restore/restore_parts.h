#ifndef POLICY_RESTORE_RESTORE_PARTS_H
#define POLICY_RESTORE_RESTORE_PARTS_H

/*
 * The parts of a body in the one strict reading that mailing lists write
 * (RFC 2046, 5.1.1). What could be read in two ways is not read at all, so
 * that nobody hides an author's words behind a structure that we undo and mail
 * clients see otherwise; what clients may see is rules/mime's.
 * Pure; any thread; all lies in the text or in the arena.
 */

#include "rules/base/arena.h"
#include "rules/mail/header.h"
#include "rules/text/decode.h"

#define RESTORE_PARTS_MAX 32

/* What Content-Type and Content-Transfer-Encoding say. */
struct restore_form {
	struct span type;     /* lower case; "text/plain" when missing */
	struct span charset;  /* "" for none */
	struct span boundary; /* "" for none */
	struct span transfer; /* the value of the field, trimmed; "" for none */
	enum mime_transfer encoding;
	bool attached; /* it has a file name or is no inline part */
};

struct restore_part {
	size_t line;       /* where its delimiter stands in the body */
	struct span whole; /* header and text, without the line end that
	                      belongs to the next delimiter */
	struct span text;
	struct restore_form form;
	/* Of its header, as they came; p NULL for none. */
	struct span type_raw, transfer_raw;
};

struct restore_parts {
	struct restore_part part[RESTORE_PARTS_MAX];
	size_t count;
	struct span preamble, epilogue;
};

/* False when fields stand twice, or their values could be read otherwise. */
bool restore_form_read(const struct header_list *headers, struct arena *a,
    struct restore_form *out);
/*
 * False when the body is not made of parts with this boundary and a closing
 * delimiter, when there are too many, or one of them can't be read.
 */
bool restore_parts_read(struct span body, struct span boundary, struct arena *a,
    struct restore_parts *out);

#endif
