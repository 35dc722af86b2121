/*
 * The list of all sessions, and which of them are between messages. The lock
 * of the list is held over that of a session, never the other way.
 */
#include "config.h"

#include "policy/judge/sessions.h"

#include <pthread.h>
#include <stdlib.h>

#include "policy/judge/judge_run.h"
#include "policy/message/message.h"
#include "policy/message/snapshot.h"
#include "rules/base/panic.h"

struct sessions {
	pthread_mutex_t lock;
	struct session_run *first;
};

struct sessions *
sessions_new(void)
{
	struct sessions *s = xcalloc(1, sizeof(*s));

	INVARIANT(pthread_mutex_init(&s->lock, NULL) == 0);
	return s;
}

void
sessions_free(struct sessions **sp)
{
	struct sessions *s = *sp;

	if (s == NULL)
		return;
	INVARIANT(s->first == NULL);
	(void)pthread_mutex_destroy(&s->lock);
	free(s);
	*sp = NULL;
}

void
sessions_add(struct sessions *s, struct session_run *run)
{
	INVARIANT(pthread_mutex_init(&run->lock, NULL) == 0);
	if (s == NULL)
		return;
	(void)pthread_mutex_lock(&s->lock);
	run->next = s->first;
	if (run->next != NULL)
		run->next->before = &run->next;
	run->before = &s->first;
	s->first = run;
	(void)pthread_mutex_unlock(&s->lock);
}

void
sessions_remove(struct sessions *s, struct session_run *run)
{
	if (s != NULL) {
		(void)pthread_mutex_lock(&s->lock);
		*run->before = run->next;
		if (run->next != NULL)
			run->next->before = run->before;
		(void)pthread_mutex_unlock(&s->lock);
	}
	(void)pthread_mutex_destroy(&run->lock);
}

void
sessions_refresh(struct sessions *s)
{
	(void)pthread_mutex_lock(&s->lock);
	for (struct session_run *run = s->first; run != NULL; run = run->next) {
		(void)pthread_mutex_lock(&run->lock);
		if (run->idle) {
			message_free(&run->session.message);
			snapshot_unref(&run->session.snapshot);
		}
		(void)pthread_mutex_unlock(&run->lock);
	}
	(void)pthread_mutex_unlock(&s->lock);
}

void
run_claim(struct session_run *run)
{
	(void)pthread_mutex_lock(&run->lock);
	run->idle = false;
	(void)pthread_mutex_unlock(&run->lock);
}

void
run_idle(struct session_run *run)
{
	const struct message *m = run->session.message;

	(void)pthread_mutex_lock(&run->lock);
	run->idle = m == NULL || !m->mail_seen;
	(void)pthread_mutex_unlock(&run->lock);
}

void
run_renew(struct session_run *run)
{
	struct session *s = &run->session;
	struct snapshot *current;

	if (run->judge->snapshot == NULL)
		return;
	current = run->judge->snapshot(run->judge->ctx);
	if (current != s->snapshot) {
		message_free(&s->message);
		snapshot_unref(&s->snapshot);
		s->snapshot = snapshot_ref(current);
	}
	snapshot_unref(&current);
}
