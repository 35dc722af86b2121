#ifndef RULES_LEARN_BOUND_H
#define RULES_LEARN_BOUND_H

/*
 * What can be promised of all mail by what came of some: Clopper and Pearson's
 * upper bound ("The use of confidence or fiducial limits illustrated in the
 * case of the binomial", 1934). It never promises too much, however few the
 * messages are, if each is a draw of its own.
 *
 * A threshold that is chosen by the very messages that it is tried on would
 * look better than it is. One that lies beyond all but bound_allowed of them,
 * a number that is known before they are looked at, does not: what is beyond
 * the (k+1)th highest of n scores has the distribution beta(k + 1, n - k),
 * whatever that of scores is, and the bound is just its quantile (Wilks, 1941).
 *
 * certainty and share are above 0 and below 1.
 */

#include <stddef.h>

/*
 * The regularized incomplete beta function I_x(a, b); a and b above 0, x from
 * 0 to 1. Its time grows with the root of the greater of a and b.
 */
double bound_beta(double a, double b, double x);

/* The share that is not exceeded with this certainty, where k of n messages
 * were marked. 1 when n is 0 or all were. */
double bound_upper(size_t k, size_t n, double certainty);
/*
 * Of how many of n messages marks still promise that share at most. SIZE_MAX:
 * of none, n is below bound_needed.
 */
size_t bound_allowed(size_t n, double share, double certainty);
/* How many messages, none of them marked, can promise that share. */
size_t bound_needed(double share, double certainty);

#endif
