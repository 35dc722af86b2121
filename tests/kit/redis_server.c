#include "config.h"

#include "tests/kit/redis_server.h"

#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rules/base/panic.h"

/* It says on standard output when it takes connections. */
static bool
server_ready(int fd)
{
	char text[16384] = "", *at = text;
	ssize_t n;

	while ((n = read(fd, at, sizeof(text) - 1 - (size_t)(at - text))) > 0) {
		at += n;
		*at = '\0';
		if (strstr(text, "eady to accept connections") != NULL)
			return true;
	}
	return false;
}

bool
redis_server_start(const char *const arguments[], pid_t *out)
{
	char *argv[32] = { NULL };
	int ends[2];
	bool ready;

	/* execvp changes none of them, whatever its prototype says. */
	for (size_t i = 0; arguments[i] != NULL; i++) {
		INVARIANT(i + 1 < sizeof(argv) / sizeof(argv[0]));
		argv[i] = (char *)(uintptr_t)arguments[i];
	}
	INVARIANT(pipe(ends) == 0);
	*out = fork();
	INVARIANT(*out >= 0);
	if (*out == 0) {
		(void)dup2(ends[1], STDOUT_FILENO);
		(void)dup2(ends[1], STDERR_FILENO);
		(void)close(ends[0]);
		(void)close(ends[1]);
		(void)execvp(argv[0], argv);
		_exit(127);
	}
	(void)close(ends[1]);
	ready = server_ready(ends[0]);
	/* It writes to a pipe that nobody reads any more, and goes on. */
	(void)close(ends[0]);
	if (!ready)
		(void)waitpid(*out, NULL, 0);
	return ready;
}

void
redis_server_stop(pid_t pid, int signal_number)
{
	(void)kill(pid, signal_number);
	(void)waitpid(pid, NULL, 0);
}
