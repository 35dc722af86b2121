/*
 * The store as callers see it: which engine, keys of bounded length, and the
 * simple operations as changes.
 */
#include "config.h"

#include "policy/store/store.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/base/crowd.h"
#include "policy/base/sqlite_schema.h"
#include "rules/base/panic.h"

struct store {
	const struct store_engine *engine;
	void *state;
	struct clock clock;   /* zeroed: there is none to look at */
	pthread_mutex_t lock; /* of trust */
	struct clock_trust trust;
};

static const struct {
	const struct store_engine *engine;
	void *(*open)(const struct store_options *o, char why[STORE_WHY_MAX]);
} engines[] = {
	[STORE_SQLITE] = { &store_engine_sqlite, store_sqlite_open },
	[STORE_REDIS] = { &store_engine_redis, store_redis_open },
	[STORE_MEMORY] = { &store_engine_memory, store_memory_open },
};

struct store *
store_open(const struct store_options *from, char why[STORE_WHY_MAX])
{
	struct store_options o = *from;
	struct store *s;
	void *state;

	if (o.engine == STORE_SQLITE)
		o.last_s = sqlite_changed_s(o.where);
	state = engines[o.engine].open(&o, why);
	if (state == NULL)
		return NULL;
	s = xcalloc(1, sizeof(*s));
	s->engine = engines[o.engine].engine;
	s->state = state;
	s->clock = o.clock;
	if (s->clock.unix_s != NULL)
		clock_trust_begin(&s->trust, &s->clock, o.last_s);
	INVARIANT(pthread_mutex_init(&s->lock, NULL) == 0);
	return s;
}

struct store *
store_memory(void)
{
	const struct store_options o = { .engine = STORE_MEMORY,
		.entries_max = STORE_ENTRIES_MAX };
	char why[STORE_WHY_MAX];

	return store_open(&o, why);
}

void
store_close(struct store **sp)
{
	struct store *s = *sp;

	if (s == NULL)
		return;
	s->engine->close(s->state);
	(void)pthread_mutex_destroy(&s->lock);
	free(s);
	*sp = NULL;
}

bool
store_flush(struct store *s)
{
	return s->engine->flush(s->state);
}

/* ---- keys ---------------------------------------------------------------- */

void
store_key_add(struct buf *key, struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c > ' ' && c < 0x7f && c != '%' && c != '|')
			(void)buf_addc(key, (char)c);
		else
			(void)buf_printf(key, "%%%02X", c);
	}
}

/* What a key that is too long is kept as: its beginning and a hash. */
#define KEY_HASH_DIGITS ((size_t)32)

static struct span
key_bounded(struct span key, char room[STORE_KEY_MAX + 1])
{
	size_t keep = STORE_KEY_MAX - KEY_HASH_DIGITS - 1;

	if (key.n <= STORE_KEY_MAX)
		return key;
	(void)memcpy(room, key.p, keep);
	(void)snprintf(room + keep, KEY_HASH_DIGITS + 2, "~%016llx%016llx",
	    (unsigned long long)span_hash(key, 1),
	    (unsigned long long)span_hash(key, 2));
	return span_make(room, STORE_KEY_MAX);
}

/* ---- operations ---------------------------------------------------------- */

int64_t
store_time(struct store *s, int64_t now_s)
{
	int64_t ahead_s;

	if (s->clock.unix_s == NULL)
		return now_s;
	(void)pthread_mutex_lock(&s->lock);
	ahead_s = s->clock.unix_s(s->clock.ctx) -
		  clock_trusted_s(&s->trust, &s->clock);
	(void)pthread_mutex_unlock(&s->lock);
	return ahead_s > 0 ? now_s - ahead_s : now_s;
}

static bool
store_update_of(struct store *s, uint16_t group, struct span key, int64_t now_s,
    store_change *change, void *ctx)
{
	char room[STORE_KEY_MAX + 1];

	return s->engine->update(
	    s->state, group, key_bounded(key, room), now_s, change, ctx);
}

bool
store_update(struct store *s, struct ip client, struct span key, int64_t now_s,
    store_change *change, void *ctx)
{
	return store_update_of(s, crowd_group(client), key, now_s, change, ctx);
}

bool
store_get(
    struct store *s, struct span key, int64_t now_s, struct store_record *out)
{
	char room[STORE_KEY_MAX + 1];

	*out = (struct store_record){ 0 };
	return s->engine->get(s->state, key_bounded(key, room), now_s, out);
}

static void
change_put(void *ctx, struct store_record *r)
{
	*r = *(const struct store_record *)ctx;
}

bool
store_put(struct store *s, struct span key, int64_t now_s,
    const struct store_record *r)
{
	struct store_record copy = *r;

	return store_update_of(s, 0, key, now_s, change_put, &copy);
}

bool
store_remove(struct store *s, struct span key, int64_t now_s)
{
	struct store_record none = { 0 };

	return store_update_of(s, 0, key, now_s, change_put, &none);
}

struct addition {
	int64_t add, expires_s, sum;
};

static void
change_add(void *ctx, struct store_record *r)
{
	struct addition *a = ctx;

	if (r->count == 0) {
		*r = (struct store_record){ .count = 1 };
		r->expires_s = a->expires_s;
	}
	r->number[0] += a->add;
	a->sum = r->number[0];
}

bool
store_add(struct store *s, struct span key, int64_t now_s, int64_t lifetime_s,
    int64_t add, int64_t *sum)
{
	struct addition a = { .add = add, .expires_s = now_s + lifetime_s };

	if (!store_update_of(s, 0, key, now_s, change_add, &a))
		return false;
	if (sum != NULL)
		*sum = a.sum;
	return true;
}

bool
store_each(struct store *s, struct span prefix, int64_t now_s,
    store_visit *visit, void *ctx)
{
	return s->engine->each(s->state, prefix, now_s, visit, ctx);
}

void
store_figures(struct store *s, struct store_figures *out)
{
	*out = (struct store_figures){ .engine = s->engine->name };
	s->engine->figures(s->state, out);
}
