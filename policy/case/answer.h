#ifndef POLICY_CASE_ANSWER_H
#define POLICY_CASE_ANSWER_H

/* What came of a case, as the JSON object that verdict-cases(5) describes. */

#include "policy/case/case.h"
#include "rules/base/jsonw.h"

/* p NULL in id: null. Plans the header edits, too. */
void answer_json(const struct case_result *r, struct span id, struct jsonw *w);
/* {"id": ..., "error": why} for a case that cannot be read. */
void answer_error(struct span id, const char *why, struct jsonw *w);

#endif
