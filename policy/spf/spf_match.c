/*
 * How one SPF mechanism that needs DNS matches (RFC 7208, 5), what counts as
 * a void lookup (4.6.4), and where the values of macros come from (7).
 */
#include "config.h"

#include "policy/spf/spf_eval.h"

#include <string.h>

#define ADDRESS_NAMES_MAX 10 /* MX and PTR names that are looked at (4.6.4) */

const char *const spf_match_words[SPF_PERM + 1] = {
	[SPF_NO] = "no match",
	[SPF_YES] = "match",
	[SPF_TEMP] = "temporary failure",
	[SPF_PERM] = "permanent error",
};

void
spf_temporary(struct spf *s, struct span name, const struct dns_answer *answer)
{
	spf_problem(s, "%s on asking for %.*s",
	    answer->problem == NULL ? "temporary failure" : answer->problem,
	    SPF_SHOWN(name));
}

const struct dns_answer *
spf_ask(struct spf *s, struct span name, enum dns_type type)
{
	const struct dns_answer *answer = dns_ask(s->dns, name, type);

	if (answer->status != DNS_PENDING)
		return answer;
	s->waiting = true;
	return NULL;
}

/*
 * The answer to a term's own question: SPF_YES when there is data. Void
 * lookups are counted by term, as the RFC words it: the hosts behind an MX or
 * PTR answer are not counted again, or an IPv6 client would turn every domain
 * whose mail servers have IPv4 only into a permanent error.
 */
static enum spf_match
term_ask(struct spf *s, struct span name, enum dns_type type,
    const struct dns_answer **out)
{
	const struct dns_answer *answer = spf_ask(s, name, type);

	*out = answer;
	if (answer == NULL)
		return SPF_NO;
	if (answer->status == DNS_TEMP)
		return SPF_TEMP;
	if (answer->status == DNS_DATA)
		return SPF_YES;
	if (++s->void_lookups <= s->query.void_limit)
		return SPF_NO;
	spf_problem(s, "more than %u lookups that found nothing, at %.*s",
	    s->query.void_limit, SPF_SHOWN(name));
	return SPF_PERM;
}

static enum dns_type
address_type(const struct spf *s)
{
	return s->query.client.family == 6 ? DNS_AAAA : DNS_A;
}

/* Whether one of the addresses and the client share the term's network. */
static bool
addresses_hold(const struct spf *s, const struct spf_term *t,
    const struct dns_answer *answer)
{
	uint8_t bits = s->query.client.family == 6 ? t->bits6 : t->bits4;
	struct ip client = ip_mask(s->query.client, bits);

	for (size_t i = 0; i < answer->count; i++)
		if (ip_eq(ip_mask(answer->ip[i], bits), client))
			return true;
	return false;
}

static enum spf_match
match_a(struct spf *s, const struct spf_term *t, struct span target)
{
	const struct dns_answer *answer;
	enum spf_match match = term_ask(s, target, address_type(s), &answer);

	if (match == SPF_TEMP)
		spf_temporary(s, target, answer);
	if (match != SPF_YES)
		return match;
	return addresses_hold(s, t, answer) ? SPF_YES : SPF_NO;
}

static enum spf_match
match_mx(struct spf *s, const struct spf_term *t, struct span target)
{
	const struct dns_answer *hosts, *answer;
	enum spf_match match = term_ask(s, target, DNS_MX, &hosts);

	if (match == SPF_TEMP)
		spf_temporary(s, target, hosts);
	if (match != SPF_YES)
		return match;
	if (hosts->count > ADDRESS_NAMES_MAX) {
		spf_problem(s, "%.*s has %zu MX hosts, more than %d",
		    SPF_SHOWN(target), hosts->count, ADDRESS_NAMES_MAX);
		return SPF_PERM;
	}
	/* All of them at once, then one after the other. */
	for (size_t i = 0; i < hosts->count; i++)
		(void)dns_ask(s->dns, hosts->mx[i].host, address_type(s));
	for (size_t i = 0; i < hosts->count; i++) {
		answer = spf_ask(s, hosts->mx[i].host, address_type(s));
		if (answer == NULL)
			continue;
		if (answer->status == DNS_TEMP) {
			spf_temporary(s, hosts->mx[i].host, answer);
			return SPF_TEMP;
		}
		if (answer->status == DNS_DATA && addresses_hold(s, t, answer))
			return SPF_YES;
	}
	return SPF_NO;
}

static bool
name_within(struct span name, struct span domain)
{
	if (domain.n > 0 && domain.p[domain.n - 1] == '.')
		domain.n--;
	return span_case_ends(name, domain) &&
	       (name.n == domain.n || name.p[name.n - domain.n - 1] == '.');
}

/*
 * Whether the client has this name in both directions (5.5). An error is as
 * good as no; a missing answer is shown by pending.
 */
static bool
name_validates(struct spf *s, struct span name, bool *pending)
{
	const struct dns_answer *answer =
	    dns_ask(s->dns, name, address_type(s));

	if (answer->status == DNS_PENDING)
		*pending = true;
	if (answer->status != DNS_DATA)
		return false;
	for (size_t i = 0; i < answer->count; i++)
		if (ip_eq(answer->ip[i], s->query.client))
			return true;
	return false;
}

static size_t
names_seen(const struct dns_answer *names)
{
	return names->count > ADDRESS_NAMES_MAX ? ADDRESS_NAMES_MAX
						: names->count;
}

static struct span
reverse_name(const struct spf *s, char room[SPF_NAME_MAX])
{
	return span_make(
	    room, ip_reverse(s->query.client, NULL, room, SPF_NAME_MAX));
}

/* Only names within the target can match, so only these are looked up. */
static enum spf_match
match_ptr(struct spf *s, const struct spf_term *t, struct span target)
{
	const struct dns_answer *names;
	char room[SPF_NAME_MAX];
	enum spf_match match =
	    term_ask(s, reverse_name(s, room), DNS_PTR, &names);
	bool pending = false, found = false;

	(void)t;
	if (match != SPF_YES)
		return match == SPF_TEMP ? SPF_NO : match;
	for (size_t i = 0; i < names_seen(names); i++)
		if (name_within(names->text[i], target) &&
		    name_validates(s, names->text[i], &pending))
			found = true;
	if (found)
		return SPF_YES;
	s->waiting = s->waiting || pending;
	return SPF_NO;
}

static enum spf_match
match_exists(struct spf *s, const struct spf_term *t, struct span target)
{
	const struct dns_answer *answer;
	enum spf_match match = term_ask(s, target, DNS_A, &answer);

	(void)t;
	if (match == SPF_TEMP)
		spf_temporary(s, target, answer);
	return match;
}

enum spf_match
spf_match_term(struct spf *s, const struct spf_term *t, struct span target)
{
	switch ((enum spf_mechanism)t->mechanism) {
	case SPF_A:
		return match_a(s, t, target);
	case SPF_MX:
		return match_mx(s, t, target);
	case SPF_PTR:
		return match_ptr(s, t, target);
	case SPF_EXISTS:
		return match_exists(s, t, target);
	case SPF_ALL:
	case SPF_INCLUDE:
	case SPF_IP4:
	case SPF_IP6:
		break;
	}
	return SPF_NO;
}

/* ---- macros --------------------------------------------------------------- */

/*
 * %{p} (7.3): the domain itself when it is validated, else a name below it,
 * else any validated name, else "unknown". Returns false while answers are
 * missing.
 */
static bool
validated_name(struct spf *s, struct span domain, struct span *out)
{
	const struct dns_answer *names;
	char room[SPF_NAME_MAX];
	bool pending = false;
	int best = 0;

	*out = SPAN("unknown");
	names = spf_ask(s, reverse_name(s, room), DNS_PTR);
	if (names == NULL)
		return false;
	if (names->status != DNS_DATA)
		return true;
	for (size_t i = 0; i < names_seen(names); i++) {
		struct span name = names->text[i];
		int rank = !name_within(name, domain) ? 1
			   : name.n == domain.n       ? 3
						      : 2;

		if (name_validates(s, name, &pending) && rank > best) {
			best = rank;
			*out = name;
		}
	}
	s->waiting = s->waiting || pending;
	return !pending;
}

bool
spf_values(struct spf *s, const struct spf_scope *scope, struct span text,
    struct spf_macro_values *v)
{
	*v = (struct spf_macro_values){
		.sender = s->sender,
		.local = s->query.local,
		.sender_domain = s->query.domain,
		.domain = scope->domain,
		.helo = s->query.helo,
		.receiver = s->query.receiver,
		.client = s->query.client,
		.time_s = s->query.time_s,
	};
	/* RFC 8616, 4: such a local part has no form in a domain name. */
	if (s->eai && spf_macro_uses(text, "sl"))
		return false;
	return !spf_macro_uses(text, "p") ||
	       validated_name(s, scope->domain, &v->validated);
}

enum spf_match
spf_expand(struct spf *s, const struct spf_scope *scope, struct span spec,
    struct spf_name *room, struct span *out)
{
	struct spf_macro_values values;

	*out = spec.n == 0 ? scope->domain : spec;
	if (spec.n == 0)
		return SPF_YES;
	if (span_find(spec, '%') == SIZE_MAX && spec.n <= SPF_NAME_MAX) {
		if (spec.p[spec.n - 1] == '.')
			out->n--;
		return SPF_YES;
	}
	*out = SPAN("");
	if (!spf_values(s, scope, spec, &values) ||
	    !spf_macro_name(spec, &values, room))
		return SPF_NO;
	*out = span_make(room->p, room->n);
	return SPF_YES;
}
