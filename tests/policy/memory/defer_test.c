/*
 * The action `defer`: who is deferred, for how long, and who has the word
 * then.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/judge/judge.h"
#include "policy/store/store.h"
#include "tests/kit/state_kit.h"

#define H 3600
#define D 86400

#define RULES                                             \
	"rule fine when subject = \"fine\" then accept\n" \
	"rule wait then defer for 4h\n"                   \
	"rule enough then junk\n"

#define FINE "From: A <a@sender.example>\r\nSubject: fine\r\n\r\nhello\r\n"

static const struct {
	const char *label, *rules;
	struct {
		struct kit_mail mail;
		const char *want;
	} step[8];
} scenarios[] = {
	{ "who keeps coming is left to the next rule", RULES,
	    { { { .at = 0 }, "waits" }, { { .at = 60 }, "waits" },
		{ { .at = 4 * H - 1 }, "waits" }, { { .at = 4 * H }, "junk" },
		{ { .at = 5 * H }, "junk" } } },
	{ "it lets nobody by, however long he has waited", RULES,
	    { { { .at = 0 }, "waits" }, { { .at = 4 * D }, "junk" } } },
	{ "after five days it begins anew", RULES,
	    { { { .at = 0 }, "waits" }, { { .at = 5 * D + 1 }, "waits" },
		{ { .at = 5 * D + 4 * H + 1 }, "junk" } } },
	{ "each sender and network waits by itself", RULES,
	    { { { .at = 0 }, "waits" },
		{ { .at = 4 * H, .from = "c@sender.example" }, "waits" },
		{ { .at = 4 * H, .ip = "203.0.114.9" }, "waits" },
		{ { .at = 4 * H, .ip = "203.0.113.77" }, "junk" } } },
	{ "all recipients have one answer", RULES,
	    { { { .at = 0 }, "waits" },
		{ { .at = 4 * H, .rcpt = "c@here.example d@here.example" },
		    "junk" } } },
	{ "what its rule does not ask for is not deferred", RULES,
	    { { { .at = 0, .message = FINE }, "passes" },
		{ { .at = 4 * H }, "waits" } } },
	{ "four hours unless it is said",
	    "rule wait then defer\nrule enough then junk\n",
	    { { { .at = 0 }, "waits" }, { { .at = 4 * H - 1 }, "waits" },
		{ { .at = 4 * H }, "junk" } } },
};

static void
defer_scenarios(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(scenarios); i++) {
		struct kit k;

		if (!table_wants(scenarios[i].label))
			continue;
		kit_begin(&k, "", scenarios[i].rules);
		for (size_t n = 0; n < ARRAY_COUNT(scenarios[i].step) &&
				   scenarios[i].step[n].want != NULL;
		     n++)
			table_text(scenarios[i].label, "it",
			    kit_fate(&k, &scenarios[i].step[n].mail),
			    scenarios[i].step[n].want);
		kit_end(&k);
	}
	table_end();
}

static void
defer_replies(void **state)
{
	struct kit_mail mail = { 0 };
	struct kit_result r;
	struct kit k;

	(void)state;
	kit_begin(
	    &k, "", "rule d then defer for 1m 450 4.7.5 \"come again\"\n");
	kit_send(&k, &mail, &r);
	assert_int_equal(r.end, OUTCOME_TEMPFAIL);
	assert_string_equal(r.reply_code, "450 4.7.5");
	assert_non_null(strstr(r.reply, "come again"));
	mail.at = 60;
	assert_string_equal(kit_fate(&k, &mail), "passes");
	kit_end(&k);
}

/* A store that is lost leaves it to the next rule; without any it waits. */
static void
defer_without_store(void **state)
{
	struct kit_mail mail = { 0 };
	struct kit k;

	(void)state;
	kit_begin(&k, "", RULES);
	store_close(&k.judge.store);
	assert_string_equal(kit_fate(&k, &mail), "waits");
	kit_lose_store(&k);
	assert_string_equal(kit_fate(&k, &mail), "junk");
	kit_end(&k);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(defer_scenarios),
	cmocka_unit_test(defer_replies),
	cmocka_unit_test(defer_without_store),
};

TABLE_MAIN(tests)
