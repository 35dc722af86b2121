#ifndef TESTS_KIT_COMPOUND_KIT_H
#define TESTS_KIT_COMPOUND_KIT_H

/* Compound files made for tests. Everything lies in the arena. */

#include "rules/base/arena.h"

/* A compound file ([MS-CFB]) of these, of which the first is number 1 and the
 * root, which is not among them, 0. small: octets from which on a stream has
 * sectors of 512 octets and not of 64. */
struct kit_entry {
	const char *name;
	size_t parent;
	struct span octets; /* p NULL: a storage */
};
struct span kit_compound(const struct kit_entry *entry, size_t count,
    size_t small, struct arena *a);
/* A text in UTF-16, from UTF-8. */
struct span kit_wide(const char *text, struct arena *a);

#endif
