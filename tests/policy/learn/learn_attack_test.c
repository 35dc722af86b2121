/*
 * Those who teach nonsense, and what holds them.
 */
#include "config.h"

#include "tests/kit/table.h"

#include <stdatomic.h>

#include "tests/kit/learn_kit.h"

static void
expect(bool ok, const char *label)
{
	if (table_wants(label) && !ok)
		table_fail(label, "it is not so");
}

static void
train(struct learn_kit *k)
{
	expect(learner_train_join(k->learner, false), "a model is made");
}

static void
model_name(struct learn_kit *k, char name[LEARNED_NAME_MAX])
{
	struct learned *model = learner_model(k->learner);

	if (model != NULL)
		(void)memcpy(name, model->name, LEARNED_NAME_MAX);
	learned_unref(&model);
}

/* Of a hundred lessons five are wrong, by mistake. */
static void
test_wrong_labels(void **state)
{
	struct learn_kit k;

	(void)state;
	learn_kit_begin(&k);
	for (unsigned i = 0; i < 600; i++) {
		bool wrong = i % 20 == 0;

		(void)learn_kit_teach(&k, TOPIC_HAM, i, wrong, "");
		(void)learn_kit_teach(&k, TOPIC_SPAM, i, !wrong, "");
	}
	train(&k);
	expect(learn_kit_spam(&k, TOPIC_HAM, 400) <= 4 &&
		   learn_kit_spam(&k, TOPIC_SPAM, 400) >= 396,
	    "one wrong label in twenty costs less than one in a hundred");
	learn_kit_end(&k);
	table_end();
}

/* Ten teach what is so, one teaches the opposite, as much as he may. */
static void
test_nonsense(void **state)
{
	struct learn_kit k;

	(void)state;
	learn_kit_begin(&k);
	for (unsigned i = 0; i < 10; i++)
		learn_kit_both(
		    &k, i * 100, 24, arena_printf(k.arena, "user%u", i));
	for (unsigned i = 0; i < 25; i++) {
		(void)learn_kit_teach(&k, TOPIC_HAM, 5000 + i, true, "liar");
		(void)learn_kit_teach(&k, TOPIC_SPAM, 5000 + i, false, "liar");
	}
	train(&k);
	expect(learn_kit_teacher(&k, "liar")->trust <= 0,
	    "who contradicts all others counts for nothing");
	for (unsigned i = 0; i < 10; i++)
		expect(learn_kit_teacher(&k, arena_printf(k.arena, "user%u", i))
			       ->trust > 0.9F,
		    "those who agree count");
	expect(learn_kit_spam(&k, TOPIC_HAM, 200) <= 2 &&
		   learn_kit_spam(&k, TOPIC_SPAM, 200) >= 198,
	    "the liar has changed nothing");
	learn_kit_end(&k);
	table_end();
}

/*
 * Users move what the filter got wrong, and nothing else: a new kind of spam
 * that all of them find in their inboxes must not count against them.
 */
static void
test_corrections(void **state)
{
	struct learn_kit k;

	(void)state;
	learn_kit_begin(&k);
	learn_kit_both(&k, 0, 150, "");
	for (unsigned i = 0; i < 150; i++)
		(void)learn_kit_teach(&k, TOPIC_OTHER, i, true,
		    arena_printf(k.arena, "user%u", i % 10));
	train(&k);
	for (unsigned i = 0; i < 10; i++)
		expect(learn_kit_teacher(&k, arena_printf(k.arena, "user%u", i))
			       ->trust > 0.5F,
		    "who corrects the filter is believed");
	expect(
	    learn_kit_spam(&k, TOPIC_OTHER, 200) >= 190, "and it is corrected");
	learn_kit_end(&k);
	table_end();
}

static void
test_flood(void **state)
{
	const struct learn_teacher *t;
	enum lesson_answer answer = LESSON_DONE;
	struct learn_kit k;
	unsigned taught = 0;

	(void)state;
	learn_kit_begin(&k);
	for (; answer == LESSON_DONE && taught < 1000; taught++)
		answer =
		    learn_kit_teach(&k, TOPIC_HAM, taught, true, "mallory");
	expect(answer == LESSON_FULL && taught == LEARN_CAP_DAY + 1,
	    "fifty a day are enough");
	expect(
	    learn_kit_teach(&k, TOPIC_HAM, 0, false, "mallory") == LESSON_DONE,
	    "who has taught enough may still correct himself");
	expect(
	    learn_kit_teach(&k, TOPIC_HAM, 5000, false, "ann") == LESSON_DONE,
	    "others may go on");
	k.time.unix_s += LEARN_DAY_S + 1;
	expect(learn_kit_teach(&k, TOPIC_HAM, 6000, true, "mallory") ==
		   LESSON_DONE,
	    "the next day is a new one");
	learn_kit_end(&k);

	/* By way of another host, or over many days. */
	learn_kit_begin(&k);
	learn_kit_both(&k, 0, 300, "");
	for (unsigned i = 0; i < 400; i++)
		learn_kit_import(&k, TOPIC_HAM, 10000 + i, true, "mallory",
		    LEARN_KIT_TIME - 1000 + i);
	train(&k);
	t = learn_kit_teacher(&k, "mallory");
	expect(t != NULL && t->spam == 400 && t->left_out == 350,
	    "one teacher is no more than a twentieth of all");
	expect(
	    learn_kit_spam(&k, TOPIC_HAM, 200) <= 2, "a flood changes nothing");
	learn_kit_end(&k);
	table_end();
}

/*
 * What others have no opinion of: mail of a partner, that is, which somebody
 * teaches to be spam. Nobody contradicts him, but it is known to be good.
 */
static void
test_gate(void **state)
{
	struct learned *before, *after;
	struct learner_state s;
	struct learn_kit k;

	(void)state;
	learn_kit_begin(&k);
	learn_kit_both(&k, 0, 550, "");
	for (unsigned i = 0; i < 200; i++)
		(void)learn_kit_keep(&k, TOPIC_OTHER, 20000 + i, true);
	train(&k);
	before = learner_model(k.learner);
	learner_state(k.learner, &s);
	expect(!s.held && s.good == 200, "good mail is not marked");
	for (unsigned i = 0; i < 50; i++)
		(void)learn_kit_teach(&k, TOPIC_OTHER, i, true, "mallory");
	train(&k);
	learner_state(k.learner, &s);
	expect(s.held && s.marked > 2, "a model that marks it is held back");
	expect(strcmp(s.blamed, "mallory") == 0 &&
		   strstr(k.alerts, "mallory") != NULL,
	    "and it is told whose lessons did it");
	after = learner_model(k.learner);
	expect(before == after, "the old one stays");
	learned_unref(&after);
	expect(learner_train_join(k.learner, true), "a model is made");
	after = learner_model(k.learner);
	expect(before != after, "unless the administrator accepts it");
	learned_unref(&after);
	learned_unref(&before);
	learn_kit_end(&k);
	table_end();
}

/* One and the same, by whomever and whatever they say of it. */
static void
test_again(void **state)
{
	struct learner_state s;
	struct learn_kit k;
	char one[LEARNED_NAME_MAX] = "", other[LEARNED_NAME_MAX] = "";

	(void)state;
	learn_kit_begin(&k);
	learn_kit_both(&k, 0, 150, "");
	(void)learn_kit_teach(&k, TOPIC_OTHER, 1, true, "user0");
	train(&k);
	model_name(&k, one);
	for (unsigned i = 0; i < 1000; i++)
		(void)learn_kit_teach(&k, TOPIC_OTHER, 1, true,
		    arena_printf(k.arena, "user%u", i % 40));
	train(&k);
	learner_state(k.learner, &s);
	model_name(&k, other);
	expect(s.spam == 151 && strcmp(one, other) == 0,
	    "a message taught a thousand times counts once");
	/* Who says the opposite has the last word, and it is one word. */
	for (unsigned i = 0; i < 1000; i++)
		(void)learn_kit_teach(&k, TOPIC_OTHER, 1, i % 2 == 0,
		    arena_printf(k.arena, "user%u", i % 40));
	learner_state(k.learner, &s);
	expect(s.spam + s.ham == 301, "however often it is moved");
	learn_kit_end(&k);
	table_end();
}

/* Of count fresh spams, how many no good mail in a hundred is like. */
static unsigned
marked_by_share(struct learn_kit *k, unsigned count)
{
	struct learned *model = learner_model(k->learner);
	unsigned marked = 0;

	for (unsigned i = 0; i < count; i++) {
		struct learn_features f =
		    learn_kit_mail(k, TOPIC_SPAM, 900000 + i);
		double share = learn_share_of(model->full, model->full_count,
		    learn_score(model->weights, &f));

		marked += share >= 0 && share < 0.01 ? 1 : 0;
	}
	learned_unref(&model);
	return marked;
}

/*
 * A user's account is in a spammer's hands: his spam is taught to be good, as
 * much of it as one teacher may. What the account teaches besides is right,
 * so that it is believed.
 */
static const struct {
	const char *label;
	unsigned wrong, right;
	bool believed;
	unsigned least; /* of 200 spam that is marked then */
} accounts[] = {
	{ "nothing wrong is taught", 0, 50, true, 196 },
	{ "nothing but wrong is taught", 50, 0, false, 196 },
	{ "most of it is wrong", 40, 10, false, 196 },
	{ "a few among many: less than one good mail in a hundred", 4, 46, true,
	    190 },
	/* Now one good mail in fifty is said to look like that, and rules on
	 * less than it are silent: they mark less, never more. */
	{ "a fifth of it is wrong", 10, 40, true, 0 },
};

static void
test_account(void **state)
{
	(void)state;
	for (size_t row = 0; row < ARRAY_COUNT(accounts); row++) {
		const char *label = accounts[row].label;
		const struct learn_teacher *t;
		struct learn_kit k;

		learn_kit_begin(&k);
		for (unsigned i = 0; i < 10; i++)
			learn_kit_both(&k, i * 100, 24,
			    arena_printf(k.arena, "user%u", i));
		learn_kit_both(&k, 5000, 300, "");
		for (unsigned i = 0; i < accounts[row].wrong; i++)
			(void)learn_kit_teach(
			    &k, TOPIC_SPAM, 7000 + i, false, "mallory");
		for (unsigned i = 0; i < accounts[row].right; i++)
			(void)learn_kit_teach(&k,
			    i % 2 == 0 ? TOPIC_SPAM : TOPIC_HAM, 8000 + i,
			    i % 2 == 0, "mallory");
		/* Who has taught just now is not judged before six hours. */
		k.time.unix_s += LEARN_SETTLED_S + 1;
		train(&k);
		t = learn_kit_teacher(&k, "mallory");
		expect(t != NULL && (t->trust > 0) == accounts[row].believed,
		    label);
		expect(marked_by_share(&k, 200) >= accounts[row].least, label);
		/* The odds are another thing: 50 of 1,130 change no mind. */
		expect(learn_kit_spam(&k, TOPIC_SPAM, 200) >= 196, label);
		expect(learn_kit_spam(&k, TOPIC_HAM, 200) <= 2, label);
		learn_kit_end(&k);
	}
	table_end();
}

static int64_t
silence_unix_s(void *ctx)
{
	return atomic_load((_Atomic int64_t *)ctx);
}

static int64_t
silence_monotonic_ms(void *ctx)
{
	return (atomic_load((_Atomic int64_t *)ctx) - LEARN_KIT_TIME) * 1000;
}

/* Whether so many models are made, or more, by itself. */
static bool
silence_trained(struct learn_kit *k, uint64_t models)
{
	struct learner_state s = { .trained = 0 };

	for (unsigned i = 0; i < 1000 && s.trained < models; i++) {
		learner_flush_join(k->learner);
		learner_state(k->learner, &s);
	}
	return s.trained >= models;
}

/* The last lessons are nonsense, and nobody teaches any more for days. */
static void
test_silence(void **state)
{
	_Atomic int64_t now_s = LEARN_KIT_TIME + 3600;
	struct learner_state s;
	struct learn_kit k;

	(void)state;
	learn_kit_begin(&k);
	for (unsigned i = 0; i < 10; i++)
		learn_kit_both(
		    &k, i * 100, 24, arena_printf(k.arena, "user%u", i));
	learn_kit_both(&k, 5000, 300, "");
	learner_free(&k.learner);
	k.learner = learner_new(&(const struct learner_options){
	    .dir = k.directory,
	    .clock = { silence_unix_s, silence_monotonic_ms, &now_s },
	    .pause_ms = 1,
	});
	for (unsigned i = 0; i < 25; i++) {
		(void)learn_kit_teach(&k, TOPIC_HAM, 9000 + i, true, "liar");
		(void)learn_kit_teach(&k, TOPIC_SPAM, 9000 + i, false, "liar");
	}
	train(&k);
	expect(learn_kit_teacher(&k, "liar")->trust > 0.9F,
	    "who has taught just now is believed");
	learner_state(k.learner, &s);
	atomic_store(&now_s, LEARN_KIT_TIME + LEARN_SETTLED_S - 1);
	expect(!silence_trained(&k, s.trained + 1), "until the span is over");
	atomic_store(&now_s, LEARN_KIT_TIME + LEARN_SETTLED_S);
	expect(silence_trained(&k, s.trained + 1) &&
		   learn_kit_teacher(&k, "liar")->trust <= 0,
	    "then he is judged, though no lesson came");
	expect(!silence_trained(&k, s.trained + 2), "and once is enough");
	learn_kit_end(&k);
	table_end();
}

/* Messages that have all features that there may be, as if they were good. */
static void
test_full_table(void **state)
{
	struct learn_kit k;
	uint32_t *index;

	(void)state;
	learn_kit_begin(&k);
	learn_kit_both(&k, 0, 300, "");
	index = arena_array(k.arena, LEARN_FEATURES_MAX, sizeof(*index));
	for (unsigned n = 0; n < 50; n++) {
		struct learn_features f = { index, LEARN_FEATURES_MAX, index,
			LEARN_FEATURES_MAX };

		for (uint32_t i = 0; i < LEARN_FEATURES_MAX; i++)
			index[i] = i * 32 + n % 32;
		expect(learner_teach(k.learner,
			   &(const struct lesson){ .id = SPAN(""),
			       .features = learn_kit_pack(&k, &f),
			       .key = learn_kit_key(&k),
			       .who = SPAN("mallory"),
			       .spam = n % 2 == 0 }) ==
			   (n < 32 ? LESSON_DONE : LESSON_KNOWN),
		    "such a lesson is taken");
	}
	train(&k);
	expect(learn_kit_spam(&k, TOPIC_HAM, 200) <= 4 &&
		   learn_kit_spam(&k, TOPIC_SPAM, 200) >= 196,
	    "the table can't be filled");
	learn_kit_end(&k);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_wrong_labels),
	cmocka_unit_test(test_nonsense),
	cmocka_unit_test(test_corrections),
	cmocka_unit_test(test_flood),
	cmocka_unit_test(test_gate),
	cmocka_unit_test(test_again),
	cmocka_unit_test(test_account),
	cmocka_unit_test(test_silence),
	cmocka_unit_test(test_full_table),
};

TABLE_MAIN(tests)
