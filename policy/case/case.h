#ifndef POLICY_CASE_CASE_H
#define POLICY_CASE_CASE_H

/*
 * One message with everything it is judged on, outside any MTA: what
 * `verdict check` is given on its command line, a line of a case file, or
 * what the journal exports. It is driven through the same session_* calls as
 * the daemon's messages.
 */

#include "policy/base/json.h"
#include "policy/dns/dns.h"
#include "policy/judge/judge.h"

#define CASE_TIME_DEFAULT INT64_C(1767225600) /* 2026-01-01T00:00:00Z */
#define CASE_RCPT_MAX     10000

/* Spans live in the arena or the JSON document that they were read from. */
struct case_input {
	struct span id;
	struct span message; /* p NULL: an envelope without message */
	struct ip ip;
	uint16_t port;
	struct span client_name;
	struct span helo, mailfrom;
	const struct span *rcpt;
	size_t rcpt_count;
	struct learner *learner; /* NULL: nothing was learned */
	struct reader *reader;   /* NULL: documents are not read */
	struct dns_zone *zone;   /* owned; NULL: every name is NXDOMAIN */
	int64_t time_s;
	struct jsonr facts;   /* given instead of found */
	struct jsonr answers; /* rules whose answer is given: true, false */
	struct span rules, config; /* p NULL: those of the caller */
	struct jsonr macros, lists, state;
};

/* All defaults; free with case_release. */
void case_init(struct case_input *c);
void case_release(struct case_input *c);
/*
 * Reads one case; relative paths in it are below dir. False with *why. Reads
 * files.
 */
bool case_read(struct case_input *c, struct jsonr json, const char *dir,
    struct arena *a, const char **why);
/* Reads a zone (verdict-cases(5)) into a new *zone. */
bool case_zone(struct jsonr json, struct dns_zone **zone, struct arena *a,
    const char **why);

struct case_run;

/* What came of each recipient at RCPT. */
struct case_rcpt {
	struct span rcpt;
	struct verdict verdict; /* ACCEPT: goes on to the end of message */
};

struct case_result {
	struct session *session; /* session->message is the one judged */
	struct verdict verdict;  /* for the recipients that were left */
	const struct case_rcpt *rcpt;
	size_t rcpt_count;
	bool rcpt_left;       /* some recipient, or none was named */
	struct case_run *run; /* case.c's */
};

/*
 * Judges it. live: the resolver to ask instead of the zone, or NULL. The
 * result is released with case_result_free. Waits for DNS if live, and for the
 * reader of documents if there is one.
 */
void case_run(const struct case_input *c, struct snapshot *snapshot,
    struct resolver *live, struct case_result *out);
void case_result_free(struct case_result *r);

#endif
