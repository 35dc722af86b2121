/*
 * What remembering costs: greylist and limit decisions a second and how long
 * one takes, by engine and number of threads, and the memory of a million
 * greylist entries. The decisions are the store's part of them, with changes
 * like those of policy/memory/greylist.c and policy/memory/limit.c.
 *
 *   make tests/bench/state_bench && tests/bench/state_bench [REDIS-URL]
 */
#include "config.h"

#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "policy/store/store.h"
#include "rules/base/panic.h"

#define ENTRIES   1000000
#define DECISIONS 200000
#define THREADS   4
#define NOW       INT64_C(1767225600)

static double
now_s(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double
memory_mb(void)
{
	struct mallinfo2 m = mallinfo2();

	return (double)(m.uordblks + m.hblkhd) / 1e6;
}

/* As long as keys are in practice: 68 octets. */
static struct span
key_grey(unsigned i, char room[128])
{
	return span_make(
	    room, (size_t)snprintf(room, 128,
		      "grey:n:203.%u.%u.0/24|sender.number#@mail%u.example|"
		      "user%u@here.example",
		      i / 65536 % 256, i / 256 % 256, i % 9973, i % 211));
}

static struct span
key_limit(unsigned i, char room[128])
{
	return span_make(
	    room, (size_t)snprintf(room, 128,
		      "limit:auth.user:500c/60s+500|user%u", i % 20000));
}

static void
change_grey(void *ctx, struct store_record *r)
{
	(void)ctx;
	if (r->count != 2)
		*r = (struct store_record){ .count = 2,
			.number = { NOW, 0 },
			.expires_s = NOW + 172800 };
	r->number[1]++;
}

static void
change_limit(void *ctx, struct store_record *r)
{
	(void)ctx;
	if (r->count != 1)
		*r = (struct store_record){ .count = 1,
			.number = { NOW * 1000000 } };
	r->number[0] += 120000;
	r->expires_s = NOW + 120;
}

struct load {
	struct store *store;
	unsigned first, count;
	double worst_us;
	unsigned slow; /* above a millisecond */
};

static void *
load_run(void *ctx)
{
	struct load *l = ctx;
	char room[128];

	for (unsigned i = l->first; i < l->first + l->count; i++) {
		/* Spread over all entries, in no order. */
		unsigned at = i * 2654435761U % ENTRIES;
		double begin = now_s(), us;

		if (i % 2 == 0)
			(void)store_update(l->store, (struct ip){ 0 },
			    key_grey(at, room), NOW, change_grey, NULL);
		else
			(void)store_update(l->store, (struct ip){ 0 },
			    key_limit(at, room), NOW, change_limit, NULL);
		us = (now_s() - begin) * 1e6;
		if (us > l->worst_us)
			l->worst_us = us;
		l->slow += us > 1000;
	}
	return NULL;
}

static void
bench_threads(
    const char *name, struct store *s, unsigned threads, unsigned count)
{
	struct load load[THREADS] = { { 0 } };
	pthread_t thread[THREADS];
	double begin = now_s(), took, worst = 0;
	unsigned slow = 0;

	for (unsigned i = 0; i < threads; i++) {
		load[i] = (struct load){ s, i * count, count, 0, 0 };
		if (pthread_create(&thread[i], NULL, load_run, &load[i]) != 0)
			panic("no thread");
	}
	for (unsigned i = 0; i < threads; i++) {
		(void)pthread_join(thread[i], NULL);
		worst = load[i].worst_us > worst ? load[i].worst_us : worst;
		slow += load[i].slow;
	}
	took = now_s() - begin;
	(void)printf("%-8s %u threads  %9.0f decisions/s  %6.1f us each  worst "
		     "%7.0f us, %u of %u above 1 ms\n",
	    name, threads, (double)threads * count / took, took * 1e6 / count,
	    worst, slow, threads * count);
}

static void
bench_fill(struct store *s)
{
	double before = memory_mb(), begin = now_s();
	char room[128];

	for (unsigned i = 0; i < ENTRIES; i++)
		(void)store_update(s, (struct ip){ 0 }, key_grey(i, room), NOW,
		    change_grey, NULL);
	(void)printf("         %d greylist entries: %.0f MB, %.1f s\n", ENTRIES,
	    memory_mb() - before, now_s() - begin);
}

static struct store *
bench_open(enum store_engine_kind engine, const char *where)
{
	static struct clock_fixed still = { NOW, 0 };
	struct store_options o = { .engine = engine,
		.where = where,
		.entries_max = 4 * ENTRIES,
		.timeout_ms = 200,
		.clock = clock_of_fixed(&still) };
	char why[STORE_WHY_MAX];
	struct store *s = store_open(&o, why);

	if (s == NULL)
		panic("%s", why);
	return s;
}

static void
bench_sqlite(void)
{
	char dir[] = "/tmp/state-bench-XXXXXX", path[64], line[96];
	struct store *s;
	double begin;

	if (mkdtemp(dir) == NULL)
		panic("no directory");
	(void)snprintf(path, sizeof(path), "%s/state.db", dir);
	s = bench_open(STORE_SQLITE, path);
	bench_fill(s);
	bench_threads("sqlite", s, 1, DECISIONS);
	bench_threads("sqlite", s, THREADS, DECISIONS);
	begin = now_s();
	store_close(&s);
	(void)printf(
	    "         written to the end after %.1f s more\n", now_s() - begin);
	begin = now_s();
	s = bench_open(STORE_SQLITE, path);
	(void)printf("         read again in %.1f s\n", now_s() - begin);
	store_close(&s);
	(void)snprintf(line, sizeof(line), "rm -rf %s", dir);
	if (system(line) != 0)
		panic("%s", line);
}

int
main(int argc, char **argv)
{
	struct store *s = bench_open(STORE_MEMORY, "");

	bench_fill(s);
	bench_threads("memory", s, 1, DECISIONS);
	bench_threads("memory", s, THREADS, DECISIONS);
	store_close(&s);
	bench_sqlite();
	if (argc < 2)
		return 0;
	s = bench_open(STORE_REDIS, argv[1]);
	bench_threads("redis", s, 1, DECISIONS / 10);
	bench_threads("redis", s, THREADS, DECISIONS / 10);
	store_close(&s);
	return 0;
}
