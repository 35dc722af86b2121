#ifndef MILTER_ENGINE_NATIVE_LINK_H
#define MILTER_ENGINE_NATIVE_LINK_H

/*
 * One connection of the native engine, between its socket and its dialogue.
 *
 * The life of one: native_link_new when it is accepted; then turns. A turn is
 * one thread's: the descriptor stands in the epoll set with EPOLLONESHOT, so
 * whoever gets its event has the link to himself until he arms it again, or
 * until it is parked. A link is parked while its message waits for answers:
 * it is not armed then, and whoever tells it arms it. native_link_free is its
 * own turn's last act.
 */

#include <pthread.h>
#include <stdatomic.h>

#include "milter/engine/dialogue.h"

/* What an event is about: an epoll event's pointer leads to one. */
enum native_source { NATIVE_LISTENER, NATIVE_TIMER, NATIVE_LINK };

struct native_links;

struct native_link {
	struct dialogue dialogue; /* first: its link is ours */
	enum native_source source;
	struct native_links *all;
	int fd;
	atomic_int state;                  /* see native_link.c */
	atomic_llong due_ms;               /* while parked; else INT64_MAX */
	atomic_llong active_ms;            /* when something came last */
	atomic_bool in_message;            /* or in a turn */
	atomic_ushort group;               /* the dialogue's */
	struct native_link *next, *before; /* under all->lock */
};

/* All of them, and what they share. */
struct native_links {
	const struct engine_handlers *handlers;
	size_t packet_max;
	int epoll;
	atomic_bool stopping; /* a link between messages ends */
	atomic_size_t count;
	pthread_mutex_t lock;
	struct native_link *first;
	/* Parked: a link is due before all that native_links_due was last told
	 * of. Any thread; under lock. */
	void (*sooner)(struct native_links *all, int64_t due_ms);
};

/* Takes the descriptor, which does not block; one that cannot be watched is
 * closed. */
void native_link_new(struct native_links *all, int fd);
/* piece: room for DIALOGUE_PIECE_MAX octets. The link may be gone after. */
void native_link_turn(struct native_link *l, char *piece);

/* Tells those that are due; returns when the next one is, or INT64_MAX. The
 * caller holds the lock until `sooner` knows of what is returned. */
int64_t native_links_due(struct native_links *all, int64_t now_ms);
/* After `stopping`, again and again: ends those between messages. */
void native_links_stop(struct native_links *all);
/*
 * There is no room for another one: ends one of the network that has the most,
 * if that has more than an eighth, best one between messages, of which nothing
 * has been heard for the longest. Its MTA defers what it had.
 */
void native_links_shed(struct native_links *all);
/* Ends those of which nothing has been heard since then. */
void native_links_drop(struct native_links *all, int64_t silent_since_ms);

#endif
