/*
 * DNS packets: what a reply means, octet by octet. Every row asks for
 * a.example; OWNER in a record is a pointer to that name in the question.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/dns/dns_wire.h"
#include "rules/base/buf.h"

/* clang-format off */
#define OWNER   "\xc0\x0c" /* a.example */
#define ZONE    "\xc0\x0e" /* example */
#define IN      "\0\1"
#define A       "\0\1"
#define CNAME   "\0\5"
#define SOA     "\0\6"
#define PTR     "\0\14"
#define MX      "\0\17"
#define TXT     "\0\20"
#define AAAA    "\0\34"
#define TTL60   "\0\0\0\74"
#define TTL300  "\0\0\1\54"
#define ADDR1   "\0\4\300\0\2\1" /* 192.0.2.1 */
#define ADDR2   "\0\4\300\0\2\2"
#define B       "\1b\7example\0"
#define OPT     "\0" "\0\51" "\4\320" "\0\0\0\0" "\0\0"
/* RDATA of 22 octets and more: root names, four numbers, minimum 120 */
#define SOADATA "\0\26" "\0\0" "\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4" "\0\0\0\170"

#define OK       0x8180 /* QR RD RA */
#define SECURE   0x81a0
#define AUTH     0x8500 /* QR AA RD */
#define LAME     0x8100
#define NX       3

static const struct {
	const char *label;
	enum dns_type type;
	unsigned flags, an, ns, ar;
	struct span body;
	enum dns_reply_kind kind;
	enum dns_status status;
	size_t count;
	long long ttl;      /* -1: none */
	const char *first;  /* the first record, or the name to follow */
	bool alias, secure;
	const char *problem;
} row[] = {
	{ "one address", DNS_A, OK, 1, 0, 0,
	    SPAN_INIT(OWNER A IN TTL60 ADDR1),
	    DNS_REPLY_ANSWER, DNS_DATA, 1, 60, "192.0.2.1", false, false, NULL },
	{ "two addresses, least TTL, OPT", DNS_A, SECURE, 2, 0, 1,
	    SPAN_INIT(OWNER A IN TTL300 ADDR1 OWNER A IN TTL60 ADDR2 OPT),
	    DNS_REPLY_ANSWER, DNS_DATA, 2, 60, "192.0.2.1", false, true, NULL },
	{ "another owner is not counted", DNS_A, OK, 2, 0, 0,
	    SPAN_INIT(B A IN TTL60 ADDR1 OWNER A IN TTL60 ADDR2),
	    DNS_REPLY_ANSWER, DNS_DATA, 1, 60, "192.0.2.2", false, false, NULL },
	{ "owner in other case, uncompressed", DNS_A, OK, 1, 0, 0,
	    SPAN_INIT("\1A\7ExAmPlE\0" A IN TTL60 ADDR2),
	    DNS_REPLY_ANSWER, DNS_DATA, 1, 60, "192.0.2.2", false, false, NULL },
	{ "another class is not counted", DNS_A, OK, 1, 0, 0,
	    SPAN_INIT(OWNER A "\0\3" TTL60 ADDR1),
	    DNS_REPLY_ANSWER, DNS_NODATA, 0, -1, NULL, false, false, NULL },
	{ "IPv6", DNS_AAAA, OK, 1, 0, 0,
	    SPAN_INIT(OWNER AAAA IN TTL60
		"\0\20\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"),
	    DNS_REPLY_ANSWER, DNS_DATA, 1, 60, "2001:db8::1", false, false,
	    NULL },
	{ "TTL with the top bit is 0", DNS_A, OK, 1, 0, 0,
	    SPAN_INIT(OWNER A IN "\200\0\0\1" ADDR1),
	    DNS_REPLY_ANSWER, DNS_DATA, 1, 0, "192.0.2.1", false, false, NULL },
	{ "MX", DNS_MX, OK, 1, 0, 0,
	    SPAN_INIT(OWNER MX IN TTL60 "\0\7" "\0\12" "\2MX" ZONE),
	    DNS_REPLY_ANSWER, DNS_DATA, 1, 60, "10 mx.example", false, false,
	    NULL },
	{ "null MX", DNS_MX, OK, 1, 0, 0,
	    SPAN_INIT(OWNER MX IN TTL60 "\0\3" "\0\0" "\0"),
	    DNS_REPLY_ANSWER, DNS_DATA, 1, 60, "0 ", false, false, NULL },
	{ "MX with octets behind the name", DNS_MX, OK, 1, 0, 0,
	    SPAN_INIT(OWNER MX IN TTL60 "\0\4" "\0\0" "\0" "x"),
	    DNS_REPLY_MALFORMED, DNS_TEMP, 0, 60, NULL, false, false,
	    "malformed record" },
	{ "MX without name", DNS_MX, OK, 1, 0, 0,
	    SPAN_INIT(OWNER MX IN TTL60 "\0\1" "\0"),
	    DNS_REPLY_MALFORMED, DNS_TEMP, 0, 60, NULL, false, false,
	    "malformed record" },
	{ "TXT of two strings", DNS_TXT, OK, 1, 0, 0,
	    SPAN_INIT(OWNER TXT IN TTL60 "\0\10" "\3v=s" "\3pf1"),
	    DNS_REPLY_ANSWER, DNS_DATA, 1, 60, "v=spf1", false, false, NULL },
	{ "TXT with an empty string", DNS_TXT, OK, 1, 0, 0,
	    SPAN_INIT(OWNER TXT IN TTL60 "\0\1" "\0"),
	    DNS_REPLY_ANSWER, DNS_DATA, 1, 60, "", false, false, NULL },
	{ "TXT string beyond the record", DNS_TXT, OK, 1, 0, 0,
	    SPAN_INIT(OWNER TXT IN TTL60 "\0\4" "\4v=s" OPT),
	    DNS_REPLY_MALFORMED, DNS_TEMP, 0, 60, NULL, false, false,
	    "malformed record" },
	{ "address of three octets", DNS_A, OK, 1, 0, 0,
	    SPAN_INIT(OWNER A IN TTL60 "\0\3\300\0\2"),
	    DNS_REPLY_MALFORMED, DNS_TEMP, 0, 60, NULL, false, false,
	    "malformed record" },
	{ "TLSA as it comes", DNS_TLSA, OK, 1, 0, 0,
	    SPAN_INIT(OWNER "\0\64" IN TTL60 "\0\5" "345ab"),
	    DNS_REPLY_ANSWER, DNS_DATA, 1, 60, "345ab", false, false, NULL },
	{ "TLSA that is cut", DNS_TLSA, OK, 1, 0, 0,
	    SPAN_INIT(OWNER "\0\64" IN TTL60 "\0\2" "34"),
	    DNS_REPLY_MALFORMED, DNS_TEMP, 0, 60, NULL, false, false,
	    "malformed record" },
	{ "PTR in lower case", DNS_PTR, OK, 1, 0, 0,
	    SPAN_INIT(OWNER PTR IN TTL60 "\0\7" "\4HoSt" ZONE),
	    DNS_REPLY_ANSWER, DNS_DATA, 1, 60, "host.example", false, false,
	    NULL },
	{ "PTR with a dot, a newline and an 8-bit octet in a label", DNS_PTR,
	    OK, 1, 0, 0,
	    SPAN_INIT(OWNER PTR IN TTL60 "\0\13" "\10" "a.b\nc\\\377d" ZONE),
	    DNS_REPLY_ANSWER, DNS_DATA, 1, 60,
	    "a\\046b\\010c\\092\\255d.example", false, false, NULL },
	{ "alias", DNS_A, OK, 2, 0, 0,
	    SPAN_INIT(OWNER CNAME IN TTL60 "\0\4" "\1b" ZONE
		B A IN TTL300 ADDR1),
	    DNS_REPLY_ANSWER, DNS_DATA, 1, 60, "192.0.2.1", true, false, NULL },
	{ "aliases in the wrong order", DNS_A, OK, 3, 0, 0,
	    SPAN_INIT("\1c" ZONE A IN TTL300 ADDR1
		"\1b" ZONE CNAME IN TTL60 "\0\4" "\1c" ZONE
		OWNER CNAME IN TTL300 "\0\4" "\1b" ZONE),
	    DNS_REPLY_ANSWER, DNS_DATA, 1, 60, "192.0.2.1", true, false, NULL },
	{ "alias alone: follow", DNS_A, OK, 1, 0, 0,
	    SPAN_INIT(OWNER CNAME IN TTL60 "\0\4" "\1B" ZONE),
	    DNS_REPLY_FOLLOW, DNS_PENDING, 0, 60, "b.example", true, false,
	    NULL },
	{ "alias alone, the SOA is of another zone", DNS_A, OK, 1, 1, 0,
	    SPAN_INIT(OWNER CNAME IN TTL60 "\0\11" "\1b\5other\0"
		ZONE SOA IN TTL60 SOADATA),
	    DNS_REPLY_FOLLOW, DNS_PENDING, 0, 60, "b.other", true, false,
	    NULL },
	{ "alias without data", DNS_A, OK, 1, 1, 0,
	    SPAN_INIT(OWNER CNAME IN TTL300 "\0\4" "\1b" ZONE
		ZONE SOA IN TTL300 SOADATA),
	    DNS_REPLY_ANSWER, DNS_NODATA, 0, 120, NULL, true, false, NULL },
	{ "alias to nowhere", DNS_A, OK | NX, 1, 1, 0,
	    SPAN_INIT(OWNER CNAME IN TTL60 "\0\4" "\1b" ZONE
		ZONE SOA IN TTL300 SOADATA),
	    DNS_REPLY_ANSWER, DNS_NXDOMAIN, 0, 60, NULL, true, false, NULL },
	{ "alias to itself", DNS_A, OK, 1, 0, 0,
	    SPAN_INIT(OWNER CNAME IN TTL60 "\0\2" OWNER),
	    DNS_REPLY_ANSWER, DNS_TEMP, 0, 60, NULL, true, false,
	    "unusable aliases" },
	{ "alias to the root", DNS_A, OK, 1, 0, 0,
	    SPAN_INIT(OWNER CNAME IN TTL60 "\0\1" "\0"),
	    DNS_REPLY_ANSWER, DNS_TEMP, 0, -1, NULL, true, false,
	    "unusable alias" },
	{ "alias with a dot in a label", DNS_A, OK, 1, 0, 0,
	    SPAN_INIT(OWNER CNAME IN TTL60 "\0\6" "\3b.c" ZONE),
	    DNS_REPLY_ANSWER, DNS_TEMP, 0, -1, NULL, true, false,
	    "unusable alias" },
	{ "no such name", DNS_TXT, OK | NX, 0, 1, 0,
	    SPAN_INIT(ZONE SOA IN TTL60 SOADATA),
	    DNS_REPLY_ANSWER, DNS_NXDOMAIN, 0, 60, NULL, false, false, NULL },
	{ "no such name, SOA of the root", DNS_TXT, OK | NX, 0, 1, 0,
	    SPAN_INIT("\0" SOA IN TTL300 SOADATA),
	    DNS_REPLY_ANSWER, DNS_NXDOMAIN, 0, 120, NULL, false, false, NULL },
	{ "no such name, no SOA", DNS_TXT, OK | NX, 0, 0, 0, SPAN_INIT(""),
	    DNS_REPLY_ANSWER, DNS_NXDOMAIN, 0, -1, NULL, false, false, NULL },
	{ "short SOA vouches for nothing", DNS_TXT, OK | NX, 0, 1, 0,
	    SPAN_INIT(ZONE SOA IN TTL60 "\0\2" "\0\0"),
	    DNS_REPLY_ANSWER, DNS_NXDOMAIN, 0, -1, NULL, false, false, NULL },
	{ "no data", DNS_TXT, AUTH, 0, 1, 0,
	    SPAN_INIT(ZONE SOA IN TTL300 SOADATA),
	    DNS_REPLY_ANSWER, DNS_NODATA, 0, 120, NULL, false, false, NULL },
	{ "referral", DNS_TXT, LAME, 0, 1, 0,
	    SPAN_INIT(ZONE "\0\2" IN TTL300 "\0\5" "\2ns" ZONE),
	    DNS_REPLY_ANSWER, DNS_TEMP, 0, -1, NULL, false, false,
	    "the server does not recurse" },
	{ "SERVFAIL", DNS_TXT, OK | 2, 0, 0, 0, SPAN_INIT(""),
	    DNS_REPLY_ANSWER, DNS_TEMP, 0, -1, NULL, false, false,
	    "server failure" },
	{ "REFUSED", DNS_TXT, OK | 5, 0, 0, 1, SPAN_INIT(OPT),
	    DNS_REPLY_ANSWER, DNS_TEMP, 0, -1, NULL, false, false, "refused" },
	{ "FORMERR", DNS_TXT, OK | 1, 0, 0, 0, SPAN_INIT(""),
	    DNS_REPLY_NO_EDNS, DNS_TEMP, 0, -1, NULL, false, false,
	    "format error" },
	{ "BADVERS", DNS_TXT, OK, 0, 0, 1,
	    SPAN_INIT("\0" "\0\51" "\4\320" "\1\0\0\0" "\0\0"),
	    DNS_REPLY_NO_EDNS, DNS_TEMP, 0, -1, NULL, false, false,
	    "unexpected response code" },
	{ "an upper half of the code that is all ones", DNS_TXT, OK, 0, 0, 1,
	    SPAN_INIT("\0" "\0\51" "\4\320" "\377\0\0\0" "\0\0"),
	    DNS_REPLY_ANSWER, DNS_TEMP, 0, -1, NULL, false, false,
	    "unexpected response code" },
	{ "truncated", DNS_TXT, OK | 0x200, 9, 0, 0, SPAN_INIT(OWNER TXT),
	    DNS_REPLY_TRUNCATED, DNS_TEMP, 0, -1, NULL, false, false,
	    "truncated reply" },
	{ "a query", DNS_A, 0x0100, 0, 0, 0, SPAN_INIT(""),
	    DNS_REPLY_MALFORMED, DNS_TEMP, 0, -1, NULL, false, false,
	    "malformed reply" },
	{ "another opcode", DNS_A, OK | 0x2800, 0, 0, 0, SPAN_INIT(""),
	    DNS_REPLY_MALFORMED, DNS_TEMP, 0, -1, NULL, false, false,
	    "malformed reply" },
	{ "fewer records than counted", DNS_A, OK, 2, 0, 0,
	    SPAN_INIT(OWNER A IN TTL60 ADDR1),
	    DNS_REPLY_MALFORMED, DNS_TEMP, 0, -1, NULL, false, false,
	    "malformed reply" },
	{ "65535 records counted", DNS_A, OK, 65535, 65535, 65535,
	    SPAN_INIT(""),
	    DNS_REPLY_MALFORMED, DNS_TEMP, 0, -1, NULL, false, false,
	    "malformed reply" },
	{ "octets behind the end do not matter", DNS_A, OK, 1, 0, 0,
	    SPAN_INIT(OWNER A IN TTL60 ADDR1 "junk"),
	    DNS_REPLY_ANSWER, DNS_DATA, 1, 60, "192.0.2.1", false, false, NULL },
	{ "data longer than the packet", DNS_A, OK, 1, 0, 0,
	    SPAN_INIT(OWNER A IN TTL60 "\377\377\300\0\2\1"),
	    DNS_REPLY_MALFORMED, DNS_TEMP, 0, -1, NULL, false, false,
	    "malformed reply" },
	{ "pointer to itself", DNS_A, OK, 1, 0, 0,
	    SPAN_INIT("\300\33" A IN TTL60 ADDR1),
	    DNS_REPLY_MALFORMED, DNS_TEMP, 0, -1, NULL, false, false,
	    "malformed reply" },
	{ "pointer forward", DNS_A, OK, 1, 0, 0,
	    SPAN_INIT("\300\77" A IN TTL60 ADDR1),
	    DNS_REPLY_MALFORMED, DNS_TEMP, 0, -1, NULL, false, false,
	    "malformed reply" },
	{ "pointers in a circle", DNS_A, OK, 1, 0, 0,
	    SPAN_INIT("\1x\300\33" A IN TTL60 ADDR1),
	    DNS_REPLY_MALFORMED, DNS_TEMP, 0, -1, NULL, false, false,
	    "malformed reply" },
	{ "label type 01", DNS_A, OK, 1, 0, 0,
	    SPAN_INIT("\101x\0" A IN TTL60 ADDR1),
	    DNS_REPLY_MALFORMED, DNS_TEMP, 0, -1, NULL, false, false,
	    "malformed reply" },
	{ "half a pointer", DNS_A, OK, 1, 0, 0, SPAN_INIT("\300"),
	    DNS_REPLY_MALFORMED, DNS_TEMP, 0, -1, NULL, false, false,
	    "malformed reply" },
};
/* clang-format on */

static size_t
query(enum dns_type type, const uint8_t *mixed, uint8_t out[DNS_QUERY_MAX])
{
	return dns_wire_query(
	    &(struct dns_query){ SPAN("a.example"), type, 0x1234, true, mixed },
	    out);
}

/* The header and question of the query with other flags and counts. */
static struct span
packet(struct buf *b, size_t i, struct span query)
{
	const unsigned word[] = { 0x1234, row[i].flags, 1, row[i].an, row[i].ns,
		row[i].ar };

	buf_init(b, 65535);
	for (size_t j = 0; j < ARRAY_COUNT(word); j++) {
		assert_true(buf_addc(b, (char)(word[j] >> 8)));
		assert_true(buf_addc(b, (char)(word[j] & 255)));
	}
	assert_true(buf_add(b, span_slice(query, 12, 27)));
	assert_true(buf_add(b, row[i].body));
	return buf_span(b);
}

static const char *
first(const struct dns_reply *r, char text[256])
{
	const struct dns_answer *a = &r->answer;

	if (r->kind == DNS_REPLY_FOLLOW) {
		(void)snprintf(text, 256, "%.*s", SPAN_FMT(r->follow));
		return text;
	}
	if (a->count == 0)
		return NULL;
	if (a->type == DNS_A || a->type == DNS_AAAA)
		return ip_format(a->ip[0], text);
	if (a->type == DNS_MX)
		(void)snprintf(text, 256, "%u %.*s", a->mx[0].preference,
		    SPAN_FMT(a->mx[0].host));
	else
		(void)snprintf(text, 256, "%.*s", SPAN_FMT(a->text[0]));
	return text;
}

static void
test_replies(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		const char *label = row[i].label;
		struct arena *a = arena_new();
		uint8_t asked[DNS_QUERY_MAX];
		struct dns_reply r;
		struct span q = { (const char *)asked,
			query(row[i].type, NULL, asked) };
		struct buf b;
		char text[256];

		if (!table_wants(label)) {
			arena_free(&a);
			continue;
		}
		dns_wire_reply(q, packet(&b, i, q), a, &r);
		buf_free(&b); /* the answer must not point into the packet */
		table_number(label, "kind", r.kind, row[i].kind);
		table_text(label, "status", dns_status_names[r.answer.status],
		    dns_status_names[row[i].status]);
		table_number(label, "count", (long long)r.answer.count,
		    (long long)row[i].count);
		table_number(label, "ttl",
		    r.answer.ttl_s == UINT32_MAX ? -1LL
						 : (long long)r.answer.ttl_s,
		    row[i].ttl);
		table_text(label, "first", first(&r, text), row[i].first);
		table_number(label, "alias", r.answer.alias, row[i].alias);
		table_number(label, "secure", r.answer.secure, row[i].secure);
		table_text(label, "problem", r.answer.problem, row[i].problem);
		arena_free(&a);
	}
	table_end();
}

/* As many records as are read, and one more. */
static void
test_many(void **state)
{
	static const struct span one = SPAN_INIT(OWNER A IN TTL60 ADDR1);

	(void)state;
	for (unsigned more = 0; more < 2; more++) {
		const char *label = more ? "one too many" : "as many as may be";
		unsigned count = DNS_RECORDS_MAX + more;
		struct arena *a = arena_new();
		uint8_t asked[DNS_QUERY_MAX];
		struct dns_reply r;
		struct span q = { (const char *)asked,
			query(DNS_A, NULL, asked) };
		struct buf b;

		(void)packet(&b, 0, q);
		b.p[6] = (char)(count >> 8);
		b.p[7] = (char)(count & 255);
		for (unsigned i = 1; i < count; i++)
			assert_true(buf_add(&b, one));
		dns_wire_reply(q, buf_span(&b), a, &r);
		table_number(label, "kind", r.kind, DNS_REPLY_ANSWER);
		table_number(label, "count", (long long)r.answer.count,
		    more ? 0 : DNS_RECORDS_MAX);
		table_text(label, "problem", r.answer.problem,
		    more ? "too many records" : NULL);
		buf_free(&b);
		arena_free(&a);
	}
	table_end();
}

/* Every cut of every packet is read without a fault. */
static void
test_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct arena *a = arena_new();
		uint8_t asked[DNS_QUERY_MAX];
		struct span q = { (const char *)asked,
			query(row[i].type, NULL, asked) };
		struct buf b;
		struct span whole = packet(&b, i, q);

		for (size_t n = 0; n < whole.n; n++) {
			struct dns_reply r;
			char *cut = malloc(n + 1);

			memcpy(cut, whole.p, n);
			dns_wire_reply(q, span_make(cut, n), a, &r);
			if (n < 12 && r.kind != DNS_REPLY_MALFORMED)
				table_fail(row[i].label, "cut to %zu", n);
			free(cut);
		}
		buf_free(&b);
		arena_free(&a);
	}
	table_end();
}

static void
test_question(void **state)
{
	static const uint8_t bits[DNS_CASE_OCTETS] = { 0x55, 0x55 };
	struct arena *a = arena_new();
	uint8_t asked[DNS_QUERY_MAX], other[DNS_QUERY_MAX];
	struct dns_reply r;
	size_t n = query(DNS_A, bits, asked);
	struct span q = { (const char *)asked, n };
	struct span reply = { (const char *)other, n };

	(void)state;
	/* RD and AD, one question, OPT with 1232 octets. */
	assert_memory_equal(asked,
	    "\x12\x34\x01\x20\0\1\0\0\0\0\0\1"
	    "\1A\7eXaMpLe\0\0\1\0\1"
	    "\0\0\x29\4\xd0\0\0\0\0\0\0",
	    n);
	assert_int_equal(n, 38);

	memcpy(other, asked, n);
	other[2] = 0x81;
	other[3] = 0x80;
	dns_wire_reply(q, reply, a, &r);
	assert_int_equal(r.answer.status, DNS_NODATA);
	assert_true(r.same_case);

	other[13] = 'a';
	dns_wire_reply(q, reply, a, &r);
	assert_int_equal(r.answer.status, DNS_NODATA);
	assert_false(r.same_case);

	other[13] = 'b';
	dns_wire_reply(q, reply, a, &r);
	assert_int_equal(r.kind, DNS_REPLY_MALFORMED);
	other[13] = 'A';
	other[24] = 28; /* another type */
	dns_wire_reply(q, reply, a, &r);
	assert_int_equal(r.kind, DNS_REPLY_MALFORMED);
	other[24] = 1;
	other[26] = 3; /* another class */
	dns_wire_reply(q, reply, a, &r);
	assert_int_equal(r.kind, DNS_REPLY_MALFORMED);

	/* A failure may come without the question, data may not. */
	memcpy(other, "\x12\x34\x81\x82\0\0\0\0\0\0\0\0", 12);
	dns_wire_reply(q, span_make((const char *)other, 12), a, &r);
	assert_string_equal(r.answer.problem, "server failure");
	other[3] = 0x83;
	dns_wire_reply(q, span_make((const char *)other, 12), a, &r);
	assert_int_equal(r.kind, DNS_REPLY_MALFORMED);
	arena_free(&a);
}

/* 16 k pointers, each to the one before it: refused, and in no time. */
static void
test_pointer_chain(void **state)
{
	struct arena *a = arena_new();
	uint8_t asked[DNS_QUERY_MAX];
	struct span q = { (const char *)asked, query(DNS_A, NULL, asked) };
	struct dns_reply r;
	struct buf b;

	(void)state;
	buf_init(&b, 65535);
	assert_true(buf_add(&b, SPAN("\x12\x34\x81\x80\0\1\377\377\0\0\0\0"
				     "\1a\7example\0\0\1\0\1")));
	/* One long record of another type, full of pointers. */
	assert_true(buf_add(&b, SPAN(OWNER TXT IN TTL60 "\77\377")));
	for (unsigned i = 0, to = 12; i < 0x3fff / 2; i++) {
		unsigned at = (unsigned)b.n;

		assert_true(buf_addc(&b, (char)(0xc0 | to >> 8)));
		assert_true(buf_addc(&b, (char)(to & 255)));
		to = at;
	}
	assert_true(buf_addc(&b, 0));
	for (int i = 0; i < 4000; i++)
		assert_true(buf_add(&b, SPAN("\377\370" A IN TTL60 "\0\0")));
	dns_wire_reply(q, buf_span(&b), a, &r);
	assert_int_equal(r.kind, DNS_REPLY_MALFORMED);
	buf_free(&b);
	arena_free(&a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_replies),
	cmocka_unit_test(test_many),
	cmocka_unit_test(test_cut),
	cmocka_unit_test(test_question),
	cmocka_unit_test(test_pointer_chain),
};

TABLE_MAIN(tests)
