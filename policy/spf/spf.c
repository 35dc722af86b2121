/*
 * The evaluation of SPF (RFC 7208, 4 to 6): fetches records, walks their
 * terms, counts, follows include and redirect, and fetches the explanation.
 * Knows neither messages nor facts; how one mechanism matches is in
 * spf_match.c.
 */
#include "config.h"

#include "policy/spf/spf.h"

#include "policy/spf/spf_eval.h"
#include "policy/spf/spf_macro.h"
#include "policy/spf/spf_record.h"

#include <stdio.h>
#include <string.h>

const char *const spf_result_words[SPF_RESULT_COUNT + 1] = {
	[SPF_NONE] = "none",
	[SPF_NEUTRAL] = "neutral",
	[SPF_PASS] = "pass",
	[SPF_FAIL] = "fail",
	[SPF_SOFTFAIL] = "softfail",
	[SPF_TEMPERROR] = "temperror",
	[SPF_PERMERROR] = "permerror",
};

/*
 * How a walk ended: which record decided and by which term; and where that
 * term was an include, by which term of which record that passed.
 */
struct spf_ending {
	struct spf_scope scope;
	struct span mechanism;
	struct span inner, inner_domain;
};

static enum spf_result spf_check_host(
    struct spf *s, struct span domain, unsigned depth, struct spf_ending *end);

void
spf_problem(struct spf *s, const char *fmt, ...)
{
	va_list ap;

	if (s->waiting || s->problem[0] != '\0')
		return;
	va_start(ap, fmt);
	(void)vsnprintf(s->problem, sizeof(s->problem), fmt, ap);
	va_end(ap);
	for (char *p = s->problem; *p != '\0'; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
}

/* ---- records -------------------------------------------------------------- */

/* The parsed record of this text, parsed at most once in an evaluation. */
static const struct spf_record *
spf_parsed(struct spf *s, struct span text)
{
	struct spf_memo *m;

	for (m = s->memo; m != NULL; m = m->next)
		if (m->text == text.p)
			return &m->record;
	m = arena_alloc(s->arena, sizeof(*m));
	m->text = text.p;
	(void)spf_record_parse(s->arena, text, &m->record);
	m->next = s->memo;
	s->memo = m;
	return &m->record;
}

/*
 * What cannot be asked for counts as a domain without record (4.3): more than
 * one label, each of 1 to 63 octets. Characters are not looked at: macros and
 * HELO names bring odd ones, and DNS knows whether they exist.
 */
static bool
spf_domain_ok(struct span domain)
{
	struct span label;
	size_t labels = 0;

	if (domain.n == 0 || domain.n > SPF_NAME_MAX)
		return false;
	while (span_cut(&domain, '.', &label)) {
		if (label.n == 0 || label.n > 63)
			return false;
		labels++;
	}
	return labels > 1;
}

/*
 * Finds the record of a domain (4.4, 4.5): SPF_PASS when there is one, else
 * the result for the domain.
 */
static enum spf_result
spf_fetch(struct spf *s, struct spf_scope *scope)
{
	const struct dns_answer *answer;
	struct span found = { NULL, 0 };
	size_t records = 0;

	if (!spf_domain_ok(scope->domain)) {
		spf_problem(s, "\"%.*s\" is not a domain name",
		    SPF_SHOWN(scope->domain));
		return SPF_NONE;
	}
	answer = spf_ask(s, scope->domain, DNS_TXT);
	if (answer == NULL)
		return SPF_NONE;
	if (answer->status == DNS_TEMP) {
		spf_temporary(s, scope->domain, answer);
		return SPF_TEMPERROR;
	}
	if (answer->status == DNS_DATA)
		for (size_t i = 0; i < answer->count; i++)
			if (spf_record_is(answer->text[i])) {
				found = answer->text[i];
				records++;
			}
	if (records > 1) {
		spf_problem(s, "%.*s has %zu SPF records",
		    SPF_SHOWN(scope->domain), records);
		return SPF_PERMERROR;
	}
	if (records == 0)
		return SPF_NONE;
	scope->record = spf_parsed(s, found);
	if (scope->record->why == NULL)
		return SPF_PASS;
	spf_problem(s, "syntax error in the record of %.*s: %s%s%.*s%s",
	    SPF_SHOWN(scope->domain), scope->record->why,
	    scope->record->where.n > 0 ? " in \"" : "",
	    SPF_SHOWN(scope->record->where),
	    scope->record->where.n > 0 ? "\"" : "");
	return SPF_PERMERROR;
}

/* ---- terms ---------------------------------------------------------------- */

/* Counts a term that needs DNS (4.6.4); NULL with the problem set when there
 * were too many, and what that makes of the term in *over. */
static struct spf_step *
spf_count(struct spf *s, const struct spf_scope *scope, struct span term,
    enum spf_match *over)
{
	struct spf_step *step = &s->step[s->lookups];

	*over = SPF_PERM;
	s->target[s->lookups].n = 0;
	s->lookups++;
	*step = (struct spf_step){
		.domain = scope->domain,
		.term = term,
		.depth = scope->depth,
		.found = "not evaluated",
	};
	if (s->lookups + s->query.lookups_taken <= SPF_LOOKUPS_MAX)
		return step;
	step->found = "over the limit";
	if (s->lookups <= SPF_LOOKUPS_MAX) {
		spf_problem(s, "the lookups of this message are used up");
		*over = SPF_TEMP;
		return NULL;
	}
	spf_problem(s,
	    "more than %d terms that need DNS lookups, at \"%.*s\" "
	    "in the record of %.*s",
	    SPF_LOOKUPS_MAX, SPF_SHOWN(term), SPF_SHOWN(scope->domain));
	return NULL;
}

/* Expands the domain-spec of a counted term into the step's target. */
static enum spf_match
spf_target(struct spf *s, const struct spf_scope *scope, struct span spec,
    struct spf_step *step)
{
	struct spf_name *room = &s->target[step - s->step];

	return spf_expand(s, scope, spec, room, &step->target);
}

static enum spf_match
spf_include(struct spf *s, const struct spf_scope *scope,
    const struct spf_step *step, struct spf_ending *outer)
{
	struct spf_ending end;
	bool nested;

	switch (spf_check_host(s, step->target, scope->depth + 1, &end)) {
	case SPF_PASS:
		nested = end.inner.n > 0;
		outer->inner = nested ? end.inner : end.mechanism;
		outer->inner_domain =
		    nested ? end.inner_domain : end.scope.domain;
		return SPF_YES;
	case SPF_NONE:
		if (s->waiting)
			return SPF_NO;
		spf_problem(s,
		    "\"%.*s\" in the record of %.*s: no SPF record "
		    "at %.*s",
		    SPF_SHOWN(step->term), SPF_SHOWN(scope->domain),
		    SPF_SHOWN(step->target));
		return SPF_PERM;
	case SPF_PERMERROR:
		return SPF_PERM;
	case SPF_TEMPERROR:
		return SPF_TEMP;
	case SPF_NEUTRAL:
	case SPF_FAIL:
	case SPF_SOFTFAIL:
		break;
	}
	return SPF_NO;
}

static enum spf_match
spf_counted_term(struct spf *s, const struct spf_scope *scope,
    const struct spf_term *t, struct spf_ending *end)
{
	enum spf_match match;
	struct spf_step *step = spf_count(s, scope, t->text, &match);
	bool waited;

	if (step == NULL)
		return match;
	waited = s->waiting;
	match = spf_target(s, scope, t->spec, step);
	if (match == SPF_YES)
		match = t->mechanism == SPF_INCLUDE
			    ? spf_include(s, scope, step, end)
			    : spf_match_term(s, t, step->target);
	step->found =
	    s->waiting && !waited ? "waiting" : spf_match_words[match];
	return match;
}

/*
 * Evaluates the terms of one record. SPF_NO: none matched; SPF_YES: the
 * mechanism and its result are set.
 */
static enum spf_match
spf_walk(struct spf *s, const struct spf_scope *scope, struct spf_ending *end,
    enum spf_result *result)
{
	const struct spf_record *r = scope->record;

	for (size_t i = 0; i < r->count; i++) {
		const struct spf_term *t = &r->term[i];
		enum spf_match match;

		if (t->mechanism == SPF_ALL)
			match = SPF_YES;
		else if (spf_mechanism_counts(t->mechanism))
			match = spf_counted_term(s, scope, t, end);
		else
			match =
			    ip_in(s->query.client, t->net) ? SPF_YES : SPF_NO;
		if (match == SPF_NO)
			continue;
		end->mechanism = t->text;
		*result = t->qualifier == '+'   ? SPF_PASS
			  : t->qualifier == '-' ? SPF_FAIL
			  : t->qualifier == '~' ? SPF_SOFTFAIL
						: SPF_NEUTRAL;
		return match;
	}
	return SPF_NO;
}

/* Follows redirect= (6.1): SPF_YES with the scope moved to the target. */
static enum spf_match
spf_redirect(struct spf *s, struct spf_scope *scope)
{
	enum spf_match match;
	struct spf_step *step =
	    spf_count(s, scope, scope->record->redirect_text, &match);

	if (step == NULL)
		return match;
	match = spf_target(s, scope, scope->record->redirect, step);
	step->found = match == SPF_YES ? "followed" : spf_match_words[match];
	if (match == SPF_NO && !s->waiting) {
		spf_problem(s, "\"%.*s\" in the record of %.*s leads nowhere",
		    SPF_SHOWN(step->term), SPF_SHOWN(scope->domain));
		return SPF_PERM;
	}
	scope->domain = step->target;
	return match;
}

/* check_host() (4): one domain with all that it includes and redirects to. */
static enum spf_result
spf_check_host(
    struct spf *s, struct span domain, unsigned depth, struct spf_ending *end)
{
	struct spf_scope scope = { .domain = domain, .depth = depth };
	enum spf_result result;
	enum spf_match match;
	bool redirected = false;

	*end = (struct spf_ending){ .scope = scope };
	for (;; redirected = true) {
		result = spf_fetch(s, &scope);
		if (result == SPF_NONE && redirected && !s->waiting) {
			spf_problem(s,
			    "redirect to %.*s, which has no SPF "
			    "record",
			    SPF_SHOWN(scope.domain));
			return SPF_PERMERROR;
		}
		if (result != SPF_PASS)
			return result;
		end->scope = scope;
		match = spf_walk(s, &scope, end, &result);
		if (match == SPF_NO && scope.record->redirect.n == 0) {
			end->mechanism = SPAN("default");
			return SPF_NEUTRAL;
		}
		if (match == SPF_YES)
			return result;
		if (match == SPF_NO)
			match = spf_redirect(s, &scope);
		if (match != SPF_YES)
			break;
	}
	end->mechanism = SPAN("");
	return match == SPF_TEMP   ? SPF_TEMPERROR
	       : match == SPF_PERM ? SPF_PERMERROR
				   : SPF_NONE;
}

/* ---- explanation ---------------------------------------------------------- */

/*
 * The explanation of a fail (6.2): of the record that decided, so one that
 * was redirected to counts and one that was included does not. Whatever is
 * wrong with it, there is none.
 */
static struct span
spf_explanation(struct spf *s, const struct spf_scope *scope)
{
	const struct dns_answer *answer;
	struct spf_macro_values values;
	struct spf_name room;
	struct span name, none = SPAN(""), text;
	char out[SPF_TEXT_MAX];
	const char *why;
	size_t n;

	if (scope->record->exp.n == 0 ||
	    spf_expand(s, scope, scope->record->exp, &room, &name) != SPF_YES)
		return none;
	answer = spf_ask(s, name, DNS_TXT);
	if (answer == NULL || answer->status != DNS_DATA || answer->count != 1)
		return none;
	text = answer->text[0];
	if (!spf_macro_check(text, SPF_PLACE_TEXT, &why) ||
	    !spf_values(s, scope, text, &values))
		return none;
	n = spf_macro_text(text, &values, out, sizeof(out));
	for (size_t i = 0; i < n; i++)
		if (out[i] < ' ' || out[i] > '~')
			return none;
	return arena_dup(s->arena, span_make(out, n));
}

/* ---- the whole ------------------------------------------------------------ */

/* The top level alone refuses names that nobody can have meant (4.3). */
static bool
spf_identity_ok(struct span domain)
{
	for (size_t i = 0; i < domain.n; i++)
		if (domain.p[i] <= ' ' || domain.p[i] > '~' ||
		    strchr("[]()<>@,;\\\"", domain.p[i]) != NULL)
			return false;
	return spf_domain_ok(domain);
}

static bool
span_is_ascii(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] > 127)
			return false;
	return true;
}

struct spf *
spf_new(struct arena *a, struct dns_batch *dns, const struct spf_query *q)
{
	struct spf *s = arena_alloc(a, sizeof(*s));
	size_t n;
	char *p;

	s->arena = a;
	s->dns = dns;
	s->query = *q;
	if (q->local.n == 0)
		s->query.local = SPAN("postmaster");
	if (q->receiver.n == 0)
		s->query.receiver = SPAN("unknown");
	if (q->domain.n > 0 && q->domain.p[q->domain.n - 1] == '.')
		s->query.domain.n--;
	n = s->query.local.n;
	p = arena_alloc(a, n + 1 + s->query.domain.n + 1);
	memcpy(p, s->query.local.p, n);
	p[n] = '@';
	if (s->query.domain.n > 0)
		memcpy(p + n + 1, s->query.domain.p, s->query.domain.n);
	s->sender = span_make(p, n + 1 + s->query.domain.n);
	s->eai = !span_is_ascii(s->query.local);
	return s;
}

bool
spf_run(struct spf *s)
{
	struct spf_outcome *o = &s->outcome;
	struct spf_ending end = { .mechanism = { "", 0 } };

	if (s->done)
		return true;
	s->waiting = false;
	s->problem[0] = '\0';
	s->lookups = s->void_lookups = 0;
	*o = (struct spf_outcome){ .domain = s->query.domain };
	o->explanation = SPAN("");
	if (s->query.client.family == 0)
		spf_problem(s, "the client's address is not known");
	else if (s->query.domain.n == 0)
		spf_problem(s, "there is no domain to ask");
	else if (!spf_identity_ok(s->query.domain))
		spf_problem(s, "\"%.*s\" is not a domain name",
		    SPF_SHOWN(s->query.domain));
	else
		o->result = spf_check_host(s, s->query.domain, 0, &end);
	if (o->result == SPF_FAIL && !s->waiting)
		o->explanation = spf_explanation(s, &end.scope);
	if (s->waiting)
		return false;
	o->mechanism = end.mechanism;
	o->inner = end.inner;
	o->inner_domain = end.inner_domain;
	o->problem = s->problem[0] == '\0' ? NULL : s->problem;
	o->lookups = s->lookups;
	o->void_lookups = s->void_lookups;
	o->step = s->step;
	o->step_count = s->lookups;
	s->done = true;
	return true;
}

const struct spf_outcome *
spf_outcome(const struct spf *s)
{
	return s != NULL && s->done ? &s->outcome : NULL;
}

const struct spf_query *
spf_question(const struct spf *s)
{
	return &s->query;
}
