/*
 * What the world sees of a domain of ours: how mail comes to it, and who may
 * send in its name.
 */
#include "config.h"

#include <string.h>

#include "policy/base/clock.h"
#include "policy/dkim/dkim_record.h"
#include "policy/dmarc/dmarc_record.h"
#include "policy/lists/dnslist.h"
#include "policy/lists/list_lookup.h"
#include "policy/spf/spf.h"
#include "policy/spf/spf_record.h"
#include "tool/doctor/doctor.h"

#define HOSTS_MAX     20
#define ADDRESSES_MAX 8 /* of one host */
#define RSA_BITS_MIN  1024

struct examined {
	struct doctor *d;
	struct dns_batch *dns;
	struct span domain;
	const struct dns_answer *mx;
};

static const struct dns_answer *
ask(struct examined *e, struct span name, enum dns_type type)
{
	return doctor_ask(e->d, e->dns, name, type);
}

static bool
known(struct examined *e, const struct dns_answer *a, const char *what,
    struct span name)
{
	return doctor_known(e->d, a, what, name);
}

/* ---- hosts that take or send its mail ------------------------------------ */

static bool
forward_has(struct examined *e, struct span host, struct ip ip)
{
	const struct dns_answer *a =
	    ask(e, host, ip.family == 4 ? DNS_A : DNS_AAAA);

	for (size_t i = 0; a->status == DNS_DATA && i < a->count; i++)
		if (ip_eq(a->ip[i], ip))
			return true;
	return false;
}

/* The name that the address has, and whether that name has the address. */
static void
doctor_reverse(struct examined *e, struct ip ip)
{
	char name[256], text[IP_TEXT_MAX];
	const struct dns_answer *a;

	(void)ip_format(ip, text);
	if (ip_reverse(ip, NULL, name, sizeof(name)) == 0)
		return;
	a = ask(e, span_of(arena_strdup(e->d->arena, span_of(name))), DNS_PTR);
	if (!known(e, a, "the name", span_of(text)))
		return;
	for (size_t i = 0; a->status == DNS_DATA && i < a->count; i++)
		if (forward_has(e, a->text[i], ip)) {
			doctor_found(e->d, FINDING_OK, "ptr", NULL,
			    "%s is called %.*s, and that name has this address",
			    text, SPAN_FMT(a->text[i]));
			return;
		}
	if (a->status == DNS_DATA)
		doctor_found(e->d, FINDING_WARN, "ptr",
		    "give that name this address, or have whoever owns the "
		    "network change the PTR record",
		    "%s is called %.*s, which has not this address", text,
		    SPAN_FMT(a->text[0]));
	else
		doctor_found(e->d, FINDING_WARN, "ptr",
		    "have whoever owns the network set a PTR record: many "
		    "refuse mail from addresses without a name",
		    "%s has no name", text);
}

static void
doctor_listed(struct examined *e, struct ip ip, const struct dnslist *l)
{
	struct value value = value_ip(ip);
	struct span subject = dnslist_subject(l, &value, e->d->arena);
	struct dnslist_result result;
	char text[IP_TEXT_MAX];

	if (subject.n == 0)
		return;
	dnslist_judge(l,
	    ask(e, dnslist_question(l, subject, e->d->arena), DNS_A),
	    e->d->arena, &result);
	if (result.truth == TRUTH_YES)
		doctor_found(e->d,
		    l->kind == DNSLIST_WHITE ? FINDING_OK : FINDING_FAIL,
		    "lists",
		    l->kind == DNSLIST_WHITE
			? NULL
			: "find out why, mend it, and ask the list to take "
			  "it off",
		    "%s stands in %.*s: %.*s", ip_format(ip, text),
		    SPAN_FMT(l->zone), SPAN_FMT(result.detail));
	else if (result.truth == TRUTH_UNKNOWN)
		doctor_found(e->d, FINDING_WARN, "lists",
		    result.error != NULL ? result.error->meaning : NULL,
		    "%.*s does not say whether it has %s", SPAN_FMT(l->zone),
		    ip_format(ip, text));
}

static void
doctor_lists_of(struct examined *e, struct ip ip)
{
	const struct dnslists *lists = dnslists_of(e->d->snapshot);

	for (size_t i = 0; i < lists->count; i++)
		if (lists->list[i] != NULL &&
		    (lists->list[i]->kind == DNSLIST_BLOCK ||
			lists->list[i]->kind == DNSLIST_WHITE))
			doctor_listed(e, ip, lists->list[i]);
}

static void
doctor_host(struct examined *e, struct span host)
{
	static const enum dns_type types[] = { DNS_A, DNS_AAAA };
	size_t count = 0;

	for (size_t t = 0; t < ARRAY_COUNT(types); t++) {
		const struct dns_answer *a = ask(e, host, types[t]);

		if (!known(e, a, "the address", host))
			return;
		for (size_t i = 0;
		     a->status == DNS_DATA && i < a->count && i < ADDRESSES_MAX;
		     i++, count++) {
			doctor_reverse(e, a->ip[i]);
			doctor_lists_of(e, a->ip[i]);
		}
		if (a->alias)
			doctor_found(e->d, FINDING_WARN, "mx",
			    "let the MX record name what the CNAME leads to "
			    "(RFC 5321 5.1)",
			    "%.*s is an alias", SPAN_FMT(host));
	}
	if (count == 0)
		doctor_found(e->d, FINDING_FAIL, "mx",
		    "correct the MX record, or give that name an address",
		    "%.*s has no address", SPAN_FMT(host));
}

/* False: there is no such domain, or it can't be asked. */
static bool
doctor_mx(struct examined *e)
{
	const struct dns_answer *a = ask(e, e->domain, DNS_MX);

	if (!known(e, a, "the MX records", e->domain))
		return false;
	if (a->status == DNS_NXDOMAIN && !a->alias) {
		doctor_found(e->d, FINDING_FAIL, "dns",
		    "is it written correctly, and registered?",
		    "there is no domain %.*s", SPAN_FMT(e->domain));
		return false;
	}
	e->mx = a;
	if (a->status != DNS_DATA) {
		doctor_found(e->d, FINDING_WARN, "mx",
		    arena_printf(e->d->arena, "%.*s. MX 10 mail.%.*s.",
			SPAN_FMT(e->domain), SPAN_FMT(e->domain)),
		    "%.*s has no MX record", SPAN_FMT(e->domain));
		doctor_host(e, e->domain);
		return true;
	}
	if (a->count == 1 && a->mx[0].host.n == 0) {
		doctor_found(e->d, FINDING_OK, "mx", NULL,
		    "%.*s takes no mail (null MX)", SPAN_FMT(e->domain));
		return true;
	}
	doctor_found(e->d, FINDING_OK, "mx", NULL, "%.*s has %zu MX record%s",
	    SPAN_FMT(e->domain), a->count, a->count == 1 ? "" : "s");
	for (size_t i = 0; i < a->count && i < HOSTS_MAX; i++)
		doctor_host(e, a->mx[i].host);
	return true;
}

/* ---- SPF ----------------------------------------------------------------- */

/* The evaluation for an address that nothing names counts all lookups. */
static const struct spf_outcome *
spf_outcome_of(struct examined *e)
{
	struct spf_query q = { .helo = e->domain,
		.domain = e->domain,
		.time_s = clock_system.unix_s(clock_system.ctx),
		.void_limit = SPF_VOID_LIMIT };
	struct spf *spf;
	int64_t until_ms = clock_system.monotonic_ms(clock_system.ctx) + 10000;

	(void)ip_parse(SPAN("203.0.113.254"), &q.client);
	spf = spf_new(e->d->arena, e->dns, &q);
	while (!spf_run(spf))
		if (!dns_join(e->dns, until_ms))
			dns_give_up(e->dns, "timeout");
	return spf_outcome(spf);
}

static void
doctor_spf(struct examined *e)
{
	const struct dns_answer *a = ask(e, e->domain, DNS_TXT);
	const struct spf_outcome *o;
	size_t count = 0;

	if (!known(e, a, "the SPF record", e->domain))
		return;
	for (size_t i = 0; a->status == DNS_DATA && i < a->count; i++)
		count += spf_record_is(a->text[i]);
	if (count == 0) {
		doctor_found(e->d, FINDING_FAIL, "spf",
		    arena_printf(e->d->arena, "%.*s. TXT \"v=spf1 mx -all\"",
			SPAN_FMT(e->domain)),
		    "%.*s has no SPF record: anybody may send in its name",
		    SPAN_FMT(e->domain));
		return;
	}
	o = spf_outcome_of(e);
	if (o->result == SPF_PERMERROR || o->result == SPF_TEMPERROR)
		doctor_found(e->d, FINDING_FAIL, "spf",
		    count > 1 ? "leave one record that begins with v=spf1"
			      : "correct the record; \"verdict check\" shows "
				"how it is read",
		    "the SPF record is worth nothing: %s",
		    o->problem == NULL ? spf_result_words[o->result]
				       : o->problem);
	else if (o->result == SPF_PASS)
		doctor_found(e->d, FINDING_FAIL, "spf",
		    "end it with -all or ~all",
		    "the SPF record lets everybody pass");
	else if (o->result == SPF_NEUTRAL)
		doctor_found(e->d, FINDING_WARN, "spf",
		    "end it with -all or ~all",
		    "the SPF record says nothing about strangers");
	else
		doctor_found(e->d,
		    o->lookups > SPF_LOOKUPS_MAX - 2 ? FINDING_WARN
						     : FINDING_OK,
		    "spf",
		    o->lookups > SPF_LOOKUPS_MAX - 2
			? "replace includes by ip4: and ip6: where you can"
			: NULL,
		    "SPF is %s for servers that the record does not name; it "
		    "takes %u of %d lookups",
		    spf_result_words[o->result], o->lookups, SPF_LOOKUPS_MAX);
}

/* ---- DKIM and DMARC ------------------------------------------------------ */

static void
doctor_selector(struct examined *e, struct span selector)
{
	struct arena *arena = e->d->arena;
	struct span name = span_of(arena_printf(arena, "%.*s._domainkey.%.*s",
	    SPAN_FMT(selector), SPAN_FMT(e->domain)));
	const struct dns_answer *a = ask(e, name, DNS_TXT);
	struct dkim_record record;
	struct span text;
	const char *why = "there is none";

	if (!known(e, a, "the key", name))
		return;
	if (a->status != DNS_DATA ||
	    !dkim_record_choose(a->text, a->count, &text, &why) ||
	    !dkim_record_parse(arena, text, &record, &why))
		doctor_found(e->d, FINDING_FAIL, "dkim",
		    "publish the key that opendkim-genkey has written",
		    "no signature can be verified with %.*s: %s",
		    SPAN_FMT(name), why);
	else if (record.type == DKIM_KEY_RSA && record.bits < RSA_BITS_MIN)
		doctor_found(e->d, FINDING_FAIL, "dkim",
		    "make a key of 2048 bits",
		    "%.*s has only %u bits (RFC 8301)", SPAN_FMT(name),
		    record.bits);
	else
		doctor_found(e->d,
		    record.testing || record.bits == RSA_BITS_MIN ? FINDING_WARN
								  : FINDING_OK,
		    "dkim",
		    record.testing                ? "remove t=y"
		    : record.bits == RSA_BITS_MIN ? "make a key of 2048 bits"
						  : NULL,
		    "%.*s is a key of %s with %u bits%s", SPAN_FMT(name),
		    record.type == DKIM_KEY_RSA ? "RSA" : "Ed25519",
		    record.bits, record.testing ? ", in testing" : "");
}

static void
doctor_policy(struct examined *e, const struct dmarc_record *r)
{
	if (r->state != DMARC_RECORD_GOOD)
		doctor_found(e->d, FINDING_FAIL, "dmarc", "correct it",
		    "the DMARC record is not usable: %s",
		    r->problem == NULL ? "it has no policy" : r->problem);
	else if (r->p == DMARC_P_NONE || r->testing)
		doctor_found(e->d, FINDING_WARN, "dmarc",
		    "go to p=quarantine and p=reject once reports are clean",
		    "the DMARC policy asks nobody to refuse forgeries%s",
		    r->testing ? " (t=y)" : "");
	else
		doctor_found(e->d, FINDING_OK, "dmarc", NULL,
		    "the DMARC policy is %s", dmarc_policy_names[r->p]);
	if (r->problem != NULL && r->state == DMARC_RECORD_GOOD)
		doctor_found(e->d, FINDING_WARN, "dmarc", "correct it",
		    "in the DMARC record: %s", r->problem);
	if (r->rua_count == 0)
		doctor_found(e->d, FINDING_WARN, "dmarc", "add rua=mailto:...",
		    "nobody is sent reports on mail in its name");
}

static void
doctor_dmarc(struct examined *e)
{
	struct span name = span_of(
	    arena_printf(e->d->arena, "_dmarc.%.*s", SPAN_FMT(e->domain)));
	const struct dns_answer *a = ask(e, name, DNS_TXT);
	struct span text = SPAN("");
	struct dmarc_record record;
	size_t count = 0;

	if (!known(e, a, "the DMARC record", name))
		return;
	for (size_t i = 0; a->status == DNS_DATA && i < a->count; i++)
		if (dmarc_record_is(a->text[i])) {
			text = a->text[i];
			count++;
		}
	if (count == 1) {
		dmarc_record_parse(text, &record);
		doctor_policy(e, &record);
		return;
	}
	doctor_found(e->d, count == 0 ? FINDING_WARN : FINDING_FAIL, "dmarc",
	    count == 0 ? arena_printf(e->d->arena,
			     "%.*s. TXT \"v=DMARC1; p=none; "
			     "rua=mailto:postmaster@%.*s\"",
			     SPAN_FMT(name), SPAN_FMT(e->domain))
		       : "leave one of them",
	    count == 0 ? "there is no DMARC record at %.*s"
		       : "there are several DMARC records at %.*s, so none "
			 "counts",
	    SPAN_FMT(name));
}

void
doctor_domain(struct doctor *d, struct span domain)
{
	struct examined e = { .d = d, .domain = domain };

	if (d->resolver == NULL)
		return;
	if (domain.n > 0 && domain.p[domain.n - 1] == '.')
		e.domain = span_slice(domain, 0, domain.n - 1);
	e.domain = arena_lower(d->arena, e.domain);
	e.dns = dns_batch_new(d->resolver, d->arena);
	if (doctor_mx(&e)) {
		doctor_spf(&e);
		for (size_t i = 0; i < d->selectors.count; i++)
			doctor_selector(&e, d->selectors.item[i]);
		doctor_dmarc(&e);
		doctor_tls(d, e.dns, e.domain, e.mx);
	}
	dns_batch_free(&e.dns);
}
