/*
 * Tables of well-known names, and which of them a text shows.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "rules/mail/brand.h"

static const char table[] =
    "# names\n"
    "PayPal, Pay Pal Inc: paypal.com paypal.de # and more\n"
    "\n"
    "Bank of Examples,BofE:\tbofe.example\n"
    "Bank: bank.example B\xC3\xBC"
    "cher.example\n"
    "DHL: dhl.example\n"
    "bol.com: bol.example\n"
    "Disney+: disney.example\n"
    "Microsoft: microsoft.example\n";

static void
test_shown(void **state)
{
	static const struct {
		const char *label, *name, *want;
	} row[] = {
		{ "the name", "PayPal", "PayPal" },
		{ "in another case", "PAYPAL", "PayPal" },
		{ "among words", "The PayPal Team", "PayPal" },
		{ "blanks between its letters", "P a y P a l", "PayPal" },
		{ "digits for letters", "PayPa1", "PayPal" },
		{ "l and i", "PayPaI Service", "PayPal" },
		{ "letters of another alphabet", "\u0420\u0430yPal", "PayPal" },
		{ "accents", "P\u00e4yp\u00e1l", "PayPal" },
		{ "marks for letters", "M!crosoft", "Microsoft" },
		{ "dollars", "Micro$oft", "Microsoft" },
		{ "rn for m", "rnicrosoft", "Microsoft" },
		{ "marks around it", "***PayPal***", "PayPal" },
		{ "a possessive", "PayPal's team", "PayPal" },
		{ "words written together", "PayPalService", "PayPal" },
		{ "in an address", "service@paypal.com", "PayPal" },
		{ "in a word of others", "Supaypals", "-" },
		{ "at the end of one", "Mypaypal", "-" },
		{ "at the beginning of one", "Paypalooza", "-" },
		{ "somebody else", "Ann Other", "-" },
		{ "nothing", "", "-" },
		{ "marks alone", "***", "-" },
		{ "the longest of two", "Bank of Examples",
		    "Bank of Examples" },
		{ "the shorter one", "Bank of Ann", "Bank" },
		{ "the second name of an owner", "BofE", "BofE" },
		{ "a name that is a host", "bol.com", "bol.com" },
		{ "without its mark", "Disney Plus", "Disney+" },
		{ "other scripts around it", "\u4f1a\u8bae PayPal", "PayPal" },
		{ "beyond what is looked at",
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    "aaaaaaaaaaaaa paypal",
		    "-" },
	};
	struct arena *a = arena_new();
	struct brands brands;
	const char *why;
	size_t line;

	(void)state;
	brands_init(&brands, a);
	assert_true(brands_add(&brands, span_of(table), &line, &why));
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		const struct brand *found =
		    brands_shown(&brands, span_of(row[i].name));

		if (table_wants(row[i].label))
			table_text(row[i].label, "brand",
			    found == NULL ? "-" : arena_strdup(a, found->name),
			    row[i].want);
	}
	table_end();
	arena_free(&a);
}

static void
test_owner(void **state)
{
	static const struct {
		const char *label, *domain, *want;
	} row[] = {
		{ "the domain", "paypal.com", "PayPal" },
		{ "another of theirs", "paypal.de", "PayPal" },
		{ "below it", "mail.paypal.com", "PayPal" },
		{ "one that ends alike", "xpaypal.com", "-" },
		{ "the name in front", "paypal.com.evil.example", "-" },
		{ "written in A-labels", "xn--bcher-kva.example", "Bank" },
		{ "none", "", "-" },
	};
	struct arena *a = arena_new();
	struct brands brands;
	const char *why;
	size_t line;

	(void)state;
	brands_init(&brands, a);
	assert_true(brands_add(&brands, span_of(table), &line, &why));
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		const struct brand *of =
		    brands_of(&brands, span_of(row[i].domain));

		if (table_wants(row[i].label))
			table_text(row[i].label, "owner",
			    of == NULL ? "-" : arena_strdup(a, of->name),
			    row[i].want);
	}
	table_end();
	arena_free(&a);
}

static void
test_tables(void **state)
{
	static const struct {
		const char *label, *text, *why;
		size_t line, count;
	} row[] = {
		{ "nothing", "", NULL, 0, 0 },
		{ "comments", "# a\n\n  # b\n", NULL, 0, 0 },
		{ "line ends of Windows", "Abc: a.example\r\n", NULL, 0, 1 },
		{ "two names", "Abc, Def: a.example\n", NULL, 0, 2 },
		{ "no colon", "Abc: a.example\nDef d.example\n",
		    "a colon is missing", 2, 1 },
		{ "no domain", "Abc:\n", "a domain is missing", 1, 0 },
		{ "a bad domain", "Abc: a..example\n", "empty label in domain",
		    1, 0 },
		{ "too short a name", "Ab: a.example\n",
		    "a name has too few letters", 1, 0 },
		{ "an empty name", "Abc,,Def: a.example\n",
		    "a name has too few letters", 1, 1 },
		{ "not UTF-8", "Abc\xFF: a.example\n", "it is not UTF-8", 1,
		    0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct arena *a = arena_new();
		struct brands brands;
		const char *why = NULL;
		size_t line = 0;
		bool good;

		if (table_wants(row[i].label)) {
			brands_init(&brands, a);
			good = brands_add(
			    &brands, span_of(row[i].text), &line, &why);
			table_text(row[i].label, "why", good ? "-" : why,
			    row[i].why == NULL ? "-" : row[i].why);
			table_number(row[i].label, "line",
			    good ? 0 : (long long)line, (long long)row[i].line);
			table_number(row[i].label, "names",
			    (long long)brands.count, (long long)row[i].count);
		}
		arena_free(&a);
	}
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_shown),
	cmocka_unit_test(test_owner),
	cmocka_unit_test(test_tables),
};

TABLE_MAIN(tests)
