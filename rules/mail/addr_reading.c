/*
 * Rival readings of an address field. Knows no grammar on purpose: it finds
 * what a careless reader would find.
 */
#include "config.h"

#include "rules/mail/addr_reading.h"

#include "rules/base/utf8.h"

/* How far a comment inside a domain is followed. */
#define READING_COMMENT_MAX 256

bool
addr_reading_domain_char(char c)
{
	return ascii_alnum(c) || c == '-' || c == '_' || c == '.' ||
	       (unsigned char)c >= 0x80;
}

static size_t
reading_skip_space(struct span s, size_t at)
{
	while (at < s.n && ascii_space(s.p[at]))
		at++;
	return at;
}

static bool
reading_at_any(struct span s, size_t at, const char *set)
{
	return at < s.n && s.p[at] != '\0' &&
	       span_find(span_of(set), s.p[at]) != SIZE_MAX;
}

/*
 * Marks that no domain has, behind which nothing stands that could belong to
 * one: "a@b.example! private". Whoever takes them for a part of the domain has
 * one that cannot be.
 */
static bool
reading_mark_ends(struct span s, size_t end)
{
	size_t at = end;

	while (reading_at_any(s, at, "!#$%&*+/=?^`{|}~'\""))
		at++;
	return at == s.n || reading_at_any(s, at, " \t<>(),;:");
}

/*
 * Does a domain that ended at end go on for a reader who drops white space
 * and comments between its labels (obs-domain), or for one who takes more
 * characters than we do?
 */
static bool
reading_goes_on(struct span s, size_t end)
{
	size_t at = reading_skip_space(s, end);
	bool dot = end > 0 && s.p[end - 1] == '.';

	if (reading_at_any(s, end, "@\\[") ||
	    (reading_at_any(s, end, "!#$%&*+/=?^`{|}~'\"") &&
		!reading_mark_ends(s, end)))
		return true;
	if (at < s.n && s.p[at] == '(') {
		size_t close = at;

		while (close < s.n && close - at < READING_COMMENT_MAX &&
		       s.p[close] != ')')
			close++;
		at = close + 1;
		if (close < s.n && s.p[close] != ')')
			return true;
		at = reading_skip_space(s, at);
		return at < s.n && addr_reading_domain_char(s.p[at]);
	}
	return at > end && at < s.n &&
	       (s.p[at] == '.' || (dot && addr_reading_domain_char(s.p[at])));
}

bool
addr_reading_next(struct span text, size_t *pos, struct addr_reading *out)
{
	size_t at = span_find(span_slice(text, *pos, text.n), '@'), from, end;
	size_t dot;

	if (at == SIZE_MAX)
		return false;
	at += *pos;
	from = end = reading_skip_space(text, at + 1);
	while (end < text.n && addr_reading_domain_char(text.p[end]))
		end++;
	/* No domain ends so: "a@b.example- private". */
	while (end > from && (text.p[end - 1] == '-' || text.p[end - 1] == '_'))
		end--;
	out->at = at;
	out->end = end;
	out->run = span_slice(text, from, end);
	dot = span_find(out->run, '.');
	out->dotted = dot != SIZE_MAX && dot + 1 < out->run.n;
	if (out->run.n == 0)
		out->doubtful = from == at + 1
				    ? reading_at_any(text, from, "(\"[<=\\")
				    : reading_at_any(text, from, "([");
	else
		/* Octets of an old charset, of which "@" is the second. */
		out->doubtful = (out->dotted || utf8_valid(out->run)) &&
				reading_goes_on(text, end);
	*pos = end;
	return true;
}

size_t
addr_encoded_word(struct span text, size_t at)
{
	struct span s = span_slice(text, at, text.n);
	size_t i = 2;

	if (!span_starts(s, SPAN("=?")))
		return 0;
	while (
	    i < s.n && (ascii_alnum(s.p[i]) || reading_at_any(s, i, "-_*:.+")))
		i++;
	if (i == 2 || !reading_at_any(s, i, "?") ||
	    !reading_at_any(s, i + 1, "bBqQ") || !reading_at_any(s, i + 2, "?"))
		return 0;
	for (i += 3; i < s.n && s.p[i] != '?'; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f)
			return 0;
	return reading_at_any(s, i + 1, "=") ? i + 2 : 0;
}

size_t
addr_encoded_run(struct span text, size_t at)
{
	size_t end = at, next = at, n;

	while ((n = addr_encoded_word(text, next)) > 0) {
		end = next + n;
		next = reading_skip_space(text, end);
	}
	return end - at;
}
