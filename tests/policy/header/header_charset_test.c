/*
 * Raw text of a header, in the charset of the text that is shown below it: not
 * known before the body is, and then as mail programs show it.
 */
#include "config.h"

#include "tests/kit/message_kit.h"

#include "policy/header/check_header.h"
#include "rules/mime/mime_tree.h"

#define MIXED "Content-Type: multipart/mixed; boundary=b\n\n--b\n"
#define TEXT(charset) \
	"Content-Type: text/plain; charset=" charset "\n\nx\n--b--\n"
#define PRIVET "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82"
#define KOI8   "\xf0\xd2\xc9\xd7\xc5\xd4"
#define CP1251 "\xcf\xf0\xe8\xe2\xe5\xf2"

/* As message_kit_fact; a group that is not complete is pending as a whole. */
static const char *
charset_fact(struct message_kit *f, const char *name)
{
	const struct schema *s = f->snapshot->schema;
	fact_id group = schema_group(s, schema_find(s, span_of(name)));

	if (group != FACT_NONE &&
	    facts_get(f->message->facts, group)->state == FACT_PENDING)
		return "pending";
	return message_kit_fact(f, name);
}

static void
test_charset(void **state)
{
	static const struct {
		const char *label, *message, *fact, *at_header, *want;
	} row[] = {
		{ "windows-1251",
		    "Subject: " CP1251 "\n" MIXED TEXT("windows-1251"),
		    "subject", "pending", PRIVET },
		{ "koi8-r", "Subject: " KOI8 "\n" MIXED TEXT("koi8-r"),
		    "subject", "pending", PRIVET },
		{ "gbk", "Subject: \xb7\xa2\xc6\xb1\n" MIXED TEXT("gbk"),
		    "subject", "pending", "\xe5\x8f\x91\xe7\xa5\xa8" },
		{ "big5", "Subject: \xb5o\xb2\xbc\n" MIXED TEXT("big5"),
		    "subject", "pending", "\xe7\x99\xbc\xe7\xa5\xa8" },
		{ "shift_jis, which has a backslash in it",
		    "Subject: \x83\\\x83j\x81[\n" MIXED TEXT("shift_jis"),
		    "subject", "pending",
		    "\xe3\x82\xbd\xe3\x83\x8b\xe3\x83\xbc" },
		{ "iso-2022-jp, which is ASCII to look at",
		    "Subject: \x1b$B$3$s$K$A$O\x1b(B\n" MIXED TEXT(
			"iso-2022-jp"),
		    "subject", "pending",
		    "\xe3\x81\x93\xe3\x82\x93\xe3\x81\xab\xe3\x81\xa1"
		    "\xe3\x81\xaf" },
		{ "UTF-8, whatever the body is in",
		    "Subject: " PRIVET "\n" MIXED TEXT("koi8-r"), "subject",
		    PRIVET, PRIVET },
		{ "said to be UTF-8, and none",
		    "Subject: caf\xe9\n" MIXED TEXT("utf-8"), "subject",
		    "pending", "caf\xc3\xa9" },
		{ "an encoded word has its own",
		    "Subject: =?koi8-r?B?8NLJ18XU?=\n" MIXED TEXT(
			"windows-1251"),
		    "subject", PRIVET, PRIVET },
		{ "ASCII waits for nothing",
		    "Subject: x\nX: \xe9\n" MIXED TEXT("koi8-r"), "subject",
		    "x", "x" },
		{ "name", "From: " KOI8 " <a@b.example>\n" MIXED TEXT("koi8-r"),
		    "from.name", "pending", PRIVET },
		{ "the address waits for nothing",
		    "From: " KOI8 " <a@b.example>\n" MIXED TEXT("koi8-r"),
		    "from.address", "a@b.example", "a@b.example" },
		{ "a group waits for all of it",
		    "To: c@d.example, " KOI8
		    " <a@b.example>\n" MIXED TEXT("koi8-r"),
		    "to.name", "pending", "-|" PRIVET },
		{ "and is there once",
		    "To: c@d.example, " KOI8
		    " <a@b.example>\n" MIXED TEXT("koi8-r"),
		    "to.address", "pending", "c@d.example|a@b.example" },
		{ "another group waits for nothing",
		    "To: c@d.example\nCc: " KOI8
		    " <a@b.example>\n" MIXED TEXT("koi8-r"),
		    "to.address", "c@d.example", "c@d.example" },
		{ "fields", "X: " KOI8 "\n" MIXED TEXT("koi8-r"),
		    "header.value", "pending",
		    PRIVET "|multipart/mixed; boundary=b" },
		{ "what a subject names",
		    "Subject: " KOI8 "\n" MIXED TEXT("koi8-r"),
		    "subject.names_rcpt", "pending", "no" },
		{ "first text that says what it is in",
		    "Subject: " KOI8 "\n" MIXED
		    "\nx\n--b\nContent-Type: text/html; charset=us-ascii\n\n"
		    "x\n--b\n" TEXT("koi8-r"),
		    "subject", "pending", PRIVET },
		{ "and not one behind it",
		    "Subject: " KOI8 "\n" MIXED
		    "Content-Type: text/html; charset=koi8-r\n\n"
		    "x\n--b\n" TEXT("windows-1251"),
		    "subject", "pending", PRIVET },
		{ "a file is not that text",
		    "Subject: " KOI8 "\n" MIXED
		    "Content-Type: text/plain; name=a.txt; "
		    "charset=windows-1251\nContent-Disposition: attachment\n\n"
		    "x\n--b\n" TEXT("koi8-r"),
		    "subject", "pending", PRIVET },
		{ "text within parts within parts",
		    "Subject: " KOI8 "\n" MIXED
		    "Content-Type: multipart/related; boundary=c\n\n--c\n"
		    "Content-Type: text/html; charset=koi8-r\n\nx\n--c--\n"
		    "--b--\n",
		    "subject", "pending", PRIVET },
		{ "a page says it itself",
		    "Subject: " KOI8 "\nContent-Type: text/html\n\n"
		    "<meta charset=koi8-r>x\n",
		    "subject", "pending", PRIVET },
		{ "a page in base64",
		    "Subject: " KOI8 "\nContent-Type: text/html\n"
		    "Content-Transfer-Encoding: base64\n\n"
		    "PG1ldGEgY2hhcnNldD1rb2k4LXI+eA==\n",
		    "subject", "pending", PRIVET },
		{ "a page whose header says it",
		    "Subject: " KOI8 "\nContent-Type: text/html; "
		    "charset=koi8-r\n\n<meta charset=windows-1251>x\n",
		    "subject", PRIVET, PRIVET },
		{ "nobody says it", "Subject: caf\xe9\n" MIXED "\nx\n--b--\n",
		    "subject", "pending", "caf\xc3\xa9" },
		{ "a label that nobody knows",
		    "Subject: caf\xe9\n" MIXED TEXT("x-what"), "subject",
		    "pending", "caf\xc3\xa9" },
		{ "no type at all", "Subject: caf\xe9\n\nx\n", "subject",
		    "caf\xc3\xa9", "caf\xc3\xa9" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct message_kit f;

		if (!table_wants(row[i].label))
			continue;
		message_kit_begin(&f, NULL);
		message_kit_text(&f, span_of(row[i].message));
		message_kit_gather(&f, &check_header, STAGE_EOH);
		table_text(row[i].label, "at the header's end",
		    charset_fact(&f, row[i].fact), row[i].at_header);
		message_kit_gather(&f, &check_header, STAGE_EOM);
		table_text(row[i].label, row[i].fact,
		    charset_fact(&f, row[i].fact), row[i].want);
		message_kit_end(&f);
	}
	table_end();
}

/* Where the body was not looked at, nobody knows; where nobody reads header or
 * body, it is not waited for. */
static void
test_unseen(void **state)
{
	static const char of_header[] = "rule r\n"
					"  when subject = \"x\"\n"
					"  then score 1\n";
	static const char of_envelope[] = "rule r\n"
					  "  when sender.null\n"
					  "  then score 1\n";
	static const struct {
		const char *label, *rules, *text;
		bool crashed, short_of_memory;
		const char *at_header, *want;
	} row[] = {
		{ "it ended the process before", of_header, TEXT("koi8-r"),
		    true, false, "pending", "?" },
		{ "memory was short", of_header, "", false, true, "pending",
		    "?" },
		{ "memory was short behind it", of_header, TEXT("koi8-r"),
		    false, true, "pending", "\xd0\xaf" },
		{ "rules read the header alone", of_header, TEXT("koi8-r"),
		    false, false, "pending", "\xd0\xaf" },
		{ "rules read neither", of_envelope, TEXT("koi8-r"), false,
		    false, "\xc3\xb1", "\xc3\xb1" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		const struct message_kit_options options = {
			.rules = row[i].rules, .read_only = true
		};
		struct message_kit f;

		if (!table_wants(row[i].label))
			continue;
		message_kit_begin(&f, &options);
		message_kit_text(&f, SPAN("Subject: \xf1\n" MIXED));
		(void)buf_add(&f.message->body, span_of(row[i].text));
		f.message->skip_content = row[i].crashed;
		f.message->body.over = row[i].short_of_memory;
		message_kit_gather(&f, &check_header, STAGE_EOH);
		table_text(row[i].label, "at the header's end",
		    message_kit_fact(&f, "subject"), row[i].at_header);
		message_kit_gather(&f, &check_header, STAGE_EOM);
		table_text(row[i].label, "subject",
		    message_kit_fact(&f, "subject"), row[i].want);
		message_kit_end(&f);
	}
	table_end();
}

/* More parts than are read, none of which is text. */
static void
test_limit(void **state)
{
	struct message_kit f;

	(void)state;
	message_kit_begin(&f, NULL);
	message_kit_text(&f, SPAN("Subject: caf\xe9\n" MIXED));
	for (size_t i = 0; i <= mime_limits_standard.parts; i++)
		(void)buf_add(&f.message->body,
		    SPAN("Content-Type: image/png\n\n\n--b\n"));
	(void)buf_add(&f.message->body, SPAN(TEXT("koi8-r")));
	message_kit_gather(&f, &check_header, STAGE_EOM);
	table_text("limit", "subject", message_kit_fact(&f, "subject"), "?");
	message_kit_end(&f);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_charset),
	cmocka_unit_test(test_unseen),
	cmocka_unit_test(test_limit),
};

TABLE_MAIN(tests)
