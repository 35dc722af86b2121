#ifndef POLICY_JUDGE_JUDGE_RUN_H
#define POLICY_JUDGE_JUDGE_RUN_H

/* What judge.c and judge_end.c share of a session; nobody else includes it. */

#include <pthread.h>

#include "policy/judge/crash.h"
#include "policy/judge/judge.h"
#include "policy/message/check.h"

/* What a session needs beside the facts of it. */
struct session_run {
	struct session session;
	const struct services *judge;
	bool finished[CHECKS_MAX]; /* checks that have stated all they will */
	bool gave_up[CHECKS_MAX];  /* whose patience is over */
	int64_t eom_ms;            /* when the end began to be judged */
	struct crash_case crash;   /* of the message, in the crash memory */
	/* In the list of all (sessions.h). idle, behind the lock: between
	 * messages, so that message and snapshot may go. */
	struct session_run *next, **before;
	pthread_mutex_t lock;
	bool idle;
	bool no_room;     /* while it was read */
	int64_t guilty_s; /* since when, where its content is skipped */
};

struct sessions;
void sessions_add(struct sessions *s, struct session_run *run);
void sessions_remove(struct sessions *s, struct session_run *run);
/* Before and after whatever is done with a session that may be idle. */
void run_claim(struct session_run *run);
void run_idle(struct session_run *run);
/* Takes the current snapshot; what was begun with another one goes. */
void run_renew(struct session_run *run);

struct session_run *run_of(struct session *s);
int64_t run_now_ms(const struct session_run *run);
/*
 * The current transaction; one that is not the first on its connection, or
 * that the MTA begins without connect, is made here with what is known of
 * the session replayed.
 */
struct message *run_message(struct session *s);
void run_queue_id(struct message *m, struct span queue_id);
/* Hands a stage to every check. */
void run_gather(struct message *m, enum stage stage);
/* Asks every unfinished check for what it can state now. Never waits. */
bool run_checks(struct session_run *run, enum stage stage);
/* Facts that are given instead of found, over those of the checks. */
void run_given(const struct session_run *run, enum stage stage);
void run_report(
    const struct session_run *run, const struct verdict *v, size_t rcpt);
/* Nothing is done for the message just now, or any more. */
void run_crash_pause(struct session_run *run);

#endif
