/*
 * Which rules can never be true, or never decide.
 */
#include "config.h"

#include "rules/proof/proof.h"

#include "rules/proof/prover.h"

static bool
proof_never(struct proof *proof, lit goal)
{
	return proof->p.cut == NULL && sat_solve(gates_sat(proof->p.g), &goal,
					   1, proof->conflicts_max) == SAT_NO;
}

/* The rules above without which it would be reached. */
static void
rule_in_the_way(struct proof *proof, size_t at, struct proof_rule *out)
{
	struct prover *p = &proof->p;
	struct proved *s = &p->set[0];
	lit yes = encode_rule(p, 0, s->rs->decisive[at]->number).yes;
	const char **above = arena_array(p->arena, at + 1, sizeof(*above));

	for (size_t i = 0; i < at; i++) {
		lit goal = gate_and2(p->g, yes, lit_not(s->acts[i]));

		if (!proof_never(proof, goal))
			continue;
		above[out->above_count++] = s->rs->decisive[i]->name;
		break;
	}
	/* No single one: all that decide some of its mail. */
	for (size_t i = 0; i < at && out->above_count == 0; i++)
		for (; i < at; i++)
			if (!proof_never(
				proof, gate_and2(p->g, yes, s->acts[i])))
				above[out->above_count++] =
				    s->rs->decisive[i]->name;
	out->above = above;
}

static void
used_encode(struct proof *proof)
{
	struct prover *p = &proof->p;
	struct proved *s = &p->set[0];
	size_t count = s->rs->rule_count;

	proof->used = arena_array(p->arena, count + 1, sizeof(lit));
	proof->seen_used = arena_array(p->arena, count + 1, sizeof(bool));
	for (size_t i = 0; i < count; i++)
		proof->used[i] = encode_rule(p, 0, i).yes;
	for (size_t i = 0; i < s->rs->decisive_count; i++) {
		lit *used = &proof->used[s->rs->decisive[i]->number];

		*used = gate_and2(p->g, *used, s->reached[i]);
	}
}

/*
 * One search for each rule would take most of lint's time. So the message for
 * which one rule is used is wished to use as many others as it can, and all
 * that it uses are known.
 */
static bool
used_never(struct proof *proof, size_t number)
{
	size_t count = proof->p.set[0].rs->rule_count, wish_n = 0;
	lit *wish = arena_array(proof->p.arena, count + 1, sizeof(*wish));
	struct sat *sat = gates_sat(proof->p.g);
	enum sat_answer answer;

	for (size_t i = 0; i < count; i++)
		if (!proof->seen_used[i])
			wish[wish_n++] = proof->used[i];
	sat_wish(sat, wish, wish_n);
	answer = sat_solve(
	    sat, &proof->used[number], 1, proof->conflicts_max);
	sat_wish(sat, NULL, 0);
	for (size_t i = 0; i < count && answer == SAT_YES; i++)
		if (sat_value(sat, proof->used[i]))
			proof->seen_used[i] = true;
	return answer == SAT_NO;
}

void
proof_rule(struct proof *proof, size_t number, struct proof_rule *out)
{
	struct prover *p = &proof->p;
	struct proved *s = &p->set[0];

	*out = (struct proof_rule){ .use = USE_DECIDES };
	if (p->refused != NULL)
		return;
	if (proof->used == NULL)
		used_encode(proof);
	if (p->cut != NULL || proof->seen_used[number] ||
	    !used_never(proof, number))
		return;
	if (proof_never(proof, encode_rule(p, 0, number).yes)) {
		out->use = USE_NEVER_TRUE;
		return;
	}
	for (size_t i = 0; i < s->rs->decisive_count; i++) {
		if (s->rs->decisive[i]->number != number)
			continue;
		out->use = USE_NEVER_REACHED;
		rule_in_the_way(proof, i, out);
	}
}

static void
rule_warn_reached(struct arena *a, const struct rule *rule,
    const struct proof_rule *use, struct diags *diags)
{
	const char *names = "";

	if (use->above_count == 1) {
		diag_warn(diags, rule->place,
		    "rule %s can never decide: whenever it is true, rule %s "
		    "above it has decided",
		    rule->name, use->above[0]);
		return;
	}
	for (size_t i = 0; i < use->above_count && i < 6; i++)
		names = arena_printf(
		    a, "%s%s%s", names, i > 0 ? ", " : "", use->above[i]);
	diag_warn(diags, rule->place,
	    "rule %s can never decide: whenever it is true, one above it has "
	    "decided: %s%s",
	    rule->name, names, use->above_count > 6 ? ", ..." : "");
}

/* Thousands of rules that ask the same fact for another value each know all
 * values of all others: some seconds are enough for what is only a hint. */
#define WARN_WORK_MAX UINT64_C(400000000)

void
proof_warn_rules(struct proof *proof, struct diags *diags)
{
	const struct ruleset *rs = proof->p.set[0].rs;

	if (proof->p.refused != NULL) {
		diag_warn(diags, proof->p.refused_at,
		    "it was not looked whether rules can ever decide: %s",
		    proof->p.refused);
		return;
	}
	for (size_t i = 0; i < rs->rule_count; i++) {
		const struct rule *rule = rs->rule[i];
		struct proof_rule use;

		if (rule->linted)
			continue;
		if (sat_work(gates_sat(proof->p.g)) > WARN_WORK_MAX) {
			diag_warn(diags, rule->place,
			    "from rule %s on it was not looked whether rules "
			    "can ever decide: they are too many about the "
			    "same facts",
			    rule->name);
			return;
		}
		proof_rule(proof, i, &use);
		if (use.use == USE_NEVER_TRUE)
			diag_warn(diags, rule->place,
			    "rule %s can never be true, whatever message comes",
			    rule->name);
		else if (use.use == USE_NEVER_REACHED)
			rule_warn_reached(diags->arena, rule, &use, diags);
	}
}
