/*
 * What a judged message carries: which fields are removed and added, in which
 * order and form; and the log line.
 */
#include "config.h"

#include "tests/kit/message_kit.h"

#include <math.h>

#include "policy/tell/header_text.h"
#include "policy/tell/headers.h"
#include "rules/base/jsonw.h"

static void
verdict_begin(struct verdict *v)
{
	verdict_nothing(v, STAGE_EOM);
	v->junk_at = 6;
	v->reject_at = 15;
}

/* "Name#2 Other#1": the removals in their order. */
static const char *
removals_text(struct message_kit *f, const struct header_edits *e)
{
	const char *text = "";

	for (size_t i = 0; i < e->removal_count; i++)
		text = arena_printf(f->arena, "%s%s%.*s#%zu", text,
		    i > 0 ? " " : "", SPAN_FMT(e->removal[i].name),
		    e->removal[i].index);
	return text;
}

static const char *
added(struct message_kit *f, const struct header_edits *e, const char *name)
{
	for (size_t i = 0; i < e->addition_count; i++)
		if (span_case_is(e->addition[i].name, name))
			return arena_strdup(f->arena, e->addition[i].value);
	return NULL;
}

#define AR "Authentication-Results"

static void
test_removals(void **state)
{
	static const struct {
		const char *label;
		enum direction direction;
		const char *message, *want;
	} row[] = {
		{ "nothing forged", DIRECTION_INBOUND,
		    "From: a@b.example\n" AR ": other.example; spf=pass\n\n",
		    "" },
		{ "ours", DIRECTION_INBOUND,
		    AR ": mx.example; spf=pass\nFrom: a@b.example\n\n",
		    AR "#1" },
		{ "highest index first", DIRECTION_INBOUND,
		    AR ": mx.example; a=b\n" AR ": other.example; a=b\n" AR
		       ": MX.Example; a=b\n" AR ": (x) \"mx.example\" 1; a=b\n"
		       "\n",
		    AR "#4 " AR "#3 " AR "#1" },
		{ "names in any case and with space before the colon",
		    DIRECTION_INBOUND,
		    "authentication-results : mx.example; a=b\n\n",
		    "authentication-results#1" },
		{ "folded", DIRECTION_INBOUND,
		    AR ":\n\tmx.example\n\t;\n spf=pass\n\n", AR "#1" },
		{ "unparsable", DIRECTION_INBOUND,
		    AR ": spf=pass by mx.example\n\n", AR "#1" },
		{ "without an id", DIRECTION_INBOUND,
		    AR ": dmarc=pass header.from=bank.example\n\n", AR "#1" },
		{ "behind a CR", DIRECTION_INBOUND,
		    "X-Foo: a\nX-Foo: a\r" AR ": mx.example; dmarc=pass\n\n",
		    "X-Foo#2" },
		{ "behind a CR and without an id", DIRECTION_INBOUND,
		    "Subject: a\r" AR " : dmarc=pass\n\n", "Subject#1" },
		{ "behind a CR, in a fold", DIRECTION_INBOUND,
		    "To: a@b.example\n (x\r" AR ":\r mx.example;a=b)\n\n",
		    "To#1" },
		{ "behind a CR, another's", DIRECTION_INBOUND,
		    "X-Foo: a\r" AR ": other.example; dmarc=pass\n\n", "" },
		{ "our own family behind a CR", DIRECTION_INBOUND,
		    "X-Foo: a\rX-Spam-Flag: NO\nX-Bar: a\rX-Baz: b\n\n",
		    "X-Foo#1" },
		{ "in a fold", DIRECTION_INBOUND,
		    "X-Foo: a\n " AR ": mx.example; dmarc=pass\n\n",
		    "X-Foo#1" },
		{ "in a fold, with the colon on the next line",
		    DIRECTION_INBOUND,
		    "X-Foo: a\n\t" AR "\n\t: mx.example; dmarc=pass\n\n",
		    "X-Foo#1" },
		{ "in a fold, another's", DIRECTION_INBOUND,
		    "X-Foo: a\n " AR ": other.example; dmarc=pass\n\n", "" },
		{ "our own family in a fold", DIRECTION_INBOUND,
		    "X-Report: a\n X-Spam-Flag: NO\n\n", "" },
		{ "a relay's hidden one is kept", DIRECTION_RELAY,
		    "X-Foo: a\r" AR ": mx.example; dmarc=pass\n\n", "" },
		{ "ARC's is not touched", DIRECTION_INBOUND,
		    "ARC-Authentication-Results: i=1; mx.example; a=b\n\n",
		    "" },
		{ "our own family", DIRECTION_INBOUND,
		    "X-Verdict: v=1; verdict=accept\nX-Spam-Flag: NO\n"
		    "x-spam-status: No\nX-Spamd-Result: default: False\n"
		    "X-Spam: Yes\nX-Bogosity: Ham\nX-Mailer: x\n\n",
		    "X-Bogosity#1 X-Spam#1 X-Spamd-Result#1 x-spam-status#1 "
		    "X-Spam-Flag#1 X-Verdict#1" },
		{ "interleaved names", DIRECTION_INBOUND,
		    "X-Spam-Flag: a\nX-Spam-Level: *\nX-Spam-Flag: b\n"
		    "X-Spam-Level: **\n\n",
		    "X-Spam-Level#2 X-Spam-Flag#2 X-Spam-Level#1 "
		    "X-Spam-Flag#1" },
		{ "a relay's are kept", DIRECTION_RELAY,
		    AR ": mx.example; spf=pass\nX-Spam-Flag: YES\n\n", "" },
		{ "submission", DIRECTION_SUBMISSION,
		    AR ": mx.example; spf=pass\n\n", AR "#1" },
		{ "local", DIRECTION_LOCAL, AR ": mx.example; spf=pass\n\n",
		    AR "#1" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct message_kit f;
		struct header_edits e;
		struct verdict v;

		if (!table_wants(row[i].label))
			continue;
		message_kit_begin(&f, NULL);
		verdict_begin(&v);
		f.message->direction = row[i].direction;
		message_kit_text(&f, span_of(row[i].message));
		headers_plan(f.message, &v, &e);
		table_text(row[i].label, "removed", removals_text(&f, &e),
		    row[i].want);
		message_kit_end(&f);
	}
	table_end();
}

static void
test_many_removals(void **state)
{
	static char big[1 << 20];
	struct message_kit f;
	struct header_edits e;
	struct verdict v;

	(void)state;
	memset(big, ' ', sizeof(big));
	memcpy(big + sizeof(big) - 10, "mx.example", 10);
	message_kit_begin(&f, NULL);
	verdict_begin(&v);
	for (size_t i = 0; i < 300; i++)
		(void)header_add(&f.message->headers, SPAN(AR),
		    SPAN(" mx.example; dkim=pass"));
	(void)header_add(
	    &f.message->headers, SPAN(AR), span_make(big, sizeof(big)));
	for (size_t i = 0; i < 3; i++)
		(void)header_add(
		    &f.message->headers, SPAN(AR), span_make(big, sizeof(big)));
	headers_plan(f.message, &v, &e);
	assert_int_equal(e.removal_count, 304);
	for (size_t i = 0; i < e.removal_count; i++)
		assert_int_equal(e.removal[i].index, 304 - i);
	message_kit_end(&f);
}

static void
test_further_ids(void **state)
{
	static const struct span also[] = { SPAN_INIT("Old.Example."),
		SPAN_INIT("b\xC3\xBC"
			  "cher.example") };
	struct message_kit f;
	struct header_edits e;
	struct verdict v;

	(void)state;
	message_kit_begin(&f, NULL);
	verdict_begin(&v);
	f.snapshot->config.authserv_id = "Results.Example";
	f.snapshot->config.authserv_also = (struct setting_list){ also, 2 };
	message_kit_text(
	    &f, SPAN(AR ": mx.example; a=b\n" AR ": results.example; a=b\n" AR
			": old.example; a=b\n" AR
			": xn--bcher-kva.example; a=b\n\n"));
	headers_plan(f.message, &v, &e);
	assert_string_equal(removals_text(&f, &e), AR "#4 " AR "#3 " AR "#2");
	assert_memory_equal(added(&f, &e, AR), "Results.Example;", 16);
	message_kit_end(&f);
}

#define LONG_WORDS "twelve words "
#define LONG_TEXT  LONG_WORDS LONG_WORDS LONG_WORDS LONG_WORDS LONG_WORDS

static void
test_subject_prefix(void **state)
{
	static const struct {
		const char *label, *header, *prefix, *second, *want;
	} row[] = {
		{ "plain", "Subject: hello\n\n", "[SPAM]", "",
		    "[SPAM] hello" },
		{ "blanks around it do not count", "Subject: hello\n\n",
		    " [SPAM] ", "", "[SPAM] hello" },
		{ "none", "From: a\n\n", "[SPAM]", "", "[SPAM]" },
		{ "empty", "Subject:\n\n", "[SPAM]", "", "[SPAM]" },
		{ "there already", "Subject: [spam] hello\n\n", "[SPAM]", "",
		    NULL },
		{ "behind an answer's mark", "Subject: Re: [SPAM] hello\n\n",
		    "[SPAM]", "", NULL },
		{ "there already, encoded",
		    "Subject: =?utf-8?B?W1NQQU1dIGhlbGxv?=\n\n", "[SPAM]", "",
		    NULL },
		{ "encoded words stay",
		    "Subject: =?koi8-r?B?0NLJ18XU?= =?koi8-r?Q?=2E?=\n\n",
		    "[SPAM]", "",
		    "[SPAM] =?koi8-r?B?0NLJ18XU?= =?koi8-r?Q?=2E?=" },
		{ "folds stay", "Subject: a\n b\n\tc\n\n", "[SPAM]", "",
		    "[SPAM] a\n b\n\tc" },
		{ "a long line gets a fold", "Subject: " LONG_TEXT "x\n\n",
		    "[SPAM SPAM SPAM]", "", "[SPAM SPAM SPAM]\n\t" LONG_TEXT "x" },
		{ "raw letters are encoded", "Subject: h\xC3\xA4\n\n",
		    "[SPAM]", "", "=?utf-8?B?W1NQQU1dIGjDpA==?=" },
		{ "raw letters of an old charset stay",
		    "Subject: \xF0\xD2\n x\n\n", "[SPAM]", "",
		    "[SPAM] \xF0\xD2\n x" },
		{ "so do escapes", "Subject: \x1b$B$3\x1b(B\n\n", "[SPAM]",
		    "", "[SPAM] \x1b$B$3\x1b(B" },
		{ "also behind a prefix that is not ASCII",
		    "Subject: \xF0\xD2\n\n", "\xC3\xA4:", "",
		    "=?utf-8?B?w6Q6?= \xF0\xD2" },
		{ "and where two rules write", "Subject: \xF0\xD2\n\n",
		    "[A]", "[B]", "[B] [A] \xF0\xD2" },
		{ "a prefix that is not ASCII",
		    "Subject: =?utf-8?B?aMOk?= x\n\n", "\xC3\xA4:", "",
		    "=?utf-8?B?w6Q6IGjDpCB4?=" },
		{ "two rules", "Subject: hello\n\n", "[A]", "[B]",
		    "[B] [A] hello" },
		{ "the same twice", "Subject: hello\n\n", "[A]", "[A]",
		    "[A] hello" },
		{ "two Subjects: the first", "Subject: a\nSubject: b\n\n",
		    "[A]", "", "[A] a" },
		{ "no prefix", "Subject: a\n\n", " ", "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		const struct ruled_header header[] = {
			{ false, SPAN_INIT("Subject"), span_of(row[i].prefix),
			    true },
			{ false, SPAN_INIT("Subject"), span_of(row[i].second),
			    true },
		};
		struct message_kit f;
		struct header_edits e;
		struct verdict v;
		const char *got;

		if (!table_wants(row[i].label))
			continue;
		message_kit_begin(&f, NULL);
		verdict_begin(&v);
		v.record.header = header;
		v.record.header_count = 2;
		message_kit_text(&f, span_of(row[i].header));
		headers_plan(f.message, &v, &e);
		got = added(&f, &e, "Subject");
		table_text(row[i].label, "Subject", got == NULL ? "-" : got,
		    row[i].want == NULL ? "-" : row[i].want);
		table_text(row[i].label, "removed", removals_text(&f, &e),
		    row[i].want == NULL || row[i].header[0] != 'S'
			? ""
			: "Subject#1");
		message_kit_end(&f);
	}
	table_end();
}

static void
test_rule_headers(void **state)
{
	static const struct ruled_header header[] = {
		{ true, SPAN_INIT("X-Team"), SPAN_INIT("sales"), false },
		{ false, SPAN_INIT("X-Note"), SPAN_INIT("a\r\nX-Evil: 1"),
		    false },
		{ false, SPAN_INIT("X-Bad Name"), SPAN_INIT("x"), false },
		{ false, SPAN_INIT("X-Subject"), SPAN_INIT("h\xC3\xA4"),
		    false },
	};
	struct message_kit f;
	struct header_edits e;
	struct verdict v;

	(void)state;
	message_kit_begin(&f, NULL);
	verdict_begin(&v);
	v.record.header = header;
	v.record.header_count = ARRAY_COUNT(header);
	message_kit_text(&f, SPAN("X-Team: a\nX-Note: b\nx-team: c\n\n"));
	headers_plan(f.message, &v, &e);
	assert_string_equal(removals_text(&f, &e), "x-team#2 X-Team#1");
	assert_string_equal(added(&f, &e, "X-Team"), "sales");
	assert_string_equal(added(&f, &e, "X-Note"), "a X-Evil: 1");
	assert_string_equal(added(&f, &e, "X-Subject"), "=?utf-8?B?aMOk?=");
	assert_null(added(&f, &e, "X-Bad Name"));
	message_kit_end(&f);
}

static void
test_spam_headers(void **state)
{
	static const struct matched matched[] = {
		{ .name = "pills", .score = 3.5 },
		{ .name = "new-idea", .shadow = true },
		{ .name = "stranger", .score = 3.6 },
	};
	static const struct {
		const char *label;
		enum outcome action;
		double score, junk_at;
		size_t rules;
		const char *flag, *status, *level, *points;
	} row[] = {
		{ "junk", OUTCOME_JUNK, 7.1, 6, 3, "YES",
		    "Yes, score=7.1 required=6.0 tests=pills,stranger",
		    "*******", "7.1" },
		{ "no junk", OUTCOME_ACCEPT, 3.5, 6, 1, NULL,
		    "No, score=3.5 required=6.0 tests=pills", "***", "3.5" },
		{ "nothing matched", OUTCOME_ACCEPT, 0, 6, 0, NULL,
		    "No, score=0.0 required=6.0 tests=none", NULL, "0.0" },
		{ "negative", OUTCOME_ACCEPT, -2.25, 6, 0, NULL,
		    "No, score=-2.2 required=6.0 tests=none", NULL, "-2.2" },
		{ "almost zero has no sign", OUTCOME_ACCEPT, -0.01, 6, 0, NULL,
		    "No, score=0.0 required=6.0 tests=none", NULL, "0.0" },
		{ "very high", OUTCOME_JUNK, 1000, 6, 0, "YES",
		    "Yes, score=1000.0 required=6.0 tests=none",
		    "**************************************************",
		    "1000.0" },
		{ "no threshold", OUTCOME_ACCEPT, 1, (double)NAN, 0, NULL,
		    "No, score=1.0 tests=none", "*", "1.0" },
		{ "quarantine is not junk", OUTCOME_QUARANTINE, 0, 6, 0, NULL,
		    "No, score=0.0 required=6.0 tests=none", NULL, "0.0" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct message_kit f;
		struct header_edits e;
		struct verdict v;
		const char *status;

		if (!table_wants(row[i].label))
			continue;
		message_kit_begin(&f, NULL);
		verdict_begin(&v);
		v.action = v.wanted = row[i].action;
		v.record.score = row[i].score;
		v.junk_at = row[i].junk_at;
		v.record.matched = matched;
		v.record.matched_count = row[i].rules;
		headers_plan(f.message, &v, &e);
		table_text(row[i].label, "flag", added(&f, &e, "X-Spam-Flag"),
		    row[i].flag);
		table_text(row[i].label, "level", added(&f, &e, "X-Spam-Level"),
		    row[i].level);
		table_text(row[i].label, "score", added(&f, &e, "X-Spam-Score"),
		    row[i].points);
		status = added(&f, &e, "X-Spam-Status");
		if (status == NULL ||
		    strncmp(status, row[i].status, strlen(row[i].status)) != 0)
			table_text(
			    row[i].label, "status", status, row[i].status);
		message_kit_end(&f);
	}
	table_end();
}

/* What stands on top, and that everything is folded. */
static void
test_order(void **state)
{
	static const char *const want[] = { "X-Rule", "X-Spam-Score",
		"X-Spam-Level", "X-Spam-Status", "X-Spam-Flag", "X-Verdict",
		AR };
	static const struct ruled_header header = { false, SPAN_INIT("X-Rule"),
		SPAN_INIT("1"), false };
	struct message_kit f;
	struct header_edits e;
	struct verdict v;

	(void)state;
	message_kit_begin(&f, NULL);
	verdict_begin(&v);
	v.action = v.wanted = OUTCOME_JUNK;
	v.record.score = 7;
	v.record.header = &header;
	v.record.header_count = 1;
	headers_plan(f.message, &v, &e);
	assert_int_equal(e.addition_count, ARRAY_COUNT(want));
	for (size_t i = 0; i < ARRAY_COUNT(want); i++)
		assert_true(span_is(e.addition[i].name, want[i]));
	assert_string_equal(added(&f, &e, "X-Spam-Status"),
	    "Yes, score=7.0 required=6.0 tests=none autolearn=no\n"
	    "\tversion=" PACKAGE_NAME "-" PACKAGE_VERSION);
	message_kit_end(&f);
}

static void
test_spam_off(void **state)
{
	struct message_kit f;
	struct header_edits e;
	struct verdict v;
	size_t at;

	(void)state;
	message_kit_begin(&f, NULL);
	verdict_begin(&v);
	for (at = 0; strcmp(f.snapshot->checks->check[at]->name, "marks") != 0;)
		at++;
	((struct header_settings *)f.snapshot->settings[at])->spam = false;
	headers_plan(f.message, &v, &e);
	assert_int_equal(e.addition_count, 2);
	message_kit_end(&f);
}

static struct header_settings *
settings_of(struct message_kit *f)
{
	size_t at = 0;

	while (strcmp(f->snapshot->checks->check[at]->name, "marks") != 0)
		at++;
	return f->snapshot->settings[at];
}

/* Mail of our own users carries nothing of ours out of the house. */
static void
test_own_users(void **state)
{
	static const struct ruled_header ruled = { false, SPAN_INIT("X-Ours"),
		SPAN_INIT("yes"), false };
	static const enum direction ours[] = { DIRECTION_SUBMISSION,
		DIRECTION_LOCAL };
	struct message_kit f;
	struct header_edits e;
	struct verdict v;

	(void)state;
	message_kit_begin(&f, NULL);
	verdict_begin(&v);
	f.message->auth_user = SPAN("ann");
	for (size_t i = 0; i < ARRAY_COUNT(ours); i++) {
		f.message->direction = ours[i];
		v.action = OUTCOME_ACCEPT;
		headers_plan(f.message, &v, &e);
		assert_int_equal(e.addition_count, 0);
		v.action = OUTCOME_JUNK;
		v.record.header = &ruled;
		v.record.header_count = 1;
		headers_plan(f.message, &v, &e);
		assert_int_equal(e.addition_count, 2);
		assert_string_equal(added(&f, &e, "X-Ours"), "yes");
		assert_string_equal(added(&f, &e, "X-Spam-Flag"), "YES");
		v.record.header_count = 0;
	}
	f.message->direction = DIRECTION_RELAY;
	headers_plan(f.message, &v, &e);
	assert_non_null(added(&f, &e, "X-Verdict"));
	message_kit_end(&f);
}

static void
test_directions(void **state)
{
	static const struct span all[] = { SPAN_INIT("inbound"),
		SPAN_INIT("submission"), SPAN_INIT("local") };
	struct message_kit f;
	struct header_edits e;
	struct verdict v;

	(void)state;
	message_kit_begin(&f, NULL);
	verdict_begin(&v);
	settings_of(&f)->directions = (struct setting_list){ all, 3 };
	f.message->direction = DIRECTION_SUBMISSION;
	f.message->auth_user = SPAN("ann; spf=pass");
	f.message->sender.raw = SPAN("ann@example.org");
	headers_plan(f.message, &v, &e);
	assert_string_equal(added(&f, &e, AR),
	    "mx.example;\n\tauth=pass smtp.auth=\"ann; spf=pass\" "
	    "smtp.mailfrom=ann@example.org");
	f.message->direction = DIRECTION_LOCAL;
	headers_plan(f.message, &v, &e);
	assert_null(added(&f, &e, AR));
	f.message->direction = DIRECTION_INBOUND;
	f.session.hostname = SPAN("");
	headers_plan(f.message, &v, &e);
	assert_memory_equal(added(&f, &e, AR), "localhost;", 10);
	message_kit_end(&f);
}

static void
test_verdict(void **state)
{
	static const char *const tags[] = { "a;b", "c d" };
	struct message_kit f;
	struct verdict v;

	(void)state;
	message_kit_begin(&f, NULL);
	verdict_begin(&v);
	(void)snprintf(f.message->id, sizeof(f.message->id), "0H3K9ZQ1T");
	assert_string_equal(headers_verdict(f.message, &v).p,
	    "v=1; id=0H3K9ZQ1T; verdict=accept; score=0; stage=eom;\n"
	    "\tdirection=inbound");
	v.action = OUTCOME_ACCEPT;
	v.wanted = OUTCOME_REJECT;
	v.rule = "junk threshold";
	v.record.score = 7.125;
	v.disagreed = true;
	v.record.tag = tags;
	v.record.tag_count = 2;
	message_flag(f.message, "limit");
	message_flag(f.message, "subject-multiple");
	message_incomplete(f.message, "dnsbl:zen");
	assert_string_equal(headers_verdict(f.message, &v).p,
	    "v=1; id=0H3K9ZQ1T; verdict=accept; wanted=reject;\n"
	    "\trule=junk%20threshold; score=7.125; stage=eom; "
	    "direction=inbound;\n"
	    "\trecipients=disagreed; tags=a%3Bb,c%20d; "
	    "flags=limit,subject-multiple;\n"
	    "\tincomplete=dnsbl:zen");
	message_kit_end(&f);
}

static void
test_verdict_bounds(void **state)
{
	static char name[5000];
	const char *tags[500];
	struct message_kit f;
	struct verdict v;
	struct span value, line;

	(void)state;
	memset(name, ';', sizeof(name) - 1);
	message_kit_begin(&f, NULL);
	verdict_begin(&v);
	for (size_t i = 0; i < ARRAY_COUNT(tags); i++)
		tags[i] = name;
	v.rule = name;
	v.record.tag = tags;
	v.record.tag_count = ARRAY_COUNT(tags);
	message_flag(f.message, "limit");
	value = headers_verdict(f.message, &v);
	assert_true(value.n < 3000);
	assert_true(span_search(value, SPAN(",more;")) != SIZE_MAX ||
		    span_search(value, SPAN("\tmore;")) != SIZE_MAX);
	assert_true(span_ends(value, SPAN("flags=limit")));
	while (span_cut(&value, '\n', &line))
		assert_true(line.n <= 998);
	message_kit_end(&f);
}

static void
test_text(void **state)
{
	static const struct {
		const char *label;
		struct span value;
		const char *want;
	} row[] = {
		{ "short", SPAN_INIT("abc"), "abc" },
		{ "empty", SPAN_INIT(""), "" },
		{ "not there", { NULL, 0 }, "" },
		{ "control characters",
		    SPAN_INIT("a\tb\0c\x7f"
			      "d"),
		    "a b c d" },
		{ "space around", SPAN_INIT("  a  "), "a" },
		{ "folds at spaces",
		    SPAN_INIT("0123456789 0123456789 0123456789 0123456789 "
			      "0123456789 0123456789 0123456789 x"),
		    "0123456789 0123456789 0123456789 0123456789 "
		    "0123456789 0123456789\n\t0123456789 x" },
		{ "not UTF-8", SPAN_INIT("\xE4"), "=?utf-8?B?77+9?=" },
		{ "encoded words end between characters",
		    SPAN_INIT("\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3"
			      "\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4"
			      "\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3"
			      "\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4"
			      "\xC3\xA4"),
		    "=?utf-8?B?w6TDpMOkw6TDpMOkw6TDpMOkw6TDpMOkw6TDpMOkw6TD"
		    "pMOkw6TDpMOkw6Q=?=\n\t=?utf-8?B?w6Q=?=" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct arena *a = arena_new();

		if (table_wants(row[i].label))
			table_text(row[i].label, "text",
			    header_text(a, SPAN("X-Test"), row[i].value,
				HEADER_TEXT_SPACES)
				.p,
			    row[i].want);
		arena_free(&a);
	}
	table_end();
}

static void
test_json(void **state)
{
	struct header_edit removal = { SPAN("X-A"), 2, SPAN("") };
	struct header_edit addition[] = { { SPAN("B"), 0, SPAN("low") },
		{ SPAN("A"), 0, SPAN("a\n\tb") } };
	struct header_edits e = { .removal = &removal,
		.removal_count = 1,
		.addition = addition,
		.addition_count = 2 };
	struct jsonw w;
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	jsonw_init(&w, &b);
	jsonw_object(&w, NULL);
	headers_json(&e, &w);
	jsonw_end(&w);
	(void)buf_addc(&b, '\0');
	assert_string_equal(b.p,
	    "{\"headers_removed\":[[\"X-A\",2]],\"headers_added\":"
	    "[[\"A\",\"a\\n\\tb\"],[\"B\",\"low\"]]}");
	buf_free(&b);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_removals),
	cmocka_unit_test(test_many_removals),
	cmocka_unit_test(test_further_ids),
	cmocka_unit_test(test_rule_headers),
	cmocka_unit_test(test_subject_prefix),
	cmocka_unit_test(test_spam_headers),
	cmocka_unit_test(test_order),
	cmocka_unit_test(test_spam_off),
	cmocka_unit_test(test_own_users),
	cmocka_unit_test(test_directions),
	cmocka_unit_test(test_verdict),
	cmocka_unit_test(test_verdict_bounds),
	cmocka_unit_test(test_text),
	cmocka_unit_test(test_json),
};

TABLE_MAIN(tests)
