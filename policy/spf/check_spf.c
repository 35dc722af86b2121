/*
 * The check of SPF: starts both identities as soon as they are known, states
 * what came of them as facts, and tells it in words. The evaluation itself is
 * in spf.c.
 */
#include "config.h"

#include "policy/spf/check_spf.h"

#include "policy/message/check.h"
#include "policy/message/session.h"
#include "policy/spf/spf.h"
#include "rules/base/jsonw.h"
#include "rules/mail/authres.h"
#include "rules/text/domain.h"

#define TERM_SHOWN_MAX 255 /* of a stranger's term, in facts and headers */

extern const struct check check_spf;

struct spf_settings {
	uint64_t void_lookups;
};

static const struct setting_row spf_setting_rows[] = {
	SETTING(struct spf_settings, void_lookups, "spf.void-lookups", "2", 0,
	    10, NULL,
	    "SPF terms whose lookup may find nothing before the record "
	    "counts as broken"),
};

enum spf_fact {
	F_RESULT,
	F_DOMAIN,
	F_MECHANISM,
	F_PROBLEM,
	F_LOOKUPS,
	F_HELO_RESULT,
	F_HELO_DOMAIN,
	F_COUNT,
};

static const struct fact_row spf_fact_rows[] = {
	[F_RESULT] = { "spf", FACT_WORD, STAGE_MAIL, FACT_CHEAP | FACT_PROVES,
	    spf_result_words, "what SPF says of the envelope sender" },
	[F_DOMAIN] = { "spf.domain", FACT_DOMAIN, STAGE_MAIL, FACT_CHEAP, NULL,
	    "the sender domain that SPF was asked about" },
	[F_MECHANISM] = { "spf.mechanism", FACT_TEXT, STAGE_MAIL,
	    FACT_CHEAP | FACT_IMPERSONAL, NULL,
	    "the term of the SPF record that decided, or \"default\"" },
	[F_PROBLEM] = { "spf.problem", FACT_TEXT, STAGE_MAIL,
	    FACT_CHEAP | FACT_IMPERSONAL, NULL,
	    "why SPF could not be evaluated" },
	[F_LOOKUPS] = { "spf.lookups", FACT_NUMBER, STAGE_MAIL, FACT_CHEAP | FACT_COUNTS,
	    NULL, "how many of the ten allowed lookups were needed" },
	[F_HELO_RESULT] = { "spf_helo", FACT_WORD, STAGE_MAIL,
	    FACT_CHEAP | FACT_PROVES, spf_result_words,
	    "what SPF says of the HELO name" },
	[F_HELO_DOMAIN] = { "spf_helo.domain", FACT_DOMAIN, STAGE_MAIL,
	    FACT_CHEAP, NULL, "the HELO name that SPF was asked about" },
};
_Static_assert(ARRAY_COUNT(spf_fact_rows) == F_COUNT, "a row per fact");

/* Of one message. NULL: not started. */
struct spf_slot {
	struct spf *mail, *helo;
	struct span helo_domain; /* "" when HELO named none */
	bool helo_given;
	bool mail_stated, helo_stated;
};

/* ---- asking --------------------------------------------------------------- */

static struct spf *
spf_start(
    struct message *m, struct span local, struct span domain, unsigned taken)
{
	const struct spf_settings *settings = check_settings(m, &check_spf);
	struct spf_query q = {
		.client = m->client,
		.helo = m->helo,
		.local = local,
		.domain = domain,
		.receiver = m->session->hostname,
		.time_s = m->time_s,
		.void_limit = (unsigned)settings->void_lookups,
		.lookups_taken = taken,
	};
	struct spf *s = spf_new(m->arena, m->dns, &q);

	(void)spf_run(s);
	return s;
}

/* The HELO name as a domain; "" when it is none. */
static struct span
helo_domain(struct message *m)
{
	struct span domain;
	const char *why;

	return domain_to_ascii(m->helo, m->arena, &domain, &why) ? domain
								 : SPAN("");
}

/*
 * Local part and domain of the MAIL FROM identity (2.4): the null
 * reverse-path stands for postmaster at the HELO name. A path with a local
 * part that is not valid ("@d.example", spaces without quotes) still names
 * the domain that is to answer for it.
 */
static struct spf *
spf_start_mail(struct message *m)
{
	struct span raw = m->sender.raw, domain;
	size_t at = span_find_last(raw, '@');
	const char *why;

	if (raw.n == 0)
		return spf_start(m, SPAN(""), helo_domain(m), 0);
	if (m->sender.domain.n > 0 || at == SIZE_MAX ||
	    !domain_to_ascii(
		span_slice(raw, at + 1, raw.n), m->arena, &domain, &why))
		return spf_start(m, m->sender.local, m->sender.domain, 0);
	return spf_start(m, span_slice(raw, 0, at), domain, 0);
}

static void
spf_gather(struct message *m, void *slot, enum stage stage)
{
	struct spf_slot *s = slot;

	if (!message_is_foreign(m) || m->client.family == 0)
		return;
	if (stage == STAGE_HELO && m->helo.n > 0) {
		s->helo_domain = helo_domain(m);
		s->helo_given = true;
		if (s->helo_domain.n > 0)
			(void)dns_ask(m->dns, s->helo_domain, DNS_TXT);
	}
	if (stage == STAGE_MAIL)
		s->mail = spf_start_mail(m);
}

/*
 * Both identities share ten lookups, of which MAIL FROM comes first, for it
 * is what DMARC asks. So HELO's record is fetched early and followed once
 * MAIL FROM is known; a client that makes up both costs half as much.
 */
static bool
spf_run_helo(struct message *m, struct spf_slot *s)
{
	if (s->helo == NULL && spf_outcome(s->mail) != NULL)
		s->helo = spf_start(
		    m, SPAN(""), s->helo_domain, spf_outcome(s->mail)->lookups);
	return s->helo != NULL && spf_run(s->helo);
}

/* ---- stating -------------------------------------------------------------- */

static void
spf_state_text(struct message *m, enum spf_fact row, struct span text)
{
	fact_id id = check_fact(m, &check_spf, row);

	if (text.n == 0)
		facts_absent(m->facts, id);
	else
		facts_text(m->facts, id, text);
}

static void
spf_state_mail(struct message *m, const struct spf_outcome *o)
{
	fact_id first = check_fact(m, &check_spf, F_RESULT);

	facts_word(m->facts, first, spf_result_words[o->result]);
	spf_state_text(m, F_DOMAIN, o->domain);
	spf_state_text(
	    m, F_MECHANISM, span_slice(o->mechanism, 0, TERM_SHOWN_MAX));
	spf_state_text(m, F_PROBLEM, span_of(o->problem));
	facts_number(
	    m->facts, check_fact(m, &check_spf, F_LOOKUPS), (double)o->lookups);
}

static void
spf_state_helo(struct message *m, const struct spf_outcome *o)
{
	facts_word(m->facts, check_fact(m, &check_spf, F_HELO_RESULT),
	    spf_result_words[o->result]);
	spf_state_text(m, F_HELO_DOMAIN, o->domain);
}

/* Rows first to end - 1 do not apply to this message. */
static bool
spf_state_absent(struct message *m, size_t first, size_t end)
{
	for (size_t row = first; row < end; row++)
		facts_absent(m->facts, check_fact(m, &check_spf, row));
	return true;
}

static bool
spf_judge(struct message *m, void *slot, enum stage stage)
{
	struct spf_slot *s = slot;

	(void)stage;
	if (!message_is_foreign(m) || m->client.family == 0)
		return spf_state_absent(m, 0, F_COUNT);
	if (!s->helo_stated && !s->helo_given)
		s->helo_stated = spf_state_absent(m, F_HELO_RESULT, F_COUNT);
	if (!s->mail_stated && s->mail != NULL && spf_run(s->mail)) {
		spf_state_mail(m, spf_outcome(s->mail));
		s->mail_stated = true;
	}
	if (!s->helo_stated && spf_run_helo(m, s)) {
		spf_state_helo(m, spf_outcome(s->helo));
		s->helo_stated = true;
	}
	return s->helo_stated && s->mail_stated;
}

/* ---- for others ----------------------------------------------------------- */

const struct spf_outcome *
spf_mailfrom(struct message *m)
{
	const struct spf_slot *s = check_slot(m, &check_spf);

	return message_is_foreign(m) ? spf_outcome(s->mail) : NULL;
}

const struct spf_query *
spf_asked(struct message *m)
{
	const struct spf_slot *s = check_slot(m, &check_spf);

	return s->mail == NULL ? NULL : spf_question(s->mail);
}

const struct spf_outcome *
spf_helo(struct message *m)
{
	const struct spf_slot *s = check_slot(m, &check_spf);

	return message_is_foreign(m) ? spf_outcome(s->helo) : NULL;
}

/* ---- telling -------------------------------------------------------------- */

/* given is what stands there instead of a domain that is none. */
static void
spf_authres_one(struct authres *ar, const struct spf_outcome *o,
    const char *property, struct span given)
{
	if (o == NULL)
		return;
	authres_method(ar, "spf", spf_result_words[o->result]);
	if (o->problem != NULL)
		authres_reason(ar, span_of(o->problem));
	if (o->domain.n > 0)
		authres_property(ar, "smtp", property, o->domain);
	else if (given.n > 0)
		authres_property(ar, "smtp", property, given);
}

static void
spf_authres(struct message *m, void *slot, struct authres *out)
{
	(void)slot;
	spf_authres_one(out, spf_mailfrom(m), "mailfrom", m->sender.raw);
	spf_authres_one(out, spf_helo(m), "helo", m->helo);
}

/* "" is null. */
static void
spf_json_text(struct jsonw *w, const char *key, struct span text)
{
	jsonw_text(w, key, text.n == 0 ? span_of(NULL) : text);
}

static void
spf_json_one(struct jsonw *w, const char *key, const char *identity,
    const struct spf_outcome *o)
{
	if (o == NULL) {
		jsonw_null(w, key);
		return;
	}
	jsonw_object(w, key);
	jsonw_textz(w, "result", spf_result_words[o->result]);
	jsonw_textz(w, "identity", identity);
	spf_json_text(w, "domain", o->domain);
	spf_json_text(w, "explanation", o->explanation);
	spf_json_text(
	    w, "mechanism", span_slice(o->mechanism, 0, TERM_SHOWN_MAX));
	jsonw_number(w, "lookups", o->lookups);
	jsonw_number(w, "void", o->void_lookups);
	jsonw_textz(w, "problem", o->problem);
	jsonw_end(w);
}

static void
spf_json(struct message *m, void *slot, struct jsonw *out)
{
	(void)slot;
	spf_json_one(out, "spf", "mailfrom", spf_mailfrom(m));
	spf_json_one(out, "spf_helo", "helo", spf_helo(m));
}

/* What each result means: before and after the client's address. */
static const struct spf_sentence {
	const char *before, *after;
} spf_sentences[SPF_RESULT_COUNT] = {
	[SPF_NEUTRAL] = { "does not say whether", "may send for it" },
	[SPF_PASS] = { "allows", "to send for it" },
	[SPF_FAIL] = { "does not allow", "to send for it" },
	[SPF_SOFTFAIL] = { "suspects that", "may not send for it" },
};

static void
spf_explain_decision(
    const char *client, const struct spf_outcome *o, struct buf *out)
{
	const struct spf_sentence *s = &spf_sentences[o->result];
	struct span term = span_slice(o->mechanism, 0, TERM_SHOWN_MAX);

	(void)buf_printf(out, "%.*s %s %s %s (%.*s", SPAN_FMT(o->domain),
	    s->before, client, s->after, SPAN_FMT(term));
	if (o->inner.n > 0) {
		term = span_slice(o->inner, 0, TERM_SHOWN_MAX);
		(void)buf_printf(out, ", there %.*s of %.*s", SPAN_FMT(term),
		    SPAN_FMT(o->inner_domain));
	}
	(void)buf_printf(out, "), %u of 10 lookups.\n", o->lookups);
	if (o->explanation.n > 0)
		(void)buf_printf(
		    out, "  It says: \"%.*s\"\n", SPAN_FMT(o->explanation));
}

static void
spf_explain_trace(const struct spf_outcome *o, struct buf *out)
{
	for (size_t i = 0; i < o->step_count; i++) {
		const struct spf_step *step = &o->step[i];
		struct span term = span_slice(step->term, 0, TERM_SHOWN_MAX);
		char text[256];
		size_t n = 0;

		/* An expanded name may hold what a sender put there. */
		for (; n < step->target.n && n < sizeof(text) - 1; n++)
			text[n] =
			    step->target.p[n] > ' ' && step->target.p[n] <= '~'
				? step->target.p[n]
				: '?';
		(void)buf_printf(out, "  %zu. %*s%.*s in the record of %.*s",
		    i + 1, (int)(2 * step->depth), "", SPAN_FMT(term),
		    SPAN_FMT(step->domain));
		if (n > 0)
			(void)buf_printf(out, ", asking %.*s", (int)n, text);
		(void)buf_printf(out, ": %s\n", step->found);
	}
}

static void
spf_explain_one(const char *client, const struct spf_outcome *o,
    const char *intro, struct buf *out, int level)
{
	if (o == NULL)
		return;
	(void)buf_addz(out, intro);
	switch (o->result) {
	case SPF_NONE:
		if (o->domain.n > 0 && o->problem == NULL)
			(void)buf_printf(out,
			    "%.*s does not say who may send for it.\n",
			    SPAN_FMT(o->domain));
		else
			(void)buf_printf(out, "not applicable, %s.\n",
			    o->problem == NULL ? "no domain" : o->problem);
		break;
	case SPF_TEMPERROR:
	case SPF_PERMERROR:
		(void)buf_printf(out, "what %.*s allows %s: %s.\n",
		    SPAN_FMT(o->domain),
		    o->result == SPF_TEMPERROR ? "could not be found out now"
					       : "can't be told",
		    o->problem == NULL ? "error" : o->problem);
		break;
	case SPF_NEUTRAL:
	case SPF_PASS:
	case SPF_FAIL:
	case SPF_SOFTFAIL:
		spf_explain_decision(client, o, out);
		break;
	}
	if (level > 0)
		spf_explain_trace(o, out);
}

static void
spf_explain(struct message *m, void *slot, struct buf *out, int level)
{
	char ip[IP_TEXT_MAX];

	(void)slot;
	(void)ip_format(m->client, ip);
	spf_explain_one(ip, spf_mailfrom(m), "SPF: ", out, level);
	spf_explain_one(ip, spf_helo(m), "SPF of the HELO name: ", out, level);
}

static const struct result_row spf_results[] = {
	{ .fact = F_RESULT,
	    .key = "spf",
	    .title = "SPF",
	    .of = "spf.domain",
	    .why = "spf.problem",
	    .counts = "SPF results.",
	    .temporary = "temperror" },
};

const struct check check_spf = {
	.name = "spf",
	.facts = spf_fact_rows,
	.fact_count = F_COUNT,
	.results = spf_results,
	.result_count = ARRAY_COUNT(spf_results),
	.settings = spf_setting_rows,
	.setting_count = ARRAY_COUNT(spf_setting_rows),
	.settings_size = sizeof(struct spf_settings),
	.slot_size = sizeof(struct spf_slot),
	.gather = spf_gather,
	.judge = spf_judge,
	.authres = spf_authres,
	.json = spf_json,
	.explain = spf_explain,
};
