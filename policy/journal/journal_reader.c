/*
 * A journal, wherever its decisions lie.
 */
#include "config.h"

#include "policy/journal/journal_read.h"

#include <stdlib.h>

#include "policy/base/json.h"
#include "rules/base/panic.h"

struct journal_reader {
	const struct journal_source *source;
	void *self;
};

struct journal_reader *
journal_reader_of(const struct journal_source *source, void *self)
{
	struct journal_reader *r = xcalloc(1, sizeof(*r));

	r->source = source;
	r->self = self;
	return r;
}

void
journal_reader_close(struct journal_reader **rp)
{
	struct journal_reader *r = *rp;

	if (r == NULL)
		return;
	r->source->close(r->self);
	free(r);
	*rp = NULL;
}

const char *
journal_reader_error(const struct journal_reader *r)
{
	return r->source->error(r->self);
}

bool
journal_each(struct journal_reader *r, const struct journal_query *q,
    journal_visit *visit, void *ctx)
{
	return r->source->each(r->self, q, visit, ctx);
}

uint64_t
journal_count(struct journal_reader *r, const struct journal_query *q)
{
	return r->source->count(r->self, q);
}

int64_t
journal_seq_at(struct journal_reader *r, int64_t time_s)
{
	return r->source->seq_at == NULL ? INT64_MAX
					 : r->source->seq_at(r->self, time_s);
}

struct span
journal_record(struct journal_reader *r, int64_t seq, struct arena *a)
{
	return r->source->record(r->self, seq, a);
}

struct span
journal_snapshot_text(
    struct journal_reader *r, struct span name, struct arena *a)
{
	return r->source->snapshot(r->self, name, a);
}

/* ---- snapshots ------------------------------------------------------------- */

static void
snapshot_gathered(
    struct jsonr facts, struct arena *a, struct journal_snapshot *out)
{
	struct span *name =
	    arena_array(a, jsonr_count(facts) + 1, sizeof(*name));
	struct span text;

	out->gathered = name;
	for (size_t i = 0; i < jsonr_count(facts); i++)
		if (jsonr_text(jsonr_at(facts, i), &text))
			name[out->gathered_count++] = arena_dup(a, text);
}

static bool
snapshot_read(struct span json, struct arena *a, struct journal_snapshot *out)
{
	const char *why;
	struct jsonr_doc *doc = jsonr_parse(json, a, &why);
	struct jsonr top;
	struct span text;

	if (doc == NULL)
		return false;
	top = jsonr_top(doc);
	if (jsonr_text(jsonr_get(top, "config"), &text))
		out->config = arena_dup(a, text);
	if (jsonr_text(jsonr_get(top, "rules"), &text))
		out->rules = arena_dup(a, text);
	(void)jsonr_bool(jsonr_get(top, "lists_cut"), &out->files_cut);
	out->file_count =
	    snapshot_files_read(jsonr_get(top, "lists"), a, &out->file);
	snapshot_gathered(jsonr_get(top, "facts"), a, out);
	jsonr_free(&doc);
	return out->rules.p != NULL;
}

bool
journal_snapshot(struct journal_reader *r, struct span name, struct arena *a,
    struct journal_snapshot *out)
{
	*out = (struct journal_snapshot){ 0 };
	return snapshot_read(journal_snapshot_text(r, name, a), a, out);
}
