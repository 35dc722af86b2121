#ifndef TOOL_JOURNAL_EXPLAIN_H
#define TOOL_JOURNAL_EXPLAIN_H

/* The parts of verdict explain: one decision, looked at in three ways. */

#include "policy/case/rejudge.h"
#include "policy/journal/journal_read.h"
#include "tool/base/tool.h"

struct explained {
	struct arena *arena;
	struct span id, record_text, snapshot;
	struct jsonr record;
	struct journal_snapshot made_with; /* rules.p NULL: not kept */
	struct snapshot *then;             /* NULL: can't be loaded: why */
	struct rejudge *rejudge;
	const char *why;
};

/* One way in which it would have come out differently. */
struct what_if {
	const char *text; /* "spf were pass instead of fail" */
	enum outcome verdict;
	const char *rule; /* that would decide, or NULL */
	/* It would not be decided at this stage any more: what later stages
	 * say is not known, and verdict is accept. */
	bool goes_on;
	/* A fact that the journal lacks and that a rule would read, which was
	 * not asked then; NULL: this is certain. */
	const char *lacks;
};

/* What would have changed it; in the arena. */
size_t explain_what_if(
    struct explained *e, const struct what_if **out, struct rejudge_case *c);
/* When a record's decision was made. */
int64_t explain_time(struct jsonr record);
/* The chain of causes in sentences, as a tree; in the arena. */
struct tree;
struct tree *explain_told(struct explained *e);
/* The same printed. */
void explain_tree(struct explained *e);
void explain_json(struct explained *e);
/* Of a record: the branch that says what was found. */
void explain_found(struct tree *t, struct jsonr record);
/* What the sender may be told: the one thing to mend, printed. */
void explain_sender(struct explained *e);
/*
 * A case (verdict-cases(5)) that is judged to the same verdict, in one line.
 * What it can't hold is said on standard error.
 */
int explain_case(struct explained *e);

#endif
