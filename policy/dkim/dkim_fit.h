#ifndef POLICY_DKIM_DKIM_FIT_H
#define POLICY_DKIM_DKIM_FIT_H

/*
 * Do a signature and a key belong together (RFC 6376, 6.1.2; RFC 8301; RFC
 * 8463)? The same for DKIM and for ARC. Any thread; nothing here waits.
 */

#include "policy/dkim/dkim_key.h"
#include "policy/dns/dns.h"

/*
 * A signature is as long as its key: what no key that is accepted could have
 * made needs none to be judged, and then *outcome says what it comes to. *bits
 * is set to the length of the key where that shows.
 */
bool dkim_fit_length(struct arena *a, const struct dkim_sig *sig,
    unsigned bits_min, unsigned *bits, struct dkim_outcome *outcome);

/*
 * The key of an answer that is neither pending nor DNS_TEMP; NULL with *why
 * (static text) when it has none that can be used.
 */
struct dkim_key *dkim_fit_find(
    struct dkim_keys *keys, const struct dns_answer *answer, const char **why);

/* May the key be used for this signature? Otherwise *outcome says why not. */
bool dkim_fit_key(struct arena *a, const struct dkim_sig *sig,
    const struct dkim_record *record, unsigned bits_min,
    struct dkim_outcome *outcome);

#endif
