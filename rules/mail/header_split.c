/*
 * Where the header of a message ends and what its fields are, by the rules
 * of Postfix: what it takes for the body, its milters and everybody behind
 * them see as the body.
 */
#include "config.h"

#include "rules/mail/header.h"

#include <string.h>

struct header_lines {
	struct span s;
	size_t at;
};

/*
 * The next line without its line end; *end is the offset behind it. CRs
 * before the LF all belong to the line end, as in Postfix's SMTP server.
 */
static bool
header_line(const struct header_lines *l, struct span *line, size_t *end)
{
	struct span rest = span_slice(l->s, l->at, l->s.n);
	size_t n = span_find(rest, '\n');

	if (rest.n == 0)
		return false;
	*end = n == SIZE_MAX ? l->s.n : l->at + n + 1;
	*line = span_slice(rest, 0, n);
	while (line->n > 0 && line->p[line->n - 1] == '\r')
		line->n--;
	return true;
}

static bool
header_is_fold(struct span line)
{
	return line.n > 0 && (line.p[0] == ' ' || line.p[0] == '\t');
}

/*
 * Offset of the colon of a field, or SIZE_MAX when the line is none: a name
 * of printable ASCII, white space perhaps, and the colon.
 */
static size_t
header_colon(struct span line)
{
	bool space = false;

	for (size_t i = 0; i < line.n; i++) {
		char c = line.p[i];

		if (c == ':')
			return i > 0 ? i : SIZE_MAX;
		if (c == ' ' || c == '\t')
			space = true;
		else if (space || c < ' ' || c >= 0x7F)
			return SIZE_MAX;
		if (space && i == 0)
			return SIZE_MAX;
	}
	return SIZE_MAX;
}

/* "From joe@example.org Thu ...", perhaps quoted with ">". */
static bool
header_is_mailbox_line(struct span line)
{
	size_t i = 0;

	while (i < line.n && line.p[i] == '>')
		i++;
	return span_starts(span_slice(line, i, line.n), SPAN("From "));
}

/* Takes the continuation lines of a field; returns where its text ends. */
static size_t
header_take_folds(struct header_lines *l, struct span line)
{
	size_t text_end = (size_t)(line.p - l->s.p) + line.n, end;

	while (header_line(l, &line, &end) && header_is_fold(line)) {
		text_end = (size_t)(line.p - l->s.p) + line.n;
		l->at = end;
	}
	return text_end;
}

bool
header_line_is_from(struct span line)
{
	struct span rest = line, piece;

	while (span_cut(&rest, '\r', &piece)) {
		piece = span_trim(piece);
		if (!span_case_starts(piece, SPAN("From")))
			continue;
		piece = span_trim(span_slice(piece, 4, piece.n));
		if (piece.n == 0 || piece.p[0] == ':')
			return true;
	}
	return false;
}

void
header_split(struct span message, struct header_list *h, struct span *body,
    unsigned *anomalies)
{
	struct header_lines l = { message, 0 };
	struct span line;
	size_t end;

	while (header_line(&l, &line, &end)) {
		size_t colon = header_colon(line), text_end;

		if (colon == SIZE_MAX &&
		    (l.at > 0 || !header_is_mailbox_line(line)))
			break;
		l.at = end;
		text_end = header_take_folds(&l, line);
		if (colon == SIZE_MAX)
			(void)header_add(h, SPAN("X-Mailbox-Line"), line);
		else
			(void)header_add(h, span_slice(line, 0, colon),
			    span_slice(message,
				(size_t)(line.p - message.p) + colon + 1,
				text_end));
	}
	if (!header_line(&l, &line, &end)) {
		*body = span_slice(message, message.n, message.n);
	} else if (line.n == 0) {
		*body = span_slice(message, end, message.n);
	} else {
		*anomalies |= l.at == 0 && header_is_fold(line)
				  ? HEADER_LEADING_SPACE
				  : HEADER_NO_COLON;
		if (header_line_is_from(line))
			*anomalies |= HEADER_FROM_LIKE;
		*body = span_slice(message, l.at, message.n);
	}
	*anomalies |= h->anomalies;
}
