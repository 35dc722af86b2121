/*
 * Any message has a bounded number of features; they are the same whether or
 * not somebody asks where they come from, can be packed, and explained.
 */
#include "config.h"

#include <stdint.h>

#include "rules/base/panic.h"
#include "rules/learn/sample.h"
#include "rules/learn/why.h"

static struct learn_weights weights;

/* Some of both signs. */
static void
weights_fill(void)
{
	for (size_t i = 0; weights.bias == 0 && i < LEARN_SIZE; i++)
		weights.weight[i] = (float)(i % 7) - 3.0F;
	weights.bias = 1;
}

static void
features_check(const struct learn_message *m)
{
	struct learn_features f, same;
	struct learn_origins from;
	struct learn_why why;
	struct buf b;

	learn_features(m, &f);
	learn_origins(m, &same, &from);
	INVARIANT(f.count == same.count && from.count == f.count);
	INVARIANT(f.count <= LEARN_FEATURES_MAX && f.head_count <= f.count);
	for (size_t i = 0; i < f.count; i++)
		INVARIANT(f.index[i] == same.index[i]);
	buf_init(&b, LEARN_SAMPLE_MAX);
	INVARIANT(learn_pack(&f, &b));
	buf_clear(&b);
	learn_explain(&weights, m, learn_score(&weights, &f) > 0, &why);
	learn_why_print(&why, &b);
	for (size_t i = 0; i < b.n; i++)
		INVARIANT(b.p[i] >= ' ' && b.p[i] <= '~');
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct header_list headers;
	struct content content;
	unsigned anomalies = 0;
	struct span body;

	weights_fill();
	header_list_init(&headers, a);
	header_split(
	    span_make((const char *)data, size), &headers, &body, &anomalies);
	content_read(&headers, body, &content_limits_standard, a, &content);
	features_check(&(const struct learn_message){ .headers = &headers,
	    .content = &content,
	    .own_hops = size % 2,
	    .key = 7,
	    .arena = a });
	arena_free(&a);
	return 0;
}
