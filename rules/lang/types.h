#ifndef RULES_LANG_TYPES_H
#define RULES_LANG_TYPES_H

/*
 * Names and values in conditions are resolved to facts, lists and patterns,
 * and what makes no sense is told.
 */

#include "rules/lang/ast.h"

void types_check(struct ruleset *rs);
/* The right side of a comparison, by the type of the left. */
void types_operand(struct ruleset *rs, struct cond *c, fact_id group);
/* What the text is to contain: another fact, or a literal, of which the right
 * side becomes a pattern. False after an error. */
bool types_part(struct ruleset *rs, struct cond *c, fact_id group);
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

/* ---- types_header.c ------------------------------------------------------ */

/* The name of the header field that s asks for; empty: it asks for none. */
struct span types_header_field(
    const struct ruleset *rs, const struct subject *s);
/* Writes out a question about that field. */
void types_expand_header(struct ruleset *rs, struct cond *c, struct span field);
/* The same behind a quantifier; false when c is none any more. */
bool types_expand_quantified(
    struct ruleset *rs, struct cond *c, struct span field);

#endif
