/*
 * The zone that SPF records are tested with.
 */
#include "config.h"

#include "tests/kit/spf_kit.h"

#include "rules/base/buf.h"
#include "tests/kit/table.h"

/* What DNS knows beside the row's own record at d.example. */
static const struct {
	const char *name, *type, *value;
} zone[] = {
	/* clang-format off */
	{ "h1.example", "A", "192.0.2.1" },
	{ "h1.example", "AAAA", "2001:db8::1" },
	{ "h9.example", "A", "192.0.2.9" },
	{ "both.example", "A", "198.51.100.7" },
	{ "both.example", "A", "192.0.2.1" },
	{ "six.example", "AAAA", "2001:db8::1" },
	{ "mx.example", "MX", "20 h1.example" },
	{ "mx.example", "MX", "10 h9.example" },
	{ "mxnull.example", "MX", "0 ." },
	{ "mxgone.example", "MX", "10 gone.example" },
	{ "mxgone.example", "MX", "20 gone2.example" },
	{ "mxgone.example", "MX", "30 gone3.example" },
	{ "mxgone.example", "MX", "40 h1.example" },
	{ "mxtemp.example", "MX", "10 silent.example" },
	{ "mxtemp.example", "MX", "20 h1.example" },
	{ "mxlate.example", "MX", "10 h1.example" },
	{ "mxlate.example", "MX", "20 silent.example" },
	{ "silent.example", "_rcode", "TIMEOUT" },
	{ "broken.example", "_rcode", "SERVFAIL" },
	{ "refused.example", "_rcode", "REFUSED" },
	{ "empty.example", "", "" },
	{ "alias.example", "CNAME", "pass.example" },
	{ "aliasnone.example", "CNAME", "gone.example" },
	{ "pass.example", "TXT", "v=spf1 ip4:192.0.2.0/24 -all" },
	{ "fail.example", "TXT", "v=spf1 -all exp=why.example" },
	{ "soft.example", "TXT", "v=spf1 ~all" },
	{ "open.example", "TXT", "v=spf1 ?all" },
	{ "bare.example", "TXT", "v=spf1" },
	{ "none.example", "TXT", "nothing to see" },
	{ "two.example", "TXT", "v=spf1 -all" },
	{ "two.example", "TXT", "v=spf1 +all" },
	{ "bad.example", "TXT", "v=spf1 foo -all" },
	{ "other.example", "TXT", "v=spf10 -all" },
	{ "other.example", "TXT", "v=spf1 a:h1.example -all" },
	{ "other.example", "TXT", "\x96 text" },
	{ "voids.example", "TXT", "v=spf1 a:gone.example a:gone2.example ?all" },
	{ "loop.example", "TXT", "v=spf1 include:loop.example -all" },
	{ "spin.example", "TXT", "v=spf1 redirect=spin.example" },
	{ "nest.example", "TXT", "v=spf1 include:pass.example -all" },
	{ "deny.example", "TXT", "v=spf1 -include:pass.example +all" },
	{ "eight.example", "TXT", "v=spf1 a:h9.example a:h9.example a:h9.example"
	    " a:h9.example a:h9.example a:h9.example a:h9.example a:h9.example" },
	{ "cd.example", "TXT", "v=spf1 a:h1.%{d1} ~all" },
	{ "user.local.example", "A", "127.0.0.2" },
	{ "1.2.0.192.in-addr.ip.example", "A", "127.0.0.2" },
	{ "192.0.2.1.list.example", "A", "127.0.0.2" },
	{ "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2"
	    ".ip6.ip.example", "A", "127.0.0.2" },
	{ "h1.example.p.example", "A", "127.0.0.2" },
	{ "unknown.p.example", "A", "127.0.0.2" },
	{ "1.2.0.192.in-addr.arpa", "PTR", "h1.example" },
	{ "1.2.0.192.in-addr.arpa", "PTR", "h9.example" },
	{ "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2"
	    ".ip6.arpa", "PTR", "h1.example" },
	{ "3.2.0.192.in-addr.arpa", "PTR", "silent.example" },
	{ "3.2.0.192.in-addr.arpa", "PTR", "h3.d.example" },
	{ "h3.d.example", "A", "192.0.2.3" },
	{ "4.2.0.192.in-addr.arpa", "_rcode", "SERVFAIL" },
	{ "5.2.0.192.in-addr.arpa", "PTR", "d.example" },
	{ "5.2.0.192.in-addr.arpa", "PTR", "x.d.example" },
	{ "x.d.example", "A", "192.0.2.5" },
	{ "d.example", "A", "192.0.2.5" },
	{ "d.example", "AAAA", "2001:db8::5" },
	{ "d.example", "MX", "10 h1.example" },
	{ "why.example", "TXT", "no %{i} for %{s}" },
	{ "why2.example", "TXT", "%{o} %{d} %{h} %{l} %{c} %{r} %{t} %{v}" },
	{ "whytwo.example", "TXT", "one" },
	{ "whytwo.example", "TXT", "two" },
	{ "whybad.example", "TXT", "bad %{x}" },
	{ "whyutf.example", "TXT", "b\xC3\xB6se" },
	{ "whyp.example", "TXT", "%{p} came" },
	{ "whyodd.example", "TXT", "you %% are %_%-%{L}" },
	{ "d.example.why.example", "TXT", "macro" },
	{ "to.example", "TXT", "v=spf1 -all exp=whyto.example" },
	{ "whyto.example", "TXT", "of %{d}" },
	/* clang-format on */
};

static void
zone_add(struct dns_zone *z, struct span name, const char *type, const char *v)
{
	struct span value = span_of(v), number;
	uint64_t preference = 0;

	if (type[0] == 'A')
		assert_true(dns_zone_address(z, name, value));
	else if (strcmp(type, "TXT") == 0)
		dns_zone_txt(z, name, value);
	else if (strcmp(type, "PTR") == 0)
		dns_zone_ptr(z, name, value);
	else if (strcmp(type, "CNAME") == 0)
		dns_zone_cname(z, name, value);
	else if (strcmp(type, "_rcode") == 0)
		assert_true(dns_zone_rcode(z, name, value));
	else if (strcmp(type, "MX") == 0 && span_cut(&value, ' ', &number) &&
		 span_number(number, &preference))
		dns_zone_mx(z, name, (uint16_t)preference, value);
	else
		dns_zone_name(z, name);
}

static struct dns_zone *
zone_new(struct span record)
{
	struct dns_zone *z = dns_zone_new();
	char name[32];

	for (size_t i = 0; i < ARRAY_COUNT(zone); i++)
		zone_add(z, span_of(zone[i].name), zone[i].type, zone[i].value);
	/* 192.0.2.20 has eleven names, and the last alone is true. */
	for (int i = 1; i <= 11; i++) {
		(void)snprintf(name, sizeof(name), "n%d.d.example", i);
		dns_zone_ptr(z, SPAN("20.2.0.192.in-addr.arpa"), span_of(name));
		dns_zone_mx(
		    z, SPAN("mx11.example"), (uint16_t)i, span_of(name));
		if (i < 11)
			dns_zone_mx(z, SPAN("mx10.example"), (uint16_t)i,
			    span_of(name));
	}
	assert_true(
	    dns_zone_address(z, SPAN("n11.d.example"), SPAN("192.0.2.20")));
	assert_true(
	    dns_zone_address(z, SPAN("n10.d.example"), SPAN("192.0.2.1")));
	if (record.n > 0)
		dns_zone_txt(z, SPAN("d.example"), record);
	return z;
}

struct bench
bench_new(struct span record, bool hesitate)
{
	struct bench b = { .arena = arena_new(), .zone = zone_new(record) };

	b.resolver = resolver_zone(b.zone);
	b.dns = dns_batch_new(b.resolver, b.arena);
	dns_zone_hesitate(b.zone, hesitate);
	return b;
}

void
bench_free(struct bench *b)
{
	dns_batch_free(&b->dns);
	resolver_free(&b->resolver);
	dns_zone_free(&b->zone);
	arena_free(&b->arena);
}

const struct spf_outcome *
bench_judge(struct bench *b, const struct spf_query *q, unsigned *rounds)
{
	struct spf *s = spf_new(b->arena, b->dns, q);

	*rounds = 1;
	while (!spf_run(s)) {
		assert_null(spf_outcome(s));
		assert_true(dns_join(b->dns, 0));
		++*rounds;
	}
	return spf_outcome(s);
}

struct spf_query
bench_query(void)
{
	struct spf_query q = {
		.helo = SPAN("mail.d.example"),
		.local = SPAN("user"),
		.domain = SPAN("d.example"),
		.receiver = SPAN("mx.test"),
		.time_s = 1767225600,
		.void_limit = SPF_VOID_LIMIT,
	};

	assert_true(ip_parse(SPAN("192.0.2.1"), &q.client));
	return q;
}

struct span
span_repeated(struct arena *a, const char *start, const char *piece,
    size_t times, const char *end)
{
	struct buf b;
	struct span text;

	buf_init(&b, 1 << 20);
	(void)buf_addz(&b, start);
	for (size_t i = 0; i < times; i++)
		(void)buf_addz(&b, piece);
	(void)buf_addz(&b, end);
	text = arena_dup(a, buf_span(&b));
	buf_free(&b);
	return text;
}
