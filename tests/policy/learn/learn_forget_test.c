/*
 * What is forgotten is gone: from the tables, and from the disk.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/base/file.h"
#include "tests/kit/learn_kit.h"

static void
expect(bool ok, const char *label)
{
	if (table_wants(label) && !ok)
		table_fail(label, "it is not so");
}

/* Whether the octets stand anywhere in the files of the learner. */
static bool
on_disk(struct learn_kit *k, struct span octets)
{
	static const char *const names[] = { "learned.db", "learned.db-wal" };
	bool there = false;

	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		const char *path = arena_printf(
		    k->arena, "%s/%s", k->directory, names[i]);
		struct span all = SPAN("");
		const char *why;

		if (!file_read(path, (size_t)64 << 20, k->arena, &all, &why))
			table_fail(path, "%s", why);
		there = there || span_search(all, octets) != SIZE_MAX;
	}
	return there;
}

/* What a decision saw of mail of that author, who is not kept by id alone. */
static struct span
keep_of(struct learn_kit *k, unsigned seed, const char *author)
{
	struct learn_features f = learn_kit_mail(k, TOPIC_HAM, seed);

	learner_keep(k->learner, (struct ip){ 0 }, learn_kit_key(k),
	    &(const struct learn_kept){
		.id = span_of(arena_printf(k->arena, "of%u", seed)),
		.time_s = k->time.unix_s,
		.sender = learner_sender(learn_kit_key(k), span_of(author)) },
	    &f);
	return learn_kit_pack(k, &f);
}

static void
test_forgotten(void **state)
{
	struct span taught, of_eve, of_bob;
	struct learn_features f;
	struct learn_kit k;
	uint64_t count;

	(void)state;
	learn_kit_begin(&k);
	learn_kit_both(&k, 0, 20, "carl-the-teacher");
	f = learn_kit_mail(&k, TOPIC_SPAM, 7);
	taught = learn_kit_pack(&k, &f);
	of_eve = keep_of(&k, 900, "eve@a.example");
	expect(learner_forget(k.learner,
		   &(const struct learn_forget){
		       .sender = learner_sender(
			   learn_kit_key(&k), SPAN("Eve@A.example")) },
		   &count),
	    "an author is forgotten whose mail waits to be written");
	learner_flush_join(k.learner);
	expect(learner_teach(k.learner,
		   &(const struct lesson){ .id = SPAN("of900"),
		       .features = SPAN(""),
		       .who = SPAN("") }) == LESSON_UNKNOWN,
	    "and what decisions saw of it can't be taught");
	of_bob = keep_of(&k, 901, "bob@a.example");
	learner_flush_join(k.learner);
	expect(on_disk(&k, taught) && on_disk(&k, of_bob) &&
		   on_disk(&k, SPAN("carl-the-teacher")),
	    "what is not forgotten stands on the disk");
	expect(!on_disk(&k, of_eve), "what is does not");
	expect(learner_forget(k.learner,
		   &(const struct learn_forget){ .who = "carl-the-teacher",
		       .sender = learner_sender(
			   learn_kit_key(&k), SPAN("bob@a.example")) },
		   &count) &&
		   count == 0,
	    "what a teacher taught of an author is forgotten");
	expect(learner_forget(k.learner,
		   &(const struct learn_forget){ .who = "carl-the-teacher" },
		   &count) &&
		   count == 40,
	    "a teacher is forgotten");
	learner_flush_join(k.learner);
	expect(
	    !on_disk(&k, taught) && !on_disk(&k, SPAN("carl-the-teacher")),
	    "his lessons and his name are gone from the disk");
	expect(on_disk(&k, of_bob), "what decisions saw is not his");
	learn_kit_end(&k);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_forgotten),
};

TABLE_MAIN(tests)
