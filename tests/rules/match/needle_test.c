/*
 * What is done to patterns before they run: needles that are read off them,
 * how characters fold, the scan that looks for needles, and widening.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "rules/base/utf8.h"
#include "rules/match/needle.h"
#include "rules/match/pattern_widen.h"
#include "rules/match/patterns.h"
#include "rules/match/prefilter.h"

#define CASELESS PATTERN_CASELESS
#define EXTENDED PATTERN_EXTENDED

/* want: sets parted by " & ", needles by "|"; "" when none is known. */
static const struct needle_row_case {
	const char *label;
	unsigned flags;
	const char *regex, *want;
} needle_rows[] = {
	{ "a word", 0, "Viagra", "viagra" },
	{ "one octet is too common", 0, "v", "" },
	{ "alternatives", 0, "cat|dog", "cat|dog" },
	{ "one alternative without", 0, "cat|.", "" },
	{ "a group between", 0, "x(?:cat|dog)y", "xcaty|xdogy" },
	{ "optional", 0, "colou?r", "color|colour" },
	{ "a gap parts", 0, "cheap.*pills", "pills & cheap" },
	{ "the rarer first", 0, "the\\s+jackpot", "jackpot & the" },
	{ "at least once", 0, "xa+y", "xa" },
	{ "any number", 0, "ab*cd", "cd" },
	{ "counted", 0, "(?:ab){2}", "abab" },
	{ "counted from two", 0, "(?:ab){2,}c", "abab" },
	{ "none at all", 0, "ab{0}cd", "acd" },
	{ "a class", 0, "v[i1]a", "via|v1a" },
	{ "a range", 0, "x[a-c]z", "xaz|xbz|xcz" },
	{ "not a class", 0, "ab[^x]cd", "ab & cd" },
	{ "a large class", 0, "ab[a-z]cd", "ab & cd" },
	{ "] comes first", 0, "ab[]x]", "ab]|abx" },
	{ "POSIX class", 0, "ab[[:alpha:]x]cd", "ab & cd" },
	{ "assertions are empty", 0, "\\bfoo$", "foo" },
	{ "look-ahead is not needed", 0, "foo(?=bar)", "foo" },
	{ "look-behind is not needed", 0, "(?<!no )pills", "pills" },
	{ "options fold anyway", 0, "(?i)FOO(?-i:Bar)", "foobar" },
	{ "extended", EXTENDED, "foo # comment\n bar\\ x", "foobar x" },
	{ "extended inside", 0, "(?x: a b )c d", "abc d" },
	{ "comment before a repeat", 0, "foob(?#x)*ar", "foo & ar" },
	{ "escapes", 0, "a\\.b\\x41\\x{42}\\103\\t", "" },
	{ "characters by number", 0, "\\x41\\x{42}\\t", "ab\t" },
	{ "quoted", 0, "\\Qa.b\\E+c", "a.b" },
	{ "named group", 0, "(?<n>foo)(?P<m>bar)", "foobar" },
	{ "back reference", 0, "(foo)\\1", "" },
	{ "recursion", 0, "foo(?R)?", "" },
	{ "condition", 0, "(a)?(?(1)foo|bar)", "" },
	{ "verb", 0, "foo(*SKIP)bar", "" },
	{ "brace that may repeat", 0, "foo{,3}bar", "" },
	{ "brace that is none", 0, "foo{x}", "foo{x}" },
	{ "umlaut", 0,
	    "\xc3\x9c"
	    "ber",
	    "\xc3\xbc"
	    "ber" },
	{ "Cyrillic", CASELESS, "\xd0\x96\xd0\xb0", "\xd0\xb6\xd0\xb0" },
	{ "scripts without capitals", CASELESS,
	    "\xe3\x82\xab\xe3\x83\xbc|\\x{ce74}\\x{b4dc}|\xe5\x8d\xa1",
	    "\xe3\x82\xab\xe3\x83\xbc|\xec\xb9\xb4\xeb\x93\x9c|"
	    "\xe5\x8d\xa1" },
	{ "other scripts with case", CASELESS,
	    "ab\xe1\x8e\xa0"
	    "cd",
	    "ab & cd" },
	{ "other scripts without i", 0, "\xe1\x8e\xa0", "\xe1\x8e\xa0" },
	{ "empty", 0, "", "" },
	{ "nested sets stay", 0, "(?:foo.*bar)", "bar & foo" },
};

static void
needle_text(const struct needles *needles, char *out, size_t size)
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < needles->count; i++)
		for (size_t k = 0; k < needles->set[i].count; k++)
			n += (size_t)snprintf(out + n, size - n, "%s%.*s",
			    k > 0   ? "|"
			    : i > 0 ? " & "
				    : "",
			    SPAN_FMT(needles->set[i].v[k]));
}

static void
test_needles(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(needle_rows); i++) {
		const struct needle_row_case *row = &needle_rows[i];
		struct arena *a = arena_new();
		struct needles needles;
		char got[512];

		if (table_wants(row->label)) {
			needles_of(span_of(row->regex), row->flags, false, a,
			    &needles);
			needle_text(&needles, got, sizeof(got));
			table_text(row->label, "needles", got, row->want);
		}
		arena_free(&a);
	}
	table_end();
}

/* Much of everything must neither take long nor fill the stack. */
static void
test_large_patterns(void **state)
{
	static const char *const piece[] = { "(", "(?:a|", "a", "[ab]", "a?",
		"(?:ab|cd)", "word|", "a{9}", "\\Q", "(?i)", "[", "(?#)" };
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(piece); i++) {
		struct needles needles;
		char *regex = malloc(20001);
		size_t n = strlen(piece[i]);

		assert_non_null(regex);
		for (size_t k = 0; k + n <= 20000; k += n)
			memcpy(regex + k, piece[i], n);
		needles_of(
		    span_make(regex, 20000 / n * n), 0, false, a, &needles);
		free(regex);
		assert_true(arena_used(a) < 100000000);
		arena_reset(a);
	}
	arena_free(&a);
}

/* A set of characters as a class without regard to case, in one pattern. */
static struct patterns *
class_of(bool (*member)(uint32_t rune))
{
	struct patterns_builder *b = patterns_builder_new(NULL);
	struct pattern_error error;
	char regex[8192] = "[";
	size_t n = 1, index;

	for (uint32_t rune = 0x80; rune < 0x600; rune++)
		if (member(rune))
			n += (size_t)snprintf(
			    regex + n, sizeof(regex) - n, "\\x{%x}", rune);
	(void)snprintf(regex + n, sizeof(regex) - n, "sk]");
	assert_true(
	    patterns_add(b, span_of(regex), PATTERN_CASELESS, &index, &error));
	return patterns_build(&b);
}

static bool
scalar(uint32_t rune)
{
	return rune < 0xd800 || rune > 0xdfff;
}

/* No character that does not fold to a known letter equals one for PCRE2. */
static void
test_fold_complete(void **state)
{
	struct patterns *p = class_of(needle_fold_knows);
	char *text = malloc(5000000);
	struct patterns_job job = { .text = span_make(text, 0) };
	struct pattern_result result;

	(void)state;
	assert_non_null(text);
	for (uint32_t rune = 0x80; rune <= 0x10ffff; rune++)
		if (scalar(rune) && !needle_fold_knows(needle_fold_rune(rune)))
			job.text.n += utf8_put(rune, text + job.text.n);
	patterns_scan(p, &job, &result);
	if (result.answer != PATTERN_NO) {
		uint32_t rune;

		(void)utf8_next(job.text, result.offset, &rune);
		fail_msg("U+%04X equals a letter that it does not fold to",
		    (unsigned)rune);
	}
	patterns_free(&p);
	free(text);
}

/* Characters that PCRE2 takes for equal fold alike. */
static void
test_fold_equal(void **state)
{
	struct patterns_builder *b = patterns_builder_new(NULL);
	struct pattern_error error;
	struct pattern_result *results;
	struct patterns *p;
	uint32_t letter[0x600];
	char text[4];
	size_t index;

	(void)state;
	for (uint32_t rune = 0x80; rune < 0x600; rune++)
		if (needle_fold_knows(rune)) {
			size_t n = utf8_put(rune, text);

			assert_true(patterns_add(b, span_make(text, n),
			    PATTERN_CASELESS, &index, &error));
			letter[index] = rune;
		}
	p = patterns_build(&b);
	results = calloc(patterns_count(p), sizeof(*results));
	assert_non_null(results);
	for (uint32_t rune = 0x80; rune < 0x2200; rune++) {
		struct patterns_job job = { .text = span_make(
						text, utf8_put(rune, text)) };

		if (!needle_fold_knows(needle_fold_rune(rune)))
			continue;
		patterns_scan(p, &job, results);
		for (size_t i = 0; i < patterns_count(p); i++)
			if (results[i].answer == PATTERN_YES &&
			    needle_fold_rune(letter[i]) !=
				needle_fold_rune(rune))
				table_fail("folds", "U+%04X and U+%04X",
				    (unsigned)letter[i], (unsigned)rune);
	}
	free(results);
	patterns_free(&p);
	table_end();
}

/* ---- the scan ------------------------------------------------------------ */

static struct prefilter *
prefilter_of(const char *const *text, size_t count)
{
	struct prefilter_needle v[64];

	assert_true(count <= ARRAY_COUNT(v));
	for (size_t i = 0; i < count; i++)
		v[i] =
		    (struct prefilter_needle){ span_of(text[i]), (uint32_t)i };
	return prefilter_new(v, count);
}

static void
test_prefilter(void **state)
{
	static const char *const needle[] = { "he", "she", "his", "hers", "she",
		"unbelievably long", "\xc3\xa9t", "xx" };
	static const struct {
		const char *label, *text;
		uint64_t want;
	} row[] = {
		{ "none", "nothing at", 0 },
		{ "inside each other", "USHERS", 1 | 2 | 8 | 16 },
		{ "at the end", "xhis", 4 },
		{ "overlapping", "hishe", 1 | 2 | 4 | 16 },
		{ "long ones by a piece", "so Unbelievably LONG", 32 },
		{ "beyond ASCII", "\xc3\xa9t\xc3\xa9", 64 },
		{ "empty text", "", 0 },
		{ "again and again", "hehehehehe", 1 },
		{ "half of it", "x x", 0 },
	};
	struct prefilter *f = prefilter_of(needle, ARRAY_COUNT(needle));

	(void)state;
	assert_int_equal(prefilter_count(f), 7);
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		uint64_t seen[1] = { 0 }, bits[1] = { 0 };

		prefilter_scan(f, span_of(row[i].text), seen, bits);
		if (bits[0] != row[i].want && table_wants(row[i].label))
			table_fail(row[i].label, "got %llx, want %llx",
			    (unsigned long long)bits[0],
			    (unsigned long long)row[i].want);
	}
	prefilter_free(&f);
	f = prefilter_of(NULL, 0);
	assert_int_equal(prefilter_count(f), 0);
	prefilter_scan(f, SPAN("text"), NULL, NULL);
	prefilter_free(&f);
	table_end();
}

/* ---- widening ------------------------------------------------------------ */

static void
test_widen(void **state)
{
	static const struct {
		const char *label;
		unsigned flags;
		const char *regex, *want;
	} row[] = {
		{ "plain", 0, "a.b$", "a.b$" },
		{ "word", 0, "\\w+\\W", "[\\w\\x80]+\\W" },
		{ "boundary", 0, "\\bfoo\\b", "(?:)foo(?:)" },
		{ "line end", 0, "\\R", "(?:\\R|\\x80)" },
		{ "class", 0, "[\\da]", "[\\x80\\da]" },
		{ "class of others", 0, "[^\\w]", "[^\\w]" },
		{ "class without words", 0, "[\\W_]", "[\\W_]" },
		{ "class of words by negation", 0, "[^\\W_]", NULL },
		{ "] and - at the start", 0, "[]\\s][-\\w]",
		    "[\\x80\\]\\s][\\x80\\-\\w]" },
		{ "POSIX class", 0, "[[:alpha:]]", "[\\x80[:alpha:]]" },
		{ "negated POSIX class", 0, "[[:^alpha:]]", "[[:^alpha:]]" },
		{ "plain class", 0, "[a-c]", "[a-c]" },
		{ "negative look-ahead", 0, "a(?!b(c))d", "a(?:)d" },
		{ "negative look-behind", 0, "(?<![)])d", "(?:)d" },
		{ "look-ahead", 0, "(?=\\w)", "(?=[\\w\\x80])" },
		{ "quoted", 0, "\\Q\\w[\\E\\w", "\\Q\\w[\\E[\\w\\x80]" },
		{ "comment", 0, "(?#[)\\w", "(?#[)[\\w\\x80]" },
		{ "#", 0, "#1", "#1" },
		{ "# that starts a comment", EXTENDED, "a # [\n\\w", NULL },
		{ "# that may", 0, "(?x)a # [\n\\w", NULL },
		{ "property", 0, "\\p{L}", NULL },
		{ "number beyond ASCII", 0, "\\xe9", NULL },
		{ "number in ASCII", 0, "\\x41[\\x42]", "\\x41[\\x42]" },
		{ "other script", 0, "\xd0\xb0", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct buf out;
		bool ok;

		if (!table_wants(row[i].label))
			continue;
		buf_init(&out, 1000);
		ok = widen_pattern(span_of(row[i].regex), row[i].flags, &out);
		(void)buf_addc(&out, '\0');
		table_text(
		    row[i].label, "widened", ok ? out.p : NULL, row[i].want);
		buf_free(&out);
	}
	table_end();
}

static void
test_widen_text(void **state)
{
	char out[16];
	size_t n;

	(void)state;
	assert_true(widen_text(SPAN("a\xc3\xa9z\xe2\x80\x99"), out, &n));
	assert_int_equal(n, 4);
	assert_memory_equal(out, "a\x80z\x80", 4);
	assert_false(widen_text(SPAN("pill\xc5\xbf"), out, &n));
	assert_false(widen_text(SPAN("\xe2\x84\xaa"), out, &n));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_needles),
	cmocka_unit_test(test_large_patterns),
	cmocka_unit_test(test_fold_complete),
	cmocka_unit_test(test_fold_equal),
	cmocka_unit_test(test_prefilter),
	cmocka_unit_test(test_widen),
	cmocka_unit_test(test_widen_text),
};

TABLE_MAIN(tests)
