/*
 * Texts for patterns: a small reader of the usual parts of PCRE2's syntax
 * that puts one text together that the pattern may match. Whoever asks tries
 * it: nothing hangs on this being right but that a counterexample is found.
 */
#include "config.h"

#include "rules/proof/prover.h"

#include <string.h>

#include "rules/base/buf.h"

#define SAMPLE_MAX   20000
#define SAMPLE_DEPTH 40

struct sampler {
	struct span rest;
	struct arena *arena;
	struct buf out;
	unsigned variant; /* which branches are taken */
	unsigned depth;
	bool extended, lost;
};

static void sample_branches(struct sampler *s, bool wanted);

static char
sample_peek(const struct sampler *s)
{
	return s->rest.n > 0 ? s->rest.p[0] : '\0';
}

static char
sample_next(struct sampler *s)
{
	char c = sample_peek(s);

	s->rest = span_slice(s->rest, 1, s->rest.n);
	return c;
}

/* A character of a class such as \d; NUL: it is none, or an assertion. */
static char
sample_class_letter(char c)
{
	static const char pairs[] = "d7"
				    "wa"
				    "s "
				    "Sa"
				    "Da"
				    "h "
				    "Hx"
				    "Na"
				    "n\n"
				    "r\r"
				    "t\t";

	for (size_t i = 0; pairs[i] != '\0'; i += 2)
		if (pairs[i] == c)
			return pairs[i + 1];
	return c == 'W' ? '-' : '\0';
}

/* \x41, \x{41} */
static char
sample_hex(struct sampler *s)
{
	unsigned value = 0, digits = 0;
	bool braces = sample_peek(s) == '{';

	if (braces)
		(void)sample_next(s);
	while (s->rest.n > 0 && digits < 2) {
		unsigned digit = ascii_hex(sample_peek(s));

		if (digit > 15)
			break;
		value = value * 16 + digit;
		digits++;
		(void)sample_next(s);
	}
	if (braces && sample_next(s) != '}')
		s->lost = true;
	if (value == 0 || value > 0x7e)
		s->lost = true;
	return (char)value;
}

/* Behind a backslash; '\0': nothing is to be written. */
static char
sample_escape(struct sampler *s)
{
	char c = sample_next(s), letter;

	if (!ascii_alnum(c))
		return c;
	if (c == 'x')
		return sample_hex(s);
	if (c == 'b' || c == 'B' || c == 'A' || c == 'z' || c == 'Z' ||
	    c == 'K')
		return '\0';
	letter = sample_class_letter(c);
	if (letter == '\0')
		s->lost = true;
	return letter;
}

/* [...]: the first character that is in it. */
static char
sample_set(struct sampler *s)
{
	static const char tries[] = "ax1 -_.A~";
	bool in[128] = { false }, negated = sample_peek(s) == '^';
	char last = '\0';

	if (negated)
		(void)sample_next(s);
	for (bool first = true; s->rest.n > 0; first = false) {
		char c = sample_next(s);

		if (c == ']' && !first)
			break;
		if (c == '[' && sample_peek(s) == ':') {
			/* [:alpha:] and the like hold letters but for some */
			size_t end = span_search(s->rest, SPAN(":]"));

			in[span_starts(s->rest, SPAN(":digit")) ? '1' : 'a'] =
			    true;
			s->rest = end == SIZE_MAX
				      ? SPAN("")
				      : span_slice(s->rest, end + 2, s->rest.n);
			continue;
		}
		if (c == '\\') {
			c = sample_escape(s);
			if (c == '\0')
				continue;
		}
		if (c == '-' && last != '\0' && s->rest.n > 0 &&
		    sample_peek(s) != ']') {
			char to = sample_next(s);

			for (int i = last; i <= to && to > 0; i++)
				in[i] = true;
			last = '\0';
			continue;
		}
		if (c > 0)
			in[(size_t)c] = true;
		last = c;
	}
	for (size_t i = 0; tries[i] != '\0'; i++)
		if (in[(size_t)tries[i]] != negated)
			return tries[i];
	for (int i = ' '; i < 127; i++)
		if (in[i] != negated)
			return (char)i;
	s->lost = true;
	return 'x';
}

/* ( ... ) of any kind; what only looks writes nothing. */
static void
sample_group(struct sampler *s)
{
	bool looks = false;

	if (sample_peek(s) == '?') {
		(void)sample_next(s);
		if (sample_peek(s) == ':' || sample_peek(s) == '|' ||
		    sample_peek(s) == '>') {
			(void)sample_next(s);
		} else if (sample_peek(s) == '=' || sample_peek(s) == '!') {
			looks = sample_next(s) == '!';
		} else {
			/* Look-behind, names, options: rare. */
			s->lost = true;
		}
	} else if (sample_peek(s) == '*') {
		s->lost = true;
	}
	if (++s->depth > SAMPLE_DEPTH)
		s->lost = true;
	if (!s->lost)
		sample_branches(s, !looks);
	s->depth--;
	if (sample_next(s) != ')')
		s->lost = true;
}

/* How often what stands before is wanted. */
static size_t
sample_repeat(struct sampler *s)
{
	size_t n = 0;
	char c = sample_peek(s);
	struct span inside;
	size_t end;

	if (c == '*' || c == '?' || c == '+') {
		(void)sample_next(s);
		n = c == '+';
	} else if (c == '{') {
		end = span_find(s->rest, '}');
		inside = span_slice(s->rest, 1, end == SIZE_MAX ? 1 : end);
		if (inside.n == 0 || !ascii_digit(inside.p[0]))
			return inside.n > 0 && inside.p[0] == ',' ? 0 : 1;
		for (size_t i = 0;
		     i < inside.n && ascii_digit(inside.p[i]) && n < SAMPLE_MAX;
		     i++)
			n = n * 10 + (size_t)(inside.p[i] - '0');
		s->rest = span_slice(s->rest, end + 1, s->rest.n);
	} else {
		return 1;
	}
	if (sample_peek(s) == '?' || sample_peek(s) == '+')
		(void)sample_next(s);
	return n;
}

static void
sample_piece(struct sampler *s)
{
	size_t start = s->out.n, n;
	struct span once;
	char c = sample_next(s);

	if (s->extended && (ascii_space(c) || c == '#')) {
		while (c == '#' && s->rest.n > 0 && sample_next(s) != '\n')
			;
		return;
	}
	if (c == '(')
		sample_group(s);
	else if (c == '^' || c == '$')
		return;
	else {
		if (c == '[')
			c = sample_set(s);
		else if (c == '.')
			c = 'x';
		else if (c == '\\')
			c = sample_escape(s);
		if (c == '\0')
			return;
		(void)buf_addc(&s->out, c);
	}
	n = sample_repeat(s);
	once = span_make(s->out.p + start, s->out.n - start);
	if (n == 0)
		s->out.n = start;
	for (size_t i = 1; i < n && !s->out.over && once.n > 0; i++) {
		char copy[64];

		if (once.n > sizeof(copy)) {
			s->lost = true;
			return;
		}
		/* The buffer may move while it grows. */
		memcpy(copy, s->out.p + start, once.n);
		(void)buf_add(&s->out, span_make(copy, once.n));
	}
}

/* Of branches side by side the one is taken that the variant says. */
static void
sample_branches(struct sampler *s, bool wanted)
{
	size_t start = s->out.n;
	struct span kept = SPAN("");

	for (unsigned number = 0; !s->lost; number++) {
		while (s->rest.n > 0 && sample_peek(s) != '|' &&
		       sample_peek(s) != ')' && !s->lost)
			sample_piece(s);
		if (number == 0 || number == s->variant)
			kept = arena_dup(s->arena,
			    span_make(s->out.p == NULL ? "" : s->out.p + start,
				s->out.n - start));
		s->out.n = start;
		if (sample_peek(s) != '|')
			break;
		(void)sample_next(s);
	}
	if (wanted)
		(void)buf_add(&s->out, kept);
}

struct span
sample_text(
    struct arena *a, struct span regex, struct span flags, unsigned variant)
{
	struct sampler s = { .rest = regex, .variant = variant, .arena = a };
	struct span out = { NULL, 0 };

	buf_init(&s.out, SAMPLE_MAX);
	s.extended = span_find(flags, 'x') != SIZE_MAX;
	sample_branches(&s, true);
	if (!s.lost && !s.out.over && s.rest.n == 0)
		out = arena_dup(a, buf_span(&s.out));
	buf_free(&s.out);
	return out;
}

struct span
sample_literal(
    struct arena *a, struct span regex, struct span flags, bool *folds)
{
	static const char special[] = "^$.[]|()?*+{}";
	char *out = arena_alloc(a, regex.n + 1);
	size_t n = 0;

	*folds = span_find(flags, 'i') != SIZE_MAX;
	if (span_find(flags, 'x') != SIZE_MAX)
		return (struct span){ NULL, 0 };
	for (size_t i = 0; i < regex.n; i++) {
		char c = regex.p[i];

		if (c == '\\' && ++i < regex.n && !ascii_alnum(regex.p[i]))
			c = regex.p[i];
		else if (c == '\\' || strchr(special, c) != NULL)
			return (struct span){ NULL, 0 };
		out[n++] = c;
	}
	return n == 0 ? (struct span){ NULL, 0 } : span_make(out, n);
}
