#ifndef POLICY_BASE_CROWD_H
#define POLICY_BASE_CROWD_H

/*
 * Who has how much of a table that forgets when it is full: of the cache of
 * DNS, of the store. Whoever fills it must push out what is his own, not what
 * is kept of others, so each entry knows on whose behalf it was made, as a
 * small number, and one who has more than an eighth goes first. Nobody is
 * bounded while there is room. And of what there are few places for, such as
 * lookups under way: there the same numbers count who has how many of them.
 * (share.h does that for octets, exactly and with a lock.)
 *
 * The owner of a crowd has the lock for it; crowd_group is for any thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/base/ip.h"

#define CROWD_GROUPS 1024

/* Zeroed at the start. */
struct crowd {
	size_t of[CROWD_GROUPS];
};

/*
 * Of a client: those of one /24 or /48 are one. Two networks may fall
 * together, and nobody can tell which. 0 is nobody's, and that of who has no
 * address: never greedy, and bounded by the total alone.
 */
uint16_t crowd_group(struct ip client);
/* The network whose clients count as one, here and in share.h. */
struct ip crowd_network(struct ip client);

void crowd_add(struct crowd *c, uint16_t group, size_t n);
void crowd_sub(struct crowd *c, uint16_t group, size_t n);
/* Whether it has more than an eighth of so much. */
bool crowd_greedy(const struct crowd *c, uint16_t group, size_t total);
/*
 * Whether it may have n more of what is given back, of which all have held
 * out of total: as much as is free for the others then, as share.h says.
 */
bool crowd_fits(
    const struct crowd *c, uint16_t group, size_t n, size_t held, size_t total);

#endif
