#ifndef RULES_LEARN_CANONICAL_H
#define RULES_LEARN_CANONICAL_H

/*
 * The one text that the learner reads of a message, whether it judges it or
 * learns it: features.h says what stands in it. Only for rules/learn.
 */

#include "rules/learn/features.h"

/* Text of a bounded length; lies in an arena, for good. */
struct canonical_text {
	char *p;
	size_t n, max;
};

static inline struct span
text_span(const struct canonical_text *t)
{
	return span_make(t->p, t->n);
}

/* The header's text, where its fields begin in it, and what their names are. */
struct canonical_header {
	struct canonical_text text;
	uint16_t start[LEARN_HEADER_OCTETS];
	uint64_t seed[LEARN_HEADER_OCTETS];
	size_t count;
};

/* own_hops: as of a learn_message. Texts lie in the arena. Any thread. */
void canonical_header(const struct header_list *h, size_t own_hops,
    struct arena *a, struct canonical_header *out);
/* Whether a field of that name says nothing about the next message. */
bool canonical_skips(struct span name);
/*
 * Its beginning and its end: what a mailing or a swindle is shows in its last
 * lines, and they cost less than as many octets of the middle would.
 */
void canonical_body(
    struct span text, struct arena *a, struct canonical_text *out);

#endif
