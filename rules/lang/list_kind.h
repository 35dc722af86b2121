#ifndef RULES_LANG_LIST_KIND_H
#define RULES_LANG_LIST_KIND_H

/* Lists of a rule set: their kinds, their numbers, and how they are read. */

#include "rules/fact/fact.h"
#include "rules/source/lexer.h"

struct rule_list_kind;
struct rule_parser;
struct ruleset;

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
/* The error that t names no kind. */
void list_kind_unknown(struct rule_parser *p, const struct token *t);

#endif
