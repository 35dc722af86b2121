#ifndef RULES_DOCUMENT_DOCUMENT_JOB_H
#define RULES_DOCUMENT_DOCUMENT_JOB_H

/*
 * Between whoever has documents (policy/reader) and the helper (reader/), over
 * a socket that keeps packets apart: both are of one build, so they are plain
 * structs. A job that is to be read brings two descriptors: a file with the
 * document, and the end of a pipe for the answer (document_answer.h).
 */

#include <stdint.h>

#define DOCUMENT_JOB_FDS  2
#define DOCUMENT_JOBS_MAX 32 /* that are read at once */
#define DOCUMENT_READER   "verdict-reader"

enum document_order {
	DOCUMENT_READ, /* with the descriptors */
	DOCUMENT_DROP, /* nobody wants it any more */
};

struct document_job {
	uint32_t order; /* enum document_order */
	uint32_t number;
	uint32_t kind;    /* enum document_kind */
	uint32_t cpu_s;   /* seconds of processor time */
	uint32_t wall_ms; /* at most so long */
	uint32_t zero;
	uint64_t memory; /* octets beside what all documents need */
};

/* How one ended: nothing more will come of it. */
struct document_end {
	uint32_t number;
	uint32_t late;  /* it was ended for its time */
	int32_t status; /* as waitpid says */
};

#endif
