/*
 * The control socket and SIGUSR1: reload, and questions about the process.
 */
#include "config.h"

#include "milter/control/control.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "milter/control/control_socket.h"
#include "milter/control/metric_sources.h"
#include "milter/count/compare_tally.h"
#include "milter/count/stats.h"
#include "milter/daemon/daemon.h"
#include "milter/daemon/log.h"
#include "milter/daemon/process.h"
#include "milter/engine/engine.h"
#include "milter/protocol/callbacks.h"
#include "policy/base/share.h"
#include "policy/base/thread.h"
#include "policy/learn/learn_command.h"
#include "policy/lists/dnslist_health.h"
#include "policy/load/rules_origin.h"
#include "policy/load/versions.h"
#include "policy/store/store_command.h"

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

static bool
shipped_now(void)
{
	struct snapshot *s = daemon_snapshot();
	bool shipped = rules_are_shipped(s);

	snapshot_unref(&s);
	return shipped;
}

void
control_log_rules(void)
{
	struct snapshot *s = daemon_snapshot();
	struct arena *a = arena_new();

	log_write(LOG_LEVEL_INFO, "%s", rules_origin(s, a));
	arena_free(&a);
	snapshot_unref(&s);
}

/* The first file of one's own, or the last that went. */
static void
reload_tell_shipped(bool before, struct buf *report)
{
	bool now = shipped_now();

	if (before != now)
		(void)buf_addz(report,
		    now ? "the shipped rules are in force now: no file "
			  "matches the setting rules\n"
			: "the shipped rules are no longer in force: files "
			  "match the setting rules now, and stand in for "
			  "them\n");
}

/* SIGUSR1 and the command do the same. */
static bool
reload(bool ordered, struct buf *answer)
{
	bool shipped = shipped_now();
	struct buf report;
	bool ok;

	process_notify("RELOADING=1");
	buf_init(&report, 65536);
	ok = daemon_reload(ordered, &report);
	if (ok)
		reload_tell_shipped(shipped, &report);
	log_lines(ok ? LOG_LEVEL_WARN : LOG_LEVEL_ERROR, buf_span(&report));
	if (ok) {
		log_write(LOG_LEVEL_INFO, "configuration reloaded");
		control_log_rules();
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
	return reload(true, answer);
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

	int64_t now_s = judge->clock.unix_s(judge->clock.ctx);

	if (judge->store != NULL)
		now_s = store_time(judge->store, now_s);
	return store_command(judge->store, arguments, now_s, answer);
}

static bool
command_learn(struct span line, struct span payload, struct buf *answer)
{
	return learn_command(daemon_self()->judge.learner,
	    &(const struct learn_request){ .line = line, .payload = payload },
	    answer);
}

static const struct {
	const char *name;
	bool (*run)(struct span arguments, struct buf *answer);
	/* Or this one, with the whole line and what follows it. */
	bool (*run_with)(
	    struct span line, struct span payload, struct buf *answer);
} commands[] = {
	{ "state", command_state, NULL },
	{ "reload", command_reload, NULL },
	{ "version", command_version, NULL },
	{ "status", command_status, NULL },
	{ "lists", command_lists, NULL },
	{ "libraries", command_libraries, NULL },
	{ "compare", command_compare, NULL },
	{ "stats", command_stats, NULL },
	{ "learn", NULL, command_learn },
	{ "unlearn", NULL, command_learn },
	{ "learned", NULL, command_learn },
};

static bool
command_is_lesson(struct span line)
{
	struct span name = span_slice(line, 0, span_find(line, ' '));

	for (size_t i = 0; i < ARRAY_COUNT(commands); i++)
		if (span_is(name, commands[i].name))
			return commands[i].run_with != NULL;
	return false;
}

static bool
command_run(struct span line, struct span payload, struct buf *answer)
{
	size_t space = span_find(line, ' ');
	struct span name = span_slice(line, 0, space);
	struct span arguments =
	    space == SIZE_MAX ? SPAN("")
			      : span_trim(span_slice(line, space, line.n));

	for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
		if (!span_is(name, commands[i].name))
			continue;
		return commands[i].run_with != NULL
			   ? commands[i].run_with(line, payload, answer)
			   : commands[i].run(arguments, answer);
	}
	(void)buf_addz(answer, "there is no such command\n");
	return false;
}

/* ---- sockets ------------------------------------------------------------- */

static bool
door_line(struct span line, struct span payload, struct buf *answer)
{
	return learn_command(daemon_self()->judge.learner,
	    &(const struct learn_request){
		.line = line, .payload = payload, .door = true },
	    answer);
}

static struct control_socket control_socket = {
	.setting = "control",
	.mode = 0600,
	.dir_mode = 0700,
	.payload = learn_command_payload,
	.payload_max = LEARN_PAYLOAD_MAX,
	.lesson = command_is_lesson,
	.run = command_run,
	.fd = -1,
};

/* Nothing but lessons goes through it. */
static struct control_socket door_socket = {
	.setting = "learn.socket",
	.mode = 0660,
	.dir_mode = 0750,
	.payload = learn_command_payload,
	.payload_max = LEARN_PAYLOAD_MAX,
	.run = door_line,
	.fd = -1,
};

bool
control_open(const struct config *c, struct arena *a, const char **why)
{
	door_socket.group = c->learn_group;
	return (c->control[0] == '\0' || control_socket_open(&control_socket,
					     c->control, c, a, why)) &&
	       (c->learn_socket[0] == '\0' || !c->learn ||
		   control_socket_open(
		       &door_socket, c->learn_socket, c, a, why));
}

void
control_reload(bool ordered)
{
	struct buf ignored;

	buf_init(&ignored, 65536);
	(void)reload(ordered, &ignored);
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
		control_reload(true);
	return NULL;
}

void
control_start(void)
{
	pthread_t thread;

	control_socket_start(&control_socket);
	control_socket_start(&door_socket);
	if (thread_start(&thread, reload_thread, NULL))
		(void)pthread_detach(thread);
}

void
control_close(void)
{
	control_socket_close(&control_socket);
	control_socket_close(&door_socket);
}
