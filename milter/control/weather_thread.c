/*
 * Once a day: do the domains that rules watch still pass?
 */
#include "config.h"

#include "milter/control/weather_thread.h"

#include <pthread.h>
#include <time.h>

#include "milter/alert/alert.h"
#include "milter/daemon/daemon.h"
#include "milter/daemon/log.h"
#include "policy/base/thread.h"
#include "policy/weather/weather_watch.h"

/* How often to look whether the day is another one; the first time so long
 * after the start. */
#define WEATHER_WAIT_S 600

static void
weather_look_now(void)
{
	struct snapshot *s = daemon_snapshot();
	const struct services *judge = &daemon_self()->judge;
	struct arena *a = arena_new();
	struct weather_watch w = {
		.journal = arena_printf(a, "%s/journal.db", s->config.state),
		.resolver = judge->resolver,
		.clock = judge->clock,
		.store = judge->store,
		.alert = alert_of_judge,
	};

	if (s->config.journal)
		(void)weather_tick(&w, s);
	arena_free(&a);
	snapshot_unref(&s);
}

static void *
weather_thread(void *unused)
{
	(void)unused;
	for (;;) {
		(void)nanosleep(
		    &(struct timespec){ .tv_sec = WEATHER_WAIT_S }, NULL);
		weather_look_now();
	}
	return NULL;
}

void
weather_start(void)
{
	pthread_t thread;

	if (thread_start(&thread, weather_thread, NULL))
		(void)pthread_detach(thread);
	else
		log_write(
		    LOG_LEVEL_WARN, "no thread to watch the DNS of domains");
}
