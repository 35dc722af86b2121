/*
 * A line of a case file, with whatever rules, settings, lists, state and zone
 * it brings, judged as `verdict check --cases` does.
 */
#include "config.h"

#include "policy/load/snapshot_load.h"
#include "tests/fuzz/message_kit.c"

#include "policy/case/answer.h"
#include "policy/store/store.h"

#define OUT_MAX ((size_t)64 << 20)

static void
answer_check(const struct case_result *r, struct arena *a)
{
	const char *why = NULL;
	struct jsonr_doc *doc;
	struct jsonw w;
	struct buf out;

	buf_init(&out, OUT_MAX);
	jsonw_init(&w, &out);
	answer_json(r, SPAN("fuzz"), &w);
	doc = jsonr_parse(buf_span(&out), a, &why);
	INVARIANT(doc != NULL);
	jsonr_free(&doc);
	buf_free(&out);
}

/* Cases without rules or settings share a snapshot, as they do there. */
static struct snapshot *
case_snapshot(const struct case_input *c, struct arena *a)
{
	struct snapshot_source source = { .want_all = true,
		.config_text = c->config,
		.rules_text = c->rules };
	struct diags diags;

	if (c->config.p == NULL && c->rules.p == NULL)
		return snapshot_ref(kit_snapshot());
	if (source.config_text.p == NULL)
		source.config_text = SPAN("");
	source.given_count = snapshot_files_read(c->lists, a, &source.given);
	diags_init(&diags, a);
	return snapshot_load(&source, &diags);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	const char *why = NULL;
	struct jsonr_doc *doc =
	    jsonr_parse(span_make((const char *)data, size), a, &why);
	struct case_result r;
	struct case_input c;
	struct snapshot *s;

	case_init(&c);
	if (doc == NULL || !case_read(&c, jsonr_top(doc), "/nowhere", a, &why))
		INVARIANT(why != NULL);
	else if ((s = case_snapshot(&c, a)) != NULL) {
		case_run(&c, s, NULL, &r);
		answer_check(&r, a);
		case_result_free(&r);
		snapshot_unref(&s);
	}
	case_release(&c);
	jsonr_free(&doc);
	arena_free(&a);
	return 0;
}
