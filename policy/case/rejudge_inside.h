#ifndef POLICY_CASE_REJUDGE_INSIDE_H
#define POLICY_CASE_REJUDGE_INSIDE_H

/* What judging again keeps; between the files that do it. */

#include "policy/case/rejudge.h"
#include "policy/dns/dns.h"
#include "policy/judge/judge.h"

struct rejudge {
	struct services judge;
	struct clock_fixed time;
	struct snapshot *snapshot;
	struct session *session;
	struct dns_zone *nothing;
	struct dns_zone *zone; /* of the run */
	struct store *store;   /* of the run: what stands in the record */
	bool asks_dns;         /* some list is in DNS */

	/* What is worked out for one made_with. */
	struct arena *arena, *scratch; /* scratch: of the run */
	char made_with[32];
	bool *gathered; /* by fact */
	size_t *then;   /* by rule: where it stood unchanged, or SIZE_MAX */

	/* Of the run. */
	bool *lacking;      /* by fact */
	bool *list_lacking; /* by list: it was asked what the record lacks */
	const char **lacks;
	size_t lacks_count;

	/* Lists are asked what they say now; resolver NULL: they are not. */
	struct rejudge_asking asking;
	struct dns_zone *now;    /* what they said; NULL: nothing */
	struct dns_zone *failed; /* names to which nothing was said */
	struct arena *now_arena; /* of one question */
	uint64_t asked;
	bool asked_now; /* of the run: it rests on some of it */
};

/*
 * After a run: notes which lists were asked what the record does not say.
 * True when answers have been found for some of it, in the record under the
 * name that has no key or by asking now: they are in the zone of the run, and
 * it is to be judged again.
 */
bool rejudge_lists(struct rejudge *r);
void rejudge_lists_free(struct rejudge *r);

/* Whether the rule reads a fact that the record lacks. */
struct rule_info;
bool rejudge_reads_lacking(
    const struct rejudge *r, const struct rule_info *info);
/* Whether another answer to what is lacking would be another verdict: says
 * so in out and adds to what it lacks. */
void rejudge_doubt(struct rejudge *r, struct rejudge_result *out);

#endif
