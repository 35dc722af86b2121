/*
 * How is a Subject written that gets a prefix? As it came, behind the prefix,
 * when both are ASCII: then nothing is decoded that could be decoded wrongly.
 * Also when it is raw in an old charset, which readers guess from the body:
 * written anew it would stay what we took it for. Else all of it anew, since
 * RFC 2047 has a reader drop the space between two encoded words (6.2).
 */
#include "config.h"

#include "policy/tell/header_prefix.h"

#include <string.h>

#include "policy/tell/header_text.h"
#include "rules/base/utf8.h"
#include "rules/text/decode.h"

#define PREFIX_COLUMNS 78 /* RFC 5322, 2.1.1 */

/* Neither ASCII nor UTF-8, or shifted by escapes, as ISO-2022-JP is. */
static bool
prefix_is_old(struct span raw)
{
	return !utf8_valid(raw) || span_find(raw, '\x1b') != SIZE_MAX;
}

/* Printable, with folds as they came; old: not in ASCII alone. */
static bool
prefix_is_plain(struct span raw, bool old)
{
	for (size_t i = 0; i < raw.n; i++) {
		char c = raw.p[i];

		if (c == '\r' && i + 1 < raw.n && raw.p[i + 1] == '\n')
			continue;
		if (c == '\n' && i + 1 < raw.n &&
		    (raw.p[i + 1] == ' ' || raw.p[i + 1] == '\t'))
			continue;
		if (old && ((unsigned char)c >= 0x80 || c == '\x1b'))
			continue;
		if (c != '\t' && (c < ' ' || c > '~'))
			return false;
	}
	return true;
}

/* Without CR, and without blanks around. */
static struct span
prefix_lines(struct arena *a, struct span raw)
{
	char *p = arena_octets(a, raw.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < raw.n; i++)
		if (raw.p[i] != '\r')
			p[n++] = raw.p[i];
	return span_trim(span_make(p, n));
}

static struct span
prefix_before(struct arena *a, struct span prefix, struct span lines)
{
	size_t first = span_find(lines, '\n');
	size_t columns = strlen("Subject: ") + prefix.n + 1 +
			 (first == SIZE_MAX ? lines.n : first);

	return span_of(arena_printf(a, "%.*s%s%.*s", SPAN_FMT(prefix),
	    lines.n == 0               ? ""
	    : columns > PREFIX_COLUMNS ? "\n\t"
				       : " ",
	    SPAN_FMT(lines)));
}

struct span
header_prefixed(
    struct arena *a, const struct header_field *f, struct span prefix)
{
	const struct span name = SPAN("Subject"), none = { NULL, 0 };
	struct span shown;
	bool old;

	prefix = span_trim(prefix);
	if (prefix.n == 0)
		return none;
	if (f == NULL)
		return header_text(a, name, prefix, HEADER_TEXT_SPACES);
	shown = mime_decode_text_as(f->value, SPAN(""), a);
	if (f->cut || span_case_search(shown, prefix) != SIZE_MAX)
		return none;
	old = prefix_is_old(f->raw);
	if ((old || utf8_ascii(prefix)) && prefix_is_plain(f->raw, old))
		return prefix_before(a,
		    utf8_ascii(prefix)
			? prefix
			: header_text(a, name, prefix, HEADER_TEXT_SPACES),
		    prefix_lines(a, f->raw));
	if (prefix.n + shown.n >= HEADER_TEXT_MAX / 2)
		return none;
	return header_text(a, name,
	    span_of(arena_printf(
		a, "%.*s %.*s", SPAN_FMT(prefix), SPAN_FMT(shown))),
	    HEADER_TEXT_SPACES);
}
