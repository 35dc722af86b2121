/*
 * What does a script do, by the look of it? Nothing is run, and what is put
 * together from pieces is not seen.
 */
#include "config.h"

#include "rules/html/html_script.h"

#include <string.h>

bool
html_script_smuggles(struct span script)
{
	static const struct span sign[] = { SPAN_INIT("atob("),
		SPAN_INIT("new blob("), SPAN_INIT("createobjecturl"),
		SPAN_INIT("mssaveoropenblob"), SPAN_INIT("data:application") };

	for (size_t i = 0; i < ARRAY_COUNT(sign); i++)
		if (span_case_search(script, sign[i]) != SIZE_MAX)
			return true;
	return false;
}

/* The text in quotes that begins behind what goes to a page. */
static struct span
script_target(struct span s)
{
	size_t n = 0, end;

	while (n < s.n && memchr(" \t\n\r=(", s.p[n], 6) != NULL)
		n++;
	if (n >= s.n || memchr("\"'`", s.p[n], 3) == NULL)
		return SPAN("");
	end = span_find(span_slice(s, n + 1, s.n), s.p[n]);
	return end == SIZE_MAX ? SPAN("") : span_slice(s, n + 1, n + 1 + end);
}

static bool
script_is_absolute(struct span url)
{
	return span_case_starts(url, SPAN("http:")) ||
	       span_case_starts(url, SPAN("https:")) ||
	       span_starts(url, SPAN("//"));
}

size_t
html_script_links(struct span script, struct span *url, size_t max)
{
	static const struct span goes[] = { SPAN_INIT("location"),
		SPAN_INIT(".href"), SPAN_INIT(".assign"), SPAN_INIT(".replace"),
		SPAN_INIT(".open"), SPAN_INIT(".action") };
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_COUNT(goes); i++) {
		struct span rest = script;
		size_t at;

		while (count < max &&
		       (at = span_case_search(rest, goes[i])) != SIZE_MAX) {
			rest = span_slice(rest, at + goes[i].n, rest.n);
			url[count] = span_trim(script_target(rest));
			count += script_is_absolute(url[count]);
		}
	}
	return count;
}
