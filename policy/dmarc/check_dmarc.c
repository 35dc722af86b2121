/*
 * The check of DMARC: starts the walk as soon as From has passed, waits for
 * SPF and DKIM, states what came of it as facts, and tells it in words. The
 * evaluation itself is in dmarc.c; who the author is, rules/mail/author.c says.
 */
#include "config.h"

#include "policy/dmarc/check_dmarc.h"

#include "policy/base/suffix.h"
#include "policy/dkim/check_dkim.h"
#include "policy/message/check.h"
#include "policy/message/message.h"
#include "policy/spf/check_spf.h"
#include "policy/spf/spf.h"
#include "rules/base/jsonw.h"
#include "rules/mail/author.h"
#include "rules/mail/authres.h"
#include "rules/text/domain.h"

extern const struct check check_dmarc;

static const char *const dmarc_policy_words[] = { "none", "quarantine",
	"reject", NULL };

enum dmarc_fact {
	F_RESULT,
	F_POLICY,
	F_APPLIED,
	F_DOMAIN,
	F_RECORD,
	F_SPF_ALIGNED,
	F_DKIM_ALIGNED,
	F_PROBLEM,
	F_LIST,
	F_COUNT,
};

static const struct fact_row dmarc_fact_rows[] = {
	[F_RESULT] = { "dmarc", FACT_WORD, STAGE_EOM, FACT_CHEAP | FACT_PROVES,
	    dmarc_result_words, "what DMARC says of the author's domain" },
	[F_POLICY] = { "dmarc.policy", FACT_WORD, STAGE_EOM, FACT_CHEAP,
	    dmarc_policy_words,
	    "what the author's domain asks for where DMARC fails" },
	[F_APPLIED] = { "dmarc.applied", FACT_WORD, STAGE_EOM, FACT_CHEAP,
	    dmarc_policy_words,
	    "the same, one step milder while the domain is testing (t=y)" },
	[F_DOMAIN] = { "dmarc.domain", FACT_DOMAIN, STAGE_EOM, FACT_CHEAP, NULL,
	    "the author's organizational domain" },
	[F_RECORD] = { "dmarc.record", FACT_DOMAIN, STAGE_EOM, FACT_CHEAP, NULL,
	    "the domain whose DMARC record holds" },
	[F_SPF_ALIGNED] = { "dmarc.spf_aligned", FACT_BOOL, STAGE_EOM,
	    FACT_CHEAP | FACT_PROVES, NULL,
	    "SPF passed for a domain of the author's" },
	[F_DKIM_ALIGNED] = { "dmarc.dkim_aligned", FACT_BOOL, STAGE_EOM,
	    FACT_CHEAP | FACT_PROVES, NULL,
	    "a DKIM signature by a domain of the author's is good" },
	[F_PROBLEM] = { "dmarc.problem", FACT_TEXT, STAGE_EOM,
	    FACT_CHEAP | FACT_IMPERSONAL, NULL,
	    "what is wrong with From, the record or the lookup" },
	[F_LIST] = { "list.aligned", FACT_BOOL, STAGE_EOM,
	    FACT_CHEAP | FACT_PROVES, NULL,
	    "the List-Id lies in a domain for which SPF or DKIM passed" },
};
_Static_assert(ARRAY_COUNT(dmarc_fact_rows) == F_COUNT, "a row per fact");

/* Of one message. */
struct dmarc_slot {
	struct dmarc *dmarc;
	struct dmarc_query query;
	bool author_known, asked;
};

static bool
dmarc_applies(const struct message *m)
{
	return message_is_foreign(m) && !m->envelope_only;
}

/* ---- gathering ------------------------------------------------------------ */

static struct dmarc *
dmarc_started(struct message *m, struct dmarc_slot *s)
{
	if (s->dmarc == NULL)
		s->dmarc = dmarc_new(m->arena, m->dns);
	return s->dmarc;
}

/* Early: the author's walk while the rest of the message still comes in. */
static void
dmarc_header(struct message *m, void *slot, const struct header_field *field)
{
	if (span_case_is(field->name, "from") && field->index == 1 &&
	    dmarc_applies(m))
		dmarc_foresee_author(
		    dmarc_started(m, slot), message_author_field(m)->domain);
}

static void
dmarc_gather(struct message *m, void *slot, enum stage stage)
{
	struct dmarc_slot *s = slot;
	const struct author *author;

	if (stage != STAGE_EOH || !dmarc_applies(m))
		return;
	author = message_author(m);
	s->query.from = author->domain;
	s->query.from_why = author->why;
	s->author_known = true;
	dmarc_foresee_author(dmarc_started(m, s), author->domain);
}

/* ---- the question ---------------------------------------------------------- */

/*
 * False while SPF is not known yet. Whoever cannot be asked about, because
 * the client's address is not known, might have passed.
 */
static bool
dmarc_ask_spf(struct message *m, struct dmarc_query *q)
{
	const struct spf_outcome *spf = spf_mailfrom(m);

	q->spf.given = DMARC_GIVEN_NO;
	q->spf.domain = SPAN("");
	if (spf == NULL) {
		if (m->client.family == 0) {
			q->spf.given = DMARC_GIVEN_TEMP;
			q->spf.domain = m->sender.domain;
		}
		return m->client.family == 0;
	}
	q->spf.domain = spf->domain;
	if (spf->result == SPF_PASS)
		q->spf.given = DMARC_GIVEN_PASS;
	else if (spf->result == SPF_TEMPERROR)
		q->spf.given = DMARC_GIVEN_TEMP;
	return true;
}

/*
 * Of a header of which part is not kept nobody knows who wrote it and whether
 * he signed it: what passes may, or may not, be for him.
 */
static void
dmarc_ask_lost(struct message *m, struct dmarc_query *q)
{
	struct dmarc_identifier *id = arena_alloc(m->arena, sizeof(*id));

	*id = (struct dmarc_identifier){ .domain = q->from,
		.given = DMARC_GIVEN_TEMP };
	q->dkim = id;
	q->dkim_count = 1;
	if (q->spf.given == DMARC_GIVEN_PASS)
		q->spf.given = DMARC_GIVEN_TEMP;
}

static bool
dmarc_ask_dkim(struct message *m, struct dmarc_query *q)
{
	struct dmarc_identifier *id;
	size_t n = 0;

	if (!dkim_settled(m))
		return false;
	while (dkim_signature(m, n) != NULL)
		n++;
	q->dkim = id = arena_array(m->arena, n + 1, sizeof(*id));
	q->dkim_count = n;
	for (size_t i = 0; i < n; i++) {
		const struct dkim_signature *s = dkim_signature(m, i);

		id[i].domain = s->sig.domain;
		if (s->outcome.result == DKIM_PASS)
			id[i].given = DMARC_GIVEN_PASS;
		else if (s->outcome.result == DKIM_TEMPERROR)
			id[i].given = DMARC_GIVEN_TEMP;
	}
	return true;
}

/* ---- stating -------------------------------------------------------------- */

static void
dmarc_state_word(struct message *m, enum dmarc_fact row, const char *word)
{
	fact_id id = check_fact(m, &check_dmarc, row);

	if (word == NULL)
		facts_absent(m->facts, id);
	else
		facts_word(m->facts, id, word);
}

static void
dmarc_state_text(struct message *m, enum dmarc_fact row, struct span text)
{
	facts_set(m->facts, check_fact(m, &check_dmarc, row),
	    text.n == 0 ? value_absent() : value_text(text));
}

static void
dmarc_state(struct message *m, const struct dmarc_outcome *o)
{
	dmarc_state_word(m, F_RESULT, dmarc_result_words[o->result]);
	dmarc_state_word(m, F_POLICY, dmarc_policy_names[o->policy]);
	dmarc_state_word(m, F_APPLIED, dmarc_policy_names[o->applied]);
	dmarc_state_text(m, F_DOMAIN, o->org_domain);
	dmarc_state_text(m, F_RECORD, o->record_domain);
	dmarc_state_text(m, F_PROBLEM, span_of(o->problem));
	facts_bool(m->facts, check_fact(m, &check_dmarc, F_SPF_ALIGNED),
	    o->spf_aligned);
	facts_bool(m->facts, check_fact(m, &check_dmarc, F_DKIM_ALIGNED),
	    o->dkim_aligned);
	if (o->result == DMARC_TEMPERROR)
		message_incomplete(m, "dmarc");
}

/* The domain of a List-Id (RFC 2919, 2), or "". */
static struct span
dmarc_list_domain(struct message *m)
{
	const struct header_field *f = header_get(&m->headers, "List-Id", 0);
	struct span text = f == NULL ? SPAN("") : f->value, domain;
	size_t open = span_find_last(text, '<');
	const char *why;

	if (open != SIZE_MAX)
		text = span_slice(text, open + 1, text.n);
	text = span_trim(span_slice(text, 0, span_find(text, '>')));
	return domain_to_ascii(text, m->arena, &domain, &why) ? domain
							      : SPAN("");
}

/*
 * Anybody can write a List-Id. It speaks for a mailing list where it lies in
 * a domain, as somebody has registered it, that is known to have sent or
 * signed the message.
 */
static bool
dmarc_list_aligned(struct message *m, const struct dmarc_query *q)
{
	struct span list = dmarc_list_domain(m);
	bool aligned = list.n > 0 && q->spf.given == DMARC_GIVEN_PASS &&
		       suffix_same(list, q->spf.domain);

	for (size_t i = 0; list.n > 0 && i < q->dkim_count; i++)
		aligned = aligned || (q->dkim[i].given == DMARC_GIVEN_PASS &&
					 suffix_same(list, q->dkim[i].domain));
	return aligned;
}

static bool
dmarc_judge(struct message *m, void *slot, enum stage stage)
{
	struct dmarc_slot *s = slot;

	if (!dmarc_applies(m)) {
		for (size_t row = 0; row < F_COUNT; row++)
			facts_absent(
			    m->facts, check_fact(m, &check_dmarc, row));
		return true;
	}
	if (stage != STAGE_EOM || !s->author_known)
		return false;
	if (!s->asked) {
		dmarc_foresee_author(s->dmarc, s->query.from);
		s->asked =
		    dmarc_ask_spf(m, &s->query) && dmarc_ask_dkim(m, &s->query);
		if (s->asked && header_lost(&m->headers))
			dmarc_ask_lost(m, &s->query);
	}
	if (!s->asked || !dmarc_run(s->dmarc, &s->query))
		return false;
	dmarc_state(m, dmarc_outcome(s->dmarc));
	facts_bool(m->facts, check_fact(m, &check_dmarc, F_LIST),
	    dmarc_list_aligned(m, &s->query));
	return true;
}

/* ---- for others ------------------------------------------------------------ */

const struct dmarc_outcome *
dmarc_judged(struct message *m)
{
	const struct dmarc_slot *s = check_slot(m, &check_dmarc);

	return dmarc_outcome(s->dmarc);
}

const struct dmarc_query *
dmarc_asked(struct message *m)
{
	const struct dmarc_slot *s = check_slot(m, &check_dmarc);

	return s->asked ? &s->query : NULL;
}

/* ---- telling --------------------------------------------------------------- */

static void
dmarc_authres(struct message *m, void *slot, struct authres *out)
{
	const struct dmarc_outcome *o = dmarc_judged(m);

	(void)slot;
	if (o == NULL)
		return;
	authres_method(out, "dmarc", dmarc_result_words[o->result]);
	if (o->problem != NULL)
		authres_reason(out, span_of(o->problem));
	if (o->from.n > 0)
		authres_property(out, "header", "from", o->from);
	if (o->applied != DMARC_P_ABSENT)
		authres_property(out, "policy", "dmarc",
		    span_of(dmarc_policy_names[o->applied]));
}

/* "" is null. */
static void
dmarc_json_text(struct jsonw *w, const char *key, struct span text)
{
	jsonw_text(w, key, text.n == 0 ? span_of(NULL) : text);
}

static void
dmarc_json(struct message *m, void *slot, struct jsonw *out)
{
	const struct dmarc_outcome *o = dmarc_judged(m);

	(void)slot;
	if (o == NULL) {
		jsonw_null(out, "dmarc");
		return;
	}
	jsonw_object(out, "dmarc");
	jsonw_textz(out, "result", dmarc_result_words[o->result]);
	dmarc_json_text(out, "from", o->from);
	jsonw_textz(out, "policy", dmarc_policy_names[o->policy]);
	jsonw_textz(out, "applied", dmarc_policy_names[o->applied]);
	dmarc_json_text(out, "record_domain", o->record_domain);
	dmarc_json_text(out, "org_domain", o->org_domain);
	jsonw_bool(out, "spf_aligned", o->spf_aligned);
	jsonw_bool(out, "dkim_aligned", o->dkim_aligned);
	jsonw_textz(out, "problem", o->problem);
	jsonw_end(out);
}

/* What each result means, behind "DMARC: ". */
static void
dmarc_explain_result(const struct dmarc_outcome *o, struct buf *out)
{
	switch (o->result) {
	case DMARC_NONE:
		(void)buf_printf(out, "%.*s has no policy", SPAN_FMT(o->from));
		break;
	case DMARC_PASS:
		(void)buf_printf(
		    out, "%.*s vouches for this message", SPAN_FMT(o->from));
		break;
	case DMARC_FAIL:
		(void)buf_printf(out,
		    "nothing shows that this message is from %.*s",
		    SPAN_FMT(o->from));
		break;
	case DMARC_TEMPERROR:
		(void)buf_printf(out,
		    "whether this message is from %.*s could not be found "
		    "out now",
		    SPAN_FMT(o->from));
		break;
	case DMARC_PERMERROR:
		(void)buf_addz(out, "the message has no author domain");
		break;
	}
	if (o->problem != NULL)
		(void)buf_printf(out, " (%s)", o->problem);
	(void)buf_addz(out, ".\n");
}

static const char *const dmarc_existence_words[] = {
	[DMARC_EXISTS] = "exists",
	[DMARC_EXISTS_NOT] = "does not exist",
	[DMARC_EXISTENCE_TEMP] = "may or may not exist",
	[DMARC_EXISTENCE_PENDING] = "may or may not exist",
};

static void
dmarc_explain_policy(const struct dmarc_outcome *o, struct buf *out)
{
	if (o->policy == DMARC_P_ABSENT)
		return;
	(void)buf_printf(out, "  The record of %.*s asks for %s (%s)",
	    SPAN_FMT(o->record_domain), dmarc_policy_names[o->policy],
	    o->policy_tag);
	if (o->exists_asked)
		(void)buf_printf(out, ", for %.*s %s", SPAN_FMT(o->from),
		    dmarc_existence_words[o->existence]);
	if (o->applied != o->policy)
		(void)buf_printf(out, "; it is testing, so %s applies",
		    dmarc_policy_names[o->applied]);
	(void)buf_addz(out, ".\n");
}

static void
dmarc_explain_compared(const struct dmarc_compared *c, struct buf *out)
{
	(void)buf_printf(out, "  %s%.*s%s %s: %s.\n",
	    c->dkim ? "The signature of " : "SPF's ",
	    SPAN_FMT(c->identifier.domain),
	    c->identifier.given == DMARC_GIVEN_TEMP ? ", not verified," : "",
	    c->alignment == DMARC_ALIGNED_YES  ? "counts"
	    : c->alignment == DMARC_ALIGNED_NO ? "does not count"
					       : "might count",
	    c->why);
}

static void
dmarc_explain_walk(const struct dmarc_walk *w, struct buf *out)
{
	for (size_t i = 0; i < w->count; i++)
		(void)buf_printf(out, "  %zu. %.*s: %s\n", i + 1,
		    SPAN_FMT(w->step[i].name), w->step[i].found);
	if (w->org.n > 0)
		(void)buf_printf(out,
		    "  The organizational domain of %.*s is %.*s.\n",
		    SPAN_FMT(w->domain), SPAN_FMT(w->org));
}

static void
dmarc_explain(struct message *m, void *slot, struct buf *out, int level)
{
	const struct dmarc_outcome *o = dmarc_judged(m);

	(void)slot;
	if (o == NULL)
		return;
	(void)buf_addz(out, "DMARC: ");
	dmarc_explain_result(o, out);
	dmarc_explain_policy(o, out);
	for (size_t i = 0; i < o->compared_count; i++)
		dmarc_explain_compared(&o->compared[i], out);
	if (level == 0 || o->walk == NULL)
		return;
	dmarc_explain_walk(o->walk, out);
	for (size_t i = 0; i < o->compared_count; i++)
		if (o->compared[i].walk != NULL)
			dmarc_explain_walk(o->compared[i].walk, out);
}

static const struct result_row dmarc_results[] = {
	{ .fact = F_RESULT,
	    .key = "dmarc",
	    .title = "DMARC",
	    .of = "from.domain",
	    .why = "dmarc.problem",
	    .counts = "DMARC results.",
	    .temporary = "temperror" },
};

const struct check check_dmarc = {
	.name = "dmarc",
	.after = "spf dkim",
	.facts = dmarc_fact_rows,
	.fact_count = F_COUNT,
	.results = dmarc_results,
	.result_count = ARRAY_COUNT(dmarc_results),
	.slot_size = sizeof(struct dmarc_slot),
	.gather = dmarc_gather,
	.header = dmarc_header,
	.judge = dmarc_judge,
	.authres = dmarc_authres,
	.json = dmarc_json,
	.explain = dmarc_explain,
};
