/*
 * A message, as message_kit.c reads it, is judged and its record made; that,
 * judged again by the same rules, must come to the same verdict, or say that
 * it cannot know.
 */
#include "config.h"

#include "tests/fuzz/message_kit.c"

#include "policy/case/rejudge.h"
#include "policy/journal/journal_entry.h"
#include "policy/journal/journal_names.h"
#include "policy/message/check.h"

#define FACTS_MAX 2000

/* What the journal notes of a snapshot: its rules, and what it gathers. */
static void
made_with(const struct snapshot *s, struct journal_snapshot *out)
{
	const struct check_table *checks = s->checks;
	static struct span name[FACTS_MAX];

	*out = (struct journal_snapshot){ .rules = s->rules_text,
		.gathered = name };
	for (size_t i = 0; i < checks->count; i++)
		for (size_t k = 0;
		     s->wanted[i] && k < checks->check[i]->fact_count; k++) {
			INVARIANT(out->gathered_count < FACTS_MAX);
			name[out->gathered_count++] =
			    span_of(checks->check[i]->facts[k].name);
		}
}

/* What is unpacked says the same as the text. */
static struct jsonr
record_of(struct span packed, struct arena *a)
{
	static struct journal_names *kept;
	const struct jsonpack_names *names;
	struct buf text, again;
	struct jsonr record;
	struct jsonw w;

	if (kept == NULL)
		kept = journal_names_new(NULL);
	names = journal_names_read(kept, schema_names(kit_snapshot()->schema));
	buf_init(&text, 32 * JOURNAL_RECORD_MAX);
	jsonw_init(&w, &text);
	INVARIANT(jsonpack_write(packed, names, &w) && !text.over);
	INVARIANT(jsonr_unpack(packed, names, a, &record));
	buf_init(&again, 32 * JOURNAL_RECORD_MAX);
	jsonw_init(&w, &again);
	jsonr_write(record, &w, NULL);
	INVARIANT(span_eq(buf_span(&text), buf_span(&again)));
	buf_free(&again);
	buf_free(&text);
	return record;
}

static void
judge_again(struct span packed, const struct verdict *before)
{
	static struct rejudge *again;
	struct arena *a = arena_new();
	const char *why = NULL;
	struct journal_snapshot made;
	struct rejudge_case c = { .snapshot = SPAN("fuzz"),
		.made_with = &made };
	struct rejudge_result result;

	if (again == NULL)
		again = rejudge_new(kit_snapshot());
	made_with(kit_snapshot(), &made);
	c.record = record_of(packed, a);
	INVARIANT(rejudge_run(again, &c, &result, &why));
	INVARIANT(result.uncertain || result.verdict.wanted == before->wanted);
	arena_free(&a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct journal_entry *e;
	struct case_result r;
	struct kit k;

	kit_read(&k, span_make((const char *)data, size));
	case_run(&k.input, kit_snapshot(), NULL, &r);
	if (r.verdict.stage == STAGE_EOM && r.rcpt_left) {
		e = journal_entry_new(
		    r.session->message, &r.verdict, RCPT_NONE, 1, NULL, NULL);
		if (e != NULL)
			judge_again(e->record, &r.verdict);
		journal_entry_free(&e);
	}
	case_result_free(&r);
	kit_free(&k);
	return 0;
}
