/*
 * The engine that several hosts share.
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

#include "policy/store/redis_pool.h"
#include "policy/store/store_table.h"
#include "policy/store/store_text.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/panic.h"

#define EACH_MS     10000 /* for all rounds of a walk */
#define EACH_ROUNDS 100000
#define EACH_KEYS   ((size_t)500) /* whose values are asked for at once */
#define KEY_PREFIX  "verdict:"

/* KEYS[1] key, ARGV[1] what was read, [2] new value or "", [3] seconds. */
#define SCRIPT                                                         \
	"local v = redis.call('GET', KEYS[1]) or '' "                  \
	"if v ~= ARGV[1] then return v end "                           \
	"if ARGV[2] == '' then redis.call('DEL', KEYS[1]) "            \
	"else redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3]) end " \
	"return 1"

struct shared {
	struct redis_pool *pool;
	struct store_table *local; /* NULL: nothing while Redis is lost */
	int64_t timeout_ms, each_ms;
	atomic_uint_fast64_t refused;
};

static bool
call_is_over(const struct redis_call *c)
{
	return clock_system.monotonic_ms(clock_system.ctx) >= c->until_ms;
}

/* ---- entries ------------------------------------------------------------- */

static struct span
key_make(struct span key, char out[sizeof(KEY_PREFIX) + STORE_KEY_MAX])
{
	(void)memcpy(out, KEY_PREFIX, sizeof(KEY_PREFIX) - 1);
	(void)memcpy(out + sizeof(KEY_PREFIX) - 1, key.p, key.n);
	return span_make(out, sizeof(KEY_PREFIX) - 1 + key.n);
}

/* The value that a reply shows, "" for none. */
static void
value_read(const struct redis_reply *r, char *room, size_t *n)
{
	*n =
	    r->kind == REDIS_TEXT && r->text.n < STORE_TEXT_MAX ? r->text.n : 0;
	if (*n > 0)
		(void)memcpy(room, r->text.p, *n);
}

/* Reads into room; false when Redis is lost. */
static bool
entry_fetch(struct redis_call *c, struct span key, char *room, size_t *n)
{
	const struct span argv[] = { SPAN("GET"), key };

	if (!redis_call_run(c, argv, ARRAY_COUNT(argv)))
		return false;
	if (c->reply.kind != REDIS_TEXT && c->reply.kind != REDIS_NIL) {
		redis_call_strange(c);
		return false;
	}
	value_read(&c->reply, room, n);
	return true;
}

/*
 * Writes unless somebody else has changed it since: then *written is false
 * and room holds what stands there now.
 */
static bool
entry_swap(struct redis_call *c, struct span key, char *room, size_t *n,
    struct span value, int64_t ttl_s, bool *written)
{
	char ttl[24];
	struct span argv[] = { SPAN("EVAL"), SPAN(SCRIPT), SPAN("1"), key,
		span_make(room, *n), value, SPAN("") };

	(void)snprintf(ttl, sizeof(ttl), "%" PRId64, ttl_s < 1 ? 1 : ttl_s);
	argv[6] = span_of(ttl);
	if (!redis_call_run(c, argv, ARRAY_COUNT(argv)))
		return false;
	*written = c->reply.kind == REDIS_NUMBER && c->reply.number == 1;
	if (!*written && c->reply.kind != REDIS_TEXT) {
		redis_call_strange(c);
		return false;
	}
	if (!*written)
		value_read(&c->reply, room, n);
	return true;
}

static bool
shared_lost_update(struct shared *s, uint16_t group, struct span key,
    int64_t now_s, store_change *change, void *ctx)
{
	(void)atomic_fetch_add(&s->refused, 1);
	if (s->local == NULL)
		return false;
	store_table_update(s->local, group, key, now_s, change, ctx);
	return true;
}

/*
 * Of those who change one entry at a time somebody always wins, so this comes
 * to an end: with the time that a call has, at the latest. *lost: Redis is.
 */
static bool
call_update(struct redis_call *c, struct span full, int64_t now_s,
    store_change *change, void *ctx, bool *lost)
{
	char before[STORE_TEXT_MAX] = "", after[STORE_TEXT_MAX] = "";
	bool written = false;
	size_t n = 0;

	*lost = !entry_fetch(c, full, before, &n);
	while (!*lost && !written && !call_is_over(c)) {
		struct store_record r;
		struct span value;

		if (!store_text_read(span_make(before, n), &r) ||
		    r.expires_s <= now_s)
			r = (struct store_record){ 0 };
		change(ctx, &r);
		value = span_make(after, store_text_write(&r, after));
		if (value.n == n && memcmp(after, before, n) == 0)
			return true;
		*lost = !entry_swap(
		    c, full, before, &n, value, r.expires_s - now_s, &written);
	}
	return written;
}

static bool
shared_update(void *engine, uint16_t group, struct span key, int64_t now_s,
    store_change *change, void *ctx)
{
	struct shared *s = engine;
	struct redis_call c = redis_call_begin(s->pool, s->timeout_ms);
	char name[sizeof(KEY_PREFIX) + STORE_KEY_MAX];
	bool lost = redis_pool_lost(s->pool), done = false;

	if (!lost)
		done = call_update(
		    &c, key_make(key, name), now_s, change, ctx, &lost);
	redis_call_end(&c);
	return lost ? shared_lost_update(s, group, key, now_s, change, ctx)
		    : done;
}

static bool
shared_get(
    void *engine, struct span key, int64_t now_s, struct store_record *out)
{
	struct shared *s = engine;
	struct redis_call c = redis_call_begin(s->pool, s->timeout_ms);
	char name[sizeof(KEY_PREFIX) + STORE_KEY_MAX], value[STORE_TEXT_MAX];
	size_t n = 0;
	bool found = !redis_pool_lost(s->pool) &&
		     entry_fetch(&c, key_make(key, name), value, &n);

	redis_call_end(&c);
	if (found) {
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

/* ---- walking ------------------------------------------------------------- */

struct walk {
	struct redis_call call;
	struct span prefix;
	int64_t now_s;
	store_visit *visit;
	void *ctx;
	struct arena *arena; /* of one round's keys */
	struct span *argv;   /* MGET and keys, with our prefix */
	size_t argc;
	bool on;
};

/* The entries of the keys that were gathered. */
static bool
walk_visit(struct walk *w)
{
	size_t skip = sizeof(KEY_PREFIX) - 1;

	if (w->argc == 1)
		return true;
	if (!redis_call_run(&w->call, w->argv, w->argc))
		return false;
	if (w->call.reply.kind != REDIS_LIST ||
	    w->call.reply.count != w->argc - 1) {
		redis_call_strange(&w->call);
		return false;
	}
	for (size_t i = 1; i < w->argc && w->on; i++) {
		struct store_record r;

		if (store_text_read(w->call.reply.item[i - 1].text, &r) &&
		    r.expires_s > w->now_s)
			w->on = w->visit(w->ctx,
			    span_slice(w->argv[i], skip, w->argv[i].n), &r);
	}
	w->argc = 1;
	return true;
}

/* The keys of one SCAN. They outlive its reply in the arena. */
static bool
walk_page(struct walk *w, const struct redis_reply *keys)
{
	size_t count = keys->count;
	struct span *key;

	arena_reset(w->arena);
	key = arena_array(w->arena, count + 1, sizeof(*key));
	for (size_t i = 0; i < count; i++)
		key[i] = arena_dup(w->arena, keys->item[i].text);
	w->argv = arena_array(w->arena, EACH_KEYS + 1, sizeof(*w->argv));
	w->argv[0] = SPAN("MGET");
	w->argc = 1;
	for (size_t i = 0; i < count && w->on; i++) {
		struct span name =
		    span_slice(key[i], sizeof(KEY_PREFIX) - 1, key[i].n);

		if (!span_starts(key[i], SPAN(KEY_PREFIX)) ||
		    !span_starts(name, w->prefix) || name.n > STORE_KEY_MAX)
			continue;
		w->argv[w->argc++] = key[i];
		if (w->argc > EACH_KEYS && !walk_visit(w))
			return false;
	}
	return walk_visit(w);
}

/*
 * One round; false when it failed. The cursor is Redis's to choose, and a
 * server may go round for ever: the walk has an end of its own.
 */
static bool
walk_round(struct walk *w, char cursor[32])
{
	const struct span argv[] = { SPAN("SCAN"), span_of(cursor),
		SPAN("MATCH"), SPAN(KEY_PREFIX "*"), SPAN("COUNT"),
		SPAN("1000") };
	const struct redis_reply *r = &w->call.reply;

	if (redis_pool_lost(w->call.pool) ||
	    !redis_call_run(&w->call, argv, ARRAY_COUNT(argv)))
		return false;
	if (r->kind != REDIS_LIST || r->count != 2 ||
	    r->item[0].kind != REDIS_TEXT || r->item[0].text.n >= 32 ||
	    r->item[1].kind != REDIS_LIST) {
		redis_call_strange(&w->call);
		return false;
	}
	(void)memcpy(cursor, r->item[0].text.p, r->item[0].text.n);
	cursor[r->item[0].text.n] = '\0';
	return walk_page(w, &r->item[1]);
}

static bool
shared_each(void *engine, struct span prefix, int64_t now_s, store_visit *visit,
    void *ctx)
{
	struct shared *s = engine;
	struct walk w = { .call = redis_call_begin(s->pool, s->each_ms),
		.prefix = prefix,
		.now_s = now_s,
		.visit = visit,
		.ctx = ctx,
		.arena = arena_new(),
		.on = true };
	char cursor[32] = "0";
	unsigned rounds = 0;
	bool ok;

	do
		ok = !call_is_over(&w.call) && rounds++ < EACH_ROUNDS &&
		     walk_round(&w, cursor);
	while (ok && w.on && strcmp(cursor, "0") != 0);
	redis_call_end(&w.call);
	arena_free(&w.arena);
	return ok;
}

static bool
shared_flush(void *engine)
{
	const struct shared *s = engine;

	return !redis_pool_lost(s->pool);
}

static void
shared_figures(void *engine, struct store_figures *out)
{
	struct shared *s = engine;

	out->lost = redis_pool_lost(s->pool);
	out->refused = atomic_load(&s->refused);
	if (s->local != NULL)
		out->entries = store_table_count(s->local);
}

/* ---- opening ------------------------------------------------------------- */

static void
shared_close(void *engine)
{
	struct shared *s = engine;

	redis_pool_close(&s->pool);
	store_table_free(&s->local);
	free(s);
}

void *
store_redis_open(const struct store_options *o, char why[STORE_WHY_MAX])
{
	static const struct span probe[] = { SPAN_INIT("EVAL"),
		SPAN_INIT(SCRIPT), SPAN_INIT("1"),
		SPAN_INIT(KEY_PREFIX "|probe"), SPAN_INIT(""), SPAN_INIT("1 1"),
		SPAN_INIT("1") };
	const struct redis_pool_options options = { .store = *o,
		.lost_means = o->local ? "this host goes on with what it knows "
					 "itself"
				       : "greylisting and limits let mail by",
		.probe = probe,
		.probe_count = ARRAY_COUNT(probe) };
	struct redis_pool *pool = redis_pool_open(&options, why);
	struct shared *s;

	if (pool == NULL)
		return NULL;
	s = xcalloc(1, sizeof(*s));
	s->pool = pool;
	s->timeout_ms = o->timeout_ms;
	s->each_ms = o->each_ms == 0 ? EACH_MS : o->each_ms;
	if (o->local)
		s->local = store_table_new(o->entries_max, false);
	return s;
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
