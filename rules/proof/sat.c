/*
 * Conflict-driven clause learning. Clauses lie one behind the other in one
 * array of numbers: length, then literals; the first two are watched.
 */
#include "config.h"

#include "rules/proof/sat.h"

#include <stdlib.h>
#include <string.h>

#include "rules/base/panic.h"
#include "rules/proof/sat_inside.h"

#define RESTART    100 /* conflicts of the shortest run */
#define DECAY      0.95
#define ACTIVE_MAX 1e100

struct sat *
sat_new(void)
{
	struct sat *s = xcalloc(1, sizeof(*s));

	s->step = 1;
	return s;
}

void
sat_free(struct sat **sat)
{
	struct sat *s = *sat;

	if (s == NULL)
		return;
	for (size_t i = 0; i < 2 * s->vars; i++)
		free(s->watch[i].by);
	free(s->clause_of);
	free(s->value);
	free(s->phase);
	free(s->prefer);
	free(s->seen);
	free(s->follows);
	free(s->level);
	free(s->reason);
	free(s->active);
	free(s->heap);
	free(s->heap_at);
	free(s->watch);
	free(s->trail);
	free(s->limit);
	free(s->pool);
	free(s->learned);
	free(s->touched);
	free(s->level_of);
	free(s);
	*sat = NULL;
}

size_t
sat_size(const struct sat *s)
{
	return s->vars + s->pool_n;
}

/* ---- the variables that are open, in a heap ------------------------------ */

static void
heap_place(struct sat *s, size_t at, size_t v)
{
	s->heap[at] = v;
	s->heap_at[v] = at;
}

static void
heap_up(struct sat *s, size_t at)
{
	size_t v = s->heap[at];

	while (at > 0 && s->active[s->heap[(at - 1) / 2]] < s->active[v]) {
		heap_place(s, at, s->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	heap_place(s, at, v);
}

static void
heap_down(struct sat *s, size_t at)
{
	size_t v = s->heap[at], child;

	while ((child = 2 * at + 1) < s->heap_n) {
		if (child + 1 < s->heap_n &&
		    s->active[s->heap[child + 1]] > s->active[s->heap[child]])
			child++;
		if (!(s->active[s->heap[child]] > s->active[v]))
			break;
		heap_place(s, at, s->heap[child]);
		at = child;
	}
	heap_place(s, at, v);
}

static void
heap_add(struct sat *s, size_t v)
{
	if (s->heap_at[v] != SIZE_MAX || s->follows[v])
		return;
	heap_place(s, s->heap_n++, v);
	heap_up(s, s->heap_n - 1);
}

static size_t
heap_take(struct sat *s)
{
	size_t top = s->heap[0];

	s->heap_at[top] = SIZE_MAX;
	if (--s->heap_n > 0) {
		heap_place(s, 0, s->heap[s->heap_n]);
		heap_down(s, 0);
	}
	return top;
}

static void
sat_touch(struct sat *s, size_t v)
{
	s->active[v] += s->step;
	if (s->active[v] > ACTIVE_MAX) {
		for (size_t i = 0; i < s->vars; i++)
			s->active[i] /= ACTIVE_MAX;
		s->step /= ACTIVE_MAX;
	}
	if (s->heap_at[v] != SIZE_MAX)
		heap_up(s, s->heap_at[v]);
}

/* ---- variables and clauses ----------------------------------------------- */

static void
sat_grow(struct sat *s)
{
	size_t cap = s->cap == 0 ? 256 : s->cap * 2;

	s->value = xrealloc(s->value, cap, sizeof(*s->value));
	s->phase = xrealloc(s->phase, cap, sizeof(*s->phase));
	s->prefer = xrealloc(s->prefer, cap, sizeof(*s->prefer));
	s->seen = xrealloc(s->seen, cap, sizeof(*s->seen));
	s->follows = xrealloc(s->follows, cap, sizeof(*s->follows));
	s->level = xrealloc(s->level, cap, sizeof(*s->level));
	s->reason = xrealloc(s->reason, cap, sizeof(*s->reason));
	s->active = xrealloc(s->active, cap, sizeof(*s->active));
	s->heap = xrealloc(s->heap, cap, sizeof(*s->heap));
	s->heap_at = xrealloc(s->heap_at, cap, sizeof(*s->heap_at));
	s->watch = xrealloc(s->watch, 2 * cap, sizeof(*s->watch));
	s->trail = xrealloc(s->trail, cap, sizeof(*s->trail));
	s->limit = xrealloc(s->limit, cap, sizeof(*s->limit));
	s->learned = xrealloc(s->learned, cap, sizeof(*s->learned));
	s->touched = xrealloc(s->touched, cap, sizeof(*s->touched));
	s->clause_of = xrealloc(s->clause_of, 2 * cap, sizeof(*s->clause_of));
	memset(s->clause_of + 2 * s->cap, 0,
	    2 * (cap - s->cap) * sizeof(*s->clause_of));
	s->cap = cap;
}

static lit
sat_var_new(struct sat *s, bool follows)
{
	size_t v = s->vars;

	if (v == s->cap)
		sat_grow(s);
	s->vars++;
	INVARIANT(s->vars < (size_t)1 << 30);
	s->value[v] = OPEN;
	s->phase[v] = s->prefer[v] = FALSE_;
	s->seen[v] = SEEN_NOT;
	s->follows[v] = follows;
	s->level[v] = 0;
	s->reason[v] = NO_REASON;
	s->active[v] = 0;
	s->heap_at[v] = SIZE_MAX;
	s->watch[2 * v] = s->watch[2 * v + 1] = (struct watch){ NULL, 0, 0 };
	heap_add(s, v);
	return (lit)(2 * v);
}

lit
sat_var(struct sat *s)
{
	return sat_var_new(s, false);
}

lit
sat_var_follows(struct sat *s)
{
	return sat_var_new(s, true);
}

void
sat_prefer(struct sat *s, lit l)
{
	s->prefer[l >> 1] = (l & 1U) != 0 ? FALSE_ : TRUE_;
}

static int
value_of(const struct sat *s, lit l)
{
	int v = s->value[l >> 1];

	return (l & 1U) != 0 ? -v : v;
}

bool
sat_value(const struct sat *s, lit l)
{
	return value_of(s, l) == TRUE_;
}

static void
sat_set(struct sat *s, lit l, size_t reason)
{
	size_t v = l >> 1;

	s->value[v] = (l & 1U) != 0 ? FALSE_ : TRUE_;
	s->level[v] = s->limit_n;
	s->reason[v] = reason;
	s->trail[s->trail_n++] = l;
}

static void
watch_add(struct sat *s, lit l, size_t clause, lit other)
{
	struct watch *w = &s->watch[l];

	if (w->n == w->cap) {
		w->cap = w->cap == 0 ? 4 : w->cap * 2;
		w->by = xrealloc(w->by, w->cap, sizeof(*w->by));
	}
	w->by[w->n++] = (struct watcher){ clause, other };
}

static size_t
sat_keep(struct sat *s, const lit *l, size_t n)
{
	size_t at = s->pool_n;

	if (at + n + 1 > s->pool_cap) {
		s->pool_cap = 2 * (at + n + 1) + 1024;
		s->pool = xrealloc(s->pool, s->pool_cap, sizeof(*s->pool));
	}
	s->pool[at] = (lit)n;
	memcpy(&s->pool[at + 1], l, n * sizeof(*l));
	s->pool_n = at + n + 1;
	watch_add(s, l[0], at, l[1]);
	watch_add(s, l[1], at, l[0]);
	return at;
}

static void
sat_back(struct sat *s, size_t level)
{
	size_t keep;

	if (s->limit_n <= level)
		return;
	keep = s->limit[level];
	while (s->trail_n > keep) {
		size_t v = s->trail[--s->trail_n] >> 1;

		s->phase[v] = s->value[v];
		s->value[v] = OPEN;
		heap_add(s, v);
	}
	s->done = keep;
	s->limit_n = level;
	s->wish_at = 0;
}

void
sat_clause(struct sat *s, const lit *l, size_t n)
{
	lit *mine = xcalloc(n + 1, sizeof(*mine));
	size_t count = 0;

	sat_back(s, 0);
	s->work += n;
	s->clause_number++;
	for (size_t i = 0; i < n; i++) {
		if (s->clause_of[lit_not(l[i])] == s->clause_number ||
		    value_of(s, l[i]) == TRUE_)
			goto out; /* always true */
		if (value_of(s, l[i]) == FALSE_ ||
		    s->clause_of[l[i]] == s->clause_number)
			continue;
		s->clause_of[l[i]] = s->clause_number;
		mine[count++] = l[i];
	}
	if (count == 0)
		s->dead = true;
	else if (count == 1)
		sat_set(s, mine[0], NO_REASON);
	else
		(void)sat_keep(s, mine, count);
out:
	free(mine);
}

/* ---- consequences ---------------------------------------------------------- */

/* Finds a literal of the clause to watch instead of slot 1, which is false. */
static bool
clause_rewatch(struct sat *s, lit *c, size_t clause)
{
	s->work += c[0];
	for (size_t k = 3; k <= c[0]; k++) {
		lit l = c[k];

		if (value_of(s, l) == FALSE_)
			continue;
		c[k] = c[2];
		c[2] = l;
		watch_add(s, l, clause, c[1]);
		return true;
	}
	return false;
}

/* All that follows; the clause that contradicts, or NO_REASON. */
static size_t
sat_propagate(struct sat *s)
{
	while (s->done < s->trail_n) {
		lit falsed = lit_not(s->trail[s->done++]);
		struct watch *w = &s->watch[falsed];
		size_t keep = 0, i = 0, conflict = NO_REASON;

		s->work += w->n;
		for (; i < w->n && conflict == NO_REASON; i++) {
			size_t clause = w->by[i].clause;
			lit *c = &s->pool[clause];

			if (value_of(s, w->by[i].other) == TRUE_) {
				w->by[keep++] = w->by[i];
				continue;
			}
			if (c[1] == falsed) {
				c[1] = c[2];
				c[2] = falsed;
			}
			if (value_of(s, c[1]) != TRUE_ &&
			    clause_rewatch(s, c, clause))
				continue;
			w->by[keep++] = (struct watcher){ clause, c[1] };
			if (value_of(s, c[1]) == FALSE_)
				conflict = clause;
			else if (value_of(s, c[1]) == OPEN)
				sat_set(s, c[1], clause);
		}
		while (i < w->n)
			w->by[keep++] = w->by[i++];
		w->n = keep;
		if (conflict != NO_REASON)
			return conflict;
	}
	return NO_REASON;
}

/*
 * From a contradiction to the clause that would have avoided it: the cut at
 * the first point through which all of the last decision's consequences go.
 * Returns its length; *level is where it leaves one literal open.
 */
static size_t
sat_learn(struct sat *s, size_t conflict, size_t *level)
{
	size_t n = 1, open = 0, at = s->trail_n, second = 1;
	lit l = 0;

	do {
		const lit *c = &s->pool[conflict];

		/* Of a reason the first literal is what it gave. */
		for (size_t k = at == s->trail_n ? 1 : 2; k <= c[0]; k++) {
			size_t v = c[k] >> 1;

			if (s->seen[v] != SEEN_NOT || s->level[v] == 0)
				continue;
			s->seen[v] = SEEN_IN;
			sat_touch(s, v);
			if (s->level[v] == s->limit_n)
				open++;
			else
				s->learned[n++] = c[k];
		}
		while (s->seen[s->trail[at - 1] >> 1] != SEEN_IN)
			at--;
		l = s->trail[--at];
		s->seen[l >> 1] = SEEN_NOT;
		conflict = s->reason[l >> 1];
	} while (--open > 0);
	s->learned[0] = lit_not(l);
	n = sat_shorten(s, n);
	*level = 0;
	for (size_t i = 1; i < n; i++) {
		size_t v = s->learned[i] >> 1;

		if (s->level[v] > *level) {
			*level = s->level[v];
			second = i;
		}
	}
	if (n > 1) {
		lit swap = s->learned[1];

		s->learned[1] = s->learned[second];
		s->learned[second] = swap;
	}
	return n;
}

/* ---- searching ----------------------------------------------------------------- */

static void
sat_decide(struct sat *s, lit l)
{
	s->limit[s->limit_n++] = s->trail_n;
	sat_set(s, l, NO_REASON);
}

void
sat_wish(struct sat *s, const lit *l, size_t n)
{
	s->wish = l;
	s->wish_n = n;
	s->wish_at = 0;
}

/* The next assumption or wish, else the most active variable, if one is open. */
static enum sat_answer
sat_next(struct sat *s, const lit *assume, size_t n)
{
	while (s->limit_n < n) {
		lit l = assume[s->limit_n];

		if (value_of(s, l) == FALSE_)
			return SAT_NO;
		if (value_of(s, l) == OPEN) {
			sat_decide(s, l);
			return SAT_OPEN;
		}
		s->limit[s->limit_n++] = s->trail_n;
	}
	while (s->wish_at < s->wish_n) {
		lit l = s->wish[s->wish_at++];

		if (value_of(s, l) != OPEN)
			continue;
		sat_decide(s, l);
		return SAT_OPEN;
	}
	while (s->heap_n > 0) {
		size_t v = heap_take(s);

		if (s->value[v] != OPEN)
			continue;
		sat_decide(s, (lit)(2 * v + (s->phase[v] == FALSE_)));
		return SAT_OPEN;
	}
	return SAT_YES;
}

static bool
sat_is_over(const struct sat *s)
{
	return s->work_max > 0 && s->work > s->work_max;
}

/* 1 1 2 1 1 2 4 ...: Luby, Sinclair and Zuckerman 1993. */
static uint64_t
sat_luby(uint64_t i)
{
	uint64_t k = 1;

	while ((UINT64_C(1) << k) - 1 < i)
		k++;
	while ((UINT64_C(1) << k) - 1 != i) {
		i -= (UINT64_C(1) << (k - 1)) - 1;
		k = 1;
		while ((UINT64_C(1) << k) - 1 < i)
			k++;
	}
	return UINT64_C(1) << (k - 1);
}

enum sat_answer
sat_solve(struct sat *s, const lit *assume, size_t n, uint64_t conflicts_max)
{
	uint64_t conflicts = 0, run = 1, left = RESTART;
	size_t conflict, level, count;
	enum sat_answer answer;

	sat_back(s, 0);
	if (s->vars > 0)
		memcpy(s->phase, s->prefer, s->vars * sizeof(*s->phase));
	/* Assumptions that hold already take a level, too. */
	s->limit = xrealloc(s->limit, s->cap + n + 1, sizeof(*s->limit));
	s->level_of =
	    xrealloc(s->level_of, s->cap + n + 2, sizeof(*s->level_of));
	memset(s->level_of, 0, (s->cap + n + 2) * sizeof(*s->level_of));
	s->learned_number = 0;
	while (!s->dead) {
		conflict = sat_propagate(s);
		if (conflict == NO_REASON) {
			if (left == 0) {
				sat_back(s, 0);
				left = RESTART * sat_luby(++run);
			}
			answer = sat_next(s, assume, n);
			if (answer != SAT_OPEN)
				return answer;
			continue;
		}
		if (s->limit_n == 0) {
			s->dead = true;
			break;
		}
		if (++conflicts > conflicts_max || sat_is_over(s))
			return SAT_OPEN;
		left -= left > 0;
		count = sat_learn(s, conflict, &level);
		sat_back(s, level);
		sat_set(s, s->learned[0],
		    count > 1 ? sat_keep(s, s->learned, count) : NO_REASON);
		s->step /= DECAY;
	}
	return SAT_NO;
}

uint64_t
sat_work(const struct sat *s)
{
	return s->work;
}

void
sat_work_max(struct sat *s, uint64_t steps)
{
	s->work_max = steps;
}
