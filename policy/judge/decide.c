/*
 * Asking the rules, by stage and recipient, at the moments that judge.c
 * names. What their decision means for the client is verdict.c's.
 */
#include "config.h"

#include "policy/judge/decide.h"

#include "policy/judge/apart.h"
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

/*
 * A refusal to one of our own relays makes it tell the sender, who is forged
 * more often than not: that mail is marked instead.
 */
static bool
relay_keeps(const struct message *m)
{
	return m->direction == DIRECTION_RELAY &&
	       m->session->snapshot->config.relay_refusals.index == RELAY_JUNK;
}

static void
relay_decision(const struct message *m, struct decision *d)
{
	if (!d->decided || d->outcome != OUTCOME_REJECT || !relay_keeps(m))
		return;
	d->outcome = OUTCOME_JUNK;
	d->code = 0;
	d->enhanced = NULL;
}

/* The whole message, or one recipient, is to come again. */
static void
verdict_apart(struct message *m, struct decision *d, const size_t *rcpt,
    size_t count, enum stage stage, size_t refused, struct verdict *out)
{
	d->decided = true;
	d->outcome = OUTCOME_TEMPFAIL;
	d->code = refused == RCPT_NONE ? 451 : 452;
	d->enhanced = "4.5.3";
	d->text = refused == RCPT_NONE
		      ? SPAN("recipients are judged differently, send again "
			     "and each has his own answer")
		      : SPAN("send to this recipient separately");
	d->rule = "recipients apart";
	d->rule_number = SIZE_MAX;
	d->unknown = NULL;
	verdict_make(m, d, rcpt, count, stage, refused, out);
	out->apart = true;
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
	relay_decision(m, &d);
	if (decision_refuses(&d))
		verdict_make(m, &d, NULL, 0, stage, RCPT_NONE, out);
}

void
decide_rcpt(struct message *m, size_t rcpt, struct verdict *out)
{
	struct decision d;

	verdict_nothing(out, STAGE_RCPT);
	ruling_run(m->ruling, rcpt, false, &d);
	relay_decision(m, &d);
	if (decision_refuses(&d))
		verdict_make(m, &d, &rcpt, 1, STAGE_RCPT, rcpt, out);
}

void
decide_apart_again(
    struct message *m, size_t rcpt, struct span why, struct verdict *out)
{
	struct decision d = { .rcpt = rcpt };

	verdict_apart(m, &d, &rcpt, 1, STAGE_RCPT, rcpt, out);
	out->reason = why;
}

void
decide_apart(struct message *m, size_t rcpt, struct verdict *out)
{
	const char *why = apart_why(m, rcpt);

	if (why != NULL)
		decide_apart_again(m, rcpt, span_of(why), out);
}

void
decide_too_many(struct message *m, struct verdict *out)
{
	verdict_nothing(out, STAGE_RCPT);
	out->action = out->wanted = OUTCOME_TEMPFAIL;
	out->reply = (struct reply){ 452, "4.5.3",
		span_of(arena_printf(
		    m->arena, "too many recipients [%s]", m->id)) };
	out->reason = SPAN("more recipients than rcpt.max");
}

/* As many as any MTA takes by default: whoever has set less for rcpt.max wants
 * it said at RCPT. */
#define RCPT_MAX_SILENT 1000

bool
decide_untold(struct message *m, struct verdict *out)
{
	size_t count;

	(void)rcpts_left(m, &count);
	if (count == 0) {
		*out = *m->untold;
		return false;
	}
	verdict_nothing(out, STAGE_EOM);
	out->action = out->wanted = OUTCOME_TEMPFAIL;
	out->reply = (struct reply){ 451, "4.5.3",
		span_of(arena_printf(m->arena,
		    "not all recipients are taken, send again and each has "
		    "his own answer [%s]",
		    m->id)) };
	out->reason = SPAN("a recipient is refused, and the MTA did not listen "
			   "at RCPT");
	out->apart = true;
	return true;
}

enum stage
decide_silent_until(const struct snapshot *s)
{
	enum stage rules = ruleset_silent_until(s->ruleset);

	if (s->config.rcpt_max < RCPT_MAX_SILENT && rules > STAGE_RCPT)
		rules = STAGE_RCPT;
	/* A rule that is decided earlier waits. */
	if (s->config.refuse.index == REFUSE_RCPT && rules < STAGE_RCPT)
		rules = STAGE_RCPT;
	return rules;
}

static const struct own_row {
	enum outcome action;
	struct reply reply; /* text: what follows it is the decision id */
	const char *reason;
} own_rows[] = {
	[OWN_OVERFULL] = { OUTCOME_REJECT,
	    { 552, "5.3.4", SPAN_INIT("the header is too large") },
	    "more header fields or octets than are kept" },
	[OWN_NO_ROOM] = { OUTCOME_TEMPFAIL,
	    { 452, "4.3.1",
		SPAN_INIT("no memory for this message now, please try again "
			  "later") },
	    "body.total has no room for it" },
	[OWN_SUSPECT] = { OUTCOME_TEMPFAIL,
	    { 451, "4.3.0", SPAN_INIT("please try again later") },
	    "it may have ended the process and is read alone" },
	[OWN_GUILTY] = { OUTCOME_TEMPFAIL,
	    { 451, "4.3.0",
		SPAN_INIT("the message cannot be read, please try again "
			  "later") },
	    "it ended the process: its content is not read" },
	[OWN_GUILTY_HELD] = { OUTCOME_QUARANTINE, { 0 },
	    "it ended the process: its content is not read" },
};

void
decide_own(struct message *m, enum own_answer which, struct verdict *out)
{
	const struct own_row *row = &own_rows[which];

	out->wanted = row->action;
	out->action = verdict_enforced(m, row->action);
	out->reply = (struct reply){ 0 };
	if (row->reply.code != 0 && out->action == out->wanted) {
		out->reply = row->reply;
		out->reply.text = span_of(arena_printf(
		    m->arena, "%.*s [%s]", SPAN_FMT(row->reply.text), m->id));
	}
	out->rule = NULL;
	out->reason = span_of(row->reason);
}

/*
 * Whether one answer can't cover all of them, and why not: "accept for 1,
 * reject for 2".
 */
static bool
rcpts_disagree(
    struct message *m, enum outcome *each, size_t count, struct span *why)
{
	size_t seen[OUTCOME_COUNT] = { 0 };
	bool disagree = false;
	const char *text = "";

	for (size_t i = 0; i < count; i++) {
		if (each[i] == OUTCOME_REJECT && relay_keeps(m))
			each[i] = OUTCOME_JUNK;
		disagree = disagree || apart_outcomes(each[0], each[i]);
		seen[each[i]]++;
	}
	for (size_t i = 0; i < OUTCOME_COUNT; i++)
		if (seen[i] > 0)
			text = arena_printf(m->arena, "%s%s%s for %zu", text,
			    text[0] == '\0' ? "" : ", ", outcome_names[i],
			    seen[i]);
	*why = span_of(text);
	return disagree;
}

void
decide_message(
    struct message *m, enum stage stage, bool final, struct verdict *out)
{
	size_t count;
	const size_t *left = rcpts_left(m, &count);
	struct span why;
	enum outcome *each = arena_array(m->arena, count, sizeof(*each));
	struct decision d;

	verdict_nothing(out, stage);
	ruling_run_each(m->ruling, left, count, final, each, &d);
	relay_decision(m, &d);
	if (d.decided && d.disagreed && apart_applies(m) &&
	    rcpts_disagree(m, each, count, &why)) {
		verdict_apart(m, &d, left, count, stage, RCPT_NONE, out);
		out->reason = why;
		if (out->action == OUTCOME_TEMPFAIL)
			apart_note(m, left, count, each);
	} else if (final || decision_refuses(&d)) {
		verdict_make(m, &d, left, count, stage, RCPT_NONE, out);
	}
}
