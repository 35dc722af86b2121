#ifndef RULES_BASE_PANIC_H
#define RULES_BASE_PANIC_H

#include "rules/base/span.h"

/*
 * Ends the process with a message on standard error: for our own bugs, never
 * for anything that mail, DNS, the MTA or a file can bring about. The MTA's
 * default action and the supervisor take over.
 */
void panic(const char *fmt, ...) ATTR_PRINTF(1, 2) ATTR_NORETURN;

/*
 * Has the message told to somebody else as well, for when standard error leads
 * nowhere: a log. Before threads are started; NULL for nobody. tell runs in
 * the thread that found the bug, and must not panic.
 */
void panic_tell(void (*tell)(const char *text));

/* In every build, unlike assert(3). */
#define INVARIANT(cond) \
	((cond) ? (void)0 : panic("%s:%d: %s", __FILE__, __LINE__, #cond))

/* Allocate or panic; for sizes that no peer decides. Free with free(3). */
void *xmalloc(size_t n) ATTR_USE_RESULT;
void *xcalloc(size_t count, size_t size) ATTR_USE_RESULT;
/* Grows to count elements of size; the multiplication is checked. */
void *xrealloc(void *p, size_t count, size_t size) ATTR_USE_RESULT;
char *xstrdup(const char *z) ATTR_USE_RESULT;

#endif
