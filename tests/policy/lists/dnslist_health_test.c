/*
 * Watching over lists in DNS: test points, times, what messages report, and
 * messages that ask a suspended list.
 */
#include "config.h"

#include "policy/lists/list_lookup.h"
#include "tests/kit/dnslist_kit.h"

static void
test_probes(void **state)
{
	static const char ip[] = "dnsbl \"bl.example\"";
	static const char name[] = "rhsbl \"bl.example\"";
	static const struct {
		const char *label, *list, *zone;
		bool suspended;
		const char *alert; /* a part of it */
	} row[] = {
		{ "well", ip, "2.0.0.127.bl.example 127.0.0.2", false, "" },
		{ "well, with other codes", ip,
		    "2.0.0.127.bl.example 127.0.0.99", false, "" },
		{ "dead", ip, "", true, "is not listed" },
		{ "lists everything", ip,
		    "2.0.0.127.bl.example 127.0.0.2;"
		    "1.0.0.127.bl.example 127.0.0.2",
		    true, "it lists everything" },
		{ "lists everything in IPv6", ip,
		    "2.0.0.127.bl.example 127.0.0.2;"
		    "1.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0."
		    "0.0.0.bl.example 127.0.0.2",
		    true, "it lists everything" },
		{ "refuses us", ip, "2.0.0.127.bl.example 127.255.255.254",
		    true, "127.255.255.254: the list refuses queries" },
		{ "sold", ip,
		    "2.0.0.127.bl.example 192.0.2.80;"
		    "1.0.0.127.bl.example 192.0.2.80",
		    true, "an address outside 127.0.0.0/8" },
		{ "one failure is none", ip, "2.0.0.127.bl.example TIMEOUT",
		    false, "" },
		{ "names", name, "test.bl.example 127.0.1.2", false, "" },
		{ "names: lists everything", name,
		    "test.bl.example 127.0.1.2;invalid.bl.example 127.0.1.2",
		    true, "it lists everything" },
		{ "names: dead", name, "", true, "is not listed" },
		{ "names of its own",
		    "rhsbl \"bl.example\" probe \"dbltest.com\"",
		    "dbltest.com.bl.example 127.0.1.2", false, "" },
		{ "no probe", "rhsbl \"bl.example\" probe none", "", false,
		    "" },
		{ "bits", "uribl \"bl.example\" bits 8 probe \"t.example\"",
		    "t.example.bl.example 127.0.0.254", false, "" },
		{ "bit 1 refuses",
		    "uribl \"bl.example\" bits 8 probe \"t.example\"",
		    "t.example.bl.example 127.0.0.255", true, "bit 1: " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		const char *label = row[i].label;
		struct watch w;

		if (!table_wants(label))
			continue;
		watch_begin(&w, row[i].list, row[i].zone);
		table_number(label, "probed",
		    (long long)dnslist_health_tick(w.health), 1);
		table_number(label, "suspended", dnslist_suspended(watched(&w)),
		    row[i].suspended);
		if (row[i].alert[0] == '\0')
			table_text(label, "alert",
			    arena_strdup(w.arena, buf_span(&w.alerts)), "");
		else if (span_search(buf_span(&w.alerts),
			     span_of(row[i].alert)) == SIZE_MAX)
			table_fail(label, "alert: %.*s",
			    SPAN_FMT(buf_span(&w.alerts)));
		watch_end(&w);
	}
	table_end();
}

/* One list through a day. */
static void
test_times(void **state)
{
	static const char well[] = "2.0.0.127.bl.example 127.0.0.2";
	static const char silent[] = "2.0.0.127.bl.example TIMEOUT";
	static const struct {
		const char *label, *zone;
		int later_s;
		int probed;
		bool suspended;
		const char *alerts;
	} step[] = {
		{ "at start", well, 0, 1, false, "" },
		{ "not again at once", "", 3599, 0, false, "" },
		{ "after an hour it is dead", "", 1, 1, true,
		    "list:bl.example:suspended: list a (bl.example): "
		    "suspended: it is dead or does not know us: the test point "
		    "that every list has is not listed\n" },
		{ "not yet again", well, 299, 0, true, "" },
		{ "still dead: nothing new", "", 1, 1, true, "" },
		{ "it recovers", well, 300, 1, false,
		    "list:bl.example:resumed: list a (bl.example): works again "
		    "and is resumed\n" },
		{ "silent once", silent, 3600, 1, false, "" },
		{ "silent after a minute", silent, 60, 1, true,
		    "list:bl.example:suspended: list a (bl.example): "
		    "suspended: it does not answer\n" },
		{ "back", well, 300, 1, false,
		    "list:bl.example:resumed: list a (bl.example): works again "
		    "and is resumed\n" },
	};
	struct watch w;

	(void)state;
	watch_begin(&w, "dnsbl \"bl.example\"", well);
	for (size_t i = 0; i < ARRAY_COUNT(step); i++) {
		const char *label = step[i].label;

		watch_zone(&w, step[i].zone);
		w.time.monotonic_ms += (int64_t)step[i].later_s * 1000;
		table_number(label, "probed",
		    (long long)dnslist_health_tick(w.health), step[i].probed);
		table_number(label, "suspended", dnslist_suspended(watched(&w)),
		    step[i].suspended);
		table_text(label, "alerts",
		    arena_strdup(w.arena, buf_span(&w.alerts)), step[i].alerts);
		buf_clear(&w.alerts);
	}
	watch_end(&w);
	table_end();
}

/* What messages get to know of a list reaches its state, and back. */
static void
test_answered(void **state)
{
	static const struct dnslist_error refusal = { "127.255.255.254", "no",
		true };
	static const struct dnslist_error doubt = { "127.0.1.255", "odd",
		false };
	const struct dnslist_result yes = { .truth = TRUTH_YES };
	const struct dnslist_result no = { .truth = TRUTH_NO };
	const struct dnslist_result fails = { .truth = TRUTH_UNKNOWN };
	const struct dnslist_result refused = { .truth = TRUTH_UNKNOWN,
		.error = &refusal };
	const struct dnslist_result doubted = { .truth = TRUTH_UNKNOWN,
		.error = &doubt };
	const struct dnslist *l;
	struct snapshot *before;
	struct watch w;

	(void)state;
	watch_begin(
	    &w, "dnsbl \"bl.example\"", "2.0.0.127.bl.example 127.0.0.2");
	l = watched(&w);
	(void)dnslist_health_tick(w.health);

	for (int i = 0; i < 9; i++)
		dnslist_answered(l, &fails);
	table_number("silence", "not yet probed",
	    (long long)dnslist_health_tick(w.health), 0);
	dnslist_answered(l, &fails);
	table_number("silence", "probed after ten",
	    (long long)dnslist_health_tick(w.health), 1);

	for (int i = 0; i < 500; i++)
		dnslist_answered(l, i % 10 == 0 ? &yes : &no);
	for (int i = 0; i < 500; i++)
		dnslist_answered(l, &yes);
	table_text("hits", "alert", arena_strdup(w.arena, buf_span(&w.alerts)),
	    "list:bl.example:hits: list a (bl.example): 100% of the last 500 "
	    "names were listed, where 10% is usual: look whether the list "
	    "still is what it was\n");
	buf_clear(&w.alerts);

	dnslist_answered(l, &doubted);
	dnslist_answered(l, &doubted);
	table_number("an odd answer", "suspended", dnslist_suspended(l), false);
	table_text("an odd answer", "one alert",
	    arena_strdup(w.arena, buf_span(&w.alerts)),
	    "list:bl.example:error: list a (bl.example): it answers "
	    "127.0.1.255: odd\n");
	dnslist_answered(l, &refused);
	table_number("a refusal", "suspended", dnslist_suspended(l), true);

	/* A reload with the same zone, another name and other codes. */
	before = w.snapshot;
	w.snapshot = load_good("list c dnsbl \"unasked.example\"\n"
			       "list b dnsbl \"BL.example.\" codes 127.0.0.3\n"
			       "rule r when client.ip in b then score 1",
	    w.arena);
	dnslist_health_watch(w.health, dnslists_of(w.snapshot));
	table_number("reload", "still suspended",
	    dnslist_suspended(dnslists_of(w.snapshot)->list[1]), true);
	snapshot_unref(&before);
	w.time.monotonic_ms += 300000;
	/* And whoever sets the wall clock changes nothing. */
	w.time.unix_s -= 40 * 86400;
	table_number(
	    "reload", "probed", (long long)dnslist_health_tick(w.health), 1);
	table_number("reload", "resumed",
	    dnslist_suspended(dnslists_of(w.snapshot)->list[1]), false);
	watch_end(&w);
	table_end();
}

/* A message of which a suspended list is to be asked. */
static void
test_suspended(void **state)
{
	struct watch w;
	struct run r;

	(void)state;
	watch_begin(&w,
	    "list zen dnsbl \"zen.example\"\n"
	    "rule zen when client.ip in zen then reject",
	    "");
	(void)dnslist_health_tick(w.health);
	run_begin(&r, w.snapshot, zone_of("2.2.0.192.zen.example 127.0.0.2"),
	    "192.0.2.2", "", "");
	table_text("suspended", "verdict",
	    outcome_names[r.result.verdict.wanted], "accept");
	table_text("suspended", "incomplete",
	    incomplete_of(r.result.session->message, w.arena), "list:zen");
	run_end(&r);
	watch_end(&w);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_probes),
	cmocka_unit_test(test_times),
	cmocka_unit_test(test_answered),
	cmocka_unit_test(test_suspended),
};

TABLE_MAIN(tests)
