/*
 * Documents: the same octets as PDF and as a package, within the budget; texts
 * are valid UTF-8 and addresses bounded.
 */
#include "config.h"

#include "rules/base/panic.h"
#include "rules/base/utf8.h"
#include "rules/content/document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
document_fuzz_link(void *ctx, struct span url)
{
	size_t *count = ctx;

	INVARIANT(url.n <= (size_t)1 << 20);
	++*count;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span octets = span_make((const char *)data, size);
	size_t count = 0, budget = (size_t)1 << 16;
	struct buf text;
	struct document d = { .arena = arena_new(),
		.budget = budget,
		.link = document_fuzz_link,
		.ctx = &count,
		.text = &text };

	buf_init(&text, 4096);
	document_pdf(&d, octets);
	INVARIANT(d.budget <= budget);
	INVARIANT(count <= 1000);
	document_package(&d, octets);
	INVARIANT(d.budget <= budget);
	INVARIANT(utf8_valid(buf_span(&text)));
	buf_free(&text);
	arena_free(&d.arena);
	return 0;
}
