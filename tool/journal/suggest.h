#ifndef TOOL_JOURNAL_SUGGEST_H
#define TOOL_JOURNAL_SUGGEST_H

/* Rules that are found in the journal: what its files share. */

#include "policy/base/json.h"
#include "policy/message/snapshot.h"
#include "rules/lang/ruleset.h"
#include "rules/learn/conjunction.h"
#include "tool/base/tool.h"

/* ---- suggest_items.c: questions that could tell spam from good mail -------- */

#define SUGGEST_ITEMS_MAX 600

/* A question, as it is written in a rule, and facts for which it is true. */
struct suggest_item {
	struct span condition;
	struct span given; /* as in the braces of a test; "" for absent ones */
	size_t spam;       /* messages that have shown it */
	size_t last;       /* the number of the last of them */
};

struct suggest_items {
	struct arena *arena;
	const struct schema *schema;
	struct suggest_item *item;
	size_t count, cap;
	uint32_t *bucket; /* of numbers counted from 1; 0: none */
	/* By fact: its values where it is a number, and how often it was
	 * there. */
	struct suggest_numbers {
		double *value;
		size_t count, cap, seen;
	} * numbers;
	size_t records;
};

void suggest_items_init(
    struct suggest_items *t, const struct schema *s, struct arena *a);
/* Looks at the facts of one message that is spam. Of good mail nothing may be
 * looked at before the questions are settled. */
void suggest_items_add(struct suggest_items *t, struct jsonr facts);
/* Leaves those that at least support messages have shown, the most frequent. */
void suggest_items_settle(struct suggest_items *t, size_t support);
/* A file of rules, the one called SUGGEST_QUESTION "0" for item 0. In the
 * arena. */
#define SUGGEST_QUESTION "suggest-question-"
const char *suggest_items_rules(const struct suggest_items *t);

/* ---- suggest_print.c -------------------------------------------------------- */

#define SUGGEST_CERTAINTY 0.95
#define SUGGEST_EXAMPLES  5

struct suggested {
	struct conjunction what;
	struct span example[SUGGEST_EXAMPLES]; /* ids of what it catches */
	size_t examples;
	const char *rule; /* the text of it, in shadow */
	bool guarded;     /* it spares what promises say must not be junk */
};

struct suggest_counts {
	size_t spam, taught, refused; /* the latter two: of spam, why */
	size_t good, held;
	size_t spared;   /* spam that a promise says must not be junk */
	size_t promises; /* of the rules in force */
	bool proved;     /* they hold with every rule that is told */
	size_t broken;   /* conjunctions that were left out as they break one */
	const char *how; /* the first of them; NULL: none */
};

/*
 * Writes the rule, which spares mail that a promise is about where it would
 * break one else. Why the rules would not do with it in force behind them,
 * even so; NULL: they would.
 */
const char *suggest_write(struct suggested *g, size_t number,
    const struct suggest_items *t, const struct snapshot *s, struct arena *a);
/* Whether the promise says that some mail must not be junk. */
bool suggest_spares(const struct promise_info *p);
/* The rules of the snapshot with more behind them; NULL: diags say why. */
struct snapshot *suggest_with(const struct snapshot *s, const char *rules,
    struct diags *diags, struct arena *a);
/* Tries the promises with all of them in force. */
void suggest_promises(const struct suggested *g, size_t count,
    const struct snapshot *s, struct suggest_counts *n, struct arena *a);
void suggest_print(const struct suggested *g, size_t count,
    const struct suggest_counts *n, bool json);

#endif
