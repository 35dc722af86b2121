/*
 * The second opinion of libopendmarc. The only file that knows this library;
 * it never lets it near DNS, and gives it no record that it is known to
 * misread for its length alone.
 */
#include "config.h"

#include "policy/compare/compare_dmarc.h"

#include <stdio.h>

#ifndef HAVE_OPENDMARC

void
compare_dmarc(const struct dmarc_query *q, struct dns_batch *dns,
    struct dmarc_second *out)
{
	(void)q;
	(void)dns;
	*out = (struct dmarc_second){ .why = "libopendmarc is not built in" };
}

void
compare_dmarc_library(char *out, size_t size)
{
	(void)snprintf(out, size, "%s", "");
}

#else

#include <string.h>
#include <sys/types.h>

#include <opendmarc/dmarc.h>

#include "policy/base/suffix.h"
#include "rules/text/domain.h"

#define COMPARE_RECORD_MAX 4096

/* What DNS has for a domain, as RFC 7489, 6.6.3, reads it. */
struct compare_found {
	const struct dns_answer *answer; /* NULL: ours did not ask */
	struct span record;              /* "" when there is not just one */
};

struct compare_search {
	struct span name;
	const struct dns_answer *found;
};

static void
compare_seen(void *ctx, struct span name, const struct dns_answer *answer)
{
	struct compare_search *s = ctx;

	if (answer->type == DNS_TXT && span_case_eq(name, s->name))
		s->found = answer;
}

static struct compare_found
compare_find(struct dns_batch *dns, struct span domain)
{
	struct compare_found found = { NULL, SPAN("") };
	char name[DOMAIN_OCTETS_MAX + 16];
	struct compare_search search;
	size_t records = 0;

	(void)snprintf(name, sizeof(name), "_dmarc.%.*s", SPAN_FMT(domain));
	search = (struct compare_search){ span_of(name), NULL };
	dns_each(dns, compare_seen, &search);
	found.answer = search.found;
	if (search.found == NULL || search.found->status != DNS_DATA)
		return found;
	for (size_t i = 0; i < search.found->count; i++)
		if (span_case_starts(search.found->text[i], SPAN("v=DMARC1")) &&
		    records++ == 0)
			found.record = search.found->text[i];
	if (records > 1)
		found.record = SPAN("");
	return found;
}

static bool
compare_aligned(const struct dmarc_query *q, const struct dmarc_identifier *id,
    int strictness)
{
	if (id->given != DMARC_GIVEN_PASS || id->domain.n == 0)
		return false;
	return strictness == DMARC_RECORD_A_STRICT
		   ? span_eq(id->domain, q->from)
		   : suffix_same(id->domain, q->from);
}

/* One opinion: from is the author's domain, org NULL when the record is its. */
struct compare {
	const struct dmarc_query *query;
	DMARC_POLICY_T *context;
	char from[DOMAIN_OCTETS_MAX + 1], org[DOMAIN_OCTETS_MAX + 1];
	char record[COMPARE_RECORD_MAX + 1];
};

static u_char *
compare_text(char *out, struct span s)
{
	memcpy(out, s.p, s.n);
	out[s.n] = '\0';
	return (u_char *)out;
}

/*
 * What is aligned is handed over as the author's domain itself, which the
 * library's alignment leaves alone.
 */
static void
compare_store(struct compare *c)
{
	const struct dmarc_query *q = c->query;
	u_char *from = (u_char *)c->from;
	int adkim = DMARC_RECORD_A_RELAXED, aspf = DMARC_RECORD_A_RELAXED;
	bool aligned = false;

	(void)opendmarc_policy_fetch_adkim(c->context, &adkim);
	(void)opendmarc_policy_fetch_aspf(c->context, &aspf);
	if (compare_aligned(q, &q->spf, aspf))
		(void)opendmarc_policy_store_spf(c->context, from,
		    DMARC_POLICY_SPF_OUTCOME_PASS,
		    DMARC_POLICY_SPF_ORIGIN_MAILFROM, NULL);
	for (size_t i = 0; i < q->dkim_count && !aligned; i++)
		aligned = compare_aligned(q, &q->dkim[i], adkim);
	if (aligned)
		(void)opendmarc_policy_store_dkim(c->context, from, NULL,
		    DMARC_POLICY_DKIM_OUTCOME_PASS, NULL);
}

static void
compare_enforce(const struct compare *c, struct dmarc_second *out)
{
	static const struct {
		int code;
		enum dmarc_result result;
		enum dmarc_policy policy;
	} row[] = {
		{ DMARC_POLICY_PASS, DMARC_PASS, DMARC_P_ABSENT },
		{ DMARC_POLICY_NONE, DMARC_FAIL, DMARC_P_NONE },
		{ DMARC_POLICY_QUARANTINE, DMARC_FAIL, DMARC_P_QUARANTINE },
		{ DMARC_POLICY_REJECT, DMARC_FAIL, DMARC_P_REJECT },
		{ DMARC_POLICY_ABSENT, DMARC_NONE, DMARC_P_ABSENT },
	};
	int code = opendmarc_get_policy_to_enforce(c->context);

	for (size_t i = 0; i < ARRAY_COUNT(row); i++)
		if (row[i].code == code) {
			out->result = row[i].result;
			out->policy = row[i].policy;
			return;
		}
	out->why = "not compared: no result";
}

static void
compare_judge(struct compare *c, struct span record, struct span org,
    struct dmarc_second *out)
{
	u_char *from = compare_text(c->from, c->query->from);
	u_char *text = compare_text(c->record, record);
	u_char *above = org.n == 0 ? NULL : compare_text(c->org, org);
	u_char client[] = "192.0.2.1"; /* of no account */

	c->context =
	    opendmarc_policy_connect_init(client, DMARC_POLICY_IP_TYPE_IPV4);
	if (c->context == NULL) {
		out->why = "not compared: no memory";
		return;
	}
	(void)opendmarc_policy_store_from_domain(c->context, from);
	if (opendmarc_policy_store_dmarc(c->context, text, from, above) !=
	    DMARC_PARSE_OKAY) {
		out->result = DMARC_PERMERROR;
	} else {
		compare_store(c);
		compare_enforce(c, out);
	}
	(void)opendmarc_policy_connect_shutdown(c->context);
}

void
compare_dmarc(const struct dmarc_query *q, struct dns_batch *dns,
    struct dmarc_second *out)
{
	struct compare c = { .query = q };
	struct span org = SPAN("");
	struct compare_found found;

	*out = (struct dmarc_second){ .why = "not compared: no author domain" };
	if (q->from.n == 0 || q->from.n > DOMAIN_OCTETS_MAX)
		return;
	found = compare_find(dns, q->from);
	if (found.answer != NULL && found.record.n == 0 &&
	    found.answer->status != DNS_TEMP) {
		org = suffix_registrable(q->from);
		if (org.n == q->from.n)
			org = SPAN("");
		if (org.n > 0)
			found = compare_find(dns, org);
	}
	out->why = NULL;
	if (found.answer == NULL || found.answer->status == DNS_PENDING)
		out->why = "not compared: it needs an answer that ours did not";
	else if (found.answer->status == DNS_TEMP)
		out->result = DMARC_TEMPERROR;
	else if (found.record.n == 0)
		out->result = DMARC_NONE;
	else if (found.record.n > COMPARE_RECORD_MAX ||
		 span_find(found.record, '\0') != SIZE_MAX)
		out->why = "not compared: no record for this library";
	else
		compare_judge(&c, found.record, org, out);
}

void
compare_dmarc_library(char *out, size_t size)
{
	(void)snprintf(out, size, "libopendmarc");
}

#endif
