#ifndef POLICY_BASE_SHARE_H
#define POLICY_BASE_SHARE_H

/*
 * What all clients use together, octets of memory for one, so that none can
 * take it from the others. A holder, which is everybody in one network, may
 * have at most as much as is free for all: alone half of it, two greedy ones a
 * third each, and so much is always left for those who come next. Nobody is
 * bounded while there is plenty, and no number has to be set for the busy
 * relay of one house and the thousand strangers of another. (A fixed part for
 * each was rejected: it is too small for the one or too large for the other.)
 *
 * Any thread; never waits but for the others that do the same.
 */

#include <stdbool.h>
#include <stddef.h>

#include "rules/base/ip.h"

struct share;
struct share_holder;

struct share *share_new(void);
/* All holders have left; NULL inside is fine. */
void share_free(struct share **s);

/*
 * Whoever uses it on behalf of this client; those of one /24 or, with IPv6,
 * one /48 are the same holder, as are all whose address is not known. Left as
 * often as it was joined, with nothing held. NULL is fine to leave.
 */
struct share_holder *share_join(struct share *s, struct ip client);
void share_leave(struct share_holder **h);

/* Takes n if the holder may have them out of total, which may change. */
bool share_take(struct share_holder *h, size_t n, size_t total);
/* Takes n that are used already, whoever is bounded by that next. */
void share_force(struct share_holder *h, size_t n);
void share_give(struct share_holder *h, size_t n);
/* What all have. */
size_t share_held(struct share *s);

#endif
