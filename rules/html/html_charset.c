/*
 * The charset that a page says of itself, and XML made readable for the
 * tokenizer of HTML.
 */
#include "config.h"

#include "rules/html/html_charset.h"

#include <string.h>

#define PRESCAN_OCTETS 4096 /* browsers look at 1,024; some clients at more */

/* ---- charset --------------------------------------------------------------- */

/* The value behind "charset" and "=" in a tag, quoted or not. */
static struct span
charset_value(struct span tag)
{
	struct span rest = tag;

	for (;;) {
		size_t at = span_case_search(rest, SPAN("charset")), n;
		char quote = '\0';

		if (at == SIZE_MAX)
			return SPAN("");
		rest = span_trim(span_slice(rest, at + 7, rest.n));
		if (rest.n == 0 || rest.p[0] != '=')
			continue;
		rest = span_trim(span_slice(rest, 1, rest.n));
		if (rest.n > 0 && (rest.p[0] == '"' || rest.p[0] == '\'')) {
			quote = rest.p[0];
			rest = span_slice(rest, 1, rest.n);
		}
		for (n = 0; n < rest.n; n++)
			if (quote != '\0'
				? rest.p[n] == quote
				: ascii_space(rest.p[n]) || rest.p[n] == ';' ||
				      rest.p[n] == '"' || rest.p[n] == '\'' ||
				      rest.p[n] == '>')
				break;
		return span_trim(span_slice(rest, 0, n));
	}
}

static struct span
xml_encoding(struct span head)
{
	size_t end = span_search(head, SPAN("?>")), at;
	struct span rest;

	if (!span_starts(head, SPAN("<?xml")) || end == SIZE_MAX)
		return SPAN("");
	at = span_search(span_slice(head, 0, end), SPAN("encoding"));
	if (at == SIZE_MAX)
		return SPAN("");
	rest = span_trim(span_slice(head, at + 8, end));
	if (rest.n == 0 || rest.p[0] != '=')
		return SPAN("");
	rest = span_trim(span_slice(rest, 1, rest.n));
	if (rest.n < 2 || (rest.p[0] != '"' && rest.p[0] != '\''))
		return SPAN("");
	end = span_find(span_slice(rest, 1, rest.n), rest.p[0]);
	return end == SIZE_MAX ? SPAN("") : span_slice(rest, 1, end + 1);
}

/* A page that can be read as ASCII so far is in no charset of wider units. */
static struct span
charset_possible(struct span label)
{
	if (span_case_starts(label, SPAN("utf-16")) ||
	    span_case_starts(label, SPAN("utf-32")) ||
	    span_case_starts(label, SPAN("ucs-")) ||
	    span_case_starts(label, SPAN("unicode")))
		return SPAN("utf-8");
	return label;
}

struct span
html_charset(struct span octets)
{
	struct span head = span_slice(octets, 0, PRESCAN_OCTETS);
	struct span label = xml_encoding(head);

	while (label.n == 0) {
		size_t at = span_find(head, '<'), end;

		if (at == SIZE_MAX)
			return SPAN("");
		head = span_slice(head, at, head.n);
		if (span_starts(head, SPAN("<!--"))) {
			end = span_search(head, SPAN("-->"));
		} else {
			end = span_find(head, '>');
			if (span_case_starts(head, SPAN("<meta")) &&
			    head.n > 5 &&
			    (ascii_space(head.p[5]) || head.p[5] == '/'))
				label = charset_value(span_slice(head, 5, end));
		}
		if (end == SIZE_MAX)
			break;
		head = span_slice(head, end + 1, head.n);
	}
	return charset_possible(label);
}

/* ---- XML ------------------------------------------------------------------- */

static bool
xml_name_char(char c)
{
	return ascii_alnum(c) || c == '_' || c == '-' || c == '.' ||
	       (unsigned char)c >= 0x80;
}

/* Where the local part of a name begins that stands at i. */
static size_t
xml_local(struct span s, size_t i)
{
	size_t n = i;

	while (n < s.n && xml_name_char(s.p[n]))
		n++;
	if (n == i || n + 1 >= s.n || s.p[n] != ':' ||
	    !xml_name_char(s.p[n + 1]) ||
	    span_case_is(span_slice(s, i, n), "xmlns"))
		return i;
	return n + 1;
}

/* One tag from its "<" on; returns where it ends. */
static size_t
xml_tag(struct span s, size_t i, char *p, size_t *n)
{
	char quote = '\0';
	bool name = true;

	p[(*n)++] = s.p[i++];
	if (i < s.n && s.p[i] == '/')
		p[(*n)++] = s.p[i++];
	while (i < s.n) {
		char c = s.p[i];

		if (name)
			i = xml_local(s, i);
		c = s.p[i++];
		p[(*n)++] = c;
		name = false;
		if (quote != '\0') {
			if (c == quote)
				quote = '\0';
		} else if (c == '"' || c == '\'') {
			quote = c;
		} else if (c == '>') {
			break;
		} else {
			name = ascii_space(c);
		}
	}
	return i;
}

struct span
html_of_xml(struct span xml, struct arena *a)
{
	char *p = arena_octets(a, xml.n + 1);
	size_t n = 0, i = 0;

	while (i < xml.n) {
		struct span rest = span_slice(xml, i, xml.n);

		if (span_starts(rest, SPAN("<![CDATA["))) {
			p[n++] = ' ';
			i += 9;
		} else if (span_starts(rest, SPAN("]]>"))) {
			p[n++] = ' ';
			i += 3;
		} else if (rest.p[0] == '<' && rest.n > 1 &&
			   (ascii_alnum(rest.p[1]) || rest.p[1] == '/')) {
			i = xml_tag(xml, i, p, &n);
		} else {
			p[n++] = xml.p[i++];
		}
	}
	return span_make(p, n);
}
