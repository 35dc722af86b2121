/*
 * Canonical bodies: rows that say what the canonical text is, split at every
 * place; and random bodies, long enough to be worked on in blocks, against a
 * second way to canonicalise them and against libopendkim.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/compare/compare_dkim.h"
#include "policy/dkim/dkim.h"
#include "policy/dkim/dkim_crypto.h"
#include "rules/base/arena.h"
#include "rules/base/buf.h"

#define ALL DKIM_LENGTH_ALL

/* clang-format off */
static const struct row {
	const char *label;
	const char *body;
	int64_t length;
	const char *simple, *relaxed; /* the canonical text */
} rows[] = {
	{ "empty", "", ALL, "\r\n", "" },
	{ "one line end", "\r\n", ALL, "\r\n", "" },
	{ "only line ends", "\r\n\r\n\r\n\r\n", ALL, "\r\n", "" },
	{ "a line", "a\r\n", ALL, "a\r\n", "a\r\n" },
	{ "no line end", "a", ALL, "a\r\n", "a\r\n" },
	{ "blank lines at the end", "a\r\n\r\n\r\n", ALL, "a\r\n", "a\r\n" },
	{ "blank lines at the front", "\r\n\r\na\r\n", ALL, "\r\n\r\na\r\n", "\r\n\r\na\r\n" },
	{ "blank lines inside", "a\r\n\r\n\r\nb\r\n\r\n", ALL, "a\r\n\r\n\r\nb\r\n", "a\r\n\r\n\r\nb\r\n" },
	{ "more of them than are hashed at once", "a"
	    "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n"
	    "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n"
	    "b", ALL, "a"
	    "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n"
	    "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n"
	    "b\r\n", "a"
	    "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n"
	    "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n"
	    "b\r\n" },

	{ "white space", " a \t b\t\r\n", ALL, " a \t b\t\r\n", " a b\r\n" },
	{ "runs become one space", "a  b\t\tc \t d\r\n", ALL, "a  b\t\tc \t d\r\n", "a b c d\r\n" },
	{ "tabs alone", "a\tb\tc\r\n", ALL, "a\tb\tc\r\n", "a b c\r\n" },
	{ "a line of white space", "a\r\n \t \r\nb\r\n", ALL, "a\r\n \t \r\nb\r\n", "a\r\n\r\nb\r\n" },
	{ "lines of white space at the end", "a\r\n \r\n\t\t\r\n", ALL, "a\r\n \r\n\t\t\r\n", "a\r\n" },
	{ "white space without a line end", "a\r\n  ", ALL, "a\r\n  \r\n", "a\r\n" },
	{ "nothing but white space", " \t ", ALL, " \t \r\n", "" },
	{ "white space and a line end", " \r\n", ALL, " \r\n", "" },

	{ "a line of a CR", "a\r\n\r\r\n", ALL, "a\r\n\r\r\n", "a\r\n\r\r\n" },
	{ "a line of CRs", "a\r\n\r\r\r\r\n\r\n", ALL, "a\r\n\r\r\r\r\n", "a\r\n\r\r\r\r\n" },
	{ "nothing but a line of CRs", "\r\r\r\n", ALL, "\r\r\r\n", "\r\r\r\n" },
	{ "CR CR LF inside", "a\r\r\nb\r\n", ALL, "a\r\r\nb\r\n", "a\r\r\nb\r\n" },
	{ "a CR inside", "a\rb\r\n", ALL, "a\rb\r\n", "a\rb\r\n" },
	{ "a CR behind a space", "a \rb\r\n", ALL, "a \rb\r\n", "a \rb\r\n" },
	{ "a CR behind a run", "a \t\rb\r\n", ALL, "a \t\rb\r\n", "a \rb\r\n" },
	{ "a CR before a run", "a\r \tb\r\n", ALL, "a\r \tb\r\n", "a\r b\r\n" },
	{ "a CR before a space", "a\r b\r\n", ALL, "a\r b\r\n", "a\r b\r\n" },
	{ "a CR among spaces", "a  \r  \r\n", ALL, "a  \r  \r\n", "a \r\r\n" },
	{ "CRs behind a space", "a \r\r\n", ALL, "a \r\r\n", "a \r\r\n" },
	{ "a CR at the end", "a\r", ALL, "a\r\r\n", "a\r\r\n" },
	{ "a space and a CR at the end", "a \r", ALL, "a \r\r\n", "a \r\r\n" },
	{ "a CR behind line ends", "a\r\n\r\n\r", ALL, "a\r\n\r\n\r\r\n", "a\r\n\r\n\r\r\n" },
	{ "a CR alone", "\r", ALL, "\r\r\n", "\r\r\n" },
	{ "a LF inside", "a\nb\r\n", ALL, "a\nb\r\n", "a\nb\r\n" },
	{ "a LF behind a space", "a \nb\r\n", ALL, "a \nb\r\n", "a \nb\r\n" },
	{ "a LF at the end", "a\n", ALL, "a\n\r\n", "a\n\r\n" },
	{ "a LF alone", "\n", ALL, "\n\r\n", "\n\r\n" },
	{ "LF CR", "a\n\r", ALL, "a\n\r\r\n", "a\n\r\r\n" },
	{ "a LF behind a line end", "a\r\n\n", ALL, "a\r\n\n\r\n", "a\r\n\n\r\n" },
	{ "a LF between line ends", "a\r\n\n\r\n\r\n", ALL, "a\r\n\n\r\n", "a\r\n\n\r\n" },

	{ "l=0", "a\r\n", 0, "", "" },
	{ "l=0, empty", "", 0, "", "" },
	{ "l=1, empty", "", 1, "\r", "" },
	{ "l= ends before a line end", "ab\r\ncd\r\n", 2, "ab", "ab" },
	{ "l= ends inside a line end", "ab\r\ncd\r\n", 3, "ab\r", "ab\r" },
	{ "l= ends behind a line end", "ab\r\ncd\r\n", 4, "ab\r\n", "ab\r\n" },
	{ "l= ends inside the last line end", "ab\r\n\r\n", 3, "ab\r", "ab\r" },
	{ "l= is the body", "ab\r\ncd\r\n", 8, "ab\r\ncd\r\n", "ab\r\ncd\r\n" },
	{ "l= is beyond the end", "ab\r\n\r\n\r\n", 5, "ab\r\n", "ab\r\n" },
	{ "l= counts what is left", "a  b \r\n\r\nc\r\n", 5, "a  b ", "a b\r\n" },
	{ "l= ends inside blank lines", "a\r\n\r\n\r\nb\r\n", 6, "a\r\n\r\n\r", "a\r\n\r\n\r" },
};
/* clang-format on */

/* ---- rows ----------------------------------------------------------------- */

static void
feed_split(struct dkim_body *b, struct span body, size_t x, size_t y)
{
	dkim_body_feed(b, span_slice(body, 0, x));
	dkim_body_feed(b, span_slice(body, x, y));
	dkim_body_feed(b, span_slice(body, y, body.n));
	dkim_body_end(b);
}

static void
want_text(const char *label, const struct dkim_body *b, size_t i,
    const char *what, const char *want)
{
	uint8_t hash[HASH_SHA256_OCTETS];

	hash_sha256(span_of(want), hash);
	table_number(
	    label, what, dkim_body_octets(b, i), (long long)strlen(want));
	if (memcmp(hash, dkim_body_hash(b, i), sizeof(hash)) != 0)
		table_fail(label, "%s: another hash", what);
}

static void
check_split(const struct row *r, size_t x, size_t y)
{
	const struct dkim_variant variant[] = { { DKIM_SIMPLE, r->length },
		{ DKIM_RELAXED, r->length } };
	struct dkim_body *b = dkim_body_new(variant, ARRAY_COUNT(variant));

	feed_split(b, span_of(r->body), x, y);
	want_text(r->label, b, DKIM_SIMPLE, "simple", r->simple);
	want_text(r->label, b, DKIM_RELAXED, "relaxed", r->relaxed);
	dkim_body_free(&b);
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		size_t n = strlen(rows[i].body);

		if (!table_wants(rows[i].label))
			continue;
		for (size_t x = 0; x <= n; x++)
			for (size_t y = x; y <= n; y++)
				check_split(&rows[i], x, y);
	}
	table_end();
}

/* ---- random bodies -------------------------------------------------------- */

/* Numerical Recipes' generator: the same bodies in every run. */
static uint32_t
random_next(uint32_t *seed)
{
	*seed = *seed * 1664525U + 1013904223U;
	return *seed >> 16;
}

/*
 * Words, line ends and white space, some of it rare in one body and frequent
 * in another; lone if a CR or LF may stand alone.
 */
static struct span
random_body(struct arena *a, uint32_t *seed, bool lone)
{
	static const char *const part[] = { "word", " ", "\r\n", "\t", "  ",
		"\r\n\r\n", " \r\n", "\xc3\xa9 ", "\n", "\r", " \r" };
	size_t parts =
	    random_next(seed) % (ARRAY_COUNT(part) - (lone ? 0 : 3)) + 1;
	size_t words = random_next(seed) % 60;
	size_t n = random_next(seed) % 9 == 0 ? 12000 : random_next(seed) % 300;
	struct buf b;
	struct span body;

	buf_init(&b, 1 << 16);
	while (b.n < n)
		(void)buf_addz(&b, part[random_next(seed) % 64 < words
					    ? 0
					    : random_next(seed) % parts]);
	body = arena_dup(a, buf_span(&b));
	buf_free(&b);
	return body;
}

/* Relaxed, 3.4.4 a, from the front to the end and without a thought. */
static struct span
plain_relaxed(struct arena *a, struct span body)
{
	char *out = arena_alloc(a, body.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < body.n; i++) {
		size_t k = i;

		while (k < body.n && (body.p[k] == ' ' || body.p[k] == '\t'))
			k++;
		if (k > i && k < body.n &&
		    !span_starts(span_slice(body, k, body.n), SPAN("\r\n")))
			out[n++] = ' ';
		if (k < body.n)
			out[n++] = body.p[k];
		i = k;
	}
	return span_make(out, n);
}

static struct span
plain_ended(struct arena *a, struct span text, bool relaxed)
{
	while (span_ends(text, SPAN("\r\n")))
		text.n -= 2;
	if (text.n == 0 && relaxed)
		return SPAN("");
	return span_of(arena_printf(a, "%.*s\r\n", SPAN_FMT(text)));
}

static void
check_random(struct arena *a, uint32_t *seed)
{
	struct span body = random_body(a, seed, true);
	struct span want[] = { plain_ended(a, body, false),
		plain_ended(a, plain_relaxed(a, body), true) };
	const struct dkim_variant variant[] = { { DKIM_SIMPLE, ALL },
		{ DKIM_RELAXED, ALL } };
	size_t x = random_next(seed) % (body.n + 1);
	size_t y = x + random_next(seed) % (body.n - x + 1);
	struct dkim_body *b = dkim_body_new(variant, ARRAY_COUNT(variant));

	feed_split(b, body, x, y);
	for (size_t i = 0; i < ARRAY_COUNT(variant); i++)
		want_text(arena_strdup(a, body), b, i, "random", want[i].p);
	dkim_body_free(&b);
}

static void
test_random(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (size_t i = 0; i < 4000; i++) {
		struct arena *a = arena_new();

		check_random(a, &seed);
		arena_free(&a);
	}
	table_end();
}

/* ---- libopendkim ---------------------------------------------------------- */

static void
check_library(struct arena *a, struct span body, int64_t length)
{
	const struct dkim_variant variant[] = { { DKIM_SIMPLE, ALL },
		{ DKIM_RELAXED, ALL }, { DKIM_SIMPLE, length },
		{ DKIM_RELAXED, length } };
	struct dkim_second second[ARRAY_COUNT(variant)];
	struct dkim_body *b = dkim_body_new(variant, ARRAY_COUNT(variant));
	const char *label = arena_strdup(a, body), *why;

	feed_split(b, body, body.n / 3, body.n / 2);
	if (!compare_dkim(variant, ARRAY_COUNT(variant), body, second, &why))
		table_fail(label, "no opinion: %s", why);
	for (size_t i = 0; i < ARRAY_COUNT(variant); i++) {
		table_number(
		    label, "octets", dkim_body_octets(b, i), second[i].octets);
		if (memcmp(dkim_body_hash(b, i), second[i].hash,
			HASH_SHA256_OCTETS) != 0)
			table_fail(label, "variant %zu: another hash", i);
	}
	dkim_body_free(&b);
}

static bool
library_is_there(void)
{
	const struct dkim_variant variant = { DKIM_SIMPLE, ALL };
	struct dkim_second second;
	const char *why;

	return compare_dkim(&variant, 1, SPAN(""), &second, &why) ||
	       strstr(why, "built in") == NULL;
}

static void
test_library(void **state)
{
	uint32_t seed = 2;

	(void)state;
	if (!library_is_there())
		skip();
	for (size_t i = 0; i < 2000; i++) {
		struct arena *a = arena_new();
		struct span body = random_body(a, &seed, false);

		check_library(
		    a, body, (int64_t)(random_next(&seed) % (body.n + 9)));
		arena_free(&a);
	}
	table_end();
}

static void
test_no_opinion(void **state)
{
	static const struct {
		const char *body, *why;
	} no[] = {
		{ "a\rb\r\n", "not compared: a CR or LF stands alone" },
		{ "a\r\n\r\r\n", "not compared: a CR or LF stands alone" },
		{ "a\r\n\r", "not compared: a CR or LF stands alone" },
		{ "a\n", "not compared: a CR or LF stands alone" },
		{ "a\r\n\n", "not compared: a CR or LF stands alone" },
		{ "\nab\r\n", "not compared: a CR or LF stands alone" },
		{ NULL, "not compared: the body is long" },
	};
	const struct dkim_variant variant = { DKIM_SIMPLE, ALL };
	struct arena *a = arena_new();
	struct dkim_second second;

	(void)state;
	for (size_t i = 0; library_is_there() && i < ARRAY_COUNT(no); i++) {
		size_t n = COMPARE_DKIM_OCTETS_MAX + 1;
		struct span body = no[i].body == NULL
				       ? span_make(arena_alloc(a, n), n)
				       : span_of(no[i].body);
		const char *why = NULL;

		assert_false(compare_dkim(&variant, 1, body, &second, &why));
		table_text(no[i].why, "why", why, no[i].why);
	}
	arena_free(&a);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_rows),
	cmocka_unit_test(test_random),
	cmocka_unit_test(test_library),
	cmocka_unit_test(test_no_opinion),
};

TABLE_MAIN(tests)
