/*
 * The facts and flags that the header gives.
 */
#include "config.h"

#include "tests/kit/message_kit.h"

#include "policy/base/suffix.h"
#include "policy/header/header_flags.h"
#include "rules/mail/date.h"

extern const struct check check_header, check_anomaly;

static void
people_judge(struct message_kit *f)
{
	check_header.gather(f->message, NULL, STAGE_EOH);
	check_header.gather(f->message, NULL, STAGE_EOM);
	assert_true(check_header.judge(f->message, NULL, STAGE_EOM));
	assert_true(check_anomaly.judge(f->message, NULL, STAGE_EOM));
}

static void
test_facts(void **state)
{
	static const struct {
		const char *label, *message, *fact, *want;
	} row[] = {
		{ "subject", "Subject: =?utf-8?q?h=C3=A4?=\n\n", "subject",
		    "h\xC3\xA4" },
		{ "subject with what is not drawn",
		    "Subject: =?utf-8?q?vi=E2=80=8Ba=C2=ADgra?=\n\n", "subject",
		    "viagra" },
		{ "subject in letters of mathematics",
		    "Subject: =?utf-8?b?8J2TqvCdk6s=?= =?utf-8?q?=EF=BD=83?="
		    "\n\n",
		    "subject", "abc" },
		{ "no subject", "A: 1\n\n", "subject", "-" },
		{ "empty subject", "Subject:\n\n", "subject", "" },
		{ "first of two subjects", "Subject: a\nSubject: b\n\n",
		    "subject", "a" },
		{ "subject that is not UTF-8", "Subject: \xE4\n\n", "subject",
		    "\xC3\xA4" },
		{ "message id", "Message-ID: <a@b>\n\n", "message_id",
		    "<a@b>" },
		{ "precedence", "Precedence: Bulk\n\n", "precedence", "bulk" },
		{ "auto-submitted", "Auto-Submitted: auto-replied\n\n",
		    "auto_submitted", "auto-replied" },
		{ "list id", "List-Id: A list <a.example>\n\n", "list.id",
		    "A list <a.example>" },
		{ "unsubscribe", "List-Unsubscribe: <mailto:a@b>\n\n",
		    "list.unsubscribe", "yes" },
		{ "no unsubscribe", "A: 1\n\n", "list.unsubscribe", "no" },
		{ "received", "Received: a\nReceived: b\n\n", "received.count",
		    "2" },
		{ "date an hour ago",
		    "Date: Wed, 31 Dec 2025 23:00:00 +0000\n\n", "date.age",
		    "3600" },
		{ "no date", "Date: yesterday\n\n", "date.age", "-" },
		{ "date as written", "Date: yesterday\n\n", "date",
		    "yesterday" },
		{ "from.status", "From: a@b.example\n\n", "from.status", "ok" },
		{ "from.domain", "From: Ann <a@B.Example>\n\n", "from.domain",
		    "b.example" },
		{ "from.address", "From: Ann <Ann@B.Example>\n\n",
		    "from.address", "Ann@b.example" },
		{ "from.local", "From: Ann <Ann@B.Example>\n\n", "from.local",
		    "Ann" },
		{ "from.name", "From: Ann Bee <a@b.example>\n\n", "from.name",
		    "Ann Bee" },
		{ "quoted name", "From: \"Bee, \\\"Ann\\\"\" <a@b.example>\n\n",
		    "from.name", "Bee, \"Ann\"" },
		{ "encoded name",
		    "From: =?utf-8?b?w6Q=?= =?utf-8?b?w7Y=?= <a@b.example>\n\n",
		    "from.name", "\xC3\xA4\xC3\xB6" },
		{ "name in the body's charset",
		    "From: \xD0\xD2 <a@b.example>\n"
		    "Content-Type: text/plain; charset=koi8-r\n\n",
		    "from.name", "\xD0\xBF\xD1\x80" },
		{ "no name", "From: a@b.example\n\n", "from.name", "-" },
		{ "two From fields", "From: a@b.example\nFrom: c@d.example\n\n",
		    "from.count", "2" },
		{ "two From fields have no domain",
		    "From: a@b.example\nFrom: c@d.example\n\n", "from.domain",
		    "-" },
		{ "two From fields: status",
		    "From: a@b.example\nFrom: c@d.example\n\n", "from.status",
		    "multiple" },
		{ "no From field", "A: 1\n\n", "from.status", "missing" },
		{ "two domains", "From: a@b.example, c@d.example\n\n",
		    "from.domains", "2" },
		{ "name shows another address",
		    "From: \"ceo@bank.example\" <a@b.example>\n\n",
		    "from.name_spoof", "yes" },
		{ "name shows the same address",
		    "From: \"a@b.example\" <a@b.example>\n\n",
		    "from.name_spoof", "no" },
		{ "name shows a subdomain of the author's domain",
		    "From: \"a@shop.bank.example\" <a@bank.example>\n\n",
		    "from.name_spoof", "no" },
		{ "name shows the domain above the author's",
		    "From: \"a@bank.example\" <a@news.bank.example>\n\n",
		    "from.name_spoof", "no" },
		{ "name shows another customer of the same public suffix",
		    "From: \"a@one.co.uk\" <a@two.co.uk>\n\n",
		    "from.name_spoof", "yes" },
		{ "a sibling first, a stranger behind it",
		    "From: \"a@x.bank.example b@c.example\" "
		    "<a@bank.example>\n\n",
		    "from.name_spoof", "yes" },
		{ "more siblings than are kept",
		    "From: \"a@1.b.example a@2.b.example a@3.b.example "
		    "a@4.b.example a@5.b.example\" <a@b.example>\n\n",
		    "from.name_spoof", "yes" },
		{ "plain name", "From: Ann <a@b.example>\n\n",
		    "from.name_spoof", "no" },
		{ "sender", "Sender: S <s@x.example>\n\n",
		    "sender_header.address", "s@x.example" },
		{ "reply-to elsewhere",
		    "From: a@mail.example.org\nReply-To: x@free.example\n\n",
		    "reply_to.differs", "yes" },
		{ "reply-to in the same registered domain",
		    "From: a@mail.example.org\nReply-To: x@www.example.org\n\n",
		    "reply_to.differs", "no" },
		{ "reply-to under the same public suffix",
		    "From: a@one.co.uk\nReply-To: x@two.co.uk\n\n",
		    "reply_to.differs", "yes" },
		{ "no reply-to", "From: a@b.example\n\n", "reply_to.differs",
		    "-" },
		{ "reply-to name", "Reply-To: R <r@x.example>\n\n",
		    "reply_to.name", "R" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct message_kit f;

		if (!table_wants(row[i].label))
			continue;
		message_kit_begin(&f, NULL);
		message_kit_text(&f, span_of(row[i].message));
		people_judge(&f);
		table_text(row[i].label, row[i].fact,
		    message_kit_fact(&f, row[i].fact), row[i].want);
		message_kit_end(&f);
	}
	table_end();
}

static void
test_groups(void **state)
{
	static const struct {
		const char *label, *message, *field, *want;
	} row[] = {
		{ "names", "Subject: x\nX-A : 1\nsubject: y\n\n", "header.name",
		    "subject|x-a|subject" },
		{ "values", "A:  x\n y \nB: =?utf-8?q?=C3=A4?=\n\n",
		    "header.value", "x y|\xC3\xA4" },
		{ "raw", "A:  x\n y \n\n", "header.raw", "  x\n y " },
		{ "index", "A: 1\nB: 1\na: 2\n\n", "header.index", "1|1|2" },
		{ "authors of all From fields",
		    "From: a@b.example, c@d.example\nFrom: E <e@f.example>\n\n",
		    "author.address", "a@b.example|c@d.example|e@f.example" },
		{ "author names",
		    "From: a@b.example\nFrom: E <e@f.example>\n\n",
		    "author.name", "-|E" },
		{ "to", "To: a@b.example,\n \"C, D\" <c@d.example>\n\n",
		    "to.address", "a@b.example|c@d.example" },
		{ "to names", "To: a@b.example,\n \"C, D\" <c@d.example>\n\n",
		    "to.name", "-|C, D" },
		{ "two To fields", "To: a@b.example\nTo: c@d.example\n\n",
		    "to.domain", "b.example|d.example" },
		{ "no recipients", "To: undisclosed recipients:;\n\n",
		    "to.address", "" },
		{ "cc", "Cc: a@b.example\n\n", "cc.domain", "b.example" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct message_kit f;

		if (!table_wants(row[i].label))
			continue;
		message_kit_begin(&f, NULL);
		message_kit_text(&f, span_of(row[i].message));
		people_judge(&f);
		table_text(row[i].label, row[i].field,
		    message_kit_fact(&f, row[i].field), row[i].want);
		message_kit_end(&f);
	}
	table_end();
}

#define WHOLE                                               \
	"From: a@b.example\nDate: 1 Jan 2026 00:00 +0000\n" \
	"Message-ID: <a@b>\n"

static void
test_flags(void **state)
{
	static const struct {
		const char *label;
		struct span message;
		const char *want; /* all of them */
	} row[] = {
		{ "nothing odd", SPAN_INIT(WHOLE "\n"), "" },
		{ "Subject twice",
		    SPAN_INIT(WHOLE "Subject: a\nsubject: b\n\n"),
		    "subject-multiple" },
		{ "To, Cc and Bcc twice",
		    SPAN_INIT(WHOLE "To: a@b.c\nTo: a@b.c\nCc: a@b.c\n"
				    "Cc: a@b.c\nBcc: a@b.c\nBcc: a@b.c\n\n"),
		    "to-multiple|cc-multiple|bcc-multiple" },
		{ "Sender, Reply-To, References and In-Reply-To twice",
		    SPAN_INIT(
			WHOLE "Sender: a@b.c\nSender: a@b.c\nReply-To: a@b.c\n"
			      "Reply-To: a@b.c\nReferences: a\nReferences: b\n"
			      "In-Reply-To: a\nIn-Reply-To: b\n\n"),
		    "sender-multiple|reply-to-multiple|in-reply-to-multiple|"
		    "references-multiple" },
		{ "Date and Message-ID twice",
		    SPAN_INIT(WHOLE "Date: 1 Jan 2026 00:00 +0000\n"
				    "Message-ID: <c@d>\n\n"),
		    "date-multiple|message-id-multiple" },
		{ "no Date", SPAN_INIT("From: a@b.example\nMessage-ID: x\n\n"),
		    "date-missing" },
		{ "Date that is none",
		    SPAN_INIT("From: a@b.example\nMessage-ID: x\n"
			      "Date: 31 Feb 2026 00:00 +0000\n\n"),
		    "date-invalid" },
		{ "Date two days ahead",
		    SPAN_INIT("From: a@b.example\nMessage-ID: x\n"
			      "Date: 3 Jan 2026 00:00 +0000\n\n"),
		    "date-future" },
		{ "two From fields", SPAN_INIT(WHOLE "From: c@d.example\n\n"),
		    "from-multiple" },
		{ "8-bit", SPAN_INIT(WHOLE "X: \xC3\xA4\n\n"), "header-8bit" },
		{ "NUL and bare CR", SPAN_INIT(WHOLE "X: \0\rx\n\n"),
		    "header-nul|header-bare-cr" },
		{ "a field behind a CR", SPAN_INIT(WHOLE "X: y\rTo: z\n\n"),
		    "header-bare-cr|header-hidden-field" },
		{ "a From behind a CR",
		    SPAN_INIT(WHOLE "X: y\rFrom: c@d.example\n\n"),
		    "from-folded|header-bare-cr|header-hidden-field" },
		{ "the end of the header behind a CR",
		    SPAN_INIT(WHOLE "X: y\r\rz\n\n"),
		    "header-bare-cr|header-hidden-field" },
		{ "a From behind a CR in the body",
		    SPAN_INIT("Date: 1 Jan 2026 00:00 +0000\n"
			      "Message-ID: <a@b>\n\nx\rFrom: a@b.example\r\n"),
		    "from-missing|header-in-body" },
		{ "blank fold", SPAN_INIT(WHOLE "X: 1\n \n\n"),
		    "header-blank-fold" },
		{ "header that ends early",
		    SPAN_INIT("Date: 1 Jan 2026 00:00 +0000\n"
			      "Message-ID: <a@b>\nFrom\n : a@b.example\n\n"),
		    "from-missing|from-folded|header-no-colon|"
		    "header-in-body" },
		{ "leading space", SPAN_INIT(" From: a@b.example\n\nbody\n"),
		    "from-missing|from-folded|header-leading-space|"
		    "date-missing|message-id-missing|header-in-body" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct message_kit f;

		if (!table_wants(row[i].label))
			continue;
		message_kit_begin(&f, NULL);
		message_kit_text(&f, row[i].message);
		people_judge(&f);
		table_text(row[i].label, "flags",
		    message_kit_fact(&f, "anomaly.name"), row[i].want);
		message_kit_end(&f);
	}
	table_end();
}

static void
test_limits(void **state)
{
	struct message_kit f;

	(void)state;
	message_kit_begin(&f, NULL);
	for (size_t i = 0; i < 3000; i++)
		(void)header_add(
		    &f.message->headers, SPAN("To"), SPAN(" a@b.example"));
	people_judge(&f);
	assert_non_null(strstr(message_kit_fact(&f, "anomaly.name"), "|limit"));
	assert_int_equal(facts_count(f.message->facts,
			     schema_find(f.snapshot->schema, SPAN("header"))),
	    HEADER_FIELDS_SEEN);
	message_kit_end(&f);
}

/* A case that is only an envelope has no header facts and no flags. */
static void
test_envelope_only(void **state)
{
	struct message_kit f;

	(void)state;
	message_kit_begin(&f, NULL);
	f.message->envelope_only = true;
	people_judge(&f);
	assert_int_equal(f.message->flag_count, 0);
	message_kit_end(&f);
}

static void
test_dates(void **state)
{
	static const struct {
		const char *label, *value;
		bool parses;
		int64_t want;
	} row[] = {
		{ "epoch", "Thu, 1 Jan 1970 00:00:00 +0000", true, 0 },
		{ "before", "Wed, 31 Dec 1969 23:59:59 +0000", true, -1 },
		{ "no day name, no seconds", "1 Jan 2026 00:00 +0000", true,
		    1767225600 },
		{ "zone east", "1 Jan 2026 01:30 +0130", true, 1767225600 },
		{ "zone west", "31 Dec 2025 19:00 -0500", true, 1767225600 },
		{ "zone by name", "31 Dec 2025 19:00 EST", true, 1767225600 },
		{ "GMT", "1 Jan 2026 00:00:00 GMT", true, 1767225600 },
		{ "comment", "1 Jan 2026 00:00:00 +0000 (UTC (really))", true,
		    1767225600 },
		{ "two-digit year", "1 Jan 26 00:00 +0000", true, 1767225600 },
		{ "two-digit year of the last century", "1 Jan 70 00:00 UT",
		    true, 0 },
		{ "leap day", "29 Feb 2024 00:00 +0000", true, 1709164800 },
		{ "leap second", "31 Dec 2016 23:59:60 +0000", true,
		    1483228800 },
		{ "no leap day", "29 Feb 2023 00:00 +0000", false, 0 },
		{ "no zone", "1 Jan 2026 00:00:00", false, 0 },
		{ "hour 24", "1 Jan 2026 24:00 +0000", false, 0 },
		{ "no such month", "1 Foo 2026 00:00 +0000", false, 0 },
		{ "month first", "Jan 1 2026 00:00 +0000", false, 0 },
		{ "trailing text", "1 Jan 2026 00:00 +0000 x", false, 0 },
		{ "ISO 8601", "2026-01-01T00:00:00Z", false, 0 },
		{ "empty", "", false, 0 },
		{ "far future", "1 Jan 99999 00:00 +0000", true,
		    INT64_C(3093496444800) },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		int64_t got = 0;
		bool parses = date_parse(span_of(row[i].value), &got);

		if (!table_wants(row[i].label))
			continue;
		table_number(row[i].label, "parses", parses, row[i].parses);
		if (parses)
			table_number(row[i].label, "time", got, row[i].want);
	}
	table_end();
}

static void
test_suffix(void **state)
{
	static const struct {
		const char *label, *domain, *want;
	} row[] = {
		{ "two labels", "example.org", "example.org" },
		{ "deep", "a.b.example.co.uk", "example.co.uk" },
		{ "a public suffix", "co.uk", "" },
		{ "a top-level domain", "org", "" },
		{ "an unknown one", "a.b.unlisted", "b.unlisted" },
		{ "A-labels", "x.xn--bcher-kva.example",
		    "xn--bcher-kva.example" },
		{ "nothing", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		char got[300];
		struct span s = suffix_registrable(span_of(row[i].domain));

		(void)snprintf(got, sizeof(got), "%.*s", SPAN_FMT(s));
		table_text(row[i].label, "registrable", got, row[i].want);
	}
	table_end();
}

/*
 * What no rule reads is not worked out, and what one reads in any way is: in a
 * condition, as a number of a group, in a text that it tells.
 */
static void
test_reads(void **state)
{
	static const char message[] =
	    "Date: Thu, 1 Jan 2026 00:00:00 +0100\nFrom: a@a.example\n"
	    "Sender: s@s.example\nReply-To: r@r.example\n"
	    "To: t@t.example\nCc: c@c.example\n"
	    "Message-ID: <i@i.example>\n\n";
	static const struct {
		const char *label, *fact, *want;
		const char *rules; /* each of which reads the fact */
	} row[] = {
		{ "a field", "header.value",
		    "Thu, 1 Jan 2026 00:00:00 +0100|a@a.example|s@s.example|r@r.example|t@t.example|c@c.example|<i@i.example>",
		    "rule r when any header (name = \"a\" and value = \"x\") "
		    "then score 1" },
		{ "fields, counted", "header.name",
		    "date|from|sender|reply-to|to|cc|message-id",
		    "rule r when count header (index > 0) > 3 then score 1" },
		{ "order", "fields.order",
		    "date from sender reply-to to cc message-id",
		    "rule r when fields.order ~ /a/ then score 1" },
		{ "zone", "date.zone", "60",
		    "rule r when date.lag > 0 then score 1" },
		{ "age", "date.age", "3600",
		    "rule r when date.age > 0 then score 1" },
		{ "recipients", "to.address", "t@t.example",
		    "rule r when any to (domain = \"x.example\") then score 1" },
		{ "copies", "cc.domain", "c.example",
		    "rule r when count cc (domain = \"x.example\") > 5 "
		    "then score 1" },
		{ "authors", "author.address", "a@a.example",
		    "rule r when any author (name = \"x\") then score 1" },
		{ "sender", "sender_header.address", "s@s.example",
		    "rule r when sender_header.domain = \"x.example\" "
		    "then score 1" },
		{ "replies", "reply_to.domain", "r.example",
		    "rule r when reply_to.differs then score 1" },
		{ "a text alone", "message_id.domain", "i.example",
		    "rule r when from.count > 5 then "
		    "reject 550 5.7.1 \"%{message_id.domain}\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct message_kit_options options = { .read_only = true };
		struct message_kit f;

		if (!table_wants(row[i].label))
			continue;
		for (int reads = 0; reads < 2; reads++) {
			const char *got;

			options.rules = reads ? row[i].rules : "";
			message_kit_begin(&f, &options);
			message_kit_text(&f, span_of(message));
			message_kit_gather(&f, &check_header, STAGE_EOH);
			got = message_kit_fact(&f, row[i].fact);
			if (reads)
				table_text(
				    row[i].label, "read", got, row[i].want);
			else if (strcmp(got, row[i].want) == 0)
				table_fail(row[i].label, "worked out unread");
			message_kit_end(&f);
		}
	}
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_facts),
	cmocka_unit_test(test_groups),
	cmocka_unit_test(test_flags),
	cmocka_unit_test(test_limits),
	cmocka_unit_test(test_envelope_only),
	cmocka_unit_test(test_dates),
	cmocka_unit_test(test_suffix),
	cmocka_unit_test(test_reads),
};

TABLE_MAIN(tests)
