/*
 * The `promise` statement: what must never, or always, come of some mail.
 *
 *   promise partners-get-through
 *     when from.domain in partners and dmarc = pass
 *     never reject, discard
 */
#include "config.h"

#include "rules/lang/parse.h"

static bool
promise_begin(struct rule_parser *p, struct promise *promise)
{
	struct token name;

	if (!parse_name(p, "the promise's name", &name))
		return false;
	for (const struct promise *o = p->rs->promise; o != NULL; o = o->next)
		if (span_is(name.text, o->name)) {
			parse_error(p, name.place,
			    "there is a promise \"%s\" already", o->name);
			diag_hint(p->rs->diags, "it stands at %s",
			    place_name(o->place, p->rs->diags->arena));
			return false;
		}
	promise->name = arena_strdup(p->rs->arena, name.text);
	promise->place = name.place;
	return true;
}

/* One of the things that can come of a message. */
static bool
promise_outcome(struct rule_parser *p, struct promise *promise)
{
	struct suggestion near;
	struct token t;

	if (!parse_word(p, "reject, tempfail, junk ...", &t))
		return false;
	suggestion_begin(&near, t.text);
	for (size_t i = OUTCOME_ACCEPT; i < OUTCOME_COUNT; i++) {
		suggestion_offer(&near, span_of(outcome_names[i]));
		if (!span_is(t.text, outcome_names[i]))
			continue;
		promise->outcomes |= 1U << i;
		return true;
	}
	parse_error(p, t.place, "nothing comes to \"%.*s\"", SPAN_FMT(t.text));
	if (!suggestion_hint(&near, p->rs->diags))
		diag_hint(p->rs->diags,
		    "mail comes to accept, junk, quarantine, tempfail, reject "
		    "or discard");
	return false;
}

bool
parse_promise(struct rule_parser *p)
{
	struct ruleset *rs = p->rs;
	struct promise *promise = arena_alloc(rs->arena, sizeof(*promise));

	p->lexer.joined = true;
	if (!promise_begin(p, promise))
		return false;
	if (lexer_take_word(&p->lexer, "when")) {
		size_t from = lexer_peek(&p->lexer)->place.at;

		promise->cond = parse_cond(p);
		if (promise->cond == NULL)
			return false;
		promise->when = span_slice(p->lexer.source->text, from,
		    lexer_peek(&p->lexer)->place.at);
	}
	promise->never = lexer_take_word(&p->lexer, "never");
	if (!promise->never && !lexer_take_word(&p->lexer, "always")) {
		parse_expected(p, promise->cond == NULL
				      ? "\"when\", \"never\" or \"always\""
				      : "\"and\", \"or\", \"never\" or "
					"\"always\"");
		return false;
	}
	do {
		if (!promise_outcome(p, promise))
			return false;
	} while (lexer_take(&p->lexer, TOKEN_COMMA) ||
		 lexer_take_word(&p->lexer, "or") ||
		 lexer_take_word(&p->lexer, "and"));
	*rs->promise_end = promise;
	rs->promise_end = &promise->next;
	rs->promise_count++;
	return true;
}
