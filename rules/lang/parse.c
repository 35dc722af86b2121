/*
 * The statements of a rule file: list, rule, test, verdict, shadow, include.
 * What was written is kept with its places; what names mean is types.c's
 * question.
 */
#include "config.h"

#include "rules/lang/parse.h"

static struct rule *
parse_rule_begin(struct rule_parser *p)
{
	struct ruleset *rs = p->rs;
	struct rule *rule, **bucket;
	struct token name;
	size_t same;

	if (!parse_name(p, "the rule's name", &name))
		return NULL;
	same = ruleset_find(rs, name.text);
	if (same != SIZE_MAX) {
		diag_error(rs->diags, name.place,
		    "there is a rule \"%.*s\" already", SPAN_FMT(name.text));
		diag_hint(rs->diags, "it stands at %s",
		    place_name(rs->rule[same]->place, rs->diags->arena));
	}
	rule = arena_alloc(rs->arena, sizeof(*rule));
	rule->name = arena_strdup(rs->arena, name.text);
	rule->place = name.place;
	rule->number = rs->rule_count;
	rule->decisive = SIZE_MAX;
	rule->shadow = p->shadow;
	rs->rule = arena_grow(rs->arena, rs->rule, &rs->rule_cap,
	    rs->rule_count + 1, sizeof(struct rule *));
	rs->rule[rs->rule_count++] = rule;
	if (rs->by_name == NULL)
		rs->by_name =
		    arena_array(rs->arena, RULE_BUCKETS, sizeof(struct rule *));
	if (same == SIZE_MAX) {
		bucket = ruleset_bucket(rs, name.text);
		rule->next = *bucket;
		*bucket = rule;
	}
	return rule;
}

/* shadow, `by STAGE` and `for SHARE%`, which may stand behind the name. */
static bool
parse_rule_modifiers(struct rule_parser *p, struct rule *rule)
{
	struct suggestion near;
	struct token t;

	for (;;) {
		if (lexer_take_word(&p->lexer, "shadow")) {
			rule->shadow = true;
			continue;
		}
		if (lexer_take_word(&p->lexer, "for")) {
			if (!parse_canary(p, rule))
				return false;
			continue;
		}
		if (!lexer_at_word(&p->lexer, "by"))
			return true;
		(void)lexer_next(&p->lexer);
		if (!parse_word(p, "a stage", &t))
			return false;
		rule->by = true;
		rule->by_place = t.place;
		suggestion_begin(&near, t.text);
		for (size_t i = 0; i < STAGE_COUNT; i++) {
			suggestion_offer(&near, span_of(stage_names[i]));
			if (span_is(t.text, stage_names[i])) {
				rule->by_stage = (enum stage)i;
				break;
			}
			if (i + 1 < STAGE_COUNT)
				continue;
			parse_error(p, t.place, "\"%.*s\" is no stage",
			    SPAN_FMT(t.text));
			if (!suggestion_hint(&near, p->rs->diags))
				diag_hint(p->rs->diags,
				    "stages are connect, helo, mail, rcpt, "
				    "eoh and eom");
			return false;
		}
	}
}

/* then ACTION and ACTION ..., and the next line of the same kind. */
static bool
parse_then(struct rule_parser *p, struct rule *rule)
{
	do {
		if (!parse_action(p, rule))
			return false;
	} while (lexer_take_word(&p->lexer, "and") ||
		 lexer_take(&p->lexer, TOKEN_COMMA));
	return true;
}

/* on unknown tempfail */
static bool
parse_on_unknown(struct rule_parser *p, struct rule *rule)
{
	if (!lexer_take_word(&p->lexer, "unknown") ||
	    !lexer_take_word(&p->lexer, "tempfail")) {
		parse_expected(p, "\"on unknown tempfail\"");
		return false;
	}
	rule->unknown_tempfails = true;
	return true;
}

/* Words with which a statement begins. */
static bool
parse_at_statement(struct rule_parser *p)
{
	static const char *const word[] = { "rule", "list", "verdict",
		"include", "shadow", "promise", "watch" };

	for (size_t i = 0; i < ARRAY_COUNT(word); i++)
		if (lexer_at_word(&p->lexer, word[i]))
			return true;
	return lexer_peek(&p->lexer)->kind == TOKEN_END;
}

static bool
parse_rule_parts(struct rule_parser *p, struct rule *rule)
{
	bool when = false;

	while (!parse_at_statement(p)) {
		if (!when && rule->action_count == 0 &&
		    lexer_take_word(&p->lexer, "when")) {
			when = true;
			rule->cond = parse_cond(p);
			if (rule->cond == NULL)
				return false;
		} else if (lexer_take_word(&p->lexer, "then")) {
			if (!parse_then(p, rule))
				return false;
		} else if (rule->action_count > 0 &&
			   lexer_take_word(&p->lexer, "on")) {
			if (!parse_on_unknown(p, rule))
				return false;
		} else if (rule->action_count > 0 &&
			   lexer_take_word(&p->lexer, "test")) {
			if (!parse_test(p, rule->number))
				return false;
			rule->test_count++;
		} else {
			parse_expected(
			    p, rule->action_count > 0
				   ? "\"then\", \"on\", \"test\" or a new "
				     "statement"
			       : when ? "\"and\", \"or\" or \"then\""
				      : "\"when\" or \"then\"");
			return false;
		}
	}
	if (rule->action_count == 0)
		parse_expected(p, "\"then\" and an action");
	return !p->failed;
}

static bool
parse_rule(struct rule_parser *p)
{
	struct rule *rule = parse_rule_begin(p);

	p->lexer.joined = true;
	if (rule == NULL)
		return false;
	rule->broken = !parse_rule_modifiers(p, rule) ||
		       !parse_rule_parts(p, rule) ||
		       (rule->canary != NULL && !parse_canary_end(p, rule));
	return !rule->broken;
}

/* ---- thresholds --------------------------------------------------------------- */

/* SIZE_MAX: it is no outcome that a score can lead to. */
static size_t
verdict_outcome(struct span word)
{
	for (size_t i = OUTCOME_JUNK; i <= OUTCOME_REJECT; i++)
		if (span_is(word, outcome_names[i]))
			return i;
	return SIZE_MAX;
}

/* The row of a recipient, made on first use; invalidates those before it. */
static size_t
verdict_rcpt_row(struct ruleset *rs, const struct token *rcpt)
{
	for (size_t i = 0; i < rs->by_rcpt_count; i++)
		if (span_case_eq(rs->by_rcpt[i].rcpt, rcpt->text))
			return i;
	rs->by_rcpt = arena_grow(rs->arena, rs->by_rcpt, &rs->by_rcpt_cap,
	    rs->by_rcpt_count + 1, sizeof(*rs->by_rcpt));
	rs->by_rcpt[rs->by_rcpt_count] = (struct rcpt_thresholds){
		.rcpt = arena_lower(rs->arena, rcpt->text),
		.place = rcpt->place,
	};
	return rs->by_rcpt_count++;
}

/* "for @example.com ann@example.org": whose; which rows. */
static bool
verdict_for(struct rule_parser *p, size_t **row, size_t *count)
{
	struct ruleset *rs = p->rs;
	size_t cap = 0;
	struct token t;

	if (!lexer_take_word(&p->lexer, "for"))
		return true;
	do {
		size_t at;

		if (!parse_word(p, "a recipient: local@domain or @domain", &t))
			return false;
		at = span_find_last(t.text, '@');
		if (rs->rcpt == FACT_NONE || at == SIZE_MAX ||
		    at + 1 == t.text.n || t.text.p[at + 1] == '.') {
			parse_error(p, t.place,
			    "a recipient is local@domain or @domain");
			return false;
		}
		*row = arena_grow(
		    rs->arena, *row, &cap, *count + 1, sizeof(**row));
		(*row)[(*count)++] = verdict_rcpt_row(rs, &t);
		(void)lexer_take(&p->lexer, TOKEN_COMMA);
	} while (lexer_peek(&p->lexer)->kind == TOKEN_WORD &&
		 verdict_outcome(lexer_peek(&p->lexer)->text) == SIZE_MAX);
	return true;
}

static bool
verdict_set(struct rule_parser *p, struct threshold *t,
    const struct token *name, double at)
{
	if (t->set) {
		parse_error(p, name->place,
		    "the threshold for %.*s was given before",
		    SPAN_FMT(name->text));
		diag_hint(p->rs->diags, "it stands at %s",
		    place_name(t->place, p->rs->diags->arena));
		return false;
	}
	*t = (struct threshold){ true, at, name->place };
	return true;
}

/* "junk at 6" */
static bool
verdict_one(struct rule_parser *p, const size_t *row, size_t count)
{
	struct ruleset *rs = p->rs;
	struct token name;
	size_t outcome;
	double at;

	if (!parse_word(p, "junk, quarantine, tempfail or reject", &name))
		return false;
	outcome = verdict_outcome(name.text);
	if (outcome == SIZE_MAX) {
		parse_error(p, name.place, "there is no threshold for \"%.*s\"",
		    SPAN_FMT(name.text));
		diag_hint(rs->diags, "a score can lead to junk, quarantine, "
				     "tempfail or reject");
		return false;
	}
	if (!lexer_take_word(&p->lexer, "at")) {
		parse_expected(p, "\"at\" and a score");
		return false;
	}
	if (!parse_number(p, "a score", &at))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!verdict_set(
			p, &rs->by_rcpt[row[i]].threshold[outcome], &name, at))
			return false;
	return count > 0 || verdict_set(p, &rs->threshold[outcome], &name, at);
}

/* verdict [for RECIPIENT ...] junk at 6 reject at 15 */
static bool
parse_verdict(struct rule_parser *p)
{
	size_t *row = NULL, count = 0;

	p->lexer.joined = true;
	if (!verdict_for(p, &row, &count))
		return false;
	do {
		if (!verdict_one(p, row, count))
			return false;
		(void)lexer_take(&p->lexer, TOKEN_COMMA);
	} while (!parse_at_statement(p) && !lexer_at_word(&p->lexer, "test"));
	return true;
}

static bool
parse_include(struct rule_parser *p)
{
	struct ruleset *rs = p->rs;
	const struct source *s;
	struct token name;
	struct span text;
	const char *why = "files can't be read here";

	if (!parse_string(p, "a file name in quotes", &name))
		return false;
	if (p->includes == RULE_INCLUDES_MAX) {
		parse_error(p, name.place,
		    "files include one another more than %d deep",
		    RULE_INCLUDES_MAX);
		return false;
	}
	if (rs->options.read == NULL ||
	    !rs->options.read(
		rs->options.ctx, name.text, p->lexer.source, &text, &why)) {
		parse_error(p, name.place, "can't read \"%.*s\": %s",
		    SPAN_FMT(name.text), why);
		return false;
	}
	s = diags_source_in(rs->diags, rs->arena, name.text,
	    arena_dup(rs->arena, text), p->lexer.source);
	parse_file(rs, s, p->includes + 1);
	return true;
}

/* shadow, alone: the whole file */
static bool
parse_shadow(struct rule_parser *p, struct place at)
{
	const struct ruleset *rs = p->rs;

	if (rs->rule_count > 0 &&
	    rs->rule[rs->rule_count - 1]->place.source == p->lexer.source) {
		parse_error(p, at,
		    "\"shadow\" for a whole file stands before its first rule");
		diag_hint(p->rs->diags,
		    "for one rule it stands behind the name: rule %s shadow",
		    rs->rule[rs->rule_count - 1]->name);
		return false;
	}
	p->shadow = true;
	return true;
}

static bool
parse_statement(struct rule_parser *p)
{
	static const char *const known[] = { "rule", "list", "verdict",
		"include", "shadow", "test", "promise", "watch", NULL };
	struct suggestion near;
	struct token t;

	if (lexer_peek(&p->lexer)->kind != TOKEN_WORD) {
		parse_expected(p, "a statement");
		/* Recovery may stop before it again. */
		(void)lexer_next(&p->lexer);
		return false;
	}
	t = lexer_next(&p->lexer);
	if (token_is(&t, "rule"))
		return parse_rule(p);
	if (token_is(&t, "list"))
		return parse_list(p);
	if (token_is(&t, "verdict"))
		return parse_verdict(p);
	if (token_is(&t, "promise"))
		return parse_promise(p);
	if (token_is(&t, "watch"))
		return parse_watch(p);
	if (token_is(&t, "include"))
		return parse_include(p);
	if (token_is(&t, "shadow"))
		return parse_shadow(p, t.place);
	if (token_is(&t, "test")) {
		p->lexer.joined = true;
		return parse_test(p, SIZE_MAX);
	}
	parse_error(
	    p, t.place, "\"%.*s\" begins no statement", SPAN_FMT(t.text));
	suggestion_begin(&near, t.text);
	suggestion_offer_all(&near, known);
	if (token_is(&t, "when") || token_is(&t, "if") || token_is(&t, "then"))
		diag_hint(p->rs->diags, "write: rule NAME when ... then ...");
	else if (!suggestion_hint(&near, p->rs->diags))
		diag_hint(p->rs->diags, "statements begin with rule, list, "
					"verdict, promise, watch, include, "
					"shadow or test");
	return false;
}

/* After an error: on with the next statement that begins a line. */
static void
parse_recover(struct rule_parser *p)
{
	p->lexer.joined = true;
	while (lexer_peek(&p->lexer)->kind != TOKEN_END &&
	       !(parse_at_statement(p) &&
		   parse_begins_line(lexer_peek(&p->lexer))))
		(void)lexer_next(&p->lexer);
}

void
parse_file(struct ruleset *rs, const struct source *s, unsigned includes)
{
	struct rule_parser p = { .rs = rs, .includes = includes };

	lexer_init(&p.lexer, s, rs->diags);
	p.lexer.arena = rs->arena;
	for (;;) {
		p.failed = false;
		p.depth = 0;
		p.lexer.joined = true;
		if (lexer_peek(&p.lexer)->kind == TOKEN_END)
			break;
		p.lexer.joined = false;
		if (!parse_statement(&p))
			parse_recover(&p);
	}
}
