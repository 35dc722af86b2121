/*
 * Files of Office that are no packages, and RTF as Outlook packs it: entries
 * have names in valid UTF-8 and storages around them that do not go in circles,
 * no more is read than the budget, and what is told is as bounded as what is
 * read.
 */
#include "config.h"

#include "rules/base/panic.h"
#include "rules/base/utf8.h"
#include "rules/document/compound.h"
#include "rules/document/document_inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BUDGET ((size_t)1 << 16)

static void
office_fuzz_link(void *ctx, enum document_kind kind, struct span url)
{
	(void)kind;
	INVARIANT(url.n <= (size_t)1 << 20);
	++*(size_t *)ctx;
}

static void
office_fuzz_image(void *ctx, struct span octets)
{
	INVARIANT(octets.n > 0);
	++*(size_t *)ctx;
}

static void
office_fuzz_file(void *ctx, struct span name, struct span octets, bool cut)
{
	(void)octets;
	(void)cut;
	INVARIANT(utf8_valid(name));
	++*(size_t *)ctx;
}

static void
office_fuzz_compound(struct span octets, struct arena *a)
{
	size_t budget = BUDGET, before;
	struct compound c;
	bool cut;

	if (!compound_open(octets, a, &c))
		return;
	INVARIANT(c.count <= COMPOUND_ENTRIES_MAX);
	for (size_t i = 0; i < c.count; i++) {
		size_t steps = 0;

		INVARIANT(utf8_valid(c.entry[i].name));
		for (size_t at = i; at != COMPOUND_NONE && at != 0;
		     at = c.entry[at].parent)
			INVARIANT(++steps <= c.count);
		before = budget;
		INVARIANT(compound_read(&c, i, &budget, &cut).n ==
			  before - budget);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span octets = span_make((const char *)data, size);
	size_t count = 0;
	struct buf text;
	struct document d = { .arena = arena_new(),
		.budget = BUDGET,
		.link = office_fuzz_link,
		.image = office_fuzz_image,
		.file = office_fuzz_file,
		.ctx = &count,
		.text = &text };
	bool cut;

	buf_init(&text, 4096);
	office_fuzz_compound(octets, d.arena);
	document_office(&d, octets);
	INVARIANT(d.budget <= BUDGET);
	INVARIANT(rtf_unpack(octets, 1000, d.arena, &cut).n <=
		  (size > 1000 ? size : 1000));
	document_rtf(&d, octets);
	INVARIANT(d.budget <= BUDGET);
	INVARIANT(utf8_valid(buf_span(&text)));
	buf_free(&text);
	arena_free(&d.arena);
	return 0;
}
