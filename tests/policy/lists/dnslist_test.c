/*
 * Lists in DNS: declarations, what is asked, what answers mean, and the
 * example files that are shipped.
 */
#include "config.h"

#include "policy/lists/list_lookup.h"
#include "policy/load/snapshot_load.h"
#include "tests/kit/dnslist_kit.h"

#include "policy/base/file.h"
#include "rules/eval/truth.h"

#define SECRET "s3cretk3y"

static void
test_declarations(void **state)
{
	static const struct {
		const char *label, *rules, *error;
	} row[] = {
		{ "nothing but a zone", "list a dnsbl \"bl.example\"", NULL },
		{ "codes with names and ranges",
		    "list a dnsbl \"bl.example\" codes 127.0.0.2=sbl "
		    "127.0.0.4-7=xbl 127.0.2-15.1-3",
		    NULL },
		{ "bits with names",
		    "list a uribl \"bl.example\" bits 8=phish 16=malware 96",
		    NULL },
		{ "over several lines",
		    "list a dnsbl \"bl.example\"\n  codes 127.0.0.2\n"
		    "  except 192.0.2.0/24 2001:db8::/32",
		    NULL },
		{ "no probe", "list a rhsbl \"bl.example\" probe none", NULL },
		{ "a list of good senders needs codes",
		    "list a dnswl \"bl.example\"",
		    "list a: say which codes count, such as codes "
		    "127.0.2-15.1-3" },
		{ "a code outside 127/8",
		    "list a dnsbl \"bl.example\" codes 10.0.0.1",
		    "list a: codes of lists begin with 127 (RFC 5782): "
		    "\"10.0.0.1\"" },
		{ "an error code as a listing",
		    "list a dnsbl \"bl.example\" codes 127.255.255.254",
		    "list a: 127.255.255.x are errors of lists, never a "
		    "listing: \"127.255.255.254\"" },
		{ "an error code within a range",
		    "list a dnsbl \"bl.example\" codes 127.0-255.0-255.2",
		    "list a: 127.255.255.x are errors of lists, never a "
		    "listing: \"127.0-255.0-255.2\"" },
		{ "three octets", "list a dnsbl \"bl.example\" codes 127.0.0",
		    "list a: a code is an address such as 127.0.0.2 or "
		    "127.0.0.2-4: \"127.0.0\"" },
		{ "a range backwards",
		    "list a dnsbl \"bl.example\" codes 127.0.0.4-2",
		    "list a: this is no code: \"127.0.0.4-2\"" },
		{ "bit 1", "list a uribl \"bl.example\" bits 1",
		    "list a: bit 1 says that the list refuses to answer: "
		    "\"1\"" },
		{ "a key in the rule file",
		    "list a dnsbl \"%{key}.bl.example\" key \"" SECRET "\"",
		    "list a: the key stands in a file of its own, which only "
		    "the daemon can read: key file \"FILE\"" },
		{ "a zone that wants a key",
		    "list a dnsbl \"%{key}.bl.example\"",
		    "list a: the zone has %{key}; the key is missing: key file "
		    "\"FILE\"" },
		{ "a key for nothing",
		    "list a dnsbl \"bl.example\" key file \"x\"",
		    "list a: there is a key, but no %{key} in the zone" },
		{ "no zone", "list a dnsbl \"not a zone\"",
		    "list a: the zone is no domain: \"not a zone\"" },
		{ "twice",
		    "list a rhsbl \"bl.example\" registrable codes 127.0.0.2 "
		    "registrable",
		    "list a: this option stands there twice: \"registrable\"" },
		{ "exempt is nothing known",
		    "list a dnsbl \"bl.example\" except \"a b\"",
		    "list a: this is neither a network nor a domain: \"a b\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct arena *a = arena_new();
		struct diags diags;
		struct snapshot *s;

		if (!table_wants(row[i].label))
			continue;
		s = load(row[i].rules, a, &diags);
		table_text(row[i].label, "error",
		    diags.errors == 0 ? NULL : diags.item[0].message,
		    row[i].error);
		snapshot_unref(&s);
		arena_free(&a);
	}
	table_end();
}

/* ---- what is asked ------------------------------------------------------- */

static void
test_subjects(void **state)
{
	static const struct {
		const char *label, *list, *ip, *text, *question;
	} row[] = {
		{ "IPv4", "dnsbl \"bl.example\"", "192.0.2.99", NULL,
		    "99.2.0.192.bl.example" },
		{ "IPv6", "dnsbl \"bl.example\"", "2001:db8::1", NULL,
		    "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0."
		    "1.0.0.2.bl.example" },
		{ "private", "dnsbl \"bl.example\"", "10.1.2.3", NULL, NULL },
		{ "loopback", "dnsbl \"bl.example\"", "127.0.0.2", NULL, NULL },
		{ "IPv6 loopback", "dnsbl \"bl.example\"", "::1", NULL, NULL },
		{ "exempt network", "dnsbl \"bl.example\" except 192.0.2.64/26",
		    "192.0.2.99", NULL, NULL },
		{ "not exempt", "dnsbl \"bl.example\" except 192.0.2.64/26",
		    "192.0.2.9", NULL, "9.2.0.192.bl.example" },
		{ "domain", "rhsbl \"bl.example\"", NULL, "A.Example.COM.",
		    "a.example.com.bl.example" },
		{ "U-labels", "rhsbl \"bl.example\"", NULL,
		    "b\xc3\xbc"
		    "cher.example",
		    "xn--bcher-kva.example.bl.example" },
		{ "address: only its domain", "rhsbl \"bl.example\"", NULL,
		    "ann@example.com", "example.com.bl.example" },
		{ "an IP address in a list of names", "rhsbl \"bl.example\"",
		    NULL, "192.0.2.1", NULL },
		{ "in brackets", "rhsbl \"bl.example\"", NULL, "[192.0.2.1]",
		    NULL },
		{ "IPv6 in a list of names", "rhsbl \"bl.example\"", NULL,
		    "2001:db8::1", NULL },
		{ "one label", "rhsbl \"bl.example\"", NULL, "localhost",
		    NULL },
		{ "no name", "rhsbl \"bl.example\"", NULL, "cheap pills",
		    NULL },
		{ "registered part", "uribl \"bl.example\"", NULL,
		    "a.b.example.co.uk", "example.co.uk.bl.example" },
		{ "registered part when asked for",
		    "rhsbl \"bl.example\" registrable", NULL, "a.example.com",
		    "example.com.bl.example" },
		{ "a public suffix", "uribl \"bl.example\"", NULL, "co.uk",
		    NULL },
		{ "exempt domain", "uribl \"bl.example\" except example.com",
		    NULL, "www.example.com", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct arena *a = arena_new();
		struct value v = { .state = FACT_KNOWN };
		struct snapshot *s;
		const struct dnslist *l;
		struct span subject;

		if (!table_wants(row[i].label))
			continue;
		s = load_good(arena_printf(a, "list a %s", row[i].list), a);
		l = dnslists_of(s)->list[0];
		if (row[i].ip != NULL)
			assert_true(ip_parse(span_of(row[i].ip), &v.ip));
		else
			v.text = span_of(row[i].text);
		subject = dnslist_subject(l, &v, a);
		table_text(row[i].label, "question",
		    subject.n == 0 ? NULL : dnslist_question(l, subject, a).p,
		    row[i].question);
		snapshot_unref(&s);
		arena_free(&a);
	}
	table_end();
}

/* ---- what answers mean --------------------------------------------------- */

static void
test_answers(void **state)
{
	static const char ip[] =
	    "dnsbl \"bl.example\" codes 127.0.0.2=sbl 127.0.0.4-7=xbl "
	    "127.0.0.9";
	static const char dbl[] = "rhsbl \"bl.example\" codes 127.0.1.2-106";
	static const char wide[] = "rhsbl \"bl.example\" codes 127.0.1.2-255";
	static const char bits[] =
	    "uribl \"bl.example\" bits 8=phish 16=malware 64";
	static const char good[] =
	    "dnswl \"bl.example\" codes 127.0.2-15.1-3=trusted";
	static const struct {
		const char *label, *list, *answer, *truth, *detail, *error;
		bool other;
	} row[] = {
		{ "no such name", ip, "", "no", "", NULL, false },
		{ "a code with a name", ip, "127.0.0.2", "yes", "sbl", NULL,
		    false },
		{ "within a range", ip, "127.0.0.6", "yes", "xbl", NULL,
		    false },
		{ "a code without a name", ip, "127.0.0.9", "yes", "127.0.0.9",
		    NULL, false },
		{ "several, each once", ip, "127.0.0.2 127.0.0.4 127.0.0.5",
		    "yes", "sbl,xbl", NULL, false },
		{ "not declared", ip, "127.0.0.10", "no", "", NULL, true },
		{ "declared and not", ip, "127.0.0.10 127.0.0.2", "yes", "sbl",
		    NULL, true },
		{ "typo in the zone", ip, "127.255.255.252", "unknown", "",
		    "127.255.255.252", false },
		{ "public resolver", ip, "127.255.255.254", "unknown", "",
		    "127.255.255.254", false },
		{ "too many queries", ip, "127.255.255.255", "unknown", "",
		    "127.255.255.255", false },
		{ "another error", ip, "127.255.255.250", "unknown", "",
		    "127.255.255.x", false },
		{ "an error beside a listing", ip, "127.0.0.2 127.255.255.254",
		    "unknown", "", "127.255.255.254", false },
		{ "outside 127/8", ip, "192.0.2.80", "unknown", "",
		    "an address outside 127.0.0.0/8", false },
		{ "127.0.0.1 of a list of addresses", ip, "127.0.0.1", "no", "",
		    NULL, true },
		{ "listed domain", dbl, "127.0.1.104", "yes", "127.0.1.104",
		    NULL, false },
		{ "an address was asked", dbl, "127.0.1.255", "unknown", "",
		    "127.0.1.255", false },
		{ "even where a range covers it", wide, "127.0.1.255",
		    "unknown", "", "127.0.1.255", false },
		{ "one bit", bits, "127.0.0.8", "yes", "phish", NULL, false },
		{ "several bits", bits, "127.0.0.88", "yes",
		    "phish,malware,127.0.0.88", NULL, false },
		{ "no declared bit", bits, "127.0.0.4", "no", "", NULL, true },
		{ "bit 1: refused", bits, "127.0.0.1", "unknown", "",
		    "127.0.0.1", false },
		{ "bit 1 with others", bits, "127.0.0.9", "unknown", "",
		    "bit 1", false },
		{ "bits of another net", bits, "127.0.1.8", "no", "", NULL,
		    true },
		{ "good sender", good, "127.0.9.2", "yes", "trusted", NULL,
		    false },
		{ "good sender without trust", good, "127.0.9.0", "no", "",
		    NULL, true },
		{ "good senders refuse us", good, "127.0.10.255", "unknown", "",
		    "127.0.x.255", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct arena *a = arena_new();
		struct span rest = span_of(row[i].answer), piece;
		struct dns_answer answer = { .status = DNS_NXDOMAIN,
			.type = DNS_A };
		struct dnslist_result r;
		struct snapshot *s;
		struct ip ip_room[8];

		if (!table_wants(row[i].label))
			continue;
		s = load_good(arena_printf(a, "list a %s", row[i].list), a);
		answer.ip = ip_room;
		while (rest.n > 0 && span_cut(&rest, ' ', &piece)) {
			assert_true(ip_parse(piece, &ip_room[answer.count++]));
			answer.status = DNS_DATA;
		}
		dnslist_judge(dnslists_of(s)->list[0], &answer, a, &r);
		table_text(
		    row[i].label, "truth", truth_names[r.truth], row[i].truth);
		table_text(row[i].label, "detail", arena_strdup(a, r.detail),
		    row[i].detail);
		table_text(row[i].label, "error",
		    r.error == NULL ? NULL : r.error->code, row[i].error);
		table_number(row[i].label, "other", r.other, row[i].other);
		snapshot_unref(&s);
		arena_free(&a);
	}
	table_end();
}

/* ---- the files that are shipped ------------------------------------------ */

#define EXAMPLES SRCDIR "/contrib/rules/examples/"

/* As a file of rules.d, with all that it has switched off switched on. */
static void
example_load(const char *path, size_t lists)
{
	struct arena *a = arena_new();
	struct snapshot_source source = { .file = EXAMPLES "verdict.conf",
		.config_text = SPAN("") };
	struct diags diags;
	struct snapshot *s;
	struct buf text, report;
	struct span rest, line;
	const char *why;

	if (!file_read(path, 1 << 20, a, &rest, &why))
		fail_msg("%s", why);
	buf_init(&text, 1 << 20);
	while (rest.n > 0 && span_cut(&rest, '\n', &line)) {
		if (span_starts(line, SPAN("#include")))
			line = span_slice(line, 1, line.n);
		(void)buf_printf(&text, "%.*s\n", SPAN_FMT(line));
	}
	source.rules_text = buf_span(&text);
	diags_init(&diags, a);
	s = snapshot_load(&source, &diags);
	buf_init(&report, 65536);
	diags_print(&diags, &report, false);
	table_text(path, "errors and warnings",
	    arena_strdup(a, buf_span(&report)), "");
	if (s != NULL && lists > 0)
		table_number(path, "lists", (long long)dnslists_of(s)->count,
		    (long long)lists);
	buf_free(&report);
	buf_free(&text);
	snapshot_unref(&s);
	arena_free(&a);
}

static void
test_examples(void **state)
{
	struct arena *a = arena_new();
	const char **path;
	const char *why = "";
	size_t count;

	(void)state;
	assert_true(
	    path_glob(EXAMPLES "dns-lists/*.rules", a, &path, &count, &why));
	assert_true(count > 5);
	for (size_t i = 0; i < count; i++)
		example_load(path[i], 0);
	example_load(EXAMPLES "10-dns-lists.rules", 16);
	example_load(EXAMPLES "15-local-lists.rules", 5);
	arena_free(&a);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_declarations),
	cmocka_unit_test(test_subjects),
	cmocka_unit_test(test_answers),
	cmocka_unit_test(test_examples),
};

TABLE_MAIN(tests)
