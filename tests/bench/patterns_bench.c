/*
 * What matching costs: sets of patterns on a body of 10 KB, by needles, by
 * Hyperscan and one by one. Prints milliseconds of CPU time per body, the
 * best of some rounds. The patterns and bodies are made up (pattern_gen.h).
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rules/base/buf.h"
#include "rules/match/patterns.h"
#include "tests/kit/pattern_gen.h"

#define BODY   10240
#define BODIES 20
#define ROUNDS 5

static double
cpu_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static bool
never(void *context)
{
	(void)context;
	return false;
}

/* All patterns without regard to case, as rules for bodies mostly are. */
static struct patterns *
make_set(enum gen_kind kind, size_t count, const struct patterns_options *o)
{
	struct patterns_builder *b = patterns_builder_new(o);
	struct pattern_error error;
	struct gen g = { 11 };
	char regex[512];
	size_t index;

	while (patterns_builder_count(b) < count) {
		gen_pattern(&g, kind, regex, sizeof(regex));
		if (!patterns_add(
			b, span_of(regex), PATTERN_CASELESS, &index, &error)) {
			(void)fprintf(stderr, "%s: %s\n", regex, error.message);
			exit(1);
		}
	}
	return patterns_build(&b);
}

/* The best round's milliseconds per body; *yes counts the matches. */
static double
measure(const struct patterns *p, bool spam, bool ascii, size_t *yes)
{
	struct pattern_result *results =
	    calloc(patterns_count(p), sizeof(*results));
	double best = 1e9;
	char text[BODY];

	if (results == NULL)
		exit(1);
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct gen g = { 5 };
		double spent = 0;

		*yes = 0;
		for (unsigned i = 0; i < BODIES; i++) {
			struct patterns_job job = { span_make(text, BODY), NULL,
				never, NULL };
			double start;

			gen_text(&g, spam, text, BODY);
			if (!ascii)
				memcpy(text + 100, "\xe2\x80\x99", 3);
			start = cpu_ms();
			patterns_scan(p, &job, results);
			spent += cpu_ms() - start;
			for (size_t k = 0; k < patterns_count(p); k++)
				*yes += results[k].answer == PATTERN_YES;
		}
		if (spent / BODIES < best)
			best = spent / BODIES;
	}
	free(results);
	return best;
}

static void
report(const char *how, const struct patterns *p, bool ascii)
{
	size_t ham, spam;
	double ham_ms = measure(p, false, ascii, &ham);
	double spam_ms = measure(p, true, ascii, &spam);

	(void)printf("  %-24s ham %7.3f ms (%5.1f match)  spam %7.3f ms (%5.1f "
		     "match)\n",
	    how, ham_ms, (double)ham / BODIES, spam_ms, (double)spam / BODIES);
}

static void
bench_hyperscan(struct patterns *p)
{
	struct buf db;
	const char *why = "";
	double start = cpu_ms();

	if (!patterns_hs_wanted(p)) {
		(void)printf("  no Hyperscan here\n");
		return;
	}
	buf_init(&db, SIZE_MAX / 2);
	if (!patterns_hs_compile(p, &db, &why)) {
		(void)printf("  Hyperscan: %s\n", why);
		buf_free(&db);
		return;
	}
	(void)printf("  database: %.1f s, %zu KB", (cpu_ms() - start) / 1e3,
	    db.n / 1024);
	start = cpu_ms();
	if (!patterns_hs_attach(p, buf_span(&db), &why)) {
		(void)printf("; %s\n", why);
		buf_free(&db);
		return;
	}
	(void)printf(", attached in %.1f ms, covers %zu patterns\n",
	    cpu_ms() - start, patterns_stats(p).hyperscan);
	buf_free(&db);
	report("database, ASCII text", p, true);
	report("database, other text", p, false);
}

static void
bench_way(const char *name, enum gen_kind kind, size_t count,
    const struct patterns_options *o)
{
	double start = cpu_ms();
	struct patterns *p = make_set(kind, count, o);
	struct patterns_stats stats = patterns_stats(p);

	(void)printf("%s: %zu patterns, %zu without needle, %zu needles, %zu "
		     "phrased, %zu KB, built in %.0f ms\n",
	    name, stats.count, stats.always, stats.literals, stats.phrased,
	    stats.memory / 1024, cpu_ms() - start);
	report("needles, ASCII text", p, true);
	report("needles, other text", p, false);
	bench_hyperscan(p);
	(void)printf("  all of it %zu KB\n", patterns_stats(p).memory / 1024);
	patterns_free(&p);
}

static void
bench_set(const char *name, enum gen_kind kind, size_t count)
{
	static const struct patterns_options phrases = { .phrases = true },
					     none = { .no_phrases = true },
					     plain = { .no_prefilter = true };
	struct patterns *p;

	bench_way(name, kind, count, &none);
	bench_way("  all phrases found", kind, count, &phrases);
	p = make_set(kind, count, NULL);
	if (patterns_stats(p).phrased == 0)
		(void)printf("  phrases are not used\n");
	patterns_free(&p);
	p = make_set(kind, count, &plain);
	report("PCRE2 one by one", p, true);
	patterns_free(&p);
}

int
main(void)
{
	char features[PATTERNS_FEATURES_MAX];

	(void)printf(
	    "%s; bodies of %d octets\n", patterns_features(features), BODY);
	bench_set("phrases", GEN_PHRASES, 1000);
	bench_set("ordinary", GEN_ORDINARY, 1000);
	bench_set("heavy", GEN_HEAVY, 1400);
	return 0;
}
