/*
 * Judging many decisions again at once. Neither which there are nor what is
 * made of it is known here.
 */
#include "config.h"

#include "tool/journal/replay_batch.h"

#include "policy/base/thread.h"

/* Rows at, at + step, ... of a batch: long records are spread evenly. */
struct replay_task {
	struct replay_batch *batch;
	struct replay_judge *judge;
	size_t at, step;
	pthread_t thread;
	bool started;
};

void
replay_batch_init(struct replay_batch *b)
{
	*b = (struct replay_batch){ .arena = arena_new() };
	replay_batch_clear(b);
}

void
replay_batch_free(struct replay_batch *b)
{
	arena_free(&b->arena);
}

void
replay_batch_clear(struct replay_batch *b)
{
	arena_reset(b->arena);
	b->row = arena_array(b->arena, REPLAY_BATCH_ROWS, sizeof(*b->row));
	b->count = 0;
	b->name = SPAN("");
	b->then = (struct journal_snapshot){ 0 };
}

bool
replay_batch_fits(const struct replay_batch *b, const struct journal_row *row)
{
	return b->count == 0 ||
	       (b->count < REPLAY_BATCH_ROWS &&
		   arena_used(b->arena) < REPLAY_BATCH_OCTETS &&
		   span_eq(b->name, row->snapshot));
}

void
replay_batch_add(struct replay_batch *b, const struct journal_row *row,
    struct journal_reader *snapshots)
{
	struct journal_row *to = &b->row[b->count].row;

	*to = (struct journal_row){
		.seq = row->seq,
		.id = arena_dup(b->arena, row->id),
		.sender = arena_dup(b->arena, row->sender),
		.author = arena_dup(b->arena, row->author),
		.wanted = arena_dup(b->arena, row->wanted),
		.rule = arena_dup(b->arena, row->rule),
		.snapshot = arena_dup(b->arena, row->snapshot),
		.value = jsonr_copy(row->value, b->arena),
	};
	if (b->count++ > 0)
		return;
	b->name = to->snapshot;
	if (!journal_snapshot(snapshots, b->name, b->arena, &b->then))
		b->then = (struct journal_snapshot){ 0 };
}

/* ---- judging ------------------------------------------------------------- */

static void
replay_batch_find(struct replay_judge *j, struct replay_row *row,
    const struct rejudge_result *now)
{
	const char *rule = now->verdict.rule;
	const char **lacks;

	row->asked_now = now->asked_now;
	if (now->uncertain) {
		lacks = arena_array(
		    j->arena, now->lacks_count + 1, sizeof(*lacks));
		for (size_t i = 0; i < now->lacks_count; i++)
			lacks[i] =
			    arena_strdup(j->arena, span_of(now->lacks[i]));
		row->lacks = lacks;
		row->lacks_count = now->lacks_count;
		row->kind = REPLAY_UNKNOWN;
		return;
	}
	row->word = now->goes_on ? "passes this stage"
				 : outcome_names[now->verdict.wanted];
	row->rule = rule == NULL ? NULL : arena_strdup(j->arena, span_of(rule));
	row->kind = now->goes_on || !span_is(row->row.wanted, row->word)
			? REPLAY_CHANGED
			: REPLAY_SAME;
}

static void
replay_batch_judge(const struct replay_batch *b, struct replay_judge *j,
    struct replay_row *row)
{
	const struct rejudge_case c = {
		.record = row->row.value,
		.snapshot = b->name,
		.made_with = &b->then,
	};
	struct rejudge_result now;
	const char *why;

	row->kind = REPLAY_UNREADABLE;
	if (jsonr_given(c.record) && b->then.rules.p != NULL &&
	    rejudge_run(j->rejudge, &c, &now, &why))
		replay_batch_find(j, row, &now);
}

static void *
replay_batch_thread(void *ctx)
{
	struct replay_task *t = ctx;

	arena_reset(t->judge->arena);
	for (size_t i = t->at; i < t->batch->count; i += t->step)
		replay_batch_judge(t->batch, t->judge, &t->batch->row[i]);
	return NULL;
}

void
replay_batch_start(
    struct replay_batch *b, struct replay_judge *judge, size_t judges)
{
	b->task = arena_array(b->arena, judges, sizeof(*b->task));
	b->tasks = judges;
	for (size_t i = 0; i < judges; i++) {
		struct replay_task *t = &b->task[i];

		*t = (struct replay_task){ .batch = b,
			.judge = &judge[i],
			.at = i,
			.step = judges };
		t->started = thread_start(&t->thread, replay_batch_thread, t);
	}
}

void
replay_batch_join(struct replay_batch *b)
{
	for (size_t i = 0; i < b->tasks; i++)
		if (b->task[i].started)
			(void)pthread_join(b->task[i].thread, NULL);
		else
			(void)replay_batch_thread(&b->task[i]);
	b->tasks = 0;
}
