/*
 * Second opinions: with `compare on` libspf2, libopendmarc and, of bodies,
 * libopendkim judge what ours have judged, over the same DNS answers. What
 * differs is stated as facts, told by verdict check and logged; it never
 * decides unless a rule reads it.
 */
#include "config.h"

#include "policy/compare/check_compare.h"

#include <string.h>

#include "policy/compare/compare_dkim.h"
#include "policy/compare/compare_dmarc.h"
#include "policy/compare/compare_spf.h"
#include "policy/dkim/check_dkim.h"
#include "policy/dmarc/check_dmarc.h"
#include "policy/message/check.h"
#include "policy/message/session.h"
#include "policy/message/snapshot.h"
#include "policy/spf/check_spf.h"
#include "policy/spf/spf.h"
#include "rules/base/buf.h"
#include "rules/base/jsonw.h"

extern const struct check check_compare;

static const char *const compare_body_words[] = { "fail", "pass", NULL };

/* One fact for each opinion, by its number, and one for all. */
enum { F_DIFFERS = COMPARE_COUNT, F_COUNT };

static const struct fact_row compare_facts[F_COUNT] = {
	[COMPARE_SPF] = { "compare.spf", FACT_WORD, STAGE_EOM, 0,
	    spf_result_words,
	    "what libspf2 says of MAIL FROM; absent unless compare is on" },
	[COMPARE_DMARC] = { "compare.dmarc", FACT_WORD, STAGE_EOM, 0,
	    dmarc_result_words,
	    "what libopendmarc says; absent unless compare is on" },
	[COMPARE_BODY] = { "compare.body", FACT_WORD, STAGE_EOM, 0,
	    compare_body_words,
	    "what libopendkim says of a signed body; absent unless compare is "
	    "on" },
	[F_DIFFERS] = { "compare.differs", FACT_BOOL, STAGE_EOM, 0, NULL,
	    "a second opinion is not ours; absent unless compare is on" },
};

struct compare_slot {
	bool done;
	struct compare_opinion opinion[COMPARE_COUNT];
};

/* The words are of one table, so the same word is the same pointer. */
static bool
opinion_differs(const struct compare_opinion *o)
{
	return o->theirs != NULL && o->theirs != o->ours;
}

static bool
slot_differs(const struct compare_slot *s)
{
	for (size_t i = 0; i < COMPARE_COUNT; i++)
		if (opinion_differs(&s->opinion[i]))
			return true;
	return false;
}

/* ---- asking --------------------------------------------------------------- */

static struct compare_opinion
ask_spf(struct message *m)
{
	struct compare_opinion o = { .matter = "spf",
		.library = "libspf2",
		.ours = spf_result_words[spf_mailfrom(m)->result] };
	struct spf_second second;

	compare_spf(spf_asked(m), m->dns, &second);
	o.why = second.why;
	if (o.why == NULL)
		o.theirs = spf_result_words[second.result];
	return o;
}

static struct compare_opinion
ask_dmarc(struct message *m)
{
	struct compare_opinion o = { .matter = "dmarc",
		.library = "libopendmarc",
		.ours = dmarc_result_words[dmarc_judged(m)->result] };
	struct dmarc_second second;

	if (dmarc_asked(m) == NULL)
		return o;
	compare_dmarc(dmarc_asked(m), m->dns, &second);
	o.why = second.why;
	if (o.why == NULL)
		o.theirs = dmarc_result_words[second.result];
	return o;
}

/* The body by the library's hash of it: as dkim_message.c judges ours. */
static bool
body_holds(const struct dkim_sig *sig, const struct dkim_second *second)
{
	return (!sig->has_length || second->octets >= (int64_t)sig->length) &&
	       memcmp(second->hash, sig->body_hash.p, HASH_SHA256_OCTETS) == 0;
}

/* The signatures whose body hash we have judged. */
struct body_signatures {
	size_t count;
	const struct dkim_signature *signature[DKIM_FIELDS_MAX];
	struct dkim_variant variant[DKIM_FIELDS_MAX];
};

static void
body_find(struct message *m, struct body_signatures *out)
{
	const struct dkim_signature *s;

	out->count = 0;
	for (size_t i = 0; (s = dkim_signature(m, i)) != NULL; i++) {
		if (s->body == DKIM_BODY_NOT_JUDGED)
			continue;
		out->signature[out->count] = s;
		out->variant[out->count++] = (struct dkim_variant){
			s->sig.body_canon,
			s->sig.has_length ? (int64_t)s->sig.length
					  : DKIM_LENGTH_ALL,
		};
	}
}

/* Of several signatures the first that differs is told, or else the first. */
static struct compare_opinion
ask_body(struct message *m)
{
	struct compare_opinion o = { .matter = "dkim-body",
		.library = "libopendkim" };
	struct dkim_second second[DKIM_FIELDS_MAX];
	struct body_signatures b;

	body_find(m, &b);
	if (b.count == 0)
		return o;
	o.ours = compare_body_words[b.signature[0]->body == DKIM_BODY_GOOD];
	if (m->body.over || m->body_cut)
		o.why = "not compared: the body is long";
	else if (compare_dkim(
		     b.variant, b.count, buf_span(&m->body), second, &o.why))
		o.why = NULL;
	for (size_t i = 0; o.why == NULL && i < b.count; i++) {
		const struct dkim_signature *s = b.signature[i];

		bool good = s->body == DKIM_BODY_GOOD;
		bool holds = body_holds(&s->sig, &second[i]);

		if (i > 0 && good == holds)
			continue;
		o.ours = compare_body_words[good];
		o.theirs = compare_body_words[holds];
		if (good != holds)
			break;
	}
	return o;
}

/* ---- telling -------------------------------------------------------------- */

static void
compare_state(struct message *m, const struct compare_slot *s)
{
	for (size_t i = 0; i < COMPARE_COUNT; i++)
		if (s->opinion[i].theirs != NULL)
			facts_word(m->facts, check_fact(m, &check_compare, i),
			    s->opinion[i].theirs);
	facts_bool(m->facts, check_fact(m, &check_compare, F_DIFFERS),
	    slot_differs(s));
}

static bool
compare_judge(struct message *m, void *slot, enum stage stage)
{
	struct compare_slot *s = slot;

	if (!m->session->snapshot->config.compare || !message_is_foreign(m))
		return stage == STAGE_EOM;
	if (stage != STAGE_EOM)
		return false;
	if (spf_mailfrom(m) == NULL || dmarc_judged(m) == NULL ||
	    !dkim_settled(m))
		return dns_pending(m->dns) == 0;
	s->opinion[COMPARE_SPF] = ask_spf(m);
	s->opinion[COMPARE_DMARC] = ask_dmarc(m);
	s->opinion[COMPARE_BODY] = ask_body(m);
	s->done = true;
	compare_state(m, s);
	return true;
}

bool
compare_differs(struct message *m, struct compare_difference *out)
{
	const struct compare_slot *s = check_slot(m, &check_compare);

	if (!s->done || !slot_differs(s))
		return false;
	out->domain = dmarc_asked(m) != NULL ? dmarc_judged(m)->from
					     : spf_mailfrom(m)->domain;
	out->opinion = s->opinion;
	return true;
}

static void
compare_json(struct message *m, void *slot, struct jsonw *out)
{
	const struct compare_slot *s = slot;

	(void)m;
	if (!s->done)
		return;
	jsonw_object(out, "compare");
	for (size_t i = 0; i < COMPARE_COUNT; i++)
		jsonw_textz(out, s->opinion[i].library, s->opinion[i].theirs);
	jsonw_bool(out, "differs", slot_differs(s));
	jsonw_end(out);
}

static void
compare_explain(struct message *m, void *slot, struct buf *out, int level)
{
	const struct compare_slot *s = slot;

	(void)m;
	(void)level;
	for (size_t i = 0; s->done && i < COMPARE_COUNT; i++) {
		const struct compare_opinion *o = &s->opinion[i];

		if (o->why != NULL)
			(void)buf_printf(out, "%s has no opinion: %s.\n",
			    o->library, o->why);
		else if (o->theirs != NULL)
			(void)buf_printf(out, "%s says %s%s%s.\n", o->library,
			    o->theirs,
			    i == COMPARE_BODY ? " of the signed body" : "",
			    opinion_differs(o) ? ", unlike us" : " as well");
	}
}

const struct check check_compare = {
	.name = "compare",
	.after = "spf dkim dmarc",
	.facts = compare_facts,
	.fact_count = F_COUNT,
	.slot_size = sizeof(struct compare_slot),
	.judge = compare_judge,
	.json = compare_json,
	.explain = compare_explain,
};
