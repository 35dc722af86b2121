#ifndef RULES_BASE_SPAN_H
#define RULES_BASE_SPAN_H

/*
 * A span is a piece of text that somebody else owns: a pointer and a length.
 * Mail contains NULs, so nothing here looks for one. A span is passed by
 * value and stays valid as long as the memory behind it: read each
 * function's comment for who owns that. All functions are pure and may be
 * called from any thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The only compiler extensions of the tree, each behind one macro. */
#if defined(__GNUC__)
#define ATTR_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define ATTR_NORETURN          __attribute__((noreturn))
#define ATTR_USE_RESULT        __attribute__((warn_unused_result))
/* Where the running function was called from; NULL when that is not known. */
#define CALLER_ADDRESS() __builtin_return_address(0)
#else
#define ATTR_PRINTF(fmt, args)
#define ATTR_NORETURN
#define ATTR_USE_RESULT
#define CALLER_ADDRESS() NULL
#endif

#define ARRAY_COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct span {
	const char *p;
	size_t n;
};

/* The span of a string literal. */
#define SPAN(literal) ((struct span){ "" literal, sizeof(literal) - 1 })
/* The same as an initialiser of static data. */
#define SPAN_INIT(literal)                      \
	{                                       \
		"" literal, sizeof(literal) - 1 \
	}
/* For printf's "%.*s". Only for text that is known to be harmless and short. */
#define SPAN_FMT(s) (int)(s).n, (s).p

/* The span of a C string; of NULL, the empty span with p == NULL. */
static inline struct span
span_of(const char *z)
{
	return (struct span){ z, z == NULL ? 0 : strlen(z) };
}
/* What stands behind a noun of which there are n: nothing behind one. */
static inline const char *
plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}
static inline struct span
span_make(const char *p, size_t n)
{
	return (struct span){ p, n };
}
/* Bytes from..end-1; both ends are clamped to the span. */
static inline struct span
span_slice(struct span s, size_t from, size_t end)
{
	if (end > s.n)
		end = s.n;
	if (from > end)
		from = end;
	return s.p == NULL ? s : (struct span){ s.p + from, end - from };
}

/* Byte for byte. */
static inline bool
span_eq(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}
/* ASCII letters compare without regard to case, all else byte for byte. */
bool span_case_eq(struct span a, struct span b);
bool span_case_is(struct span a, const char *z);
static inline bool
span_is(struct span a, const char *z)
{
	return span_eq(a, span_of(z));
}
/* <0, 0, >0 in byte order; the shorter of two with a common start is less. */
int span_compare(struct span a, struct span b);
int span_case_compare(struct span a, struct span b);
bool span_starts(struct span s, struct span with);
bool span_case_starts(struct span s, struct span with);
bool span_ends(struct span s, struct span with);
bool span_case_ends(struct span s, struct span with);

/* Offset of the first (last) byte c, or SIZE_MAX. */
size_t span_find(struct span s, char c);
size_t span_find_last(struct span s, char c);
/* Offset of the first occurrence of needle, or SIZE_MAX. */
size_t span_search(struct span s, struct span needle);
size_t span_case_search(struct span s, struct span needle);

/* Without leading and trailing SP, TAB, CR and LF. */
struct span span_trim(struct span s);

/*
 * Takes the piece before the next sep (or all that is left) off *rest.
 * Returns false when nothing was left; "a,,b" gives a, empty, b, and a
 * separator at the very end gives one empty piece.
 */
bool span_cut(struct span *rest, char sep, struct span *piece);
/* Is one of the lines (LF between them) that line? */
bool span_has_line(struct span lines, struct span line);

/* A decimal number without sign that fills the whole span and fits. */
bool span_number(struct span s, uint64_t *out);
/* So many octets from there, at most as a size_t has, the lowest first; what
 * lies behind the end counts as 0. */
static inline size_t
span_little(struct span s, size_t at, size_t octets)
{
	size_t n = 0;

	for (size_t i = octets; i-- > 0;)
		n = n << 8 | (at < s.n && i < s.n - at
				     ? (size_t)(unsigned char)s.p[at + i]
				     : 0);
	return n;
}

/* A hash for tables in memory; FNV-1a, with case folded by the second. */
uint64_t span_hash(struct span s, uint64_t seed);
uint64_t span_case_hash(struct span s, uint64_t seed);

/* ASCII only, whatever the locale. */
static inline bool
ascii_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
static inline bool
ascii_digit(char c)
{
	return c >= '0' && c <= '9';
}
static inline bool
ascii_alnum(char c)
{
	return ascii_alpha(c) || ascii_digit(c);
}
static inline bool
ascii_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
static inline char
ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}
/* The value of a hexadecimal digit; 16 for what is none. */
static inline unsigned
ascii_hex(char c)
{
	if (ascii_digit(c))
		return (unsigned)(c - '0');
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 16;
}

#endif
