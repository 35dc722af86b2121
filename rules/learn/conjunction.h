#ifndef RULES_LEARN_CONJUNCTION_H
#define RULES_LEARN_CONJUNCTION_H

/*
 * Up to three questions that are together true of much spam and of no good
 * mail, and what can be promised of them.
 *
 * What is found by searching looks better than it is: of a million
 * conjunctions some are true of no good message by chance. So good mail is
 * dealt to two parts before anything is looked at. One is searched; the other
 * is asked once of the few conjunctions that were chosen, and whichever is true
 * of any of it is dropped. As many were chosen, as many share the
 * certainty (Bonferroni): with it, all bounds that are told hold together.
 * Rejected: a bound over all conjunctions that could have been chosen, which
 * needs no second part but is twice as wide.
 *
 * Pure; the same answer for the same mail. One thread at a time.
 */

#include "rules/base/arena.h"

#define CONJUNCTION_ITEMS_MAX 3
#define CONJUNCTION_FOUND_MAX 16

enum conjunction_mail {
	CONJUNCTION_SPAM,
	CONJUNCTION_GOOD, /* to be searched */
	CONJUNCTION_HELD, /* good, and held back */
};
#define CONJUNCTION_MAILS (CONJUNCTION_HELD + 1)

struct conjunctions;

/* items: how many questions there are. Lies in the arena. */
struct conjunctions *conjunctions_new(size_t items, struct arena *a);
/* One message: which questions are true of it, by item. */
void conjunctions_add(
    struct conjunctions *c, enum conjunction_mail kind, const bool *yes);
size_t conjunctions_count(
    const struct conjunctions *c, enum conjunction_mail kind);

struct conjunction {
	size_t item[CONJUNCTION_ITEMS_MAX], count; /* in order */
	size_t spam;                               /* that it catches */
	double bound; /* on the share of good mail that it is true of */
};
struct conjunction_options {
	size_t support;   /* spam that each must catch, and newly so */
	size_t found_max; /* 1 to CONJUNCTION_FOUND_MAX */
	double certainty; /* of all bounds together */
	uint64_t work;    /* words that may be looked at; 0: the default */
	/* Whether this one is not wanted, whatever it catches; NULL: all are.
	 * Asked VETOES_MAX times at most, of what is left nothing is chosen
	 * then. It must know nothing of the mail that is held back. */
	bool (*veto)(void *ctx, const struct conjunction *c);
	void *ctx;
};
#define CONJUNCTION_VETOES_MAX 100

/* The one that catches most that those before it miss comes first. */
size_t conjunctions_find(struct conjunctions *c,
    const struct conjunction_options *o,
    struct conjunction out[CONJUNCTION_FOUND_MAX]);

#endif
