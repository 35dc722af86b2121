#ifndef POLICY_COPY_COPY_HOSTS_H
#define POLICY_COPY_COPY_HOSTS_H

/*
 * What each host that copies its decisions has done lately. Waits for the
 * server, a minute at most.
 */

#include "rules/base/arena.h"
#include "rules/lang/outcome.h"

struct copy_host {
	struct span name;
	int64_t seen_s;     /* of its last decision, 0: none that is kept */
	uint64_t hour, day; /* decisions of the last hour and day */
	uint64_t outcome[OUTCOME_COUNT]; /* of the day */
};

/* *host lies in the arena. False: why says why not, without a password. */
bool copy_hosts_read(const char *uri, int64_t now_s, struct arena *a,
    struct copy_host **host, size_t *count, char why[256]);

#endif
