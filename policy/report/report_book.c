/*
 * The queue of rows and the thread that writes them.
 */
#include "config.h"

#include "policy/report/report_book.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "policy/base/crowd.h"
#include "policy/base/sqlite_schema.h"
#include "policy/base/thread.h"
#include "rules/base/panic.h"

#define IDLE_MS   1000
#define EXPIRE_MS 3600000
#define WRITE_AT  500 /* rows that are not gathered any longer */

struct report_book {
	struct report_book_options o;
	pthread_t thread;

	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t wake;
	struct report_row *first, **last;
	size_t count;
	/* The same with what the writer has taken and not written yet: a disk
	 * that is full for hours must not take all memory. */
	size_t held, held_octets;
	struct crowd of; /* octets of each client's network */
	bool stop, joined, overflowing;
	struct report_book_stats stats;

	/* The writer's own. What could not be written waits for the next
	 * time, as long as it is not too much. */
	struct report_file *file;
	struct report_row *left;
	int64_t retry_at_ms, expire_at_ms;
	struct clock_trust trust;
	bool told, suspect;
};

static int64_t
book_now_ms(void)
{
	return clock_system.monotonic_ms(clock_system.ctx);
}

static int64_t
book_now_s(const struct report_book *b)
{
	return b->o.clock.unix_s(b->o.clock.ctx);
}

static void
book_alert(const struct report_book *b, const char *text)
{
	if (b->o.alert != NULL)
		b->o.alert(b->o.ctx, "report.db", text);
}

static size_t
book_rows_free(struct report_row **list)
{
	size_t n = 0;

	while (*list != NULL) {
		struct report_row *next = (*list)->next;

		report_row_free(list);
		*list = next;
		n++;
	}
	return n;
}

/* ---- the writer ------------------------------------------------------------------------ */

static void
book_fail(struct report_book *b, const char *why)
{
	char text[SQLITE_WHY_MAX + 80];

	(void)snprintf(text, sizeof(text),
	    "what DMARC reports tell can't be written: %s", why);
	if (!b->told)
		book_alert(b, text);
	b->told = true;
	b->suspect = b->file != NULL && report_file_damaged(b->file);
	report_file_close(&b->file);
	b->retry_at_ms = book_now_ms() + b->o.retry_ms;
}

static bool
book_open(struct report_book *b)
{
	char why[SQLITE_WHY_MAX] = "", text[SQLITE_WHY_MAX + 80];
	bool renewed = false;

	if (b->file != NULL || b->retry_at_ms > book_now_ms())
		return b->file != NULL;
	b->file = report_file_open(b->o.path, book_now_s(b),
	    b->suspect || sqlite_left_open(b->o.path), &renewed, why);
	if (renewed) {
		(void)snprintf(text, sizeof(text),
		    "report.db was damaged; it is set aside and a new one "
		    "begun: %s",
		    why);
		book_alert(b, text);
	}
	if (b->file == NULL)
		book_fail(b, why);
	return b->file != NULL;
}

static void
book_written(struct report_book *b)
{
	size_t octets = 0, n;

	(void)pthread_mutex_lock(&b->lock);
	for (const struct report_row *r = b->left; r != NULL; r = r->next) {
		crowd_sub(&b->of, r->group, r->octets);
		octets += r->octets;
	}
	(void)pthread_mutex_unlock(&b->lock);
	n = book_rows_free(&b->left);
	(void)pthread_mutex_lock(&b->lock);
	b->held -= n;
	b->held_octets -= octets;
	b->stats.written += n;
	(void)pthread_mutex_unlock(&b->lock);
	if (b->told)
		book_alert(b, "what DMARC reports tell is written again");
	b->told = false;
}

static void
book_write(struct report_book *b)
{
	if (b->left == NULL || !book_open(b))
		return;
	if (report_file_add(
		b->file, b->left, book_now_s(b) / REPORT_DAY_S, &b->o.bounds))
		book_written(b);
	else
		book_fail(b, report_file_error(b->file));
}

static void
book_expire(struct report_book *b)
{
	if (b->file == NULL || b->expire_at_ms > book_now_ms())
		return;
	b->expire_at_ms = book_now_ms() + EXPIRE_MS;
	/* A clock that jumps deletes no day. */
	if (!report_file_expire(b->file,
		clock_trusted_s(&b->trust, &b->o.clock) / REPORT_DAY_S))
		book_fail(b, report_file_error(b->file));
}

static void
book_wait(struct report_book *b, int64_t at_ms)
{
	struct timespec ts = { .tv_sec = (time_t)(at_ms / 1000),
		.tv_nsec = (long)(at_ms % 1000) * 1000000 };

	(void)pthread_cond_timedwait(&b->wake, &b->lock, &ts);
}

/* Waits for rows, lets some gather, and puts them behind those left. */
static void
book_take(struct report_book *b)
{
	int64_t until_ms = book_now_ms() + IDLE_MS;
	struct report_row **end = &b->left;

	while (b->count == 0 && !b->stop && book_now_ms() < until_ms)
		book_wait(b, until_ms);
	until_ms = book_now_ms() + b->o.gather_ms;
	while (b->count > 0 && b->count < WRITE_AT && !b->stop &&
	       book_now_ms() < until_ms)
		book_wait(b, until_ms);
	while (*end != NULL)
		end = &(*end)->next;
	*end = b->first;
	b->first = NULL;
	b->last = &b->first;
	b->count = 0;
}

static void *
book_thread(void *ctx)
{
	struct report_book *b = ctx;
	bool stop = false, overflowing;

	(void)book_open(b);
	while (!stop) {
		(void)pthread_mutex_lock(&b->lock);
		book_take(b);
		stop = b->stop;
		overflowing = b->overflowing;
		b->overflowing = false;
		(void)pthread_mutex_unlock(&b->lock);
		if (stop)
			b->retry_at_ms = 0;
		book_write(b);
		if (overflowing)
			book_alert(b, "report.db can't keep up: some messages "
				      "will be in no DMARC report");
		if (!stop)
			book_expire(b);
	}
	(void)book_rows_free(&b->left);
	report_file_close(&b->file);
	return NULL;
}

/* ---- the sessions' side ------------------------------------------------------------------ */

struct report_book *
report_book_new(const struct report_book_options *o)
{
	struct report_book *b = xcalloc(1, sizeof(*b));
	pthread_condattr_t monotonic;

	b->o = *o;
	b->o.queue_max = o->queue_max == 0 ? 40000 : o->queue_max;
	b->o.queue_octets =
	    o->queue_octets == 0 ? (size_t)64 << 20 : o->queue_octets;
	b->o.gather_ms = o->gather_ms == 0 ? 100 : o->gather_ms;
	b->o.retry_ms = o->retry_ms == 0 ? 30000 : o->retry_ms;
	if (o->bounds.rows == 0)
		b->o.bounds = report_bounds_standard;
	clock_trust_begin(&b->trust, &b->o.clock, sqlite_changed_s(o->path));
	b->last = &b->first;
	(void)pthread_mutex_init(&b->lock, NULL);
	(void)pthread_condattr_init(&monotonic);
	(void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&b->wake, &monotonic);
	(void)pthread_condattr_destroy(&monotonic);
	if (!thread_start(&b->thread, book_thread, b))
		panic("report.db: no thread");
	return b;
}

void
report_book_add(struct report_book *b, struct message *m,
    const struct verdict *v, size_t rcpt)
{
	struct report_row *r = b == NULL ? NULL : report_row_new(m, v, rcpt);

	size_t least;

	if (r == NULL)
		return;
	least = b->o.queue_octets / b->o.queue_max;
	r->octets = r->octets > least ? r->octets : least;
	r->group = crowd_group(m->session->client);
	(void)pthread_mutex_lock(&b->lock);
	b->stats.added++;
	if (!b->stop && b->held < b->o.queue_max &&
	    crowd_fits(&b->of, r->group, r->octets, b->held_octets,
		b->o.queue_octets)) {
		crowd_add(&b->of, r->group, r->octets);
		b->held++;
		b->held_octets += r->octets;
		*b->last = r;
		b->last = &r->next;
		b->count++;
		if (b->count == 1 || b->count == WRITE_AT)
			(void)pthread_cond_signal(&b->wake);
		r = NULL;
	} else {
		b->stats.dropped++;
		b->overflowing = true;
	}
	(void)pthread_mutex_unlock(&b->lock);
	report_row_free(&r);
}

void
report_book_stats(struct report_book *b, struct report_book_stats *out)
{
	*out = (struct report_book_stats){ 0 };
	if (b == NULL)
		return;
	(void)pthread_mutex_lock(&b->lock);
	*out = b->stats;
	(void)pthread_mutex_unlock(&b->lock);
}

void
report_book_end_join(struct report_book *b)
{
	if (b == NULL || b->joined)
		return;
	(void)pthread_mutex_lock(&b->lock);
	b->stop = true;
	(void)pthread_cond_signal(&b->wake);
	(void)pthread_mutex_unlock(&b->lock);
	(void)pthread_join(b->thread, NULL);
	b->joined = true;
}

void
report_book_free(struct report_book **bp)
{
	struct report_book *b = *bp;

	*bp = NULL;
	if (b == NULL)
		return;
	report_book_end_join(b);
	(void)pthread_cond_destroy(&b->wake);
	(void)pthread_mutex_destroy(&b->lock);
	free(b);
}
