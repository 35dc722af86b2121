/*
 * Text as people see it. The only file that normalises; GLib does it, which
 * is here by way of GMime.
 */
#include "config.h"

#include "rules/text/shown.h"

#include <glib.h>
#include <string.h>

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

static struct span
shown_normal(struct span s, struct arena *a)
{
	char *copy = arena_strdup(a, s), *normal;
	struct span out;

	for (size_t i = 0; i < s.n; i++)
		if (copy[i] == '\0')
			copy[i] = ' ';
	normal = g_utf8_normalize(copy, (gssize)s.n, G_NORMALIZE_ALL_COMPOSE);
	out = normal == NULL ? s : arena_dup(a, span_of(normal));
	g_free(normal);
	return out;
}

static struct span
shown_dots(struct span s, struct arena *a)
{
	char *out = arena_alloc(a, s.n + 1);
	size_t n = 0;
	uint32_t rune;

	for (size_t at = 0; at < s.n;) {
		size_t length = utf8_next(s, at, &rune);

		if (shown_dot(rune)) {
			out[n++] = '.';
		} else {
			memcpy(out + n, s.p + at, length);
			n += length;
		}
		at += length;
	}
	return span_make(out, n);
}

struct span
shown_text(struct span s, struct arena *a)
{
	if (utf8_ascii(s) || !utf8_valid(s))
		return s;
	s = rune_drawn(shown_order(s, a), a);
	return shown_dots(shown_normal(s, a), a);
}
