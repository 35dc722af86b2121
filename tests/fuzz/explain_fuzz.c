/*
 * A record of the journal, whatever it is, told to a person, as JSON and as a
 * case, and what would have changed it.
 */
#include "config.h"

#include "tests/fuzz/message_kit.c"
#include "tests/fuzz/tool_kit.c"

#include "tool/journal/explain.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rejudge *again;
	struct span gathered[] = { SPAN("spf"), SPAN("dmarc"), SPAN("dkim") };
	struct explained e = { .arena = arena_new(),
		.id = SPAN("0h3k9zq1t"),
		.snapshot = SPAN("fuzz"),
		.then = kit_snapshot() };
	struct jsonr_doc *doc;
	const char *why;

	if (again == NULL)
		again = rejudge_new(e.then);
	e.rejudge = again;
	e.record_text = span_make((const char *)data, size);
	e.made_with.rules = e.then->rules_text;
	e.made_with.gathered = gathered;
	e.made_with.gathered_count = ARRAY_COUNT(gathered);
	printed_begin();
	doc = jsonr_parse(e.record_text, e.arena, &why);
	if (doc != NULL) {
		e.record = jsonr_top(doc);
		explain_tree(&e);
		explain_json(&e);
		if (size % 8 == 0)
			(void)explain_case(&e);
	}
	printed_check();
	jsonr_free(&doc);
	arena_free(&e.arena);
	return 0;
}
