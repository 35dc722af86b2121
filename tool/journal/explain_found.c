/*
 * What the checks had found: their results by the rows that they have, and
 * what some of them say besides.
 */
#include "config.h"

#include <string.h>

#include "policy/load/checks.h"
#include "tool/journal/explain.h"
#include "tool/journal/tree.h"

/* The name of a field without its group's. */
static const char *
field_name(const char *name)
{
	const char *dot = strchr(name, '.');

	return dot == NULL ? name : dot + 1;
}

static struct span
tell_optional(struct jsonr object, const char *name)
{
	return name == NULL ? SPAN("") : jsonr_get_text(object, name);
}

static void
tell_fact(struct tree *t, struct jsonr facts, const struct result_row *r,
    const char *name)
{
	struct jsonr fact = jsonr_get(facts, name);
	struct span word = jsonr_get_text(facts, name);
	struct span of = tell_optional(facts, r->of);
	struct span why = tell_optional(facts, r->why);

	if (jsonr_type(fact) == JSONR_OBJECT)
		tree_add(t, false, "%s is not known: %.*s", r->title,
		    SPAN_FMT(jsonr_get_text(fact, "unknown")));
	else if (word.n > 0 && !(r->silent != NULL && span_is(word, r->silent)))
		tree_add(t, false, "%s: %.*s%s%.*s%s%.*s", r->title,
		    SPAN_FMT(word), of.n > 0 ? " for " : "", SPAN_FMT(of),
		    why.n > 0 ? ": " : "", SPAN_FMT(why));
}

/* Of a group, each element: "DKIM signature by example.org: pass". */
static void
tell_group(struct tree *t, struct jsonr group, const struct result_row *r,
    const char *field)
{
	for (size_t i = 0; i < jsonr_count(group); i++) {
		struct jsonr one = jsonr_at(group, i);
		struct span of = r->of == NULL
				     ? SPAN("")
				     : jsonr_get_text(one, field_name(r->of));
		struct span why = r->why == NULL
				      ? SPAN("")
				      : jsonr_get_text(one, field_name(r->why));

		tree_add(t, false, "%s%s%.*s: %.*s%s%.*s", r->each,
		    of.n > 0 ? " by " : "", SPAN_FMT(of),
		    SPAN_FMT(jsonr_get_text(one, field)), why.n > 0 ? ": " : "",
		    SPAN_FMT(why));
	}
	if (jsonr_given(group) && jsonr_count(group) == 0)
		tree_add(t, false, "no %s", r->each);
}

/* ---- what some have to say besides ------------------------------------------------ */

static void
tell_policy(struct tree *t, struct jsonr facts)
{
	struct span policy = jsonr_get_text(facts, "dmarc.applied");

	if (policy.n > 0)
		tree_add(t, false, "policy of the author's domain: %.*s",
		    SPAN_FMT(policy));
}

/* Who handed it on, and what they say of where it came to them. */
static void
tell_hops(struct tree *t, struct jsonr facts)
{
	struct jsonr hops = jsonr_get(facts, "arc_hop");

	for (size_t i = 0; i < jsonr_count(hops); i++) {
		struct jsonr hop = jsonr_at(hops, i);
		struct span dmarc = jsonr_get_text(hop, "dmarc");
		struct span author = jsonr_get_text(hop, "author");

		tree_add(t, false, "sealed by %.*s: %.*s%s%.*s%s%.*s",
		    SPAN_FMT(jsonr_get_text(hop, "domain")),
		    SPAN_FMT(jsonr_get_text(hop, "result")),
		    dmarc.n > 0 ? ", says DMARC: " : "", SPAN_FMT(dmarc),
		    author.n > 0 ? " for " : "", SPAN_FMT(author));
	}
}

/* What was taught says of it. */
static void
tell_learned(struct tree *t, struct jsonr facts)
{
	struct span why = jsonr_get_text(facts, "spam.why");
	const char *share = "";

	if (jsonr_type(jsonr_get(facts, "spam.probability")) != JSONR_NUMBER)
		return;
	if (jsonr_type(jsonr_get(facts, "spam.share")) == JSONR_NUMBER)
		share = arena_printf(t->arena,
		    "; of good mail here %.3g %% looks so",
		    100 * jsonr_get_number(facts, "spam.share"));
	tree_add(t, false, "learned: spam with %.3g %% by %g messages%s",
	    100 * jsonr_get_number(facts, "spam.probability"),
	    jsonr_get_number(facts, "spam.learned"), share);
	if (why.n > 0)
		tree_add(t, false, "because of %.*s", SPAN_FMT(why));
}

/* What came of the author's signature without what a list had changed. */
static void
tell_restored(struct tree *t, struct jsonr facts)
{
	struct jsonr domain = jsonr_get(facts, "restored.domain");
	struct span list = jsonr_get_text(facts, "restored.list");
	struct span problem = jsonr_get_text(facts, "restored.problem");

	if (list.n == 0)
		list = SPAN("a mailing list");
	if (jsonr_type(domain) == JSONR_OBJECT)
		tree_add(t, false,
		    "whether a mailing list broke a signature is not known: "
		    "%.*s",
		    SPAN_FMT(jsonr_get_text(domain, "unknown")));
	else if (jsonr_given(domain))
		tree_add(t, false,
		    "the signature of %.*s is good without what %.*s changed: "
		    "%.*s",
		    SPAN_FMT(jsonr_get_text(facts, "restored.domain")),
		    SPAN_FMT(list),
		    SPAN_FMT(jsonr_get_text(facts, "restored.changes")));
	else if (problem.n > 0)
		tree_add(t, false,
		    "that a signature is good without what a mailing list "
		    "changed counts for nothing: %.*s",
		    SPAN_FMT(problem));
}

static const struct {
	const char *key; /* of the result that it follows */
	void (*tell)(struct tree *t, struct jsonr facts);
} tell_besides[] = {
	{ "dmarc", tell_policy },
	{ "arc", tell_hops },
	{ "spam", tell_learned },
};

static void
tell_result(struct tree *t, struct jsonr facts, const struct check *c,
    const struct result_row *r)
{
	const char *name = c->facts[r->fact].name;
	const char *field = field_name(name);
	struct jsonr group = jsonr_get(
	    facts, arena_strdup(t->arena,
		       span_make(name,
			   field == name ? 0 : (size_t)(field - name) - 1)));

	if (r->title != NULL && jsonr_type(group) == JSONR_ARRAY)
		tell_group(t, group, r, field);
	else if (r->title != NULL)
		tell_fact(t, facts, r, name);
	for (size_t i = 0; i < ARRAY_COUNT(tell_besides); i++)
		if (strcmp(tell_besides[i].key, r->key) == 0)
			tell_besides[i].tell(t, facts);
}

static void
tell_results(struct tree *t, struct jsonr facts)
{
	for (size_t i = 0; i < checks_standard.count; i++) {
		const struct check *c = checks_standard.check[i];

		for (size_t k = 0; k < c->result_count; k++)
			tell_result(t, facts, c, &c->results[k]);
	}
}

static void
tell_names(struct tree *t, struct jsonr r, const char *key, const char *what)
{
	struct jsonr names = jsonr_get(r, key);
	const char *text = NULL;
	struct span name;

	for (size_t i = 0; i < jsonr_count(names); i++)
		if (jsonr_text(jsonr_at(names, i), &name))
			text = arena_printf(t->arena, "%s%s%.*s",
			    text == NULL ? "" : text, text == NULL ? "" : ", ",
			    SPAN_FMT(name));
	if (text != NULL)
		tree_add(t, false, "%s: %s", what, text);
}

void
explain_found(struct tree *t, struct jsonr r)
{
	struct jsonr facts = jsonr_get(r, "facts");

	tree_add(t, true, "what was found");
	tell_results(t, facts);
	tell_restored(t, facts);
	tell_names(t, r, "flags", "odd about its structure");
	tell_names(t, r, "incomplete", "not found out in time");
}
