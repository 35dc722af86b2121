/*
 * Tests that stand in rule files, as they are written:
 *
 *   test refuses { from "ceo@partner.example"  dmarc fail }
 *   test lets-by "a mailing list" { message "list.eml"  dmarc fail }
 *
 * What the names mean is found out when the test runs (eval/trial.c).
 */
#include "config.h"

#include "rules/lang/parse.h"

#include <string.h>

/* What a test can say that happens. */
static const struct {
	const char *verb;
	enum test_want want;
	enum outcome outcome;
} test_verb[] = {
	{ "refuses", WANT_OUTCOME, OUTCOME_REJECT },
	{ "rejects", WANT_OUTCOME, OUTCOME_REJECT },
	{ "tempfails", WANT_OUTCOME, OUTCOME_TEMPFAIL },
	{ "quarantines", WANT_OUTCOME, OUTCOME_QUARANTINE },
	{ "junks", WANT_OUTCOME, OUTCOME_JUNK },
	{ "discards", WANT_OUTCOME, OUTCOME_DISCARD },
	{ "accepts", WANT_OUTCOME, OUTCOME_ACCEPT },
	{ "lets-by", WANT_LETS_BY, OUTCOME_NONE },
	{ "fires", WANT_FIRES, OUTCOME_NONE },
	{ "scores", WANT_SCORES, OUTCOME_NONE },
	{ "tags", WANT_TAGS, OUTCOME_NONE },
	{ "keeps", WANT_KEEPS, OUTCOME_NONE },
};

/* Takes a verb and what follows it, if one comes next. */
static bool
parse_verb(struct rule_parser *p, struct rule_test *test, bool *found)
{
	size_t i = 0;

	while (i < ARRAY_COUNT(test_verb) &&
	       !lexer_at_word(&p->lexer, test_verb[i].verb))
		i++;
	*found = i < ARRAY_COUNT(test_verb);
	if (!*found)
		return true;
	(void)lexer_next(&p->lexer);
	test->want = test_verb[i].want;
	test->outcome = test_verb[i].outcome;
	if (test->want == WANT_SCORES)
		return parse_number(p, "a score", &test->score);
	if (test->want == WANT_TAGS || test->want == WANT_KEEPS) {
		struct token t;

		if (!parse_word(
			p, test->want == WANT_TAGS ? "a tag" : "a promise", &t))
			return false;
		test->tag = t.text;
		test->tag_place = t.place;
	}
	return true;
}

static void
parse_verb_missing(struct rule_parser *p, const struct token *t)
{
	struct suggestion near;

	parse_error(p, t->place, "this test does not say what must happen");
	suggestion_begin(&near, t->text);
	for (size_t i = 0; i < ARRAY_COUNT(test_verb); i++)
		suggestion_offer(&near, span_of(test_verb[i].verb));
	if (!suggestion_hint(&near, p->rs->diags))
		diag_hint(p->rs->diags,
		    "a rule refuses, tempfails, junks, quarantines, discards, "
		    "accepts, lets-by, fires, scores N or tags NAME");
}

static bool parse_givens(
    struct rule_parser *p, struct rule_test *test, struct test_given **end);

/* NAME VALUE, NAME { ... }, NAME unknown { ... }, in LIST, header "NAME" "VALUE" */
static struct test_given *
parse_given(struct rule_parser *p)
{
	struct test_given *g = arena_alloc(p->rs->arena, sizeof(*g));
	struct lexer *l = &p->lexer;

	g->listed = lexer_take_word(l, "in");
	if (lexer_peek(l)->kind != TOKEN_WORD) {
		parse_expected(p, g->listed ? "a list's name" : "a fact");
		return NULL;
	}
	g->name = lexer_next(l);
	if (g->listed) {
		if (lexer_at_word(l, "yes") || lexer_at_word(l, "no") ||
		    lexer_at_word(l, "unknown"))
			g->value = lexer_next(l);
		return g;
	}
	if (lexer_take(l, TOKEN_LBRACE)) {
		g->group = true;
		return parse_givens(p, NULL, &g->member) ? g : NULL;
	}
	if (token_is(&g->name, "header") && lexer_peek(l)->kind == TOKEN_STRING)
		g->field = lexer_next(l);
	(void)lexer_take(l, TOKEN_EQ);
	if (!parse_word(p, "a value", &g->value))
		return NULL;
	if (!token_is(&g->value, "unknown") || !lexer_take(l, TOKEN_LBRACE))
		return g;
	g->group = g->rest = true;
	return parse_givens(p, NULL, &g->member) ? g : NULL;
}

/* Up to and with the closing brace. */
static bool
parse_givens(
    struct rule_parser *p, struct rule_test *test, struct test_given **end)
{
	struct lexer *l = &p->lexer;
	bool found;

	while (!lexer_take(l, TOKEN_RBRACE)) {
		if (lexer_take(l, TOKEN_COMMA))
			continue;
		if (test != NULL && lexer_take_word(l, "message")) {
			if (!parse_string(
				p, "a file name in quotes", &test->message))
				return false;
			continue;
		}
		if (test != NULL && lexer_take_word(l, "expect")) {
			if (!parse_verb(p, test, &found))
				return false;
			if (!found) {
				parse_verb_missing(p, lexer_peek(l));
				return false;
			}
			continue;
		}
		*end = parse_given(p);
		if (*end == NULL)
			return false;
		end = &(*end)->next;
	}
	return true;
}

bool
parse_test(struct rule_parser *p, size_t rule)
{
	struct rule_test *test = arena_alloc(p->rs->arena, sizeof(*test));
	struct lexer *l = &p->lexer;
	struct token first = *lexer_peek(l);
	bool found;

	test->place = first.place;
	test->rule = rule;
	test->want = WANT_KEEPS + 1; /* none, until it is said */
	if (!parse_verb(p, test, &found))
		return false;
	if (lexer_peek(l)->kind == TOKEN_WORD ||
	    lexer_peek(l)->kind == TOKEN_STRING)
		test->name = lexer_next(l).text;
	if (!parse_kind(p, TOKEN_LBRACE, "\"{\"") ||
	    !parse_givens(p, test, &test->given))
		return false;
	if (test->want > WANT_KEEPS) {
		parse_verb_missing(p, &first);
		return false;
	}
	*p->rs->test_end = test;
	p->rs->test_end = &test->next;
	return true;
}
