/*
 * Reading whole files: what is none, or not to be had, is said.
 */
#include "config.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/base/file.h"
#include "tests/kit/scratch.h"

#define MAX 8

static void
file_put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(close(fd), 0);
}

static void
test_file_read(void **state)
{
	static const struct {
		const char *label, *name;
		const char *want; /* the text, or behind a "!" why not */
	} row[] = {
		{ "a file", "small", "text" },
		{ "empty", "empty", "" },
		{ "as large as may be", "full", "12345678" },
		{ "too large", "large", "!: larger than 8 octets" },
		{ "a directory", "directory", "!: is a directory" },
		{ "not there", "nothing", "!: No such file or directory" },
		{ "a device", "/dev/null", "" },
		{ "a device without an end", "/dev/zero",
		    "!: larger than 8 octets" },
		{ "a named pipe", "pipe",
		    "!: a pipe into which nobody writes" },
	};
	struct arena *a = arena_new();
	struct span text;
	const char *why;

	(void)state;
	file_put(path_join(scratch, "small", a), "text");
	file_put(path_join(scratch, "empty", a), "");
	file_put(path_join(scratch, "full", a), "12345678");
	file_put(path_join(scratch, "large", a), "123456789");
	assert_int_equal(mkdir(path_join(scratch, "directory", a), 0700), 0);
	assert_int_equal(mkfifo(path_join(scratch, "pipe", a), 0600), 0);
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		const char *path = path_join(scratch, row[i].name, a);
		const char *got;

		if (!table_wants(row[i].label))
			continue;
		if (file_read(path, MAX, a, &text, &why))
			got = arena_strdup(a, text);
		else
			got = arena_printf(a, "!%s", why + strlen(path));
		table_text(row[i].label, "read", got, row[i].want);
	}
	arena_free(&a);
	table_end();
}

/* As a shell hands on what a command prints. */
static void
test_pipe_with_text(void **state)
{
	struct arena *a = arena_new();
	struct span text;
	const char *why;
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	assert_int_equal(write(fd[1], "text", 4), 4);
	assert_int_equal(close(fd[1]), 0);
	assert_true(file_read(
	    arena_printf(a, "/dev/fd/%d", fd[0]), MAX, a, &text, &why));
	assert_string_equal(arena_strdup(a, text), "text");
	assert_int_equal(close(fd[0]), 0);
	arena_free(&a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_file_read),
	cmocka_unit_test(test_pipe_with_text),
};

TABLE_MAIN_IN(tests, scratch_make, scratch_remove)
