/*
 * Sets of rules of all that the language has, made by chance, and messages
 * made by chance that the evaluator judges, stage by stage as a session does
 * and all at once: none may contradict what was proved of promises, of rules
 * that never decide, and of what another set changes. What is said to break a
 * promise has to break it as a test in the file.
 *
 * proof_random_test tries every message there can be, of fewer kinds of
 * rules. PROOF_SETS=10000 in the environment tries as many sets, from the one
 * of PROOF_FIRST on.
 */
#include "config.h"

#include "tests/rules/proof/proof_wide.h"

#include "tests/kit/table.h"

#include "rules/proof/proof.h"

#define SETS_USUAL    150
#define MESSAGES_EACH 400
#define CHANGES_MAX   40
#define OPEN_TOLD     8

/* ---- what was said of a set ---------------------------------------------------- */

struct said {
	enum proof_answer promise[WIDE_PROMISES];
	enum proof_use use[WIDE_RULES];
	/* Against the other set. */
	struct change {
		enum outcome here, there;
		const char *here_rule, *there_rule;
		bool here_more, there_more;
	} change[CHANGES_MAX];
	size_t changes;
	enum proof_answer changes_end;
};

static size_t answers[PROOF_OPEN + 1], changed[PROOF_OPEN + 1];
static size_t never_true, never_reached, opens_told;

static void
tell_open(const char *label, const char *what, const char *why)
{
	if (getenv("PROOF_OPEN") != NULL && opens_told++ < OPEN_TOLD)
		print_message("%s: %s: not decided: %s\n", label, what, why);
}

static void
prove_promises(struct wide *w, const char *label, struct said *out)
{
	const struct proof_options options = { 0 };
	struct proof *proof = proof_new(w->kit.rs, NULL, &options);

	for (size_t i = 0; i < proof_promise_count(proof); i++) {
		struct proof_promise o;

		proof_promise(proof, i, &o);
		out->promise[i] = o.answer;
		answers[o.answer]++;
		if (o.answer == PROOF_OPEN)
			tell_open(label, o.name, o.why);
		if (o.answer == PROOF_BROKEN &&
		    !wide_test_fails(w->text, o.test))
			table_fail(label,
			    "promise %s: this does not fail: %s\n%s", o.name,
			    o.test, w->text);
	}
	for (size_t i = 0; i < WIDE_RULES; i++) {
		struct proof_rule o;

		proof_rule(proof, i, &o);
		out->use[i] = o.use;
		never_true += o.use == USE_NEVER_TRUE;
		never_reached += o.use == USE_NEVER_REACHED;
	}
	proof_free(&proof);
}

static const char *
dup_name(struct wide *w, const char *name)
{
	return name == NULL ? NULL
			    : arena_strdup(w->kit.arena, span_of(name));
}

static void
prove_changes(
    struct wide *w, const struct wide *other, const char *label, struct said *s)
{
	const struct proof_options options = { 0 };
	struct proof *proof = proof_new(w->kit.rs, other->kit.rs, &options);
	struct proof_change c;
	const char *why = NULL;

	s->changes_end = PROOF_BROKEN;
	while (s->changes < CHANGES_MAX) {
		s->changes_end = proof_change(proof, &c, &why);
		if (s->changes_end != PROOF_BROKEN)
			break;
		s->change[s->changes++] = (struct change){ c.here, c.there,
			dup_name(w, c.here_rule), dup_name(w, c.there_rule),
			c.here_more, c.there_more };
	}
	changed[s->changes_end]++;
	if (s->changes_end == PROOF_OPEN)
		tell_open(label, "changes", why);
	proof_free(&proof);
}

/* ---- one message against it ------------------------------------------------------ */

/* No rule, and thresholds: the outcome says which. */
static bool
same_end(const char *a, const char *b)
{
	bool no_a = a == NULL || strstr(a, " threshold") != NULL;
	bool no_b = b == NULL || strstr(b, " threshold") != NULL;

	return no_a || no_b ? no_a == no_b : strcmp(a, b) == 0;
}

static void
hold_change(const struct wide *w, const struct said *s,
    const struct decision *here, const struct decision *there,
    const char *label, const char *message)
{
	if (here->outcome == there->outcome ||
	    (s->changes_end != PROOF_HOLDS && s->changes_end != PROOF_BOUNDED))
		return;
	for (size_t i = 0; i < s->changes; i++)
		if (s->change[i].here == here->outcome &&
		    s->change[i].there == there->outcome &&
		    (s->change[i].here_more ||
			same_end(s->change[i].here_rule, here->rule)) &&
		    (s->change[i].there_more ||
			same_end(s->change[i].there_rule, there->rule)))
			return;
	table_fail(label, "%s (%s) becomes %s (%s), which was not told: %s\n%s",
	    outcome_names[here->outcome],
	    here->rule == NULL ? "no rule" : here->rule,
	    outcome_names[there->outcome],
	    there->rule == NULL ? "no rule" : there->rule, message, w->text);
}

static void
hold_rules(struct wide *w, const struct said *s, struct ruling *r,
    const struct decision *d, const char *label, const char *message)
{
	for (size_t i = 0; i < WIDE_RULES; i++) {
		if (s->use[i] == USE_NEVER_TRUE &&
		    ruling_truth(r, i, 0) == TRUTH_YES)
			table_fail(label, "rule r%zu is true: %s\n%s", i,
			    message, w->text);
		if (s->use[i] == USE_NEVER_REACHED && d->rule_number == i &&
		    d->unknown == NULL)
			table_fail(label, "rule r%zu decides: %s\n%s", i,
			    message, w->text);
	}
}

static void
hold(struct wide *w, struct wide *other, const struct said *s,
    const char *label)
{
	struct wide_message m;
	struct decision d, early, there;
	struct ruling *r;
	size_t number = 0;

	wide_message(w, &m);
	r = wide_judge(w, &m, STAGE_EOM, &d);
	/* At whatever stage it is decided, it is decided so. */
	for (int stage = STAGE_CONNECT; stage <= STAGE_EOM; stage++) {
		(void)wide_judge(w, &m, (enum stage)stage, &early);
		if (early.decided && early.outcome != d.outcome)
			table_fail(label, "%s at %s, %s at last: %s\n%s",
			    outcome_names[early.outcome],
			    stage_names[stage], outcome_names[d.outcome],
			    m.text, w->text);
	}
	for (const struct promise *p = w->kit.rs->promise; p != NULL;
	     p = p->next, number++)
		if (s->promise[number] != PROOF_BROKEN &&
		    s->promise[number] != PROOF_OPEN &&
		    !ruling_keeps(r, p, &d))
			table_fail(label, "promise %s was proved: %s\n%s",
			    p->name, m.text, w->text);
	hold_rules(w, s, r, &d, label, m.text);
	(void)wide_judge(other, &m, STAGE_EOM, &there);
	hold_change(w, s, &d, &there, label, m.text);
}

/* ---- all of them --------------------------------------------------------------------- */

static void
try_set(uint64_t seed, const char *label)
{
	struct wide w = { 0 }, other = { 0 };
	struct said s = { .changes = 0 };

	wide_make(&w, seed);
	wide_edit(&w, &other);
	if (!wide_load(&w))
		table_fail(label, "%s\n%s", wide_error(&w), w.text);
	else if (!wide_load(&other))
		table_fail(label, "%s\n%s", wide_error(&other), other.text);
	else {
		prove_promises(&w, label, &s);
		prove_changes(&w, &other, label, &s);
		for (size_t i = 0; i < MESSAGES_EACH && table_failures < 5; i++)
			hold(&w, &other, &s, label);
	}
	kit_free(&w.kit);
	kit_free(&other.kit);
}

static size_t
number_of(const char *name, size_t usual)
{
	const char *text = getenv(name);

	return text == NULL ? usual : (size_t)strtoul(text, NULL, 10);
}

static void
test_wide(void **state)
{
	size_t sets = number_of("PROOF_SETS", SETS_USUAL);
	size_t first = number_of("PROOF_FIRST", 1);

	(void)state;
	for (size_t i = first; i < first + sets && table_failures < 5; i++) {
		char label[40];

		(void)snprintf(label, sizeof(label), "set %zu", i);
		if (table_wants(label))
			try_set(i, label);
	}
	print_message("promises: %zu proved, %zu bounded, %zu broken, %zu not "
		      "decided; %zu rules never true, %zu never reached; "
		      "changes: %zu told whole, %zu not decided\n",
	    answers[PROOF_HOLDS], answers[PROOF_BOUNDED],
	    answers[PROOF_BROKEN], answers[PROOF_OPEN], never_true,
	    never_reached, changed[PROOF_HOLDS] + changed[PROOF_BOUNDED],
	    changed[PROOF_OPEN]);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_wide),
};

TABLE_MAIN(tests)
