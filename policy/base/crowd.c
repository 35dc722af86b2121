/*
 * Who has how much of a table that forgets.
 */
#include "config.h"

#include "policy/base/crowd.h"

#include "rules/base/panic.h"
#include "rules/base/span.h"

#define CROWD_BITS_4 24
#define CROWD_BITS_6 48
#define CROWD_PART   8 /* more than one of so many parts is greedy */

/* Where this lies nobody outside knows, so nobody can prepare collisions. */
static const char crowd_seed;

struct ip
crowd_network(struct ip client)
{
	return ip_mask(
	    client, client.family == 4 ? CROWD_BITS_4 : CROWD_BITS_6);
}

uint16_t
crowd_group(struct ip client)
{
	struct ip net = crowd_network(client);
	uint64_t hash =
	    span_hash(span_make((const char *)net.octets, sizeof(net.octets)),
		(uintptr_t)&crowd_seed);

	if (client.family == 0)
		return 0;
	/* FNV's low bits are weak (the finaliser of MurmurHash3). */
	hash ^= hash >> 33;
	hash *= UINT64_C(0xff51afd7ed558ccd);
	hash ^= hash >> 33;
	return (uint16_t)(1 + hash % (CROWD_GROUPS - 1));
}

void
crowd_add(struct crowd *c, uint16_t group, size_t n)
{
	INVARIANT(group < CROWD_GROUPS);
	c->of[group] += n;
}

void
crowd_sub(struct crowd *c, uint16_t group, size_t n)
{
	INVARIANT(group < CROWD_GROUPS && c->of[group] >= n);
	c->of[group] -= n;
}

bool
crowd_greedy(const struct crowd *c, uint16_t group, size_t total)
{
	return group != 0 && c->of[group] > total / CROWD_PART;
}

bool
crowd_fits(
    const struct crowd *c, uint16_t group, size_t n, size_t held, size_t total)
{
	return held <= total && n <= total - held &&
	       (group == 0 || c->of[group] + n <= total - held - n);
}
