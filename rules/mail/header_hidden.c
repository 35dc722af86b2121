/*
 * Fields inside of fields. The lines of a field are cut as the most lenient
 * reader would cut them: at LF, CRLF and CR.
 */
#include "config.h"

#include "rules/mail/header_hidden.h"

#include "rules/base/octets.h"
#include "rules/base/utf8.h"
#include "rules/text/rune.h"

/*
 * One line of a field, without its line end. However many CRs stand before an
 * LF, they are one line end: MTAs take them off together.
 */
struct hidden_line {
	struct span text;
	size_t next; /* offset of the line behind it */
	bool last;   /* there is none */
	bool fold;   /* begins with white space */
};

/* Where the line ends that goes on at offset at: most are ASCII, and long. */
static size_t
hidden_line_end(struct span raw, size_t at)
{
	for (; raw.n - at >= OCTETS_WORD; at += OCTETS_WORD) {
		uint64_t word = octets_read(raw.p + at);

		if (((word & OCTETS_HIGH) | octets_equal(word, '\r') |
			octets_equal(word, '\n')) != 0)
			break;
	}
	while (at < raw.n && raw.p[at] != '\r' && raw.p[at] != '\n')
		at++;
	return at;
}

static void
hidden_line_at(struct span raw, size_t at, struct hidden_line *out)
{
	size_t end = hidden_line_end(raw, at), cr;

	out->text = span_slice(raw, at, end);
	out->last = end == raw.n;
	out->next = end + !out->last;
	out->fold = out->text.n > 0 && (raw.p[at] == ' ' || raw.p[at] == '\t');
	/* In the midst of CRs: no LF follows them, which was seen before. */
	if (end == at && at > 0 && raw.p[at - 1] == '\r')
		return;
	for (cr = end; cr < raw.n && raw.p[cr] == '\r';)
		cr++;
	if (cr < raw.n && raw.p[cr] == '\n')
		out->next = cr + 1;
}

static bool
hidden_printable(char c)
{
	return c > ' ' && c < 0x7F;
}

/*
 * How much of the line is white space to somebody, or nothing at all: a
 * vertical tab, a NUL, U+00A0, a byte-order mark.
 */
static size_t
hidden_blank(struct span line, size_t at)
{
	while (at < line.n && !hidden_printable(line.p[at])) {
		uint32_t rune;
		size_t n = utf8_next(line, at, &rune);

		if (rune >= 0x80 && !rune_space(rune) && !rune_invisible(rune))
			break;
		at += n;
	}
	return at;
}

/* The name of a field, of printable ASCII; "" when the line begins with none. */
static struct span
hidden_name(struct span line, size_t *behind)
{
	size_t from = hidden_blank(line, 0), n = from;

	while (n < line.n && hidden_printable(line.p[n]) && line.p[n] != ':')
		n++;
	*behind = hidden_blank(line, n);
	return span_slice(line, from, n);
}

/*
 * Does a field begin with the line at offset at? *value is then the offset
 * behind its colon, which may stand on the next line.
 */
static bool
hidden_begins(struct span raw, size_t at, struct span *name, size_t *value)
{
	struct hidden_line line, next;
	size_t behind, from;

	hidden_line_at(raw, at, &line);
	*name = hidden_name(line.text, &behind);
	if (name->n == 0)
		return false;
	*value = at + behind + 1;
	if (behind < line.text.n)
		return line.text.p[behind] == ':';
	if (line.last)
		return false;
	hidden_line_at(raw, line.next, &next);
	from = line.next;
	while (from < raw.n && (raw.p[from] == ' ' || raw.p[from] == '\t'))
		from++;
	*value = from + 1;
	return next.fold && from < raw.n && raw.p[from] == ':';
}

/* Where the value that begins at offset from ends: before the next field. */
static size_t
hidden_value_end(struct span raw, size_t from, bool fold)
{
	struct hidden_line line;
	struct span name;
	size_t behind, at = from;

	for (;;) {
		hidden_line_at(raw, at, &line);
		at = line.next;
		if (line.last)
			return raw.n;
		hidden_line_at(raw, at, &line);
		/* Who knows folds goes on to the first line that is none. */
		if (!fold && line.fold)
			continue;
		if (!line.fold || hidden_begins(raw, at, &name, &behind))
			return at;
	}
}

/* What the CR-minded see behind a CR that stands in the name itself. */
static bool
hidden_in_name(struct header_walk *w, struct header_hidden *out)
{
	size_t cr = span_find_last(w->raw_name, '\r');

	if (cr == SIZE_MAX)
		return false;
	out->name = span_trim(span_slice(w->raw_name, cr + 1, w->raw_name.n));
	out->value = span_slice(w->raw, 0, hidden_value_end(w->raw, 0, false));
	return out->name.n > 0;
}

bool
header_hidden_next(struct header_walk *w, struct header_hidden *out)
{
	struct hidden_line line;
	size_t value;

	*out = (struct header_hidden){ SPAN(""), SPAN(""), false, false };
	if (!w->begun) {
		w->begun = true;
		hidden_line_at(w->raw, 0, &line);
		w->at = line.last ? w->raw.n : line.next;
		if (hidden_in_name(w, out))
			return true;
	}
	while (w->at < w->raw.n) {
		size_t at = w->at;

		hidden_line_at(w->raw, at, &line);
		w->at = line.next;
		out->fold = line.fold;
		/* A CR at the very end belongs to the line end. */
		out->end = line.text.n == 0 && !line.last;
		if (out->end)
			return true;
		if (hidden_begins(w->raw, at, &out->name, &value)) {
			out->value = span_slice(w->raw, value,
			    hidden_value_end(w->raw, value, line.fold));
			return true;
		}
		out->name = SPAN("");
	}
	return false;
}
