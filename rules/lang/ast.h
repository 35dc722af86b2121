#ifndef RULES_LANG_AST_H
#define RULES_LANG_AST_H

/*
 * A rule set in memory, between the files of the rule language; nobody else
 * includes this. The parser (parse.c, parse_cond.c, rule_action.c) fills in
 * what was written, types.c resolves it to facts, lists and patterns, stage.c
 * works out stages; eval.c and ruling.c only read.
 */

#include "rules/source/lexer.h"
#include "rules/list/list.h"
#include "rules/lang/rule_parser.h"
#include "rules/lang/ruleset.h"

enum cond_kind {
	COND_AND, /* children */
	COND_OR,
	COND_NOT,        /* one child */
	COND_QUANTIFIED, /* any, all, no, count: group, one child or none */
	COND_COMPARE,    /* fact op value, fact op fact */
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
	struct token token;
	struct place whole; /* of the question about it */
	struct token field; /* header "X-Foo": the string, else kind END */
	enum subject_kind kind;
	fact_id fact;
	enum fact_type type;
};

/* What the words of a row from outside read. */
struct word_reads {
	fact_id fact[RULE_PARSER_FACTS_MAX];
	size_t count;
	enum stage stage; /* before which it can't be asked */
};

struct cond {
	enum cond_kind kind;
	struct place place;
	struct cond *child, *next;
	struct subject subject; /* the group for QUANTIFIED */
	enum quantifier quantifier;
	enum token_kind op; /* COMPARE and count: EQ NE LT LE GT GE */
	bool negated;       /* !=, !~, not in */
	/* As written. */
	struct token value;   /* COMPARE: right side; IN_LIST, TAGGED: a name */
	struct token *values; /* IN_SET */
	size_t value_count;
	/* Resolved. */
	bool fact_value;      /* COMPARE: the right side is a fact */
	struct subject other; /* that one */
	double number;        /* COMPARE, count */
	struct span text;     /* COMPARE: normalised; TAGGED: the tag */
	struct ip ip;
	bool yes;              /* COMPARE with a yes/no fact */
	const double *numbers; /* IN_SET of numbers: value_count of them */
	struct list *set;      /* IN_SET */
	size_t list;           /* IN_LIST, LOOKALIKE: number */
	struct pattern_set *patterns;
	size_t pattern;
	const size_t *rules; /* TAGGED: rules above that set the tag */
	size_t rule_count;
	const struct rule_condition_row *row;
	const void *args;
	const struct word_reads *reads;
};

/* All patterns on one fact. */
struct pattern_set {
	fact_id fact;
	size_t number;
	struct patterns_builder *builder; /* until finished */
	struct patterns *patterns;
	struct pattern_set *next;
};

enum piece_kind { PIECE_TEXT, PIECE_FACT, PIECE_SCORE, PIECE_RULE, PIECE_LIST };
enum list_piece { LIST_NAME, LIST_ENTRY, LIST_NOTE, LIST_DETAIL };

struct piece {
	enum piece_kind kind;
	struct span text;  /* literal */
	struct place name; /* of %{name}, until resolved */
	fact_id fact;
	size_t list;
	enum list_piece what;
};

struct template_text {
	struct piece *piece;
	size_t count;
	struct place place;
	bool reply; /* to the client: no percent signs (STANDARDS 8.1) */
};

enum test_want {
	WANT_OUTCOME, /* the rule, or the set, decides so */
	WANT_LETS_BY, /* decides nothing */
	WANT_FIRES,
	WANT_SCORES,
	WANT_TAGS,
};

/* A fact that a test gives. */
struct test_given {
	struct token name;
	struct token field; /* header "X-Foo" */
	struct token value; /* kind END: a group, or a list's answer "yes" */
	bool listed;        /* `in LIST`: name is a list */
	bool group;
	struct test_given *member; /* of a group's element */
	struct test_given *next;
};

struct rule_test {
	struct place place;
	enum test_want want;
	enum outcome outcome;
	double score;
	struct span tag;
	struct span name;     /* or empty */
	struct token message; /* message "FILE", or kind END */
	struct test_given *given;
	size_t rule; /* SIZE_MAX: a test of the whole set */
	struct rule_test *next;
};

struct rule {
	const char *name;
	struct place place; /* of the name */
	size_t number;
	bool shadow;
	struct cond *cond; /* NULL: always */
	struct rule_action *action;
	size_t action_count, action_cap;
	size_t decisive; /* which action decides; SIZE_MAX: none */
	bool unknown_tempfails;
	bool broken; /* was not read to its end: nothing more is said of it */
	bool by;
	enum stage by_stage;
	struct place by_place;
	size_t test_count;
	/* Worked out. */
	double score; /* of all its score actions */
	bool per_rcpt, reads_score;
	enum stage stage, acts;
	const struct rule *delayed_by;
	const fact_id *fact;
	size_t fact_count;
	const size_t *list;
	size_t list_count;
	size_t patterns;
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

struct ruleset {
	struct ruleset_options options;
	struct arena *arena;
	struct diags *diags;
	size_t errors_before; /* errors in diags that are not ours */
	bool finished;
	struct rule **rule;
	size_t rule_count, rule_cap;
	struct rule_list **list;
	size_t list_count, list_cap;
	struct rule_test *test, **test_end;
	struct threshold threshold[OUTCOME_COUNT];
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
	bool per_rcpt; /* some decisive or scoring rule is */
	struct rule_lookup *lookup;
	size_t lookup_count, lookup_cap;
	enum stage last_stage;
};

/* Nested parentheses, and files that include one another. */
#define RULE_DEPTH_MAX    64
#define RULE_INCLUDES_MAX 16

struct rule_parser {
	struct ruleset *rs;
	struct lexer lexer;
	bool failed; /* in this statement: nothing more is reported */
	bool shadow; /* the whole file */
	unsigned depth;
	unsigned includes;
	/* For rows from outside (rule_parser.h). */
	struct place at; /* of the word that was taken last */
	struct word_reads reads;
};

/* ---- parse.c -------------------------------------------------------------- */

void parse_file(struct ruleset *rs, const struct source *s, unsigned includes);
/* Reports once a statement what was expected and what stands there. */
void parse_expected(struct rule_parser *p, const char *what);
void parse_error(struct rule_parser *p, struct place at, const char *fmt, ...)
    ATTR_PRINTF(3, 4);
/* The next token if it is a word or string; else the error. */
bool parse_word(struct rule_parser *p, const char *what, struct token *out);
/* True when nothing but white space stands before the token on its line. */
bool parse_begins_line(const struct token *t);
/* A word with which something else begins: no fact, no value. */
bool parse_reserved(const struct token *t);
bool parse_string(struct rule_parser *p, const char *what, struct token *out);
bool parse_kind(struct rule_parser *p, enum token_kind kind, const char *what);
bool parse_number(struct rule_parser *p, const char *what, double *out);

/* ---- parse_cond.c ---------------------------------------------------------- */

/* NULL after an error. */
struct cond *parse_cond(struct rule_parser *p);

/* ---- parse_hint.c ---------------------------------------------------------- */

/* What is written instead of an unexpected token; NULL: nothing is known. */
const char *parse_hint_for(const struct token *t);

/* ---- types_header.c -------------------------------------------------------- */

/* The name of the header field that s asks for; empty: it asks for none. */
struct span types_header_field(
    const struct ruleset *rs, const struct subject *s);
/* Writes out a question about that field. */
void types_expand_header(struct ruleset *rs, struct cond *c, struct span field);
/* The same behind a quantifier; false when c is none any more. */
bool types_expand_quantified(
    struct ruleset *rs, struct cond *c, struct span field);

/* ---- rule_parser.c --------------------------------------------------------- */

/* Keeps what a row from outside has just read; returns what it noted. */
const struct word_reads *parse_word_keep(
    struct rule_parser *p, const char *name, const void *args);

/* ---- rule_action.c --------------------------------------------------------- */

/* Reads one action and appends it to the rule. */
bool parse_action(struct rule_parser *p, struct rule *rule);
/* [CODE] [X.Y.Z] ["TEXT"] */
bool action_parse_reply(struct rule_parser *p, struct rule_action *out);
const struct rule_action_row *action_find(
    const struct ruleset *rs, struct span name);

/* ---- list_kind.c ----------------------------------------------------------- */

bool parse_list(struct rule_parser *p);
/* A text as one line of a list of words; an error when it can't be one. */
struct span list_quote(struct ruleset *rs, const struct token *t);
/* Reads the files and values of all lists. */
void lists_load(struct ruleset *rs);
/* SIZE_MAX when there is none. */
size_t list_number(const struct ruleset *rs, struct span name);
/* For messages: the kinds in which a fact of this type can be looked up. */
const char *list_kinds_for(const struct ruleset *rs, enum fact_type type);
const struct rule_list_kind *list_kind_row(
    const struct ruleset *rs, struct span name);

/* ---- parse_test.c, rule_test.c --------------------------------------------- */

bool parse_test(struct rule_parser *p, size_t rule);

/* ---- types.c, types_value.c ------------------------------------------------ */

void types_check(struct ruleset *rs);
/* The right side of a comparison, by the type of the left. */
void types_operand(struct ruleset *rs, struct cond *c, fact_id group);
/* The values of `in (...)`. */
void types_set(struct ruleset *rs, struct cond *c);
/*
 * What a name means inside the parentheses of group (FACT_NONE: outside of
 * any). False after an error.
 */
bool types_subject(struct ruleset *rs, struct subject *s, fact_id group);
/* A fact's number; inside parentheses the group's own fields come first. */
fact_id types_find(const struct ruleset *rs, struct span name, fact_id group);
/* A domain or address literal in its one form; false sets *why. */
bool types_normalise(struct arena *a, enum fact_type type, struct span in,
    struct span *out, const char **why);
void types_unknown_name(
    struct ruleset *rs, const struct token *t, fact_id group);

/* ---- stage.c, lint.c -------------------------------------------------------- */

void stages_work_out(struct ruleset *rs);
void rules_lint(struct ruleset *rs);

/* ---- template.c ------------------------------------------------------------- */

/* A string token as a template; NULL after an error. */
const struct template_text *parse_template(
    struct rule_parser *p, const struct token *t, bool reply);
/* Finds the facts of all texts; marks them as read. */
void template_resolve(
    struct ruleset *rs, struct rule *rule, const struct template_text *t);
struct span template_expand(struct ruling *r, const struct rule *rule,
    const struct template_text *t, size_t rcpt);

/* ---- eval.c ------------------------------------------------------------------ */

/* For whom and on which element a condition is asked. */
struct binding {
	size_t rcpt;
	size_t element; /* of the group whose parentheses we are in */
};

/* What one pattern set says of one text; made on first use. */
struct scan {
	const uint64_t *yes, *limit; /* bits by pattern; NULL: not scanned */
};

struct scan_cache {
	struct scan *item; /* by element or recipient */
	size_t count, cap;
};

struct ruling {
	struct ruling_input input;
	const struct ruleset *rs;
	unsigned char *given; /* as truth, from elsewhere; NULL: none */
	/* By rule: enum truth + 1 once definite, else 0; those about recipients
	 * are kept for one recipient at a time. */
	unsigned char *truth, *truth_rcpt;
	size_t kept_rcpt;
	unsigned run, *pending;   /* by rule: the run in which it was pending */
	struct scan_cache *scans; /* by pattern set */
	struct pattern_result *scratch; /* made by the first scan */
	size_t scratch_count;
	/* By rule: not known because a pattern ran into its bounds. */
	unsigned char *limited;
	bool limit_met; /* by the rule that is evaluated */
	size_t settled; /* leading decisive rules that are known to be no */
	bool final;
	/* A test: rows from outside are not asked; conditions of theirs are
	 * true when this says so. */
	bool (*detached)(void *ctx, const struct rule_condition_row *row);
};

enum truth truth_of(bool yes);
enum truth truth_not(enum truth t);
/* Of two answers for `and` (or `or`): the one that settles it, then pending,
 * then unknown. */
enum truth truth_join(enum truth a, enum truth b, enum truth settles);

enum truth eval_cond(struct ruling *r, const struct cond *c, struct binding b);
enum truth eval_rule(struct ruling *r, const struct rule *rule, size_t rcpt);

/* ---- eval_fact.c ------------------------------------------------------------- */

/* The answer that a fact's state gives before its value is looked at. */
enum truth truth_of_state(enum fact_state state);
bool eval_compare_numbers(double a, enum token_kind op, double b);
/* A question about one fact. */
enum truth eval_question(
    struct ruling *r, const struct cond *c, struct binding b);
/* What there may be besides a group's elements: before its end is known they
 * say nothing. */
enum truth eval_group_tail(struct ruling *r, fact_id group);
const struct value *eval_value(
    struct ruling *r, fact_id fact, struct binding b);
/* The first element for which the parentheses are true; SIZE_MAX: none. */
size_t eval_element(struct ruling *r, const struct cond *c, size_t rcpt);
/* Membership, and what is known of it. */
enum truth eval_listed(struct ruling *r, const struct cond *c, struct binding b,
    struct list_hit *hit, struct span *detail);
/* Where in the text a pattern matched. */
struct span eval_matched_text(
    struct ruling *r, const struct cond *c, struct binding b);
double ruling_score(struct ruling *r, size_t rcpt);

/* ---- record.c ------------------------------------------------------------------ */

struct span record_evidence(
    struct ruling *r, const struct rule *rule, size_t rcpt);

#endif
