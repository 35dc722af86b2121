#ifndef TOOL_JOURNAL_REPLAY_ASK_H
#define TOOL_JOURNAL_REPLAY_ASK_H

/* Asking lists in DNS what they say now, at a bounded rate. */

#include "policy/case/rejudge.h"

#define REPLAY_ASK_RATE     10 /* questions a second */
#define REPLAY_ASK_RATE_MAX 100

struct replay_ask {
	unsigned rate;    /* questions a second; 0: nothing is asked */
	const char *zone; /* a file that answers instead; NULL: the network */
	struct resolver *resolver;
	struct dns_zone *answers;
	int64_t next_ms; /* when the next question may be asked */
};

/* text NULL: the usual rate. False: it is none, which was said. */
bool replay_ask_rate(struct replay_ask *ask, const char *text);
/* False when there is nobody to ask, which was said. */
bool replay_ask_begin(struct replay_ask *ask, struct rejudge *r,
    const struct snapshot *s, struct arena *a);
void replay_ask_end(struct replay_ask *ask);

#endif
