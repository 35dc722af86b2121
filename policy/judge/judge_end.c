/*
 * The end of a message: the checks run as far as answers have come, again and
 * again, until all have stated what they will or their time is over; then the
 * rules are asked.
 */
#include "config.h"

#include "policy/judge/judge_run.h"

#include "policy/judge/crash.h"
#include "policy/judge/decide.h"
#include "policy/message/message.h"
#include "policy/message/snapshot.h"

void
run_crash_done(struct session_run *run)
{
	if (run->noted != CRASH_UNNOTED)
		crash_done(run->judge->crash, run->noted);
	run->noted = CRASH_UNNOTED;
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
		dns_give_up(m->dns, "deadline");
		message_incomplete(m, "deadline");
		(void)run_checks(run, STAGE_EOM);
		return true;
	}
	for (;;) {
		bool all = run_checks(run, STAGE_EOM);

		if (dns_pending(m->dns) > 0) {
			idle = false;
			if (!dns_news(m->dns))
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

/*
 * Notes the message while its content is read; one that ended the process
 * before is flagged and not read again. Returns the slot for crash_done.
 */
static size_t
run_crash_note(const struct session_run *run)
{
	const struct services *judge = run->judge;
	struct message *m = run->session.message;
	uint64_t hash;

	if (judge->crash == NULL)
		return CRASH_UNNOTED;
	hash = crash_hash(judge->crash, m);
	if (!crash_known(judge->crash, hash, m->time_s))
		return crash_note(judge->crash, hash);
	m->skip_content = true;
	message_flag(m, "crashed-before");
	message_incomplete(m, "content");
	if (judge->alert != NULL)
		judge->alert(judge->ctx, "crashed before",
		    "a message came that was being judged when the process "
		    "died: its content is not looked at");
	return CRASH_UNNOTED;
}

static void
run_begin(struct session_run *run, struct span queue_id)
{
	struct message *m = run_message(&run->session);

	m->eom_ms = run->eom_ms = run_now_ms(run);
	run_queue_id(m, queue_id);
	if (m->body.over || m->body_cut) {
		message_flag(m, "body-limit");
		message_flag(m, "limit");
	}
	run->noted = run_crash_note(run);
	run_gather(m, STAGE_EOM);
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
	run_crash_done(run);
	m->judged = true;
	run_report(run, out, RCPT_NONE);
}

/* What session_eom_begin and session_eom_again return. */
static bool
run_go_on(struct session_run *run, bool overdue, struct verdict *out,
    int64_t *again_ms)
{
	size_t unused;

	if (!judge_go_on(run, overdue)) {
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

	run_begin(run, queue_id);
	return run_go_on(run, false, out, again_ms);
}

bool
session_eom_again(struct session *s, struct verdict *out, int64_t *again_ms)
{
	struct session_run *run = run_of(s);
	size_t unused;
	bool overdue = !dns_news(s->message->dns) &&
		       run_now_ms(run) >= judge_until_ms(run, &unused);

	return run_go_on(run, overdue, out, again_ms);
}

void
session_eom(struct session *s, struct span queue_id, struct verdict *out)
{
	int64_t again_ms;
	bool done = session_eom_begin(s, queue_id, out, &again_ms);

	while (!done)
		done = run_go_on(run_of(s),
		    !dns_join(s->message->dns, again_ms), out, &again_ms);
}

void
session_tell(struct session *s, void (*tell)(void *ctx), void *ctx)
{
	s->tell = tell;
	s->tell_ctx = ctx;
}
