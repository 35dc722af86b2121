#ifndef POLICY_JOURNAL_JOURNAL_NAMES_H
#define POLICY_JOURNAL_JOURNAL_NAMES_H

/*
 * Names of facts in records: a record has their numbers (jsonpack.h), and the
 * file the names, once for all decisions of a program: they are one text of
 * journal_words.h, a line each (schema_names), whose number stands beside the
 * record. When there is no number left the text stands there itself.
 *
 * One thread at a time.
 */

#include "policy/journal/journal_words.h"
#include "rules/base/jsonpack.h"

/* ---- writing ------------------------------------------------------------- */

struct journal_names; /* the last that were written */

struct journal_names *journal_names_new(struct journal_words *words);
/* NULL inside is fine. */
void journal_names_free(struct journal_names **n);
/*
 * What is to stand beside a record with these names; *octets: it is a number,
 * not a text. Lives until the next call. The words are added to if need be,
 * inside of the caller's transaction.
 */
struct span journal_names_put(
    struct journal_names *n, struct span names, bool *octets);
/* The transaction was rolled back, and the words forgot. */
void journal_names_forget(struct journal_names *n);

/* ---- reading ------------------------------------------------------------- */

/*
 * The names that a text of such lines lists, from a few that are kept. Live
 * until the next call.
 */
const struct jsonpack_names *journal_names_read(
    struct journal_names *n, struct span text);

#endif
