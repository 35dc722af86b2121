/*
 * The control socket and SIGUSR1: reload, and questions about the process.
 */
#include "config.h"

#include "milter/control/control.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "milter/control/metric_sources.h"
#include "milter/count/compare_tally.h"
#include "milter/count/stats.h"
#include "milter/daemon/daemon.h"
#include "milter/daemon/log.h"
#include "milter/daemon/process.h"
#include "milter/engine/engine.h"
#include "milter/protocol/callbacks.h"
#include "policy/base/file.h"
#include "policy/base/share.h"
#include "policy/base/thread.h"
#include "policy/lists/dnslist_health.h"
#include "policy/load/versions.h"
#include "policy/store/store_command.h"

#define COMMAND_MAX 4096
#define ANSWER_MAX  ((size_t)16 * 1024 * 1024)
#define SILENCE_S   5

static int control_fd = -1;
static char control_path[sizeof(((struct sockaddr_un *)0)->sun_path)];

/* ---- commands ------------------------------------------------------------ */

void
control_log_patterns(void)
{
	struct snapshot *s = daemon_snapshot();

	if (s->pattern_problem != NULL)
		log_write(LOG_LEVEL_WARN, "cached patterns: %s; ignored",
		    s->pattern_problem);
	if (s->pattern_sets > 0)
		log_write(LOG_LEVEL_INFO,
		    "%zu of %zu sets of patterns are compiled%s",
		    s->pattern_sets_compiled, s->pattern_sets,
		    s->pattern_sets_compiled < s->pattern_sets
			? "; verdict compile does the rest"
			: "");
	snapshot_unref(&s);
}

/* SIGUSR1 and the command do the same. */
static bool
reload(struct buf *answer)
{
	struct buf report;
	bool ok;

	process_notify("RELOADING=1");
	buf_init(&report, 65536);
	ok = daemon_reload(&report);
	log_lines(ok ? LOG_LEVEL_WARN : LOG_LEVEL_ERROR, buf_span(&report));
	if (ok) {
		log_write(LOG_LEVEL_INFO, "configuration reloaded");
		control_log_patterns();
	} else
		log_write(LOG_LEVEL_ERROR,
		    "reload refused, the old configuration stays");
	(void)buf_add(answer, buf_span(&report));
	buf_free(&report);
	process_notify("READY=1");
	return ok;
}

static bool
command_reload(struct span arguments, struct buf *answer)
{
	(void)arguments;
	return reload(answer);
}

static bool
command_version(struct span arguments, struct buf *answer)
{
	(void)arguments;
	return buf_printf(answer, "%s\n", daemon_self()->version);
}

static bool
command_status(struct span arguments, struct buf *answer)
{
	struct snapshot *s = daemon_snapshot();

	(void)arguments;
	(void)buf_printf(answer, "version %s\n", daemon_self()->version);
	(void)buf_printf(answer, "pid %ld\n", (long)getpid());
	(void)buf_printf(answer, "sessions %lu\n", callbacks_sessions_open());
	(void)buf_printf(
	    answer, "sessions-total %lu\n", callbacks_sessions_total());
	(void)buf_printf(answer, "spread %lu\n", engine_chosen()->spread());
	(void)buf_printf(answer, "held %zu of %llu\n",
	    share_held(daemon_self()->room.memory),
	    (unsigned long long)s->config.body_total.octets);
	(void)buf_printf(answer, "short %llu\n",
	    atomic_load(&daemon_self()->room.short_messages));
	(void)buf_printf(answer, "snapshot %s\n", s->name);
	(void)buf_printf(answer, "patterns-compiled %zu of %zu\n",
	    s->pattern_sets_compiled, s->pattern_sets);
	snapshot_unref(&s);
	return true;
}

static bool
command_compare(struct span arguments, struct buf *answer)
{
	(void)arguments;
	compare_list(answer);
	return true;
}

static bool
command_stats(struct span arguments, struct buf *answer)
{
	(void)arguments;
	stats_write(&metric_sources, answer);
	return true;
}

/* "lists", or "lists json". */
static bool
command_lists(struct span arguments, struct buf *answer)
{
	dnslist_health_print(
	    daemon_self()->lists, span_is(arguments, "json"), answer);
	return true;
}

/* For `verdict doctor`: what this process runs with, one a line. */
static bool
command_libraries(struct span arguments, struct buf *answer)
{
	(void)arguments;
	library_list(answer);
	/* Its number is that of its interface. */
	return buf_addz(answer, "libmilter\n");
}

/* What is remembered of senders; for `verdict state`. */
static bool
command_state(struct span arguments, struct buf *answer)
{
	struct services *judge = &daemon_self()->judge;

	return store_command(judge->store, arguments,
	    judge->clock.unix_s(judge->clock.ctx), answer);
}

static const struct {
	const char *name;
	bool (*run)(struct span arguments, struct buf *answer);
} commands[] = {
	{ "state", command_state },
	{ "reload", command_reload },
	{ "version", command_version },
	{ "status", command_status },
	{ "lists", command_lists },
	{ "libraries", command_libraries },
	{ "compare", command_compare },
	{ "stats", command_stats },
};

static bool
command_run(struct span line, struct buf *answer)
{
	size_t space = span_find(line, ' ');
	struct span name = span_slice(line, 0, space);
	struct span arguments =
	    space == SIZE_MAX ? SPAN("")
			      : span_trim(span_slice(line, space, line.n));

	for (size_t i = 0; i < ARRAY_COUNT(commands); i++)
		if (span_is(name, commands[i].name))
			return commands[i].run(arguments, answer);
	(void)buf_addz(answer, "there is no such command\n");
	return false;
}

/* ---- the socket ---------------------------------------------------------- */

/* Whether a process answers there; one that has died leaves its path. */
static bool
control_answers(const struct sockaddr_un *un)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool answers = fd >= 0 && connect(fd, (const struct sockaddr *)un,
				      sizeof(*un)) == 0;

	if (fd >= 0)
		(void)close(fd);
	return answers;
}

static bool
control_bind(const struct config *c, struct arena *a, const char **why)
{
	const char *path = c->control;
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	const char *dir = path_dir(path, a);
	mode_t before;
	bool ok;

	if (strlen(path) >= sizeof(un.sun_path)) {
		*why = arena_printf(a, "control: the path is too long");
		return false;
	}
	(void)strcpy(un.sun_path, path);
	(void)strcpy(control_path, path);
	if (control_answers(&un)) {
		*why = arena_printf(a,
		    "control: another verdict-milter "
		    "answers on %s; give each its own \"control\"",
		    path);
		control_path[0] = '\0';
		return false;
	}
	if (mkdir(dir, 0700) == 0 && !process_give(dir, c, a, why))
		return false;
	(void)unlink(path);
	control_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	before = umask(0177);
	ok = control_fd >= 0 &&
	     bind(control_fd, (const struct sockaddr *)&un, sizeof(un)) == 0 &&
	     listen(control_fd, 16) == 0;
	(void)umask(before);
	if (!ok)
		*why =
		    arena_printf(a, "control: %s: %s", path, strerror(errno));
	return ok;
}

bool
control_open(const struct config *c, struct arena *a, const char **why)
{
	return c->control[0] == '\0' || control_bind(c, a, why);
}

static bool
line_read(int fd, char *line, size_t size, size_t *n)
{
	*n = 0;
	while (*n < size) {
		ssize_t got = read(fd, line + *n, size - *n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return *n > 0;
		*n += (size_t)got;
		if (line[*n - 1] == '\n')
			return true;
	}
	return false;
}

static void
answer_write(int fd, struct span text)
{
	while (text.n > 0) {
		ssize_t put = send(fd, text.p, text.n, MSG_NOSIGNAL);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return;
		text = span_slice(text, (size_t)put, text.n);
	}
}

static void
client_serve(int fd)
{
	const struct timeval limit = { SILENCE_S, 0 };
	char line[COMMAND_MAX];
	struct buf answer;
	size_t n;
	bool ok;

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (!line_read(fd, line, sizeof(line), &n))
		return;
	buf_init(&answer, ANSWER_MAX);
	ok = command_run(span_trim(span_make(line, n)), &answer);
	answer_write(fd, ok ? SPAN("ok\n") : SPAN("error\n"));
	answer_write(fd, buf_span(&answer));
	buf_free(&answer);
}

static void *
control_thread(void *unused)
{
	(void)unused;
	for (;;) {
		int fd = accept(control_fd, NULL, NULL);

		if (fd < 0 && errno == EBADF)
			return NULL;
		if (fd < 0) {
			(void)nanosleep(
			    &(struct timespec){ 0, 10000000 }, NULL);
			continue;
		}
		client_serve(fd);
		(void)close(fd);
	}
}

void
control_reload(void)
{
	struct buf ignored;

	buf_init(&ignored, 65536);
	(void)reload(&ignored);
	buf_free(&ignored);
}

static void *
reload_thread(void *unused)
{
	sigset_t set;
	int signal_number;

	(void)unused;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGUSR1);
	while (sigwait(&set, &signal_number) == 0)
		control_reload();
	return NULL;
}

void
control_start(void)
{
	pthread_t thread;

	if (control_fd >= 0 && thread_start(&thread, control_thread, NULL))
		(void)pthread_detach(thread);
	if (thread_start(&thread, reload_thread, NULL))
		(void)pthread_detach(thread);
}

void
control_close(void)
{
	if (control_fd >= 0)
		(void)unlink(control_path);
}
