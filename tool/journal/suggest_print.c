/*
 * A conjunction as a rule with tests, what the promises say of it, and how it
 * is told.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "policy/base/clock.h"
#include "rules/base/jsonw.h"
#include "rules/lang/ruleset.h"
#include "rules/proof/proof.h"
#include "rules/source/diag.h"
#include "tool/journal/suggest.h"

/* ---- the rule ------------------------------------------------------------------- */

#define NAMES_MAX 1000

/* Numbers go on behind those of rules that were suggested before. */
static const char *
write_name(const struct snapshot *s, size_t number, struct arena *a)
{
	size_t used = NAMES_MAX;

	while (used > 0 &&
	       ruleset_find(s->ruleset,
		   span_of(arena_printf(a, "suggested-%zu", used))) == SIZE_MAX)
		used--;
	return arena_printf(a, "suggested-%zu", used + number);
}

bool
suggest_spares(const struct promise_info *p)
{
	return (p->forbids & 1U << OUTCOME_JUNK) != 0;
}

/* What the promises are about, so that the rule leaves it alone. */
static const char *
write_guard(const struct snapshot *s, struct arena *a)
{
	const char *guard = "";

	for (size_t i = 0; i < ruleset_promise_count(s->ruleset); i++) {
		struct promise_info p = ruleset_promise(s->ruleset, i);

		if (suggest_spares(&p) && p.when.n > 0)
			guard = arena_printf(a, "%s\n    and not (%.*s)", guard,
			    SPAN_FMT(span_trim(p.when)));
	}
	return guard;
}

static void
write_rule(struct suggested *g, size_t number, const struct suggest_items *t,
    const struct snapshot *s, struct arena *a)
{
	const char *when = "", *given = "";
	bool positive = false;

	for (size_t i = 0; i < g->what.count; i++) {
		const struct suggest_item *item = &t->item[g->what.item[i]];

		when = arena_printf(a, "%s%s%.*s", when,
		    i == 0 ? "" : "\n    and ", SPAN_FMT(item->condition));
		given = arena_printf(a, "%s%.*s%s", given,
		    SPAN_FMT(item->given), item->given.n == 0 ? "" : "  ");
		positive =
		    positive || !span_starts(item->condition, SPAN("not "));
	}
	g->rule = arena_printf(a,
	    "rule %s shadow\n  when %s%s\n  then junk\n  test fires { %s}\n%s",
	    write_name(s, number, a), when, g->guarded ? write_guard(s, a) : "",
	    given, positive ? "  test lets-by { }\n" : "");
}

/* ---- promises --------------------------------------------------------------------- */

struct snapshot *
suggest_with(const struct snapshot *s, const char *rules, struct diags *diags,
    struct arena *a)
{
	const struct snapshot_source source = {
		.config_text = s->config_text,
		.rules_text = span_of(arena_printf(
		    a, "%.*s\n%s", SPAN_FMT(s->rules_text), rules)),
		.given = s->file,
		.given_count = s->file_count,
	};

	return snapshot_load(&source, diags);
}

static const char *
enforced(const char *rule, struct arena *a)
{
	const char *at = strstr(rule, " shadow\n");

	return arena_printf(a, "%.*s%s", (int)(at - rule), rule, at + 7);
}

static const char *
first_error(const struct diags *d)
{
	for (size_t i = 0; i < d->count; i++)
		if (d->item[i].level == DIAG_ERROR)
			return d->item[i].message;
	return "it cannot be loaded";
}

static const char *
rule_breaks(
    const struct suggested *g, const struct snapshot *s, struct arena *a)
{
	struct snapshot *with;
	struct diags diags;
	bool ok;

	diags_init(&diags, a);
	with = suggest_with(s, enforced(g->rule, a), &diags, a);
	ok = with != NULL;
	snapshot_unref(&with);
	return ok ? NULL : first_error(&diags);
}

const char *
suggest_write(struct suggested *g, size_t number, const struct suggest_items *t,
    const struct snapshot *s, struct arena *a)
{
	const char *why;

	g->guarded = false;
	write_rule(g, number, t, s, a);
	why = rule_breaks(g, s, a);
	if (why == NULL)
		return NULL;
	g->guarded = true;
	write_rule(g, number, t, s, a);
	return rule_breaks(g, s, a);
}

static bool
all_proved(const struct snapshot *s, size_t *count)
{
	const struct proof_options options = { .now_s = clock_system.unix_s(
						   clock_system.ctx) };
	struct proof_tally tally;
	struct diags diags;

	diags_init(&diags, s->arena);
	proof_promises(s->ruleset, &options, &diags, &tally);
	*count = tally.count[PROOF_HOLDS] + tally.count[PROOF_BOUNDED] +
		 tally.count[PROOF_OPEN] + tally.count[PROOF_BROKEN];
	return tally.count[PROOF_OPEN] == 0 && tally.count[PROOF_BROKEN] == 0;
}

void
suggest_promises(const struct suggested *g, size_t count,
    const struct snapshot *s, struct suggest_counts *n, struct arena *a)
{
	const char *together = "";
	struct snapshot *with;
	struct diags diags;

	for (size_t i = 0; i < count; i++)
		together =
		    arena_printf(a, "%s\n%s", together, enforced(g[i].rule, a));
	diags_init(&diags, a);
	with = suggest_with(s, together, &diags, a);
	n->proved = with != NULL && all_proved(with, &n->promises);
	snapshot_unref(&with);
}

/* ---- telling ---------------------------------------------------------------------- */

static void
print_counts(const struct suggest_counts *n)
{
	(void)printf("# %zu messages were let by and are spam: %zu that users "
		     "said so of, %zu whose\n# sender was refused within a "
		     "week. %zu good messages; %zu of them were held\n# back "
		     "and asked only in the end.\n",
	    n->spam, n->taught, n->refused, n->good, n->held);
	if (n->spared > 0)
		(void)printf("# %zu more are spam that a promise says must not "
			     "be junk.\n",
		    n->spared);
	if (n->promises == 0)
		(void)printf("# There are no promises that a rule could "
			     "break.\n");
	else if (n->proved && n->broken > 0)
		(void)printf("# Proved: no promise breaks, with all of these "
			     "in force behind your rules; %zu\n# that break "
			     "one were left out: %s.\n",
		    n->broken, n->how);
	else if (n->proved)
		(void)printf("# Proved: no promise breaks, with all of these "
			     "in force behind your rules.\n");
	else
		(void)printf("# Not proved that all promises hold with these "
			     "in force: see verdict lint.\n");
}

static void
print_one(const struct suggested *g, const struct suggest_counts *n)
{
	(void)printf("\n# Catches %zu of %zu (%.1f %%), and none of the good "
		     "messages: of all good mail at\n# most %.2g %%, with a "
		     "certainty of 95 %% for all of these together.\n#",
	    g->what.spam, n->spam,
	    n->spam == 0 ? 0 : 100 * (double)g->what.spam / (double)n->spam,
	    100 * g->what.bound);
	for (size_t i = 0; i < g->examples; i++)
		(void)printf(" %.*s", SPAN_FMT(g->example[i]));
	(void)putchar('\n');
	(void)printf("%s", g->rule);
}

static void
print_json(
    const struct suggested *g, size_t count, const struct suggest_counts *n)
{
	struct buf out;
	struct jsonw w;

	buf_init(&out, (size_t)1 << 20);
	jsonw_init(&w, &out);
	jsonw_object(&w, NULL);
	jsonw_number(&w, "spam", (double)n->spam);
	jsonw_number(&w, "taught", (double)n->taught);
	jsonw_number(&w, "refused_later", (double)n->refused);
	jsonw_number(&w, "good", (double)n->good);
	jsonw_number(&w, "held_back", (double)n->held);
	jsonw_number(&w, "certainty", SUGGEST_CERTAINTY);
	jsonw_number(&w, "promises", (double)n->promises);
	jsonw_bool(&w, "promises_proved", n->proved);
	jsonw_number(&w, "break_promises", (double)n->broken);
	jsonw_array(&w, "rules");
	for (size_t i = 0; i < count; i++) {
		jsonw_object(&w, NULL);
		jsonw_textz(&w, "rule", g[i].rule);
		jsonw_number(&w, "catches", (double)g[i].what.spam);
		jsonw_number(&w, "bound", g[i].what.bound);
		jsonw_array(&w, "examples");
		for (size_t k = 0; k < g[i].examples; k++)
			jsonw_text(&w, NULL, g[i].example[k]);
		jsonw_end(&w);
		jsonw_end(&w);
	}
	jsonw_end(&w);
	jsonw_end(&w);
	(void)buf_addc(&out, '\n');
	tool_print(&out);
}

void
suggest_print(const struct suggested *g, size_t count,
    const struct suggest_counts *n, bool json)
{
	if (json) {
		print_json(g, count, n);
		return;
	}
	print_counts(n);
	for (size_t i = 0; i < count; i++)
		print_one(&g[i], n);
	if (count > 0)
		return;
	if (n->taught + n->refused == 0)
		(void)tool_fail(0, "no message that was let by is known to be "
				   "spam: nothing was taught and no sender was "
				   "refused later (see verdict learn)");
	else
		(void)tool_fail(0, "nothing was found that enough of the spam "
				   "has and no good message");
}
