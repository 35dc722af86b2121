/*
 * How does a pattern look whose repetitions of white space end, and which
 * texts match both? Must know nothing of any matcher.
 */
#include "config.h"

#include "rules/match/pattern_bound.h"

#include <stdlib.h>
#include <string.h>

#include "rules/base/octets.h"
#include "rules/match/pattern_widen.h"
#include "rules/match/patterns.h"

/* ---- patterns ------------------------------------------------------------ */

struct bound {
	struct span s;
	size_t at;
	struct buf *out;
	bool blanks;  /* a blank is a character, not a gap in the pattern */
	bool changed; /* a repetition was bounded */
};

static char
bound_peek(const struct bound *b, size_t ahead)
{
	return b->at + ahead < b->s.n ? b->s.p[b->at + ahead] : '\0';
}

static void
bound_copy(struct bound *b, size_t n)
{
	(void)buf_add(b->out, span_slice(b->s, b->at, b->at + n));
	b->at = b->at + n < b->s.n ? b->at + n : b->s.n;
}

/* Up to and with the next z, or to the end. */
static void
bound_copy_past(struct bound *b, const char *z)
{
	size_t n = span_search(span_slice(b->s, b->at, b->s.n), span_of(z));

	bound_copy(b, n == SIZE_MAX ? b->s.n : n + strlen(z));
}

/* The length of "{n,}" here, with its n; 0: it is something else. */
static size_t
bound_braces(const struct bound *b, unsigned long *least)
{
	size_t i = 1;

	*least = 0;
	if (bound_peek(b, 0) != '{' || !ascii_digit(bound_peek(b, 1)))
		return 0;
	for (; ascii_digit(bound_peek(b, i)); i++)
		if (*least <= PATTERN_BLANKS_MAX)
			*least = *least * 10 +
				 (unsigned long)(bound_peek(b, i) - '0');
	return bound_peek(b, i) == ',' && bound_peek(b, i + 1) == '}' ? i + 2
								      : 0;
}

/* How often what stands before is there. */
static void
bound_repetition(struct bound *b)
{
	unsigned long least = 0;
	size_t n = 1;

	switch (bound_peek(b, 0)) {
	case '*':
		break;
	case '+':
		least = 1;
		break;
	default:
		n = bound_braces(b, &least);
	}
	if (n == 0 || least > PATTERN_BLANKS_MAX)
		return;
	(void)buf_printf(b->out, "{%lu,%d}", least, PATTERN_BLANKS_MAX);
	b->at += n;
	b->changed = true;
}

static void
bound_escape(struct bound *b)
{
	char letter = bound_peek(b, 1);

	if (letter == 'Q') {
		bound_copy_past(b, "\\E");
		return;
	}
	bound_copy(b, 2);
	if (letter == 's')
		bound_repetition(b);
}

/* False where the end of the class is not to be seen. */
static bool
bound_class(struct bound *b)
{
	size_t i = b->at + 1, n;

	if (i < b->s.n && b->s.p[i] == '^')
		i++;
	/* A bracket that comes first is one of its characters. */
	for (size_t first = i; i < b->s.n && (i == first || b->s.p[i] != ']');
	     i++) {
		struct span rest = span_slice(b->s, i, b->s.n);

		if (span_starts(rest, SPAN("\\Q")) ||
		    span_starts(rest, SPAN("\\E")))
			return false;
		if (rest.p[0] == '\\')
			i++;
		if (!span_starts(rest, SPAN("[:")))
			continue;
		n = span_search(rest, SPAN(":]"));
		if (n != SIZE_MAX)
			i += n + 1;
	}
	if (i >= b->s.n)
		return false;
	bound_copy(b, i + 1 - b->at);
	return true;
}

bool
pattern_bound(struct span regex, unsigned flags, struct buf *out)
{
	bool ok = !pattern_has_comments(regex, flags);
	struct bound b = { .s = regex,
		.out = out,
		.blanks = !pattern_has_gaps(regex, flags) };

	while (ok && b.at < regex.n)
		switch (regex.p[b.at]) {
		case '\\':
			bound_escape(&b);
			break;
		case '[':
			ok = bound_class(&b);
			break;
		case '(':
			if (span_starts(
				span_slice(regex, b.at, regex.n), SPAN("(?#")))
				bound_copy_past(&b, ")");
			else
				bound_copy(&b, 1);
			break;
		case ' ':
			bound_copy(&b, 1);
			if (b.blanks)
				bound_repetition(&b);
			break;
		default:
			bound_copy(&b, 1);
		}
	return ok && b.changed && !out->over;
}

/* ---- texts --------------------------------------------------------------- */

/* What \s is without Unicode. */
static bool
bound_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
bound_all_blank(const char *p)
{
	uint64_t word = octets_read(p);

	/* Letters have one of these bits, so that next to no word of text needs
	 * a second look. */
	return (word & OCTETS_ALL(0xc0U)) == 0 &&
	       (octets_equal(word, ' ') |
		   (octets_from(word, '\t') & ~octets_from(word, '\r' + 1))) ==
		   OCTETS_HIGH;
}

/* The octets of white space around offset at. */
static size_t
bound_run(struct span text, size_t at)
{
	size_t from = at, end = at;

	while (from > 0 && bound_blank(text.p[from - 1]))
		from--;
	while (end < text.n && bound_blank(text.p[end]))
		end++;
	return end - from;
}

/*
 * A run that is too long has eight octets in a row that begin at a multiple of
 * eight, and is left as soon as it is seen: so this is linear.
 */
bool
pattern_bound_exceeded(struct span text)
{
	_Static_assert(PATTERN_BLANKS_MAX + 1 >= 2 * OCTETS_WORD - 1,
	    "no run may pass between two words");

	for (size_t i = 0; text.n - i >= OCTETS_WORD; i += OCTETS_WORD)
		if (bound_all_blank(text.p + i) &&
		    bound_run(text, i) > PATTERN_BLANKS_MAX)
			return true;
	return false;
}
