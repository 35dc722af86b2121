/*
 * How does a set of phrases come about? Numbers the words of all patterns and
 * files each phrase under the two words that it begins with. Must know nothing
 * of texts.
 */
#include "config.h"

#include "rules/match/phrases.h"

#include <stdlib.h>
#include <string.h>

#include "rules/base/bits.h"
#include "rules/base/octets.h"
#include "rules/base/panic.h"
#include "rules/match/patterns.h"
#include "rules/match/phrases_set.h"

/* Where they share their words less, a database of Hyperscan
 * is as fast (tests/bench/README). */
#define SHARED_MIN 6

/* Gaps and sets that are looked through for one that is the same. */
#define ALIKE_MAX 256

struct phrases_builder {
	struct phrases *made;
	size_t patterns;
	struct arena *scratch; /* of the pattern at hand */
};

struct phrases_builder *
phrases_builder_new(bool raw)
{
	struct phrases_builder *b = xcalloc(1, sizeof(*b));
	struct phrases *f = xcalloc(1, sizeof(*f));

	f->arena = arena_new();
	f->raw = raw;
	/* Number 0 is no word. */
	f->word = arena_grow(
	    f->arena, NULL, &f->word_cap, f->words = 1, sizeof(*f->word));
	f->slots = 64;
	f->slot = arena_array(f->arena, f->slots, sizeof(*f->slot));
	b->made = f;
	b->scratch = arena_new();
	return b;
}

void
phrases_free(struct phrases **f)
{
	if (*f == NULL)
		return;
	arena_free(&(*f)->arena);
	free(*f);
	*f = NULL;
}

size_t
phrases_memory(const struct phrases *f)
{
	return sizeof(*f) + arena_size(f->arena);
}

/* ---- tables -------------------------------------------------------------- */

static void
phrases_slots_grow(struct phrases *f)
{
	struct phrases_slot *old = f->slot;
	size_t count = f->slots;

	f->slots *= 4;
	f->slot = arena_array(f->arena, f->slots, sizeof(*f->slot));
	for (size_t i = 0; i < count; i++)
		if (old[i].word != 0)
			f->slot[phrases_key_slot(f, old[i].key)] = old[i];
}

static uint32_t
phrases_word(struct phrases *f, struct span text)
{
	char padded[PHRASE_WORD_MAX] = { 0 };
	struct phrases_key key;
	size_t i;

	memcpy(padded, text.p, text.n);
	key = phrases_key_of(
	    octets_read(padded), octets_read(padded + OCTETS_WORD), text.n);
	i = phrases_key_slot(f, key);
	if (f->slot[i].word != 0)
		return f->slot[i].word;
	f->slot[i] = (struct phrases_slot){ key, (uint32_t)f->words };
	f->word = arena_grow(
	    f->arena, f->word, &f->word_cap, ++f->words, sizeof(*f->word));
	if (f->words * 4 > f->slots)
		phrases_slots_grow(f);
	return (uint32_t)f->words - 1;
}

static uint32_t
phrases_set(struct phrases *f, const struct octet_set *set)
{
	for (size_t i = 0; i < f->sets && i < ALIKE_MAX; i++)
		if (memcmp(&f->set[i], set, sizeof(*set)) == 0)
			return (uint32_t)i;
	f->set = arena_grow(
	    f->arena, f->set, &f->set_cap, f->sets + 1, sizeof(*f->set));
	f->set[f->sets] = *set;
	return (uint32_t)f->sets++;
}

/* Whether gap i is made of the items behind all that are in use. */
static bool
phrases_gap_is(const struct phrases *f, size_t i, size_t items)
{
	const struct phrases_gap *gap = &f->gap[i];

	for (size_t k = 0; k < items && gap->items == items; k++) {
		const struct phrases_item *x = &f->item[gap->item + k],
					  *y = &f->item[f->items + k];

		if (x->set != y->set || x->least != y->least ||
		    x->most != y->most)
			return false;
	}
	return gap->items == items;
}

static uint32_t
phrases_gap(struct phrases *f, const struct phrase_gap *gap)
{
	f->item = arena_grow(f->arena, f->item, &f->item_cap,
	    f->items + gap->n + 1, sizeof(*f->item));
	for (size_t i = 0; i < gap->n; i++)
		f->item[f->items + i] =
		    (struct phrases_item){ phrases_set(f, &gap->v[i].set),
			    gap->v[i].least, gap->v[i].most };
	for (size_t i = 0; i < f->gaps && i < ALIKE_MAX; i++)
		if (phrases_gap_is(f, i, gap->n))
			return (uint32_t)i;
	f->gap = arena_grow(
	    f->arena, f->gap, &f->gap_cap, f->gaps + 1, sizeof(*f->gap));
	f->gap[f->gaps] = (struct phrases_gap){ gap->least, gap->most,
		(uint32_t)f->items, (uint32_t)gap->n, gap->wordless };
	f->items += gap->n;
	return (uint32_t)f->gaps++;
}

/* ---- patterns ------------------------------------------------------------ */

/* How many words of a text may at most stand from the first to the last. */
static size_t
phrases_reach(const struct phrase *phrase)
{
	size_t reach = 1;

	for (size_t i = 1; i < phrase->count; i++)
		reach += phrase->gap[i].wordless
			     ? 1
			     : (phrase->gap[i].most + 1) / 2 + 1;
	return reach;
}

static uint32_t
phrases_text(struct phrases *f, struct span word)
{
	f->text = arena_grow(
	    f->arena, f->text, &f->text_cap, f->texts + word.n + 1, 1);
	memcpy(f->text + f->texts + 1, word.p, word.n);
	f->texts += word.n + 1;
	return (uint32_t)(f->texts - word.n);
}

static void
phrases_put(struct phrases *f, const struct phrase *phrase, uint32_t pattern,
    bool caseless, uint32_t lead)
{
	f->step = arena_grow(f->arena, f->step, &f->step_cap,
	    f->steps + phrase->count, sizeof(*f->step));
	f->phrase = arena_grow(f->arena, f->phrase, &f->phrase_cap,
	    f->phrases + 1, sizeof(*f->phrase));
	f->phrase[f->phrases++] = (struct phrases_phrase){ pattern,
		(uint32_t)f->steps, (uint32_t)phrase->count,
		phrases_gap(f, &phrase->gap[phrase->count]), lead };
	for (size_t i = 0; i < phrase->count; i++)
		f->step[f->steps++] = (struct phrases_step){
			.word = phrases_word(f, phrase->word[i]),
			.gap = phrases_gap(f, &phrase->gap[i]),
			.text = caseless ? 0 : phrases_text(f, phrase->word[i])
		};
}

bool
phrases_add(struct phrases_builder *b, struct span regex, unsigned flags,
    uint32_t index)
{
	struct strands strands;
	struct phrase *phrase;
	uint32_t lead = 0;

	arena_reset(b->scratch);
	if (!strands_of(regex, flags, b->made->raw, b->scratch, &strands))
		return false;
	phrase = arena_array(b->scratch, strands.count, sizeof(*phrase));
	for (size_t i = 0; i < strands.count; i++) {
		if (!phrase_of(&strands.v[i], b->scratch, &phrase[i]) ||
		    phrases_reach(&phrase[i]) > PHRASES_REACH)
			return false;
		if (phrase[i].gap[0].most > lead)
			lead = phrase[i].gap[0].most;
	}
	for (size_t i = 0; i < strands.count; i++)
		phrases_put(b->made, &phrase[i], index,
		    (flags & PATTERN_CASELESS) != 0, lead);
	b->patterns++;
	return true;
}

/* ---- the index ----------------------------------------------------------- */

/* Where it is said which list a phrase is in; says of its first word, too, what
 * begins with it. */
static uint32_t *
phrases_place(struct phrases *f, const struct phrases_phrase *phrase)
{
	const struct phrases_step *step = &f->step[phrase->step];
	struct phrases_word *word = &f->word[step->word];
	const struct phrases_gap *gap;
	struct phrases_pair *pair;

	if (phrase->steps == 1)
		return &word->alone;
	gap = &f->gap[step[1].gap];
	word->next = word->next || gap->wordless;
	if (!gap->wordless && gap->most > word->reach)
		word->reach = gap->most;
	pair = &f->pair[phrases_pair_slot(
	    f, step->word, step[1].word, !gap->wordless)];
	bit_set(
	    f->maybe, phrases_maybe(step->word, step[1].word, !gap->wordless));
	pair->first = step->word;
	pair->second_wide = step[1].word << 1 | !gap->wordless;
	return &pair->at;
}

/* Makes a list, as long as was counted, and empty. */
static void
phrases_list(struct phrases *f, uint32_t *at)
{
	size_t count = *at;

	*at = 0;
	if (count == 0)
		return;
	*at = (uint32_t)f->list_n;
	f->list_n += count + 1;
}

static void
phrases_index(struct phrases *f)
{
	for (f->pairs = 64; f->pairs < 2 * f->phrases;)
		f->pairs *= 2;
	f->pair = arena_array(f->arena, f->pairs, sizeof(*f->pair));
	f->maybe = arena_array(f->arena, PHRASES_MAYBE / 64, sizeof(*f->maybe));
	/* Each phrase is in one list, and a list has a length. */
	f->list = arena_array(f->arena, 2 * f->phrases + 1, sizeof(*f->list));
	f->list_n = 1;
	for (size_t i = 0; i < f->phrases; i++)
		(*phrases_place(f, &f->phrase[i]))++;
	for (size_t i = 0; i < f->words; i++)
		phrases_list(f, &f->word[i].alone);
	for (size_t i = 0; i < f->pairs; i++)
		phrases_list(f, &f->pair[i].at);
	for (size_t i = 0; i < f->phrases; i++) {
		uint32_t *list = &f->list[*phrases_place(f, &f->phrase[i])];

		list[++list[0]] = (uint32_t)i;
	}
}

static void *
phrases_copy(struct arena *a, const void *from, size_t count, size_t size)
{
	void *made = arena_array(a, count + 1, size);

	if (count > 0)
		memcpy(made, from, count * size);
	return made;
}

/* Into an arena without what was left behind while tables grew. */
static void
phrases_pack(struct phrases *f)
{
	struct arena *a = arena_new();

	f->slot = phrases_copy(a, f->slot, f->slots, sizeof(*f->slot));
	f->word = phrases_copy(a, f->word, f->words, sizeof(*f->word));
	f->phrase = phrases_copy(a, f->phrase, f->phrases, sizeof(*f->phrase));
	f->step = phrases_copy(a, f->step, f->steps, sizeof(*f->step));
	f->gap = phrases_copy(a, f->gap, f->gaps, sizeof(*f->gap));
	f->item = phrases_copy(a, f->item, f->items, sizeof(*f->item));
	f->set = phrases_copy(a, f->set, f->sets, sizeof(*f->set));
	f->text = phrases_copy(a, f->text, f->texts, 1);
	arena_free(&f->arena);
	f->arena = a;
}

struct phrases *
phrases_build(struct phrases_builder **builder, bool always)
{
	struct phrases_builder *b = *builder;
	struct phrases *f = b->made;

	if (always || (b->patterns >= PHRASES_PATTERNS_MIN &&
			  f->steps >= SHARED_MIN * f->words)) {
		phrases_pack(f);
		phrases_index(f);
	} else {
		phrases_free(&f);
	}
	arena_free(&b->scratch);
	free(b);
	*builder = NULL;
	return f;
}
