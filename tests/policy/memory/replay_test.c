/*
 * Replays: what is told of a signature that comes again.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "tests/kit/dkim_data.h"
#include "tests/kit/state_kit.h"

#define H 3600
#define D 86400

#define ASK(what) "rule ask when " what " then junk\n"

/* Each message is one of tests/data/dkim, signed with the key r2048. */
static const struct {
	const char *label, *rules;
	struct {
		struct kit_mail mail;
		const char *file;
		const char *want; /* kit_fate: "junk" is yes */
	} step[8];
} scenarios[] = {
	{ "the first one",
	    ASK("replay.seen = 0 and replay.networks = 1 and "
		"replay.recipients = 1 and replay.first_seen = 0"),
	    { { { .at = 0 }, "relaxed-relaxed", "junk" },
		{ { .at = 1 }, "relaxed-relaxed", "passes" },
		{ { .at = 1 }, "simple-simple", "junk" } } },
	{ "how often", ASK("replay.seen >= 2"),
	    { { { .at = 0 }, "relaxed-relaxed", "passes" },
		{ { .at = 1 }, "relaxed-relaxed", "passes" },
		{ { .at = 1 }, "simple-simple", "passes" },
		{ { .at = 2 }, "relaxed-relaxed", "junk" } } },
	{ "from how many networks", ASK("replay.networks = 3"),
	    { { { .at = 0 }, "relaxed-relaxed", "passes" },
		{ { .at = 1, .ip = "203.0.113.77" }, "relaxed-relaxed",
		    "passes" },
		{ { .at = 2, .ip = "198.51.100.1" }, "relaxed-relaxed",
		    "passes" },
		{ { .at = 3, .ip = "198.51.101.1" }, "relaxed-relaxed",
		    "junk" },
		{ { .at = 4, .ip = "203.0.113.1" }, "relaxed-relaxed", "junk" },
		{ { .at = 5, .ip = "192.0.2.1" }, "simple-simple",
		    "passes" } } },
	{ "to how many recipients", ASK("replay.recipients = 4"),
	    { { { .at = 0, .rcpt = "a@h.example b@h.example" },
		  "relaxed-relaxed", "passes" },
		{ { .at = 1, .rcpt = "B@h.example" }, "relaxed-relaxed",
		    "passes" },
		{ { .at = 2, .rcpt = "c@h.example d@h.example" },
		    "relaxed-relaxed", "junk" } } },
	{ "refused recipients are none", ASK("replay.recipients = 1"),
	    { { { .at = 0,
		    .rcpt = "a@h.example",
		    .refused = "x@h.example y@h.example" },
		"relaxed-relaxed", "junk" } } },
	{ "since when", ASK("replay.first_seen >= 1h"),
	    { { { .at = 0 }, "relaxed-relaxed", "passes" },
		{ { .at = H - 1 }, "relaxed-relaxed", "passes" },
		{ { .at = H }, "relaxed-relaxed", "junk" } } },
	{ "forgotten after a silence", ASK("replay.seen > 0"),
	    { { { .at = 0 }, "relaxed-relaxed", "passes" },
		{ { .at = 6 * D }, "relaxed-relaxed", "junk" },
		{ { .at = 12 * D }, "relaxed-relaxed", "junk" },
		{ { .at = 20 * D }, "relaxed-relaxed", "passes" } } },
	{ "what must come again is not counted",
	    "rule later when client.ip = 192.0.2.1 then tempfail\n" ASK(
		"replay.seen > 0"),
	    { { { .at = 0, .ip = "192.0.2.1" }, "relaxed-relaxed", "waits" },
		{ { .at = 1 }, "relaxed-relaxed", "passes" },
		{ { .at = 2 }, "relaxed-relaxed", "junk" } } },
	{ "no good signature", ASK("has replay.seen"),
	    { { { .at = 0 }, "rsa512", "passes" },
		{ { .at = 1 }, "no-key", "passes" } } },
	{ "our own users", ASK("has replay.seen"),
	    { { { .at = 0, .user = "eve" }, "relaxed-relaxed", "passes" },
		{ { .at = 1, .ip = "127.0.0.1" }, "relaxed-relaxed",
		    "passes" } } },
	{ "nobody asks, nothing is kept",
	    "rule x when date.age < 0 then junk\n",
	    { { { .at = 0 }, "relaxed-relaxed", "passes" } } },
};

static const char *
message_of(struct kit *k, const char *file)
{
	struct span text = span_is(span_of(file), "no-key")
			       ? SPAN("From: a@b.example\r\n\r\nx\r\n")
			       : dkim_data_read(k->arena,
				     arena_printf(k->arena, "%s.eml", file));

	return arena_strdup(k->arena, text);
}

/* Where no rule asks there is none. */
static bool
entry_kept(void *ctx, struct span key, const struct store_record *r)
{
	(void)ctx;
	(void)r;
	table_fail("nobody asks", "kept %.*s", SPAN_FMT(key));
	return true;
}

static void
replay_scenarios(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(scenarios); i++) {
		char label[200];
		struct kit k;

		if (!table_wants(scenarios[i].label))
			continue;
		kit_begin(&k, "", scenarios[i].rules);
		dns_zone_txt(k.zone, SPAN("r2048._domainkey.example.org"),
		    dkim_data_record(
			k.arena, SPAN("r2048._domainkey.example.org")));
		for (size_t n = 0; n < ARRAY_COUNT(scenarios[i].step); n++) {
			struct kit_mail mail = scenarios[i].step[n].mail;

			if (scenarios[i].step[n].want == NULL)
				break;
			mail.message =
			    message_of(&k, scenarios[i].step[n].file);
			(void)snprintf(label, sizeof(label), "%s, message %zu",
			    scenarios[i].label, n + 1);
			table_text(label, "it", kit_fate(&k, &mail),
			    scenarios[i].step[n].want);
		}
		if (i + 1 == ARRAY_COUNT(scenarios))
			(void)store_each(k.judge.store, SPAN("replay:"),
			    KIT_TIME, entry_kept, NULL);
		kit_end(&k);
	}
	table_end();
}

/* An entry has one size; how many there were is told about right, up to some
 * hundreds. */
static void
replay_crowd(void **state)
{
	static const struct {
		const char *label, *rules;
		bool networks;
		int count;
	} row[] = {
		{ "20 networks",
		    ASK("replay.networks >= 15 and replay.networks <= 25"),
		    true, 20 },
		{ "300 networks", ASK("replay.networks > 100"), true, 300 },
		{ "100 recipients",
		    ASK("replay.recipients >= 80 and replay.recipients <= 120"),
		    false, 100 },
		{ "2000 recipients", ASK("replay.recipients > 300"), false,
		    2000 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		const char *fate = "";
		struct kit k;

		if (!table_wants(row[i].label))
			continue;
		kit_begin(&k, "", row[i].rules);
		dns_zone_txt(k.zone, SPAN("r2048._domainkey.example.org"),
		    dkim_data_record(
			k.arena, SPAN("r2048._domainkey.example.org")));
		for (int n = 0; n < row[i].count; n++) {
			const struct kit_mail mail = {
				.ip = row[i].networks
					  ? arena_printf(k.arena, "198.%d.%d.1",
						n / 250, n % 250)
					  : NULL,
				.rcpt = row[i].networks
					    ? NULL
					    : arena_printf(
						  k.arena, "u%d@h.example", n),
				.message = message_of(&k, "relaxed-relaxed"),
			};

			fate = kit_fate(&k, &mail);
		}
		table_text(row[i].label, "the last", fate, "junk");
		kit_end(&k);
	}
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(replay_scenarios),
	cmocka_unit_test(replay_crowd),
};

TABLE_MAIN(tests)
