#ifndef POLICY_SPF_SPF_H
#define POLICY_SPF_SPF_H

/*
 * check_host() of RFC 7208 for one identity: whether a domain lets a client
 * send in its name.
 *
 * The life of an evaluation: spf_new takes the question and the message's
 * batch of DNS answers. spf_run judges with the answers known so far; when
 * one is missing it has asked for it, and for all others that can be
 * foreseen, and returns false: run it again when an answer has come. Each run
 * starts from the beginning and takes microseconds; only what was parsed is
 * kept. Once it returns true the outcome stands and does not change.
 *
 * Limits (4.6.4) count in the order of evaluation, whatever the order in
 * which answers come: a run that met a missing answer goes on only to see
 * what else to ask for, and its result is thrown away.
 *
 * All memory is in the arena; one thread at a time; never waits.
 */

#include "policy/dns/dns.h"
#include "rules/base/arena.h"
#include "rules/base/ip.h"
#include "rules/base/span.h"

enum spf_result {
	SPF_NONE,
	SPF_NEUTRAL,
	SPF_PASS,
	SPF_FAIL,
	SPF_SOFTFAIL,
	SPF_TEMPERROR,
	SPF_PERMERROR,
};
#define SPF_RESULT_COUNT (SPF_PERMERROR + 1)
/* "none" to "permerror", then NULL. */
extern const char *const spf_result_words[SPF_RESULT_COUNT + 1];

/* The spans must live as long as the evaluation. */
struct spf_query {
	struct ip client;  /* IPv4-mapped addresses as IPv4 (rules/base/ip.h) */
	struct span helo;  /* as given */
	struct span local; /* "": postmaster (4.3); may be UTF-8 (RFC 8616) */
	struct span domain;   /* A-labels; of the identity that is judged */
	struct span receiver; /* %{r}; "": unknown */
	int64_t time_s;       /* %{t} */
	unsigned void_limit;  /* lookups that may find nothing; normally 2 */
	/* Of the ten terms that need lookups (4.6.4): those that another
	 * evaluation for the same message has taken. What they leave too few
	 * of is no fault of the record, so its result is temperror. */
	unsigned lookups_taken;
};
#define SPF_VOID_LIMIT 2

/* One counted lookup, in the order of evaluation. */
struct spf_step {
	struct span domain; /* whose record */
	struct span term;   /* as it stands there */
	struct span target; /* the name that was asked about */
	unsigned depth;     /* of includes; 0: the identity's own record */
	const char *found;  /* static text: "match", "no match" ... */
};

struct spf_outcome {
	enum spf_result result;
	struct span domain; /* that was judged */
	/* The directive that decided, as written in the record of domain or
	 * of the last redirect; "default" when none did, "" without record or
	 * after an error. */
	struct span mechanism;
	/* The same where it was an include: the innermost one, and whose. */
	struct span inner, inner_domain;
	struct span explanation; /* with result fail: from exp=, or "" */
	const char *problem;     /* what went wrong, printable, or NULL */
	unsigned lookups;        /* counted terms */
	unsigned void_lookups;
	const struct spf_step *step;
	size_t step_count;
};

struct spf;

struct spf *spf_new(
    struct arena *a, struct dns_batch *dns, const struct spf_query *q);
/* What was asked, defaults filled in. */
const struct spf_query *spf_question(const struct spf *s);
/* False: an answer is missing. */
bool spf_run(struct spf *s);
/* NULL until spf_run has returned true. */
const struct spf_outcome *spf_outcome(const struct spf *s);

#endif
