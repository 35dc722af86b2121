/*
 * What the helper is asked, and what becomes of a document that it has not
 * read: it is flagged, and what it would have said is not known.
 */
#include "config.h"

#include "policy/content/content_documents.h"

#include "policy/base/wait.h"
#include "policy/message/budget.h"
#include "rules/document/document_answer.h"

/* Nobody reads documents here, which is no fault of the message's. */
static void
documents_unasked(struct content *c)
{
	for (size_t i = 0; i < c->document_count; i++)
		content_unasked(c, i);
}

static void
documents_limits(const struct document_settings *set, struct reader_limits *out)
{
	*out = (struct reader_limits){
		.at_once = (uint32_t)set->helpers,
		.cpu_s = (uint32_t)set->cpu,
		.wall_ms = (uint32_t)set->timeout.ms,
		.memory = set->memory.octets,
	};
}

void
documents_ask(struct message *m, struct content_documents *docs,
    struct content *c, const struct document_settings *set)
{
	struct reader *reader = m->session->reader;

	if (reader == NULL || !set->on) {
		documents_unasked(c);
		return;
	}
	docs->count = docs->left = c->document_count;
	docs->job = arena_array(m->arena, docs->count, sizeof(*docs->job));
	docs->taken = arena_array(m->arena, docs->count, sizeof(*docs->taken));
	for (size_t i = 0; i < docs->count; i++) {
		struct reader_job *job = &docs->job[i];

		job->kind = c->document[i].kind;
		job->octets = c->document[i].octets;
		job->waits = m->waits;
		documents_limits(set, &job->limits);
		waits_open(m->waits);
		reader_ask(reader, job);
	}
}

static void
documents_read(struct message *m, const struct reader_job *job,
    struct content *c, size_t i)
{
	struct document_answer answer;

	if (!room_has(m, 2 * job->answer.n)) {
		content_unanswered(c, i);
		return;
	}
	/* What was said before it failed is good all the same. */
	(void)answer_read(buf_span(&job->answer), m->arena, &answer);
	content_answered(c, i, &answer, m->arena);
	if (job->state == READER_FAILED)
		content_unanswered(c, i);
}

bool
documents_take(
    struct message *m, struct content_documents *docs, struct content *c)
{
	for (size_t i = 0; i < docs->count && docs->left > 0; i++) {
		struct reader_job *job = &docs->job[i];

		if (docs->taken[i] || !reader_done(m->session->reader, job))
			continue;
		waits_shut(m->waits);
		docs->taken[i] = true;
		docs->left--;
		documents_read(m, job, c, i);
		reader_drop(m->session->reader, job);
	}
	return docs->left == 0;
}

void
documents_give_up(struct message *m, struct content_documents *docs)
{
	for (size_t i = 0; i < docs->count; i++)
		if (!docs->taken[i])
			reader_give_up(m->session->reader, &docs->job[i]);
}

void
documents_release(struct message *m, struct content_documents *docs)
{
	for (size_t i = 0; i < docs->count; i++)
		if (!docs->taken[i])
			reader_drop(m->session->reader, &docs->job[i]);
	*docs = (struct content_documents){ .job = NULL };
}

const char *
documents_problem(const struct content_documents *docs)
{
	for (size_t i = 0; i < docs->count; i++)
		if (docs->taken[i] && docs->job[i].problem != NULL)
			return docs->job[i].problem;
	return NULL;
}
