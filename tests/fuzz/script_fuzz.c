/* Scripts as they stand in pages. */
#include "config.h"

#include <stddef.h>
#include <stdint.h>

#include "rules/base/panic.h"
#include "rules/base/utf8.h"
#include "rules/html/html_script.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
script_text(void *ctx, struct span text)
{
	INVARIANT(utf8_valid(text));
	++*(size_t *)ctx;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	size_t budget = 20000, found = 0;
	struct html_script script = { .arena = a,
		.budget = &budget,
		.url = script_text,
		.page = script_text,
		.ctx = &found };

	html_script_read(&script, span_make((const char *)data, size));
	INVARIANT(budget <= 20000);
	INVARIANT(found <= 10000 + 2 * size);
	arena_free(&a);
	return 0;
}
