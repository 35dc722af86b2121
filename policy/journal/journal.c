/*
 * The journal's queue and its writer: when entries are written, what happens
 * when they can't be, and when old ones go. How they lie in the file is
 * journal_file.c's.
 */
#include "config.h"

#include "policy/journal/journal.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "policy/base/crowd.h"
#include "policy/base/thread.h"
#include "policy/journal/journal_file.h"
#include "policy/journal/journal_secret.h"
#include "policy/message/snapshot.h"
#include "rules/base/panic.h"

#define WRITE_AT     256  /* entries that are not gathered any longer */
#define ENTRY_OCTETS 1024 /* of an entry besides its record */
/* Decisions that go for each that is written while the file is too large. */
#define DROP_TIMES 2
/* And the least of them in a round, so that one that is idle comes down. */
#define DROP_LEAST ((size_t)500)

/* How long the end waits for somebody else's lock. */
#define END_MS 5000

/* Tries of a file that can't be had get rarer up to so many retry_ms. */
#define RETRY_TIMES 32

/* One alert a condition, so that the end of it is told at once. */
#define KEY_FAILS    "journal"
#define KEY_WORKS    "journal works again"
#define KEY_RENEWED  "journal begun anew"
#define KEY_OVERFLOW "journal too slow"

struct journal {
	struct journal_options o;
	uint8_t secret[JOURNAL_SECRET_OCTETS];
	pthread_t thread;

	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t wake;  /* for the writer */
	pthread_cond_t done;  /* for those who flush */
	struct journal_entry *first, **last;
	size_t count, octets; /* of those and of the writer's batch */
	struct crowd of;      /* octets of each client's network */
	bool stop, flush, busy, overflowing;
	bool joined;     /* the thread has ended */
	uint64_t rounds; /* of the writer */
	int64_t keep_s;
	uint64_t size;
	struct journal_stats stats;

	/* The writer's own. */
	struct journal_file *file;
	struct journal_entry *batch; /* what it writes, or could not write */
	size_t batch_count, batch_octets;
	int64_t retry_at_ms, retry_ms, expire_at_ms;
	size_t wrote; /* since the size was looked at */
	struct clock_trust trust;
	bool told;    /* that it does not work */
	bool locked;  /* by somebody else, when it was last tried */
	bool suspect; /* the file seemed damaged when it was last used */
};

static int64_t
now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int64_t
journal_now_s(const struct journal *j)
{
	return j->o.clock.unix_s(j->o.clock.ctx);
}

static void
journal_alert(struct journal *j, const char *key, const char *text)
{
	if (j->o.alert != NULL)
		j->o.alert(j->o.ctx, key, text);
}

/* As a part of queue_octets or of queue_max, whichever is more. */
static size_t
entry_octets(const struct journal *j, const struct journal_entry *e)
{
	size_t octets = e->record.n + ENTRY_OCTETS;
	size_t least = j->o.queue_octets / j->o.queue_max;

	return octets > least ? octets : least;
}

/* ---- the writer: the file ---------------------------------------------------- */

/*
 * Nothing is written now. What somebody else's lock holds up is tried again at
 * once; otherwise the file is closed, and tries get rarer, for one may read
 * gigabytes.
 */
static void
journal_fail(struct journal *j, enum sqlite_trouble trouble, const char *why)
{
	char text[SQLITE_WHY_MAX + 80];

	(void)snprintf(text, sizeof(text),
	    "the journal can't be written, decisions wait and are dropped "
	    "when they are too many: %s",
	    why);
	if (!j->told)
		journal_alert(j, KEY_FAILS, text);
	j->told = true;
	j->locked = trouble == SQLITE_TROUBLE_BUSY;
	if (trouble == SQLITE_TROUBLE_BUSY) {
		j->retry_at_ms = now_ms() + j->o.retry_ms;
	} else {
		j->suspect = trouble == SQLITE_TROUBLE_DAMAGED;
		journal_file_close(&j->file);
		j->retry_at_ms = now_ms() + j->retry_ms;
		if (j->retry_ms < RETRY_TIMES * j->o.retry_ms)
			j->retry_ms *= 2;
	}
	(void)pthread_mutex_lock(&j->lock);
	j->stats.works = false;
	(void)pthread_mutex_unlock(&j->lock);
}

/*
 * The file, opened if need be; NULL: not now. All of it is read only where
 * something may be wrong with it, for it may be gigabytes; decisions wait in
 * the queue meanwhile.
 */
static struct journal_file *
journal_open(struct journal *j)
{
	char why[SQLITE_WHY_MAX] = "", text[SQLITE_WHY_MAX + 80];
	bool renewed = false;

	if (j->retry_at_ms > now_ms())
		return NULL;
	if (j->file != NULL)
		return j->file;
	j->file = journal_file_open(j->o.path, journal_now_s(j),
	    j->suspect || sqlite_left_open(j->o.path), &renewed, why);
	if (renewed) {
		(void)snprintf(text, sizeof(text),
		    "the journal could not be used; it is set aside and a new "
		    "one begun: %s",
		    why);
		journal_alert(j, KEY_RENEWED, text);
	}
	if (j->file == NULL)
		journal_fail(j, SQLITE_TROUBLE_PLACE, why);
	else if (j->o.pages_max > 0)
		journal_file_limit(j->file, j->o.pages_max);
	j->suspect = j->suspect && j->file == NULL;
	return j->file;
}

/* The batch is done with: written, or lost. */
static void
batch_end(struct journal *j, bool written)
{
	size_t count = j->batch_count;

	(void)pthread_mutex_lock(&j->lock);
	for (const struct journal_entry *e = j->batch; e != NULL; e = e->next)
		crowd_sub(&j->of, e->group, e->octets);
	(void)pthread_mutex_unlock(&j->lock);
	while (j->batch != NULL) {
		struct journal_entry *next = j->batch->next;

		journal_entry_free(&j->batch);
		j->batch = next;
	}
	(void)pthread_mutex_lock(&j->lock);
	j->count -= count;
	j->octets -= j->batch_octets;
	if (written)
		j->stats.written += count;
	else
		j->stats.lost += count;
	j->stats.works = written || j->stats.works;
	(void)pthread_mutex_unlock(&j->lock);
	j->batch_count = j->batch_octets = 0;
	j->wrote += written ? count : 0;
}

static void
journal_worked(struct journal *j)
{
	struct journal_stats stats;
	char text[120];

	j->retry_at_ms = 0;
	j->retry_ms = j->o.retry_ms;
	if (!j->told)
		return;
	j->told = false;
	journal_stats(j, &stats);
	(void)snprintf(text, sizeof(text),
	    "the journal works again; not kept: %llu decision%s",
	    (unsigned long long)(stats.lost + stats.dropped),
	    plural(stats.lost + stats.dropped));
	journal_alert(j, KEY_WORKS, text);
}

/* A clock that jumps deletes nothing, at the start of the process either. */
static int64_t
journal_trusted_s(struct journal *j)
{
	if (!j->trust.begun)
		clock_trust_begin(
		    &j->trust, &j->o.clock, journal_file_newest_s(j->file));
	return clock_trusted_s(&j->trust, &j->o.clock);
}

/* True: there is more to be done at once. */
static bool
journal_expire_some(struct journal *j, int64_t keep_s, uint64_t size)
{
	size_t drop = DROP_TIMES * j->wrote + DROP_LEAST;
	int64_t now_s = journal_trusted_s(j);
	bool more = false;

	j->wrote = 0;
	if ((!clock_trust_agrees(&j->trust) ||
		journal_file_mend_times(j->file, now_s)) &&
	    journal_file_expire(j->file, now_s - keep_s, size, drop, &more))
		return more;
	journal_fail(
	    j, journal_file_trouble(j->file), journal_file_error(j->file));
	return false;
}

/*
 * What is too old goes once a minute, what is too much behind each batch, and
 * twice as fast as it came.
 */
static void
journal_expire(struct journal *j)
{
	int64_t keep_s;
	uint64_t size;

	if (j->wrote == 0 && j->expire_at_ms > now_ms())
		return;
	(void)pthread_mutex_lock(&j->lock);
	keep_s = j->keep_s;
	size = j->size;
	(void)pthread_mutex_unlock(&j->lock);
	if (keep_s == 0 || journal_open(j) == NULL)
		return;
	j->expire_at_ms = journal_expire_some(j, keep_s, size)
			      ? 0
			      : now_ms() + j->o.expire_ms;
}

/* Who deletes the file to make room must not stop the journal for good. */
static void
journal_look(struct journal *j)
{
	if (j->file == NULL || !journal_file_gone(j->file))
		return;
	journal_file_close(&j->file);
	journal_alert(j, KEY_RENEWED,
	    "the journal's file was removed; a new one is begun");
}

/*
 * A batch that could not be written waits for the next time, in front of what
 * comes meanwhile. Only one at which the file is sound and has room, and which
 * it will not take all the same, is lost.
 */
static void
journal_write(struct journal *j)
{
	enum sqlite_trouble trouble;

	journal_look(j);
	if (journal_open(j) == NULL)
		return;
	if (journal_file_write(j->file, j->batch)) {
		batch_end(j, true);
		journal_worked(j);
		return;
	}
	trouble = journal_file_trouble(j->file);
	journal_fail(j, trouble, journal_file_error(j->file));
	if (trouble == SQLITE_TROUBLE_OTHER)
		batch_end(j, false);
}

/* ---- the writer: its thread --------------------------------------------------- */

static void
wait_until(struct journal *j, int64_t at_ms)
{
	struct timespec ts = { .tv_sec = (time_t)(at_ms / 1000),
		.tv_nsec = (long)(at_ms % 1000) * 1000000 };

	(void)pthread_cond_timedwait(&j->wake, &j->lock, &ts);
}

/* How long there is nothing to do unless somebody comes. */
static int64_t
idle_until(const struct journal *j)
{
	int64_t now = now_ms(), until = now + 1000;

	if (j->expire_at_ms == 0)
		until = now + 10;
	if (j->batch != NULL && j->retry_at_ms < until)
		until = j->retry_at_ms;
	return until;
}

/* Waits for entries and lets some gather; takes all there are, behind those
 * that could not be written. */
static void
journal_take(struct journal *j)
{
	int64_t until = idle_until(j);
	struct journal_entry **end = &j->batch;

	while ((j->first == NULL || j->batch != NULL) && !j->stop &&
	       !j->flush && now_ms() < until)
		wait_until(j, until);
	j->busy = true;
	if (j->first != NULL && j->batch == NULL)
		until = now_ms() + j->o.gather_ms;
	while (j->count < WRITE_AT && !j->stop && !j->flush && now_ms() < until)
		wait_until(j, until);
	while (*end != NULL)
		end = &(*end)->next;
	*end = j->first;
	j->batch_count = j->count;
	j->batch_octets = j->octets;
	j->first = NULL;
	j->last = &j->first;
}

/* One round, the lock not held. now: what failed is tried again at once. */
static void
journal_round(struct journal *j, bool overflowing, bool stop, bool now)
{
	if (now || stop)
		j->retry_at_ms = 0;
	if (j->batch != NULL)
		journal_write(j);
	/* Tells once that the queue was full. */
	if (overflowing)
		journal_alert(j, KEY_OVERFLOW,
		    "the journal can't keep up, some decisions are not kept");
	if (!stop)
		journal_expire(j);
}

/* A lock that somebody has for a moment costs no decision at the end. */
static void
journal_end_write(struct journal *j)
{
	int64_t until_ms = now_ms() + END_MS;

	while (j->batch != NULL && j->locked && now_ms() < until_ms) {
		j->retry_at_ms = 0;
		journal_write(j);
	}
	if (j->batch != NULL)
		batch_end(j, false);
}

static void *
journal_thread(void *ctx)
{
	struct journal *j = ctx;
	bool stop = false;

	(void)journal_open(j);
	while (!stop || j->first != NULL) {
		bool overflowing, now;

		(void)pthread_mutex_lock(&j->lock);
		journal_take(j);
		now = j->flush;
		overflowing = j->overflowing;
		j->overflowing = false;
		stop = j->stop;
		(void)pthread_mutex_unlock(&j->lock);
		journal_round(j, overflowing, stop, now);
		if (stop && j->batch != NULL)
			journal_end_write(j);
		(void)pthread_mutex_lock(&j->lock);
		j->busy = false;
		j->rounds++;
		j->flush = false;
		(void)pthread_cond_broadcast(&j->done);
		(void)pthread_mutex_unlock(&j->lock);
	}
	journal_file_close(&j->file);
	return NULL;
}

/* ---- the session's side --------------------------------------------------------- */

static void
journal_standards(struct journal_options *o)
{
	o->queue_max = o->queue_max == 0 ? 20000 : o->queue_max;
	o->queue_octets =
	    o->queue_octets == 0 ? (size_t)32 << 20 : o->queue_octets;
	o->gather_ms = o->gather_ms == 0 ? 100 : o->gather_ms;
	o->retry_ms = o->retry_ms == 0 ? 1000 : o->retry_ms;
	o->expire_ms = o->expire_ms == 0 ? 60000 : o->expire_ms;
}

struct journal *
journal_new(const struct journal_options *o)
{
	struct journal *j = xcalloc(1, sizeof(*j));
	pthread_condattr_t monotonic;

	j->o = *o;
	journal_standards(&j->o);
	j->keep_s = o->keep_s;
	j->size = o->size;
	j->retry_ms = j->o.retry_ms;
	j->last = &j->first;
	j->stats.works = true;
	journal_secret_make(j->o.path, j->secret);
	(void)pthread_mutex_init(&j->lock, NULL);
	(void)pthread_condattr_init(&monotonic);
	(void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&j->wake, &monotonic);
	(void)pthread_cond_init(&j->done, &monotonic);
	(void)pthread_condattr_destroy(&monotonic);
	if (!thread_start(&j->thread, journal_thread, j))
		panic("journal: no thread");
	return j;
}

/* Room in the queue for this one; otherwise it is dropped. A flood that the
 * file can't keep up with costs its own decisions before those on others. */
static bool
journal_has_room(const struct journal *j, const struct journal_entry *e)
{
	return j->count < j->o.queue_max &&
	       crowd_fits(
		   &j->of, e->group, e->octets, j->octets, j->o.queue_octets);
}

void
journal_add(struct journal *j, struct message *m, const struct verdict *v,
    size_t rcpt, int64_t ms)
{
	journal_add_with(j, m, v, rcpt, ms, NULL);
}

void
journal_add_with(struct journal *j, struct message *m, const struct verdict *v,
    size_t rcpt, int64_t ms, const struct journal_beside *beside)
{
	const struct config *c;
	struct journal_entry *e;

	if (j == NULL || !m->session->snapshot->config.journal)
		return;
	c = &m->session->snapshot->config;
	e = journal_entry_new(m, v, rcpt, ms, beside,
	    c->journal_addresses.index == ADDRESSES_HASHED ? j->secret : NULL);
	if (e != NULL) {
		e->group = crowd_group(m->session->client);
		e->octets = entry_octets(j, e);
	}
	(void)pthread_mutex_lock(&j->lock);
	j->stats.added++;
	if (e != NULL && !j->stop && journal_has_room(j, e)) {
		*j->last = e;
		j->last = &e->next;
		j->octets += e->octets;
		crowd_add(&j->of, e->group, e->octets);
		j->count++;
		/* It sleeps until there is one, and then until there are
		 * enough. */
		if (j->count == 1 || j->count == WRITE_AT)
			(void)pthread_cond_signal(&j->wake);
		e = NULL;
	} else {
		j->stats.dropped++;
		j->overflowing = j->overflowing || e != NULL;
	}
	(void)pthread_mutex_unlock(&j->lock);
	journal_entry_free(&e);
}

void
journal_bounds(struct journal *j, int64_t keep_s, uint64_t size)
{
	if (j == NULL)
		return;
	(void)pthread_mutex_lock(&j->lock);
	j->keep_s = keep_s;
	j->size = size;
	(void)pthread_mutex_unlock(&j->lock);
}

void
journal_flush_join(struct journal *j)
{
	uint64_t until;

	(void)pthread_mutex_lock(&j->lock);
	/* A round that is under way may have begun before. */
	until = j->rounds + (j->busy ? 2 : 1);
	while (j->rounds < until && !j->joined) {
		j->flush = true;
		(void)pthread_cond_signal(&j->wake);
		(void)pthread_cond_wait(&j->done, &j->lock);
	}
	(void)pthread_mutex_unlock(&j->lock);
}

void
journal_stats(struct journal *j, struct journal_stats *out)
{
	*out = (struct journal_stats){ 0 };
	if (j == NULL)
		return;
	(void)pthread_mutex_lock(&j->lock);
	*out = j->stats;
	out->queued = j->count;
	(void)pthread_mutex_unlock(&j->lock);
}

void
journal_end_join(struct journal *j)
{
	if (j == NULL || j->joined)
		return;
	(void)pthread_mutex_lock(&j->lock);
	j->stop = true;
	(void)pthread_cond_signal(&j->wake);
	(void)pthread_mutex_unlock(&j->lock);
	(void)pthread_join(j->thread, NULL);
	(void)pthread_mutex_lock(&j->lock);
	j->joined = true;
	(void)pthread_cond_broadcast(&j->done);
	(void)pthread_mutex_unlock(&j->lock);
}

void
journal_free(struct journal **jp)
{
	struct journal *j = *jp;

	*jp = NULL;
	if (j == NULL)
		return;
	journal_end_join(j);
	(void)pthread_cond_destroy(&j->wake);
	(void)pthread_cond_destroy(&j->done);
	(void)pthread_mutex_destroy(&j->lock);
	free(j);
}
