/*
 * SPF, keys and DMARC of one message that the journal has kept, asked again.
 */
#include "config.h"

#include "policy/weather/weather_mail.h"

#include "policy/base/clock.h"
#include "policy/dkim/dkim_record.h"
#include "policy/dmarc/dmarc.h"
#include "policy/spf/spf.h"

/* Questions about one domain: SPF may ask anew for each client. */
#define QUESTIONS_MAX 1000
#define DKIM_MAX      10

/* ---- DNS ------------------------------------------------------------------------ */

void
weather_dns_begin(
    struct weather_dns *d, const struct weather_options *o, struct arena *a)
{
	*d = (struct weather_dns){ .batch = dns_batch_new(o->resolver, a),
		.arena = a,
		.wait_ms = o->wait_ms,
		.now_s = o->now_s };
	dns_batch_bound(d->batch, QUESTIONS_MAX);
}

void
weather_dns_end(struct weather_dns *d)
{
	dns_batch_free(&d->batch);
}

static uint64_t
answer_hash(const struct dns_answer *a, size_t i, uint64_t seed)
{
	char ip[IP_TEXT_MAX];

	switch (a->type) {
	case DNS_A:
	case DNS_AAAA:
		return span_hash(span_of(ip_format(a->ip[i], ip)), seed);
	case DNS_MX:
		return span_hash(a->mx[i].host, seed);
	default:
		return span_hash(a->text[i], seed);
	}
}

/* What could not be found out changes nothing. */
static void
answer_add(void *ctx, struct span name, const struct dns_answer *a)
{
	uint64_t *sum = ctx, seed = span_hash(name, (uint64_t)a->type);

	if (a->status == DNS_TEMP || a->status == DNS_PENDING)
		return;
	if (a->status != DNS_DATA)
		*sum += seed;
	for (size_t i = 0; a->status == DNS_DATA && i < a->count; i++)
		*sum += answer_hash(a, i, seed);
}

uint64_t
weather_dns_hash(const struct weather_dns *d)
{
	uint64_t sum = 0;

	dns_each(d->batch, answer_add, &sum);
	return sum >> 16;
}

static bool
weather_wait(struct weather_dns *d, int64_t until_ms)
{
	return dns_join(d->batch, until_ms);
}

static int64_t
weather_until(const struct weather_dns *d)
{
	return clock_system.monotonic_ms(clock_system.ctx) + d->wait_ms;
}

/* ---- what the record says -------------------------------------------------------- */

/* What comes of one message, while it is worked out. */
struct weather_case {
	struct weather_dns *dns;
	struct arena *arena;
	struct jsonr record, facts;
	struct span author;
	struct dmarc_query query;
	struct dmarc_identifier dkim[DKIM_MAX];
	bool unknown;
	const char *why; /* what is no longer as it was */
};

static void
case_why(struct weather_case *c, const char *why)
{
	c->why = c->why == NULL
		     ? why
		     : arena_printf(c->arena, "%s, and %s", c->why, why);
}

/* ---- SPF ---------------------------------------------------------------------------- */

/* The identity of MAIL FROM; for the null one postmaster at the HELO name. */
static bool
case_spf_query(struct weather_case *c, struct spf_query *q)
{
	struct span ip = jsonr_get_text(c->record, "hop");
	struct span sender = jsonr_get_text(c->record, "mailfrom");
	size_t at = span_find_last(sender, '@');

	*q = (struct spf_query){ .helo = jsonr_get_text(c->record, "helo"),
		.time_s = c->dns->now_s,
		.void_limit = SPF_VOID_LIMIT };
	if (ip.n == 0)
		ip = jsonr_get_text(c->record, "ip");
	q->domain =
	    at == SIZE_MAX ? q->helo : span_slice(sender, at + 1, sender.n);
	q->local = at == SIZE_MAX ? SPAN("") : span_slice(sender, 0, at);
	q->domain = arena_lower(c->arena, q->domain);
	return ip_parse(ip, &q->client) && q->domain.n > 0;
}

static void
case_spf(struct weather_case *c)
{
	bool passed = span_is(jsonr_get_text(c->facts, "spf"), "pass");
	int64_t until_ms = weather_until(c->dns);
	const struct spf_outcome *o;
	struct spf_query q;
	struct spf *s;

	if (!case_spf_query(c, &q))
		return;
	s = spf_new(c->arena, c->dns->batch, &q);
	while (!spf_run(s))
		if (!weather_wait(c->dns, until_ms)) {
			c->unknown = true;
			return;
		}
	o = spf_outcome(s);
	c->query.spf.domain = q.domain;
	c->query.spf.given = o->result == SPF_PASS        ? DMARC_GIVEN_PASS
			     : o->result == SPF_TEMPERROR ? DMARC_GIVEN_TEMP
							  : DMARC_GIVEN_NO;
	c->unknown = c->unknown || o->result == SPF_TEMPERROR;
	if (passed && o->result != SPF_PASS && o->result != SPF_TEMPERROR)
		case_why(
		    c, arena_printf(c->arena, "SPF of %.*s says %s for %.*s",
			   SPAN_FMT(q.domain), spf_result_words[o->result],
			   SPAN_FMT(jsonr_get_text(c->record, "ip"))));
}

/* ---- DKIM ---------------------------------------------------------------------------- */

/* The key record of then, where the journal has it. */
static struct span
case_key_then(struct weather_case *c, const char *name)
{
	struct jsonr texts =
	    jsonr_get(jsonr_get(jsonr_get(c->record, "dns"), name), "TXT");
	struct span text = SPAN("");

	(void)jsonr_octets(jsonr_at(texts, 0), c->arena, &text);
	return text;
}

static bool
keys_equal(const struct dkim_record *a, const struct dkim_record *b)
{
	return a->type == b->type && span_eq(a->modulus, b->modulus) &&
	       span_eq(a->exponent, b->exponent) &&
	       span_eq(a->public, b->public);
}

/* Whether the key in these records is the one of then; NULL: it is. */
static const char *
case_key_differs(
    struct weather_case *c, const struct dns_answer *a, const char *name)
{
	struct dkim_record now, before;
	struct span text, then = case_key_then(c, name);
	const char *why;

	if (a->status != DNS_DATA)
		return "is gone";
	if (!dkim_record_choose(a->text, a->count, &text, &why) ||
	    !dkim_record_parse(c->arena, text, &now, &why))
		return "is no good key any more";
	if (then.n > 0 && dkim_record_parse(c->arena, then, &before, &why) &&
	    !keys_equal(&now, &before))
		return "is another one";
	return NULL;
}

static void
case_signature(struct weather_case *c, struct jsonr one)
{
	struct span domain = jsonr_get_text(one, "domain");
	struct span selector = jsonr_get_text(one, "selector");
	int64_t until_ms = weather_until(c->dns);
	struct dmarc_identifier *id = &c->dkim[c->query.dkim_count];
	const struct dns_answer *a;
	const char *name, *differs;

	if (!span_is(jsonr_get_text(one, "result"), "pass") || domain.n == 0 ||
	    selector.n == 0 || c->query.dkim_count == DKIM_MAX)
		return;
	name = arena_printf(c->arena, "%.*s._domainkey.%.*s",
	    SPAN_FMT(selector), SPAN_FMT(domain));
	do
		a = dns_ask(c->dns->batch, span_of(name), DNS_TXT);
	while (a->status == DNS_PENDING && weather_wait(c->dns, until_ms));
	*id = (struct dmarc_identifier){ DMARC_GIVEN_PASS, domain };
	c->query.dkim_count++;
	if (a->status == DNS_PENDING || a->status == DNS_TEMP) {
		id->given = DMARC_GIVEN_TEMP;
		c->unknown = true;
		return;
	}
	differs = case_key_differs(c, a, name);
	if (differs == NULL)
		return;
	id->given = DMARC_GIVEN_NO;
	case_why(c, arena_printf(c->arena, "the key %s %s", name, differs));
}

static void
case_dkim(struct weather_case *c)
{
	struct jsonr dkim = jsonr_get(c->facts, "dkim");

	for (size_t i = 0; i < jsonr_count(dkim); i++)
		case_signature(c, jsonr_at(dkim, i));
	c->query.dkim = c->dkim;
}

/* ---- DMARC ----------------------------------------------------------------------------- */

static void
case_dmarc(struct weather_case *c, struct weather_mail *out)
{
	struct dmarc *d = dmarc_new(c->arena, c->dns->batch);
	int64_t until_ms = weather_until(c->dns);
	const struct dmarc_outcome *o;

	c->query.from = c->author;
	while (!dmarc_run(d, &c->query))
		if (!weather_wait(c->dns, until_ms)) {
			out->unknown = true;
			return;
		}
	o = dmarc_outcome(d);
	out->unknown = o->result == DMARC_TEMPERROR ||
		       (c->unknown && o->result != DMARC_PASS);
	out->fails = !out->unknown && o->result == DMARC_FAIL;
	if (!out->fails)
		return;
	out->policy = o->applied == DMARC_P_ABSENT
			  ? "none"
			  : dmarc_policy_names[o->applied];
	out->why = c->why != NULL ? c->why
		   : span_is(jsonr_get_text(c->facts, "dmarc"), "none")
		       ? "it has published DMARC, which this mail does not pass"
		       : "its DMARC record takes what passes for no proof any "
			 "more";
}

static bool
record_yes(struct jsonr object, const char *key)
{
	bool yes = false;

	return jsonr_bool(jsonr_get(object, key), &yes) && yes;
}

void
weather_judge(struct weather_dns *d, struct jsonr record, struct span author,
    struct arena *a, struct weather_mail *out)
{
	struct weather_case c = { .dns = d,
		.arena = a,
		.record = record,
		.facts = jsonr_get(record, "facts"),
		.author = author };
	struct span then = jsonr_get_text(c.facts, "dmarc");

	*out = (struct weather_mail){ .counts = span_is(then, "pass") ||
						span_is(then, "none") };
	if (!out->counts)
		return;
	out->vouched = span_is(then, "pass") ||
		       record_yes(c.facts, "dmarc.spf_aligned") ||
		       record_yes(c.facts, "dmarc.dkim_aligned");
	case_spf(&c);
	case_dkim(&c);
	case_dmarc(&c, out);
}
