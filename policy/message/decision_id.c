/*
 * Decision ids: 7 digits of time, 3 of the host, 4 of a counter, in base32
 * without letters that are easily mistaken. Sorting by id sorts by time.
 */
#include "config.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "policy/message/decision_id.h"
#include "rules/base/panic.h"

struct decision_ids {
	uint32_t host;
	atomic_uint counter;
};

struct decision_ids *
decision_ids_new(struct span hostname, uint32_t start)
{
	struct decision_ids *ids = xmalloc(sizeof(*ids));

	ids->host = (uint32_t)span_case_hash(hostname, 0);
	atomic_init(&ids->counter, start);
	return ids;
}

void
decision_ids_free(struct decision_ids **ids)
{
	free(*ids);
	*ids = NULL;
}

static char *
base32_put(char *out, uint64_t value, size_t digits)
{
	static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

	for (size_t i = 0; i < digits; i++)
		out[i] = alphabet[(value >> (5 * (digits - 1 - i))) & 31];
	return out + digits;
}

void
decision_id(struct decision_ids *ids, int64_t unix_s, char out[24])
{
	unsigned count = atomic_fetch_add(&ids->counter, 1);
	char *p = out;

	p = base32_put(p, (uint64_t)unix_s, 7);
	p = base32_put(p, ids->host, 3);
	p = base32_put(p, count, 4);
	*p = '\0';
}
