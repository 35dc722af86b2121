/*
 * Which patterns of a set match in a text? Finds the candidates by needles
 * (or by the database of Hyperscan) and lets PCRE2 decide on each. Must know
 * nothing of either library's types nor of where the text comes from.
 */
#include "config.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/arena.h"
#include "rules/base/panic.h"
#include "rules/base/utf8.h"
#include "rules/match/needle.h"
#include "rules/match/pattern_bound.h"
#include "rules/match/pattern_widen.h"
#include "rules/match/patterns_set.h"

/*
 * About how many steps a match may take between two calls of stop: starting
 * places times the text behind them. 10 ms for the worst patterns.
 */
#define STRETCH_STEPS (UINT64_C(16) << 20)

/* Each pattern has this many bits where needles are looked for: one a set. */
#define SETS NEEDLE_SETS
_Static_assert(SETS == 4, "patterns_all_found counts in nibbles");

struct scan_scratch {
	struct regex_scratch *regex;
	uint64_t *candidates;
	uint64_t *found; /* SETS bits for each pattern */
	uint64_t *seen;
	bool ascii; /* the text at hand is */
	/* Where exact's database says that a pattern's first match ends; 0: it
	 * says nothing. */
	uint32_t *end;
};

/* ---- scratch ------------------------------------------------------------- */

/* The most needles that one scan can see. */
static size_t
scan_needles(const struct patterns *p)
{
	const struct prefilter *f[] = { p->prefilter, p->exact.others,
		p->wide.others };
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
	regex_scratch_fit(s->regex, p->exact.db);
	regex_scratch_fit(s->regex, p->wide.db);
	s->end = xcalloc(p->count + 1, sizeof(*s->end));
	s->candidates = xcalloc(p->words, sizeof(*s->candidates));
	s->found = xcalloc(p->words * SETS, sizeof(*s->found));
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

void
patterns_db_free(struct patterns_db *db)
{
	regex_db_free(&db->db);
	prefilter_free(&db->others);
	free(db->covered);
	db->covered = NULL;
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
	patterns_db_free(&p->exact);
	patterns_db_free(&p->wide);
	free(p->width);
	free(p->bounded);
	free(p->unneeded);
	arena_free(&p->arena);
	free(p);
	*set = NULL;
}

/* ---- scanning ------------------------------------------------------------ */

/* A pattern is a candidate when each of its sets has a needle in the text. */
static void
patterns_all_found(const struct patterns *p, struct scan_scratch *s)
{
	for (size_t w = 0; w < p->words * SETS; w++) {
		uint64_t all = s->found[w];

		all &= all >> 2;
		all &= all >> 1;
		all &= UINT64_C(0x1111111111111111);
		for (size_t i = w * 16; all != 0; i++, all >>= 4)
			if (all & 1)
				bit_set(s->candidates, i);
	}
}

/* Candidates by needles: all of those in f, and who needs none. Without f, and
 * without memory for a text as long as a peer likes, they are all tried. */
static void
patterns_by_needles(const struct patterns *p, const struct prefilter *f,
    struct scan_scratch *s, struct span text)
{
	bool folds = !p->options.raw && !s->ascii;
	char *folded = f != NULL && folds ? malloc(text.n) : NULL;

	if (f == NULL || (folds && folded == NULL)) {
		memset(s->candidates, 0xff, p->words * sizeof(*s->candidates));
		return;
	}
	memset(s->seen, 0, (prefilter_count(f) / 64 + 1) * sizeof(*s->seen));
	if (folds)
		text = span_make(folded, needle_fold(text, false, folded));
	memcpy(s->found, p->unneeded, p->words * SETS * sizeof(*s->found));
	prefilter_scan(f, text, s->seen, s->found);
	patterns_all_found(p, s);
	free(folded);
}

/*
 * A database judges octets. For ASCII that is what PCRE2 judges, so there
 * are next to no false candidates. Other text is marked, and its patterns
 * are widened and have lost their \b: see rules/match/pattern_widen.h.
 *
 * Rejected: databases in UTF-8 mode with Unicode properties. They take
 * minutes and gigabytes to compile, and their tables are of another year
 * than PCRE2's, so that some characters would be missed.
 */
static bool
patterns_by_database(const struct patterns *p, const struct patterns_db *db,
    struct scan_scratch *s, struct span text)
{
	char *marked;
	size_t n = 0;
	bool ok;

	if (db == &p->exact)
		return regex_db_scan(
		    db->db, s->regex, text, s->candidates, s->end);
	marked = xmalloc(text.n);
	ok = widen_text(text, marked, &n) &&
	     regex_db_scan(
		 db->db, s->regex, span_make(marked, n), s->candidates, NULL);
	free(marked);
	return ok;
}

/*
 * What the database does not cover, needles must; of the others they are asked
 * about those that it knows with white space that ends, where this text has
 * more of it.
 */
static void
patterns_uncovered(const struct patterns *p, const struct patterns_db *db,
    struct scan_scratch *s, struct span text, const uint64_t *bounded)
{
	if (bounded == NULL && db->covers_all)
		return;
	patterns_by_needles(
	    p, bounded == NULL ? db->others : p->prefilter, s, text);
	for (size_t w = 0; w < p->words; w++)
		s->candidates[w] &=
		    ~db->covered[w] | (bounded == NULL ? 0 : bounded[w]);
}

static void
patterns_candidates(
    const struct patterns *p, struct scan_scratch *s, struct span text)
{
	const struct patterns_db *db;
	const uint64_t *bounded = NULL;

	memset(s->candidates, 0, p->words * sizeof(*s->candidates));
	memset(s->end, 0, p->count * sizeof(*s->end));
	s->ascii = utf8_ascii(text);
	if (s->ascii && p->beyond)
		return;
	db = p->options.raw || s->ascii ? &p->exact : &p->wide;
	if (db->db == NULL) {
		patterns_by_needles(p, p->prefilter, s, text);
		return;
	}
	if (db == &p->exact && p->bounded != NULL &&
	    pattern_bound_exceeded(text))
		bounded = p->bounded;
	patterns_uncovered(p, db, s, text, bounded);
	if (!patterns_by_database(p, db, s, text))
		patterns_by_needles(p, p->prefilter, s, text);
	/* Their first match may be one that the database does not know. */
	for (size_t i = 0; bounded != NULL && i < p->count; i++)
		if (bit_get(bounded, i))
			s->end[i] = 0;
}

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

/* The first match cannot start more than its width before the place where the
 * match that ends first does. */
static size_t
patterns_start(
    const struct patterns *p, size_t index, const struct scan_scratch *s)
{
	size_t end = s->end[index];

	return end > 0 && end > p->width[index] ? end - p->width[index] : 0;
}

/* Should PCRE2 find none from where one may start on, it looks at what is
 * before: the database decides nothing. */
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
