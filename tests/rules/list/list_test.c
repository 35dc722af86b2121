/*
 * Static lists: what an entry covers, how lines are read, expiry and notes.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "rules/list/list.h"

#define DAY_S INT64_C(86400)
/* 2026-06-01 */
#define NOW_S INT64_C(1780272000)

static struct list *
list_of(enum list_kind kind, const char *text, struct list_report *report)
{
	struct list *l = list_new(kind, NULL);

	memset(report, 0, sizeof(*report));
	(void)list_add_text(l, span_of(text), "test.list", 1, report);
	list_finish(l);
	return l;
}

static bool
list_has(const struct list *l, const char *value, struct list_hit *hit)
{
	struct patterns_job job = { .text = span_of(value) };
	struct ip ip;

	switch (list_kind(l)) {
	case LIST_DOMAINS:
		return list_find_domain(l, job.text, NOW_S, hit);
	case LIST_ADDRESSES:
		return list_find_address(l, job.text, NOW_S, hit);
	case LIST_NETWORKS:
		assert_true(ip_parse(job.text, &ip));
		return list_find_ip(l, ip, NOW_S, hit);
	case LIST_WORDS:
		return list_find_word(l, job.text, NOW_S, hit);
	case LIST_PATTERNS:
		return list_find_text(l, &job, NOW_S, hit, NULL) == PATTERN_YES;
	}
	return false;
}

#define D LIST_DOMAINS
#define A LIST_ADDRESSES
#define N LIST_NETWORKS
#define W LIST_WORDS
#define P LIST_PATTERNS

/* entry: what the hit says, or NULL where there is none. */
static const struct lookup_row {
	const char *label;
	enum list_kind kind;
	const char *text, *value, *entry;
} lookup_rows[] = {
	{ "the domain itself", D, "example.com", "example.com", "example.com" },
	{ "a sub-domain", D, "example.com", "a.b.example.com", "example.com" },
	{ "not a longer name", D, "example.com", "badexample.com", NULL },
	{ "not its parent", D, "example.com", "com", NULL },
	{ "case and dot", D, "Example.COM.", "WWW.example.com.",
	    "example.com" },
	{ "= is the name alone", D, "=example.com", "example.com",
	    "example.com" },
	{ "= is not below", D, "=example.com", "a.example.com", NULL },
	{ ". is below", D, ".example.com", "a.example.com", "example.com" },
	{ ". is not the name", D, ".example.com", "example.com", NULL },
	{ "*. is below", D, "*.example.com", "a.example.com", "example.com" },
	{ "*. is not the name", D, "*.example.com", "example.com", NULL },
	{ "both forms", D, "=example.com\n.example.com", "x.example.com",
	    "example.com" },
	{ "the nearest is told", D, "example.com\nb.example.com\n.org",
	    "a.b.example.com", "b.example.com" },
	{ "a top-level domain", D, "top", "spam.top", "top" },
	{ "U-labels", D,
	    "b\xc3\xbc"
	    "cher.example",
	    "www.xn--bcher-kva.example", "xn--bcher-kva.example" },
	{ "CR at the line's end", D, "a.example\r\nb.example\r\n", "b.example",
	    "b.example" },
	{ "byte order mark", D,
	    "\xef\xbb\xbf"
	    "a.example\n",
	    "a.example", "a.example" },
	{ "empty name", D, "example.com", "", NULL },
	{ "only a dot", D, "example.com", ".", NULL },
	{ "empty labels", D, "example.com", "..example.com", "example.com" },
	{ "hosts file", D, "0.0.0.0 bad.example", "x.bad.example",
	    "bad.example" },
	{ "hosts file, second name", D, "127.0.0.1\ta.example b.example # c",
	    "b.example", "b.example" },
	{ "hosts file, IPv6", D, "::1 localhost\n:: bad.example", "bad.example",
	    "bad.example" },
	{ "the machine itself", D, "127.0.0.1 localhost", "localhost", NULL },
	{ "RPZ, name alone", D, "bad.example CNAME .", "bad.example",
	    "bad.example" },
	{ "RPZ, not below", D, "bad.example CNAME .", "a.bad.example", NULL },
	{ "RPZ, below", D, "*.bad.example CNAME .", "a.bad.example",
	    "bad.example" },
	{ "RPZ, not the name", D, "*.bad.example CNAME .", "bad.example",
	    NULL },
	{ "RPZ with TTL and class", D, "bad.example. 60 IN CNAME .",
	    "bad.example", "bad.example" },
	{ "RPZ, local data", D, "bad.example A 127.0.0.1", "bad.example",
	    "bad.example" },
	{ "RPZ, exception", D, "good.example CNAME rpz-passthru.",
	    "good.example", NULL },
	{ "RPZ, trigger by address", D, "32.1.2.0.192.rpz-ip CNAME .",
	    "32.1.2.0.192.rpz-ip", NULL },
	{ "RPZ, dump of a zone", D,
	    "rpz.test. 60 IN SOA a. b. 1 2 3 4 5\n"
	    "rpz.test. 60 IN NS localhost.\n"
	    "bad.example.rpz.test. 60 IN CNAME .\n",
	    "bad.example", "bad.example" },
	{ "RPZ, SOA over many lines", D,
	    "$TTL 60\n@ SOA a. b. (\n 1 ; serial\n 2 3 4 5 )\n  NS a.\n"
	    "bad.example CNAME .\n",
	    "bad.example", "bad.example" },
	{ "filter list", D, "[Adblock Plus]\n! title\n||bad.example^\n",
	    "a.bad.example", "bad.example" },
	{ "filter with option", D, "||bad.example^$important", "bad.example",
	    "bad.example" },
	{ "filter for pages only", D, "||ok.example/ads^", "ok.example", NULL },
	{ "filter exception", D, "@@||ok.example^", "ok.example", NULL },
	{ "filter for elements", D, "ok.example##.ad", "ok.example", NULL },
	{ "URL", D, "https://bad.example/", "bad.example", "bad.example" },
	{ "URL with a path", D, "https://ok.example/bad", "ok.example", NULL },
	{ "dnsmasq", D, "address=/bad.example/0.0.0.0", "bad.example",
	    "bad.example" },
	{ "dnsmasq without address", D, "local=/a.example/b.example/",
	    "b.example", "b.example" },
	{ "Unbound", D, "server:\nlocal-zone: \"bad.example.\" always_nxdomain",
	    "bad.example", "bad.example" },

	{ "address", A, "Ann@Example.com", "ann@example.COM",
	    "ann@example.com" },
	{ "other local part", A, "ann@example.com", "joann@example.com", NULL },
	{ "address of a sub-domain", A, "ann@example.com", "ann@a.example.com",
	    NULL },
	{ "whole domain", A, "@example.com", "bob@example.com",
	    "@example.com" },
	{ "@ is the domain alone", A, "@example.com", "bob@a.example.com",
	    NULL },
	{ "@. is below", A, "@.example.com", "bob@a.example.com",
	    "@example.com" },
	{ "@. is not the domain", A, "@.example.com", "bob@example.com", NULL },
	{ "local part anywhere", A, "postmaster@", "PostMaster@a.example",
	    "postmaster@" },
	{ "the address before its domain", A, "@b.example\na@b.example",
	    "a@b.example", "a@b.example" },
	{ "angle brackets", A, "<a@b.example>", "a@b.example", "a@b.example" },
	{ "@ in the local part", A, "@b.example", "\"a@x\"@b.example",
	    "@b.example" },
	{ "no @", A, "@b.example", "b.example", NULL },
	{ "long local part", A, "@b.example",
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "@b.example",
	    "@b.example" },

	{ "one address", N, "192.0.2.1", "192.0.2.1", "192.0.2.1" },
	{ "another address", N, "192.0.2.1", "192.0.2.2", NULL },
	{ "network", N, "192.0.2.0/24", "192.0.2.255", "192.0.2.0/24" },
	{ "the narrowest is told", N, "192.0.0.0/16\n192.0.2.0/24", "192.0.2.9",
	    "192.0.2.0/24" },
	{ "outside", N, "192.0.2.0/24", "192.0.3.0", NULL },
	{ "odd length", N, "192.0.2.128/25", "192.0.2.127", NULL },
	{ "IPv6", N, "2001:db8::/33", "2001:db8:7fff::1", "2001:db8::/33" },
	{ "IPv6, outside", N, "2001:db8::/33", "2001:db8:8000::1", NULL },
	{ "all of IPv4", N, "0.0.0.0/0", "203.0.113.1", "0.0.0.0/0" },
	{ "but not IPv6", N, "0.0.0.0/0", "2001:db8::1", NULL },
	{ "mapped", N, "192.0.2.0/24", "::ffff:192.0.2.1", "192.0.2.0/24" },
	{ "range", N, "192.0.2.3-192.0.2.9", "192.0.2.5", "192.0.2.4/30" },
	{ "range, first", N, "192.0.2.3-192.0.2.9", "192.0.2.3", "192.0.2.3" },
	{ "range, last", N, "192.0.2.3-192.0.2.9", "192.0.2.9",
	    "192.0.2.8/31" },
	{ "range, behind", N, "192.0.2.3-192.0.2.9", "192.0.2.10", NULL },
	{ "range of all", N, "0.0.0.0-255.255.255.255", "1.2.3.4",
	    "0.0.0.0/0" },
	{ "range over octets", N, "10.0.255.255-10.1.0.0", "10.1.0.0",
	    "10.1.0.0" },
	{ "with a comment of a blocklist", N, "192.0.2.0/24 ; SBL1",
	    "192.0.2.1", "192.0.2.0/24" },

	{ "word", W, "Viagra", "viagra", "viagra" },
	{ "word in Cyrillic", W, "\xd0\x96\xd0\xb0", "\xd0\xb6\xd0\x90",
	    "\xd0\xb6\xd0\xb0" },
	{ "part of a word", W, "viagra", "viagras", NULL },
	{ "words with a space", W, "cheap pills # note", "Cheap Pills",
	    "cheap pills" },
	{ "quoted", W, "\"a # b\" # note", "A # B", "a # b" },
	{ "quotes inside", W, "\"say \"hi\" twice\"", "say \"hi\" twice",
	    "say \"hi\" twice" },
	{ "empty word", W, "\"\"", "", "" },
	{ "no empty word", W, "a", "", NULL },
	{ "until is a word, too", W, "wait until dawn", "wait until dawn",
	    "wait until dawn" },

	{ "pattern", P, "/chea?p/i", "CHEP!", "chea?p" },
	{ "pattern, no match", P, "/chea?p/", "CHEP!", NULL },
	{ "bare pattern", P, "^no # comment", "no # comment", "^no # comment" },
	{ "slash in a pattern", P, "/a\\/b/ # note", "xa/b", "a\\/b" },
	{ "second pattern", P, "# all\n/a/\n/b/", "b", "b" },
};

#undef D
#undef A
#undef N
#undef W
#undef P

static void
test_lookups(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(lookup_rows); i++) {
		const struct lookup_row *row = &lookup_rows[i];
		struct list_report report;
		struct list_hit hit;
		struct list *l;
		char entry[256];
		bool found;

		if (!table_wants(row->label))
			continue;
		l = list_of(row->kind, row->text, &report);
		found = list_has(l, row->value, &hit);
		if (found)
			(void)snprintf(
			    entry, sizeof(entry), "%.*s", SPAN_FMT(hit.entry));
		table_text(
		    row->label, "entry", found ? entry : NULL, row->entry);
		list_free(&l);
	}
	table_end();
}

static void
test_problems(void **state)
{
	static const struct {
		const char *label;
		enum list_kind kind;
		const char *text;
		size_t column;
		const char *message;
	} row[] = {
		{ "two domains", LIST_DOMAINS, "a.example b.example", 11,
		    "more than one domain in a line" },
		{ "address as domain", LIST_DOMAINS, "x@a.example", 1,
		    "an address in a list of domains" },
		{ "IP address as domain", LIST_DOMAINS, "192.0.2.1", 1,
		    "an IP address in a list of domains" },
		{ "URL with a path", LIST_DOMAINS, "http://a.example/x", 17,
		    "a URL with a path or port would list its whole host" },
		{ "domain as address", LIST_ADDRESSES, "a.example", 1,
		    "no address: local@domain, @domain and local@ are" },
		{ "lone @", LIST_ADDRESSES, " @", 2,
		    "an address without anything" },
		{ "two addresses", LIST_ADDRESSES, "a@b.example c@d.example",
		    12, "more than one address" },
		{ "no network", LIST_NETWORKS, "192.0.2.0/33", 1,
		    "no network: 192.0.2.0/24 and 2001:db8::/32 are" },
		{ "backward range", LIST_NETWORKS, "192.0.2.9-192.0.2.1", 1,
		    "the range ends before it starts" },
		{ "two networks", LIST_NETWORKS, "192.0.2.1 192.0.2.2", 11,
		    "more than one network" },
		{ "no such day", LIST_DOMAINS, "a.example until 2026-02-30", 17,
		    "\"until\" takes a day: until 2026-12-31" },
		{ "pattern error", LIST_PATTERNS, "  /a(b/", 7,
		    "missing closing parenthesis" },
		{ "pattern flag", LIST_PATTERNS, "/ab/iq", 6,
		    "flags behind a pattern are i, m, s and x" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct list_report report;
		struct list *l = list_of(row[i].kind, row[i].text, &report);

		if (table_wants(row[i].label)) {
			table_number(
			    row[i].label, "bad", (long long)report.bad, 1);
			table_number(row[i].label, "entries",
			    (long long)list_count(l), 0);
			table_text(row[i].label, "message",
			    report.problem[0].message, row[i].message);
			table_number(row[i].label, "column",
			    (long long)report.problem[0].column,
			    (long long)row[i].column);
		}
		list_free(&l);
	}
	table_end();
}

static void
test_report(void **state)
{
	struct list_report report;
	struct list *l = list_of(LIST_DOMAINS,
	    "# a list\n\na.example\nA.EXAMPLE\na b\n$TTL 1\n"
	    "1\x01\n+\n+\n+\n+\n+\n+\n+\n+\n=a.example\n.b.example",
	    &report);

	(void)state;
	assert_int_equal(report.lines, 17);
	assert_int_equal(report.entries, 2);
	assert_int_equal(report.duplicates, 2);
	assert_int_equal(report.skipped, 1);
	assert_int_equal(report.bad, 10);
	assert_int_equal(report.problem_count, LIST_PROBLEMS_MAX);
	assert_int_equal(report.problem[0].line, 5);
	assert_int_equal(report.problem[1].line, 7);
	assert_string_equal(report.problem[1].text, "1?");
	assert_int_equal(list_count(l), 2);
	list_free(&l);
}

static void
test_expiry_and_notes(void **state)
{
	struct list_report report;
	struct list *l = list_of(LIST_DOMAINS,
	    "a.example until 2026-05-31 # was bad\n"
	    "b.example until 2026-06-01 ;; told by Ann \n"
	    "c.example until 2026-06-01\nc.example until 2026-07-01\n"
	    "d.example until 2026-06-01\nd.example\n"
	    "e.example until 2026-05-31\n=e.example until 2026-07-01\n",
	    &report);
	struct list_hit hit;

	(void)state;
	assert_int_equal(report.bad, 0);
	assert_false(list_has(l, "a.example", NULL));
	assert_true(list_find_domain(l, SPAN("a.example"), NOW_S - 1, &hit));
	assert_int_equal(hit.until_s, NOW_S);
	assert_true(list_has(l, "b.example", &hit));
	assert_true(span_is(hit.note, "told by Ann"));
	assert_string_equal(hit.source, "test.list");
	assert_int_equal(hit.line, 2);
	assert_int_equal(hit.until_s, NOW_S + DAY_S);
	assert_false(
	    list_find_domain(l, SPAN("b.example"), NOW_S + DAY_S, NULL));
	assert_true(
	    list_find_domain(l, SPAN("c.example"), NOW_S + 2 * DAY_S, NULL));
	assert_false(
	    list_find_domain(l, SPAN("c.example"), NOW_S + 31 * DAY_S, NULL));
	assert_true(list_find_domain(
	    l, SPAN("x.d.example"), NOW_S + 9999 * DAY_S, &hit));
	assert_int_equal(hit.until_s, 0);
	assert_true(list_has(l, "e.example", &hit));
	assert_true(hit.alone_only);
	assert_false(list_has(l, "x.e.example", NULL));
	list_free(&l);
}

static void
test_plus_tags(void **state)
{
	struct list_options options = { .plus_tags = true };
	struct list *l = list_new(LIST_ADDRESSES, &options);

	(void)state;
	assert_true(list_add_text(l, SPAN("ann@a.example"), "inline", 7, NULL));
	list_finish(l);
	assert_true(list_has(l, "ann+news@a.example", NULL));
	assert_true(list_has(l, "ann@a.example", NULL));
	assert_false(list_has(l, "+ann@a.example", NULL));
	assert_false(list_has(l, "ann.news@a.example", NULL));
	list_free(&l);
}

/* What is found for a recipient, as "ENTRY of OWNER", or "". */
static const struct owned_row {
	const char *label;
	enum list_kind kind;
	const char *text, *rcpt, *value, *want;
} owned_rows[] = {
	{ "his own", LIST_ADDRESSES, "ann@h.example bob@b.example",
	    "ann@h.example", "bob@b.example",
	    "bob@b.example of ann@h.example" },
	{ "another's", LIST_ADDRESSES, "ann@h.example bob@b.example",
	    "eve@h.example", "bob@b.example", "" },
	{ "case of both", LIST_ADDRESSES, "Ann@H.example Bob@b.example",
	    "aNN@h.EXAMPLE", "bOB@b.example",
	    "bob@b.example of ann@h.example" },
	{ "his domain's", LIST_ADDRESSES, "@h.example @b.example",
	    "eve@h.example", "bob@b.example", "@b.example of @h.example" },
	{ "a domain below is another", LIST_ADDRESSES, "@h.example @b.example",
	    "eve@x.h.example", "bob@b.example", "" },
	{ "of both his own is told", LIST_ADDRESSES,
	    "@h.example @b.example\nann@h.example bob@", "ann@h.example",
	    "bob@b.example", "bob@ of ann@h.example" },
	{ "what stands behind + is his", LIST_ADDRESSES,
	    "ann@h.example bob@b.example", "ann+shop@h.example",
	    "bob@b.example", "bob@b.example of ann@h.example" },
	{ "a + alone is nobody", LIST_ADDRESSES, "ann@h.example bob@b.example",
	    "+ann@h.example", "bob@b.example", "" },
	{ "two who have the same", LIST_DOMAINS,
	    "ann@h.example b.example\neve@h.example b.example", "eve@h.example",
	    "x.b.example", "b.example of eve@h.example" },
	{ "the nearest of his", LIST_DOMAINS,
	    "ann@h.example b.example\nann@h.example x.b.example",
	    "ann@h.example", "y.x.b.example", "x.b.example of ann@h.example" },
	{ "= is the name alone", LIST_DOMAINS, "ann@h.example =b.example",
	    "ann@h.example", "x.b.example", "" },
	{ "networks", LIST_NETWORKS, "ann@h.example 192.0.2.0/24",
	    "ann@h.example", "192.0.2.9", "192.0.2.0/24 of ann@h.example" },
	{ "networks of another", LIST_NETWORKS,
	    "ann@h.example 192.0.2.0/24\neve@h.example 192.0.3.0/24",
	    "eve@h.example", "192.0.2.9", "" },
	{ "words", LIST_WORDS, "ann@h.example two words # note",
	    "ann@h.example", "Two Words", "two words of ann@h.example" },
	{ "an end", LIST_WORDS, "ann@h.example word until 2026-05-31",
	    "ann@h.example", "word", "" },
};

static void
test_owned(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(owned_rows); i++) {
		const struct owned_row *row = &owned_rows[i];
		struct list_options options = { .by_rcpt = true };
		struct list *l = list_new(row->kind, &options);
		struct list_value v = { .text = span_of(row->value) };
		uint32_t owner[LIST_OWNERS_MAX];
		char found[200] = "";
		struct list_hit hit;
		size_t count;

		if (row->kind == LIST_NETWORKS)
			assert_true(ip_parse(v.text, &v.ip));
		if (!list_add_text(l, span_of(row->text), "f", 1, NULL))
			table_fail(row->label, "a line is bad");
		list_finish(l);
		count = list_owners(l, span_of(row->rcpt), owner);
		for (size_t k = 0; k < count && found[0] == '\0'; k++)
			if (list_find_owned(l, owner[k], &v, NOW_S, &hit))
				(void)snprintf(found, sizeof(found),
				    "%.*s of %.*s", SPAN_FMT(hit.entry),
				    SPAN_FMT(hit.owner));
		table_text(row->label, "found", found, row->want);
		if (row->kind != LIST_NETWORKS)
			assert_false(list_has(l, row->value, NULL));
		list_free(&l);
	}
	table_end();
}

static const struct {
	const char *label, *line, *why;
} owned_problems[] = {
	{ "nobody", "b.example",
	    "no address: local@domain, @domain and local@ are" },
	{ "in any domain", "ann@ b.example",
	    "whose is it? a line begins with local@domain or @domain" },
	{ "below a domain", "@.h.example b.example",
	    "whose is it? a line begins with local@domain or @domain" },
	{ "no entry", "ann@h.example", "nothing stands behind the recipient" },
	{ "an entry that is none", "ann@h.example b..example",
	    "empty label in domain" },
};

static void
test_owned_problems(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(owned_problems); i++) {
		struct list_options options = { .by_rcpt = true };
		struct list *l = list_new(LIST_DOMAINS, &options);
		struct list_report report = { 0 };

		(void)list_add_text(
		    l, span_of(owned_problems[i].line), "f", 1, &report);
		table_number(
		    owned_problems[i].label, "bad", (long long)report.bad, 1);
		table_text(owned_problems[i].label, "why",
		    report.problem[0].message, owned_problems[i].why);
		list_free(&l);
	}
	table_end();
}

static void
test_pattern_list(void **state)
{
	struct list_report report;
	struct pattern_error error;
	struct list *l = list_new(LIST_PATTERNS, NULL);
	struct list_hit hit;
	struct patterns_job job = { .text = SPAN("one two three") };
	struct pattern_result match;

	(void)state;
	memset(&report, 0, sizeof(report));
	assert_false(list_add_text(l,
	    SPAN("/two/ until 2026-05-31\n/th(/\n/THREE/i # third\n"), "p.list",
	    1, &report));
	assert_int_equal(report.problem[0].line, 2);
	assert_true(list_add_pattern(l, SPAN("four"), 0, "x.rules", 3, &error));
	assert_false(list_add_pattern(l, SPAN("fo("), 0, "x.rules", 3, &error));
	assert_int_equal(error.offset, 3);
	list_finish(l);
	assert_int_equal(list_count(l), 3);
	assert_int_equal(patterns_count(list_patterns(l)), 3);
	assert_int_equal(
	    list_find_text(l, &job, NOW_S, &hit, &match), PATTERN_YES);
	assert_true(span_is(hit.note, "third"));
	assert_int_equal(hit.line, 3);
	assert_int_equal(match.offset, 8);
	assert_int_equal(list_find_text(l, &job, 0, &hit, &match), PATTERN_YES);
	assert_int_equal(match.offset, 4);
	list_free(&l);
}

static bool
count_each(void *context, const struct list_hit *hit)
{
	char *seen = context;

	(void)strncat(seen, hit->entry.p, hit->entry.n);
	(void)strcat(seen, hit->below_only ? "< " : " ");
	return strlen(seen) < 40;
}

static void
test_each(void **state)
{
	struct list_report report;
	char seen[100] = "";
	struct list *l = list_of(LIST_DOMAINS,
	    "b.example\n.a.example\nx.example until 2020-01-01\n"
	    "c.example\nd.example\ne.example",
	    &report);

	(void)state;
	list_each(l, NOW_S, count_each, seen);
	assert_string_equal(seen, "b.example a.example< c.example d.example ");
	list_free(&l);
	seen[0] = '\0';
	l = list_of(LIST_NETWORKS, "10.0.0.0/8\n2001:DB8::1", &report);
	list_each(l, NOW_S, count_each, seen);
	assert_string_equal(seen, "10.0.0.0/8 2001:db8::1 ");
	list_free(&l);
}

/* Growth, and that no name is lost or made up. */
static void
test_many(void **state)
{
	struct list_options options = { .entries_max = 30000 };
	struct list *l = list_new(LIST_DOMAINS, &options);
	struct list_report report = { 0 };
	char name[64];

	(void)state;
	for (unsigned i = 0; i < 30000; i++) {
		(void)snprintf(name, sizeof(name), "host%u.example", i * 7);
		assert_true(list_add_text(l, span_of(name), "a", i, &report));
	}
	assert_false(list_add_text(l, SPAN("full.example"), "a", 1, &report));
	assert_string_equal(report.problem[0].message, "the list is full");
	list_finish(l);
	assert_int_equal(list_count(l), 30000);
	for (unsigned i = 0; i < 210000; i++) {
		(void)snprintf(name, sizeof(name), "a.host%u.example", i);
		assert_int_equal(list_has(l, name, NULL), i % 7 == 0);
	}
	assert_true(list_memory(l) < 30000 * 64);
	list_free(&l);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_lookups),
	cmocka_unit_test(test_problems),
	cmocka_unit_test(test_report),
	cmocka_unit_test(test_expiry_and_notes),
	cmocka_unit_test(test_plus_tags),
	cmocka_unit_test(test_owned),
	cmocka_unit_test(test_owned_problems),
	cmocka_unit_test(test_pattern_list),
	cmocka_unit_test(test_each),
	cmocka_unit_test(test_many),
};

TABLE_MAIN(tests)
