/*
 * What rules can do: one row an action, with what it decides and how its
 * arguments are read. Actions of other modules come as rows of the same kind.
 */
#include "config.h"

#include "rules/lang/parse.h"

#include <math.h>

#include "rules/lang/template.h"

static bool
action_parse_reason(struct rule_parser *p, struct rule_action *out)
{
	struct token t;

	if (lexer_peek(&p->lexer)->kind != TOKEN_STRING)
		return true;
	t = lexer_next(&p->lexer);
	out->text = parse_template(p, &t, false);
	return out->text != NULL;
}

#define SCORE_MAX 1e6

static bool
action_parse_score(struct rule_parser *p, struct rule_action *out)
{
	struct place at = lexer_peek(&p->lexer)->place;
	double score, units;

	if (!parse_number(p, "a number", &score))
		return false;
	units = score * SCORE_UNITS;
	if (fabs(score) <= SCORE_MAX)
		out->units = llround(units);
	/* What is between is the binary number's, not the writer's. */
	if (fabs(units - (double)out->units) < 1e-3)
		return true;
	parse_error(p, at,
	    "a score is from -%.0f to %.0f, with six places behind the point "
	    "at most",
	    SCORE_MAX, SCORE_MAX);
	return false;
}

static bool
action_parse_tag(struct rule_parser *p, struct rule_action *out)
{
	struct token t;

	if (lexer_peek(&p->lexer)->kind != TOKEN_WORD) {
		parse_expected(p, "the tag's name");
		return false;
	}
	t = lexer_next(&p->lexer);
	for (size_t i = 0; i < t.text.n; i++)
		if (!ascii_alnum(t.text.p[i]) && t.text.p[i] != '-' &&
		    t.text.p[i] != '_' && t.text.p[i] != '.') {
			parse_error(p, t.place,
			    "a tag is letters, digits, \"-\", \"_\" and \".\"");
			return false;
		}
	out->name = t.text;
	return true;
}

static bool
action_parse_alert(struct rule_parser *p, struct rule_action *out)
{
	struct token t;

	if (!parse_string(p, "the alert's text in quotes", &t))
		return false;
	out->text = parse_template(p, &t, false);
	return out->text != NULL;
}

/* Fields that tell where a message came from and what was found. */
static bool
action_field_reserved(struct span name)
{
	static const char *const reserved[] = { "authentication-results",
		"received", "received-spf", "return-path", "dkim-signature",
		"x-verdict", "x-spam-flag", "x-spam-status", "x-spam-level",
		"x-spam-score" };

	for (size_t i = 0; i < ARRAY_COUNT(reserved); i++)
		if (span_case_is(name, reserved[i]))
			return true;
	return span_case_starts(name, SPAN("arc-"));
}

/* A field name of RFC 5322, 3.6.8, of a length that a line can hold. */
static bool
action_field_good(struct span name)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] <= ' ' || name.p[i] > '~' || name.p[i] == ':')
			return false;
	return name.n > 0 && name.n <= 76;
}

/* The field's name, as far as rules may write it. */
static bool
action_parse_field(struct rule_parser *p, struct rule_action *out)
{
	struct token name;

	if (!parse_word(p, "the field's name", &name))
		return false;
	if (!action_field_good(name.text)) {
		parse_error(
		    p, name.place, "this can't be the name of a header field");
		diag_hint(p->rs->diags, "write it without colon: \"X-Name\"");
		return false;
	}
	if (action_field_reserved(name.text)) {
		parse_error(p, name.place,
		    "rules can't write %.*s: others rely on what it says",
		    SPAN_FMT(name.text));
		return false;
	}
	out->name = name.text;
	return true;
}

/*
 * What senders wrote is made ASCII and cut to 128 octets in texts, which no
 * field that people read survives.
 */
static bool
action_field_is_read(struct rule_parser *p, const struct rule_action *a)
{
	static const char *const read[] = { "subject", "from", "to", "cc",
		"reply-to" };
	bool fact = false;

	for (size_t i = 0; i < a->text->count; i++)
		fact = fact || a->text->piece[i].kind == PIECE_FACT;
	for (size_t i = 0; fact && i < ARRAY_COUNT(read); i++)
		if (span_case_is(a->name, read[i])) {
			parse_error(p, a->text->place,
			    "a fact in %.*s is cut to 128 octets and made "
			    "ASCII",
			    SPAN_FMT(a->name));
			diag_hint(p->rs->diags,
			    "write a field of your own, or a text without "
			    "facts");
			return true;
		}
	return false;
}

/* Other fields have a syntax that text before them breaks. */
static bool
action_prefix_fits(
    struct rule_parser *p, const struct rule_action *a, struct place place)
{
	if (!a->prefix || span_case_is(a->name, "subject"))
		return true;
	parse_error(p, place, "only \"Subject\" can get a prefix");
	return false;
}

/* add|set|prefix "NAME" "VALUE", remove "NAME": set to nothing */
static bool
action_parse_header(struct rule_parser *p, struct rule_action *out)
{
	bool remove = lexer_take_word(&p->lexer, "remove");
	struct token value;

	out->set = remove || lexer_take_word(&p->lexer, "set");
	out->prefix = !out->set && lexer_take_word(&p->lexer, "prefix");
	if (!out->set && !out->prefix && !lexer_take_word(&p->lexer, "add")) {
		parse_expected(p, "\"add\", \"set\", \"prefix\" or \"remove\"");
		return false;
	}
	value = *lexer_peek(&p->lexer);
	if (!action_parse_field(p, out) ||
	    !action_prefix_fits(p, out, value.place))
		return false;
	value.text = SPAN("");
	if (!remove && !parse_string(p, "the field's value in quotes", &value))
		return false;
	out->text = parse_template(p, &value, false);
	return out->text != NULL && !action_field_is_read(p, out);
}

#define ROW(name, outcome, effects, parse, usage)          \
	{                                                  \
		name, outcome, effects, usage, parse, NULL \
	}
/* clang-format off */
const struct rule_action_row action_rows[] = {
	ROW("accept", OUTCOME_ACCEPT, 0, NULL, "accept"),
	ROW("junk", OUTCOME_JUNK, 0, action_parse_reason, "junk [\"REASON\"]"),
	ROW("quarantine", OUTCOME_QUARANTINE, 0, action_parse_reason,
	    "quarantine [\"REASON\"]"),
	ROW("tempfail", OUTCOME_TEMPFAIL, 0, action_parse_reply,
	    "tempfail [CODE] [4.Y.Z] [\"TEXT\"]"),
	ROW("reject", OUTCOME_REJECT, 0, action_parse_reply,
	    "reject [CODE] [5.Y.Z] [\"TEXT\"]"),
	ROW("discard", OUTCOME_DISCARD, 0, NULL, "discard"),
	ROW("score", OUTCOME_NONE, ACTION_SCORES, action_parse_score,
	    "score NUMBER"),
	ROW("tag", OUTCOME_NONE, ACTION_TAGS, action_parse_tag, "tag NAME"),
	ROW("header", OUTCOME_NONE, ACTION_WRITES, action_parse_header,
	    "header add|set \"NAME\" \"VALUE\", header remove \"NAME\", header prefix \"Subject\" \"TEXT\""),
	ROW("alert", OUTCOME_NONE, ACTION_ALERTS, action_parse_alert,
	    "alert \"TEXT\""),
};
/* clang-format on */
const size_t action_row_count = ARRAY_COUNT(action_rows);

const struct rule_action_row *
action_find(const struct ruleset *rs, struct span name)
{
	for (size_t i = 0; i < ARRAY_COUNT(action_rows); i++)
		if (span_is(name, action_rows[i].name))
			return &action_rows[i];
	for (size_t i = 0; i < rs->options.action_count; i++)
		if (span_is(name, rs->options.actions[i].name))
			return &rs->options.actions[i];
	return NULL;
}

/* Which actions there are. */
static void
action_hint_all(struct rule_parser *p)
{
	const struct ruleset_options *o = &p->rs->options;
	size_t count = ARRAY_COUNT(action_rows) + o->action_count;
	const char *text = "actions are";

	for (size_t i = 0; i < count; i++)
		text = arena_printf(p->rs->arena, "%s%s%s", text,
		    i == 0           ? " "
		    : i + 1 == count ? " and "
				     : ", ",
		    i < ARRAY_COUNT(action_rows)
			? action_rows[i].name
			: o->actions[i - ARRAY_COUNT(action_rows)].name);
	diag_hint(p->rs->diags, "%s", text);
}

static void
action_unknown(struct rule_parser *p, const struct token *t)
{
	struct suggestion near;

	parse_error(
	    p, t->place, "there is no action \"%.*s\"", SPAN_FMT(t->text));
	suggestion_begin(&near, t->text);
	for (size_t i = 0; i < ARRAY_COUNT(action_rows); i++)
		suggestion_offer(&near, span_of(action_rows[i].name));
	for (size_t i = 0; i < p->rs->options.action_count; i++)
		suggestion_offer(
		    &near, span_of(p->rs->options.actions[i].name));
	if (!suggestion_hint(&near, p->rs->diags))
		action_hint_all(p);
}

/* A rule decides once; true when this action may be its decision. */
static bool
action_decides(
    struct rule_parser *p, struct rule *rule, const struct rule_action *a)
{
	const struct rule_action *first;

	if (a->row->outcome == OUTCOME_NONE)
		return true;
	if (rule->decisive == SIZE_MAX) {
		rule->decisive = rule->action_count;
		return true;
	}
	first = &rule->action[rule->decisive];
	parse_error(p, a->place, "rule %s can't %s: it does %s already",
	    rule->name, a->row->name, first->row->name);
	diag_hint(p->rs->diags, "a rule decides once; write a second rule");
	return false;
}

bool
parse_action(struct rule_parser *p, struct rule *rule)
{
	struct rule_action a = { 0 };
	struct token t;

	if (!parse_word(p, "an action", &t))
		return false;
	a.place = t.place;
	a.row = action_find(p->rs, t.text);
	if (a.row == NULL) {
		action_unknown(p, &t);
		return false;
	}
	if (!action_decides(p, rule, &a))
		return false;
	p->reads = (struct word_reads){ .count = 0 };
	p->at = t.place;
	if (a.row->parse != NULL && !a.row->parse(p, &a)) {
		diag_hint_usage(p->rs->diags, a.row->usage);
		p->failed = true;
		return false;
	}
	if (a.args != NULL || a.row->perform != NULL)
		a.reads = parse_word_keep(p, a.row->name, a.args);
	rule->action = arena_grow(p->rs->arena, rule->action, &rule->action_cap,
	    rule->action_count + 1, sizeof(*rule->action));
	rule->action[rule->action_count++] = a;
	return true;
}
