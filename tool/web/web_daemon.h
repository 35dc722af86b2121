#ifndef TOOL_WEB_WEB_DAEMON_H
#define TOOL_WEB_WEB_DAEMON_H

/*
 * What the daemon says of itself, for pages that many look at. It is asked on
 * its control socket while requests are served: a page waits a moment for an
 * answer that is about to come, and for one that is overdue nobody waits.
 * One thread.
 */

#include <stdint.h>

#include "policy/base/json.h"
#include "rules/base/buf.h"

enum web_saying {
	SAYING_STATS,
	SAYING_LEARNED,
};
#define WEB_SAYINGS (SAYING_LEARNED + 1)

struct web_daemon {
	const char *socket;
	struct web_said {
		int fd;           /* the question that is open; -1: none */
		int64_t begun_ms; /* of it */
		struct buf coming;
		struct arena *arena;
		struct jsonr_doc *doc; /* the last answer; NULL: why */
		const char *why;
		int64_t said_ms; /* 0: never asked */
	} said[WEB_SAYINGS];
	/* It did not answer lately: nobody waits until it has. */
	bool silent;
};

void web_daemon_init(struct web_daemon *d, const char *socket);
void web_daemon_release(struct web_daemon *d);
/* What it said is old: it was told something. */
void web_daemon_renew(struct web_daemon *d);
/* Takes what has come. Never waits. */
void web_daemon_step(struct web_daemon *d);
/*
 * What it says, not older than a second or two; absent with *why when it does
 * not answer. Waits for a fifth of a second at most. Lives until the next
 * call of any of these.
 */
struct jsonr web_daemon_says(
    struct web_daemon *d, enum web_saying what, const char **why);

#endif
