#ifndef MILTER_ENGINE_DIALOGUE_H
#define MILTER_ENGINE_DIALOGUE_H

/*
 * One connection of the MTA as a conversation: octets in, calls of the
 * handlers, octets out. It knows the order of the milter protocol and no
 * socket, so that a test and a fuzzer can hold it.
 *
 * The life of one: dialogue_init; dialogue_feed with whatever arrives, as long
 * as it says DIALOGUE_GOES_ON; what stands in `out` after each call is the
 * MTA's, and who writes it takes it out. When it says DIALOGUE_WAITS nothing
 * may be fed until dialogue_resume says otherwise. One call at a time, from
 * any thread. dialogue_clear ends a session that is open.
 *
 * What a peer can make it hold: one packet that is not whole (packet_max),
 * the macros of seven commands (64 KB each), and what it has been fed beyond
 * an end of message that waits.
 */

#include "milter/engine/engine.h"
#include "rules/base/buf.h"

enum dialogue_state {
	DIALOGUE_GOES_ON,
	DIALOGUE_WAITS, /* for answers to the message's end */
	DIALOGUE_OVER,  /* nothing more is to be read */
};

#define DIALOGUE_COMMANDS 7 /* that have macros */

struct dialogue {
	struct engine_link link; /* first */
	const struct engine_handlers *handlers;
	size_t packet_max;
	struct buf out;
	int64_t again_ms; /* WAITS: resume then at the latest (monotonic) */
	/* From negotiation on; what was agreed on. */
	bool negotiated;
	uint32_t protocol;
	bool outdated;   /* the connection is to end between two sessions */
	bool connected;  /* a session is open */
	uint16_t group;  /* of its client (crowd_group); 0: not known */
	bool in_message; /* MAIL was said and the message is not over */
	unsigned stage;  /* of the message: the furthest that was said */
	bool waits;
	struct buf in; /* a piece of a packet, or what waits */
	struct buf macros[DIALOGUE_COMMANDS];
	const char *why; /* OVER: what was wrong, or NULL when nothing was */
};

/* For ops: the macros that the MTA gave. */
struct span dialogue_macro(struct engine_link *link, const char *name);

/* packet_max: of a packet's data. */
void dialogue_init(struct dialogue *d, const struct engine_handlers *handlers,
    const struct engine_link_ops *ops, size_t packet_max);
void dialogue_clear(struct dialogue *d);
/* At most DIALOGUE_PIECE_MAX octets at a time. */
#define DIALOGUE_PIECE_MAX 65536
enum dialogue_state dialogue_feed(struct dialogue *d, struct span octets);
/* After WAITS: once again_ms has come or the handlers have told. */
enum dialogue_state dialogue_resume(struct dialogue *d);

#endif
