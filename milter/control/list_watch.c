/*
 * What is looked at now and then: lists that change by themselves, as feeds
 * do, are taken without a person, and memory that is free is given back.
 */
#include "config.h"

#include "milter/control/list_watch.h"

#include <pthread.h>
#include <time.h>

#include "milter/control/control.h"
#include "milter/daemon/daemon.h"
#include "milter/daemon/log.h"
#include "milter/daemon/memory.h"
#include "policy/base/clock.h"
#include "policy/base/thread.h"

/* How often to look whether watching was switched on, and at the memory. */
#define IDLE_MS INT64_C(5000)

/* One look; state is that of the files when something was last done. */
static void
watch_look(const struct snapshot *s, uint64_t *state)
{
	struct watched_news news =
	    watched_look(&s->watched, clock_system.unix_s(NULL));

	/* What was tried and refused is not tried again until it changes. */
	if (!news.lists || news.busy || news.state == *state)
		return;
	*state = news.state;
	if (news.rules) {
		log_write(LOG_LEVEL_WARN,
		    "lists have changed, and so have rules or configuration: "
		    "nothing is read until \"verdict reload\"");
		return;
	}
	log_write(LOG_LEVEL_INFO, "a list has changed");
	control_reload(false);
}

static void *
watch_thread(void *unused)
{
	const struct snapshot *seen = NULL; /* not followed: it may be gone */
	uint64_t state = 0;
	int64_t due_ms = 0;

	(void)unused;
	for (;;) {
		struct snapshot *s = daemon_snapshot();
		int64_t now_ms = clock_system.monotonic_ms(NULL);
		int64_t every_ms = s->config.lists_watch.ms, wait_ms = IDLE_MS;
		bool reloaded = s != seen;

		seen = s;
		if (every_ms > 0 && due_ms <= now_ms) {
			watch_look(s, &state);
			due_ms = now_ms + every_ms;
		}
		snapshot_unref(&s);
		memory_give_back(reloaded);
		if (every_ms > 0 && due_ms - now_ms < wait_ms)
			wait_ms = due_ms - now_ms;
		(void)nanosleep(&(struct timespec){ wait_ms / 1000,
				    wait_ms % 1000 * 1000000 },
		    NULL);
	}
	return NULL;
}

void
watch_start(void)
{
	pthread_t thread;

	if (thread_start(&thread, watch_thread, NULL))
		(void)pthread_detach(thread);
}
