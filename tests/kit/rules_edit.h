#ifndef TESTS_KIT_RULES_EDIT_H
#define TESTS_KIT_RULES_EDIT_H

/*
 * One small edit of a text of rules, as people make them most: of rules called
 * r0, r1 ..., each from the beginning of a line on, lists of one line each, and
 * `verdict` lines behind the rules.
 */

#include <stdbool.h>
#include <stddef.h>

#include "tests/kit/pattern_gen.h"

enum rules_edit {
	EDIT_SCORE,     /* a rule's score is another number */
	EDIT_THRESHOLD, /* a threshold is another number */
	EDIT_LIST,      /* a list has an entry more or less */
	EDIT_SWAP,      /* two neighbours change places; not the first two */
	EDIT_COUNT
};

/* The text with such an edit, made by chance. False: there is nothing to edit,
 * or no room. */
bool rules_edit(const char *text, enum rules_edit kind, struct gen *g,
    char *out, size_t size);

#endif
