/*
 * RAR 5 and ARJ, as far as their headers go. Sizes are claims of the sender's:
 * a block that says it goes on behind the end ends the walk.
 */
#include "config.h"

#include "rules/content/archive_own.h"

#define BLOCKS_MAX 10000

/* ---- RAR 5 ----------------------------------------------------------------- */

#define RAR5_MARK SPAN("Rar!\x1a\x07\x01\0")

enum { RAR5_FILE = 2, RAR5_SERVICE = 3, RAR5_CRYPT = 4, RAR5_END = 5 };

/* Seven bits an octet, the lowest first. */
static bool
rar5_number(struct span *s, uint64_t *out)
{
	*out = 0;
	for (unsigned i = 0; i < 10 && i < s->n; i++) {
		unsigned char c = (unsigned char)s->p[i];

		*out |= (uint64_t)(c & 0x7f) << (7 * i);
		if ((c & 0x80) == 0) {
			*s = span_slice(*s, i + 1, s->n);
			return true;
		}
	}
	return false;
}

/* The extra area of a header: records of a size, a type and data. */
static bool
rar5_extra_encrypted(struct span extra)
{
	uint64_t size, type;

	while (rar5_number(&extra, &size) && size > 0 && size <= extra.n) {
		struct span record = span_slice(extra, 0, (size_t)size);

		if (rar5_number(&record, &type) && type == 1)
			return true;
		extra = span_slice(extra, (size_t)size, extra.n);
	}
	return false;
}

bool
rar5_encrypted(struct span s)
{
	if (!span_starts(s, RAR5_MARK))
		return false;
	s = span_slice(s, RAR5_MARK.n, s.n);
	for (unsigned i = 0; i < BLOCKS_MAX && s.n > 4; i++) {
		uint64_t size, type, flags, extra = 0, data = 0;
		struct span head;

		s = span_slice(s, 4, s.n); /* the check sum */
		if (!rar5_number(&s, &size) || size > s.n)
			return false;
		head = span_slice(s, 0, (size_t)size);
		s = span_slice(s, (size_t)size, s.n);
		if (!rar5_number(&head, &type) || !rar5_number(&head, &flags))
			return false;
		if (type == RAR5_CRYPT)
			return true;
		if (((flags & 1) != 0 && !rar5_number(&head, &extra)) ||
		    ((flags & 2) != 0 && !rar5_number(&head, &data)))
			return false;
		if ((type == RAR5_FILE || type == RAR5_SERVICE) &&
		    extra <= head.n &&
		    rar5_extra_encrypted(
			span_slice(head, head.n - (size_t)extra, head.n)))
			return true;
		if (type == RAR5_END || data > s.n)
			return false;
		s = span_slice(s, (size_t)data, s.n);
	}
	return false;
}

/* ---- ARJ ------------------------------------------------------------------- */

#define ARJ_MARK SPAN("\x60\xea")

bool
arj_is(struct span octets)
{
	return span_starts(octets, ARJ_MARK) &&
	       span_little(octets, 2, 2) >= 30 &&
	       span_little(octets, 2, 2) <= 2600;
}

/* Behind the header at the start of s: its check sum and its extensions. */
static struct span
arj_behind(struct span s, size_t size)
{
	s = span_slice(s, 4 + size + 4, s.n);
	for (unsigned i = 0; i < 16 && s.n >= 2; i++) {
		size_t extension = span_little(s, 0, 2);

		s = span_slice(s, 2, s.n);
		if (extension == 0)
			break;
		s = span_slice(s, extension + 4, s.n);
	}
	return s;
}

bool
arj_names(struct span s, arj_name *name, void *ctx, bool *encrypted)
{
	*encrypted = false;
	for (unsigned i = 0; i < BLOCKS_MAX; i++) {
		size_t size = span_little(s, 2, 2), first, end;
		struct span head, data;

		if (!span_starts(s, ARJ_MARK) || s.n < 4)
			return false;
		if (size == 0)
			return true; /* the end */
		head = span_slice(s, 4, 4 + size);
		first = span_little(head, 0, 1);
		if (head.n < size || first < 30 || first >= size)
			return false;
		data = arj_behind(s, size);
		if (i > 0) { /* the first describes the archive */
			struct span text = span_slice(head, first, head.n);

			end = span_find(text, '\0');
			name(ctx, span_slice(text, 0, end));
			*encrypted =
			    *encrypted || (span_little(head, 4, 1) & 1) != 0;
			end = span_little(head, 12, 4);
			if (end > data.n)
				return false;
			data = span_slice(data, end, data.n);
		}
		s = data;
	}
	return false;
}
