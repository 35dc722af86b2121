#ifndef READER_SANDBOX_H
#define READER_SANDBOX_H

/*
 * The walls around whoever reads a document. sandbox_begin is called once, by
 * the process that is copied for each; sandbox_enter by each copy, before it
 * looks at a single octet of the document.
 *
 * Behind them a process can compute, take a bounded amount of memory and write
 * to descriptors that it has, until its time is over. It opens no file and no
 * socket, starts no process and signals none.
 */

#include <stdbool.h>
#include <stdint.h>

struct sandbox {
	uint64_t base; /* octets of address space before any document */
	bool filter;   /* system calls are filtered */
};

struct sandbox_limits {
	uint64_t memory; /* octets of address space more */
	uint32_t cpu_s;
};

/* Gives up privileges and what namespaces can take away. May fail to do the
 * latter, where the system does not let it. */
void sandbox_begin(struct sandbox *s);
/* Ends the process where a wall cannot be built. */
void sandbox_enter(const struct sandbox *s, const struct sandbox_limits *l);
/* Whoever calls it ends with the process that made it, where that can be had. */
void sandbox_follow(void);
/* What there is of it on this system, for `verdict-reader --walls`. */
const char *sandbox_words(const struct sandbox *s);

#endif
