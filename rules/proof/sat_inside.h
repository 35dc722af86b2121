#ifndef RULES_PROOF_SAT_INSIDE_H
#define RULES_PROOF_SAT_INSIDE_H

/* What a solver is made of; between sat.c and sat_learn.c. */

#include "rules/proof/sat.h"

#define NO_REASON SIZE_MAX

enum { OPEN = 0, TRUE_ = 1, FALSE_ = -1 };

/* Of a clause being learned: whether it has the variable, or would follow
 * without it, or would not. */
enum seen { SEEN_NOT, SEEN_IN, SEEN_FOLLOWS, SEEN_NEEDED };

/* A clause, and another literal of it: where that is true nothing follows. */
struct watcher {
	size_t clause;
	lit other;
};

/* The clauses that watch one literal. */
struct watch {
	struct watcher *by;
	size_t n, cap;
};

struct sat {
	size_t vars, cap;
	/* By variable; prefer: what is tried first in each search. */
	signed char *value, *phase, *prefer;
	unsigned char *seen; /* enum seen, while learning */
	bool *follows;
	size_t *level, *reason; /* reason: a clause */
	double *active, step;
	size_t *heap, *heap_at, heap_n; /* open variables, most active first */
	struct watch *watch;            /* by literal that became false */
	lit *trail;
	size_t trail_n, done;
	size_t *limit, limit_n; /* trail lengths at decisions */
	lit *pool;
	size_t pool_n, pool_cap;
	lit *learned;               /* scratch */
	size_t *touched, touched_n; /* variables seen beside those learned */
	uint64_t *level_of, learned_number; /* by level: the last that has it */
	const lit *wish; /* of the caller; those before wish_at have a value */
	size_t wish_n, wish_at;
	/* By literal: the last clause of sat_clause that has it. */
	uint64_t *clause_of, clause_number;
	uint64_t work, work_max;
	bool dead; /* a contradiction without any assumption */
};

/* Leaves away what follows from the rest of the clause in s->learned, of n
 * literals; all are SEEN_IN, and none is afterwards. Returns how many stay. */
size_t sat_shorten(struct sat *s, size_t n);

#endif
