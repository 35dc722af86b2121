#ifndef POLICY_STORE_REDIS_REPLY_H
#define POLICY_STORE_REDIS_REPLY_H

/*
 * What Redis answers (RESP2, redis.io/docs/reference/protocol-spec), read from
 * what has come so far. For the engine of the store only.
 */

#include "rules/base/arena.h"
#include "rules/base/span.h"

/* Beyond these an answer is none of ours: we ask for nothing that is larger.
 */
#define REDIS_REPLY_MAX ((size_t)1 << 20)
#define REDIS_ITEMS_MAX ((size_t)8192) /* of all lists together */
#define REDIS_DEPTH_MAX 4

enum redis_kind {
	REDIS_NIL,
	REDIS_STATUS, /* text: "OK" */
	REDIS_ERROR,  /* text: "WRONGPASS ..." */
	REDIS_NUMBER,
	REDIS_TEXT,
	REDIS_LIST,
};

struct redis_reply {
	enum redis_kind kind;
	struct span text;
	int64_t number;
	struct redis_reply *item; /* count of them */
	size_t count;
};

enum redis_read { REDIS_READ_ALL, REDIS_READ_MORE, REDIS_READ_BAD };

/*
 * Reads one answer from the beginning of in. REDIS_READ_MORE: it is not all
 * there; REDIS_READ_BAD: it is none, or too large, however much more comes.
 * Lists lie in the arena, texts in `in`. *used: its octets.
 */
enum redis_read redis_reply_read(
    struct span in, struct arena *a, struct redis_reply *out, size_t *used);

#endif
