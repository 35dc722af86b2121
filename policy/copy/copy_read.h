#ifndef POLICY_COPY_COPY_READ_H
#define POLICY_COPY_COPY_READ_H

/*
 * The decisions of all hosts, as a journal. Waits for the server; a question
 * that it does not answer within wait_ms has failed. The numbers of rows are
 * in the order in which they came there, and so are walks, but for one from the
 * newest on, which goes by time.
 */

#include "policy/journal/journal_read.h"

/* For who waits for nothing else. */
#define COPY_READ_WAIT_MS 60000

/* NULL: why says why not, without a password. */
struct journal_reader *copy_reader_open(
    const char *uri, int64_t wait_ms, char why[SQLITE_WHY_MAX]);
/* Is it such an address, and not a file's path? */
bool copy_is_address(const char *where);
/* Either of them. */
struct journal_reader *copy_journal_open(
    const char *where, int64_t wait_ms, char why[SQLITE_WHY_MAX]);

#endif
