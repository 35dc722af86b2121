/*
 * From what came of messages to the mildest thresholds that still keep a
 * promise, and how those are told. Knows nothing of where messages are.
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "policy/message/verdict.h"
#include "rules/base/jsonw.h"
#include "rules/lang/ruleset.h"
#include "rules/learn/bound.h"
#include "rules/source/literal.h"
#include "tool/journal/tune.h"

/* Scores are sums: those that differ by less are the same, as to rules. */
#define TUNE_GRAIN 1e-9
/* Thresholds have one digit behind the point. */
#define TUNE_STEPS 10

/* ---- what came of messages ------------------------------------------------------ */

static void
tune_put(struct tune_mail *m, struct tune_values *v, double value)
{
	v->value = arena_grow(
	    m->arena, v->value, &v->cap, v->count + 1, sizeof(*v->value));
	v->value[v->count++] = value;
}

static void
tune_add_score(struct tune_mail *m, const struct tune_message *one)
{
	bool let_by = span_is(one->wanted, outcome_names[OUTCOME_ACCEPT]);
	bool by = !span_ends(one->rule, SPAN(" threshold")) &&
		  (one->rule.n > 0 || !let_by);
	double score = one->score;

	if (by && !let_by && one->kind == TUNE_GOOD) {
		m->rule_marks++;
		if (m->rule == NULL && one->rule.n > 0)
			m->rule = arena_strdup(m->arena, one->rule);
	}
	if (by)
		score = let_by ? -(double)INFINITY : (double)INFINITY;
	tune_put(m, &m->score[one->kind], score);
}

void
tune_add(struct tune_mail *m, const struct tune_message *one)
{
	if (span_is(one->wanted, outcome_names[OUTCOME_TEMPFAIL])) {
		m->put_off++;
		return;
	}
	if (one->own)
		m->own++;
	else
		tune_add_score(m, one);
	if (one->share > 0 && one->share <= 1)
		tune_put(m, &m->share[one->kind], one->share);
}

/* ---- what can be promised ------------------------------------------------------- */

static int
tune_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
tune_sort(struct tune_values *v)
{
	if (v->count > 1)
		qsort(v->value, v->count, sizeof(*v->value), tune_compare);
}

static size_t
tune_count_from(const struct tune_values *v, double at)
{
	size_t count = 0;

	for (size_t i = 0; i < v->count; i++)
		count += v->value[i] >= at - TUNE_GRAIN ? 1 : 0;
	return count;
}

static size_t
tune_count_below(const struct tune_values *v, double at)
{
	size_t count = 0;

	for (size_t i = 0; i < v->count; i++)
		count += v->value[i] < at ? 1 : 0;
	return count;
}

/* How many of the good ones may be marked; false: they are too few. */
static bool
tune_allowed(struct tune_mail *m, const struct tune_values *good,
    const char *what, double max_false, struct tune_found *out)
{
	out->good = good->count;
	out->allowed = bound_allowed(good->count, max_false, TUNE_CERTAINTY);
	if (out->allowed != SIZE_MAX) {
		out->bound =
		    bound_upper(out->allowed, good->count, TUNE_CERTAINTY);
		return true;
	}
	out->why = arena_printf(m->arena,
	    "%zu good messages%s are too few to promise %g %%: %zu are needed",
	    good->count, what, max_false * 100,
	    bound_needed(max_false, TUNE_CERTAINTY));
	if (good->count > 0)
		out->why = arena_printf(m->arena,
		    "%s; these can promise %.2g %%", out->why,
		    100 * bound_upper(0, good->count, TUNE_CERTAINTY));
	return false;
}

/* The lowest of those above the one for junk; NAN: none. */
static double
tune_next(const struct snapshot *s, const char **name)
{
	double lowest = (double)NAN;

	for (size_t i = OUTCOME_JUNK + 1; i < OUTCOME_COUNT; i++) {
		double at = ruleset_threshold(s->ruleset, (enum outcome)i);

		if (isnan(at) || lowest <= at)
			continue;
		lowest = at;
		*name = outcome_names[i];
	}
	return lowest;
}

static const char *
tune_verdict(struct tune_mail *m, const struct snapshot *s, double junk_at)
{
	const char *text =
	    arena_printf(m->arena, "verdict junk at %.10g", junk_at);

	for (size_t i = OUTCOME_JUNK + 1; i < OUTCOME_COUNT; i++) {
		double at = ruleset_threshold(s->ruleset, (enum outcome)i);

		if (!isnan(at))
			text = arena_printf(m->arena, "%s %s at %.10g", text,
			    outcome_names[i], at);
	}
	return text;
}

/*
 * No lower than known spam makes worth while, or than it is now: where one
 * catches as much as another, the higher leaves more room for what is not
 * known. It may only go up here, so the promise holds.
 */
static double
tune_worth(const struct tune_values *spam, double at, double now)
{
	double lowest = (double)INFINITY;

	for (size_t i = 0; i < spam->count; i++)
		if (spam->value[i] >= at - TUNE_GRAIN &&
		    spam->value[i] < lowest)
			lowest = spam->value[i];
	lowest = floor(lowest * TUNE_STEPS + 1e-6) / TUNE_STEPS;
	if (lowest > now)
		lowest = now;
	return lowest > at ? lowest : at;
}

void
tune_find_score(struct tune_mail *m, const struct snapshot *s, double max_false,
    struct tune_found *out)
{
	struct tune_values *good = &m->score[TUNE_GOOD];
	const char *next_name = "";
	double now = ruleset_threshold(s->ruleset, OUTCOME_JUNK);
	double beyond, next = tune_next(s, &next_name);

	*out = (struct tune_found){ .spam = m->score[TUNE_SPAM].count };
	if (!tune_allowed(m, good, "", max_false, out))
		return;
	tune_sort(good);
	beyond = good->value[good->count - 1 - out->allowed];
	if (beyond == (double)INFINITY) {
		out->why = arena_printf(m->arena,
		    "rules mark %zu of %zu good messages whatever their score"
		    "%s%s, and %zu may be marked to promise %g %%",
		    m->rule_marks, good->count,
		    m->rule == NULL ? "" : ", such as ",
		    m->rule == NULL ? "" : m->rule, out->allowed,
		    max_false * 100);
		return;
	}
	/* One of 0 would mark what no rule says anything of. */
	if (beyond < 0)
		beyond = 0;
	out->at = (floor(beyond * TUNE_STEPS + 1e-6) + 1) / TUNE_STEPS;
	if (!isnan(now))
		out->at = tune_worth(&m->score[TUNE_SPAM], out->at, now);
	if (out->at >= next) {
		out->why = arena_printf(m->arena,
		    "%zu of %zu good messages may be marked to promise %g %%: "
		    "junk would begin at %.10g, and %s begins at %.10g, which "
		    "takes %zu",
		    out->allowed, good->count, max_false * 100, out->at,
		    next_name, next, tune_count_from(good, next));
		return;
	}
	out->rule = tune_verdict(m, s, out->at);
	out->marked = tune_count_from(good, out->at);
	out->caught = tune_count_from(&m->score[TUNE_SPAM], out->at);
}

/*
 * As percent with two digits, none of the numbers above the share: what is
 * marked is below it.
 */
static const char *
tune_percent(struct tune_mail *m, double share, double *at)
{
	int digit = (int)floor(log10(share * 100));
	double unit = pow(10, digit - 1);
	double count = floor(share * 100 / unit) + 1;
	const char *text;

	do {
		text = arena_printf(m->arena, "%.*f%%",
		    digit < 1 ? 1 - digit : 0, count * unit);
		count--;
	} while (
	    !literal_quantity(span_of(text), at) || (*at > share && count > 0));
	return text;
}

void
tune_find_share(struct tune_mail *m, double max_false, struct tune_found *out)
{
	struct tune_values *good = &m->share[TUNE_GOOD];

	*out = (struct tune_found){ .spam = m->share[TUNE_SPAM].count,
		.why = m->shares ? NULL : "folders say nothing of it" };
	if (out->why != NULL ||
	    !tune_allowed(m, good, " with a spam.share", max_false, out))
		return;
	tune_sort(good);
	out->rule = arena_printf(m->arena,
	    "rule learned-tuned when spam.share < %s then junk",
	    tune_percent(m, good->value[out->allowed], &out->at));
	out->marked = tune_count_below(good, out->at);
	out->caught = tune_count_below(&m->share[TUNE_SPAM], out->at);
	if (out->caught == 0)
		out->why = arena_printf(m->arena,
		    "to promise %g %% spam.share must be below %.2g %%, and of "
		    "%zu spam none is",
		    max_false * 100, out->at * 100, out->spam);
}

/* ---- for people ----------------------------------------------------------------- */

static double
tune_share_of(size_t part, size_t all)
{
	return all == 0 ? 0 : 100 * (double)part / (double)all;
}

static void
print_nothing(size_t count, const char *what)
{
	if (count > 0)
		(void)printf("  %zu %s\n", count, what);
}

static void
print_gathered(struct tune_mail *m, double now)
{
	const struct tune_values *good = &m->score[TUNE_GOOD];
	const struct tune_values *spam = &m->score[TUNE_SPAM];
	size_t marked = tune_count_from(good, now);
	size_t caught = tune_count_from(spam, now);

	(void)printf("%s%zu good message%s and %zu spam%s\n", tool_bold(),
	    good->count, plural(good->count), spam->count, tool_plain());
	if (!isnan(now) && good->count > 0)
		(void)printf("  now: verdict junk at %.10g marks %zu good ones "
			     "(%.3g %%, at most %.2g %% of all such mail) and "
			     "%zu spam (%.1f %%)\n",
		    now, marked, tune_share_of(marked, good->count),
		    100 * bound_upper(marked, good->count, TUNE_CERTAINTY),
		    caught, tune_share_of(caught, spam->count));
	print_nothing(m->unjudged, "marked, and nobody said what they are");
	print_nothing(m->young, "let by too lately to be sure of");
	print_nothing(m->put_off, "put off");
	print_nothing(m->unreadable, "whose record can't be read");
	print_nothing(
	    m->own, "to recipients with thresholds of their own (verdict for)");
}

static void
print_found(const struct tune_found *f)
{
	if (f->why != NULL) {
		(void)fflush(stdout);
		(void)tool_fail(0, "%s", f->why);
		return;
	}
	(void)printf("\n%s# Of %zu good messages this marks %zu: of all such "
		     "mail at most %.2g %%,\n# with a certainty of 95 %%. It "
		     "catches %zu of %zu spam (%.1f %%).%s\n%s\n",
	    tool_dim(), f->good, f->marked, f->bound * 100, f->caught, f->spam,
	    tune_share_of(f->caught, f->spam), tool_plain(), f->rule);
}

/* ---- for programs ---------------------------------------------------------------- */

static void
json_found(struct jsonw *w, const char *key, const struct tune_found *f)
{
	jsonw_object(w, key);
	jsonw_number(w, "good", (double)f->good);
	jsonw_number(w, "spam", (double)f->spam);
	if (f->why != NULL) {
		jsonw_textz(w, "why_not", f->why);
	} else {
		jsonw_textz(w, "rule", f->rule);
		jsonw_number(w, "at", f->at);
		jsonw_number(w, "allowed", (double)f->allowed);
		jsonw_number(w, "bound", f->bound);
		jsonw_number(w, "marked", (double)f->marked);
		jsonw_number(w, "caught", (double)f->caught);
	}
	jsonw_end(w);
}

static void
print_json(struct tune_mail *m, double max_false, double now,
    const struct tune_found *score, const struct tune_found *share)
{
	const struct tune_values *good = &m->score[TUNE_GOOD];
	struct jsonw w;
	struct buf out;

	buf_init(&out, 65536);
	jsonw_init(&w, &out);
	jsonw_object(&w, NULL);
	jsonw_number(&w, "max_false", max_false);
	jsonw_number(&w, "certainty", TUNE_CERTAINTY);
	jsonw_number(
	    &w, "needed", (double)bound_needed(max_false, TUNE_CERTAINTY));
	jsonw_number(&w, "unjudged", (double)m->unjudged);
	jsonw_number(&w, "young", (double)m->young);
	jsonw_number(&w, "put_off", (double)m->put_off);
	jsonw_number(&w, "unreadable", (double)m->unreadable);
	jsonw_number(&w, "own_thresholds", (double)m->own);
	jsonw_number(&w, "rule_marks", (double)m->rule_marks);
	if (!isnan(now)) {
		size_t marked = tune_count_from(good, now);

		jsonw_object(&w, "now");
		jsonw_number(&w, "at", now);
		jsonw_number(&w, "marked", (double)marked);
		jsonw_number(&w, "bound",
		    bound_upper(marked, good->count, TUNE_CERTAINTY));
		jsonw_number(&w, "caught",
		    (double)tune_count_from(&m->score[TUNE_SPAM], now));
		jsonw_end(&w);
	}
	json_found(&w, "score", score);
	json_found(&w, "share", share);
	jsonw_end(&w);
	(void)buf_addc(&out, '\n');
	tool_print(&out);
}

bool
tune_print(
    struct tune_mail *m, const struct snapshot *s, double max_false, bool json)
{
	double now = ruleset_threshold(s->ruleset, OUTCOME_JUNK);
	struct tune_found score, share;

	tune_find_score(m, s, max_false, &score);
	tune_find_share(m, max_false, &share);
	if (json) {
		print_json(m, max_false, now, &score, &share);
	} else {
		print_gathered(m, now);
		print_found(&score);
		if (m->shares)
			print_found(&share);
		if (score.why == NULL && share.why == NULL)
			(void)printf("\n%s# Each keeps the promise by itself; "
				     "both together may mark twice as "
				     "much.%s\n",
			    tool_dim(), tool_plain());
	}
	return score.why == NULL || share.why == NULL;
}
