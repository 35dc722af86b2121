#ifndef POLICY_MESSAGE_BUDGET_H
#define POLICY_MESSAGE_BUDGET_H

/*
 * The bound on what all messages under way keep together of what a peer makes
 * long: bodies and header fields. body.max and the limits of header.h bound
 * one message; a client that opens a thousand connections has a thousand of
 * those. Without it the system would end the process for its memory, and all
 * sessions with it, where now some messages have a limit flagged.
 *
 * A count and no pool: each message takes before it allocates and gives all
 * back when it ends. Any thread; never waits.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed at the start. */
struct room {
	atomic_ullong held;           /* octets */
	atomic_ullong short_messages; /* that were refused some, each once */
};

struct message;

/*
 * Takes octets for this message out of body.total. False when that is
 * exhausted: what they were for is not to be kept, and m->room_short is set.
 * Without a room in the judge there is no bound.
 */
bool room_take(struct message *m, size_t octets);
/* All that the message took. */
void room_give(struct message *m);
/* Room for n octets more in the message's body, however the buffer grows. */
bool room_take_body(struct message *m, size_t n);

#endif
