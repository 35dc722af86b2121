/*
 * Asking the rules, by stage and recipient, at the moments that judge.c
 * names. What their decision means for the client is verdict.c's.
 */
#include "config.h"

#include "policy/judge/decide.h"

#include "policy/judge/verdict_make.h"
#include "policy/message/check.h"
#include "policy/message/snapshot.h"
#include "policy/message/verdict.h"
#include "rules/base/panic.h"
#include "rules/eval/ruling.h"
#include "rules/lang/ruleset.h"

/* Whose list that is; as ruling_input.listed. */
static enum truth
decide_listed(
    void *ctx, size_t list, const struct value *value, struct span *detail)
{
	struct message *m = ctx;
	const struct check_table *checks = checks_of(m);
	const struct rule_list_kind *kind =
	    ruleset_list(m->session->snapshot->ruleset, list).kind;

	for (size_t i = 0; i < checks->count; i++) {
		const struct language_rows *adds = &checks->check[i]->adds;

		for (size_t k = 0; k < adds->list_kind_count; k++)
			if (kind == &adds->list_kind[k])
				return adds->listed(m, list, value, detail);
	}
	panic("nobody answers for list %zu", list);
}

void
decide_begin(struct message *m)
{
	const struct ruling_input input = {
		.ruleset = m->session->snapshot->ruleset,
		.facts = m->facts,
		.arena = m->arena,
		.now_s = m->time_s,
		.ctx = m,
		.listed = decide_listed,
	};

	m->ruling = ruling_new(&input);
}

void
decide_nothing(struct verdict *out, enum stage stage)
{
	verdict_nothing(out, stage);
}

/* The recipients that are left, as ruling_run_all takes them. */
static const size_t *
rcpts_left(struct message *m, size_t *count)
{
	size_t *left = arena_array(m->arena, m->rcpt_count, sizeof(*left));

	*count = 0;
	for (size_t i = 0; i < m->rcpt_count; i++)
		if (!m->rcpt[i].refused)
			left[(*count)++] = i;
	return left;
}

/* Refusals act when they are decided; all else waits for the end. */
static bool
decision_refuses(const struct decision *d)
{
	return d->decided &&
	       (d->outcome == OUTCOME_TEMPFAIL || d->outcome == OUTCOME_REJECT);
}

void
decide_envelope(struct message *m, enum stage stage, struct verdict *out)
{
	unsigned from = m->session->snapshot->config.refuse.index;
	struct decision d;

	verdict_nothing(out, stage);
	if (from == REFUSE_RCPT || (from == REFUSE_MAIL && stage < STAGE_MAIL))
		return;
	ruling_run(m->ruling, RCPT_NONE, false, &d);
	if (decision_refuses(&d))
		verdict_make(m, &d, NULL, 0, stage, RCPT_NONE, out);
}

void
decide_rcpt(struct message *m, size_t rcpt, struct verdict *out)
{
	struct decision d;

	verdict_nothing(out, STAGE_RCPT);
	ruling_run(m->ruling, rcpt, false, &d);
	if (decision_refuses(&d))
		verdict_make(m, &d, &rcpt, 1, STAGE_RCPT, rcpt, out);
}

void
decide_too_many(struct message *m, struct verdict *out)
{
	verdict_nothing(out, STAGE_RCPT);
	out->action = out->wanted = ACTION_TEMPFAIL;
	out->reply = (struct reply){ 452, "4.5.3",
		span_of(arena_printf(
		    m->arena, "too many recipients [%s]", m->id)) };
	out->reason = SPAN("more recipients than rcpt.max");
}

void
decide_overfull(struct message *m, struct verdict *out)
{
	bool enforce = m->session->snapshot->config.mode.index == MODE_ENFORCE;

	verdict_nothing(out, STAGE_EOH);
	out->wanted = ACTION_REJECT;
	out->action = enforce ? ACTION_REJECT : ACTION_ACCEPT;
	if (enforce)
		out->reply = (struct reply){ 552, "5.3.4",
			span_of(arena_printf(m->arena,
			    "the header is too large [%s]", m->id)) };
	out->reason = SPAN("more header fields or octets than are kept");
}

void
decide_message(
    struct message *m, enum stage stage, bool final, struct verdict *out)
{
	size_t count;
	const size_t *left = rcpts_left(m, &count);
	struct decision d;

	verdict_nothing(out, stage);
	ruling_run_all(m->ruling, left, count, final, &d);
	if (final || decision_refuses(&d))
		verdict_make(m, &d, left, count, stage, RCPT_NONE, out);
}
