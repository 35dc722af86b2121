#ifndef RULES_LANG_STAGE_H
#define RULES_LANG_STAGE_H

/* What a finished set is looked over for: when rules act, and what is odd. */

struct cond;
struct ruleset;

/* Fills in what each rule reads and when it acts; errors where `by` fails. */
void stages_work_out(struct ruleset *rs);
/* Warnings only; for a set without errors. */
void rules_lint(struct ruleset *rs);
/* Warns of numbers compared with what they never are (lint_range.c). */
void lint_ranges(struct ruleset *rs, const struct cond *c);

#endif
