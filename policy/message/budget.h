#ifndef POLICY_MESSAGE_BUDGET_H
#define POLICY_MESSAGE_BUDGET_H

/*
 * The bound on the memory of all messages under way: their arenas, in which
 * header, decoded content and facts lie, and their bodies. body.max and the
 * limits of header.h and of the content bound one message; a client that opens
 * a thousand connections has a thousand of those. Without it the system would
 * end the process for its memory, and all sessions with it.
 *
 * A count and no pool, shared as policy/base/share.h says: whoever gets no
 * room has taken more than others, has it said to him (452 4.3.1), and all
 * others are judged on everything they sent. Each message takes before it
 * allocates and gives all back when it ends. Any thread; never waits.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct share;

struct room {
	struct share *memory;         /* octets of all messages */
	atomic_ullong short_messages; /* that were refused some, each once */
};

struct message;

void room_init(struct room *r);
void room_fini(struct room *r);
/* A message begins: from here on its arena counts. r NULL: no bound. */
void room_enter(struct message *m, struct room *r);
/* All that the message took; its arena is freed next. */
void room_leave(struct message *m);
/*
 * Takes octets for this message out of body.total. False when there are none
 * for it: what they were for is not to be kept, and m->room_short is set.
 */
bool room_take(struct message *m, size_t octets);
/* The same before something that takes so many from the arena. */
bool room_has(struct message *m, size_t octets);
/* Room for n octets more in the message's body, however the buffer grows. */
bool room_take_body(struct message *m, size_t n);

#endif
