/*
 * Calendars (RFC 5545) and their older kin: what an invitation says and where
 * it leads. Lines are unfolded; of each, the value counts, whatever property
 * it belongs to where it is an address, and of those that people read, as
 * text.
 */
#include "config.h"

#include "rules/document/document.h"

#include "rules/base/utf8.h"
#include "rules/html/html.h"

#define CALENDAR_LINES 5000

/* 3.1: a line goes on behind a line end and a blank. */
static struct span
calendar_unfold(struct document *d, struct span s)
{
	char *p = arena_alloc(d->arena, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		size_t end = i;

		if (s.p[end] == '\r')
			end++;
		if (end + 1 < s.n && s.p[end] == '\n' &&
		    (s.p[end + 1] == ' ' || s.p[end + 1] == '\t')) {
			i = end + 1;
			continue;
		}
		p[n++] = s.p[i];
	}
	return span_make(p, n);
}

/* 3.3.11: a backslash before a comma, a semicolon, itself and "n". */
static struct span
calendar_text(struct document *d, struct span value)
{
	char *p = arena_alloc(d->arena, value.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];

		if (c == '\\' && i + 1 < value.n) {
			c = value.p[++i];
			if (c == 'n' || c == 'N')
				c = '\n';
		}
		p[n++] = c;
	}
	return span_make(p, n);
}

/* Where the value begins: behind the first colon outside of quotes. */
static size_t
calendar_value(struct span line)
{
	bool quoted = false;

	for (size_t i = 0; i < line.n; i++) {
		if (line.p[i] == '"')
			quoted = !quoted;
		else if (line.p[i] == ':' && !quoted)
			return i + 1;
	}
	return line.n;
}

static struct span
calendar_name(struct span line)
{
	size_t n = 0;

	while (n < line.n && (ascii_alnum(line.p[n]) || line.p[n] == '-'))
		n++;
	return span_slice(line, 0, n);
}

static bool
calendar_is_read(struct span name)
{
	static const char *const read[] = { "SUMMARY", "DESCRIPTION",
		"LOCATION", "COMMENT", "CONTACT" };

	for (size_t i = 0; i < ARRAY_COUNT(read); i++)
		if (span_case_eq(name, span_of(read[i])))
			return true;
	return false;
}

/* A word and a colon before anything else. */
static bool
calendar_is_address(struct span value)
{
	size_t n = 0;

	while (n < value.n && (ascii_alnum(value.p[n]) || value.p[n] == '+' ||
				  value.p[n] == '-' || value.p[n] == '.'))
		n++;
	return n > 1 && n < value.n && value.p[n] == ':' &&
	       span_find(value, ' ') == SIZE_MAX;
}

static void
calendar_line(struct document *d, struct span line)
{
	struct span name = calendar_name(line);
	struct span value = span_slice(line, calendar_value(line), line.n);
	struct span text = calendar_text(d, value);

	if (span_case_eq(name, SPAN("X-ALT-DESC"))) {
		document_page(d, DOCUMENT_CALENDAR, text);
		return;
	}
	if (calendar_is_address(value))
		d->link(d->ctx, DOCUMENT_CALENDAR, value);
	/* Parameters hold addresses too, such as ALTREP. */
	document_find(
	    d, DOCUMENT_CALENDAR, span_slice(line, 0, line.n - value.n));
	document_find(d, DOCUMENT_CALENDAR, text);
	if (calendar_is_read(name))
		document_say(d, text);
}

void
document_calendar(struct document *d, struct span octets)
{
	struct span rest = document_utf8(d, calendar_unfold(d, octets)), line;
	size_t lines = 0;

	while (span_cut(&rest, '\n', &line)) {
		if (lines++ == CALENDAR_LINES || arena_over(d->arena)) {
			d->unseen = true;
			return;
		}
		line = span_trim(utf8_clean(line, d->arena));
		if (line.n > 0)
			calendar_line(d, line);
	}
}
