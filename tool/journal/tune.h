#ifndef TOOL_JOURNAL_TUNE_H
#define TOOL_JOURNAL_TUNE_H

/* What `verdict tune` has gathered, and what can be promised of it. */

#include "rules/base/arena.h"
#include "tool/base/tool.h"

#define TUNE_CERTAINTY 0.95

enum tune_kind { TUNE_GOOD, TUNE_SPAM };
#define TUNE_KINDS (TUNE_SPAM + 1)

struct tune_values {
	double *value;
	size_t count, cap;
};

/* Scores of mail that the same thresholds are for. */
struct tune_scores {
	const char *rcpt; /* whose they are (`verdict for`); "": all others' */
	/* Each message's score; INFINITY: a rule marks it whatever the score,
	 * -INFINITY: one lets it by. */
	struct tune_values score[TUNE_KINDS];
	size_t rule_marks; /* good ones that a rule marks by itself */
	const char *rule;  /* one of those rules; NULL */
};

struct tune_mail {
	struct arena *arena; /* the caller's */
	struct tune_scores all;
	struct tune_scores *own; /* of recipients with thresholds of their own */
	size_t own_count, own_cap;
	struct tune_values share[TUNE_KINDS]; /* of those that have one */
	bool shares;       /* what was learned has been asked */
	/* That say nothing: */
	size_t put_off;    /* they come again */
	size_t unjudged;   /* marked, and nobody said what they are */
	size_t young;      /* let by not long ago */
	size_t unreadable; /* records */
	/* To recipients with thresholds of their own, of whom it is not known
	 * which, or whose differ. */
	size_t mixed;
};

/* One message. */
struct tune_message {
	enum tune_kind kind;
	struct span rule;    /* that decided; "" for none */
	struct span wanted;  /* the name of the action */
	double score, share; /* share 0: it has none */
	bool own; /* all of its recipients have thresholds of their own */
	struct span owner; /* then whose; "": not known, or they differ */
};
void tune_add(struct tune_mail *m, const struct tune_message *one);

/* What is proposed for the thresholds; why NULL: this. */
struct tune_found {
	const char *why;
	const char *rule;     /* the text of it */
	size_t good, allowed; /* of how many marks keep the promise */
	double at, bound;
	size_t marked, spam, caught;
};
/* Texts lie in the mail's arena; its values are sorted. */
void tune_find_score(struct tune_mail *m, struct tune_scores *of,
    const struct snapshot *s, double max_false, struct tune_found *out);
void tune_find_share(
    struct tune_mail *m, double max_false, struct tune_found *out);

/* Prints all of it; false: there is nothing to propose. */
bool tune_print(
    struct tune_mail *m, const struct snapshot *s, double max_false, bool json);

#endif
