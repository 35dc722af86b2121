/*
 * What does a set of patterns hold and cost, and which libraries match it?
 * For lint, for --version and for people; a scan does not need it.
 */
#include "config.h"

#include <stdio.h>

#include "rules/base/panic.h"
#include "rules/match/patterns_set.h"

size_t
patterns_count(const struct patterns *p)
{
	return p->count;
}

struct span
patterns_regex(const struct patterns *p, size_t index, unsigned *flags)
{
	INVARIANT(index < p->count);
	*flags = p->items[index].flags;
	return p->items[index].text;
}

bool
patterns_prefiltered(const struct patterns *p, size_t index)
{
	INVARIANT(index < p->count);
	return !p->items[index].always;
}

struct patterns_stats
patterns_stats(const struct patterns *p)
{
	struct patterns_stats stats = { .count = p->count,
		.memory = sizeof(*p) + arena_used(p->arena) +
			  p->count * sizeof(*p->items) };
	const struct regex_db *db[] = { p->all.exact.db, p->all.wide.db,
		p->rest.exact.db, p->rest.wide.db };

	if (p->prefilter != NULL) {
		stats.literals = prefilter_count(p->prefilter);
		stats.memory += prefilter_memory(p->prefilter);
	}
	for (size_t i = 0; i < p->count; i++) {
		stats.always += p->items[i].always;
		stats.jit += regex_jit(p->items[i].regex);
		stats.hyperscan +=
		    (p->all.exact.db != NULL &&
			bit_get(p->all.exact.covered, i)) ||
		    (p->all.wide.db != NULL && bit_get(p->all.wide.covered, i));
		stats.phrased += p->phrases != NULL && bit_get(p->phrased, i);
		stats.memory += regex_memory(p->items[i].regex);
		if (p->items[i].ascii != NULL)
			stats.memory += regex_memory(p->items[i].ascii);
	}
	for (size_t i = 0; i < ARRAY_COUNT(db); i++)
		if (db[i] != NULL)
			stats.memory += regex_db_memory(db[i]);
	if (p->phrases != NULL)
		stats.memory += phrases_memory(p->phrases);
	return stats;
}

const char *
patterns_features(char out[PATTERNS_FEATURES_MAX])
{
	char db[48];
	int n;

	regex_version(out, PATTERNS_FEATURES_MAX);
	regex_db_version(db, sizeof(db));
	for (n = 0; out[n] != '\0'; n++)
		;
	if (db[0] != '\0')
		(void)snprintf(
		    out + n, PATTERNS_FEATURES_MAX - (size_t)n, ", %s", db);
	return out;
}
