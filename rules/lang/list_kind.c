/*
 * The kinds of lists that there are, and which of the lists of a set is
 * meant. Dynamic kinds (DNS lists) come as rows from outside.
 */
#include "config.h"

#include "rules/lang/list_kind.h"

#include "rules/lang/parse.h"

#define TYPE_BIT(type) (1U << (type))
#define TYPE_TEXTS \
	(TYPE_BIT(FACT_TEXT) | TYPE_BIT(FACT_DOMAIN) | TYPE_BIT(FACT_ADDRESS))

const struct rule_list_kind list_kind_rows[] = {
	{ "domains", "list NAME domains [by rcpt] \"FILE\" or DOMAIN ...",
	    false, LIST_DOMAINS, TYPE_TEXTS, NULL },
	{ "addresses", "list NAME addresses [by rcpt] \"FILE\" or ADDRESS ...",
	    false, LIST_ADDRESSES, TYPE_BIT(FACT_TEXT) | TYPE_BIT(FACT_ADDRESS),
	    NULL },
	{ "networks", "list NAME networks [by rcpt] \"FILE\" or NETWORK ...",
	    false, LIST_NETWORKS, TYPE_BIT(FACT_IP), NULL },
	{ "words", "list NAME words [by rcpt] \"FILE\" or WORD ...", false,
	    LIST_WORDS, TYPE_TEXTS | TYPE_BIT(FACT_WORD), NULL },
	{ "patterns", "list NAME patterns \"FILE\" or /PATTERN/ ...", false,
	    LIST_PATTERNS, TYPE_TEXTS, NULL },
};
const size_t list_kind_row_count = ARRAY_COUNT(list_kind_rows);

const struct rule_list_kind *
list_kind_row(const struct ruleset *rs, struct span name)
{
	for (size_t i = 0; i < ARRAY_COUNT(list_kind_rows); i++)
		if (span_is(name, list_kind_rows[i].name))
			return &list_kind_rows[i];
	for (size_t i = 0; i < rs->options.list_kind_count; i++)
		if (span_is(name, rs->options.list_kinds[i]->name))
			return rs->options.list_kinds[i];
	return NULL;
}

const char *
list_kinds_for(const struct ruleset *rs, enum fact_type type)
{
	const struct ruleset_options *o = &rs->options;
	const char *all = NULL;

	for (size_t i = 0; i < ARRAY_COUNT(list_kind_rows) + o->list_kind_count;
	     i++) {
		const struct rule_list_kind *row =
		    i < ARRAY_COUNT(list_kind_rows)
			? &list_kind_rows[i]
			: o->list_kinds[i - ARRAY_COUNT(list_kind_rows)];

		if ((row->types & TYPE_BIT(type)) != 0)
			all = arena_printf(rs->diags->arena, "%s%s%s",
			    all == NULL ? "" : all, all == NULL ? "" : ", ",
			    row->name);
	}
	return all == NULL ? "none" : all;
}

size_t
list_number(const struct ruleset *rs, struct span name)
{
	for (size_t i = 0; i < rs->list_count; i++)
		if (span_eq(rs->list[i]->info.name, name))
			return i;
	return SIZE_MAX;
}

void
list_kind_unknown(struct rule_parser *p, const struct token *t)
{
	struct suggestion near;

	parse_error(
	    p, t->place, "there are no lists of \"%.*s\"", SPAN_FMT(t->text));
	suggestion_begin(&near, t->text);
	for (size_t i = 0; i < ARRAY_COUNT(list_kind_rows); i++)
		suggestion_offer(&near, span_of(list_kind_rows[i].name));
	for (size_t i = 0; i < p->rs->options.list_kind_count; i++)
		suggestion_offer(
		    &near, span_of(p->rs->options.list_kinds[i]->name));
	if (!suggestion_hint(&near, p->rs->diags))
		diag_hint(p->rs->diags, "a list holds domains, addresses, "
					"networks, words or patterns");
}
