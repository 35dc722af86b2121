/*
 * Samples as octets and as lines, as they come from another host, a file or
 * Redis: what is read comes back the same, and is within its bounds.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>

#include "policy/learn/learn_text.h"
#include "rules/base/panic.h"

static void
sample_octets(struct span packed, struct arena *a)
{
	struct learn_features f;
	const char *why;
	struct buf again;

	if (!learn_unpack(packed, a, &f, &why))
		return;
	INVARIANT(f.count <= LEARN_FEATURES_MAX && f.head_count <= f.count);
	for (size_t i = 0; i < f.count; i++)
		INVARIANT(f.index[i] < LEARN_SIZE &&
			  (i == 0 || f.index[i - 1] < f.index[i]));
	buf_init(&again, LEARN_SAMPLE_MAX);
	INVARIANT(learn_pack(&f, &again));
	INVARIANT(span_eq(buf_span(&again), packed));
	buf_free(&again);
}

static void
sample_line(struct span line, struct arena *a)
{
	struct learn_sample s, same;
	const char *why;
	struct buf again;

	if (!learn_text_read(line, a, &s, &why))
		return;
	buf_init(&again, LEARN_LINE_MAX);
	INVARIANT(learn_text_write(&s, &again));
	INVARIANT(learn_text_read(buf_span(&again), a, &same, &why));
	INVARIANT(same.spam == s.spam && same.time_s == s.time_s &&
		  span_eq(same.who, s.who) && span_eq(same.id, s.id) &&
		  strcmp(same.key, s.key) == 0);
	buf_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct span in = span_make((const char *)data, size);

	sample_octets(in, a);
	sample_line(in, a);
	arena_free(&a);
	return 0;
}
