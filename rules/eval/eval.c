/*
 * Conditions, asked with four answers: `and`, `or`, `not` and the words for
 * groups carry unknown and pending up, so that an answer is never taken for
 * another one. What is asked of one fact is eval_fact.c's.
 */
#include "config.h"

#include "rules/eval/eval.h"

#include <math.h>
#include <string.h>

/* ---- groups ------------------------------------------------------------------------ */

static enum truth
eval_one(struct ruling *r, const struct cond *c, size_t rcpt, size_t element)
{
	if (c->child == NULL)
		return TRUTH_YES;
	return eval_cond(r, c->child, (struct binding){ rcpt, element });
}

size_t
eval_element(struct ruling *r, const struct cond *c, size_t rcpt)
{
	size_t count = facts_count(r->input.facts, c->subject.fact);

	for (size_t i = 0; i < count; i++)
		if (eval_one(r, c, rcpt, i) == TRUTH_YES)
			return i;
	return SIZE_MAX;
}

/*
 * count: when some elements are not known, the answer is known only if it is
 * the same for the least and the greatest number that there could be.
 */
static enum truth
eval_count(struct ruling *r, const struct cond *c, size_t rcpt, enum truth tail)
{
	size_t count = facts_count(r->input.facts, c->subject.fact);
	double least = 0, most = 0;
	enum truth open = tail;
	bool first, same = true;

	for (size_t i = 0; i < count; i++) {
		enum truth one = eval_one(r, c, rcpt, i);

		least += one == TRUTH_YES;
		most += one != TRUTH_NO;
		if (one == TRUTH_PENDING ||
		    (one == TRUTH_UNKNOWN && open == TRUTH_NO))
			open = one;
	}
	first = eval_compare_numbers(least, c->op, c->number);
	if (tail != TRUTH_NO)
		most = INFINITY;
	/* = and != change in the middle of a range, the others at an end. */
	if (c->op == TOKEN_EQ || c->op == TOKEN_NE)
		same = !(most > least) || c->number < least || c->number > most;
	else
		same = eval_compare_numbers(most, c->op, c->number) == first;
	return same ? truth_of(first) : open;
}

/*
 * Whether the condition holds for any, or for not all, of what could not be
 * found out: unknown where nothing is known of that, and else as for those that
 * there may be, which are there or not.
 */
static enum truth
eval_rest(struct ruling *r, const struct cond *c, size_t rcpt, bool any)
{
	enum truth tail = eval_group_tail(r, c->subject.fact), answer = TRUTH_NO;
	size_t from = facts_count(r->input.facts, c->subject.fact);
	size_t rest = facts_rest_count(r->input.facts, c->subject.fact);

	if (tail != TRUTH_UNKNOWN || rest == 0)
		return tail;
	for (size_t i = from; i < from + rest; i++) {
		enum truth one = eval_one(r, c, rcpt, i);

		if (!any)
			one = truth_not(one);
		answer = truth_join(answer,
		    one == TRUTH_YES ? TRUTH_UNKNOWN : one, TRUTH_YES);
	}
	return answer;
}

static enum truth
eval_quantified(struct ruling *r, const struct cond *c, size_t rcpt)
{
	enum truth tail =
	    eval_rest(r, c, rcpt, c->quantifier != QUANTIFIER_ALL);
	enum truth answer;
	size_t count = facts_count(r->input.facts, c->subject.fact);

	if (tail == TRUTH_PENDING)
		return TRUTH_PENDING;
	if (c->quantifier == QUANTIFIER_COUNT)
		return eval_count(r, c, rcpt, tail);
	if (c->quantifier == QUANTIFIER_ALL) {
		/* `all` of nothing is no: nobody means that by it. */
		answer = tail == TRUTH_NO ? truth_of(count > 0) : tail;
		if (answer == TRUTH_NO)
			answer = eval_group_tail(r, c->subject.fact);
		for (size_t i = 0; i < count && answer != TRUTH_NO; i++)
			answer = truth_join(
			    answer, eval_one(r, c, rcpt, i), TRUTH_NO);
		return answer;
	}
	answer = tail;
	for (size_t i = 0; i < count && answer != TRUTH_YES; i++)
		answer = truth_join(answer, eval_one(r, c, rcpt, i), TRUTH_YES);
	return c->quantifier == QUANTIFIER_NO ? truth_not(answer) : answer;
}

/* ---- conditions -------------------------------------------------------------- */

static enum truth
eval_tagged(struct ruling *r, const struct cond *c, size_t rcpt)
{
	enum truth answer = TRUTH_NO;

	for (size_t i = 0; i < c->rule_count && answer != TRUTH_YES; i++)
		answer = truth_join(answer,
		    eval_rule(r, r->rs->rule[c->rules[i]], rcpt), TRUTH_YES);
	return answer;
}

static enum truth
eval_chain(struct ruling *r, const struct cond *c, struct binding b)
{
	enum truth settles = c->kind == COND_AND ? TRUTH_NO : TRUTH_YES;
	enum truth answer = truth_not(settles);

	for (c = c->child; c != NULL && answer != settles; c = c->next) {
		/* A row from outside may count how often it is asked: only
		 * once all that stands before it is known. */
		if (c->kind == COND_WORD && answer == TRUTH_PENDING)
			continue;
		answer = truth_join(answer, eval_cond(r, c, b), settles);
	}
	return answer;
}

enum truth
eval_cond(struct ruling *r, const struct cond *c, struct binding b)
{
	switch (c->kind) {
	case COND_AND:
	case COND_OR:
		return eval_chain(r, c, b);
	case COND_NOT:
		return truth_not(eval_cond(r, c->child, b));
	case COND_QUANTIFIED:
		return eval_quantified(r, c, b.rcpt);
	case COND_TAGGED:
		return eval_tagged(r, c, b.rcpt);
	case COND_WORD:
		if (r->stand_in != NULL)
			return r->stand_in->test(r->input.ctx, c);
		return c->row->test == NULL
			   ? TRUTH_NO
			   : c->row->test(r->input.ctx, c->args, b.rcpt);
	default:
		return eval_question(r, c, b);
	}
}

/* The answers kept for this recipient; those for another one are dropped. */
static unsigned char *
eval_answers(struct ruling *r, const struct rule *rule, size_t rcpt)
{
	if (!rule->per_rcpt)
		return r->truth;
	if (r->kept_rcpt != rcpt) {
		memset(r->truth_rcpt, 0, r->rs->rule_count);
		r->kept_rcpt = rcpt;
		r->run++;
	}
	return r->truth_rcpt;
}

/* Notes when it is a pattern's bound that leaves the rule unknown; `tagged`
 * asks other rules meanwhile. */
static enum truth
eval_watched(struct ruling *r, const struct rule *rule, size_t rcpt)
{
	bool before = r->limit_met;
	enum truth answer;

	r->limit_met = false;
	answer = eval_cond(r, rule->cond, (struct binding){ rcpt, 0 });
	if (r->limit_met && answer == TRUTH_UNKNOWN)
		r->limited[rule->number] = 1;
	r->limit_met = before;
	return answer;
}

enum truth
eval_rule(struct ruling *r, const struct rule *rule, size_t rcpt)
{
	unsigned char *known;
	enum truth answer;

	if (rule->cond == NULL)
		return TRUTH_YES;
	if (r->given != NULL && r->given[rule->number] != 0)
		return (enum truth)(r->given[rule->number] - 1);
	known = &eval_answers(r, rule, rcpt)[rule->number];
	if (*known != 0)
		return (enum truth)(*known - 1);
	/* Within one run what is pending stays so: `tagged` asks rules again,
	 * and chains of it would cost twice as much with each link. */
	if (r->pending[rule->number] == r->run && !r->final)
		return TRUTH_PENDING;
	answer = eval_watched(r, rule, rcpt);
	/* When the verdict is due nothing may be open any more. */
	if (answer == TRUTH_PENDING && r->final)
		answer = TRUTH_UNKNOWN;
	if (answer == TRUTH_PENDING)
		r->pending[rule->number] = r->run;
	else
		*known = (unsigned char)(answer + 1);
	return answer;
}

/* ---- the score --------------------------------------------------------------- */

/*
 * A rule about the score adds nothing to it (stage.c), so asking the rules
 * that score never comes back here.
 */
double
eval_score(struct ruling *r, size_t rcpt)
{
	int64_t sum = 0;

	if (r->final && r->scored && r->scored_rcpt == rcpt)
		return r->score;
	for (size_t i = 0; i < r->rs->scoring_count; i++)
		if (eval_rule(r, r->rs->scoring[i], rcpt) == TRUTH_YES)
			sum += r->rs->scoring[i]->units;
	r->scored = r->final;
	r->scored_rcpt = rcpt;
	r->score = (double)sum / SCORE_UNITS;
	return r->score;
}
