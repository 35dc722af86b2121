/*
 * The paths of the envelope.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "rules/mail/addr.h"

static void
test_envelope(void **state)
{
	static const struct {
		const char *label, *in;
		bool valid;
		const char *raw, *local, *domain;
	} row[] = {
		{ "brackets", "<joe@Example.org>", true, "joe@Example.org",
		    "joe", "example.org" },
		{ "no brackets", "joe@example.org", true, "joe@example.org",
		    "joe", "example.org" },
		{ "null", "<>", true, "", "", "" },
		{ "null without brackets", "", true, "", "", "" },
		{ "spaces around", " <joe@example.org> ", true,
		    "joe@example.org", "joe", "example.org" },
		{ "postmaster alone", "<Postmaster>", true, "Postmaster",
		    "Postmaster", "" },
		{ "source route (A7)",
		    "<@victim.example,@x:any@attack.example>", true,
		    "any@attack.example", "any", "attack.example" },
		{ "route without address", "<@victim.example>", false,
		    "@victim.example", "", "" },
		{ "route, empty rest", "<@victim.example:>", false, "", "",
		    "" },
		{ "malformed (A2)", "<(any@victim.example>", false,
		    "(any@victim.example", "", "" },
		{ "bracket missing", "<joe@example.org", false,
		    "<joe@example.org", "", "" },
		{ "bracket too many", "joe@example.org>", false,
		    "joe@example.org>", "", "" },
		{ "two at signs", "<a@b.example@c.example>", false,
		    "a@b.example@c.example", "", "" },
		{ "empty local part", "<@example.org>", false, "@example.org",
		    "", "" },
		{ "empty domain", "<joe@>", false, "joe@", "", "" },
		{ "quoted", "<\"joe\"@example.org>", true,
		    "\"joe\"@example.org", "joe", "example.org" },
		{ "quoted and escaped", "<\"j\\oe\"@example.org>", true,
		    "\"j\\oe\"@example.org", "joe", "example.org" },
		{ "quotes that are needed", "<\"j o@e\"@example.org>", true,
		    "\"j o@e\"@example.org", "\"j o@e\"", "example.org" },
		{ "quote without end", "<\"joe@example.org>", false,
		    "\"joe@example.org", "", "" },
		{ "escape at the end", "<\"joe\\", false, "<\"joe\\", "", "" },
		{ "dots where none belong", "<.j..o.@example.org>", true,
		    ".j..o.@example.org", ".j..o.", "example.org" },
		{ "BATV", "<prvs=01a2=joe@example.org>", true,
		    "prvs=01a2=joe@example.org", "prvs=01a2=joe",
		    "example.org" },
		{ "SRS", "<SRS0=a+b=Cd=x.example=joe@fwd.example>", true,
		    "SRS0=a+b=Cd=x.example=joe@fwd.example",
		    "SRS0=a+b=Cd=x.example=joe", "fwd.example" },
		{ "literal", "<joe@[192.0.2.1]>", true, "joe@[192.0.2.1]",
		    "joe", "" },
		{ "broken literal", "<joe@[192.0.2]>", false, "joe@[192.0.2]",
		    "", "" },
		{ "u-labels", "<j\xc3\xb6@b\xc3\xbc.example>", true,
		    "j\xc3\xb6@b\xc3\xbc.example", "j\xc3\xb6",
		    "xn--b-eha.example" },
		{ "trailing dot", "<joe@example.org.>", true,
		    "joe@example.org.", "joe", "example.org" },
		{ "injection (A5)", "<joe@a.example\"; x=>", false,
		    "joe@a.example\"; x=", "", "" },
		{ "parenthesis in domain (A6)", "<joe@a.example(.b.example>",
		    false, "joe@a.example(.b.example", "", "" },
		{ "space in local part", "<joe doe@example.org>", false,
		    "joe doe@example.org", "", "" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		const char *label = row[i].label;
		struct envelope_path p;

		if (!table_wants(label))
			continue;
		envelope_parse(span_of(row[i].in), a, &p);
		table_number(label, "valid", p.valid, row[i].valid);
		table_text(label, "raw", arena_strdup(a, p.raw), row[i].raw);
		table_text(
		    label, "local", arena_strdup(a, p.local), row[i].local);
		table_text(
		    label, "domain", arena_strdup(a, p.domain), row[i].domain);
	}
	arena_free(&a);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_envelope),
};

TABLE_MAIN(tests)
