/*
 * Received fields as MTAs write them: who handed the message to whom.
 */
#include "config.h"

#include "rules/mail/received.h"

/* The last "[address]" of the text, as MTAs write the client's. */
static bool
received_address(struct span text, struct ip *out)
{
	size_t close = text.n;

	while (close > 0) {
		struct span before = span_slice(text, 0, close), inside;
		size_t end = span_find_last(before, ']');
		size_t open;

		if (end == SIZE_MAX)
			return false;
		open = span_find_last(span_slice(before, 0, end), '[');
		if (open == SIZE_MAX)
			return false;
		inside = span_slice(before, open + 1, end);
		if (span_case_starts(inside, SPAN("IPv6:")))
			inside = span_slice(inside, 5, inside.n);
		if (ip_parse(inside, out))
			return true;
		close = open;
	}
	return false;
}

/* How often the word stands in the text, and where it does so first. */
static size_t
received_words(struct span text, struct span word, size_t *first)
{
	size_t count = 0;

	*first = SIZE_MAX;
	for (size_t i = 1; i + word.n < text.n; i++) {
		if (!ascii_space(text.p[i - 1]) ||
		    !ascii_space(text.p[i + word.n]) ||
		    !span_case_eq(span_slice(text, i, i + word.n), word))
			continue;
		if (count++ == 0)
			*first = i;
	}
	return count;
}

/*
 * What stands before "by". The client chooses its HELO name, and MTAs write
 * it down with spaces, parentheses and "by" in it; but no HELO holds a line
 * end, so a line that begins with "by" is the MTA's own word. Without one it
 * is only sure if the word stands there once.
 */
static bool
received_from(struct span value, struct span *from)
{
	struct span rest = value, line;
	size_t by;

	while (span_cut(&rest, '\n', &line)) {
		if (line.p == value.p ||
		    !span_case_starts(span_trim(line), SPAN("by ")))
			continue;
		*from = span_slice(value, 0, (size_t)(line.p - value.p));
		return true;
	}
	if (received_words(value, SPAN("by"), &by) > 1)
		return false;
	*from = span_slice(value, 0, by);
	return true;
}

/*
 * Exim's "name ([address] helo=HELO)" and "[address] (helo=HELO)". No "(" can
 * stand in such a HELO, but an address can; and what Sendmail writes behind an
 * ident that pretends to be one is "name [address]".
 */
static bool
received_exim(struct span line, struct ip *client, struct span *helo)
{
	size_t group = span_find_last(line, '(');
	struct span inside = span_slice(line, group + 1, line.n), rest;
	size_t mark = span_search(inside, SPAN("helo=")), end = 0;

	if (group == SIZE_MAX || mark == SIZE_MAX ||
	    (mark > 0 && !ascii_space(inside.p[mark - 1])))
		return false;
	rest = span_slice(inside, mark + 5, inside.n);
	while (end < rest.n && !ascii_space(rest.p[end]) && rest.p[end] != ')')
		end++;
	if (span_find(span_slice(rest, end, rest.n), '[') != SIZE_MAX ||
	    !received_address(span_slice(line, 0, group + 1 + mark), client))
		return false;
	*helo = span_slice(rest, 0, end);
	return true;
}

/* "HELO (address)" of Exchange, "name (HELO name) (address)" of qmail. */
static bool
received_bare(struct span line, struct ip *client, struct span *helo)
{
	static const struct span word = SPAN_INIT("(HELO ");
	size_t group, at;
	struct span before;

	line = span_trim(line);
	group = span_find_last(line, '(');
	before = span_trim(span_slice(line, 0, group));
	if (group == SIZE_MAX || !span_ends(line, SPAN(")")) ||
	    !ip_parse(span_slice(line, group + 1, line.n - 1), client))
		return false;
	at = span_search(before, word);
	*helo = at != SIZE_MAX && span_ends(before, SPAN(")"))
		    ? span_slice(before, at + word.n, before.n - 1)
		    : before;
	return true;
}

/*
 * The client in "HELO (name [address])", the last such on the first line that
 * has one: the lines behind it are comments, which may quote a certificate.
 */
static bool
received_client(struct span from, struct ip *client, struct span *helo)
{
	struct span rest = from, line;

	while (span_cut(&rest, '\n', &line)) {
		size_t open = span_find_last(line, '[');
		size_t group = span_find_last(span_slice(line, 0, open), '(');

		if (line.p == from.p && (received_exim(line, client, helo) ||
					    received_bare(line, client, helo)))
			return true;
		if (open == SIZE_MAX || group == SIZE_MAX)
			continue;
		if (line.p == from.p && group > 0)
			*helo = span_trim(span_slice(from, 0, group));
		return received_address(
		    span_slice(line, group, line.n), client);
	}
	return received_address(from, client);
}

bool
received_hop(struct span raw, struct ip *client, struct span *helo)
{
	struct span from;

	raw = span_trim(raw);
	if (!span_case_starts(raw, SPAN("from ")) || !received_from(raw, &from))
		return false;
	from = span_trim(span_slice(from, 5, from.n));
	*helo = span_slice(from, 0, span_find(from, ' '));
	return received_client(from, client, helo);
}
