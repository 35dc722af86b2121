#ifndef TOOL_JUDGE_CHECK_PRINT_H
#define TOOL_JUDGE_CHECK_PRINT_H

#include "policy/case/case.h"
#include "policy/message/snapshot.h"

/* For a person; level 1 with the trace of everything. */
void check_print(const struct case_result *r, int level);
/* Every case of the file to one line each; the exit status. */
int check_cases(const char *path, struct snapshot *s, const char *config,
    struct resolver *live);

#endif
