#ifndef RULES_LANG_RULESET_H
#define RULES_LANG_RULESET_H

/*
 * The rule language, as the rest of the program sees it: a set of rules, and
 * what it says about one message.
 *
 * The life of a set: ruleset_new; ruleset_add for each file (text); then
 * ruleset_finish, which resolves names, checks types, works out stages and
 * warns. Errors go to the diags; a set with errors is only good for
 * ruleset_free. A finished set is immutable and any thread may judge with it.
 *
 * The life of a ruling: ruling_new when the message begins; ruling_run or
 * ruling_run_all as often as facts have been stated; ruling_record once the
 * answer is final. It lies in the message's arena. One thread at a time.
 *
 * Evaluating has four values: yes, no, unknown (could not be found out in
 * time) and pending (may still be found out). Decisive rules are asked in the
 * order of the file, and the first that is pending ends the run undecided, so
 * that the order is never broken; scores and tags are added up once nothing
 * is pending.
 */

#include "rules/source/diag.h"
#include "rules/fact/fact.h"
#include "rules/match/patterns.h"
#include "rules/base/span.h"

struct ruleset;
struct ruling;
struct rule_parser;
struct list;
struct word_reads;

enum truth { TRUTH_NO, TRUTH_YES, TRUTH_UNKNOWN, TRUTH_PENDING };
extern const char *const truth_names[4];

/* What a rule can decide, mildest first. */
enum outcome {
	OUTCOME_NONE, /* decides nothing */
	OUTCOME_ACCEPT,
	OUTCOME_JUNK,
	OUTCOME_QUARANTINE,
	OUTCOME_TEMPFAIL,
	OUTCOME_REJECT,
	OUTCOME_DISCARD,
};
#define OUTCOME_COUNT (OUTCOME_DISCARD + 1)
extern const char *const outcome_names[OUTCOME_COUNT];

/* ---- actions and conditions that come from outside ---------------------- */

/* One `then` of a rule. */
struct rule_action {
	const struct rule_action_row *row;
	struct place place;
	unsigned code;                    /* reply; 0: the outcome's own */
	const char *enhanced;             /* "5.7.1", or NULL */
	const struct template_text *text; /* or NULL */
	double score;
	struct span name; /* of a tag or a header field */
	bool set;         /* header: replaces fields of that name */
	const void *args; /* what the row's own parse made */
	const struct word_reads *reads; /* that it noted; the parser's */
};

/* What an action of a row with perform says when its rule's turn comes. */
struct performed {
	enum truth applies; /* NO: go on with the next rule, as if unmatched */
	unsigned code;      /* 0: as the rule says, or the outcome's own */
	struct span text;   /* p NULL: as the rule says */
};

struct rule_action_row {
	const char *name;
	enum outcome outcome;
	const char
	    *usage; /* for messages: "reject [CODE] [X.Y.Z] [\"TEXT\"]" */
	/* Reads what follows the name; false after an error was reported. */
	bool (*parse)(struct rule_parser *p, struct rule_action *out);
	/* NULL: always applies. ctx is that of ruling_input. May be asked
	 * again for the same message and recipient and must answer alike. */
	struct performed (*perform)(
	    void *ctx, const struct rule_action *action, size_t rcpt);
};

/* A condition of a word of its own, such as `limit`. */
struct rule_condition_row {
	const char *name;
	const char *usage;
	enum stage stage; /* from which it can be answered */
	bool (*parse)(struct rule_parser *p, const void **args);
	enum truth (*test)(void *ctx, const void *args, size_t rcpt);
};

/* What a kind of list is. Static kinds lie in memory, the others are asked. */
struct rule_list_kind {
	const char *name; /* "domains", "dnsbl" */
	const char *usage;
	bool dynamic;
	int list_kind;  /* enum list_kind, when not dynamic */
	unsigned types; /* bit 1 << enum fact_type: may be looked up */
	const char *const *options; /* dynamic: words that values follow */
};

/* `codes 127.0.0.2-4 127.0.0.9` of a dynamic list. */
struct rule_list_option {
	struct span name;
	const struct span *value;
	size_t count;
	struct place place;
};

struct rule_list_info {
	struct span name;
	struct place place;
	const struct rule_list_kind *kind;
	struct list *items; /* static kinds */
	struct span zone;   /* dynamic kinds */
	const struct rule_list_option *option;
	size_t option_count;
};

/* ---- loading ------------------------------------------------------------- */

struct ruleset_options {
	const struct schema *schema;
	/* Kinds, actions and conditions besides those of the language itself;
	 * the arrays must outlive the set. */
	const struct rule_list_kind *list_kinds;
	size_t list_kind_count;
	const struct rule_action_row *actions;
	size_t action_count;
	const struct rule_condition_row *conditions;
	size_t condition_count;
	/* Bounds of patterns; NULL: the defaults. */
	const struct patterns_options *patterns;
	/* A permanent refusal below an unknown decisive rule stays one. */
	bool keep_refusals;
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

/*
 * Runs the tests that stand in the files; those that fail are errors with
 * their place. message states the facts of a message file that a test names
 * (NULL: such tests are passed over and counted in *skipped).
 */
struct ruleset_test_options {
	bool (*message)(void *ctx, struct span file, const struct source *from,
	    struct facts *facts, const char **why);
	void *ctx;
	int64_t now_s;
};
bool ruleset_test(const struct ruleset *rs,
    const struct ruleset_test_options *o, struct diags *diags, size_t *run,
    size_t *skipped);

/* ---- what a set is ------------------------------------------------------- */

size_t ruleset_count(const struct ruleset *rs);
/* SIZE_MAX when there is no such rule. */
size_t ruleset_find(const struct ruleset *rs, struct span name);

struct rule_info {
	const char *name;
	struct place place;
	const char *action; /* its first action's word */
	enum outcome outcome;
	double score;
	bool shadow;
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

/* Whether any rule, text or header that rules write reads the fact. */
bool ruleset_reads(const struct ruleset *rs, fact_id fact);
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

/* Thresholds of `verdict`; NAN: none. */
double ruleset_threshold(const struct ruleset *rs, enum outcome outcome);

/* The pattern sets, to attach Hyperscan databases before the set is shared. */
size_t ruleset_pattern_set_count(const struct ruleset *rs);
struct patterns *ruleset_pattern_set(
    const struct ruleset *rs, size_t i, fact_id *fact);

/* ---- judging ------------------------------------------------------------- */

struct ruling_input {
	const struct ruleset *ruleset;
	const struct facts *facts;
	struct arena *arena;
	int64_t now_s; /* for entries that expire */
	void *ctx;     /* of the callbacks below and of rows from outside */
	/*
	 * Whether value is in dynamic list number list. May set *detail (arena
	 * or static text: the code, say). NULL: never listed.
	 */
	enum truth (*listed)(void *ctx, size_t list, const struct value *value,
	    struct span *detail);
	/* Asked now and then while patterns run; true: no more time. */
	bool (*stop)(void *ctx);
};

/* input is copied. */
struct ruling *ruling_new(const struct ruling_input *input);

/* As rcpt: nobody yet, so that facts of recipients are pending. */
#define RULING_NOBODY SIZE_MAX

struct decision {
	bool decided;
	enum outcome outcome; /* ACCEPT when nothing decided at the end */
	unsigned code;        /* 0 unless TEMPFAIL or REJECT */
	const char *enhanced;
	struct span text; /* expanded; "" for none */
	const char
	    *rule; /* that decided; "junk threshold"; NULL: nothing did */
	size_t rule_number; /* SIZE_MAX when no rule did */
	size_t action_number;
	const char *waits_for; /* undecided: the rule that is pending */
	/* The rule that could not be decided and so made a permanent refusal a
	 * temporary one, or said `on unknown tempfail`; else NULL. */
	const char *unknown;
	double score;   /* so far, when final */
	size_t rcpt;    /* whose answer this is, or RULING_NOBODY */
	bool disagreed; /* recipients would have had other answers */
};

/*
 * What is decided with the facts known now, for one recipient, or for none
 * (RULING_NOBODY) before RCPT. final: what is pending counts as unknown, and
 * thresholds apply.
 */
void ruling_run(
    struct ruling *r, size_t rcpt, bool final, struct decision *out);
/*
 * The one answer for these recipients (those not refused): the mildest of
 * theirs. Undecided as long as one of them is. count 0: as for nobody.
 */
void ruling_run_all(struct ruling *r, const size_t *rcpt, size_t count,
    bool final, struct decision *out);

/* ---- what was found ------------------------------------------------------ */

struct matched {
	size_t rule;
	const char *name;
	const char *action;
	double score;
	bool shadow;
	bool decided;
	struct span evidence; /* which facts, with their values, cut */
};

struct ruled_header {
	bool set;
	struct span name, value;
};

struct record {
	const struct matched *matched;
	size_t matched_count;
	const char *const *tag; /* each once */
	size_t tag_count;
	const struct ruled_header *header;
	size_t header_count;
	const struct span *alert;
	size_t alert_count;
	/* Rules that are not known because a pattern ran into its bounds. */
	const char *const *limited;
	size_t limited_count;
	double score;
};
/*
 * All that matched, in file order, and what the rules want besides the
 * decision. Rules below a decisive one count as far as they decide nothing.
 * A rule about recipients counts when it is true for one of them.
 */
void ruling_record(struct ruling *r, const size_t *rcpt, size_t count,
    const struct decision *d, struct record *out);

/*
 * The answer of a rule that is known from elsewhere, instead of asking its
 * condition; before the first run.
 */
void ruling_given(struct ruling *r, size_t rule, bool yes);

/* How a rule came out. */
enum truth ruling_truth(struct ruling *r, size_t rule, size_t rcpt);
/*
 * True when all parts but one of the rule's condition are true: "nearly"
 * matched. Appends each part as written with its answer and the fact's value,
 * a line each.
 */
bool ruling_trace(struct ruling *r, size_t rule, size_t rcpt, struct buf *out);

#endif
