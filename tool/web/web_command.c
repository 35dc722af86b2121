/*
 * verdict web: pages about what goes on, for a browser. A process of its own,
 * which reads the journal and asks the daemon; mail does not know of it.
 */
#include "config.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/base/clock.h"
#include "policy/base/file.h"
#include "tool/base/tool.h"
#include "tool/web/web.h"

#define WHERE_DEFAULT "127.0.0.1:9898"
/* While there is something to sum up, pages wait this long at most. */
#define WORK_MS 15
#define IDLE_MS 250

struct web_start {
	struct web_options options;
	const char *where, *config, *journal;
	bool public, all_hosts;
};

static volatile sig_atomic_t web_ended;

static void
on_signal(int number)
{
	(void)number;
	web_ended = 1;
}

/* ---- what was asked for ------------------------------------------------------------- */

enum {
	OPT_LISTEN = 256,
	OPT_TRUST,
	OPT_HOST,
	OPT_TEACH,
	OPT_PUBLIC,
	OPT_JOURNAL,
	OPT_ALL_HOSTS
};

static const struct option long_options[] = {
	{ "listen", required_argument, NULL, OPT_LISTEN },
	{ "trust-header", required_argument, NULL, OPT_TRUST },
	{ "host", required_argument, NULL, OPT_HOST },
	{ "teach", no_argument, NULL, OPT_TEACH },
	{ "public", no_argument, NULL, OPT_PUBLIC },
	{ "journal", required_argument, NULL, OPT_JOURNAL },
	{ "all-hosts", no_argument, NULL, OPT_ALL_HOSTS },
	{ "config", required_argument, NULL, 'c' },
	{ NULL, 0, NULL, 0 },
};

static bool
option_read(struct web_start *s, int c, const char *value)
{
	struct web_guard *g = &s->options.guard;

	switch (c) {
	case OPT_LISTEN:
		s->where = value;
		return true;
	case OPT_TRUST:
		g->trust_header = value;
		return value[0] != '\0';
	case OPT_HOST:
		if (g->host_count == WEB_HOSTS_MAX)
			return false;
		g->host[g->host_count++] = value;
		return true;
	case OPT_TEACH:
		s->options.teach = true;
		return true;
	case OPT_PUBLIC:
		s->public = true;
		return true;
	case OPT_JOURNAL:
		s->journal = value;
		return true;
	case OPT_ALL_HOSTS:
		s->all_hosts = true;
		return true;
	case 'c':
		s->config = value;
		return true;
	default:
		return false;
	}
}

/* Whom it would let in without asking. */
static int
where_check(struct web_start *s)
{
	bool local = http_server_local(s->where);
	bool inet = strncmp(s->where, "unix:", 5) != 0;

	if (!http_server_built())
		return tool_fail(EXIT_UNAVAILABLE,
		    "this verdict was built without libmicrohttpd, and has no "
		    "pages");
	if (!local && !s->public)
		return tool_fail(EXIT_USAGE,
		    "%s is not an address that only this machine can reach, "
		    "and these pages ask nobody for a password.\n"
		    "Listen on 127.0.0.1:9898 or unix:/run/verdict/web.sock, "
		    "behind a reverse proxy that knows who may look "
		    "(the guide shows how); or add --public, if "
		    "something else keeps strangers away.",
		    s->where);
	if (!local && s->options.guard.host_count == 0)
		return tool_fail(EXIT_USAGE,
		    "--public wants --host NAME, by which browsers call this "
		    "server: others are turned away");
	s->options.guard.loopback = local && inet;
	return EXIT_OK;
}

/* ---- serving -------------------------------------------------------------------------- */

static void
signals_take(void)
{
	struct sigaction end = { .sa_handler = on_signal };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	(void)sigaction(SIGINT, &end, NULL);
	(void)sigaction(SIGTERM, &end, NULL);
	(void)sigaction(SIGPIPE, &ignore, NULL);
}

static int
web_serve(struct web *w, const char *where)
{
	const struct http_options o = {
		.handle = web_answer,
		.ctx = w,
		.answer_max = WEB_PAGE_MAX,
		.body_max = WEB_BODY_MAX,
	};
	const char *why = "";
	struct http_server *server = http_server_start(where, &o, &why);
	bool ok = true, more = true;

	if (server == NULL)
		return tool_fail(EXIT_UNAVAILABLE,
		    "%s can't be listened on: %s", where, why);
	if (strncmp(where, "unix:", 5) == 0)
		(void)printf("verdict web listens on %s\n", where);
	else
		(void)printf("verdict web: http://%s/\n", where);
	(void)fflush(stdout);
	while (ok && !web_ended) {
		ok = http_server_run(server, more ? 0 : IDLE_MS);
		more = web_work(w, WORK_MS);
	}
	http_server_stop(&server);
	return ok ? EXIT_OK
		  : tool_fail(EXIT_UNAVAILABLE, "the server has failed");
}

static int
web_begin(struct web_start *s)
{
	struct arena *a = arena_new();
	struct snapshot *settings = tool_settings(s->config);
	struct web *w;
	int status = EXIT_CONFIG;

	if (settings != NULL) {
		s->options.control =
		    arena_strdup(a, span_of(settings->config.control));
		s->options.journal = s->journal;
		if (s->all_hosts)
			s->options.journal = arena_strdup(
			    a, span_of(settings->config.journal_copy));
		else if (s->journal == NULL)
			s->options.journal = path_join(
			    arena_strdup(a, span_of(settings->config.state)),
			    "journal.db", a);
		snapshot_unref(&settings);
		if (s->options.journal[0] == '\0') {
			arena_free(&a);
			return tool_fail(EXIT_CONFIG,
			    "--all-hosts shows what the hosts copy to "
			    "PostgreSQL, and journal.copy is not set");
		}
		w = arena_alloc(a, sizeof(*w));
		web_init(w, &s->options);
		signals_take();
		status = web_guard_begin(&s->options.guard)
			     ? web_serve(w, s->where)
			     : tool_fail(EXIT_UNAVAILABLE,
				   "the system has no random octets");
		web_release(w);
	}
	arena_free(&a);
	return status;
}

static int
web_run(int argc, char **argv)
{
	struct web_start s = { .where = WHERE_DEFAULT };
	int c, status;

	while ((c = getopt_long(argc, argv, "c:", long_options, NULL)) != -1)
		if (!option_read(&s, c, optarg))
			return tool_usage();
	if (optind < argc)
		return tool_usage();
	status = where_check(&s);
	return status == EXIT_OK ? web_begin(&s) : status;
}

extern const struct command command_web;
const struct command command_web = {
	.name = "web",
	.usage =
	    "[--listen ADDRESS:PORT|unix:PATH] [--trust-header NAME] "
	    "[--host NAME]\n"
	    "    [--teach] [--public] [--journal FILE | --all-hosts] [-c FILE]",
	.help = "pages about what goes on, for a browser",
	.run = web_run,
};
