#ifndef POLICY_DNS_DNS_PACKET_H
#define POLICY_DNS_DNS_PACKET_H

/*
 * The pieces of a DNS packet: names, records and sections, for dns_wire.c
 * alone. Pure. Everything is checked against the packet's end; a name's
 * pointers only lead backwards.
 */

#include "policy/dns/dns.h"

#define DNS_HEADER     12
#define DNS_WIRE_NAME  255 /* octets of a name with its lengths */
#define DNS_TYPE_CNAME 5
#define DNS_TYPE_SOA   6
#define DNS_TYPE_OPT   41
#define DNS_CLASS_IN   1

enum { /* bits of the second header word */
	DNS_QR = 0x8000,
	DNS_OPCODE = 0x7800,
	DNS_AA = 0x0400,
	DNS_TC = 0x0200,
	DNS_RD = 0x0100,
	DNS_RA = 0x0080,
	DNS_AD = 0x0020,
	DNS_RCODE = 0x000f,
};

enum {
	RCODE_NOERROR = 0,
	RCODE_FORMERR = 1,
	RCODE_SERVFAIL = 2,
	RCODE_NXDOMAIN = 3,
	RCODE_NOTIMP = 4,
	RCODE_REFUSED = 5,
	RCODE_BADVERS = 16,
};

/* A name without compression, in lower case, the root label last. */
struct dns_name {
	size_t n;
	uint8_t o[DNS_WIRE_NAME];
};

uint64_t dns_name_hash(const struct dns_name *name);
bool dns_name_eq(const struct dns_name *a, const struct dns_name *b);
/* upper is name or above it. */
bool dns_name_below(const struct dns_name *name, const struct dns_name *upper);
/*
 * As text without the final dot, "" for the root. An octet that would be
 * taken for something else (a dot within a label, a backslash, anything that
 * is not visible ASCII) is written as \DDD.
 */
struct span dns_name_text(const struct dns_name *name, struct arena *a);
/*
 * As a clean name that can be asked for, with all octets as they are.
 * Returns false for the root and for a dot within a label.
 */
bool dns_name_clean(
    const struct dns_name *name, struct arena *a, struct span *out);

/* A cursor; bad is sticky, and all reads after it give zero. */
struct dns_cursor {
	const uint8_t *p;
	size_t n, at;
	bool bad;
};

unsigned dns_get16(struct dns_cursor *c);
uint32_t dns_get32(struct dns_cursor *c);
/* Reads a name (RFC 1035 4.1.4) and leaves the cursor behind it. */
void dns_get_name(struct dns_cursor *c, struct dns_name *name);

struct dns_record {
	size_t owner; /* offset in the packet */
	uint64_t owner_hash;
	unsigned type, klass;
	uint32_t ttl_s;
	size_t data, data_n; /* within the packet */
};

struct dns_packet {
	struct dns_cursor c;
	struct dns_record *record;
	size_t count, cap;
	size_t answers;     /* the first ones */
	size_t authorities; /* those behind them */
	unsigned flags, rcode;
	bool same_case; /* the question is the query's letter by letter */
};

/*
 * Reads all sections of the reply to query. With DNS_TC set the records are
 * left unread. Returns false for what is no reply to it or not well-formed.
 */
bool dns_packet_read(struct dns_packet *p, struct span query,
    struct span packet, struct arena *a);
/* The record is of class IN and its owner is name, whose hash is given. */
bool dns_packet_owned(const struct dns_packet *p, const struct dns_record *rr,
    const struct dns_name *name, uint64_t hash);

#endif
