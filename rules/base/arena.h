#ifndef RULES_BASE_ARENA_H
#define RULES_BASE_ARENA_H

/*
 * An arena hands out memory that nobody frees piece by piece: all of it goes
 * when the arena does. A session, a message and a snapshot have one each.
 * One thread at a time. Sizes that a peer decides are bounded by the caller
 * (arena_used tells how much is out); running out of memory panics.
 */

#include <stdarg.h>

#include "rules/base/span.h"

struct arena;

struct arena *arena_new(void);
/* Frees all memory and sets *a to NULL; NULL inside is fine. */
void arena_free(struct arena **a);
/* Gives everything back but keeps the first block for the next use. */
void arena_reset(struct arena *a);
/* Octets handed out since the last reset. */
size_t arena_used(const struct arena *a);

/*
 * An arena is over when more than max octets are out, or when ask, which is
 * told of each further block before it is taken from the system, has said no.
 * It hands out memory all the same, for most who want some cannot do without:
 * those whose work a peer makes long look at arena_over before each step of
 * it, and stop. ask NULL: nobody is told.
 */
typedef bool arena_ask(void *ctx, size_t octets);
void arena_bound(struct arena *a, size_t max);
void arena_watch(struct arena *a, arena_ask *ask, void *ctx);
bool arena_over(const struct arena *a);
/* Octets of all blocks. */
size_t arena_size(const struct arena *a);

/* Zeroed and aligned for any type. */
void *arena_alloc(struct arena *a, size_t n) ATTR_USE_RESULT;
/* For text that is written at once: not zeroed. */
char *arena_octets(struct arena *a, size_t n) ATTR_USE_RESULT;
/* count * size, checked. */
void *arena_array(struct arena *a, size_t count, size_t size) ATTR_USE_RESULT;
/* A copy with a NUL behind it that does not count in n. */
struct span arena_dup(struct arena *a, struct span s);
char *arena_strdup(struct arena *a, struct span s);
/* The same without any of these octets. */
struct span arena_without(
    struct arena *a, struct span s, struct span unwanted);
/* The same in ASCII lower case. */
struct span arena_lower(struct arena *a, struct span s);
char *arena_printf(struct arena *a, const char *fmt, ...) ATTR_PRINTF(2, 3);
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
    ATTR_PRINTF(2, 0);

/*
 * Grows an array in the arena: returns room for at least need elements, with
 * the old ones copied and the rest zeroed, and updates *cap. The old array
 * stays valid but is no longer the array.
 */
void *arena_grow(struct arena *a, void *old, size_t *cap, size_t need,
    size_t size) ATTR_USE_RESULT;

#endif
