/*
 * Contacts: what is told of an author who writes to people here, before and
 * after they have written to him, and of one who shows somebody else's name.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/message/recall.h"
#include "tests/kit/state_kit.h"

#define D 86400

#define ASK(what)    "rule ask when " what " then junk\n"
#define KNOWN        ASK("contact.known")
#define WITH(fields) "From: " EVE "\r\n" fields "\r\nx\r\n"
#define EVE          "Eve Ourselves <eve@here.example>"
#define PETER        "Peter Partner <peter@partner.example>"

/* from is the From field; the envelope and the message follow it where they
 * say nothing. Domains: partner.example passes DMARC from 203.0.113.0/24, and
 * so does evil.example. */
struct step {
	const char *from;
	struct kit_mail mail;
	const char *want;
};

/* clang-format off */
static const struct {
	const char *label, *rules;
	struct step step[8];
} scenarios[] = {
	{ "a stranger", KNOWN,
	  { { PETER, { .at = 0 }, "passes" }, { PETER, { .at = 1 }, "passes" } } },
	{ "whom one here has written to", KNOWN,
	  { { PETER, { .at = 0 }, "passes" },
	    { EVE, { .at = 1, .user = "eve", .rcpt = "Peter@Partner.example" }, "passes" },
	    { PETER, { .at = 2, .rcpt = "EVE@here.example" }, "junk" },
	    { PETER, { .at = 3, .rcpt = "bob@here.example" }, "passes" },
	    { "Peter <PETER@PARTNER.example>", { .at = 4, .rcpt = "eve@here.example" }, "junk" },
	    { "<other@partner.example>", { .at = 5, .rcpt = "eve@here.example" }, "passes" } } },
	{ "all recipients must have, whoever is added", KNOWN,
	  { { EVE, { .at = 1, .user = "eve", .rcpt = "peter@partner.example" }, "passes" },
	    { PETER, { .at = 2, .rcpt = "eve@here.example bob@here.example" }, "passes" },
	    { PETER, { .at = 3, .rcpt = "eve@here.example", .refused = "bob@here.example" }, "junk" } } },
	{ "somebody who only says that he is the known one", KNOWN,
	  { { EVE, { .at = 1, .user = "eve", .rcpt = "peter@partner.example" }, "passes" },
	    { PETER, { .at = 2, .ip = "198.51.100.7", .rcpt = "eve@here.example" }, "passes" } } },
	{ "a stranger whom a machine of ours answered", KNOWN,
	  { { EVE, { .at = 1, .user = "eve", .rcpt = "peter@partner.example", .message = WITH("Auto-Submitted: auto-replied (vacation)\r\n") }, "passes" },
	    { EVE, { .at = 2, .user = "eve", .rcpt = "peter@partner.example", .message = WITH("Precedence: bulk\r\n") }, "passes" },
	    { EVE, { .at = 4, .user = "eve", .rcpt = "peter@partner.example", .message = WITH("Content-Type: multipart/report; report-type=disposition-notification; boundary=b\r\n") }, "passes" },
	    { PETER, { .at = 5, .rcpt = "eve@here.example" }, "passes" },
	    { EVE, { .at = 6, .user = "eve", .rcpt = "peter@partner.example", .message = WITH("Auto-Submitted: no\r\n") }, "passes" },
	    { PETER, { .at = 7, .rcpt = "eve@here.example" }, "junk" } } },
	{ "a stranger to whom one of ours sent an empty sender's mail", KNOWN,
	  { { EVE, { .at = 1, .user = "eve", .from = "", .rcpt = "peter@partner.example" }, "passes" },
	    { PETER, { .at = 2, .rcpt = "eve@here.example" }, "passes" } } },
	{ "both have written", ASK("contact.replied"),
	  { { EVE, { .at = 1, .user = "eve", .rcpt = "peter@partner.example" }, "passes" },
	    { PETER, { .at = 2, .rcpt = "eve@here.example" }, "passes" },
	    { PETER, { .at = 3, .rcpt = "eve@here.example" }, "junk" } } },
	{ "the first mail", ASK("contact.first"),
	  { { PETER, { .at = 0 }, "junk" },
	    { PETER, { .at = 1 }, "junk" } } },
	{ "the first mail, and those that are accepted", ASK("contact.first and from.local = \"x\""),
	  { { EVE, { .at = 0, .user = "eve", .rcpt = "a@b.example" }, "passes" },
	    { PETER, { .at = 1 }, "passes" } } },
	{ "not the first any more", ASK("direction = inbound and not contact.first"),
	  { { EVE, { .at = 0, .user = "eve", .rcpt = "a@b.example" }, "passes" },
	    { PETER, { .at = 1 }, "passes" },
	    { PETER, { .at = 2 }, "junk" },
	    { PETER, { .at = 3, .ip = "198.51.100.7" }, "passes" },
	    { PETER, { .at = 4 + 91 * D }, "passes" } } },
	{ "the organization", ASK("contact.domain_known"),
	  { { EVE, { .at = 0, .user = "eve", .rcpt = "a@mail.partner.example" }, "passes" },
	    { PETER, { .at = 1, .rcpt = "bob@here.example" }, "junk" },
	    { "<x@evil.example>", { .at = 2 }, "passes" } } },
	{ "forgotten after a silence", KNOWN,
	  { { EVE, { .at = 0, .user = "eve", .rcpt = "peter@partner.example" }, "passes" },
	    { PETER, { .at = 399 * D, .rcpt = "eve@here.example" }, "junk" },
	    { PETER, { .at = 401 * D, .rcpt = "eve@here.example" }, "passes" } } },
	{ "the name of one of ours from outside", ASK("from.name_of_known"),
	  { { "Eve Ourselves <x@evil.example>", { .at = 0 }, "passes" },
	    { EVE, { .at = 1, .user = "eve", .rcpt = "a@b.example" }, "passes" },
	    { "Eve Ourselves <x@evil.example>", { .at = 2 }, "junk" },
	    { "\"Ourselves, Eve\" <x@evil.example>", { .at = 3 }, "junk" },
	    { "eve  m. OURSELVES <x@evil.example>", { .at = 4 }, "junk" },
	    { "=?utf-8?q?Eve_=EF=BC=AFurselves?= <x@evil.example>", { .at = 5 }, "junk" },
	    { "Eve Somebody <x@evil.example>", { .at = 6 }, "passes" },
	    { EVE, { .at = 7 }, "passes" } } },
	{ "a single word tells nobody", ASK("from.name_of_known"),
	  { { "Eve <eve@here.example>", { .at = 1, .user = "eve", .rcpt = "a@b.example" }, "passes" },
	    { "Eve <x@evil.example>", { .at = 2 }, "passes" } } },
	{ "the name of a correspondent", ASK("from.name_of_known"),
	  { { EVE, { .at = 0, .user = "eve", .rcpt = "peter@partner.example" }, "passes" },
	    { "Peter Partner <x@evil.example>", { .at = 1 }, "passes" },
	    { PETER, { .at = 2, .rcpt = "eve@here.example" }, "passes" },
	    { "Peter Partner <x@evil.example>", { .at = 3 }, "junk" },
	    { PETER, { .at = 4, .rcpt = "bob@here.example" }, "passes" } } },
	{ "a stranger cannot take a name", ASK("from.name_of_known"),
	  { { EVE, { .at = 0, .user = "eve", .rcpt = "a@b.example" }, "passes" },
	    { "Peter Partner <x@evil.example>", { .at = 1 }, "passes" },
	    { PETER, { .at = 2 }, "passes" } } },
	{ "off", KNOWN,
	  { { EVE, { .at = 0, .user = "eve", .rcpt = "peter@partner.example" }, "passes" },
	    { PETER, { .at = 1, .rcpt = "eve@here.example" }, "passes" } } },
};
/* clang-format on */

static void
zone_domain(struct kit *k, const char *domain)
{
	dns_zone_txt(
	    k->zone, span_of(domain), SPAN("v=spf1 ip4:203.0.113.0/24 -all"));
	dns_zone_txt(k->zone,
	    span_of(arena_printf(k->arena, "_dmarc.%s", domain)),
	    SPAN("v=DMARC1; p=none"));
}

static const char *
step_fate(struct kit *k, const struct step *s)
{
	struct kit_mail mail = s->mail;
	struct span from = span_of(s->from);
	size_t open = span_find(from, '<');

	if (mail.message == NULL)
		mail.message = arena_printf(
		    k->arena, "From: %s\r\nSubject: x\r\n\r\nx\r\n", s->from);
	if (mail.from == NULL)
		mail.from = arena_strdup(
		    k->arena, span_slice(from, open + 1, from.n - 1));
	return kit_fate(k, &mail);
}

static void
contact_scenarios(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(scenarios); i++) {
		const char *label = scenarios[i].label;
		struct kit k;

		if (!table_wants(label))
			continue;
		kit_begin(&k, strcmp(label, "off") == 0 ? "contacts off\n" : "",
		    scenarios[i].rules);
		zone_domain(&k, "partner.example");
		zone_domain(&k, "evil.example");
		for (size_t n = 0; n < ARRAY_COUNT(scenarios[i].step); n++) {
			const struct step *s = &scenarios[i].step[n];

			if (s->want == NULL)
				break;
			table_text(
			    arena_printf(k.arena, "%s, %zu", label, n + 1),
			    "it", step_fate(&k, s), s->want);
		}
		kit_end(&k);
	}
	table_end();
}

/* What the store holds shows no address, domain or name. */
static bool
entry_shows(void *ctx, struct span key, const struct store_record *r)
{
	static const char *const word[] = { "eve", "peter", "partner",
		"example" };

	(void)r;
	++*(int *)ctx;
	for (size_t i = 0; i < ARRAY_COUNT(word); i++)
		for (size_t at = 0; at < key.n; at++)
			if (span_case_starts(
				span_slice(key, at, key.n), span_of(word[i])))
				table_fail(word[i], "%.*s", SPAN_FMT(key));
	return true;
}

static void
contact_privacy(void **state)
{
	static const struct step steps[] = {
		{ EVE,
		    { .at = 0, .user = "eve", .rcpt = "peter@partner.example" },
		    NULL },
		{ PETER, { .at = 1, .rcpt = "eve@here.example" }, NULL },
	};
	int entries = 0;
	struct kit k;

	(void)state;
	kit_begin(&k, "", KNOWN);
	zone_domain(&k, "partner.example");
	for (size_t i = 0; i < ARRAY_COUNT(steps); i++)
		(void)step_fate(&k, &steps[i]);
	(void)store_each(
	    k.judge.store, SPAN("contact:"), KIT_TIME, entry_shows, &entries);
	/* Key, pair, domain, name. */
	assert_int_equal(entries, 4);
	kit_end(&k);
	table_end();
}

/* A name that many people have tells nothing. */
static void
contact_common_name(void **state)
{
	struct kit k;

	(void)state;
	kit_begin(&k, "", ASK("from.name_of_known"));
	for (int i = 0; i < 8; i++) {
		struct step ours = {
			arena_printf(
			    k.arena, "Service Desk <desk%d@here.example>", i),
			{ .at = i, .user = "eve", .rcpt = "a@b.example" }, NULL
		};
		struct step other = { "Service Desk <x@evil.example>",
			{ .at = i }, NULL };

		(void)step_fate(&k, &ours);
		table_text(arena_printf(k.arena, "after %d", i + 1), "it",
		    step_fate(&k, &other), i < 5 ? "junk" : "passes");
	}
	kit_end(&k);
	table_end();
}

struct found {
	char key[STORE_KEY_MAX];
	size_t n;
	struct store_record r;
};

/* The entry of a name that one address has. */
static bool
entry_of_name(void *ctx, struct span key, const struct store_record *r)
{
	struct found *f = ctx;

	if (r->count != 6 || r->number[0] != 1)
		return true;
	(void)memcpy(f->key, key.p, key.n);
	f->n = key.n;
	f->r = *r;
	return false;
}

/* Whoever writes to a shared store writes no octet of ours but an entry's. */
static void
contact_name_of_ill_will(void **state)
{
	static const int64_t counts[] = { -1, -2, -40, -(INT64_C(1) << 59) };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(counts); i++) {
		struct step ours = { "Service Desk <desk@here.example>",
			{ .user = "eve", .rcpt = "a@b.example" }, NULL };
		struct step other = { "Service Desk <x@evil.example>",
			{ .at = 1 }, NULL };
		struct found f = { .n = 0 };
		struct kit k;

		kit_begin(&k, "", ASK("from.name_of_known"));
		(void)step_fate(&k, &ours);
		(void)store_each(k.judge.store, SPAN("contact:"), KIT_TIME,
		    entry_of_name, &f);
		assert_true(f.n > 0);
		f.r.number[0] = counts[i];
		assert_true(store_put(
		    k.judge.store, span_make(f.key, f.n), KIT_TIME, &f.r));
		(void)step_fate(&k, &ours);
		table_text(arena_printf(
			       k.arena, "%lld addresses", (long long)counts[i]),
		    "it", step_fate(&k, &other), "junk");
		kit_end(&k);
	}
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(contact_scenarios),
	cmocka_unit_test(contact_privacy),
	cmocka_unit_test(contact_common_name),
	cmocka_unit_test(contact_name_of_ill_will),
};

TABLE_MAIN(tests)
