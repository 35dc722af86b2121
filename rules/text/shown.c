/*
 * Text as people see it, and as they look for it. The only file that
 * normalises; GLib does it, which is here by way of GMime.
 */
#include "config.h"

#include "rules/text/shown.h"

#include <glib.h>
#include <string.h>

#include "rules/base/buf.h"
#include "rules/base/utf8.h"
#include "rules/text/rune.h"

#define SHOWN_OVERRIDE 0x202EU /* right-to-left override */
#define SHOWN_POP      0x202CU /* ends an embedding or override */

/* Looks like a full stop in most fonts, and is none by NFKC (UTS 39). */
static bool
shown_dot(uint32_t rune)
{
	static const uint32_t like[] = { 0x0660, 0x06D4, 0x06F0, 0x0701, 0x0702,
		0xA4F8, 0xA60E, 0x10A50, 0x1D16D };

	for (size_t i = 0; i < ARRAY_COUNT(like); i++)
		if (rune == like[i])
			return true;
	return rune_dot(rune);
}

/* Begins an embedding or an override (UAX 9, X2 to X5). */
static bool
shown_opens(uint32_t rune)
{
	return rune >= 0x202A && rune <= SHOWN_OVERRIDE && rune != SHOWN_POP;
}

/* Where the override whose text begins at offset at ends. */
static size_t
shown_override_end(struct span s, size_t at)
{
	size_t depth = 1;
	uint32_t rune;

	while (at < s.n) {
		size_t n = utf8_next(s, at, &rune);

		depth += shown_opens(rune);
		depth -= rune == SHOWN_POP;
		if (depth == 0)
			break;
		at += n;
	}
	return at;
}

/* The characters of s from the last to the first. */
static void
shown_reverse(char *out, struct span s)
{
	uint32_t rune;

	out += s.n;
	for (size_t at = 0; at < s.n;) {
		size_t n = utf8_next(s, at, &rune);

		out -= n;
		memcpy(out, s.p + at, n);
		at += n;
	}
}

/* In the order in which it is drawn; an override inside another is the same. */
static struct span
shown_order(struct span s, struct arena *a)
{
	size_t at = span_search(s, SPAN("\xE2\x80\xAE"));
	char *out;

	if (at == SIZE_MAX)
		return s;
	out = arena_alloc(a, s.n);
	memcpy(out, s.p, s.n);
	while (at < s.n) {
		uint32_t rune;
		size_t n = utf8_next(s, at, &rune), end;

		if (rune != SHOWN_OVERRIDE) {
			at += n;
			continue;
		}
		end = shown_override_end(s, at + n);
		shown_reverse(out + at + n, span_slice(s, at + n, end));
		at = end;
	}
	return span_make(out, s.n);
}

/* What one character stands for; at most this many others. */
#define SHOWN_EXPANDS 18

/* Room for the text and what the last character became. */
struct shown_writer {
	char *p;
	size_t n, cap;
	size_t last; /* offset of the last character; n when there is none */
	struct arena *arena;
};

/* Joins a letter and its accent where there is a character for both. */
static void
shown_put(struct shown_writer *w, uint32_t rune)
{
	uint32_t before, both;

	w->p = arena_grow(w->arena, w->p, &w->cap, w->n + 4, 1);
	if (w->last < w->n) {
		(void)utf8_next(span_make(w->p, w->n), w->last, &before);
		if (g_unichar_compose(before, rune, &both)) {
			w->n = w->last + utf8_put(both, w->p + w->last);
			return;
		}
	}
	w->last = w->n;
	w->n += utf8_put(shown_dot(rune) ? '.' : rune, w->p + w->n);
}

/*
 * Compatibility decomposition and composition, character by character: with
 * the functions of GLib that take no memory. (Its function for the whole text
 * ends the process where there is none.) Marks are not put into their canonical
 * order, which changes nothing of what is looked for.
 */
static struct span
shown_normal(struct span s, struct arena *a)
{
	struct shown_writer w = { .arena = a };
	gunichar part[SHOWN_EXPANDS];
	uint32_t rune;

	for (size_t at = 0; at < s.n;) {
		size_t count;

		at += utf8_next(s, at, &rune);
		if (rune == 0)
			rune = ' ';
		count =
		    g_unichar_fully_decompose(rune, TRUE, part, SHOWN_EXPANDS);
		for (size_t i = 0; i < count && i < SHOWN_EXPANDS; i++)
			shown_put(&w, part[i]);
	}
	return span_make(w.p, w.n);
}

bool
shown_joined(uint32_t letter, uint32_t mark, uint32_t *both)
{
	return g_unichar_compose(letter, mark, both) != 0;
}

struct span
shown_text(struct span s, struct arena *a)
{
	if (utf8_ascii(s) || !utf8_valid(s))
		return s;
	return shown_normal(rune_drawn(shown_order(s, a), a), a);
}

/* ---- looking for words ---------------------------------------------------- */

/* Marks that people leave out: accents, points and vowels of other letters. */
static bool
sought_mark(uint32_t rune)
{
	static const struct {
		uint32_t from, to;
	} marks[] = {
		{ 0x0300, 0x036F }, /* accents of Latin, Greek and Cyrillic */
		{ 0x0591, 0x05BD }, /* Hebrew */
		{ 0x05BF, 0x05BF },
		{ 0x05C1, 0x05C2 },
		{ 0x05C4, 0x05C5 },
		{ 0x05C7, 0x05C7 },
		{ 0x0640, 0x0640 }, /* Arabic: tatweel, vowels */
		{ 0x064B, 0x065F },
		{ 0x0670, 0x0670 },
		{ 0x1AB0, 0x1AFF },
		{ 0x1DC0, 0x1DFF },
	};

	for (size_t i = 0; i < ARRAY_COUNT(marks); i++)
		if (rune >= marks[i].from && rune <= marks[i].to)
			return true;
	return false;
}

/* By way of the capital, since some letters have two small ones. */
static void
sought_put(struct buf *out, uint32_t rune)
{
	char octets[4];

	if (sought_mark(rune))
		return;
	if (rune == 0x00DF || rune == 0x1E9E) { /* sharp s */
		(void)buf_addz(out, "ss");
		return;
	}
	rune = g_unichar_tolower(g_unichar_toupper(rune));
	(void)buf_add(out, span_make(octets, utf8_put(rune, octets)));
}

struct span
shown_sought(struct span words, struct arena *a)
{
	struct span shown = shown_text(words, a);
	gunichar part[SHOWN_EXPANDS];
	struct buf out;
	uint32_t rune;

	if (utf8_ascii(shown))
		return arena_lower(a, shown);
	if (!utf8_valid(shown))
		return words;
	/* No letter grows to more than three times its octets. */
	buf_init(&out, 3 * shown.n);
	for (size_t at = 0; at < shown.n;) {
		size_t count;

		at += utf8_next(shown, at, &rune);
		count =
		    g_unichar_fully_decompose(rune, TRUE, part, SHOWN_EXPANDS);
		for (size_t i = 0; i < count && i < SHOWN_EXPANDS; i++)
			sought_put(&out, part[i]);
	}
	if (out.n > 0)
		words = arena_dup(a, buf_span(&out));
	buf_free(&out);
	return words;
}

bool
shown_has(struct span text, struct span sought)
{
	struct arena *a;
	bool has;

	if (utf8_ascii(text) || !utf8_valid(text))
		return span_case_search(text, sought) != SIZE_MAX;
	a = arena_new();
	has = span_search(shown_sought(text, a), sought) != SIZE_MAX;
	arena_free(&a);
	return has;
}
