/*
 * The daemon's answer to `verdict stats`.
 */
#include "config.h"

#include "tests/fuzz/tool_kit.c"

#include "tool/daemon/stats_print.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	const char *why;
	struct jsonr_doc *doc =
	    jsonr_parse(span_make((const char *)data, size), a, &why);
	struct buf out;

	printed_begin();
	buf_init(&out, (size_t)64 << 20);
	if (doc != NULL)
		stats_print(&out, jsonr_top(doc), a);
	tool_print(&out);
	printed_check();
	jsonr_free(&doc);
	arena_free(&a);
	return 0;
}
