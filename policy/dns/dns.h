#ifndef POLICY_DNS_DNS_H
#define POLICY_DNS_DNS_H

/*
 * DNS as the rest of the program sees it.
 *
 * A resolver answers questions, either from the network with a cache above
 * (one thread of its own) or from a zone that a case file carries. A batch is
 * one message's set of questions: dns_ask returns at once, with the answer or
 * with DNS_PENDING after it has started the lookup; dns_join waits until more
 * is known or the deadline passes; dns_batch_free drops whatever is still
 * under way (it goes on for the cache, nobody waits for it).
 *
 * Evaluators are written as "judge with the answers known so far": where one
 * is pending they ask for all else they can foresee, return "waiting", and
 * are run again from the start when it has come.
 */

#include <netinet/in.h>

#include "rules/base/arena.h"
#include "rules/base/ip.h"
#include "rules/base/span.h"

enum dns_type {
	DNS_A = 1,
	DNS_PTR = 12,
	DNS_MX = 15,
	DNS_TXT = 16,
	DNS_AAAA = 28,
	DNS_TLSA = 52,
};

enum dns_status {
	DNS_PENDING,
	DNS_DATA,     /* count > 0 */
	DNS_NODATA,   /* the name exists, without records of this type */
	DNS_NXDOMAIN, /* no such name; with alias set the owner itself exists */
	DNS_TEMP,     /* SERVFAIL, REFUSED, timeout, malformed: never "no" */
};
extern const char *const dns_status_names[5];

struct dns_mx {
	uint16_t preference;
	struct span host; /* "" for "." (null MX) */
};

/* Immutable once not pending; lives as long as the batch that gave it. */
struct dns_answer {
	enum dns_status status;
	enum dns_type type;
	size_t count;
	union {
		const struct ip *ip;     /* A and AAAA */
		const struct dns_mx *mx; /* sorted by preference */
		const struct span *text; /* TXT: strings joined; PTR: names in
		                            lower case without trailing dot;
		                            TLSA: octets as in RFC 6698 2.1,
		                            three at least */
	};
	uint32_t ttl_s;
	bool secure; /* AD bit of a resolver on loopback */
	bool alias;  /* a CNAME stood at the name that was asked for */
	bool cached;
	const char *problem; /* DNS_TEMP: static text such as "timeout" */
};

struct clock;
struct resolver;
/*
 * An answer with more records is none: who lists thousands of addresses makes
 * others pay for reading them.
 */
#define DNS_RECORDS_MAX 512

struct dns_batch;
struct dns_zone;
struct waits;

/* ---- resolvers ---------------------------------------------------------- */

struct dns_options {
	const struct sockaddr_storage *server; /* none: resolv.conf */
	size_t server_count;
	int64_t timeout_ms;   /* of one question, all retries; default 5000 */
	size_t cache_entries; /* default 100000 */
	uint32_t ttl_max_s;   /* default 86400 */
	uint32_t negative_ttl_max_s; /* default 3600 */
	size_t renew_after; /* questions, then other ports; default 1000 */
	/* By which cached answers age (for tests); NULL: clock_system. */
	const struct clock *clock;
};

/*
 * Zeroes in the options stand for the defaults, o NULL for all of them.
 * Starts the resolver's thread, with all signals blocked in it. Returns NULL
 * and sets *why (static text) when it cannot. Any thread may use it; a fork
 * must come before it.
 */
struct resolver *resolver_network(
    const struct dns_options *o, const char **why);
/* Answers from the zone, at once, in the caller's thread. Keeps the zone. */
struct resolver *resolver_zone(struct dns_zone *zone);
/* All batches must have been freed. */
void resolver_free(struct resolver **r);
/* False when a server is not on loopback: AD is not believed then. */
bool resolver_on_loopback(struct resolver *r);
/* What the operator should know when that is so (static text), or NULL. */
const char *resolver_warning(struct resolver *r);

struct dns_stats {
	uint64_t asked, cache_hits, joined, sent, timeouts, failures;
	uint64_t entries;
	/* Of lookups that were answered; bucket i: under 2^i ms; the last: the
	 * rest. */
	uint64_t latency_ms[12];
};
void resolver_stats(struct resolver *r, struct dns_stats *out);

/*
 * The slowest lookups of the last half to whole hour, by the one that took
 * longest and by the time of all together. What the cache answers is no
 * lookup. Numbers are lower bounds: what was seen of the name since it is
 * among the slow ones.
 */
enum dns_slow_order { DNS_SLOW_WORST, DNS_SLOW_TOTAL };
#define DNS_SLOW_ORDERS (DNS_SLOW_TOTAL + 1)
#define DNS_SLOW_SHOWN  10

struct dns_slow_lookup {
	struct span name; /* any octets but dots may stand in its labels */
	enum dns_type type;
	uint64_t count;
	uint64_t unanswered; /* of these: timeouts and other failures */
	uint64_t total_ms, worst_ms;
};
/* The slowest first, in the arena; returns how many. Any thread. */
size_t resolver_slowest(struct resolver *r, enum dns_slow_order order,
    struct arena *a, struct dns_slow_lookup **out);

/* "A", "TXT" ... */
const char *dns_type_name(enum dns_type type);

/* The plain numbers of dns_stats, for whoever shows them all. */
struct dns_stat_row {
	const char *name; /* "dns_asked" */
	size_t offset;    /* of a uint64_t in struct dns_stats */
	bool gauge;       /* it may fall; the others only count up */
	const char *help;
};
extern const struct dns_stat_row dns_stat_rows[7];

/* ---- batches: one thread at a time -------------------------------------- */

/*
 * The batch lies in the arena but must be freed before it, since lookups that
 * are under way know of it.
 */
struct dns_batch *dns_batch_new(struct resolver *r, struct arena *a);
void dns_batch_free(struct dns_batch **b);
/*
 * How many questions dns_ask may ask, each once; without this: any number.
 * Of a message all are, that a sender may choose: honest mail takes some ten,
 * records made for the purpose more than a hundred for each identity of SPF.
 */
#define DNS_CHOSEN_MAX 100
void dns_batch_bound(struct dns_batch *b, size_t chosen_max);

/*
 * On whose behalf it asks: of lookups under way, queries that go out and
 * places in the cache its network gets a share, and takes turns with others.
 * Without this it is bounded by what there is for all.
 */
void dns_batch_for(struct dns_batch *b, struct ip client);

/*
 * What is posted to when an answer has come. A message waits on it for all
 * else that it has asked, too. As long as the batch.
 */
struct waits *dns_batch_waits(const struct dns_batch *b);

/*
 * Asks for name (any case, trailing dot or not, A-labels). Never waits. A
 * name that cannot stand in DNS (empty, label over 63 or name over 253
 * octets) answers DNS_NXDOMAIN without asking. Asking again for the same
 * costs a look-up in a small table. Beyond the bound of the batch it fails as
 * DNS_TEMP.
 */
const struct dns_answer *dns_ask(
    struct dns_batch *b, struct span name, enum dns_type type);
/*
 * The same for what does not count for the bound: questions about the author's
 * domain, which nobody else's may keep from being asked, and those of lists,
 * which have bounds of their own.
 */
const struct dns_answer *dns_ask_reserved(
    struct dns_batch *b, struct span name, enum dns_type type);
/* Questions that were still pending at the last ask or join. */
size_t dns_pending(const struct dns_batch *b);
/*
 * Waits until at least one question that was pending has got its answer since
 * the last dns_join; at once when dns_ask has noticed one meanwhile, so that
 * nobody who was judged before that misses it. Returns false when there is
 * none, and none pending or the deadline (CLOCK_MONOTONIC, ms) passed.
 */
bool dns_join(struct dns_batch *b, int64_t deadline_ms);
/* The same without waiting: whether something has come since the last. */
bool dns_news(struct dns_batch *b);
/*
 * The same, once the batch's owner has nothing to do but wait: answers that a
 * hesitating zone holds back come then.
 */
bool dns_reveal(struct dns_batch *b);
/*
 * All that is pending becomes DNS_TEMP with this problem (static text). From
 * then on nothing is DNS_PENDING: a new question is answered from the cache
 * or fails with the same problem.
 */
void dns_give_up(struct dns_batch *b, const char *problem);

/* The same for one question that was asked: others are still waited for. */
void dns_give_up_one(struct dns_batch *b, struct span name, enum dns_type type,
    const char *problem);

/* Each question of the batch with its answer, in the order asked. */
typedef void dns_seen(
    void *ctx, struct span name, const struct dns_answer *answer);
void dns_each(const struct dns_batch *b, dns_seen *seen, void *ctx);

/* ---- zones of case files ------------------------------------------------- */

/*
 * Names are taken with or without trailing dot, in any case; what is given is
 * copied. An absent name is NXDOMAIN unless a name below it is present.
 * CNAMEs are followed. A name that cannot stand in DNS is left out. Once a
 * resolver has it, a zone is only read.
 */
struct dns_zone *dns_zone_new(void);
void dns_zone_free(struct dns_zone **z);
/* A name without data, unless records are added too. */
void dns_zone_name(struct dns_zone *z, struct span name);
/*
 * rcode for the types without records: SERVFAIL, TIMEOUT, NXDOMAIN, REFUSED.
 * TIMEOUT answers "timeout" at once. Returns false for any other word.
 */
bool dns_zone_rcode(struct dns_zone *z, struct span name, struct span rcode);
/*
 * The same word for every name that was not stated, instead of NXDOMAIN: for
 * the zone of a decision, whose other names nobody asked about.
 */
void dns_zone_unstated(struct dns_zone *z, struct span rcode);
/* Returns false when ip is no address; its family says A or AAAA. */
bool dns_zone_address(struct dns_zone *z, struct span name, struct span ip);
void dns_zone_mx(struct dns_zone *z, struct span name, uint16_t preference,
    struct span host);
void dns_zone_txt(struct dns_zone *z, struct span name, struct span text);
void dns_zone_ptr(struct dns_zone *z, struct span name, struct span host);
/* "3 1 1 a0b1..." (RFC 6698 2.2). Returns false when it is no such record. */
bool dns_zone_tlsa(struct dns_zone *z, struct span name, struct span text);
void dns_zone_cname(struct dns_zone *z, struct span name, struct span target);
/*
 * What from says of the addresses of a name is said of it by to as well, under
 * name_to; to NULL: nothing is copied. False when from does not state it.
 */
bool dns_zone_take(struct dns_zone *to, struct span name_to,
    const struct dns_zone *from, struct span name);
/*
 * Makes every question pending once before it is answered by the next
 * dns_join: proves in tests that an evaluator can be restarted.
 */
void dns_zone_hesitate(struct dns_zone *z, bool on);

#endif
