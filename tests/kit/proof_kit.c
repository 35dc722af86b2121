/*
 * Rules like those of a large site: results, domains, networks, patterns,
 * attachments, scores.
 */
#include "config.h"

#include "tests/kit/proof_kit.h"

#include <stdio.h>

#include "rules/proof/proof.h"
#include "tests/kit/pattern_gen.h"

static void
kit_question(struct gen *g, struct buf *out)
{
	static const char *const plain[] = { "spf = fail", "spf = pass",
		"dmarc = fail", "dmarc = pass", "from.domain in partners",
		"client.ip in inner", "tls", "any dkim (result = pass)",
		"sender in people" };
	size_t n = gen_number(g, ARRAY_COUNT(plain) + 4);
	unsigned k = (unsigned)gen_number(g, 60);

	if (n < ARRAY_COUNT(plain))
		(void)buf_addz(out, plain[n]);
	else if (n == ARRAY_COUNT(plain))
		(void)buf_printf(out, "from.domain = \"d%u.example\"", k);
	else if (n == ARRAY_COUNT(plain) + 1)
		(void)buf_printf(out, "size > %u00", k + 1);
	else if (n == ARRAY_COUNT(plain) + 2)
		(void)buf_printf(out, "subject ~ /word%u/i", k);
	else
		(void)buf_printf(
		    out, "count dkim (result = fail) >= %u", k % 4 + 1);
}

static void
kit_condition(struct gen *g, struct buf *out)
{
	size_t n = 1 + gen_number(g, 3);

	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			(void)buf_addz(
			    out, gen_number(g, 4) == 0 ? " or " : " and ");
		if (gen_number(g, 4) == 0)
			(void)buf_addz(out, "not ");
		kit_question(g, out);
	}
}

void
proof_kit_text(uint64_t seed, size_t rules, size_t promises, struct buf *out)
{
	static const char *const action[] = { "reject", "junk", "tempfail",
		"score 1.5", "score -2", "score 4", "score 0.5", "accept" };
	static const char *const outcome[] = { "reject", "discard",
		"reject, discard", "tempfail", "junk, reject", "quarantine" };
	struct gen g = { seed };

	(void)buf_addz(out,
	    "list partners domains partner.example other.example\n"
	    "list people addresses ann@x.example @y.example\n"
	    "list inner networks 192.0.2.0/24 198.51.100.0/25\n");
	for (size_t i = 0; i < rules; i++) {
		(void)buf_printf(out, "rule r%zu when (", i);
		kit_condition(&g, out);
		(void)buf_printf(out, ") and subject ~ /mark%zu/ then %s\n", i,
		    action[gen_number(&g, ARRAY_COUNT(action))]);
	}
	(void)buf_addz(out, "verdict junk at 6 reject at 15\n");
	for (size_t i = 0; i < promises; i++) {
		(void)buf_printf(out, "promise p%zu when ", i);
		kit_condition(&g, out);
		(void)buf_printf(out, " never %s\n",
		    outcome[gen_number(&g, ARRAY_COUNT(outcome))]);
	}
}

bool
proof_kit_load(struct kit *k, uint64_t seed, size_t rules, size_t promises)
{
	struct buf text;
	bool ok;

	buf_init(&text, (size_t)4 << 20);
	proof_kit_text(seed, rules, promises, &text);
	ok = kit_load(k, "many.rules", buf_span(&text));
	if (!ok)
		(void)fprintf(stderr, "%s\n", k->diags.item[0].message);
	buf_free(&text);
	return ok;
}

uint64_t
proof_kit_all(struct kit *k, size_t *answers)
{
	const struct proof_options options = { 0 };
	struct proof *p = proof_new(k->rs, NULL, &options);
	struct proof_promise o;
	uint64_t work;

	for (size_t i = 0; i < proof_promise_count(p); i++) {
		proof_promise(p, i, &o);
		answers[o.answer]++;
	}
	work = proof_work(p);
	proof_free(&p);
	return work;
}
