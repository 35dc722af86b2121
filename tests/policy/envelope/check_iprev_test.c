/*
 * The check of reverse DNS on whole messages: result, facts, and what is told
 * of it.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/message/check.h"
#include "policy/message/session.h"
#include "rules/base/jsonw.h"
#include "rules/mail/authres.h"

extern const struct check check_iprev;

struct run {
	struct arena *arena;
	struct schema *schema;
	struct dns_zone *zone;
	struct resolver *resolver;
	struct session session;
	struct message *m;
	unsigned waits; /* how often it had to */
};

/* ---- what else the program has: this check is the only one ---------------- */

void *
check_slot(struct message *m, const struct check *c)
{
	(void)c;
	return m->slot[0];
}

fact_id
check_fact(const struct message *m, const struct check *c, size_t row)
{
	(void)m;
	assert_true(row < c->fact_count);
	return (fact_id)row;
}

bool
message_is_foreign(const struct message *m)
{
	return m->direction == DIRECTION_INBOUND;
}

/* ---- one message ---------------------------------------------------------- */

/* Client 192.0.2.N has the names of row N. */
static void
zone_name(struct dns_zone *z, int n, const char *name)
{
	char ptr[40];

	(void)snprintf(ptr, sizeof(ptr), "%d.2.0.192.in-addr.arpa", n);
	dns_zone_ptr(z, span_of(ptr), span_of(name));
}

static struct dns_zone *
zone_new(void)
{
	struct dns_zone *z = dns_zone_new();

	zone_name(z, 1, "One.Example.");
	zone_name(z, 2, "other.example");
	zone_name(z, 2, "two.example");
	zone_name(z, 3, "other.example");
	zone_name(z, 4, "ill.example");
	zone_name(z, 5, "ill.example");
	zone_name(z, 5, "five.example");
	zone_name(z, 6, "not a\nname");
	zone_name(z, 7, "six-only.example");
	for (int i = 0; i < 10; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "n%d.example", i);
		zone_name(z, 8, name);
	}
	zone_name(z, 8, "eleventh.example");
	assert_true(
	    dns_zone_rcode(z, SPAN("9.2.0.192.in-addr.arpa"), SPAN("TIMEOUT")));
	dns_zone_cname(
	    z, SPAN("10.2.0.192.in-addr.arpa"), SPAN("1.2.0.192.in-addr.arpa"));
	assert_true(
	    dns_zone_address(z, SPAN("one.example"), SPAN("192.0.2.1")));
	assert_true(
	    dns_zone_address(z, SPAN("one.example"), SPAN("192.0.2.10")));
	assert_true(
	    dns_zone_address(z, SPAN("two.example"), SPAN("192.0.2.99")));
	assert_true(
	    dns_zone_address(z, SPAN("two.example"), SPAN("192.0.2.2")));
	assert_true(
	    dns_zone_address(z, SPAN("five.example"), SPAN("192.0.2.5")));
	assert_true(
	    dns_zone_address(z, SPAN("other.example"), SPAN("192.0.2.77")));
	assert_true(
	    dns_zone_address(z, SPAN("six-only.example"), SPAN("2001:db8::7")));
	assert_true(
	    dns_zone_address(z, SPAN("eleventh.example"), SPAN("192.0.2.8")));
	assert_true(dns_zone_rcode(z, SPAN("ill.example"), SPAN("SERVFAIL")));
	dns_zone_ptr(z,
	    SPAN("7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0."
		 "1.0.0.2.ip6.arpa"),
	    SPAN("six-only.example"));
	dns_zone_hesitate(z, true);
	return z;
}

static void
run_begin(struct run *r, const char *ip, enum direction direction,
    const char *name, const char *helo)
{
	struct message *m;

	*r = (struct run){ .arena = arena_new(), .schema = schema_new() };
	(void)schema_add(r->schema, check_iprev.facts, check_iprev.fact_count);
	r->zone = zone_new();
	r->resolver = resolver_zone(r->zone);
	r->m = m = arena_alloc(r->arena, sizeof(*m));
	m->session = &r->session;
	r->session.client_name = span_of(name);
	r->session.helo = span_of(helo);
	m->arena = r->arena;
	m->dns = dns_batch_new(r->resolver, r->arena);
	m->facts = facts_new(r->schema, r->arena);
	m->slot = arena_array(r->arena, 1, sizeof(*m->slot));
	m->slot[0] = arena_alloc(r->arena, check_iprev.slot_size);
	m->direction = direction;
	assert_true(*ip == '\0' || ip_parse(span_of(ip), &m->client));
	check_iprev.gather(m, m->slot[0], STAGE_CONNECT);
	check_iprev.gather(m, m->slot[0], STAGE_HELO);
	for (; !check_iprev.judge(m, m->slot[0], STAGE_EOM); r->waits++)
		assert_true(dns_join(m->dns, 0));
}

static void
run_end(struct run *r)
{
	dns_batch_free(&r->m->dns);
	resolver_free(&r->resolver);
	dns_zone_free(&r->zone);
	schema_free(&r->schema);
	arena_free(&r->arena);
}

/* A fact as text; NULL when it is absent. */
static const char *
fact_text(struct run *r, const char *name)
{
	const struct value *v =
	    facts_get(r->m->facts, schema_find(r->schema, span_of(name)));

	if (v->state == FACT_ABSENT)
		return NULL;
	return v->state == FACT_KNOWN ? arena_strdup(r->arena, v->text)
				      : "not known";
}

/* What the check tells: header, JSON, sentence, each on a line of its own. */
static const char *
told(struct run *r)
{
	void *slot = r->m->slot[0];
	struct authres ar;
	struct jsonw w;
	struct buf b;
	char *text, *to;

	buf_init(&b, 4096);
	authres_init(&ar, r->arena, SPAN("mx"));
	check_iprev.authres(r->m, slot, &ar);
	assert_true(buf_add(&b, authres_finish(&ar)));
	assert_true(buf_addc(&b, '|'));
	jsonw_init(&w, &b);
	jsonw_object(&w, NULL);
	check_iprev.json(r->m, slot, &w);
	jsonw_end(&w);
	assert_true(buf_addc(&b, '|'));
	check_iprev.explain(r->m, slot, &b, 0);
	to = text = arena_strdup(r->arena, buf_span(&b));
	for (const char *from = text; *from != '\0'; from++)
		if (*from != '\n')
			*to++ = *from == '\t' ? ' ' : *from;
	*to = '\0';
	buf_free(&b);
	return text;
}

static void
test_results(void **state)
{
	static const struct {
		const char *label, *ip;
		enum direction direction;
		const char *iprev, *ptr, *told;
	} row[] = {
		{ "one name", "192.0.2.1", DIRECTION_INBOUND, "pass",
		    "one.example",
		    "mx; iprev=pass policy.iprev=192.0.2.1|"
		    "{\"iprev\":{\"result\":\"pass\",\"name\":\"one.example\"}}|"
		    "Reverse DNS: 192.0.2.1 is one.example, and that name "
		    "leads back to it." },
		{ "the second of two, and of two addresses", "192.0.2.2",
		    DIRECTION_INBOUND, "pass", "two.example", NULL },
		{ "leads elsewhere", "192.0.2.3", DIRECTION_INBOUND, "fail",
		    NULL,
		    "mx; iprev=fail policy.iprev=192.0.2.3|"
		    "{\"iprev\":{\"result\":\"fail\",\"name\":null}}|"
		    "Reverse DNS: 192.0.2.3 has 1 name in DNS, none of which "
		    "leads back to it." },
		{ "the name fails", "192.0.2.4", DIRECTION_INBOUND, "temperror",
		    "not known",
		    "mx; iprev=temperror reason=\"server failure\" "
		    "policy.iprev=192.0.2.4|"
		    "{\"iprev\":{\"result\":\"temperror\",\"name\":null}}|"
		    "Reverse DNS: 192.0.2.4 could not be looked up now: server "
		    "failure." },
		{ "one name fails, another is good", "192.0.2.5",
		    DIRECTION_INBOUND, "pass", "five.example", NULL },
		{ "no domain", "192.0.2.6", DIRECTION_INBOUND, "fail", NULL,
		    NULL },
		{ "an address of the other family", "192.0.2.7",
		    DIRECTION_INBOUND, "fail", NULL, NULL },
		{ "the eleventh name is not looked at", "192.0.2.8",
		    DIRECTION_INBOUND, "fail", NULL, NULL },
		{ "timeout", "192.0.2.9", DIRECTION_INBOUND, "temperror",
		    "not known", NULL },
		{ "alias (RFC 2317)", "192.0.2.10", DIRECTION_INBOUND, "pass",
		    "one.example", NULL },
		{ "no name", "192.0.2.11", DIRECTION_INBOUND, "permerror", NULL,
		    "mx; iprev=permerror policy.iprev=192.0.2.11|"
		    "{\"iprev\":{\"result\":\"permerror\",\"name\":null}}|"
		    "Reverse DNS: 192.0.2.11 has no name in DNS." },
		{ "IPv6", "2001:db8::7", DIRECTION_INBOUND, "pass",
		    "six-only.example",
		    "mx; iprev=pass policy.iprev=\"2001:db8::7\"|"
		    "{\"iprev\":{\"result\":\"pass\",\"name\":"
		    "\"six-only.example\"}}|"
		    "Reverse DNS: 2001:db8::7 is six-only.example, and that "
		    "name leads back to it." },
		{ "our own user", "192.0.2.1", DIRECTION_SUBMISSION, NULL, NULL,
		    "mx; none|{\"iprev\":null}|" },
		{ "no address", "", DIRECTION_INBOUND, NULL, NULL,
		    "mx; none|{\"iprev\":null}|" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		const char *label = row[i].label;
		struct run r;

		if (!table_wants(label))
			continue;
		run_begin(&r, row[i].ip, row[i].direction, "", "");
		table_text(
		    label, "iprev", fact_text(&r, "iprev"), row[i].iprev);
		table_text(label, "client.ptr", fact_text(&r, "client.ptr"),
		    row[i].ptr);
		if (row[i].told != NULL)
			table_text(label, "told", told(&r), row[i].told);
		run_end(&r);
	}
	table_end();
}

/* Where the client says its name, one wait does for both questions; what it
 * says is believed no more for that. */
static void
test_asks_at_once(void **state)
{
	static const struct {
		const char *label, *ip, *name, *helo, *iprev;
		unsigned waits;
	} row[] = {
		{ "no name is said", "192.0.2.1", "", "", "pass", 2 },
		{ "HELO", "192.0.2.1", "", "One.example", "pass", 1 },
		{ "the MTA's name", "192.0.2.1", "one.example", "x.example",
		    "pass", 1 },
		{ "another's name", "192.0.2.1", "", "two.example", "pass", 2 },
		{ "a name that is no domain", "192.0.2.1", "", "[192.0.2.1]",
		    "pass", 2 },
		{ "a good name that the address does not lead to", "192.0.2.3",
		    "", "one.example", "fail", 2 },
		{ "a good name, an address without one", "192.0.2.11", "",
		    "one.example", "permerror", 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct run r;

		if (!table_wants(row[i].label))
			continue;
		run_begin(
		    &r, row[i].ip, DIRECTION_INBOUND, row[i].name, row[i].helo);
		table_text(row[i].label, "iprev", fact_text(&r, "iprev"),
		    row[i].iprev);
		table_number(row[i].label, "waits", r.waits, row[i].waits);
		run_end(&r);
	}
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_results),
	cmocka_unit_test(test_asks_at_once),
};

TABLE_MAIN(tests)
