/*
 * What a message file holds, as facts for a test in a rule file: the message
 * is run as a case, and the facts go from there to here as the journal would
 * keep them.
 */
#include "config.h"

#include "policy/load/snapshot_message.h"

#include "policy/case/case.h"
#include "policy/message/facts_json.h"

#define FACTS_MAX ((size_t)64 * 1024 * 1024)

bool
snapshot_message(struct snapshot *s, struct span message, struct facts *facts,
    struct arena *a, const char **why)
{
	struct case_result result;
	struct case_input input;
	struct jsonr_doc *doc;
	struct jsonw w;
	struct buf text;
	bool ok;

	case_init(&input);
	input.message = message;
	case_run(&input, s, NULL, &result);
	buf_init(&text, FACTS_MAX);
	jsonw_init(&w, &text);
	facts_write(result.session->message->facts,
	    &(struct facts_writing){ 0 }, &w, NULL);
	case_result_free(&result);
	case_release(&input);
	doc = jsonr_parse(buf_span(&text), a, why);
	ok = doc != NULL;
	if (ok)
		facts_read(facts, jsonr_top(doc), a);
	buf_free(&text);
	jsonr_free(&doc);
	return ok;
}
