#ifndef POLICY_DNS_DNS_CACHE_H
#define POLICY_DNS_DNS_CACHE_H

/*
 * Answers by question until their time is over. Holds as many as it may and
 * about a kilobyte for each on average; then those go that nobody has asked
 * for since the last round (CLOCK), but before them those of a client's
 * network that has more than its part (crowd.h). An answer past its time is
 * never given out. No lock and no clock of its own: the owner has both.
 */

#include "policy/dns/dns_resolver.h"

struct dns_cache;

struct dns_cache *dns_cache_new(size_t entries_max);
void dns_cache_free(struct dns_cache **c);

/*
 * The answer, without a reference for the caller, and the seconds that it
 * still holds (at least 1); NULL when there is none.
 */
struct dns_result *dns_cache_get(struct dns_cache *c, const struct dns_key *key,
    int64_t now_ms, uint32_t *ttl_s);
/*
 * Takes a reference of its own, for ttl_s seconds; replaces what was there.
 * group: on whose behalf it was asked for (crowd_group).
 */
void dns_cache_put(struct dns_cache *c, const struct dns_key *key,
    struct dns_result *result, int64_t now_ms, uint32_t ttl_s, uint16_t group);
size_t dns_cache_count(const struct dns_cache *c);

#endif
