/*
 * The zone of a case file, and the resolver that answers from it: at once,
 * without network, thread or clock. Knows what names and records there are,
 * which names exist only because something lies below them, and which
 * failures the case wants.
 */
#include "config.h"

#include "policy/dns/dns_resolver.h"

#include <stdlib.h>
#include <string.h>

#include "rules/base/panic.h"

#define ZONE_TTL_S   3600
#define ZONE_ALIASES 10 /* CNAMEs in a row; more is a loop */

struct zone_rcode {
	const char *word;
	enum dns_status status;
	const char *problem;
};

static const struct zone_rcode zone_rcodes[] = {
	{ "SERVFAIL", DNS_TEMP, "server failure" },
	{ "TIMEOUT", DNS_TEMP, "timeout" },
	{ "NXDOMAIN", DNS_NXDOMAIN, NULL },
	{ "REFUSED", DNS_TEMP, "refused" },
};

struct zone_data { /* of one type */
	size_t count, cap;
	struct ip *ip;
	struct dns_mx *mx;
	struct span *text;
};

struct zone_name {
	struct dns_node node; /* first */
	struct zone_data a, aaaa, mx, txt, ptr, tlsa;
	struct span cname; /* "" without one */
	const struct zone_rcode *rcode;
	bool stated; /* not only because something lies below it */
};

struct dns_zone {
	struct arena *arena;
	struct dns_table names;
	const struct zone_rcode *unstated; /* NULL: NXDOMAIN */
	bool hesitate;
};

struct resolver_of_zone {
	struct resolver resolver; /* first */
	struct dns_zone *zone;
};

struct dns_zone *
dns_zone_new(void)
{
	struct dns_zone *z = xcalloc(1, sizeof(*z));

	z->arena = arena_new();
	return z;
}

void
dns_zone_free(struct dns_zone **zone)
{
	struct dns_zone *z = *zone;

	*zone = NULL;
	if (z == NULL)
		return;
	arena_free(&z->arena);
	dns_table_free(&z->names);
	free(z);
}

/* ---- names --------------------------------------------------------------- */

static bool
zone_key(struct span name, char room[DNS_NAME_MAX], struct dns_key *key)
{
	/* A name has no type; any one will do, always the same. */
	return dns_key_make(name, DNS_A, 0, room, key);
}

static struct zone_name *
zone_find(const struct dns_zone *z, const struct dns_key *key)
{
	return (struct zone_name *)dns_table_find(&z->names, key);
}

/* The name's entry, made when it is not there; NULL for an impossible name. */
static struct zone_name *
zone_entry(struct dns_zone *z, struct span name)
{
	char room[DNS_NAME_MAX];
	struct dns_key key;
	struct zone_name *n;

	if (!zone_key(name, room, &key))
		return NULL;
	if ((n = zone_find(z, &key)) != NULL)
		return n;
	n = arena_alloc(z->arena, sizeof(*n));
	n->node.key = key;
	n->node.key.name = arena_dup(z->arena, key.name);
	dns_table_add(&z->names, &n->node);
	return n;
}

/*
 * Also makes the names above it, so that they exist without data (empty
 * non-terminals, RFC 8020); an entry that is there already ends the climb.
 */
static struct zone_name *
zone_name(struct dns_zone *z, struct span name)
{
	struct zone_name *n = zone_entry(z, name);
	struct span above = name, label;
	size_t before;

	if (n != NULL)
		n->stated = true;
	while (n != NULL && span_cut(&above, '.', &label) && above.n > 0) {
		before = z->names.count;
		(void)zone_entry(z, above);
		if (z->names.count == before)
			break;
	}
	return n;
}

/* ---- what the case file says --------------------------------------------- */

void
dns_zone_name(struct dns_zone *z, struct span name)
{
	(void)zone_name(z, name);
}

static const struct zone_rcode *
zone_rcode(struct span word)
{
	for (size_t i = 0; i < ARRAY_COUNT(zone_rcodes); i++)
		if (span_case_is(word, zone_rcodes[i].word))
			return &zone_rcodes[i];
	return NULL;
}

bool
dns_zone_rcode(struct dns_zone *z, struct span name, struct span rcode)
{
	const struct zone_rcode *found = zone_rcode(rcode);
	struct zone_name *n = zone_name(z, name);

	if (n != NULL && found != NULL)
		n->rcode = found;
	return found != NULL;
}

void
dns_zone_unstated(struct dns_zone *z, struct span rcode)
{
	z->unstated = zone_rcode(rcode);
	INVARIANT(z->unstated != NULL);
}

bool
dns_zone_address(struct dns_zone *z, struct span name, struct span text)
{
	struct zone_name *n = zone_name(z, name);
	struct zone_data *d;
	struct ip ip;

	if (!ip_parse(text, &ip))
		return false;
	if (n == NULL)
		return true;
	/* ip_parse makes a mapped address IPv4; its record is AAAA still. */
	d = span_find(text, ':') == SIZE_MAX ? &n->a : &n->aaaa;
	d->ip =
	    arena_grow(z->arena, d->ip, &d->cap, d->count + 1, sizeof(*d->ip));
	d->ip[d->count++] = ip;
	return true;
}

/* A name as answers hold it: lower case, "" for the root. */
static struct span
zone_host(struct dns_zone *z, struct span host)
{
	if (host.n > 0 && host.p[host.n - 1] == '.')
		host.n--;
	return arena_lower(z->arena, host);
}

void
dns_zone_mx(
    struct dns_zone *z, struct span name, uint16_t preference, struct span host)
{
	struct zone_name *n = zone_name(z, name);
	struct zone_data *d;

	if (n == NULL)
		return;
	d = &n->mx;
	d->mx =
	    arena_grow(z->arena, d->mx, &d->cap, d->count + 1, sizeof(*d->mx));
	d->mx[d->count].preference = preference;
	d->mx[d->count++].host = zone_host(z, host);
}

static void
zone_text(struct dns_zone *z, struct zone_data *d, struct span text)
{
	d->text = arena_grow(
	    z->arena, d->text, &d->cap, d->count + 1, sizeof(*d->text));
	d->text[d->count++] = text;
}

void
dns_zone_txt(struct dns_zone *z, struct span name, struct span text)
{
	struct zone_name *n = zone_name(z, name);

	if (n != NULL)
		zone_text(z, &n->txt, arena_dup(z->arena, text));
}

void
dns_zone_ptr(struct dns_zone *z, struct span name, struct span host)
{
	struct zone_name *n = zone_name(z, name);

	if (n != NULL)
		zone_text(z, &n->ptr, zone_host(z, host));
}

/* Two hexadecimal digits an octet; what stands behind is left. */
static bool
zone_octet(struct span *text, uint8_t *out)
{
	static const char digits[] = "0123456789abcdef";
	unsigned octet = 0;

	if (text->n < 2)
		return false;
	for (int i = 0; i < 2; i++) {
		char c = text->p[i];
		const char *at =
		    strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);

		if (c == '\0' || at == NULL)
			return false;
		octet = octet << 4 | (unsigned)(at - digits);
	}
	*text = span_slice(*text, 2, text->n);
	*out = (uint8_t)octet;
	return true;
}

bool
dns_zone_tlsa(struct dns_zone *z, struct span name, struct span text)
{
	struct zone_name *n = zone_name(z, name);
	char *room = arena_alloc(z->arena, text.n + 1);
	struct span word;
	size_t used = 0;
	uint64_t number;
	uint8_t octet;

	for (; used < 3; used++) {
		if (!span_cut(&text, ' ', &word) ||
		    !span_number(word, &number) || number > 255)
			return false;
		room[used] = (char)number;
	}
	while (text.n > 0) {
		if (!zone_octet(&text, &octet))
			return false;
		room[used++] = (char)octet;
	}
	if (n != NULL)
		zone_text(z, &n->tlsa, span_make(room, used));
	return true;
}

void
dns_zone_cname(struct dns_zone *z, struct span name, struct span target)
{
	struct zone_name *n = zone_name(z, name);

	if (n != NULL)
		n->cname = zone_host(z, target);
}

bool
dns_zone_take(struct dns_zone *to, struct span name_to,
    const struct dns_zone *from, struct span name)
{
	char room[DNS_NAME_MAX];
	const struct zone_name *n = NULL;
	struct zone_name *copy;
	struct dns_key key;

	if (zone_key(name, room, &key))
		n = zone_find(from, &key);
	if (n == NULL || !n->stated)
		return false;
	copy = to == NULL ? NULL : zone_name(to, name_to);
	if (copy == NULL)
		return true;
	copy->rcode = n->rcode;
	copy->a = (struct zone_data){ .count = n->a.count };
	copy->a.ip = arena_array(to->arena, n->a.count, sizeof(*copy->a.ip));
	for (size_t i = 0; i < n->a.count; i++)
		copy->a.ip[i] = n->a.ip[i];
	return true;
}

void
dns_zone_hesitate(struct dns_zone *z, bool on)
{
	z->hesitate = on;
}

/* ---- answers ------------------------------------------------------------- */

static const struct zone_data *
zone_data(const struct zone_name *n, enum dns_type type)
{
	switch (type) {
	case DNS_A:
		return &n->a;
	case DNS_AAAA:
		return &n->aaaa;
	case DNS_MX:
		return &n->mx;
	case DNS_TXT:
		return &n->txt;
	case DNS_PTR:
		return &n->ptr;
	case DNS_TLSA:
		return &n->tlsa;
	}
	panic("DNS type %d", (int)type);
}

static void
zone_fill(struct dns_answer *a, const struct zone_data *d)
{
	a->status = DNS_DATA;
	a->count = d->count;
	if (d->ip != NULL)
		a->ip = d->ip;
	else if (d->mx != NULL)
		a->mx = d->mx;
	else
		a->text = d->text;
}

static void
zone_answer(const struct dns_zone *z, struct dns_key key, struct dns_answer *a)
{
	char room[DNS_NAME_MAX];
	const struct zone_name *n = zone_find(z, &key);

	for (int alias = 0; alias <= ZONE_ALIASES; alias++) {
		if (n == NULL || (z->unstated != NULL && !n->stated)) {
			a->status = z->unstated == NULL ? DNS_NXDOMAIN
							: z->unstated->status;
			a->problem =
			    z->unstated == NULL ? NULL : z->unstated->problem;
			return;
		}
		if (zone_data(n, a->type)->count > 0) {
			zone_fill(a, zone_data(n, a->type));
			return;
		}
		if (n->cname.n == 0) {
			a->status =
			    n->rcode == NULL ? DNS_NODATA : n->rcode->status;
			a->problem =
			    n->rcode == NULL ? NULL : n->rcode->problem;
			return;
		}
		a->alias = true;
		n = zone_key(n->cname, room, &key) ? zone_find(z, &key) : NULL;
	}
	a->status = DNS_TEMP;
	a->problem = "too many aliases";
}

/* ---- the resolver -------------------------------------------------------- */

static bool
resolver_zone_ask(struct resolver *r, const struct dns_key *key,
    struct dns_wait *w, bool start)
{
	const struct dns_zone *z = ((struct resolver_of_zone *)r)->zone;
	struct dns_answer a = { .type = key->type, .ttl_s = ZONE_TTL_S };
	char room[DNS_NAME_MAX];
	struct dns_key name;

	if (z->hesitate && !start)
		return false;
	INVARIANT(zone_key(key->name, room, &name));
	zone_answer(z, name, &a);
	w->result = dns_result_new(&a);
	w->ttl_s = a.ttl_s;
	if (z->hesitate)
		dns_wait_link(w, &w->box->held);
	return z->hesitate;
}

static struct dns_wait *
resolver_zone_collect(struct resolver *r, struct dns_box *box)
{
	(void)r;
	return dns_box_empty(box);
}

static void
resolver_zone_drop(struct resolver *r, struct dns_wait *const *w, size_t n)
{
	(void)r;
	for (size_t i = 0; i < n; i++) {
		dns_wait_unlink(w[i]);
		dns_result_unref(&w[i]->result);
	}
}

static void
resolver_zone_stats(struct resolver *r, struct dns_stats *out)
{
	out->entries = ((struct resolver_of_zone *)r)->zone->names.count;
}

static bool
resolver_zone_on_loopback(struct resolver *r)
{
	(void)r;
	return true;
}

static void
resolver_zone_free(struct resolver *r)
{
	free(r);
}

struct resolver *
resolver_zone(struct dns_zone *zone)
{
	static const struct resolver_ops ops = {
		.ask = resolver_zone_ask,
		.collect = resolver_zone_collect,
		.drop = resolver_zone_drop,
		.stats = resolver_zone_stats,
		.on_loopback = resolver_zone_on_loopback,
		.free = resolver_zone_free,
	};
	struct resolver_of_zone *r = xcalloc(1, sizeof(*r));

	r->resolver.ops = &ops;
	r->zone = zone;
	return &r->resolver;
}
