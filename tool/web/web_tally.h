#ifndef TOOL_WEB_WEB_TALLY_H
#define TOOL_WEB_WEB_TALLY_H

/*
 * What the journal's decisions come to, by hour, rule and sender: summed up in
 * memory, a few milliseconds at a time, so that a page over a million
 * decisions costs no more than one over a hundred, the file needs no index and
 * the daemon writes nothing for it. Whatever senders are called, all of it is
 * bounded: of too many the rarest are forgotten, and their number is told.
 */

#include "policy/journal/journal_read.h"
#include "policy/message/verdict.h"

#define TALLY_HOURS   840 /* 35 days */
#define TALLY_DAYS    35
#define TALLY_SENDERS 4096
#define TALLY_SOURCES 12
#define TALLY_RULES   2048
#define TALLY_NAME    254 /* octets of a domain, with its NUL */
#define TALLY_RECENT  8   /* days in which a sender's passes are told apart */

struct tally_hour {
	int64_t hour; /* since 1970; of another one, when it is not this */
	uint32_t verdict[OUTCOME_COUNT];
	uint32_t monitored; /* done otherwise than wanted */
};

struct tally_rule {
	const char *name;
	uint64_t hits, decided;
	uint32_t day_hits[TALLY_DAYS]; /* by day modulo */
	int64_t last_s;
};

enum tally_auth { TALLY_SPF, TALLY_DKIM, TALLY_DMARC };
#define TALLY_AUTHS (TALLY_DMARC + 1)
enum tally_came { TALLY_PASS, TALLY_FAIL, TALLY_ELSE };
#define TALLY_CAMES (TALLY_ELSE + 1)

/* A network from which mail of a domain comes. */
struct tally_source {
	char net[48]; /* "192.0.2.0/24" */
	uint64_t count;
	uint64_t auth[TALLY_AUTHS][TALLY_CAMES];
	uint64_t refused;
	int64_t last_s;
};

/* Mail whose author's domain it is, or where there was no header yet the
 * envelope's sender's. */
struct tally_sender {
	char name[TALLY_NAME];
	uint64_t count;
	uint64_t verdict[OUTCOME_COUNT];
	uint64_t auth[TALLY_AUTHS][TALLY_CAMES];
	int64_t last_s;
	/* DMARC by day modulo. */
	struct {
		int64_t day;
		uint32_t came[TALLY_CAMES];
	} recent[TALLY_RECENT];
	struct tally_source source[TALLY_SOURCES];
	size_t source_count;
	uint64_t source_lost; /* decisions whose source had no room */
};

struct web_tally;

struct web_tally *web_tally_new(void);
/* NULL inside is fine. */
void web_tally_free(struct web_tally **t);
/* One decision; each once, the oldest first. */
void web_tally_add(struct web_tally *t, const struct journal_row *row);
/*
 * Reads on where it stands, for about ms. *behind: there is more. False after
 * an error of the file.
 */
bool web_tally_read(
    struct web_tally *t, struct journal_reader *r, int64_t ms, bool *behind);

struct tally_sum {
	uint64_t count;
	int64_t first_s, last_s; /* of the decisions that were read; 0: none */
	size_t senders, rules;
	uint64_t senders_lost; /* forgotten for want of room */
};
void web_tally_sum(const struct web_tally *t, struct tally_sum *out);
/* NULL: nothing was decided then, or it is too long ago. */
const struct tally_hour *web_tally_hour(
    const struct web_tally *t, int64_t hour);
/* Of this and the days before it that are so many; at most TALLY_DAYS. */
uint64_t web_tally_rule_days(
    const struct web_tally *t, const struct tally_rule *rule, size_t days);
uint32_t web_tally_rule_day(
    const struct web_tally *t, const struct tally_rule *rule, int64_t day);
/* The day of the newest decision, since 1970. */
int64_t web_tally_day(const struct web_tally *t);

const struct tally_rule *web_tally_rule(
    const struct web_tally *t, struct span name);
const struct tally_sender *web_tally_sender(
    const struct web_tally *t, struct span name);
/* All of them, in no order; web_tally_sum says how many. */
const struct tally_rule *web_tally_rules(const struct web_tally *t);
const struct tally_sender *web_tally_senders(const struct web_tally *t);

/* DMARC of the last days (at most TALLY_RECENT) up to the newest decision. */
void tally_sender_recent(const struct web_tally *t,
    const struct tally_sender *s, size_t days, uint64_t out[TALLY_CAMES]);

#endif
