/*
 * What proving costs: 500 rules and 20 promises, made by chance.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "rules/proof/proof.h"
#include "tests/kit/proof_kit.h"

static double
cpu_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

int
main(int argc, char **argv)
{
	size_t rules = argc > 1 ? (size_t)atol(argv[1]) : 500;
	size_t promises = argc > 2 ? (size_t)atol(argv[2]) : 20;
	static const char *const words[] = { "proved", "bounded", "broken",
		"open" };

	for (uint64_t seed = 1; seed <= 5; seed++) {
		struct kit k = { 0 };
		size_t answers[PROOF_OPEN + 1] = { 0 };
		uint64_t work;
		double begin;

		if (!proof_kit_load(&k, seed, rules, promises))
			return 1;
		begin = cpu_ms();
		work = proof_kit_all(&k, answers);
		(void)printf("%zu rules, %zu promises: %.0f ms, %llu steps;",
		    rules, promises, cpu_ms() - begin,
		    (unsigned long long)work);
		for (size_t i = 0; i <= PROOF_OPEN; i++)
			(void)printf(" %zu %s", answers[i], words[i]);
		(void)putchar('\n');
		kit_free(&k);
	}
	return 0;
}
