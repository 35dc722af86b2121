#ifndef RULES_LANG_EXTENSION_H
#define RULES_LANG_EXTENSION_H

/*
 * What other modules bring to the language: rows of actions, of conditions
 * with a word of their own, and of kinds of lists. How they read the words
 * behind their name is in rule_parser.h.
 */

#include "rules/fact/fact.h"
#include "rules/lang/outcome.h"
#include "rules/source/diag.h"

struct rule_parser;
struct list;
struct word_reads;

/* Answers to a condition; eval/truth.h calculates with them. */
enum truth { TRUTH_NO, TRUTH_YES, TRUTH_UNKNOWN, TRUTH_PENDING };

/* Scores are decimal numbers, and are added up as whole numbers of so many to
 * one: so 0.1 and 0.7 are 0.8, whatever their order. */
#define SCORE_UNITS 1e6

/* One `then` of a rule. */
struct rule_action {
	const struct rule_action_row *row;
	struct place place;
	unsigned code;                    /* reply; 0: the outcome's own */
	const char *enhanced;             /* "5.7.1", or NULL */
	const struct template_text *text; /* or NULL */
	int64_t units;    /* that it adds to the score */
	struct span name; /* of a tag or a header field */
	bool set;         /* header: replaces fields of that name */
	bool prefix;      /* header: stands before what is there */
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
	unsigned effects; /* enum action_effects */
	const char
	    *usage; /* for messages: "reject [CODE] [X.Y.Z] [\"TEXT\"]" */
	/* Reads what follows the name; false after an error was reported. */
	bool (*parse)(struct rule_parser *p, struct rule_action *out);
	/* NULL: always applies. ctx is that of ruling_input. May be asked
	 * again for the same message and recipient and must answer alike. */
	struct performed (*perform)(
	    void *ctx, const struct rule_action *action, size_t rcpt);
};

/* A rule that is tried on a share of mail: the args of a row of canaries. */
struct rule_canary {
	const char *rule;
	double share;  /* above 0, at most 1 */
	uint64_t text; /* a hash of the rule as it is written */
};

/* A condition of a word of its own, such as `limit`. */
struct rule_condition_row {
	const char *name;
	const char *usage;
	enum stage stage; /* from which it can be answered */
	bool (*parse)(struct rule_parser *p, const void **args);
	enum truth (*test)(void *ctx, const void *args, size_t rcpt);
	/* It is no word: it says whether mail is in the part on which a rule
	 * is tried, and answers alike whenever it is asked. */
	bool canary;
};

/* Those of the language itself; others come with the modules. */
extern const struct rule_action_row action_rows[];
extern const size_t action_row_count;

/* What a kind of list is. Static kinds lie in memory, the others are asked. */
struct rule_list_kind {
	const char *name; /* "domains", "dnsbl" */
	const char *usage;
	bool dynamic;
	int list_kind;  /* enum list_kind, when not dynamic */
	unsigned types; /* bit 1 << enum fact_type: may be looked up */
	const char *const *options; /* dynamic: words that values follow */
};

/* Those of the language itself. */
extern const struct rule_list_kind list_kind_rows[];
extern const size_t list_kind_row_count;

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
	bool by_rcpt;       /* whose entries belong to recipients */
	size_t from_files;  /* entries of them that stood in files */
	struct span zone;   /* dynamic kinds */
	const struct rule_list_option *option;
	size_t option_count;
};

#endif
