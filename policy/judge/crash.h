#ifndef POLICY_JUDGE_CRASH_H
#define POLICY_JUDGE_CRASH_H

/*
 * Messages that ended the process. Before the content of a message is read
 * its hash is noted in a small file that is mapped into memory, and removed
 * when the message has been judged; a process that dies between leaves it
 * there, kill -9 included, since the pages are the kernel's. The next process
 * finds it, remembers it for a day, and reads the content of such a message
 * no more: the client tries again, and would end us again.
 *
 * All messages that were being judged at that moment are suspected; those
 * that did nothing lose a day of content checks at worst, and the flag
 * crashed-before says so.
 */

#include "rules/base/arena.h"
#include "rules/base/span.h"

struct crash_memory;
struct message;

#define CRASH_UNNOTED SIZE_MAX

/*
 * Opens or makes the file. What an earlier process left in flight becomes
 * remembered, and *left says how many. NULL with *why (in the arena) when
 * there can be no such memory: another process has it, no directory, no
 * disk. A file that is not ours or damaged is begun anew.
 */
struct crash_memory *crash_open(const char *path, int64_t now_s, size_t *left,
    struct arena *a, const char **why);
/*
 * The process ends in good order: what is still in flight did not end it.
 * Nothing is noted any more. NULL is fine.
 */
void crash_leave(struct crash_memory *c);
/* Messages in flight stay noted. NULL inside is fine. */
void crash_close(struct crash_memory **c);

/*
 * The hash of what is going to be parsed: the header without Received fields,
 * which a retry may bring anew, and the body as far as it is kept. Keyed by
 * the file, so that nobody outside can find two messages with one hash.
 */
uint64_t crash_hash(const struct crash_memory *c, const struct message *m);
/* Whether it ended us and is not forgotten yet. Any thread. */
bool crash_known(const struct crash_memory *c, uint64_t hash, int64_t now_s);
/*
 * Notes it; the slot is for crash_done. CRASH_UNNOTED when all slots are
 * taken, which is fine there. Any thread; never waits.
 */
size_t crash_note(struct crash_memory *c, uint64_t hash);
void crash_done(struct crash_memory *c, size_t slot);

#endif
