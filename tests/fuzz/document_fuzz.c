/*
 * Documents: the same octets as each kind that is read without a library, within
 * the budget, and as what the helper says; texts are valid UTF-8 and addresses
 * bounded.
 */
#include "config.h"

#include "rules/base/panic.h"
#include "rules/base/utf8.h"
#include "rules/document/document.h"
#include "rules/document/document_answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
document_fuzz_link(void *ctx, enum document_kind kind, struct span url)
{
	(void)kind;
	size_t *count = ctx;

	INVARIANT(url.n <= (size_t)1 << 20);
	++*count;
}

/* An answer that the document wrote. */
static void
answer_fuzz(struct span octets, struct arena *a)
{
	struct document_answer t;

	(void)answer_read(octets, a, &t);
	INVARIANT(utf8_valid(t.text) && t.text.n <= 3 * DOCUMENT_TEXT_MAX);
	INVARIANT(t.link_count <= DOCUMENT_LINKS_MAX);
	for (size_t i = 0; i < t.link_count; i++)
		INVARIANT(utf8_valid(t.link[i].url) &&
			  t.link[i].kind < DOCUMENT_KINDS);
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
	document_package(&d, octets);
	INVARIANT(d.budget <= budget);
	document_rtf(&d, octets);
	document_svg(&d, octets);
	document_calendar(&d, octets);
	INVARIANT(utf8_valid(buf_span(&text)));
	answer_fuzz(octets, d.arena);
	buf_free(&text);
	arena_free(&d.arena);
	return 0;
}
