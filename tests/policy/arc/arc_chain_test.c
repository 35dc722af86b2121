/*
 * ARC chains, whole and broken, by a sealer of our own (tests/kit/arc_kit.c);
 * what others seal is in the published suite (arc_suite).
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/arc/arc_chain.h"
#include "tests/kit/arc_kit.h"

#define NOW INT64_C(1767225600)

#define MESSAGE                                                          \
	"From: Ann <ann@bank.example>\r\nTo: joe@us.example\r\n"         \
	"Subject: hello\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\n\r\n" \
	"Dear Joe,\r\n\r\nbye\r\n"
#define BODY_OCTETS "18"

static struct arc_kit *kit;

static int
kit_begin(void **state)
{
	(void)state;
	kit = arc_kit_new(1024);
	return 0;
}

static int
kit_end(void **state)
{
	(void)state;
	arc_kit_free(&kit);
	return 0;
}

/* ---- judging ---------------------------------------------------------------- */

struct judged {
	char text[400]; /* "RESULT INSTANCES OLDEST: PROBLEM" */
	char comment[200];
};

static void
feed(struct arc_chain *c, struct dkim_message *dm, struct header_list *list,
    struct span message, size_t piece)
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
	for (size_t i = 0; i < body.n; i += piece)
		dkim_message_body(dm, span_slice(body, i, i + piece));
}

static void
judge(struct span message, struct dns_zone *zone, size_t piece,
    struct judged *out)
{
	struct arena *a = arena_new();
	struct dkim_keys *keys = dkim_keys_new(100);
	struct resolver *resolver = resolver_zone(zone);
	struct dns_batch *dns = dns_batch_new(resolver, a);
	struct dkim_options options = { .signatures = 10,
		.bits_min = 1024,
		.limits = { .now_s = NOW, .skew_s = 300 } };
	struct dkim_message *dm = dkim_message_new(a, dns, keys, &options);
	struct arc_chain *c = arc_chain_new(a, dns, keys, &options);
	const struct arc_outcome *o;
	struct header_list list;

	header_list_init(&list, a);
	feed(c, dm, &list, message, piece);
	while (!arc_chain_judge(c))
		assert_true(dns_join(dns, INT64_MAX));
	o = arc_chain_outcome(c);
	(void)snprintf(out->text, sizeof(out->text), "%s %zu %zu%s%s",
	    arc_result_words[o->result], o->instances, o->oldest_pass,
	    o->problem == NULL ? "" : ": ",
	    o->problem == NULL ? "" : o->problem);
	(void)snprintf(out->comment, sizeof(out->comment), "%.*s",
	    SPAN_FMT(o->result == ARC_PASS ? arc_chain_comment(c) : SPAN("")));
	dkim_message_free(&dm);
	dns_batch_free(&dns);
	resolver_free(&resolver);
	dkim_keys_free(&keys);
	arena_free(&a);
}

/* ---- one chain a row --------------------------------------------------------- */

#define A                             \
	{                             \
		.domain = "a.example" \
	}
#define B                             \
	{                             \
		.domain = "b.example" \
	}
#define HOPS_MAX 3
#define SEAL_2   "the seal of set 2: "
#define SIGNED_2 "the message signature of set 2: "

/* clang-format off */
static const struct {
	const char *label;
	struct arc_kit_hop hop[HOPS_MAX]; /* up to the first without domain */
	size_t first;          /* number of the first; 0: 1 */
	const char *from, *to; /* in the end, what of it is replaced by what */
	const char *top;       /* and what is put on top */
	const char *zone;      /* "NAME !RCODE" or "NAME RECORD" instead of a key */
	const char *want;
} row[] = {
	{ "one", { A }, .want = "pass 1 0" },
	{ "two", { A, B }, .want = "pass 2 0" },
	{ "three", { A, B, { .domain = "c.example" } }, .want = "pass 3 0" },
	{ "ed25519", { { .domain = "e.example", .ed25519 = true } }, .want = "pass 1 0" },
	{ "both algorithms", { A, { .domain = "e.example", .ed25519 = true }, B }, .want = "pass 3 0" },
	{ "the order of fields is nobody's", { { .domain = "a.example", .backwards = true },
	    { .domain = "b.example", .backwards = true } }, .want = "pass 2 0" },
	{ "folds", { { .domain = "a.example", .results = "a.example;\r\n\tspf=pass\r\n  smtp.helo=h" } },
	    .want = "pass 1 0" },
	{ "results that can't be read", { { .domain = "a.example", .results = "a.example b.example ; x" } },
	    .want = "pass 1 0" },
	{ "a list adds a footer", { A, { .domain = "b.example", .added = "-- \r\nlist\r\n" } },
	    .want = "pass 2 2" },
	{ "and the next one nothing", { A, { .domain = "b.example", .added = "x\r\n" }, B },
	    .want = "pass 3 2" },
	{ "l= is the length", { { .domain = "a.example", .more = " l=" BODY_OCTETS ";" } },
	    .want = "pass 1 0" },
	{ "nothing", { { NULL } }, .want = "none 0 0" },

	{ "l= of less", { A, { .domain = "b.example", .more = " l=5;" } },
	    .want = "fail 2 0: " SIGNED_2 "the body has been altered" },
	{ "l= of more", { A, { .domain = "b.example", .more = " l=500;" } },
	    .want = "fail 2 0: " SIGNED_2 "the body has been altered" },
	{ "the body is altered", { A, B }, .from = "Dear", .to = "Poor",
	    .want = "fail 2 0: " SIGNED_2 "the body has been altered" },
	{ "then no key is waited for", { A, B }, .from = "Dear", .to = "Poor",
	    .zone = "s._domainkey.b.example !TIMEOUT",
	    .want = "fail 2 0: " SIGNED_2 "the body has been altered" },
	{ "the author is altered", { A, B }, .from = "ann@bank", .to = "bob@bank",
	    .want = "fail 2 0: " SIGNED_2 "it does not match" },
	{ "one more author above", { A, B }, .top = "From: evil@x.example\r\n", .want = "pass 2 0" },
	{ "the first results are altered", { { .domain = "a.example", .results = "a.example; dmarc=fail" }, B },
	    .from = "dmarc=fail", .to = "dmarc=pass", .want = "fail 2 0: " SEAL_2 "it does not match" },
	{ "the first signature is altered", { A, B }, .from = "i=1; a=rsa-sha256; d=a.example; s=s; c=",
	    .to = "i=1; a=rsa-sha256; d=b.example; s=s; c=", .want = "fail 2 0: " SEAL_2 "it does not match" },
	{ "forged", { { .domain = "a.example", .forged = true } },
	    .want = "fail 1 0: the message signature of set 1: it does not match" },
	{ "a forged first hop", { { .domain = "a.example", .forged = true }, B },
	    .want = "fail 2 0: the seal of set 1: it does not match" },

	{ "cv=pass at first", { { .domain = "a.example", .cv = "pass" } },
	    .want = "fail 1 0: its first seal does not say cv=none" },
	{ "cv=none later", { A, { .domain = "b.example", .cv = "none" } },
	    .want = "fail 2 0: a seal of it does not say cv=pass" },
	{ "cv=fail", { A, { .domain = "b.example", .cv = "fail" } },
	    .want = "fail 2 0: its newest seal says that it was broken before" },
	{ "cv=fail, and handed on", { A, { .domain = "b.example", .cv = "fail" }, A },
	    .want = "fail 3 0: a seal of it does not say cv=pass" },
	{ "cv= of another kind", { { .domain = "a.example", .cv = "maybe" } },
	    .want = "fail 1 0: its first seal does not say cv=none" },
	{ "h= in a seal", { { .domain = "a.example", .seal = " h=from;" } },
	    .want = "fail 1 0: a signature of set 1: a seal has no h=" },
	{ "a seal in h=", { A, { .domain = "b.example", .names = "from:ARC-Seal" } },
	    .want = "fail 2 0: a signature of set 2: h= lists a seal" },
	{ "a tag twice", { { .domain = "a.example", .seal = " d=b.example;" } },
	    .want = "fail 1 0: a signature of it: a tag stands there twice" },
	{ "expired", { { .domain = "a.example", .more = " t=1; x=2;" } },
	    .want = "fail 1 0: a signature of set 1: the signature has expired" },
	{ "made in the future", { { .domain = "a.example", .seal = " t=1999999999;" } },
	    .want = "fail 1 0: a signature of set 1: signed in the future" },
	{ "begins with set 2", { B, A }, .first = 2, .want = "fail 3 0: a set of it is missing" },
	{ "a gap", { A }, .top = "ARC-Seal: i=3; a=rsa-sha256; d=c.example; s=s; cv=pass; b=AAAA\r\n",
	    .want = "fail 3 0: a set of it is not complete" },
	{ "no seal", { A }, .from = "ARC-Seal:", .to = "X-Seal:", .want = "fail 1 0: a set of it is not complete" },
	{ "no signature", { A }, .from = "ARC-Message-Signature:", .to = "X-Signature:",
	    .want = "fail 1 0: a set of it is not complete" },
	{ "no results", { A }, .from = "ARC-Authentication-Results:", .to = "X-Results:",
	    .want = "fail 1 0: a set of it is not complete" },
	{ "results twice", { A }, .top = "ARC-Authentication-Results: i=1; evil.example; dmarc=pass\r\n",
	    .want = "fail 1 0: a set has two fields of one kind" },
	{ "i=0", { A }, .top = "ARC-Authentication-Results: i=0; a; none\r\n",
	    .want = "fail 1 0: a field of it has no number i=" },
	{ "i=51", { A }, .top = "ARC-Authentication-Results: i=51; a; none\r\n",
	    .want = "fail 1 0: it has more than 50 sets" },
	{ "i= of many digits", { A }, .top = "ARC-Authentication-Results: i=001; a; none\r\n",
	    .want = "fail 1 0: a field of it has no number i=" },
	{ "no i=", { A }, .top = "ARC-Authentication-Results: a; none\r\n",
	    .want = "fail 1 0: a field of it has no number i=" },
	{ "i= behind the server", { A }, .top = "ARC-Authentication-Results: a; i=1; none\r\n",
	    .want = "fail 1 0: a field of it has no number i=" },
	{ "nothing but that", { { NULL } }, .top = "ARC-Authentication-Results: a; none\r\n",
	    .want = "fail 0 0: a field of it has no number i=" },
	{ "no tags", { A }, .top = "ARC-Seal: hello\r\n", .want = "fail 1 0: a signature of it: not a list of tags" },
	{ "a bare CR", { A }, .from = "c=relaxed", .to = "c=\rrelaxed",
	    .want = "fail 1 0: the message signature of set 1: it does not match" },

	{ "no key", { A, B }, .zone = "s._domainkey.b.example !NXDOMAIN", .want = "fail 2 0: " SIGNED_2 "no key" },
	{ "no key of the first", { A, B }, .zone = "s._domainkey.a.example !NXDOMAIN",
	    .want = "fail 2 0: the seal of set 1: no key" },
	{ "a revoked key", { A }, .zone = "s._domainkey.a.example v=DKIM1; p=",
	    .want = "fail 1 0: the message signature of set 1: the key is revoked" },
	{ "DNS is silent", { A, B }, .zone = "s._domainkey.a.example !TIMEOUT",
	    .want = "temperror 2 0: the seal of set 1: the key could not be looked up" },
	{ "DNS is broken", { A, B }, .zone = "s._domainkey.b.example !SERVFAIL",
	    .want = "temperror 2 0: " SIGNED_2 "the key could not be looked up" },
	{ "silent for one, forged by the other", { { .domain = "a.example", .forged = true }, B },
	    .zone = "s._domainkey.b.example !TIMEOUT",
	    .want = "fail 2 0: the seal of set 1: it does not match" },
	{ "silent for an old message signature alone", { { .domain = "a.example", .selector = "old" },
	    { .domain = "b.example", .added = "x\r\n" } }, .zone = "old._domainkey.a.example !TIMEOUT",
	    .want = "temperror 2 0: the seal of set 1: the key could not be looked up" },
};
/* clang-format on */

static struct span
replaced(struct arena *a, const char *label, struct span text, const char *from,
    const char *to)
{
	size_t at = span_search(text, span_of(from));

	if (at == SIZE_MAX)
		fail_msg("%s: no \"%s\" in it", label, from);
	return span_of(
	    arena_printf(a, "%.*s%s%.*s", SPAN_FMT(span_slice(text, 0, at)), to,
		SPAN_FMT(span_slice(text, at + strlen(from), text.n))));
}

/* All keys; of more the name has no other. */
static struct dns_zone *
zone_of(const char *more)
{
	static const char *const domain[] = { "a.example", "b.example",
		"c.example", "e.example" };
	struct dns_zone *zone = dns_zone_new();
	struct span rest = span_of(more), name = SPAN("");
	char owner[64];

	(void)span_cut(&rest, ' ', &name);
	for (size_t i = 0; i < ARRAY_COUNT(domain); i++) {
		(void)snprintf(
		    owner, sizeof(owner), "s._domainkey.%s", domain[i]);
		if (!span_is(name, owner))
			arc_kit_publish(kit, zone, domain[i], "s",
			    strcmp(domain[i], "e.example") == 0);
	}
	if (span_starts(rest, SPAN("!")))
		assert_true(
		    dns_zone_rcode(zone, name, span_slice(rest, 1, rest.n)));
	else if (name.n > 0)
		dns_zone_txt(zone, name, rest);
	return zone;
}

static struct span
chain_of(struct arena *a, size_t i)
{
	struct span message = SPAN(MESSAGE);
	size_t first = row[i].first == 0 ? 1 : row[i].first;

	for (size_t k = 0; k < HOPS_MAX && row[i].hop[k].domain != NULL; k++)
		message =
		    arc_kit_seal(kit, a, message, first + k, &row[i].hop[k]);
	if (row[i].from != NULL)
		message =
		    replaced(a, row[i].label, message, row[i].from, row[i].to);
	if (row[i].top != NULL)
		message = span_of(
		    arena_printf(a, "%s%.*s", row[i].top, SPAN_FMT(message)));
	return message;
}

static void
test_chains(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct arena *a = arena_new();
		struct dns_zone *zone = zone_of(row[i].zone);
		struct judged got;

		for (size_t piece = 1; table_wants(row[i].label) && piece < 99;
		     piece += 90) {
			judge(chain_of(a, i), zone, piece, &got);
			table_text(
			    row[i].label, "result", got.text, row[i].want);
		}
		dns_zone_free(&zone);
		arena_free(&a);
	}
	table_end();
}

/* ---- long chains ----------------------------------------------------------------- */

/* "d3.example" for number 3 when they differ. */
static void
judge_long(size_t count, bool differ, struct judged *out)
{
	struct arena *a = arena_new();
	struct dns_zone *zone = dns_zone_new();
	struct span message = SPAN(MESSAGE);

	for (size_t i = 1; i <= count; i++) {
		struct arc_kit_hop hop = { .ed25519 = true,
			.domain =
			    arena_printf(a, "d%zu.example", differ ? i : 0) };

		if (differ || i == 1)
			arc_kit_publish(kit, zone, hop.domain, "s", true);
		message = arc_kit_seal(kit, a, message, i, &hop);
	}
	judge(message, zone, 100, out);
	dns_zone_free(&zone);
	arena_free(&a);
}

static void
test_long(void **state)
{
	static const struct {
		const char *label;
		size_t count;
		bool differ;
		const char *want;
	} rows[] = {
		{ "as many older ones as are tried", ARC_OLDER_MAX + 1, false,
		    "pass 11 0" },
		{ "more of them", ARC_OLDER_MAX + 3, false, "pass 13 3" },
		{ "50 sets", ARC_SETS_MAX, false, "pass 50 40" },
		{ "51 sets", ARC_SETS_MAX + 1, false,
		    "fail 50 0: it has more than 50 sets" },
		{ "20 keys", ARC_KEYS_MAX, true, "pass 20 10" },
		{ "21 keys", ARC_KEYS_MAX + 1, true,
		    "fail 21 0: it has too many different keys" },
	};
	struct judged got;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		if (!table_wants(rows[i].label))
			continue;
		judge_long(rows[i].count, rows[i].differ, &got);
		table_text(rows[i].label, "result", got.text, rows[i].want);
	}
	table_end();
}

/* A field of more than 16 KB is not read, whatever it says. */
static void
test_long_field(void **state)
{
	struct arena *a = arena_new();
	struct dns_zone *zone = zone_of(NULL);
	char *comment = arena_alloc(a, 17001);
	struct arc_kit_hop hop = { .domain = "a.example" };
	struct judged got;

	(void)state;
	memset(comment, 'x', 17000);
	hop.results = arena_printf(a, "a.example (%s); none", comment);
	judge(arc_kit_seal(kit, a, SPAN(MESSAGE), 1, &hop), zone, 100, &got);
	assert_string_equal(got.text, "fail 1 0: a field of it is too long");
	dns_zone_free(&zone);
	arena_free(&a);
}

static void
test_comment(void **state)
{
	static const struct arc_kit_hop hop[] = { A, B };
	struct arena *a = arena_new();
	struct dns_zone *zone = zone_of(NULL);
	struct span message = SPAN(MESSAGE);
	struct arc_kit_hop first = A;
	struct judged got;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(hop); i++)
		message = arc_kit_seal(kit, a, message, i + 1, &hop[i]);
	judge(message, zone, 100, &got);
	assert_string_equal(got.comment,
	    "arc=pass as[2].d=b.example as[2].s=s as[1].d=a.example as[1].s=s");
	first.results = "a.example; spf=pass smtp.remote-ip=192.0.2.7";
	message = arc_kit_seal(kit, a, SPAN(MESSAGE), 1, &first);
	judge(message, zone, 100, &got);
	assert_string_equal(got.comment,
	    "arc=pass as[1].d=a.example as[1].s=s remote-ip[1]=192.0.2.7");
	dns_zone_free(&zone);
	arena_free(&a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_chains),
	cmocka_unit_test(test_long),
	cmocka_unit_test(test_long_field),
	cmocka_unit_test(test_comment),
};

TABLE_MAIN_IN(tests, kit_begin, kit_end)
