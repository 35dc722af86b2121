/*
 * What a file says that its writer can't have meant: rules that never fire,
 * rules below one that decides before them, lists that nobody asks, texts
 * that speak of what is not known yet. All of it warnings.
 */
#include "config.h"

#include "rules/lang/stage.h"

#include <math.h>
#include <string.h>

#include "rules/lang/ast.h"

/* Rules are compared in pairs; beyond this many that is left out. */
#define LINT_PAIRS_MAX 2000

/* ---- equal conditions ------------------------------------------------------- */

static bool
subject_equal(const struct subject *a, const struct subject *b)
{
	return a->kind == b->kind && a->fact == b->fact;
}

static bool
values_equal(const struct cond *a, const struct cond *b)
{
	if (a->value_count != b->value_count)
		return false;
	for (size_t i = 0; i < a->value_count; i++)
		if (!span_eq(a->values[i].text, b->values[i].text))
			return false;
	return true;
}

static bool cond_equal(const struct cond *a, const struct cond *b);

static bool
children_equal(const struct cond *a, const struct cond *b)
{
	for (a = a->child, b = b->child; a != NULL && b != NULL;
	     a = a->next, b = b->next)
		if (!cond_equal(a, b))
			return false;
	return a == NULL && b == NULL;
}

/* Written alike; conditions in another order are not found equal. */
static bool
cond_equal(const struct cond *a, const struct cond *b)
{
	return a->kind == b->kind && a->negated == b->negated &&
	       a->op == b->op && a->quantifier == b->quantifier &&
	       subject_equal(&a->subject, &b->subject) && a->row == NULL &&
	       b->row == NULL && span_eq(a->value.text, b->value.text) &&
	       span_eq(a->value.flags, b->value.flags) && values_equal(a, b) &&
	       children_equal(a, b);
}

/* How deep two conditions are taken apart; deeper ones are not compared. */
#define LINT_DEPTH_MAX 6

/* Whenever c is true, so is that (as far as it is plain to see). */
static bool
cond_implies(const struct cond *c, const struct cond *that, unsigned depth)
{
	const struct cond *child;

	if (cond_equal(c, that))
		return true;
	if (++depth > LINT_DEPTH_MAX)
		return false;
	if (that->kind == COND_OR)
		for (child = that->child; child != NULL; child = child->next)
			if (cond_implies(c, child, depth))
				return true;
	if (that->kind == COND_AND) {
		for (child = that->child; child != NULL; child = child->next)
			if (!cond_implies(c, child, depth))
				return false;
		return true;
	}
	if (c->kind == COND_AND)
		for (child = c->child; child != NULL; child = child->next)
			if (cond_implies(child, that, depth))
				return true;
	return false;
}

/* ---- contradictions --------------------------------------------------------------- */

/* A number that a comparison leaves possible. */
struct range {
	double low, high;
	bool low_open, high_open;
};

static void
range_narrow(struct range *r, enum token_kind op, double n)
{
	if (op == TOKEN_EQ || op == TOKEN_GE || op == TOKEN_GT) {
		if (n > r->low || (op == TOKEN_GT && n >= r->low)) {
			r->low = n;
			r->low_open = op == TOKEN_GT;
		}
	}
	if (op == TOKEN_EQ || op == TOKEN_LE || op == TOKEN_LT) {
		if (n < r->high || (op == TOKEN_LT && n <= r->high)) {
			r->high = n;
			r->high_open = op == TOKEN_LT;
		}
	}
}

/* Two questions about one fact that can't both be answered with yes. */
static bool
cond_contradict(const struct cond *a, const struct cond *b)
{
	struct range range = { -(double)INFINITY, (double)INFINITY, false,
		false };

	if (a->kind == COND_NOT && cond_equal(a->child, b))
		return true;
	if (b->kind == COND_NOT && cond_equal(b->child, a))
		return true;
	if (a->kind != COND_COMPARE || b->kind != COND_COMPARE ||
	    a->fact_value || b->fact_value ||
	    !subject_equal(&a->subject, &b->subject))
		return false;
	switch (a->subject.type) {
	case FACT_NUMBER:
		if (a->op == TOKEN_NE || b->op == TOKEN_NE)
			return a->op != b->op && !(a->number < b->number) &&
			       !(a->number > b->number) &&
			       (a->op == TOKEN_EQ || b->op == TOKEN_EQ);
		range_narrow(&range, a->op, a->number);
		range_narrow(&range, b->op, b->number);
		return range.low > range.high ||
		       (!(range.low < range.high) &&
			   (range.low_open || range.high_open));
	case FACT_BOOL:
		return (a->yes == b->yes) != (a->negated == b->negated);
	case FACT_IP:
		return !a->negated && !b->negated
			   ? !ip_eq(a->ip, b->ip)
			   : a->negated != b->negated && ip_eq(a->ip, b->ip);
	default:
		return !a->negated && !b->negated
			   ? !span_case_eq(a->text, b->text)
			   : a->negated != b->negated &&
				 span_case_eq(a->text, b->text);
	}
}

static void
lint_contradicts(
    struct ruleset *rs, const struct rule *rule, const struct cond *a)
{
	rs->rule[rule->number]->linted = true;
	diag_warn(rs->diags, a->place,
	    "rule %s can never fire here: this contradicts what stands before "
	    "it",
	    rule->name);
}

/* From 22 to 6 is "or", as well. */
static void
lint_hint_or(struct ruleset *rs, const struct cond *a, const struct cond *b)
{
	if (a->kind == COND_COMPARE && b->kind == COND_COMPARE &&
	    a->op != TOKEN_EQ && a->subject.type == FACT_NUMBER)
		diag_hint(rs->diags, "should \"or\" stand between them?");
	else if (a->kind == COND_COMPARE && a->op == TOKEN_EQ)
		diag_hint(rs->diags,
		    "should \"or\" stand between them, or: in (..., ...)?");
}

/* Terms of one `and` that are compared with one another: all pairs of them, of
 * which two thousand take a moment and a hundred thousand a minute. */
#define LINT_TERMS_MAX 2000

/* Whether a term contradicts one before it, which is told. */
static bool
lint_terms(struct ruleset *rs, const struct rule *rule, const struct cond *c)
{
	const struct cond *a = c->child, *b;

	for (size_t n = 0; a != NULL && n < LINT_TERMS_MAX; a = a->next, n++)
		for (b = c->child; b != a; b = b->next) {
			if (!cond_contradict(a, b))
				continue;
			lint_contradicts(rs, rule, a);
			lint_hint_or(rs, a, b);
			return true;
		}
	if (a != NULL)
		diag_warn(rs->diags, a->place,
		    "it was not looked whether what stands from here on "
		    "contradicts what stands before it: more than %d terms",
		    LINT_TERMS_MAX);
	return false;
}

static void
lint_contradiction(
    struct ruleset *rs, const struct rule *rule, const struct cond *c)
{
	if (c->kind == COND_AND && lint_terms(rs, rule, c))
		return;
	for (c = c->child; c != NULL; c = c->next)
		lint_contradiction(rs, rule, c);
}

/* ---- order -------------------------------------------------------------------------- */

static void
lint_shadowed(
    struct ruleset *rs, const struct rule *rule, const struct rule *above)
{
	const struct rule_action *does = &above->action[above->decisive];

	if (above->cond == NULL)
		diag_warn(rs->diags, rule->place,
		    "rule %s can never decide: rule %s above it does %s for "
		    "every message",
		    rule->name, above->name, does->row->name);
	else if (cond_equal(above->cond, rule->cond))
		diag_warn(rs->diags, rule->place,
		    "rule %s can never decide: rule %s has the same condition "
		    "and does %s first",
		    rule->name, above->name, does->row->name);
	else
		diag_warn(rs->diags, rule->place,
		    "rule %s can never decide: whenever it is true, rule %s "
		    "above it is, too, and does %s first",
		    rule->name, above->name, does->row->name);
	diag_hint(rs->diags, "rule %s stands at %s", above->name,
	    place_name(above->place, rs->diags->arena));
}

static void
lint_order(struct ruleset *rs)
{
	if (rs->decisive_count > LINT_PAIRS_MAX)
		return;
	for (size_t i = 0; i < rs->decisive_count; i++)
		for (size_t k = 0; k < i; k++) {
			const struct rule *rule = rs->decisive[i];
			const struct rule *above = rs->decisive[k];

			/* What a store decides can also let a message by. */
			if (above->action[above->decisive].row->perform != NULL)
				continue;
			if (above->cond != NULL &&
			    (rule->cond == NULL ||
				!cond_implies(rule->cond, above->cond, 0)))
				continue;
			lint_shadowed(rs, rule, above);
			rs->rule[rule->number]->linted = true;
			break;
		}
}

/* ---- the rest ------------------------------------------------------------------------ */

static void
lint_lists(struct ruleset *rs)
{
	for (size_t i = 0; i < rs->list_count; i++)
		if (!rs->list[i]->used)
			diag_warn(rs->diags, rs->list[i]->info.place,
			    "no rule asks list %.*s",
			    SPAN_FMT(rs->list[i]->info.name));
}

/* A text that is written before its facts are known. */
static void
lint_texts(struct ruleset *rs, const struct rule *rule)
{
	const struct schema *schema = rs->options.schema;

	if (rule->decisive == SIZE_MAX)
		return;
	for (size_t i = 0; i < rule->action_count; i++) {
		const struct template_text *t = rule->action[i].text;

		for (size_t k = 0; t != NULL && k < t->count; k++) {
			const struct fact_row *row;

			if (t->piece[k].kind != PIECE_FACT)
				continue;
			row = schema_row(schema, t->piece[k].fact);
			if (row->stage <= rule->acts ||
			    (row->stage <= STAGE_RCPT &&
				rule->acts <= STAGE_RCPT))
				continue;
			diag_warn(rs->diags, t->piece[k].name,
			    "%s is known from %s on, but rule %s acts at %s",
			    row->name, stage_names[row->stage], rule->name,
			    stage_names[rule->acts]);
		}
	}
}

static void
lint_thresholds(struct ruleset *rs, struct span rcpt)
{
	const struct threshold *milder = NULL;

	for (size_t i = OUTCOME_JUNK; i <= OUTCOME_REJECT; i++) {
		const struct threshold *t =
		    ruleset_threshold_row(rs, (enum outcome)i, rcpt);

		if (!t->set)
			continue;
		if (milder != NULL && milder->at >= t->at)
			diag_warn(rs->diags, milder->place,
			    "this threshold is never used%s%.*s: a graver one "
			    "lies at or below it",
			    rcpt.n > 0 ? " for " : "", SPAN_FMT(rcpt));
		milder = t;
	}
}

/* ---- letting by ------------------------------------------------------------------------ */

/* A question of a list about what anybody can claim; NULL: none. */
static const struct cond *
lint_claim(const struct ruleset *rs, const struct cond *c)
{
	const struct cond *found = NULL;

	if (c->kind == COND_NOT)
		return NULL;
	if (c->kind == COND_IN_LIST && !c->negated && c->list != SIZE_MAX &&
	    !rs->list[c->list]->info.kind->dynamic &&
	    c->subject.fact != FACT_NONE &&
	    (schema_row(rs->options.schema, c->subject.fact)->flags &
		FACT_CLAIMED) != 0)
		return c;
	for (c = c->child; c != NULL && found == NULL; c = c->next)
		found = lint_claim(rs, c);
	return found;
}

static bool
lint_proves(const struct ruleset *rs, const struct rule *rule)
{
	for (size_t i = 0; i < rule->fact_count; i++)
		if ((schema_row(rs->options.schema, rule->fact[i])->flags &
			FACT_PROVES) != 0)
			return true;
	return false;
}

/*
 * Who is on a list of friends is known to those who are not: an address that
 * nothing proves opens the door for everybody.
 */
static void
lint_open_door(struct ruleset *rs, const struct rule *rule)
{
	const struct cond *claim;
	bool lets_by = rule->score < 0;

	if (rule->decisive != SIZE_MAX)
		lets_by =
		    rule->action[rule->decisive].row->outcome == OUTCOME_ACCEPT;
	if (!lets_by || rule->cond == NULL || lint_proves(rs, rule) ||
	    (claim = lint_claim(rs, rule->cond)) == NULL)
		return;
	diag_warn(rs->diags, claim->place,
	    "rule %s lets by whoever claims to be on list %.*s: nothing "
	    "proves %s",
	    rule->name, SPAN_FMT(rs->list[claim->list]->info.name),
	    schema_row(rs->options.schema, claim->subject.fact)->name);
	diag_hint(rs->diags, "ask for a proof as well: %s = pass",
	    claim->subject.token.text.n >= 6 &&
		    span_starts(claim->subject.token.text, SPAN("sender"))
		? "spf"
		: "dmarc");
}

/* ---- recipients ----------------------------------------------------------------------- */

/* A rule above that delivers mail to some recipients, whatever follows. */
static const struct rule *
lint_milder(const struct ruleset *rs, size_t below, enum outcome than)
{
	for (size_t i = 0; i < below; i++) {
		const struct rule *rule = rs->decisive[i];

		if (rule->per_rcpt &&
		    rule->action[rule->decisive].row->outcome < than)
			return rule;
	}
	return NULL;
}

/*
 * One answer covers all recipients, the mildest: whoever adds one for whom a
 * rule is not true, or a milder one above it is, has its refusal off. At RCPT
 * each recipient has an answer of his own.
 */
static void
lint_voided(struct ruleset *rs, size_t i)
{
	const struct rule *rule = rs->decisive[i], *milder;
	const struct rule_action *does = &rule->action[rule->decisive];

	if (does->row->outcome < OUTCOME_QUARANTINE ||
	    does->row->perform != NULL || rule->acts <= STAGE_RCPT)
		return;
	milder = lint_milder(rs, i, does->row->outcome);
	if (!rule->per_rcpt && milder == NULL)
		return;
	if (rule->per_rcpt)
		diag_warn(rs->diags, rule->place,
		    "a second recipient can void rule %s: where it is not "
		    "true for him, nobody's mail is refused by it",
		    rule->name);
	else
		diag_warn(rs->diags, rule->place,
		    "a second recipient can void rule %s: rule %s above it "
		    "does %s for some recipients, and that counts for all",
		    rule->name, milder->name,
		    milder->action[milder->decisive].row->name);
	diag_hint(rs->diags, "\"recipients apart\" in verdict.conf gives each "
			     "recipient his own answer");
}

void
rules_lint(struct ruleset *rs)
{
	for (size_t i = 0; i < rs->rule_count; i++) {
		if (rs->rule[i]->cond != NULL)
			lint_contradiction(rs, rs->rule[i], rs->rule[i]->cond);
		lint_texts(rs, rs->rule[i]);
		lint_open_door(rs, rs->rule[i]);
		lint_ranges(rs, rs->rule[i]->cond);
	}
	for (const struct promise *p = rs->promise; p != NULL; p = p->next)
		lint_ranges(rs, p->cond);
	lint_order(rs);
	for (size_t i = 0;
	     rs->options.recipients_together && i < rs->decisive_count; i++)
		lint_voided(rs, i);
	lint_lists(rs);
	lint_thresholds(rs, SPAN(""));
	for (size_t i = 0; i < rs->by_rcpt_count; i++)
		lint_thresholds(rs, rs->by_rcpt[i].rcpt);
}
