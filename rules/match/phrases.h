#ifndef RULES_MATCH_PHRASES_H
#define RULES_MATCH_PHRASES_H

/*
 * The phrases of many patterns, looked for in one pass over the words of a
 * text: which patterns have one there? Each word is looked up once, and then
 * each pair of words that stand near each other, whatever the number of
 * patterns that share them. Immutable once made; any thread.
 */

#include "rules/base/span.h"

/* A set of fewer patterns has none that are worth it. */
#define PHRASES_PATTERNS_MIN 64

struct phrases;
struct phrases_builder;

struct phrases_builder *phrases_builder_new(bool raw);
/*
 * Adds a pattern that PCRE2 takes, with these enum pattern_flags, by its index.
 * False when it is not wholly made of phrases (rules/match/phrase.h), and then
 * nothing is added. Indices count up.
 */
bool phrases_add(struct phrases_builder *b, struct span regex, unsigned flags,
    uint32_t index);
/*
 * Frees the builder and sets *b to NULL. NULL when a database is as good: when
 * patterns are few, or share few words. always: for tests, never NULL.
 */
struct phrases *phrases_build(struct phrases_builder **b, bool always);
void phrases_free(struct phrases **f);
size_t phrases_memory(const struct phrases *f);

/* What one scan of this set needs; one thread at a time. */
struct phrases_scratch;
struct phrases_scratch *phrases_scratch_new(const struct phrases *f);
void phrases_scratch_free(struct phrases_scratch **s);

/*
 * Sets the bit of each pattern that has a phrase in the text, which is octets
 * or by widen_text, and in from[index] the place before which no match of it
 * starts. False when it was not worth going on: the text is made of pieces of
 * phrases, each of which begins many; what was set is then of no use.
 */
bool phrases_scan(const struct phrases *f, struct phrases_scratch *s,
    struct span text, uint64_t *found, uint32_t *from);

#endif
