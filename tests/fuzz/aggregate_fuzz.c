/*
 * Reports of others, as `verdict report read` opens them: mail, gzip, zip and
 * XML. Nothing that is read holds control characters, numbers stay within
 * their bounds, and the same twice counts once.
 */
#include "config.h"

#include "tests/fuzz/tool_kit.c"

#include "tool/report/aggregate_sum.h"

static void
text_check(struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		INVARIANT((unsigned char)text.p[i] >= ' ' && text.p[i] != 0x7f);
}

static void
record_check(const struct aggregate_record *r)
{
	INVARIANT(r->dkim_count <= AGGREGATE_PARTS_MAX);
	INVARIANT(r->reason_count <= AGGREGATE_PARTS_MAX);
	INVARIANT(r->count <= 1000000000);
	text_check(r->source);
	text_check(r->header_from);
	text_check(r->envelope_from);
	text_check(r->spf.domain);
	for (size_t i = 0; i < r->dkim_count; i++)
		text_check(r->dkim[i].domain);
	for (size_t i = 0; i < r->reason_count; i++)
		text_check(r->reason[i]);
}

static void
seen(void *ctx, const char *name, const struct aggregate *r, const char *why)
{
	struct aggregate_sum *sum = ctx;
	uint64_t messages;

	INVARIANT(name[0] != '\0' && (r != NULL || why != NULL));
	if (r == NULL)
		return;
	INVARIANT(r->whole == (why == NULL));
	text_check(r->organization);
	text_check(r->id);
	text_check(r->domain);
	INVARIANT(r->begin_s >= 0 && r->end_s >= 0);
	for (size_t i = 0; i < r->count; i++)
		record_check(&r->record[i]);
	(void)aggregate_sum_add(sum, r);
	messages = sum->messages;
	if (r->id.n > 0) {
		INVARIANT(!aggregate_sum_add(sum, r));
		INVARIANT(sum->messages == messages);
	}
	INVARIANT(sum->passed <= sum->messages);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct aggregate_sum sum;
	uint64_t messages = 0;

	aggregate_sum_begin(&sum, SPAN(""));
	aggregate_open(
	    span_make((const char *)data, size), "input", seen, &sum);
	aggregate_sum_sort(&sum);
	for (size_t i = 0; i < sum.count; i++)
		messages += sum.source[i].messages;
	INVARIANT(messages == sum.messages);
	aggregate_sum_end(&sum);
	return 0;
}
