#ifndef POLICY_STORE_STORE_H
#define POLICY_STORE_STORE_H

/*
 * What is remembered from one message to the next: greylisting, rates,
 * reputation. An entry is a key, up to six numbers and a time at which it is
 * forgotten; what the numbers mean is the business of those who keep them.
 *
 * All that happens to an entry is one kind of thing: store_update calls a
 * function that changes it, and nobody else changes it meanwhile. So each rule
 * of what an entry becomes is written once, in C, whatever the engine:
 *
 *   memory  a hash table in shards, bounded; gone when the process ends
 *   sqlite  the same table, read from a file at start; a thread writes what
 *           has changed in batches, at most a second behind
 *   redis   shared by several hosts: read, change, write back unless somebody
 *           else was quicker, then again
 *
 * No call waits for a disk. With redis a call waits for the network, up to
 * the timeout; once Redis has failed to answer nobody waits until a thread
 * has found it well again. False from a call means that the store is lost:
 * the caller lets the mail by.
 *
 * Time comes from the caller, so that a case can be judged at any. It asks
 * store_time first, so that nothing expires when the wall clock jumps. Any thread. The process ignores SIGPIPE or blocks it.
 */

#include "policy/base/clock.h"
#include "rules/base/buf.h"
#include "rules/base/ip.h"
#include "rules/base/span.h"

struct store;

#define STORE_NUMBERS_MAX 6
#define STORE_KEY_MAX     250

struct store_record {
	unsigned count; /* numbers in use; 0: there is no such entry */
	int64_t number[STORE_NUMBERS_MAX];
	int64_t expires_s;
};

/*
 * Changes a record; count 0 on entry when there is none (or it has expired),
 * on return to remove it. May be called more than once for one change, each
 * time from a fresh record, so it sets what it finds out anew; never waits;
 * calls no store_*.
 */
typedef void store_change(void *ctx, struct store_record *r);

enum store_engine_kind { STORE_SQLITE, STORE_REDIS, STORE_MEMORY };

struct store_options {
	enum store_engine_kind engine;
	const char *where;    /* path or URL */
	uint64_t entries_max; /* in memory */
	int64_t timeout_ms;   /* redis: of one call */
	int64_t retry_ms;     /* redis: a lost one is asked so often; 0: 1 s */
	int64_t each_ms;      /* redis: for all of store_each; 0: 10 s */
	const char *ca, *certificate, *key; /* redis: of TLS; NULL: none */
	const char *password_file;          /* redis; NULL: none */
	bool local;     /* redis lost: memory instead of nothing */
	bool read_only; /* sqlite: what the file holds now; no changes */
	/*
	 * For what the store does by itself, and to see the wall clock jump;
	 * zeroed: the callers' times are what they say.
	 */
	struct clock clock;
	int64_t last_s; /* of store_open: the file was changed then, or 0 */
	/* One alert for each thing that goes wrong, and one, with a key of its
	 * own, when it is over. From any thread; must not wait. May be NULL. */
	void (*alert)(void *ctx, const char *key, const char *text);
	void *ctx;
};
#define STORE_WHY_MAX     256
#define STORE_ENTRIES_MAX UINT64_C(2000000)

/*
 * NULL and why when it can't be used at all. Redis that is not reachable is
 * no error, nor is a file that can't be had: it is found when it comes. Waits for disk and network. Starts
 * threads: after fork, and after privileges are dropped.
 */
struct store *store_open(
    const struct store_options *o, char why[STORE_WHY_MAX]);
/* A memory store for tests and cases; never fails. */
struct store *store_memory(void);
/* Writes what is not written yet. NULL inside is fine. */
void store_close(struct store **s);
/* Returns once all changes so far are written; false when they can't be. */
bool store_flush(struct store *s);

/*
 * The time for the calls below when the wall clock says now_s: while that has
 * jumped ahead of the monotonic one it counts from before the jump
 * (clock_trust).
 */
int64_t store_time(struct store *s, int64_t now_s);
/*
 * client: on whose behalf. When the store is full those entries go first whose
 * client's network has more of them than an eighth (crowd.h); of one that
 * several have changed it is the last one's.
 */
bool store_update(struct store *s, struct ip client, struct span key,
    int64_t now_s, store_change *change, void *ctx);
/* count 0: there is none. */
bool store_get(
    struct store *s, struct span key, int64_t now_s, struct store_record *out);
bool store_put(struct store *s, struct span key, int64_t now_s,
    const struct store_record *r);
bool store_remove(struct store *s, struct span key, int64_t now_s);
/*
 * Adds to number[0]; an entry that is new expires lifetime_s from now. *sum,
 * if not NULL, is what it is then.
 */
bool store_add(struct store *s, struct span key, int64_t now_s,
    int64_t lifetime_s, int64_t add, int64_t *sum);

/* Visits entries whose key begins with prefix, until it returns false. */
typedef bool store_visit(
    void *ctx, struct span key, const struct store_record *r);
bool store_each(struct store *s, struct span prefix, int64_t now_s,
    store_visit *visit, void *ctx);

struct store_figures {
	const char *engine;
	uint64_t entries; /* in memory */
	uint64_t evicted; /* to stay below entries_max */
	uint64_t unwritten;
	uint64_t refused; /* calls that found the store lost */
	bool lost;        /* now: calls are refused */
	bool failing;     /* now: what is known can't be written */
};
void store_figures(struct store *s, struct store_figures *out);

/*
 * Appends text to a key that is being made: what could not stand in a line
 * or would end a part of a key is written as %XX.
 */
void store_key_add(struct buf *key, struct span text);

/* ---- between the files of the store ---------------------------------------- */

struct store_engine {
	const char *name;
	/* group: on whose behalf (crowd_group). */
	bool (*update)(void *engine, uint16_t group, struct span key,
	    int64_t now_s, store_change *change, void *ctx);
	bool (*get)(void *engine, struct span key, int64_t now_s,
	    struct store_record *out);
	bool (*each)(void *engine, struct span prefix, int64_t now_s,
	    store_visit *visit, void *ctx);
	bool (*flush)(void *engine);
	void (*figures)(void *engine, struct store_figures *out);
	void (*close)(void *engine);
};
extern const struct store_engine store_engine_memory;
extern const struct store_engine store_engine_sqlite;
extern const struct store_engine store_engine_redis;
void *store_memory_open(const struct store_options *o, char why[STORE_WHY_MAX]);
void *store_sqlite_open(const struct store_options *o, char why[STORE_WHY_MAX]);
void *store_redis_open(const struct store_options *o, char why[STORE_WHY_MAX]);

#endif
