#ifndef POLICY_WEATHER_WEATHER_H
#define POLICY_WEATHER_WEATHER_H

/*
 * What would come of last week's mail of a domain by the records that it has
 * today: SPF, the keys of its DKIM signatures, DMARC. A partner who breaks
 * them loses his mail at whoever believes them, and is the last to know.
 *
 * Mail is read from the journal, and judged again as far as these records go:
 * SPF of the client, HELO and sender; a signature that was good stays so while
 * its key is the same; DMARC of what is left of both. Nothing else of a
 * message can have changed.
 *
 * Waits for DNS and for the disk. One thread.
 */

#include "policy/dns/dns.h"
#include "policy/journal/journal_read.h"

#define WEATHER_DOMAINS_MAX 500  /* watched domains with mail */
/* Of each, the newest; and as many that nothing vouched for. */
#define WEATHER_MAIL_MAX    2000

struct weather_options {
	struct journal_reader *reader;
	int64_t since_s, until_s;
	int64_t now_s;
	/* Whether this author's domain is watched. */
	bool (*watched)(void *ctx, struct span domain);
	void *ctx;
	struct resolver *resolver;
	int64_t wait_ms; /* for the answers to one message's questions */
};

struct weather_domain {
	struct span domain;  /* the author's */
	size_t mails;        /* that passed DMARC, or had none */
	size_t fails;        /* of them, today */
	size_t unvouched;    /* of these, what neither SPF nor DKIM showed to
	                        be the domain's own: perhaps a forger's */
	size_t unknown;      /* DNS did not say */
	const char *why;     /* of most that fail; NULL: none do */
	const char *policy;  /* what DMARC asks for them: "none" ... */
	struct span example; /* the id of one that fails; "" */
	uint64_t records;    /* a hash of all that DNS said; 48 bits */
};

/* In the arena, by domain. False: the journal can't be read. */
bool weather_look(const struct weather_options *o, struct arena *a,
    struct weather_domain **out, size_t *count);

#endif
