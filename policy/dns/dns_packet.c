/*
 * Names and records of DNS packets. Knows the form of a packet (RFC 1035 4,
 * RFC 6891) and nothing of what it says.
 */
#include "config.h"

#include "policy/dns/dns_packet.h"

#include <string.h>

#include "rules/base/panic.h"

/* A name of 127 labels needs no more jumps than this. */
#define DNS_JUMPS 127

/* True when n octets are left. */
static bool
dns_has(struct dns_cursor *c, size_t n)
{
	if (c->bad || c->n - c->at < n) {
		c->bad = true;
		c->at = c->n;
	}
	return !c->bad;
}

static void
dns_skip(struct dns_cursor *c, size_t n)
{
	if (dns_has(c, n))
		c->at += n;
}

unsigned
dns_get16(struct dns_cursor *c)
{
	unsigned v;

	if (!dns_has(c, 2))
		return 0;
	v = (unsigned)c->p[c->at] << 8 | c->p[c->at + 1];
	c->at += 2;
	return v;
}

uint32_t
dns_get32(struct dns_cursor *c)
{
	uint32_t high = dns_get16(c);

	return high << 16 | dns_get16(c);
}

/*
 * A pointer must lead before the start of the piece that holds it, so each
 * jump goes further back and there is no loop; the bound on jumps keeps a
 * packet of nothing but pointers cheap.
 */
void
dns_get_name(struct dns_cursor *c, struct dns_name *name)
{
	size_t at = c->at, piece = c->at, end = 0, jumps = 0;

	name->n = 0;
	for (;;) {
		unsigned n;

		if (c->bad || at >= c->n)
			break;
		n = c->p[at];
		if (n >= 0xc0) {
			size_t to;

			if (c->n - at < 2)
				break;
			to = (size_t)(n & 0x3f) << 8 | c->p[at + 1];
			if (to >= piece || ++jumps > DNS_JUMPS)
				break;
			if (end == 0)
				end = at + 2;
			at = piece = to;
			continue;
		}
		if (n > 63 || c->n - at < n + 1 ||
		    name->n + n + 1 > DNS_WIRE_NAME)
			break;
		name->o[name->n++] = (uint8_t)n;
		for (unsigned i = 1; i <= n; i++)
			name->o[name->n++] =
			    (uint8_t)ascii_lower((char)c->p[at + i]);
		at += n + 1;
		if (n == 0) {
			c->at = end == 0 ? at : end;
			return;
		}
	}
	name->n = 0;
	c->bad = true;
}

uint64_t
dns_name_hash(const struct dns_name *name)
{
	return span_hash(span_make((const char *)name->o, name->n), 0);
}

bool
dns_name_eq(const struct dns_name *a, const struct dns_name *b)
{
	return a->n == b->n && memcmp(a->o, b->o, a->n) == 0;
}

bool
dns_name_below(const struct dns_name *name, const struct dns_name *upper)
{
	size_t at = 0;

	while (name->n - at > upper->n)
		at += name->o[at] + 1u;
	return name->n - at == upper->n &&
	       memcmp(name->o + at, upper->o, upper->n) == 0;
}

struct span
dns_name_text(const struct dns_name *name, struct arena *a)
{
	char room[4 * DNS_WIRE_NAME];
	size_t n = 0;

	for (size_t at = 0; name->o[at] != 0; at += name->o[at] + 1u) {
		if (at > 0)
			room[n++] = '.';
		for (size_t i = 1; i <= name->o[at]; i++) {
			unsigned c = name->o[at + i];

			if (c > ' ' && c < 0x7f && c != '.' && c != '\\') {
				room[n++] = (char)c;
				continue;
			}
			room[n++] = '\\';
			room[n++] = (char)('0' + c / 100);
			room[n++] = (char)('0' + c / 10 % 10);
			room[n++] = (char)('0' + c % 10);
		}
	}
	return arena_dup(a, span_make(room, n));
}

bool
dns_name_clean(const struct dns_name *name, struct arena *a, struct span *out)
{
	char room[DNS_WIRE_NAME];
	size_t n = 0;

	for (size_t at = 0; name->o[at] != 0; at += name->o[at] + 1u) {
		if (memchr(&name->o[at + 1], '.', name->o[at]) != NULL)
			return false;
		if (at > 0)
			room[n++] = '.';
		memcpy(&room[n], &name->o[at + 1], name->o[at]);
		n += name->o[at];
	}
	*out = arena_dup(a, span_make(room, n));
	return n > 0;
}

/* ---- sections ------------------------------------------------------------ */

static void
dns_get_record(struct dns_cursor *c, struct dns_record *rr)
{
	struct dns_name owner;

	rr->owner = c->at;
	dns_get_name(c, &owner);
	rr->owner_hash = dns_name_hash(&owner);
	rr->type = dns_get16(c);
	rr->klass = dns_get16(c);
	rr->ttl_s = dns_get32(c);
	rr->data_n = dns_get16(c);
	rr->data = c->at;
	dns_skip(c, rr->data_n);
}

static void
dns_packet_records(struct dns_packet *p, size_t n, struct arena *a)
{
	for (size_t i = 0; i < n; i++) {
		struct dns_record rr;

		dns_get_record(&p->c, &rr);
		if (p->c.bad)
			return;
		if (rr.ttl_s > INT32_MAX) /* RFC 2181 8 */
			rr.ttl_s = 0;
		p->record = arena_grow(
		    a, p->record, &p->cap, p->count + 1, sizeof(*p->record));
		p->record[p->count++] = rr;
	}
}

/* OPT carries the upper bits of the response code (RFC 6891 6.1.3). */
static void
dns_packet_additional(struct dns_packet *p, size_t count)
{
	for (size_t i = 0; i < count && !p->c.bad; i++) {
		struct dns_record rr;

		dns_get_record(&p->c, &rr);
		if (p->c.bad || rr.type != DNS_TYPE_OPT)
			continue;
		p->rcode |= (unsigned)(rr.ttl_s >> 24) << 4;
	}
}

/* The question must be the query's, in any case. */
static bool
dns_packet_question(struct dns_packet *p, struct span query)
{
	struct dns_cursor *c = &p->c;
	struct dns_cursor q = { (const uint8_t *)query.p, query.n, DNS_HEADER,
		false };
	struct dns_name asked, answered;
	size_t from = c->at, n;

	dns_get_name(&q, &asked);
	INVARIANT(!q.bad);
	n = q.at - DNS_HEADER;
	dns_get_name(c, &answered);
	if (c->bad || !dns_name_eq(&asked, &answered))
		return false;
	p->same_case =
	    c->at - from == n && memcmp(c->p + from, q.p + DNS_HEADER, n) == 0;
	return dns_get16(c) == dns_get16(&q) && dns_get16(c) == dns_get16(&q);
}

bool
dns_packet_read(struct dns_packet *p, struct span query, struct span packet,
    struct arena *a)
{
	struct dns_cursor *c = &p->c;
	size_t counts[4];

	*p = (struct dns_packet){
		.c = { (const uint8_t *)packet.p, packet.n, 0, false },
		.same_case = true,
	};
	dns_skip(c, 2);
	p->flags = dns_get16(c);
	p->rcode = p->flags & DNS_RCODE;
	for (size_t i = 0; i < 4; i++)
		counts[i] = dns_get16(c);
	if (c->bad || (p->flags & DNS_QR) == 0 || (p->flags & DNS_OPCODE) != 0)
		return false;
	/* Some servers fail with nothing but a header. */
	if (counts[0] == 0)
		return p->rcode != RCODE_NOERROR && p->rcode != RCODE_NXDOMAIN;
	if (counts[0] != 1 || !dns_packet_question(p, query))
		return false;
	if (p->flags & DNS_TC)
		return true; /* what follows may end anywhere */
	dns_packet_records(p, counts[1], a);
	p->answers = p->count;
	dns_packet_records(p, counts[2], a);
	p->authorities = p->count - p->answers;
	dns_packet_additional(p, counts[3]);
	return !c->bad;
}

bool
dns_packet_owned(const struct dns_packet *p, const struct dns_record *rr,
    const struct dns_name *name, uint64_t hash)
{
	struct dns_cursor c = p->c;
	struct dns_name owner;

	if (rr->klass != DNS_CLASS_IN || rr->owner_hash != hash)
		return false;
	c.at = rr->owner;
	dns_get_name(&c, &owner);
	return dns_name_eq(&owner, name);
}
