#ifndef TESTS_KIT_FAKE_DNS_H
#define TESTS_KIT_FAKE_DNS_H

/*
 * A DNS server for tests: a thread on a loopback port, UDP and TCP, that
 * answers from a table and misbehaves as the table says. A name that the
 * table does not have is NXDOMAIN, and a row named "*" is any name. Records of one name must have the same
 * flags and delay; those of its first row count.
 */

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fake_flags {
	FAKE_DROP = 1,        /* no answer, ever */
	FAKE_TRUNCATE = 2,    /* over UDP: TC and no records */
	FAKE_FOLD = 4,        /* the question comes back in lower case */
	FAKE_FORGE_ID = 8,    /* before the answer, a forged one: wrong id */
	FAKE_FORGE_NAME = 16, /* another name */
	FAKE_FORGE_CASE = 32, /* over UDP: the question's case lost */
	FAKE_NO_EDNS = 64,    /* FORMERR to a query with OPT */
	FAKE_CUT = 128,       /* over UDP: half of the answer */
	FAKE_AD = 256,
	FAKE_ALIAS_ONLY = 512, /* a CNAME without what it leads to */
	FAKE_NO_SOA = 1024,
};

struct fake_record {
	const char *name;
	const char *type; /* A AAAA TXT MX PTR CNAME, or RCODE */
	const char *data; /* as in a zone file; RCODE: a number */
	uint32_t ttl_s;
	unsigned flags;
	int delay_ms;
};

struct fake_dns;

/* Keeps the table. Fails the test when there is no port to be had. */
struct fake_dns *fake_dns_start(const struct fake_record *record, size_t count);
void fake_dns_stop(struct fake_dns **f);
struct sockaddr_storage fake_dns_address(const struct fake_dns *f);

struct fake_dns_seen {
	unsigned udp, tcp; /* queries */
	unsigned ports;    /* from which UDP queries came */
	unsigned mixed;    /* queries with letters of both cases */
	unsigned ad, edns;
};
void fake_dns_seen(struct fake_dns *f, struct fake_dns_seen *out);

#endif
