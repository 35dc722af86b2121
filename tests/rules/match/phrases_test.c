/*
 * Patterns by the words they are made of: which are read as phrases and how,
 * and that a text has a phrase where PCRE2 finds the pattern, and only there.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "rules/base/arena.h"
#include "rules/base/bits.h"
#include "rules/base/buf.h"
#include "rules/match/pattern_widen.h"
#include "rules/match/patterns.h"
#include "rules/match/phrase.h"
#include "rules/match/phrases.h"
#include "tests/kit/pattern_gen.h"

#define I PATTERN_CASELESS

/* ---- patterns ------------------------------------------------------------ */

/* want: phrases parted by " | ", each as its words and between them the octets
 * of the gap; "no": none. */
static const struct {
	const char *label, *pattern, *want;
	unsigned flags;
} rows[] = {
	{ "a word", "\\bab\\b", "ab", I },
	{ "not whole", "\\bab", "no", I },
	{ "two words", "\\bab cd\\b", "ab 1 cd", I },
	{ "the first not whole", "xab cd ef\\b", "4 cd 1 ef", I },
	{ "one word and more", "ab cd ef", "no", I },
	{ "the ends not whole", "ab cd ef gh", "3 cd 1 ef 3", I },
	{ "alternatives", "\\b(?:ab|c)\\s+d\\b", "ab 1+ d | c 1+ d", 0 },
	{ "an option", "\\bab cds?\\b", "ab 1 cds | ab 1 cd", I },
	{ "one of it", "\\bab (cd){1,1}\\b", "ab 1 cd", I },
	{ "few letters", "\\bv[i1]a b\\b", "v1a 1 b | via 1 b", I },
	{ "a gap with words", "\\bab .{0,20}\\bcd\\b", "ab 1-21 cd", I },
	{ "too wide", "\\bab .{0,200}\\bcd\\b", "no", I },
	{ "without bound", "\\bab .*\\bcd\\b", "no", I },
	{ "words may touch", "\\bab\\W{0,3}cd\\b", "no", I },
	{ "not for certain", "\\bab\\W{0,3}\\bcd\\b", "no", I },
	{ "but not with a border", "\\bab\\b\\W{0,3}\\bcd\\b", "ab 0-3 cd", I },
	{ "two that have no number", "\\bab\\s*,\\s*cd\\b", "no", I },
	{ "content with less", "\\bab\\s+?cd\\b", "ab 1+ cd", I },
	{ "gives nothing back", "\\bab\\s++cd\\b", "no", I },
	{ "a border of its own", "\\bab .\\b.\\bcd\\b", "no", I },
	{ "before all", "\\$\\d\\bab cd\\b", "2 ab 1 cd", I },
	{ "some before all", "\\d+ ab cd\\b", "no", I },
	{ "some behind all", "\\bab cd\\s*", "no", I },
	{ "more than one behind all", "\\bab cd\\s{2,}", "ab 1 cd 2", I },
	{ "another class", "\\bab[ -]cd\\b", "ab 1 cd", I },
	{ "all but", "\\bab[^a-z\\d_]{1,2}cd\\b", "ab 1-2 cd", I },
	{ "a named class", "\\bab[[:space:]]cd\\b", "no", I },
	{ "look-ahead", "\\bab(?= )", "no", I },
	{ "an option inside", "(?i)\\bab cd\\b", "no", 0 },
	{ "back reference", "\\b(ab) \\1\\b", "no", I },
	{ "a verb", "\\bab (*SKIP)cd\\b", "no", I },
	{ "begin and end", "^ab cd$", "no", I },
	{ "nothing", "", "no", I },
	{ "perhaps nothing", "(?:\\bab\\b)?", "no", I },
	{ "none of it", "\\bab(?:cd){0}\\b", "ab", I },
	{ "a long word", "\\babcdefghijklmnopq a b\\b", "no", I },
	{ "extended", "\\bab cd\\b", "no", PATTERN_EXTENDED },
	{ "other characters", "\\b\xc3\xa9 b c\\b", "no", I },
	{ "quoted", "\\b\\Qa b\\E\\b", "no", I },
	{ "by number", "\\b\\x41 b\\b", "no", I },
	{ "many ways", "\\b[ab]c? [ab]c? [ab]c? [ab]c?\\b", "no", I },
};

static void
gap_text(struct buf *out, const struct phrase_gap *gap, bool end)
{
	if (gap->n == 0 && end)
		return;
	(void)buf_printf(out, " %u", gap->least);
	if (gap->most == STRAND_ANY)
		(void)buf_addc(out, '+');
	else if (gap->most != gap->least)
		(void)buf_printf(out, "-%u", gap->most);
}

static void
phrases_text(
    struct span regex, unsigned flags, struct arena *a, struct buf *out)
{
	struct strands s;
	struct phrase phrase;

	if (!strands_of(regex, flags, false, a, &s)) {
		(void)buf_add(out, SPAN(" no"));
		return;
	}
	for (size_t i = 0; i < s.count; i++) {
		if (!phrase_of(&s.v[i], a, &phrase)) {
			out->n = 0;
			(void)buf_add(out, SPAN(" no"));
			return;
		}
		if (i > 0)
			(void)buf_add(out, SPAN(" |"));
		for (size_t k = 0; k < phrase.count; k++) {
			gap_text(out, &phrase.gap[k], k == 0);
			(void)buf_printf(
			    out, " %.*s", SPAN_FMT(phrase.word[k]));
		}
		gap_text(out, &phrase.gap[phrase.count], true);
	}
}

static void
test_phrases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct arena *a = arena_new();
		struct buf out;

		if (table_wants(rows[i].label)) {
			buf_init(&out, 4000);
			phrases_text(
			    span_of(rows[i].pattern), rows[i].flags, a, &out);
			(void)buf_addc(&out, '\0');
			table_text(
			    rows[i].label, "phrases", out.p + 1, rows[i].want);
			buf_free(&out);
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
		"(?:ab|cd)", "word|", "a{9}", "[", "\\b", "\\ba b\\b|", "(a?)",
		"(?:)", "()", "a ", "\\W+" };
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(piece); i++) {
		struct strands s;
		char *regex = malloc(20001);
		size_t n = strlen(piece[i]);

		assert_non_null(regex);
		for (size_t k = 0; k + n <= 20000; k += n)
			memcpy(regex + k, piece[i], n);
		(void)strands_of(
		    span_make(regex, 20000 / n * n), 0, false, a, &s);
		free(regex);
		assert_true(arena_used(a) < 20000000);
		arena_reset(a);
	}
	arena_free(&a);
}

/* ---- texts --------------------------------------------------------------- */

#define BATCHES   16
#define BATCH     120
#define TEXTS     150
#define TEXT_SIZE 4096

struct batch {
	struct patterns *plain, *fast;
	struct phrases *phrases;
	uint64_t phrased[BATCH / 64 + 1]; /* what phrases has */
	bool raw;
	size_t count;
};

static void
batch_make(struct gen *g, struct batch *b, enum gen_kind kind)
{
	struct patterns_options plain = { .raw = b->raw, .no_prefilter = true },
				fast = { .raw = b->raw, .phrases = true };
	struct patterns_builder *x = patterns_builder_new(&plain),
				*y = patterns_builder_new(&fast);
	struct phrases_builder *z = phrases_builder_new(b->raw);

	memset(b->phrased, 0, sizeof(b->phrased));
	for (size_t at = 0; at < BATCH;) {
		unsigned flags = gen_number(g, 3) == 0
				     ? gen_number(g, 8)
				     : (unsigned)PATTERN_CASELESS;
		struct pattern_error error;
		size_t i, k;
		char regex[512];

		gen_pattern(g, kind, regex, sizeof(regex));
		if (!patterns_add(x, span_of(regex), flags, &i, &error) ||
		    !patterns_add(y, span_of(regex), flags, &k, &error) ||
		    i != at)
			continue;
		assert_int_equal(i, k);
		if (phrases_add(z, span_of(regex), flags, (uint32_t)at))
			bit_set(b->phrased, at);
		at++;
	}
	b->plain = patterns_build(&x);
	b->fast = patterns_build(&y);
	b->phrases = phrases_build(&z, true);
	b->count = BATCH;
}

static void
batch_free(struct batch *b)
{
	patterns_free(&b->plain);
	patterns_free(&b->fast);
	phrases_free(&b->phrases);
}

/* The same answers, places and lengths. */
static void
batch_scan(const struct batch *b, const char *how, struct span text,
    const struct pattern_result *want)
{
	struct pattern_result got[BATCH];
	struct patterns_job job = { .text = text };

	patterns_scan(b->fast, &job, got);
	for (size_t i = 0; i < b->count; i++) {
		unsigned flags;
		struct span regex = patterns_regex(b->fast, i, &flags);

		if (got[i].answer != want[i].answer ||
		    got[i].offset != want[i].offset ||
		    got[i].length != want[i].length)
			table_fail(how,
			    "/%.*s/ %u on \"%.*s\": %d at %zu, want %d at %zu",
			    SPAN_FMT(regex), flags, SPAN_FMT(text),
			    got[i].answer, got[i].offset, want[i].answer,
			    want[i].offset);
	}
}

/* Octets have a phrase where the pattern matches, and nowhere else; marked
 * text at least there. */
static size_t
batch_phrases(const struct batch *b, struct span text, bool marked,
    const struct pattern_result *want)
{
	struct phrases_scratch *s = phrases_scratch_new(b->phrases);
	uint64_t found[BATCH / 64 + 1] = { 0 };
	uint32_t from[BATCH];
	size_t matches = 0;

	if (!phrases_scan(b->phrases, s, text, found, from)) {
		phrases_scratch_free(&s);
		return 0;
	}
	for (size_t i = 0; i < b->count; i++) {
		bool yes = want[i].answer == PATTERN_YES;
		unsigned flags;
		struct span regex = patterns_regex(b->fast, i, &flags);

		if (!bit_get(b->phrased, i))
			continue;
		matches += yes;
		if (bit_get(found, i) != yes && (yes || !marked))
			table_fail("phrases", "/%.*s/ %u on \"%.*s\": %d",
			    SPAN_FMT(regex), flags, SPAN_FMT(text), !yes);
		if (yes && !marked && from[i] > want[i].offset)
			table_fail("phrases", "/%.*s/ on \"%.*s\": from %u",
			    SPAN_FMT(regex), SPAN_FMT(text), from[i]);
	}
	phrases_scratch_free(&s);
	return matches;
}

/* Attaches a database where there is Hyperscan. */
static void
batch_attach(struct batch *b)
{
	const char *why = "";
	struct buf db;

	if (!patterns_hs_wanted(b->fast))
		return;
	buf_init(&db, SIZE_MAX / 2);
	if (!patterns_hs_compile(b->fast, &db, &why) ||
	    !patterns_hs_attach(b->fast, buf_span(&db), &why))
		fail_msg("%s", why);
	buf_free(&db);
}

static size_t
batch_text(struct gen *g, const struct batch *b, unsigned i)
{
	struct pattern_result want[BATCH];
	struct patterns_job job;
	char *text = malloc(TEXT_SIZE), marked[TEXT_SIZE];
	bool ascii = i % 2 == 0;
	size_t n = gen_rows_text(g, ascii, text, TEXT_SIZE), matches = 0, m;
	char *exact = malloc(n + 1);

	assert_true(text != NULL && exact != NULL);
	/* What is read behind the end is seen. */
	memcpy(exact, text, n);
	free(text);
	exact = realloc(exact, n > 0 ? n : 1);
	job = (struct patterns_job){ .text = span_make(exact, n) };
	patterns_scan(b->plain, &job, want);
	batch_scan(b, b->raw ? "octets" : "text", job.text, want);
	if (b->raw || ascii)
		matches = batch_phrases(b, job.text, false, want);
	else if (widen_text(job.text, marked, &m))
		matches = batch_phrases(b, span_make(marked, m), true, want);
	free(exact);
	return matches;
}

static void
test_differential(void **state)
{
	struct gen g = { 77 };
	size_t matches = 0, phrased = 0;

	(void)state;
	for (unsigned i = 0; i < BATCHES; i++) {
		struct batch b = { .raw = i % 3 == 0 };

		batch_make(&g, &b, GEN_ROWS);
		for (size_t k = 0; k < b.count; k++)
			phrased += bit_get(b.phrased, k);
		for (unsigned k = 0; k < TEXTS; k++) {
			if (k == TEXTS / 2 && i % 4 == 1)
				batch_attach(&b);
			matches += batch_text(&g, &b, k);
		}
		batch_free(&b);
	}
	print_message("%zu phrased, %zu matches\n", phrased, matches);
	/* It looks at what it is there for. */
	assert_true(phrased > BATCHES * BATCH / 6);
	assert_true(matches > BATCHES * TEXTS);
	table_end();
}

/* Words that stand across what is looked at and held at a time. */
static void
test_places(void **state)
{
	struct phrases_builder *b = phrases_builder_new(true);
	struct phrases_scratch *s;
	struct phrases *f;
	char *text = malloc(70000);

	(void)state;
	assert_non_null(text);
	assert_true(phrases_add(b, SPAN("\\bend .{0,60}\\bword\\b"), 0, 0));
	assert_true(phrases_add(b, SPAN("\\ba b\\b"), 0, 1));
	f = phrases_build(&b, true);
	s = phrases_scratch_new(f);
	for (size_t at = 0; at < 9000; at += at < 300 ? 1 : 251) {
		uint64_t found = 0;
		uint32_t from[2] = { 0 };

		for (size_t i = 0; i < 60000; i++)
			text[i] = i % 2 == 0 ? 'a' : ' ';
		memcpy(text + at, "(end a a a a a a a a a word)", 28);
		assert_true(
		    phrases_scan(f, s, span_make(text, 60000), &found, from));
		table_number("a place", "found", (long long)found, 1);
		table_number("a place", "from", from[0], (long long)at + 1);
		found = 0;
		assert_true(
		    phrases_scan(f, s, span_make(text, at + 27), &found, from));
		table_number("at the end", "found", (long long)found, 1);
		found = 0;
		assert_true(
		    phrases_scan(f, s, span_make(text, at + 26), &found, from));
		table_number("cut", "found", (long long)found, 0);
	}
	phrases_free(&f);
	phrases_scratch_free(&s);
	free(text);
	table_end();
}

/* A text that is made of beginnings is left to others, with the same answers;
 * so is one with a gap that has no end. */
static void
test_hostile(void **state)
{
	struct patterns_options options = { .phrases = true };
	struct patterns_builder *b = patterns_builder_new(&options);
	struct phrases_builder *c = phrases_builder_new(false);
	struct phrases_scratch *s;
	struct pattern_result result[200];
	char *text = malloc(40000), regex[80];
	struct patterns_job job = { .text = span_make(text, 40000) };
	uint64_t found[4] = { 0 };
	uint32_t from[200];
	struct patterns *p;
	struct phrases *f;

	(void)state;
	assert_non_null(text);
	for (unsigned i = 0; i < 200; i++) {
		struct pattern_error error;
		size_t index;

		(void)snprintf(regex, sizeof(regex),
		    "\\ba .{0,40}\\bb .{0,40}\\b(?:c%u|d)\\s+e\\b", i);
		assert_true(patterns_add(b, span_of(regex), I, &index, &error));
		assert_true(phrases_add(c, span_of(regex), I, i));
	}
	p = patterns_build(&b);
	f = phrases_build(&c, true);
	s = phrases_scratch_new(f);
	for (size_t i = 0; i < job.text.n; i++)
		text[i] = "a b "[i % 4];
	assert_false(phrases_scan(f, s, job.text, found, from));
	memcpy(text + 30000, "c7  e b c199 \n e a b d e ", 25);
	patterns_scan(p, &job, result);
	for (unsigned i = 0; i < 200; i++) {
		table_number(
		    "hostile", "answer", result[i].answer, PATTERN_YES);
		table_number("hostile", "ends",
		    (long long)(result[i].offset + result[i].length),
		    i == 7     ? 30005
		    : i == 199 ? 30016
			       : 30024);
	}
	phrases_free(&f);
	phrases_scratch_free(&s);
	patterns_free(&p);
	free(text);
	table_end();
}

/* Where they are worth it. */
static void
test_worth(void **state)
{
	static const struct {
		const char *label;
		enum gen_kind kind;
		unsigned count, one_in; /* of GEN_HEAVY is the rest */
		bool want;
	} row[] = {
		{ "words that many share", GEN_PHRASES, 1000, 1, true },
		{ "few patterns", GEN_PHRASES, 50, 1, false },
		{ "half of all", GEN_PHRASES, 400, 2, true },
		{ "some among others", GEN_PHRASES, 600, 3, false },
		{ "words of their own", GEN_ORDINARY, 1000, 1, false },
		{ "hardly any phrases", GEN_HEAVY, 200, 1, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct patterns_builder *b = patterns_builder_new(NULL);
		struct gen g = { 11 };
		struct patterns *p;

		while (patterns_builder_count(b) < row[i].count) {
			struct pattern_error error;
			char regex[512];
			size_t index;

			gen_pattern(&g,
			    patterns_builder_count(b) % row[i].one_in == 0
				? row[i].kind
				: GEN_HEAVY,
			    regex, sizeof(regex));
			assert_true(
			    patterns_add(b, span_of(regex), I, &index, &error));
		}
		p = patterns_build(&b);
		table_number(row[i].label, "used",
		    patterns_stats(p).phrased > 0, row[i].want);
		patterns_free(&p);
	}
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_phrases),
	cmocka_unit_test(test_large_patterns),
	cmocka_unit_test(test_differential),
	cmocka_unit_test(test_places),
	cmocka_unit_test(test_hostile),
	cmocka_unit_test(test_worth),
};

TABLE_MAIN(tests)
