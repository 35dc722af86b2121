/*
 * Which sets of patterns have a database of Hyperscan, and where it lies. What
 * is in such a file, and whether it can be believed, is for rules/ to say.
 */
#include "config.h"

#include "policy/pattern_cache.h"

#include <sys/stat.h>

#include "policy/file.h"
#include "rules/ruleset.h"

#define CACHE_DIR "cache"

static const char *
cache_dir(struct snapshot *s)
{
	return path_join(s->config.state, CACHE_DIR, s->arena);
}

void
pattern_cache_attach(struct snapshot *s)
{
	const char *dir = cache_dir(s);
	size_t count = ruleset_pattern_set_count(s->ruleset);

	for (size_t i = 0; i < count; i++) {
		fact_id fact;
		struct patterns *set =
		    ruleset_pattern_set(s->ruleset, i, &fact);
		const char *why = NULL;

		if (!patterns_hs_wanted(set))
			continue;
		s->pattern_sets++;
		if (patterns_cache_load(set, dir, &why))
			s->pattern_sets_compiled++;
		else if (why != NULL)
			s->pattern_problem = why;
	}
}

bool
pattern_cache_build(struct snapshot *s,
    void (*built)(void *ctx, const struct pattern_build *build), void *ctx)
{
	const char *dir = cache_dir(s);
	size_t count = ruleset_pattern_set_count(s->ruleset);
	bool all = true;

	(void)mkdir(dir, 0755);
	for (size_t i = 0; i < count; i++) {
		fact_id fact;
		struct patterns *set =
		    ruleset_pattern_set(s->ruleset, i, &fact);
		struct pattern_build b = { .patterns = patterns_count(set),
			.wanted = patterns_hs_wanted(set) };

		b.fact = schema_row(s->schema, fact)->name;
		b.fresh = b.wanted && !patterns_cache_load(set, dir, &b.why);
		if (b.fresh && !patterns_cache_save(set, dir, &b.why)) {
			all = false;
			b.fresh = false;
		} else {
			b.why = NULL;
		}
		built(ctx, &b);
	}
	return all;
}
