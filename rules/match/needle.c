/*
 * Which short texts must a text contain if a pattern is to match? Follows
 * PCRE2's syntax as far as patterns for mail use it and gives up, which is
 * always right, on all else: recursion, back references, conditions, verbs,
 * call-outs. It must know nothing of how patterns are compiled or matched.
 */
#include "config.h"

#include <string.h>

#include "rules/base/utf8.h"
#include "rules/match/needle.h"
#include "rules/match/needle_cursor.h"
#include "rules/match/needle_set.h"
#include "rules/match/patterns.h"

/* PCRE2 itself allows 250 levels of parentheses. */
#define DEPTH_MAX 260
#define CLASS_MAX 8
/* Repetitions beyond this count as without bound. */
#define REPEAT_MANY 256

struct needle_parser {
	struct needle_cursor c;
	bool quoting; /* between \Q and \E */
	unsigned depth;
	struct arena *a;
	struct needles *out;
};

static struct needle_piece needle_alternation(
    struct needle_parser *p, unsigned flags);

/* Comments, and in extended mode white space: not even \Q...\E sees them. */
static void
needle_skip_ignored(struct needle_parser *p, unsigned flags)
{
	while (needle_more(&p->c) && !p->quoting) {
		char c = needle_peek(&p->c, 0);

		if (needle_looking_at(&p->c, "(?#")) {
			if (!needle_skip_past(&p->c, ')'))
				return;
		} else if (!(flags & PATTERN_EXTENDED)) {
			return;
		} else if (c == '#') {
			if (span_find(span_slice(p->c.s, p->c.at, p->c.s.n),
				'\n') == SIZE_MAX)
				p->c.at = p->c.s.n;
			else
				(void)needle_skip_past(&p->c, '\n');
		} else if (c == ' ' || (c >= '\t' && c <= '\r')) {
			p->c.at++;
		} else if (c == (p->c.raw ? '\x85' : '\xc2') || c == '\xe2') {
			/* U+0085 and other white space that PCRE2 knows. */
			needle_give_up(&p->c);
		} else {
			return;
		}
	}
}

/*
 * What stands behind a backslash, outside and inside of classes. A character
 * stores its number and returns true; all else returns false and *empty says
 * whether it matches no text (an assertion).
 */
static bool
needle_escape(struct needle_parser *p, uint32_t *code, bool *empty)
{
	static const char letters[] = "aefnrt", meaning[] = "\a\033\f\n\r\t";
	char c = needle_peek(&p->c, 0);
	const char *letter = memchr(letters, c, sizeof(letters) - 1);

	*empty = false;
	if (!needle_more(&p->c)) {
		needle_give_up(&p->c);
		return false;
	}
	p->c.at++;
	if (letter != NULL) {
		*code = (unsigned char)meaning[letter - letters];
		return true;
	}
	if (c == 'x' || c == 'o' || c == '0') {
		if (needle_number(&p->c, c, code))
			return true;
		needle_give_up(&p->c);
		return false;
	}
	if (strchr("AZzbBK", c) != NULL && c != '\0') {
		*empty = true;
	} else if (c == 'p' || c == 'P') {
		if (needle_peek(&p->c, 0) == '{')
			(void)needle_skip_past(&p->c, '}');
		else
			p->c.at++;
	} else if ((ascii_alnum(c) && strchr("dDsSwWhHvVRX", c) == NULL) ||
		   (c & 0x80) != 0) {
		/* \1 \g \k \G \N \c \Q \E \C and what may come. */
		needle_give_up(&p->c);
	} else if (!ascii_alnum(c)) {
		*code = (unsigned char)c;
		return true;
	}
	return false;
}

/* One character by its number. */
static struct needle_piece
needle_code(struct needle_parser *p, unsigned flags, uint32_t code)
{
	char c[4];
	size_t n = 1;

	if (p->c.raw || code < 0x80) {
		if (code > 0xff)
			return needle_piece_any();
		c[0] = (char)(unsigned char)code;
		c[0] = ascii_lower(c[0]);
	} else {
		if ((flags & PATTERN_CASELESS) && !needle_fold_knows(code))
			return needle_piece_any();
		n = utf8_put(needle_fold_rune(code), c);
	}
	return needle_piece_text(p->a, span_make(c, n));
}

/* One member of a class; false when it is not a single character. */
static bool
needle_class_member(struct needle_parser *p, uint32_t *code)
{
	bool empty;

	if (needle_peek(&p->c, 0) == '[' &&
	    (needle_peek(&p->c, 1) == ':' || needle_peek(&p->c, 1) == '.' ||
		needle_peek(&p->c, 1) == '=')) {
		char kind = needle_peek(&p->c, 1);
		size_t n =
		    span_find(span_slice(p->c.s, p->c.at, p->c.s.n), ']');

		/* "[:" opens a POSIX class only when ":]" closes it. */
		if (n == SIZE_MAX || n < 3 ||
		    p->c.s.p[p->c.at + n - 1] != kind) {
			needle_give_up(&p->c);
			return false;
		}
		p->c.at += n + 1;
		return false;
	}
	if (needle_peek(&p->c, 0) != '\\') {
		*code = needle_character(&p->c);
		return true;
	}
	p->c.at++;
	if (needle_peek(&p->c, 0) == 'b') {
		p->c.at++;
		*code = '\b';
		return true;
	}
	return needle_escape(p, code, &empty);
}

/* Behind "[": exact when it holds a few plain characters. */
static struct needle_piece
needle_class(struct needle_parser *p, unsigned flags)
{
	struct needle_piece made = { .exact = true, .count = 1 }, one;
	bool small = true, first = true;

	if (needle_peek(&p->c, 0) == '^') {
		p->c.at++;
		small = false;
	}
	while (needle_more(&p->c) && (first || needle_peek(&p->c, 0) != ']')) {
		uint32_t low = 0, high;
		bool single = needle_class_member(p, &low);

		first = false;
		high = low;
		if (needle_peek(&p->c, 0) == '-' &&
		    needle_peek(&p->c, 1) != ']') {
			p->c.at++;
			single = needle_class_member(p, &high) && single;
		}
		small = small && single && high - low < CLASS_MAX;
		for (uint32_t c = low; small && c <= high; c++) {
			one = needle_code(p, flags, c);
			small = one.exact && made.set[0].count < CLASS_MAX;
			if (small)
				needle_set_add(
				    p->a, &made.set[0], one.set[0].v[0]);
		}
	}
	if (!needle_more(&p->c))
		needle_give_up(&p->c);
	p->c.at++;
	return small && made.set[0].count > 0 ? made : needle_piece_any();
}

/* (?i), (?s-m: ...: true when these were options; *flags is changed. */
static bool
needle_options(struct needle_parser *p, unsigned *flags)
{
	static const char letters[] = "imsx";
	unsigned set = *flags;
	bool off = false;
	size_t at = p->c.at;

	for (; at < p->c.s.n && p->c.s.p[at] != ')' && p->c.s.p[at] != ':';
	     at++) {
		char c = p->c.s.p[at];
		const char *letter = memchr(letters, c, sizeof(letters) - 1);

		if (c == '-' && !off)
			off = true;
		else if (c == '^' && at == p->c.at)
			set = 0;
		else if (letter != NULL && off)
			set &= ~(1U << (letter - letters));
		else if (letter != NULL)
			set |= 1U << (letter - letters);
		else if (c != 'J' && c != 'U' && c != 'n')
			return false;
		/* (?xx) ignores white space in classes, too. */
		if (c == 'x' && at > p->c.at && p->c.s.p[at - 1] == 'x')
			return false;
	}
	p->c.at = at;
	*flags = set;
	return at < p->c.s.n;
}

enum group { GROUP_PLAIN, GROUP_AROUND, GROUP_NAMED, GROUP_OPTIONS, GROUP_ODD };

/* What follows "(", the longer ones first. */
static const struct {
	const char *start;
	enum group kind;
} needle_groups[] = {
	{ "?=", GROUP_AROUND },
	{ "?!", GROUP_AROUND },
	{ "?<=", GROUP_AROUND },
	{ "?<!", GROUP_AROUND },
	{ "?:", GROUP_PLAIN },
	{ "?>", GROUP_PLAIN },
	{ "?|", GROUP_PLAIN },
	{ "?P<", GROUP_NAMED },
	{ "?<", GROUP_NAMED },
	{ "?", GROUP_OPTIONS },
	{ "*", GROUP_ODD },
	{ "", GROUP_PLAIN },
};

static enum group
needle_group_open(struct needle_parser *p)
{
	for (size_t i = 0; i < ARRAY_COUNT(needle_groups); i++)
		if (needle_looking_at(&p->c, needle_groups[i].start)) {
			p->c.at += strlen(needle_groups[i].start);
			return needle_groups[i].kind;
		}
	return GROUP_ODD;
}

/* Behind "(": a group, or options for all that follows in the outer one. */
static struct needle_piece
needle_group(struct needle_parser *p, unsigned *flags)
{
	enum group kind = needle_group_open(p);
	unsigned inside = *flags;
	struct needle_piece inner;

	if (kind == GROUP_ODD || p->depth == DEPTH_MAX)
		needle_give_up(&p->c);
	else if (kind == GROUP_NAMED)
		(void)needle_skip_past(&p->c, '>');
	else if (kind == GROUP_OPTIONS && !needle_options(p, &inside))
		needle_give_up(&p->c);
	if (kind == GROUP_OPTIONS && needle_more(&p->c)) {
		bool rest_of_group = needle_peek(&p->c, 0) == ')';

		p->c.at++;
		if (rest_of_group) {
			*flags = inside;
			return needle_piece_empty(p->a);
		}
	}
	if (!needle_more(&p->c)) {
		needle_give_up(&p->c);
		return needle_piece_any();
	}
	p->depth++;
	inner = needle_alternation(p, inside);
	p->depth--;
	if (needle_peek(&p->c, 0) != ')')
		needle_give_up(&p->c);
	else
		p->c.at++;
	return kind == GROUP_AROUND ? needle_piece_empty(p->a) : inner;
}

/* Between \Q and \E: one character, and the \E behind it. */
static struct needle_piece
needle_quoted(struct needle_parser *p, unsigned flags)
{
	struct needle_piece piece;

	/* An empty \Q\E may part an item from what repeats it. */
	if (needle_looking_at(&p->c, "\\E")) {
		needle_give_up(&p->c);
		return needle_piece_any();
	}
	piece = needle_code(p, flags, needle_character(&p->c));
	if (needle_looking_at(&p->c, "\\E")) {
		p->quoting = false;
		p->c.at += 2;
		if (needle_looking_at(&p->c, "\\E") ||
		    needle_looking_at(&p->c, "\\Q"))
			needle_give_up(&p->c);
	}
	return piece;
}

static struct needle_piece
needle_atom(struct needle_parser *p, unsigned *flags)
{
	uint32_t code = 0;
	bool empty;

	if (needle_looking_at(&p->c, "\\Q") && !p->quoting) {
		p->quoting = true;
		p->c.at += 2;
	}
	if (p->quoting)
		return needle_more(&p->c) ? needle_quoted(p, *flags)
					  : needle_piece_empty(p->a);
	switch (needle_peek(&p->c, 0)) {
	case '(':
		p->c.at++;
		return needle_group(p, flags);
	case '[':
		p->c.at++;
		return needle_class(p, *flags);
	case '\\':
		p->c.at++;
		if (needle_escape(p, &code, &empty))
			return needle_code(p, *flags, code);
		return empty ? needle_piece_empty(p->a) : needle_piece_any();
	case '.':
		p->c.at++;
		return needle_piece_any();
	case '^':
	case '$':
		p->c.at++;
		return needle_piece_empty(p->a);
	case '*':
	case '+':
	case '?':
		needle_give_up(&p->c);
		return needle_piece_any();
	default:
		return needle_code(p, *flags, needle_character(&p->c));
	}
}

/* What repeats the item before; false when nothing does. */
static bool
needle_repeat(
    struct needle_parser *p, unsigned flags, uint32_t *min, uint32_t *max)
{
	needle_skip_ignored(p, flags);
	if (p->quoting)
		return false;
	switch (needle_peek(&p->c, 0)) {
	case '*':
	case '+':
		*min = needle_peek(&p->c, 0) == '+';
		*max = UINT32_MAX;
		p->c.at++;
		break;
	case '?':
		*min = 0;
		*max = 1;
		p->c.at++;
		break;
	case '{':
		if (!needle_braces(&p->c, min, max))
			return false;
		break;
	default:
		return false;
	}
	if (needle_peek(&p->c, 0) == '?' || needle_peek(&p->c, 0) == '+')
		p->c.at++;
	if (*max - *min > REPEAT_MANY)
		p->out->unbounded = true;
	return true;
}

/* piece, min to max times. */
static void
needle_append_repeated(struct needle_parser *p, struct needle_row *row,
    struct needle_piece piece, uint32_t min, uint32_t max)
{
	struct needle_piece any = needle_piece_any();

	if (min == 0 && max == 1 && piece.exact) {
		piece =
		    needle_piece_either(p->a, needle_piece_empty(p->a), piece);
		min = 1;
	}
	if (!piece.exact && min > 1)
		min = 1;
	/* More than NEEDLE_MAX copies of anything fit into no needle. */
	for (uint32_t i = 0; i < min && i <= NEEDLE_MAX; i++)
		needle_row_append(p->a, row, &piece);
	if (max > min || min > NEEDLE_MAX)
		needle_row_append(p->a, row, &any);
}

static struct needle_piece
needle_branch(struct needle_parser *p, unsigned *flags)
{
	struct needle_row row = needle_row_new(p->a);

	for (;;) {
		uint32_t min = 1, max = 1;
		struct needle_piece piece;

		needle_skip_ignored(p, *flags);
		if (!needle_more(&p->c) ||
		    (!p->quoting && (needle_peek(&p->c, 0) == '|' ||
					needle_peek(&p->c, 0) == ')')))
			return needle_row_end(&row);
		piece = needle_atom(p, flags);
		if (needle_repeat(p, *flags, &min, &max))
			needle_append_repeated(p, &row, piece, min, max);
		else
			needle_row_append(p->a, &row, &piece);
	}
}

/* Options that one branch sets hold for the branches behind it, too. */
static struct needle_piece
needle_alternation(struct needle_parser *p, unsigned flags)
{
	struct needle_piece made = needle_branch(p, &flags);

	while (needle_peek(&p->c, 0) == '|') {
		p->c.at++;
		made =
		    needle_piece_either(p->a, made, needle_branch(p, &flags));
	}
	return made;
}

void
needles_of(struct span regex, unsigned flags, bool raw, struct arena *a,
    struct needles *out)
{
	struct needle_parser p = {
		.c = { .s = regex, .raw = raw }, .a = a, .out = out
	};
	struct needle_piece all;

	*out = (struct needles){ 0 };
	out->restarts = span_search(regex, SPAN("\\G")) == SIZE_MAX &&
			span_search(regex, SPAN("(*")) == SIZE_MAX;
	all = needle_alternation(&p, flags);
	if (p.c.gave_up || needle_more(&p.c)) {
		out->exotic = true;
		out->unbounded = true;
		return;
	}
	for (size_t i = 0; i < all.count; i++)
		if (needle_set_worth(&all.set[i]) > 0)
			out->set[out->count++] = all.set[i];
}
