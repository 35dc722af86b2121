/*
 * `rule x for 5%`: the rule is true for a part of mail alone. What part that
 * is a row from outside says (extension.h), as one more condition before
 * those that are written; the rest of the language sees nothing else of it.
 */
#include "config.h"

#include "rules/lang/parse.h"

#define CANARY_SHARE_MIN 1e-4

bool
parse_canary(struct rule_parser *p, struct rule *rule)
{
	struct rule_canary *canary = arena_alloc(p->rs->arena, sizeof(*canary));
	struct token t = *lexer_peek(&p->lexer);

	if (!parse_number(p, "a share such as 5%", &canary->share))
		return false;
	if (!span_ends(t.text, SPAN("%")) ||
	    !(canary->share >= CANARY_SHARE_MIN && canary->share <= 1)) {
		parse_error(p, t.place,
		    "a rule is tried for a share from 0.01%% to 100%%");
		return false;
	}
	canary->rule = rule->name;
	rule->canary = canary;
	rule->canary_place = place_join(rule->place, t.place);
	return true;
}

static const struct rule_condition_row *
canary_row(const struct ruleset *rs)
{
	for (size_t i = 0; i < rs->options.condition_count; i++)
		if (rs->options.conditions[i].canary)
			return &rs->options.conditions[i];
	return NULL;
}

/* Facts of other modules, where there are some. */
static void
canary_reads(struct rule_parser *p)
{
	static const char *const name[] = { "sender.domain", "rcpt.domain",
		"contact.known" };

	p->reads = (struct word_reads){ .count = 0 };
	for (size_t i = 0; i < ARRAY_COUNT(name); i++) {
		fact_id id =
		    schema_find(p->rs->options.schema, span_of(name[i]));

		if (id != FACT_NONE)
			p->reads.fact[p->reads.count++] = id;
	}
}

static struct cond *
canary_cond(struct rule_parser *p, struct rule *rule, enum cond_kind kind)
{
	struct cond *c = arena_alloc(p->rs->arena, sizeof(*c));

	c->kind = kind;
	c->place = rule->canary_place;
	c->subject.fact = c->other.fact = FACT_NONE;
	return c;
}

/* Its name stands in tests and counterexamples: "canary.x no". */
static const struct rule_condition_row *
canary_row_of(struct rule_parser *p, const struct rule *rule,
    const struct rule_condition_row *from)
{
	struct rule_condition_row *row =
	    arena_alloc(p->rs->arena, sizeof(*row));

	*row = *from;
	row->name = arena_printf(p->rs->arena, "canary.%s", rule->name);
	return row;
}

bool
parse_canary_end(struct rule_parser *p, struct rule *rule)
{
	const struct rule_condition_row *row = canary_row(p->rs);
	struct cond *word, *all;

	if (row == NULL || rule->shadow || rule->decisive == SIZE_MAX) {
		parse_error(p, rule->canary_place,
		    row == NULL ? "no rule can be tried on a part of mail here"
		    : rule->shadow
			? "a rule in shadow acts on no mail at all"
			: "only a rule that decides can be tried on a part of "
			  "mail");
		return false;
	}
	rule->canary->text =
	    span_hash(span_slice(p->lexer.source->text, rule->place.at,
			  lexer_peek(&p->lexer)->place.at),
		0);
	word = canary_cond(p, rule, COND_WORD);
	word->row = canary_row_of(p, rule, row);
	word->args = rule->canary;
	canary_reads(p);
	word->reads = parse_word_keep(p, word->row->name, word->args);
	if (rule->cond == NULL) {
		rule->cond = word;
		return true;
	}
	all = canary_cond(p, rule, COND_AND);
	all->place = rule->cond->place;
	all->child = word;
	word->next = rule->cond;
	rule->cond = all;
	return true;
}
