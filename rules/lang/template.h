#ifndef RULES_LANG_TEMPLATE_H
#define RULES_LANG_TEMPLATE_H

/* Texts with %{fact} in them, as pieces. */

#include "rules/fact/fact.h"
#include "rules/source/lexer.h"

struct rule;
struct rule_parser;
struct ruleset;

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
	bool reply; /* to the client: no percent signs */
};

/* A string token as a template; NULL after an error. */
const struct template_text *parse_template(
    struct rule_parser *p, const struct token *t, bool reply);
/* Finds the facts of all texts; marks them as read. */
void template_resolve(
    struct ruleset *rs, struct rule *rule, const struct template_text *t);

#endif
