#ifndef POLICY_STORE_REDIS_FIND_H
#define POLICY_STORE_REDIS_FIND_H

/*
 * Which Redis it is now: one of those that the settings list, or the one that
 * a sentinel names (redis.io/docs/reference/sentinel-clients). Whether it takes
 * changes is for the caller to try. Any thread; waits for the network and for
 * the system's resolver, so nobody does so who waits for an answer.
 */

#include "policy/store/redis_wire.h"

#define REDIS_HOST_MAX 256

struct redis_target {
	struct redis_place place;
	char host[REDIS_HOST_MAX]; /* whom its certificate must name */
};

/* So many may be it. */
size_t redis_find_count(const struct store_url *u);
/*
 * The one with number i, from 0. ms: for a sentinel's answer. False: why.
 */
bool redis_find_join(const struct store_url *u, struct redis_tls_context *tls,
    size_t i, int64_t ms, struct redis_target *out, char why[REDIS_WHY_MAX]);

/* One command whose answer does not matter unless it is an error. what: that
 * is refused then, for why. */
bool redis_say_join(struct redis_wire *w, const struct span *argv, size_t argc,
    int64_t until_ms, const char *what, char why[REDIS_WHY_MAX]);
/* Says user and password, if there are any. */
bool redis_login_join(struct redis_wire *w, const struct store_url *u,
    int64_t until_ms, char why[REDIS_WHY_MAX]);

#endif
