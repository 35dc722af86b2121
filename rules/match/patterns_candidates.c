/*
 * Which patterns of a set may match in a text? Finds them by needles, by the
 * database of Hyperscan, or by the words that they are made of. Must know
 * nothing of the library's types nor of where the text comes from.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "rules/base/utf8.h"
#include "rules/match/needle.h"
#include "rules/match/pattern_bound.h"
#include "rules/match/pattern_widen.h"
#include "rules/match/patterns_scratch.h"

/* Each pattern has this many bits where needles are looked for: one a set. */
#define SETS NEEDLE_SETS
_Static_assert(SETS == 4, "patterns_all_found counts in nibbles");

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
 * What a database and phrases judge is octets. For ASCII that is what PCRE2
 * judges, so there are next to no false candidates. Other text is marked, into
 * *freed, and its patterns are widened and have lost their \b: see
 * rules/match/pattern_widen.h. p NULL: that cannot be.
 *
 * Rejected: databases in UTF-8 mode with Unicode properties. They take
 * minutes and gigabytes to compile, and their tables are of another year
 * than PCRE2's, so that some characters would be missed.
 */
static struct span
patterns_octets(const struct patterns *p, const struct scan_scratch *s,
    struct span text, char **freed)
{
	size_t n = 0;

	if (p->options.raw || s->ascii)
		return text.p == NULL ? SPAN("") : text;
	*freed = malloc(text.n);
	if (*freed == NULL || !widen_text(text, *freed, &n))
		return span_make(NULL, 0);
	return span_make(*freed, n);
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

/* Candidates by databases, or where there is none, or no octets for it, by
 * needles. */
static void
patterns_by_databases(const struct patterns *p, const struct patterns_dbs *dbs,
    struct scan_scratch *s, struct span text, struct span octets)
{
	bool exact = p->options.raw || s->ascii;
	const struct patterns_db *db = exact ? &dbs->exact : &dbs->wide;
	const uint64_t *bounded = NULL;

	if (db->covered == NULL || octets.p == NULL) {
		patterns_by_needles(p, p->prefilter, s, text);
		return;
	}
	if (exact && dbs->bounded != NULL && pattern_bound_exceeded(text))
		bounded = dbs->bounded;
	patterns_uncovered(p, db, s, text, bounded);
	if (db->db != NULL && !regex_db_scan(db->db, s->regex, octets,
				  s->candidates, exact ? s->end : NULL))
		patterns_by_needles(p, p->prefilter, s, text);
	/* Their first match may be one that the database does not know. */
	for (size_t i = 0; bounded != NULL && i < p->count; i++)
		if (bit_get(bounded, i))
			s->end[i] = 0;
}

static int
patterns_by_place(const void *x, const void *y)
{
	uint32_t a = ((const struct scan_place *)x)->from,
		 b = ((const struct scan_place *)y)->from;

	return (a > b) - (a < b);
}

/* From places of a marked text to those of the text. */
static void
patterns_unmark(
    const struct patterns *p, struct scan_scratch *s, struct span text)
{
	size_t count = 0, at = 0, marked = 0;

	for (size_t i = 0; i < p->count; i++)
		if (bit_get(s->phrased, i) && s->from[i] > 0)
			s->place[count++] =
			    (struct scan_place){ s->from[i], (uint32_t)i };
	if (count > 0)
		qsort(s->place, count, sizeof(*s->place), patterns_by_place);
	for (size_t i = 0; i < count; i++) {
		widen_place(text, &at, &marked, s->place[i].from);
		s->from[s->place[i].index] = (uint32_t)at;
	}
}

/* False: phrases do not say. */
static bool
patterns_by_phrases(const struct patterns *p, struct scan_scratch *s,
    struct span text, struct span octets)
{
	if (octets.p == NULL || p->phrases == NULL)
		return false;
	memset(s->phrased, 0, p->words * sizeof(*s->phrased));
	if (!phrases_scan(p->phrases, s->phrases, octets, s->phrased, s->from))
		return false;
	if (!p->all_phrased)
		patterns_by_databases(p, &p->rest, s, text, octets);
	for (size_t w = 0; w < p->words; w++)
		s->candidates[w] =
		    (s->candidates[w] & ~p->phrased[w]) | s->phrased[w];
	return true;
}

void
patterns_candidates(
    const struct patterns *p, struct scan_scratch *s, struct span text)
{
	char *freed = NULL;
	struct span octets;
	bool phrased;

	memset(s->candidates, 0, p->words * sizeof(*s->candidates));
	memset(s->end, 0, p->count * sizeof(*s->end));
	memset(s->from, 0, p->count * sizeof(*s->from));
	s->ascii = utf8_ascii(text);
	if (s->ascii && p->beyond)
		return;
	octets = patterns_octets(p, s, text, &freed);
	phrased = patterns_by_phrases(p, s, text, octets);
	if (phrased && freed != NULL)
		patterns_unmark(p, s, text);
	if (!phrased) {
		/* What was found before it gave up. */
		memset(s->from, 0, p->count * sizeof(*s->from));
		patterns_by_databases(p, &p->all, s, text, octets);
	}
	free(freed);
}
