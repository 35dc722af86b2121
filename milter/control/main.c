/*
 * verdict-milter(8): reads its arguments and configuration, opens what needs
 * privileges, gives them up and hands over to the engine that
 * speaks with the MTA.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "milter/alert/alert.h"
#include "milter/control/control.h"
#include "milter/control/list_watch.h"
#include "milter/control/metric_sources.h"
#include "milter/control/weather_thread.h"
#include "milter/count/counters.h"
#include "milter/count/metrics.h"
#include "milter/daemon/daemon.h"
#include "milter/daemon/log.h"
#include "milter/daemon/memory.h"
#include "milter/daemon/process.h"
#include "milter/engine/engine.h"
#include "milter/protocol/callbacks.h"
#include "milter/protocol/report.h"
#include "milter/protocol/watchdog.h"
#include "milter/report/report_post.h"
#include "policy/base/file.h"
#include "policy/content/content_of.h"
#include "policy/copy/copy.h"
#include "policy/dns/dns_conf.h"
#include "policy/journal/journal.h"
#include "policy/judge/crash.h"
#include "policy/judge/sessions.h"
#include "policy/learn/learner.h"
#include "policy/lists/dnslist_health.h"
#include "policy/lists/list_lookup.h"
#include "policy/load/checks.h"
#include "policy/load/config_places.h"
#include "policy/load/rules_origin.h"
#include "policy/load/snapshot_load.h"
#include "policy/memory/canary.h"
#include "policy/message/decision_id.h"
#include "policy/reader/reader.h"
#include "policy/report/report_book.h"
#include "policy/store/store_conf.h"
#include "rules/base/panic.h"
#include "rules/match/patterns.h"
#include "rules/source/diag.h"

#define CONFIG_FILE CONFDIR "/verdict.conf"

struct options {
	const char *file;
	bool file_given;
	bool foreground;
	bool test;
	bool list; /* the metrics */
};

static void
usage(FILE *to)
{
	(void)fprintf(to,
	    "usage: verdict-milter [-fmtV] [-c FILE]\n"
	    "  -c FILE  configuration (default %s)\n"
	    "  -f       stay in the foreground, log to standard error\n"
	    "  -m       list the metrics and exit\n"
	    "  -t       test the configuration and exit\n"
	    "  -V       print version and features\n",
	    CONFIG_FILE);
}

static void
version(void)
{
	char features[PATTERNS_FEATURES_MAX], engine[64];

	engine_of(ENGINE_LIBMILTER)->version(engine, sizeof(engine));
	(void)printf("verdict-milter %s\npatterns: %s\nbuilt with: %s, %s\n",
	    PACKAGE_VERSION, patterns_features(features), BUILD_LIBRARIES,
	    engine);
}

/* By the tables that the daemon writes them from. */
static void
list_metrics(void)
{
	struct counters *c = counters_new(&checks_standard, 0);
	struct buf out;

	daemon_self()->counters = c;
	buf_init(&out, (size_t)1024 * 1024);
	metric_list(&metric_sources, &out);
	(void)fwrite(out.p, 1, out.n, stdout);
	buf_free(&out);
	daemon_self()->counters = NULL;
	counters_free(&c);
}

static bool
options_read(int argc, char **argv, struct options *o)
{
	int c;

	*o = (struct options){ .file = CONFIG_FILE };
	while ((c = getopt(argc, argv, "c:fmtVh")) != -1) {
		switch (c) {
		case 'c':
			o->file = optarg;
			o->file_given = true;
			break;
		case 'f':
			o->foreground = true;
			break;
		case 'm':
			o->list = true;
			break;
		case 't':
			o->test = true;
			break;
		case 'V':
			version();
			exit(0);
		case 'h':
			usage(stdout);
			exit(0);
		default:
			usage(stderr);
			return false;
		}
	}
	if (optind < argc) {
		usage(stderr);
		return false;
	}
	return true;
}

/* An absent default file is an empty one; one that was named must be there. */
static struct snapshot *
first_snapshot(const struct options *o, struct arena *a)
{
	struct daemon *d = daemon_self();
	struct snapshot *s;
	struct diags diags;
	struct buf report;

	diags_init(&diags, a);
	d->source.file =
	    o->file_given || access(o->file, F_OK) == 0 ? o->file : NULL;
	s = snapshot_load(&d->source, &diags);
	buf_init(&report, 65536);
	diags_print(&diags, &report, isatty(STDERR_FILENO) == 1);
	if (report.n > 0)
		(void)fwrite(report.p, 1, report.n, stderr);
	buf_free(&report);
	return s;
}

/* What the daemon would find out later: at its start, or at a reload. */
static bool
places_tell(const struct snapshot *s, struct arena *a)
{
	struct diags diags;
	struct buf report;

	diags_init(&diags, a);
	(void)config_places(s, &diags);
	buf_init(&report, 65536);
	diags_print(&diags, &report, isatty(STDERR_FILENO) == 1);
	if (report.n > 0)
		(void)fwrite(report.p, 1, report.n, stderr);
	buf_free(&report);
	if (diags.errors == 0)
		(void)printf("%s\nno errors\n", rules_origin(s, a));
	return diags.errors == 0;
}

static bool
resolver_begin(const struct config *c, const char **why)
{
	struct daemon *d = daemon_self();

	d->judge.resolver = dns_conf_resolver(c, why);
	return d->judge.resolver != NULL;
}

/* Its threads are started here, so after fork and with the user's rights. */
static bool
store_begin(const struct config *c, struct arena *a, const char **why)
{
	struct daemon *d = daemon_self();
	char problem[STORE_WHY_MAX] = "";

	d->judge.store = store_conf_open(c, a, alert_of_judge, NULL, problem);
	if (d->judge.store == NULL)
		*why = arena_strdup(a, span_of(problem));
	return d->judge.store != NULL;
}

/* The decision ids' counter begins anywhere, so that a restart within the
 * same second repeats none. */
static uint32_t
any_number(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint32_t)ts.tv_nsec ^ ((uint32_t)getpid() << 8);
}

static struct snapshot *
snapshot_of_daemon(void *ctx)
{
	(void)ctx;
	return daemon_snapshot();
}

static void
judge_begin(void)
{
	static char hostname[256];
	struct daemon *d = daemon_self();

	if (gethostname(hostname, sizeof(hostname) - 1) != 0)
		(void)strcpy(hostname, "localhost");
	d->version = PACKAGE_VERSION;
	d->judge.clock = clock_system;
	d->judge.hostname = hostname;
	d->judge.ids = decision_ids_new(span_of(hostname), any_number());
	room_init(&d->room);
	d->judge.sessions = sessions_new();
	d->judge.snapshot = snapshot_of_daemon;
	d->judge.room = &d->room;
	d->judge.judged = report_verdict;
	d->judge.alert = alert_of_judge;
	d->counters = counters_new(
	    &checks_standard, clock_system.unix_s(clock_system.ctx));
}

/*
 * In all threads that are started from here on: SIGUSR1 is the control
 * thread's. Those that end the process are the engine's, which waits for them
 * in a thread of its own; a thread that did not block them would let them kill
 * the process before journal and store are written.
 */
static void
signals_block(void)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);
	(void)sigaddset(&set, SIGUSR1);
	(void)sigaddset(&set, SIGPIPE);
	(void)pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static void
descriptors_raise(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
	    limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/* To the terminal, also from the background, and there to the log too. */
static void
service_failed(const struct options *o, const struct config *c, const char *why)
{
	log_abandon();
	(void)fprintf(stderr, "verdict-milter: %s\n", why);
	if (o->test || o->foreground || c->log.index != LOG_SYSLOG)
		return;
	log_open(true);
	log_write(LOG_LEVEL_ERROR, "%s", why);
	log_flush_join();
}

/* All that may need root, in order; what fails says why. */
static bool
service_open(const struct options *o, const struct config *c, struct arena *a,
    const char **why)
{
	if (!o->foreground && !process_background(a, why))
		return false;
	engine_choose((enum engine_kind)c->engine.index);
	return engine_chosen()->open(c, &callbacks, a, why) &&
	       control_open(c, a, why) &&
	       process_pid_file(c->pid_file, a, why) &&
	       process_drop(c, a, why) && process_state_lock(c, a, why) &&
	       resolver_begin(c, why) && store_begin(c, a, why);
}

/* Without it mail is judged all the same. */
static void
crash_memory_begin(const struct config *c)
{
	struct arena *a = arena_new();
	const char *why;
	size_t left = 0;

	daemon_self()->judge.crash =
	    crash_open(arena_printf(a, "%s/in-flight", c->state),
		clock_system.unix_s(clock_system.ctx), &left, a, &why);
	if (daemon_self()->judge.crash == NULL)
		log_write(LOG_LEVEL_WARN,
		    "messages that end the process will not be known again: "
		    "%s",
		    why);
	else if (left > 0) {
		const char *text = arena_printf(a,
		    "the process died while it read %zu %s when %s again", left,
		    left == 1 ? "message: its content will not be looked at"
			      : "messages: they are read one at a time",
		    left == 1 ? "it comes" : "they come");

		alert_raise("crash", text);
	}
	arena_free(&a);
}

static void
lists_begin(void)
{
	struct snapshot *s = daemon_snapshot();
	struct daemon *d = daemon_self();
	const struct dnslist_health_options o = {
		.resolver = d->judge.resolver,
		.clock = d->judge.clock,
		.alert = alert_of_judge,
	};

	d->lists = dnslist_health_new(&o);
	dnslist_health_watch(d->lists, dnslists_of(s));
	snapshot_unref(&s);
}

/* What a user takes out of Junk speaks against the rule that put it there. */
static bool
taught_of_daemon(void *ctx, struct span id, bool spam)
{
	const struct services *judge = &daemon_self()->judge;
	int64_t now_s = judge->clock.unix_s(judge->clock.ctx);

	(void)ctx;
	if (spam || !canary_decides(judge->store, id, now_s))
		return false;
	if (canary_lesson(judge->store, id, now_s))
		alert_raise("canary", CANARY_ALERT);
	return true;
}

/* Read at start, so its texts live as long as the process. */
static void
learner_begin(const struct config *c)
{
	static struct store_options hosts;
	char why[STORE_WHY_MAX];
	struct learner_options o = {
		.dir = c->state,
		.clock = clock_system,
		.alert = alert_of_judge,
		.taught = taught_of_daemon,
		.keep_s = c->learn_keep.ms / 1000,
		.kept_max = c->learn_kept,
	};

	if (!c->learn)
		return;
	if (store_conf_options(c, arena_new(), &hosts, why) &&
	    hosts.engine == STORE_REDIS) {
		hosts.alert = alert_of_judge;
		o.hosts = &hosts;
	}
	daemon_self()->judge.learner = learner_new(&o);
}

/* The helper is there before the first document is, if any are read. */
static void
documents_begin(struct daemon *d)
{
	struct snapshot *s = daemon_snapshot();

	d->judge.reader = reader_new(&d->judge, NULL);
	if (content_reads_documents(s))
		reader_warm(d->judge.reader);
	snapshot_unref(&s);
}

/* The lists' own thread begins with probing each. */
static void
lists_start(void)
{
	if (!dnslist_health_start(daemon_self()->lists))
		log_write(LOG_LEVEL_WARN, "no thread to watch over DNS lists");
}

static void
resolver_warn(void)
{
	const char *warning = resolver_warning(daemon_self()->judge.resolver);

	if (warning != NULL)
		log_write(LOG_LEVEL_WARN, "%s", warning);
}

static int
service_run(const struct options *o, const struct config *c)
{
	struct daemon *d = daemon_self();
	bool in_order;

	log_open(!o->foreground && c->log.index == LOG_SYSLOG);
	signals_block();
	daemon_keep_journal(c);
	daemon_keep_reports(c);
	learner_begin(c);
	control_start();
	watch_start();
	crash_memory_begin(c);
	alert_start();
	report_post_start();
	checks_open(&d->judge);
	documents_begin(d);
	lists_start();
	weather_start();
	metrics_start(c->metrics, &metric_sources);
	watchdog_start();
	log_write(LOG_LEVEL_INFO, "verdict-milter %s takes connections on %s",
	    PACKAGE_VERSION, c->listen);
	resolver_warn();
	control_log_rules();
	control_log_patterns();
	process_ready();
	in_order = engine_chosen()->run();
	process_notify("STOPPING=1");
	crash_leave(daemon_self()->judge.crash);
	report_post_end_join();
	report_book_end_join(d->reports);
	journal_end_join(d->journal);
	copy_end_join(d->copy);
	learner_end_join(d->judge.learner);
	log_write(LOG_LEVEL_INFO, "verdict-milter ends");
	control_close();
	process_pid_remove(c->pid_file);
	(void)store_flush(daemon_self()->judge.store);
	log_flush_join();
	/* Sessions that the engine has left behind still hold what is global:
	 * nothing is torn down. */
	_exit(in_order ? 0 : 1);
}

int
main(int argc, char **argv)
{
	struct arena *arena;
	struct options options;
	struct snapshot *first;
	const struct config *c;
	const char *why = NULL;

	memory_settle();
	if (!options_read(argc, argv, &options))
		return 64;
	if (options.list) {
		list_metrics();
		return 0;
	}
	arena = arena_new();
	first = first_snapshot(&options, arena);
	if (first == NULL)
		return 78;
	if (options.test)
		return places_tell(first, arena) ? 0 : 78;
	daemon_begin(first);
	c = daemon_config_at_start();
	judge_begin();
	descriptors_raise();
	signals_block();
	if (!service_open(&options, c, arena, &why)) {
		service_failed(&options, c, why);
		return 1;
	}
	lists_begin();
	return service_run(&options, c);
}
