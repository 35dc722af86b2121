#ifndef POLICY_COPY_COPY_H
#define POLICY_COPY_COPY_H

/*
 * Every decision to PostgreSQL as well, so that several hosts have one
 * history. A thread follows the journal's file, which therefore is the spool:
 * what the server does not take stays there, mail never waits, and a process
 * that is killed goes on where it was. Decisions are lost only where the
 * journal deletes them (journal.keep, journal.size) before the server is back;
 * they are counted, and the operator is told.
 */

#include "policy/base/clock.h"

struct copy;

struct copy_options {
	const char *journal; /* path of the file */
	const char *host;    /* the name that its decisions carry there */
	struct clock clock;
	/* For the operator, from the thread. May be NULL. */
	void (*alert)(void *ctx, const char *key, const char *text);
	void *ctx;
	/* Zeroes stand for the defaults. */
	int64_t look_ms;    /* between looks for new decisions; 1 s */
	int64_t retry_ms;   /* after a failure; 1 s, later up to 64 times */
	int64_t timeout_ms; /* for an answer of the server; 20 s */
};

/* Starts the thread; after fork and after privileges were given up. The
 * options' texts must live as long as it does. It rests until it has an
 * address. */
struct copy *copy_new(const struct copy_options *o);
/* Whereto ("": nowhere) and how long decisions are kept there. Any thread;
 * never waits. */
void copy_target(struct copy *c, const char *uri, int64_t keep_s);
/* Ends the thread, within a fifth of a second; NULL does nothing. */
void copy_end_join(struct copy *c);
void copy_free(struct copy **c);

struct copy_stats {
	uint64_t copied;
	uint64_t skipped; /* decisions that the server does not take */
	uint64_t missed;  /* deleted here before they were copied */
	bool on, works;
};
/* Any thread. c NULL: all zero. */
void copy_stats(struct copy *c, struct copy_stats *out);

#endif
