/*
 * From messages to rows of reports: which messages have one, and what it says.
 */
#include "config.h"

#include "tests/kit/table.h"

#include <stdlib.h>
#include <unistd.h>

#include "policy/case/case.h"
#include "policy/load/snapshot_load.h"
#include "policy/message/session.h"
#include "policy/report/report_book.h"
#include "policy/report/report_row.h"
#include "policy/report/report_rua.h"
#include "policy/report/report_xml.h"
#include "rules/source/diag.h"
#include "tests/kit/snapshot_kit.h"

#define RUA "; rua=mailto:agg@"
#define ZONE                                                                                                \
	"\"dns\":{"                                                                                         \
	"\"rej.example\":{\"TXT\":[\"v=spf1 ip4:192.0.2.0/24 -all\"]},"                                     \
	"\"_dmarc.rej.example\":{\"TXT\":[\"v=DMARC1; p=reject; sp=none; np=quarantine; aspf=s; fo=1:d" RUA \
	"rej.example!10m\"]},"                                                                              \
	"\"there.rej.example\":{\"TXT\":[\"x\"]},"                                                          \
	"\"quar.example\":{\"TXT\":[\"v=spf1 ip4:192.0.2.0/24 -all\"]},"                                    \
	"\"_dmarc.quar.example\":{\"TXT\":[\"v=DMARC1; p=quarantine" RUA                                    \
	"quar.example\"]},"                                                                                 \
	"\"test.example\":{\"TXT\":[\"v=spf1 -all\"]},"                                                     \
	"\"_dmarc.test.example\":{\"TXT\":[\"v=DMARC1; p=quarantine; t=y" RUA                               \
	"test.example\"]},"                                                                                 \
	"\"none.example\":{\"TXT\":[\"v=spf1 ip4:192.0.2.0/24 -all\"]},"                                    \
	"\"_dmarc.none.example\":{\"TXT\":[\"v=DMARC1; p=none" RUA                                          \
	"none.example\"]},"                                                                                 \
	"\"bad.example\":{\"TXT\":[\"v=spf1 ip4:192.0.2.0/24 -all\"]},"                                     \
	"\"_dmarc.bad.example\":{\"TXT\":[\"v=DMARC1; p=reject; sp=maybe" RUA                               \
	"bad.example\"]},"                                                                                  \
	"\"_dmarc.silent.example\":{\"TXT\":[\"v=DMARC1; p=reject\"]},"                                     \
	"\"_dmarc.web.example\":{\"TXT\":[\"v=DMARC1; p=reject; rua=https://web.example/x\"]},"             \
	"\"_dmarc.lost.example\":{\"_rcode\":\"SERVFAIL\"},"                                                \
	"\"late.example\":{\"_rcode\":\"TIMEOUT\"},"                                                        \
	"\"_dmarc.late.example\":{\"TXT\":[\"v=DMARC1; p=reject" RUA                                        \
	"late.example\"]},"                                                                                 \
	"\"list.example\":{\"TXT\":[\"v=spf1 +all\"]},"                                                     \
	"\"evil.example\":{\"TXT\":[\"v=spf1 +all\"]}}"

struct row {
	const char *label;
	const char *rules; /* behind "verdict junk at 6"; "": they accept all */
	const char *envelope, *from; /* MAIL FROM; the author */
	const char *more; /* header fields or JSON members; see below */
	const char *want; /* the rest without identifiers; NULL: no row */
};

#define REJECT \
	"rule r when dmarc = fail and dmarc.applied = reject then reject\n"
#define JUNK "rule j when dmarc = fail then junk\n"
#define DONE(disposition, spf, reason)                             \
	"<policy_evaluated><disposition>" disposition              \
	"</disposition><dkim>fail</dkim><spf>" spf "</spf>" reason \
	"</policy_evaluated></row>"
#define WHY(type) "<reason><type>" type "</type></reason>"

/* clang-format off */
static const struct row rows[] = {
	{ "passes where the policy would act", "", "a@rej.example", "rej.example", "",
	  DONE("pass", "pass", "") },
	{ "passes where no policy would act", "", "a@none.example", "none.example", "",
	  DONE("none", "pass", "") },
	{ "fails and is refused", REJECT, "a@evil.example", "rej.example", "",
	  DONE("reject", "fail", "") },
	{ "fails and is junk where reject was asked for", JUNK, "a@evil.example", "rej.example", "",
	  DONE("quarantine", "fail", WHY("local_policy")) },
	{ "fails and is accepted", "", "a@evil.example", "rej.example", "",
	  DONE("none", "fail", WHY("local_policy")) },
	{ "a sub-domain takes sp", REJECT, "a@evil.example", "there.rej.example", "",
	  DONE("none", "fail", "") },
	{ "a sub-domain that does not exist takes np", JUNK, "a@evil.example", "sub.rej.example", "",
	  DONE("quarantine", "fail", "") },
	{ "fails and is junk as asked for", JUNK, "a@evil.example", "quar.example", "",
	  DONE("quarantine", "fail", "") },
	{ "refused as spam: that is not DMARC's doing", "rule s then reject\n", "a@evil.example", "none.example", "",
	  DONE("none", "fail", "") },
	{ "refused though it passes", "rule s then reject\n", "a@rej.example", "rej.example", "",
	  DONE("pass", "pass", "") },
	{ "discarded", "rule s then discard\n", "a@evil.example", "rej.example", "",
	  DONE("reject", "fail", "") },
	{ "the domain is testing", "", "a@evil.example", "test.example", "",
	  DONE("none", "fail", WHY("policy_test_mode")) },
	{ "a rule's tag names the reason", "rule t then tag trusted_forwarder\n", "a@evil.example", "rej.example", "",
	  DONE("none", "fail", WHY("trusted_forwarder")) },
	{ "other tags are nobody's business", "rule t then tag vip\n", "a@evil.example", "rej.example", "",
	  DONE("none", "fail", WHY("local_policy")) },
	{ "a list that speaks for itself", "rule l when list.aligned then accept\n", "a@list.example", "rej.example", "List-Id: <talk.list.example>\\r\\n",
	  DONE("none", "fail", WHY("mailing_list")) },
	{ "put off: it comes again", "rule t then tempfail\n", "a@evil.example", "rej.example", "", NULL },
	{ "no address for reports", "", "a@silent.example", "silent.example", "", NULL },
	{ "no address but of another kind", "", "a@web.example", "web.example", "", NULL },
	{ "no record", "", "a@evil.example", "evil.example", "", NULL },
	{ "the record can't be looked up", "", "a@evil.example", "lost.example", "", NULL },
	{ "neither pass nor fail", "", "a@late.example", "late.example", "", NULL },
	{ "two authors", "", "a@evil.example", "rej.example", "From: x@evil.example\\r\\n", NULL },
	{ "a report on us", "", "a@rej.example", "rej.example", "Subject: Report Domain: us.example Submitter: rej.example\\r\\n", NULL },
	{ "a forger who calls it a report", "", "a@evil.example", "rej.example", "Subject: Report Domain: us.example Submitter: rej.example\\r\\n",
	  DONE("none", "fail", WHY("local_policy")) },
	{ "comes from our address", "", "dmarc@us.example", "rej.example", "", NULL },
};
/* clang-format on */

struct bench {
	struct arena *arena;
	struct snapshot *snapshot;
	struct case_input input;
	struct case_result result;
	struct report_row *row;
};

static void
bench_run(
    struct bench *b, const char *config, const char *rules, const char *json)
{
	struct snapshot_source source = { .want_all = true,
		.config_text = span_of(config) };
	struct jsonr_doc *doc;
	const char *why = NULL;

	b->arena = arena_new();
	source.rules_text = span_of(arena_printf(
	    b->arena, "verdict junk at 6 reject at 15\n%s", rules));
	b->snapshot = snapshot_kit(&source, b->arena);
	case_init(&b->input);
	doc = jsonr_parse(span_of(json), b->arena, &why);
	assert_non_null(doc);
	assert_true(case_read(&b->input, jsonr_top(doc), ".", b->arena, &why));
	case_run(&b->input, b->snapshot, NULL, &b->result);
	b->row = report_row_new(
	    b->result.session->message, &b->result.verdict, RCPT_NONE);
	jsonr_free(&doc);
}

static void
bench_end(struct bench *b)
{
	report_row_free(&b->row);
	case_result_free(&b->result);
	case_release(&b->input);
	snapshot_unref(&b->snapshot);
	arena_free(&b->arena);
}

static const char *
case_of(
    struct arena *a, const char *envelope, const char *from, const char *fields)
{
	return arena_printf(a,
	    "{\"ip\":\"192.0.2.7\",\"helo\":\"x.example\",\"mailfrom\":\"%s\","
	    "\"rcpt\":\"bob@us.example\",\"message\":\"From: Ann <ann@%s>"
	    "\\r\\n%s\\r\\nbody\"," ZONE "}",
	    envelope, from, fields);
}

static const char config[] = "report on\nreport.from dmarc@us.example\n";

static void
check_row(const struct row *r)
{
	struct arena *a = arena_new();
	struct bench b;
	struct span done = { NULL, 0 };

	bench_run(
	    &b, config, r->rules, case_of(a, r->envelope, r->from, r->more));
	if (b.row != NULL)
		done = span_slice(b.row->rest, 0,
		    span_search(b.row->rest, SPAN("<identifiers>")));
	table_text(r->label, "row",
	    done.p == NULL ? NULL : arena_strdup(a, done), r->want);
	/* What nobody is told. */
	if (b.row != NULL &&
	    (span_search(b.row->rest, SPAN("bob")) != SIZE_MAX ||
		span_search(b.row->rest, SPAN("us.example")) != SIZE_MAX ||
		span_search(b.row->rest, SPAN("ann")) != SIZE_MAX))
		table_fail(
		    r->label, "tells too much: %.*s", SPAN_FMT(b.row->rest));
	bench_end(&b);
	arena_free(&a);
}

/* What ARC found stands beside the reason, whichever tag gives that. */
static void
test_chain(void **state)
{
	static const char *const rules[] = { "rule t then tag local_policy\n",
		"" };
	const char *json =
	    "{\"ip\":\"192.0.2.7\",\"helo\":\"x.example\","
	    "\"mailfrom\":\"a@evil.example\",\"rcpt\":\"bob@us.example\","
	    "\"message\":\"From: Ann <ann@rej.example>\\r\\n\\r\\nbody\","
	    "\"facts\":{\"arc\":\"pass\","
	    "\"arc.chain\":\"arc=pass as[1].d=l.example as[1].s=s\"}," ZONE "}";

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rules); i++) {
		struct bench b;

		bench_run(&b, config, rules[i], json);
		assert_non_null(b.row);
		assert_int_not_equal(
		    span_search(b.row->rest,
			SPAN("<type>local_policy</type><comment>arc=pass "
			     "as[1].d=l.example as[1].s=s</comment>")),
		    SIZE_MAX);
		bench_end(&b);
	}
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
		if (table_wants(rows[i].label))
			check_row(&rows[i]);
	table_end();
}

/* All of a row, and the record as it was found. */
static void
test_whole(void **state)
{
	struct arena *a = arena_new();
	struct bench b;

	(void)state;
	bench_run(&b, config, "",
	    case_of(a, "a@sub.evil.example", "sub.rej.example", ""));
	assert_non_null(b.row);
	assert_string_equal(arena_strdup(a, b.row->domain), "rej.example");
	assert_string_equal(arena_strdup(a, b.row->ip), "192.0.2.7");
	assert_string_equal(
	    arena_strdup(a, b.row->rua), "mailto:agg@rej.example!10m");
	assert_string_equal(arena_strdup(a, b.row->published),
	    "<domain>rej.example</domain><p>reject</p><sp>none</sp>"
	    "<np>quarantine</np><adkim>r</adkim><aspf>s</aspf>"
	    "<discovery_method>treewalk</discovery_method><fo>1:d</fo>"
	    "<testing>n</testing>");
	assert_string_equal(arena_strdup(a, b.row->rest),
	    DONE("none", "fail",
		WHY("local_policy")) "<identifiers><header_from>sub.rej.example</header_from>"
				     "<envelope_from>sub.evil.example</envelope_from></identifiers>"
				     "<auth_results><spf><domain>sub.evil.example</domain>"
				     "<scope>mfrom</scope><result>none</result></spf>"
				     "</auth_results>");
	bench_end(&b);
	bench_run(&b, config, "", case_of(a, "", "bad.example", ""));
	assert_string_equal(arena_strdup(a, b.row->problem), "bad value of sp");
	assert_true(span_search(b.row->published, SPAN("<p>none</p><adkim>")) !=
		    SIZE_MAX);
	/* The null sender is there, and empty. */
	assert_true(span_search(b.row->rest,
			SPAN("<envelope_from></envelope_from>")) != SIZE_MAX);
	bench_end(&b);
	arena_free(&a);
}

/* Signatures in the order of RFC 9990, 3.1.3; without a name none is told. */
static void
test_signatures(void **state)
{
#define SIGNED(d, s)                                       \
	"DKIM-Signature: v=1; a=rsa-sha256; d=" d "; s=" s \
	"; h=from; bh=eA==; "                              \
	"b=eA==\\r\\n"
	struct arena *a = arena_new();
	struct bench b;
	size_t first, second;

	(void)state;
	bench_run(&b, config, "",
	    case_of(a, "a@evil.example", "rej.example",
		SIGNED("evil.example", "one") SIGNED("rej.example", "two")
		    SIGNED("rej..example", "three")));
	assert_non_null(b.row);
	first = span_search(b.row->rest, SPAN("<selector>one</selector>"));
	second = span_search(b.row->rest, SPAN("<selector>two</selector>"));
	assert_true(first < second && second != SIZE_MAX);
	assert_true(span_search(b.row->rest, SPAN("three")) == SIZE_MAX);
	bench_end(&b);
	arena_free(&a);
}

/* Our own users' mail, relayed mail, and what only comes to our address. */
static void
test_not_inbound(void **state)
{
	static const struct {
		const char *label, *config, *json;
	} cases[] = {
		{ "submission", "",
		    "\"macros\":{\"{auth_authen}\":\"joe\"},"
		    "\"rcpt\":\"bob@us.example\"" },
		{ "local", "trust 192.0.2.0/24\n",
		    "\"rcpt\":\"bob@us.example\"" },
		{ "relayed by our other MX", "relay 192.0.2.0/24\n",
		    "\"rcpt\":\"bob@us.example\"" },
		{ "an answer to a report", "",
		    "\"rcpt\":\"DMARC@us.example\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct arena *a = arena_new();
		struct bench b;

		bench_run(&b, arena_printf(a, "%s%s", config, cases[i].config),
		    "",
		    arena_printf(a,
			"{\"ip\":\"192.0.2.7\",\"mailfrom\":\"a@rej.example\","
			"%s,\"message\":\"From: ann@rej.example\\r\\n\\r\\n\"," ZONE
			"}",
			cases[i].json));
		if (b.row != NULL)
			table_fail(cases[i].label, "has a row");
		bench_end(&b);
		arena_free(&a);
	}
	table_end();
}

static void
test_addresses(void **state)
{
	static const struct {
		const char *label, *rua, *want;
	} cases[] = {
		{ "one", "mailto:a@b.example", "a@b.example " },
		{ "a size is ignored", "mailto:a@b.example!50m",
		    "a@b.example " },
		{ "several, one of another kind",
		    "mailto:a@b.example, https://x/ ,MAILTO:c@D.example",
		    "a@b.example c@d.example " },
		{ "encoded", "mailto:a%2Bb%21c@b.example", "a+b!c@b.example " },
		{ "a second address within", "mailto:a%2Cb@b.example", "" },
		{ "a command within", "mailto:a%0d%0aRCPT@b.example", "" },
		{ "an end within", "mailto:a%3E@b.example", "" },
		{ "a NUL within", "mailto:a%00b@b.example", "" },
		{ "two at signs", "mailto:a%40c@b.example", "" },
		{ "headers are not taken", "mailto:a@b.example?bcc=x@y.example",
		    "a@b.example " },
		{ "A-labels", "mailto:a@b%C3%BCcher.example",
		    "a@xn--bcher-kva.example " },
		{ "no host", "mailto:a@", "" },
		{ "an address of a machine", "mailto:a@[192.0.2.1]", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct arena *a = arena_new();
		struct span list = span_of(cases[i].rua), address, host;
		const char *got = "";

		while (report_address_next(&list, a, &address, &host))
			got =
			    arena_printf(a, "%s%.*s ", got, SPAN_FMT(address));
		table_text(cases[i].label, "addresses", got, cases[i].want);
		arena_free(&a);
	}
	table_end();
}

/* RFC 9990, 4. */
static void
test_wanted(void **state)
{
	static const struct {
		const char *label, *domain, *address;
		enum report_wanted want;
		const char *to;
	} cases[] = {
		{ "the domain itself", "a.example", "x@a.example",
		    REPORT_WANTED, "x@a.example" },
		{ "the same organization", "sub.a.example", "x@mail.a.example",
		    REPORT_WANTED, "x@mail.a.example" },
		{ "a stranger", "a.example", "x@victim.example",
		    REPORT_UNWANTED, "x@victim.example" },
		{ "one who agrees", "a.example", "x@yes.example", REPORT_WANTED,
		    "x@yes.example" },
		{ "one who agrees to all", "b.example", "x@all.example",
		    REPORT_WANTED, "x@all.example" },
		{ "one who wants them elsewhere at home", "a.example",
		    "x@own.example", REPORT_WANTED, "y@own.example" },
		{ "one who sends them on to a victim", "a.example",
		    "x@trick.example", REPORT_UNWANTED, "x@trick.example" },
		{ "a record of another kind", "a.example", "x@spf.example",
		    REPORT_UNWANTED, "x@spf.example" },
		{ "not known now", "a.example", "x@late.example", REPORT_UNSURE,
		    "x@late.example" },
		{ "the organization is not known", "a.example",
		    "x@lost.example", REPORT_UNSURE, "x@lost.example" },
	};
	struct dns_zone *zone = dns_zone_new();
	struct resolver *resolver = resolver_zone(zone);

	(void)state;
	dns_zone_txt(zone, SPAN("_dmarc.a.example"), SPAN("v=DMARC1; p=none"));
	dns_zone_txt(zone, SPAN("a.example._report._dmarc.yes.example"),
	    SPAN("v=DMARC1;"));
	dns_zone_txt(zone, SPAN("b.example._report._dmarc.all.example"),
	    SPAN("v=DMARC1"));
	dns_zone_txt(zone, SPAN("a.example._report._dmarc.own.example"),
	    SPAN("v=DMARC1; rua=mailto:y@own.example"));
	dns_zone_txt(zone, SPAN("a.example._report._dmarc.trick.example"),
	    SPAN("v=DMARC1; rua=mailto:y@victim.example"));
	dns_zone_txt(zone, SPAN("a.example._report._dmarc.spf.example"),
	    SPAN("v=spf1 -all"));
	assert_true(dns_zone_rcode(zone,
	    SPAN("a.example._report._dmarc.late.example"), SPAN("SERVFAIL")));
	assert_true(
	    dns_zone_rcode(zone, SPAN("_dmarc.lost.example"), SPAN("TIMEOUT")));
	dns_zone_hesitate(zone, true);
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct arena *a = arena_new();
		const char *why = "";
		struct span to;

		table_number(cases[i].label, "wanted",
		    report_wanted_join(resolver, span_of(cases[i].domain),
			span_of(cases[i].address), 1000, a, &to, &why),
		    cases[i].want);
		table_text(
		    cases[i].label, "to", arena_strdup(a, to), cases[i].to);
		arena_free(&a);
	}
	resolver_free(&resolver);
	dns_zone_free(&zone);
	table_end();
}

static void
test_escapes(void **state)
{
	static const struct {
		const char *label;
		struct span text;
		const char *want;
	} cases[] = {
		{ "markup", SPAN_INIT("<a href=\"x\">&'"),
		    "<e>&lt;a href=&quot;x&quot;&gt;&amp;&apos;</e>" },
		{ "controls", SPAN_INIT("a\x01\n\x7f\0b"), "<e>a????b</e>" },
		{ "UTF-8", SPAN_INIT("M\xc3\xbcller"), "<e>M\xc3\xbcller</e>" },
		{ "no UTF-8", SPAN_INIT("M\xfcller"), "<e>M?ller</e>" },
		{ "no character of XML", SPAN_INIT("\xef\xbf\xbf"),
		    "<e>?</e>" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct arena *a = arena_new();
		struct buf out;

		buf_init(&out, 1000);
		report_xml_element(&out, "e", cases[i].text);
		table_text(cases[i].label, "XML",
		    arena_strdup(a, buf_span(&out)), cases[i].want);
		buf_free(&out);
		arena_free(&a);
	}
	table_end();
}

/* Through the book into the file: two that say the same are one row. */
static void
test_book(void **state)
{
	struct clock_fixed time = { .unix_s = 20000 * REPORT_DAY_S + 5 };
	char directory[] = "report_row_test.XXXXXX", path[80];
	char why[SQLITE_WHY_MAX] = "";
	struct report_book_options o = {
		.path = path, .clock = clock_of_fixed(&time), .gather_ms = 1
	};
	struct arena *a = arena_new();
	struct report_book_stats stats;
	struct report_book *book;
	struct report_delivery d;
	struct report_file *f;
	bool renewed;

	(void)state;
	assert_non_null(mkdtemp(directory));
	(void)snprintf(path, sizeof(path), "%s/report.db", directory);
	book = report_book_new(&o);
	for (int i = 0; i < 3; i++) {
		struct bench b;

		bench_run(&b, config, "",
		    case_of(a, "a@evil.example",
			i < 2 ? "rej.example" : "silent.example", ""));
		report_book_add(book, b.result.session->message,
		    &b.result.verdict, RCPT_NONE);
		/* Refused recipients are no messages. */
		report_book_add(
		    book, b.result.session->message, &b.result.verdict, 0);
		bench_end(&b);
	}
	report_book_end_join(book);
	report_book_stats(book, &stats);
	assert_int_equal(stats.added, 2);
	assert_int_equal(stats.written, 2);
	report_book_free(&book);
	f = report_file_open(path, 0, true, &renewed, why);
	assert_non_null(f);
	assert_true(report_file_make(f, 20000, 0, 0));
	assert_true(report_file_next(f, 20000, SPAN(""), INT64_MAX, a, &d));
	assert_int_equal(d.rows, 1);
	assert_int_equal(d.messages, 2);
	report_file_close(&f);
	(void)unlink(path);
	(void)rmdir(directory);
	arena_free(&a);
}

/* While nothing can be written little is held, and that is told. */
static void
test_book_full(void **state)
{
	struct arena *a = arena_new();
	struct report_book_options o = { .path = "/nowhere/report.db",
		.clock = clock_system,
		.gather_ms = 1 };
	struct report_book_stats stats;

	(void)state;
	for (int by_octets = 0; by_octets < 2; by_octets++) {
		struct report_book *book;
		struct bench b;

		o.queue_max = by_octets ? 1000 : 6; /* one has half */
		o.queue_octets = by_octets ? 40000 : 0;
		book = report_book_new(&o);
		bench_run(&b, config, "",
		    case_of(a, "a@evil.example", "rej.example", ""));
		for (int i = 0; i < 10; i++)
			report_book_add(book, b.result.session->message,
			    &b.result.verdict, RCPT_NONE);
		report_book_stats(book, &stats);
		assert_int_equal(stats.added, 10);
		assert_in_range(stats.dropped, 6, 9);
		assert_int_equal(stats.written, 0);
		bench_end(&b);
		report_book_free(&book);
	}
	arena_free(&a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_rows),
	cmocka_unit_test(test_chain),
	cmocka_unit_test(test_whole),
	cmocka_unit_test(test_signatures),
	cmocka_unit_test(test_not_inbound),
	cmocka_unit_test(test_addresses),
	cmocka_unit_test(test_wanted),
	cmocka_unit_test(test_escapes),
	cmocka_unit_test(test_book),
	cmocka_unit_test(test_book_full),
};

TABLE_MAIN(tests)
