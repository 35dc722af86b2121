/*
 * The rows of all checks: that what one reads stands before it, and that
 * everybody who walks the rows finds in them what he needs.
 */
#include "config.h"

#include "tests/kit/message_kit.h"

static size_t
place_of(struct span name)
{
	for (size_t i = 0; i < checks_standard.count; i++)
		if (span_is(name, checks_standard.check[i]->name))
			return i;
	return SIZE_MAX;
}

static void
test_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < checks_standard.count; i++) {
		const struct check *c = checks_standard.check[i];
		struct span rest = span_of(c->after == NULL ? "" : c->after);
		struct span name;

		if (place_of(span_of(c->name)) != i)
			table_fail(c->name, "there are two of that name");
		while (span_cut(&rest, ' ', &name) && name.n > 0)
			if (place_of(name) >= i)
				table_fail(c->name,
				    "it reads %.*s, which does "
				    "not stand before it",
				    SPAN_FMT(name));
	}
	table_end();
}

static void
test_facts(void **state)
{
	(void)state;
	for (size_t i = 0; i < checks_standard.count; i++) {
		const struct check *c = checks_standard.check[i];

		for (size_t k = 0; k < c->fact_count; k++) {
			const struct fact_row *f = &c->facts[k];

			if (f->name == NULL) {
				table_fail(c->name, "row %zu is empty", k);
				continue;
			}
			if (f->help == NULL || f->help[0] == '\0')
				table_fail(
				    f->name, "it does not say what it is");
			if ((f->type == FACT_WORD) != (f->words != NULL))
				table_fail(f->name, "words are for FACT_WORD");
			if ((f->flags & FACT_IMPERSONAL) != 0 &&
			    f->type != FACT_TEXT && f->type != FACT_BYTES)
				table_fail(f->name, "only a text can be "
						    "impersonal");
		}
	}
	table_end();
}

static bool
has_word(const struct fact_row *f, const char *word)
{
	for (size_t i = 0; f->words != NULL && f->words[i] != NULL; i++)
		if (strcmp(f->words[i], word) == 0)
			return true;
	return false;
}

static void
result_is_whole(
    const struct schema *s, const struct check *c, const struct result_row *r)
{
	const struct fact_row *f = &c->facts[r->fact];
	fact_id id = schema_find(s, span_of(f->name));

	if (r->counts != NULL && (f->words == NULL || r->title == NULL))
		table_fail(r->key, "what is counted has words and a title");
	if ((r->each != NULL) != (schema_group(s, id) != FACT_NONE))
		table_fail(
		    r->key, "an element of a group has a name of its own");
	if (r->silent != NULL && !has_word(f, r->silent))
		table_fail(r->key, "%s is none of its words", r->silent);
	if (r->temporary != NULL && !has_word(f, r->temporary))
		table_fail(r->key, "%s is none of its words", r->temporary);
	if (r->of != NULL && schema_find(s, span_of(r->of)) == FACT_NONE)
		table_fail(r->key, "there is no fact %s", r->of);
	if (r->why != NULL && schema_find(s, span_of(r->why)) == FACT_NONE)
		table_fail(r->key, "there is no fact %s", r->why);
}

static void
test_results(void **state)
{
	struct message_kit k;

	(void)state;
	message_kit_begin(&k, NULL);
	for (size_t i = 0; i < checks_standard.count; i++) {
		const struct check *c = checks_standard.check[i];

		for (size_t r = 0; r < c->result_count; r++)
			if (c->results[r].key == NULL ||
			    c->results[r].fact >= c->fact_count)
				table_fail(c->name, "result %zu is no row", r);
			else
				result_is_whole(
				    k.snapshot->schema, c, &c->results[r]);
	}
	message_kit_end(&k);
	table_end();
}

/* Whoever asks by effects can rely on them. */
static void
test_actions(void **state)
{
	(void)state;
	for (size_t i = 0; i < checks_standard.count; i++) {
		const struct language_rows *adds =
		    &checks_standard.check[i]->adds;

		for (size_t k = 0; k < adds->action_count; k++) {
			const struct rule_action_row *a = &adds->action[k];

			if (a->usage == NULL || a->parse == NULL)
				table_fail(a->name, "how is it written?");
			if ((a->effects & (ACTION_REMEMBERS | ACTION_LIMITS |
					      ACTION_PER_MESSAGE)) != 0 &&
			    a->perform == NULL)
				table_fail(a->name, "it asks nothing");
		}
	}
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_order),
	cmocka_unit_test(test_facts),
	cmocka_unit_test(test_results),
	cmocka_unit_test(test_actions),
};

TABLE_MAIN(tests)
