/*
 * Which short texts must a text contain if a pattern is to match? Follows
 * PCRE2's syntax as far as patterns for mail use it and gives up, which is
 * always right, on all else: recursion, back references, conditions, verbs,
 * call-outs. It must know nothing of how patterns are compiled or matched.
 */
#include "config.h"

#include <string.h>

#include "rules/needle.h"
#include "rules/needle_set.h"
#include "rules/patterns.h"

/* PCRE2 itself allows 250 levels of parentheses. */
#define DEPTH_MAX 260
#define CLASS_MAX 8
/* Repetitions beyond this count as without bound. */
#define REPEAT_MANY 256

struct needle_parser {
	struct span s;
	size_t at;
	bool raw;
	bool quoting; /* between \Q and \E */
	unsigned depth;
	struct arena *a;
	struct needles *out;
};

static struct needle_piece needle_alternation(
    struct needle_parser *p, unsigned flags);

static void
needle_give_up(struct needle_parser *p)
{
	p->out->exotic = true;
	p->at = p->s.n;
}

static bool
needle_more(const struct needle_parser *p)
{
	return p->at < p->s.n;
}

/* The octet ahead, or NUL behind the end. */
static char
needle_peek(const struct needle_parser *p, size_t ahead)
{
	return p->at + ahead < p->s.n ? p->s.p[p->at + ahead] : '\0';
}

static bool
needle_looking_at(const struct needle_parser *p, const char *z)
{
	return span_starts(span_slice(p->s, p->at, p->s.n), span_of(z));
}

static bool
needle_skip_past(struct needle_parser *p, char c)
{
	size_t n = span_find(span_slice(p->s, p->at, p->s.n), c);

	if (n == SIZE_MAX) {
		needle_give_up(p);
		return false;
	}
	p->at += n + 1;
	return true;
}

/* Comments, and in extended mode white space: not even \Q...\E sees them. */
static void
needle_skip_ignored(struct needle_parser *p, unsigned flags)
{
	while (needle_more(p) && !p->quoting) {
		char c = needle_peek(p, 0);

		if (needle_looking_at(p, "(?#")) {
			if (!needle_skip_past(p, ')'))
				return;
		} else if (!(flags & PATTERN_EXTENDED)) {
			return;
		} else if (c == '#') {
			if (span_find(span_slice(p->s, p->at, p->s.n), '\n') ==
			    SIZE_MAX)
				p->at = p->s.n;
			else
				(void)needle_skip_past(p, '\n');
		} else if (c == ' ' || (c >= '\t' && c <= '\r')) {
			p->at++;
		} else if (c == '\xc2' || c == '\xe2') {
			/* Perhaps one of the Unicode kinds of white space. */
			needle_give_up(p);
		} else {
			return;
		}
	}
}

static int
needle_hex(char c)
{
	if (ascii_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Digits of a base, at most count of them; SIZE_MAX for no bound. */
static uint32_t
needle_digits(struct needle_parser *p, int base, size_t count)
{
	uint32_t code = 0;

	while (count-- > 0 && needle_more(p)) {
		int digit = needle_hex(needle_peek(p, 0));

		if (digit < 0 || digit >= base)
			break;
		if (code <= 0x110000)
			code = code * (uint32_t)base + (uint32_t)digit;
		p->at++;
	}
	return code;
}

/* Behind \x, \o or \0: the number of a character. */
static bool
needle_number(struct needle_parser *p, char c, uint32_t *code)
{
	int base = c == 'x' ? 16 : 8;

	if (c == '0') {
		*code = needle_digits(p, 8, 2);
		return true;
	}
	if (needle_peek(p, 0) != '{') {
		if (c == 'o')
			return false;
		*code = needle_digits(p, 16, 2);
		return true;
	}
	p->at++;
	if (needle_hex(needle_peek(p, 0)) < 0)
		return false;
	*code = needle_digits(p, base, SIZE_MAX);
	if (needle_peek(p, 0) != '}')
		return false;
	p->at++;
	return true;
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
	char c = needle_peek(p, 0);
	const char *letter = memchr(letters, c, sizeof(letters) - 1);

	*empty = false;
	if (!needle_more(p)) {
		needle_give_up(p);
		return false;
	}
	p->at++;
	if (letter != NULL) {
		*code = (unsigned char)meaning[letter - letters];
		return true;
	}
	if (c == 'x' || c == 'o' || c == '0') {
		if (needle_number(p, c, code))
			return true;
		needle_give_up(p);
		return false;
	}
	if (strchr("AZzbBK", c) != NULL && c != '\0') {
		*empty = true;
	} else if (c == 'p' || c == 'P') {
		if (needle_peek(p, 0) == '{')
			(void)needle_skip_past(p, '}');
		else
			p->at++;
	} else if ((ascii_alnum(c) && strchr("dDsSwWhHvVRX", c) == NULL) ||
		   (c & 0x80) != 0) {
		/* \1 \g \k \G \N \c \Q \E \C and what may come. */
		needle_give_up(p);
	} else if (!ascii_alnum(c)) {
		*code = (unsigned char)c;
		return true;
	}
	return false;
}

/* A whole character; in a pattern that PCRE2 took, UTF-8 is well-formed. */
static uint32_t
needle_character(struct needle_parser *p)
{
	unsigned char c = (unsigned char)needle_peek(p, 0);
	size_t more = p->raw || c < 0xc0 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
	uint32_t code = more == 0 ? c : c & (0x3fU >> more);

	p->at++;
	while (more-- > 0 && needle_more(p))
		code = code << 6 | ((uint32_t)p->s.p[p->at++] & 0x3f);
	return code;
}

/* One character by its number. */
static struct needle_piece
needle_code(struct needle_parser *p, unsigned flags, uint32_t code)
{
	bool caseless = (flags & PATTERN_CASELESS) != 0;
	char c[4], folded[4];
	size_t n;

	if (code < 0x80 || (p->raw && code <= 0xff)) {
		c[0] = (char)(unsigned char)code;
		n = 1;
	} else if (p->raw || code >= 0x10000 || caseless) {
		return needle_piece_any();
	} else if (code < 0x800) {
		c[0] = (char)(0xc0 | code >> 6);
		c[1] = (char)(0x80 | (code & 0x3f));
		n = 2;
	} else {
		c[0] = (char)(0xe0 | code >> 12);
		c[1] = (char)(0x80 | (code >> 6 & 0x3f));
		c[2] = (char)(0x80 | (code & 0x3f));
		n = 3;
	}
	n = needle_fold(span_make(c, n), p->raw, folded);
	return needle_piece_text(p->a, span_make(folded, n));
}

/* One member of a class; false when it is not a single character. */
static bool
needle_class_member(struct needle_parser *p, uint32_t *code)
{
	bool empty;

	if (needle_peek(p, 0) == '[' &&
	    (needle_peek(p, 1) == ':' || needle_peek(p, 1) == '.' ||
		needle_peek(p, 1) == '=')) {
		char kind = needle_peek(p, 1);
		size_t n = span_find(span_slice(p->s, p->at, p->s.n), ']');

		/* "[:" opens a POSIX class only when ":]" closes it. */
		if (n == SIZE_MAX || n < 3 || p->s.p[p->at + n - 1] != kind) {
			needle_give_up(p);
			return false;
		}
		p->at += n + 1;
		return false;
	}
	if (needle_peek(p, 0) != '\\') {
		*code = needle_character(p);
		return true;
	}
	p->at++;
	if (needle_peek(p, 0) == 'b') {
		p->at++;
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

	if (needle_peek(p, 0) == '^') {
		p->at++;
		small = false;
	}
	while (needle_more(p) && (first || needle_peek(p, 0) != ']')) {
		uint32_t low = 0, high;
		bool single = needle_class_member(p, &low);

		first = false;
		high = low;
		if (needle_peek(p, 0) == '-' && needle_peek(p, 1) != ']') {
			p->at++;
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
	if (!needle_more(p))
		needle_give_up(p);
	p->at++;
	return small && made.set[0].count > 0 ? made : needle_piece_any();
}

/* (?i), (?s-m: ...: true when these were options; *flags is changed. */
static bool
needle_options(struct needle_parser *p, unsigned *flags)
{
	static const char letters[] = "imsx";
	unsigned set = *flags;
	bool off = false;
	size_t at = p->at;

	for (; at < p->s.n && p->s.p[at] != ')' && p->s.p[at] != ':'; at++) {
		char c = p->s.p[at];
		const char *letter = memchr(letters, c, sizeof(letters) - 1);

		if (c == '-' && !off)
			off = true;
		else if (c == '^' && at == p->at)
			set = 0;
		else if (letter != NULL && off)
			set &= ~(1U << (letter - letters));
		else if (letter != NULL)
			set |= 1U << (letter - letters);
		else if (c != 'J' && c != 'U' && c != 'n')
			return false;
		/* (?xx) ignores white space in classes, too. */
		if (c == 'x' && at > p->at && p->s.p[at - 1] == 'x')
			return false;
	}
	p->at = at;
	*flags = set;
	return at < p->s.n;
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
		if (needle_looking_at(p, needle_groups[i].start)) {
			p->at += strlen(needle_groups[i].start);
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
		needle_give_up(p);
	else if (kind == GROUP_NAMED)
		(void)needle_skip_past(p, '>');
	else if (kind == GROUP_OPTIONS && !needle_options(p, &inside))
		needle_give_up(p);
	if (kind == GROUP_OPTIONS && needle_more(p)) {
		bool rest_of_group = needle_peek(p, 0) == ')';

		p->at++;
		if (rest_of_group) {
			*flags = inside;
			return needle_piece_empty(p->a);
		}
	}
	if (!needle_more(p)) {
		needle_give_up(p);
		return needle_piece_any();
	}
	p->depth++;
	inner = needle_alternation(p, inside);
	p->depth--;
	if (needle_peek(p, 0) != ')')
		needle_give_up(p);
	else
		p->at++;
	return kind == GROUP_AROUND ? needle_piece_empty(p->a) : inner;
}

/* Between \Q and \E: one character, and the \E behind it. */
static struct needle_piece
needle_quoted(struct needle_parser *p, unsigned flags)
{
	struct needle_piece piece;

	/* An empty \Q\E may part an item from what repeats it. */
	if (needle_looking_at(p, "\\E")) {
		needle_give_up(p);
		return needle_piece_any();
	}
	piece = needle_code(p, flags, needle_character(p));
	if (needle_looking_at(p, "\\E")) {
		p->quoting = false;
		p->at += 2;
		if (needle_looking_at(p, "\\E") || needle_looking_at(p, "\\Q"))
			needle_give_up(p);
	}
	return piece;
}

static struct needle_piece
needle_atom(struct needle_parser *p, unsigned *flags)
{
	uint32_t code = 0;
	bool empty;

	if (needle_looking_at(p, "\\Q") && !p->quoting) {
		p->quoting = true;
		p->at += 2;
	}
	if (p->quoting && needle_more(p))
		return needle_quoted(p, *flags);
	switch (needle_peek(p, 0)) {
	case '(':
		p->at++;
		return needle_group(p, flags);
	case '[':
		p->at++;
		return needle_class(p, *flags);
	case '\\':
		p->at++;
		if (needle_escape(p, &code, &empty))
			return needle_code(p, *flags, code);
		return empty ? needle_piece_empty(p->a) : needle_piece_any();
	case '.':
		p->at++;
		return needle_piece_any();
	case '^':
	case '$':
		p->at++;
		return needle_piece_empty(p->a);
	case '*':
	case '+':
	case '?':
		needle_give_up(p);
		return needle_piece_any();
	default:
		return needle_code(p, *flags, needle_character(p));
	}
}

/*
 * {n}, {n,} and {n,m}. Other braces are plain characters, but for those that
 * are repetitions in some version of PCRE2 and not in others.
 */
static bool
needle_braces(struct needle_parser *p, uint32_t *min, uint32_t *max)
{
	size_t start = p->at++;

	if (!ascii_digit(needle_peek(p, 0))) {
		if (strchr(" \t,", needle_peek(p, 0)) != NULL)
			needle_give_up(p);
		p->at = start;
		return false;
	}
	*min = *max = needle_digits(p, 10, 5);
	if (needle_peek(p, 0) == ',') {
		p->at++;
		*max = UINT32_MAX;
		if (ascii_digit(needle_peek(p, 0)))
			*max = needle_digits(p, 10, 5);
	}
	if (needle_peek(p, 0) == '}') {
		p->at++;
		return true;
	}
	if (strchr(" \t", needle_peek(p, 0)) != NULL)
		needle_give_up(p);
	p->at = start;
	return false;
}

/* What repeats the item before; false when nothing does. */
static bool
needle_repeat(
    struct needle_parser *p, unsigned flags, uint32_t *min, uint32_t *max)
{
	needle_skip_ignored(p, flags);
	if (p->quoting)
		return false;
	switch (needle_peek(p, 0)) {
	case '*':
	case '+':
		*min = needle_peek(p, 0) == '+';
		*max = UINT32_MAX;
		p->at++;
		break;
	case '?':
		*min = 0;
		*max = 1;
		p->at++;
		break;
	case '{':
		if (!needle_braces(p, min, max))
			return false;
		break;
	default:
		return false;
	}
	if (needle_peek(p, 0) == '?' || needle_peek(p, 0) == '+')
		p->at++;
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
		if (!needle_more(p) ||
		    (!p->quoting &&
			(needle_peek(p, 0) == '|' || needle_peek(p, 0) == ')')))
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

	while (needle_peek(p, 0) == '|') {
		p->at++;
		made =
		    needle_piece_either(p->a, made, needle_branch(p, &flags));
	}
	return made;
}

void
needles_of(struct span regex, unsigned flags, bool raw, struct arena *a,
    struct needles *out)
{
	struct needle_parser p = { .s = regex, .raw = raw, .a = a, .out = out };
	struct needle_piece all;

	*out = (struct needles){ 0 };
	out->restarts = span_search(regex, SPAN("\\G")) == SIZE_MAX &&
			span_search(regex, SPAN("(*")) == SIZE_MAX;
	all = needle_alternation(&p, flags);
	if (p.at < p.s.n)
		needle_give_up(&p);
	if (out->exotic) {
		out->unbounded = true;
		return;
	}
	for (size_t i = 0; i < all.count; i++)
		if (needle_set_worth(&all.set[i]) > 0)
			out->set[out->count++] = all.set[i];
}
