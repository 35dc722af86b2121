/*
 * One counter and one metric for each row of results that is counted.
 */
#include "config.h"

#include "milter/count/results.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policy/message/session.h"
#include "rules/base/panic.h"

#define WORDS_MAX 128 /* words of one result */

struct counted_result {
	const struct check *check;
	const struct result_row *row;
	struct tally *tally;
};

struct results {
	const struct check_table *checks;
	struct counted_result *counted;
	struct metric *metric;
	size_t count;
};

static void
results_read(struct metric_out *out, const struct metric *row)
{
	/* results_add has put the counter there. */
	const struct tally *t = (const struct tally *)(uintptr_t)row->argument;

	tally_each(t, metric_each, out);
}

static void
results_add(struct results *r, const struct check *c, size_t row)
{
	const struct result_row *result = &c->results[row];

	if (result->counts == NULL)
		return;
	r->counted[r->count] = (struct counted_result){
		.check = c, .row = result, .tally = tally_new(WORDS_MAX)
	};
	r->metric[r->count] = (struct metric){ .name = result->key,
		.type = METRIC_COUNTER,
		.label = "result",
		.read = results_read,
		.argument = (uintptr_t)r->counted[r->count].tally,
		.help = result->counts };
	r->count++;
}

struct results *
results_new(const struct check_table *checks)
{
	struct results *r = xcalloc(1, sizeof(*r));
	size_t most = 1;

	r->checks = checks;
	for (size_t i = 0; i < checks->count; i++)
		most += checks->check[i]->result_count;
	r->counted = xcalloc(most, sizeof(*r->counted));
	r->metric = xcalloc(most, sizeof(*r->metric));
	for (size_t i = 0; i < checks->count; i++)
		for (size_t k = 0; k < checks->check[i]->result_count; k++)
			results_add(r, checks->check[i], k);
	return r;
}

void
results_free(struct results **r)
{
	if (*r == NULL)
		return;
	for (size_t i = 0; i < (*r)->count; i++)
		tally_free(&(*r)->counted[i].tally);
	free((*r)->counted);
	free((*r)->metric);
	free(*r);
	*r = NULL;
}

/* The word as the row has it, which is a C string; NULL: it has no such. */
static const char *
result_word(const struct fact_row *row, const struct value *v)
{
	if (v->state != FACT_KNOWN || row->words == NULL)
		return NULL;
	for (size_t i = 0; row->words[i] != NULL; i++)
		if (span_is(v->text, row->words[i]))
			return row->words[i];
	return NULL;
}

/* Returns whether it was a temporary error. */
static bool
result_count_value(struct counted_result *c, const struct value *v)
{
	const char *word = result_word(&c->check->facts[c->row->fact], v);

	if (word == NULL)
		return false;
	tally_add(c->tally, word, 1);
	return c->row->temporary != NULL &&
	       strcmp(word, c->row->temporary) == 0;
}

static bool
result_count(struct counted_result *c, const struct message *m)
{
	fact_id id = check_fact(m, c->check, c->row->fact);
	fact_id group = schema_group(facts_schema(m->facts), id);
	bool temporary = false;

	if (group == FACT_NONE)
		return result_count_value(c, facts_get(m->facts, id));
	for (size_t i = 0; i < facts_count(m->facts, group); i++)
		temporary =
		    result_count_value(c, facts_field_get(m->facts, id, i)) ||
		    temporary;
	return temporary;
}

bool
results_count(struct results *r, const struct message *m)
{
	bool temporary = false;

	INVARIANT(checks_of(m) == r->checks);
	for (size_t i = 0; i < r->count; i++)
		temporary = result_count(&r->counted[i], m) || temporary;
	return temporary;
}

const struct tally *
results_tally(const struct results *r, const char *key)
{
	for (size_t i = 0; i < r->count; i++)
		if (strcmp(r->counted[i].row->key, key) == 0)
			return r->counted[i].tally;
	return NULL;
}

void
results_metrics(
    const struct results *r, const struct metric **row, size_t *count)
{
	*row = r->metric;
	*count = r->count;
}
