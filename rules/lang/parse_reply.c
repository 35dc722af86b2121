/*
 * The reply that an action gives: [CODE] [X.Y.Z] ["TEXT"].
 */
#include "config.h"

#include "rules/lang/parse.h"

#include <stdlib.h>

#include "rules/lang/template.h"

/* "5.7.1" (RFC 3463, 2), of the class that the code has. */
static bool
action_enhanced_good(struct span s, char class)
{
	struct span part;
	uint64_t number;
	unsigned parts = 0;

	if (s.n < 5 || s.p[0] != class || s.p[1] != '.')
		return false;
	while (span_cut(&s, '.', &part)) {
		if (part.n > 3 || !span_number(part, &number))
			return false;
		parts++;
	}
	return parts == 3;
}

/* 550 for refusals, 451 for temporary ones; 421 would close the session. */
static bool
action_code_good(struct span s, char class)
{
	uint64_t code;

	return s.n == 3 && s.p[0] == class && span_number(s, &code) &&
	       s.p[1] <= '5' && code != 421;
}

static bool
action_bad_code(struct rule_parser *p, const struct token *t, char class)
{
	parse_error(p, t->place, "\"%.*s\" is no reply code of a %s refusal",
	    SPAN_FMT(t->text), class == '5' ? "permanent" : "temporary");
	diag_hint(p->rs->diags,
	    class == '5' ? "write it like 550 5.7.1; temporary ones go "
			   "with tempfail"
			 : "write it like 451 4.7.1; permanent ones go with "
			   "reject");
	return false;
}

bool
action_parse_reply(struct rule_parser *p, struct rule_action *out)
{
	char class = out->row->outcome == OUTCOME_TEMPFAIL ? '4' : '5';
	struct lexer *l = &p->lexer;

	while (lexer_peek(l)->kind == TOKEN_WORD &&
	       ascii_digit(lexer_peek(l)->text.p[0])) {
		struct token t = lexer_next(l);

		if (out->code == 0 && out->enhanced == NULL &&
		    action_code_good(t.text, class))
			out->code = (unsigned)strtoul(t.text.p, NULL, 10);
		else if (out->enhanced == NULL &&
			 action_enhanced_good(t.text, class))
			out->enhanced = arena_strdup(p->rs->arena, t.text);
		else
			return action_bad_code(p, &t, class);
	}
	if (lexer_peek(l)->kind == TOKEN_STRING) {
		struct token t = lexer_next(l);

		out->text = parse_template(p, &t, true);
		return out->text != NULL;
	}
	return true;
}
