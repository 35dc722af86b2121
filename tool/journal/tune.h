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

struct tune_mail {
	struct arena *arena; /* the caller's */
	/* Each message's score; INFINITY: a rule marks it whatever the score,
	 * -INFINITY: one lets it by. */
	struct tune_values score[TUNE_KINDS];
	struct tune_values share[TUNE_KINDS]; /* of those that have one */
	bool shares;       /* what was learned has been asked */
	size_t rule_marks; /* good ones that a rule marks by itself */
	const char *rule;  /* one of those rules */
	/* That say nothing: */
	size_t put_off;    /* they come again */
	size_t unjudged;   /* marked, and nobody said what they are */
	size_t young;      /* let by not long ago */
	size_t unreadable; /* records */
	/* To recipients with thresholds of their own (`verdict for`): what is
	 * proposed for all others moves nothing there. */
	size_t own;
};

/* One message. */
struct tune_message {
	enum tune_kind kind;
	struct span rule;    /* that decided; "" for none */
	struct span wanted;  /* the name of the action */
	double score, share; /* share 0: it has none */
	bool own; /* all of its recipients have thresholds of their own */
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
void tune_find_score(struct tune_mail *m, const struct snapshot *s,
    double max_false, struct tune_found *out);
void tune_find_share(
    struct tune_mail *m, double max_false, struct tune_found *out);

/* Prints all of it; false: there is nothing to propose. */
bool tune_print(
    struct tune_mail *m, const struct snapshot *s, double max_false, bool json);

#endif
