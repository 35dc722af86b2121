#ifndef POLICY_JUDGE_CRASH_H
#define POLICY_JUDGE_CRASH_H

/*
 * Messages that ended the process. While one is worked on, at its end, its
 * hash stands in a small file that is mapped into memory; a process that dies
 * leaves it there, kill -9 included, since the pages are the kernel's. The
 * next process finds it, and remembers it for a day. One that only waits, for
 * DNS mostly, does nothing that could end us and is not noted meanwhile.
 *
 * One that was alone is guilty: its content is read no more, for the client
 * tries again, and would end us again. Where several were worked on, each is a
 * suspect first and is read once more; a suspect that was worked on at another
 * end is guilty, and whoever is not suspected yet and was beside a suspect is
 * innocent. Of suspects one at a time has its content read, so that two do
 * not accuse each other again.
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

/* One message, from its end to its verdict; zeroed but for the slot. */
struct crash_case {
	uint64_t hash;
	size_t slot;  /* CRASH_UNNOTED: not worked on just now */
	bool suspect; /* and no other suspect is being read */
};

enum crash_state {
	CRASH_READ,   /* noted: its content may be read */
	CRASH_BUSY,   /* a suspect, while another is read: to come again */
	CRASH_GUILTY, /* it ended us: not to be read */
};

/*
 * Whether the content of the message with this hash may be read, and if so,
 * notes it. *since_s is when a guilty one was found so. Any thread; never
 * waits.
 */
enum crash_state crash_begin(struct crash_memory *c, struct crash_case *k,
    uint64_t hash, int64_t now_s, int64_t *since_s);
/* It waits from here on; nothing when it is not noted. */
void crash_pause(struct crash_memory *c, struct crash_case *k);
/*
 * It is worked on again. Where all slots are taken it is not noted, which is
 * fine.
 */
void crash_resume(struct crash_memory *c, struct crash_case *k);

#endif
