/*
 * Which patterns have a phrase in this text? Goes over its words: where one
 * begins phrases, it is looked up together with each that stands near behind
 * it. Must know nothing of patterns but their numbers.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "rules/base/bits.h"
#include "rules/base/octets.h"
#include "rules/base/panic.h"
#include "rules/match/phrases.h"
#include "rules/match/phrases_set.h"

/* Words that are held at a time, of those that phrases have. */
#define TOKENS 1024
/* Octets that are looked at together; words end in as many. */
#define BLOCK 64
_Static_assert(TOKENS > PHRASES_REACH + 2 * BLOCK, "no room to go on");

/* How many lookups and phrases an octet of text may come to, and what is
 * granted to all. Ordinary text of the words of patterns has one to three. */
#define STEPS_OCTET 8
#define STEPS_ALL   4096
/* Octets of a gap that cost as much as a lookup. */
#define STEP_OCTETS 4

struct phrases_token {
	uint32_t start, end;
	uint32_t word;
};

struct phrases_scratch {
	struct phrases_token token[TOKENS];
	uint32_t *list; /* of phrases whose pattern was not found yet */
};

struct phrases_scan {
	const struct phrases *f;
	struct span text;
	struct phrases_token *token;
	uint32_t *list;
	size_t tokens;
	size_t steps; /* that are left */
	uint64_t *found;
	uint32_t *from;
};

struct phrases_scratch *
phrases_scratch_new(const struct phrases *f)
{
	struct phrases_scratch *s = xcalloc(1, sizeof(*s));

	s->list = xcalloc(f->list_n, sizeof(*s->list));
	return s;
}

void
phrases_scratch_free(struct phrases_scratch **s)
{
	if (*s == NULL)
		return;
	free((*s)->list);
	free(*s);
	*s = NULL;
}

/* ---- from words to phrases ----------------------------------------------- */

static void
phrases_spend(struct phrases_scan *s, size_t steps)
{
	s->steps = steps < s->steps ? s->steps - steps : 0;
}

/* Whether all of from..end-1 is what the gap says. */
static bool
phrases_gap_holds(struct phrases_scan *s, const struct phrases_gap *gap,
    size_t from, size_t end)
{
	size_t more = end - from - gap->least;

	if (end - from < gap->least || end - from > gap->most)
		return false;
	phrases_spend(s, (end - from) / STEP_OCTETS);
	for (size_t i = gap->item; i < gap->item + gap->items; i++) {
		const struct phrases_item *item = &s->f->item[i];
		const struct octet_set *set = &s->f->set[item->set];
		size_t n = item->least;

		if (item->least != item->most) {
			n += more;
			if (n > item->most)
				return false;
		}
		for (; n > 0; n--, from++)
			if (!octet_set_has(set, s->text.p[from]))
				return false;
	}
	return true;
}

static bool
phrases_written(const struct phrases_scan *s, const struct phrases_step *step,
    const struct phrases_token *t)
{
	return step->text == 0 ||
	       memcmp(s->f->text + step->text, s->text.p + t->start,
		   t->end - t->start) == 0;
}

static bool
phrases_ends(struct phrases_scan *s, const struct phrases_phrase *phrase,
    const struct phrases_token *last)
{
	const struct phrases_gap *trail = &s->f->gap[phrase->trail];

	return trail->items == 0 || (s->text.n - last->end >= trail->least &&
					phrases_gap_holds(s, trail, last->end,
					    last->end + trail->least));
}

/* Whether the words from number k on stand behind token i. */
static bool
phrases_goes_on(struct phrases_scan *s, const struct phrases_phrase *phrase,
    uint32_t k, size_t i)
{
	const struct phrases_step *step = &s->f->step[phrase->step + k];
	const struct phrases_token *t = s->token;
	const struct phrases_gap *gap;

	if (k == phrase->steps)
		return phrases_ends(s, phrase, &t[i]);
	gap = &s->f->gap[step->gap];
	for (size_t j = i + 1; j < s->tokens && s->steps > 0; j++) {
		if (t[j].start - t[i].end > gap->most)
			break;
		phrases_spend(s, 1);
		if (t[j].word == step->word &&
		    phrases_gap_holds(s, gap, t[i].end, t[j].start) &&
		    phrases_written(s, step, &t[j]) &&
		    phrases_goes_on(s, phrase, k + 1, j))
			return true;
		if (gap->wordless)
			break;
	}
	return false;
}

static bool
phrases_begins(struct phrases_scan *s, const struct phrases_phrase *phrase,
    const struct phrases_token *first)
{
	const struct phrases_step *step = &s->f->step[phrase->step];
	const struct phrases_gap *lead = &s->f->gap[step->gap];

	return phrases_written(s, step, first) &&
	       (lead->items == 0 ||
		   (first->start >= lead->least &&
		       phrases_gap_holds(
			   s, lead, first->start - lead->least, first->start)));
}

static void
phrases_found(struct phrases_scan *s, const struct phrases_phrase *phrase,
    const struct phrases_token *first)
{
	bit_set(s->found, phrase->pattern);
	s->from[phrase->pattern] =
	    first->start > phrase->lead ? first->start - phrase->lead : 0;
}

/* Those of a list that begin with tokens i and j, or, being one word, with i.
 * Who is found leaves the list. */
static void
phrases_try(struct phrases_scan *s, uint32_t at, size_t i, size_t j)
{
	const struct phrases_token *t = s->token;
	uint32_t *list = &s->list[at];

	phrases_spend(s, list[0]);
	for (uint32_t k = list[0]; k > 0 && s->steps > 0; k--) {
		const struct phrases_phrase *phrase = &s->f->phrase[list[k]];
		const struct phrases_step *step = &s->f->step[phrase->step];

		if (bit_get(s->found, phrase->pattern)) {
			list[k] = list[list[0]--];
			continue;
		}
		if (!phrases_begins(s, phrase, &t[i]))
			continue;
		if (phrase->steps == 1
			? phrases_ends(s, phrase, &t[i])
			: phrases_gap_holds(s, &s->f->gap[step[1].gap],
			      t[i].end, t[j].start) &&
			      phrases_written(s, &step[1], &t[j]) &&
			      phrases_goes_on(s, phrase, 2, j)) {
			phrases_found(s, phrase, &t[i]);
			list[k] = list[list[0]--];
		}
	}
}

static void
phrases_try_pair(struct phrases_scan *s, size_t i, size_t j, bool wide)
{
	uint32_t first = s->token[i].word, second = s->token[j].word, at;

	phrases_spend(s, 1);
	if (!bit_get(s->f->maybe, phrases_maybe(first, second, wide)))
		return;
	at = s->f->pair[phrases_pair_slot(s->f, first, second, wide)].at;
	if (at > 0)
		phrases_try(s, at, i, j);
}

/* All phrases that begin with token i. */
static void
phrases_from(struct phrases_scan *s, size_t i)
{
	const struct phrases_token *t = s->token;
	const struct phrases_word *word = &s->f->word[t[i].word];

	if (word->alone > 0)
		phrases_try(s, word->alone, i, i);
	if (word->next && i + 1 < s->tokens)
		phrases_try_pair(s, i, i + 1, false);
	for (size_t j = i + 1; j < s->tokens && s->steps > 0 &&
			       t[j].start - t[i].end <= word->reach;
	     j++)
		phrases_try_pair(s, i, j, true);
}

/* Of the words that are held all from which a phrase cannot reach further, or
 * at the end of the text all. */
static void
phrases_take(struct phrases_scan *s, bool all)
{
	size_t i = 0;

	for (; i + (all ? 0 : PHRASES_REACH) < s->tokens && s->steps > 0; i++)
		phrases_from(s, i);
	memmove(s->token, s->token + i, (s->tokens - i) * sizeof(*s->token));
	s->tokens -= i;
}

/* ---- from text to words -------------------------------------------------- */

/* Bit i: octet i of eight is a \w. */
static uint64_t
phrases_letters(const char *p)
{
	uint64_t word = octets_read(p), ascii = word & ~OCTETS_HIGH,
		 lower = ascii | OCTETS_ALL(0x20U), letters;

	letters = (octets_from(lower, 'a') & ~octets_from(lower, 'z' + 1)) |
		  (octets_from(ascii, '0') & ~octets_from(ascii, '9' + 1)) |
		  octets_equal(ascii, '_');
	letters &= ~word & OCTETS_HIGH;
	/* The product puts bit 7 of octet i to 56 + i. */
	return (letters >> 7) * UINT64_C(0x0102040810204080) >> 56;
}

static uint64_t
phrases_letters_block(const char *p)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < BLOCK / OCTETS_WORD; i++)
		bits |= phrases_letters(p + i * OCTETS_WORD)
			<< (i * OCTETS_WORD);
	return bits;
}

static void
phrases_token(struct phrases_scan *s, size_t start, size_t end)
{
	char padded[PHRASE_WORD_MAX] = { 0 };
	const char *p = s->text.p + start;
	size_t n = end - start;
	uint32_t word;

	if (n > PHRASE_WORD_MAX)
		return;
	if (s->text.n - start < PHRASE_WORD_MAX) {
		memcpy(padded, p, n);
		p = padded;
	}
	word = s->f->slot[phrases_key_slot(
			      s->f, phrases_key_of(octets_read(p),
					octets_read(p + OCTETS_WORD), n))]
		   .word;
	if (word != 0)
		s->token[s->tokens++] = (struct phrases_token){ (uint32_t)start,
			(uint32_t)end, word };
}

bool
phrases_scan(const struct phrases *f, struct phrases_scratch *scratch,
    struct span text, uint64_t *found, uint32_t *from)
{
	struct phrases_scan s = { .f = f,
		.text = text,
		.token = scratch->token,
		.list = scratch->list,
		.steps = STEPS_ALL + STEPS_OCTET * text.n,
		.found = found,
		.from = from };
	uint64_t inside = 0;
	size_t start = 0;

	if (text.n > UINT32_MAX)
		return false;
	memcpy(s.list, f->list, f->list_n * sizeof(*s.list));
	for (size_t at = 0; at < text.n && s.steps > 0; at += BLOCK) {
		char rest[BLOCK] = { 0 };
		const char *p = text.p + at;
		uint64_t letters, edges;

		if (text.n - at < BLOCK) {
			memcpy(rest, p, text.n - at);
			p = rest;
		}
		letters = phrases_letters_block(p);
		for (edges = letters ^ (letters << 1 | inside); edges != 0;
		     edges &= edges - 1) {
			size_t edge = at + bit_lowest(edges);

			if (inside)
				phrases_token(&s, start, edge);
			start = edge;
			inside ^= 1;
		}
		if (s.tokens > TOKENS - BLOCK)
			phrases_take(&s, false);
	}
	if (inside)
		phrases_token(&s, start, text.n);
	phrases_take(&s, true);
	return s.steps > 0;
}
