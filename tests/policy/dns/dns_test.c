/*
 * The resolver over the network, against a server on loopback that drops,
 * delays, truncates and forges.
 */
#include "config.h"

#include "policy/base/address.h"
#include "tests/kit/table.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>

#include "policy/base/clock.h"
#include "policy/dns/dns.h"
#include "tests/kit/fake_dns.h"

#define TIMEOUT_MS 1500

static const struct fake_record zone[] = {
	{ "a.example", "A", "192.0.2.1", 60, 0, 0 },
	{ "a.example", "A", "192.0.2.2", 300, 0, 0 },
	{ "a.example", "AAAA", "2001:db8::1", 60, 0, 0 },
	{ "a.example", "MX", "20 b.example", 60, 0, 0 },
	{ "a.example", "MX", "10 C.example", 60, 0, 0 },
	{ "a.example", "TXT", "v=spf1 -all", 60, 0, 0 },
	{ "1.2.0.192.in-addr.arpa", "PTR", "A.Example", 60, 0, 0 },
	{ "brief.example", "A", "192.0.2.1", 0, 0, 0 },
	{ "slow.example", "A", "192.0.2.3", 60, 0, 300 },
	{ "silent.example", "A", "192.0.2.1", 60, FAKE_DROP, 0 },
	{ "big.example", "TXT", "large", 60, FAKE_TRUNCATE, 0 },
	{ "fresh.example", "TXT", "large", 0, FAKE_TRUNCATE, 0 },
	{ "late.example", "TXT", "large", 60, FAKE_TRUNCATE, 600 },
	{ "cut.example", "TXT", "whole", 60, FAKE_CUT, 0 },
	{ "old.example", "TXT", "no EDNS", 60, FAKE_NO_EDNS, 0 },
	{ "alias.example", "CNAME", "far.example", 300, 0, 0 },
	{ "far.example", "CNAME", "a.example", 300, 0, 0 },
	{ "half.example", "CNAME", "half2.example", 30, FAKE_ALIAS_ONLY, 0 },
	{ "half2.example", "CNAME", "a.example", 90, FAKE_ALIAS_ONLY, 0 },
	{ "loop.example", "CNAME", "loop2.example", 30, FAKE_ALIAS_ONLY, 0 },
	{ "loop2.example", "CNAME", "loop.example", 30, FAKE_ALIAS_ONLY, 0 },
	{ "dangling.example", "CNAME", "nowhere.example", 30, 0, 0 },
	{ "broken.example", "RCODE", "2", 0, 0, 0 },
	{ "refused.example", "RCODE", "5", 0, 0, 0 },
	{ "empty.example", "AAAA", "2001:db8::1", 60, FAKE_NO_SOA, 0 },
	{ "forged-id.example", "A", "192.0.2.9", 60, FAKE_FORGE_ID, 0 },
	{ "forged-name.example", "A", "192.0.2.9", 60, FAKE_FORGE_NAME, 0 },
	{ "forged-case.example", "A", "192.0.2.9", 60, FAKE_FORGE_CASE, 0 },
	{ "folded.example", "A", "192.0.2.9", 60, FAKE_FOLD, 0 },
	{ "folded2.example", "A", "192.0.2.9", 60, FAKE_FOLD, 0 },
	{ "signed.example", "A", "192.0.2.9", 60, FAKE_AD, 0 },
};

/* clang-format off */
static const struct {
	const char *label, *name;
	enum dns_type type;
	enum dns_status status;
	size_t count;
	const char *first;
	long long ttl;
	bool alias, secure;
	const char *problem;
	unsigned udp, tcp; /* queries that it takes */
} row[] = {
	{ "A", "A.Example.", DNS_A, DNS_DATA, 2, "192.0.2.1", 60, false, false,
	    NULL, 1, 0 },
	{ "AAAA", "a.example", DNS_AAAA, DNS_DATA, 1, "2001:db8::1", 60, false,
	    false, NULL, 1, 0 },
	{ "MX", "a.example", DNS_MX, DNS_DATA, 2, "c.example", 60, false,
	    false, NULL, 1, 0 },
	{ "TXT", "a.example", DNS_TXT, DNS_DATA, 1, "v=spf1 -all", 60, false,
	    false, NULL, 1, 0 },
	{ "PTR", "1.2.0.192.in-addr.arpa", DNS_PTR, DNS_DATA, 1, "a.example",
	    60, false, false, NULL, 1, 0 },
	{ "no data", "brief.example", DNS_TXT, DNS_NODATA, 0, NULL, 60, false,
	    false, NULL, 1, 0 },
	{ "no data, no SOA", "empty.example", DNS_TXT, DNS_NODATA, 0, NULL, 5,
	    false, false, NULL, 1, 0 },
	{ "no such name", "none.example", DNS_TXT, DNS_NXDOMAIN, 0, NULL, 60,
	    false, false, NULL, 1, 0 },
	{ "delayed", "slow.example", DNS_A, DNS_DATA, 1, "192.0.2.3", 60,
	    false, false, NULL, 2, 0 },
	{ "truncated", "big.example", DNS_TXT, DNS_DATA, 1, "large", 60, false,
	    false, NULL, 1, 1 },
	/* Newer c-ares asks again before it gives up: UDP is not counted. */
	{ "cut", "cut.example", DNS_TXT, DNS_DATA, 1, "whole", 60, false,
	    false, NULL, 0, 1 },
	{ "a server without EDNS", "old.example", DNS_TXT, DNS_DATA, 1,
	    "no EDNS", 60, false, false, NULL, 2, 0 },
	{ "aliases", "alias.example", DNS_A, DNS_DATA, 2, "192.0.2.1", 60,
	    true, false, NULL, 1, 0 },
	{ "aliases one by one", "half.example", DNS_AAAA, DNS_DATA, 1,
	    "2001:db8::1", 30, true, false, NULL, 3, 0 },
	{ "alias loop", "loop.example", DNS_A, DNS_TEMP, 0, NULL, 5, true,
	    false, "too many aliases", 9, 0 },
	{ "alias to nowhere", "dangling.example", DNS_A, DNS_NXDOMAIN, 0, NULL,
	    30, true, false, NULL, 1, 0 },
	{ "SERVFAIL", "broken.example", DNS_A, DNS_TEMP, 0, NULL, 5, false,
	    false, "server failure", 1, 0 },
	{ "REFUSED", "refused.example", DNS_A, DNS_TEMP, 0, NULL, 5, false,
	    false, "refused", 1, 0 },
	{ "forged id", "forged-id.example", DNS_A, DNS_DATA, 1, "192.0.2.9",
	    60, false, false, NULL, 1, 0 },
	{ "forged name", "forged-name.example", DNS_A, DNS_DATA, 1,
	    "192.0.2.9", 60, false, false, NULL, 1, 0 },
	{ "forged case", "forged-case.example", DNS_A, DNS_DATA, 1,
	    "192.0.2.9", 60, false, false, NULL, 1, 1 },
	{ "AD from loopback", "signed.example", DNS_A, DNS_DATA, 1,
	    "192.0.2.9", 60, false, true, NULL, 1, 0 },
};
/* clang-format on */

struct fixture {
	struct fake_dns *server;
	struct resolver *resolver;
	struct arena *arena;
	struct dns_batch *batch;
};

static void
begin(struct fixture *f, struct dns_options o)
{
	const char *why = NULL;
	struct sockaddr_storage server;

	f->server = fake_dns_start(zone, ARRAY_COUNT(zone));
	server = fake_dns_address(f->server);
	if (o.server == NULL)
		o.server = &server;
	if (o.server_count == 0)
		o.server_count = 1;
	if (o.timeout_ms == 0)
		o.timeout_ms = TIMEOUT_MS;
	f->resolver = resolver_network(&o, &why);
	if (f->resolver == NULL)
		fail_msg("%s", why);
	f->arena = arena_new();
	f->batch = dns_batch_new(f->resolver, f->arena);
}

static void
end(struct fixture *f)
{
	dns_batch_free(&f->batch);
	arena_free(&f->arena);
	resolver_free(&f->resolver);
	fake_dns_stop(&f->server);
}

static int64_t
in_ms(int64_t ms)
{
	return clock_system.monotonic_ms(clock_system.ctx) + ms;
}

/* Another batch: what it gets comes from the cache. */
static void
again(struct fixture *f)
{
	dns_batch_free(&f->batch);
	arena_reset(f->arena);
	f->batch = dns_batch_new(f->resolver, f->arena);
}

static const struct dns_answer *
ask(struct fixture *f, const char *name, enum dns_type type)
{
	const struct dns_answer *a = dns_ask(f->batch, span_of(name), type);

	while (a->status == DNS_PENDING)
		if (!dns_join(f->batch, in_ms(2 * TIMEOUT_MS)))
			fail_msg("%s: no answer in time", name);
	return a;
}

static unsigned
queries(struct fixture *f)
{
	struct fake_dns_seen seen;

	fake_dns_seen(f->server, &seen);
	return seen.udp + seen.tcp;
}

static const char *
first(const struct dns_answer *a, char text[64])
{
	struct span s;

	if (a->count == 0)
		return NULL;
	if (a->type == DNS_A || a->type == DNS_AAAA) {
		for (size_t i = 1; i < a->count; i++)
			assert_false(ip_eq(a->ip[i], a->ip[0]));
		return ip_format(a->ip[0], text);
	}
	s = a->type == DNS_MX ? a->mx[0].host : a->text[0];
	(void)snprintf(text, 64, "%.*s", SPAN_FMT(s));
	return text;
}

static void
check(size_t i, const struct dns_answer *a, bool cached)
{
	const char *label = row[i].label;
	char text[64];

	table_text(label, "status", dns_status_names[a->status],
	    dns_status_names[row[i].status]);
	table_number(
	    label, "count", (long long)a->count, (long long)row[i].count);
	table_text(label, "first", first(a, text), row[i].first);
	table_number(label, "ttl", a->ttl_s, row[i].ttl);
	table_number(label, "alias", a->alias, row[i].alias);
	table_number(label, "secure", a->secure, row[i].secure);
	table_number(label, "cached", a->cached, cached);
	table_text(label, "problem", a->problem, row[i].problem);
}

/* Each row asks a resolver of its own; then the cache gives the same. */
static void
test_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct clock_fixed now = { .monotonic_ms = 1000000 };
		struct clock clock = clock_of_fixed(&now);
		struct fake_dns_seen seen;
		struct fixture f;

		if (!table_wants(row[i].label))
			continue;
		begin(&f, (struct dns_options){ .clock = &clock });
		check(i, ask(&f, row[i].name, row[i].type), false);
		fake_dns_seen(f.server, &seen);
		if (row[i].udp > 0)
			table_number(row[i].label, "UDP", seen.udp, row[i].udp);
		table_number(row[i].label, "TCP", seen.tcp, row[i].tcp);
		table_number(
		    row[i].label, "AD asked", seen.ad, seen.udp + seen.tcp);
		again(&f);
		check(i, ask(&f, row[i].name, row[i].type), true);
		table_number(row[i].label, "asked again", queries(&f),
		    seen.udp + seen.tcp);
		end(&f);
	}
	table_end();
}

static void
test_time(void **state)
{
	struct clock_fixed now = { .monotonic_ms = 5000 };
	struct clock clock = clock_of_fixed(&now);
	struct fixture f;

	(void)state;
	begin(&f, (struct dns_options){ .clock = &clock });
	assert_int_equal(ask(&f, "a.example", DNS_A)->ttl_s, 60);
	assert_int_equal(ask(&f, "none.example", DNS_A)->ttl_s, 60);
	assert_int_equal(ask(&f, "broken.example", DNS_A)->ttl_s, 5);
	assert_int_equal(ask(&f, "brief.example", DNS_A)->ttl_s, 0);
	assert_int_equal(queries(&f), 4);
	now.monotonic_ms += 4999;
	again(&f);
	assert_int_equal(ask(&f, "a.example", DNS_A)->ttl_s, 56);
	assert_int_equal(ask(&f, "broken.example", DNS_A)->status, DNS_TEMP);
	assert_int_equal(queries(&f), 4);
	/* TTL 0 is for those who wait only. */
	assert_int_equal(ask(&f, "brief.example", DNS_A)->status, DNS_DATA);
	assert_int_equal(queries(&f), 5);
	now.monotonic_ms += 1;
	again(&f);
	assert_int_equal(ask(&f, "broken.example", DNS_A)->status, DNS_TEMP);
	assert_int_equal(queries(&f), 6);
	now.monotonic_ms += 54999;
	again(&f);
	assert_int_equal(ask(&f, "a.example", DNS_A)->ttl_s, 1);
	assert_int_equal(ask(&f, "none.example", DNS_A)->ttl_s, 1);
	assert_int_equal(queries(&f), 6);
	now.monotonic_ms += 1;
	again(&f);
	assert_false(ask(&f, "a.example", DNS_A)->cached);
	assert_false(ask(&f, "none.example", DNS_A)->cached);
	assert_int_equal(queries(&f), 8);
	end(&f);

	/* The caps. */
	begin(&f,
	    (struct dns_options){ .ttl_max_s = 10, .negative_ttl_max_s = 20 });
	assert_int_equal(ask(&f, "a.example", DNS_A)->ttl_s, 10);
	assert_int_equal(ask(&f, "none.example", DNS_A)->ttl_s, 20);
	end(&f);
}

/*
 * A server that has answered quickly and then takes long for one name has
 * the whole timeout for it, over UDP and over TCP.
 */
static void
test_late_after_quick(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, (struct dns_options){ .timeout_ms = 2500 });
	for (unsigned i = 0; i < 10; i++) {
		again(&f);
		assert_int_equal(ask(&f, "fresh.example", DNS_TXT)->status,
		    DNS_DATA);
	}
	assert_int_equal(ask(&f, "late.example", DNS_TXT)->status, DNS_DATA);
	end(&f);
}

/* One name is silent: nothing else is slower for it. */
static void
test_silence(void **state)
{
	struct fixture f;
	struct dns_stats stats;
	int64_t started = clock_system.monotonic_ms(clock_system.ctx);
	const struct dns_answer *silent;

	(void)state;
	begin(&f, (struct dns_options){ .timeout_ms = 250 });
	silent = dns_ask(f.batch, SPAN("silent.example"), DNS_A);
	assert_int_equal(ask(&f, "a.example", DNS_A)->status, DNS_DATA);
	assert_int_equal(ask(&f, "a.example", DNS_MX)->status, DNS_DATA);
	assert_int_equal(silent->status, DNS_PENDING);
	assert_int_equal(dns_pending(f.batch), 1);
	/* A deadline of the batch's own: it may go on waiting afterwards. */
	(void)dns_join(f.batch, 0);
	assert_false(dns_join(f.batch, in_ms(20)));
	assert_true(
	    clock_system.monotonic_ms(clock_system.ctx) - started < 240);
	assert_true(dns_join(f.batch, in_ms(2000)));
	assert_int_equal(silent->status, DNS_TEMP);
	assert_string_equal(silent->problem, "timeout");
	assert_false(dns_join(f.batch, in_ms(2000)));
	resolver_stats(f.resolver, &stats);
	assert_int_equal(stats.asked, 3);
	assert_int_equal(stats.timeouts, 1);
	assert_int_equal(stats.entries, 3);
	assert_int_equal(stats.sent, 3);
	/* How often it is tried within so short a time is c-ares' matter. */
	assert_true(queries(&f) >= 3);
	end(&f);
}

static void
test_give_up(void **state)
{
	struct fixture f;
	const struct dns_answer *slow;

	(void)state;
	begin(&f, (struct dns_options){ 0 });
	assert_int_equal(ask(&f, "a.example", DNS_A)->status, DNS_DATA);
	again(&f);
	slow = dns_ask(f.batch, SPAN("slow.example"), DNS_A);
	dns_give_up(f.batch, "deadline");
	assert_string_equal(slow->problem, "deadline");
	assert_int_equal(dns_pending(f.batch), 0);
	/* From the cache still, but no new question. */
	assert_int_equal(
	    dns_ask(f.batch, SPAN("a.example"), DNS_A)->status, DNS_DATA);
	assert_string_equal(
	    dns_ask(f.batch, SPAN("b.example"), DNS_A)->problem, "deadline");
	/* The lookup goes on for the cache. */
	again(&f);
	assert_int_equal(ask(&f, "slow.example", DNS_A)->status, DNS_DATA);
	assert_true(queries(&f) >= 3); /* one or more a further try */
	end(&f);
}

/* Many batches with one question: the server sees it once. */
static void
test_coalescing(void **state)
{
	struct fixture f;
	struct dns_batch *batch[2000];
	struct dns_stats stats;

	(void)state;
	begin(&f, (struct dns_options){ .timeout_ms = 10000 });
	for (size_t i = 0; i < ARRAY_COUNT(batch); i++) {
		batch[i] = dns_batch_new(f.resolver, f.arena);
		(void)dns_ask(batch[i], SPAN("slow.example"), DNS_A);
	}
	/* Every other one goes before the answer is there. */
	for (size_t i = 0; i < ARRAY_COUNT(batch); i += 2)
		dns_batch_free(&batch[i]);
	for (size_t i = 1; i < ARRAY_COUNT(batch); i += 2) {
		assert_true(dns_join(batch[i], in_ms(5000)));
		assert_int_equal(
		    dns_ask(batch[i], SPAN("slow.example"), DNS_A)->count, 1);
		dns_batch_free(&batch[i]);
	}
	assert_int_equal(queries(&f), 1);
	resolver_stats(f.resolver, &stats);
	assert_int_equal(stats.sent, 1);
	assert_int_equal(stats.joined, ARRAY_COUNT(batch) - 1);
	end(&f);
}

/* A resolver that is asked and freed at once, with all under way. */
static void
test_free_early(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, (struct dns_options){ 0 });
	for (int i = 0; i < 200; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "n%d.example", i);
		(void)dns_ask(f.batch, span_of(name), DNS_A);
	}
	(void)dns_ask(f.batch, SPAN("silent.example"), DNS_A);
	end(&f);
}

/* A dead server before the living one, and nothing but dead ones. */
static void
test_servers(void **state)
{
	struct fake_dns *dead = fake_dns_start(zone, 0);
	struct sockaddr_storage server[2];
	struct fixture f;

	(void)state;
	server[0] = fake_dns_address(dead);
	fake_dns_stop(&dead);
	begin(&f, (struct dns_options){ .server = server, .server_count = 1 });
	assert_string_equal(
	    ask(&f, "a.example", DNS_A)->problem, "no server gives an answer");
	end(&f);

	begin(&f, (struct dns_options){ 0 });
	server[1] = fake_dns_address(f.server);
	dns_batch_free(&f.batch);
	resolver_free(&f.resolver);
	f.resolver = resolver_network(
	    &(struct dns_options){
		.server = server, .server_count = 2, .timeout_ms = TIMEOUT_MS },
	    &(const char *){ NULL });
	f.batch = dns_batch_new(f.resolver, f.arena);
	assert_int_equal(ask(&f, "a.example", DNS_A)->count, 2);
	assert_true(resolver_on_loopback(f.resolver));
	assert_null(resolver_warning(f.resolver));
	end(&f);
}

/* SERVFAIL from the first of two servers: the second one is asked. */
static void
test_failing_server(void **state)
{
	static const struct fake_record ill = { "*", "RCODE", "2", 0, 0, 0 };
	struct fake_dns *failing = fake_dns_start(&ill, 1);
	struct sockaddr_storage server[2] = { fake_dns_address(failing) };
	struct fake_dns_seen seen;
	struct fixture f;
	const char *problem;

	(void)state;
	begin(&f, (struct dns_options){ 0 });
	dns_batch_free(&f.batch);
	resolver_free(&f.resolver);
	server[1] = fake_dns_address(f.server);
	f.resolver = resolver_network(
	    &(struct dns_options){
		.server = server, .server_count = 2, .timeout_ms = TIMEOUT_MS },
	    &(const char *){ NULL });
	f.batch = dns_batch_new(f.resolver, f.arena);
	assert_int_equal(ask(&f, "a.example", DNS_A)->count, 2);
	fake_dns_seen(failing, &seen);
	assert_int_equal(seen.udp, 1);
	/* Newer c-ares tells what the last server said. */
	problem = ask(&f, "broken.example", DNS_A)->problem;
	assert_true(strcmp(problem, "no server gives an answer") == 0 ||
		    strcmp(problem, "server failure") == 0);
	fake_dns_seen(failing, &seen);
	assert_true(seen.udp >= 2);
	end(&f);
	fake_dns_stop(&failing);
}

/*
 * A server that loses the case of the question even over TCP, where nobody
 * forges, is believed from then on.
 */
static void
test_folding_server(void **state)
{
	struct fake_dns_seen seen;
	struct fixture f;

	(void)state;
	begin(&f, (struct dns_options){ 0 });
	assert_int_equal(ask(&f, "folded.example", DNS_A)->count, 1);
	fake_dns_seen(f.server, &seen);
	assert_int_equal(seen.tcp, 1);
	assert_int_equal(ask(&f, "folded2.example", DNS_A)->count, 1);
	fake_dns_seen(f.server, &seen);
	assert_int_equal(seen.tcp, 1);
	assert_int_equal(seen.udp, 2);
	end(&f);
}

static void
test_loopback(void **state)
{
	struct sockaddr_storage server = { .ss_family = AF_INET };
	struct sockaddr_in away = { .sin_family = AF_INET };
	struct resolver *r;
	const char *why;

	(void)state;
	away.sin_addr.s_addr = 0x010200c0; /* nobody asks it anything */
	memcpy(&server, &away, sizeof(away));
	r = resolver_network(
	    &(struct dns_options){ .server = &server, .server_count = 1 },
	    &why);
	assert_non_null(r);
	assert_false(resolver_on_loopback(r));
	assert_non_null(resolver_warning(r));
	resolver_free(&r);
	assert_null(r);

	server.ss_family = AF_UNIX;
	r = resolver_network(
	    &(struct dns_options){ .server = &server, .server_count = 1 },
	    &why);
	assert_null(r);
	assert_non_null(why);
}

static void
test_server_text(void **state)
{
	static const struct {
		const char *label, *address;
		unsigned port; /* 0: refused */
	} text[] = {
		{ "127.0.0.1", "127.0.0.1", 53 },
		{ "127.0.0.1:5353", "127.0.0.1", 5353 },
		{ "::1", "::1", 53 },
		{ "2001:db8::5353", "2001:db8::5353", 53 },
		{ "[::1]", "::1", 53 },
		{ "[::1]:5353", "::1", 5353 },
		{ "[127.0.0.1]:53", "127.0.0.1", 53 },
		{ "", NULL, 0 },
		{ "localhost", NULL, 0 },
		{ "127.0.0.1:", NULL, 0 },
		{ "127.0.0.1:0", NULL, 0 },
		{ "127.0.0.1:65536", NULL, 0 },
		{ "127.0.0.1:53x", NULL, 0 },
		{ "[::1", NULL, 0 },
		{ "[::1]5353", NULL, 0 },
		{ "[]:53", NULL, 0 },
		{ "fe80::1%eth0", NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(text); i++) {
		struct sockaddr_storage s;
		char got[INET6_ADDRSTRLEN] = "";
		const char *why = NULL;
		bool ok = dns_server_parse(span_of(text[i].label), &s, &why);
		struct sockaddr_in in;
		struct sockaddr_in6 in6;

		memcpy(&in, &s, sizeof(in));
		memcpy(&in6, &s, sizeof(in6));
		table_number(text[i].label, "accepted", ok, text[i].port != 0);
		table_number(text[i].label, "why", why != NULL, !ok);
		if (!ok)
			continue;
		if (s.ss_family == AF_INET)
			inet_ntop(AF_INET, &in.sin_addr, got, sizeof(got));
		else
			inet_ntop(AF_INET6, &in6.sin6_addr, got, sizeof(got));
		table_text(text[i].label, "address", got, text[i].address);
		table_number(text[i].label, "port",
		    ntohs(s.ss_family == AF_INET ? in.sin_port : in6.sin6_port),
		    text[i].port);
	}
	table_end();
}

/* ---- many at once -------------------------------------------------------- */

#define PARALLEL 1000

static const struct dns_answer *
ask_number(struct fixture *f, unsigned i)
{
	char name[32];

	(void)snprintf(name, sizeof(name), "n%u.example", i);
	return dns_ask(f->batch, span_of(name), DNS_TXT);
}

static void
test_parallel(void **state)
{
	static const struct fake_record any = { "*", "TXT", "any", 60, 0, 0 };
	struct fake_dns_seen seen;
	struct fixture f = { .server = fake_dns_start(&any, 1) };
	struct sockaddr_storage server = fake_dns_address(f.server);
	const char *why;
	size_t data = 0;

	(void)state;
	f.resolver = resolver_network(&(struct dns_options){ .server = &server,
					  .server_count = 1,
					  .timeout_ms = 20000,
					  .renew_after = 100 },
	    &why);
	f.arena = arena_new();
	f.batch = dns_batch_new(f.resolver, f.arena);
	for (unsigned i = 0; i < PARALLEL; i++)
		(void)ask_number(&f, i);
	while (dns_join(f.batch, in_ms(30000)))
		continue;
	assert_int_equal(dns_pending(f.batch), 0);
	for (unsigned i = 0; i < PARALLEL; i++)
		data += ask_number(&f, i)->status == DNS_DATA;
	assert_int_equal(data, PARALLEL);
	fake_dns_seen(f.server, &seen);
	assert_true(seen.udp >= PARALLEL);
	assert_true(seen.ports >= PARALLEL / 100);
	assert_true(seen.mixed > PARALLEL * 9 / 10);
	assert_int_equal(seen.edns, seen.udp);
	end(&f);
}

/* ---- bounds -------------------------------------------------------------- */

#define BATCH   1024 /* questions of one message */
#define BATCHES 8    /* so many messages take half of what may be under way */
#define SHARE   64   /* of one message from then on */

/* What is asked beyond a bound is a temporary failure, at once. */
static void
test_bounds(void **state)
{
	static const struct fake_record silent = { "*", "TXT", "any", 60,
		FAKE_DROP, 0 };
	struct fixture f = { .server = fake_dns_start(&silent, 1) };
	struct sockaddr_storage server = fake_dns_address(f.server);
	struct dns_batch *batch[BATCHES];
	const struct dns_answer *a;
	const char *why;

	(void)state;
	f.resolver = resolver_network(
	    &(struct dns_options){
		.server = &server, .server_count = 1, .timeout_ms = 60000 },
	    &why);
	f.arena = arena_new();
	for (unsigned k = 0; k < BATCHES; k++) {
		f.batch = batch[k] = dns_batch_new(f.resolver, f.arena);
		for (unsigned i = 0; i < BATCH; i++)
			assert_int_equal(
			    ask_number(&f, k * BATCH + i)->status, DNS_PENDING);
		a = ask_number(&f, BATCHES * BATCH);
		assert_int_equal(a->status, DNS_TEMP);
		assert_string_equal(
		    a->problem, "too many questions for one message");
	}
	/* What is left is for all: each may still have a little of it. */
	for (unsigned k = 0; k < 2; k++) {
		unsigned first = BATCHES * BATCH + k * SHARE;

		f.batch = dns_batch_new(f.resolver, f.arena);
		for (unsigned i = 0; i < SHARE; i++)
			assert_int_equal(
			    ask_number(&f, first + i)->status, DNS_PENDING);
		a = ask_number(&f, 2 * BATCHES * BATCH);
		assert_int_equal(a->status, DNS_TEMP);
		assert_string_equal(a->problem, "too many lookups under way");
		assert_int_equal(ask_number(&f, 0)->status, DNS_PENDING);
		dns_batch_free(&f.batch);
	}
	f.batch = dns_batch_new(f.resolver, f.arena);
	/* Messages that leave make no room: their lookups go on. */
	for (unsigned k = 0; k < BATCHES; k++)
		dns_batch_free(&batch[k]);
	end(&f);
}

static struct dns_batch *
batch_for(struct fixture *f, const char *client)
{
	struct ip ip;

	f->batch = dns_batch_new(f->resolver, f->arena);
	assert_true(ip_parse(span_of(client), &ip));
	dns_batch_for(f->batch, ip);
	return f->batch;
}

/*
 * A network whose clients ask for thousands of names that nobody answers has
 * half of all lookups, however many messages it has open; a stranger's are
 * answered beside them, at once.
 */
static void
test_networks(void **state)
{
	static const struct fake_record some[] = {
		{ "honest.example", "TXT", "here", 60, 0, 0 },
		{ "*", "TXT", "any", 60, FAKE_DROP, 0 },
	};
	struct fixture f = { .server = fake_dns_start(some, 2) };
	struct sockaddr_storage server = fake_dns_address(f.server);
	struct dns_batch *batch[BATCHES + 1];
	const struct dns_answer *a;
	int64_t started_ms;
	const char *why;

	(void)state;
	f.resolver = resolver_network(
	    &(struct dns_options){
		.server = &server, .server_count = 1, .timeout_ms = 60000 },
	    &why);
	f.arena = arena_new();
	for (unsigned k = 0; k < BATCHES; k++) {
		batch[k] = batch_for(&f, k % 2 ? "192.0.2.1" : "192.0.2.77");
		for (unsigned i = 0; i < BATCH; i++)
			(void)ask_number(&f, k * BATCH + i);
	}
	batch[BATCHES] = batch_for(&f, "192.0.2.9");
	a = ask_number(&f, BATCHES * BATCH);
	assert_int_equal(a->status, DNS_TEMP);
	assert_string_equal(a->problem, "too many lookups under way");
	(void)batch_for(&f, "198.51.100.1");
	started_ms = in_ms(0);
	a = ask(&f, "honest.example", DNS_TXT);
	assert_int_equal(a->status, DNS_DATA);
	/* The others' would take 8,192 / 128 turns of 50 ms. */
	assert_true(in_ms(0) - started_ms < 2000);
	for (unsigned k = 0; k <= BATCHES; k++)
		dns_batch_free(&batch[k]);
	end(&f);
}

/*
 * One message asks for many large answers, another for one: it need not wait
 * until the first has all of its own.
 */
static void
test_turns(void **state)
{
	static const struct fake_record large = { "*", "TXT", "large", 60,
		FAKE_TRUNCATE, 20 };
	struct fixture f = { .server = fake_dns_start(&large, 1) };
	struct sockaddr_storage server = fake_dns_address(f.server);
	struct dns_batch *greedy;
	const struct dns_answer *one;
	const char *why;

	(void)state;
	f.resolver = resolver_network(
	    &(struct dns_options){
		.server = &server, .server_count = 1, .timeout_ms = 60000 },
	    &why);
	f.arena = arena_new();
	f.batch = greedy = dns_batch_new(f.resolver, f.arena);
	for (unsigned i = 0; i < 200; i++)
		(void)ask_number(&f, i);
	f.batch = dns_batch_new(f.resolver, f.arena);
	one = ask_number(&f, 200);
	while (one->status == DNS_PENDING)
		(void)dns_join(f.batch, in_ms(30000));
	assert_int_equal(one->status, DNS_DATA);
	(void)dns_join(greedy, 0);
	assert_true(dns_pending(greedy) > 100);
	while (dns_join(greedy, in_ms(30000)))
		continue;
	assert_int_equal(dns_pending(greedy), 0);
	dns_batch_free(&greedy);
	end(&f);
}

/* ---- threads ------------------------------------------------------------- */

struct worker {
	struct resolver *resolver;
	pthread_t thread;
	unsigned number;
	atomic_uint *wrong;
};

/* Messages that come and go: some wait, some give up, some just leave. */
static void *
work(void *arg)
{
	struct worker *w = arg;
	struct arena *a = arena_new();

	for (unsigned i = 0; i < 50; i++) {
		struct dns_batch *b = dns_batch_new(w->resolver, a);
		const struct dns_answer *one, *none;
		char name[32];

		(void)snprintf(name, sizeof(name), "n%u.example",
		    (i * 7 + w->number * 3) % 40);
		one = dns_ask(b, SPAN("a.example"), DNS_A);
		none = dns_ask(b, span_of(name), DNS_TXT);
		(void)dns_ask(b, SPAN("silent.example"), DNS_TXT);
		if (i % 4 != 0)
			while (one->status == DNS_PENDING ||
			       none->status == DNS_PENDING)
				(void)dns_join(b, in_ms(5000));
		if (i % 4 == 1)
			dns_give_up(b, "deadline");
		if (i % 4 != 0 &&
		    (one->count != 2 || none->status != DNS_NXDOMAIN))
			atomic_fetch_add(w->wrong, 1);
		dns_batch_free(&b);
		arena_reset(a);
	}
	arena_free(&a);
	return NULL;
}

static void
test_threads(void **state)
{
	struct fixture f;
	struct worker w[4];
	atomic_uint wrong = 0;

	(void)state;
	begin(&f,
	    (struct dns_options){
		.timeout_ms = 200, .cache_entries = 30, .renew_after = 20 });
	for (unsigned i = 0; i < ARRAY_COUNT(w); i++) {
		w[i] = (struct worker){
			.resolver = f.resolver, .number = i, .wrong = &wrong
		};
		assert_int_equal(
		    pthread_create(&w[i].thread, NULL, work, &w[i]), 0);
	}
	for (unsigned i = 0; i < ARRAY_COUNT(w); i++)
		assert_int_equal(pthread_join(w[i].thread, NULL), 0);
	assert_int_equal(atomic_load(&wrong), 0);
	end(&f);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_answers),
	cmocka_unit_test(test_time),
	cmocka_unit_test(test_late_after_quick),
	cmocka_unit_test(test_silence),
	cmocka_unit_test(test_give_up),
	cmocka_unit_test(test_coalescing),
	cmocka_unit_test(test_free_early),
	cmocka_unit_test(test_servers),
	cmocka_unit_test(test_failing_server),
	cmocka_unit_test(test_folding_server),
	cmocka_unit_test(test_loopback),
	cmocka_unit_test(test_parallel),
	cmocka_unit_test(test_bounds),
	cmocka_unit_test(test_networks),
	cmocka_unit_test(test_turns),
	cmocka_unit_test(test_threads),
	cmocka_unit_test(test_server_text),
};

TABLE_MAIN(tests)
