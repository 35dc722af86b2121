#ifndef RULES_PROOF_SAT_H
#define RULES_PROOF_SAT_H

/*
 * Is there an assignment of yes and no that makes all clauses true? A solver
 * by conflict-driven clause learning (Marques-Silva and Sakallah 1996; two
 * watched literals and activities as in Moskewicz and others 2001).
 *
 * Own code instead of a solver library: what promises need is small (some
 * ten thousand clauses, a handful of conflicts), the daemon must not depend on
 * a solver, and its effort has to be bounded by steps, not by a clock.
 *
 * The life of a solver: sat_new; sat_var and sat_clause as often as wanted;
 * sat_solve; sat_value for what it found; more clauses; sat_solve again. One
 * thread at a time. Memory grows with what was added and learned.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A variable v is true as 2v and false as 2v + 1. */
typedef unsigned lit;

static inline lit
lit_not(lit l)
{
	return l ^ 1U;
}

struct sat;

enum sat_answer {
	SAT_NO,
	SAT_YES,
	SAT_OPEN, /* more conflicts or steps than allowed */
};

struct sat *sat_new(void);
/* NULL inside is fine. */
void sat_free(struct sat **s);
/* A new variable, as its true literal; tried as false first. */
lit sat_var(struct sat *s);
/* A variable that nobody needs to choose: once all others have a value, its
 * clauses say what it is, or are true whatever it is. Then it reads as false. */
lit sat_var_follows(struct sat *s);
/* This literal is tried as true first. */
void sat_prefer(struct sat *s, lit l);
/* Each of these is tried as true before all that is not assumed, in this order,
 * by every search from now on. They stay the caller's; n 0: no longer. */
void sat_wish(struct sat *s, const lit *l, size_t n);
/* One of these is true. None: nothing can be true any more. */
void sat_clause(struct sat *s, const lit *l, size_t n);
/* Whether all clauses can be true when these are. */
enum sat_answer sat_solve(
    struct sat *s, const lit *assume, size_t n, uint64_t conflicts_max);
/* After SAT_YES, until the next clause is added. */
bool sat_value(const struct sat *s, lit l);
/* Steps that have been taken so far: for a bound on all questions together,
 * the same on every machine. */
uint64_t sat_work(const struct sat *s);
/* Beyond so many of them no question is decided any more; 0: no bound. */
void sat_work_max(struct sat *s, uint64_t steps);
size_t sat_size(const struct sat *s); /* variables and literals in clauses */

#endif
