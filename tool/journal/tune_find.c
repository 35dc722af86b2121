/*
 * From what came of messages to the mildest thresholds that still keep a
 * promise, and how those are told. Knows nothing of where messages are.
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

static struct tune_scores *
tune_scores_of(struct tune_mail *m, struct span rcpt)
{
	for (size_t i = 0; i < m->own_count; i++)
		if (span_is(rcpt, m->own[i].rcpt))
			return &m->own[i];
	m->own = arena_grow(m->arena, m->own, &m->own_cap, m->own_count + 1,
	    sizeof(*m->own));
	m->own[m->own_count].rcpt = arena_strdup(m->arena, rcpt);
	return &m->own[m->own_count++];
}

static void
tune_add_score(struct tune_mail *m, struct tune_scores *to,
    const struct tune_message *one)
{
	bool let_by = span_is(one->wanted, outcome_names[OUTCOME_ACCEPT]);
	bool by = !span_ends(one->rule, SPAN(" threshold")) &&
		  (one->rule.n > 0 || !let_by);
	double score = one->score;

	if (by && !let_by && one->kind == TUNE_GOOD) {
		to->rule_marks++;
		if (to->rule == NULL && one->rule.n > 0)
			to->rule = arena_strdup(m->arena, one->rule);
	}
	if (by)
		score = let_by ? -(double)INFINITY : (double)INFINITY;
	tune_put(m, &to->score[one->kind], score);
}

void
tune_add(struct tune_mail *m, const struct tune_message *one)
{
	if (span_is(one->wanted, outcome_names[OUTCOME_TEMPFAIL])) {
		m->put_off++;
		return;
	}
	if (one->own && one->owner.n == 0)
		m->mixed++;
	else if (one->own)
		tune_add_score(m, tune_scores_of(m, one->owner), one);
	else
		tune_add_score(m, &m->all, one);
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
tune_next(const struct snapshot *s, const char *rcpt, const char **name)
{
	double lowest = (double)NAN;

	for (size_t i = OUTCOME_JUNK + 1; i < OUTCOME_COUNT; i++) {
		double at = ruleset_threshold_for(
		    s->ruleset, (enum outcome)i, span_of(rcpt));

		if (isnan(at) || lowest <= at)
			continue;
		lowest = at;
		*name = outcome_names[i];
	}
	return lowest;
}

static const char *
tune_verdict(struct tune_mail *m, const struct snapshot *s, const char *rcpt,
    double junk_at)
{
	struct span whose = span_of(rcpt);
	const char *text = arena_printf(m->arena,
	    "verdict %s%s%sjunk at %.10g", whose.n > 0 ? "for " : "", rcpt,
	    whose.n > 0 ? " " : "", junk_at);

	for (size_t i = OUTCOME_JUNK + 1; i < OUTCOME_COUNT; i++) {
		enum outcome o = (enum outcome)i;
		double at = ruleset_threshold_for(s->ruleset, o, whose);

		if (!isnan(at) &&
		    (whose.n == 0 ||
			ruleset_threshold_owner(s->ruleset, o, whose).n > 0))
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

static double
tune_now(const struct snapshot *s, const struct tune_scores *of)
{
	return ruleset_threshold_for(
	    s->ruleset, OUTCOME_JUNK, span_of(of->rcpt));
}

void
tune_find_score(struct tune_mail *m, struct tune_scores *of,
    const struct snapshot *s, double max_false, struct tune_found *out)
{
	struct tune_values *good = &of->score[TUNE_GOOD];
	const char *next_name = "";
	double now = tune_now(s, of);
	double beyond, next = tune_next(s, of->rcpt, &next_name);

	*out = (struct tune_found){ .spam = of->score[TUNE_SPAM].count };
	if (!tune_allowed(m, good, "", max_false, out))
		return;
	tune_sort(good);
	beyond = good->value[good->count - 1 - out->allowed];
	if (beyond == (double)INFINITY) {
		out->why = arena_printf(m->arena,
		    "rules mark %zu of %zu good messages whatever their score"
		    "%s%s, and %zu may be marked to promise %g %%",
		    of->rule_marks, good->count,
		    of->rule == NULL ? "" : ", such as ",
		    of->rule == NULL ? "" : of->rule, out->allowed,
		    max_false * 100);
		return;
	}
	/* One of 0 would mark what no rule says anything of. */
	if (beyond < 0)
		beyond = 0;
	out->at = (floor(beyond * TUNE_STEPS + 1e-6) + 1) / TUNE_STEPS;
	if (!isnan(now))
		out->at = tune_worth(&of->score[TUNE_SPAM], out->at, now);
	if (out->at >= next) {
		out->why = arena_printf(m->arena,
		    "%zu of %zu good messages may be marked to promise %g %%: "
		    "junk would begin at %.10g, and %s begins at %.10g, which "
		    "takes %zu",
		    out->allowed, good->count, max_false * 100, out->at,
		    next_name, next, tune_count_from(good, next));
		return;
	}
	out->rule = tune_verdict(m, s, of->rcpt, out->at);
	out->marked = tune_count_from(good, out->at);
	out->caught = tune_count_from(&of->score[TUNE_SPAM], out->at);
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
print_gathered(const struct tune_scores *of, double now)
{
	const struct tune_values *good = &of->score[TUNE_GOOD];
	const struct tune_values *spam = &of->score[TUNE_SPAM];
	size_t marked = tune_count_from(good, now);
	size_t caught = tune_count_from(spam, now);

	(void)printf("%s%zu good message%s and %zu spam%s%s%s\n", tool_bold(),
	    good->count, plural(good->count), spam->count,
	    of->rcpt[0] != '\0' ? " to " : "", of->rcpt, tool_plain());
	if (!isnan(now) && good->count > 0)
		(void)printf("  now: verdict junk at %.10g marks %zu good ones "
			     "(%.3g %%, at most %.2g %% of all such mail) and "
			     "%zu spam (%.1f %%)\n",
		    now, marked, tune_share_of(marked, good->count),
		    100 * bound_upper(marked, good->count, TUNE_CERTAINTY),
		    caught, tune_share_of(caught, spam->count));
}

static void
print_unheard(const struct tune_mail *m)
{
	print_nothing(m->unjudged, "marked, and nobody said what they are");
	print_nothing(m->young, "let by too lately to be sure of");
	print_nothing(m->put_off, "put off");
	print_nothing(m->unreadable, "whose record can't be read");
	print_nothing(m->mixed,
	    "to recipients with thresholds of their own (verdict for), not "
	    "known whose");
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
json_now(struct jsonw *w, const struct tune_scores *of, double now)
{
	const struct tune_values *good = &of->score[TUNE_GOOD];
	size_t marked = tune_count_from(good, now);

	if (isnan(now))
		return;
	jsonw_object(w, "now");
	jsonw_number(w, "at", now);
	jsonw_number(w, "marked", (double)marked);
	jsonw_number(
	    w, "bound", bound_upper(marked, good->count, TUNE_CERTAINTY));
	jsonw_number(w, "caught",
	    (double)tune_count_from(&of->score[TUNE_SPAM], now));
	jsonw_end(w);
}

static void
print_json(struct tune_mail *m, const struct snapshot *s, double max_false,
    const struct tune_found *score, const struct tune_found *share,
    const struct tune_found *own)
{
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
	jsonw_number(&w, "own_thresholds", (double)m->mixed);
	jsonw_number(&w, "rule_marks", (double)m->all.rule_marks);
	json_now(&w, &m->all, tune_now(s, &m->all));
	json_found(&w, "score", score);
	json_found(&w, "share", share);
	jsonw_array(&w, "recipients");
	for (size_t i = 0; i < m->own_count; i++) {
		jsonw_object(&w, NULL);
		jsonw_textz(&w, "rcpt", m->own[i].rcpt);
		json_now(&w, &m->own[i], tune_now(s, &m->own[i]));
		json_found(&w, "score", &own[i]);
		jsonw_end(&w);
	}
	jsonw_end(&w);
	jsonw_end(&w);
	(void)buf_addc(&out, '\n');
	tool_print(&out);
}

/* In the order of their names. */
static int
tune_compare_rcpt(const void *a, const void *b)
{
	const struct tune_scores *x = a, *y = b;

	return strcmp(x->rcpt, y->rcpt);
}

/* What is found for each of those with thresholds of their own. */
static struct tune_found *
tune_find_own(struct tune_mail *m, const struct snapshot *s, double max_false,
    bool *some)
{
	struct tune_found *own =
	    arena_array(m->arena, m->own_count + 1, sizeof(*own));

	if (m->own_count > 1)
		qsort(m->own, m->own_count, sizeof(*m->own),
		    tune_compare_rcpt);
	for (size_t i = 0; i < m->own_count; i++) {
		tune_find_score(m, &m->own[i], s, max_false, &own[i]);
		*some = *some || own[i].why == NULL;
		if (own[i].why != NULL)
			own[i].why = arena_printf(m->arena,
			    "verdict for %s: %s", m->own[i].rcpt, own[i].why);
	}
	return own;
}

bool
tune_print(
    struct tune_mail *m, const struct snapshot *s, double max_false, bool json)
{
	struct tune_found score, share, *own;
	bool some;

	m->all.rcpt = "";
	tune_find_score(m, &m->all, s, max_false, &score);
	tune_find_share(m, max_false, &share);
	some = score.why == NULL || share.why == NULL;
	own = tune_find_own(m, s, max_false, &some);
	if (json) {
		print_json(m, s, max_false, &score, &share, own);
		return some;
	}
	print_gathered(&m->all, tune_now(s, &m->all));
	print_unheard(m);
	print_found(&score);
	if (m->shares)
		print_found(&share);
	for (size_t i = 0; i < m->own_count; i++) {
		(void)fputc('\n', stdout);
		print_gathered(&m->own[i], tune_now(s, &m->own[i]));
		print_found(&own[i]);
	}
	if (score.why == NULL && share.why == NULL)
		(void)printf("\n%s# Each keeps the promise by itself; "
			     "both together may mark twice as "
			     "much.%s\n",
		    tool_dim(), tool_plain());
	return some;
}
