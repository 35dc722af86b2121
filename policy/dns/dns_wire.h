#ifndef POLICY_DNS_DNS_WIRE_H
#define POLICY_DNS_DNS_WIRE_H

/*
 * DNS packets (RFC 1035 4, RFC 6891): writing a query and reading the reply
 * to it. Pure; any thread. Every octet of a reply is hostile: pointers only
 * lead backwards, all lengths are checked, and work is bounded by the size of
 * the packet.
 */

#include "policy/dns/dns.h"

#define DNS_QUERY_MAX   290  /* octets of a query */
#define DNS_EDNS_OCTETS 1232 /* what we take over UDP */
#define DNS_CASE_OCTETS 32

struct dns_query {
	struct span name; /* clean: see dns_key_make */
	enum dns_type type;
	uint16_t id;
	bool edns;
	/* Bits that choose the case of letters; NULL: as in name. */
	const uint8_t *mixed;
};

/* Sets RD and AD (RFC 6840 5.7). Returns the length. */
size_t dns_wire_query(const struct dns_query *q, uint8_t out[DNS_QUERY_MAX]);

/* What to do with a reply. */
enum dns_reply_kind {
	DNS_REPLY_ANSWER,    /* answer says it, DNS_TEMP included */
	DNS_REPLY_FOLLOW,    /* an alias only: ask for .follow */
	DNS_REPLY_NO_EDNS,   /* ask again without EDNS */
	DNS_REPLY_TRUNCATED, /* ask again over TCP */
	DNS_REPLY_MALFORMED, /* perhaps cut or forged; .answer is DNS_TEMP */
};

struct dns_reply {
	enum dns_reply_kind kind;
	/* Its data lie in the arena; secure is the AD bit; ttl_s is that of
	 * the records, or comes from the SOA (RFC 2308 5), or is UINT32_MAX
	 * where there is neither. */
	struct dns_answer answer;
	struct span follow; /* clean */
	bool same_case;     /* the question came back letter by letter */
};

/*
 * Reads the reply to a query that dns_wire_query wrote. The id is not looked
 * at: the transport has found the query by it.
 */
void dns_wire_reply(struct span query, struct span packet, struct arena *a,
    struct dns_reply *out);

#endif
