/*
 * Which patterns of a set match in a text? Asks for the candidates
 * (patterns_candidates.c) and lets PCRE2 decide on each. Must know nothing of
 * its types nor of where the text comes from.
 */
#include "config.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/arena.h"
#include "rules/base/panic.h"
#include "rules/match/patterns_scratch.h"

/*
 * About how many steps a match may take between two calls of stop: starting
 * places times the text behind them. 10 ms for the worst patterns.
 */
#define STRETCH_STEPS (UINT64_C(16) << 20)

/* ---- scratch ------------------------------------------------------------- */

/* The most needles that one scan can see. */
static size_t
scan_needles(const struct patterns *p)
{
	const struct prefilter *f[] = { p->prefilter, p->all.exact.others,
		p->all.wide.others, p->rest.exact.others, p->rest.wide.others };
	size_t most = 0;

	for (size_t i = 0; i < ARRAY_COUNT(f); i++)
		if (f[i] != NULL && prefilter_count(f[i]) > most)
			most = prefilter_count(f[i]);
	return most;
}

static struct scan_scratch *
scan_scratch_new(const struct patterns *p)
{
	struct scan_scratch *s = xcalloc(1, sizeof(*s));

	s->regex = regex_scratch_new(&p->options);
	regex_scratch_fit(s->regex, p->all.exact.db);
	regex_scratch_fit(s->regex, p->all.wide.db);
	regex_scratch_fit(s->regex, p->rest.exact.db);
	regex_scratch_fit(s->regex, p->rest.wide.db);
	if (p->phrases != NULL) {
		s->phrases = phrases_scratch_new(p->phrases);
		s->phrased = xcalloc(p->words, sizeof(*s->phrased));
		s->place = xcalloc(p->count + 1, sizeof(*s->place));
	}
	s->from = xcalloc(p->count + 1, sizeof(*s->from));
	s->end = xcalloc(p->count + 1, sizeof(*s->end));
	s->candidates = xcalloc(p->words, sizeof(*s->candidates));
	s->found = xcalloc(p->words * NEEDLE_SETS, sizeof(*s->found));
	s->seen = xcalloc(scan_needles(p) / 64 + 1, sizeof(*s->seen));
	return s;
}

static void
scan_scratch_free(struct scan_scratch *s)
{
	if (s == NULL)
		return;
	regex_scratch_free(&s->regex);
	free(s->candidates);
	free(s->found);
	free(s->seen);
	free(s->end);
	phrases_scratch_free(&s->phrases);
	free(s->phrased);
	free(s->from);
	free(s->place);
	free(s);
}

/*
 * Each slot of the pool holds one idle scratch or nothing, and whoever
 * exchanges it out has it: no lock, and nothing belongs to a thread.
 */
static struct scan_scratch *
scan_scratch_take(const struct patterns *p)
{
	for (size_t i = 0; i < PATTERNS_POOL_SIZE; i++) {
		struct scan_scratch *s = atomic_exchange(&p->pool[i], NULL);

		if (s != NULL)
			return s;
	}
	return scan_scratch_new(p);
}

static void
scan_scratch_give(const struct patterns *p, struct scan_scratch *s)
{
	for (size_t i = 0; i < PATTERNS_POOL_SIZE; i++) {
		struct scan_scratch *none = NULL;

		if (atomic_compare_exchange_strong(&p->pool[i], &none, s))
			return;
	}
	scan_scratch_free(s);
}

void
patterns_pool_clear(struct patterns *p)
{
	for (size_t i = 0; i < PATTERNS_POOL_SIZE; i++)
		scan_scratch_free(atomic_exchange(&p->pool[i], NULL));
}

static void
patterns_db_free(struct patterns_db *db)
{
	regex_db_free(&db->db);
	prefilter_free(&db->others);
	free(db->covered);
}

void
patterns_dbs_free(struct patterns_dbs *dbs)
{
	patterns_db_free(&dbs->exact);
	patterns_db_free(&dbs->wide);
	free(dbs->bounded);
	*dbs = (struct patterns_dbs){ 0 };
}

void
patterns_free(struct patterns **set)
{
	struct patterns *p = *set;

	if (p == NULL)
		return;
	patterns_pool_clear(p);
	free(p->pool);
	patterns_items_free(p->items, p->count);
	prefilter_free(&p->prefilter);
	patterns_dbs_free(&p->all);
	patterns_dbs_free(&p->rest);
	phrases_free(&p->phrases);
	free(p->phrased);
	free(p->width);
	free(p->unneeded);
	arena_free(&p->arena);
	free(p);
	*set = NULL;
}

/* ---- scanning ------------------------------------------------------------ */

static bool
patterns_stopped(const struct patterns_job *job)
{
	return job->stop != NULL && job->stop(job->context);
}

/* The next place behind at that is the start of a character. */
static size_t
patterns_next_character(const struct patterns *p, struct span text, size_t at)
{
	while (
	    !p->options.raw && at < text.n && (text.p[at] & '\xc0') == '\x80')
		at++;
	return at;
}

/*
 * A pattern that repeats without bound may look at the whole rest of the
 * text from each starting place. So it runs over stretches of starting
 * places, the shorter the longer the text, and stop is asked in between.
 */
static struct pattern_result
patterns_by_stretches(const struct patterns *p, const struct regex *r,
    struct scan_scratch *s, const struct patterns_job *job, size_t start,
    size_t last)
{
	struct pattern_result result = { PATTERN_NO, 0, 0 };

	start = regex_next_start(r, job->text, start);
	while (start <= job->text.n && start <= last) {
		size_t rest = job->text.n - start;
		size_t end = start + (size_t)(STRETCH_STEPS / (rest + 1)) + 1;
		bool all;

		end = patterns_next_character(p, job->text, end);
		all = end > job->text.n || end > last;
		result = regex_match(
		    r, s->regex, job->text, start, all ? last : end - 1);
		if (result.answer != PATTERN_NO || all)
			break;
		if (patterns_stopped(job)) {
			result.answer = PATTERN_LIMIT;
			break;
		}
		start = regex_next_start(r, job->text, end);
	}
	return result;
}

/* The first match that starts from start to last. */
static struct pattern_result
patterns_search(const struct patterns *p, size_t index, struct scan_scratch *s,
    const struct patterns_job *job, size_t start, size_t last)
{
	const struct patterns_item *item = &p->items[index];
	const struct regex *r =
	    s->ascii && item->ascii != NULL ? item->ascii : item->regex;
	uint64_t steps = (uint64_t)job->text.n * job->text.n;

	return item->stretches && job->stop != NULL && steps > STRETCH_STEPS
		   ? patterns_by_stretches(p, r, s, job, start, last)
		   : regex_match(r, s->regex, job->text, start, last);
}

/*
 * Where the first match may start: phrases tell, or it is not more than its
 * width before the place where the match that ends first does.
 */
static size_t
patterns_start(
    const struct patterns *p, size_t index, const struct scan_scratch *s)
{
	size_t end = s->end[index];

	if (s->from[index] > 0)
		return s->from[index];
	return end > 0 && end > p->width[index] ? end - p->width[index] : 0;
}

/* Should PCRE2 find none from where one may start on, it looks at what is
 * before: neither database nor phrases decide anything. */
static struct pattern_result
patterns_confirm(const struct patterns *p, size_t index, struct scan_scratch *s,
    const struct patterns_job *job)
{
	size_t start = patterns_start(p, index, s);
	struct pattern_result result =
	    patterns_search(p, index, s, job, start, SIZE_MAX);

	if (result.answer != PATTERN_NO || start == 0)
		return result;
	return patterns_search(p, index, s, job, 0, start - 1);
}

/*
 * The result of each wanted candidate in turn goes to take, until that
 * returns false.
 */
static void
patterns_each(const struct patterns *p, const struct patterns_job *job,
    bool (*take)(void *to, size_t index, struct pattern_result result),
    void *to)
{
	struct scan_scratch *s = scan_scratch_take(p);
	bool stopped = false, more = true;

	patterns_candidates(p, s, job->text);
	for (size_t w = 0; w < p->words && more; w++) {
		uint64_t bits = s->candidates[w];

		if (w == p->count / 64)
			bits &= (UINT64_C(1) << p->count % 64) - 1;
		if (job->wanted != NULL && w < (p->count + 63) / 64)
			bits &= job->wanted[w];
		for (size_t i = w * 64; bits != 0 && more; i++, bits >>= 1) {
			struct pattern_result r = { PATTERN_LIMIT, 0, 0 };

			if (!(bits & 1))
				continue;
			stopped = stopped || patterns_stopped(job);
			if (!stopped)
				r = patterns_confirm(p, i, s, job);
			more = take(to, i, r);
		}
	}
	scan_scratch_give(p, s);
}

static bool
patterns_store(void *to, size_t index, struct pattern_result result)
{
	struct pattern_result *results = to;

	results[index] = result;
	return true;
}

void
patterns_scan(const struct patterns *p, const struct patterns_job *job,
    struct pattern_result *results)
{
	memset(results, 0, p->count * sizeof(*results));
	if (p->count > 0)
		patterns_each(p, job, patterns_store, results);
}

struct patterns_found {
	size_t index;
	struct pattern_result result;
};

static bool
patterns_keep_first(void *to, size_t index, struct pattern_result result)
{
	struct patterns_found *found = to;

	if (result.answer == PATTERN_YES ||
	    (result.answer == PATTERN_LIMIT &&
		found->result.answer == PATTERN_NO))
		*found = (struct patterns_found){ index, result };
	return result.answer != PATTERN_YES;
}

enum pattern_answer
patterns_first(const struct patterns *p, const struct patterns_job *job,
    size_t *index, struct pattern_result *result)
{
	struct patterns_found found = { 0, { PATTERN_NO, 0, 0 } };

	if (p->count > 0)
		patterns_each(p, job, patterns_keep_first, &found);
	*index = found.index;
	*result = found.result;
	return found.result.answer;
}
