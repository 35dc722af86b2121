#ifndef RULES_BASE_BUF_H
#define RULES_BASE_BUF_H

/*
 * A buffer that grows up to a limit: for whatever a peer can make long. What
 * does not fit is dropped whole (never half of one append) and .over is set,
 * which the owner checks once at the end. Memory failure counts as over, too.
 * buf.p is not NUL-terminated. No pointer into it survives an append.
 */

#include <stdarg.h>

#include "rules/base/span.h"

struct buf {
	char *p;
	size_t n;
	size_t cap;
	size_t max;
	bool over;
};

/* An empty buffer that never holds more than max octets. */
void buf_init(struct buf *b, size_t max);
void buf_free(struct buf *b);
/* Empties it and forgets that it was over; keeps the memory. */
void buf_clear(struct buf *b);
struct span buf_span(const struct buf *b);

/* All return false when the piece did not fit. */
bool buf_add(struct buf *b, struct span s);
bool buf_addz(struct buf *b, const char *z);
static inline bool buf_addc(struct buf *b, char c);
bool buf_printf(struct buf *b, const char *fmt, ...) ATTR_PRINTF(2, 3);
bool buf_vprintf(struct buf *b, const char *fmt, va_list ap) ATTR_PRINTF(2, 0);
/* As much of s as fits; sets over when that is not all. */
size_t buf_add_some(struct buf *b, struct span s);

/* Where there is no room yet: for buf_addc alone. */
bool buf_addc_slowly(struct buf *b, char c);

static inline bool
buf_addc(struct buf *b, char c)
{
	if (b->n == b->cap)
		return buf_addc_slowly(b, c);
	b->p[b->n++] = c;
	return true;
}

#endif
