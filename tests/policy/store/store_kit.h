#ifndef TESTS_POLICY_STORE_STORE_KIT_H
#define TESTS_POLICY_STORE_STORE_KIT_H

/* What tests of the store share: alerts that can be waited for, stores, a
 * directory, and what every engine does. Included once a test. */

#include "tests/kit/table.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/store/store.h"
#include "tests/kit/scratch.h"

#define NOW INT64_C(1767225600)

/* ---- alerts and stores --------------------------------------------------- */

struct alerts {
	pthread_mutex_t lock;
	pthread_cond_t told;
	unsigned count;
	char last[512];
	char keys[200];
};
#define ALERTS                                                                 \
	{                                                                      \
		PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, "", "" \
	}

static void
alert_note(void *ctx, const char *key, const char *text)
{
	struct alerts *a = ctx;

	assert_int_equal(strncmp(key, "store", 5), 0);
	(void)pthread_mutex_lock(&a->lock);
	a->count++;
	(void)strncat(a->keys, key, sizeof(a->keys) - strlen(a->keys) - 2);
	(void)strcat(a->keys, "\n");
	(void)snprintf(a->last, sizeof(a->last), "%s", text);
	(void)pthread_cond_broadcast(&a->told);
	(void)pthread_mutex_unlock(&a->lock);
}

/* Waits until the last alert says so; the test runner's patience is the bound.
 */
static void
alert_wait(struct alerts *a, const char *text)
{
	(void)pthread_mutex_lock(&a->lock);
	while (strstr(a->last, text) == NULL)
		(void)pthread_cond_wait(&a->told, &a->lock);
	(void)pthread_mutex_unlock(&a->lock);
}

static bool
alert_has(struct alerts *a, const char *text)
{
	bool has;

	(void)pthread_mutex_lock(&a->lock);
	has = strstr(a->last, text) != NULL;
	(void)pthread_mutex_unlock(&a->lock);
	return has;
}

static struct clock_fixed still = { NOW, 0 };

static struct store *
store_at(enum store_engine_kind engine, const char *where, bool local,
    struct alerts *alerts)
{
	struct store_options o = { .engine = engine,
		.where = where,
		.entries_max = 100000,
		.timeout_ms = 200,
		.local = local,
		.clock = clock_of_fixed(&still),
		.retry_ms = 1,
		.alert = alerts == NULL ? NULL : alert_note,
		.ctx = alerts };
	char why[STORE_WHY_MAX] = "";
	struct store *s = store_open(&o, why);

	if (s == NULL)
		(void)fprintf(stderr, "store_open: %s\n", why);
	return s;
}

static void
path_in(char out[128], const char *name)
{
	(void)snprintf(out, 128, "%s/%s", scratch, name);
}

/* ---- what every engine does ---------------------------------------------- */

enum operation { PUT, ADD, GET, REMOVE };

static const struct {
	const char *label;
	enum operation what;
	const char *key;
	int64_t at; /* behind NOW */
	int64_t number, lifetime;
	int64_t want; /* number[0] then; -1: none */
} steps[] = {
	{ "nothing is there at first", GET, "a", 0, 0, 0, -1 },
	{ "what was put is there", PUT, "a", 0, 7, 100, 7 },
	{ "other keys are not", GET, "ab", 0, 0, 0, -1 },
	{ "it is there until it expires", GET, "a", 99, 0, 0, 7 },
	{ "it is gone when it expires", GET, "a", 100, 0, 0, -1 },
	{ "adding makes an entry", ADD, "n", 0, 2, 50, 2 },
	{ "adding adds", ADD, "n", 10, 3, 50, 5 },
	{ "and does not lengthen its life", ADD, "n", 50, 1, 50, 1 },
	{ "removing removes", REMOVE, "n", 51, 0, 0, -1 },
	{ "removing nothing is fine", REMOVE, "n", 51, 0, 0, -1 },
	{ "a key may have blanks and umlauts", PUT, "b l\xc3\xa4nk", 0, 1, 9,
	    1 },
	{ "numbers may be negative", PUT, "minus", 0, -12345678901234, 9,
	    -12345678901234 },
	{ "a long key is kept by its hash", PUT,
	    "0123456789012345678901234567890123456789012345678901234567890123"
	    "0123456789012345678901234567890123456789012345678901234567890123"
	    "0123456789012345678901234567890123456789012345678901234567890123"
	    "0123456789012345678901234567890123456789012345678901234567890123",
	    0, 4, 9, 4 },
	{ "another one that begins so is another", GET,
	    "0123456789012345678901234567890123456789012345678901234567890123"
	    "0123456789012345678901234567890123456789012345678901234567890123"
	    "0123456789012345678901234567890123456789012345678901234567890123"
	    "01234567890123456789012345678901234567890123456789012345678901zz",
	    0, 0, 0, -1 },
};

static int64_t
step_run(struct store *s, size_t i)
{
	struct span key = span_of(steps[i].key);
	int64_t now_s = NOW + steps[i].at;
	struct store_record r = { .count = 3 };

	switch (steps[i].what) {
	case PUT:
		r.number[0] = steps[i].number;
		r.number[2] = 9;
		r.expires_s = now_s + steps[i].lifetime;
		assert_true(store_put(s, key, now_s, &r));
		break;
	case ADD:
		assert_true(store_add(
		    s, key, now_s, steps[i].lifetime, steps[i].number, NULL));
		break;
	case REMOVE:
		assert_true(store_remove(s, key, now_s));
		break;
	case GET:
		break;
	}
	assert_true(store_get(s, key, now_s, &r));
	return r.count == 0 ? -1 : r.number[0];
}

static bool
count_visit(void *ctx, struct span key, const struct store_record *r)
{
	(void)key;
	assert_true(r->count > 0);
	(*(unsigned *)ctx)++;
	return true;
}

static void
engine_steps(struct store *s, const char *engine)
{
	unsigned count = 0;
	char label[128];

	assert_non_null(s);
	for (size_t i = 0; i < ARRAY_COUNT(steps); i++) {
		(void)snprintf(
		    label, sizeof(label), "%s: %s", engine, steps[i].label);
		table_number(label, "number", step_run(s, i), steps[i].want);
	}
	assert_true(store_each(s, SPAN("minus"), NOW, count_visit, &count));
	table_number(engine, "entries with a prefix", count, 1);
	store_close(&s);
	table_end();
}

static void *
add_thousand(void *ctx)
{
	for (int i = 0; i < 1000; i++)
		assert_true(store_add(ctx, SPAN("together"), NOW, 60, 1, NULL));
	return NULL;
}

/* Four threads lose no change; returns the sum. */
static int64_t
add_together(struct store *s)
{
	pthread_t thread[4];
	struct store_record r;

	for (size_t i = 0; i < 4; i++)
		assert_int_equal(
		    pthread_create(&thread[i], NULL, add_thousand, s), 0);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_join(thread[i], NULL), 0);
	assert_true(store_get(s, SPAN("together"), NOW, &r));
	return r.number[0];
}

static int
store_kit_begin(void **state)
{
	(void)signal(SIGPIPE, SIG_IGN);
	return scratch_make(state);
}

#endif
