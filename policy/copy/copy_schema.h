#ifndef POLICY_COPY_COPY_SCHEMA_H
#define POLICY_COPY_COPY_SCHEMA_H

/*
 * What the database of all hosts looks like, and how older versions of it are
 * brought up to date. Waits for the server.
 *
 *   decision  one row a decision, in a partition for each day (UTC): the
 *             columns of the journal, its record as JSON, and serial, in whose
 *             order rows become visible
 *   snapshot  what decisions were made with
 *   journal   each host's journal and how far it has been copied
 */

#include "policy/base/postgres.h"

/* Creates it, or upgrades it; false: postgres_error says why. Several hosts
 * may do so at once. */
bool copy_schema_make(struct postgres *p);
/* False, and *why, when it is not of this program's version. For readers. */
bool copy_schema_fits(struct postgres *p, char why[POSTGRES_WHY_MAX]);
/* The partitions for these seconds of unix time. Within a transaction. */
bool copy_schema_day(struct postgres *p, int64_t time_s);
/* Drops days that ended before, and snapshots that nothing was made with since.
 * Not within a transaction. */
bool copy_schema_expire(struct postgres *p, int64_t before_s);

/* Within a transaction: until its end no other host writes. */
bool copy_schema_lock(struct postgres *p);

#endif
