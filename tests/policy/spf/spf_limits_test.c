/*
 * What bounds an evaluation of SPF: hostile records, the number of rounds
 * that it needs, what it does not ask, and the trace of what it did.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "rules/base/buf.h"
#include "tests/kit/spf_kit.h"

#define V "v=spf1 "

/* Records that are far too long, and long local parts. */
static void
test_hostile(void **state)
{
	struct arena *a = arena_new();
	struct span letters = span_repeated(a, "", "a", 9000, "");
	const struct {
		const char *label;
		struct span record;
		enum spf_result want;
		struct span local;
	} row[] = {
		{ "the record that crashes libspf2",
		    span_repeated(a, V "exists:", "%{d}", 125, letters.p),
		    SPF_PERMERROR, SPAN("u") },
		{ "the same with a valid end",
		    span_repeated(a, V "exists:", "%{d}", 125,
			span_repeated(a, letters.p, ".example -all", 1, "").p),
		    SPF_FAIL, SPAN("u") },
		{ "200 networks, the last matches",
		    span_repeated(
			a, V, "ip4:10.9.8.7 ", 200, "ip4:192.0.2.1 -all"),
		    SPF_PASS, SPAN("u") },
		{ "60 KB of networks",
		    span_repeated(a, V, "ip4:1.1.1.1 ", 5000, "-all"), SPF_FAIL,
		    SPAN("u") },
		{ "60 KB of terms that count",
		    span_repeated(a, V, "a ", 30000, "-all"), SPF_PERMERROR,
		    SPAN("u") },
		{ "60 KB of macros, long local part",
		    span_repeated(
			a, V "exists:", "%{l1r-}", 8000, ".example -all"),
		    SPF_FAIL, letters },
		{ "one macro of 9000 digits",
		    span_repeated(
			a, V "exists:%{l", "9", 9000, "}.local.example -all"),
		    SPF_PASS, SPAN("user") },
		{ "longer than any TXT record",
		    span_repeated(a, V, "ip4:1.1.1.1 ", 6000, "-all"),
		    SPF_PERMERROR, SPAN("u") },
	};
	unsigned rounds;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct bench b = bench_new(row[i].record, true);
		struct spf_query q = bench_query();
		const struct spf_outcome *o;

		q.local = row[i].local;
		o = bench_judge(&b, &q, &rounds);
		table_text(row[i].label, "result", spf_result_words[o->result],
		    spf_result_words[row[i].want]);
		bench_free(&b);
	}
	arena_free(&a);
	table_end();
}

/* All that can be foreseen is asked for in one round. */
static void
test_rounds(void **state)
{
	static const struct {
		const char *label, *record;
		unsigned rounds;
	} row[] = {
		{ "nothing but the record", V "-all", 2 },
		{ "independent terms",
		    V "a:h9.example exists:%{i}.no.example "
		      "include:soft.example a:h1.example -all",
		    3 },
		{ "includes side by side, one deep",
		    V "include:fail.example "
		      "include:nest.example",
		    4 },
		{ "all hosts of an MX", V "mx:mx10.example -all", 4 },
		{ "behind a term that waits: a redirect",
		    V "a:h9.example redirect=pass.example", 3 },
	};
	unsigned rounds;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct bench b = bench_new(span_of(row[i].record), true);
		struct spf_query q = bench_query();

		(void)bench_judge(&b, &q, &rounds);
		table_number(row[i].label, "rounds", rounds, row[i].rounds);
		bench_free(&b);
	}
	table_end();
}

/* Behind a certain match nothing is asked for. */
static void
test_no_needless_question(void **state)
{
	struct bench b = bench_new(
	    SPAN(V "a:h9.example ip4:192.0.2.1 a:gone.example -all"), true);
	struct spf_query q = bench_query();
	struct spf *s = spf_new(b.arena, b.dns, &q);

	(void)state;
	assert_false(spf_run(s));
	assert_true(dns_join(b.dns, 0));
	assert_false(spf_run(s));
	assert_int_equal(dns_pending(b.dns), 1);
	assert_true(dns_join(b.dns, 0));
	assert_true(spf_run(s));
	assert_int_equal(spf_outcome(s)->result, SPF_PASS);
	bench_free(&b);
}

static void
test_void_limit(void **state)
{
	struct bench b = bench_new(
	    SPAN(V "a:gone.example a:gone2.example a:gone3.example +all"),
	    false);
	struct spf_query q = bench_query();
	unsigned rounds;

	(void)state;
	q.void_limit = 3;
	assert_int_equal(bench_judge(&b, &q, &rounds)->result, SPF_PASS);
	q.void_limit = 0;
	assert_int_equal(bench_judge(&b, &q, &rounds)->result, SPF_PERMERROR);
	bench_free(&b);
}

static void
test_trace(void **state)
{
	struct bench b =
	    bench_new(SPAN(V "a:gone.example include:nest.example -all"), true);
	struct spf_query q = bench_query();
	static const struct {
		const char *domain, *term, *target, *found;
		unsigned depth;
	} want[] = {
		{ "d.example", "a:gone.example", "gone.example", "no match",
		    0 },
		{ "d.example", "include:nest.example", "nest.example", "match",
		    0 },
		{ "nest.example", "include:pass.example", "pass.example",
		    "match", 1 },
	};
	unsigned rounds;
	const struct spf_outcome *o = bench_judge(&b, &q, &rounds);

	(void)state;
	assert_int_equal(o->step_count, ARRAY_COUNT(want));
	for (size_t i = 0; i < ARRAY_COUNT(want); i++) {
		assert_true(span_is(o->step[i].domain, want[i].domain));
		assert_true(span_is(o->step[i].term, want[i].term));
		assert_true(span_is(o->step[i].target, want[i].target));
		assert_string_equal(o->step[i].found, want[i].found);
		assert_int_equal(o->step[i].depth, want[i].depth);
	}
	assert_true(span_is(o->mechanism, "include:nest.example"));
	assert_true(span_is(o->inner, "ip4:192.0.2.0/24"));
	assert_true(span_is(o->inner_domain, "pass.example"));
	bench_free(&b);
}

static void
test_unknown_client(void **state)
{
	struct bench b = bench_new(SPAN(V "+all"), false);
	struct spf_query q = bench_query();
	unsigned rounds;

	(void)state;
	q.client = (struct ip){ 0 };
	assert_int_equal(bench_judge(&b, &q, &rounds)->result, SPF_NONE);
	bench_free(&b);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_hostile),
	cmocka_unit_test(test_rounds),
	cmocka_unit_test(test_no_needless_question),
	cmocka_unit_test(test_void_limit),
	cmocka_unit_test(test_trace),
	cmocka_unit_test(test_unknown_client),
};

TABLE_MAIN(tests)
