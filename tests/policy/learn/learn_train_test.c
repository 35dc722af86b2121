/*
 * Learning from where it was: the same model, bit for bit, as from the
 * beginning, and less to read.
 */
#include "config.h"

#include "tests/kit/table.h"

#include <string.h>

#include "policy/learn/learn_train.h"
#include "tests/kit/learn_kit.h"

/* Between two lessons: less than LEARN_TAIL_S. */
#define STEP_S 60

struct world {
	struct learn_kit kit;
	struct learn_db *db;
	struct learn_course *course;
	unsigned taught;
	uint64_t read, count; /* by the last training; all samples */
};

static void
world_begin(struct world *w)
{
	char why[SQLITE_WHY_MAX];
	bool renewed;

	*w = (struct world){ .course = learn_course_new() };
	learn_kit_begin(&w->kit);
	w->db = learn_db_open(
	    arena_printf(w->kit.arena, "%s/learned.db", w->kit.directory), 0,
	    false, &renewed, why);
	assert_non_null(w->db);
}

static void
world_end(struct world *w)
{
	learn_db_close(&w->db);
	learn_course_free(&w->course);
	learn_kit_end(&w->kit);
}

static const char *
world_teacher(struct world *w, unsigned n)
{
	return n % 3 == 0 ? "" : arena_printf(w->kit.arena, "user%u", n % 25);
}

/* So many more, one a minute; a twentieth is wrong. */
static void
world_teach(struct world *w, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		unsigned n = w->taught++;
		enum learn_topic topic = n % 2 == 0 ? TOPIC_HAM : TOPIC_SPAM;

		learn_kit_import(&w->kit, topic, n,
		    (topic == TOPIC_SPAM) != (n % 20 == 7), world_teacher(w, n),
		    LEARN_KIT_TIME + (int64_t)n * STEP_S);
	}
}

static bool
streams_equal(const struct learn_stream *a, const struct learn_stream *b)
{
	struct learn_stream x = *a, y = *b;

	x.model = y.model = NULL;
	x.mark = y.mark = NULL;
	return memcmp(&x, &y, sizeof(x)) == 0 &&
	       memcmp(a->model, b->model, sizeof(*a->model)) == 0;
}

static bool
teachers_equal(const struct learn_training *a, const struct learn_training *b)
{
	if (a->teacher_count != b->teacher_count)
		return false;
	for (size_t i = 0; i < a->teacher_count; i++) {
		const struct learn_teacher *x = &a->teacher[i];
		const struct learn_teacher *y = &b->teacher[i];

		if (strcmp(x->who, y->who) != 0 || x->judged != y->judged ||
		    x->agreed != y->agreed || x->left_out != y->left_out ||
		    x->trust < y->trust || x->trust > y->trust)
			return false;
	}
	return true;
}

/* From where it was, and from the beginning. */
static void
expect_same(struct world *w, const char *label)
{
	struct learn_course *fresh = learn_course_new();
	struct learn_training some, all;
	struct arena *a = arena_new();
	const char *why = "";

	if (!learn_train(w->db, 0, w->course, a, &some, &why) ||
	    !learn_train(w->db, 0, fresh, a, &all, &why))
		table_fail(label, "no model: %s", why);
	else if (!streams_equal(some.stream, all.stream))
		table_fail(label, "another model than from the beginning");
	else if (!teachers_equal(&some, &all))
		table_fail(label, "teachers count for more or less");
	w->read = some.read;
	w->count = all.read;
	learn_course_free(&fresh);
	arena_free(&a);
}

static void
expect_read(
    const struct world *w, uint64_t least, uint64_t most, const char *label)
{
	if (w->read < least || w->read > most)
		table_fail(label, "%u of %u were read", (unsigned)w->read,
		    (unsigned)w->count);
}

static void
test_goes_on(void **state)
{
	unsigned whole = 0;
	struct world w;

	(void)state;
	world_begin(&w);
	world_teach(&w, 200);
	expect_same(&w, "the first one");
	expect_read(&w, 200, 200, "all are read at first");
	/* Below LEARN_SETTLED_ALL what each is worth may change each time. */
	for (unsigned i = 0; i < 3; i++) {
		world_teach(&w, 150);
		expect_same(&w, "few samples, and more of them");
	}
	world_teach(&w, 500);
	expect_same(&w, "many samples");
	for (unsigned i = 0; i < 16; i++) {
		world_teach(&w, 5);
		expect_same(&w, "many samples, and some more");
		whole += w.read == w.count ? 1 : 0;
		if (w.read != w.count)
			expect_read(&w, 5, 5 + LEARN_TAIL_S / STEP_S,
			    "the new ones and the tail are read");
	}
	if (whole > 6)
		table_fail("mostly", "%u of 16 times all were read", whole);
	expect_same(&w, "nothing new");
	expect_read(&w, 1, LEARN_TAIL_S / STEP_S, "no more than the tail");
	world_end(&w);
	table_end();
}

/* Of what a course keeps nothing grows with the samples. */
static void
test_memory(void **state)
{
	struct learn_training t;
	struct world w;
	struct arena *a;
	const char *why;

	(void)state;
	world_begin(&w);
	world_teach(&w, 1500);
	a = arena_new();
	assert_true(learn_train(w.db, 0, w.course, a, &t, &why));
	if (t.read != 1500 || t.teacher_count < 10 || arena_size(a) > 16384)
		table_fail("what is left of a training",
		    "%zu octets beside the model", arena_size(a));
	arena_free(&a);
	world_end(&w);
	table_end();
}

/* Whatever happens before the point where it would go on. */
static const struct {
	const char *label;
	unsigned which;
	bool gone, flipped, late;
} changes[] = {
	{ "the first one is unlearned", 0, true, false, false },
	{ "one in the middle is unlearned", 600, true, false, false },
	{ "one in the middle is taught to be the opposite", 700, false, true,
	    false },
	{ "one of another host comes late", 800, false, false, true },
};

static void
world_change(struct world *w, size_t row)
{
	unsigned n = changes[row].which;
	enum learn_topic topic = n % 2 == 0 ? TOPIC_HAM : TOPIC_SPAM;
	struct learn_features f = learn_kit_mail(&w->kit, topic, n);
	char key[LEARN_KEY_OCTETS + 1];

	learn_sample_key(learn_kit_pack(&w->kit, &f), key);
	if (changes[row].gone)
		assert_true(learn_db_remove(w->db, key, LEARN_KIT_TIME));
	if (changes[row].flipped)
		learn_kit_import(&w->kit, topic, n, topic != TOPIC_SPAM, "",
		    LEARN_KIT_TIME + (int64_t)n * STEP_S + 1);
	if (changes[row].late)
		learn_kit_import(&w->kit, TOPIC_OTHER, n, true, "",
		    LEARN_KIT_TIME + (int64_t)n * STEP_S + 1);
}

static void
test_changes(void **state)
{
	struct learn_forget f = { .who = "user7" };
	struct world w;
	uint64_t count;

	(void)state;
	world_begin(&w);
	world_teach(&w, 1200);
	expect_same(&w, "the first one");
	for (size_t i = 0; i < ARRAY_COUNT(changes); i++) {
		world_change(&w, i);
		expect_same(&w, changes[i].label);
		expect_read(&w, w.count, w.count, changes[i].label);
		world_teach(&w, 3);
		expect_same(&w, "and it goes on");
	}
	assert_true(learn_db_forget(w.db, &f, &count));
	expect_same(&w, "a teacher is forgotten");
	/* Who was believed turns to nonsense. */
	for (unsigned n = 0; n < 200; n++) {
		enum learn_topic topic = n % 2 == 0 ? TOPIC_HAM : TOPIC_SPAM;

		learn_kit_import(&w.kit, topic, 50000 + n, topic == TOPIC_HAM,
		    n < 100 ? "user8" : "user9",
		    LEARN_KIT_TIME + (int64_t)(w.taught + n) * STEP_S);
		if (n % 50 == 49)
			expect_same(&w, "a teacher of nonsense");
	}
	f = (struct learn_forget){ .before_s = INT64_MAX };
	assert_true(learn_db_forget(w.db, &f, &count));
	expect_same(&w, "all is forgotten");
	expect_read(&w, 0, 0, "nothing is left");
	world_end(&w);
	table_end();
}

/* Digests are of keys alone: so a key must be of each feature, and of what is
 * told apart as the head. */
static void
test_key(void **state)
{
	char whole[LEARN_KEY_OCTETS + 1], other[LEARN_KEY_OCTETS + 1];
	struct learn_features f, less;
	struct world w;

	(void)state;
	world_begin(&w);
	f = learn_kit_mail(&w.kit, TOPIC_HAM, 1);
	learn_sample_key(learn_kit_pack(&w.kit, &f), whole);
	less = f;
	less.count--;
	less.head_count--;
	learn_sample_key(learn_kit_pack(&w.kit, &less), other);
	if (strcmp(whole, other) == 0)
		table_fail("one feature less", "it has the same key");
	less = f;
	less.head_count--;
	learn_sample_key(learn_kit_pack(&w.kit, &less), other);
	if (strcmp(whole, other) == 0)
		table_fail("a shorter head", "it has the same key");
	world_end(&w);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_key),
	cmocka_unit_test(test_goes_on),
	cmocka_unit_test(test_changes),
	cmocka_unit_test(test_memory),
};

TABLE_MAIN(tests)
