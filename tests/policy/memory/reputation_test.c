/*
 * Reputation: what mail leaves behind, and what the next one is told.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "tests/kit/state_kit.h"

#define D 86400

#define SUBJECT(text) \
	"From: A <a@sender.example>\r\nSubject: " text "\r\n\r\nhello\r\n"

/* Whatever is asked last makes the message junk when it is true. */
#define RULES(ask)                                            \
	"rule later when subject = \"later\" then tempfail\n" \
	"rule bad when subject = \"bad\" then reject\n"       \
	"rule ask when " ask " then junk\n"

static const struct {
	const char *label, *rules;
	struct {
		struct kit_mail mail;
		const char *want; /* kit_fate: "junk" is yes */
	} step[8];
} scenarios[] = {
	{ "the first mail ever", RULES("reputation.new"),
	    { { { .at = 0 }, "junk" }, { { .at = 1 }, "junk" },
		{ { .at = 2, .ip = "198.51.100.1" }, "junk" } } },
	{ "the first one that was judged by other rules",
	    RULES("subject = \"ask\" and reputation.new"),
	    { { { .at = 0 }, "passes" },
		{ { .at = 1, .message = SUBJECT("ask") }, "passes" },
		{ { .at = 1, .message = SUBJECT("ask"), .ip = "203.0.113.200" },
		    "passes" },
		{ { .at = 2, .message = SUBJECT("ask"), .ip = "198.51.100.1" },
		    "junk" } } },
	{ "bad mail makes a bad name",
	    RULES("subject = \"ask\" and reputation.score < -0.5"),
	    { { { .at = 0, .message = SUBJECT("bad") }, "refused" },
		{ { .at = 1, .message = SUBJECT("ask") }, "passes" },
		{ { .at = 2, .message = SUBJECT("bad") }, "refused" },
		{ { .at = 3, .message = SUBJECT("bad") }, "refused" },
		{ { .at = 4, .message = SUBJECT("bad") }, "refused" },
		{ { .at = 4, .message = SUBJECT("bad") }, "refused" },
		{ { .at = 4, .message = SUBJECT("bad") }, "refused" },
		{ { .at = 5, .message = SUBJECT("ask") }, "junk" } } },
	{ "and it fades",
	    RULES("subject = \"ask\" and reputation.messages > 2"),
	    { { { .at = 0 }, "passes" }, { { .at = 0 }, "passes" },
		{ { .at = 0 }, "passes" },
		{ { .at = 1, .message = SUBJECT("ask") }, "junk" },
		{ { .at = 14 * D, .message = SUBJECT("ask") }, "passes" } } },
	{ "a temporary refusal is neither good nor bad",
	    RULES("reputation.good > 0 or reputation.bad > 0"),
	    { { { .at = 0, .message = SUBJECT("later") }, "waits" },
		{ { .at = 1, .message = SUBJECT("bad") }, "refused" },
		{ { .at = 2 }, "junk" } } },
	{ "greylisting leaves nothing",
	    "rule g then greylist\n" RULES("reputation.new"),
	    { { { .at = 0 }, "waits" }, { { .at = 300 }, "junk" } } },
	{ "whatever else its rule does before",
	    "rule g then tag seen then greylist\n" RULES("reputation.new"),
	    { { { .at = 0 }, "waits" }, { { .at = 300 }, "junk" } } },
	{ "a domain that SPF speaks for has its own name",
	    RULES("subject = \"ask\" and reputation.key = \"good.example\" and "
		  "reputation.messages > 1"),
	    { { { .at = 0, .from = "u@good.example", .ip = "198.51.100.1" },
		  "passes" },
		{ { .at = 1, .from = "v@good.example", .ip = "192.0.2.1" },
		    "passes" },
		{ { .at = 1,
		      .from = "w@good.example",
		      .ip = "192.0.2.9",
		      .message = SUBJECT("ask") },
		    "junk" },
		{ { .at = 1,
		      .from = "w@good.example",
		      .ip = "203.0.113.1",
		      .message = SUBJECT("ask") },
		    "passes" } } },
	{ "how long it is known",
	    RULES("subject = \"ask\" and reputation.first_seen >= 7d"),
	    { { { .at = 0 }, "passes" },
		{ { .at = 6 * D, .message = SUBJECT("ask") }, "passes" },
		{ { .at = 7 * D, .message = SUBJECT("ask") }, "junk" } } },
	{ "recipients that do not exist", RULES("client.bad_recipients > 2"),
	    { { { .at = 0, .refused = "x@h.example y@h.example" }, "passes" },
		{ { .at = 1 }, "passes" },
		{ { .at = 2, .refused = "z@h.example" }, "junk" },
		{ { .at = 3, .ip = "203.0.113.99" }, "junk" },
		{ { .at = 3, .ip = "203.0.114.99" }, "passes" } } },
	{ "of a network, before DATA",
	    "rule bad when subject = \"bad\" then reject\n"
	    "rule tag when client.reputation < -0.3 then junk\n",
	    { { { .at = 0, .message = SUBJECT("bad") }, "refused" },
		{ { .at = 1, .message = SUBJECT("bad") }, "refused" },
		{ { .at = 2, .ip = "203.0.113.200" }, "junk" } } },
	{ "our own users have none",
	    RULES("has reputation.score or has client.reputation"),
	    { { { .at = 0, .user = "eve" }, "passes" },
		{ { .at = 1, .ip = "127.0.0.1" }, "passes" } } },
};

static void
reputation_scenarios(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(scenarios); i++) {
		char label[200];
		struct kit k;

		if (!table_wants(scenarios[i].label))
			continue;
		kit_begin(&k, "", scenarios[i].rules);
		dns_zone_txt(k.zone, SPAN("good.example"),
		    SPAN("v=spf1 ip4:198.51.100.0/24 ip4:192.0.2.0/24 -all"));
		for (size_t n = 0; n < ARRAY_COUNT(scenarios[i].step); n++) {
			if (scenarios[i].step[n].want == NULL)
				break;
			(void)snprintf(label, sizeof(label), "%s, message %zu",
			    scenarios[i].label, n + 1);
			table_text(label, "it",
			    kit_fate(&k, &scenarios[i].step[n].mail),
			    scenarios[i].step[n].want);
		}
		kit_end(&k);
	}
	table_end();
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reputation_scenarios),
	};

	if (argc == 3 && strcmp(argv[1], "-k") == 0)
		table_filter = argv[2];
	return cmocka_run_group_tests(tests, NULL, NULL) == 0 ? 0 : 1;
}
