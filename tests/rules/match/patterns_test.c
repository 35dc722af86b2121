/*
 * Sets of patterns: syntax errors, what matches where, bounds, and that the
 * prefilters change nothing.
 */
#include "config.h"

#include <dirent.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/kit/pattern_gen.h"
#include "tests/kit/table.h"

#include "rules/base/buf.h"
#include "rules/match/patterns.h"

/* Ways to match that must agree. */
static const struct patterns_options ways[] = {
	{ .raw = false },
	{ .no_jit = true },
	{ .no_prefilter = true },
};

static struct patterns *
one_pattern(
    const struct patterns_options *options, struct span regex, unsigned flags)
{
	struct patterns_builder *b = patterns_builder_new(options);
	struct pattern_error error = { 0, "" };
	size_t index;

	if (!patterns_add(b, regex, flags, &index, &error))
		fail_msg("%.*s: %s", SPAN_FMT(regex), error.message);
	return patterns_build(&b);
}

static void
test_flags(void **state)
{
	static const struct {
		const char *label, *letters;
		bool ok;
		unsigned long want;
	} row[] = {
		{ "none", "", true, 0 },
		{ "all", "ismx", true, 15 },
		{ "unknown letter", "ig", false, 1 },
		{ "repeated letter", "imi", false, 2 },
		{ "upper case", "I", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		unsigned flags = 0;
		size_t bad = 99;
		bool ok =
		    pattern_flags_parse(span_of(row[i].letters), &flags, &bad);

		if (!table_wants(row[i].label))
			continue;
		table_number(row[i].label, "ok", ok, row[i].ok);
		table_number(row[i].label, ok ? "flags" : "bad",
		    (long long)(ok ? flags : bad), (long long)row[i].want);
	}
	table_end();
}

static void
test_errors(void **state)
{
	static const struct {
		const char *label;
		bool raw;
		struct span regex;
		size_t offset;
		const char *message;
	} row[] = {
		{ "open group", false, SPAN_INIT("ab(c"), 4,
		    "missing closing parenthesis" },
		{ "nothing to repeat", false, SPAN_INIT("a|*b"), 2,
		    "quantifier does not follow a repeatable item" },
		{ "bad range", false, SPAN_INIT("[z-a]"), 3,
		    "range out of order in character class" },
		{ "unknown name", false, SPAN_INIT("(?P>no)"), 4,
		    "reference to non-existent subpattern" },
		{ "\\C is refused", false, SPAN_INIT("a\\Cb"), 3,
		    "using \\C is disabled by the application" },
		{ "not UTF-8", false, SPAN_INIT("a\xff"), 1, "UTF-8 error" },
		{ "bytes may be anything", true, SPAN_INIT("a\xff("), 3,
		    "missing closing parenthesis" },
		{ "no UTF in bytes", true, SPAN_INIT("(*UTF)a"), 6,
		    "using UTF is disabled by the application" },
		{ "too large", false, SPAN_INIT("((a{1000}){1000}){1000}"), 23,
		    "too large" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct patterns_options options = { .raw = row[i].raw };
		struct patterns_builder *b = patterns_builder_new(&options);
		struct pattern_error error = { 0, "" };
		size_t index;

		if (table_wants(row[i].label)) {
			if (patterns_add(b, row[i].regex, 0, &index, &error))
				table_fail(row[i].label, "compiles");
			if (strstr(error.message, row[i].message) == NULL)
				table_fail(
				    row[i].label, "says: %s", error.message);
			table_number(row[i].label, "offset",
			    (long long)error.offset, (long long)row[i].offset);
		}
		patterns_builder_free(&b);
	}
	table_end();
}

#define I PATTERN_CASELESS
#define M PATTERN_MULTILINE
#define S PATTERN_DOTALL
#define X PATTERN_EXTENDED

static const struct match_row {
	const char *label;
	bool raw;
	struct span regex;
	unsigned flags;
	struct span text;
	enum pattern_answer want;
	size_t offset, length;
} match_rows[] = {
	{ "a word", false, SPAN_INIT("brown"), 0, SPAN_INIT("the brown fox"),
	    PATTERN_YES, 4, 5 },
	{ "case counts", false, SPAN_INIT("Brown"), 0,
	    SPAN_INIT("the brown fox"), PATTERN_NO, 0, 0 },
	{ "but not with i", false, SPAN_INIT("bRown"), I,
	    SPAN_INIT("the BrOWN fox"), PATTERN_YES, 4, 5 },
	{ "long s is an s", false, SPAN_INIT("pills"), I,
	    SPAN_INIT("cheap pill\xc5\xbf"), PATTERN_YES, 6, 6 },
	{ "Kelvin is a k", false, SPAN_INIT("Kelly"), I,
	    SPAN_INIT("\xe2\x84\xaa"
		      "elly"),
	    PATTERN_YES, 0, 7 },
	{ "in bytes it is not", true, SPAN_INIT("pills"), I,
	    SPAN_INIT("cheap pill\xc5\xbf"), PATTERN_NO, 0, 0 },
	{ "umlauts fold", false,
	    SPAN_INIT("\xc3\xbc"
		      "ber"),
	    I,
	    SPAN_INIT("\xc3\x9c"
		      "BER"),
	    PATTERN_YES, 0, 5 },
	{ "Cyrillic has words", false, SPAN_INIT("\\b\xd0\xb4\xd0\xb0\\b"), I,
	    SPAN_INIT("(\xd0\x94\xd0\x90)"), PATTERN_YES, 1, 4 },
	{ "bytes have none", true, SPAN_INIT("\\w\xb0"), 0,
	    SPAN_INIT("\xd0\xb4\xd0\xb0"), PATTERN_NO, 0, 0 },
	{ "any byte", true, SPAN_INIT("a.\\xff"), S, SPAN_INIT("xa\0\xff"),
	    PATTERN_YES, 1, 3 },
	{ "NUL in pattern and text", false, SPAN_INIT("a\0b"), 0,
	    SPAN_INIT("a\0b"), PATTERN_YES, 0, 3 },
	{ "^ at the text", false, SPAN_INIT("^two"), 0, SPAN_INIT("one\ntwo"),
	    PATTERN_NO, 0, 0 },
	{ "^ at a line with m", false, SPAN_INIT("^two$"), M,
	    SPAN_INIT("one\ntwo\nthree"), PATTERN_YES, 4, 3 },
	{ ". stops at LF", false, SPAN_INIT("one.two"), 0,
	    SPAN_INIT("one\ntwo"), PATTERN_NO, 0, 0 },
	{ "but not with s", false, SPAN_INIT("one.two"), S,
	    SPAN_INIT("one\ntwo"), PATTERN_YES, 0, 7 },
	{ "x ignores space", false, SPAN_INIT("one # first\n two"), X,
	    SPAN_INIT("onetwo"), PATTERN_YES, 0, 6 },
	{ "empty pattern", false, SPAN_INIT(""), 0, SPAN_INIT("abc"),
	    PATTERN_YES, 0, 0 },
	{ "empty text", false, SPAN_INIT("a*$"), 0, SPAN_INIT(""), PATTERN_YES,
	    0, 0 },
	{ "optional piece", false, SPAN_INIT("colou?r"), 0,
	    SPAN_INIT("my color"), PATTERN_YES, 3, 5 },
	{ "alternatives", false, SPAN_INIT("(?:cat|dog)s"), 0,
	    SPAN_INIT("two dogs"), PATTERN_YES, 4, 4 },
	{ "repeated group", false, SPAN_INIT("(?:ab){3}"), 0,
	    SPAN_INIT("xabababx"), PATTERN_YES, 1, 6 },
	{ "class", false, SPAN_INIT("[vu][i1]agra"), I, SPAN_INIT("buy V1agra"),
	    PATTERN_YES, 4, 6 },
	{ "back reference", false, SPAN_INIT("(\\w)\\1\\1"), 0,
	    SPAN_INIT("heeello"), PATTERN_YES, 1, 3 },
	{ "look-behind", false, SPAN_INIT("(?<!no )pills"), 0,
	    SPAN_INIT("no pills, pills"), PATTERN_YES, 10, 5 },
	{ "quoted", false, SPAN_INIT("\\Qa.b*\\E+"), 0, SPAN_INIT("a.b***"),
	    PATTERN_YES, 0, 6 },
	{ "a quotation of nothing", false, SPAN_INIT("ab|zz\\Q"), 0,
	    SPAN_INIT("pizza"), PATTERN_YES, 2, 2 },
	{ "\\K moves the start", false, SPAN_INIT("foo\\Kbar"), 0,
	    SPAN_INIT("foobar"), PATTERN_YES, 3, 3 },
	{ "octal and hex", false, SPAN_INIT("\\101\\x42\\x{43}"), 0,
	    SPAN_INIT("ABC"), PATTERN_YES, 0, 3 },
	{ "option in the middle", false, SPAN_INIT("ab(?i)cd|ef"), 0,
	    SPAN_INIT("EF"), PATTERN_YES, 0, 2 },
};

#undef I
#undef M
#undef S
#undef X

static void
test_matches(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(match_rows) * ARRAY_COUNT(ways);
	     i++) {
		const struct match_row *row =
		    &match_rows[i / ARRAY_COUNT(ways)];
		struct patterns_options options = ways[i % ARRAY_COUNT(ways)];
		struct patterns_job job = { .text = row->text };
		struct pattern_result result;
		struct patterns *p;

		if (!table_wants(row->label))
			continue;
		options.raw = row->raw;
		p = one_pattern(&options, row->regex, row->flags);
		patterns_scan(p, &job, &result);
		table_number(row->label, "answer", result.answer, row->want);
		table_number(row->label, "offset", (long long)result.offset,
		    (long long)row->offset);
		table_number(row->label, "length", (long long)result.length,
		    (long long)row->length);
		patterns_free(&p);
	}
	table_end();
}

/* Texts of one octet repeated, with an end that spoils the match. */
static char *
long_text(char c, size_t n)
{
	static const char end[] = "!!xzbzcy:q9.";
	char *text = malloc(n + sizeof(end));

	assert_non_null(text);
	memset(text, c, n);
	memcpy(text + n, end, sizeof(end));
	return text;
}

static bool
stop_after(void *context)
{
	int *calls = context;

	return --*calls < 0;
}

/*
 * Each would take longer than the universe lasts: bounds of steps and of
 * stretches end it, and what is left is no answer. One that holds no more
 * shows as a test that does not end.
 */
static void
test_catastrophes(void **state)
{
	static const struct {
		const char *regex;
		char fill;
		size_t n;
	} row[] = {
		{ "(a+)+$", 'a', 10240 },
		{ "^(a+)+$", 'a', 10240 },
		{ "(a|aa)+b", 'a', 10240 },
		{ "(a*)*b", 'a', 10240 },
		{ "(a|a)*$", 'a', 10240 },
		{ "(a+){2,}b", 'a', 10240 },
		{ "((a+)*)*c", 'a', 10240 },
		{ "a*a*a*a*b", 'a', 10240 },
		{ "(?:a?){30}a{30}b", 'a', 10240 },
		{ "(\\w+\\s*)+:", 'a', 10240 },
		{ "^(\\s*\\w*)*[^!]$", 'a', 10240 },
		{ "([a-z]+)*@([a-z]+)*9", 'a', 10240 },
		{ "(?=(a+))\\1q", 'a', 65536 },
		{ "(a|b|ab)*c", 'a', 65536 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row) * 2; i++) {
		struct patterns_options options = { .no_jit = i % 2 == 1,
			.no_prefilter = true };
		const char *regex = row[i / 2].regex;
		char *text = long_text(row[i / 2].fill, row[i / 2].n);
		struct patterns *p = one_pattern(&options, span_of(regex), 0);
		int calls = 20;
		struct patterns_job job = { span_of(text), NULL, stop_after,
			&calls };
		struct pattern_result result;

		patterns_scan(p, &job, &result);
		table_number(regex, "answer", result.answer, PATTERN_LIMIT);
		patterns_free(&p);
		free(text);
	}
	table_end();
}

/* Quadratic at worst, without a limit of PCRE2's: stop ends it. */
static void
test_stop(void **state)
{
	static const char *const regex[] = { "(?=(a+))\\1q0", "a+[!]+q0",
		"\\w+\\W\\Wq0", "(?:aa)++q0" };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(regex); i++) {
		char *text = long_text('a', 300000);
		int calls = 5;
		struct patterns_job job = { span_of(text), NULL, stop_after,
			&calls };
		struct pattern_result result;
		struct patterns_options options = { .no_prefilter = true };
		struct patterns *p =
		    one_pattern(&options, span_of(regex[i]), 0);

		patterns_scan(p, &job, &result);
		table_number(regex[i], "answer", result.answer, PATTERN_LIMIT);
		patterns_free(&p);
		free(text);
	}
	table_end();
}

/* A match is found at the same place with and without stretches. */
static void
test_stretches(void **state)
{
	static const char *const regex[] = { "x[^y]*y:", "\\xe9*:q", "^.*9",
		".*9\\.$", "(?s).*:q", "z.+y", "(?<=z)c.*", "\\Bc.*\\.",
		"a*$" };
	char *text = long_text('a', 20000);

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(regex); i++) {
		int many = 1000000;
		struct patterns_job job = { .text = span_of(text) };
		struct pattern_result whole, parts;
		struct patterns *p = one_pattern(NULL, span_of(regex[i]), 0);

		for (size_t k = 1; k < 20000; k += 7) {
			text[k] = '\xc3';
			text[k + 1] = '\xa9';
		}
		patterns_scan(p, &job, &whole);
		job.stop = stop_after;
		job.context = &many;
		patterns_scan(p, &job, &parts);
		table_number(regex[i], "whole", whole.answer, PATTERN_YES);
		if (whole.offset != parts.offset ||
		    whole.length != parts.length)
			table_fail(regex[i], "at %zu+%zu, then at %zu+%zu",
			    whole.offset, whole.length, parts.offset,
			    parts.length);
		patterns_free(&p);
	}
	free(text);
	table_end();
}

static void
test_wanted_and_first(void **state)
{
	struct patterns_builder *b = patterns_builder_new(NULL);
	struct pattern_error error;
	struct pattern_result results[4], result;
	struct patterns *p;
	uint64_t wanted = 1 << 1 | 1 << 3;
	struct patterns_job job = { .text = SPAN("one two three") };
	size_t i;

	(void)state;
	assert_true(patterns_add(b, SPAN("two"), 0, &i, &error));
	assert_int_equal(i, 0);
	assert_true(patterns_add(b, SPAN("four"), 0, &i, &error));
	assert_true(patterns_add(b, SPAN("three"), 0, &i, &error));
	assert_true(patterns_add(b, SPAN("o"), 0, &i, &error));
	assert_int_equal(i, 3);
	assert_true(patterns_add(b, SPAN("two"), 0, &i, &error));
	assert_int_equal(i, 0);
	assert_int_equal(patterns_builder_count(b), 4);
	p = patterns_build(&b);
	assert_null(b);
	assert_int_equal(patterns_first(p, &job, &i, &result), PATTERN_YES);
	assert_int_equal(i, 0);
	assert_int_equal(result.offset, 4);
	job.wanted = &wanted;
	patterns_scan(p, &job, results);
	assert_int_equal(results[0].answer, PATTERN_NO);
	assert_int_equal(results[1].answer, PATTERN_NO);
	assert_int_equal(results[2].answer, PATTERN_NO);
	assert_int_equal(results[3].answer, PATTERN_YES);
	assert_int_equal(patterns_first(p, &job, &i, &result), PATTERN_YES);
	assert_int_equal(i, 3);
	assert_int_equal(patterns_stats(p).always, 1);
	assert_int_equal(patterns_stats(p).literals, 3);
	patterns_free(&p);
	b = patterns_builder_new(NULL);
	p = patterns_build(&b);
	patterns_scan(p, &job, results);
	assert_int_equal(patterns_first(p, &job, &i, &result), PATTERN_NO);
	patterns_free(&p);
}

/* ---- the same by all ways ------------------------------------------------ */

#define BATCHES 21
#define BATCH   100

/* Adds the same patterns to each builder; those that compile in one do so in
 * the other. */
static void
add_batch(struct gen *g, struct patterns_builder **b, size_t builders)
{
	char regex[512];

	for (unsigned i = 0; patterns_builder_count(b[0]) < BATCH; i++) {
		enum gen_kind kind = i % 4 == 0   ? GEN_ORDINARY
				     : i % 4 == 1 ? GEN_HEAVY
						  : GEN_WILD;
		unsigned flags = gen_number(g, 3) == 0 ? gen_number(g, 16)
						       : PATTERN_CASELESS;
		struct pattern_error error;
		size_t index;

		gen_pattern(g, kind, regex, sizeof(regex));
		for (size_t k = 0; k < builders; k++)
			if (!patterns_add(
				b[k], span_of(regex), flags, &index, &error))
				break;
	}
}

static void
compare_results(const struct patterns *p, const char *how, struct span text,
    const struct pattern_result *got, const struct pattern_result *want)
{
	for (size_t i = 0; i < patterns_count(p); i++) {
		unsigned flags;
		struct span regex = patterns_regex(p, i, &flags);

		if (got[i].answer == want[i].answer &&
		    got[i].offset == want[i].offset &&
		    got[i].length == want[i].length)
			continue;
		table_fail(how, "/%.*s/ %u on \"%.*s\": %d, want %d",
		    SPAN_FMT(regex), flags, SPAN_FMT(text), got[i].answer,
		    want[i].answer);
	}
}

/* Replaces every from by to, which is as long. */
static void
replace(char *text, size_t n, struct span from, struct span to)
{
	size_t at;

	while ((at = span_search(span_make(text, n), from)) != SIZE_MAX)
		memcpy(text + at, to.p, to.n);
}

/* Makes much white space of some blanks; returns the length. */
static size_t
spread(struct gen *g, char *text, size_t n, size_t size)
{
	for (size_t i = 0; i < n; i++) {
		size_t more = gen_number(g, 40);

		if (text[i] != ' ' || gen_number(g, 4) > 0 || n + more > size)
			continue;
		memmove(text + i + more, text + i, n - i);
		for (size_t k = 0; k < more; k++)
			text[i + k] = " \n\t"[gen_number(g, 3)];
		n += more;
		i += more;
	}
	return n;
}

/* Texts that make trouble: ASCII, any, and without what equals ASCII; and
 * some that look like mail. */
static size_t
many_text(struct gen *g, unsigned i, char *out, size_t size)
{
	size_t n;

	if (i % 8 == 0) {
		gen_text(g, true, out, size);
		return i % 16 == 0 ? size : spread(g, out, size / 2, size);
	}
	n = gen_wild_text(g, out, size);
	if (i % 5 == 0)
		n = spread(g, out, n, size);
	for (size_t k = 0; k < n && i % 3 == 0; k++)
		out[k] = (char)(out[k] & 0x7f);
	if (i % 3 == 1) {
		replace(out, n, SPAN("\xc5\xbf"), SPAN("\xc3\xa9"));
		replace(out, n, SPAN("\xe2\x84\xaa"), SPAN("\xe2\x80\x99"));
	}
	return n;
}

/* Attaches a database; false where there is no Hyperscan. */
static bool
attach(struct patterns *p)
{
	const char *why = "";
	struct buf db;

	if (!patterns_hs_wanted(p))
		return false;
	buf_init(&db, SIZE_MAX / 2);
	if (!patterns_hs_compile(p, &db, &why) ||
	    !patterns_hs_attach(p, buf_span(&db), &why))
		fail_msg("%s", why);
	buf_free(&db);
	return true;
}

/* The same patterns three times: without prefilter, with needles, and with
 * Hyperscan. Returns how often they matched. */
static size_t
compare_batch(struct patterns *const p[3], struct gen *g)
{
	struct pattern_result results[3][BATCH];
	char text[2048];
	size_t yes = 0;

	for (unsigned i = 0; i < 180; i++) {
		struct patterns_job job = {
			.text =
			    span_make(text, many_text(g, i, text, sizeof(text)))
		};

		for (size_t k = 0; k < 3; k++)
			patterns_scan(p[k], &job, results[k]);
		for (size_t k = 0; k < BATCH; k++)
			yes += results[0][k].answer == PATTERN_YES;
		compare_results(
		    p[1], "needles", job.text, results[1], results[0]);
		compare_results(
		    p[2], "Hyperscan", job.text, results[2], results[0]);
	}
	return yes;
}

static void
test_same(void **state)
{
	struct gen patterns = { 7 }, texts = { 1 };
	size_t yes = 0, covered = 0;
	bool attached = false;

	(void)state;
	for (size_t batch = 0; batch < BATCHES; batch++) {
		struct patterns_builder *b[3];
		struct patterns *p[3];
		char key[2][PATTERNS_KEY_MAX];

		for (size_t k = 0; k < 3; k++)
			b[k] = patterns_builder_new(&ways[k == 0 ? 2 : 0]);
		add_batch(&patterns, b, 3);
		for (size_t k = 0; k < 3; k++)
			p[k] = patterns_build(&b[k]);
		assert_string_equal(patterns_hs_key(p[1], key[0]),
		    patterns_hs_key(p[2], key[1]));
		attached = attach(p[2]);
		yes += compare_batch(p, &texts);
		covered += patterns_stats(p[2]).hyperscan;
		for (size_t k = 0; k < 3; k++)
			patterns_free(&p[k]);
	}
	assert_true(yes > 10000);
	if (attached)
		assert_true(covered > BATCHES * BATCH / 2);
	table_end();
}

/* What a database knows with white space that ends matches longer runs, too,
 * and the first of them. */
static void
test_blanks(void **state)
{
	static const struct {
		const char *label, *regex, *text;
		size_t offset, length;
	} row[] = {
		{ "a short run", "do\\s+it", "  do   it", 2, 7 },
		{ "a long run", "do\\s+it",
		    "do                                 it", 0, 37 },
		{ "a long run before a short one", "do\\s+it",
		    "- do                              it do it", 2, 34 },
		{ "blanks", "do +it", "do                           it", 0,
		    31 },
	};
	struct pattern_result result;
	struct pattern_error error;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct patterns_builder *b = patterns_builder_new(NULL);
		struct patterns_job job = { .text = span_of(row[i].text) };
		struct patterns *p;
		size_t index;

		assert_true(
		    patterns_add(b, span_of(row[i].regex), 0, &index, &error));
		p = patterns_build(&b);
		(void)attach(p);
		patterns_scan(p, &job, &result);
		table_number(
		    row[i].label, "answer", result.answer, PATTERN_YES);
		table_number(row[i].label, "offset", (long long)result.offset,
		    (long long)row[i].offset);
		table_number(row[i].label, "length", (long long)result.length,
		    (long long)row[i].length);
		patterns_free(&p);
	}
	table_end();
}

/* Patterns that need what ASCII has not are answered without being run where
 * all is ASCII: only such. */
static void
test_beyond(void **state)
{
	static const struct {
		const char *label, *regex, *text;
		enum pattern_answer want;
	} row[] = {
		{ "a letter beyond", "\\x{e9}t\\x{e9}", "ete", PATTERN_NO },
		{ "one of two is", "\\x{e9}t\\x{e9}|ete", "ete", PATTERN_YES },
		{ "it may be missing", "\\x{e9}?tes", "tes", PATTERN_YES },
		{ "its other case is in ASCII", "\\x{212a}elly", "kelly",
		    PATTERN_YES },
		{ "and that of a long s", "\\x{17f}ally", "Sally",
		    PATTERN_YES },
		{ "all of it is", "e[tz]e", "ete", PATTERN_YES },
		{ "other text", "\\x{e9}t\\x{e9}", "an \xc3\x89t\xc3\xa9",
		    PATTERN_YES },
		{ "written as it is", "(caf\xc3\xa9|tea)s", "teas",
		    PATTERN_YES },
		{ "and optional", "caf\xc3\xa9?s", "cafs", PATTERN_YES },
		{ "or behind it", "(?<!\xc3\xa9)s", "cafs", PATTERN_YES },
		{ "in a class", "[$\xe2\x82\xac] ?\\d", "for $ 5",
		    PATTERN_YES },
		{ "in a negated class", "a[^\xe2\x82\xac]c", "abc",
		    PATTERN_YES },
		{ "a range with a long s in it", "[\xc5\xa0-\xc6\x80]x", "sx",
		    PATTERN_YES },
		{ "one that \\E stands in", "[\xc5\xa0\\E-\\E\xc6\x80]y", "sy",
		    PATTERN_YES },
		{ "kelvin as it is", "(\xe2\x84\xaa|q)z", "kz", PATTERN_YES },
		{ "a gap",
		    "(?x)d\xe2\x80\x8e"
		    "e",
		    "de", PATTERN_YES },
		{ "none in ASCII", "b[\xc3\xa9]", "bet", PATTERN_NO },
	};
	struct patterns_builder *b = patterns_builder_new(NULL);
	struct pattern_result result[ARRAY_COUNT(row)];
	struct pattern_error error;
	struct patterns *p;
	size_t at[ARRAY_COUNT(row)];

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++)
		assert_true(patterns_add(b, span_of(row[i].regex),
		    PATTERN_CASELESS, &at[i], &error));
	p = patterns_build(&b);
	(void)attach(p);
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct patterns_job job = { .text = span_of(row[i].text) };

		struct patterns *alone = one_pattern(
		    NULL, span_of(row[i].regex), PATTERN_CASELESS);
		struct pattern_result its;

		patterns_scan(p, &job, result);
		table_number(
		    row[i].label, "answer", result[at[i]].answer, row[i].want);
		patterns_scan(alone, &job, &its);
		table_number(row[i].label, "alone", its.answer, row[i].want);
		patterns_free(&alone);
	}
	patterns_free(&p);
	table_end();
}

static void
test_damage(void **state)
{
	struct patterns *p = one_pattern(NULL, SPAN("some.*thing"), 0);
	struct patterns *other = one_pattern(NULL, SPAN("some.*thong"), 0);
	struct patterns_job job = { .text = SPAN("something") };
	struct pattern_result result;
	const char *why = NULL;
	struct buf db;

	(void)state;
	buf_init(&db, SIZE_MAX / 2);
	assert_false(patterns_hs_attach(p, SPAN(""), &why));
	if (!patterns_hs_wanted(p)) {
		patterns_free(&p);
		patterns_free(&other);
		skip();
	}
	assert_true(patterns_hs_compile(p, &db, &why));
	assert_false(patterns_hs_attach(other, buf_span(&db), &why));
	for (size_t i = 0; i < db.n; i += i < 120 ? 1 : 101) {
		db.p[i] ^= 4;
		if (i < 8 + PATTERNS_KEY_MAX || i >= 48)
			assert_false(
			    patterns_hs_attach(p, buf_span(&db), &why));
		db.p[i] ^= 4;
		assert_false(patterns_hs_attach(p, span_make(db.p, i), &why));
	}
	assert_int_equal(patterns_stats(p).hyperscan, 0);
	assert_true(patterns_hs_attach(p, buf_span(&db), &why));
	assert_int_equal(patterns_stats(p).hyperscan, 1);
	patterns_scan(p, &job, &result);
	assert_int_equal(result.answer, PATTERN_YES);
	buf_free(&db);
	patterns_free(&p);
	patterns_free(&other);
}

/* Where the library takes nothing, nobody waits for a database: no ASCII text
 * matches this, and for others it is too wide. */
static void
test_nothing_to_compile(void **state)
{
	struct patterns *p = one_pattern(NULL,
	    SPAN("\xe7\xa5\xa8.{0,60}(\xe7\x82\xb9\xe6\x95\xb0|\xe4\xbc\x98)"),
	    0);
	const char *why = NULL;
	struct buf db;

	(void)state;
	buf_init(&db, SIZE_MAX / 2);
	assert_int_equal(
	    patterns_hs_wanted(p), patterns_hs_compile(p, &db, &why));
	assert_false(patterns_hs_wanted(p));
	buf_free(&db);
	patterns_free(&p);
}

static void
test_cache(void **state)
{
	char directory[] = "patterns_test.XXXXXX", name[64 + 64], key[64];
	struct patterns *p = one_pattern(NULL, SPAN("some.*thing"), 0);
	const char *why = "";

	(void)state;
	assert_non_null(mkdtemp(directory));
	assert_false(patterns_cache_load(p, directory, &why));
	assert_null(why);
	if (patterns_hs_wanted(p)) {
		assert_true(patterns_cache_save(p, directory, &why));
		assert_true(patterns_cache_load(p, directory, &why));
		(void)snprintf(name, sizeof(name), "%s/%s.hs", directory,
		    patterns_hs_key(p, key));
		assert_int_equal(chmod(name, 0666), 0);
		assert_false(patterns_cache_load(p, directory, &why));
		assert_non_null(why);
		assert_int_equal(chmod(name, 0644), 0);
		assert_int_equal(truncate(name, 100), 0);
		assert_false(patterns_cache_load(p, directory, &why));
		assert_true(patterns_cache_save(p, directory, &why));
		assert_true(patterns_cache_load(p, directory, &why));
		assert_false(patterns_cache_save(p, "/nowhere/at/all", &why));
		assert_int_equal(unlink(name), 0);
	} else {
		assert_false(patterns_cache_save(p, directory, &why));
		assert_non_null(why);
	}
	assert_int_equal(rmdir(directory), 0);
	patterns_free(&p);
}

/* ---- threads ------------------------------------------------------------- */

static void *
scan_often(void *context)
{
	const struct patterns *p = context;
	struct gen g = { 3 };
	char text[512];
	struct pattern_result results[64];
	size_t yes = 0;

	for (unsigned i = 0; i < 200; i++) {
		struct patterns_job job = {
			.text = span_make(
			    text, gen_wild_text(&g, text, sizeof(text)))
		};

		patterns_scan(p, &job, results);
		for (size_t k = 0; k < patterns_count(p); k++)
			yes += results[k].answer == PATTERN_YES;
	}
	return (void *)(uintptr_t)yes;
}

static void
test_threads(void **state)
{
	struct patterns_builder *b = patterns_builder_new(NULL);
	struct patterns *p;
	struct gen g = { 5 };
	char regex[512];
	pthread_t thread[20];
	void *alone, *yes;

	(void)state;
	while (patterns_builder_count(b) < 64) {
		struct pattern_error error;
		size_t index;

		gen_pattern(&g, GEN_WILD, regex, sizeof(regex));
		(void)!patterns_add(b, span_of(regex), 0, &index, &error);
	}
	p = patterns_build(&b);
	alone = scan_often(p);
	for (size_t i = 0; i < ARRAY_COUNT(thread); i++)
		assert_int_equal(
		    pthread_create(&thread[i], NULL, scan_often, p), 0);
	for (size_t i = 0; i < ARRAY_COUNT(thread); i++) {
		assert_int_equal(pthread_join(thread[i], &yes), 0);
		assert_ptr_equal(yes, alone);
	}
	patterns_free(&p);
}

static void
test_features(void **state)
{
	char text[PATTERNS_FEATURES_MAX];

	(void)state;
	assert_non_null(strstr(patterns_features(text), "PCRE2 10."));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_flags),
	cmocka_unit_test(test_errors),
	cmocka_unit_test(test_matches),
	cmocka_unit_test(test_catastrophes),
	cmocka_unit_test(test_stop),
	cmocka_unit_test(test_stretches),
	cmocka_unit_test(test_wanted_and_first),
	cmocka_unit_test(test_same),
	cmocka_unit_test(test_blanks),
	cmocka_unit_test(test_beyond),
	cmocka_unit_test(test_damage),
	cmocka_unit_test(test_nothing_to_compile),
	cmocka_unit_test(test_cache),
	cmocka_unit_test(test_threads),
	cmocka_unit_test(test_features),
};

TABLE_MAIN(tests)
