/*
 * Writes queries, and says what a reply means: which records answer the
 * question, behind which aliases, and for how long that holds. Knows nothing
 * of sockets, caches or time.
 */
#include "config.h"

#include "policy/dns/dns_wire.h"

#include <string.h>

#include "policy/dns/dns_packet.h"

#include "rules/base/panic.h"

#define DNS_ALIASES 10 /* CNAMEs followed within one packet */

/* ---- queries ------------------------------------------------------------- */

static size_t
dns_wire_put16(uint8_t *out, size_t at, unsigned value)
{
	out[at] = (uint8_t)(value >> 8);
	out[at + 1] = (uint8_t)value;
	return at + 2;
}

static size_t
dns_wire_put_name(uint8_t *out, size_t at, const struct dns_query *q)
{
	struct span rest = q->name, label;
	size_t letter = 0;

	while (span_cut(&rest, '.', &label)) {
		INVARIANT(label.n > 0 && label.n < 64);
		out[at++] = (uint8_t)label.n;
		for (size_t i = 0; i < label.n; i++, letter++) {
			uint8_t c = (uint8_t)label.p[i];

			if (q->mixed != NULL && ascii_alpha(label.p[i]) &&
			    (q->mixed[letter / 8] >> letter % 8 & 1))
				c ^= 0x20;
			out[at++] = c;
		}
	}
	out[at++] = 0;
	return at;
}

size_t
dns_wire_query(const struct dns_query *q, uint8_t out[DNS_QUERY_MAX])
{
	size_t at = 0;

	INVARIANT(q->name.n > 0 && q->name.n <= 253);
	at = dns_wire_put16(out, at, q->id);
	at = dns_wire_put16(out, at, DNS_RD | DNS_AD);
	at = dns_wire_put16(out, at, 1);
	at = dns_wire_put16(out, at, 0);
	at = dns_wire_put16(out, at, 0);
	at = dns_wire_put16(out, at, q->edns ? 1 : 0);
	at = dns_wire_put_name(out, at, q);
	at = dns_wire_put16(out, at, q->type);
	at = dns_wire_put16(out, at, DNS_CLASS_IN);
	if (q->edns) {
		/* Exactly this long and last: c-ares cuts it off again when a
		 * server does not know EDNS. */
		out[at++] = 0;
		at = dns_wire_put16(out, at, DNS_TYPE_OPT);
		at = dns_wire_put16(out, at, DNS_EDNS_OCTETS);
		at = dns_wire_put16(out, at, 0);
		at = dns_wire_put16(out, at, 0);
		at = dns_wire_put16(out, at, 0);
	}
	return at;
}

#define DNS_TLSA_OCTETS 3 /* before the data: usage, selector, matching */

/* ---- data of one type ---------------------------------------------------- */

struct dns_wire_data {
	struct ip *ip;
	struct dns_mx *mx;
	struct span *text;
	size_t cap;
};

static bool
dns_wire_data_ip(
    const struct dns_packet *p, const struct dns_record *rr, struct ip *out)
{
	const uint8_t *data = p->c.p + rr->data;

	if (rr->data_n != (rr->type == DNS_A ? 4 : 16))
		return false;
	*out = rr->type == DNS_A ? ip_from_v4(data) : ip_from_v6(data);
	return true;
}

/* Strings follow each other, each with its length before it. */
static bool
dns_wire_data_txt(const struct dns_packet *p, const struct dns_record *rr,
    struct arena *a, struct span *out)
{
	const uint8_t *data = p->c.p + rr->data, *end = data + rr->data_n;
	char *text = arena_alloc(a, rr->data_n + 1);
	size_t n = 0;

	for (; data < end; data += *data + 1) {
		if ((size_t)(end - data) < *data + 1u)
			return false;
		memcpy(text + n, data + 1, *data);
		n += *data;
	}
	*out = span_make(text, n);
	return true;
}

/* The name that fills the record's data behind skip octets. */
static bool
dns_wire_data_name(const struct dns_packet *p, const struct dns_record *rr,
    size_t skip, struct dns_name *name)
{
	struct dns_cursor c = p->c;

	if (rr->data_n < skip)
		return false;
	c.at = rr->data + skip;
	/* A pointer leads out of the data, the rest must not. */
	c.n = rr->data + rr->data_n;
	dns_get_name(&c, name);
	return !c.bad && c.at == c.n;
}

static bool
dns_wire_data_mx(const struct dns_packet *p, const struct dns_record *rr,
    struct arena *a, struct dns_mx *out)
{
	struct dns_cursor c = p->c;
	struct dns_name name;

	if (!dns_wire_data_name(p, rr, 2, &name))
		return false;
	c.at = rr->data;
	out->preference = (uint16_t)dns_get16(&c);
	out->host = dns_name_text(&name, a);
	return true;
}

/* Adds one record to the answer. */
static bool
dns_wire_data_add(const struct dns_packet *p, const struct dns_record *rr,
    struct arena *a, struct dns_wire_data *d, struct dns_answer *out)
{
	struct dns_name name;
	size_t i = out->count++;

	switch (out->type) {
	case DNS_A:
	case DNS_AAAA:
		d->ip = arena_grow(a, d->ip, &d->cap, i + 1, sizeof(*d->ip));
		out->ip = d->ip;
		return dns_wire_data_ip(p, rr, &d->ip[i]);
	case DNS_MX:
		d->mx = arena_grow(a, d->mx, &d->cap, i + 1, sizeof(*d->mx));
		out->mx = d->mx;
		return dns_wire_data_mx(p, rr, a, &d->mx[i]);
	case DNS_TXT:
		d->text =
		    arena_grow(a, d->text, &d->cap, i + 1, sizeof(*d->text));
		out->text = d->text;
		return dns_wire_data_txt(p, rr, a, &d->text[i]);
	case DNS_TLSA:
		d->text =
		    arena_grow(a, d->text, &d->cap, i + 1, sizeof(*d->text));
		out->text = d->text;
		d->text[i] = arena_dup(
		    a, span_make((const char *)p->c.p + rr->data, rr->data_n));
		return rr->data_n >= DNS_TLSA_OCTETS;
	case DNS_PTR:
		d->text =
		    arena_grow(a, d->text, &d->cap, i + 1, sizeof(*d->text));
		out->text = d->text;
		if (!dns_wire_data_name(p, rr, 0, &name))
			return false;
		d->text[i] = dns_name_text(&name, a);
		return true;
	}
	panic("DNS type %d", (int)out->type);
}

/* ---- the answer ---------------------------------------------------------- */

static void
dns_wire_ttl(struct dns_answer *out, uint32_t ttl_s)
{
	if (ttl_s < out->ttl_s)
		out->ttl_s = ttl_s;
}

/* Goes from the name that was asked for along its CNAMEs, in any order. */
static bool
dns_wire_follow(
    const struct dns_packet *p, struct dns_name *name, struct dns_answer *out)
{
	for (int i = 0; i <= DNS_ALIASES; i++) {
		const struct dns_record *alias = NULL;
		uint64_t hash = dns_name_hash(name);

		for (size_t j = 0; j < p->answers && alias == NULL; j++) {
			if (p->record[j].type == out->type &&
			    dns_packet_owned(p, &p->record[j], name, hash))
				return true;
			if (p->record[j].type == DNS_TYPE_CNAME &&
			    dns_packet_owned(p, &p->record[j], name, hash))
				alias = &p->record[j];
		}
		if (alias == NULL)
			return true;
		out->alias = true;
		dns_wire_ttl(out, alias->ttl_s);
		if (!dns_wire_data_name(p, alias, 0, name))
			return false;
	}
	return false;
}

/* False for a record that is malformed; *many: they are more than we read. */
static bool
dns_wire_collect(const struct dns_packet *p, const struct dns_name *name,
    struct arena *a, struct dns_answer *out, bool *many)
{
	struct dns_wire_data data = { 0 };
	uint64_t hash = dns_name_hash(name);

	for (size_t i = 0; i < p->answers; i++) {
		const struct dns_record *rr = &p->record[i];

		if (rr->type != out->type ||
		    !dns_packet_owned(p, rr, name, hash))
			continue;
		dns_wire_ttl(out, rr->ttl_s);
		if (out->count == DNS_RECORDS_MAX) {
			*many = true;
			return true;
		}
		if (!dns_wire_data_add(p, rr, a, &data, out))
			return false;
	}
	return true;
}

/*
 * The SOA that vouches for "there is no such thing": its TTL or its last
 * field, whichever is less (RFC 2308 5). It must stand above the name.
 */
static bool
dns_wire_soa(
    const struct dns_packet *p, const struct dns_name *name, uint32_t *ttl_s)
{
	for (size_t i = 0; i < p->authorities; i++) {
		const struct dns_record *rr = &p->record[p->answers + i];
		struct dns_cursor c = p->c;
		struct dns_name owner;
		uint32_t minimum;

		if (rr->type != DNS_TYPE_SOA || rr->klass != DNS_CLASS_IN ||
		    rr->data_n < 22)
			continue;
		c.at = rr->owner;
		dns_get_name(&c, &owner);
		if (!dns_name_below(name, &owner))
			continue;
		c.at = rr->data + rr->data_n - 4;
		minimum = dns_get32(&c);
		*ttl_s = minimum < rr->ttl_s ? minimum : rr->ttl_s;
		return true;
	}
	return false;
}

static void
dns_wire_fail(
    struct dns_reply *out, enum dns_reply_kind kind, const char *problem)
{
	out->kind = kind;
	out->answer.status = DNS_TEMP;
	out->answer.problem = problem;
	out->answer.count = 0;
	out->answer.ip = NULL;
}

static void
dns_wire_refused(struct dns_reply *out, unsigned rcode, bool asked_edns)
{
	static const char *const problem[] = {
		[RCODE_FORMERR] = "format error",
		[RCODE_SERVFAIL] = "server failure",
		[RCODE_NOTIMP] = "not implemented",
		[RCODE_REFUSED] = "refused",
	};
	bool edns = rcode == RCODE_FORMERR || rcode == RCODE_NOTIMP ||
		    rcode == RCODE_BADVERS;

	dns_wire_fail(out,
	    edns && asked_edns ? DNS_REPLY_NO_EDNS : DNS_REPLY_ANSWER,
	    rcode < ARRAY_COUNT(problem) && problem[rcode] != NULL
		? problem[rcode]
		: "unexpected response code");
}

/* Nothing of the type: is it so, or does the server leave the rest to us? */
static void
dns_wire_negative(const struct dns_packet *p, const struct dns_name *name,
    struct arena *a, struct dns_reply *out)
{
	uint32_t ttl_s = 0;
	bool vouched = dns_wire_soa(p, name, &ttl_s);

	if (p->rcode == RCODE_NXDOMAIN) {
		out->answer.status = DNS_NXDOMAIN;
	} else if (!vouched && (p->flags & (DNS_AA | DNS_RA)) == 0) {
		/* A referral: the server neither knows nor asks others. */
		dns_wire_fail(
		    out, DNS_REPLY_ANSWER, "the server does not recurse");
	} else if (!out->answer.alias || vouched) {
		out->answer.status = DNS_NODATA;
	} else if (dns_name_clean(name, a, &out->follow)) {
		out->kind = DNS_REPLY_FOLLOW;
		return;
	} else {
		dns_wire_fail(out, DNS_REPLY_ANSWER, "unusable alias");
	}
	if (vouched)
		dns_wire_ttl(&out->answer, ttl_s);
	else
		out->answer.ttl_s = UINT32_MAX;
}

void
dns_wire_reply(struct span query, struct span packet, struct arena *a,
    struct dns_reply *out)
{
	struct dns_cursor q = { (const uint8_t *)query.p, query.n, DNS_HEADER,
		false };
	struct dns_packet p;
	struct dns_name name;
	bool read = dns_packet_read(&p, query, packet, a);
	bool many = false;

	memset(out, 0, sizeof(*out));
	dns_get_name(&q, &name);
	out->answer.type = (enum dns_type)dns_get16(&q);
	out->answer.ttl_s = UINT32_MAX;
	out->answer.secure = (p.flags & DNS_AD) != 0;
	out->same_case = p.same_case;
	if (!read) {
		dns_wire_fail(out, DNS_REPLY_MALFORMED, "malformed reply");
	} else if (p.flags & DNS_TC) {
		dns_wire_fail(out, DNS_REPLY_TRUNCATED, "truncated reply");
	} else if (p.rcode != RCODE_NOERROR && p.rcode != RCODE_NXDOMAIN) {
		dns_wire_refused(out, p.rcode, query.p[11] != 0);
	} else if (!dns_wire_follow(&p, &name, &out->answer)) {
		dns_wire_fail(out, DNS_REPLY_ANSWER, "unusable aliases");
	} else if (!dns_wire_collect(&p, &name, a, &out->answer, &many)) {
		dns_wire_fail(out, DNS_REPLY_MALFORMED, "malformed record");
	} else if (many) {
		dns_wire_fail(out, DNS_REPLY_ANSWER, "too many records");
	} else if (out->answer.count > 0 && p.rcode == RCODE_NOERROR) {
		out->answer.status = DNS_DATA;
	} else {
		out->answer.count = 0;
		out->answer.ip = NULL;
		dns_wire_negative(&p, &name, a, out);
	}
}
