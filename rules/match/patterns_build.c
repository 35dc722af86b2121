/*
 * How does a set of patterns come about? Compiles each, reads its needles
 * off it, and makes the prefilter at the end. Must know nothing of texts.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "rules/base/arena.h"
#include "rules/base/buf.h"
#include "rules/base/panic.h"
#include "rules/base/utf8.h"
#include "rules/match/needle.h"
#include "rules/match/pattern_ascii.h"
#include "rules/match/pattern_bound.h"
#include "rules/match/patterns_set.h"

static const struct patterns_options patterns_defaults = {
	.match_limit = 100000,
	.depth_limit = 10000,
	.heap_kib = 2048,
	.jit_stack_max = 1048576,
};

struct patterns_builder {
	struct patterns_options options;
	struct patterns_item *items;
	size_t count;
	size_t cap;
	struct prefilter_needle *needles;
	size_t needle_count;
	size_t needle_cap;
	struct arena *arena; /* texts of patterns and needles */
	uint32_t *slots;   /* hash table: item number + 1, by regex and flags */
	size_t slot_count; /* a power of two */
};

bool
pattern_flags_parse(struct span letters, unsigned *flags, size_t *bad)
{
	static const char known[] = "imsx";
	unsigned made = 0;

	for (size_t i = 0; i < letters.n; i++) {
		const char *at = memchr(known, letters.p[i], sizeof(known) - 1);
		unsigned bit = at == NULL ? 0 : 1U << (at - known);

		if (bit == 0 || (made & bit) != 0) {
			*bad = i;
			return false;
		}
		made |= bit;
	}
	*flags = made;
	return true;
}

struct patterns_builder *
patterns_builder_new(const struct patterns_options *options)
{
	struct patterns_builder *b = xcalloc(1, sizeof(*b));
	struct patterns_options *o = &b->options;

	if (options != NULL)
		*o = *options;
	if (o->match_limit == 0)
		o->match_limit = patterns_defaults.match_limit;
	if (o->depth_limit == 0)
		o->depth_limit = patterns_defaults.depth_limit;
	if (o->heap_kib == 0)
		o->heap_kib = patterns_defaults.heap_kib;
	if (o->jit_stack_max == 0)
		o->jit_stack_max = patterns_defaults.jit_stack_max;
	b->arena = arena_new();
	return b;
}

void
patterns_items_free(struct patterns_item *items, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		regex_free(&items[i].regex);
		regex_free(&items[i].ascii);
	}
	free(items);
}

void
patterns_builder_free(struct patterns_builder **b)
{
	if (*b == NULL)
		return;
	patterns_items_free((*b)->items, (*b)->count);
	free((*b)->needles);
	free((*b)->slots);
	arena_free(&(*b)->arena);
	free(*b);
	*b = NULL;
}

/* The slot of a pattern, or the free one where it belongs. */
static uint32_t *
patterns_slot(struct patterns_builder *b, struct span regex, unsigned flags)
{
	size_t i = (size_t)span_hash(regex, flags);

	for (;; i++) {
		uint32_t *slot = &b->slots[i & (b->slot_count - 1)];

		if (*slot == 0 || (b->items[*slot - 1].flags == flags &&
				      span_eq(b->items[*slot - 1].text, regex)))
			return slot;
	}
}

static void
patterns_slots_grow(struct patterns_builder *b)
{
	if (b->slot_count > 2 * b->count)
		return;
	b->slot_count = b->slot_count == 0 ? 64 : 4 * b->slot_count;
	free(b->slots);
	b->slots = xcalloc(b->slot_count, sizeof(*b->slots));
	for (size_t i = 0; i < b->count; i++)
		*patterns_slot(b, b->items[i].text, b->items[i].flags) =
		    (uint32_t)i + 1;
}

static void
patterns_add_needle(struct patterns_builder *b, struct span text, size_t bit)
{
	if (b->needle_count == b->needle_cap) {
		b->needle_cap = 2 * b->needle_cap + 64;
		b->needles =
		    xrealloc(b->needles, b->needle_cap, sizeof(*b->needles));
	}
	b->needles[b->needle_count++] =
	    (struct prefilter_needle){ arena_dup(b->arena, text),
		    (uint32_t)bit };
}

static bool
patterns_is_bounded(const struct patterns_item *item)
{
	struct buf text;
	bool bounded;

	buf_init(&text, SIZE_MAX / 4);
	bounded = pattern_bound(item->text, item->flags, &text);
	buf_free(&text);
	return bounded;
}

/* Whether all that one of the sets asks for are texts beyond ASCII. */
static bool
patterns_is_beyond(const struct needles *needles)
{
	for (size_t i = 0; i < needles->count; i++) {
		const struct needle_set *set = &needles->set[i];
		size_t beyond = 0;

		while (beyond < set->count && !utf8_ascii(set->v[beyond]))
			beyond++;
		if (beyond == set->count)
			return true;
	}
	return false;
}

/* Takes over what the needles say about the pattern. */
static void
patterns_learn(
    struct patterns_builder *b, struct patterns_item *item, size_t index)
{
	struct arena *a = arena_new();
	struct needles needles;

	needles_of(item->text, item->flags, b->options.raw, a, &needles);
	item->exotic = needles.exotic;
	item->beyond = !b->options.raw && patterns_is_beyond(&needles);
	item->bounded = patterns_is_bounded(item);
	item->stretches = needles.unbounded && needles.restarts &&
			  regex_restarts(item->regex);
	item->always = needles.count == 0 || b->options.no_prefilter;
	item->sets = item->always ? 0 : (unsigned)needles.count;
	for (size_t i = 0; i < item->sets; i++)
		for (size_t k = 0; k < needles.set[i].count; k++)
			patterns_add_needle(
			    b, needles.set[i].v[k], index * NEEDLE_SETS + i);
	arena_free(&a);
}

/* Most text is ASCII. */
static void
patterns_ascii_twin(
    const struct patterns_builder *b, struct patterns_item *item)
{
	struct patterns_options options = b->options;
	struct buf text;

	if (options.raw || options.no_prefilter)
		return;
	options.raw = true;
	buf_init(&text, SIZE_MAX / 4);
	if (pattern_ascii(item->text, item->flags, &text))
		item->ascii =
		    regex_new(buf_span(&text), item->flags, &options, NULL);
	if (item->ascii != NULL)
		item->ascii_text = arena_dup(b->arena, buf_span(&text));
	buf_free(&text);
}

bool
patterns_add(struct patterns_builder *b, struct span regex, unsigned flags,
    size_t *index, struct pattern_error *error)
{
	struct patterns_item *item;
	struct regex *compiled;
	uint32_t *slot;

	patterns_slots_grow(b);
	slot = patterns_slot(b, regex, flags);
	if (*slot != 0) {
		*index = *slot - 1;
		return true;
	}
	compiled = regex_new(regex, flags, &b->options, error);
	if (compiled == NULL)
		return false;
	if (b->count == b->cap) {
		b->cap = 2 * b->cap + 16;
		b->items = xrealloc(b->items, b->cap, sizeof(*b->items));
	}
	item = &b->items[b->count];
	*item = (struct patterns_item){ .text = arena_dup(b->arena, regex),
		.flags = flags,
		.regex = compiled };
	patterns_ascii_twin(b, item);
	patterns_learn(b, item, b->count);
	*index = b->count++;
	*slot = (uint32_t)b->count;
	return true;
}

struct prefilter *
patterns_prefilter(const struct patterns *p, const uint64_t *without)
{
	struct prefilter_needle *v = NULL;
	size_t count = 0, cap = 0;
	struct prefilter *made;

	for (size_t i = 0; i < p->count; i++) {
		struct needles needles;

		if (bit_get(without, i) || p->items[i].always)
			continue;
		needles_of(p->items[i].text, p->items[i].flags, p->options.raw,
		    p->arena, &needles);
		for (size_t k = 0; k < needles.count; k++)
			for (size_t n = 0; n < needles.set[k].count; n++) {
				if (count == cap) {
					cap = 2 * cap + 64;
					v = xrealloc(v, cap, sizeof(*v));
				}
				v[count++] = (struct prefilter_needle){
					needles.set[k].v[n],
					(uint32_t)(i * NEEDLE_SETS + k)
				};
			}
	}
	made = prefilter_new(v, count);
	free(v);
	return made;
}

/* The patterns that are phrases, where that is worth it. */
static void
patterns_find_phrases(struct patterns *p)
{
	struct phrases_builder *b;
	size_t count = 0;

	if (p->options.no_prefilter || p->options.no_phrases ||
	    (p->count < PHRASES_PATTERNS_MIN && !p->options.phrases))
		return;
	b = phrases_builder_new(p->options.raw);
	p->phrased = xcalloc(p->words, sizeof(*p->phrased));
	for (size_t i = 0; i < p->count; i++)
		if (phrases_add(
			b, p->items[i].text, p->items[i].flags, (uint32_t)i)) {
			bit_set(p->phrased, i);
			count++;
		}
	p->phrases = phrases_build(&b, p->options.phrases);
	/* The others have a database of their own beside that of all. */
	if (count * 2 < p->count && !p->options.phrases)
		phrases_free(&p->phrases);
	p->all_phrased = count == p->count;
}

size_t
patterns_builder_count(const struct patterns_builder *b)
{
	return b->count;
}

struct patterns *
patterns_build(struct patterns_builder **builder)
{
	struct patterns_builder *b = *builder;
	struct patterns *p = xcalloc(1, sizeof(*p));

	p->options = b->options;
	p->items = b->items;
	p->count = b->count;
	p->words = b->count / 64 + 1;
	p->arena = b->arena;
	p->prefilter = prefilter_new(b->needles, b->needle_count);
	p->unneeded = xcalloc(p->words * NEEDLE_SETS, sizeof(*p->unneeded));
	p->beyond = !p->options.no_prefilter;
	for (size_t i = 0; i < p->count; i++) {
		p->beyond = p->beyond && p->items[i].beyond;
		for (size_t k = p->items[i].sets; k < NEEDLE_SETS; k++)
			bit_set(p->unneeded, i * NEEDLE_SETS + k);
	}
	patterns_find_phrases(p);
	p->pool = xcalloc(PATTERNS_POOL_SIZE, sizeof(*p->pool));
	b->items = NULL;
	b->count = 0;
	b->arena = NULL;
	patterns_builder_free(builder);
	return p;
}
