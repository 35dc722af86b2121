/*
 * Lists in DNS: which name is asked for a value, and what the addresses that
 * come back mean. Only codes that the declaration names are a listing; codes
 * by which lists say "I refuse to answer you" have been taken for listings
 * often enough to refuse everybody's mail, so they are known here.
 */
#include "config.h"

#include "policy/lists/dnslist.h"

#include <string.h>

#include "policy/base/suffix.h"
#include "rules/text/domain.h"

/* ---- asking -------------------------------------------------------------- */

static struct span
subject_of_ip(const struct dnslist *l, struct ip ip, struct arena *a)
{
	char name[80];
	size_t n;

	if (ip.family == 0 || ip_private(ip))
		return SPAN("");
	for (size_t i = 0; i < l->except_net_count; i++)
		if (ip_in(ip, l->except_net[i]))
			return SPAN("");
	n = ip_reverse(ip, "x", name, sizeof(name));
	return n < 2 ? SPAN("") : arena_dup(a, span_make(name, n - 2));
}

static struct span
subject_of_name(const struct dnslist *l, struct span text, struct arena *a)
{
	size_t at = span_find_last(text, '@');
	struct span name;
	const char *why;

	if (at != SIZE_MAX)
		text = span_slice(text, at + 1, text.n);
	/* That refuses addresses, which a list of names must not be asked. */
	if (!domain_to_ascii(text, a, &name, &why) ||
	    span_find(name, '.') == SIZE_MAX)
		return SPAN("");
	for (size_t i = 0; i < l->except_count; i++)
		if (domain_is_sub(name, l->except[i]))
			return SPAN("");
	return l->registrable ? suffix_registrable(name) : name;
}

struct span
dnslist_subject(
    const struct dnslist *l, const struct value *value, struct arena *a)
{
	if (l->kind == DNSLIST_BLOCK || l->kind == DNSLIST_WHITE)
		return subject_of_ip(l, value->ip, a);
	return subject_of_name(l, value->text, a);
}

struct span
dnslist_question(const struct dnslist *l, struct span subject, struct arena *a)
{
	return span_of(arena_printf(
	    a, "%.*s.%.*s", SPAN_FMT(subject), SPAN_FMT(l->domain)));
}

struct span
dnslist_redact(const struct dnslists *lists, struct span name, struct arena *a)
{
	for (size_t i = 0; i < lists->count; i++) {
		const struct dnslist *l = lists->list[i];
		struct span before;

		if (l == NULL || l->key.n == 0 ||
		    !span_case_ends(name, l->domain))
			continue;
		before = span_slice(name, 0, name.n - l->domain.n);
		return span_of(arena_printf(
		    a, "%.*s%.*s", SPAN_FMT(before), SPAN_FMT(l->zone)));
	}
	return name;
}

struct span
dnslist_keyless(const struct dnslists *lists, struct span name, struct arena *a)
{
	struct span shown = dnslist_redact(lists, name, a);
	size_t at = span_search(shown, SPAN("%{key}"));

	return at == SIZE_MAX
		   ? shown
		   : span_of(arena_printf(a, "%.*skey%.*s", (int)at, shown.p,
			 SPAN_FMT(span_slice(shown, at + 6, shown.n))));
}

/* ---- what comes back ----------------------------------------------------- */

#define KINDS_IP   (1U << DNSLIST_BLOCK | 1U << DNSLIST_WHITE)
#define KINDS_NAME (1U << DNSLIST_NAME | 1U << DNSLIST_URI)
#define KINDS_ALL  (KINDS_IP | KINDS_NAME)
#define OWN_RESOLVER                                                       \
	"run a resolver of your own that asks the list directly, not one " \
	"of a provider, or use the list's service with a key"

/*
 * Codes that are never a listing. An octet of -1 stands for any; the first
 * row that fits tells.
 */
static const struct error_row {
	unsigned kinds;
	int octet[4];
	bool bits; /* of lists with bits alone, the last octet having bit 1 */
	struct dnslist_error error;
} error_rows[] = {
	{ KINDS_ALL, { 127, 255, 255, 252 }, false,
	    { "127.255.255.252",
		"the zone's name is mistyped: compare it with what the list "
		"documents",
		true } },
	{ KINDS_ALL, { 127, 255, 255, 254 }, false,
	    { "127.255.255.254",
		"the list refuses queries of a public resolver, or of a host "
		"without reverse DNS: " OWN_RESOLVER,
		true } },
	{ KINDS_ALL, { 127, 255, 255, 255 }, false,
	    { "127.255.255.255",
		"the list refuses because there were too many queries: ask its "
		"operator for a service with a key, or share a resolver less "
		"widely",
		true } },
	{ KINDS_ALL, { 127, 255, 255, -1 }, false,
	    { "127.255.255.x",
		"the list refuses to answer: its documentation tells what this "
		"code says",
		true } },
	{ KINDS_NAME, { 127, 0, 1, 255 }, false,
	    { "127.0.1.255", "the list of names was asked for an address",
		false } },
	{ KINDS_NAME, { 127, 0, 0, 1 }, false,
	    { "127.0.0.1",
		"the list refuses queries of this resolver: " OWN_RESOLVER,
		true } },
	{ KINDS_ALL, { 127, -1, -1, -1 }, true,
	    { "bit 1",
		"the list refuses queries of this resolver: " OWN_RESOLVER,
		true } },
	{ 1U << DNSLIST_WHITE, { 127, 0, -1, 255 }, false,
	    { "127.0.x.255",
		"the list refuses because there were too many queries, or of a "
		"public resolver: " OWN_RESOLVER,
		true } },
};

static const struct dnslist_error error_outside = {
	"an address outside 127.0.0.0/8",
	"no list answers so: its zone is gone, or a resolver rewrites answers; "
	"take the list out of the rules or ask another resolver",
	true,
};

static bool
error_fits(const struct error_row *row, const struct dnslist *l,
    const uint8_t octet[4])
{
	if ((row->kinds & 1U << l->kind) == 0)
		return false;
	if (row->bits && (!l->bits || (octet[3] & 1) == 0))
		return false;
	for (size_t i = 0; i < 4; i++)
		if (row->octet[i] >= 0 && row->octet[i] != octet[i])
			return false;
	return true;
}

static const struct dnslist_error *
error_of(const struct dnslist *l, struct ip ip)
{
	if (ip.family != 4 || ip.octets[0] != 127)
		return &error_outside;
	for (size_t i = 0; i < ARRAY_COUNT(error_rows); i++)
		if (error_fits(&error_rows[i], l, ip.octets))
			return &error_rows[i].error;
	return NULL;
}

/* Adds a name to the detail, each once. */
static void
detail_add(struct span *detail, struct span name, struct arena *a)
{
	struct span rest = *detail, piece;

	while (rest.n > 0 && span_cut(&rest, ',', &piece))
		if (span_eq(piece, name))
			return;
	*detail = detail->n == 0 ? name
				 : span_of(arena_printf(a, "%.*s,%.*s",
				       SPAN_FMT(*detail), SPAN_FMT(name)));
}

static void
detail_add_code(
    struct span *detail, struct span name, struct ip ip, struct arena *a)
{
	char text[IP_TEXT_MAX];

	if (name.n == 0)
		name = arena_dup(a, span_of(ip_format(ip, text)));
	detail_add(detail, name, a);
}

static bool
code_fits(const struct dnslist_code *c, const uint8_t octet[4])
{
	for (size_t i = 0; i < 4; i++)
		if (octet[i] < c->from[i] || octet[i] > c->to[i])
			return false;
	return true;
}

/* Whether one address is a listing; adds what it is called. */
static bool
address_listed(
    const struct dnslist *l, struct ip ip, struct arena *a, struct span *detail)
{
	static const uint8_t bits_base[3] = { 127, 0, 0 };
	bool listed = false;

	for (size_t i = 0; i < l->code_count; i++)
		if (code_fits(&l->code[i], ip.octets)) {
			detail_add_code(detail, l->code[i].name, ip, a);
			listed = true;
			break;
		}
	for (size_t i = 0; i < l->bit_count; i++)
		if (memcmp(ip.octets, bits_base, sizeof(bits_base)) == 0 &&
		    (ip.octets[3] & l->bit[i].mask) != 0) {
			detail_add_code(detail, l->bit[i].name, ip, a);
			listed = true;
		}
	return listed;
}

/* One error among the addresses makes all of them doubtful. */
static void
judge_addresses(const struct dnslist *l, const struct dns_answer *answer,
    struct arena *a, struct dnslist_result *out)
{
	for (size_t i = 0; i < answer->count; i++) {
		out->error = error_of(l, answer->ip[i]);
		if (out->error != NULL) {
			out->truth = TRUTH_UNKNOWN;
			out->problem = out->error->meaning;
			return;
		}
	}
	/* Hostile lists are not a concern, broken ones are: 64 will do. */
	for (size_t i = 0; i < answer->count && i < 64; i++)
		if (address_listed(l, answer->ip[i], a, &out->detail))
			out->truth = TRUTH_YES;
		else
			out->other = true;
}

void
dnslist_judge(const struct dnslist *l, const struct dns_answer *answer,
    struct arena *a, struct dnslist_result *out)
{
	*out = (struct dnslist_result){ .truth = TRUTH_NO };
	if (answer->status == DNS_DATA) {
		judge_addresses(l, answer, a, out);
	} else if (answer->status == DNS_TEMP) {
		out->truth = TRUTH_UNKNOWN;
		out->problem = answer->problem;
	}
}
