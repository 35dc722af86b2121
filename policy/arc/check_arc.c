/*
 * The check of ARC: hands the message's chain to arc_chain.c as it comes,
 * states what came of it and what its sealers say as facts, and tells it in
 * words. Whom of them to believe is for rules. Nothing is sealed here.
 */
#include "config.h"

#include "policy/arc/arc_chain.h"
#include "policy/dkim/check_dkim.h"
#include "policy/message/check.h"
#include "policy/message/session.h"
#include "rules/base/jsonw.h"
#include "rules/mail/authres.h"

extern const struct check check_arc;

struct arc_settings {
	bool always;
};

static const struct setting_row arc_setting_rows[] = {
	SETTING(struct arc_settings, always, "arc.always", "yes", 0, 0, NULL,
	    "validate ARC chains even where no rule asks for them"),
};

enum arc_fact {
	F_RESULT,
	F_SEALER,
	F_CHAIN,
	F_OLDEST,
	F_UNSIGNED,
	F_PROBLEM,
	F_HOP,
	F_INSTANCE,
	F_NEWEST,
	F_DOMAIN,
	F_SELECTOR,
	F_HOP_RESULT,
	F_SERVER,
	F_SPF,
	F_DKIM,
	F_DMARC,
	F_AUTHOR,
	F_COUNT,
};

static const struct fact_row arc_fact_rows[] = {
	[F_RESULT] = { "arc", FACT_WORD, STAGE_EOM, FACT_PROVES,
	    arc_result_words,
	    "what the chain of those who handed the message on comes to" },
	[F_SEALER] = { "arc.sealer", FACT_DOMAIN, STAGE_EOM, FACT_PROVES, NULL,
	    "whoever sealed a chain that passes last" },
	[F_CHAIN] = { "arc.chain", FACT_TEXT, STAGE_EOM, FACT_IMPERSONAL, NULL,
	    "a chain that passes, as DMARC reports write it" },
	[F_OLDEST] = { "arc.oldest_pass", FACT_NUMBER, STAGE_EOM, FACT_COUNTS, NULL,
	    "since which set nothing was altered; 0: since the first" },
	[F_UNSIGNED] = { "arc.unsigned", FACT_TEXT, STAGE_EOM, FACT_IMPERSONAL,
	    NULL,
	    "names of visible header fields that the newest set leaves out" },
	[F_PROBLEM] = { "arc.problem", FACT_TEXT, STAGE_EOM, FACT_IMPERSONAL,
	    NULL, "why the chain does not pass" },
	[F_HOP] = { "arc_hop", FACT_GROUP, STAGE_EOM, 0, NULL,
	    "the sets of the chain, from the first on" },
	[F_INSTANCE] = { "arc_hop.instance", FACT_NUMBER, STAGE_EOM, FACT_COUNTS, NULL,
	    "the number of the set (i=)" },
	[F_NEWEST] = { "arc_hop.newest", FACT_BOOL, STAGE_EOM, 0, NULL,
	    "it is the last that was made" },
	[F_DOMAIN] = { "arc_hop.domain", FACT_DOMAIN, STAGE_EOM, 0, NULL,
	    "the domain that sealed it (d=)" },
	[F_SELECTOR] = { "arc_hop.selector", FACT_TEXT, STAGE_EOM,
	    FACT_IMPERSONAL, NULL, "the name of its key (s=)" },
	[F_HOP_RESULT] = { "arc_hop.result", FACT_WORD, STAGE_EOM, 0,
	    arc_result_words,
	    "what the seal comes to; none: the chain fails without it" },
	[F_SERVER] = { "arc_hop.server", FACT_TEXT, STAGE_EOM, FACT_IMPERSONAL,
	    NULL, "the host that says what follows (its authserv-id)" },
	[F_SPF] = { "arc_hop.spf", FACT_WORD, STAGE_EOM, 0, arc_spf_words,
	    "what SPF said there" },
	[F_DKIM] = { "arc_hop.dkim", FACT_WORD, STAGE_EOM, 0, arc_dkim_words,
	    "what DKIM said there; pass when one of several did" },
	[F_DMARC] = { "arc_hop.dmarc", FACT_WORD, STAGE_EOM, 0, arc_dmarc_words,
	    "what DMARC said there" },
	[F_AUTHOR] = { "arc_hop.author", FACT_DOMAIN, STAGE_EOM, 0, NULL,
	    "of which author's domain it said so (header.from)" },
};
_Static_assert(ARRAY_COUNT(arc_fact_rows) == F_COUNT, "a row per fact");

/* Of one message. NULL: it has no field of ARC's so far. */
struct arc_slot {
	struct arc_chain *chain;
	struct span unsigned_names;
	bool settled;
};

/* Does anybody want to know? */
static bool
arc_applies(const struct message *m)
{
	const struct arc_settings *settings = check_settings(m, &check_arc);
	bool wanted = settings->always;

	for (size_t row = 0; row < F_COUNT && !wanted; row++)
		wanted = check_reads(m, &check_arc, row);
	return wanted && message_is_foreign(m) && !m->envelope_only;
}

/* ---- gathering ------------------------------------------------------------ */

static void
arc_header_hook(struct message *m, void *slot, const struct header_field *field)
{
	struct arc_slot *s = slot;
	enum arc_kind kind;

	if (!arc_kind_of(field->name, &kind) || !arc_applies(m))
		return;
	if (s->chain == NULL) {
		struct dkim_options options = dkim_options_of(m);

		s->chain = arc_chain_new(
		    m->arena, m->dns, dkim_keys_of_all(), &options);
	}
	arc_chain_field(
	    s->chain, kind, field, (size_t)(field - m->headers.field));
}

static void
arc_gather(struct message *m, void *slot, enum stage stage)
{
	struct arc_slot *s = slot;

	if (stage == STAGE_EOH && s->chain != NULL)
		arc_chain_header(s->chain, &m->headers, dkim_message_of(m));
}

/* ---- stating -------------------------------------------------------------- */

/* "" is absent. */
static struct value
arc_value_text(struct span text)
{
	return text.n == 0 ? value_absent() : value_text(text);
}

static void
arc_state_hop(struct message *m, const struct arc_chain *chain, size_t i)
{
	const struct arc_set *set = arc_chain_set(chain, i);
	fact_id first = check_fact(m, &check_arc, F_RESULT);
	size_t element;

	if (set == NULL)
		return;
	element = facts_element(m->facts, (fact_id)(first + F_HOP));
	const struct value value[F_COUNT] = {
		[F_INSTANCE] = value_number((double)i),
		[F_NEWEST] =
		    value_bool(i == arc_chain_outcome(chain)->instances),
		[F_DOMAIN] = arc_value_text(set->seal.sig.domain),
		[F_SELECTOR] = arc_value_text(set->seal.sig.selector),
		[F_HOP_RESULT] = value_text(
		    span_of(arc_result_words[arc_chain_seal(chain, i)])),
		[F_SERVER] = arc_value_text(set->said.server),
		[F_SPF] = arc_value_text(span_of(set->said.spf)),
		[F_DKIM] = arc_value_text(span_of(set->said.dkim)),
		[F_DMARC] = arc_value_text(span_of(set->said.dmarc)),
		[F_AUTHOR] = arc_value_text(set->said.author),
	};

	for (size_t row = F_INSTANCE; row < F_COUNT; row++)
		facts_field(
		    m->facts, (fact_id)(first + row), element, value[row]);
}

/* Who sealed a chain of which that is not known is not known either: a rule
 * that trusts him does not take it for a no. */
static void
arc_state(struct message *m, const struct arc_slot *s)
{
	const struct arc_outcome *o = arc_chain_outcome(s->chain);
	fact_id first = check_fact(m, &check_arc, F_RESULT);
	struct value value[F_HOP] = { { .state = FACT_ABSENT } };
	const struct arc_set *newest = arc_chain_set(s->chain, o->instances);

	for (size_t row = 0; row < F_HOP; row++)
		value[row] = value_absent();
	value[F_RESULT] = value_text(span_of(arc_result_words[o->result]));
	value[F_PROBLEM] = arc_value_text(span_of(o->problem));
	if (o->result == ARC_PASS) {
		value[F_SEALER] = value_text(newest->seal.sig.domain);
		value[F_CHAIN] = value_text(arc_chain_comment(s->chain));
		value[F_OLDEST] = value_number((double)o->oldest_pass);
		value[F_UNSIGNED] = arc_value_text(s->unsigned_names);
	} else if (o->result == ARC_TEMPERROR) {
		value[F_SEALER] = value_unknown(o->problem);
		message_incomplete(m, "arc");
	}
	for (size_t row = 0; row < F_HOP; row++)
		facts_set(m->facts, (fact_id)(first + row), value[row]);
	for (size_t i = 1; i <= o->instances; i++)
		arc_state_hop(m, s->chain, i);
	facts_group_end(m->facts, (fact_id)(first + F_HOP));
}

static void
arc_state_none(struct message *m, bool applies)
{
	fact_id first = check_fact(m, &check_arc, F_RESULT);

	for (size_t row = 0; row < F_HOP; row++)
		facts_absent(m->facts, (fact_id)(first + row));
	if (applies)
		facts_word(m->facts, first, arc_result_words[ARC_NONE]);
	facts_group_end(m->facts, (fact_id)(first + F_HOP));
}

static bool
arc_judge(struct message *m, void *slot, enum stage stage)
{
	struct arc_slot *s = slot;

	if (!arc_applies(m)) {
		arc_state_none(m, false);
		return true;
	}
	if (stage == STAGE_RCPT)
		return false;
	if (s->chain == NULL) {
		arc_state_none(m, true);
	} else {
		if (stage != STAGE_EOM || !arc_chain_judge(s->chain))
			return false;
		s->unsigned_names = arc_chain_unsigned(s->chain);
		arc_state(m, s);
	}
	s->settled = true;
	return true;
}

/* ---- telling -------------------------------------------------------------- */

/* Who sealed set i; "" when nobody can be read there. */
static struct span
arc_sealer(const struct arc_chain *chain, size_t i)
{
	const struct arc_set *set = arc_chain_set(chain, i);

	return set != NULL && set->has[ARC_SEAL] ? set->seal.sig.domain
						 : SPAN("");
}

/* Of a message without a chain there is nothing to say. */
static void
arc_authres(struct message *m, void *slot, struct authres *out)
{
	const struct arc_slot *s = slot;
	const struct arc_outcome *o;
	char text[IP_TEXT_MAX];

	if (!s->settled || s->chain == NULL)
		return;
	o = arc_chain_outcome(s->chain);
	authres_method(out, "arc", arc_result_words[o->result]);
	if (o->problem != NULL)
		authres_reason(out, span_of(o->problem));
	if (m->client.family != 0)
		authres_property(out, "smtp", "remote-ip",
		    span_of(ip_format(m->client, text)));
	if (o->result == ARC_PASS)
		authres_property(out, "header", "oldest-pass",
		    span_of(arena_printf(m->arena, "%zu", o->oldest_pass)));
}

static void
arc_json(struct message *m, void *slot, struct jsonw *out)
{
	static const struct arc_outcome none = { ARC_NONE, NULL, 0, 0 };
	const struct arc_slot *s = slot;
	const struct arc_outcome *o = &none;

	(void)m;
	if (!s->settled) {
		jsonw_null(out, "arc");
		return;
	}
	if (s->chain != NULL)
		o = arc_chain_outcome(s->chain);
	jsonw_object(out, "arc");
	jsonw_textz(out, "result", arc_result_words[o->result]);
	jsonw_number(out, "instances", (double)o->instances);
	jsonw_array(out, "sealers");
	for (size_t i = 1; i <= o->instances; i++) {
		struct span domain = arc_sealer(s->chain, i);

		jsonw_text(out, NULL, domain.n == 0 ? span_of(NULL) : domain);
	}
	jsonw_end(out);
	if (o->result == ARC_PASS)
		jsonw_number(out, "oldest_pass", (double)o->oldest_pass);
	else
		jsonw_null(out, "oldest_pass");
	jsonw_textz(out, "problem", o->problem);
	jsonw_end(out);
}

static void
arc_explain_word(struct buf *out, const char *method, const char *word)
{
	if (word != NULL)
		(void)buf_printf(out, " %s=%s", method, word);
}

static void
arc_explain_hop(const struct arc_chain *chain, size_t i, struct buf *out)
{
	const struct arc_set *set = arc_chain_set(chain, i);
	const struct arc_said *said;

	if (set == NULL || !set->has[ARC_SEAL]) {
		(void)buf_printf(out, "  %zu. not sealed.\n", i);
		return;
	}
	(void)buf_printf(out, "  %zu. sealed by %.*s, selector %.*s: %s;", i,
	    SPAN_FMT(set->seal.sig.domain), SPAN_FMT(set->seal.sig.selector),
	    arc_result_words[arc_chain_seal(chain, i)]);
	if (!set->spoken) {
		(void)buf_addz(out, " what it says can't be read.\n");
		return;
	}
	said = &set->said;
	(void)buf_printf(out, " %.*s says", SPAN_FMT(said->server));
	if (said->spf == NULL && said->dkim == NULL && said->dmarc == NULL)
		(void)buf_addz(out, " nothing of the author");
	arc_explain_word(out, "spf", said->spf);
	arc_explain_word(out, "dkim", said->dkim);
	arc_explain_word(out, "dmarc", said->dmarc);
	if (said->author.n > 0)
		(void)buf_printf(out, " for %.*s", SPAN_FMT(said->author));
	(void)buf_addz(out, ".\n");
}

static void
arc_explain(struct message *m, void *slot, struct buf *out, int level)
{
	const struct arc_slot *s = slot;
	const struct arc_outcome *o;

	(void)m;
	if (!s->settled || s->chain == NULL)
		return;
	o = arc_chain_outcome(s->chain);
	if (o->result == ARC_PASS)
		(void)buf_printf(out,
		    "ARC: the chain of those who handed the message on holds; "
		    "the last was %.*s",
		    SPAN_FMT(arc_sealer(s->chain, o->instances)));
	else
		(void)buf_printf(out, "ARC: the chain %s: %s",
		    o->result == ARC_FAIL ? "does not hold"
					  : "could not be verified now",
		    o->problem);
	(void)buf_addz(out, ".\n");
	for (size_t i = 1; level > 0 && i <= o->instances; i++)
		arc_explain_hop(s->chain, i, out);
}

static const struct result_row arc_results[] = {
	{ .fact = F_RESULT,
	    .key = "arc",
	    .title = "ARC",
	    .of = "arc.sealer",
	    .why = "arc.problem",
	    .silent = "none",
	    .counts = "Results of ARC chains.",
	    .temporary = "temperror" },
};

const struct check check_arc = {
	.name = "arc",
	.after = "dkim",
	.facts = arc_fact_rows,
	.fact_count = F_COUNT,
	.results = arc_results,
	.result_count = ARRAY_COUNT(arc_results),
	.settings = arc_setting_rows,
	.setting_count = ARRAY_COUNT(arc_setting_rows),
	.settings_size = sizeof(struct arc_settings),
	.slot_size = sizeof(struct arc_slot),
	.gather = arc_gather,
	.header = arc_header_hook,
	.judge = arc_judge,
	.authres = arc_authres,
	.json = arc_json,
	.explain = arc_explain,
};
