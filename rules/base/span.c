/*
 * Spans: comparing, cutting and searching text that somebody else owns.
 */
#include "config.h"

#include "rules/base/span.h"

#include <string.h>

bool
span_case_eq(struct span a, struct span b)
{
	return a.n == b.n && span_case_compare(a, b) == 0;
}

bool
span_case_is(struct span a, const char *z)
{
	/* Most words of a table differ in their first octet. */
	for (size_t i = 0; i < a.n; i++)
		if (z[i] == '\0' || ascii_lower(a.p[i]) != ascii_lower(z[i]))
			return false;
	return z[a.n] == '\0';
}

int
span_compare(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n == 0 ? 0 : memcmp(a.p, b.p, n);

	if (order != 0)
		return order;
	return a.n < b.n ? -1 : a.n > b.n;
}

int
span_case_compare(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;

	for (size_t i = 0; i < n; i++) {
		unsigned char x = (unsigned char)ascii_lower(a.p[i]);
		unsigned char y = (unsigned char)ascii_lower(b.p[i]);

		if (x != y)
			return x < y ? -1 : 1;
	}
	return a.n < b.n ? -1 : a.n > b.n;
}

bool
span_starts(struct span s, struct span with)
{
	return s.n >= with.n && span_eq(span_slice(s, 0, with.n), with);
}

bool
span_case_starts(struct span s, struct span with)
{
	return s.n >= with.n && span_case_eq(span_slice(s, 0, with.n), with);
}

bool
span_ends(struct span s, struct span with)
{
	return s.n >= with.n && span_eq(span_slice(s, s.n - with.n, s.n), with);
}

bool
span_case_ends(struct span s, struct span with)
{
	return s.n >= with.n &&
	       span_case_eq(span_slice(s, s.n - with.n, s.n), with);
}

size_t
span_find(struct span s, char c)
{
	const char *at = s.n == 0 ? NULL : memchr(s.p, c, s.n);

	return at == NULL ? SIZE_MAX : (size_t)(at - s.p);
}

size_t
span_find_last(struct span s, char c)
{
	for (size_t i = s.n; i > 0; i--)
		if (s.p[i - 1] == c)
			return i - 1;
	return SIZE_MAX;
}

size_t
span_search(struct span s, struct span needle)
{
	const char *at;

	if (needle.n == 0)
		return 0;
	at = s.n == 0 ? NULL : memmem(s.p, s.n, needle.p, needle.n);
	return at == NULL ? SIZE_MAX : (size_t)(at - s.p);
}

size_t
span_case_search(struct span s, struct span needle)
{
	char first;

	if (needle.n == 0)
		return 0;
	first = ascii_lower(needle.p[0]);
	for (size_t i = 0; i + needle.n <= s.n; i++)
		if (ascii_lower(s.p[i]) == first &&
		    span_case_eq(span_slice(s, i, i + needle.n), needle))
			return i;
	return SIZE_MAX;
}

struct span
span_trim(struct span s)
{
	while (s.n > 0 && ascii_space(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && ascii_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool
span_cut(struct span *rest, char sep, struct span *piece)
{
	size_t at;

	if (rest->p == NULL)
		return false;
	at = span_find(*rest, sep);
	if (at == SIZE_MAX) {
		*piece = *rest;
		*rest = (struct span){ NULL, 0 };
	} else {
		*piece = span_slice(*rest, 0, at);
		*rest = span_slice(*rest, at + 1, rest->n);
	}
	return true;
}

bool
span_has_line(struct span lines, struct span line)
{
	struct span one;

	while (span_cut(&lines, '\n', &one))
		if (span_eq(one, line))
			return true;
	return false;
}

bool
span_number(struct span s, uint64_t *out)
{
	uint64_t value = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		uint64_t digit = (uint64_t)(unsigned char)(s.p[i] - '0');

		if (!ascii_digit(s.p[i]) || value > (UINT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*out = value;
	return true;
}

uint64_t
span_hash(struct span s, uint64_t seed)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325) ^ seed;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * UINT64_C(0x100000001b3);
	return h ^ (h >> 32);
}

uint64_t
span_case_hash(struct span s, uint64_t seed)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325) ^ seed;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)ascii_lower(s.p[i])) *
		    UINT64_C(0x100000001b3);
	return h ^ (h >> 32);
}
