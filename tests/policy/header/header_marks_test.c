/*
 * What the form of the header tells: order, encodings, dates, identifiers,
 * whether it is written to anybody, and whose name it shows.
 */
#include "config.h"

#include "tests/kit/message_kit.h"

#include "policy/header/check_header.h"
#include "policy/message/loading.h"

static const char table[] = "PayPal: paypal.com paypal.de\n"
			    "DHL: dhl.de\n";

static bool
table_read(void *ctx, struct span name, const struct source *from,
    struct span *text, const char **why)
{
	(void)ctx;
	(void)from;
	*text = span_is(name, "bad") ? SPAN("no colon") : span_of(table);
	*why = "no such file";
	return !span_is(name, "none");
}

/* As the snapshot does it; false when the table is not good. */
static bool
load(struct message_kit *f, const char *name, bool away, const char **why)
{
	struct loading l = { f->snapshot, table_read, NULL, away };
	struct span file = span_of(name);
	struct brand_settings set = { { &file, 1 } };
	void **data =
	    &f->snapshot->data[check_index(f->snapshot, &check_header)];

	if (check_header.unload != NULL)
		check_header.unload(data);
	*data = NULL;
	return check_header.load(&l, &set, data, why);
}

static void
test_facts(void **state)
{
	static const struct {
		const char *label, *message, *fact, *want;
	} row[] = {
		{ "order", "Received: a\nFrom: b\nX-A: 1\nto: c\n\n",
		    "fields.order", "received from x-a to" },
		{ "no order", "\nx", "fields.order", "" },
		{ "id", "Message-ID: <a.b@C.Example>\n\n", "message_id.domain",
		    "c.example" },
		{ "id without brackets", "Message-ID: a@c.example\n\n",
		    "message_id.domain", "c.example" },
		{ "id with two @", "Message-ID: <a@b@c.example>\n\n",
		    "message_id.domain", "c.example" },
		{ "id without @", "Message-ID: <abc>\n\n", "message_id.domain",
		    "-" },
		{ "id that ends in @", "Message-ID: <abc@>\n\n",
		    "message_id.domain", "-" },
		{ "id of an address", "Message-ID: <a@[192.0.2.1]>\n\n",
		    "message_id.domain", "-" },
		{ "no id", "A: 1\n\n", "message_id.domain", "-" },
		{ "zone", "Date: 1 Jan 2026 00:00 +0530\n\n", "date.zone",
		    "330" },
		{ "zone west", "Date: 1 Jan 2026 00:00 -1800\n\n", "date.zone",
		    "-1080" },
		{ "zone by name", "Date: 1 Jan 2026 00:00 EST\n\n", "date.zone",
		    "-300" },
		{ "zone of no date", "Date: now +0100\n\n", "date.zone", "-" },
		{ "lag",
		    "Received: from a by b; 1 Jan 2026 00:10 +0000\n"
		    "Date: 1 Jan 2026 00:00 +0000\n\n",
		    "date.lag", "600" },
		{ "ahead of the next host",
		    "Received: from a by b; 1 Jan 2026 00:00 +0000\n"
		    "Received: from c by a; 1 Jan 2025 00:00 +0000\n"
		    "Date: 1 Jan 2026 01:00 +0000\n\n",
		    "date.lag", "-3600" },
		{ "lag without Received", "Date: 1 Jan 2026 00:00 +0000\n\n",
		    "date.lag", "-" },
		{ "lag by a Received without date",
		    "Received: from a by b\nDate: 1 Jan 2026 00:00 +0000\n\n",
		    "date.lag", "-" },
		{ "the subject names the address",
		    "Subject: Re bob.b@verdict.example!\n\n",
		    "subject.names_rcpt", "address" },
		{ "in another case", "Subject: BOB.B@Verdict.Example\n\n",
		    "subject.names_rcpt", "address" },
		{ "the address in a longer one",
		    "Subject: xbob.b@verdict.example\n\n", "subject.names_rcpt",
		    "no" },
		{ "the local part", "Subject: hello bob.b, look\n\n",
		    "subject.names_rcpt", "name" },
		{ "a short local part", "Subject: hello ann\n\n",
		    "subject.names_rcpt", "no" },
		{ "nobody", "Subject: hello\n\n", "subject.names_rcpt", "no" },
		{ "a refused recipient", "Subject: hello carl\n\n",
		    "subject.names_rcpt", "no" },
		{ "no subject to name", "A: 1\n\n", "subject.names_rcpt", "-" },
		{ "To names a recipient",
		    "To: x@y.example, Bob <Bob.B@verdict.example>\n\n",
		    "rcpt.addressed", "yes" },
		{ "Cc does", "To: x@y.example\nCc: ann@verdict.example\n\n",
		    "rcpt.addressed", "yes" },
		{ "the second To does",
		    "To: x@y.example\nTo: ann@verdict.example\n\n",
		    "rcpt.addressed", "yes" },
		{ "neither does", "To: bob@elsewhere.example\n\n",
		    "rcpt.addressed", "no" },
		{ "only a refused one", "To: carl@verdict.example\n\n",
		    "rcpt.addressed", "no" },
		{ "brand", "From: Pay-Pal Service <a@b.example>\n\n",
		    "from.brand", "PayPal" },
		{ "whose it is not", "From: PayPal <a@b.example>\n\n",
		    "from.brand_own", "no" },
		{ "whose it is", "From: PayPal <a@mail.paypal.com>\n\n",
		    "from.brand_own", "yes" },
		{ "two authors have no brand of their own",
		    "From: PayPal <a@paypal.com>\nFrom: b@c.example\n\n",
		    "from.brand_own", "no" },
		{ "no brand", "From: Ann <a@b.example>\n\n", "from.brand",
		    "-" },
		{ "no brand has no owner", "From: Ann <a@b.example>\n\n",
		    "from.brand_own", "-" },
		{ "brand in the subject",
		    "From: a@dhl.de\nSubject: DHL: your parcel\n\n",
		    "subject.brand", "DHL" },
		{ "their own subject",
		    "From: a@dhl.de\nSubject: DHL: your parcel\n\n",
		    "subject.brand_own", "yes" },
		{ "family", "From: a@x.paypal.de\n\n", "from.family",
		    "paypal.com paypal.de" },
		{ "no family", "From: a@b.example\n\n", "from.family", "-" },
	};
	static const char *const rcpt[][2] = { { "ann", "verdict.example" },
		{ "bob.b", "verdict.example" }, { "carl", "verdict.example" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct rcpt all[ARRAY_COUNT(rcpt)] = { { .refused = false } };
		const char *why = NULL;
		struct message_kit f;

		if (!table_wants(row[i].label))
			continue;
		message_kit_begin(&f, NULL);
		assert_true(load(&f, "table", false, &why));
		for (size_t k = 0; k < ARRAY_COUNT(rcpt); k++) {
			all[k].address.local = span_of(rcpt[k][0]);
			all[k].address.domain = span_of(rcpt[k][1]);
			all[k].refused = k == 2;
		}
		f.message->rcpt = all;
		f.message->rcpt_count = ARRAY_COUNT(rcpt);
		message_kit_text(&f, span_of(row[i].message));
		check_header.gather(f.message, NULL, STAGE_EOH);
		table_text(row[i].label, row[i].fact,
		    message_kit_fact(&f, row[i].fact), row[i].want);
		f.message->rcpt_count = 0;
		message_kit_end(&f);
	}
	table_end();
}

/* Octets that are not encoded, and nobody to be addressed. */
static void
test_others(void **state)
{
	struct message_kit f;

	(void)state;
	message_kit_begin(&f, NULL);
	message_kit_text(
	    &f, SPAN("A: x\nB: \xC3\xA4\nC: \xE4\nTo: a@b.example\n\n"));
	check_header.gather(f.message, NULL, STAGE_EOH);
	assert_string_equal(
	    message_kit_fact(&f, "header.needs_encoding"), "no|utf-8|other|no");
	assert_string_equal(message_kit_fact(&f, "rcpt.addressed"), "-");
	assert_string_equal(message_kit_fact(&f, "from.brand"), "-");
	message_kit_end(&f);
}

static void
test_tables(void **state)
{
	static const struct {
		const char *label, *name;
		bool away;
		const char *want;
	} row[] = {
		{ "good", "table", false, "-" },
		{ "not there", "none", false,
		    "header.brands: none: no such file" },
		{ "not there, judged away from it", "none", true, "-" },
		{ "not good", "bad", false, "bad:1: a colon is missing" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		const char *why = NULL;
		struct message_kit f;
		bool good;

		if (!table_wants(row[i].label))
			continue;
		message_kit_begin(&f, NULL);
		good = load(&f, row[i].name, row[i].away, &why);
		table_text(row[i].label, "why", good ? "-" : why, row[i].want);
		message_kit_end(&f);
	}
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_facts),
	cmocka_unit_test(test_others),
	cmocka_unit_test(test_tables),
};

TABLE_MAIN(tests)
