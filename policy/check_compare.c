/*
 * Second opinions: with `compare on` libspf2 and libopendmarc judge what ours
 * have judged, over the same DNS answers. What differs is stated as facts,
 * told by verdict check and logged; it never decides unless a rule reads it.
 */
#include "config.h"

#include "policy/check.h"
#include "policy/check_compare.h"
#include "policy/check_dmarc.h"
#include "policy/check_spf.h"
#include "policy/compare_dmarc.h"
#include "policy/compare_spf.h"
#include "policy/session.h"
#include "policy/snapshot.h"
#include "policy/spf.h"
#include "rules/buf.h"
#include "rules/jsonw.h"

extern const struct check check_compare;

enum { F_SPF, F_DMARC, F_DIFFERS, F_COUNT };

static const struct fact_row compare_facts[F_COUNT] = {
	[F_SPF] = { "compare.spf", FACT_WORD, STAGE_EOM, 0, spf_result_words,
	    "what libspf2 says of MAIL FROM; absent unless compare is on" },
	[F_DMARC] = { "compare.dmarc", FACT_WORD, STAGE_EOM, 0,
	    dmarc_result_words,
	    "what libopendmarc says; absent unless compare is on" },
	[F_DIFFERS] = { "compare.differs", FACT_BOOL, STAGE_EOM, 0, NULL,
	    "a second opinion is not ours; absent unless compare is on" },
};

struct compare_slot {
	bool done;
	struct spf_second spf;
	struct dmarc_second dmarc;
	bool spf_asked, dmarc_asked;
};

static bool
spf_differs(struct message *m, const struct compare_slot *s)
{
	return s->spf_asked && s->spf.why == NULL &&
	       s->spf.result != spf_mailfrom(m)->result;
}

static bool
dmarc_differs(struct message *m, const struct compare_slot *s)
{
	return s->dmarc_asked && s->dmarc.why == NULL &&
	       s->dmarc.result != dmarc_judged(m)->result;
}

static void
compare_state(struct message *m, const struct compare_slot *s)
{
	struct facts *f = m->facts;

	if (s->spf_asked && s->spf.why == NULL)
		facts_word(f, check_fact(m, &check_compare, F_SPF),
		    spf_result_words[s->spf.result]);
	if (s->dmarc_asked && s->dmarc.why == NULL)
		facts_word(f, check_fact(m, &check_compare, F_DMARC),
		    dmarc_result_words[s->dmarc.result]);
	facts_bool(f, check_fact(m, &check_compare, F_DIFFERS),
	    spf_differs(m, s) || dmarc_differs(m, s));
}

static bool
compare_judge(struct message *m, void *slot, enum stage stage)
{
	struct compare_slot *s = slot;

	if (!m->session->snapshot->config.compare || !message_is_foreign(m))
		return stage == STAGE_EOM;
	if (stage != STAGE_EOM)
		return false;
	if (spf_mailfrom(m) == NULL || dmarc_judged(m) == NULL)
		return dns_pending(m->dns) == 0;
	compare_spf(spf_asked(m), m->dns, &s->spf);
	s->spf_asked = true;
	if (dmarc_asked(m) != NULL) {
		compare_dmarc(dmarc_asked(m), m->dns, &s->dmarc);
		s->dmarc_asked = true;
	}
	s->done = true;
	compare_state(m, s);
	return true;
}

static const char *
spf_word(const struct compare_slot *s)
{
	return s->spf.why == NULL ? spf_result_words[s->spf.result] : NULL;
}

static const char *
dmarc_word(const struct compare_slot *s)
{
	return s->dmarc.why == NULL ? dmarc_result_words[s->dmarc.result]
				    : NULL;
}

bool
compare_differs(struct message *m, struct compare_difference *out)
{
	const struct compare_slot *s = check_slot(m, &check_compare);

	if (!s->done || (!spf_differs(m, s) && !dmarc_differs(m, s)))
		return false;
	out->domain =
	    s->dmarc_asked ? dmarc_judged(m)->from : spf_mailfrom(m)->domain;
	out->spf = spf_result_words[spf_mailfrom(m)->result];
	out->dmarc = dmarc_result_words[dmarc_judged(m)->result];
	out->libspf2 = spf_word(s);
	out->libopendmarc = s->dmarc_asked ? dmarc_word(s) : NULL;
	return true;
}

static void
compare_json(struct message *m, void *slot, struct jsonw *out)
{
	const struct compare_slot *s = slot;

	if (!s->done)
		return;
	jsonw_object(out, "compare");
	jsonw_textz(out, "libspf2", spf_word(s));
	jsonw_textz(out, "libopendmarc", s->dmarc_asked ? dmarc_word(s) : NULL);
	jsonw_bool(out, "differs", spf_differs(m, s) || dmarc_differs(m, s));
	jsonw_end(out);
}

static void
explain_one(struct buf *out, const char *library, const char *word,
    const char *why, bool differs)
{
	if (why != NULL)
		(void)buf_printf(out, "%s has no opinion: %s.\n", library, why);
	else
		(void)buf_printf(out, "%s says %s%s.\n", library, word,
		    differs ? ", unlike us" : " as well");
}

static void
compare_explain(struct message *m, void *slot, struct buf *out, int level)
{
	const struct compare_slot *s = slot;

	(void)level;
	if (!s->done)
		return;
	explain_one(out, "libspf2", spf_word(s), s->spf.why, spf_differs(m, s));
	if (s->dmarc_asked)
		explain_one(out, "libopendmarc", dmarc_word(s), s->dmarc.why,
		    dmarc_differs(m, s));
}

const struct check check_compare = {
	.name = "compare",
	.facts = compare_facts,
	.fact_count = F_COUNT,
	.slot_size = sizeof(struct compare_slot),
	.judge = compare_judge,
	.json = compare_json,
	.explain = compare_explain,
};
