#ifndef RULES_LANG_PARSE_H
#define RULES_LANG_PARSE_H

/*
 * Between the parsers of statements. They fill in what was written; types.c
 * resolves it.
 */

#include "rules/lang/ast.h"
#include "rules/lang/rule_parser.h"
#include "rules/source/lexer.h"

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

/* ---- parse.c ------------------------------------------------------------- */

void parse_file(struct ruleset *rs, const struct source *s, unsigned includes);

/* ---- parse_token.c ------------------------------------------------------- */

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
/* Keeps what a row from outside has just read; returns what it noted. */
const struct word_reads *parse_word_keep(
    struct rule_parser *p, const char *name, const void *args);

/* A name: letters, digits, "-", "_" and ".". */
bool parse_name(struct rule_parser *p, const char *what, struct token *out);

/* ---- parse_cond.c ---------------------------------------------------------- */

/* NULL after an error. */
struct cond *parse_cond(struct rule_parser *p);

/* ---- parse_hint.c ---------------------------------------------------------- */

/* What is written instead of an unexpected token; NULL: nothing is known. */
const char *parse_hint_for(const struct token *t);

/* ---- rule_action.c, parse_reply.c ---------------------------------------- */

/* Reads one action and appends it to the rule. */
bool parse_action(struct rule_parser *p, struct rule *rule);
/* [CODE] [X.Y.Z] ["TEXT"] */
bool action_parse_reply(struct rule_parser *p, struct rule_action *out);
const struct rule_action_row *action_find(
    const struct ruleset *rs, struct span name);

/* ---- parse_list.c, parse_trial.c ----------------------------------------- */

bool parse_list(struct rule_parser *p);
/* parse_promise.c */
bool parse_promise(struct rule_parser *p);
/* A test of the rule of that number; SIZE_MAX: of the whole set. */
bool parse_test(struct rule_parser *p, size_t rule);

/* ---- parse_canary.c -------------------------------------------------------- */

/* The share behind `for`. */
bool parse_canary(struct rule_parser *p, struct rule *rule);
/* At the end of a rule that has one: its condition asks for the part. */
bool parse_canary_end(struct rule_parser *p, struct rule *rule);

/* ---- parse_watch.c --------------------------------------------------------- */

/* domains LIST, behind `watch`. */
bool parse_watch(struct rule_parser *p);
/* Once lists are there: finds those that are named. */
void watches_resolve(struct ruleset *rs);

#endif
