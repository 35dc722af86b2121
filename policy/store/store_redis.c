/*
 * The engine that several hosts share, and the only file that knows hiredis.
 *
 * An entry is a string of its numbers with Redis's own expiry. A change reads
 * it, changes it here and writes it back by a script that does so only when
 * nobody else was quicker. Doing each kind of change in Lua instead would
 * have every rule twice, here and there.
 *
 * After a failure the engine is lost: callers are told so at once and none
 * of them waits, until a thread has had an answer again.
 */
#include "config.h"

#include "policy/base/thread.h"
#include "policy/store/store_table.h"
#include "policy/store/store_text.h"
#include "policy/store/store_url.h"

#include <stdio.h>
#include <string.h>

#include <errno.h>
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "rules/base/panic.h"

#define POOL_MAX   ((size_t)16)
#define RETRY_MS   1000 /* how often a lost Redis is asked */
#define KEY_PREFIX "verdict:"
#define KEY_FAILS  "store"
#define KEY_WORKS  "store works again"

/* KEYS[1] key, ARGV[1] what was read, [2] new value or "", [3] seconds. */
#define SCRIPT                                                         \
	"local v = redis.call('GET', KEYS[1]) or '' "                  \
	"if v ~= ARGV[1] then return v end "                           \
	"if ARGV[2] == '' then redis.call('DEL', KEYS[1]) "            \
	"else redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3]) end " \
	"return 1"

struct shared {
	struct store_options options;
	struct store_url address;
	char where[STORE_WHY_MAX]; /* for messages: without password */
	struct store_table *local; /* NULL: nothing while Redis is lost */

	pthread_mutex_t lock; /* of the pool, stop and lost's changes */
	pthread_cond_t freed; /* a connection, or stop */
	redisContext *idle[POOL_MAX];
	size_t idle_count, open_count;
	bool stop;

	atomic_bool lost;
	atomic_uint_fast64_t refused;
	pthread_t thread;
};

static struct timeval
timeout_of(const struct shared *s)
{
	return (struct timeval){ (time_t)(s->options.timeout_ms / 1000),
		(suseconds_t)(s->options.timeout_ms % 1000 * 1000) };
}

/* ---- connections --------------------------------------------------------- */

static bool
reply_is_good(const redisReply *r)
{
	return r != NULL && r->type != REDIS_REPLY_ERROR;
}

/* One command whose answer does not matter unless it is an error. */
static bool
say(redisContext *c, const char *a, const char *b, const char *d)
{
	const char *argv[] = { a, b, d };
	int argc = b == NULL ? 1 : d == NULL ? 2 : 3;
	redisReply *r = redisCommandArgv(c, argc, argv, NULL);
	bool ok = reply_is_good(r);

	freeReplyObject(r);
	return ok;
}

static bool
connection_greet(const struct shared *s, redisContext *c)
{
	const struct store_url *a = &s->address;
	char db[24];

	if (a->password != NULL && a->user != NULL &&
	    !say(c, "AUTH", a->user, a->password))
		return false;
	if (a->password != NULL && a->user == NULL &&
	    !say(c, "AUTH", a->password, NULL))
		return false;
	(void)snprintf(db, sizeof(db), "%d", a->db);
	return a->db == 0 || say(c, "SELECT", db, NULL);
}

static redisContext *
connection_new(const struct shared *s)
{
	const struct store_url *a = &s->address;
	struct timeval limit = timeout_of(s);
	redisContext *c = a->host != NULL
			      ? redisConnectWithTimeout(a->host, a->port, limit)
			      : redisConnectUnixWithTimeout(a->path, limit);

	if (c != NULL && c->err == 0 && redisSetTimeout(c, limit) == REDIS_OK &&
	    connection_greet(s, c))
		return c;
	if (c != NULL)
		redisFree(c);
	return NULL;
}

static void
deadline_in(struct timespec *at, int64_t ms)
{
	(void)clock_gettime(CLOCK_MONOTONIC, at);
	at->tv_nsec += (long)(ms % 1000) * 1000000;
	at->tv_sec += (time_t)(ms / 1000) + at->tv_nsec / 1000000000;
	at->tv_nsec %= 1000000000;
}

static bool
deadline_passed(const struct timespec *at)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec > at->tv_sec ||
	       (now.tv_sec == at->tv_sec && now.tv_nsec >= at->tv_nsec);
}

/* An idle connection, or NULL with leave to open one (*open) or none. */
static redisContext *
pool_take(struct shared *s, bool *open)
{
	redisContext *c = NULL;
	struct timespec until;
	int waited = 0;

	deadline_in(&until, s->options.timeout_ms);
	*open = false;
	(void)pthread_mutex_lock(&s->lock);
	while (s->idle_count == 0 && s->open_count == POOL_MAX && waited == 0)
		waited = pthread_cond_timedwait(&s->freed, &s->lock, &until);
	if (s->idle_count > 0) {
		c = s->idle[--s->idle_count];
	} else if (s->open_count < POOL_MAX) {
		s->open_count++;
		*open = true;
	}
	(void)pthread_mutex_unlock(&s->lock);
	return c;
}

/* c NULL: it is gone. */
static void
pool_give(struct shared *s, redisContext *c)
{
	(void)pthread_mutex_lock(&s->lock);
	if (c != NULL)
		s->idle[s->idle_count++] = c;
	else
		s->open_count--;
	(void)pthread_cond_signal(&s->freed);
	(void)pthread_mutex_unlock(&s->lock);
}

static void
pool_clear(struct shared *s)
{
	(void)pthread_mutex_lock(&s->lock);
	while (s->idle_count > 0) {
		redisFree(s->idle[--s->idle_count]);
		s->open_count--;
	}
	(void)pthread_cond_broadcast(&s->freed);
	(void)pthread_mutex_unlock(&s->lock);
}

static void
shared_alert(struct shared *s, const char *key, const char *what)
{
	char text[2 * STORE_WHY_MAX];

	(void)snprintf(text, sizeof(text), "%.250s: %.250s", s->where, what);
	if (s->options.alert != NULL)
		s->options.alert(s->options.ctx, key, text);
}

/* Redis failed: nobody waits for it any more. */
static void
shared_lose(struct shared *s)
{
	if (atomic_exchange(&s->lost, true))
		return;
	pool_clear(s);
	shared_alert(s, KEY_FAILS,
	    s->local != NULL ? "Redis does not answer; this host goes on "
			       "with what it knows itself"
			     : "Redis does not answer; greylisting and limits "
			       "let mail by");
}

/* ---- commands ------------------------------------------------------------ */

/*
 * Runs one command; NULL when Redis is lost. An idle connection may have
 * died since it was used (Redis was restarted), so the first failure on one
 * is tried again on a new one, unless it was a silence that took all the
 * time there is.
 */
static redisReply *
command(struct shared *s, int argc, const char **argv, const size_t *argv_n)
{
	bool open;
	redisContext *c = pool_take(s, &open);
	redisReply *r = NULL;
	bool reused = c != NULL, silent = false;

	if (c == NULL && open)
		c = connection_new(s);
	else if (c == NULL)
		return NULL; /* all are busy: no reason to give Redis up */
	if (c != NULL) {
		r = redisCommandArgv(c, argc, argv, argv_n);
		silent = r == NULL && c->err == REDIS_ERR_IO &&
			 (errno == EAGAIN || errno == ETIMEDOUT);
	}
	if (r == NULL && reused && !silent) {
		redisFree(c);
		c = connection_new(s);
		if (c != NULL)
			r = redisCommandArgv(c, argc, argv, argv_n);
	}
	if (r == NULL && c != NULL) {
		redisFree(c);
		c = NULL;
	}
	pool_give(s, c);
	if (r == NULL)
		shared_lose(s);
	return r;
}

/* ---- entries ------------------------------------------------------------- */

static struct span
key_make(struct span key, char out[sizeof(KEY_PREFIX) + STORE_KEY_MAX])
{
	(void)memcpy(out, KEY_PREFIX, sizeof(KEY_PREFIX) - 1);
	(void)memcpy(out + sizeof(KEY_PREFIX) - 1, key.p, key.n);
	return span_make(out, sizeof(KEY_PREFIX) - 1 + key.n);
}

static struct span
reply_text(const redisReply *r)
{
	return r->type == REDIS_REPLY_STRING ? span_make(r->str, r->len)
					     : SPAN("");
}

/* Redis says "no" to a command it knows: damaged set-up, not our entry. */
static bool
reply_refused(struct shared *s, redisReply *r)
{
	char why[STORE_WHY_MAX];

	if (r->type != REDIS_REPLY_ERROR)
		return false;
	(void)snprintf(why, sizeof(why), "Redis refuses: %.150s", r->str);
	if (!atomic_exchange(&s->lost, true)) {
		pool_clear(s);
		shared_alert(s, KEY_FAILS, why);
	}
	return true;
}

/* Reads into room; false when Redis is lost. */
static bool
entry_fetch(struct shared *s, struct span key, char *room, size_t *n)
{
	const char *argv[] = { "GET", key.p };
	const size_t argv_n[] = { 3, key.n };
	redisReply *r = command(s, 2, argv, argv_n);
	struct span text;
	bool ok;

	if (r == NULL)
		return false;
	ok = !reply_refused(s, r);
	text = reply_text(r);
	*n = text.n < STORE_TEXT_MAX ? text.n : 0;
	if (*n > 0)
		(void)memcpy(room, text.p, *n);
	freeReplyObject(r);
	return ok;
}

/*
 * Writes unless somebody else has changed it since: then *written is false
 * and room holds what stands there now.
 */
static bool
entry_swap(struct shared *s, struct span key, char *room, size_t *n,
    struct span value, int64_t ttl_s, bool *written)
{
	char ttl[24];
	const char *argv[] = { "EVAL", SCRIPT, "1", key.p, room, value.p, ttl };
	size_t argv_n[] = { 4, sizeof(SCRIPT) - 1, 1, key.n, *n, value.n, 0 };
	redisReply *r;
	bool ok;

	argv_n[6] = (size_t)snprintf(
	    ttl, sizeof(ttl), "%" PRId64, ttl_s < 1 ? 1 : ttl_s);
	r = command(s, 7, argv, argv_n);
	if (r == NULL)
		return false;
	ok = !reply_refused(s, r);
	*written = r->type == REDIS_REPLY_INTEGER;
	if (ok && !*written) {
		struct span now = reply_text(r);

		*n = now.n < STORE_TEXT_MAX ? now.n : 0;
		if (*n > 0)
			(void)memcpy(room, now.p, *n);
	}
	freeReplyObject(r);
	return ok;
}

static bool
shared_lost_update(struct shared *s, struct span key, int64_t now_s,
    store_change *change, void *ctx)
{
	(void)atomic_fetch_add(&s->refused, 1);
	if (s->local == NULL)
		return false;
	store_table_update(s->local, key, now_s, change, ctx);
	return true;
}

static bool
shared_update(void *engine, struct span key, int64_t now_s,
    store_change *change, void *ctx)
{
	struct shared *s = engine;
	char name[sizeof(KEY_PREFIX) + STORE_KEY_MAX];
	char before[STORE_TEXT_MAX] = "", after[STORE_TEXT_MAX] = "";
	struct span full = key_make(key, name);
	struct timespec until;
	bool written = false;
	size_t n = 0;

	if (atomic_load(&s->lost) || !entry_fetch(s, full, before, &n))
		return shared_lost_update(s, key, now_s, change, ctx);
	/* Of those who change one entry at a time somebody always wins, so
	 * this comes to an end: with the time that a call has, at the latest. */
	deadline_in(&until, s->options.timeout_ms);
	while (!written && !deadline_passed(&until)) {
		struct store_record r;
		struct span value;

		if (!store_text_read(span_make(before, n), &r) ||
		    r.expires_s <= now_s)
			r = (struct store_record){ 0 };
		change(ctx, &r);
		value = span_make(after, store_text_write(&r, after));
		if (value.n == n && memcmp(after, before, n) == 0)
			return true;
		if (!entry_swap(s, full, before, &n, value, r.expires_s - now_s,
			&written))
			return shared_lost_update(s, key, now_s, change, ctx);
	}
	return written;
}

static bool
shared_get(
    void *engine, struct span key, int64_t now_s, struct store_record *out)
{
	struct shared *s = engine;
	char name[sizeof(KEY_PREFIX) + STORE_KEY_MAX], value[STORE_TEXT_MAX];
	size_t n = 0;

	if (!atomic_load(&s->lost) &&
	    entry_fetch(s, key_make(key, name), value, &n)) {
		if (!store_text_read(span_make(value, n), out) ||
		    out->expires_s <= now_s)
			*out = (struct store_record){ 0 };
		return true;
	}
	(void)atomic_fetch_add(&s->refused, 1);
	if (s->local == NULL)
		return false;
	store_table_get(s->local, key, now_s, out);
	return true;
}

/* The keys of one SCAN; what begins with prefix is fetched and visited. */
static bool
each_page(struct shared *s, const redisReply *keys, struct span prefix,
    int64_t now_s, store_visit *visit, void *ctx, bool *on)
{
	size_t skip = sizeof(KEY_PREFIX) - 1;

	for (size_t i = 0; i < keys->elements && *on; i++) {
		struct span full = reply_text(keys->element[i]);
		struct span key = span_slice(full, skip, full.n);
		struct store_record r;
		char value[STORE_TEXT_MAX];
		size_t n = 0;

		if (!span_starts(key, prefix) || key.n > STORE_KEY_MAX)
			continue;
		if (!entry_fetch(s, full, value, &n))
			return false;
		if (store_text_read(span_make(value, n), &r) &&
		    r.expires_s > now_s)
			*on = visit(ctx, key, &r);
	}
	return true;
}

static bool
shared_each(void *engine, struct span prefix, int64_t now_s, store_visit *visit,
    void *ctx)
{
	struct shared *s = engine;
	char cursor[32] = "0";
	bool on = true;

	do {
		const char *argv[] = { "SCAN", cursor, "MATCH", KEY_PREFIX "*",
			"COUNT", "1000" };
		redisReply *r =
		    atomic_load(&s->lost) ? NULL : command(s, 6, argv, NULL);
		bool ok = r != NULL && r->type == REDIS_REPLY_ARRAY &&
			  r->elements == 2;

		if (ok) {
			(void)snprintf(
			    cursor, sizeof(cursor), "%s", r->element[0]->str);
			ok = each_page(
			    s, r->element[1], prefix, now_s, visit, ctx, &on);
		}
		freeReplyObject(r);
		if (!ok)
			return false;
	} while (on && strcmp(cursor, "0") != 0);
	return true;
}

static bool
shared_flush(void *engine)
{
	const struct shared *s = engine;

	return !atomic_load(&s->lost);
}

static void
shared_figures(void *engine, struct store_figures *out)
{
	struct shared *s = engine;

	out->lost = atomic_load(&s->lost);
	out->refused = atomic_load(&s->refused);
	if (s->local != NULL)
		out->entries = store_table_count(s->local);
}

/* ---- recovery ------------------------------------------------------------ */

/* False: the store is being closed. */
static bool
shared_sleep(struct shared *s)
{
	struct timespec until;
	bool on;

	deadline_in(&until, s->options.retry_ms);
	(void)pthread_mutex_lock(&s->lock);
	while (!s->stop &&
	       pthread_cond_timedwait(&s->freed, &s->lock, &until) != ETIMEDOUT)
		;
	on = !s->stop;
	(void)pthread_mutex_unlock(&s->lock);
	return on;
}

static void *
shared_thread(void *engine)
{
	struct shared *s = engine;

	while (shared_sleep(s)) {
		redisContext *c;

		if (!atomic_load(&s->lost))
			continue;
		c = connection_new(s);
		if (c == NULL)
			continue;
		if (say(c, "PING", NULL, NULL)) {
			atomic_store(&s->lost, false);
			shared_alert(s, KEY_WORKS, "Redis answers again");
		}
		redisFree(c);
	}
	return NULL;
}

/* ---- opening ------------------------------------------------------------- */

static void
shared_free(struct shared *s)
{
	pool_clear(s);
	store_table_free(&s->local);
	store_url_free(&s->address);
	(void)pthread_cond_destroy(&s->freed);
	(void)pthread_mutex_destroy(&s->lock);
	free(s);
}

static void
shared_close(void *engine)
{
	struct shared *s = engine;

	(void)pthread_mutex_lock(&s->lock);
	s->stop = true;
	(void)pthread_cond_broadcast(&s->freed);
	(void)pthread_mutex_unlock(&s->lock);
	(void)pthread_join(s->thread, NULL);
	shared_free(s);
}

static struct shared *
shared_new(const struct store_options *o)
{
	struct shared *s = xcalloc(1, sizeof(*s));
	pthread_condattr_t monotonic;

	s->options = *o;
	if (s->options.retry_ms == 0)
		s->options.retry_ms = RETRY_MS;
	if (o->local)
		s->local = store_table_new(o->entries_max, false);
	(void)pthread_mutex_init(&s->lock, NULL);
	(void)pthread_condattr_init(&monotonic);
	(void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&s->freed, &monotonic);
	(void)pthread_condattr_destroy(&monotonic);
	return s;
}

void *
store_redis_open(const struct store_options *o, char why[STORE_WHY_MAX])
{
	struct shared *s;
	redisContext *c;

	s = shared_new(o);
	if (!store_url_read(o->where, &s->address, s->where, why)) {
		shared_free(s);
		return NULL;
	}
	c = connection_new(s);
	if (c != NULL)
		redisFree(c);
	else
		shared_lose(s);
	if (thread_start(&s->thread, shared_thread, s))
		return s;
	(void)snprintf(why, STORE_WHY_MAX, "the store's thread can't start");
	shared_free(s);
	return NULL;
}

const struct store_engine store_engine_redis = {
	.name = "redis",
	.update = shared_update,
	.get = shared_get,
	.each = shared_each,
	.flush = shared_flush,
	.figures = shared_figures,
	.close = shared_close,
};
