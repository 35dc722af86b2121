#ifndef POLICY_JOURNAL_JOURNAL_WORDS_H
#define POLICY_JOURNAL_JOURNAL_WORDS_H

/*
 * What the journal says again and again (names of rules, verdicts, stages) as
 * numbers, each text once in the table `word`. A number is written as octets
 * that begin in none of another's, as characters do in UTF-8, so that several
 * stand in a row and one is found by looking for its octets.
 *
 * Texts are never removed: they are the names that rules had. One thread at a
 * time; the file must outlive it.
 */

#include "policy/base/sqlite.h"
#include "rules/base/arena.h"
#include "rules/base/buf.h"

struct journal_words;

#define JOURNAL_WORDS_MAX 50000 /* beyond it texts stand for themselves */

/* Reads all that are there. NULL: sqlite_error says why not. */
struct journal_words *journal_words_new(struct sqlite *db);
/* NULL inside is fine. */
void journal_words_free(struct journal_words **w);

/*
 * Appends the octets of a text, which is added to the table if need be
 * (inside of the caller's transaction). False: it has none, or an error.
 */
bool journal_words_put(
    struct journal_words *w, struct span text, struct buf *out);
/* The octets of a text that is there, in the arena; "": it is not. */
struct span journal_words_find(
    struct journal_words *w, struct span text, struct arena *a);
/*
 * The texts of octets, a line each, in the arena. Those that were added since
 * are read from the file.
 */
struct span journal_words_texts(
    struct journal_words *w, struct span octets, struct arena *a);
/* The transaction in which some were added was rolled back. */
void journal_words_forget(struct journal_words *w);

#endif
