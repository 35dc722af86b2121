/*
 * What `verdict check` says of a message to the person who asked: nothing of
 * the sender's moves the cursor. The input is as message_kit.c reads it.
 */
#include "config.h"

#include "tests/fuzz/message_kit.c"
#include "tests/fuzz/tool_kit.c"

#include "tool/judge/check_print.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct case_result r;
	struct kit k;

	printed_begin();
	kit_read(&k, span_make((const char *)data, size));
	case_run(&k.input, kit_snapshot(), NULL, &r);
	check_print(&r, 0);
	check_print(&r, 1);
	case_result_free(&r);
	kit_free(&k);
	printed_check();
	return 0;
}
