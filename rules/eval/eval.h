#ifndef RULES_EVAL_EVAL_H
#define RULES_EVAL_EVAL_H

/*
 * The state of a ruling, between the files that evaluate rules; what others
 * may ask is in ruling.h.
 */

#include "rules/eval/ruling.h"
#include "rules/lang/ast.h"
#include "rules/list/list.h"

/* For whom and on which element a condition is asked. */
struct binding {
	size_t rcpt;
	size_t element; /* of the group whose parentheses we are in */
};

/* Where the first match of a pattern is, in octets of its text. */
struct scan_match {
	size_t pattern, offset, length;
};

/* What one pattern set says of one text; made on first use. */
struct scan {
	const uint64_t *yes, *limit;    /* bits by pattern; NULL: not scanned */
	const struct scan_match *match; /* of those that are yes, in order */
	size_t match_count;
};

struct scan_cache {
	struct scan *item; /* by element or recipient */
	size_t count, cap;
};

/*
 * What a list of patterns says of the text that it was asked for last. Several
 * rules ask for the same body; short texts cost less than keeping them.
 */
struct list_memory {
	struct span text;
	enum truth answer;
	struct list_hit hit;
};
#define LIST_MEMORY_TEXT_MIN 256

/* Who answers instead of rows from outside; ctx is that of ruling_input. */
struct stand_in {
	enum truth (*test)(void *ctx, const struct cond *c);
	/* Of a rule whose decisive action has a row with perform. */
	enum truth (*applies)(void *ctx, const struct rule *rule);
	/* Of a list by recipient; PENDING: its entries say it. NULL: always. */
	enum truth (*owned)(void *ctx, size_t list);
};

struct ruling {
	struct ruling_input input;
	const struct ruleset *rs;
	unsigned char *given; /* as truth, from elsewhere; NULL: none */
	/* By rule: enum truth + 1 once definite, else 0; those about recipients
	 * are kept for one recipient at a time. */
	unsigned char *truth, *truth_rcpt;
	size_t kept_rcpt;
	unsigned run, *pending;   /* by rule: the run in which it was pending */
	struct scan_cache *scans; /* by pattern set */
	struct list_memory *lists; /* by list; made by the first long text */
	struct pattern_result *scratch; /* made by the first scan */
	size_t scratch_count;
	/* By rule: not known because a pattern ran into its bounds. */
	unsigned char *limited;
	bool limit_met; /* by the rule that is evaluated */
	/* The score of one recipient, once it is final. */
	bool scored;
	size_t scored_rcpt;
	double score;
	size_t settled; /* leading decisive rules that are known to be no */
	bool final;
	unsigned char *compared; /* by decisive rule, in ruling_differs */
	/* A test or a proof: rows from outside are not asked, these are. */
	const struct stand_in *stand_in;
};

enum truth eval_cond(struct ruling *r, const struct cond *c, struct binding b);
enum truth eval_rule(struct ruling *r, const struct rule *rule, size_t rcpt);
/* The sum of the scores of the rules that are true, not in shadow. */
double eval_score(struct ruling *r, size_t rcpt);

/* ---- eval_fact.c --------------------------------------------------------- */

bool eval_compare_numbers(double a, enum token_kind op, double b);
/* What of a fact's value is looked up in a list by recipient. */
struct list_value eval_list_value(
    const struct list *list, const struct value *v, enum fact_type type);
/* A question about one fact. */
enum truth eval_question(
    struct ruling *r, const struct cond *c, struct binding b);
/* What there may be besides a group's elements: before its end is known they
 * say nothing. */
enum truth eval_group_tail(struct ruling *r, fact_id group);
const struct value *eval_value(
    struct ruling *r, fact_id fact, struct binding b);
/* The first element for which the parentheses are true; SIZE_MAX: none. */
size_t eval_element(struct ruling *r, const struct cond *c, size_t rcpt);
/* Membership, and what is known of it. */
enum truth eval_listed(struct ruling *r, const struct cond *c, struct binding b,
    struct list_hit *hit, struct span *detail);
/* Where in the text a pattern matched, as the scan found it: what is told of
 * a rule costs no second look at the text. */
struct span eval_matched_text(
    struct ruling *r, const struct cond *c, struct binding b);

/* ---- ruling.c ------------------------------------------------------------ */

/* Whether this decision is none that the promise forbids. */
bool ruling_keeps(
    struct ruling *r, const struct promise *promise, const struct decision *d);

/* ---- template_expand.c --------------------------------------------------- */

struct span template_expand(struct ruling *r, const struct rule *rule,
    const struct template_text *t, size_t rcpt);

#endif
