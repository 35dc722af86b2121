/*
 * What all resolvers share: answers packed into one counted block, waits, and the calls that lead to the one or the other kind of
 * resolver. Knows nothing of packets, caches or zones.
 */
#include "config.h"

#include "policy/dns/dns_resolver.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/panic.h"

#define STAT(member) "dns_" #member, offsetof(struct dns_stats, member)
const struct dns_stat_row dns_stat_rows[7] = {
	{ STAT(asked), false, "questions of checks" },
	{ STAT(cache_hits), false, "of these, answered from the cache" },
	{ STAT(joined), false, "of these, joined to a lookup under way" },
	{ STAT(sent), false, "queries sent, without the tries after them" },
	{ STAT(timeouts), false, "lookups that no server answered in time" },
	{ STAT(failures), false, "lookups that failed otherwise" },
	{ STAT(entries), true, "answers in the cache" },
};
#undef STAT

const char *const dns_status_names[5] = { "pending", "data", "nodata",
	"nxdomain", "temporary" };

const char *
dns_type_name(enum dns_type type)
{
	switch (type) {
	case DNS_A:
		return "A";
	case DNS_AAAA:
		return "AAAA";
	case DNS_MX:
		return "MX";
	case DNS_PTR:
		return "PTR";
	case DNS_TXT:
		return "TXT";
	case DNS_TLSA:
		return "TLSA";
	}
	panic("DNS type %d", (int)type);
}

/* ---- results ------------------------------------------------------------- */

static size_t
dns_result_element(enum dns_type type)
{
	switch (type) {
	case DNS_A:
	case DNS_AAAA:
		return sizeof(struct ip);
	case DNS_MX:
		return sizeof(struct dns_mx);
	case DNS_TXT:
	case DNS_PTR:
	case DNS_TLSA:
		return sizeof(struct span);
	}
	panic("DNS type %d", (int)type);
}

static size_t
dns_result_text_octets(const struct dns_answer *a)
{
	size_t n = 0;

	for (size_t i = 0; i < a->count; i++) {
		if (a->type == DNS_MX)
			n += a->mx[i].host.n;
		else if (a->type == DNS_TXT || a->type == DNS_PTR ||
			 a->type == DNS_TLSA)
			n += a->text[i].n;
	}
	return n;
}

/* Moves a span's text to *room, which advances. */
static struct span
dns_result_text(char **room, struct span s)
{
	struct span moved = span_make(*room, s.n);

	if (s.n > 0)
		memcpy(*room, s.p, s.n);
	*room += s.n;
	return moved;
}

static int
dns_result_mx_order(const void *a, const void *b)
{
	const struct dns_mx *x = a, *y = b;

	if (x->preference != y->preference)
		return x->preference < y->preference ? -1 : 1;
	return span_compare(x->host, y->host);
}

/* The arrays that the union of an answer points to lie behind the struct. */
static void
dns_result_fill(struct dns_result *r, const struct dns_answer *a, size_t array)
{
	void *block = r + 1;
	char *room = (char *)block + array;

	switch (a->type) {
	case DNS_A:
	case DNS_AAAA:
		memcpy(block, a->ip, array);
		r->answer.ip = block;
		break;
	case DNS_MX: {
		struct dns_mx *mx = block;

		for (size_t i = 0; i < a->count; i++) {
			mx[i].preference = a->mx[i].preference;
			mx[i].host = dns_result_text(&room, a->mx[i].host);
		}
		qsort(mx, a->count, sizeof(*mx), dns_result_mx_order);
		r->answer.mx = mx;
		break;
	}
	case DNS_TXT:
	case DNS_PTR:
	case DNS_TLSA: {
		struct span *text = block;

		for (size_t i = 0; i < a->count; i++)
			text[i] = dns_result_text(&room, a->text[i]);
		r->answer.text = text;
		break;
	}
	}
}

struct dns_result *
dns_result_new(const struct dns_answer *a)
{
	size_t array = a->count * dns_result_element(a->type);
	size_t octets =
	    sizeof(struct dns_result) + array + dns_result_text_octets(a);
	struct dns_result *r = xmalloc(octets);

	r->refs = 1;
	r->octets = octets;
	r->answer = *a;
	r->answer.ip = NULL;
	if (a->count > 0)
		dns_result_fill(r, a, array);
	return r;
}

void
dns_result_unref(struct dns_result **r)
{
	if (*r == NULL)
		return;
	INVARIANT((*r)->refs > 0);
	if (--(*r)->refs == 0)
		free(*r);
	*r = NULL;
}

/* ---- waits --------------------------------------------------------------- */

void
dns_wait_link(struct dns_wait *w, struct dns_wait **list)
{
	INVARIANT(w->link == NULL);
	w->next = *list;
	w->link = list;
	if (w->next != NULL)
		w->next->link = &w->next;
	*list = w;
}

void
dns_wait_unlink(struct dns_wait *w)
{
	if (w->link == NULL)
		return;
	*w->link = w->next;
	if (w->next != NULL)
		w->next->link = w->link;
	w->next = NULL;
	w->link = NULL;
}

struct dns_wait *
dns_box_empty(struct dns_box *box)
{
	struct dns_wait *all = box->arrived;

	box->arrived = NULL;
	for (struct dns_wait *w = all; w != NULL; w = w->next)
		w->link = NULL;
	return all;
}

/* ---- resolvers ----------------------------------------------------------- */

void
resolver_free(struct resolver **r)
{
	if (*r != NULL)
		(*r)->ops->free(*r);
	*r = NULL;
}

bool
resolver_on_loopback(struct resolver *r)
{
	return r->ops->on_loopback(r);
}

const char *
resolver_warning(struct resolver *r)
{
	if (r->ops->on_loopback(r))
		return NULL;
	return "no DNS resolver on loopback: forged answers are easier to "
	       "slip in, DNSSEC is not believed, and public resolvers are "
	       "refused by many block lists; run a validating resolver such "
	       "as unbound on this host";
}

void
resolver_stats(struct resolver *r, struct dns_stats *out)
{
	memset(out, 0, sizeof(*out));
	r->ops->stats(r, out);
}

size_t
resolver_slowest(struct resolver *r, enum dns_slow_order order, struct arena *a,
    struct dns_slow_lookup **out)
{
	*out = NULL;
	return r->ops->slowest == NULL ? 0 : r->ops->slowest(r, order, a, out);
}
