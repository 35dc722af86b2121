#ifndef RULES_PROOF_PROOF_H
#define RULES_PROOF_PROOF_H

/*
 * What is true of a set of rules for all mail that can be: whether promises
 * hold, which rules never decide, and for which mail another set comes to
 * another end.
 *
 * What is called proved holds, whatever message comes, for the answer that
 * the rules give for one recipient: for all values of facts, for what is
 * absent or unknown, whatever DNS lists, stores and patterns say. It is said
 * of the rules and lists as they are now. What is called broken comes with a
 * message for which the evaluator has confirmed it. Else it is said why
 * nothing was decided.
 *
 * The life of a proof: proof_new with one or two finished sets of one schema,
 * which must outlive it; questions; proof_free. What comes out lives as long.
 * It asks no clock and bounds itself by steps. One thread at a time.
 */

#include "rules/base/arena.h"
#include "rules/lang/ruleset.h"

struct proof;

struct proof_options {
	int64_t now_s;          /* for entries of lists that expire */
	uint64_t conflicts_max; /* of one question; 0: 200,000 */
	uint64_t work_max;      /* steps of all of them; 0: no bound */
};

/* Whether the rules are not too many to prove anything of them. */
bool proof_can(const struct ruleset *rs);
/* other: NULL, or the set to compare with. Never NULL. */
struct proof *proof_new(const struct ruleset *rs, const struct ruleset *other,
    const struct proof_options *options);
/*
 * NULL, or why nothing is decided, for what they ask is too much, and *place:
 * the condition from which on it is. All questions then answer PROOF_OPEN, or
 * that nothing is known against the rule.
 */
const char *proof_refused(const struct proof *p, struct place *place);
/* NULL inside is fine. */
void proof_free(struct proof **p);

enum proof_answer {
	PROOF_HOLDS,
	PROOF_BOUNDED, /* unless a pattern runs into its bounds */
	PROOF_BROKEN,
	PROOF_OPEN, /* not decided */
};

struct proof_promise {
	enum proof_answer answer;
	const char *name;
	struct place place;
	const char *why; /* OPEN */
	/* BROKEN: what comes of the message, and by which rule. */
	enum outcome outcome;
	const char *rule;      /* "junk threshold"; NULL: nothing decided */
	const char *test;      /* test keeps NAME { ... } */
	const char *case_line; /* for `verdict check --cases`, or NULL */
};

size_t proof_promise_count(const struct proof *p);
void proof_promise(struct proof *p, size_t number, struct proof_promise *out);

enum proof_use {
	USE_DECIDES, /* or nothing else is known */
	USE_NEVER_TRUE,
	USE_NEVER_REACHED, /* when it is true, one above has decided */
};

struct proof_rule {
	enum proof_use use;
	/* NEVER_REACHED: the rules above that decide before it; one of them
	 * alone when that is enough. */
	const char *const *above;
	size_t above_count;
};
void proof_rule(struct proof *p, size_t rule, struct proof_rule *out);

/* A class of mail that comes to another end by the other set. */
struct proof_change {
	enum outcome here, there;
	const char *here_rule, *there_rule; /* NULL: nothing decides */
	/* Or others of the same outcome, which are not told one by one: mail of
	 * a rule that asks something else there, or here. */
	bool here_more, there_more;
	struct place here_place, there_place;
	const char *test; /* in braces */
};
/*
 * The next class, each pair of rules once, but for those that *_more stand
 * for. PROOF_BROKEN: there is one in
 * *out; PROOF_HOLDS or BOUNDED: there are no more; PROOF_OPEN: *why says why
 * there may be more.
 */
enum proof_answer proof_change(
    struct proof *p, struct proof_change *out, const char **why);

/* Steps that all of it has taken so far: the same on every machine. */
uint64_t proof_work(const struct proof *p);

/* How many promises came out how, by enum proof_answer. */
struct proof_tally {
	size_t count[PROOF_OPEN + 1];
};
/*
 * Tries all promises of the set: broken ones are errors, those not decided
 * are warnings. Sets without promises cost nothing.
 */
void proof_promises(const struct ruleset *rs,
    const struct proof_options *options, struct diags *diags,
    struct proof_tally *tally);
/* Warns of rules that never decide and that nobody has warned of yet. */
void proof_warn_rules(struct proof *p, struct diags *diags);

#endif
