/*
 * The check of DKIM: hands the message to dkim_message.c as it comes, states
 * what came of each signature as facts, and tells it in words.
 */
#include "config.h"

#include "policy/dkim/check_dkim.h"

#include <pthread.h>

#include "policy/message/check.h"
#include "policy/message/session.h"
#include "rules/base/jsonw.h"
#include "rules/base/panic.h"
#include "rules/mail/authres.h"

/* Keys are about 2 KB each with what libcrypto keeps beside them. */
#define DKIM_KEYS_KEPT 4096

extern const struct check check_dkim;

struct dkim_settings {
	uint64_t signatures;
	setting_duration clock_skew;
	uint64_t min_bits;
};

static const struct setting_row dkim_setting_rows[] = {
	SETTING(struct dkim_settings, signatures, "dkim.signatures", "10", 1,
	    DKIM_FIELDS_MAX, NULL,
	    "how many DKIM signatures of one message are verified"),
	SETTING(struct dkim_settings, clock_skew, "dkim.clock-skew", "5m", 0,
	    86400000, NULL,
	    "how far a signer's clock may be off when its times are judged"),
	SETTING(struct dkim_settings, min_bits, "dkim.min-bits", "1024", 1024,
	    DKIM_RSA_BITS_MAX, NULL,
	    "how long an RSA key must be for its signatures to count"),
};

enum dkim_fact {
	F_GROUP,
	F_RESULT,
	F_DOMAIN,
	F_SELECTOR,
	F_ALGORITHM,
	F_BITS,
	F_IDENTITY,
	F_PROBLEM,
	F_TESTING,
	F_UNSIGNED,
	F_LENGTH,
	F_AGE,
	F_RESTORED,
	F_COUNT,
};

static const struct fact_row dkim_fact_rows[] = {
	[F_GROUP] = { "dkim", FACT_GROUP, STAGE_EOM, FACT_CHEAP, NULL,
	    "the DKIM signatures, the topmost first" },
	[F_RESULT] = { "dkim.result", FACT_WORD, STAGE_EOM,
	    FACT_CHEAP | FACT_PROVES, dkim_result_words,
	    "what the signature comes to" },
	[F_DOMAIN] = { "dkim.domain", FACT_DOMAIN, STAGE_EOM, FACT_CHEAP, NULL,
	    "the domain that signed (d=)" },
	[F_SELECTOR] = { "dkim.selector", FACT_TEXT, STAGE_EOM,
	    FACT_CHEAP | FACT_IMPERSONAL, NULL, "the name of its key (s=)" },
	[F_ALGORITHM] = { "dkim.algorithm", FACT_TEXT, STAGE_EOM,
	    FACT_CHEAP | FACT_IMPERSONAL, NULL,
	    "rsa-sha256, ed25519-sha256 or rsa-sha1 (a=)" },
	[F_BITS] = { "dkim.bits", FACT_NUMBER, STAGE_EOM, FACT_CHEAP, NULL,
	    "the length of its key" },
	[F_IDENTITY] = { "dkim.identity", FACT_TEXT, STAGE_EOM, FACT_CHEAP,
	    NULL, "on whose behalf it signed (i=)" },
	[F_PROBLEM] = { "dkim.problem", FACT_TEXT, STAGE_EOM,
	    FACT_CHEAP | FACT_IMPERSONAL, NULL,
	    "why the signature does not pass" },
	[F_TESTING] = { "dkim.testing", FACT_BOOL, STAGE_EOM, FACT_CHEAP, NULL,
	    "the key says that the domain is testing DKIM (t=y)" },
	[F_UNSIGNED] = { "dkim.unsigned", FACT_TEXT, STAGE_EOM,
	    FACT_CHEAP | FACT_IMPERSONAL, NULL,
	    "names of visible header fields that the signature leaves out" },
	[F_LENGTH] = { "dkim.length", FACT_BOOL, STAGE_EOM, FACT_CHEAP, NULL,
	    "the signature covers the beginning of the body alone (l=)" },
	[F_AGE] = { "dkim.age", FACT_NUMBER, STAGE_EOM, FACT_CHEAP, NULL,
	    "seconds since it was made (t=); absent when it does not say" },
	[F_RESTORED] = { "dkim.restored", FACT_BOOL, STAGE_EOM, FACT_CHEAP,
	    NULL, "it is good once what a mailing list changed is undone" },
};
_Static_assert(ARRAY_COUNT(dkim_fact_rows) == F_COUNT, "a row per fact");

/* Of one message. NULL: it has no signature so far. */
struct dkim_slot {
	struct dkim_message *message;
	bool settled;
};

/* Keys outlive messages, snapshots and sessions: one store a process. */
static pthread_once_t dkim_keys_once = PTHREAD_ONCE_INIT;
static struct dkim_keys *dkim_keys_kept;

static void
dkim_keys_start(void)
{
	dkim_keys_kept = dkim_keys_new(DKIM_KEYS_KEPT);
}

/* ---- gathering ------------------------------------------------------------ */

struct dkim_keys *
dkim_keys_of_all(void)
{
	if (pthread_once(&dkim_keys_once, dkim_keys_start) != 0)
		panic("pthread_once failed");
	return dkim_keys_kept;
}

struct dkim_options
dkim_options_of(const struct message *m)
{
	const struct dkim_settings *settings = check_settings(m, &check_dkim);

	return (struct dkim_options){
		.signatures = (size_t)settings->signatures,
		.bits_min = (unsigned)settings->min_bits,
		.limits = { .now_s = m->time_s,
		    .skew_s = settings->clock_skew.ms / 1000 },
	};
}

static struct dkim_message *
dkim_start(struct message *m)
{
	struct dkim_options options = dkim_options_of(m);

	return dkim_message_new(m->arena, m->dns, dkim_keys_of_all(), &options);
}

static void
dkim_header_hook(
    struct message *m, void *slot, const struct header_field *field)
{
	struct dkim_slot *s = slot;

	if (!span_case_is(field->name, "dkim-signature") ||
	    !message_is_foreign(m))
		return;
	if (s->message == NULL)
		s->message = dkim_start(m);
	dkim_message_field(
	    s->message, field, (size_t)(field - m->headers.field));
}

static void
dkim_gather(struct message *m, void *slot, enum stage stage)
{
	struct dkim_slot *s = slot;

	if (stage != STAGE_EOH || s->message == NULL)
		return;
	dkim_message_header(s->message, &m->headers);
	if (dkim_message_cut(s->message))
		message_raise(m, FLAG_LIMIT);
}

struct dkim_message *
dkim_message_of(struct message *m)
{
	struct dkim_slot *s = check_slot(m, &check_dkim);

	if (s->message == NULL) {
		s->message = dkim_start(m);
		dkim_message_header(s->message, &m->headers);
	}
	return s->message;
}

static void
dkim_body_hook(struct message *m, void *slot, struct span chunk)
{
	struct dkim_slot *s = slot;

	(void)m;
	if (s->message != NULL)
		dkim_message_body(s->message, chunk);
}

static void
dkim_release(struct message *m, void *slot)
{
	struct dkim_slot *s = slot;

	(void)m;
	dkim_message_free(&s->message);
}

/* ---- stating -------------------------------------------------------------- */

/* "" is absent. */
static struct value
dkim_value_text(struct span text)
{
	return text.n == 0 ? value_absent() : value_text(text);
}

static void
dkim_state_one(struct message *m, const struct dkim_signature *s)
{
	fact_id first = check_fact(m, &check_dkim, F_GROUP);
	size_t element = facts_element(m->facts, first);
	const struct value value[F_COUNT] = {
		[F_RESULT] =
		    value_text(span_of(dkim_result_words[s->outcome.result])),
		[F_DOMAIN] = dkim_value_text(s->sig.domain),
		[F_SELECTOR] = dkim_value_text(s->sig.selector),
		[F_ALGORITHM] = dkim_value_text(
		    span_of(dkim_algorithm_names[s->sig.algorithm])),
		[F_BITS] =
		    s->bits == 0 ? value_absent() : value_number(s->bits),
		[F_IDENTITY] = dkim_value_text(s->sig.identity),
		[F_PROBLEM] = dkim_value_text(span_of(s->outcome.problem)),
		[F_TESTING] = value_bool(s->testing),
		[F_UNSIGNED] = dkim_value_text(s->unsigned_names),
		[F_LENGTH] = value_bool(s->sig.has_length),
		[F_AGE] =
		    s->sig.has_time
			? value_number((double)(m->time_s - s->sig.time_s))
			: value_absent(),
	};

	for (size_t row = F_RESULT; row < F_RESTORED; row++)
		facts_field(
		    m->facts, (fact_id)(first + row), element, value[row]);
	if (s->outcome.result == DKIM_TEMPERROR)
		message_incomplete(m, "dkim");
}

static const char dkim_lost[] = "part of the header is not kept";

static bool
dkim_judge(struct message *m, void *slot, enum stage stage)
{
	struct dkim_slot *s = slot;
	size_t count = 0;

	if (message_is_foreign(m)) {
		if (stage == STAGE_RCPT)
			return false;
		if (s->message != NULL)
			count = dkim_message_count(s->message);
		if (count > 0 &&
		    (stage != STAGE_EOM || !dkim_message_judge(s->message)))
			return false;
	}
	/* What was signed is not what is left. */
	if (header_lost(&m->headers))
		count = 0;
	for (size_t i = 0; i < count; i++)
		dkim_state_one(m, dkim_message_get(s->message, i));
	if (message_is_foreign(m) && header_lost(&m->headers)) {
		facts_group_unknown(
		    m->facts, check_fact(m, &check_dkim, F_GROUP), dkim_lost);
		message_incomplete(m, "dkim");
	} else {
		facts_group_end(m->facts, check_fact(m, &check_dkim, F_GROUP));
	}
	s->settled = true;
	return true;
}

/* ---- for others ----------------------------------------------------------- */

bool
dkim_settled(struct message *m)
{
	const struct dkim_slot *s = check_slot(m, &check_dkim);

	return s->settled;
}

const struct dkim_signature *
dkim_signature(struct message *m, size_t i)
{
	const struct dkim_slot *s = check_slot(m, &check_dkim);

	return s->settled && s->message != NULL && !header_lost(&m->headers) &&
		       i < dkim_message_count(s->message)
		   ? dkim_message_get(s->message, i)
		   : NULL;
}

struct dkim_key *
dkim_signature_key(struct message *m, size_t i, bool *pending, bool *temp)
{
	const struct dkim_slot *s = check_slot(m, &check_dkim);

	return dkim_message_key(s->message, i, pending, temp);
}

void
dkim_state_restored(struct message *m, size_t i, struct value restored)
{
	facts_field(
	    m->facts, check_fact(m, &check_dkim, F_RESTORED), i, restored);
}

/* ---- telling -------------------------------------------------------------- */

static void
dkim_authres_one(struct message *m, size_t i, struct authres *out)
{
	const struct dkim_slot *slot = check_slot(m, &check_dkim);
	const struct dkim_signature *s = dkim_signature(m, i);
	const struct {
		const char *name;
		struct span value;
	} header[] = {
		{ "d", s->sig.domain },
		{ "s", s->sig.selector },
		{ "a", span_of(dkim_algorithm_names[s->sig.algorithm]) },
		{ "b", dkim_message_b(slot->message, i) },
	};

	authres_method(out, "dkim", dkim_result_words[s->outcome.result]);
	if (s->outcome.problem != NULL)
		authres_reason(out, span_of(s->outcome.problem));
	for (size_t k = 0; k < ARRAY_COUNT(header); k++)
		if (header[k].value.n > 0)
			authres_property(
			    out, "header", header[k].name, header[k].value);
	if (s->outcome.rule != NULL)
		authres_property(
		    out, "policy", "dkim-rules", span_of(s->outcome.rule));
}

static void
dkim_authres(struct message *m, void *slot, struct authres *out)
{
	(void)slot;
	if (!message_is_foreign(m) || !dkim_settled(m))
		return;
	if (header_lost(&m->headers)) {
		authres_method(out, "dkim", "temperror");
		authres_reason(out, span_of(dkim_lost));
	} else if (dkim_signature(m, 0) == NULL) {
		authres_method(out, "dkim", "none");
	}
	for (size_t i = 0; dkim_signature(m, i) != NULL; i++)
		dkim_authres_one(m, i, out);
}

/* "" is null. */
static void
dkim_json_text(struct jsonw *w, const char *key, struct span text)
{
	jsonw_text(w, key, text.n == 0 ? span_of(NULL) : text);
}

static void
dkim_json(struct message *m, void *slot, struct jsonw *out)
{
	const struct dkim_signature *s;

	(void)slot;
	jsonw_array(out, "dkim");
	for (size_t i = 0; (s = dkim_signature(m, i)) != NULL; i++) {
		jsonw_object(out, NULL);
		dkim_json_text(out, "domain", s->sig.domain);
		dkim_json_text(out, "selector", s->sig.selector);
		jsonw_textz(
		    out, "result", dkim_result_words[s->outcome.result]);
		dkim_json_text(out, "algorithm",
		    span_of(dkim_algorithm_names[s->sig.algorithm]));
		if (s->bits > 0)
			jsonw_number(out, "bits", s->bits);
		else
			jsonw_null(out, "bits");
		dkim_json_text(out, "identity", s->sig.identity);
		jsonw_textz(out, "problem", s->outcome.problem);
		jsonw_end(out);
	}
	jsonw_end(out);
}

/* What each result means, behind "The signature of DOMAIN ". */
static const char *const dkim_sentences[DKIM_RESULT_COUNT] = {
	[DKIM_PASS] = "is good",
	[DKIM_FAIL] = "does not hold",
	[DKIM_POLICY] = "is not accepted here",
	[DKIM_NEUTRAL] = "can't be read",
	[DKIM_TEMPERROR] = "could not be verified now",
	[DKIM_PERMERROR] = "can't be verified",
};

/* Octets of the identity that could disturb a terminal are not shown. */
static void
dkim_explain_detail(const struct dkim_signature *s, struct buf *out)
{
	(void)buf_printf(out, "  selector %.*s, %s", SPAN_FMT(s->sig.selector),
	    s->sig.algorithm == DKIM_ALGORITHM_NONE
		? "algorithm not known"
		: dkim_algorithm_names[s->sig.algorithm]);
	if (s->bits > 0)
		(void)buf_printf(out, ", key of %u bits", s->bits);
	if (s->sig.identity.n > 0)
		(void)buf_printf(out, ", for %.*s", SPAN_FMT(s->sig.identity));
	if (s->sig.name_count > 0)
		(void)buf_printf(out, ", %zu name%s in h=", s->sig.name_count,
		    plural(s->sig.name_count));
	(void)buf_addz(out, ".\n");
}

static void
dkim_explain_one(const struct dkim_signature *s, struct buf *out, int level)
{
	if (s->sig.domain.n > 0)
		(void)buf_printf(out, "DKIM: the signature of %.*s %s",
		    SPAN_FMT(s->sig.domain), dkim_sentences[s->outcome.result]);
	else
		(void)buf_printf(out, "DKIM: a signature %s",
		    dkim_sentences[s->outcome.result]);
	if (s->outcome.problem != NULL)
		(void)buf_printf(out, ": %s", s->outcome.problem);
	(void)buf_addz(out, ".\n");
	if (s->testing)
		(void)buf_addz(out, "  The domain says it is testing DKIM.\n");
	if (s->unsigned_names.n > 0)
		(void)buf_printf(out, "  It does not cover: %.*s.\n",
		    SPAN_FMT(s->unsigned_names));
	if (level > 0)
		dkim_explain_detail(s, out);
}

static void
dkim_explain(struct message *m, void *slot, struct buf *out, int level)
{
	(void)slot;
	if (!message_is_foreign(m) || !dkim_settled(m))
		return;
	if (header_lost(&m->headers))
		(void)buf_printf(out, "DKIM: not known, %s.\n", dkim_lost);
	else if (dkim_signature(m, 0) == NULL)
		(void)buf_addz(out, "DKIM: the message is not signed.\n");
	for (size_t i = 0; dkim_signature(m, i) != NULL; i++)
		dkim_explain_one(dkim_signature(m, i), out, level);
}

static const struct result_row dkim_results[] = {
	{ .fact = F_RESULT,
	    .key = "dkim",
	    .title = "DKIM",
	    .each = "DKIM signature",
	    .of = "dkim.domain",
	    .why = "dkim.problem",
	    .counts = "DKIM results, by signature.",
	    .temporary = "temperror" },
};

const struct check check_dkim = {
	.name = "dkim",
	.facts = dkim_fact_rows,
	.fact_count = F_COUNT,
	.results = dkim_results,
	.result_count = ARRAY_COUNT(dkim_results),
	.settings = dkim_setting_rows,
	.setting_count = ARRAY_COUNT(dkim_setting_rows),
	.settings_size = sizeof(struct dkim_settings),
	.slot_size = sizeof(struct dkim_slot),
	.gather = dkim_gather,
	.header = dkim_header_hook,
	.body = dkim_body_hook,
	.judge = dkim_judge,
	.release = dkim_release,
	.authres = dkim_authres,
	.json = dkim_json,
	.explain = dkim_explain,
};
