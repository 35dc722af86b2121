#ifndef RULES_LIST_LOOKALIKE_H
#define RULES_LIST_LOOKALIKE_H

/*
 * Domains that are made to be taken for a protected one: a letter changed,
 * left out, added or swapped, a digit or another alphabet's letter in the
 * place of one that looks the same, or the protected name in front of another
 * domain. Pure; any thread.
 */

#include "rules/base/span.h"
#include "rules/list/list.h"

/*
 * Whether domain (A-labels, lower case) looks like an entry of a finished
 * list of domains and is none itself, nor below one. *near is that entry; it
 * lives as long as the list. Costs a look at each entry.
 */
bool lookalike_find(const struct list *list, struct span domain, int64_t now_s,
    struct span *near);
/* The same for one protected name. */
bool lookalike_of(struct span domain, struct span name);

#endif
