#ifndef RULES_LEARN_WHY_H
#define RULES_LEARN_WHY_H

/*
 * Why a message has its score: the score is a sum, so the pieces of the text
 * and the named features that add most to it are the reason, not a guess at
 * it.
 */

#include "rules/learn/model.h"

#define LEARN_WHY_SEGMENTS 3
#define LEARN_WHY_NAMED    5
/* Octets of text that are shown as one piece. */
#define LEARN_WHY_EXTENT 32

struct learn_reason {
	double weight; /* above 0: like spam */
	enum learn_text text;
	const char *name;  /* LEARN_NAMED */
	struct span value; /* the piece, or what stands behind the name */
};

struct learn_why {
	struct learn_reason segment[LEARN_WHY_SEGMENTS];
	size_t segment_count;
	struct learn_reason named[LEARN_WHY_NAMED];
	size_t named_count;
};

/*
 * spam: what makes it look like spam is wanted, else what makes it look
 * wanted. The strongest first; only what adds to that side. Texts lie in the
 * message's arena, or are static.
 */
void learn_explain(const struct learn_weights *w, const struct learn_message *m,
    bool spam, struct learn_why *out);
/*
 * One line for people: "header "free pills" +2.1; url.host x.example +0.7".
 * Printable ASCII; octets that are not stand as "?".
 */
void learn_why_print(const struct learn_why *why, struct buf *out);

#endif
