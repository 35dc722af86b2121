#ifndef POLICY_JOURNAL_JOURNAL_FILE_H
#define POLICY_JOURNAL_JOURNAL_FILE_H

/*
 * The journal's file as its writer sees it: entries go in, the oldest go out.
 * Everything here waits for the disk. One thread at a time.
 *
 *   decision  the columns to search by; record has the same seq
 *   record    the JSON of an entry (journal_entry.h): packed in octets, with
 *             the names of its facts beside it (journal_names.h), or the text
 *             of one that version 1 wrote
 *   snapshot  what decisions were made with, once each: configuration, rules,
 *             the files that rules name, and the facts that were gathered
 */

#include "policy/base/sqlite_schema.h"
#include "policy/journal/journal_entry.h"

/* The version of the file that is written (sqlite_schema.h); older ones are
 * read as well. */
#define JOURNAL_FILE_VERSION 4

struct journal_file;

/*
 * check: every page is read before anything is written. A damaged file is set
 * aside and a new one begun: then *renewed is true and
 * why says what was wrong. NULL when there can be none.
 */
struct journal_file *journal_file_open(const char *path, int64_t now_s,
    bool check, bool *renewed, char why[SQLITE_WHY_MAX]);
void journal_file_close(struct journal_file **f);
/* All of the list in one transaction, or none of it. */
bool journal_file_write(struct journal_file *f, const struct journal_entry *e);
/*
 * Deletes what is older than before_s, and while the file holds more than size
 * octets the oldest; some drop decisions at most. When there is nothing to
 * delete, a file that is larger than size gives back a piece of what it does
 * not use. *more: there is more to do.
 */
bool journal_file_expire(struct journal_file *f, int64_t before_s,
    uint64_t size, size_t drop, bool *more);
/* When the last decision was made, by the clock of then; 0: there is none. */
int64_t journal_file_newest_s(struct journal_file *f);
/*
 * Decisions of days to come were made while a clock was wrong: as of now, or
 * they would stay until then, and all that came after them.
 */
bool journal_file_mend_times(struct journal_file *f, int64_t now_s);
/* Of the last call that failed: what kind of trouble, and why. */
enum sqlite_trouble journal_file_trouble(const struct journal_file *f);
const char *journal_file_error(const struct journal_file *f);
/* Somebody has removed or replaced the file: what is written now is lost. */
bool journal_file_gone(const struct journal_file *f);
/* Tests: the file can't grow beyond this. */
void journal_file_limit(struct journal_file *f, uint64_t pages);

#endif
