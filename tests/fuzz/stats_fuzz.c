/*
 * The daemon's answer to `verdict stats`.
 */
#include "config.h"

#include "tests/fuzz/tool_kit.c"

#include "tool/stats.c"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	tool_input = span_make((const char *)data, size);
	printed_begin();
	(void)stats_show("control", false, "");
	printed_check();
	return 0;
}
