/*
 * Which ways lead through a pattern? Follows the part of the syntax of which
 * that can be told for certain: characters, classes, repetitions of these, \b,
 * groups and alternatives. Must know nothing of texts, nor of what strands are
 * good for.
 */
#include "config.h"

#include "rules/match/strand.h"

#include <string.h>

#include "rules/match/needle_cursor.h"
#include "rules/match/patterns.h"

#define DEPTH_MAX 8 /* of parentheses */

struct strand_parser {
	struct needle_cursor c;
	unsigned flags;
	unsigned depth;
	struct arena *a;
};

/* ---- sets of octets ------------------------------------------------------ */

bool
strand_word_octet(char octet)
{
	return ascii_alnum(octet) || octet == '_';
}

bool
octet_set_has_word(const struct octet_set *set)
{
	for (unsigned c = 0; c < 0x80; c++)
		if (strand_word_octet((char)c) && octet_set_has(set, (char)c))
			return true;
	return false;
}

static void
octet_set_add(struct octet_set *set, unsigned c)
{
	set->bit[c / 64 % 4] |= UINT64_C(1) << c % 64;
}

static void
octet_set_add_beyond(struct octet_set *set)
{
	set->bit[2] = set->bit[3] = UINT64_MAX;
}

static void
octet_set_turn(struct octet_set *set)
{
	for (size_t i = 0; i < ARRAY_COUNT(set->bit); i++)
		set->bit[i] = ~set->bit[i];
}

static void
octet_set_merge(struct octet_set *set, const struct octet_set *other)
{
	for (size_t i = 0; i < ARRAY_COUNT(set->bit); i++)
		set->bit[i] |= other->bit[i];
}

/* A character in either case where that does not matter. */
static void
strand_set_add(
    const struct strand_parser *p, struct octet_set *set, unsigned char c)
{
	octet_set_add(set, c);
	if ((p->flags & PATTERN_CASELESS) != 0 && ascii_alpha((char)c))
		octet_set_add(set, c ^ 0x20U);
}

/* \s, \w, \d, and by capitals what they are not. */
static bool
strand_kind_set(
    const struct strand_parser *p, char letter, struct octet_set *out)
{
	char kind = ascii_lower(letter);

	if (letter == '\0' || strchr("swdSWD", letter) == NULL)
		return false;
	*out = (struct octet_set){ { 0 } };
	for (unsigned c = 0; c < 0x80; c++)
		if (kind == 's'   ? c == ' ' || (c >= '\t' && c <= '\r')
		    : kind == 'w' ? strand_word_octet((char)c)
				  : ascii_digit((char)c))
			octet_set_add(out, c);
	if (letter != kind)
		octet_set_turn(out);
	if (!p->c.raw)
		octet_set_add_beyond(out);
	return true;
}

/* ---- strands ------------------------------------------------------------- */

static struct strands
strands_empty(struct strand_parser *p)
{
	struct strands s = {
		.v = arena_array(p->a, 1, sizeof(*s.v)), .count = 1, .cap = 1
	};

	return s;
}

static void
strands_add(struct strand_parser *p, struct strands *s, struct strand strand)
{
	if (s->count == STRANDS_MAX) {
		needle_give_up(&p->c);
		return;
	}
	s->v = arena_grow(p->a, s->v, &s->cap, s->count + 1, sizeof(*s->v));
	s->v[s->count++] = strand;
}

static void
strands_merge(
    struct strand_parser *p, struct strands *s, const struct strands *other)
{
	for (size_t i = 0; i < other->count && !p->c.gave_up; i++)
		strands_add(p, s, other->v[i]);
}

static void
strand_append(struct strand_parser *p, struct strand *s,
    const struct strand_item *v, size_t n)
{
	if (s->n + n > STRAND_ITEMS_MAX) {
		needle_give_up(&p->c);
		return;
	}
	s->v = arena_grow(p->a, s->v, &s->cap, s->n + n + 1, sizeof(*s->v));
	if (n > 0)
		memcpy(s->v + s->n, v, n * sizeof(*v));
	s->n += n;
}

/* Each of the first, and behind it each of the second. */
static struct strands
strands_join(
    struct strand_parser *p, struct strands *s, const struct strands *then)
{
	struct strands made = { 0 };

	if (then->count == 1) {
		for (size_t i = 0; i < s->count && !p->c.gave_up; i++)
			strand_append(p, &s->v[i], then->v[0].v, then->v[0].n);
		return *s;
	}
	for (size_t i = 0; i < s->count && !p->c.gave_up; i++)
		for (size_t k = 0; k < then->count && !p->c.gave_up; k++) {
			struct strand strand = { 0 };

			strand_append(p, &strand, s->v[i].v, s->v[i].n);
			strand_append(p, &strand, then->v[k].v, then->v[k].n);
			strands_add(p, &made, strand);
		}
	return made;
}

static struct strands
strands_item(struct strand_parser *p, struct strand_item item)
{
	struct strands s = strands_empty(p);

	strand_append(p, &s.v[0], &item, 1);
	return s;
}

/* ---- syntax -------------------------------------------------------------- */

/* The character that a backslash and this stand for; NUL: none. */
static char
strand_escaped(char letter)
{
	static const char from[] = "tnrfea", to[] = "\t\n\r\f\033\a";
	const char *at = letter == '\0' ? NULL : strchr(from, letter);

	if (at != NULL)
		return to[at - from];
	return ascii_alnum(letter) ? '\0' : letter;
}

/* One character of a class, which may begin a range; NUL: none. */
static char
strand_class_octet(struct strand_parser *p)
{
	char c = needle_peek(&p->c, 0);

	p->c.at++;
	if (c == '[' && strchr(":.=", needle_peek(&p->c, 0)) != NULL)
		return '\0';
	if (c != '\\')
		return c;
	c = strand_escaped(needle_peek(&p->c, 0));
	p->c.at++;
	return c;
}

static void
strand_class_member(struct strand_parser *p, struct octet_set *set)
{
	struct octet_set kind;
	unsigned char first, last;

	if (needle_peek(&p->c, 0) == '\\' &&
	    strand_kind_set(p, needle_peek(&p->c, 1), &kind)) {
		p->c.at += 2;
		octet_set_merge(set, &kind);
		/* Behind it a hyphen is one or an error: who knows. */
		if (needle_peek(&p->c, 0) == '-' &&
		    needle_peek(&p->c, 1) != ']')
			needle_give_up(&p->c);
		return;
	}
	first = last = (unsigned char)strand_class_octet(p);
	if (needle_peek(&p->c, 0) == '-' && needle_peek(&p->c, 1) != ']') {
		p->c.at++;
		last = (unsigned char)strand_class_octet(p);
	}
	if (first == '\0' || last < first || last >= 0x80)
		needle_give_up(&p->c);
	for (unsigned c = first; c <= last && !p->c.gave_up; c++)
		strand_set_add(p, set, (unsigned char)c);
}

/* Behind the bracket. */
static struct strand_item
strand_class(struct strand_parser *p)
{
	struct strand_item item = { .least = 1, .most = 1 };
	bool negated = needle_peek(&p->c, 0) == '^';
	size_t start = p->c.at += negated;

	while (needle_more(&p->c) &&
	       (p->c.at == start || needle_peek(&p->c, 0) != ']'))
		strand_class_member(p, &item.set);
	if (!needle_more(&p->c))
		needle_give_up(&p->c);
	p->c.at++;
	if (negated) {
		octet_set_turn(&item.set);
		if (!p->c.raw)
			octet_set_add_beyond(&item.set);
	}
	return item;
}

static struct strand_item
strand_character(struct strand_parser *p, char c)
{
	struct strand_item item = {
		.least = 1, .most = 1, .letter = strand_word_octet(c) ? c : '\0'
	};

	if (c == '\0' || ((unsigned char)c & 0x80) != 0)
		needle_give_up(&p->c);
	strand_set_add(p, &item.set, (unsigned char)c);
	return item;
}

/* Behind the backslash. */
static struct strand_item
strand_escape(struct strand_parser *p)
{
	struct strand_item item = { .least = 1, .most = 1 };
	char letter = needle_peek(&p->c, 0);

	p->c.at++;
	item.border = letter == 'b';
	if (item.border || strand_kind_set(p, letter, &item.set))
		return item;
	return strand_character(p, strand_escaped(letter));
}

static struct strand_item
strand_dot(const struct strand_parser *p)
{
	struct strand_item item = { .least = 1, .most = 1 };

	if ((p->flags & PATTERN_DOTALL) == 0)
		octet_set_add(&item.set, '\n');
	octet_set_turn(&item.set);
	return item;
}

static struct strands strands_alternatives(struct strand_parser *p);

/* Behind the parenthesis. */
static struct strands
strands_group(struct strand_parser *p)
{
	struct strands s = { 0 };

	if (needle_looking_at(&p->c, "?:"))
		p->c.at += 2;
	if (p->depth == DEPTH_MAX || needle_peek(&p->c, 0) == '?' ||
	    needle_peek(&p->c, 0) == '*') {
		needle_give_up(&p->c);
		return s;
	}
	p->depth++;
	s = strands_alternatives(p);
	p->depth--;
	if (needle_peek(&p->c, 0) != ')')
		needle_give_up(&p->c);
	p->c.at++;
	return s;
}

static struct strands
strands_atom(struct strand_parser *p)
{
	char c = needle_peek(&p->c, 0);
	struct strands s = { 0 };

	p->c.at++;
	switch (c) {
	case '(':
		return strands_group(p);
	case '[':
		return strands_item(p, strand_class(p));
	case '\\':
		return strands_item(p, strand_escape(p));
	case '.':
		return strands_item(p, strand_dot(p));
	case '^':
	case '$':
	case '*':
	case '+':
	case '?':
	case '{':
	case '}':
	case ']':
		needle_give_up(&p->c);
		return s;
	default:
		return strands_item(p, strand_character(p, c));
	}
}

/* How often what stood before is there; false: once. */
static bool
strand_repetition(struct strand_parser *p, uint32_t *least, uint32_t *most)
{
	char c = needle_peek(&p->c, 0);

	*least = c == '+' ? 1 : 0;
	*most = c == '?' ? 1 : STRAND_ANY;
	if (c == '{') {
		if (!needle_braces(&p->c, least, most))
			needle_give_up(&p->c);
	} else if (c == '?' || c == '*' || c == '+') {
		p->c.at++;
	} else {
		return false;
	}
	/* Who is content with less matches the same texts; who gives nothing
	 * back does not. */
	if (needle_peek(&p->c, 0) == '?')
		p->c.at++;
	c = needle_peek(&p->c, 0);
	if (c != '\0' && strchr("?*+{", c) != NULL)
		needle_give_up(&p->c);
	return true;
}

/* A class of few letters as a letter each, so that they make a word. */
static struct strands
strands_letters(struct strand_parser *p, const struct strands *s)
{
	const struct strand_item *item = s->count == 1 ? s->v[0].v : NULL;
	struct strands made = { 0 };

	if (item == NULL || s->v[0].n != 1 || item->border ||
	    item->letter != '\0' || item->least != 1 || item->most != 1)
		return *s;
	for (unsigned c = 0; c < 0x100; c++) {
		struct strand_item letter;

		if (!octet_set_has(&item->set, (char)c))
			continue;
		if (!strand_word_octet((char)c) || made.count == 4)
			return *s;
		letter = strand_character(p, (char)c);
		/* Its other case comes later. */
		if ((char)c == ascii_lower((char)c) ||
		    !octet_set_has(&letter.set, ascii_lower((char)c)))
			strands_add(p, &made, strands_item(p, letter).v[0]);
	}
	return made.count > 0 ? made : *s;
}

static struct strands
strands_repeat(struct strand_parser *p, struct strands s)
{
	struct strands none;
	uint32_t least, most;

	if (!strand_repetition(p, &least, &most) || p->c.gave_up)
		return strands_letters(p, &s);
	if (most == 1 && least == 1)
		return strands_letters(p, &s);
	none = strands_empty(p);
	if (most == 0)
		return none;
	if (most == 1) {
		s = strands_letters(p, &s);
		strands_merge(p, &s, &none);
		return s;
	}
	if (s.count != 1 || s.v[0].n != 1 || s.v[0].v[0].border ||
	    s.v[0].v[0].least != 1 || s.v[0].v[0].most != 1 || most < least) {
		needle_give_up(&p->c);
		return s;
	}
	s.v[0].v[0].least = least;
	s.v[0].v[0].most = most;
	s.v[0].v[0].letter = '\0';
	return s;
}

static struct strands
strands_row(struct strand_parser *p)
{
	struct strands s = strands_empty(p);

	while (needle_more(&p->c) && needle_peek(&p->c, 0) != '|' &&
	       needle_peek(&p->c, 0) != ')') {
		struct strands then = strands_repeat(p, strands_atom(p));

		if (p->c.gave_up)
			break;
		s = strands_join(p, &s, &then);
	}
	return s;
}

static struct strands
strands_alternatives(struct strand_parser *p)
{
	struct strands s = strands_row(p);

	while (needle_more(&p->c) && needle_peek(&p->c, 0) == '|') {
		struct strands other;

		p->c.at++;
		other = strands_row(p);
		strands_merge(p, &s, &other);
	}
	return s;
}

bool
strands_of(struct span regex, unsigned flags, bool raw, struct arena *a,
    struct strands *out)
{
	struct strand_parser p = {
		.c = { .s = regex, .raw = raw }, .flags = flags, .a = a
	};

	if ((flags & PATTERN_EXTENDED) != 0)
		return false;
	*out = strands_alternatives(&p);
	return !p.c.gave_up && !needle_more(&p.c);
}
