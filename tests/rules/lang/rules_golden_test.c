/*
 * What is said about each file of tests/data/rules: NAME.rules beside
 * NAME.want. With -u the wants are written anew, for a person to read.
 */
#include "config.h"

#include "tests/kit/table.h"

#include <dirent.h>
#include <errno.h>

#include "tests/kit/rules_kit.h"

static bool update;

static struct span
slurp(struct arena *a, const char *path)
{
	char *text = arena_alloc(a, 1 << 20);
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL)
		return (struct span){ NULL, 0 };
	n = fread(text, 1, (1 << 20) - 1, f);
	(void)fclose(f);
	return span_make(text, n);
}

static void
spill(const char *path, struct span text)
{
	FILE *f = fopen(path, "wb");

	if (f == NULL) {
		table_fail(path, "can't write: %s", strerror(errno));
		return;
	}
	if (text.n > 0)
		(void)fwrite(text.p, 1, text.n, f);
	(void)fclose(f);
}

/* Reports the first line that differs. */
static void
compare(const char *label, struct span got, struct span want)
{
	struct span got_line, want_line;
	size_t number = 1;

	while (span_cut(&got, '\n', &got_line)) {
		if (!span_cut(&want, '\n', &want_line))
			want_line = SPAN("(no more)");
		if (!span_eq(got_line, want_line)) {
			table_fail(label,
			    "line %zu: got \"%.*s\", want "
			    "\"%.*s\" (-u rewrites)",
			    number, SPAN_FMT(got_line), SPAN_FMT(want_line));
			return;
		}
		number++;
	}
	if (want.n > 0)
		table_fail(label, "line %zu is missing", number);
}

static void
judge(const char *directory, const char *file)
{
	struct arena *a = arena_new();
	struct kit k = { 0 };
	struct buf out;
	const char *path = arena_printf(a, "%s/%s", directory, file);
	const char *want =
	    arena_printf(a, "%.*s.want", (int)(strlen(path) - 6), path);

	buf_init(&out, 1 << 18);
	if (kit_load(&k, file, slurp(a, path)))
		(void)kit_run_tests(&k);
	diags_print(&k.diags, &out, false);
	if (update)
		spill(want, buf_span(&out));
	else
		compare(file, buf_span(&out), slurp(a, want));
	kit_free(&k);
	buf_free(&out);
	arena_free(&a);
}

static void
test_files(void **state)
{
	static const char directory[] = SRCDIR "/tests/data/rules";
	DIR *dir = opendir(directory);
	struct dirent *entry;
	size_t files = 0;

	(void)state;
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (!span_ends(span_of(entry->d_name), SPAN(".rules")) ||
		    !table_wants(entry->d_name))
			continue;
		judge(directory, entry->d_name);
		files++;
	}
	(void)closedir(dir);
	assert_true(files > 0 || table_filter != NULL);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_files),
};

int
main(int argc, char **argv)
{
	update = argc == 2 && strcmp(argv[1], "-u") == 0;
	if (argc == 3 && strcmp(argv[1], "-k") == 0)
		table_filter = argv[2];
	return cmocka_run_group_tests(tests, NULL, NULL) == 0 ? 0 : 1;
}
