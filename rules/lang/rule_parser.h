#ifndef RULES_LANG_RULE_PARSER_H
#define RULES_LANG_RULE_PARSER_H

/*
 * With what the rows from outside (rule_action_row, rule_condition_row) read
 * the words behind their name. All errors are reported where the word stands;
 * a row returns false after one.
 */

#include "rules/lang/extension.h"

/* Lives as long as the set. */
struct arena *rule_parser_arena(struct rule_parser *p);
const struct schema *rule_parser_schema(const struct rule_parser *p);

/* Takes the next word if it is this one, or the next comma. */
bool rule_parser_take(struct rule_parser *p, const char *word);
bool rule_parser_comma(struct rule_parser *p);
/* what: for the message that it was expected. */
bool rule_parser_word(
    struct rule_parser *p, const char *what, struct span *out);
/* Durations are in seconds, sizes in octets. */
bool rule_parser_number(struct rule_parser *p, const char *what, double *out);

#define RULE_PARSER_FACTS_MAX 8
/*
 * A fact with one value (or one a recipient). It counts as read by the rule,
 * which can't be decided before its stage.
 */
bool rule_parser_fact(struct rule_parser *p, fact_id *out);
/* The rule can't be decided before this stage. */
void rule_parser_stage(struct rule_parser *p, enum stage stage);

/* [CODE] [X.Y.Z] ["TEXT"], by the outcome of the action's row. */
bool rule_parser_reply(struct rule_parser *p, struct rule_action *out);
/* About the word that was taken last. */
void rule_parser_error(struct rule_parser *p, const char *fmt, ...)
    ATTR_PRINTF(2, 3);
/* What to do instead; behind an error. */
void rule_parser_hint(struct rule_parser *p, const char *text);

#endif
