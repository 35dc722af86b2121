/*
 * The values that facts are compared with: literals in the one form in which
 * facts have them, other facts, and sets in parentheses.
 */
#include "config.h"

#include "rules/lang/types.h"

#include <string.h>

#include "rules/lang/list_kind.h"
#include "rules/source/literal.h"
#include "rules/text/domain.h"

static bool
types_is_text(enum fact_type type)
{
	return type == FACT_TEXT || type == FACT_DOMAIN ||
	       type == FACT_ADDRESS || type == FACT_WORD;
}

bool
types_normalise(struct arena *a, enum fact_type type, struct span in,
    struct span *out, const char **why)
{
	struct span domain;
	size_t at = span_find_last(in, '@');

	*out = in;
	if (type == FACT_DOMAIN)
		return domain_to_ascii(in, a, out, why);
	if (type != FACT_ADDRESS || in.n == 0)
		return true;
	if (at == SIZE_MAX || at == 0) {
		*why = "an address is written local@domain";
		return false;
	}
	if (!domain_to_ascii(span_slice(in, at + 1, in.n), a, &domain, why))
		return false;
	*out = span_of(
	    arena_printf(a, "%.*s@%.*s", (int)at, in.p, SPAN_FMT(domain)));
	return true;
}

/* One of the words that the left side can be, which no fact's name hides. */
static bool
types_is_own_word(const struct ruleset *rs, const struct cond *c)
{
	const char *const *word;

	if (c->subject.type != FACT_WORD)
		return false;
	word = schema_row(rs->options.schema, c->subject.fact)->words;
	while (word != NULL && *word != NULL)
		if (span_is(c->value.text, *word++))
			return true;
	return false;
}

/* Tries the right side as another fact; false when it names none. */
static bool
types_other_fact(struct ruleset *rs, struct cond *c, fact_id group)
{
	enum fact_type left = c->subject.type;
	struct subject other = { .token = c->value, .fact = FACT_NONE };
	size_t errors = rs->diags->errors;

	if (c->value.kind != TOKEN_WORD)
		return false;
	if (types_is_own_word(rs, c) ||
	    types_find(rs, c->value.text, group) == FACT_NONE)
		return false;
	if (!types_subject(rs, &other, group))
		return rs->diags->errors > errors;
	c->fact_value = true;
	c->other = other;
	if (other.type == left ||
	    (types_is_text(left) && types_is_text(other.type)))
		return true;
	diag_error(rs->diags, c->place,
	    "%.*s and %.*s are of different kinds: %s and %s",
	    SPAN_FMT(c->subject.token.text), SPAN_FMT(c->value.text),
	    fact_type_names[left], fact_type_names[other.type]);
	return true;
}

/* "pass, fail, none" */
static const char *
types_words(const struct ruleset *rs, const char *const *words)
{
	const char *all = "";

	for (size_t i = 0; words[i] != NULL; i++)
		all = arena_printf(rs->diags->arena, "%s%s%s", all,
		    i > 0 ? ", " : "", words[i]);
	return all;
}

/* Whether t is one of the words that the fact can be; else the error. */
static bool
types_word(struct ruleset *rs, const struct subject *s, const struct token *t)
{
	const struct fact_row *row = schema_row(rs->options.schema, s->fact);
	struct suggestion near;

	suggestion_begin(&near, t->text);
	for (size_t i = 0; row->words[i] != NULL; i++) {
		if (span_is(t->text, row->words[i]))
			return true;
		suggestion_offer(&near, span_of(row->words[i]));
	}
	diag_error(rs->diags, t->place, "%s is never \"%.*s\"", row->name,
	    SPAN_FMT(t->text));
	if (near.best.n > 0)
		diag_hint(rs->diags, "did you mean %.*s? It can be: %s",
		    SPAN_FMT(near.best), types_words(rs, row->words));
	else
		diag_hint(
		    rs->diags, "it can be: %s", types_words(rs, row->words));
	return false;
}

static void
types_wrong_value(struct ruleset *rs, const struct cond *c, const char *want)
{
	diag_error(rs->diags, c->value.place,
	    "%.*s is compared with %s, not "
	    "with \"%.*s\"",
	    SPAN_FMT(c->subject.token.text), want, SPAN_FMT(c->value.text));
}

/* 9-17 are two questions, and so are 22-6, which go over midnight. */
static void
types_hint_range(
    struct ruleset *rs, struct span name, struct span from, struct span to)
{
	double least, most;

	if (!literal_number(from, &least) || !literal_number(to, &most))
		diag_hint(rs->diags,
		    "a range is two questions: %.*s >= %.*s and %.*s <= ...",
		    SPAN_FMT(name), SPAN_FMT(from), SPAN_FMT(name));
	else
		diag_hint(rs->diags,
		    "a range is two questions: write %.*s >= %.*s %s %.*s <= "
		    "%.*s",
		    SPAN_FMT(name), SPAN_FMT(from), least > most ? "or" : "and",
		    SPAN_FMT(name), SPAN_FMT(to));
}

/* 10mb, 3days: what follows the number is no unit. 22-6: a range is none. */
static void
types_hint_number(struct ruleset *rs, struct span name, struct span text)
{
	size_t n = 0;

	while (n < text.n && (ascii_digit(text.p[n]) || text.p[n] == '.'))
		n++;
	if (n == 0 || n == text.n)
		return;
	if (text.p[n] == '-')
		types_hint_range(rs, name, span_slice(text, 0, n),
		    span_slice(text, n + 1, text.n));
	else
		diag_hint(rs->diags, "sizes are written 10k, 10M or 10G, times "
				     "90s, 15m, 6h or 7d, shares 5%%");
}

static void
types_operand_bool(struct ruleset *rs, struct cond *c)
{
	static const char *const yes[] = { "yes", "true", "on" };
	static const char *const no[] = { "no", "false", "off" };

	for (size_t i = 0; i < ARRAY_COUNT(yes); i++) {
		c->yes = span_is(c->value.text, yes[i]);
		if (c->yes || span_is(c->value.text, no[i]))
			return;
	}
	types_wrong_value(rs, c, "yes or no");
	diag_hint(rs->diags, "or it stands alone: when %.*s",
	    SPAN_FMT(c->subject.token.text));
}

static void
types_operand_ip(struct ruleset *rs, struct cond *c)
{
	if (ip_parse(c->value.text, &c->ip))
		return;
	types_wrong_value(rs, c, "an IP address");
	if (span_find(c->value.text, '/') != SIZE_MAX)
		diag_hint(rs->diags, "for a network write: %.*s in (%.*s)",
		    SPAN_FMT(c->subject.token.text), SPAN_FMT(c->value.text));
}

/* *.exe, name@*, *free*: one star at an end is meant to stand for something;
 * several in a row are not. */
static bool
text_has_stars(struct span s)
{
	size_t stars = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '*')
			continue;
		if ((i > 0 && i + 1 < s.n) ||
		    (i == 0 && s.n > 1 && s.p[1] == '*'))
			return false;
		stars++;
	}
	return stars > 0 && s.n > stars &&
	       !(s.n > 1 && s.p[s.n - 1] == '*' && s.p[s.n - 2] == '*');
}

static void
types_warn_stars(struct ruleset *rs, const struct token *value)
{
	if (value->kind != TOKEN_STRING || !text_has_stars(value->text))
		return;
	diag_warn(rs->diags, value->place, "a star stands for nothing here");
	diag_hint(rs->diags, "a pattern does: ~ /\\.exe$/i, ~ /^bulk-/, "
			     "~ /free/i");
}

static void
types_operand_text(struct ruleset *rs, struct cond *c)
{
	const char *why;

	if (c->value.kind == TOKEN_WORD) {
		struct suggestion near;

		diag_error(rs->diags, c->value.place,
		    "no fact is called \"%.*s\"", SPAN_FMT(c->value.text));
		suggestion_begin(&near, c->value.text);
		for (size_t i = 0; i < schema_count(rs->options.schema); i++)
			suggestion_offer(&near,
			    span_of(schema_row(rs->options.schema, (fact_id)i)
					->name));
		if (near.best.n > 0)
			diag_hint(rs->diags,
			    "did you mean %.*s? A text "
			    "stands in quotes: \"%.*s\"",
			    SPAN_FMT(near.best), SPAN_FMT(c->value.text));
		else
			diag_hint(rs->diags,
			    "a text stands in quotes: \"%.*s\"",
			    SPAN_FMT(c->value.text));
		return;
	}
	if (!types_normalise(
		rs->arena, c->subject.type, c->value.text, &c->text, &why))
		diag_error(rs->diags, c->value.place,
		    "%.*s can't be "
		    "\"%.*s\": %s",
		    SPAN_FMT(c->subject.token.text), SPAN_FMT(c->value.text),
		    why);
	else
		types_warn_stars(rs, &c->value);
}

/* 6:30 is a number of minutes elsewhere, and no fact counts the minutes of
 * the day: such a comparison would always come out the same. */
static bool
types_is_clock(
    struct ruleset *rs, const struct cond *c, const struct token *value)
{
	if (value->kind != TOKEN_WORD ||
	    span_find(value->text, ':') == SIZE_MAX)
		return false;
	diag_error(rs->diags, value->place,
	    "%.*s is a number, not a time of day",
	    SPAN_FMT(c->subject.token.text));
	diag_hint(rs->diags, "hours are 0 to 23: time.hour >= 22");
	return true;
}

void
types_operand(struct ruleset *rs, struct cond *c, fact_id group)
{
	const struct fact_row *row;

	if (types_other_fact(rs, c, group))
		return;
	switch (c->subject.type) {
	case FACT_NUMBER:
		if (types_is_clock(rs, c, &c->value))
			break;
		if (c->value.kind != TOKEN_WORD ||
		    !literal_quantity(c->value.text, &c->number)) {
			types_wrong_value(rs, c, "a number");
			types_hint_number(
			    rs, c->subject.token.text, c->value.text);
		}
		break;
	case FACT_BOOL:
		types_operand_bool(rs, c);
		break;
	case FACT_IP:
		types_operand_ip(rs, c);
		break;
	case FACT_WORD:
		row = schema_row(rs->options.schema, c->subject.fact);
		c->text = c->value.text;
		if (row->words != NULL)
			(void)types_word(rs, &c->subject, &c->value);
		break;
	default:
		types_operand_text(rs, c);
	}
}

/* The pattern that matches this text alone, its letters in either case. */
static struct token
types_pattern_of(struct arena *a, struct token t)
{
	char *out = arena_array(a, t.text.n * 2 + 1, 1);
	size_t n = 0;

	for (size_t i = 0; i < t.text.n; i++) {
		unsigned char c = (unsigned char)t.text.p[i];

		if (c > ' ' && c < 0x7f && !ascii_alpha(t.text.p[i]) &&
		    !ascii_digit(t.text.p[i]))
			out[n++] = '\\';
		out[n++] = t.text.p[i];
	}
	t.kind = TOKEN_PATTERN;
	t.text = span_make(out, n);
	t.flags = SPAN("i");
	return t;
}

/* Octets of a text that is looked for in others: as a pattern, of which PCRE2
 * takes 64 KB at most, each character is up to three. */
#define TYPES_PART_MAX 20000

bool
types_part(struct ruleset *rs, struct cond *c, fact_id group)
{
	/* Whatever the left side is, it contains texts of any kind. */
	struct cond text = *c;
	size_t errors = rs->diags->errors;

	text.subject.type = FACT_TEXT;
	if (!types_other_fact(rs, &text, group)) {
		types_operand_text(rs, &text);
		if (rs->diags->errors == errors && c->value.text.n == 0)
			diag_error(rs->diags, c->value.place,
			    "nothing contains an empty text");
		if (c->value.text.n > TYPES_PART_MAX)
			diag_error(rs->diags, c->value.place,
			    "the text has %zu octets; at most %d can be looked "
			    "for in another",
			    c->value.text.n, TYPES_PART_MAX);
		c->value = types_pattern_of(rs->arena, c->value);
	}
	c->fact_value = text.fact_value;
	c->other = text.other;
	return rs->diags->errors == errors;
}

/* ---- in (...) ----------------------------------------------------------------- */

static void
types_set_numbers(struct ruleset *rs, struct cond *c)
{
	double *numbers =
	    arena_array(rs->arena, c->value_count, sizeof(*numbers));

	for (size_t i = 0; i < c->value_count; i++)
		if (!types_is_clock(rs, c, &c->values[i]) &&
		    !literal_quantity(c->values[i].text, &numbers[i])) {
			diag_error(rs->diags, c->values[i].place,
			    "\"%.*s\" is no number",
			    SPAN_FMT(c->values[i].text));
			types_hint_number(
			    rs, c->subject.token.text, c->values[i].text);
		}
	c->numbers = numbers;
}

/* A list without name for the type of fact that is looked up in it. */
static struct list *
types_set_list(struct ruleset *rs, enum fact_type type)
{
	struct list *set = list_new(type == FACT_DOMAIN    ? LIST_DOMAINS
				    : type == FACT_ADDRESS ? LIST_ADDRESSES
				    : type == FACT_IP      ? LIST_NETWORKS
							   : LIST_WORDS,
	    NULL);

	rs->owned = arena_grow(rs->arena, rs->owned, &rs->owned_cap,
	    rs->owned_count + 1, sizeof(struct list *));
	rs->owned[rs->owned_count++] = set;
	return set;
}

void
types_set(struct ruleset *rs, struct cond *c)
{
	enum fact_type type = c->subject.type;

	if (type == FACT_NUMBER) {
		types_set_numbers(rs, c);
		return;
	}
	if (type == FACT_BOOL || type == FACT_BYTES || type == FACT_GROUP) {
		diag_error(rs->diags, c->place,
		    "%.*s can't be asked for with \"in\": it is %s",
		    SPAN_FMT(c->subject.token.text),
		    type == FACT_BOOL    ? "yes or no"
		    : type == FACT_BYTES ? "raw text"
					 : "a group of values");
		return;
	}
	c->set = types_set_list(rs, type);
	for (size_t i = 0; i < c->value_count; i++) {
		struct list_report report = { 0 };
		const struct token *t = &c->values[i];
		struct span text = t->text;

		if (type == FACT_WORD && !types_word(rs, &c->subject, t))
			continue;
		if (type == FACT_TEXT)
			types_warn_stars(rs, t);
		if (type == FACT_WORD || type == FACT_TEXT)
			text = list_quote(rs, t);
		if (!list_add_text(c->set, text, "", 1, &report))
			diag_error(rs->diags, t->place, "%s",
			    report.problem_count > 0 ? report.problem[0].message
						     : "this can't stand here");
	}
	list_finish(c->set);
}
