#ifndef POLICY_JOURNAL_JOURNAL_SECRET_H
#define POLICY_JOURNAL_JOURNAL_SECRET_H

/* Between the files of the journal. */

#include "policy/journal/journal_entry.h"

/*
 * The secret that lies in PATH.key, or a new one that is left there; without
 * a place to keep it it is good until the process ends. Waits for the disk.
 */
void journal_secret_make(
    const char *path, uint8_t secret[JOURNAL_SECRET_OCTETS]);

#endif
