/*
 * When decisions are copied, and what the operator is told of it. A batch is
 * copy_batch.c's.
 */
#include "config.h"

#include "policy/copy/copy.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/base/hash.h"
#include "policy/base/thread.h"
#include "policy/copy/copy_batch.h"
#include "policy/copy/copy_schema.h"
#include "policy/journal/journal.h"
#include "rules/base/panic.h"

#define KEY_FAILS  "journal copy"
#define KEY_WORKS  "journal copy works again"
#define KEY_MISSED "journal copy incomplete"
#define KEY_TWICE  "journal copy twice"

#define EXPIRE_MS    3600000
#define RETRY_FACTOR 64

struct copy {
	struct copy_options o;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	atomic_bool stop;
	/* Under the lock. */
	char *uri;
	int64_t keep_s;
	bool retarget;
	struct copy_stats stats;
	/* The thread's. */
	struct postgres *db;
	struct copy_place place;
	struct copy_batch_numbers numbers;
	struct clock_trust trust;
	int64_t wait_ms, expire_at_ms;
	bool failing;
};

static int64_t
copy_now_ms(const struct copy *c)
{
	return c->o.clock.monotonic_ms(c->o.clock.ctx);
}

static void
copy_alert(struct copy *c, const char *key, const char *text)
{
	if (c->o.alert != NULL)
		c->o.alert(c->o.ctx, key, text);
}

static void
copy_failed(struct copy *c, const char *what, const char *why)
{
	char text[2 * POSTGRES_WHY_MAX];

	if (!c->failing && !atomic_load(&c->stop)) {
		(void)snprintf(text, sizeof(text),
		    "%s: %s; decisions wait in the journal until it works "
		    "again",
		    what, why);
		copy_alert(c, KEY_FAILS, text);
	}
	/* Not before: why may be the connection's. */
	postgres_close(&c->db);
	c->failing = true;
	c->wait_ms = c->wait_ms == 0 ? c->o.retry_ms : 2 * c->wait_ms;
	if (c->wait_ms > RETRY_FACTOR * c->o.retry_ms)
		c->wait_ms = RETRY_FACTOR * c->o.retry_ms;
}

static void
copy_worked(struct copy *c)
{
	char text[160];

	if (c->failing) {
		(void)snprintf(text, sizeof(text),
		    "decisions are copied again; %llu so far",
		    (unsigned long long)c->numbers.copied);
		copy_alert(c, KEY_WORKS, text);
	}
	c->failing = false;
	c->wait_ms = 0;
}

static void
copy_publish(struct copy *c, bool on)
{
	const struct copy_batch_numbers *n = &c->numbers;
	char text[256];
	bool more;

	(void)pthread_mutex_lock(&c->lock);
	more = n->missed + n->skipped > c->stats.missed + c->stats.skipped;
	c->stats = (struct copy_stats){ .copied = n->copied,
		.skipped = n->skipped,
		.missed = n->missed,
		.on = on,
		.works = on && !c->failing };
	(void)pthread_mutex_unlock(&c->lock);
	if (!more)
		return;
	(void)snprintf(text, sizeof(text),
	    "deleted by journal.keep or journal.size before they were copied: "
	    "%llu; such as the server does not take: %llu",
	    (unsigned long long)n->missed, (unsigned long long)n->skipped);
	copy_alert(c, KEY_MISSED, text);
}

/*
 * A journal's name in the database: of its secret, so that it stays the same
 * when the host is renamed and differs from that of every other journal.
 */
static bool
copy_name(struct copy *c)
{
	uint8_t secret[32], digest[HASH_SHA256_OCTETS];
	const char *why;

	if (!journal_secret_read(c->o.journal, secret, &why))
		return false;
	hash_sha256(span_make((const char *)secret, sizeof(secret)), digest);
	hash_hex(digest, 16, c->place.journal);
	return true;
}

/* A connection with its tables in order, and the place in it. */
static bool
copy_connect(struct copy *c, const char *uri)
{
	char why[POSTGRES_WHY_MAX];

	if (c->db != NULL)
		return true;
	c->db = postgres_open(uri, c->o.timeout_ms, &c->stop, why);
	if (c->db == NULL) {
		copy_failed(c, "journal.copy", why);
		return false;
	}
	if (!copy_schema_make(c->db)) {
		copy_failed(
		    c, "journal.copy: its tables", postgres_error(c->db));
		return false;
	}
	if (!copy_schema_fits(c->db, why)) {
		copy_failed(c, "journal.copy", why);
		return false;
	}
	if (copy_place_read(c->db, &c->place))
		return true;
	copy_failed(c, "journal.copy", postgres_error(c->db));
	return false;
}

static int64_t
copy_time_s(struct copy *c)
{
	return clock_trusted_s(&c->trust, &c->o.clock);
}

static void
copy_expire(struct copy *c, int64_t keep_s)
{
	int64_t now_ms = copy_now_ms(c);

	if (now_ms < c->expire_at_ms)
		return;
	c->expire_at_ms = now_ms + EXPIRE_MS;
	if (!copy_schema_expire(c->db, copy_time_s(c) - keep_s))
		copy_failed(c, "journal.copy.keep", postgres_error(c->db));
}

static void
copy_told_twice(struct copy *c)
{
	char text[400];

	if (c->place.other[0] == '\0')
		return;
	(void)snprintf(text, sizeof(text),
	    "another daemon (%s) copies by the secret of this journal, as a "
	    "clone of this machine does: decisions may be lost. Remove "
	    "journal.db and journal.db.key of one of them",
	    c->place.other);
	c->place.other[0] = '\0';
	copy_alert(c, KEY_TWICE, text);
}

/* All that is there. The file is opened anew each time: it may be another. */
static void
copy_look(struct copy *c)
{
	char why[SQLITE_WHY_MAX];
	struct journal_reader *r = journal_reader_open(c->o.journal, why);
	enum copy_came came = COPY_MORE;

	/* It is not there before the first decision. */
	if (r == NULL)
		return;
	while (came == COPY_MORE && !atomic_load(&c->stop)) {
		came = copy_batch(
		    c->db, r, copy_time_s(c), &c->place, &c->numbers);
		if (came == COPY_UNREADABLE)
			copy_failed(c, "the journal can't be read to be copied",
			    journal_reader_error(r));
		else if (came == COPY_AWAY)
			copy_failed(c, "journal.copy", postgres_error(c->db));
		else
			copy_worked(c);
		copy_publish(c, true);
		copy_told_twice(c);
	}
	journal_reader_close(&r);
}

/* The target as it is now; NULL for none. The caller frees it. */
static char *
copy_uri(struct copy *c, int64_t *keep_s)
{
	char *uri = NULL;
	bool other;

	(void)pthread_mutex_lock(&c->lock);
	other = c->retarget;
	c->retarget = false;
	*keep_s = c->keep_s;
	if (c->uri != NULL && c->uri[0] != '\0')
		uri = xstrdup(c->uri);
	(void)pthread_mutex_unlock(&c->lock);
	if (other) {
		postgres_close(&c->db);
		c->wait_ms = c->expire_at_ms = 0;
	}
	return uri;
}

static void
copy_rest(struct copy *c)
{
	int64_t until_ms = clock_system.monotonic_ms(clock_system.ctx) +
			   (c->wait_ms > 0 ? c->wait_ms : c->o.look_ms);
	bool woken = true;

	(void)pthread_mutex_lock(&c->lock);
	while (woken && !atomic_load(&c->stop) && !c->retarget)
		woken = thread_cond_wait(&c->wake, &c->lock, until_ms);
	(void)pthread_mutex_unlock(&c->lock);
}

static void *
copy_thread(void *argument)
{
	struct copy *c = argument;

	while (!atomic_load(&c->stop)) {
		int64_t keep_s;
		char *uri = copy_uri(c, &keep_s);

		if (uri != NULL && copy_name(c) && copy_connect(c, uri)) {
			copy_look(c);
			if (c->db != NULL)
				copy_expire(c, keep_s);
		}
		copy_publish(c, uri != NULL);
		free(uri);
		copy_rest(c);
	}
	postgres_close(&c->db);
	return NULL;
}

struct copy *
copy_new(const struct copy_options *o)
{
	struct copy *c = xcalloc(1, sizeof(*c));

	c->o = *o;
	if (c->o.look_ms == 0)
		c->o.look_ms = 1000;
	if (c->o.retry_ms == 0)
		c->o.retry_ms = 1000;
	if (c->o.timeout_ms == 0)
		c->o.timeout_ms = 20000;
	c->place.host = c->o.host;
	clock_trust_begin(&c->trust, &c->o.clock, 0);
	(void)pthread_mutex_init(&c->lock, NULL);
	thread_cond_init(&c->wake);
	if (!thread_start(&c->thread, copy_thread, c))
		panic("journal.copy: no thread");
	return c;
}

void
copy_target(struct copy *c, const char *uri, int64_t keep_s)
{
	(void)pthread_mutex_lock(&c->lock);
	if (c->uri == NULL || strcmp(c->uri, uri) != 0) {
		free(c->uri);
		c->uri = xstrdup(uri);
		c->retarget = true;
		(void)pthread_cond_signal(&c->wake);
	}
	c->keep_s = keep_s;
	(void)pthread_mutex_unlock(&c->lock);
}

void
copy_end_join(struct copy *c)
{
	if (c == NULL || atomic_exchange(&c->stop, true))
		return;
	(void)pthread_mutex_lock(&c->lock);
	(void)pthread_cond_signal(&c->wake);
	(void)pthread_mutex_unlock(&c->lock);
	(void)pthread_join(c->thread, NULL);
}

void
copy_free(struct copy **cp)
{
	struct copy *c = *cp;

	if (c == NULL)
		return;
	copy_end_join(c);
	(void)pthread_cond_destroy(&c->wake);
	(void)pthread_mutex_destroy(&c->lock);
	free(c->uri);
	free(c);
	*cp = NULL;
}

void
copy_stats(struct copy *c, struct copy_stats *out)
{
	*out = (struct copy_stats){ 0 };
	if (c == NULL)
		return;
	(void)pthread_mutex_lock(&c->lock);
	*out = c->stats;
	(void)pthread_mutex_unlock(&c->lock);
}
