/*
 * Import of store entries: any text, as one entry and as a case's state.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>

#include "policy/store/store_command.h"
#include "policy/store/store_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_make((const char *)data, size);
	struct store *s = store_memory();
	struct arena *a = arena_new();
	struct jsonr_doc *doc;
	struct buf answer;
	const char *why;

	buf_init(&answer, 65536);
	(void)store_put_text(s, text, 1000, a, &why);
	(void)store_command(s, text, 1000, &answer);
	doc = jsonr_parse(text, a, &why);
	if (doc != NULL)
		(void)store_json_fill(s, jsonr_top(doc), 1000, &why);
	jsonr_free(&doc);
	(void)store_command(s, SPAN("list"), 1000, &answer);
	buf_free(&answer);
	arena_free(&a);
	store_close(&s);
	return 0;
}
