/*
 * Decision ids: 7 digits of time, 3 of the host, 4 of a counter, in base32
 * without letters that are easily mistaken. Sorting by id sorts by time.
 */
#include "config.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "policy/message/decision_id.h"
#include "rules/base/panic.h"

#define TIME_DIGITS 7
#define ID_DIGITS   14

static const char base32[] = "0123456789abcdefghjkmnpqrstvwxyz";

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
	for (size_t i = 0; i < digits; i++)
		out[i] = base32[(value >> (5 * (digits - 1 - i))) & 31];
	return out + digits;
}

void
decision_id(struct decision_ids *ids, int64_t unix_s, char out[24])
{
	unsigned count = atomic_fetch_add(&ids->counter, 1);
	char *p = out;

	p = base32_put(p, (uint64_t)unix_s, TIME_DIGITS);
	p = base32_put(p, ids->host, 3);
	p = base32_put(p, count, 4);
	*p = '\0';
}

bool
decision_id_time(struct span id, int64_t *unix_s)
{
	size_t end = span_find(id, '.');
	uint64_t time_s = 0;

	id = span_slice(id, 0, end);
	if (id.n != ID_DIGITS)
		return false;
	for (size_t i = 0; i < id.n; i++) {
		size_t digit = span_find(span_of(base32), id.p[i]);

		if (digit == SIZE_MAX)
			return false;
		if (i < TIME_DIGITS)
			time_s = time_s << 5 | digit;
	}
	*unix_s = (int64_t)time_s;
	return true;
}
