/*
 * Zones of case files, and batches over them.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/dns/dns.h"

static struct dns_zone *
zone(void)
{
	struct dns_zone *z = dns_zone_new();

	assert_true(dns_zone_address(z, SPAN("a.example"), SPAN("192.0.2.1")));
	assert_true(dns_zone_address(z, SPAN("A.Example."), SPAN("192.0.2.2")));
	assert_true(
	    dns_zone_address(z, SPAN("a.example"), SPAN("2001:db8::1")));
	assert_true(dns_zone_address(
	    z, SPAN("mapped.example"), SPAN("::ffff:1.2.3.4")));
	assert_false(dns_zone_address(z, SPAN("a.example"), SPAN("here")));
	dns_zone_mx(z, SPAN("a.example"), 20, SPAN("B.example."));
	dns_zone_mx(z, SPAN("a.example"), 10, SPAN("c.example"));
	dns_zone_mx(z, SPAN("null.example"), 0, SPAN("."));
	dns_zone_txt(z, SPAN("txt.example"), SPAN("one"));
	dns_zone_txt(z, SPAN("txt.example"), SPAN("t\0w"));
	dns_zone_ptr(z, SPAN("1.2.0.192.in-addr.arpa"), SPAN("A.Example."));
	assert_true(
	    dns_zone_tlsa(z, SPAN("_25._tcp.a.example"), SPAN("3 1 1 00fFa9")));
	assert_false(dns_zone_tlsa(z, SPAN("t.example"), SPAN("3 1")));
	assert_false(dns_zone_tlsa(z, SPAN("t.example"), SPAN("3 1 256 00")));
	assert_false(dns_zone_tlsa(z, SPAN("t.example"), SPAN("3 1 1 0")));
	assert_false(dns_zone_tlsa(z, SPAN("t.example"), SPAN("3 1 1 0g")));
	dns_zone_name(z, SPAN("empty.example"));
	dns_zone_txt(z, SPAN("very.deep.below.example"), SPAN("x"));
	assert_true(
	    dns_zone_rcode(z, SPAN("servfail.example"), SPAN("SERVFAIL")));
	assert_true(
	    dns_zone_rcode(z, SPAN("timeout.example"), SPAN("TIMEOUT")));
	assert_true(
	    dns_zone_rcode(z, SPAN("refused.example"), SPAN("REFUSED")));
	assert_true(dns_zone_rcode(z, SPAN("gone.example"), SPAN("NXDOMAIN")));
	assert_false(dns_zone_rcode(z, SPAN("gone.example"), SPAN("BADKEY")));
	assert_true(dns_zone_rcode(z, SPAN("half.example"), SPAN("SERVFAIL")));
	dns_zone_txt(z, SPAN("half.example"), SPAN("half"));
	dns_zone_cname(z, SPAN("alias.example"), SPAN("A.EXAMPLE."));
	dns_zone_cname(z, SPAN("far.example"), SPAN("alias.example"));
	dns_zone_cname(z, SPAN("nowhere.example"), SPAN("absent.invalid"));
	dns_zone_cname(z, SPAN("ill.example"), SPAN("servfail.example"));
	dns_zone_cname(z, SPAN("loop1.example"), SPAN("loop2.example"));
	dns_zone_cname(z, SPAN("loop2.example"), SPAN("loop1.example"));
	return z;
}

#define L63 "123456789012345678901234567890123456789012345678901234567890abc"

static const struct {
	const char *label, *name;
	enum dns_type type;
	enum dns_status status;
	size_t count;
	bool alias;
	const char *problem;
} row[] = {
	{ "two addresses", "a.example", DNS_A, DNS_DATA, 2, false, NULL },
	{ "any case, final dot", "A.eXample.", DNS_A, DNS_DATA, 2, false,
	    NULL },
	{ "IPv6", "a.example", DNS_AAAA, DNS_DATA, 1, false, NULL },
	{ "a mapped address is AAAA", "mapped.example", DNS_AAAA, DNS_DATA, 1,
	    false, NULL },
	{ "TLSA", "_25._tcp.a.example", DNS_TLSA, DNS_DATA, 1, false, NULL },
	{ "other type", "a.example", DNS_TXT, DNS_NODATA, 0, false, NULL },
	{ "absent", "absent.example", DNS_A, DNS_NXDOMAIN, 0, false, NULL },
	{ "absent elsewhere", "example.org", DNS_A, DNS_NXDOMAIN, 0, false,
	    NULL },
	{ "name without data", "empty.example", DNS_A, DNS_NODATA, 0, false,
	    NULL },
	{ "empty non-terminal", "deep.below.example", DNS_A, DNS_NODATA, 0,
	    false, NULL },
	{ "empty non-terminal above", "below.example", DNS_TXT, DNS_NODATA, 0,
	    false, NULL },
	{ "top", "example", DNS_TXT, DNS_NODATA, 0, false, NULL },
	{ "below a name", "x.a.example", DNS_A, DNS_NXDOMAIN, 0, false, NULL },
	{ "SERVFAIL", "servfail.example", DNS_A, DNS_TEMP, 0, false,
	    "server failure" },
	{ "TIMEOUT", "timeout.example", DNS_MX, DNS_TEMP, 0, false, "timeout" },
	{ "REFUSED", "refused.example", DNS_MX, DNS_TEMP, 0, false, "refused" },
	{ "NXDOMAIN by rcode", "gone.example", DNS_MX, DNS_NXDOMAIN, 0, false,
	    NULL },
	{ "rcode for other types", "half.example", DNS_A, DNS_TEMP, 0, false,
	    "server failure" },
	{ "rcode not for what is listed", "half.example", DNS_TXT, DNS_DATA, 1,
	    false, NULL },
	{ "alias", "alias.example", DNS_A, DNS_DATA, 2, true, NULL },
	{ "alias of alias", "far.example", DNS_MX, DNS_DATA, 2, true, NULL },
	{ "alias without data", "alias.example", DNS_TXT, DNS_NODATA, 0, true,
	    NULL },
	{ "alias to nowhere", "nowhere.example", DNS_TXT, DNS_NXDOMAIN, 0, true,
	    NULL },
	{ "alias to a failure", "ill.example", DNS_A, DNS_TEMP, 0, true,
	    "server failure" },
	{ "alias loop", "loop1.example", DNS_A, DNS_TEMP, 0, true,
	    "too many aliases" },
	{ "no name", "", DNS_A, DNS_NXDOMAIN, 0, false, NULL },
	{ "root", ".", DNS_A, DNS_NXDOMAIN, 0, false, NULL },
	{ "empty label", "a..example", DNS_A, DNS_NXDOMAIN, 0, false, NULL },
	{ "empty first label", ".example", DNS_A, DNS_NXDOMAIN, 0, false,
	    NULL },
	{ "two final dots", "a.example..", DNS_A, DNS_NXDOMAIN, 0, false,
	    NULL },
	{ "label of 63", L63 ".example", DNS_AAAA, DNS_NXDOMAIN, 0, false,
	    NULL },
	{ "label of 64", L63 "4.example", DNS_AAAA, DNS_NXDOMAIN, 0, false,
	    NULL },
	{ "name over 253", L63 "." L63 "." L63 "." L63 ".example", DNS_A,
	    DNS_NXDOMAIN, 0, false, NULL },
};

static void
check_row(size_t i, const struct dns_answer *a)
{
	const char *label = row[i].label;

	table_text(label, "status", dns_status_names[a->status],
	    dns_status_names[row[i].status]);
	table_number(label, "type", a->type, row[i].type);
	table_number(
	    label, "count", (long long)a->count, (long long)row[i].count);
	table_number(label, "alias", a->alias, row[i].alias);
	table_text(label, "problem", a->problem, row[i].problem);
}

static void
test_answers(void **state)
{
	struct dns_zone *z = zone();
	struct resolver *r = resolver_zone(z);
	struct arena *a = arena_new();
	struct dns_batch *b = dns_batch_new(r, a);

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++)
		if (table_wants(row[i].label))
			check_row(
			    i, dns_ask(b, span_of(row[i].name), row[i].type));
	assert_int_equal(dns_pending(b), 0);
	assert_false(dns_join(b, INT64_MAX));
	dns_batch_free(&b);
	arena_free(&a);
	resolver_free(&r);
	dns_zone_free(&z);
	table_end();
}

static void
test_octets(void **state)
{
	struct dns_zone *z = zone();
	struct resolver *r = resolver_zone(z);
	struct arena *a = arena_new();
	struct dns_batch *b = dns_batch_new(r, a);

	(void)state;
	assert_true(
	    span_eq(dns_ask(b, SPAN("_25._tcp.a.example"), DNS_TLSA)->text[0],
		SPAN("\3\1\1\0\377\251")));
	dns_batch_free(&b);
	arena_free(&a);
	resolver_free(&r);
	dns_zone_free(&z);
}

/* Every question is pending once, and then has the same answer. */
static void
test_hesitation(void **state)
{
	struct dns_zone *z = zone();
	struct resolver *r = resolver_zone(z);
	struct arena *a = arena_new();
	struct dns_batch *b = dns_batch_new(r, a);
	size_t pending = 0;

	(void)state;
	dns_zone_hesitate(z, true);
	for (size_t i = 0; i < ARRAY_COUNT(row); i++)
		if (dns_ask(b, span_of(row[i].name), row[i].type)->status ==
		    DNS_PENDING)
			pending++;
	assert_true(pending > 20);
	assert_true(dns_pending(b) > 20);
	assert_int_equal(
	    dns_ask(b, SPAN("a.example"), DNS_A)->status, DNS_PENDING);
	assert_true(dns_join(b, 0));
	for (size_t i = 0; i < ARRAY_COUNT(row); i++)
		check_row(i, dns_ask(b, span_of(row[i].name), row[i].type));
	assert_int_equal(dns_pending(b), 0);
	assert_int_equal(
	    dns_ask(b, SPAN("new.example"), DNS_A)->status, DNS_PENDING);
	dns_give_up(b, "deadline");
	assert_string_equal(
	    dns_ask(b, SPAN("new.example"), DNS_A)->problem, "deadline");
	assert_string_equal(
	    dns_ask(b, SPAN("newer.example"), DNS_A)->problem, "deadline");
	assert_int_equal(
	    dns_ask(b, SPAN("a.example"), DNS_A)->status, DNS_DATA);
	dns_batch_free(&b);

	/* Freed while a question is pending. */
	b = dns_batch_new(r, a);
	(void)dns_ask(b, SPAN("a.example"), DNS_A);
	dns_batch_free(&b);
	arena_free(&a);
	resolver_free(&r);
	dns_zone_free(&z);
	table_end();
}

static void
test_data(void **state)
{
	struct dns_zone *z = zone();
	struct resolver *r = resolver_zone(z);
	struct arena *a = arena_new();
	struct dns_batch *b = dns_batch_new(r, a);
	const struct dns_answer *mx, *txt, *ptr, *ip;
	char text[IP_TEXT_MAX];

	(void)state;
	mx = dns_ask(b, SPAN("a.example"), DNS_MX);
	assert_int_equal(mx->mx[0].preference, 10);
	assert_true(span_is(mx->mx[0].host, "c.example"));
	assert_true(span_is(mx->mx[1].host, "b.example"));
	mx = dns_ask(b, SPAN("null.example"), DNS_MX);
	assert_int_equal(mx->mx[0].host.n, 0);
	txt = dns_ask(b, SPAN("txt.example"), DNS_TXT);
	assert_true(span_is(txt->text[0], "one"));
	assert_true(span_eq(txt->text[1], SPAN("t\0w")));
	ptr = dns_ask(b, SPAN("1.2.0.192.in-addr.arpa"), DNS_PTR);
	assert_true(span_is(ptr->text[0], "a.example"));
	ip = dns_ask(b, SPAN("a.example"), DNS_AAAA);
	assert_string_equal(ip_format(ip->ip[0], text), "2001:db8::1");
	/* The same question again is the same row. */
	assert_ptr_equal(ip, dns_ask(b, SPAN("A.example."), DNS_AAAA));
	dns_batch_free(&b);
	arena_free(&a);
	resolver_free(&r);
	dns_zone_free(&z);
}

struct seen {
	size_t count;
	char first[64];
};

static void
note_seen(void *ctx, struct span name, const struct dns_answer *answer)
{
	struct seen *s = ctx;

	if (s->count++ == 0)
		(void)snprintf(s->first, sizeof(s->first), "%.*s %s",
		    SPAN_FMT(name), dns_status_names[answer->status]);
}

static void
test_many(void **state)
{
	struct dns_zone *z = dns_zone_new();
	struct resolver *r = resolver_zone(z);
	struct arena *a = arena_new();
	struct dns_batch *b = dns_batch_new(r, a);
	struct seen seen = { 0 };
	char name[64];

	(void)state;
	for (int i = 0; i < 5000; i++) {
		(void)snprintf(name, sizeof(name), "n%d.example", i);
		if (i % 2 == 0)
			dns_zone_txt(z, span_of(name), span_of(name));
	}
	for (int i = 0; i < 1024; i++) {
		const struct dns_answer *answer;

		(void)snprintf(name, sizeof(name), "N%d.example", i);
		answer = dns_ask(b, span_of(name), DNS_TXT);
		if (answer->status != (i % 2 ? DNS_NXDOMAIN : DNS_DATA))
			table_fail(
			    name, "%s", dns_status_names[answer->status]);
	}
	assert_string_equal(dns_ask(b, SPAN("more.example"), DNS_TXT)->problem,
	    "too many questions for one message");
	dns_each(b, note_seen, &seen);
	assert_int_equal(seen.count, 1024);
	assert_string_equal(seen.first, "n0.example data");
	dns_batch_free(&b);
	arena_free(&a);
	resolver_free(&r);
	dns_zone_free(&z);
	table_end();
}

/* A sender's questions end at the bound; ours beside them do not count. */
static void
test_bound(void **state)
{
	struct dns_zone *z = dns_zone_new();
	struct resolver *r = resolver_zone(z);
	struct arena *a = arena_new();
	struct dns_batch *b = dns_batch_new(r, a);

	(void)state;
	dns_batch_bound(b, 2);
	for (int round = 0; round < 2; round++) {
		assert_int_equal(
		    dns_ask(b, SPAN("a.example"), DNS_A)->status, DNS_NXDOMAIN);
		assert_int_equal(
		    dns_ask_reserved(b, SPAN("ours.example"), DNS_A)->status,
		    DNS_NXDOMAIN);
		assert_int_equal(
		    dns_ask(b, SPAN("b.example"), DNS_A)->status, DNS_NXDOMAIN);
		assert_string_equal(
		    dns_ask(b, SPAN("c.example"), DNS_A)->problem,
		    "too many questions for one message");
		assert_int_equal(
		    dns_ask(b, SPAN("ours.example"), DNS_A)->status,
		    DNS_NXDOMAIN);
	}
	assert_int_equal(dns_ask_reserved(b, SPAN("c.example"), DNS_A)->status,
	    DNS_NXDOMAIN);
	dns_batch_free(&b);
	arena_free(&a);
	resolver_free(&r);
	dns_zone_free(&z);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_bound),
	cmocka_unit_test(test_answers),
	cmocka_unit_test(test_octets),
	cmocka_unit_test(test_hesitation),
	cmocka_unit_test(test_data),
	cmocka_unit_test(test_many),
};

TABLE_MAIN(tests)
