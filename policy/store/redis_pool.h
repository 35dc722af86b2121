#ifndef POLICY_STORE_REDIS_POOL_H
#define POLICY_STORE_REDIS_POOL_H

/*
 * The connections that all who ask Redis share, and whether it is lost. For
 * the engine of the store, and for what the learner shares.
 *
 * A call has so many milliseconds for all that it does: waiting for a
 * connection, opening one, commands and answers. What fails loses Redis: from
 * then on calls fail at once, until a thread has found that the probe works
 * again. Any thread.
 */

#include "policy/store/redis_wire.h"

struct redis_pool;

struct redis_pool_options {
	struct store_options store; /* its texts live as long as the pool */
	const char *lost_means;     /* for the alert */
	/* A command that shows that Redis does what we need. */
	const struct span *probe;
	size_t probe_count;
};

/* NULL and why when the settings are wrong; a Redis that does not answer is
 * lost, no more. Waits for the network. */
struct redis_pool *redis_pool_open(
    const struct redis_pool_options *o, char why[STORE_WHY_MAX]);
void redis_pool_close(struct redis_pool **p);
bool redis_pool_lost(struct redis_pool *p);

struct redis_call {
	struct redis_pool *pool;
	struct redis_wire *wire;  /* NULL: none is taken */
	unsigned turn;            /* of the wire: the pool's */
	int64_t until_ms;         /* of the monotonic clock */
	int64_t each_ms;          /* for one command; 0: what is left of all */
	struct redis_reply reply; /* lives until the next command */
};

struct redis_call redis_call_begin(struct redis_pool *p, int64_t ms);
/* False when Redis is lost, says no, or all connections are busy. */
bool redis_call_run(struct redis_call *c, const struct span *argv, size_t argc);
/* The answer is of no kind that the command has: Redis is lost. */
void redis_call_strange(struct redis_call *c);
/* Gives back what it took. */
void redis_call_end(struct redis_call *c);

#endif
