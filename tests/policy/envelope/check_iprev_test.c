/*
 * The check of reverse DNS on whole messages: result, facts, and what is told
 * of it.
 */
#include "config.h"

#include "tests/kit/message_kit.h"

#include "rules/base/jsonw.h"
#include "rules/mail/authres.h"

extern const struct check check_iprev;

static const struct check *const alone[] = { &check_iprev };
static const struct check_table alone_table = { alone, ARRAY_COUNT(alone) };

struct run {
	struct message_kit kit;
	struct message *m;
	unsigned waits; /* how often it had to */
};

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
	const struct message_kit_options options = {
		.checks = &alone_table,
		.zone = zone_new(),
		.client = ip,
		.helo = helo,
	};
	struct message *m;

	r->waits = 0;
	message_kit_begin(&r->kit, &options);
	r->m = m = r->kit.message;
	r->kit.session.client_name = span_of(name);
	m->direction = direction;
	message_kit_gather(&r->kit, &check_iprev, STAGE_HELO);
	for (; !check_iprev.judge(m, m->slot[0], STAGE_EOM); r->waits++)
		assert_true(dns_join(m->dns, 0));
}

static void
run_end(struct run *r)
{
	message_kit_end(&r->kit);
}

/* A fact as text; NULL when it is absent. */
static const char *
fact_text(struct run *r, const char *name)
{
	const char *text = message_kit_fact(&r->kit, name);

	return strcmp(text, "-") == 0 ? NULL : text;
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
	authres_init(&ar, r->m->arena, SPAN("mx"));
	check_iprev.authres(r->m, slot, &ar);
	assert_true(buf_add(&b, authres_finish(&ar)));
	assert_true(buf_addc(&b, '|'));
	jsonw_init(&w, &b);
	jsonw_object(&w, NULL);
	check_iprev.json(r->m, slot, &w);
	jsonw_end(&w);
	assert_true(buf_addc(&b, '|'));
	check_iprev.explain(r->m, slot, &b, 0);
	to = text = arena_strdup(r->m->arena, buf_span(&b));
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
		    "?",
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
		    "?", NULL },
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
