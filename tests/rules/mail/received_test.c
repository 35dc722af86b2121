/*
 * Whom a relay got a message from, by its Received field; what the client
 * chooses of it must not change the answer.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "rules/mail/received.h"

#define TAIL "\n\tby mx2.us (Postfix) with ESMTPS id 1\n\tfor <a by b@us>"

static const struct {
	const char *label, *raw, *ip, *helo;
} row[] = {
	{ "as Postfix writes it", " from mx.a (name.a [203.0.113.9])" TAIL,
	    "203.0.113.9", "mx.a" },
	{ "on one line",
	    "from mx.a (name.a [203.0.113.9]) by mx2.us with ESMTP",
	    "203.0.113.9", "mx.a" },
	{ "IPv6", " from mx.a (name.a [IPv6:2001:db8::9])" TAIL, "2001:db8::9",
	    "mx.a" },
	{ "without name", "from [203.0.113.9] by mx2.us with SMTP",
	    "203.0.113.9", "[203.0.113.9]" },
	{ "CRLF folds",
	    " from mx.a (name.a [203.0.113.9])\r\n\tby mx2.us with ESMTP",
	    "203.0.113.9", "mx.a" },
	{ "HELO that looks like the end of the clause",
	    " from x (y [192.0.2.1]) by z (name.a [203.0.113.9])" TAIL,
	    "203.0.113.9", "x (y [192.0.2.1]) by z" },
	{ "the same on one line is not sure",
	    "from x (y [192.0.2.1]) by z (name.a [203.0.113.9]) by mx2.us "
	    "with ESMTP",
	    NULL, NULL },
	{ "HELO that opens a comment",
	    " from x (y [192.0.2.1]) (by z (name.a [203.0.113.9])" TAIL,
	    "203.0.113.9", "x (y [192.0.2.1]) (by z" },
	{ "HELO is an address", " from [192.0.2.1] (name.a [203.0.113.9])" TAIL,
	    "203.0.113.9", "[192.0.2.1]" },
	{ "certificate that names an address",
	    " from x (name.a [203.0.113.9])\n\t(Client CN \"[192.0.2.1]\", "
	    "Issuer \"(x [192.0.2.1]\" (not verified))" TAIL,
	    "203.0.113.9", "x" },
	{ "certificate, and an address that the relay did not know",
	    " from x (unknown [unknown])\n\t(Client CN \"[192.0.2.1]\", "
	    "Issuer \"x\" (not verified))" TAIL,
	    NULL, NULL },
	{ "recipient that is an address",
	    " from x (unknown [unknown])\n\tby mx2.us with SMTP\n\tfor "
	    "<a@[192.0.2.1]>",
	    NULL, NULL },
	{ "Exim, the name being another than that of HELO",
	    " from name.a ([203.0.113.9] helo=mx.a)\n\tby mx2.us with esmtp",
	    "203.0.113.9", "mx.a" },
	{ "Exim, HELO is an address",
	    " from name.a ([203.0.113.9]:2525 helo=[192.0.2.1])\n\tby mx2.us "
	    "with esmtp (Exim 4.96)",
	    "203.0.113.9", "[192.0.2.1]" },
	{ "Exim, without name",
	    " from [203.0.113.9] (port=2525 helo=[192.0.2.1] ident=x)\n\tby "
	    "mx2.us with esmtp",
	    "203.0.113.9", "[192.0.2.1]" },
	{ "Sendmail, ident that looks like Exim's HELO",
	    " from [192.0.2.1] (helo=x@name.a [203.0.113.9])\n\tby mx2.us "
	    "(8.17.1/8.17.1) with ESMTP",
	    "203.0.113.9", "[192.0.2.1]" },
	{ "HELO that looks like Exim's comment",
	    " from a ([192.0.2.1] helo=b) (name.a [203.0.113.9])" TAIL,
	    "203.0.113.9", "a ([192.0.2.1] helo=b)" },
	{ "HELO that looks like qmail's comment",
	    " from a (HELO b) (192.0.2.1) (name.a [203.0.113.9])" TAIL,
	    "203.0.113.9", "a (HELO b) (192.0.2.1)" },
	{ "qmail", " from name.a (HELO mx.a) (203.0.113.9)\n  by 0 with SMTP",
	    "203.0.113.9", "mx.a" },
	{ "Exchange",
	    " from mx.a (203.0.113.9) by\n mx2.us (10.0.0.1) with Microsoft "
	    "SMTP Server id 15.1",
	    "203.0.113.9", "mx.a" },
	{ "Exchange, HELO is an address",
	    " from [192.0.2.1] (2001:db8::9) by mx2.us (10.0.0.1) with "
	    "Microsoft SMTP Server id 15.1",
	    "2001:db8::9", "[192.0.2.1]" },
	{ "made on the relay", " by mx2.us (Postfix, from userid 0)\n\tid 1",
	    NULL, NULL },
	{ "empty", "", NULL, NULL },
	{ "nothing but the word", "from ", NULL, NULL },
};

static void
test_hop(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct ip got = { 0 }, want = { 0 };
		struct span helo = SPAN("");
		bool found;

		if (!table_wants(row[i].label))
			continue;
		found = received_hop(span_of(row[i].raw), &got, &helo);
		if (found != (row[i].ip != NULL)) {
			table_fail(row[i].label, "found: %d", (int)found);
			continue;
		}
		if (!found)
			continue;
		(void)ip_parse(span_of(row[i].ip), &want);
		if (!ip_eq(got, want))
			table_fail(row[i].label, "another client");
		if (!span_is(helo, row[i].helo))
			table_fail(row[i].label, "HELO \"%.*s\", want \"%s\"",
			    SPAN_FMT(helo), row[i].helo);
	}
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_hop),
};

TABLE_MAIN(tests)
