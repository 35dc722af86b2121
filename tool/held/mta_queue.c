/*
 * Which MTA there is, and running its commands.
 */
#include "config.h"

#include "tool/held/mta_queue.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGUMENTS_MAX 8
#define PATH_OCTETS   512

/* Postfix has a sendmail, too. */
static const struct mta_queue *const mtas[] = { &mta_postfix, &mta_sendmail };

/* Into out; false: it is nowhere. */
static bool
command_find(const char *command, char out[PATH_OCTETS])
{
	const char *path = getenv("PATH");
	struct span rest = span_of(path == NULL ? "/usr/bin" : path), dir;

	while (rest.n > 0 && span_cut(&rest, ':', &dir)) {
		if (dir.n == 0 || dir.n + strlen(command) + 2 > PATH_OCTETS)
			continue;
		(void)memcpy(out, dir.p, dir.n);
		out[dir.n] = '/';
		(void)strcpy(out + dir.n + 1, command);
		if (access(out, X_OK) == 0)
			return true;
	}
	if (strlen(command) + sizeof("/usr/sbin/") > PATH_OCTETS)
		return false;
	(void)strcpy(out, "/usr/sbin/");
	(void)strcat(out, command);
	return access(out, X_OK) == 0;
}

bool
mta_there(const char *command)
{
	char path[PATH_OCTETS];

	return command_find(command, path);
}

const struct mta_queue *
mta_queue_here(const char *name)
{
	for (size_t i = 0; i < ARRAY_COUNT(mtas); i++)
		if ((name == NULL ||
			span_case_is(span_of(name), mtas[i]->name)) &&
		    mta_there(mtas[i]->command))
			return mtas[i];
	return NULL;
}

/* In the child. */
static void
child_run(const char *path, const char *const *argv, int out)
{
	char *copy[ARGUMENTS_MAX + 1] = { NULL };

	for (size_t i = 0; argv[i] != NULL && i < ARGUMENTS_MAX; i++)
		copy[i] = strdup(argv[i]);
	(void)dup2(out, STDOUT_FILENO);
	(void)dup2(out, STDERR_FILENO);
	(void)close(out);
	(void)execv(path, copy);
	_exit(127);
}

int
mta_run(const char *const *argv, struct buf *out)
{
	char path[PATH_OCTETS], chunk[4096];
	int ends[2], status = 0;
	ssize_t n;
	pid_t pid;

	if (!command_find(argv[0], path) || pipe(ends) != 0)
		return 127;
	pid = fork();
	if (pid == 0) {
		(void)close(ends[0]);
		child_run(path, argv, ends[1]);
	}
	(void)close(ends[1]);
	while (pid > 0 && ((n = read(ends[0], chunk, sizeof(chunk))) > 0 ||
			      (n < 0 && errno == EINTR)))
		if (n > 0)
			(void)buf_add(out, span_make(chunk, (size_t)n));
	(void)close(ends[0]);
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		return 127;
	return WEXITSTATUS(status);
}

bool
mta_id_valid(struct span id)
{
	for (size_t i = 0; i < id.n; i++)
		if (!ascii_alnum(id.p[i]))
			return false;
	return id.n > 0 && id.n <= MTA_ID_MAX;
}

struct mta_held *
mta_list_add(struct mta_list *l)
{
	if (l->count == MTA_HELD_MAX)
		return &l->item[l->count - 1];
	l->item = arena_grow(
	    l->arena, l->item, &l->cap, l->count + 1, sizeof(*l->item));
	l->item[l->count] = (struct mta_held){ .id = SPAN(""),
		.sender = SPAN(""),
		.rcpt = SPAN(""),
		.reason = SPAN("") };
	return &l->item[l->count++];
}

void
mta_rcpt_add(const struct mta_list *l, struct mta_held *h, struct span address)
{
	if (h->rcpts == MTA_RCPTS_MAX)
		return;
	h->rcpt = span_of(arena_printf(l->arena, "%.*s%s%.*s",
	    SPAN_FMT(h->rcpt), h->rcpts > 0 ? "\n" : "", SPAN_FMT(address)));
	h->rcpts++;
}
