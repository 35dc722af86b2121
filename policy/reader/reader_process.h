#ifndef POLICY_READER_READER_PROCESS_H
#define POLICY_READER_READER_PROCESS_H

/*
 * The helper as a process: starting and ending it, and the packets that go
 * back and forth. One thread at a time; reader_thread.c sees to that.
 */

#include <sys/types.h>

#include "rules/base/span.h"
#include "rules/document/document_job.h"

struct reader_process {
	pid_t pid; /* 0: none */
	int fd;    /* of the socket */
};

/* Starts the program; may take some milliseconds. NULL, or what is wrong. */
const char *reader_process_start(struct reader_process *p, const char *program);
/* Ends it, and all of its copies with it. */
void reader_process_end(struct reader_process *p);
/*
 * A document as a file in memory that nobody can change any more, or -1. May
 * take as long as so many octets take to be copied. Any thread.
 */
int reader_process_copy(struct span octets);
/*
 * Hands it over and closes it: returns the descriptor that its answer comes
 * from, which does not block, or -1.
 */
int reader_process_hand(
    struct reader_process *p, const struct document_job *order, int file);
/* Nobody wants this one any more. Never waits. */
void reader_process_drop(struct reader_process *p, uint32_t number);

enum reader_heard { READER_HEARD, READER_QUIET, READER_GONE };
/* What it says without being waited for. */
enum reader_heard reader_process_hear(
    struct reader_process *p, struct document_end *end);

#endif
