#ifndef POLICY_LISTS_DNSLIST_H
#define POLICY_LISTS_DNSLIST_H

/*
 * Lists in DNS (RFC 5782): how a rule file declares one, which name is asked
 * for a value, and what an answer means. Pure: asking is list_lookup.c's,
 * watching over the lists dnslist_health.c's.
 *
 *   list zen  dnsbl "zen.spamhaus.org" codes 127.0.0.2=sbl 127.0.0.4-7=xbl
 *   list dqs  dnsbl "%{key}.zen.dq.spamhaus.net" key file "dqs.key" codes ...
 *   list dbl  rhsbl "dbl.spamhaus.org" codes 127.0.1.2-6 probe "dbltest.com"
 *   list surbl uribl "multi.surbl.org" bits 8=phish 16=malware
 *   list good dnswl "list.dnswl.org" codes 127.0.2-15.1-3
 *
 * A code that is not declared is never a listing. The key is put in where the
 * zone says %{key}; it stands in a file of its own, because rule files are
 * quoted in errors and kept by the journal, and is told to nobody.
 */

#include "policy/dns/dns.h"
#include "rules/lang/ruleset.h"

enum dnslist_kind {
	DNSLIST_BLOCK, /* dnsbl: addresses */
	DNSLIST_WHITE, /* dnswl: addresses */
	DNSLIST_NAME,  /* rhsbl: domains, as they stand there */
	DNSLIST_URI,   /* uribl: domains, as they were registered */
};
#define DNSLIST_KIND_COUNT 4

/* What the check of lists adds to the language. */
extern const struct rule_list_kind dnslist_kinds[DNSLIST_KIND_COUNT];

bool dnslist_is_kind(const struct rule_list_kind *kind);

/* Each octet has a range. */
struct dnslist_code {
	uint8_t from[4], to[4];
	struct span name; /* "" without one */
};

struct dnslist_bit { /* of the last octet of 127.0.0.x */
	uint8_t mask;
	struct span name;
};

struct dnslist_state;

struct dnslist {
	enum dnslist_kind kind;
	struct span name;   /* in the rule file */
	struct span zone;   /* as declared: without the key */
	struct span domain; /* that is asked: SECRET where there is a key */
	struct span key;    /* SECRET; "" without one */
	const struct dnslist_code *code;
	size_t code_count;
	const struct dnslist_bit *bit;
	size_t bit_count;
	bool bits;        /* its codes are bits, so bit 1 is a refusal */
	bool registrable; /* the registered part of a domain is asked */
	/* Never asked: the registered names of these, and these networks. */
	const struct span *except;
	size_t except_count;
	const struct ip_net *except_net;
	size_t except_net_count;
	/* Names below the zone that are and are not listed; "": no probe. */
	struct span probe_listed, probe_clean;
	bool asked; /* some rule asks it; else it is not even probed */
	struct dnslist_state *state; /* dnslist_health.c's; NULL: not watched */
};

/* Where keys come from; read is as in ruleset_options. */
struct dnslist_keys {
	bool (*read)(void *ctx, struct span name, const struct source *from,
	    struct span *text, const char **why);
	void *ctx;
	/* A key that cannot be read becomes "key": for judging again, away
	 * from the host that has it. */
	bool lenient;
};

/*
 * What a declaration says. False with *why (arena or static text). What out
 * points to lies in the arena or in info.
 */
bool dnslist_parse(const struct rule_list_info *info,
    const struct dnslist_keys *keys, struct arena *a, struct dnslist *out,
    const char **why);

/* The snapshot's lists by their number in the ruleset. */
struct dnslists {
	struct dnslist **list; /* NULL: that list is not one in DNS */
	size_t count;
};

/*
 * The name below the list's zone under which the value would stand, such as
 * "2.2.0.192" or "example.com"; "" when the value is not to be asked: it is
 * no address or domain, is private or exempt. Lies in the arena or value.
 */
struct span dnslist_subject(
    const struct dnslist *l, const struct value *value, struct arena *a);
/* The whole name to ask for: SECRET when the list has a key. */
struct span dnslist_question(
    const struct dnslist *l, struct span subject, struct arena *a);
/* The name with the key of any of the lists taken out, to be shown. */
struct span dnslist_redact(
    const struct dnslists *lists, struct span name, struct arena *a);

/* As the journal keeps it: whoever judges again without the key asks with the
 * word "key" in its place. */
struct span dnslist_keyless(
    const struct dnslists *lists, struct span name, struct arena *a);

/* An answer that says something of the list itself and not of the value. */
struct dnslist_error {
	const char *code;    /* "127.255.255.254", for messages */
	const char *meaning; /* and what to do about it */
	bool refused;        /* the list will go on refusing to answer us */
};

struct dnslist_result {
	enum truth truth;   /* never PENDING; UNKNOWN for errors and failures */
	struct span detail; /* YES: names of the codes, or the codes */
	const char *problem;               /* UNKNOWN: why; static text */
	const struct dnslist_error *error; /* or NULL */
	bool other; /* NO, but with codes that the list does not declare */
};

/* What an answer to an A question means; it must not be pending. */
void dnslist_judge(const struct dnslist *l, const struct dns_answer *answer,
    struct arena *a, struct dnslist_result *out);

#endif
