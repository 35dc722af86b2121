/*
 * The DMARC evaluation of RFC 9989: policy discovery (4.10.1), alignment
 * (4.4) and the result (5.3). It knows what was authenticated only from the
 * query and never reads anybody's headers.
 */
#include "config.h"

#include "policy/dmarc/dmarc.h"

#include "rules/base/panic.h"
#include "rules/text/domain.h"

const char *const dmarc_result_words[] = { "none", "pass", "fail", "temperror",
	"permerror", NULL };
_Static_assert(ARRAY_COUNT(dmarc_result_words) == DMARC_RESULT_COUNT + 1,
    "a word for each result");

/* The author's domain, SPF's, and those of DKIM. */
#define DMARC_WALKS_MAX (2 + DMARC_DKIM_WALKS_MAX)

struct dmarc {
	struct arena *arena;
	struct dns_batch *dns;
	struct dmarc_walk *walk[DMARC_WALKS_MAX];
	size_t walk_count;
	struct dmarc_compared *compared; /* room for the query's identifiers */
	size_t compared_cap;
	struct dmarc_outcome outcome;
	bool done;
};

struct dmarc *
dmarc_new(struct arena *a, struct dns_batch *dns)
{
	struct dmarc *d = arena_alloc(a, sizeof(*d));

	d->arena = a;
	d->dns = dns;
	return d;
}

/*
 * The walk from a domain, taken as far as it goes; NULL past the limit. The
 * author's comes out of no budget that a sender could use up before.
 */
static const struct dmarc_walk *
dmarc_walk_take(struct dmarc *d, struct span domain, bool author)
{
	size_t i = 0;

	while (i < d->walk_count && !span_eq(d->walk[i]->domain, domain))
		i++;
	if (i == DMARC_WALKS_MAX)
		return NULL;
	if (i == d->walk_count) {
		d->walk[i] = arena_alloc(d->arena, sizeof(*d->walk[i]));
		d->walk[i]->domain = arena_dup(d->arena, domain);
		d->walk_count++;
	}
	d->walk[i]->reserved = author || d->walk[i]->reserved;
	(void)dmarc_walk_run(d->walk[i], d->dns, d->arena);
	return d->walk[i];
}

static const struct dmarc_walk *
dmarc_walk_from(struct dmarc *d, struct span domain)
{
	return dmarc_walk_take(d, domain, false);
}

/* There is one author; of several From fields the first two are looked at
 * while the header comes in, which leaves room for his walk in any case. */
static const struct dmarc_walk *
dmarc_walk_author(struct dmarc *d, struct span domain)
{
	const struct dmarc_walk *w = dmarc_walk_take(d, domain, true);

	INVARIANT(w != NULL);
	return w;
}

/* ---- policy discovery -------------------------------------------------------- */

/*
 * The author's domain itself, else its organizational domain, else the public
 * suffix above it. Records between the first two are never policy.
 */
static const struct dmarc_step *
dmarc_find_record(const struct dmarc_walk *w)
{
	const struct dmarc_step *step = dmarc_walk_at(w, w->domain);

	if (step == NULL && !w->temp)
		step = dmarc_walk_at(w, w->org);
	if (step != NULL || w->temp || w->count == 0)
		return step;
	step = &w->step[w->count - 1];
	return step->has_record && step->record.psd == DMARC_PSD_YES ? step
								     : NULL;
}

/*
 * Where an answer of the walk failed: the record that would hold had it been
 * "no record". So it is known at least that, and how gravely, the domain is
 * protected.
 */
static const struct dmarc_step *
dmarc_guess_record(const struct dmarc_walk *w)
{
	const struct dmarc_step *step, *last;

	if (!w->temp || w->count == 0)
		return NULL;
	step = dmarc_walk_at(w, w->org_seen);
	last = &w->step[w->count - 1];
	if (step == NULL && last->has_record &&
	    last->record.psd == DMARC_PSD_YES)
		step = last;
	return step != NULL && step->record.state != DMARC_RECORD_VOID ? step
								       : NULL;
}

/*
 * Does the author's domain exist (3.2.13)? Any answer but NXDOMAIN for
 * anything at or below it proves that. Where it can't be found out it may or
 * may not.
 */
static enum dmarc_existence
dmarc_find_existence(struct dmarc *d, const struct dmarc_walk *w)
{
	const struct dns_answer *answer =
	    dns_ask_reserved(d->dns, w->step[0].name, DNS_TXT);

	if (answer->status == DNS_TEMP ||
	    (answer->status == DNS_NXDOMAIN && !answer->alias))
		answer = dns_ask_reserved(d->dns, w->domain, DNS_A);
	if (answer->status == DNS_PENDING)
		return DMARC_EXISTENCE_PENDING;
	if (answer->alias)
		return DMARC_EXISTS;
	return answer->status == DNS_NXDOMAIN ? DMARC_EXISTS_NOT
	       : answer->status == DNS_TEMP   ? DMARC_EXISTENCE_TEMP
					      : DMARC_EXISTS;
}

/* Does it matter for this record whether the author's domain exists? */
static bool
dmarc_needs_existence(const struct dmarc_walk *w, const struct dmarc_step *step)
{
	const struct dmarc_record *r = &step->record;

	return !span_eq(step->domain, w->domain) && r->np != DMARC_P_ABSENT &&
	       r->np != (r->sp != DMARC_P_ABSENT ? r->sp : r->p);
}

void
dmarc_foresee_author(struct dmarc *d, struct span domain)
{
	const struct dmarc_step *step;
	const struct dmarc_walk *w;

	if (domain.n == 0)
		return;
	w = dmarc_walk_author(d, domain);
	if (!w->done)
		return;
	step = dmarc_find_record(w);
	if (step == NULL)
		step = dmarc_guess_record(w);
	if (step != NULL && dmarc_needs_existence(w, step))
		(void)dmarc_find_existence(d, w);
}

static enum dmarc_policy
dmarc_lower(enum dmarc_policy p)
{
	return p == DMARC_P_REJECT ? DMARC_P_QUARANTINE : DMARC_P_NONE;
}

/* Which of p, sp and np holds. False while an answer is missing. */
static bool
dmarc_choose_policy(struct dmarc *d, const struct dmarc_walk *w,
    const struct dmarc_step *step, struct dmarc_outcome *o)
{
	const struct dmarc_record *r = &step->record;
	enum dmarc_policy sp = r->sp != DMARC_P_ABSENT ? r->sp : r->p;
	enum dmarc_existence existence = DMARC_EXISTS;

	o->existence = DMARC_EXISTS;
	o->record_domain = step->domain;
	o->policy = r->p;
	o->policy_tag = "p";
	if (!span_eq(step->domain, w->domain)) {
		if (r->sp != DMARC_P_ABSENT)
			o->policy_tag = "sp";
		o->policy = sp;
		if (dmarc_needs_existence(w, step)) {
			existence = dmarc_find_existence(d, w);
			o->existence = existence;
			o->exists_asked = true;
		}
		if (existence == DMARC_EXISTENCE_PENDING)
			return false;
		/* Not known: the graver of the two may hold. */
		if (existence == DMARC_EXISTS_NOT ||
		    (existence == DMARC_EXISTENCE_TEMP && r->np > sp)) {
			o->policy_tag = "np";
			o->policy = r->np;
		}
	}
	o->applied = r->testing ? dmarc_lower(o->policy) : o->policy;
	return true;
}

/* ---- alignment --------------------------------------------------------------- */

/*
 * Relaxed alignment of a domain that is not the author's: both must have one
 * organizational domain, and each its own walk tells which (4.10.2). Where
 * the author's is known a domain outside it is none of ours; no walk can
 * change that. Returns false while an answer is missing.
 */
static bool
dmarc_align_relaxed(
    struct dmarc *d, const struct dmarc_walk *author, struct dmarc_compared *c)
{
	struct span domain = c->identifier.domain;

	if (!author->temp && !domain_is_sub(domain, author->org)) {
		c->why = "lies outside the author's organizational domain";
		return true;
	}
	if (!span_eq(
		domain_suffix(domain, 1), domain_suffix(author->domain, 1))) {
		c->why = "has nothing in common with the author's domain";
		return true;
	}
	c->walk = dmarc_walk_from(d, domain);
	if (c->walk == NULL) {
		c->why = "is one of too many domains";
		return true;
	}
	if (!c->walk->done)
		return false;
	if (c->walk->temp) {
		c->alignment = DMARC_ALIGNED_TEMP;
		c->why = "has an organizational domain that could not be "
			 "found out";
	} else if (author->temp &&
		   domain_is_sub(author->domain, c->walk->org)) {
		c->alignment = DMARC_ALIGNED_TEMP;
		c->why = "may have the author's organizational domain, which "
			 "could not be found out";
	} else if (!author->temp && span_eq(c->walk->org, author->org)) {
		c->alignment = DMARC_ALIGNED_YES;
		c->why = "has the author's organizational domain";
	} else {
		c->why = "has another organizational domain";
	}
	return true;
}

/* relaxed false: only the author's domain itself. */
static bool
dmarc_align(struct dmarc *d, const struct dmarc_walk *author, bool relaxed,
    struct dmarc_compared *c)
{
	c->alignment = DMARC_ALIGNED_NO;
	c->strict = !relaxed;
	c->walk = NULL;
	if (span_eq(c->identifier.domain, author->domain)) {
		c->alignment = DMARC_ALIGNED_YES;
		c->why = "is the author's domain";
		return true;
	}
	if (relaxed)
		return dmarc_align_relaxed(d, author, c);
	c->why = "is not the author's domain itself";
	return true;
}

/* Is it, for this signature, the first with this domain and state? */
static bool
dmarc_is_first(const struct dmarc_compared *c, size_t count,
    const struct dmarc_identifier *id)
{
	for (size_t i = 0; i < count; i++)
		if (c[i].dkim && c[i].identifier.given == id->given &&
		    span_eq(c[i].identifier.domain, id->domain))
			return false;
	return true;
}

/* Those that passed or may yet pass, each once. */
static void
dmarc_collect(struct dmarc *d, const struct dmarc_query *q)
{
	struct dmarc_outcome *o = &d->outcome;
	size_t n = 0;

	if (d->compared == NULL) {
		d->compared_cap = q->dkim_count + 1;
		d->compared = arena_array(
		    d->arena, d->compared_cap, sizeof(*d->compared));
	}
	if (q->spf.given != DMARC_GIVEN_NO && q->spf.domain.n > 0)
		d->compared[n++].identifier = q->spf;
	for (size_t i = 0; i < q->dkim_count && n < d->compared_cap; i++) {
		const struct dmarc_identifier *id = &q->dkim[i];

		if (id->given == DMARC_GIVEN_NO || id->domain.n == 0 ||
		    !dmarc_is_first(d->compared, n, id))
			continue;
		d->compared[n].dkim = true;
		d->compared[n++].identifier = *id;
	}
	o->compared = d->compared;
	o->compared_count = n;
}

/* record NULL: there is no policy, and only identity counts. */
static bool
dmarc_align_all(struct dmarc *d, const struct dmarc_walk *author,
    const struct dmarc_record *record)
{
	struct dmarc_outcome *o = &d->outcome;
	bool complete = true;

	o->spf_aligned = o->dkim_aligned = false;
	for (size_t i = 0; i < o->compared_count; i++) {
		struct dmarc_compared *c = &d->compared[i];
		bool relaxed =
		    record != NULL &&
		    !(c->dkim ? record->dkim_strict : record->spf_strict);

		if (!dmarc_align(d, author, relaxed, c))
			complete = false;
		else if (c->alignment == DMARC_ALIGNED_YES &&
			 c->identifier.given == DMARC_GIVEN_PASS)
			*(c->dkim ? &o->dkim_aligned : &o->spf_aligned) = true;
	}
	return complete;
}

/* ---- the result --------------------------------------------------------------- */

/* Could a later attempt make it a pass? */
static const char *
dmarc_doubt(const struct dmarc_outcome *o)
{
	for (size_t i = 0; i < o->compared_count; i++) {
		const struct dmarc_compared *c = &o->compared[i];

		if (c->alignment == DMARC_ALIGNED_NO)
			continue;
		if (c->identifier.given == DMARC_GIVEN_TEMP)
			return c->dkim ? "a DKIM key could not be looked up"
				       : "SPF could not be evaluated";
		if (c->alignment == DMARC_ALIGNED_TEMP)
			return "an organizational domain could not be "
			       "looked up";
	}
	return NULL;
}

static bool
dmarc_finish(struct dmarc *d, enum dmarc_result result, const char *problem)
{
	d->outcome.result = result;
	d->outcome.problem = problem;
	d->done = true;
	return true;
}

/* There is a policy: p, sp or np of this record. */
static bool
dmarc_judge(
    struct dmarc *d, const struct dmarc_walk *w, const struct dmarc_step *step)
{
	struct dmarc_outcome *o = &d->outcome;
	bool chosen = dmarc_choose_policy(d, w, step, o);
	bool aligned = dmarc_align_all(d, w, &step->record);
	const char *doubt;

	if (!chosen || !aligned)
		return false;
	if (o->spf_aligned || o->dkim_aligned)
		return dmarc_finish(d, DMARC_PASS, step->record.problem);
	doubt = dmarc_doubt(o);
	if (doubt != NULL)
		return dmarc_finish(d, DMARC_TEMPERROR, doubt);
	if (o->existence == DMARC_EXISTENCE_TEMP)
		return dmarc_finish(d, DMARC_TEMPERROR,
		    "whether the author's domain exists could not be looked "
		    "up");
	return dmarc_finish(d, DMARC_FAIL, step->record.problem);
}

/*
 * There is a policy at this record, or one that could not be looked up stands
 * nearer to the author. Whichever holds: what is authenticated as the author's
 * own domain passes, and all else is in doubt.
 */
static bool
dmarc_judge_guess(
    struct dmarc *d, const struct dmarc_walk *w, const struct dmarc_step *step)
{
	struct dmarc_outcome *o = &d->outcome;
	bool chosen = dmarc_choose_policy(d, w, step, o);

	(void)dmarc_align_all(d, w, NULL);
	if (!chosen)
		return false;
	if (o->spf_aligned || o->dkim_aligned)
		return dmarc_finish(d, DMARC_PASS, step->record.problem);
	return dmarc_finish(
	    d, DMARC_TEMPERROR, "the policy could not be looked up");
}

/*
 * While the author's walk is under way: starts those of identifiers that are
 * likely to be needed, which have more in common with it than a top level.
 */
static void
dmarc_foresee_all(struct dmarc *d, const struct dmarc_walk *author)
{
	struct span family = domain_suffix(author->domain, 2);

	for (size_t i = 0; i < d->outcome.compared_count; i++) {
		struct span domain = d->compared[i].identifier.domain;

		if (d->walk_count < DMARC_WALKS_MAX / 2 &&
		    domain_is_sub(domain, family))
			(void)dmarc_walk_from(d, domain);
	}
}

bool
dmarc_run(struct dmarc *d, const struct dmarc_query *q)
{
	struct dmarc_outcome *o = &d->outcome;
	const struct dmarc_step *step;
	const struct dmarc_walk *w;

	if (d->done)
		return true;
	*o = (struct dmarc_outcome){ .from = q->from };
	o->record_domain = o->org_domain = SPAN("");
	if (q->from.n == 0)
		return dmarc_finish(d, DMARC_PERMERROR, q->from_why);
	dmarc_collect(d, q);
	o->walk = w = dmarc_walk_author(d, q->from);
	if (!w->done) {
		dmarc_foresee_all(d, w);
		return false;
	}
	o->org_domain = w->org;
	step = dmarc_find_record(w);
	if (step != NULL && step->record.state != DMARC_RECORD_VOID)
		return dmarc_judge(d, w, step);
	if (step == NULL && dmarc_guess_record(w) != NULL)
		return dmarc_judge_guess(d, w, dmarc_guess_record(w));
	(void)dmarc_align_all(d, w, NULL);
	if (step != NULL) {
		o->record_domain = step->domain;
		return dmarc_finish(d, DMARC_NONE, step->record.problem);
	}
	if (w->temp)
		return dmarc_finish(
		    d, DMARC_TEMPERROR, "the policy could not be looked up");
	return dmarc_finish(d, DMARC_NONE, NULL);
}

const struct dmarc_outcome *
dmarc_outcome(const struct dmarc *d)
{
	return d != NULL && d->done ? &d->outcome : NULL;
}
