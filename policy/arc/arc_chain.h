#ifndef POLICY_ARC_ARC_CHAIN_H
#define POLICY_ARC_ARC_CHAIN_H

/*
 * The ARC chain of one message (RFC 8617, 5.2), from the header to the result.
 *
 * The life of one: arc_chain_new; arc_chain_field for each field of ARC's as
 * it passes (which starts the lookups of its keys, so that all are under way
 * at once); arc_chain_header once the header has ended and before the body
 * begins; then arc_chain_judge, again and again as DNS answers come, until it
 * returns true. Everything lies in the arena. One thread at a time; nothing
 * here waits.
 */

#include "policy/arc/arc_set.h"
#include "policy/dkim/dkim_message.h"

/* Different keys of one chain; honest ones have as many as hosts have sealed
 * it. A chain with more fails. */
#define ARC_KEYS_MAX 20
/* How many of the older ARC-Message-Signatures are tried for oldest_pass. */
#define ARC_OLDER_MAX 10

enum arc_result { ARC_NONE, ARC_PASS, ARC_FAIL, ARC_TEMPERROR };
/* NULL stands behind the last. */
extern const char *const arc_result_words[ARC_TEMPERROR + 2];

struct arc_outcome {
	enum arc_result result;
	const char *problem; /* NULL for none and pass; static or arena */
	size_t instances;    /* the number of the newest set */
	/* Of a chain that passes: the oldest set from which on nothing was
	 * altered, 0 when that is all of them (5.2, step 5). Where there are
	 * more than ARC_OLDER_MAX to try, the oldest that was. */
	size_t oldest_pass;
};

struct arc_chain;

/* keys must outlive it; a and dns are the message's. */
struct arc_chain *arc_chain_new(struct arena *a, struct dns_batch *dns,
    struct dkim_keys *keys, const struct dkim_options *options);
/* field is number at of the message's fields. */
void arc_chain_field(struct arc_chain *c, enum arc_kind kind,
    const struct header_field *field, size_t at);
/* dm: whoever hashes the body, and knows the header; it must live as long. */
void arc_chain_header(struct arc_chain *c, const struct header_list *headers,
    struct dkim_message *dm);
/*
 * The body is complete: false while a key has not come yet. What fails without
 * any key does so at once.
 */
bool arc_chain_judge(struct arc_chain *c);

/* Once it is judged. */
const struct arc_outcome *arc_chain_outcome(const struct arc_chain *c);
/* Set number i of what was read, from 1; NULL: no field of it was there. */
const struct arc_set *arc_chain_set(const struct arc_chain *c, size_t i);
/* What its seal comes to; ARC_NONE where the chain failed without it. */
enum arc_result arc_chain_seal(const struct arc_chain *c, size_t i);
/*
 * Of a chain that passes, the names of visible header fields that its newest
 * signature leaves out, as dkim_headers_unsigned: whoever has the message can
 * replace them, and the chain still passes. In the arena or static.
 */
struct span arc_chain_unsigned(struct arc_chain *c);
/*
 * "arc=pass as[2].d=b.example as[2].s=s2 as[1].d=a.example as[1].s=s1": what
 * an aggregate report says of a chain that a domain's policy was overridden
 * for (RFC 8617, 7.2.2). Of a chain whose sets are all there. In the arena.
 */
struct span arc_chain_comment(const struct arc_chain *c);

#endif
