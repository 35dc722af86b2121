/*
 * Text as people see it.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "rules/text/shown.h"

static void
test_shown(void **state)
{
	static const struct {
		const char *label;
		struct span text;
		const char *want;
	} row[] = {
		{ "ASCII", SPAN_INIT("ceo@bank.example"), "ceo@bank.example" },
		{ "nothing", SPAN_INIT(""), "" },
		{ "not there", { NULL, 0 }, "" },
		{ "other letters", SPAN_INIT("Zoë Łukasz 東京"),
		    "Zoë Łukasz 東京" },
		{ "a letter and its accent", SPAN_INIT("Zoe\u0308"), "Zoë" },
		{ "not UTF-8", SPAN_INIT("Zo\xEB@x"), "Zo\xEB@x" },
		{ "full-width", SPAN_INIT("ｃｅｏ＠ｂａｎｋ．example"),
		    "ceo@bank.example" },
		{ "small forms", SPAN_INIT("ceo﹫bank﹒example"),
		    "ceo@bank.example" },
		{ "one dot leader", SPAN_INIT("bank․example"), "bank.example" },
		{ "ideographic full stop", SPAN_INIT("bank。example"),
		    "bank.example" },
		{ "half-width full stop", SPAN_INIT("bank｡example"),
		    "bank.example" },
		{ "Arabic full stop", SPAN_INIT("bank۔example"),
		    "bank.example" },
		{ "Lisu letter", SPAN_INIT("bankꓸexample"), "bank.example" },
		{ "ellipsis", SPAN_INIT("wait…"), "wait..." },
		{ "mathematical letters", SPAN_INIT("𝐛𝐚𝐧𝐤"), "bank" },
		{ "letters in circles", SPAN_INIT("ⓑⓐⓝⓚ"), "bank" },
		{ "a ligature", SPAN_INIT("oﬃce"), "office" },
		{ "zero width", SPAN_INIT("ba\u200Bn\u00ADk\uFEFF"), "bank" },
		{ "direction marks", SPAN_INIT("\u200Eba\u2066n\u2069k"),
		    "bank" },
		{ "turned round", SPAN_INIT("\u202Eelpmaxe.knab@oec"),
		    "ceo@bank.example" },
		{ "turned round in part",
		    SPAN_INIT("ceo@\u202Eknab\u202C.example"),
		    "ceo@bank.example" },
		{ "turned round, what follows not",
		    SPAN_INIT("\u202Eoec\u202C@bank\u202E.\u202Cexample"),
		    "ceo@bank.example" },
		{ "turned round, full-width",
		    SPAN_INIT("\u202Eelpmaxe.knab＠oec"), "ceo@bank.example" },
		{ "turned round, an embedding inside",
		    SPAN_INIT("\u202Eelpmaxe\u202D.\u202Cknab@oec\u202C!"),
		    "ceo@bank.example!" },
		{ "an override without end", SPAN_INIT("a\u202E"), "a" },
		{ "an end without override", SPAN_INIT("a\u202Cb"), "ab" },
		{ "a NUL", SPAN_INIT("a\0＠b"), "a @b" },
		{ "expands", SPAN_INIT("\uFDFA"),
		    "\u0635\u0644\u0649 \u0627\u0644\u0644\u0647 "
		    "\u0639\u0644\u064A\u0647 \u0648\u0633\u0644\u0645" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++)
		if (table_wants(row[i].label))
			table_text(row[i].label, "shown",
			    arena_strdup(a, shown_text(row[i].text, a)),
			    row[i].want);
	arena_free(&a);
	table_end();
}

static void
test_sought(void **state)
{
	static const struct {
		const char *label;
		struct span text;
		const char *words;
		bool want;
	} row[] = {
		{ "ASCII", SPAN_INIT("The Minutes"), "mInUtEs", true },
		{ "not there", SPAN_INIT("The Minutes"), "minutes of", false },
		{ "nothing is in all", SPAN_INIT("The Minutes"), "", true },
		{ "capital I with a dot", SPAN_INIT("İstanbul"), "istanbul",
		    true },
		{ "by the letter itself", SPAN_INIT("istanbul"), "İSTANBUL",
		    true },
		{ "i without a dot", SPAN_INIT("Diyarbakır"), "DIYARBAKIR",
		    true },
		{ "accents left out", SPAN_INIT("Déjà vu à Łódź"), "deja vu",
		    true },
		{ "accents written, none there", SPAN_INIT("Deja vu"), "déjà",
		    true },
		{ "an accent of its own", SPAN_INIT("Zoe\u0308"), "ZOË", true },
		{ "another letter", SPAN_INIT("Zoë"), "zoo", false },
		{ "sharp s", SPAN_INIT("Straße"), "strasse", true },
		{ "capital sharp s", SPAN_INIT("STRASSE"), "straẞe", true },
		{ "Greek, the last sigma", SPAN_INIT("ΟΔΟΣ ΕΡΜΟΥ"), "οδός",
		    true },
		{ "Cyrillic", SPAN_INIT("СЧЁТ на оплату"), "счет", true },
		{ "Hebrew points", SPAN_INIT("שָׁלוֹם"), "שלום", true },
		{ "Arabic vowels", SPAN_INIT("مُحَمَّد"), "محمد", true },
		{ "marks of other scripts count", SPAN_INIT("हिन्दी"), "हन्द",
		    false },
		{ "full-width", SPAN_INIT("ＩＮＶＯＩＣＥ"), "invoice", true },
		{ "not drawn", SPAN_INIT("in\u200Bvoice"), "invoice", true },
		{ "Japanese", SPAN_INIT("東京からの請求書"), "請求書", true },
		{ "a mark alone is itself", SPAN_INIT("Zoë"), "\u0308", false },
		{ "a mark alone, where it stands", SPAN_INIT("\u0308"),
		    "\u0308", true },
		{ "not UTF-8", SPAN_INIT("Rechnung f\xFCr ANN"), "ann", true },
		{ "words that are not UTF-8", SPAN_INIT("Zo\xEB"), "o\xEB",
		    true },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++)
		if (table_wants(row[i].label))
			table_number(row[i].label, "has",
			    shown_has(row[i].text,
				shown_sought(span_of(row[i].words), a)),
			    row[i].want);
	arena_free(&a);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_shown),
	cmocka_unit_test(test_sought),
};

TABLE_MAIN(tests)
