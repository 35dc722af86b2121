#ifndef TOOL_LEARN_LEARNED_H
#define TOOL_LEARN_LEARNED_H

#include <stdbool.h>

/* verdict learned test INDEX; the exit status. */
int learned_test(const char *index, bool json);

#endif
