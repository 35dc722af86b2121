/*
 * The lexer of verdict.conf and rule files, the literals, and how errors are
 * shown.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "rules/source/diag.h"
#include "rules/source/lexer.h"
#include "rules/source/literal.h"

static void
describe(struct buf *out, const struct token *t)
{
	switch (t->kind) {
	case TOKEN_WORD:
		(void)buf_printf(out, "%.*s", SPAN_FMT(t->text));
		break;
	case TOKEN_STRING:
		(void)buf_printf(out, "<%.*s>", SPAN_FMT(t->text));
		break;
	case TOKEN_PATTERN:
		(void)buf_printf(
		    out, "/%.*s/%.*s", SPAN_FMT(t->text), SPAN_FMT(t->flags));
		break;
	case TOKEN_NEWLINE:
		(void)buf_addz(out, "|");
		break;
	case TOKEN_BAD:
		(void)buf_addz(out, "BAD");
		break;
	default:
		(void)buf_addz(out, token_kind_name(t->kind));
	}
}

/* All tokens of a text with spaces between; the errors' first line behind. */
static void
lex(const char *label, struct span text, bool joined, const char *want)
{
	struct arena *a = arena_new();
	struct diags d;
	struct lexer l;
	struct buf out;
	struct token t;

	diags_init(&d, a);
	buf_init(&out, 4096);
	lexer_init(&l, diags_source(&d, SPAN("t"), text), &d);
	l.joined = joined;
	while ((t = lexer_next(&l)).kind != TOKEN_END) {
		if (out.n > 0)
			(void)buf_addc(&out, ' ');
		describe(&out, &t);
	}
	if (d.count > 0)
		(void)buf_printf(
		    &out, "; %zu: %s", d.item[0].place.at, d.item[0].message);
	if ((d.errors > 0) != l.failed)
		table_fail(label, "failed is not sticky");
	(void)buf_addc(&out, '\0');
	table_text(label, "tokens", out.p, want);
	buf_free(&out);
	arena_free(&a);
}

static void
test_tokens(void **state)
{
	static const struct {
		const char *label;
		struct span text;
		bool joined;
		const char *want;
	} row[] = {
		{ "words and a line", SPAN_INIT("listen inet:127.0.0.1:8899\n"),
		    false, "listen inet:127.0.0.1:8899 |" },
		{ "networks, ranges, codes, units",
		    SPAN_INIT("192.0.2.0/24 2001:db8::/32 127.0.0.2-4 5.7.1 "
			      "10M 5s -2 0.5 50% /etc/x a@b.example [::1]:53"),
		    false,
		    "192.0.2.0/24 2001:db8::/32 127.0.0.2-4 5.7.1 10M 5s -2 "
		    "0.5 50% /etc/x a@b.example [::1]:53" },
		{ "marks need no space", SPAN_INIT("a=b!=c<=d(e,f)"), false,
		    "a \"=\" b \"!=\" c \"<=\" d \"(\" e \",\" f \")\"" },
		{ "string", SPAN_INIT("\"a \\\"b\\\" \\\\ c\\n#\""), false,
		    "<a \"b\" \\ c\n#>" },
		{ "comment ends a line",
		    SPAN_INIT("a # b \"\n\n# c\n   # d\nb#c"), false, "a | b" },
		{ "comment at the end without line end", SPAN_INIT("a #"),
		    false, "a" },
		{ "CRLF", SPAN_INIT("a\r\nb\r\n"), false, "a | b |" },
		{ "joined lines", SPAN_INIT("a\nb # c\n d\n"), true, "a b d" },
		{ "byte order mark",
		    SPAN_INIT("\xef\xbb\xbf"
			      "a"),
		    false, "a" },
		{ "pattern after ~ only", SPAN_INIT("a ~ /b c/i /d/e"), false,
		    "a \"~\" /b c/i /d/e" },
		{ "pattern after !~", SPAN_INIT("a !~ /x(y)/"), false,
		    "a \"!~\" /x(y)/" },
		{ "slash and bracket in patterns",
		    SPAN_INIT("~/a\\/b[/]c[]/]d[^]/]e[[:alpha:]/]f/i"), false,
		    "\"~\" /a\\/b[/]c[]/]d[^]/]e[[:alpha:]/]f/i" },
		{ "escaped bracket is no class", SPAN_INIT("~ /\\[/ b"), false,
		    "\"~\" /\\[/ b" },
		{ "not ASCII", SPAN_INIT("m\xc3\xbcnchen.example"), false,
		    "m\xc3\xbcnchen.example" },
		{ "open string", SPAN_INIT("a \"b\nc"), false,
		    "a BAD | c; 2: this string does not end on its line" },
		{ "string that ends in a backslash", SPAN_INIT("\"b\\"), false,
		    "BAD; 0: this string does not end on its line" },
		{ "open pattern", SPAN_INIT("~ /b\nc"), false,
		    "\"~\" BAD | c; 2: this pattern does not end on its "
		    "line" },
		{ "open pattern, backslash last", SPAN_INIT("~ /b\\"), false,
		    "\"~\" BAD; 2: this pattern does not end on its line" },
		{ "open class", SPAN_INIT("~ /b[/\nc"), false,
		    "\"~\" BAD | c; 2: this pattern does not end on its "
		    "line" },
		{ "bad escape", SPAN_INIT("\"a\\d\" b"), false,
		    "BAD b; 2: nothing is written with this backslash" },
		{ "==", SPAN_INIT("a == b"), false,
		    "a BAD b; 2: \"==\" is not used here" },
		{ "&& without space", SPAN_INIT("a&&b"), false,
		    "a BAD b; 1: \"&&\" is not used here" },
		{ "lone !", SPAN_INIT("!a"), false,
		    "BAD a; 0: \"!\" is not used here" },
		{ "typographic quote",
		    SPAN_INIT("\xe2\x80\x9c"
			      "a"),
		    false, "BAD a; 0: \"\xe2\x80\x9c\" is not used here" },
		{ "no-break space ends a word",
		    SPAN_INIT("a\xc2\xa0"
			      "b"),
		    false, "a BAD b; 1: \"\xc2\xa0\" is not used here" },
		{ "control", SPAN_INIT("a\x01"), false,
		    "a BAD; 1: a control character can't stand here" },
		{ "bare CR", SPAN_INIT("a\rb"), false,
		    "a BAD b; 1: a control character can't stand here" },
		{ "NUL", SPAN_INIT("a b\0c"), false,
		    "a b; 3: the file contains a NUL" },
		{ "Latin-1", SPAN_INIT("a \"\xfc\" c"), false,
		    "a BAD; 3: the file is not valid UTF-8" },
		{ "overlong", SPAN_INIT("a \xc0\xaf"), false,
		    "a; 2: the file is not valid UTF-8" },
		{ "surrogate", SPAN_INIT("a \xed\xa0\x80"), false,
		    "a; 2: the file is not valid UTF-8" },
		{ "cut character", SPAN_INIT("a \xe2\x80"), false,
		    "a; 2: the file is not valid UTF-8" },
		{ "empty", SPAN_INIT(""), false, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++)
		if (table_wants(row[i].label))
			lex(row[i].label, row[i].text, row[i].joined,
			    row[i].want);
	table_end();
}

static void
test_lines(void **state)
{
	struct arena *a = arena_new();
	struct diags d;
	struct lexer l;
	struct token t;

	(void)state;
	diags_init(&d, a);
	lexer_init(&l,
	    diags_source(
		&d, SPAN("t"), SPAN("1 # a\n# b\n\n4 \"4\"\r\n5\n/6 6/ 6\n")),
	    &d);
	l.joined = true;
	for (;;) {
		t = *lexer_peek(&l);
		l.pattern = true;
		t = lexer_next(&l);
		if (t.kind == TOKEN_END)
			break;
		assert_int_equal(t.line, t.text.p[0] - '0');
	}
	arena_free(&a);
}

/* A parser that wants a pattern where it has already looked at a word. */
static void
test_pattern_asked_for(void **state)
{
	struct arena *a = arena_new();
	struct diags d;
	struct lexer l;

	(void)state;
	diags_init(&d, a);
	lexer_init(&l, diags_source(&d, SPAN("t"), SPAN("/a b/i /c d/")), &d);
	assert_int_equal(lexer_peek(&l)->kind, TOKEN_WORD);
	l.pattern = true;
	assert_int_equal(lexer_peek(&l)->kind, TOKEN_PATTERN);
	assert_true(span_is(lexer_next(&l).text, "a b"));
	assert_int_equal(lexer_next(&l).kind, TOKEN_WORD);
	arena_free(&a);
}

/* A rule that is written here has to be read again. */
static void
test_written_numbers(void **state)
{
	static const struct {
		double number;
		bool exact;
		const char *want;
	} row[] = {
		{ 0, true, "0" },
		{ -3, true, "-3" },
		{ 0.1, true, "0.1" },
		{ 60681098880, true, "60681098880" },
		{ 12345.678901, true, "12345.678901" },
		{ 0.0000001, true, "0.0000001" },
		{ 1e17, true, "100000000000000000" },
		{ 1e30, false, "0" },
		{ 1.0 / 3, true, "0.3333333333333333" },
	};
	char text[LITERAL_NUMBER_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		bool exact = literal_write(row[i].number, text);

		if (exact != row[i].exact || strcmp(text, row[i].want) != 0)
			table_fail(row[i].want, "got \"%s\", %s", text,
			    exact ? "exact" : "not exact");
	}
	table_end();
}

static void
test_literals(void **state)
{
	static const struct {
		const char *text;
		bool good;
		double want;
	} row[] = {
		{ "3", true, 3 },
		{ "-2.25", true, -2.25 },
		{ "+1", true, 1 },
		{ "10M", true, 10485760 },
		{ "1.5M", true, 1572864 },
		{ "0.5h", true, 1800 },
		{ "1.5X", false, 0 },
		{ "1.5.2M", false, 0 },
		{ "64kB", true, 65536 },
		{ "1500ms", true, 1.5 },
		{ "10m", true, 600 },
		{ "2h", true, 7200 },
		{ "7d", true, 604800 },
		{ "22:30", true, 1350 },
		{ "24:00", true, 1440 },
		{ "24:01", false, 0 },
		{ "22:3", false, 0 },
		{ "", false, 0 },
		{ "-", false, 0 },
		{ ".5", false, 0 },
		{ "5.", false, 0 },
		{ "1.2.3", false, 0 },
		{ "1e3", false, 0 },
		{ "0x10", false, 0 },
		{ "5x", false, 0 },
		{ "99999999999999999999", false, 0 },
		{ "999999999999999w", false, 0 },
		{ "999999999999999T", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		double got = 0;
		bool good = literal_quantity(span_of(row[i].text), &got);

		if (good != row[i].good || (good && got != row[i].want))
			table_fail(row[i].text, "got %d %g", good, got);
	}
	table_end();
}

static void
test_suggestions(void **state)
{
	static const char *const known[] = { "dmarc", "dkim", "spf",
		"from.domain", "client.ip" };
	static const struct {
		const char *word, *want;
	} row[] = {
		{ "dmrac", "dmarc" },
		{ "DMARC", "dmarc" },
		{ "from.domian", "from.domain" },
		{ "clientip", "client.ip" },
		{ "spff", "spf" },
		{ "x", NULL },
		{ "subject", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++)
		table_text(row[i].word, "suggestion",
		    diag_suggest(
			span_of(row[i].word), known, ARRAY_COUNT(known)),
		    row[i].want);
	table_end();
}

static void
test_print(void **state)
{
	static const struct {
		const char *label;
		struct span text;
		size_t at, n;
		const char *want;
	} row[] = {
		{ "indentation is dropped, the word underlined",
		    SPAN_INIT("one\n\twhen dmrac = pass\n"), 10, 5,
		    "f:2:7: error: m\n    when dmrac = pass\n"
		    "         ^~~~~\n" },
		{ "tab before, wide and combining characters",
		    SPAN_INIT("a\t\xe6\x97\xa5"
			      "e\xcc\x81 here"),
		    9, 4,
		    "f:1:7: error: m\n    a \xe6\x97\xa5"
		    "e\xcc\x81 here\n          ^~~~\n" },
		{ "controls, bidi and bad bytes are not printed",
		    SPAN_INIT("\x1b[31m\xe2\x80\xae\xff x"), 10, 1,
		    "f:1:9: error: m\n    ?[31m?? x\n            ^\n" },
		{ "at the end of the file", SPAN_INIT("a\nbc"), 4, 0,
		    "f:2:3: error: m\n    bc\n      ^\n" },
		{ "beyond the end", SPAN_INIT("ab"), 9, 3,
		    "f:1:3: error: m\n    ab\n      ^\n" },
		{ "CRLF is not shown", SPAN_INIT("ab\r\ncd"), 0, 9,
		    "f:1:1: error: m\n    ab\n    ^~\n" },
	};
	struct arena *a = arena_new();
	struct buf out;

	(void)state;
	buf_init(&out, 4096);
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct diags d;
		struct place p = { NULL, row[i].at, row[i].n };

		diags_init(&d, a);
		p.source = diags_source(&d, SPAN("f"), row[i].text);
		diag_error(&d, p, "m");
		buf_clear(&out);
		diags_print(&d, &out, false);
		(void)buf_addc(&out, '\0');
		table_text(row[i].label, "print", out.p, row[i].want);
	}
	buf_free(&out);
	arena_free(&a);
	table_end();
}

/* A line of 64 KB: a piece around the place is shown, the caret below it. */
static void
test_long_line(void **state)
{
	struct arena *a = arena_new();
	char *text = arena_alloc(a, 65536);
	struct diags d;
	struct buf out;
	struct span rest, line, caret;

	(void)state;
	memset(text, 'x', 65536);
	memcpy(text + 40000, "HERE", 4);
	diags_init(&d, a);
	buf_init(&out, 4096);
	diag_error(&d,
	    (struct place){
		diags_source(&d, SPAN("f"), span_make(text, 65536)), 40000, 4 },
	    "m");
	diag_hint(&d, "h");
	diags_print(&d, &out, false);
	rest = buf_span(&out);
	assert_true(span_cut(&rest, '\n', &line));
	assert_true(span_cut(&rest, '\n', &line));
	assert_true(span_cut(&rest, '\n', &caret));
	assert_true(line.n < 120);
	assert_true(span_starts(line, SPAN("    ...xxx")));
	assert_true(span_ends(line, SPAN("xxx...")));
	assert_int_equal(
	    span_search(line, SPAN("HERE")), span_search(caret, SPAN("^~~~")));
	assert_true(span_is(rest, "    h\n"));
	buf_free(&out);
	arena_free(&a);
}

static void
test_many(void **state)
{
	struct arena *a = arena_new();
	struct diags d;
	struct buf out;
	struct place p = { NULL, 0, 1 };

	(void)state;
	diags_init(&d, a);
	buf_init(&out, 65536);
	p.source = diags_source(&d, SPAN("f\"\n"), SPAN("a\nb\n"));
	for (size_t i = 0; i < 60; i++) {
		p.at = i % 2 == 0 ? 2 : 0;
		diag_error(&d, p, "number %zu", i);
		diag_hint(&d, "hint %zu", i);
	}
	diag_warn(&d, p, "a warning still fits");
	assert_int_equal(d.errors, 60);
	assert_int_equal(d.count, DIAGS_MAX + 1);
	diags_print(&d, &out, true);
	assert_int_not_equal(
	    span_search(buf_span(&out), SPAN("and 10 more errors")), SIZE_MAX);
	assert_true(span_search(buf_span(&out), SPAN("number 1\n")) <
		    span_search(buf_span(&out), SPAN("number 0\n")));
	buf_clear(&out);
	diags_json(&d, &out);
	assert_true(span_starts(buf_span(&out),
	    SPAN("[{\"level\":\"error\",\"file\":\"f\\\"\\n\",\"line\":1,"
		 "\"column\":1,\"message\":\"number 1\",\"hint\":\"hint "
		 "1\"},")));
	buf_free(&out);
	arena_free(&a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_tokens),
	cmocka_unit_test(test_lines),
	cmocka_unit_test(test_pattern_asked_for),
	cmocka_unit_test(test_literals),
	cmocka_unit_test(test_written_numbers),
	cmocka_unit_test(test_suggestions),
	cmocka_unit_test(test_print),
	cmocka_unit_test(test_long_line),
	cmocka_unit_test(test_many),
};

TABLE_MAIN(tests)
