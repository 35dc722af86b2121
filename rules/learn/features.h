#ifndef RULES_LEARN_FEATURES_H
#define RULES_LEARN_FEATURES_H

/*
 * What the learner sees of a message: which of 2^18 features it has. Judging
 * and learning read the same canonical text, so that what was learned is what
 * will be judged. No text can be read back from the numbers: they are hashes
 * keyed with a secret of the site.
 *
 * The text is the header (names and values in their order, without recipients,
 * our own hop, marks of filters and signatures' values), its first
 * LEARN_HEADER_OCTETS, and the visible text of the body, its first
 * LEARN_BODY_OCTETS. Features are its 4-grams of octets, its words, pairs of
 * words that stand side by side, and named properties of links, files and
 * HTML. A feature is there or not; it is never counted, so that repeating a
 * word gains nothing.
 */

#include "rules/content/content.h"

#define LEARN_BITS          18
#define LEARN_SIZE          (1U << LEARN_BITS)
#define LEARN_HEADER_OCTETS 600
#define LEARN_BODY_OCTETS   2000
/* More than all texts and names of one message can have. */
#define LEARN_FEATURES_MAX 8192

struct learn_features {
	const uint32_t *index; /* ascending, each once, below LEARN_SIZE */
	size_t count;
};

/*
 * own_hops: how many Received fields from the top were written by our own
 * hosts: 0 in a milter, which is asked before its MTA writes one; 1 for a
 * message as it was delivered. key is the site's. *out lies in the arena.
 * Takes time in proportion to the two limits above, and to the number of
 * links and files that content has.
 */
void learn_features(const struct header_list *headers,
    const struct content *content, size_t own_hops, uint64_t key,
    struct arena *a, struct learn_features *out);

#endif
