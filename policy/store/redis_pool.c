/*
 * The connections to Redis, and whether it can be used at all.
 */
#include "config.h"

#include "policy/store/redis_pool.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "policy/base/file.h"
#include "policy/base/thread.h"
#include "policy/store/redis_find.h"
#include "rules/base/panic.h"

#define POOL_MAX     ((size_t)16)
#define RETRY_MS     1000 /* how often a lost Redis is asked */
#define PASSWORD_MAX ((size_t)4096)
#define KEY_FAILS    "store"
#define KEY_WORKS    "store works again"

struct redis_pool {
	struct redis_pool_options options;
	struct store_url address;
	struct redis_tls_context *tls; /* NULL: plain */
	char where[STORE_WHY_MAX];     /* for messages: without password */

	pthread_mutex_t lock; /* of target, the pool, stop and lost's changes */
	pthread_cond_t freed; /* a connection, or stop */
	struct redis_target target;
	struct redis_wire *idle[POOL_MAX];
	size_t idle_count, open_count;
	unsigned turn; /* which target: those of an earlier one are closed */
	bool stop;

	atomic_bool lost;
	pthread_t thread;
};

static int64_t
pool_until(int64_t ms)
{
	return clock_system.monotonic_ms(clock_system.ctx) + ms;
}

static void
deadline_of(struct timespec *at, int64_t until_ms)
{
	at->tv_sec = (time_t)(until_ms / 1000);
	at->tv_nsec = (long)(until_ms % 1000) * 1000000;
}

/* ---- connections --------------------------------------------------------- */

static bool
connection_greet(const struct redis_pool *p, struct redis_wire *w,
    int64_t until_ms, char why[STORE_WHY_MAX])
{
	const struct store_url *a = &p->address;
	struct span argv[2] = { SPAN("SELECT") };
	char db[24];

	if (!redis_login_join(w, a, until_ms, why))
		return false;
	(void)snprintf(db, sizeof(db), "%d", a->db);
	argv[1] = span_of(db);
	return a->db == 0 ||
	       redis_say_join(w, argv, 2, until_ms, "the database", why);
}

static struct redis_wire *
connection_new(struct redis_pool *p, int64_t until_ms, char why[STORE_WHY_MAX])
{
	struct redis_target target;
	struct redis_wire *w;

	(void)pthread_mutex_lock(&p->lock);
	target = p->target;
	(void)pthread_mutex_unlock(&p->lock);
	w = redis_wire_open_join(
	    &target.place, p->tls, target.host, until_ms, why);
	if (w != NULL && !connection_greet(p, w, until_ms, why))
		redis_wire_close(&w);
	return w;
}

/* An idle connection, or NULL with leave to open one (*open) or none; both of
 * the turn that it says. */
static struct redis_wire *
pool_take(struct redis_pool *p, int64_t until_ms, bool *open, unsigned *turn)
{
	struct redis_wire *w = NULL;
	struct timespec until;
	int waited = 0;

	deadline_of(&until, until_ms);
	*open = false;
	(void)pthread_mutex_lock(&p->lock);
	while (p->idle_count == 0 && p->open_count == POOL_MAX && waited == 0)
		waited = pthread_cond_timedwait(&p->freed, &p->lock, &until);
	if (p->idle_count > 0) {
		w = p->idle[--p->idle_count];
	} else if (p->open_count < POOL_MAX) {
		p->open_count++;
		*open = true;
	}
	*turn = p->turn;
	(void)pthread_mutex_unlock(&p->lock);
	return w;
}

/* w NULL: it is gone. One of an earlier turn leads to who may be a replica by
 * now, and what that knows is old. */
static void
pool_give(struct redis_pool *p, struct redis_wire *w, unsigned turn)
{
	(void)pthread_mutex_lock(&p->lock);
	if (w != NULL && turn == p->turn) {
		p->idle[p->idle_count++] = w;
		w = NULL;
	} else {
		p->open_count--;
	}
	(void)pthread_cond_signal(&p->freed);
	(void)pthread_mutex_unlock(&p->lock);
	redis_wire_close(&w);
}

static void
pool_clear(struct redis_pool *p)
{
	(void)pthread_mutex_lock(&p->lock);
	p->turn++;
	while (p->idle_count > 0) {
		redis_wire_close(&p->idle[--p->idle_count]);
		p->open_count--;
	}
	(void)pthread_cond_broadcast(&p->freed);
	(void)pthread_mutex_unlock(&p->lock);
}

static void
pool_alert(struct redis_pool *p, const char *key, const char *what)
{
	char text[2 * STORE_WHY_MAX];

	(void)snprintf(
	    text, sizeof(text), "Redis at %.200s: %.300s", p->where, what);
	if (p->options.store.alert != NULL)
		p->options.store.alert(p->options.store.ctx, key, text);
}

/* Redis failed: nobody waits for it any more. */
static void
pool_lose(struct redis_pool *p, const char *why)
{
	char text[STORE_WHY_MAX + 100];

	if (atomic_exchange(&p->lost, true))
		return;
	pool_clear(p);
	(void)snprintf(
	    text, sizeof(text), "%s; %s", why, p->options.lost_means);
	pool_alert(p, KEY_FAILS, text);
}

/* ---- commands ------------------------------------------------------------ */

struct redis_call
redis_call_begin(struct redis_pool *p, int64_t ms)
{
	return (struct redis_call){ .pool = p, .until_ms = pool_until(ms) };
}

void
redis_call_end(struct redis_call *c)
{
	if (c->wire != NULL)
		pool_give(c->pool, c->wire, c->turn);
	c->wire = NULL;
}

/* When the command that begins now is over. */
static int64_t
call_until(const struct redis_call *c)
{
	int64_t own_ms = pool_until(c->each_ms);

	return c->each_ms > 0 && own_ms < c->until_ms ? own_ms : c->until_ms;
}

static void
call_drop(struct redis_call *c)
{
	redis_wire_close(&c->wire);
	pool_give(c->pool, NULL, c->turn);
}

/* A connection of the pool (*reused), or a new one. */
static bool
call_connect(struct redis_call *c, bool *reused)
{
	char why[STORE_WHY_MAX];
	bool open;

	*reused = true;
	if (c->wire != NULL)
		return true;
	c->wire = pool_take(c->pool, c->until_ms, &open, &c->turn);
	if (c->wire != NULL || !open)
		return c->wire != NULL; /* all are busy: that is no loss */
	*reused = false;
	c->wire = connection_new(c->pool, call_until(c), why);
	if (c->wire != NULL)
		return true;
	pool_give(c->pool, NULL, c->turn);
	pool_lose(c->pool, why);
	return false;
}

/*
 * Runs one command; false when Redis is lost or says no. An idle connection
 * may have died since it was used (Redis was restarted), so that the first
 * failure on one is tried again on a new one; all that within the time that
 * the call has.
 */
bool
redis_call_run(struct redis_call *c, const struct span *argv, size_t argc)
{
	char why[STORE_WHY_MAX];
	enum redis_came came;
	bool reused;

	do {
		if (!call_connect(c, &reused))
			return false;
		came = redis_wire_command_join(
		    c->wire, argv, argc, call_until(c), &c->reply);
		if (came == REDIS_CAME && c->reply.kind != REDIS_ERROR)
			return true;
		if (came == REDIS_CAME)
			break;
		(void)snprintf(
		    why, sizeof(why), "%s", redis_wire_why(c->wire, came));
		call_drop(c);
		if (came == REDIS_BROKEN && reused)
			pool_clear(c->pool);
	} while (came == REDIS_BROKEN && reused);
	if (came == REDIS_CAME)
		(void)snprintf(why, sizeof(why), "it refuses: %.*s",
		    (int)(c->reply.text.n < 150 ? c->reply.text.n : 150),
		    c->reply.text.p);
	pool_lose(c->pool, why);
	return false;
}

void
redis_call_strange(struct redis_call *c)
{
	if (c->wire != NULL)
		call_drop(c);
	pool_lose(c->pool, "what it answers is not what was asked");
}

/* ---- recovery ------------------------------------------------------------ */

/* False: the store is being closed. */
static bool
pool_sleep(struct redis_pool *p)
{
	struct timespec until;
	bool on;

	deadline_of(&until, pool_until(p->options.store.retry_ms == 0
					   ? RETRY_MS
					   : p->options.store.retry_ms));
	(void)pthread_mutex_lock(&p->lock);
	while (!p->stop &&
	       pthread_cond_timedwait(&p->freed, &p->lock, &until) != ETIMEDOUT)
		;
	on = !p->stop;
	(void)pthread_mutex_unlock(&p->lock);
	return on;
}

/*
 * Whether it does what we need: a PING is answered by one that is full, a
 * replica that takes no changes, or that forbids us scripts.
 */
static bool
pool_probe(struct redis_pool *p, char why[STORE_WHY_MAX])
{
	int64_t until_ms = pool_until(p->options.store.timeout_ms);
	struct redis_wire *w = connection_new(p, until_ms, why);
	bool works =
	    w != NULL && redis_say_join(w, p->options.probe,
			     p->options.probe_count, until_ms, "a change", why);

	redis_wire_close(&w);
	return works;
}

/*
 * Finds it anew, for its name may have moved, or another one's turn may have
 * come: the first that does what we need. why: of the last that does not.
 */
static bool
pool_find(struct redis_pool *p, char why[STORE_WHY_MAX])
{
	for (size_t i = 0; i < redis_find_count(&p->address); i++) {
		struct redis_target target;

		if (!redis_find_join(&p->address, p->tls, i,
			p->options.store.timeout_ms, &target, why))
			continue;
		(void)pthread_mutex_lock(&p->lock);
		p->target = target;
		(void)pthread_mutex_unlock(&p->lock);
		if (pool_probe(p, why))
			return true;
	}
	return false;
}

static void *
pool_thread(void *engine)
{
	struct redis_pool *p = engine;
	char why[STORE_WHY_MAX];

	while (pool_sleep(p)) {
		if (!atomic_load(&p->lost) || !pool_find(p, why))
			continue;
		pool_clear(p); /* what began before led elsewhere */
		atomic_store(&p->lost, false);
		pool_alert(p, KEY_WORKS, "it answers again");
	}
	return NULL;
}

/* ---- opening ------------------------------------------------------------- */

static void
pool_free(struct redis_pool *p)
{
	pool_clear(p);
	redis_tls_context_free(&p->tls);
	store_url_free(&p->address);
	(void)pthread_cond_destroy(&p->freed);
	(void)pthread_mutex_destroy(&p->lock);
	free(p);
}

void
redis_pool_close(struct redis_pool **pp)
{
	struct redis_pool *p = *pp;

	*pp = NULL;
	(void)pthread_mutex_lock(&p->lock);
	p->stop = true;
	(void)pthread_cond_broadcast(&p->freed);
	(void)pthread_mutex_unlock(&p->lock);
	(void)pthread_join(p->thread, NULL);
	pool_free(p);
}

static struct redis_pool *
pool_new(const struct redis_pool_options *o)
{
	struct redis_pool *p = xcalloc(1, sizeof(*p));
	pthread_condattr_t monotonic;

	p->options = *o;
	(void)pthread_mutex_init(&p->lock, NULL);
	(void)pthread_condattr_init(&monotonic);
	(void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&p->freed, &monotonic);
	(void)pthread_condattr_destroy(&monotonic);
	return p;
}

static const char *
text_or_none(const char *text)
{
	return text == NULL ? "" : text;
}

static bool
pool_trust(struct redis_pool *p, char why[STORE_WHY_MAX])
{
	const struct store_options *o = &p->options.store;
	char reason[REDIS_TLS_WHY_MAX];

	if (!p->address.tls)
		return true;
	p->tls = redis_tls_context_new(text_or_none(o->ca),
	    text_or_none(o->certificate), text_or_none(o->key), reason);
	(void)snprintf(why, STORE_WHY_MAX, "store: %.200s", reason);
	return p->tls != NULL;
}

/* The first line of the file, in place of what the URL says. */
static bool
pool_password(struct redis_pool *p, char why[STORE_WHY_MAX])
{
	const char *path = text_or_none(p->options.store.password_file),
		   *reason;
	struct arena *a;
	struct span text, line;
	bool ok;

	if (path[0] == '\0')
		return true;
	a = arena_new();
	ok = file_read(path, PASSWORD_MAX, a, &text, &reason);
	if (!ok) {
		(void)snprintf(
		    why, STORE_WHY_MAX, "store.password-file: %.200s", reason);
	} else if (span_cut(&text, '\n', &line)) {
		free(p->address.password);
		p->address.password = xmalloc(line.n + 1);
		(void)memcpy(p->address.password, line.p, line.n);
		p->address.password[line.n] = '\0';
	}
	arena_free(&a);
	return ok;
}

struct redis_pool *
redis_pool_open(const struct redis_pool_options *o, char why[STORE_WHY_MAX])
{
	struct redis_pool *p = pool_new(o);

	if (!store_url_read(o->store.where, &p->address, p->where, why) ||
	    !pool_password(p, why) || !pool_trust(p, why)) {
		pool_free(p);
		return NULL;
	}
	if (!pool_find(p, why))
		pool_lose(p, why);
	if (thread_start(&p->thread, pool_thread, p))
		return p;
	(void)snprintf(why, STORE_WHY_MAX, "the store's thread can't start");
	pool_free(p);
	return NULL;
}

bool
redis_pool_lost(struct redis_pool *p)
{
	return atomic_load(&p->lost);
}
