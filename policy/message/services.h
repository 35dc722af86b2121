#ifndef POLICY_MESSAGE_SERVICES_H
#define POLICY_MESSAGE_SERVICES_H

#include "policy/base/clock.h"
#include "rules/fact/fact.h"

struct crash_memory;
struct decision_ids;
struct learner;
struct message;
struct reader;
struct resolver;
struct room;
struct sessions;
struct snapshot;
struct store;
struct verdict;

/*
 * What a process lends to all its sessions and checks; read-only to them. A
 * service that is not there is NULL: then what it would have found out is not
 * known, and nothing outside is asked.
 */
struct services {
	struct clock clock;
	struct resolver *resolver;
	struct store *store;     /* NULL: nothing is remembered */
	struct learner *learner; /* NULL: nothing is learned */
	struct reader *reader;   /* NULL: documents are not read */
	struct decision_ids *ids;
	struct crash_memory *crash; /* NULL: what ended us is not remembered */
	/* What checks have of the process, by check_index in the program's
	 * table (checks_open); NULL: nothing. */
	void **lent;
	struct room *room;         /* NULL: no bound on all messages together */
	struct sessions *sessions; /* NULL: nobody replaces snapshots */
	/* A reference to the current one; NULL: each session keeps its own. */
	struct snapshot *(*snapshot)(void *ctx);
	const char *hostname;
	/* Called once for every verdict that ends a transaction or refuses a
	 * recipient; may be NULL. In the session's thread; must not wait. */
	void (*judged)(
	    void *ctx, struct message *m, const struct verdict *v, size_t rcpt);
	/* States facts that are given instead of found, over those of the
	 * checks, each time before rules are asked at a stage; may be NULL. */
	void (*given)(void *ctx, struct message *m, enum stage stage);
	/* Something that an operator should know; may be NULL. key names the
	 * kind ("store lost", "list zen"), each of which is told at most once
	 * in a while; text is a sentence for a person. Both are copied. Any
	 * thread; never waits. */
	void (*alert)(void *ctx, const char *key, const char *text);
	void *ctx;
};

#endif
