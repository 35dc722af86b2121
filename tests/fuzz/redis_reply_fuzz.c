/*
 * Answers of Redis: any octets, as one who is not Redis may send them.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>

#include "policy/store/redis_reply.h"
#include "rules/base/panic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every octet that is said to be there is touched. */
static unsigned
reply_sum(const struct redis_reply *r)
{
	unsigned sum = 0;

	for (size_t i = 0; i < r->text.n; i++)
		sum += (unsigned char)r->text.p[i];
	for (size_t i = 0; r->kind == REDIS_LIST && i < r->count; i++)
		sum += reply_sum(&r->item[i]);
	return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct redis_reply r;
	size_t used = 0;
	static volatile unsigned sum;

	if (redis_reply_read(span_make((const char *)data, size), a, &r,
		&used) == REDIS_READ_ALL) {
		INVARIANT(used <= size);
		sum += reply_sum(&r);
	}
	/* What is asked for is in proportion to what has come. */
	INVARIANT(arena_used(a) <= 4096 + 64 * size);
	arena_free(&a);
	return 0;
}
