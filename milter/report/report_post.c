/*
 * When reports are sent. What is in them and to whom they go is policy/report's.
 */
#include "config.h"

#include "milter/report/report_post.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "milter/alert/alert.h"
#include "milter/daemon/daemon.h"
#include "milter/daemon/log.h"
#include "policy/base/clock.h"
#include "policy/base/file.h"
#include "policy/base/thread.h"
#include "policy/report/report_mail.h"
#include "policy/report/report_send.h"

#define LOOK_S    15
#define LOOK_MAX  20 /* mails that are sent in one look */
#define PARTING_S 10

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake; /* once post_wake_init has been there */
static pthread_once_t wake_once = PTHREAD_ONCE_INIT;

static void
post_wake_init(void)
{
	thread_cond_init(&wake);
}

static int64_t
post_in_ms(int64_t seconds)
{
	return clock_system.monotonic_ms(clock_system.ctx) + seconds * 1000;
}
/* Under the mutex. */
static bool stopping, busy;
static atomic_ullong post_counted[DELIVERY_STATE_COUNT];

/* ---- one look -------------------------------------------------------------------------- */

static void
post_shown(void *ctx, const struct report_delivery *d,
    enum delivery_state state, const char *why, const char *file,
    struct span packed)
{
	char day[16];

	(void)ctx;
	(void)file;
	(void)packed;
	atomic_fetch_add(&post_counted[state], 1);
	report_day_text(d->day, day);
	log_write(state == DELIVERY_SENT || state == DELIVERY_UNWANTED
		      ? LOG_LEVEL_INFO
		      : LOG_LEVEL_WARN,
	    "report=%.*s day=%s domain=%.*s to=%.*s state=\"%s\" "
	    "messages=%llu%s%s%s",
	    SPAN_FMT(d->id), day, SPAN_FMT(d->domain), SPAN_FMT(d->to),
	    delivery_state_names[state], (unsigned long long)d->messages,
	    why[0] == '\0' ? "" : " why=\"", why, why[0] == '\0' ? "" : "\"");
}

static bool
post_may_go_on(void)
{
	bool may;

	(void)pthread_mutex_lock(&mutex);
	may = !stopping;
	busy = may;
	(void)pthread_mutex_unlock(&mutex);
	return may;
}

static void
post_rests(void)
{
	(void)pthread_mutex_lock(&mutex);
	busy = false;
	(void)pthread_cond_broadcast(&wake);
	(void)pthread_mutex_unlock(&mutex);
}

static void
post_make(struct report_file *f, int64_t now_s)
{
	int64_t today = now_s / REPORT_DAY_S, day;
	uint64_t doubtful;

	/* Those who were judged at midnight are counted by then. */
	if (now_s % REPORT_DAY_S < REPORT_BEGIN_S)
		today--;
	if (report_file_doubt(f, now_s, &doubtful) && doubtful > 0) {
		atomic_fetch_add(&post_counted[DELIVERY_DOUBTFUL], doubtful);
		alert_raise("reports in doubt",
		    "DMARC reports were being sent when the process ended; "
		    "\"verdict report --dry-run\" shows which");
	}
	while (report_file_unmade(f, today, &day))
		if (!report_file_make(f, day,
			(day + 1) * REPORT_DAY_S + REPORT_BEGIN_S,
			REPORT_SPREAD_S))
			return;
}

static void
post_look(struct report_file **file, const char *path, const struct config *c)
{
	struct daemon *d = daemon_self();
	struct report_sender sender = { .config = c,
		.resolver = d->judge.resolver,
		.clock = d->judge.clock,
		.helo = d->judge.hostname,
		.shown = post_shown };
	int64_t now_s = d->judge.clock.unix_s(d->judge.clock.ctx);
	const char *wrong = report_settings_wrong(c);
	char why[SQLITE_WHY_MAX];
	bool renewed;

	if (wrong != NULL) {
		alert_raise("report.from", wrong);
		return;
	}
	if (*file == NULL)
		*file = report_file_open(path, now_s, false, &renewed, why);
	if (*file == NULL) {
		alert_raise("report.db", why);
		return;
	}
	sender.file = *file;
	post_make(*file, now_s);
	for (int i = 0; i < LOOK_MAX && post_may_go_on(); i++)
		if (!report_send_next(&sender, -1, SPAN(""), now_s))
			break;
	post_rests();
}

/* ---- the thread ------------------------------------------------------------------------- */

/* False: the process ends. */
static bool
post_wait(void)
{
	int64_t until_ms = post_in_ms(LOOK_S);
	bool stop;

	(void)pthread_mutex_lock(&mutex);
	if (!stopping)
		(void)thread_cond_wait(&wake, &mutex, until_ms);
	stop = stopping;
	(void)pthread_mutex_unlock(&mutex);
	return !stop;
}

static void *
post_thread(void *unused)
{
	struct report_file *file = NULL;
	struct snapshot *s = daemon_snapshot();
	/* As the book has it: where the process started with. */
	const char *path = path_join(s->config.state, REPORT_FILE, arena_new());

	(void)unused;
	snapshot_unref(&s);
	do {
		s = daemon_snapshot();
		if (s->config.report.index == REPORT_ON)
			post_look(&file, path, &s->config);
		else
			report_file_close(&file);
		snapshot_unref(&s);
	} while (post_wait());
	report_file_close(&file);
	return NULL;
}

void
report_post_start(void)
{
	pthread_t thread;

	(void)pthread_once(&wake_once, post_wake_init);
	if (thread_start(&thread, post_thread, NULL))
		(void)pthread_detach(thread);
	else
		log_write(LOG_LEVEL_WARN, "DMARC reports will not be sent: "
					  "there is no thread to be had");
}

void
report_post_end_join(void)
{
	int64_t until_ms = post_in_ms(PARTING_S);

	(void)pthread_once(&wake_once, post_wake_init);
	(void)pthread_mutex_lock(&mutex);
	stopping = true;
	(void)pthread_cond_broadcast(&wake);
	while (busy && thread_cond_wait(&wake, &mutex, until_ms))
		continue;
	(void)pthread_mutex_unlock(&mutex);
}

uint64_t
report_post_count(enum delivery_state state)
{
	return atomic_load(&post_counted[state]);
}
