/*
 * What came of a corpus: counts, and how they are printed.
 */
#include "config.h"

#include <math.h>

#include "rules/base/jsonw.h"
#include "rules/lang/ruleset.h"
#include "tool/base/tool.h"
#include "tool/judge/test.h"

#define BAR_COLUMNS 40

void
test_tally_init(struct test_tally *t, const struct snapshot *s,
    enum test_expect expect, struct arena *a)
{
	*t = (struct test_tally){ .arena = a, .snapshot = s, .expect = expect };
	t->hits = arena_array(a, ruleset_count(s->ruleset), sizeof(*t->hits));
}

static bool
test_is_wrong(enum test_expect expect, enum outcome action)
{
	if (expect == EXPECT_NOTHING)
		return false;
	return (expect == EXPECT_HAM) != (action == OUTCOME_ACCEPT);
}

static const char *
test_rules(struct test_tally *t, const struct verdict *v)
{
	const char *text = "";

	for (size_t i = 0; i < v->record.matched_count && i < 50; i++) {
		const struct matched *r = &v->record.matched[i];

		text = arena_printf(
		    t->arena, "%s%s%s", text, i > 0 ? " " : "", r->name);
		if (r->score != 0)
			text =
			    arena_printf(t->arena, "%s%+.1f", text, r->score);
		if (r->shadow)
			text = arena_printf(t->arena, "%s(shadow)", text);
	}
	return text;
}

static size_t
test_band(double score)
{
	if (score < 0)
		return 0;
	return score >= TEST_BANDS - 2 ? TEST_BANDS - 1 : (size_t)score + 1;
}

void
test_tally_add(struct test_tally *t, const char *name, const struct verdict *v)
{
	const struct ruleset *rs = t->snapshot->ruleset;

	t->messages++;
	t->verdict[v->wanted]++;
	t->band[test_band(v->record.score)]++;
	for (size_t i = 0; i < v->record.matched_count; i++) {
		size_t rule = ruleset_find(rs, span_of(v->record.matched[i].name));

		if (rule != SIZE_MAX)
			t->hits[rule]++;
	}
	if (!test_is_wrong(t->expect, v->wanted))
		return;
	t->wrong = arena_grow(t->arena, t->wrong, &t->wrong_cap,
	    t->wrong_count + 1, sizeof(*t->wrong));
	t->wrong[t->wrong_count++] = (struct test_wrong){
		.name = arena_strdup(t->arena, span_of(name)),
		.action = v->wanted,
		.rule = v->rule == NULL
			    ? NULL
			    : arena_strdup(t->arena, span_of(v->rule)),
		.score = v->record.score,
		.rules = test_rules(t, v),
	};
}

/* ---- for people -------------------------------------------------------------- */

static double
percent(size_t part, size_t all)
{
	return all == 0 ? 0 : 100 * (double)part / (double)all;
}

static void
print_wrong(const struct test_tally *t)
{
	if (t->expect == EXPECT_NOTHING)
		return;
	(void)printf("%s%s: %zu of %zu (%.2f%%)%s\n",
	    t->wrong_count > 0 ? tool_red() : tool_green(),
	    t->expect == EXPECT_HAM ? "False positives" : "False negatives",
	    t->wrong_count, t->messages, percent(t->wrong_count, t->messages),
	    tool_plain());
	for (size_t i = 0; i < t->wrong_count; i++) {
		const struct test_wrong *w = &t->wrong[i];

		(void)printf("  %-10s %5.1f  %s\n", outcome_names[w->action],
		    w->score, w->name);
		(void)printf("      %s%s%s%s%s%s\n", tool_dim(),
		    w->rule != NULL ? "by " : "",
		    w->rule != NULL ? w->rule : "",
		    w->rule != NULL && w->rules[0] != '\0' ? ": " : "",
		    w->rules, tool_plain());
	}
}

static void
print_hits(const struct test_tally *t)
{
	const struct ruleset *rs = t->snapshot->ruleset;

	(void)printf("%sHits of the rules%s\n", tool_bold(), tool_plain());
	for (size_t i = 0; i < ruleset_count(rs); i++) {
		struct rule_info r = ruleset_rule(rs, i);

		if (t->hits[i] == 0)
			continue;
		(void)printf("  %-28s %-10s", r.name, r.action);
		if (r.score != 0)
			(void)printf(" %+5.1f", r.score);
		else
			(void)printf("      ");
		(void)printf(" %8zu %6.2f%%%s\n", t->hits[i],
		    percent(t->hits[i], t->messages),
		    r.shadow ? " shadow" : "");
	}
}

static void
print_scores(const struct test_tally *t)
{
	size_t most = 1, last = 0;

	for (size_t i = 0; i < TEST_BANDS; i++) {
		most = t->band[i] > most ? t->band[i] : most;
		last = t->band[i] > 0 ? i : last;
	}
	(void)printf("%sScores%s\n", tool_bold(), tool_plain());
	for (size_t i = t->band[0] == 0 ? 1 : 0; i <= last; i++) {
		size_t bar = t->band[i] * BAR_COLUMNS / most;

		if (i == 0)
			(void)printf("  below 0 ");
		else
			(void)printf("  %2zu%s   ", i - 1,
			    i == TEST_BANDS - 1 ? " up" : "   ");
		(void)printf("%8zu ", t->band[i]);
		for (size_t k = 0; k < bar; k++)
			(void)putchar('#');
		(void)putchar('\n');
	}
}

void
test_print(const struct test_tally *t)
{
	(void)printf(
	    "%s%zu message%s%s:", tool_bold(), t->messages,
	    plural(t->messages), tool_plain());
	for (size_t i = OUTCOME_ACCEPT; i < OUTCOME_COUNT; i++)
		if (t->verdict[i] > 0)
			(void)printf(" %zu %s", t->verdict[i], outcome_names[i]);
	(void)putchar('\n');
	print_hits(t);
	print_scores(t);
	print_wrong(t);
}

/* ---- for programs -------------------------------------------------------------- */

static void
json_rules(const struct test_tally *t, struct jsonw *w)
{
	const struct ruleset *rs = t->snapshot->ruleset;

	jsonw_array(w, "rules");
	for (size_t i = 0; i < ruleset_count(rs); i++) {
		struct rule_info r = ruleset_rule(rs, i);

		jsonw_object(w, NULL);
		jsonw_textz(w, "name", r.name);
		jsonw_textz(w, "action", r.action);
		jsonw_number(w, "score", r.score);
		jsonw_bool(w, "shadow", r.shadow);
		jsonw_number(w, "hits", (double)t->hits[i]);
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void
json_wrong(const struct test_tally *t, struct jsonw *w)
{
	jsonw_array(w, "wrong");
	for (size_t i = 0; i < t->wrong_count; i++) {
		const struct test_wrong *wrong = &t->wrong[i];

		jsonw_object(w, NULL);
		jsonw_textz(w, "name", wrong->name);
		jsonw_textz(w, "verdict", outcome_names[wrong->action]);
		jsonw_textz(w, "rule", wrong->rule);
		jsonw_number(w, "score", wrong->score);
		jsonw_textz(w, "rules", wrong->rules);
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void
json_scores(const struct test_tally *t, struct jsonw *w)
{
	jsonw_array(w, "scores");
	for (size_t i = 0; i < TEST_BANDS; i++) {
		if (t->band[i] == 0)
			continue;
		jsonw_object(w, NULL);
		if (i == 0)
			jsonw_null(w, "from");
		else
			jsonw_number(w, "from", (double)(i - 1));
		jsonw_number(w, "messages", (double)t->band[i]);
		jsonw_end(w);
	}
	jsonw_end(w);
}

void
test_print_json(const struct test_tally *t)
{
	static const char *const expect[] = { NULL, "ham", "spam" };
	struct jsonw w;
	struct buf out;

	buf_init(&out, (size_t)1 << 30);
	jsonw_init(&w, &out);
	jsonw_object(&w, NULL);
	jsonw_textz(&w, "expect", expect[t->expect]);
	jsonw_number(&w, "messages", (double)t->messages);
	jsonw_object(&w, "verdicts");
	for (size_t i = OUTCOME_ACCEPT; i < OUTCOME_COUNT; i++)
		jsonw_number(&w, outcome_names[i], (double)t->verdict[i]);
	jsonw_end(&w);
	json_wrong(t, &w);
	json_rules(t, &w);
	json_scores(t, &w);
	jsonw_end(&w);
	(void)buf_addc(&out, '\n');
	tool_print(&out);
}
