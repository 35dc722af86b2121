/*
 * Replies of DNS servers. The first octet chooses the type that was asked
 * for; the rest is a packet, into which the question is put when the octet
 * is even, so that what follows it is reached.
 */
#include "config.h"

#include <string.h>

#include "policy/dns/dns_table.h"
#include "policy/dns/dns_wire.h"
#include "rules/base/buf.h"
#include "rules/base/panic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const enum dns_type types[] = { DNS_A, DNS_PTR, DNS_MX, DNS_TXT,
	DNS_AAAA, DNS_TLSA };

static void
host_check(struct span host)
{
	for (size_t i = 0; i < host.n; i++)
		INVARIANT(host.p[i] > ' ' && host.p[i] < 0x7f);
}

static void
answer_check(const struct dns_answer *a)
{
	uint64_t hash = 0;

	INVARIANT((a->status == DNS_DATA) == (a->count > 0));
	INVARIANT((a->status == DNS_TEMP) == (a->problem != NULL));
	for (size_t i = 0; i < a->count; i++) {
		if (a->type == DNS_MX)
			host_check(a->mx[i].host);
		else if (a->type == DNS_PTR)
			host_check(a->text[i]);
		else if (a->type == DNS_TXT || a->type == DNS_TLSA)
			hash ^= span_hash(a->text[i], 0);
		else
			INVARIANT(a->ip[i].family == 4 || a->ip[i].family == 6);
	}
	(void)hash;
}

/* What is to be asked next must be something that can be asked. */
static void
follow_check(const struct dns_reply *r)
{
	uint8_t query[DNS_QUERY_MAX];
	char room[DNS_NAME_MAX];
	struct dns_key key;

	if (r->kind != DNS_REPLY_FOLLOW)
		return;
	INVARIANT(dns_key_make(r->follow, r->answer.type, 0, room, &key));
	INVARIANT(span_eq(key.name, r->follow));
	(void)dns_wire_query(
	    &(struct dns_query){ .name = r->follow, .type = r->answer.type },
	    query);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t mixed[DNS_CASE_OCTETS] = { 0x55, 0x55 };
	struct dns_query q = {
		.name = SPAN("a.example"), .edns = true, .mixed = mixed
	};
	uint8_t asked[DNS_QUERY_MAX];
	struct span query = { (const char *)asked, 0 };
	struct span in = { (const char *)data, size };
	struct arena *a = arena_new();
	struct dns_reply r;
	struct buf packet;

	if (size > 0) {
		q.type = types[data[0] / 2 % ARRAY_COUNT(types)];
		query.n = dns_wire_query(&q, asked);
		buf_init(&packet, 65535);
		(void)buf_add(&packet, span_slice(in, 1, 13));
		if (data[0] % 2 == 0)
			(void)buf_add(&packet, span_slice(query, 12, 27));
		(void)buf_add(&packet, span_slice(in, 13, size));
		dns_wire_reply(query, buf_span(&packet), a, &r);
		buf_free(&packet);
		if (r.kind == DNS_REPLY_ANSWER)
			answer_check(&r.answer);
		follow_check(&r);
	}
	arena_free(&a);
	return 0;
}
