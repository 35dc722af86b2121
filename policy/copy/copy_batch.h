#ifndef POLICY_COPY_COPY_BATCH_H
#define POLICY_COPY_COPY_BATCH_H

/*
 * Some decisions that follow each other, from a journal into the database in
 * one transaction: all of them and how far it goes, or nothing. So a host that
 * is killed between two calls copies nothing twice and leaves nothing out.
 * Waits for the disk and for the server.
 */

#include "policy/base/postgres.h"
#include "policy/journal/journal_read.h"

/* Whose decisions, and which was the last that is copied. */
struct copy_place {
	char journal[33]; /* the journal's name in the database */
	const char *host;
	int64_t seq; /* 0: none yet */
	char id[64];
	char other[128]; /* host that writes there as well; "": none */
};

/* What came of it. */
enum copy_came {
	COPY_ALL,        /* there are no more now */
	COPY_MORE,       /* there may be more */
	COPY_UNREADABLE, /* the journal: journal_reader_error says why */
	COPY_AWAY, /* the database: postgres_error; the connection is spent */
};

struct copy_batch_numbers {
	uint64_t copied;
	uint64_t skipped; /* that the server does not take */
	uint64_t missed;  /* were deleted here before they were copied */
};

/* Where the journal stands in the database. False: postgres_error. */
bool copy_place_read(struct postgres *p, struct copy_place *place);

/* The next ones behind place, which moves. Adds to *n. */
enum copy_came copy_batch(struct postgres *p, struct journal_reader *r,
    int64_t now_s, struct copy_place *place, struct copy_batch_numbers *n);

#endif
