#ifndef RULES_BASE_JSONW_H
#define RULES_BASE_JSONW_H

/*
 * Writes one JSON text (RFC 8259) as one compact line into a buffer. What
 * comes out is valid JSON and valid UTF-8 whatever goes in: an octet that is
 * not UTF-8 becomes U+FFFD; what a terminal would obey, reorder or not show
 * (utf8_shown) becomes \u escapes, so that the line is safe in a log and on a
 * terminal and is the same JSON. If the buffer is .over at the end the text is
 * not complete and must not be used.
 *
 * key is the member's name inside an object and NULL inside an array and at
 * the top. Mixing these up, or ending what was not begun, panics.
 */

#include "rules/base/buf.h"

#define JSONW_DEPTH_MAX 16

struct jsonw {
	struct buf *out;
	size_t depth;
	char close[JSONW_DEPTH_MAX]; /* what ends each open level */
	bool comma;                  /* a value precedes on this level */
	bool packed;
	bool named; /* jsonw_name said the next value's name */
};

void jsonw_init(struct jsonw *w, struct buf *out);
/*
 * Writes the same packed instead: octets that jsonpack.h turns into the JSON
 * text. For what is written often and read seldom: numbers are not printed,
 * texts are neither escaped nor tried.
 */
void jsonw_init_packed(struct jsonw *w, struct buf *out);
void jsonw_object(struct jsonw *w, const char *key);
void jsonw_array(struct jsonw *w, const char *key);
/* Ends the innermost object or array. */
void jsonw_end(struct jsonw *w);
/* A span with p == NULL is null; the empty one is "". */
void jsonw_text(struct jsonw *w, const char *key, struct span text);
/* NULL is null. */
void jsonw_textz(struct jsonw *w, const char *key, const char *text);
/* Whole numbers without fraction; not-a-number and infinity are null. */
void jsonw_number(struct jsonw *w, const char *key, double number);
void jsonw_bool(struct jsonw *w, const char *key, bool yes);
/*
 * The name of the member that comes next, whose key is NULL then. Packed, the
 * number alone is written: that of the name in a list that who reads must have
 * (jsonpack.h).
 */
void jsonw_name(struct jsonw *w, unsigned number, const char *name);
void jsonw_null(struct jsonw *w, const char *key);

#endif
