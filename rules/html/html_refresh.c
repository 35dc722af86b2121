/*
 * The value of a refresh, which clients read in more forms than anybody writes.
 */
#include "config.h"

#include "rules/html/html_refresh.h"

static struct span
refresh_skip(struct span s)
{
	while (s.n > 0 && ascii_space(s.p[0]))
		s = span_slice(s, 1, s.n);
	return s;
}

struct span
html_refresh_url(struct span s)
{
	char quote;
	size_t end;

	s = refresh_skip(s);
	while (s.n > 0 && (ascii_digit(s.p[0]) || s.p[0] == '.'))
		s = span_slice(s, 1, s.n);
	s = refresh_skip(s);
	if (s.n > 0 && (s.p[0] == ';' || s.p[0] == ','))
		s = refresh_skip(span_slice(s, 1, s.n));
	if (span_case_starts(s, SPAN("url"))) {
		struct span behind = refresh_skip(span_slice(s, 3, s.n));

		if (behind.n > 0 && behind.p[0] == '=')
			s = refresh_skip(span_slice(behind, 1, behind.n));
	}
	if (s.n == 0 || (s.p[0] != '"' && s.p[0] != '\''))
		return s;
	quote = s.p[0];
	s = span_slice(s, 1, s.n);
	end = span_find(s, quote);
	return span_slice(s, 0, end);
}
