/*
 * What a chain of ARC costs: microseconds of CPU a message of 10 KB, keys of
 * 2,048 bits kept, for chains of several lengths whose sealers have a key
 * each; beside it what hashing the body takes that DKIM would do anyway.
 *
 *   make tests/bench/arc_bench && tests/bench/arc_bench [ROUNDS]
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "policy/arc/arc_chain.h"
#include "rules/base/buf.h"
#include "rules/base/panic.h"
#include "tests/kit/arc_kit.h"

#define BODY_OCTETS 10240

static double
cpu_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static struct span
bench_message(struct arena *a)
{
	struct span text;
	struct buf b;

	buf_init(&b, 1 << 17);
	for (int i = 0; i < 12; i++)
		(void)buf_printf(&b,
		    "Received: from mail%d.example.org by mx.example.net with "
		    "ESMTPS id %08x\r\n\tfor <bob@example.net>; Thu, 1 Jan "
		    "2026 00:00:%02d +0000\r\n",
		    i, i * 977, i);
	(void)buf_addz(&b, "From: Alice <alice@example.org>\r\n"
			   "To: Bob <bob@example.net>\r\n"
			   "Subject: Minutes of the meeting\r\n"
			   "Date: Thu, 1 Jan 2026 00:00:00 +0000\r\n\r\n");
	for (int i = 0; b.n < BODY_OCTETS; i++)
		(void)buf_printf(&b,
		    "This is line %d  of a text that says little, at some "
		    "length.\r\n%s",
		    i, i % 9 == 0 ? "\r\n" : "");
	text = arena_dup(a, buf_span(&b));
	buf_free(&b);
	return text;
}

static struct span
bench_sealed(const struct arc_kit *kit, struct arena *a, struct dns_zone *zone,
    size_t sets, bool ed25519)
{
	struct span message = bench_message(a);

	for (size_t i = 1; i <= sets; i++) {
		struct arc_kit_hop hop = { .ed25519 = ed25519,
			.domain = arena_printf(a, "d%zu.example", i),
			.results = "mx.example; spf=pass smtp.mailfrom=b; "
				   "dmarc=pass header.from=example.org" };

		arc_kit_publish(kit, zone, hop.domain, "s", ed25519);
		message = arc_kit_seal(kit, a, message, i, &hop);
	}
	return message;
}

/* One message from the fields to the result; sets 0: the body's hash alone. */
static void
bench_one(const struct header_list *list, struct span body,
    struct resolver *resolver, struct dkim_keys *keys, size_t sets)
{
	struct arena *a = arena_new();
	struct dns_batch *dns = dns_batch_new(resolver, a);
	struct dkim_options options = { .signatures = 10,
		.bits_min = 1024,
		.limits = { .now_s = time(NULL), .skew_s = 300 } };
	struct dkim_message *dm = dkim_message_new(a, dns, keys, &options);
	struct arc_chain *c = arc_chain_new(a, dns, keys, &options);
	enum arc_kind kind;

	for (size_t i = 0; i < list->count; i++)
		if (arc_kind_of(list->field[i].name, &kind))
			arc_chain_field(c, kind, &list->field[i], i);
	dkim_message_header(dm, list);
	if (sets == 0)
		(void)dkim_message_variant(
		    dm, (struct dkim_variant){ DKIM_RELAXED, DKIM_LENGTH_ALL });
	arc_chain_header(c, list, dm);
	dkim_message_body(dm, body);
	(void)dkim_message_hashed(dm);
	if (!arc_chain_judge(c) ||
	    arc_chain_outcome(c)->result != (sets > 0 ? ARC_PASS : ARC_NONE))
		panic("the chain does not pass");
	dkim_message_free(&dm);
	dns_batch_free(&dns);
	arena_free(&a);
}

static double
bench_chain(const struct arc_kit *kit, size_t sets, bool ed25519, int rounds)
{
	struct arena *a = arena_new();
	struct dns_zone *zone = dns_zone_new();
	struct resolver *resolver = resolver_zone(zone);
	struct dkim_keys *keys = dkim_keys_new(16);
	struct span message = bench_sealed(kit, a, zone, sets, ed25519), body;
	struct header_list list;
	unsigned anomalies = 0;
	double took;

	header_list_init(&list, a);
	header_split(message, &list, &body, &anomalies);
	took = cpu_us();
	for (int i = 0; i < rounds; i++)
		bench_one(&list, body, resolver, keys, sets);
	took = (cpu_us() - took) / rounds;
	dkim_keys_free(&keys);
	resolver_free(&resolver);
	dns_zone_free(&zone);
	arena_free(&a);
	return took;
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		size_t sets;
		bool ed25519;
	} rows[] = {
		{ "the body alone", 0, false },
		{ "one set", 1, false },
		{ "three sets", 3, false },
		{ "three sets, Ed25519", 3, true },
		{ "ten sets", 10, false },
	};
	int rounds = argc > 1 ? atoi(argv[1]) : 2000;
	struct arc_kit *kit = arc_kit_new(2048);

	(void)printf("message of %d octets, %d rounds\n", BODY_OCTETS, rounds);
	for (size_t i = 0; i < ARRAY_COUNT(rows) && rounds > 0; i++)
		(void)printf("%-20s %8.1f us\n", rows[i].name,
		    bench_chain(kit, rows[i].sets, rows[i].ed25519, rounds));
	arc_kit_free(&kit);
	return 0;
}
