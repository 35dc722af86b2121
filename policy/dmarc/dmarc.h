#ifndef POLICY_DMARC_DMARC_H
#define POLICY_DMARC_DMARC_H

/*
 * DMARC of RFC 9989: does anything authenticated speak for the author's
 * domain, and what does that domain ask for where nothing does?
 *
 * The life of an evaluation: dmarc_new takes the message's batch of DNS
 * answers; dmarc_foresee_author may be called for the author's domain as soon
 * as it is known and starts its whole tree walk. dmarc_run judges with the answers
 * known so far; when one is missing it has asked for all that can be foreseen
 * and returns false: run it again, with the same query, when an answer has
 * come. Once it returns true the outcome stands.
 *
 * What is not known for the time being counts only where it could have made a
 * difference: an identifier that can't align with the author's domain
 * whatever DNS says does not turn a failure into a temporary error, or every
 * forger would have a broken name server.
 *
 * All memory is in the arena; one thread at a time; never waits.
 */

#include "policy/dmarc/dmarc_record.h"
#include "policy/dns/dns.h"
#include "rules/base/arena.h"

/* The order is that of dmarc_result_words. */
enum dmarc_result {
	DMARC_NONE,
	DMARC_PASS,
	DMARC_FAIL,
	DMARC_TEMPERROR,
	DMARC_PERMERROR,
};
#define DMARC_RESULT_COUNT (DMARC_PERMERROR + 1)
/* NULL stands behind the last. */
extern const char *const dmarc_result_words[DMARC_RESULT_COUNT + 1];

/* ---- tree walks (4.10) ------------------------------------------------------ */

#define DMARC_WALK_MAX 8 /* queries of one walk */

struct dmarc_step {
	struct span name; /* "_dmarc." and the domain below */
	struct span domain;
	const char *found; /* static text: "no such name", "a record" ... */
	bool temp;         /* could not be found out */
	bool has_record;
	struct dmarc_record record;
};

struct dmarc_walk {
	struct span domain; /* where it starts */
	struct dmarc_step step[DMARC_WALK_MAX];
	size_t count;  /* steps taken, up to the one that ended it */
	bool done;     /* all answers that matter are there */
	bool temp;     /* one of them could not be found out */
	bool reserved; /* the author's: see dns_ask_reserved */
	/* The organizational domain (4.10.2); "" until done, and when temp. */
	struct span org;
	struct span org_seen; /* as if what failed had no record */
};

/* ---- the question ------------------------------------------------------------ */

enum dmarc_given {
	DMARC_GIVEN_NO,   /* any result but the two below */
	DMARC_GIVEN_PASS, /* authenticated */
	DMARC_GIVEN_TEMP, /* could not be found out now */
};

/* Spans are in the form of domain_to_ascii and outlive the evaluation. */
struct dmarc_identifier {
	enum dmarc_given given;
	struct span domain; /* "" when there is none */
};

struct dmarc_query {
	struct span from;     /* the author's domain; "" when there is none */
	const char *from_why; /* why there is none, or NULL */
	/* The identity of MAIL FROM, which for the null reverse-path is
	 * postmaster at the HELO name (RFC 7208, 2.4). Never HELO itself. */
	struct dmarc_identifier spf;
	const struct dmarc_identifier *dkim; /* d= of each signature */
	size_t dkim_count;
};

/* Distinct DKIM domains that may cost a walk; the rest do not align. */
#define DMARC_DKIM_WALKS_MAX 10

/* ---- the answer --------------------------------------------------------------- */

enum dmarc_alignment {
	DMARC_ALIGNED_NO,
	DMARC_ALIGNED_YES,
	DMARC_ALIGNED_TEMP, /* could not be found out */
};

/* Of a domain in DNS (3.2.13). */
enum dmarc_existence {
	DMARC_EXISTS, /* or nobody asked */
	DMARC_EXISTS_NOT,
	DMARC_EXISTENCE_TEMP, /* could not be found out */
	DMARC_EXISTENCE_PENDING,
};

/* One identifier that was authenticated or might have been. */
struct dmarc_compared {
	bool dkim; /* else SPF */
	struct dmarc_identifier identifier;
	enum dmarc_alignment alignment;
	bool strict;
	const char *why;               /* static text, a clause */
	const struct dmarc_walk *walk; /* its own, when one was made */
};

struct dmarc_outcome {
	enum dmarc_result result;
	struct span from; /* "" when there is none */
	/* Asked for; DMARC_P_ABSENT without. With DMARC_TEMPERROR what is
	 * known of it: a milder or graver one may stand nearer to the author,
	 * where it could not be looked up. */
	enum dmarc_policy policy;
	enum dmarc_policy applied;      /* the same after t=y */
	const char *policy_tag;         /* "p", "sp" or "np"; NULL without */
	struct span record_domain;      /* where the policy was found; or "" */
	struct span org_domain;         /* the author's; "" when not known */
	bool spf_aligned, dkim_aligned; /* an aligned pass of each */
	enum dmarc_existence existence; /* of the author's domain */
	bool exists_asked;             /* it makes a difference and was asked */
	const char *problem;           /* static text or NULL */
	const struct dmarc_walk *walk; /* of the author's domain, or NULL */
	const struct dmarc_compared *compared;
	size_t compared_count;
};

struct dmarc;

struct dmarc *dmarc_new(struct arena *a, struct dns_batch *dns);
/*
 * Takes the author's walk as far as answers are there, and asks whether his
 * domain exists once that is known to matter: again and again while the
 * message comes in, so that nothing about the author is asked after what may
 * be slow.
 */
void dmarc_foresee_author(struct dmarc *d, struct span domain);
bool dmarc_run(struct dmarc *d, const struct dmarc_query *q);
/* NULL until dmarc_run has returned true. */
const struct dmarc_outcome *dmarc_outcome(const struct dmarc *d);

/*
 * For dmarc.c: takes the walk as far as answers are there, having asked for
 * all of it. Returns w->done.
 */
bool dmarc_walk_run(
    struct dmarc_walk *w, struct dns_batch *dns, struct arena *a);
/* The record that stands at this domain, or NULL. */
const struct dmarc_step *dmarc_walk_at(
    const struct dmarc_walk *w, struct span domain);

#endif
