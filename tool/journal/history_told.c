/*
 * Author and subject out of a decision's record.
 */
#include "config.h"

#include "tool/journal/history_told.h"

#include "policy/base/json.h"

static struct span
fact_text(struct jsonr facts, const char *name, struct arena *a)
{
	return arena_dup(a, jsonr_get_text(facts, name));
}

void
history_told_read(struct span record, struct arena *a, struct history_told *out)
{
	struct arena *own = arena_new();
	const char *why;
	struct jsonr_doc *doc = jsonr_parse(record, own, &why);

	*out = (struct history_told){ SPAN(""), SPAN("") };
	if (doc != NULL) {
		struct jsonr facts = jsonr_get(jsonr_top(doc), "facts");

		out->author = fact_text(facts, "from.address", a);
		out->subject = fact_text(facts, "subject", a);
	}
	jsonr_free(&doc);
	arena_free(&own);
}

void
history_told(struct journal_reader *r, int64_t seq, struct arena *a,
    struct history_told *out)
{
	struct arena *own = arena_new();

	history_told_read(journal_record(r, seq, own), a, out);
	arena_free(&own);
}
