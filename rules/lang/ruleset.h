#ifndef RULES_LANG_RULESET_H
#define RULES_LANG_RULESET_H

/*
 * The rule language, as the rest of the program sees it: a set of rules. What
 * it says about one message is in eval/ruling.h.
 *
 * The life of a set: ruleset_new; ruleset_add for each file (text); then
 * ruleset_finish, which resolves names, checks types, works out stages and
 * warns. Errors go to the diags; a set with errors is only good for
 * ruleset_free. A finished set is immutable and any thread may judge with it.
 */

#include "rules/base/span.h"
#include "rules/fact/fact.h"
#include "rules/lang/extension.h"
#include "rules/match/patterns.h"
#include "rules/source/diag.h"

struct ruleset;

/* ---- loading ------------------------------------------------------------- */

struct ruleset_options {
	const struct schema *schema;
	/* Kinds, actions and conditions besides those of the language itself;
	 * the arrays must outlive the set. */
	const struct rule_list_kind *const *list_kinds;
	size_t list_kind_count;
	const struct rule_action_row *actions;
	size_t action_count;
	const struct rule_condition_row *conditions;
	size_t condition_count;
	/* Bounds of patterns; NULL: the defaults. */
	const struct patterns_options *patterns;
	/* A permanent refusal below an unknown decisive rule stays one. */
	bool keep_refusals;
	/* One answer covers recipients who are judged differently. */
	bool recipients_together;
	/*
	 * Reads a file that is named in from (`include`, `list`). Returns false
	 * with *why; the text must live until ruleset_finish has returned, or
	 * for `include` as long as the set: it is copied. NULL: no files.
	 */
	bool (*read)(void *ctx, struct span name, const struct source *from,
	    struct span *text, const char **why);
	/* Looks at the options of a dynamic list; NULL: takes all. */
	bool (*list_check)(
	    void *ctx, const struct rule_list_info *list, const char **why);
	void *ctx;
};

/* diags must live until ruleset_finish has returned. options is copied. */
struct ruleset *ruleset_new(
    const struct ruleset_options *options, struct diags *diags);
/* Reads one file's text, which is copied. False when it has errors. */
bool ruleset_add(struct ruleset *rs, struct span name, struct span text);
/* False when any file has errors. */
bool ruleset_finish(struct ruleset *rs);
/* NULL inside is fine. */
void ruleset_free(struct ruleset **rs);

/* ---- what a set is ------------------------------------------------------- */

size_t ruleset_count(const struct ruleset *rs);
/* SIZE_MAX when there is no such rule. */
size_t ruleset_find(const struct ruleset *rs, struct span name);

struct rule_info {
	const char *name;
	struct place place;
	const char
	    *action; /* the word of the action that decides, or of the first */
	enum outcome outcome;
	unsigned effects; /* enum action_effects of that action */
	double score;
	bool shadow;
	const struct rule_canary *canary; /* NULL: for all mail */
	bool per_rcpt;
	enum stage stage; /* from which its own facts are known */
	enum stage acts;  /* at which it can act: later when it is delayed */
	const char *delayed_by; /* the rule above that delays it, or NULL */
	const fact_id *fact;    /* that it reads, each once */
	size_t fact_count;
	const size_t *list; /* dynamic lists that it asks */
	size_t list_count;
	size_t patterns; /* patterns of its own */
	size_t tests;
};
struct rule_info ruleset_rule(const struct ruleset *rs, size_t rule);

size_t ruleset_list_count(const struct ruleset *rs);
struct rule_list_info ruleset_list(const struct ruleset *rs, size_t list);

/* Whether any rule that decides or scores is about recipients. */
bool ruleset_per_rcpt(const struct ruleset *rs);
/*
 * Before that stage no rule refuses, whatever it is asked about, and none
 * tells recipients apart. STAGE_EOM: none does before the end.
 */
enum stage ruleset_silent_until(const struct ruleset *rs);
/* Whether any rule, text or header that rules write reads the fact. */
bool ruleset_reads(const struct ruleset *rs, fact_id fact);
/*
 * The greatest number that any rule compares the fact with; infinite where one
 * asks anything else of it, or a text shows it, and -INFINITY where none does.
 */
double ruleset_compared(const struct ruleset *rs, fact_id fact);
/* The latest stage whose facts any rule reads. */
enum stage ruleset_last_stage(const struct ruleset *rs);

/*
 * Each pair of a fact and a dynamic list that it is looked up in, once: so
 * that lookups can start as soon as the fact is known.
 */
struct rule_lookup {
	fact_id fact;
	size_t list;
};
size_t ruleset_lookup_count(const struct ruleset *rs);
struct rule_lookup ruleset_lookup(const struct ruleset *rs, size_t i);

/* What rows from outside have made of their words, conditions and actions. */
struct rule_word {
	const char *name; /* the row's */
	const void *args;
};
size_t ruleset_word_count(const struct ruleset *rs);
struct rule_word ruleset_word(const struct ruleset *rs, size_t i);

/* Promises: what they are about, as it is written (with line ends and
 * comments; "" for all mail), and which outcomes they forbid, as bits
 * 1 << enum outcome. */
struct promise_info {
	const char *name;
	struct span when;
	unsigned forbids;
};
size_t ruleset_promise_count(const struct ruleset *rs);
struct promise_info ruleset_promise(const struct ruleset *rs, size_t i);

/* The statements `watch domains LIST`, and whether one of them is about the
 * domain. */
size_t ruleset_watch_count(const struct ruleset *rs);
bool ruleset_watches(
    const struct ruleset *rs, struct span domain, int64_t now_s);

/* Thresholds of `verdict`; NAN: none. */
double ruleset_threshold(const struct ruleset *rs, enum outcome outcome);
/* Those of `verdict for`, where mail to rcpt has others. "": nobody's. */
double ruleset_threshold_for(
    const struct ruleset *rs, enum outcome outcome, struct span rcpt);
/* Whose it is, as rules name them: an address, or "@" and a domain. "": that of
 * all others. */
struct span ruleset_threshold_owner(
    const struct ruleset *rs, enum outcome outcome, struct span rcpt);

/*
 * The pattern sets, to attach Hyperscan databases before the set is shared:
 * one for each fact that rules match, and the lists of patterns. *name is the
 * fact's or the list's.
 */
size_t ruleset_pattern_set_count(const struct ruleset *rs);
struct patterns *ruleset_pattern_set(
    const struct ruleset *rs, size_t i, struct span *name);

#endif
