/*
 * Learned clauses made shorter (Sörensson and Biere 2009): where hundreds of
 * elements are alike, most of such a clause follows from the rest of it.
 */
#include "config.h"

#include "rules/proof/sat_inside.h"

#define REDUNDANT_DEPTH 40

/* Whether what made the literal true is in the clause, or follows from it. */
static bool
sat_redundant(struct sat *s, lit l, unsigned depth)
{
	size_t reason = s->reason[l >> 1];
	const lit *c;

	if (reason == NO_REASON || depth == 0)
		return false;
	c = &s->pool[reason];
	s->work += c[0];
	for (size_t k = 2; k <= c[0]; k++) {
		size_t v = c[k] >> 1;
		bool follows;

		if (s->level[v] == 0 || s->seen[v] == SEEN_IN ||
		    s->seen[v] == SEEN_FOLLOWS)
			continue;
		if (s->seen[v] == SEEN_NEEDED ||
		    s->level_of[s->level[v]] != s->learned_number)
			return false;
		follows = sat_redundant(s, c[k], depth - 1);
		s->seen[v] = follows ? SEEN_FOLLOWS : SEEN_NEEDED;
		s->touched[s->touched_n++] = v;
		if (!follows)
			return false;
	}
	return true;
}

size_t
sat_shorten(struct sat *s, size_t n)
{
	size_t count = 1;

	s->learned_number++;
	s->touched_n = 0;
	for (size_t i = 1; i < n; i++)
		s->level_of[s->level[s->learned[i] >> 1]] = s->learned_number;
	for (size_t i = 1; i < n; i++) {
		lit l = s->learned[i];

		s->touched[s->touched_n++] = l >> 1;
		if (!sat_redundant(s, l, REDUNDANT_DEPTH))
			s->learned[count++] = l;
	}
	while (s->touched_n > 0)
		s->seen[s->touched[--s->touched_n]] = SEEN_NOT;
	return count;
}
