/*
 * Header fields: how a message is split into them, what is wrong with them,
 * and the limits.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "rules/mail/header.h"
#include "rules/mail/header_hidden.h"

/* "name#index=value" for each field, "|" between, "~" for CR, LF and NUL. */
static const char *
fields_text(const struct header_list *h, struct arena *a)
{
	char *text = arena_printf(a, "%s", "");

	for (size_t i = 0; i < h->count; i++) {
		const struct header_field *f = &h->field[i];
		char *value = arena_strdup(a, f->value);

		for (size_t k = 0; k < f->value.n; k++)
			if (strchr("\r\n", value[k]) != NULL)
				value[k] = '~';
		text = arena_printf(a, "%s%s%.*s#%zu=%s", text, i ? "|" : "",
		    SPAN_FMT(f->name), f->index, value);
	}
	return text;
}

static void
test_split(void **state)
{
	static const struct {
		const char *label;
		struct span message;
		const char *fields, *body;
		unsigned anomalies;
	} row[] = {
		{ "CRLF", SPAN_INIT("A: 1\r\nB: 2\r\n\r\nbody\r\n"),
		    "A#1=1|B#1=2", "body\r\n", 0 },
		{ "LF", SPAN_INIT("A: 1\nB: 2\n\nbody\n"), "A#1=1|B#1=2",
		    "body\n", 0 },
		{ "no body", SPAN_INIT("A: 1\r\n"), "A#1=1", "", 0 },
		{ "no line end", SPAN_INIT("A: 1"), "A#1=1", "", 0 },
		{ "nothing", SPAN_INIT(""), "", "", 0 },
		{ "not there", { NULL, 0 }, "", "", 0 },
		{ "body only", SPAN_INIT("\r\nbody"), "", "body", 0 },
		{ "folds", SPAN_INIT("A: 1\r\n  2\r\n\t3\r\n\r\n"),
		    "A#1=1  2\t3", "", 0 },
		{ "fold with LF", SPAN_INIT("A: 1\n 2\n\n"), "A#1=1 2", "", 0 },
		{ "fold first", SPAN_INIT("A:\r\n 1\r\n\r\n"), "A#1=1", "", 0 },
		{ "blank fold", SPAN_INIT("A: 1\r\n \r\n 2\r\n\r\n"),
		    "A#1=1  2", "", HEADER_BLANK_FOLD },
		{ "CR before a field", SPAN_INIT("A: 1\rB: 2\r\n\r\n"),
		    "A#1=1~B: 2", "", HEADER_BARE_CR | HEADER_HIDDEN_FIELD },
		{ "CR in a fold before a field",
		    SPAN_INIT("A: 1\r\n 2\rB : 2\r\n\r\n"), "A#1=1 2~B : 2", "",
		    HEADER_BARE_CR | HEADER_HIDDEN_FIELD },
		{ "CR before a field with its colon on the next line",
		    SPAN_INIT("A: 1\rB\r\n : 2\r\n\r\n"), "A#1=1~B : 2", "",
		    HEADER_BARE_CR | HEADER_HIDDEN_FIELD },
		{ "CR CR", SPAN_INIT("A: 1\r\rbody\r\n\r\n"), "A#1=1~~body", "",
		    HEADER_BARE_CR | HEADER_HIDDEN_FIELD },
		{ "CR before a line that is no field",
		    SPAN_INIT("A: 1\r2 3: 4\r\n\r\n"), "A#1=1~2 3: 4", "",
		    HEADER_BARE_CR },
		{ "CR before a fold", SPAN_INIT("A: 1\r B: 2\r\n\r\n"),
		    "A#1=1~ B: 2", "", HEADER_BARE_CR },
		{ "CRs at the end of a line",
		    SPAN_INIT("A: 1\r\r\nB: 2\r\n\r\n"), "A#1=1|B#1=2", "", 0 },
		{ "fields in folds", SPAN_INIT("A: 1\r\n B: 2\r\n\r\n"),
		    "A#1=1 B: 2", "", 0 },
		{ "same name in any case",
		    SPAN_INIT("A: 1\r\nB: x\r\na: 2\r\nA: 3\r\n\r\n"),
		    "A#1=1|B#1=x|a#2=2|A#3=3", "", 0 },
		{ "empty value", SPAN_INIT("A:\r\nB: \r\n\r\n"),
		    "A#1=|B#1=", "", 0 },
		{ "space before the colon", SPAN_INIT("From : a@b\r\n\r\nbody"),
		    "From#1=a@b", "body", HEADER_SPACE_COLON },
		{ "leading space on the first line",
		    SPAN_INIT(" From: a@b\r\nB: 2\r\n\r\nbody"), "",
		    " From: a@b\r\nB: 2\r\n\r\nbody",
		    HEADER_LEADING_SPACE | HEADER_FROM_LIKE },
		{ "leading space later is a fold",
		    SPAN_INIT("A: 1\r\n From: a@b\r\n\r\nbody"),
		    "A#1=1 From: a@b", "body", 0 },
		{ "name and colon on two lines",
		    SPAN_INIT("A: 1\r\nFrom\r\n : a@b\r\n\r\nbody"), "A#1=1",
		    "From\r\n : a@b\r\n\r\nbody",
		    HEADER_NO_COLON | HEADER_FROM_LIKE },
		{ "line without colon", SPAN_INIT("A: 1\nhello\nB: 2\n\n"),
		    "A#1=1", "hello\nB: 2\n\n", HEADER_NO_COLON },
		{ "colon first", SPAN_INIT("A: 1\n: x\n\n"), "A#1=1", ": x\n\n",
		    HEADER_NO_COLON },
		{ "space inside the name", SPAN_INIT("A: 1\nB C: x\n\n"),
		    "A#1=1", "B C: x\n\n", HEADER_NO_COLON },
		{ "8-bit name", SPAN_INIT("A: 1\n\xC3\xA4: x\n\n"), "A#1=1",
		    "\xC3\xA4: x\n\n", HEADER_NO_COLON },
		{ "8-bit value", SPAN_INIT("A: \xC3\xA4\n\n"), "A#1=\xC3\xA4",
		    "", HEADER_8BIT },
		{ "mailbox line",
		    SPAN_INIT("From joe Thu Jan  1 00:00:00\n"
			      "A: 1\n\n"),
		    "X-Mailbox-Line#1=From joe Thu Jan  1 00:00:00|A#1=1", "",
		    0 },
		{ "quoted mailbox line", SPAN_INIT(">From joe\nA: 1\n\n"),
		    "X-Mailbox-Line#1=>From joe|A#1=1", "", 0 },
		{ "mailbox line later", SPAN_INIT("A: 1\nFrom joe\n\n"),
		    "A#1=1", "From joe\n\n", HEADER_NO_COLON },
		{ "NUL", SPAN_INIT("A: 1\0\r\n\r\n"), "A#1=1~", "",
		    HEADER_NUL },
		{ "bare CR", SPAN_INIT("A: 1\rB 2\r\n\r\n"), "A#1=1~B 2", "",
		    HEADER_BARE_CR },
		{ "two CR at the line end", SPAN_INIT("A: 1\r\r\n\r\r\nbody"),
		    "A#1=1", "body", 0 },
		{ "two CR at a fold", SPAN_INIT("A: 1\r\r\n 2\r\n\r\nbody"),
		    "A#1=1 2", "body", HEADER_BARE_CR },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct arena *a = arena_new();
		struct header_list h;
		struct span body;
		unsigned anomalies = 0;

		header_list_init(&h, a);
		header_split(row[i].message, &h, &body, &anomalies);
		if (table_wants(row[i].label)) {
			table_text(row[i].label, "fields", fields_text(&h, a),
			    row[i].fields);
			table_text(row[i].label, "body", arena_strdup(a, body),
			    row[i].body);
			table_number(row[i].label, "anomalies", anomalies,
			    row[i].anomalies);
		}
		arena_free(&a);
	}
	table_end();
}

static void
test_raw(void **state)
{
	struct arena *a = arena_new();
	struct header_list h;
	const struct header_field *f;
	struct span body;
	unsigned anomalies = 0;

	(void)state;
	header_list_init(&h, a);
	header_split(
	    SPAN("Su :  x \r\n\ty \r\nTo:z\r\n\r\n"), &h, &body, &anomalies);
	f = header_get(&h, "SU", 0);
	assert_non_null(f);
	assert_true(span_is(f->raw_name, "Su "));
	assert_true(span_is(f->raw, "  x \r\n\ty "));
	assert_true(span_is(f->value, "x \ty"));
	assert_true(span_is(header_get(&h, "to", 0)->raw, "z"));
	assert_null(header_get(&h, "to", 1));
	assert_null(header_get(&h, "cc", 0));
	assert_int_equal(header_count(&h, "to"), 1);
	assert_int_equal(header_count(&h, "cc"), 0);
	/* As a milter gets it: LF folds, a name with space before the colon. */
	f = header_add(&h, SPAN("SU\t"), SPAN(" a\n b"));
	assert_true(span_is(f->value, "a b") && f->index == 2);
	assert_ptr_equal(header_next(&h, header_get(&h, "su", 0)), f);
	assert_null(header_next(&h, f));
	arena_free(&a);
}

static void
test_long_line(void **state)
{
	static const struct {
		const char *label;
		size_t length; /* of the value, which has no space */
		unsigned want;
	} row[] = {
		{ "998 octets", 998 - 2, 0 },
		{ "999 octets", 999 - 2, HEADER_LONG_LINE },
	};
	static char value[1000];

	(void)state;
	memset(value, 'x', sizeof(value));
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct arena *a = arena_new();
		struct header_list h;

		header_list_init(&h, a);
		(void)header_add(
		    &h, SPAN("A"), span_make(value, row[i].length));
		table_number(
		    row[i].label, "anomalies", h.anomalies, row[i].want);
		arena_free(&a);
	}
	table_end();
}

/* Many fields: flagged, decisive ones kept, the rest bounded. */
static void
test_fields_limit(void **state)
{
	struct arena *a = arena_new();
	struct header_list h;

	(void)state;
	header_list_init(&h, a);
	for (size_t i = 0; i < HEADER_FIELDS_SEEN; i++)
		(void)header_add(&h, SPAN("X-A"), SPAN(" 1"));
	assert_int_equal(h.anomalies, 0);
	assert_int_equal(header_seen(&h), HEADER_FIELDS_SEEN);
	for (size_t i = HEADER_FIELDS_SEEN; i < HEADER_FIELDS_MAX; i++)
		(void)header_add(&h, SPAN("X-A"), SPAN(" 1"));
	assert_int_equal(h.anomalies, HEADER_LIMIT);
	for (size_t i = 0; i < 50000; i++) {
		char name[16];
		int n = snprintf(name, sizeof(name), "X-%zu", i);

		(void)header_add(&h, span_make(name, (size_t)n), SPAN(" 1"));
	}
	assert_int_equal(h.anomalies, HEADER_LIMIT | HEADER_OVERFULL);
	assert_int_equal(h.count, HEADER_FIELDS_MAX);
	assert_int_equal(header_seen(&h), HEADER_FIELDS_SEEN);
	assert_int_equal(h.dropped, 50000);
	for (size_t i = 0; i < 50000; i++)
		(void)header_add(&h, SPAN("FROM"), SPAN(" a@b"));
	assert_non_null(header_get(&h, "from", 0));
	assert_int_equal(h.count, 2 * HEADER_FIELDS_MAX);
	assert_int_equal(header_count(&h, "from"), HEADER_FIELDS_MAX);
	arena_free(&a);
}

static void
test_octets_limit(void **state)
{
	static char big[1 << 20];
	struct arena *a = arena_new();
	struct header_list h;
	const struct header_field *f;

	(void)state;
	memset(big, 'x', sizeof(big));
	header_list_init(&h, a);
	(void)header_add(&h, SPAN("Subject"), SPAN("hello"));
	f = header_add(&h, SPAN("A"), span_make(big, sizeof(big)));
	assert_int_equal(f->raw.n, sizeof(big));
	assert_int_equal(h.anomalies, HEADER_LIMIT | HEADER_LONG_LINE);
	assert_int_equal(header_seen(&h), 1);
	f = header_add(&h, SPAN("A"), span_make(big, sizeof(big)));
	assert_true(f->cut && f->raw.n == HEADER_CUT && f->index == 2);
	assert_int_equal(
	    h.anomalies, HEADER_LIMIT | HEADER_LONG_LINE | HEADER_OVERFULL);
	f = header_add(&h, SPAN("A"), SPAN("still fits"));
	assert_true(!f->cut && f->index == 3);
	arena_free(&a);
}

/* What others see inside of a field: "name=value" or "end", by fold or CR. */
static void
test_hidden(void **state)
{
	static const struct {
		const char *label;
		struct span name, raw;
		const char *want;
	} row[] = {
		{ "nothing", SPAN_INIT("A"), SPAN_INIT(" 1"), "" },
		{ "a fold", SPAN_INIT("A"), SPAN_INIT(" 1\r\n B: 2"),
		    "fold B= 2|" },
		{ "a CR", SPAN_INIT("A"), SPAN_INIT(" 1\rB : 2"), "cr B= 2|" },
		{ "its folds", SPAN_INIT("A"), SPAN_INIT(" 1\rB: 2\n 3\rC:"),
		    "cr B= 2~ 3~|cr C=|" },
		{ "two folds", SPAN_INIT("A"), SPAN_INIT("\n B: 2\n x\n C: 3"),
		    "fold B= 2~ x~|fold C= 3|" },
		{ "colon on the next line", SPAN_INIT("A"),
		    SPAN_INIT("\n B\n : 2"), "fold B= 2|" },
		{ "no colon", SPAN_INIT("A"), SPAN_INIT("\n B\n c : 2"),
		    "fold c= 2|" },
		{ "the end", SPAN_INIT("A"), SPAN_INIT("1\r\rB: 2"),
		    "end|cr B= 2|" },
		{ "the end behind what is no field", SPAN_INIT("A"),
		    SPAN_INIT("1\rFrom\r\rB: 2"), "end|cr B= 2|" },
		{ "CRs at the end", SPAN_INIT("A"), SPAN_INIT("1\r"), "" },
		{ "CRs before an LF", SPAN_INIT("A"),
		    SPAN_INIT("1\r\r\r\n B: 2"), "fold B= 2|" },
		{ "in the name", SPAN_INIT("A\rB"), SPAN_INIT(" 1\n 2\rC: 3"),
		    "cr B= 1~ 2~|cr C= 3|" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct header_walk w = { .raw_name = row[i].name,
			.raw = row[i].raw };
		struct header_hidden hidden;
		char *text = arena_printf(a, "%s", "");

		if (!table_wants(row[i].label))
			continue;
		while (header_hidden_next(&w, &hidden))
			text = arena_printf(a, "%s%s%.*s%s%.*s|", text,
			    hidden.end    ? "end"
			    : hidden.fold ? "fold "
					  : "cr ",
			    SPAN_FMT(hidden.name), hidden.end ? "" : "=",
			    SPAN_FMT(hidden.value));
		for (char *p = text; *p != '\0'; p++)
			if (*p == '\r' || *p == '\n')
				*p = '~';
		table_text(row[i].label, "seen", text, row[i].want);
	}
	arena_free(&a);
	table_end();
}

/* A megabyte of CRs, or of folds, takes linear time. */
static void
test_hidden_large(void **state)
{
	static char big[1 << 20];
	static const char *const piece[] = { "\r", "\n ",
		"\rA:", "\n A:", "\rA", "\n A\n :", "\r\r\n " };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(piece); i++) {
		size_t n = strlen(piece[i]), seen = 0;
		struct header_walk w = { .raw_name = SPAN("X"),
			.raw = span_make(big, sizeof(big) / n * n) };
		struct header_hidden hidden;

		for (size_t k = 0; k < sizeof(big); k++)
			big[k] = piece[i][k % n];
		while (header_hidden_next(&w, &hidden))
			seen++;
		assert_true(seen <= sizeof(big));
	}
}

/* Fields that come when there is no room: who the author is, no more. */
static void
test_tight_header(void **state)
{
	struct arena *a = arena_new();
	struct header_list h;
	char *text = arena_alloc(a, 1000);

	(void)state;
	memset(text, 'x', 1000);
	header_list_init(&h, a);
	assert_non_null(header_add(&h, SPAN("X-Early"), SPAN(" x")));
	h.tight = true;
	assert_null(header_add(&h, SPAN("X-Late"), SPAN(" x")));
	assert_int_equal(
	    header_add(&h, SPAN("From"), span_make(text, 1000))->raw.n,
	    HEADER_CUT);
	for (size_t i = 0; i < 2 * HEADER_FIELDS_SEEN; i++)
		(void)header_add(&h, SPAN("From"), SPAN(" x"));
	assert_int_equal(h.count, 1 + HEADER_FIELDS_SEEN);
	assert_true((h.anomalies & HEADER_LIMIT) != 0);
	assert_true(header_lost(&h));
	arena_free(&a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_split),
	cmocka_unit_test(test_raw),
	cmocka_unit_test(test_long_line),
	cmocka_unit_test(test_fields_limit),
	cmocka_unit_test(test_octets_limit),
	cmocka_unit_test(test_hidden),
	cmocka_unit_test(test_hidden_large),
	cmocka_unit_test(test_tight_header),
};

TABLE_MAIN(tests)
