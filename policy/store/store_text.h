#ifndef POLICY_STORE_STORE_TEXT_H
#define POLICY_STORE_STORE_TEXT_H

/* Entries of the store as text. Pure; any thread. */

#include "policy/store/store_table.h"

#define STORE_TEXT_MAX ((size_t)192)

/* False, with *r empty, for what is no entry; text may be anything. */
bool store_text_read(struct span text, struct store_record *r);
/* The length of what was written; 0 for an empty entry. */
size_t store_text_write(const struct store_record *r, char out[STORE_TEXT_MAX]);

#endif
