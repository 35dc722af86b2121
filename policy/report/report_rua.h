#ifndef POLICY_REPORT_REPORT_RUA_H
#define POLICY_REPORT_REPORT_RUA_H

/*
 * Where reports go (RFC 9989, 4.7; RFC 9990, 4). Whoever publishes a record
 * can name anybody's address in it, so an address outside of his own
 * organizational domain is used only when its host says that it wants his
 * reports.
 */

#include "policy/dns/dns.h"
#include "rules/base/arena.h"

/* Addresses of one record that are written to; the rest are passed over. */
#define REPORT_ADDRESSES_MAX 10

/*
 * Takes the next address off the value of rua: mailto alone, %XX decoded,
 * without what follows a "?", the domain in A-labels. Pieces that are no such
 * address are passed over; false at the end. address and its host lie in the
 * arena.
 */
bool report_address_next(struct span *list, struct arena *a,
    struct span *address, struct span *host);
/* How many there are, at most REPORT_ADDRESSES_MAX. */
size_t report_address_count(struct span list, struct arena *a);

enum report_wanted {
	REPORT_WANTED,
	REPORT_UNWANTED, /* why says why */
	REPORT_UNSURE,   /* could not be found out now; why says why */
};

/*
 * Does the host of address want reports on domain, where the record was found?
 * *to is then where they go: address, or what the host names in its place.
 * Waits for DNS, at most wait_ms. why is static text; *to lies in the arena.
 */
enum report_wanted report_wanted_join(struct resolver *r, struct span domain,
    struct span address, int64_t wait_ms, struct arena *a, struct span *to,
    const char **why);

#endif
