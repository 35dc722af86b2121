/*
 * Small sets of rules made by chance, promises about them, and one small edit
 * of each: what a proof says is compared with what comes of every message
 * there can be, or of all with few elements in a group. PROOF_SETS=10000 in
 * the environment tries as many sets.
 */
#include "config.h"

#include "tests/kit/rules_edit.h"
#include "tests/kit/rules_kit.h"
#include "tests/kit/table.h"

#include "rules/eval/eval.h"
#include "rules/proof/proof.h"

#define SETS_USUAL   300
#define FACTS_MAX    3
#define VALUES_MAX   7
#define MESSAGES_MAX 4000

/* ---- chance, the same each time --------------------------------------------- */

static uint64_t seed;

static unsigned
chance(unsigned n)
{
	seed = seed * UINT64_C(6364136223846793005) +
	       UINT64_C(1442695040888963407);
	return (unsigned)(seed >> 33) % n;
}

/* ---- what is asked, and all that its facts can be ------------------------------ */

static const struct subject_kind_row {
	const char *fact;
	const char *question[8];
	const char *value[VALUES_MAX]; /* for kit_facts; NULL: no more */
} subject[] = {
	{ "spf",
	    { "spf = pass", "spf != pass", "spf = fail",
		"spf in (none, softfail)", "has spf", "spf is unknown" },
	    { "-", "?", "pass", "fail", "none", "temperror", NULL } },
	{ "dmarc",
	    { "dmarc = pass", "dmarc = fail", "dmarc not in (pass, none)" },
	    { "-", "?", "pass", "fail", "none", NULL } },
	{ "from.domain",
	    { "from.domain in partners", "from.domain not in partners",
		"from.domain = \"a.example\"", "from.domain in (example)",
		"from.domain in big", "from.domain != \"example\"" },
	    { "-", "?", "a.example", "b.a.example", "example", "z.example",
		"q.test" } },
	{ "size",
	    { "size > 100", "size >= 100", "size < 50", "size = 100",
		"size in (49, 100)", "size != 100" },
	    { "-", "?", "49", "50", "100", "101", NULL } },
	{ "tls", { "tls", "not tls", "tls = no", "tls is unknown" },
	    { "-", "?", "yes", "no", NULL } },
	{ "subject",
	    { "subject ~ /pills/i", "subject ~ /cheap pills/i",
		"subject !~ /cheap/", "has subject", "subject ~ /^x$/",
		"subject contains \"pill\"", "subject not contains \"x\"" },
	    { "-", "?", "x", "cheap_pills", "Pills", "a_cheap_one",
		"nothing" } },
	{ "client.ip",
	    { "client.ip in (192.0.2.0/24)", "client.ip in inner",
		"client.ip = 192.0.2.9", "client.ip not in inner" },
	    { "-", "?", "192.0.2.9", "192.0.2.1", "198.51.100.1", "192.0.2.130",
		NULL } },
	{ "sender",
	    { "has sender", "sender = \"x@a.example\"", "sender in people",
		"sender is unknown", "sender in partners",
		"sender != \"q@z.example\"" },
	    { "-", "?", "x@a.example", "q@z.example", "y@b.a.example",
		"x@q.test", "anna@q.test" } },
	{ "dkim",
	    { "any dkim (result = pass)", "all dkim (result = pass)",
		"no dkim (result != pass)", "count dkim (result = fail) >= 2",
		"count dkim <= 1", "has dkim", "dkim is unknown",
		"count dkim (result = pass) = 1" },
	    { "", "dkim=?", "dkim[result=pass]", "dkim[result=fail]",
		"dkim[result=?]", "dkim[result=pass] dkim[result=fail]",
		"dkim[result=fail] dkim[result=fail]" } },
};

struct made {
	char text[4000];
	const struct subject_kind_row *fact[FACTS_MAX];
	size_t facts;
};

static void add(struct made *m, const char *fmt, ...) ATTR_PRINTF(2, 3);

static void
add(struct made *m, const char *fmt, ...)
{
	size_t n = strlen(m->text);
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(m->text + n, sizeof(m->text) - n, fmt, ap);
	va_end(ap);
}

static void
add_question(struct made *m)
{
	const struct subject_kind_row *s = m->fact[chance((unsigned)m->facts)];
	unsigned n = 0;

	while (n < 8 && s->question[n] != NULL)
		n++;
	add(m, "%s", s->question[chance(n)]);
}

static void
add_condition(struct made *m, unsigned depth)
{
	unsigned what = depth == 0 ? 0 : chance(5);

	if (what < 2) {
		add_question(m);
		return;
	}
	add(m, what == 2 ? "not (" : "(");
	add_condition(m, depth - 1);
	if (what > 2) {
		add(m, what == 3 ? " and " : " or ");
		add_condition(m, depth - 1);
	}
	add(m, ")");
}

static void
add_rule(struct made *m, unsigned number)
{
	static const char *const action[] = { "accept", "reject", "tempfail",
		"junk", "discard", "quarantine", "score 3", "score -2",
		"score 4 and tag t", "reject\n on unknown tempfail",
		"score 0.5" };

	add(m, "rule r%u%s when ", number, chance(8) == 0 ? " shadow" : "");
	if (number > 2 && chance(8) == 0 && strstr(m->text, "tag t") != NULL &&
	    strstr(m->text, "shadow") == NULL)
		add(m, "tagged t and ");
	add_condition(m, 2);
	if (number == 5 && chance(3) == 0)
		add(m, " and score >= 3 then junk\n");
	else
		add(m, " then %s\n", action[chance(ARRAY_COUNT(action))]);
}

static void
make(struct made *m)
{
	static const char *const outcome[] = { "accept", "junk", "quarantine",
		"tempfail", "reject", "discard" };

	*m = (struct made){ .facts = 1 + chance(FACTS_MAX) };
	for (size_t i = 0; i < m->facts; i++)
		m->fact[i] = &subject[chance(ARRAY_COUNT(subject))];
	add(m, "list partners domains a.example\n"
	       "list big domains =example .a.example\n"
	       "list people addresses anna@ @z.example\n"
	       "list inner networks 192.0.2.128/25 192.0.2.9\n");
	for (unsigned i = 0; i < 6; i++)
		add_rule(m, i);
	if (chance(2) == 0)
		add(m, "verdict junk at 3 reject at 6.5\n");
	for (unsigned i = 0; i < 4; i++) {
		add(m, "promise p%u when ", i);
		add_condition(m, 1);
		add(m, " %s %s", chance(2) == 0 ? "never" : "always",
		    outcome[chance(6)]);
		if (chance(2) == 0)
			add(m, ", %s", outcome[chance(6)]);
		add(m, "\n");
	}
}

/* ---- every message ---------------------------------------------------------------- */

static size_t
values(const struct subject_kind_row *s)
{
	size_t n = 0;

	while (n < VALUES_MAX && s->value[n] != NULL)
		n++;
	return n;
}

static void
given(const struct made *m, size_t number, char *out, size_t size)
{
	out[0] = '\0';
	for (size_t i = 0; i < m->facts; i++) {
		const struct subject_kind_row *s = m->fact[i];
		const char *value = s->value[number % values(s)];
		size_t n = strlen(out);
		bool again = false;

		number /= values(s);
		for (size_t k = 0; k < i; k++)
			again = again || m->fact[k] == s;
		if (again)
			continue;
		if (strcmp(s->fact, "dkim") == 0)
			(void)snprintf(out + n, size - n, "%s ", value);
		else
			(void)snprintf(
			    out + n, size - n, "%s=%s ", s->fact, value);
	}
}

static size_t
messages(const struct made *m)
{
	size_t count = 1;

	for (size_t i = 0; i < m->facts; i++)
		count *= values(m->fact[i]);
	return count < MESSAGES_MAX ? count : MESSAGES_MAX;
}

static struct ruling *
judge(struct kit *k, const char *message, struct arena *a, struct decision *d)
{
	struct ruling *r;

	kit_facts(k, message);
	r = ruling_new(&(struct ruling_input){
	    .ruleset = k->rs, .facts = k->facts, .arena = a });
	ruling_run(r, 0, true, d);
	return r;
}

/* Promises that some message breaks, as bits; told: one such message. */
static unsigned
broken_by_any(struct kit *k, const struct made *m, char told[4][200])
{
	unsigned broken = 0;

	for (size_t i = 0; i < messages(m); i++) {
		struct arena *a = arena_new();
		struct decision d;
		struct ruling *r;
		unsigned bit = 1;
		char text[200];

		given(m, i, text, sizeof(text));
		r = judge(k, text, a, &d);
		for (const struct promise *p = k->rs->promise; p != NULL;
		     p = p->next, bit <<= 1)
			if (!ruling_keeps(r, p, &d) && (broken & bit) == 0) {
				broken |= bit;
				(void)snprintf(told[bit == 1   ? 0
						    : bit == 2 ? 1
						    : bit == 4 ? 2
							       : 3],
				    200, "%s", text);
			}
		arena_free(&a);
	}
	return broken;
}

/* The counterexample, put into the file as a test, fails there. */
static bool
test_fails(const struct made *m, const char *test)
{
	struct kit k = { 0 };
	char text[6000];
	bool fails;

	(void)snprintf(text, sizeof(text), "%s%s\n", m->text, test);
	fails =
	    kit_load(&k, "again.rules", span_of(text)) && !kit_run_tests(&k) &&
	    strstr(k.diags.item[k.diags.count - 1].message, "failed") != NULL;
	kit_free(&k);
	return fails;
}

static void
compare(struct kit *k, const struct made *m, size_t set, size_t *answers)
{
	const struct proof_options options = { 0 };
	char told[4][200] = { "" };
	unsigned broken = broken_by_any(k, m, told);
	struct proof *proof = proof_new(k->rs, NULL, &options);
	char label[40];

	(void)snprintf(label, sizeof(label), "set %zu", set);
	for (size_t i = 0; i < proof_promise_count(proof); i++) {
		struct proof_promise o;
		bool is = (broken >> i & 1U) != 0;

		proof_promise(proof, i, &o);
		answers[o.answer]++;
		if (is && o.answer != PROOF_BROKEN)
			table_fail(label,
			    "promise %s: got answer %d, but this breaks it: "
			    "%s\n%s",
			    o.name, o.answer, told[i], m->text);
		if (!is && o.answer == PROOF_OPEN)
			table_fail(label, "promise %s: not decided: %s\n%s",
			    o.name, o.why, m->text);
		if (o.answer == PROOF_BROKEN && !test_fails(m, o.test))
			table_fail(label,
			    "promise %s: this does not fail: %s\n%s", o.name,
			    o.test, m->text);
	}
	proof_free(&proof);
}

/* ---- edits ------------------------------------------------------------------------ */

#define ENDS_MAX 200 /* pairs of who decides what, before and after */

struct ends_told {
	struct proof_change change[ENDS_MAX];
	size_t n;
};

static bool
same_rule(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool
ends_are_told(const struct ends_told *told, const struct decision *here,
    const struct decision *there)
{
	for (size_t i = 0; i < told->n; i++) {
		const struct proof_change *c = &told->change[i];

		if (c->here == here->outcome && c->there == there->outcome &&
		    (c->here_more || same_rule(c->here_rule, here->rule)) &&
		    (c->there_more || same_rule(c->there_rule, there->rule)))
			return true;
	}
	return false;
}

static enum proof_answer
ends_prove(struct proof *proof, struct ends_told *told)
{
	enum proof_answer answer = PROOF_OPEN;
	struct proof_change c;
	const char *why;

	told->n = 0;
	while (told->n < ENDS_MAX &&
	       (answer = proof_change(proof, &c, &why)) == PROOF_BROKEN)
		told->change[told->n++] = c;
	return answer;
}

/* No message comes to another end that was not told. */
static void
ends_compare(struct kit *k, struct kit *other, const struct made *m,
    const char *edited, const char *label, size_t *answers)
{
	const struct proof_options options = { 0 };
	struct proof *proof = proof_new(k->rs, other->rs, &options);
	struct ends_told told;
	enum proof_answer answer = ends_prove(proof, &told);

	answers[answer]++;
	if (answer != PROOF_HOLDS && answer != PROOF_BOUNDED)
		table_fail(label, "got %d after %zu of the edit:\n%s",
		    (int)answer, told.n, edited);
	for (size_t i = 0; i < messages(m); i++) {
		struct arena *a = arena_new();
		struct decision here, there;
		char text[200];

		given(m, i, text, sizeof(text));
		(void)judge(k, text, a, &here);
		(void)judge(other, text, a, &there);
		if (here.outcome != there.outcome &&
		    !ends_are_told(&told, &here, &there))
			table_fail(label,
			    "%s becomes %s, which was not told: %s\n%s\n%s",
			    outcome_names[here.outcome],
			    outcome_names[there.outcome], text, m->text,
			    edited);
		arena_free(&a);
	}
	proof_free(&proof);
}

static void
compare_edit(struct kit *k, const struct made *m, size_t set, size_t *answers)
{
	struct kit other = { 0 };
	struct gen g = { set };
	char label[40], edited[sizeof(m->text)];
	enum rules_edit kind = (enum rules_edit)(set % EDIT_COUNT);

	(void)snprintf(label, sizeof(label), "edit %zu", set);
	if (!rules_edit(m->text, kind, &g, edited, sizeof(edited)))
		return;
	if (kit_load(&other, "edited.rules", span_of(edited)))
		ends_compare(k, &other, m, edited, label, answers);
	else
		table_fail(
		    label, "%s\n%s", other.diags.item[0].message, edited);
	kit_free(&other);
}

/* ---- all of them ------------------------------------------------------------------ */

static void
test_random(void **state)
{
	const char *wanted = getenv("PROOF_SETS");
	size_t sets = wanted == NULL ? SETS_USUAL : (size_t)atol(wanted);
	size_t answers[PROOF_OPEN + 1] = { 0 };
	size_t edits[PROOF_OPEN + 1] = { 0 };

	(void)state;
	for (size_t i = 0; i < sets && table_failures < 5; i++) {
		struct kit k = { 0 };
		struct made m;

		seed = i + 1;
		(void)chance(2);
		make(&m);
		if (kit_load(&k, "random.rules", span_of(m.text))) {
			compare(&k, &m, i, answers);
			compare_edit(&k, &m, i, edits);
		} else
			table_fail("random", "set %zu: %s\n%s", i,
			    k.diags.item[0].message, m.text);
		kit_free(&k);
	}
	/* Both answers have to come, or nothing was compared. */
	assert_true(answers[PROOF_HOLDS] + answers[PROOF_BOUNDED] > sets / 4);
	assert_true(answers[PROOF_BROKEN] > sets / 4);
	assert_true(edits[PROOF_HOLDS] + edits[PROOF_BOUNDED] > sets / 3);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_random),
};

TABLE_MAIN(tests)
