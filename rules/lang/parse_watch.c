/*
 * The statement `watch domains LIST`: of whom it is watched whether their mail
 * still passes. It decides nothing.
 */
#include "config.h"

#include "rules/lang/parse.h"

bool
parse_watch(struct rule_parser *p)
{
	struct ruleset *rs = p->rs;
	struct token t;

	p->lexer.joined = true;
	if (!lexer_take_word(&p->lexer, "domains")) {
		parse_expected(p, "\"domains\" and a list");
		return false;
	}
	if (!parse_name(p, "a list of domains", &t))
		return false;
	rs->watch = arena_grow(rs->arena, rs->watch, &rs->watch_cap,
	    rs->watch_count + 1, sizeof(*rs->watch));
	rs->watch[rs->watch_count++] = (struct watch){ .list = t };
	return true;
}

void
watches_resolve(struct ruleset *rs)
{
	for (size_t i = 0; i < rs->watch_count; i++) {
		struct watch *w = &rs->watch[i];

		w->number = SIZE_MAX;
		for (size_t k = 0; k < rs->list_count; k++)
			if (span_eq(rs->list[k]->info.name, w->list.text))
				w->number = k;
		if (w->number == SIZE_MAX) {
			diag_error(rs->diags, w->list.place,
			    "there is no list \"%.*s\"",
			    SPAN_FMT(w->list.text));
		} else if (rs->list[w->number]->info.kind->dynamic ||
			   rs->list[w->number]->info.kind->list_kind !=
			       LIST_DOMAINS) {
			diag_error(rs->diags, w->list.place,
			    "%.*s is no list of domains",
			    SPAN_FMT(w->list.text));
			w->number = SIZE_MAX;
		} else {
			rs->list[w->number]->used = true;
		}
	}
}

size_t
ruleset_watch_count(const struct ruleset *rs)
{
	return rs->watch_count;
}

bool
ruleset_watches(const struct ruleset *rs, struct span domain, int64_t now_s)
{
	struct list_hit hit;

	for (size_t i = 0; i < rs->watch_count; i++)
		if (list_find_domain(rs->list[rs->watch[i].number]->info.items,
			domain, now_s, &hit))
			return true;
	return false;
}
