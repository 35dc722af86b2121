/*
 * The differences between HTML as browsers read it (the WHATWG standard) and
 * libxml2, which knows HTML 4, as far as a sender can hide something there.
 */
#include "config.h"

#include "rules/html_repair.h"

#include <string.h>

#include "rules/utf8.h"

/* ---- URLs ------------------------------------------------------------------ */

/*
 * Character references of HTML 5 that libxml2, which knows HTML 4, leaves in a
 * URL. Changes p in place.
 */
static void
repair_references(char *p)
{
	static const struct {
		struct span name;
		char c;
	} row[] = { { SPAN_INIT("&period;"), '.' },
		{ SPAN_INIT("&colon;"), ':' }, { SPAN_INIT("&sol;"), '/' },
		{ SPAN_INIT("&bsol;"), '\\' }, { SPAN_INIT("&commat;"), '@' },
		{ SPAN_INIT("&Tab;"), '\t' }, { SPAN_INIT("&NewLine;"), '\n' },
		{ SPAN_INIT("&num;"), '#' }, { SPAN_INIT("&quest;"), '?' },
		{ SPAN_INIT("&equals;"), '=' }, { SPAN_INIT("&percnt;"), '%' },
		{ SPAN_INIT("&lowbar;"), '_' } };
	struct span rest = span_of(p);
	size_t n = 0;

	while (rest.n > 0) {
		size_t length = 1;
		char c = rest.p[0];

		for (size_t i = 0; c == '&' && i < ARRAY_COUNT(row); i++)
			if (span_starts(rest, row[i].name)) {
				c = row[i].c;
				length = row[i].name.n;
			}
		p[n++] = c;
		rest = span_slice(rest, length, rest.n);
	}
	p[n] = '\0';
}

struct span
html_href(const char *href, struct arena *a)
{
	char *p = arena_strdup(a, span_of(href));
	size_t n = 0;

	if (strchr(p, '&') != NULL)
		repair_references(p);
	for (size_t i = 0; p[i] != '\0'; i++)
		if (p[i] != '\n' && p[i] != '\r' && p[i] != '\t' &&
		    (n > 0 || (unsigned char)p[i] > ' '))
			p[n++] = p[i];
	while (n > 0 && (unsigned char)p[n - 1] <= ' ')
		n--;
	return utf8_clean(span_make(p, n), a);
}

/* ---- pages ----------------------------------------------------------------- */

/* Without NULs, at which libxml2 would stop reading. */
static struct span
repair_nul(struct span s, struct arena *a)
{
	char *p;
	size_t n = 0;

	if (span_find(s, '\0') == SIZE_MAX)
		return s;
	p = arena_strdup(a, s);
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\0')
			p[n++] = s.p[i];
	return span_make(p, n);
}

/* The slash of "<a/href=x>" at or behind from, or SIZE_MAX. */
static size_t
repair_slash(struct span s, size_t from)
{
	for (;;) {
		size_t at = span_find(span_slice(s, from, s.n), '<');

		if (at == SIZE_MAX)
			return at;
		from += at + 1;
		while (from < s.n && ascii_alnum(s.p[from]))
			from++;
		if (from + 1 < s.n && s.p[from] == '/' &&
		    s.p[from - 1] != '<' && ascii_alpha(s.p[from + 1]))
			return from;
	}
}

/* Browsers take that slash for a space; libxml2 drops the attribute. */
static struct span
repair_slashes(struct span s, struct arena *a)
{
	size_t at = repair_slash(s, 0);
	char *p;

	if (at == SIZE_MAX)
		return s;
	p = arena_strdup(a, s);
	for (; at != SIZE_MAX; at = repair_slash(s, at))
		p[at] = ' ';
	return span_make(p, s.n);
}

struct span
html_repair(struct span html, struct arena *a)
{
	return repair_slashes(repair_nul(html, a), a);
}
