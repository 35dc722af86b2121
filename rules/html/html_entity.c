/*
 * Character references. It knows the characters that they stand for, and not
 * where in a page they are read.
 */
#include "config.h"

#include "rules/html/html_entity.h"

#include <stddef.h>
#include <string.h>

#include "rules/base/utf8.h"

#define NAME_MAX_OCTETS   31 /* CounterClockwiseContourIntegral */
#define LEGACY_MAX_OCTETS 6  /* Aacute and others */
#define LEGACY            (UINT32_C(1) << 31)

/*
 * All names in one object, so that a name is found by two octets instead of a
 * pointer, which would have to be relocated at every start.
 */
#define E(name, first)         char n_##name[sizeof(#name)];
#define L(name, first)         char n_##name[sizeof(#name)];
#define D(name, first, second) char n_##name[sizeof(#name)];
struct entity_names {
#include "rules/html/html_entities.def"
};
#undef E
#undef L
#undef D

#define E(name, first)         #name,
#define L(name, first)         #name,
#define D(name, first, second) #name,
static const struct entity_names entity_names = {
#include "rules/html/html_entities.def"
};
#undef E
#undef L
#undef D

struct entity {
	uint32_t first;  /* character, or'ed with LEGACY */
	uint16_t second; /* character, or 0 */
	uint16_t name;   /* where in entity_names */
};

#define AT(name)               offsetof(struct entity_names, n_##name)
#define E(name, first)         { first, 0, AT(name) },
#define L(name, first)         { first | LEGACY, 0, AT(name) },
#define D(name, first, second) { first, second, AT(name) },
static const struct entity entity[] = {
#include "rules/html/html_entities.def"
};
#undef E
#undef L
#undef D
_Static_assert(sizeof(struct entity_names) <= UINT16_MAX, "entity.name");

/* ---- names ----------------------------------------------------------------- */

static const struct entity *
entity_find(struct span name)
{
	size_t from = 0, end = ARRAY_COUNT(entity);

	while (from < end) {
		size_t mid = from + (end - from) / 2;
		const char *z = (const char *)&entity_names + entity[mid].name;
		int order = strncmp(name.p, z, name.n);

		if (order == 0 && z[name.n] == '\0')
			return &entity[mid];
		if (order > 0)
			from = mid + 1;
		else
			end = mid;
	}
	return NULL;
}

/* The longest name that s starts with and that needs no semicolon. */
static const struct entity *
entity_find_legacy(struct span s, size_t *length)
{
	const struct entity *e;

	for (size_t n = s.n < LEGACY_MAX_OCTETS ? s.n : LEGACY_MAX_OCTETS;
	     n >= 2; n--) {
		e = entity_find(span_slice(s, 0, n));
		if (e != NULL && (e->first & LEGACY) != 0) {
			*length = n;
			return e;
		}
	}
	return NULL;
}

/* s follows the '&'; returns how much of it is the name. */
static size_t
entity_read_name(struct span s, bool in_attribute, const struct entity **out)
{
	size_t run = 0, n;

	while (run < s.n && run <= NAME_MAX_OCTETS && ascii_alnum(s.p[run]))
		run++;
	if (run < s.n && s.p[run] == ';' &&
	    (*out = entity_find(span_slice(s, 0, run))) != NULL)
		return run + 1;
	*out = entity_find_legacy(span_slice(s, 0, run), &n);
	if (*out == NULL)
		return 0;
	if (in_attribute && n < s.n && (s.p[n] == '=' || ascii_alnum(s.p[n])))
		return 0;
	return n;
}

/* ---- numbers --------------------------------------------------------------- */

/* What the standard puts in the place of a number (13.2.5.80). */
static uint32_t
entity_character(uint32_t number)
{
	/* Windows-1252, but for what it leaves open. */
	static const uint16_t c1[32] = { 0x20AC, 0x81, 0x201A, 0x0192, 0x201E,
		0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152,
		0x8D, 0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D,
		0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153,
		0x9D, 0x017E, 0x0178 };

	if (number == 0 || number > 0x10FFFF ||
	    (number >= 0xD800 && number < 0xE000))
		return UTF8_REPLACEMENT;
	return number >= 0x80 && number < 0xA0 ? c1[number - 0x80] : number;
}

/* s follows the "&#"; returns how much of it is the number. */
static size_t
entity_read_number(struct span s, uint32_t *out)
{
	uint32_t base = s.n > 0 && (s.p[0] == 'x' || s.p[0] == 'X') ? 16 : 10;
	uint32_t number = 0;
	size_t from = base == 16, i = from;

	for (; i < s.n && ascii_hex(s.p[i]) < base; i++)
		if (number <= 0x10FFFF)
			number = number * base + ascii_hex(s.p[i]);
	if (i == from)
		return 0;
	*out = entity_character(number);
	return i + (i < s.n && s.p[i] == ';');
}

/* ---- references ------------------------------------------------------------ */

size_t
html_entity_read(
    struct span s, bool in_attribute, char out[HTML_ENTITY_OCTETS], size_t *n)
{
	const struct entity *e;
	uint32_t number;
	size_t length;

	if (s.n < 2)
		return 0;
	if (s.p[1] == '#') {
		length = entity_read_number(span_slice(s, 2, s.n), &number);
		if (length == 0)
			return 0;
		*n = utf8_put(number, out);
		return length + 2;
	}
	length = entity_read_name(span_slice(s, 1, s.n), in_attribute, &e);
	if (length == 0)
		return 0;
	*n = utf8_put(e->first & ~LEGACY, out);
	if (e->second != 0)
		*n += utf8_put(e->second, out + *n);
	return length + 1;
}

struct span
html_entity_value(struct span s, struct arena *a)
{
	size_t amp = span_find(s, '&'), from = 0, n = 0;
	char *p;

	if (amp == SIZE_MAX)
		return s;
	/* "&nGt;", the tersest of all, has five octets and becomes six. */
	p = arena_octets(a, s.n + s.n / 5 + HTML_ENTITY_OCTETS);
	while (from < s.n) {
		struct span rest = span_slice(s, from, s.n);
		size_t length, octets = 0;

		amp = span_find(rest, '&');
		if (amp == SIZE_MAX)
			amp = rest.n;
		memcpy(p + n, rest.p, amp);
		n += amp;
		rest = span_slice(rest, amp, rest.n);
		length = html_entity_read(rest, true, p + n, &octets);
		if (length == 0 && rest.n > 0) {
			p[n] = '&';
			length = octets = 1;
		}
		n += octets;
		from += amp + length;
	}
	return span_make(p, n);
}
