#ifndef RULES_EVAL_RULING_H
#define RULES_EVAL_RULING_H

/*
 * What a set of rules says about one message.
 *
 * The life of a ruling: ruling_new when the message begins; ruling_run or
 * ruling_run_all as often as facts have been stated; ruling_record once the
 * answer is final. It lies in the message's arena. One thread at a time.
 *
 * Evaluating has four values: yes, no, unknown (could not be found out in
 * time) and pending (may still be found out). Decisive rules are asked in the
 * order of the file, and the first that is pending ends the run undecided, so
 * that the order is never broken; scores and tags are added up once nothing
 * is pending.
 */

#include "rules/base/buf.h"
#include "rules/eval/record.h"
#include "rules/eval/truth.h"
#include "rules/fact/fact.h"
#include "rules/lang/ruleset.h"

struct ruling;

struct ruling_input {
	const struct ruleset *ruleset;
	const struct facts *facts;
	struct arena *arena;
	int64_t now_s; /* for entries that expire */
	void *ctx;     /* of the callbacks below and of rows from outside */
	/*
	 * Whether value is in dynamic list number list. May set *detail (arena
	 * or static text: the code, say). NULL: never listed.
	 */
	enum truth (*listed)(void *ctx, size_t list, const struct value *value,
	    struct span *detail);
	/* Asked now and then while patterns run; true: no more time. */
	bool (*stop)(void *ctx);
};

/* input is copied. */
struct ruling *ruling_new(const struct ruling_input *input);

struct decision {
	bool decided;
	enum outcome outcome; /* ACCEPT when nothing decided at the end */
	unsigned code;        /* 0 unless TEMPFAIL or REJECT */
	const char *enhanced;
	struct span text; /* expanded; "" for none */
	const char
	    *rule; /* that decided; "junk threshold"; NULL: nothing did */
	size_t rule_number; /* SIZE_MAX when no rule did */
	size_t action_number;
	const char *waits_for; /* undecided: the rule that is pending */
	/* The rule that could not be decided and so made a permanent refusal a
	 * temporary one, or said `on unknown tempfail`; else NULL. */
	const char *unknown;
	double score;   /* so far, when final */
	size_t rcpt;    /* whose answer this is, or RCPT_NONE */
	bool disagreed; /* recipients would have had other answers */
};

/*
 * What is decided with the facts known now, for one recipient, or for none
 * (RCPT_NONE) before RCPT. final: what is pending counts as unknown, and
 * thresholds apply.
 */
void ruling_run(
    struct ruling *r, size_t rcpt, bool final, struct decision *out);
/*
 * The one answer for these recipients (those not refused): the mildest of
 * theirs. Undecided as long as one of them is. count 0: as for nobody.
 */
void ruling_run_all(struct ruling *r, const size_t *rcpt, size_t count,
    bool final, struct decision *out);

/*
 * The same, and the outcome for each of them by the index of rcpt, as far as
 * it is decided; OUTCOME_NONE where it is not.
 */
void ruling_run_each(struct ruling *r, const size_t *rcpt, size_t count,
    bool final, enum outcome *each, struct decision *out);
/*
 * Before the end: the first rule that decides otherwise for one recipient than
 * for the other, as far as it is known by now, or NULL. A rule for junk is none, since
 * both can be delivered. Rules that count how often they are asked are left
 * out.
 */
const char *ruling_differs(struct ruling *r, size_t one, size_t other);

/* ---- what was found ------------------------------------------------------ */

/*
 * All that matched, in file order, and what the rules want besides the
 * decision. Rules below a decisive one count as far as they decide nothing.
 * A rule about recipients counts when it is true for one of them.
 */
void ruling_record(struct ruling *r, const size_t *rcpt, size_t count,
    const struct decision *d, struct record *out);

/*
 * The answer of a rule that is known from elsewhere, instead of asking its
 * condition; before the first run.
 */
void ruling_given(struct ruling *r, size_t rule, bool yes);

/* How a rule came out. */
enum truth ruling_truth(struct ruling *r, size_t rule, size_t rcpt);
/*
 * True when all parts but one of the rule's condition are true: "nearly"
 * matched. Appends each part as written with its answer and the fact's value,
 * a line each.
 */
bool ruling_trace(struct ruling *r, size_t rule, size_t rcpt, struct buf *out);

#endif
