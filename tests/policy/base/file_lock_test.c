/*
 * A file that one process at a time holds.
 */
#include "config.h"

#include "tests/kit/scratch.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "policy/base/file_lock.h"

/* A process that holds the file until it is killed. */
static pid_t
holder_begin(const char *path)
{
	int ends[2];
	pid_t child;
	char byte;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		bool held;

		if (file_lock(path, 0600, &held) < 0)
			_exit(1);
		(void)!write(ends[1], "", 1);
		for (;;)
			(void)pause();
	}
	(void)close(ends[1]);
	assert_int_equal(read(ends[0], &byte, 1), 1);
	(void)close(ends[0]);
	return child;
}

static void
one_at_a_time(void **state)
{
	char path[128];
	pid_t holder;
	bool held;
	int fd, status;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/lock", scratch);
	holder = holder_begin(path);
	assert_int_equal(file_lock(path, 0600, &held), -1);
	assert_true(held);
	(void)kill(holder, SIGKILL);
	assert_int_equal(waitpid(holder, &status, 0), holder);
	/* What it has left is no lock. */
	fd = file_lock(path, 0600, &held);
	assert_true(fd >= 0);
	assert_false(held);
	(void)close(fd);
}

static void
no_directory(void **state)
{
	bool held = true;

	(void)state;
	assert_int_equal(file_lock("/nonexistent/lock", 0600, &held), -1);
	assert_int_equal(errno, ENOENT);
	assert_false(held);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(one_at_a_time),
	cmocka_unit_test(no_directory),
};

TABLE_MAIN_IN(tests, scratch_make, scratch_remove)
