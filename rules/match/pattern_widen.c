/*
 * How does a pattern look that matches at least as much, when characters
 * beyond ASCII are all one octet? \w, \d and \s may or may not match them,
 * so they do; \b depends on them, so it goes; negative look-around would
 * turn more into less, so it goes, too. Must know nothing of any matcher.
 */
#include "config.h"

#include <string.h>

#include "rules/base/octets.h"
#include "rules/base/utf8.h"
#include "rules/match/pattern_widen.h"
#include "rules/match/patterns.h"

#define MARK      "\\x80"
#define MARK_CHAR '\x80'

struct widen {
	struct span s;
	size_t at;
	unsigned depth; /* of parentheses */
	unsigned mute;  /* the depth of what is left out, or 0 */
	struct buf *out;
};

static void
widen_put(struct widen *w, struct span s)
{
	if (w->mute == 0)
		(void)buf_add(w->out, s);
}

/* Copies the next n octets. */
static void
widen_copy(struct widen *w, size_t n)
{
	widen_put(w, span_slice(w->s, w->at, w->at + n));
	w->at += n;
}

static char
widen_peek(const struct widen *w, size_t ahead)
{
	return w->at + ahead < w->s.n ? w->s.p[w->at + ahead] : '\0';
}

static bool
widen_looking_at(const struct widen *w, const char *z)
{
	return span_starts(span_slice(w->s, w->at, w->s.n), span_of(z));
}

/* Copies up to and with the next z. */
static bool
widen_copy_past(struct widen *w, const char *z)
{
	size_t n = span_search(span_slice(w->s, w->at, w->s.n), span_of(z));

	if (n == SIZE_MAX)
		return false;
	widen_copy(w, n + strlen(z));
	return true;
}

/* \xHH beyond ASCII is a character that the marked text does not have. */
static bool
widen_high_number(const struct widen *w)
{
	return widen_peek(w, 1) == 'x' &&
	       strchr("89abcdefABCDEF{", widen_peek(w, 2)) != NULL &&
	       widen_peek(w, 2) != '\0';
}

/* A backslash and what stands behind it, outside of classes. */
static bool
widen_escape(struct widen *w)
{
	static const struct {
		char letter;
		const char *wide;
	} row[] = {
		{ 'w', "[\\w" MARK "]" },
		{ 'd', "[\\d" MARK "]" },
		{ 's', "[\\s" MARK "]" },
		{ 'h', "[\\h" MARK "]" },
		{ 'v', "[\\v" MARK "]" },
		{ 'R', "(?:\\R|" MARK ")" },
		{ 'b', "(?:)" },
		{ 'B', "(?:)" },
	};
	char letter = widen_peek(w, 1);

	if (letter == 'Q')
		return widen_copy_past(w, "\\E");
	if (letter == '\0' || strchr("XpPoN", letter) != NULL ||
	    widen_high_number(w))
		return false;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++)
		if (row[i].letter == letter) {
			widen_put(w, span_of(row[i].wide));
			w->at += 2;
			return true;
		}
	widen_copy(w, 2);
	return true;
}

/* What a member of a class means for characters beyond ASCII. */
enum member { MEMBER_PLAIN, MEMBER_MAY, MEMBER_MAY_NOT, MEMBER_UNKNOWN };

/* Moves behind the member. */
static enum member
widen_member(struct widen *w)
{
	char next = widen_peek(w, 1);
	size_t n;

	if (widen_looking_at(w, "[:")) {
		n = span_search(span_slice(w->s, w->at, w->s.n), SPAN(":]"));
		if (n == SIZE_MAX)
			return MEMBER_UNKNOWN;
		next = widen_peek(w, 2);
		w->at += n + 2;
		return next == '^' ? MEMBER_MAY_NOT : MEMBER_MAY;
	}
	if (widen_peek(w, 0) != '\\') {
		w->at++;
		return MEMBER_PLAIN;
	}
	if (widen_high_number(w))
		return MEMBER_UNKNOWN;
	w->at += 2;
	if (next == '\0' || strchr("QEpPXRo", next) != NULL)
		return MEMBER_UNKNOWN;
	if (strchr("wdshv", next) != NULL)
		return MEMBER_MAY;
	return strchr("WDSHV", next) != NULL ? MEMBER_MAY_NOT : MEMBER_PLAIN;
}

/*
 * A class. Of octets beyond ASCII [\w] has none and [\W] all, [^\w] has all
 * and [^\W] none: the first gets the mark, the last cannot have it.
 */
static bool
widen_class(struct widen *w)
{
	bool negated = widen_peek(w, 1) == '^', marked = false;
	size_t start = w->at + 1 + negated, end;
	char first;

	w->at = start;
	while (w->at < w->s.n && (w->at == start || widen_peek(w, 0) != ']')) {
		enum member m = widen_member(w);

		if (m == MEMBER_UNKNOWN || (m == MEMBER_MAY_NOT && negated))
			return false;
		marked = marked || (m == MEMBER_MAY && !negated);
	}
	if (w->at >= w->s.n)
		return false;
	end = w->at;
	w->at = start;
	first = widen_peek(w, 0);
	widen_put(w, span_of(negated ? "[^" : marked ? "[" MARK : "["));
	/* Behind the mark it would close the class, or make a range. */
	if (marked && (first == ']' || first == '-'))
		widen_put(w, SPAN("\\"));
	widen_copy(w, end + 1 - start);
	return true;
}

static bool
widen_open(struct widen *w)
{
	if (widen_looking_at(w, "(?#"))
		return widen_copy_past(w, ")");
	w->depth++;
	if (w->mute == 0 &&
	    (widen_looking_at(w, "(?!") || widen_looking_at(w, "(?<!"))) {
		widen_put(w, SPAN("(?:)"));
		w->mute = w->depth;
	}
	widen_copy(w, 1);
	return true;
}

static void
widen_close(struct widen *w)
{
	bool ends = w->mute == w->depth && w->mute > 0;

	widen_copy(w, 1);
	if (ends)
		w->mute = 0;
	if (w->depth > 0)
		w->depth--;
}

bool
pattern_has_gaps(struct span regex, unsigned flags)
{
	size_t at = span_search(regex, SPAN("(?"));

	return (flags & PATTERN_EXTENDED) != 0 ||
	       (at != SIZE_MAX &&
		   span_find(span_slice(regex, at, regex.n), 'x') != SIZE_MAX);
}

bool
pattern_has_comments(struct span regex, unsigned flags)
{
	return span_find(regex, '#') != SIZE_MAX &&
	       pattern_has_gaps(regex, flags);
}

bool
widen_pattern(struct span regex, unsigned flags, struct buf *out)
{
	struct widen w = { .s = regex, .out = out };
	/* Patterns in other scripts would match any text in those. */
	bool ok = !pattern_has_comments(regex, flags) && utf8_ascii(regex);

	while (ok && w.at < regex.n)
		switch (regex.p[w.at]) {
		case '\\':
			ok = widen_escape(&w);
			break;
		case '[':
			ok = widen_class(&w);
			break;
		case '(':
			ok = widen_open(&w);
			break;
		case ')':
			widen_close(&w);
			break;
		default:
			widen_copy(&w, 1);
		}
	return ok && !out->over;
}

bool
widen_text(struct span s, char *out, size_t *n)
{
	*n = 0;
	/* U+017F and U+212A */
	if (span_search(s, SPAN("\xc5\xbf")) != SIZE_MAX ||
	    span_search(s, SPAN("\xe2\x84\xaa")) != SIZE_MAX)
		return false;
	for (size_t i = 0, run; i < s.n; i += run + 1) {
		run = utf8_ascii_run(s, i);
		memcpy(out + *n, s.p + i, run);
		*n += run;
		if (i + run < s.n && (s.p[i + run] & '\xc0') != '\x80')
			out[(*n)++] = MARK_CHAR;
	}
	return true;
}

/* Of eight octets those that begin a character, each of which is one octet of
 * the marked text. */
static size_t
widen_beginnings(const char *p)
{
	uint64_t word = octets_read(p);

	return OCTETS_WORD - octets_count(word & ~(word << 1) & OCTETS_HIGH);
}

void
widen_place(struct span s, size_t *at, size_t *marked, size_t to)
{
	size_t i = *at, k = *marked;

	for (size_t n; s.n - i >= OCTETS_WORD; i += OCTETS_WORD, k += n) {
		n = widen_beginnings(s.p + i);
		if (k + n > to)
			break;
	}
	for (; i < s.n; i++)
		if ((s.p[i] & '\xc0') != '\x80' && k++ == to) {
			k--;
			break;
		}
	*at = i;
	*marked = k;
}
