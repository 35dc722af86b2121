/*
 * The `list` statement. What stands in it is kept as it was written; static
 * lists are read by list_load.c, and who asks dynamic ones (DNS lists) is no
 * question of this directory.
 */
#include "config.h"

#include "rules/lang/parse.h"

#include <string.h>

#include "rules/lang/list_kind.h"

/*
 * At the end of a line: true when the list goes on, indented, on the next.
 * Takes the line end in either case.
 */
static bool
list_goes_on(struct rule_parser *p)
{
	static const char *const other[] = { "rule", "list", "verdict",
		"include", "shadow", "test", "promise", "watch" };
	const struct token *t;

	if (!lexer_take(&p->lexer, TOKEN_NEWLINE))
		return false;
	t = lexer_peek(&p->lexer);
	if (t->kind != TOKEN_WORD && t->kind != TOKEN_STRING &&
	    t->kind != TOKEN_PATTERN && t->kind != TOKEN_EQ)
		return false;
	for (size_t i = 0; i < ARRAY_COUNT(other); i++)
		if (token_is(t, other[i]))
			return false;
	return t->place.at > 0 &&
	       t->place.source->text.p[t->place.at - 1] != '\n';
}

/* "=example.com": a domain without those below it. */
static bool
list_exact(struct rule_parser *p, struct token *out)
{
	struct token mark = lexer_next(&p->lexer);
	const struct token *name = lexer_peek(&p->lexer);

	if (name->kind != TOKEN_WORD ||
	    name->place.at != mark.place.at + mark.place.n) {
		parse_expected(p, "a domain behind \"=\"");
		return false;
	}
	*out = lexer_next(&p->lexer);
	out->place = place_join(mark.place, out->place);
	out->text = span_slice(out->place.source->text, out->place.at,
	    out->place.at + out->place.n);
	return true;
}

/* The next value of a list, over commas and, where it goes on, line ends. */
static bool
list_next(struct rule_parser *p, bool patterns, struct token *out)
{
	struct lexer *l = &p->lexer;

	for (;;) {
		l->pattern = patterns;
		switch (lexer_peek(l)->kind) {
		case TOKEN_WORD:
		case TOKEN_STRING:
		case TOKEN_PATTERN:
			*out = lexer_next(l);
			return true;
		case TOKEN_EQ:
			return list_exact(p, out);
		case TOKEN_COMMA:
			(void)lexer_next(l);
			break;
		case TOKEN_NEWLINE:
			if (!list_goes_on(p))
				return false;
			break;
		default:
			return false;
		}
	}
}

/* Files (in quotes) and values; in { } all are values, over many lines. */
static bool
list_parse_values(struct rule_parser *p, struct rule_list *list)
{
	bool patterns = list->info.kind->list_kind == LIST_PATTERNS;
	bool braces = lexer_take(&p->lexer, TOKEN_LBRACE);
	size_t cap = list->value_count;
	struct token t;

	p->lexer.joined = braces;
	while (list_next(p, patterns, &t)) {
		/* What stands in braces is never a file. */
		if (braces && t.kind == TOKEN_STRING)
			t.kind = TOKEN_WORD;
		list->values = arena_grow(p->rs->arena, list->values, &cap,
		    list->value_count + 1, sizeof(*list->values));
		list->values[list->value_count++] = t;
	}
	p->lexer.pattern = false;
	return !braces || parse_kind(p, TOKEN_RBRACE, "a value or \"}\"");
}

static void
list_option_unknown(
    struct rule_parser *p, const struct rule_list *list, struct token t)
{
	const char *const *known = list->info.kind->options;
	struct suggestion near;

	parse_error(p, t.place, "%s has no option \"%.*s\"",
	    list->info.kind->name, SPAN_FMT(t.text));
	suggestion_begin(&near, t.text);
	if (known != NULL)
		suggestion_offer_all(&near, known);
	if (!suggestion_hint(&near, p->rs->diags))
		diag_hint_usage(p->rs->diags, list->info.kind->usage);
}

static bool
list_is_option(const struct rule_list *list, const struct token *t)
{
	const char *const *known = list->info.kind->options;

	for (; known != NULL && *known != NULL; known++)
		if (token_is(t, *known))
			return true;
	return false;
}

/* NAME=VALUE, or the token alone. */
static bool
list_option_text(struct rule_parser *p, struct token first, struct span *out)
{
	struct token second;

	*out = first.text;
	if (!lexer_take(&p->lexer, TOKEN_EQ))
		return true;
	if (!parse_word(p, "what the value is called", &second))
		return false;
	*out = span_of(arena_printf(p->rs->arena, "%.*s=%.*s",
	    SPAN_FMT(first.text), SPAN_FMT(second.text)));
	return true;
}

static void
list_option_value(struct arena *a, struct rule_list_option *option, size_t *cap,
    struct span text)
{
	struct span *value = arena_grow(a, (void *)(uintptr_t)option->value,
	    cap, option->count + 1, sizeof(*value));

	value[option->count++] = text;
	option->value = value;
}

/* OPTION VALUE ... OPTION VALUE ... */
static bool
list_parse_options(struct rule_parser *p, struct rule_list *list)
{
	struct arena *a = p->rs->arena;
	struct rule_list_option *option = NULL;
	size_t cap = 0, count = 0, value_cap = 0;
	struct span text;
	struct token t;

	while (list_next(p, false, &t)) {
		if (list_is_option(list, &t)) {
			option = arena_grow(
			    a, option, &cap, count + 1, sizeof(*option));
			value_cap = 0;
			option[count++] =
			    (struct rule_list_option){ .name = t.text,
				    .place = t.place };
		} else if (count > 0) {
			if (!list_option_text(p, t, &text))
				return false;
			list_option_value(
			    a, &option[count - 1], &value_cap, text);
		} else {
			list_option_unknown(p, list, t);
			return false;
		}
	}
	list->info.option = option;
	list->info.option_count = count;
	return true;
}

static bool
list_parse_dynamic(struct rule_parser *p, struct rule_list *list)
{
	const char *why = "its options are not good";
	struct token zone;

	if (!parse_string(p, "the zone in quotes", &zone))
		return false;
	list->info.zone = zone.text;
	if (!list_parse_options(p, list))
		return false;
	if (p->rs->options.list_check != NULL &&
	    !p->rs->options.list_check(p->rs->options.ctx, &list->info, &why)) {
		parse_error(p, list->info.place, "list %.*s: %s",
		    SPAN_FMT(list->info.name), why);
		return false;
	}
	return true;
}

/* The new list, or NULL when one of that name is there. */
static struct rule_list *
list_declare(struct rule_parser *p, const struct token *name)
{
	struct ruleset *rs = p->rs;
	size_t same = list_number(rs, name->text);
	struct rule_list *list;

	if (same != SIZE_MAX) {
		parse_error(p, name->place, "there is a list \"%.*s\" already",
		    SPAN_FMT(name->text));
		diag_hint(rs->diags, "it stands at %s",
		    place_name(rs->list[same]->info.place, rs->diags->arena));
		return NULL;
	}
	list = arena_alloc(rs->arena, sizeof(*list));
	list->info.name = name->text;
	list->info.place = name->place;
	rs->list = arena_grow(rs->arena, rs->list, &rs->list_cap,
	    rs->list_count + 1, sizeof(struct rule_list *));
	return list;
}

/*
 * "list NAME more VALUE ...": a site adds to a list that a file brings which
 * it had rather not copy.
 */
static bool
list_parse_more(
    struct rule_parser *p, const struct token *name, const struct token *more)
{
	struct ruleset *rs = p->rs;
	size_t number = list_number(rs, name->text);

	if (number == SIZE_MAX) {
		parse_error(p, name->place,
		    "there is no list \"%.*s\" above to add to",
		    SPAN_FMT(name->text));
		return false;
	}
	if (rs->list[number]->info.kind == NULL ||
	    rs->list[number]->info.kind->dynamic) {
		parse_error(p, more->place,
		    "only to a list of values of its own can be added");
		return false;
	}
	return list_parse_values(p, rs->list[number]);
}

/* "by rcpt": the entries belong to recipients. */
static bool
list_parse_by(struct rule_parser *p, struct rule_list *list)
{
	const struct token *t = lexer_peek(&p->lexer);
	struct place at = t->place;

	if (list->info.kind->dynamic || !lexer_take_word(&p->lexer, "by"))
		return true;
	if (!lexer_take_word(&p->lexer, "rcpt")) {
		parse_expected(p, "\"rcpt\"");
		diag_hint(p->rs->diags,
		    "as a value of the list \"by\" stands in { }");
		return false;
	}
	if (list->info.kind->list_kind == LIST_PATTERNS)
		parse_error(p, at,
		    "patterns can't belong to recipients: domains, addresses, "
		    "networks and words can");
	else if (p->rs->rcpt == FACT_NONE)
		parse_error(p, at, "nothing tells who the recipient is");
	list->info.by_rcpt = !p->failed;
	return !p->failed;
}

static bool
list_parse_new(
    struct rule_parser *p, const struct token *name, const struct token *kind)
{
	struct rule_list *list = list_declare(p, name);

	if (list == NULL)
		return false;
	list->info.kind = list_kind_row(p->rs, kind->text);
	if (list->info.kind == NULL) {
		list_kind_unknown(p, kind);
		return false;
	}
	/* Even with errors, so that rules that use it do not add more. */
	p->rs->list[p->rs->list_count++] = list;
	if (!list_parse_by(p, list))
		return false;
	return list->info.kind->dynamic ? list_parse_dynamic(p, list)
					: list_parse_values(p, list);
}

bool
parse_list(struct rule_parser *p)
{
	struct token name, kind;
	bool good;

	if (!parse_word(p, "the list's name", &name) ||
	    !parse_word(
		p, "domains, addresses, networks, words or patterns", &kind))
		return false;
	good = token_is(&kind, "more") ? list_parse_more(p, &name, &kind)
				       : list_parse_new(p, &name, &kind);
	p->lexer.joined = false;
	if (good && lexer_peek(&p->lexer)->kind != TOKEN_END &&
	    !lexer_take(&p->lexer, TOKEN_NEWLINE) &&
	    !parse_begins_line(lexer_peek(&p->lexer)))
		parse_expected(p, "a value or the end of the line");
	return !p->failed;
}
