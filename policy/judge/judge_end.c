/*
 * The end of a message: the checks run as far as answers have come, again and
 * again, until all have stated what they will or their time is over; then the
 * rules are asked.
 */
#include "config.h"

#include "policy/judge/judge_run.h"

#include "policy/base/wait.h"
#include "policy/judge/decide.h"
#include "policy/message/budget.h"
#include "policy/message/message.h"
#include "policy/message/snapshot.h"
#include "policy/tell/headers.h"

/* How long it is put off. */
#define GUILTY_DEFERRED_S (4 * 3600)

void
run_crash_pause(struct session_run *run)
{
	if (run->crash.hash != 0)
		crash_pause(run->judge->crash, &run->crash);
}

static void
run_crash_resume(struct session_run *run)
{
	if (run->crash.hash != 0)
		crash_resume(run->judge->crash, &run->crash);
}

/* The unfinished check whose patience ends first, before the deadline. */
static size_t
judge_impatient(const struct session_run *run, int64_t *until_ms)
{
	const struct check_table *checks = run->session.snapshot->checks;
	struct message *m = run->session.message;
	size_t first = checks->count;

	for (size_t i = 0; i < checks->count; i++) {
		int64_t ms;

		if (run->finished[i] || run->gave_up[i] ||
		    checks->check[i]->patience_ms == NULL)
			continue;
		ms = run->eom_ms + checks->check[i]->patience_ms(m);
		if (ms < *until_ms) {
			*until_ms = ms;
			first = i;
		}
	}
	return first;
}

/* When something is given up if nothing comes before. */
static int64_t
judge_until_ms(const struct session_run *run, size_t *impatient)
{
	int64_t until_ms =
	    run->eom_ms + run->session.snapshot->config.deadline.ms;

	*impatient = judge_impatient(run, &until_ms);
	return until_ms;
}

/*
 * That time is over: a check is given up before all else is when its own
 * patience is. False when there is no more time for anything.
 */
static bool
judge_overdue(struct session_run *run)
{
	const struct check_table *checks = run->session.snapshot->checks;
	struct message *m = run->session.message;
	size_t i;

	(void)judge_until_ms(run, &i);
	if (i == checks->count)
		return false;
	run->gave_up[i] = true;
	checks->check[i]->give_up(m, m->slot[i]);
	return true;
}

/* Whether something has come since the last look, from whomever. */
static bool
judge_news(struct message *m)
{
	bool posted = waits_join(m->waits, WAITS_NOW);

	return dns_news(m->dns) || posted;
}

static bool
judge_pending(const struct message *m)
{
	return dns_pending(m->dns) > 0 || waits_pending(m->waits) > 0;
}

/* No more time for anything: what has not come is not known. */
static void
judge_give_up(struct session_run *run)
{
	const struct check_table *checks = run->session.snapshot->checks;
	struct message *m = run->session.message;

	dns_give_up(m->dns, "deadline");
	message_incomplete(m, "deadline");
	(void)run_checks(run, STAGE_EOM);
	for (size_t i = 0; i < checks->count; i++)
		if (!run->finished[i])
			message_incomplete(m, checks->check[i]->name);
}

/*
 * Runs the checks and the rules' own lookups as far as answers have come;
 * overdue: nothing has, until the time that judge_until_ms told. True when
 * all of them have stated what they will.
 */
static bool
judge_go_on(struct session_run *run, bool overdue)
{
	struct message *m = run->session.message;
	bool idle = false;

	if (overdue && !judge_overdue(run)) {
		judge_give_up(run);
		return true;
	}
	for (;;) {
		bool all = run_checks(run, STAGE_EOM);

		if (judge_pending(m)) {
			idle = false;
			if (!judge_news(m))
				return false;
		} else if (all || idle) {
			return true;
		} else {
			/* One more round for those that read what a later
			 * one has just stated. */
			idle = true;
		}
	}
}

static void
run_skip_content(const struct session_run *run)
{
	const struct services *judge = run->judge;
	struct message *m = run->session.message;

	m->skip_content = true;
	message_raise(m, FLAG_CRASHED_BEFORE);
	message_incomplete(m, "content");
	if (judge->alert != NULL)
		judge->alert(judge->ctx, "crashed before",
		    "a message came that was being read when the process "
		    "died: its content is not looked at, it is put off and "
		    "then held");
}

/*
 * Notes the message while it is worked on; one that ended the process before
 * is flagged and not read again. False when it has to come again.
 */
static bool
run_crash_begin(struct session_run *run)
{
	struct crash_memory *crash = run->judge->crash;
	struct message *m = run->session.message;
	enum crash_state state;

	run->crash = (struct crash_case){ .slot = CRASH_UNNOTED };
	if (crash == NULL)
		return true;
	state = crash_begin(crash, &run->crash, crash_hash(crash, m), m->kept_s,
	    &run->guilty_s);
	if (state == CRASH_GUILTY) {
		run->crash.hash = 0;
		run_skip_content(run);
	}
	return state != CRASH_BUSY;
}

/*
 * The whole message has its answer. What is to be edited is planned here,
 * once, for whoever carries it out or keeps it.
 */
static void
run_answer(struct session_run *run, struct verdict *out)
{
	struct message *m = run->session.message;
	struct header_edits *edits;

	if (out->action <= OUTCOME_QUARANTINE) {
		edits = arena_alloc(m->arena, sizeof(*edits));
		headers_plan(m, out, edits);
		out->edits = edits;
	}
	run_crash_pause(run);
	m->judged = true;
	run_report(run, out, RCPT_NONE);
}

/* Answers at once if so, where answers are carried out; nothing is found out
 * any more. */
static bool
run_put_off(struct session_run *run, bool so, enum own_answer which,
    struct verdict *out)
{
	struct message *m = run->session.message;

	if (!so || m->session->snapshot->config.mode.index != MODE_ENFORCE)
		return false;
	decide_nothing(out, STAGE_EOM);
	decide_own(m, which, out);
	run_answer(run, out);
	return true;
}

/*
 * Somebody is refused whom the MTA takes for a recipient. What was said of him
 * was reported then; for the others this is the end.
 */
static bool
run_untold(struct session_run *run, struct verdict *out)
{
	struct message *m = run->session.message;

	if (m->untold == NULL)
		return false;
	if (decide_untold(m, out))
		run_answer(run, out);
	return true;
}

/* False when the verdict is there, and nothing is to be found out. */
static bool
run_begin(struct session_run *run, struct span queue_id, struct verdict *out)
{
	struct message *m = run_message(&run->session);

	m->eom_ms = run->eom_ms = run_now_ms(run);
	run_queue_id(m, queue_id);
	if (run_untold(run, out))
		return false;
	if (m->body.over || m->body_cut) {
		message_raise(m, FLAG_BODY_LIMIT);
		message_raise(m, FLAG_LIMIT);
	}
	/* Reading it takes about as much again. */
	(void)room_has(m, m->body.n);
	if (run_put_off(run, m->room_short, OWN_NO_ROOM, out))
		return false;
	if (run_put_off(run, !run_crash_begin(run), OWN_SUSPECT, out))
		return false;
	run_gather(m, STAGE_EOM);
	run->no_room = m->room_short;
	return !run_put_off(run, run->no_room, OWN_NO_ROOM, out);
}

/*
 * What no rule lets by, since not all of it was looked at. A message that ended
 * us may come again for hours, when another version perhaps reads it; then a
 * person has to look at it.
 */
static void
run_hold_back(const struct session_run *run, struct verdict *out)
{
	struct message *m = run->session.message;

	if (out->wanted != OUTCOME_ACCEPT && out->wanted != OUTCOME_JUNK)
		return;
	if (m->skip_content)
		decide_own(m,
		    m->kept_s - run->guilty_s < GUILTY_DEFERRED_S
			? OWN_GUILTY
			: OWN_GUILTY_HELD,
		    out);
	else if ((m->headers.anomalies & HEADER_OVERFULL) != 0)
		decide_own(m, OWN_OVERFULL, out);
	else if (run->no_room)
		decide_own(m, OWN_NO_ROOM, out);
}

/* Every check has had its say. */
static void
run_end(struct session_run *run, struct verdict *out)
{
	const struct check_table *checks = run->session.snapshot->checks;
	struct message *m = run->session.message;

	for (size_t i = 0; i < checks->count; i++)
		facts_settle(m->facts, run->session.snapshot->first_fact[i],
		    checks->check[i]->fact_count,
		    run->finished[i] ? FACT_ABSENT : FACT_UNKNOWN,
		    run->finished[i] ? NULL : "not found out in time");
	run_given(run, STAGE_EOM);
	decide_message(m, STAGE_EOM, true, out);
	run_hold_back(run, out);
	run_answer(run, out);
}

/* What session_eom_begin and session_eom_again return. */
static bool
run_go_on(struct session_run *run, bool overdue, struct verdict *out,
    int64_t *again_ms)
{
	size_t unused;

	run_crash_resume(run);
	if (!judge_go_on(run, overdue)) {
		struct message *m = run->session.message;

		m->dns_awaited = m->dns_awaited || dns_pending(m->dns) > 0;
		run_crash_pause(run);
		*again_ms = judge_until_ms(run, &unused);
		return false;
	}
	run_end(run, out);
	return true;
}

bool
session_eom_begin(struct session *s, struct span queue_id, struct verdict *out,
    int64_t *again_ms)
{
	struct session_run *run = run_of(s);

	return !run_begin(run, queue_id, out) ||
	       run_go_on(run, false, out, again_ms);
}

bool
session_eom_again(struct session *s, struct verdict *out, int64_t *again_ms)
{
	struct session_run *run = run_of(s);
	size_t unused;
	bool overdue = !judge_news(s->message) &&
		       run_now_ms(run) >= judge_until_ms(run, &unused);

	return run_go_on(run, overdue, out, again_ms);
}

/* False when nothing has come until then. */
static bool
judge_wait(struct message *m, int64_t until_ms)
{
	return judge_news(m) || dns_reveal(m->dns) ||
	       waits_join(m->waits, until_ms);
}

void
session_eom(struct session *s, struct span queue_id, struct verdict *out)
{
	int64_t again_ms;
	bool done = session_eom_begin(s, queue_id, out, &again_ms);

	while (!done)
		done = run_go_on(run_of(s), !judge_wait(s->message, again_ms),
		    out, &again_ms);
}

void
session_tell(struct session *s, void (*tell)(void *ctx), void *ctx)
{
	s->tell = tell;
	s->tell_ctx = ctx;
}
