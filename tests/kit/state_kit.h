#ifndef TESTS_KIT_STATE_KIT_H
#define TESTS_KIT_STATE_KIT_H

/*
 * Messages that follow one another on one store, by a clock of the test: for
 * the tests of greylisting, limits and reputation. One kit at a time.
 */

#include "policy/judge/judge.h"
#include "policy/store/store.h"

#define KIT_TIME INT64_C(1767225600)

struct kit {
	struct clock_fixed time;
	struct services judge;
	struct dns_zone *zone;
	struct snapshot *snapshot;
	struct arena *arena; /* of texts in what came out */
};

/* One message; NULL members take what stands behind them. */
struct kit_mail {
	int64_t at;          /* seconds behind KIT_TIME */
	const char *ip;      /* 203.0.113.9 */
	const char *from;    /* a@sender.example; "" is null */
	const char *rcpt;    /* b@here.example; several with blanks between */
	const char *refused; /* recipients that the MTA has refused before */
	const char *user;    /* "": not authenticated */
	const char *message; /* a short one from a@sender.example */
};

struct kit_result {
	enum outcome rcpt[64];  /* by recipient, at RCPT */
	const char *reply;      /* the first refusal's text, or "" */
	const char *reply_code; /* as "451 4.7.1", or "" */
	enum outcome end;       /* when a recipient was left, else REJECT */
	double score;
	unsigned refused; /* recipients at RCPT */
};

/* config may be "". What is wrong with the rules fails the test. */
void kit_begin(struct kit *k, const char *config, const char *rules);
void kit_end(struct kit *k);
/* In place of the store, which is closed, one that cannot be reached. */
void kit_lose_store(struct kit *k);
void kit_send(
    struct kit *k, const struct kit_mail *mail, struct kit_result *out);
/* "passes", "waits" (451), "refused" or "junk", of the whole message. */
const char *kit_fate(struct kit *k, const struct kit_mail *mail);

#endif
