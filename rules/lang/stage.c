/*
 * What each rule reads, and the stage from which it can be decided and at
 * which it acts. A decisive rule never acts before those above it are known,
 * so the loader can say which rule delays which.
 */
#include "config.h"

#include "rules/lang/stage.h"

#include <math.h>

#include "rules/lang/ast.h"

/* What was seen while one rule's condition was walked. */
struct reading {
	struct ruleset *rs;
	struct rule *rule;
	fact_id *fact;
	size_t fact_cap;
	size_t *list;
	size_t list_cap;
	fact_id latest; /* the fact that is known last */
};

static void
reading_stage(struct reading *s, enum stage stage, fact_id fact)
{
	if (stage <= s->rule->stage && s->latest != FACT_NONE)
		return;
	if (stage >= s->rule->stage) {
		s->rule->stage = stage;
		s->latest = fact;
	}
}

static void
reading_fact(struct reading *s, fact_id fact)
{
	const struct schema *schema = s->rs->options.schema;
	const struct fact_row *row = schema_row(schema, fact);

	s->rs->reads[fact] = true;
	if (schema_group(schema, fact) != FACT_NONE)
		s->rs->reads[schema_group(schema, fact)] = true;
	if ((row->flags & FACT_RCPT) != 0)
		s->rule->per_rcpt = true;
	reading_stage(s, row->stage, fact);
	if (row->stage > s->rs->last_stage)
		s->rs->last_stage = row->stage;
	for (size_t i = 0; i < s->rule->fact_count; i++)
		if (s->fact[i] == fact)
			return;
	s->fact = arena_grow(s->rs->arena, s->fact, &s->fact_cap,
	    s->rule->fact_count + 1, sizeof(*s->fact));
	s->fact[s->rule->fact_count++] = fact;
	s->rule->fact = s->fact;
}

/* Which is compared with a number, or (infinite) asked something else. */
static void
reading_compared(struct reading *s, fact_id fact, double with)
{
	if (s->rs->compared[fact] < with)
		s->rs->compared[fact] = with;
}

static void
reading_subject(
    struct reading *s, const struct subject *subject, double compared)
{
	if (subject->kind == SUBJECT_SCORE) {
		s->rule->reads_score = true;
		s->rule->per_rcpt = true;
		reading_stage(s, STAGE_EOM, FACT_NONE);
	} else if (subject->fact != FACT_NONE) {
		reading_fact(s, subject->fact);
		reading_compared(s, subject->fact, compared);
	}
}

static void
reading_lookup(struct reading *s, fact_id fact, size_t list)
{
	struct ruleset *rs = s->rs;

	for (size_t i = 0; i < rs->lookup_count; i++)
		if (rs->lookup[i].fact == fact && rs->lookup[i].list == list)
			return;
	rs->lookup = arena_grow(rs->arena, rs->lookup, &rs->lookup_cap,
	    rs->lookup_count + 1, sizeof(*rs->lookup));
	rs->lookup[rs->lookup_count++] = (struct rule_lookup){ fact, list };
}

static void
reading_list(struct reading *s, const struct cond *c)
{
	if (c->list == SIZE_MAX)
		return;
	if (s->rs->list[c->list]->info.by_rcpt)
		reading_fact(s, s->rs->rcpt);
	if (!s->rs->list[c->list]->info.kind->dynamic)
		return;
	reading_lookup(s, c->subject.fact, c->list);
	for (size_t i = 0; i < s->rule->list_count; i++)
		if (s->list[i] == c->list)
			return;
	s->list = arena_grow(s->rs->arena, s->list, &s->list_cap,
	    s->rule->list_count + 1, sizeof(*s->list));
	s->list[s->rule->list_count++] = c->list;
	s->rule->list = s->list;
}

/* What `tagged` reads is what the rules read that set the tag. */
static void
reading_tagged(struct reading *s, const struct cond *c)
{
	for (size_t i = 0; i < c->rule_count; i++) {
		const struct rule *of = s->rs->rule[c->rules[i]];

		for (size_t k = 0; k < of->fact_count; k++)
			reading_fact(s, of->fact[k]);
		reading_stage(s, of->stage, s->latest);
		s->rule->per_rcpt = s->rule->per_rcpt || of->per_rcpt;
		s->rule->asks_outside =
		    s->rule->asks_outside || of->asks_outside;
		s->rule->reads_score = s->rule->reads_score || of->reads_score;
	}
}

/* What a row from outside reads. */
static void
reading_words(struct reading *s, const struct word_reads *reads)
{
	for (size_t i = 0; i < reads->count; i++) {
		reading_fact(s, reads->fact[i]);
		reading_compared(s, reads->fact[i], INFINITY);
	}
	reading_stage(s, reads->stage, s->latest);
}

/* An action that asks whether it applies asks for each recipient. */
static void
reading_actions(struct reading *s)
{
	for (size_t i = 0; i < s->rule->action_count; i++) {
		const struct rule_action *a = &s->rule->action[i];

		if (a->row->perform == NULL)
			continue;
		s->rule->per_rcpt = s->rule->per_rcpt ||
				    (a->row->effects & ACTION_PER_MESSAGE) == 0;
		reading_words(s, a->reads);
	}
}

static void
reading_cond(struct reading *s, const struct cond *c)
{
	bool number = c->kind == COND_COMPARE && !c->fact_value;

	reading_subject(s, &c->subject, number ? c->number : INFINITY);
	if (c->fact_value)
		reading_subject(s, &c->other, INFINITY);
	switch (c->kind) {
	case COND_IN_LIST:
		reading_list(s, c);
		break;
	case COND_MATCH:
		s->rule->patterns++;
		break;
	case COND_TAGGED:
		reading_tagged(s, c);
		break;
	case COND_WORD:
		s->rule->per_rcpt = true;
		s->rule->asks_outside =
		    s->rule->asks_outside || !c->row->canary;
		reading_stage(s, c->row->stage, s->latest);
		reading_words(s, c->reads);
		break;
	default:
		break;
	}
	for (c = c->child; c != NULL; c = c->next)
		reading_cond(s, c);
}

static bool
rule_is_decisive(const struct rule *rule)
{
	return rule->decisive != SIZE_MAX;
}

/* `by STAGE` was promised; says what stands in the way. */
static void
stages_check_promise(
    struct ruleset *rs, const struct rule *rule, fact_id latest)
{
	struct diags *d = rs->diags;

	if (!rule->by || rule->acts <= rule->by_stage)
		return;
	if (rule->stage > rule->by_stage && latest != FACT_NONE)
		diag_error(d, rule->by_place,
		    "rule %s can't be decided by %s: it reads %s, which is "
		    "known from %s on",
		    rule->name, stage_names[rule->by_stage],
		    schema_row(rs->options.schema, latest)->name,
		    stage_names[rule->stage]);
	else if (rule->stage > rule->by_stage)
		diag_error(d, rule->by_place,
		    "rule %s can't be decided by %s: what it asks is known "
		    "from %s on",
		    rule->name, stage_names[rule->by_stage],
		    stage_names[rule->stage]);
	else if (rule->delayed_by != NULL) {
		diag_error(d, rule->by_place,
		    "rule %s can't act by %s: rule %s stands above it and is "
		    "known from %s on",
		    rule->name, stage_names[rule->by_stage],
		    rule->delayed_by->name,
		    stage_names[rule->delayed_by->stage]);
		diag_hint(d, "move this rule above it (%s)",
		    place_name(rule->delayed_by->place, d->arena));
	} else {
		diag_error(d, rule->by_place,
		    "rule %s decides nothing: scores and tags count at the "
		    "end",
		    rule->name);
	}
}

/* ---- how soon a rule may be decided -------------------------------------- */

static enum stage
stage_later(enum stage a, enum stage b)
{
	return a > b ? a : b;
}

static enum stage
subject_soonest(const struct ruleset *rs, const struct subject *subject)
{
	if (subject->kind == SUBJECT_SCORE)
		return STAGE_EOM;
	return subject->fact == FACT_NONE
		   ? STAGE_CONNECT
		   : schema_row(rs->options.schema, subject->fact)->stage;
}

static enum stage
tagged_soonest(const struct ruleset *rs, const struct cond *c)
{
	enum stage soonest = STAGE_EOM;

	for (size_t i = 0; i < c->rule_count; i++)
		if (rs->rule[c->rules[i]]->soonest < soonest)
			soonest = rs->rule[c->rules[i]]->soonest;
	return soonest;
}

/*
 * Before that stage the condition's answer is not yes (or not no), for what it
 * hangs on is not known. Where that is hard to say it is sooner than true.
 */
static enum stage
cond_soonest(const struct ruleset *rs, const struct cond *c, bool yes)
{
	bool all = (c->kind == COND_AND) == yes;
	enum stage soonest = all ? STAGE_CONNECT : STAGE_EOM;

	switch (c->kind) {
	case COND_NOT:
		return cond_soonest(rs, c->child, !yes);
	case COND_AND:
	case COND_OR:
		for (c = c->child; c != NULL; c = c->next) {
			enum stage one = cond_soonest(rs, c, yes);

			if (all ? one > soonest : one < soonest)
				soonest = one;
		}
		return soonest;
	case COND_TAGGED:
		return yes ? tagged_soonest(rs, c) : STAGE_CONNECT;
	case COND_WORD:
		return c->row->stage;
	default:
		soonest = subject_soonest(rs, &c->subject);
		return c->fact_value
			   ? stage_later(
				 soonest, subject_soonest(rs, &c->other))
			   : soonest;
	}
}

/* Whether an answer at RCPT or before may hang on the rule. */
static bool
rule_answers(const struct rule *rule)
{
	const struct rule_action *a = &rule->action[rule->decisive];

	return rule->unknown_tempfails ||
	       a->row->outcome == OUTCOME_TEMPFAIL ||
	       a->row->outcome == OUTCOME_REJECT ||
	       (rule->per_rcpt && a->row->outcome != OUTCOME_JUNK);
}

static void
rule_work_out_soonest(struct ruleset *rs, struct rule *rule)
{
	enum stage answers;

	rule->soonest = rule->cond == NULL
			    ? STAGE_CONNECT
			    : cond_soonest(rs, rule->cond, true);
	if (!rule_is_decisive(rule) || rule->shadow || !rule_answers(rule))
		return;
	answers = rule->soonest;
	if (rule->action[rule->decisive].row->perform != NULL)
		answers = stage_later(
		    answers, rule->action[rule->decisive].reads->stage);
	if (answers < rs->soonest)
		rs->soonest = answers;
}

/* ---- all rules ----------------------------------------------------------- */

static bool
rule_scores(const struct rule *rule)
{
	for (size_t i = 0; i < rule->action_count; i++)
		if ((rule->action[i].row->effects & ACTION_SCORES) != 0)
			return true;
	return false;
}

void
stages_work_out(struct ruleset *rs)
{
	const struct rule *latest = NULL; /* decisive, of those above */

	rs->soonest = STAGE_EOM;

	for (size_t i = 0; i < rs->rule_count; i++) {
		struct rule *rule = rs->rule[i];
		struct reading s = {
			.rs = rs, .rule = rule, .latest = FACT_NONE
		};

		if (rule->cond != NULL)
			reading_cond(&s, rule->cond);
		reading_actions(&s);
		if (rule->reads_score && rule_scores(rule)) {
			diag_error(rs->diags, rule->place,
			    "rule %s asks for the score and adds to it",
			    rule->name);
			diag_hint(rs->diags,
			    "a rule about the score can tag or decide");
		}
		rule_work_out_soonest(rs, rule);
		rule->acts = rule_is_decisive(rule) ? rule->stage : STAGE_EOM;
		if (rule_is_decisive(rule) && latest != NULL &&
		    latest->stage > rule->stage) {
			rule->acts = latest->stage;
			rule->delayed_by = latest;
		}
		stages_check_promise(rs, rule, s.latest);
		if (!rule_is_decisive(rule) || rule->shadow)
			continue;
		if (latest == NULL || rule->stage > latest->stage)
			latest = rule;
	}
}
