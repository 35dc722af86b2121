/*
 * Rules that are tried on a part of mail: which part, what is counted, and
 * when one is taken back.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/load/snapshot_load.h"
#include "policy/memory/canary.h"
#include "policy/message/session.h"
#include "policy/message/snapshot.h"
#include "rules/lang/ruleset.h"
#include "rules/source/diag.h"
#include "tests/kit/state_kit.h"

#define RULE "rule odd for 25% when size > 0 then junk\n"

/* Of senders a0.example ... whom the rule is tried on, as bits. */
static uint64_t
part_of(const char *rules, const char *sender, const char *rcpt)
{
	struct kit k;
	uint64_t part = 0;

	kit_begin(&k, "", rules);
	for (unsigned i = 0; i < 60; i++) {
		char from[60];

		(void)snprintf(from, sizeof(from), "%s@a%u.example", sender, i);
		if (strcmp(kit_fate(&k,
			       &(const struct kit_mail){
				   .at = i, .from = from, .rcpt = rcpt }),
			"junk") == 0)
			part |= UINT64_C(1) << i;
	}
	kit_end(&k);
	return part;
}

static unsigned
bits(uint64_t part)
{
	unsigned n = 0;

	for (; part != 0; part &= part - 1)
		n++;
	return n;
}

static void
test_part(void **state)
{
	uint64_t part = part_of(RULE, "x", "b@here.example");

	(void)state;
	/* About a quarter of 60, the same each time, whoever writes there. */
	assert_true(bits(part) >= 6 && bits(part) <= 27);
	assert_true(part == part_of(RULE, "Y", "c@HERE.example"));
	/* Another recipient's domain and another rule have other parts. */
	assert_true(part != part_of(RULE, "x", "b@there.example"));
	assert_true(
	    part != part_of("rule other for 25% when size > 0 then junk\n", "x",
			"b@here.example"));
	/* A greater part holds the smaller one. */
	assert_true((part & ~part_of("rule odd for 60% then junk\n", "x",
				"b@here.example")) == 0);
	assert_int_equal(
	    bits(part_of("rule odd for 100% then junk\n", "x", "b@h.example")),
	    60);
}

static const struct rule_canary *
canary_of(const struct kit *k)
{
	return ruleset_rule(k->snapshot->ruleset, 0).canary;
}

static struct canary_state
state_of(struct kit *k)
{
	struct canary_state out;
	char key[CANARY_KEY_MAX];
	struct store_record r;

	canary_key(canary_of(k), key);
	assert_true(
	    store_get(k->judge.store, span_of(key), KIT_TIME + 1000, &r));
	(void)canary_read(&r, &out);
	return out;
}

struct lessons {
	struct kit k;
	struct span id[100];
	size_t count;
};

static void
lessons_judged(
    void *ctx, struct message *m, const struct verdict *v, size_t rcpt)
{
	struct lessons *l = ctx;

	(void)v;
	(void)rcpt;
	if (l->count < ARRAY_COUNT(l->id))
		l->id[l->count++] = arena_dup(l->k.arena, span_of(m->id));
}

/* Two that users move out of Junk, soon, and it marks nothing any more. */
static void
test_lessons(void **state)
{
	struct lessons l = { 0 };
	struct canary_state s;

	(void)state;
	kit_begin(&l.k, "", "rule all for 100% then junk\n");
	l.k.judge.judged = lessons_judged;
	l.k.judge.ctx = &l;
	for (unsigned i = 0; i < 20; i++)
		assert_string_equal(
		    kit_fate(&l.k, &(const struct kit_mail){ .at = i }),
		    "junk");
	assert_true(l.count == 20);
	s = state_of(&l.k);
	assert_true(s.decided == 20 && s.bad == 0 && s.taken_back_s == 0);
	assert_false(canary_lesson(l.k.judge.store, l.id[0], KIT_TIME + 30));
	/* The same decision again counts nothing, nor does an unknown one. */
	assert_false(canary_lesson(l.k.judge.store, l.id[0], KIT_TIME + 31));
	assert_false(
	    canary_lesson(l.k.judge.store, SPAN("none"), KIT_TIME + 31));
	assert_string_equal(
	    kit_fate(&l.k, &(const struct kit_mail){ .at = 32 }), "junk");
	assert_true(canary_lesson(l.k.judge.store, l.id[7], KIT_TIME + 33));
	s = state_of(&l.k);
	assert_true(s.bad == 2 && s.taken_back_s == KIT_TIME + 33);
	assert_string_equal(
	    kit_fate(&l.k, &(const struct kit_mail){ .at = 34 }), "passes");
	/* It is said once. */
	assert_false(canary_lesson(l.k.judge.store, l.id[9], KIT_TIME + 35));
	kit_end(&l.k);
}

/* One now and then is borne: the sum sinks with each good decision. */
static void
test_now_and_then(void **state)
{
	struct lessons l = { 0 };

	(void)state;
	kit_begin(&l.k, "", "rule all for 100% then junk\n");
	l.k.judge.judged = lessons_judged;
	l.k.judge.ctx = &l;
	for (unsigned i = 0; i < 500; i++) {
		l.count = 0;
		assert_string_equal(
		    kit_fate(&l.k, &(const struct kit_mail){ .at = i }),
		    "junk");
		if (i % 160 == 0)
			assert_false(canary_lesson(
			    l.k.judge.store, l.id[0], KIT_TIME + i));
	}
	assert_true(state_of(&l.k).bad == 4);
	kit_end(&l.k);
}

/* One decision in so many is bad: how many there are until the rule is taken
 * back, on the average; late: how often it takes more than 300. */
static double
decisions_until(uint64_t one_in, unsigned runs, unsigned *late)
{
	uint64_t random = UINT64_C(0x9E3779B97F4A7C15), all = 0;

	*late = 0;
	for (unsigned i = 0; i < runs; i++) {
		int64_t sum = 0;
		uint64_t n = 0;

		for (; sum <= CANARY_BOUND; n++) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			sum = canary_sum(sum, random % one_in == 0);
		}
		all += n;
		*late += n > 300;
	}
	return (double)all / runs;
}

/* False alarms are rare, and what is bad is found soon. */
static void
test_alarms(void **state)
{
	double borne, better, bad;
	unsigned late;

	(void)state;
	borne = decisions_until(1000, 1000, &late);
	better = decisions_until(4000, 200, &late);
	bad = decisions_until(50, 10000, &late);
	assert_true(borne > 12000 && borne < 18000);
	assert_true(better > 180000);
	assert_true(bad < 130);
	/* Of 10,000. */
	assert_true(late < 600);
}

static void
known_given(void *ctx, struct message *m, enum stage stage)
{
	const bool *known = ctx;

	if (stage == STAGE_EOM)
		facts_bool(m->facts,
		    schema_find(facts_schema(m->facts), SPAN("contact.known")),
		    *known);
}

/* Refusals of strangers are what it is for, those of correspondents not. */
static void
test_known(void **state)
{
	struct kit k;
	bool known = false;

	(void)state;
	kit_begin(&k, "", "rule all for 100% then reject\n");
	k.judge.given = known_given;
	k.judge.ctx = &known;
	for (unsigned i = 0; i < 30; i++)
		assert_string_equal(
		    kit_fate(&k, &(const struct kit_mail){ .at = i }),
		    "refused");
	known = true;
	assert_string_equal(
	    kit_fate(&k, &(const struct kit_mail){ .at = 30 }), "refused");
	assert_string_equal(
	    kit_fate(&k, &(const struct kit_mail){ .at = 31 }), "refused");
	assert_string_equal(
	    kit_fate(&k, &(const struct kit_mail){ .at = 32 }), "passes");
	assert_true(state_of(&k).decided == 32 && state_of(&k).bad == 2);
	kit_end(&k);
}

/* ---- a store that is flooded ------------------------------------------------------ */

#define SMALL  1024
#define LARGE  16384 /* more in a part of it than is compared at once */
#define OTHERS 64

static void
store_begin(struct kit *k, const char *rules, uint64_t entries_max)
{
	const struct store_options o = { .engine = STORE_MEMORY,
		.entries_max = entries_max };
	char why[STORE_WHY_MAX];

	kit_begin(k, "", rules);
	store_close(&k->judge.store);
	k->judge.store = store_open(&o, why);
	assert_non_null(k->judge.store);
}

static void
entry_change(void *ctx, struct store_record *r)
{
	*r = (struct store_record){ .count = 1,
		.expires_s = *(const int64_t *)ctx };
}

static void
entry_add(struct store *s, const char *client, size_t i)
{
	int64_t expires_s = KIT_TIME + 3600;
	char key[60];
	struct ip ip;

	assert_true(ip_parse(span_of(client), &ip));
	(void)snprintf(key, sizeof(key), "e:%s:%zu", client, i);
	assert_true(store_update(
	    s, ip, span_of(key), KIT_TIME, entry_change, &expires_s));
}

static size_t
entries_left(struct store *s, const char *client, size_t count)
{
	size_t left = 0;

	for (size_t i = 0; i < count; i++) {
		struct store_record r;
		char key[40];

		(void)snprintf(key, sizeof(key), "e:%s:%zu", client, i);
		left += store_get(s, span_of(key), KIT_TIME, &r) && r.count > 0;
	}
	return left;
}

/* What came of a rule is the administrator's: whose mail it met last, and who
 * fills the store then, can't have it forgotten. */
static void
test_flood(void **state)
{
	struct kit k;
	bool known = true;

	(void)state;
	store_begin(&k, "rule all for 100% then reject\n", LARGE);
	k.judge.given = known_given;
	k.judge.ctx = &known;
	for (unsigned i = 0; i < 2; i++)
		assert_string_equal(
		    kit_fate(&k, &(const struct kit_mail){ .at = i }),
		    "refused");
	for (unsigned i = 0; i < 16 * LARGE; i++) {
		char client[40];

		(void)snprintf(client, sizeof(client), "10.%u.%u.1",
		    i / 250 % 250, i % 250);
		entry_add(k.judge.store, client, 0);
		if (i % 4 == 0)
			entry_add(k.judge.store, "203.0.113.10", i);
	}
	assert_string_equal(
	    kit_fate(&k, &(const struct kit_mail){ .at = 3 }), "passes");
	kit_end(&k);
}

/* Which decisions were a trial's is each client's own, and takes no room from
 * others. */
static void
test_many_decided(void **state)
{
	struct kit k;

	(void)state;
	store_begin(&k, "rule all for 100% then reject\n", SMALL);
	for (size_t i = 0; i < OTHERS; i++)
		entry_add(k.judge.store, "198.51.100.7", i);
	for (unsigned i = 0; i < 2 * SMALL; i++)
		(void)kit_fate(&k, &(const struct kit_mail){ .at = i % 60 });
	assert_true(
	    entries_left(k.judge.store, "198.51.100.7", OTHERS) > OTHERS / 2);
	kit_end(&k);
}

/* Rules that are wrong, and what their tests see. */
static const struct {
	const char *label, *rules;
	bool ok;
} rules[] = {
	{ "a share", "rule x for 5% when size > 1 then reject\n", true },
	{ "no percent", "rule x for 0.05 when size > 1 then reject\n", false },
	{ "none", "rule x for 0% when size > 1 then reject\n", false },
	{ "more than all", "rule x for 101% when size > 1 then junk\n", false },
	{ "in shadow", "rule x shadow for 5% when size > 1 then junk\n",
	    false },
	{ "one that decides nothing",
	    "rule x for 5% when size > 1 then score "
	    "1\n",
	    false },
	{ "the word alone", "rule x when canary then junk\n", false },
	{ "its tests see it act",
	    "rule x for 5% when size > 1 then junk\n"
	    "test junks { size 2 }\ntest lets-by { size 1 }\n",
	    true },
	{ "or not, if they say so",
	    "rule x for 5% when size > 1 then junk\n"
	    "test lets-by { size 2  canary.x no }\n",
	    true },
	/* It may act, and it may not: both are proved. */
	{ "a promise that it breaks where it acts",
	    "rule x for 5% when size > 1 then junk\n"
	    "promise p when size = 2 never junk\n",
	    false },
	{ "a promise that it breaks where it does not",
	    "rule x for 5% when size > 1 then junk\n"
	    "promise p when size = 2 always junk\n",
	    false },
	{ "a promise that it keeps",
	    "rule x for 5% when size > 1 then junk\n"
	    "promise p when size = 2 never reject\n",
	    true },
};

static void
test_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rules); i++) {
		const struct snapshot_source source = { .rules_text = span_of(
							    rules[i].rules) };
		struct arena *a = arena_new();
		struct snapshot *s;
		struct diags diags;

		diags_init(&diags, a);
		s = snapshot_load(&source, &diags);
		if ((s != NULL) != rules[i].ok)
			table_fail(rules[i].label, "got %s: %s",
			    s != NULL ? "no error" : "an error",
			    diags.count > 0 ? diags.item[0].message : "-");
		snapshot_unref(&s);
		arena_free(&a);
	}
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_rules),
	cmocka_unit_test(test_part),
	cmocka_unit_test(test_lessons),
	cmocka_unit_test(test_now_and_then),
	cmocka_unit_test(test_alarms),
	cmocka_unit_test(test_known),
	cmocka_unit_test(test_flood),
	cmocka_unit_test(test_many_decided),
};

TABLE_MAIN(tests)
