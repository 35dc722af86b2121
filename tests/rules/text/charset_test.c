/*
 * Labels of charsets, what the first octets of a text say of it, and running
 * text folded for comparing.
 */
#include "config.h"

#include "rules/base/buf.h"
#include "rules/text/charset.h"
#include "rules/text/decode.h"
#include "rules/text/folded.h"
#include "tests/kit/table.h"

static void
test_labels(void **state)
{
	static const struct {
		const char *label;
		struct span octets;
		const char *text;
	} row[] = {
		{ "koi8_r", SPAN_INIT("\xd0\xd2"), "\xd0\xbf\xd1\x80" },
		{ " CP-1251 ", SPAN_INIT("\xef\xf0"), "\xd0\xbf\xd1\x80" },
		{ "'koi8-r'", SPAN_INIT("\xd0\xd2"), "\xd0\xbf\xd1\x80" },
		{ "\"windows-1251", SPAN_INIT("\xef\xf0"),
		    "\xd0\xbf\xd1\x80" },
		{ "x-cp1251", SPAN_INIT("\xef\xf0"), "\xd0\xbf\xd1\x80" },
		{ "iso-ir-148", SPAN_INIT("\xfe"), "\xc5\x9f" },
		{ "elot_928", SPAN_INIT("\xe1"), "\xce\xb1" },
		{ "asmo-708", SPAN_INIT("\xc7"), "\xd8\xa7" },
		{ "visual", SPAN_INIT("\xe0"), "\xd7\x90" },
		{ "ms_kanji", SPAN_INIT("\x82\xa0"), "\xe3\x81\x82" },
		{ "csISO2022JP", SPAN_INIT("\x1b$B$\"\x1b(B"), "\xe3\x81\x82" },
		{ "korean", SPAN_INIT("\xb0\xa1"), "\xea\xb0\x80" },
		{ "csgb2312", SPAN_INIT("\xc4\xe3"), "\xe4\xbd\xa0" },
		{ "x-x-big5", SPAN_INIT("\xa7\x41"), "\xe4\xbd\xa0" },
		{ "csUnicode", SPAN_INIT("a\0b\0"), "ab" },
		{ "unicodeFFFE", SPAN_INIT("\0a\0b"), "ab" },
		{ "ibm819", SPAN_INIT("\xe9\x80"), "\xc3\xa9\xe2\x82\xac" },
		{ "unicode20utf8", SPAN_INIT("\xc3\xa9"), "\xc3\xa9" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct buf out;

		if (!table_wants(row[i].label))
			continue;
		buf_init(&out, 100);
		if (!mime_to_utf8(&out, span_of(row[i].label), row[i].octets))
			table_fail(row[i].label, "is not known");
		(void)buf_addc(&out, '\0');
		table_text(row[i].label, "text", out.p, row[i].text);
		buf_free(&out);
	}
	table_end();
}

/* Each label leads to a charset that the C library has. */
static void
test_all_labels(void **state)
{
	static const char *const some[] = { "utf-8", "us-ascii", "latin1", "l2",
		"l3", "l4", "cyrillic", "arabic", "greek", "hebrew", "l6",
		"iso-8859-13", "iso-8859-14", "l9", "iso-8859-16", "tis-620",
		"cp1250", "cp1251", "cp1253", "l5", "cp1255", "cp1256",
		"cp1257", "cp1258", "cp437", "cp850", "cp852", "cp866",
		"koi8-r", "koi8-u", "mac", "x-mac-cyrillic", "gbk", "big5",
		"euc-jp", "sjis", "iso-2022-jp", "euc-kr", "iso-2022-kr",
		"iso-2022-cn", "utf-16", "utf-16be", "utf-32", "utf-32be" };
	bool seen[CHARSETS] = { false };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(some); i++) {
		const struct charset *c = charset_find(span_of(some[i]));
		struct buf out;

		if (c == NULL) {
			table_fail(some[i], "is not known");
			continue;
		}
		seen[charset_number(c)] = true;
		buf_init(&out, 100);
		if (!mime_to_utf8(&out, span_of(some[i]), SPAN("abcd")))
			table_fail(some[i], "cannot be converted");
		buf_free(&out);
	}
	for (size_t i = 0; i < CHARSETS; i++)
		if (!seen[i])
			table_fail("all", "row %zu was not tried", i);
	assert_null(charset_find(SPAN("utf-7")));
	assert_null(charset_find(SPAN("ebcdic-us")));
	assert_null(charset_find(SPAN("")));
	assert_null(charset_find(SPAN("utf-8 ascii")));
	table_end();
}

static void
test_marks(void **state)
{
	static const struct {
		const char *label;
		struct span text;
		const char *charset;
		size_t octets;
	} row[] = {
		{ "UTF-8", SPAN_INIT("\xef\xbb\xbfx"), "utf-8", 3 },
		{ "UTF-16", SPAN_INIT("\xff\xfex\0"), "utf-16le", 2 },
		{ "UTF-16, big", SPAN_INIT("\xfe\xff\0x"), "utf-16be", 2 },
		{ "UTF-32", SPAN_INIT("\xff\xfe\0\0x\0\0\0"), "utf-32le", 4 },
		{ "a page without mark", SPAN_INIT("<\0h\0t\0"), "utf-16le",
		    0 },
		{ "plain", SPAN_INIT("<html>"), "", 0 },
		{ "nothing", SPAN_INIT(""), "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		size_t octets;
		struct span own = charset_of_mark(row[i].text, &octets);

		table_text(row[i].label, "charset", own.n == 0 ? "" : own.p,
		    row[i].charset);
		table_number(row[i].label, "octets", (long long)octets,
		    (long long)row[i].octets);
	}
	table_end();
}

static void
test_folded(void **state)
{
	static const struct {
		const char *label, *text, *joined, *lines;
	} row[] = {
		{ "nothing to do", "one line\n", "one line\n", "one line\n" },
		{ "wrapped", "next of\nkin\n", "next of kin\n",
		    "next of\nkin\n" },
		{ "blank at the end of a line", "next \nkin", "next kin",
		    "next\nkin" },
		{ "paragraphs", "a\n\nb", "a\n\nb", "a\n\nb" },
		{ "a list", "a\n- b\n* c", "a\n- b\n* c", "a\n- b\n* c" },
		{ "a quotation", "a\n> b", "a\n> b", "a\n> b" },
		{ "blanks", "a  b\t c", "a b c", "a b c" },
		{ "no-break and em space", "a\xc2\xa0\xe2\x80\x83z", "a z",
		    "a z" },
		{ "full width", "\xef\xbc\xa1\xef\xbd\x82\xef\xbc\x91", "Ab1",
		    "Ab1" },
		{ "mathematical", "\xf0\x9d\x90\x80\xf0\x9d\x91\xa7", "Az",
		    "Az" },
		{ "in circles", "\xe2\x92\xb6\xe2\x93\xa9", "Az", "Az" },
		{ "in squares", "\xf0\x9f\x85\xb0\xf0\x9f\x86\x89", "AZ",
		    "AZ" },
		{ "in parentheses", "\xe2\x92\x9c\xf0\x9f\x84\xa9", "aZ",
		    "aZ" },
		{ "script and black-letter signs",
		    "\xe2\x84\xaf\xe2\x84\xac\xe2\x84\x8c\xe2\x84\xa4", "eBHZ",
		    "eBHZ" },
		{ "small capitals",
		    "\xe1\xb4\x98\xe1\xb4\x80\xca\x8f\xea\x9c\xb1", "pays",
		    "pays" },
		{ "modifier letters", "\xe1\xb4\xac\xe1\xb5\x87\xe1\xb5\xa5",
		    "Abv", "Abv" },
		{ "super- and subscripts",
		    "\xe2\x81\xbf\xe2\x82\x9c\xe2\x81\xb0", "nt0", "nt0" },
		{ "ligatures", "o\xef\xac\x80 of\xef\xac\x81\xef\xac\x84",
		    "off offiffl", "off offiffl" },
		{ "dashes, quotes and Vietnamese letters stay",
		    "\xe2\x80\x94\xe2\x80\x9c\xe1\xba\xa1",
		    "\xe2\x80\x94\xe2\x80\x9c\xe1\xba\xa1",
		    "\xe2\x80\x94\xe2\x80\x9c\xe1\xba\xa1" },
		{ "accents behind their letters", "\xc5\x81o\xcc\x81" "dz\xcc\x81",
		    "\xc5\x81\xc3\xb3" "d\xc5\xba",
		    "\xc5\x81\xc3\xb3" "d\xc5\xba" },
		{ "two on one letter", "e\xcc\xa3\xcc\x82",
		    "\xe1\xbb\x87", "\xe1\xbb\x87" },
		{ "on a letter of another form", "\xe2\x93\x94\xcc\x81",
		    "\xc3\xa9", "\xc3\xa9" },
		{ "lines through letters", "v\xcc\xb6i\xcc\xb6" "a\xcc\xb6",
		    "via", "via" },
		{ "a syllable in parts", "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab",
		    "\xed\x95\x9c", "\xed\x95\x9c" },
		{ "a mark without a letter stays", "\xd0\xbf \xcc\x81",
		    "\xd0\xbf \xcc\x81", "\xd0\xbf \xcc\x81" },
		{ "letters of their own", "\xc3\xa9\xd0\xbf",
		    "\xc3\xa9\xd0\xbf", "\xc3\xa9\xd0\xbf" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct span s = span_of(row[i].text);

		table_text(row[i].label, "joined",
		    arena_strdup(a, folded_text(s, true, a)), row[i].joined);
		table_text(row[i].label, "lines",
		    arena_strdup(a, folded_text(s, false, a)), row[i].lines);
	}
	/* Eight octets are looked at at once: wherever they begin. */
	for (size_t i = 0; i < ARRAY_COUNT(row); i++)
		for (int shift = 1; shift < 20; shift++) {
			const char *before = "Words before the text.";
			struct span s = span_of(arena_printf(
			    a, "%.*s%s", shift, before, row[i].text));

			table_text(row[i].label, "behind others, joined",
			    arena_strdup(a, folded_text(s, true, a)),
			    arena_printf(
				a, "%.*s%s", shift, before, row[i].joined));
			table_text(row[i].label, "behind others",
			    arena_strdup(a, folded_text(s, false, a)),
			    arena_printf(
				a, "%.*s%s", shift, before, row[i].lines));
		}
	arena_free(&a);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_labels),
	cmocka_unit_test(test_all_labels),
	cmocka_unit_test(test_marks),
	cmocka_unit_test(test_folded),
};

TABLE_MAIN(tests)
