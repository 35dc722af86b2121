#ifndef POLICY_LEARN_LEARN_HOSTS_H
#define POLICY_LEARN_LEARN_HOSTS_H

/*
 * Samples that several hosts share through the Redis that holds their state.
 * Samples travel, weights do not: each host makes its own model of them, and
 * it comes out the same.
 *
 *   verdict:learn:secret  by which features are hashed; who comes without
 *                         samples takes it
 *   verdict:learn:when    by sample: its time, and s, h, or - where it was
 *                         forgotten
 *   verdict:learn:sample  by sample: the line of learn_text.h
 *
 * Of two words on one sample the later one counts everywhere. Redis may be
 * lost at any time: each host goes on with what it has.
 */

#include "policy/learn/learner.h"
#include "policy/store/store.h"

struct learn_hosts;

/* NULL and why when the settings are wrong. The options' texts live as long.
 * Waits for the network. */
struct learn_hosts *learn_hosts_open(
    const struct store_options *o, char why[STORE_WHY_MAX]);
void learn_hosts_close(struct learn_hosts **h);

enum learn_synced {
	LEARN_SYNCED,
	LEARN_SYNC_LOST,   /* Redis, now */
	LEARN_SYNC_SECRET, /* others have samples of another secret */
};
/*
 * Gives what only this host has and takes what it has not. In the learner's
 * thread; waits for the network and the disk.
 */
enum learn_synced learn_hosts_sync(struct learn_hosts *h, struct learner *l);

#endif
