#ifndef RULES_PROOF_WITNESS_H
#define RULES_PROOF_WITNESS_H

/*
 * One message: facts, what DNS lists and stores say; made from an assignment,
 * judged by the evaluator, made smaller, and written down.
 */

#include "rules/base/buf.h"
#include "rules/proof/prover.h"

/* A fact that is not absent. Of a group itself: some of it is unknown. */
struct witness_fact {
	fact_id fact;
	size_t slot;
	struct value value;
};

/* What a DNS list or a row from outside says, by name. */
struct witness_word {
	const char *name;
	enum truth says;
	bool list;
	bool action; /* a row that does something, unless it is held back */
};

struct witness {
	struct arena *arena;
	const struct schema *schema;
	struct witness_fact *fact;
	size_t n, cap;
	size_t *elements; /* by group */
	/* By group, where some of it is unknown: what is known of that, whose
	 * slots begin at SLOTS_REST. Facts that are not given are unknown. */
	size_t *rests;
	struct witness_word *word;
	size_t word_n, word_cap;
};

/* What comes of it. */
struct witness_end {
	struct decision decision;
	bool kept; /* the promise that was asked for */
};

/* From the solver's assignment, as near as values are found for it. */
void witness_take(struct prover *p, struct witness *out);
/*
 * Rules the value that was not found out, else the whole assignment, as long
 * as p->search is assumed. True: all in which a pattern is to match, or not,
 * for which no text is known, so that this comes up only once.
 */
bool witness_block(struct prover *p);
/* What the fact is, where the assignment says that it is the candidate: a
 * value that answers so. False: the nearest, and p->textless. */
bool witness_value(struct prover *p, const struct instance *i, size_t candidate,
    struct value *out);
/* Its facts, all others absent. */
struct facts *witness_facts(const struct witness *w, struct arena *a);
/* Judges it by set; promise may be NULL. Strings lie in a. */
struct witness_end witness_judge(const struct witness *w,
    const struct ruleset *rs, const struct promise *promise, int64_t now_s,
    struct arena *a);
/* Leaves away whatever still() does not need. */
void witness_shrink(struct witness *w,
    bool (*still)(void *ctx, const struct witness *w), void *ctx);

/* As in braces behind `test`: "from.domain a.example  dmarc fail". */
void witness_text(const struct witness *w, struct buf *out);
/* As a line for `verdict check --cases`, where what rules read and the
 * message lacks is said to be absent. False: a case can't say it. */
bool witness_case(const struct witness *w, const char *id,
    const struct ruleset *rs, struct buf *out);

#endif
