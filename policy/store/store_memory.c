/*
 * The engine that keeps everything in memory and nothing beyond the process:
 * tests, cases, and hosts that want no file. Without a thread of its own,
 * expired entries go as others come.
 */
#include "config.h"

#include "policy/store/store_table.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "rules/base/panic.h"

struct memory {
	struct store_table *table;
	atomic_uint turn;
};

/* Every so many changes a slice of one shard is swept. */
#define TURNS_A_SWEEP 256U

static bool
memory_update(void *engine, uint16_t group, struct span key, int64_t now_s,
    store_change *change, void *ctx)
{
	struct memory *m = engine;
	unsigned turn = atomic_fetch_add(&m->turn, 1);

	store_table_update(m->table, group, key, now_s, change, ctx);
	if (turn % TURNS_A_SWEEP == 0)
		store_table_expire(
		    m->table, turn / TURNS_A_SWEEP % STORE_SHARDS, now_s);
	return true;
}

static bool
memory_get(
    void *engine, struct span key, int64_t now_s, struct store_record *out)
{
	struct memory *m = engine;

	store_table_get(m->table, key, now_s, out);
	return true;
}

static bool
memory_each(void *engine, struct span prefix, int64_t now_s, store_visit *visit,
    void *ctx)
{
	struct memory *m = engine;

	store_table_each(m->table, prefix, now_s, visit, ctx);
	return true;
}

static bool
memory_flush(void *engine)
{
	(void)engine;
	return true;
}

static void
memory_figures(void *engine, struct store_figures *out)
{
	struct memory *m = engine;

	out->entries = store_table_count(m->table);
	out->evicted = store_table_evicted(m->table);
}

static void
memory_close(void *engine)
{
	struct memory *m = engine;

	store_table_free(&m->table);
	free(m);
}

void *
store_memory_open(const struct store_options *o, char why[STORE_WHY_MAX])
{
	struct memory *m = xcalloc(1, sizeof(*m));

	(void)why;
	m->table = store_table_new(o->entries_max, false);
	return m;
}

const struct store_engine store_engine_memory = {
	.name = "memory",
	.update = memory_update,
	.get = memory_get,
	.each = memory_each,
	.flush = memory_flush,
	.figures = memory_figures,
	.close = memory_close,
};
