/*
 * Texts with %{fact} in them: cut into pieces and checked when they are
 * loaded. eval/template_expand.c puts them together when a rule acts.
 */
#include "config.h"

#include "rules/lang/template.h"

#include <math.h>

#include "rules/base/utf8.h"
#include "rules/lang/list_kind.h"
#include "rules/lang/parse.h"

/* ---- reading --------------------------------------------------------------- */

/* Where octet at of the token's text stands in the file. */
static struct place
template_place(const struct token *t, size_t at, size_t n)
{
	/* With escapes before it the place is not known exactly. */
	if (t->text.n + 2 != t->place.n)
		return t->place;
	return (struct place){ t->place.source, t->place.at + 1 + at, n };
}

/* A literal piece: what no MTA or mail client misreads. */
static bool
template_check_literal(
    struct rule_parser *p, const struct token *t, struct span s, bool reply)
{
	uint32_t rune;

	for (size_t i = 0, n; i < s.n; i += n) {
		struct place at =
		    template_place(t, (size_t)(s.p + i - t->text.p), 1);

		n = utf8_next(s, i, &rune);
		if (reply ? utf8_shown(rune) && rune != '%'
			  : rune >= ' ' && rune <= '~')
			continue;
		if (rune == '%') {
			parse_error(p, at, "a reply can't contain \"%%\"");
			diag_hint(p->rs->diags,
			    "MTAs change it; facts are written %%{name}");
		} else {
			parse_error(p, at,
			    "only printable %s can stand in this text",
			    reply ? "characters" : "ASCII");
		}
		return false;
	}
	return true;
}

static struct piece *
template_piece(struct rule_parser *p, struct template_text *out, size_t *cap)
{
	out->piece = arena_grow(
	    p->rs->arena, out->piece, cap, out->count + 1, sizeof(*out->piece));
	return &out->piece[out->count++];
}

static bool
template_literal(struct rule_parser *p, const struct token *t,
    struct template_text *out, size_t *cap, struct span s)
{
	struct piece *piece;

	if (s.n == 0)
		return true;
	if (!template_check_literal(p, t, s, out->reply))
		return false;
	piece = template_piece(p, out, cap);
	*piece = (struct piece){ .kind = PIECE_TEXT, .text = s };
	return true;
}

const struct template_text *
parse_template(struct rule_parser *p, const struct token *t, bool reply)
{
	struct template_text *out = arena_alloc(p->rs->arena, sizeof(*out));
	struct span rest = t->text;
	size_t cap = 0, open, close;
	struct piece *piece;

	out->place = t->place;
	out->reply = reply;
	while ((open = span_search(rest, SPAN("%{"))) != SIZE_MAX) {
		size_t at = (size_t)(rest.p + open - t->text.p);

		close = span_find(span_slice(rest, open, rest.n), '}');
		if (close == SIZE_MAX) {
			parse_error(
			    p, template_place(t, at, 2), "this %%{ has no }");
			return NULL;
		}
		if (!template_literal(
			p, t, out, &cap, span_slice(rest, 0, open)))
			return NULL;
		piece = template_piece(p, out, &cap);
		*piece = (struct piece){ .kind = PIECE_FACT,
			.text = span_slice(rest, open + 2, open + close),
			.name = template_place(t, at + 2, close - 2) };
		rest = span_slice(rest, open + close + 1, rest.n);
	}
	return template_literal(p, t, out, &cap, rest) ? out : NULL;
}

/* ---- names ------------------------------------------------------------------ */

/* %{LIST.name} and what else there is to say of a list. */
static bool
template_resolve_list(struct ruleset *rs, struct piece *piece)
{
	static const struct {
		const char *name;
		enum list_piece what;
	} field[] = {
		{ "name", LIST_NAME },
		{ "entry", LIST_ENTRY },
		{ "note", LIST_NOTE },
		{ "detail", LIST_DETAIL },
		{ "code", LIST_DETAIL },
	};
	size_t dot = span_find_last(piece->text, '.');

	if (dot == SIZE_MAX)
		return false;
	piece->list = list_number(rs, span_slice(piece->text, 0, dot));
	if (piece->list == SIZE_MAX)
		return false;
	for (size_t i = 0; i < ARRAY_COUNT(field); i++) {
		if (!span_is(span_slice(piece->text, dot + 1, piece->text.n),
			field[i].name))
			continue;
		piece->kind = PIECE_LIST;
		piece->what = field[i].what;
		return true;
	}
	return false;
}

static void
template_unknown(struct ruleset *rs, const struct piece *piece)
{
	struct suggestion near;

	diag_error(rs->diags, piece->name, "no fact is called \"%.*s\"",
	    SPAN_FMT(piece->text));
	suggestion_begin(&near, piece->text);
	suggestion_offer(&near, SPAN("rule"));
	suggestion_offer(&near, SPAN("score"));
	for (size_t i = 0; i < schema_count(rs->options.schema); i++)
		suggestion_offer(&near,
		    span_of(schema_row(rs->options.schema, (fact_id)i)->name));
	for (size_t i = 0; i < rs->list_count; i++)
		suggestion_offer(
		    &near, span_of(arena_printf(rs->diags->arena, "%.*s.name",
			       SPAN_FMT(rs->list[i]->info.name))));
	if (!suggestion_hint(&near, rs->diags) &&
	    span_find(piece->text, '.') != SIZE_MAX)
		diag_hint(rs->diags, "of a list there are name, entry, note "
				     "and code");
}

static void
template_resolve_piece(
    struct ruleset *rs, const struct rule *rule, struct piece *piece)
{
	const struct schema *schema = rs->options.schema;
	const struct fact_row *row;

	piece->fact = schema_find(schema, piece->text);
	if (piece->fact == FACT_NONE) {
		if (span_is(piece->text, "score"))
			piece->kind = PIECE_SCORE;
		else if (span_is(piece->text, "rule"))
			piece->kind = PIECE_RULE;
		else if (!template_resolve_list(rs, piece))
			template_unknown(rs, piece);
		return;
	}
	row = schema_row(schema, piece->fact);
	if ((row->flags & FACT_SECRET) != 0)
		diag_error(rs->diags, piece->name,
		    "%s is secret and can't be shown", row->name);
	else if (row->type == FACT_GROUP)
		diag_error(rs->diags, piece->name,
		    "%s is a group of values; name one of its fields",
		    row->name);
	rs->reads[piece->fact] = true;
	rs->compared[piece->fact] = INFINITY;
	if (schema_group(schema, piece->fact) != FACT_NONE)
		rs->reads[schema_group(schema, piece->fact)] = true;
	(void)rule;
}

void
template_resolve(
    struct ruleset *rs, struct rule *rule, const struct template_text *t)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->piece[i].kind != PIECE_TEXT)
			template_resolve_piece(rs, rule, &t->piece[i]);
}
