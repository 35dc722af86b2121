#ifndef RULES_LANG_AST_H
#define RULES_LANG_AST_H

/*
 * A rule set in memory: the tree that the parsers fill in, types.c resolves
 * and stage.c completes. Whoever evaluates or proves only reads it; nobody
 * above rules/ includes this.
 */

#include "rules/lang/rule_parser.h"
#include "rules/lang/ruleset.h"
#include "rules/lang/template.h"
#include "rules/list/list.h"
#include "rules/source/lexer.h"

enum cond_kind {
	COND_AND, /* children */
	COND_OR,
	COND_NOT,        /* one child */
	COND_QUANTIFIED, /* any, all, no, count: group, one child or none */
	COND_COMPARE,    /* fact op value, fact op fact */
	COND_CONTAINS,   /* one fact's text in another's; a literal is MATCH */
	COND_IN_LIST,
	COND_IN_SET, /* a list without name, or numbers, or words */
	COND_LOOKALIKE,
	COND_MATCH,
	COND_HAS,
	COND_UNKNOWN, /* X is unknown */
	COND_BARE,    /* a yes/no fact */
	COND_TAGGED,
	COND_WORD, /* a row from outside */
};

enum quantifier {
	QUANTIFIER_ANY,
	QUANTIFIER_ALL,
	QUANTIFIER_NO,
	QUANTIFIER_COUNT
};

/* What a name in a condition turned out to be. */
enum subject_kind { SUBJECT_FACT, SUBJECT_SCORE };

/* A name as written, and what it means. */
struct subject {
	enum subject_kind kind;
	enum fact_type type;
	fact_id fact;
	struct token token;
	struct place whole; /* of the question about it */
	struct token field; /* header "X-Foo": the string, else kind END */
};

/* What the words of a row from outside read. */
struct word_reads {
	fact_id fact[RULE_PARSER_FACTS_MAX];
	size_t count;
	enum stage stage; /* before which it can't be asked */
};

/*
 * What is read to answer it stands first, in two lines of a processor's cache:
 * a message asks hundreds of conditions, and most have left the cache since
 * the last one did.
 */
struct cond {
	enum cond_kind kind;
	enum quantifier quantifier;
	enum token_kind op; /* COMPARE and count: EQ NE LT LE GT GE */
	bool negated;       /* !=, !~, not in, not contains */
	bool fact_value;    /* COMPARE, CONTAINS: the right side is a fact */
	bool yes;           /* COMPARE with a yes/no fact */
	struct cond *child, *next;
	struct pattern_set *patterns;
	size_t pattern;
	struct list *set; /* IN_SET */
	size_t list;      /* IN_LIST, LOOKALIKE: number */
	double number;    /* COMPARE, count */
	struct span text; /* COMPARE: normalised; TAGGED: the tag */
	struct subject subject; /* the group for QUANTIFIED */
	struct subject other;   /* of fact_value */
	struct ip ip;
	const double *numbers; /* IN_SET of numbers: value_count of them */
	const size_t *rules;   /* TAGGED: rules above that set the tag */
	size_t rule_count;
	const struct rule_condition_row *row;
	const void *args;
	const struct word_reads *reads;
	/* As written. */
	struct place place;
	struct token value;   /* COMPARE, CONTAINS: right side; IN_LIST, TAGGED:
	                         a name */
	struct token *values; /* IN_SET */
	size_t value_count;
};

/* All patterns on one fact. */
struct pattern_set {
	fact_id fact;
	size_t number;
	struct patterns_builder *builder; /* until finished */
	struct patterns *patterns;
	struct pattern_set *next;
};

enum test_want {
	WANT_OUTCOME, /* the rule, or the set, decides so */
	WANT_LETS_BY, /* decides nothing */
	WANT_FIRES,
	WANT_SCORES,
	WANT_TAGS,
	WANT_KEEPS, /* the promise of that name holds */
};

/* A fact that a test gives. */
struct test_given {
	struct token name;
	struct token field; /* header "X-Foo" */
	struct token value; /* kind END: a group, or a list's answer "yes" */
	bool listed;        /* `in LIST`: name is a list */
	bool group;
	bool rest; /* what is known of elements that were not found out */
	struct test_given *member; /* of a group's element */
	struct test_given *next;
};

struct rule_test {
	struct place place;
	enum test_want want;
	enum outcome outcome;
	double score;
	struct span tag; /* WANT_KEEPS: the promise */
	struct place tag_place;
	struct span name;     /* or empty */
	struct token message; /* message "FILE", or kind END */
	struct test_given *given;
	size_t rule; /* SIZE_MAX: a test of the whole set */
	struct rule_test *next;
};

#define RULE_BUCKETS 4096
struct rule {
	struct rule *next; /* with a name of the same bucket */
	const char *name;
	struct place place; /* of the name */
	size_t number;
	bool shadow;
	struct cond *cond; /* NULL: always */
	struct rule_action *action;
	size_t action_count, action_cap;
	size_t decisive; /* which action decides; SIZE_MAX: none */
	bool unknown_tempfails;
	bool linted; /* it was warned of as one that never decides */
	bool broken; /* was not read to its end: nothing more is said of it */
	struct rule_canary *canary; /* NULL: for all mail */
	struct place canary_place;  /* of the name up to the share */
	bool by;
	enum stage by_stage;
	struct place by_place;
	size_t test_count;
	/* Worked out. */
	double score; /* of all its score actions */
	int64_t units; /* the same, in SCORE_UNITS */
	bool per_rcpt, reads_score;
	bool
	    asks_outside; /* a condition that may count how often it is asked */
	enum stage stage, acts;
	enum stage soonest; /* before it the condition is never known to hold */
	const struct rule *delayed_by;
	const fact_id *fact;
	size_t fact_count;
	const size_t *list;
	size_t list_count;
	size_t patterns;
};

/* What no message may come to, or every one must. */
struct promise {
	const char *name;
	struct place place; /* of the name */
	struct cond *cond;
	struct span when;  /* it, as it is written; "": about all mail */
	bool never;        /* else always */
	unsigned outcomes; /* bits 1 << enum outcome */
	struct promise *next;
};

/* Domains whose mail is watched. */
struct watch {
	struct token list;
	size_t number; /* of it; SIZE_MAX: there is none */
};

struct rule_list {
	struct rule_list_info info;
	bool used;
	struct token *values; /* as written, until loaded */
	size_t value_count;
};

struct threshold {
	bool set;
	double at;
	struct place place;
};

/* `verdict for`: what takes the place of the set's own thresholds. */
struct rcpt_thresholds {
	struct span rcpt; /* local@domain or @domain, in lower case */
	struct place place;
	struct threshold threshold[OUTCOME_COUNT];
};

struct ruleset {
	struct ruleset_options options;
	struct arena *arena;
	struct diags *diags;
	fact_id rcpt; /* the recipient's address; FACT_NONE: nobody tells it */
	size_t errors_before; /* errors in diags that are not ours */
	bool finished;
	struct rule **rule;
	size_t rule_count, rule_cap;
	struct rule **by_name; /* RULE_BUCKETS lists; NULL without rules */
	struct rule_list **list;
	size_t list_count, list_cap;
	struct rule_test *test, **test_end;
	struct promise *promise, **promise_end;
	size_t promise_count;
	struct watch *watch;
	size_t watch_count, watch_cap;
	struct threshold threshold[OUTCOME_COUNT];
	struct rcpt_thresholds *by_rcpt; /* what others have for some */
	size_t by_rcpt_count, by_rcpt_cap;
	struct pattern_set *sets;
	size_t set_count;
	struct rule_word *word;
	size_t word_count, word_cap;
	struct list **owned; /* to be freed: sets without name */
	size_t owned_count, owned_cap;
	const struct source **files; /* that were read, for `include` */
	size_t file_count, file_cap;
	/* Worked out. */
	const struct rule **decisive, **scoring; /* not in shadow */
	size_t decisive_count, scoring_count;
	bool *reads;   /* by fact */
	double *compared; /* by fact: ruleset_compared */
	bool per_rcpt; /* some decisive or scoring rule is */
	struct rule_lookup *lookup;
	size_t lookup_count, lookup_cap;
	enum stage last_stage;
	enum stage soonest; /* ruleset_silent_until */
};

/*
 * The threshold that holds for mail to rcpt, any case: his own, that of his
 * address without +tag, that of his domain, the set's. "": the set's. Not
 * .set: there is none.
 */
const struct threshold *ruleset_threshold_row(
    const struct ruleset *rs, enum outcome outcome, struct span rcpt);
/* Where rules of this name hang; not without rules. */
struct rule **ruleset_bucket(const struct ruleset *rs, struct span name);

#endif
