/*
 * Keys by which a sender is known again. Mailing lists, bounce-tagging and
 * forwarders write a new envelope sender for each mail; taken as it is, none
 * of them would ever be known.
 */
#include "config.h"

#include "policy/memory/sender_key.h"

#include <stdio.h>
#include <string.h>

#include "policy/base/suffix.h"
#include "policy/message/session.h"
#include "policy/spf/check_spf.h"
#include "policy/spf/spf.h"
#include "rules/mail/srs.h"

/* ---- the local part ------------------------------------------------------ */

/* prvs=TAG=local, btv1==TAG==local, msprvs1=TAG=...: BATV and its kin. */
static struct span
without_batv(struct span s)
{
	static const char *const mark[] = { "prvs=", "btv1==", "msprvs1=" };
	size_t last;

	for (size_t i = 0; i < ARRAY_COUNT(mark); i++) {
		if (!span_case_starts(s, span_of(mark[i])))
			continue;
		last = span_find_last(s, '=');
		return last + 1 < s.n ? span_slice(s, last + 1, s.n) : s;
	}
	return s;
}

static struct span
without_srs(struct span s)
{
	struct srs srs;

	return srs_read(s, &srs) ? srs.path : s;
}

/* local+tag; a tag alone, as in "+x", stays. */
static struct span
without_tag(struct span s)
{
	size_t plus = span_find(s, '+');

	return plus == SIZE_MAX || plus == 0 ? s : span_slice(s, 0, plus);
}

/*
 * Appends a piece between separators. Numbers and ids change: short pieces
 * keep their letters ("list2" is "list#"), long ones with a digit are ids.
 */
#define ID_OCTETS_MIN 8

static void
piece_add(char *out, size_t *n, struct span piece)
{
	bool digits = false;

	for (size_t i = 0; i < piece.n; i++)
		digits = digits || ascii_digit(piece.p[i]);
	if (digits && piece.n >= ID_OCTETS_MIN) {
		out[(*n)++] = '#';
		return;
	}
	for (size_t i = 0; i < piece.n; i++) {
		char c = piece.p[i];

		if (!ascii_digit(c))
			out[(*n)++] = ascii_lower(c);
		else if (*n == 0 || out[*n - 1] != '#')
			out[(*n)++] = '#';
	}
}

static bool
separates(char c)
{
	return c == '-' || c == '_' || c == '.' || c == '=';
}

struct span
sender_key_local(struct span local, struct arena *a)
{
	struct span s = without_tag(without_srs(without_batv(local)));
	char *out = arena_array(a, s.n + 1, 1);
	size_t n = 0, begin = 0;

	for (size_t i = 0; i <= s.n; i++) {
		if (i < s.n && !separates(s.p[i]))
			continue;
		piece_add(out, &n, span_slice(s, begin, i));
		if (i < s.n)
			out[n++] = s.p[i];
		begin = i + 1;
	}
	return span_make(out, n);
}

/* ---- the client ---------------------------------------------------------- */

const char *
sender_key_network(struct ip ip, char out[NETWORK_TEXT_MAX])
{
	unsigned bits = ip.family == 4 ? 24 : 64;
	char text[IP_TEXT_MAX];

	out[0] = '\0';
	if (ip.family != 0)
		(void)snprintf(out, NETWORK_TEXT_MAX, "%s/%u",
		    ip_format(ip_mask(ip, bits), text), bits);
	return out;
}

/* ---- domains ------------------------------------------------------------- */

/* "ip4:10.0.0.0/8" and wider, or all: everybody passes. */
static bool
mechanism_is_wide(struct span term)
{
	size_t slash = span_find_last(term, '/');
	uint64_t bits;

	if (term.n > 0 && term.p[0] == '+')
		term = span_slice(term, 1, term.n);
	if (span_case_is(term, "all"))
		return true;
	return slash != SIZE_MAX &&
	       span_number(span_slice(term, slash + 1, term.n), &bits) &&
	       bits <= (span_case_starts(term, SPAN("ip6")) ? 16U : 8U);
}

/* A fact that rules may read, too, found or given. */
static const struct value *
fact_of(struct message *m, const char *name)
{
	return facts_get(
	    m->facts, schema_find(facts_schema(m->facts), span_of(name)));
}

static struct span
domain_of_spf(struct message *m, bool *open)
{
	const struct value *result = fact_of(m, "spf");
	const struct spf_outcome *o = spf_mailfrom(m);

	*open = result->state == FACT_PENDING;
	if (result->state != FACT_KNOWN || !span_is(result->text, "pass") ||
	    (o != NULL && (mechanism_is_wide(o->mechanism) ||
			      mechanism_is_wide(o->inner))))
		return SPAN("");
	result = fact_of(m, "spf.domain");
	return result->state == FACT_KNOWN ? result->text : m->sender.domain;
}

/* One element of the group dkim: its domain when it passed. */
static struct span
domain_of_signature(struct message *m, size_t element)
{
	const struct schema *schema = facts_schema(m->facts);
	const struct value *v = facts_field_get(
	    m->facts, schema_find(schema, SPAN("dkim.result")), element);

	if (v->state != FACT_KNOWN || !span_is(v->text, "pass"))
		return SPAN("");
	v = facts_field_get(
	    m->facts, schema_find(schema, SPAN("dkim.domain")), element);
	return v->state == FACT_KNOWN ? v->text : SPAN("");
}

static struct span
domain_of_dkim(struct message *m, bool *open)
{
	fact_id group = schema_find(facts_schema(m->facts), SPAN("dkim"));
	const struct value *from = fact_of(m, "from.domain");
	struct span first = SPAN("");

	*open = facts_get(m->facts, group)->state == FACT_PENDING;
	for (size_t i = 0; !*open && i < facts_count(m->facts, group); i++) {
		struct span domain = domain_of_signature(m, i);

		if (domain.n == 0)
			continue;
		if (from->state == FACT_KNOWN &&
		    suffix_same(domain, from->text))
			return domain;
		if (first.n == 0)
			first = domain;
	}
	return first;
}

struct sender_domains
sender_key_domains(struct message *m)
{
	struct sender_domains d = { 0 };

	d.spf = domain_of_spf(m, &d.spf_open);
	d.dkim = domain_of_dkim(m, &d.dkim_open);
	return d;
}
