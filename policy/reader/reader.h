#ifndef POLICY_READER_READER_H
#define POLICY_READER_READER_H

/*
 * Hands documents to the helper, the program verdict-reader, which reads each
 * in a process of its own behind walls (reader/main.c). One thread of ours
 * moves the octets for all messages; nobody who asks waits here.
 *
 * The helper is started when it is first needed or by reader_warm, before. One
 * that ends is started again, after a while that doubles each time until a
 * document has been read.
 *
 * A job lies in its message's arena. Its octets must stay as they are until it
 * is done or reader_drop has returned; its answer is there until reader_drop.
 */

#include "policy/base/wait.h"
#include "policy/message/services.h"
#include "rules/base/buf.h"
#include "rules/document/document_kind.h"

struct reader;

enum reader_state { READER_ASKED, READER_ANSWERED, READER_FAILED };

struct reader_limits {
	uint32_t at_once; /* documents of all messages; 1 .. 32 */
	uint32_t cpu_s;
	uint32_t wall_ms;
	uint64_t memory; /* octets beside the document */
};

struct reader_job {
	/* Set by whoever asks. */
	enum document_kind kind;
	struct span octets;
	struct reader_limits limits;
	struct waits *waits; /* is posted to at the end; the message's own */
	/* To be read once reader_done says so. */
	enum reader_state state;
	const char *problem; /* of READER_FAILED: static text */
	struct buf answer;   /* for answer_read; also what came before it
	                        failed */
	/* reader.c's and reader_thread.c's. */
	struct reader_job *next;
	int64_t since_ms;
	uint32_t number, turn;
	int fd;    /* -1: in the queue */
	bool shut; /* nothing more comes from fd */
};

/*
 * program: its path; NULL: what VERDICT_READER names in the environment, or
 * what lies beside our own program, or what is installed. s: whose alert is
 * told when it does not run; may be NULL. No process is started yet.
 */
struct reader *reader_new(const struct services *s, const char *program);
/* No job may be left. NULL inside is fine. */
void reader_free(struct reader **r);
/* Has it started if it is not. Never waits. */
void reader_warm(struct reader *r);
/* Starts the job, or fails it at once. Never waits. */
void reader_ask(struct reader *r, struct reader_job *job);
/* Whether the answer or the failure is there. */
bool reader_done(struct reader *r, struct reader_job *job);
/* Fails it now if it is not done. */
void reader_give_up(struct reader *r, struct reader_job *job);
/* It is not wanted any more, and its answer is freed. Again is fine. */
void reader_drop(struct reader *r, struct reader_job *job);

/* What it has done so far, for metrics. Any thread. */
struct reader_counts {
	uint64_t read[DOCUMENT_KINDS], failed[DOCUMENT_KINDS];
	double seconds[DOCUMENT_KINDS]; /* from the start of each to its end */
	uint64_t starts;                /* of the helper */
	bool runs;
};
void reader_count(struct reader *r, struct reader_counts *out);

/* The path that NULL stands for above; in the arena. */
const char *reader_program(struct arena *a);

#endif
