/*
 * Chains of ARC: the input is a message. Keys are there for a.example (RSA) and
 * e.example (Ed25519), with which some seeds are signed; nobody answers for
 * t.example. What comes out must be a result that has a reason, and what a
 * sealer says must be fit to be shown.
 */
#include "config.h"

#include "policy/arc/arc_chain.h"
#include "rules/base/panic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RSA                                                                    \
	"v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCyA1F+0srSt"  \
	"+U+TfncQer0l/2GpXyPSOzlub6Ovha+E0GM+wlphkhWZguZiU624aryrBDVGAlznqdaj" \
	"eucpG7S75WNduDtE66ul6P/PMQa8pe5X/WgNv0FfiiMJXtYOKxNJr/EqZW48gs46Gf2q" \
	"RXOi5AHX1nePIDgLiZyxAqSLQIDAQAB"
#define ED25519 \
	"v=DKIM1; k=ed25519; p=fLPTprAi9l2KAxGQ6Jbg2dWZz8VZB7TPs+b6ZwtPQMA="

static struct dns_zone *
zone(void)
{
	struct dns_zone *z = dns_zone_new();

	dns_zone_txt(z, SPAN("s._domainkey.a.example"), SPAN(RSA));
	dns_zone_txt(z, SPAN("s._domainkey.e.example"), SPAN(ED25519));
	(void)dns_zone_rcode(
	    z, SPAN("s._domainkey.t.example"), SPAN("TIMEOUT"));
	return z;
}

/* Printable ASCII, so that nothing else can stand in a header or a log. */
static void
plain(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		INVARIANT(s.p[i] >= ' ' && s.p[i] < 0x7F);
}

static void
said_check(const struct arc_set *set)
{
	const struct arc_said *said = &set->said;

	INVARIANT(set->spoken || (said->dmarc == NULL && said->author.n == 0));
	plain(said->server);
	plain(said->author);
	plain(set->seal.sig.domain);
	plain(set->seal.sig.selector);
}

static void
chain_check(struct arc_chain *c)
{
	const struct arc_outcome *o = arc_chain_outcome(c);
	bool good = o->result == ARC_NONE || o->result == ARC_PASS;

	INVARIANT(good == (o->problem == NULL));
	INVARIANT(o->instances <= ARC_SETS_MAX);
	INVARIANT((o->result == ARC_NONE) == (o->instances == 0 && good));
	INVARIANT(o->oldest_pass <= o->instances && o->oldest_pass != 1);
	for (size_t i = 1; i <= o->instances; i++) {
		if (arc_chain_set(c, i) != NULL)
			said_check(arc_chain_set(c, i));
		INVARIANT(
		    o->result != ARC_PASS || arc_chain_seal(c, i) == ARC_PASS);
	}
	if (o->result != ARC_PASS)
		return;
	plain(arc_chain_comment(c));
	plain(arc_chain_unsigned(c));
}

static void
feed(struct arc_chain *c, struct dkim_message *dm, struct header_list *list,
    struct span message)
{
	unsigned anomalies = 0;
	enum arc_kind kind;
	struct span body;

	header_split(message, list, &body, &anomalies);
	for (size_t i = 0; i < list->count; i++)
		if (arc_kind_of(list->field[i].name, &kind))
			arc_chain_field(c, kind, &list->field[i], i);
	dkim_message_header(dm, list);
	arc_chain_header(c, list, dm);
	dkim_message_body(dm, body);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct dns_zone *z = zone();
	struct dkim_keys *keys = dkim_keys_new(8);
	struct resolver *resolver = resolver_zone(z);
	struct dns_batch *dns = dns_batch_new(resolver, a);
	struct dkim_options options = { .signatures = 10,
		.bits_min = 1024,
		.limits = { .now_s = 1767225600, .skew_s = 300 } };
	struct dkim_message *dm = dkim_message_new(a, dns, keys, &options);
	struct arc_chain *c = arc_chain_new(a, dns, keys, &options);
	struct header_list list;

	header_list_init(&list, a);
	feed(c, dm, &list, span_make((const char *)data, size));
	while (!arc_chain_judge(c))
		INVARIANT(dns_join(dns, INT64_MAX));
	chain_check(c);
	dkim_message_free(&dm);
	dns_batch_free(&dns);
	resolver_free(&resolver);
	dkim_keys_free(&keys);
	dns_zone_free(&z);
	arena_free(&a);
	return 0;
}
