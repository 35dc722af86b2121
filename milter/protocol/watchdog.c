/*
 * The watchdog. Two things must go on: the engine's own loop, which comes by at
 * least every ten seconds, and judging, which its deadline bounds.
 */
#include "config.h"

#include "milter/protocol/watchdog.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "milter/daemon/daemon.h"
#include "milter/daemon/log.h"
#include "milter/daemon/process.h"
#include "milter/engine/engine.h"
#include "policy/base/clock.h"
#include "policy/base/thread.h"

#define LOOP_LIMIT_MS 45000
/* Beside the deadline: reading the content, scanning, the store. */
#define JUDGING_EXTRA_MS 60000

static atomic_llong under_way, last_ended_ms;

static int64_t
now_ms(void)
{
	return clock_system.monotonic_ms(clock_system.ctx);
}

void
watchdog_judging(bool begins)
{
	if (begins) {
		if (atomic_fetch_add(&under_way, 1) == 0)
			atomic_store(&last_ended_ms, now_ms());
		return;
	}
	atomic_store(&last_ended_ms, now_ms());
	(void)atomic_fetch_sub(&under_way, 1);
}

bool
watch_alive(const struct watch *w, int64_t now, int64_t limit_ms)
{
	return w->under_way == 0 || now - w->last_ended_ms <= limit_ms;
}

static bool
process_alive(void)
{
	struct snapshot *s = daemon_snapshot();
	const struct watch judging = { atomic_load(&under_way),
		atomic_load(&last_ended_ms) };
	int64_t loop_ms = engine_chosen()->alive_ms();
	bool alive = watch_alive(
	    &judging, now_ms(), s->config.deadline.ms + JUDGING_EXTRA_MS);

	snapshot_unref(&s);
	/* A loop that tells nothing is not held against it. */
	return alive && (loop_ms == 0 || now_ms() - loop_ms <= LOOP_LIMIT_MS);
}

static void *
watchdog_thread(void *interval)
{
	const struct timespec *gap = interval;
	bool told = false;

	for (;;) {
		if (process_alive()) {
			process_notify("WATCHDOG=1");
		} else if (!told) {
			log_write(LOG_LEVEL_ERROR,
			    "judging hangs: the watchdog is not fed any more");
			told = true;
		}
		(void)nanosleep(gap, NULL);
	}
	return NULL;
}

void
watchdog_start(void)
{
	static struct timespec gap;
	const char *usec = getenv("WATCHDOG_USEC");
	const char *pid = getenv("WATCHDOG_PID");
	long long us = usec == NULL ? 0 : strtoll(usec, NULL, 10);
	pthread_t thread;

	if (us < 1000 ||
	    (pid != NULL && strtoll(pid, NULL, 10) != (long long)getpid()))
		return;
	us /= 3;
	gap = (struct timespec){ (time_t)(us / 1000000),
		(long)(us % 1000000) * 1000 };
	if (pthread_create(&thread, NULL, watchdog_thread, &gap) == 0)
		(void)pthread_detach(thread);
}
