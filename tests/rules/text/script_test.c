/*
 * Alphabets of texts, and letters that look like others.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "rules/base/arena.h"
#include "rules/text/script.h"
#include "rules/text/skeleton.h"

static void
test_script(void **state)
{
	static const struct {
		const char *label;
		struct span text;
		size_t characters, mixed;
		enum script script;
		double percent;
	} row[] = {
		{ "nothing", SPAN_INIT(""), 0, 0, SCRIPT_LATIN, 0 },
		{ "no letters", SPAN_INIT("12 + 3 = 15"), 7, 0, SCRIPT_LATIN,
		    0 },
		{ "Latin", SPAN_INIT("Grüße aus Łódź"), 12, 0, SCRIPT_LATIN,
		    100 },
		{ "Cyrillic", SPAN_INIT("Добрый день"), 10, 0, SCRIPT_CYRILLIC,
		    100 },
		{ "half of each", SPAN_INIT("abcd где."), 8, 0, SCRIPT_LATIN,
		    100 * 4 / 7.0 },
		{ "Greek", SPAN_INIT("Αθήνα"), 5, 0, SCRIPT_GREEK, 100 },
		{ "Greek with accents", SPAN_INIT("ἀρχή"), 4, 0, SCRIPT_GREEK,
		    100 },
		{ "Hebrew", SPAN_INIT("שלום"), 4, 0, SCRIPT_HEBREW, 100 },
		{ "Arabic", SPAN_INIT("مرحبا"), 5, 0, SCRIPT_ARABIC, 100 },
		{ "Hindi", SPAN_INIT("नम"), 2, 0, SCRIPT_INDIC, 100 },
		{ "Thai", SPAN_INIT("กข"), 2, 0, SCRIPT_THAI, 100 },
		{ "Chinese", SPAN_INIT("会议记录"), 4, 0, SCRIPT_HAN, 100 },
		{ "Japanese", SPAN_INIT("アカウント"), 5, 0, SCRIPT_KANA, 100 },
		{ "Korean", SPAN_INIT("안녕"), 2, 0, SCRIPT_HANGUL, 100 },
		{ "Georgian", SPAN_INIT("გა"), 2, 0, SCRIPT_OTHER, 100 },
		{ "pictures are no letters", SPAN_INIT("\U0001F337 ab"), 3, 0,
		    SCRIPT_LATIN, 100 },
		{ "blanks of all kinds", SPAN_INIT("a\u00A0\u3000\tb"), 2, 0,
		    SCRIPT_LATIN, 100 },
		{ "not UTF-8", SPAN_INIT("ab\xFF"), 3, 0, SCRIPT_LATIN, 100 },
		{ "twins in a word", SPAN_INIT("раyраl pаyment"), 13, 2,
		    SCRIPT_LATIN, 100 * 8 / 13.0 },
		{ "a word of one alphabet", SPAN_INIT("счёт paypal"), 10, 0,
		    SCRIPT_LATIN, 60 },
		{ "a short word", SPAN_INIT("kΩo μm"), 5, 0, SCRIPT_LATIN, 60 },
		{ "one Latin letter", SPAN_INIT("xаос"), 4, 0, SCRIPT_LATIN,
		    25 },
		{ "letters that look like none", SPAN_INIT("webЖЖ"), 5, 0,
		    SCRIPT_LATIN, 60 },
		{ "a hyphen parts words", SPAN_INIT("SIM-карта"), 9, 0,
		    SCRIPT_LATIN, 37.5 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct script_shares shares;
		double percent;

		if (!table_wants(row[i].label))
			continue;
		script_count(row[i].text, &shares);
		percent = script_percent(&shares, row[i].script);
		table_number(row[i].label, "characters",
		    (long long)shares.characters, (long long)row[i].characters);
		table_number(row[i].label, "mixed words",
		    (long long)shares.mixed_words, (long long)row[i].mixed);
		table_number(row[i].label, "percent, in thousandths",
		    (long long)(percent * 1000 + 0.5),
		    (long long)(row[i].percent * 1000 + 0.5));
	}
	table_end();
}

/* Eight octets of ASCII are looked at at once: wherever they begin. */
static void
test_places(void **state)
{
	static const struct {
		const char *label, *text;
		size_t characters, mixed;
	} row[] = {
		{ "blanks and digits", "a 1\t2\r\n[b]\v@`{z}~\f0:/", 15, 0 },
		{ "letters of two alphabets", "se\u0441ure l\u043egin", 11, 2 },
		{ "on both sides", "\u0430bcd\u0435", 5, 1 },
		{ "an ASCII word between", "\u0436 word \u0436", 6, 0 },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++)
		for (int shift = 0; shift < 20; shift++) {
			struct script_shares shares;
			struct span s = span_of(arena_printf(a, "%.*s %s %s",
			    shift, "thesearetwentyletters", row[i].text,
			    "and these are many more"));

			script_count(s, &shares);
			table_number(row[i].label, "characters",
			    (long long)shares.characters,
			    (long long)row[i].characters + shift + 19);
			table_number(row[i].label, "mixed words",
			    (long long)shares.mixed_words,
			    (long long)row[i].mixed);
		}
	arena_free(&a);
	table_end();
}

static void
test_skeleton(void **state)
{
	static const struct {
		const char *label;
		uint32_t rune;
		char want;
	} row[] = {
		{ "a letter", 'x', 'x' },
		{ "a capital one", 'X', 'x' },
		{ "a digit for a letter", '0', 'o' },
		{ "i is taken for l", 'I', 'l' },
		{ "an accent", 0xe9, 'e' },
		{ "an accent on a capital letter", 0xc9, 'e' },
		{ "the sign between them", 0xd7, '\0' },
		{ "Cyrillic", 0x440, 'p' },
		{ "Cyrillic capital", 0x420, 'p' },
		{ "Cyrillic capital that differs from the small one", 0x41d,
		    'h' },
		{ "Ukrainian capital", 0x406, 'l' },
		{ "Greek capital", 0x391, 'a' },
		{ "Greek capital that differs", 0x397, 'h' },
		{ "one that looks like nothing", 0x416, '\0' },
		{ "Chinese", 0x4f1a, '\0' },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++)
		if (table_wants(row[i].label))
			table_number(row[i].label, "looks like",
			    skeleton_rune(row[i].rune), row[i].want);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_script),
	cmocka_unit_test(test_places),
	cmocka_unit_test(test_skeleton),
};

TABLE_MAIN(tests)
