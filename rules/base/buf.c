/*
 * Buffers with a limit.
 */
#include "config.h"

#include "rules/base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* From here on a buffer grows by a quarter: the bodies of a thousand messages
 * that are on their way are mostly what a process holds. */
#define BUF_LARGE 16384

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
}

void
buf_free(struct buf *b)
{
	free(b->p);
	*b = (struct buf){ .max = b->max };
}

void
buf_clear(struct buf *b)
{
	b->n = 0;
	b->over = false;
}

struct span
buf_span(const struct buf *b)
{
	return (struct span){ b->p, b->n };
}

/* Room for extra octets more; false leaves the buffer as it was. */
static bool
buf_reserve(struct buf *b, size_t extra)
{
	size_t cap = b->cap < 256 ? 256 : b->cap;
	char *p;

	if (extra > b->max - b->n) {
		b->over = true;
		return false;
	}
	if (b->cap - b->n >= extra)
		return true;
	while (cap - b->n < extra)
		cap = cap > SIZE_MAX / 2 ? b->n + extra
		      : cap < BUF_LARGE  ? cap * 2
					 : cap + cap / 4;
	if (cap > b->max)
		cap = b->max;
	p = realloc(b->p, cap);
	if (p == NULL) {
		b->over = true;
		return false;
	}
	b->p = p;
	b->cap = cap;
	return true;
}

bool
buf_add(struct buf *b, struct span s)
{
	if (s.n == 0)
		return true;
	if (!buf_reserve(b, s.n))
		return false;
	memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
	return true;
}

size_t
buf_add_some(struct buf *b, struct span s)
{
	size_t room = b->max - b->n;
	size_t n = s.n < room ? s.n : room;

	if (!buf_add(b, span_slice(s, 0, n)))
		return 0;
	if (n < s.n)
		b->over = true;
	return n;
}

bool
buf_addz(struct buf *b, const char *z)
{
	return buf_add(b, span_of(z));
}

bool
buf_addc_slowly(struct buf *b, char c)
{
	return buf_add(b, (struct span){ &c, 1 });
}

bool
buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	char small[256];
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	if (n >= 0 && (size_t)n < sizeof(small)) {
		va_end(again);
		return buf_add(b, (struct span){ small, (size_t)n });
	}
	/* One octet more for vsnprintf's NUL, which does not stay. */
	if (n < 0 || (size_t)n >= b->max - b->n) {
		va_end(again);
		b->over = true;
		return false;
	}
	if (!buf_reserve(b, (size_t)n + 1)) {
		va_end(again);
		return false;
	}
	(void)vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
	va_end(again);
	b->n += (size_t)n;
	return true;
}

bool
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	bool fits;

	va_start(ap, fmt);
	fits = buf_vprintf(b, fmt, ap);
	va_end(ap);
	return fits;
}
