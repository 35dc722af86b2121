/*
 * The cache of compiled patterns: built, taken, and not believed when it is
 * damaged or could be somebody else's.
 */
#include "config.h"

#include "tests/kit/table.h"

#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "policy/load/pattern_cache.h"
#include "policy/load/snapshot_load.h"
#include "policy/message/snapshot.h"
#include "rules/match/patterns.h"
#include "rules/source/diag.h"
#include "tests/kit/snapshot_kit.h"

static const char rules[] = "rule a when subject ~ /buy.{1,5}now/i then junk\n"
			    "rule b when subject ~ /cheap (pills|watches)/ "
			    "or body ~ /click here/ then score 1\n";

struct fixture {
	char state[64];
	struct arena *arena;
};

static struct snapshot *
load(struct fixture *f)
{
	struct snapshot_source source = { .rules_text = span_of(rules) };
	struct snapshot *s;

	source.config_text =
	    span_of(arena_printf(f->arena, "state %s\n", f->state));
	s = snapshot_kit(&source, f->arena);
	return s;
}

static void
count_fresh(void *ctx, const struct pattern_build *b)
{
	size_t *fresh = ctx;

	assert_null(b->why);
	*fresh += b->fresh;
}

static size_t
build(struct fixture *f)
{
	struct snapshot *s = load(f);
	size_t fresh = 0;

	assert_true(pattern_cache_build(s, count_fresh, &fresh));
	snapshot_unref(&s);
	return fresh;
}

/* Applies change to every file of the cache. */
static void
each_file(struct fixture *f, void (*change)(const char *path))
{
	glob_t found;

	assert_int_equal(glob(arena_printf(f->arena, "%s/cache/*.hs", f->state),
			     0, NULL, &found),
	    0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		change(found.gl_pathv[i]);
	globfree(&found);
}

static void
flip_last_octet(const char *path)
{
	FILE *file = fopen(path, "r+b");
	int c;

	assert_non_null(file);
	assert_int_equal(fseek(file, -1, SEEK_END), 0);
	c = fgetc(file);
	assert_int_equal(fseek(file, -1, SEEK_END), 0);
	(void)fputc(c ^ 0x55, file);
	assert_int_equal(fclose(file), 0);
}

static void
cut_in_half(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(truncate(path, st.st_size / 2), 0);
}

static void
empty(const char *path)
{
	assert_int_equal(truncate(path, 0), 0);
}

static void
let_others_write(const char *path)
{
	assert_int_equal(chmod(path, 0666), 0);
}

static void delete (const char *path)
{
	assert_int_equal(unlink(path), 0);
}

static void
test_life(void **state)
{
	struct fixture *f = *state;
	struct snapshot *s = load(f);
	size_t sets = s->pattern_sets;

	assert_int_equal(s->pattern_sets_compiled, 0);
	assert_null(s->pattern_problem);
	snapshot_unref(&s);
	if (sets == 0)
		skip(); /* built without Hyperscan */
	assert_int_equal(build(f), sets);
	assert_int_equal(build(f), 0);
	s = load(f);
	assert_int_equal(s->pattern_sets_compiled, sets);
	assert_null(s->pattern_problem);
	snapshot_unref(&s);
}

/* What other rules have left goes after a week. */
static void
test_prune(void **state)
{
	static const struct {
		const char *name;
		time_t days; /* since it was written */
		bool stays;
	} rows[] = {
		{ "0123456789abcdef0123456789abcdef.hs", 8, false },
		{ "0123456789abcdef0123456789abcdef.xYz123", 8, false },
		{ "0123456789abcdef0123456789abcde0.hs", 6, true },
		{ "not-ours", 8, true },
		{ "0123456789abcdef-is-not-ours-either.hs", 8, true },
	};
	struct fixture *f = *state;
	struct snapshot *s = load(f);
	size_t sets = s->pattern_sets;

	snapshot_unref(&s);
	if (sets == 0)
		skip(); /* built without Hyperscan */
	(void)build(f);
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		const char *path = arena_printf(
		    f->arena, "%s/cache/%s", f->state, rows[i].name);
		const time_t then = time(NULL) - rows[i].days * 86400;
		const struct timespec times[2] = { { .tv_sec = then },
			{ .tv_sec = then } };
		int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

		assert_true(fd >= 0);
		assert_int_equal(futimens(fd, times), 0);
		(void)close(fd);
	}
	(void)build(f);
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
		table_number(rows[i].name, "stays",
		    access(arena_printf(
			       f->arena, "%s/cache/%s", f->state, rows[i].name),
			F_OK) == 0,
		    rows[i].stays);
	table_end();
	s = load(f);
	assert_int_equal(s->pattern_sets_compiled, sets);
	snapshot_unref(&s);
}

static void
test_damage(void **state)
{
	static const struct {
		const char *label;
		void (*change)(const char *path);
		bool problem;
	} row[] = {
		{ "one octet changed", flip_last_octet, true },
		{ "cut in half", cut_in_half, true },
		{ "empty", empty, true },
		{ "writable by others", let_others_write, true },
		{ "gone", delete, false },
	};
	struct fixture *f = *state;
	struct snapshot *s = load(f);
	size_t sets = s->pattern_sets;

	snapshot_unref(&s);
	if (sets == 0)
		skip();
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		assert_int_equal(build(f), sets);
		each_file(f, row[i].change);
		s = load(f);
		table_number(row[i].label, "sets",
		    (long long)s->pattern_sets_compiled, 0);
		table_number(row[i].label, "problem",
		    s->pattern_problem != NULL, row[i].problem);
		snapshot_unref(&s);
	}
	table_end();
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	(void)strcpy(f->state, "/tmp/verdict-cache.XXXXXX");
	f->arena = arena_new();
	*state = f;
	return mkdtemp(f->state) == NULL;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;
	glob_t found;

	if (glob(arena_printf(f->arena, "%s/cache/*", f->state), 0, NULL,
		&found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			(void)unlink(found.gl_pathv[i]);
		globfree(&found);
	}
	(void)rmdir(arena_printf(f->arena, "%s/cache", f->state));
	(void)rmdir(f->state);
	arena_free(&f->arena);
	free(f);
	return 0;
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(test_life, setup, teardown),
	cmocka_unit_test_setup_teardown(test_prune, setup, teardown),
	cmocka_unit_test_setup_teardown(test_damage, setup, teardown),
};

TABLE_MAIN(tests)
