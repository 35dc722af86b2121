#ifndef RULES_EVAL_TRUTH_H
#define RULES_EVAL_TRUTH_H

/* How answers combine, so that unknown and pending are never lost. */

#include "rules/fact/fact.h"
#include "rules/lang/extension.h"

extern const char *const truth_names[4];

enum truth truth_of(bool yes);
enum truth truth_not(enum truth t);
/* Of two answers for `and` (or `or`): the one that settles it, then pending,
 * then unknown. */
enum truth truth_join(enum truth a, enum truth b, enum truth settles);
/* The answer that a fact's state gives before its value is looked at. */
enum truth truth_of_state(enum fact_state state);

#endif
