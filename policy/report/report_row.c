/*
 * What a report says of one message. How it is kept and sent is not known
 * here.
 */
#include "config.h"

#include "policy/report/report_row.h"

#include <stdio.h>
#include <string.h>

#include "policy/dkim/check_dkim.h"
#include "policy/dmarc/check_dmarc.h"
#include "policy/message/snapshot.h"
#include "policy/report/report_rua.h"
#include "policy/report/report_xml.h"
#include "policy/spf/check_spf.h"
#include "policy/spf/spf.h"
#include "rules/base/panic.h"

#define PUBLISHED_MAX ((size_t)4096)
#define RUA_MAX       ((size_t)4096) /* of a longer one nothing is reported */
#define HUMAN_MAX     ((size_t)200)

/* ---- which messages ----------------------------------------------------------- */

/* The address of the setting, as an envelope has it. */
static bool
row_is_address(const struct envelope_address *e, const char *address)
{
	return address[0] != '\0' && span_case_is(e->raw, address);
}

static bool
row_is_ours(const struct config *c, const struct envelope_address *e)
{
	return row_is_address(e, c->report_from) ||
	       row_is_address(e, c->report_sender);
}

/*
 * A report on us, or what answers one of ours. The Subject alone proves
 * nothing, or every forger would write it: the author must be who he says.
 */
static bool
row_is_of_report(const struct message *m, const struct dmarc_outcome *o)
{
	const struct config *c = &m->session->snapshot->config;
	const struct header_field *subject =
	    header_get(&m->headers, "Subject", 0);
	bool all_ours = m->rcpt_count > 0;

	if (row_is_ours(c, &m->sender))
		return true;
	for (size_t i = 0; i < m->rcpt_count; i++)
		all_ours = all_ours && row_is_ours(c, &m->rcpt[i].address);
	return all_ours ||
	       (o->result == DMARC_PASS && subject != NULL &&
		   span_case_starts(subject->value, SPAN("Report Domain:")) &&
		   span_case_search(subject->value, SPAN("Submitter:")) !=
		       SIZE_MAX);
}

/* The record that the message was judged by, or NULL when it has no row. */
static const struct dmarc_record *
row_record(struct message *m, const struct verdict *v, size_t rcpt)
{
	const struct dmarc_outcome *o;
	const struct dmarc_step *step;

	if (rcpt != RCPT_NONE || v->action == OUTCOME_TEMPFAIL ||
	    m->direction != DIRECTION_INBOUND || m->session->probe ||
	    m->envelope_only || m->client.family == 0)
		return NULL;
	o = dmarc_judged(m);
	if (o == NULL || o->walk == NULL || o->record_domain.n == 0 ||
	    (o->result != DMARC_PASS && o->result != DMARC_FAIL) ||
	    row_is_of_report(m, o))
		return NULL;
	step = dmarc_walk_at(o->walk, o->record_domain);
	if (step == NULL || step->record.rua.n > RUA_MAX ||
	    report_address_count(step->record.rua, m->arena) == 0)
		return NULL;
	return &step->record;
}

/* ---- the record ---------------------------------------------------------------- */

static void
row_policy(struct buf *out, const char *name, enum dmarc_policy p)
{
	if (p != DMARC_P_ABSENT)
		report_xml_element(out, name, span_of(dmarc_policy_names[p]));
}

static void
row_published(struct buf *out, struct span domain, const struct dmarc_record *r)
{
	report_xml_element(out, "domain", domain);
	row_policy(out, "p", r->p == DMARC_P_ABSENT ? DMARC_P_NONE : r->p);
	row_policy(out, "sp", r->sp);
	row_policy(out, "np", r->np);
	report_xml_element(
	    out, "adkim", r->dkim_strict ? SPAN("s") : SPAN("r"));
	report_xml_element(out, "aspf", r->spf_strict ? SPAN("s") : SPAN("r"));
	report_xml_element(out, "discovery_method", SPAN("treewalk"));
	if (r->fo.n > 0 && r->fo.n < 32)
		report_xml_element(out, "fo", r->fo);
	report_xml_element(out, "testing", r->testing ? SPAN("y") : SPAN("n"));
}

/* ---- what was done, and why ------------------------------------------------------- */

/* What became of the message, as a policy would put it. */
static enum dmarc_policy
row_done(enum outcome action)
{
	switch (action) {
	case OUTCOME_REJECT:
	case OUTCOME_DISCARD:
		return DMARC_P_REJECT;
	case OUTCOME_JUNK:
	case OUTCOME_QUARANTINE:
		return DMARC_P_QUARANTINE;
	case OUTCOME_NONE:
	case OUTCOME_ACCEPT:
	case OUTCOME_TEMPFAIL:
		break;
	}
	return DMARC_P_NONE;
}

/*
 * What DMARC brought about. What is done beyond what the policy asks for, to
 * spam for one, is not DMARC's doing (RFC 9989, 5.4).
 */
static enum dmarc_policy
row_disposition(const struct dmarc_outcome *o, const struct verdict *v)
{
	enum dmarc_policy done = row_done(v->action);

	return done < o->applied ? done : o->applied;
}

static void
row_reason(struct buf *out, const char *type, struct span comment)
{
	(void)buf_addz(out, "<reason>");
	report_xml_element(out, "type", span_of(type));
	if (comment.n > 0)
		report_xml_element(out, "comment", comment);
	(void)buf_addz(out, "</reason>");
}

/* A chain of ARC that holds is told as in RFC 8617, 7.2.2; "": none. */
static struct span
row_arc_chain(const struct message *m)
{
	return facts_named_text(m->facts, "arc.chain");
}

/* Rules say more than the program knows with a tag of such a name. */
static bool
row_reason_tagged(
    struct buf *out, const struct message *m, const struct verdict *v)
{
	static const char *const types[] = { "trusted_forwarder",
		"mailing_list", "local_policy", "other" };
	bool any = false;

	for (size_t t = 0; t < ARRAY_COUNT(types); t++)
		for (size_t i = 0; i < v->record.tag_count; i++)
			if (strcmp(v->record.tag[i], types[t]) == 0) {
				row_reason(out, types[t], row_arc_chain(m));
				any = true;
			}
	return any;
}

static bool
row_reason_arc(struct buf *out, const struct message *m)
{
	struct span chain = row_arc_chain(m);

	if (chain.n > 0)
		row_reason(out, "local_policy", chain);
	return chain.n > 0;
}

/* Names of rules stay at home: who sends could learn how to please them. */
static void
row_reason_local(
    struct buf *out, const struct message *m, const struct verdict *v)
{
	const struct value *list = facts_named(m->facts, "list.aligned");

	if (v->action != v->wanted)
		row_reason(out, "local_policy",
		    SPAN("this filter judges without acting"));
	else if (list->state == FACT_KNOWN && list->yes)
		row_reason(out, "mailing_list", SPAN(""));
	else
		row_reason(out, "local_policy", SPAN(""));
}

/* Why something milder was done than was asked for (RFC 9990, 3.1.6). */
static void
row_reasons(struct buf *out, const struct message *m,
    const struct dmarc_outcome *o, const struct verdict *v)
{
	if (o->result != DMARC_FAIL)
		return;
	if (o->applied != o->policy)
		row_reason(out, "policy_test_mode", SPAN(""));
	if (row_disposition(o, v) == o->applied)
		return;
	if (!row_reason_tagged(out, m, v) && !row_reason_arc(out, m))
		row_reason_local(out, m, v);
}

static void
row_evaluated(struct buf *out, const struct message *m,
    const struct dmarc_outcome *o, const struct verdict *v)
{
	const char *disposition =
	    o->result == DMARC_FAIL ? dmarc_policy_names[row_disposition(o, v)]
	    : o->applied > DMARC_P_NONE ? "pass"
					: "none";

	(void)buf_addz(out, "<policy_evaluated>");
	report_xml_element(out, "disposition", span_of(disposition));
	report_xml_element(
	    out, "dkim", o->dkim_aligned ? SPAN("pass") : SPAN("fail"));
	report_xml_element(
	    out, "spf", o->spf_aligned ? SPAN("pass") : SPAN("fail"));
	row_reasons(out, m, o, v);
	(void)buf_addz(out, "</policy_evaluated></row>");
}

/* ---- results ------------------------------------------------------------------------ */

/* The order of RFC 9990, 3.1.3; the least comes first. */
static unsigned
row_rank(const struct dmarc_outcome *o, const struct dkim_signature *s)
{
	if (s->outcome.result != DKIM_PASS)
		return 3;
	if (span_eq(s->sig.domain, o->from))
		return 0;
	for (size_t i = 0; i < o->compared_count; i++)
		if (o->compared[i].dkim &&
		    o->compared[i].alignment == DMARC_ALIGNED_YES &&
		    span_eq(o->compared[i].identifier.domain, s->sig.domain))
			return 1;
	return 2;
}

static void
row_human(struct buf *out, const char *problem)
{
	if (problem != NULL)
		report_xml_element(out, "human_result",
		    span_slice(span_of(problem), 0, HUMAN_MAX));
}

static void
row_signature(struct buf *out, const struct dkim_signature *s)
{
	(void)buf_addz(out, "<dkim>");
	report_xml_element(out, "domain", s->sig.domain);
	report_xml_element(out, "selector", s->sig.selector);
	report_xml_element(
	    out, "result", span_of(dkim_result_words[s->outcome.result]));
	row_human(out, s->outcome.problem);
	(void)buf_addz(out, "</dkim>");
}

/* Those that were verified and can be named. */
static void
row_signatures(
    struct buf *out, struct message *m, const struct dmarc_outcome *o)
{
	const struct dkim_signature *s;
	size_t told = 0;

	for (unsigned rank = 0; rank <= 3; rank++)
		for (size_t i = 0; (s = dkim_signature(m, i)) != NULL; i++) {
			if (s->over_limit || s->sig.domain.n == 0 ||
			    s->sig.selector.n == 0 || row_rank(o, s) != rank ||
			    out->n > REPORT_REST_MAX - 4096 ||
			    told == REPORT_SIGNATURES_MAX)
				continue;
			row_signature(out, s);
			told++;
		}
}

static void
row_spf(struct buf *out, struct message *m)
{
	const struct spf_outcome *spf = spf_mailfrom(m);

	if (spf == NULL || spf->domain.n == 0)
		return;
	(void)buf_addz(out, "<spf>");
	report_xml_element(out, "domain", spf->domain);
	report_xml_element(out, "scope", SPAN("mfrom"));
	report_xml_element(
	    out, "result", span_of(spf_result_words[spf->result]));
	row_human(out, spf->problem);
	(void)buf_addz(out, "</spf>");
}

static void
row_rest(struct buf *out, struct message *m, const struct dmarc_outcome *o,
    const struct verdict *v)
{
	row_evaluated(out, m, o, v);
	(void)buf_addz(out, "<identifiers>");
	report_xml_element(out, "header_from", o->from);
	report_xml_element(out, "envelope_from", m->sender.domain);
	(void)buf_addz(out, "</identifiers><auth_results>");
	row_signatures(out, m, o);
	row_spf(out, m);
	(void)buf_addz(out, "</auth_results>");
}

/* ---- the row ------------------------------------------------------------------------ */

static struct span
row_keep(struct report_row *r, struct buf *text)
{
	struct span kept = arena_dup(r->arena, buf_span(text));

	INVARIANT(!text->over);
	buf_free(text);
	return kept;
}

struct report_row *
report_row_new(struct message *m, const struct verdict *v, size_t rcpt)
{
	const struct dmarc_record *record = row_record(m, v, rcpt);
	const struct dmarc_outcome *o;
	struct report_row *r;
	char ip[IP_TEXT_MAX];
	struct arena *a;
	struct buf text;

	if (record == NULL)
		return NULL;
	o = dmarc_judged(m);
	a = arena_new();
	r = arena_alloc(a, sizeof(*r));
	r->arena = a;
	r->domain = arena_dup(a, o->record_domain);
	r->rua = arena_dup(a, record->rua);
	r->problem = arena_dup(a, span_of(record->problem));
	r->ip = arena_dup(a, span_of(ip_format(m->client, ip)));
	buf_init(&text, PUBLISHED_MAX);
	row_published(&text, o->record_domain, record);
	r->published = row_keep(r, &text);
	buf_init(&text, REPORT_REST_MAX);
	row_rest(&text, m, o, v);
	r->rest = row_keep(r, &text);
	r->octets = 2 * arena_used(a) + 4096;
	return r;
}

void
report_row_free(struct report_row **rp)
{
	struct report_row *r = *rp;
	struct arena *a;

	*rp = NULL;
	if (r == NULL)
		return;
	a = r->arena;
	arena_free(&a);
}

/* ---- carried elsewhere --------------------------------------------------------------- */

const char *const report_row_part_names[REPORT_ROW_PARTS] = { "domain",
	"published", "rua", "problem", "ip", "rest" };

void
report_row_parts(const struct report_row *r, struct span part[REPORT_ROW_PARTS])
{
	const struct span all[REPORT_ROW_PARTS] = { r->domain, r->published,
		r->rua, r->problem, r->ip, r->rest };

	memcpy(part, all, sizeof(all));
}

struct report_row *
report_row_of(const struct span part[REPORT_ROW_PARTS])
{
	static const size_t most[REPORT_ROW_PARTS] = { 255, PUBLISHED_MAX,
		RUA_MAX, HUMAN_MAX, IP_TEXT_MAX, REPORT_REST_MAX };
	struct arena *a = arena_new();
	struct report_row *r = arena_alloc(a, sizeof(*r));
	struct span *const to[REPORT_ROW_PARTS] = { &r->domain, &r->published,
		&r->rua, &r->problem, &r->ip, &r->rest };
	struct ip ip;

	*r = (struct report_row){ .arena = a };
	for (size_t i = 0; i < REPORT_ROW_PARTS; i++) {
		*to[i] = arena_dup(a, part[i]);
		if (part[i].n > most[i])
			r->domain = SPAN("");
	}
	r->octets = 2 * arena_used(a) + 4096;
	if (r->domain.n == 0 || r->rua.n == 0 || !ip_parse(r->ip, &ip))
		report_row_free(&r);
	return r;
}
