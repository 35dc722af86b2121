/*
 * Are documents read here? One is handed to the helper, in its own process as
 * the daemon has it.
 */
#include "config.h"

#include "policy/base/clock.h"
#include "policy/base/wait.h"
#include "policy/content/content_of.h"
#include "policy/reader/reader.h"
#include "rules/document/document_answer.h"
#include "tool/doctor/doctor.h"

#define PATIENCE_MS 10000

/* NULL, or what is wrong. */
static const char *
doctor_read_one(struct doctor *d)
{
	struct reader *r = tool_reader();
	struct document_answer answer;
	struct reader_job job = { .kind = DOCUMENT_CALENDAR,
		.octets = SPAN("BEGIN:VCALENDAR\r\nSUMMARY:doctor\r\n"),
		.limits = { 1, 10, PATIENCE_MS, (uint64_t)256 << 20 },
		.waits = waits_new(d->arena) };
	const char *problem;
	bool whole;

	reader_ask(r, &job);
	while (!reader_done(r, &job))
		if (!waits_join(job.waits,
			clock_system.monotonic_ms(NULL) + PATIENCE_MS))
			reader_give_up(r, &job);
	problem = job.problem;
	whole = answer_read(buf_span(&job.answer), d->arena, &answer) &&
		span_is(answer.text, "doctor");
	reader_drop(r, &job);
	waits_free(&job.waits);
	return problem != NULL ? problem
	       : whole         ? NULL
			       : "it says what is not in the document";
}

void
doctor_reader(struct doctor *d)
{
	const char *program = reader_program(d->arena), *problem;

	if (!content_reads_documents(d->snapshot)) {
		doctor_found(d, FINDING_INFO, "documents", NULL,
		    "documents are not read: reader is off, or no rule asks");
		return;
	}
	problem = doctor_read_one(d);
	if (problem == NULL)
		doctor_found(d, FINDING_OK, "documents", NULL,
		    "documents are read, by %s", program);
	else
		doctor_found(d, FINDING_WARN, "documents",
		    "install verdict-reader with the daemon, of the same "
		    "version, or say \"reader off\"",
		    "a document cannot be read by %s: %s", program, problem);
}
