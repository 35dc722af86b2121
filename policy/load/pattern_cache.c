/*
 * Which sets of patterns have a database of Hyperscan, and where it lies. What
 * is in such a file, and whether it can be believed, is for rules/ to say.
 */
#include "config.h"

#include "policy/load/pattern_cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/base/clock.h"
#include "policy/base/file.h"
#include "rules/lang/ruleset.h"

#define CACHE_DIR "cache"

/* Rules that are being tried out come back within days. */
#define UNUSED_S (7 * 86400)

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
		struct span name;
		struct patterns *set =
		    ruleset_pattern_set(s->ruleset, i, &name);
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

/* When root makes it, it is for whoever the state belongs to. */
static void
cache_make(const struct snapshot *s, const char *dir)
{
	struct stat st;

	if (mkdir(dir, 0755) == 0 && geteuid() == 0 &&
	    stat(s->config.state, &st) == 0 &&
	    chown(dir, st.st_uid, st.st_gid) != 0)
		return; /* it is root's then, as whatever lies in it */
}

/* Whether a file of this name is a database, or was to become one. */
static bool
cache_names(struct span name)
{
	struct span key = span_slice(name, 0, PATTERNS_KEY_MAX - 1);

	for (size_t i = 0; i < key.n; i++)
		if (!ascii_alnum(key.p[i]))
			return false;
	return name.n > PATTERNS_KEY_MAX && name.p[PATTERNS_KEY_MAX - 1] == '.';
}

static bool
cache_wants(const struct snapshot *s, struct span name)
{
	size_t count = ruleset_pattern_set_count(s->ruleset);
	char key[PATTERNS_KEY_MAX];
	struct span of;

	for (size_t i = 0; i < count; i++)
		if (span_starts(name,
			span_of(patterns_hs_key(
			    ruleset_pattern_set(s->ruleset, i, &of), key))))
			return true;
	return false;
}

/* Removes what no rule wants and nobody has written to lately. */
static void
cache_prune(const struct snapshot *s, const char *dir)
{
	DIR *d = opendir(dir);
	const struct dirent *e;
	struct stat st;

	if (d == NULL)
		return;
	while ((e = readdir(d)) != NULL)
		if (cache_names(span_of(e->d_name)) &&
		    !cache_wants(s, span_of(e->d_name)) &&
		    fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) ==
			0 &&
		    st.st_mtime <
			clock_system.unix_s(clock_system.ctx) - UNUSED_S)
			(void)unlinkat(dirfd(d), e->d_name, 0);
	(void)closedir(d);
}

bool
pattern_cache_build(struct snapshot *s,
    void (*built)(void *ctx, const struct pattern_build *build), void *ctx)
{
	const char *dir = cache_dir(s);
	size_t count = ruleset_pattern_set_count(s->ruleset);
	bool all = true;

	cache_make(s, dir);
	for (size_t i = 0; i < count; i++) {
		struct span name;
		struct patterns *set =
		    ruleset_pattern_set(s->ruleset, i, &name);
		struct pattern_build b = { .patterns = patterns_count(set),
			.wanted = patterns_hs_wanted(set) };

		b.name = name;
		b.fresh = b.wanted && !patterns_cache_load(set, dir, &b.why);
		if (b.fresh && !patterns_cache_save(set, dir, &b.why)) {
			all = false;
			b.fresh = false;
		} else {
			b.why = NULL;
		}
		built(ctx, &b);
	}
	cache_prune(s, dir);
	return all;
}
