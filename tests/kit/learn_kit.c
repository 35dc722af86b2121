/*
 * Made-up mail for the learner.
 */
#include "config.h"

#include "tests/kit/learn_kit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "rules/base/panic.h"

#define WORDS      3000 /* of each topic, and of all */
#define OF_TOPIC   220
#define OF_ALL     180
#define FRESH_SEED 900000

/* ---- messages ------------------------------------------------------------ */

static uint32_t
kit_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)(*state >> 33);
}

static int
kit_compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Word number n of a vocabulary, anywhere in the table. */
static uint32_t
kit_word(unsigned vocabulary, uint32_t n)
{
	return (vocabulary * WORDS + n) * 2654435761U % LEARN_SIZE;
}

struct learn_features
learn_kit_mail(struct learn_kit *k, enum learn_topic topic, unsigned seed)
{
	uint64_t state = seed * 3U + (unsigned)topic + 1;
	uint32_t *index =
	    arena_array(k->arena, OF_TOPIC + OF_ALL, sizeof(*index));
	struct learn_features f = { .index = index };
	size_t count = 0;

	for (size_t i = 0; i < OF_TOPIC; i++)
		index[count++] =
		    kit_word((unsigned)topic, kit_random(&state) % WORDS);
	for (size_t i = 0; i < OF_ALL; i++)
		index[count++] = kit_word(9, kit_random(&state) % WORDS);
	qsort(index, count, sizeof(*index), kit_compare);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || index[i] != index[f.count - 1])
			index[f.count++] = index[i];
	/* All of it is head. */
	f.head = f.index;
	f.head_count = f.count;
	return f;
}

struct span
learn_kit_pack(struct learn_kit *k, const struct learn_features *f)
{
	struct span out;
	struct buf b;

	buf_init(&b, LEARN_SAMPLE_MAX);
	INVARIANT(learn_pack(f, &b));
	out = arena_dup(k->arena, buf_span(&b));
	buf_free(&b);
	return out;
}

/* ---- the learner --------------------------------------------------------- */

static void
kit_alert(void *ctx, const char *key, const char *text)
{
	struct learn_kit *k = ctx;
	size_t n = strlen(k->alerts);

	(void)snprintf(
	    k->alerts + n, sizeof(k->alerts) - n, "%s: %s\n", key, text);
}

static void
kit_start(struct learn_kit *k)
{
	k->learner = learner_new(&(const struct learner_options){
	    .dir = k->directory,
	    .clock = clock_of_fixed(&k->time),
	    .alert = kit_alert,
	    .ctx = k,
	    /* Only when it is asked. */
	    .pause_ms = INT64_C(3600) * 1000,
	});
	INVARIANT(learner_train_join(k->learner, false));
}

void
learn_kit_begin(struct learn_kit *k)
{
	*k = (struct learn_kit){ .time = { .unix_s = LEARN_KIT_TIME } };
	k->arena = arena_new();
	(void)strcpy(k->directory, "/tmp/learn_kit.XXXXXX");
	INVARIANT(mkdtemp(k->directory) != NULL);
	kit_start(k);
}

void
learn_kit_restart_after(struct learn_kit *k, int64_t written_s)
{
	const struct timespec at[2] = { { .tv_sec = (time_t)written_s },
		{ .tv_sec = (time_t)written_s } };

	learner_free(&k->learner);
	/* It is not there where a test takes the directory away. */
	(void)utimensat(AT_FDCWD,
	    arena_printf(k->arena, "%s/learned.db", k->directory), at, 0);
	kit_start(k);
}

void
learn_kit_restart(struct learn_kit *k)
{
	learn_kit_restart_after(k, k->time.unix_s);
}

void
learn_kit_end(struct learn_kit *k)
{
	char command[100];

	learner_free(&k->learner);
	arena_free(&k->arena);
	(void)snprintf(command, sizeof(command), "rm -rf %s", k->directory);
	INVARIANT(system(command) == 0);
}

uint64_t
learn_kit_key(const struct learn_kit *k)
{
	uint64_t key = 0;

	(void)learner_key(k->learner, &key);
	return key;
}

enum lesson_answer
learn_kit_teach(struct learn_kit *k, enum learn_topic topic, unsigned seed,
    bool spam, const char *who)
{
	struct learn_features f = learn_kit_mail(k, topic, seed);

	return learner_teach(k->learner, &(const struct lesson){ .id = SPAN(""),
					     .features = learn_kit_pack(k, &f),
					     .key = learn_kit_key(k),
					     .who = span_of(who),
					     .spam = spam });
}

void
learn_kit_both(
    struct learn_kit *k, unsigned seed, unsigned count, const char *who)
{
	for (unsigned i = seed; i < seed + count; i++) {
		(void)learn_kit_teach(k, TOPIC_HAM, i, false, who);
		(void)learn_kit_teach(k, TOPIC_SPAM, i, true, who);
	}
}

void
learn_kit_import(struct learn_kit *k, enum learn_topic topic, unsigned seed,
    bool spam, const char *who, int64_t time_s)
{
	struct learn_features f = learn_kit_mail(k, topic, seed);
	struct learn_sample s = { .spam = spam,
		.time_s = time_s,
		.who = span_of(who),
		.id = SPAN(""),
		.features = learn_kit_pack(k, &f) };

	learn_sample_key(s.features, s.key);
	INVARIANT(learner_import(k->learner, &s) == LESSON_DONE);
}

const char *
learn_kit_keep(
    struct learn_kit *k, enum learn_topic topic, unsigned seed, bool good)
{
	struct learn_features f = learn_kit_mail(k, topic, seed);
	const char *id = arena_printf(k->arena, "kept%u", seed);

	learner_keep(k->learner, (struct ip){ 0 }, learn_kit_key(k),
	    &(const struct learn_kept){
		.id = span_of(id), .time_s = k->time.unix_s, .good = good },
	    &f);
	learner_flush_join(k->learner);
	return id;
}

size_t
learn_kit_spam(struct learn_kit *k, enum learn_topic topic, unsigned count)
{
	struct learned *model = learner_model(k->learner);
	size_t spam = SIZE_MAX;

	if (model != NULL && learn_enough(model->spam, model->ham)) {
		spam = 0;
		for (unsigned i = 0; i < count; i++) {
			struct learn_features f =
			    learn_kit_mail(k, topic, FRESH_SEED + i);

			spam += learn_score(model->weights, &f) > 0 ? 1 : 0;
		}
	}
	learned_unref(&model);
	return spam;
}

const struct learn_teacher *
learn_kit_teacher(struct learn_kit *k, const char *who)
{
	const struct learn_teacher *t;
	size_t count = learner_teachers(k->learner, k->arena, &t);

	for (size_t i = 0; i < count; i++)
		if (strcmp(t[i].who, who) == 0)
			return &t[i];
	return NULL;
}
