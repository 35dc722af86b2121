/*
 * verdict stats: how things stand, from the running daemon's own numbers.
 */
#include "config.h"

#include <getopt.h>
#include <unistd.h>

#include "tool/base/tool.h"
#include "tool/daemon/stats_hosts.h"
#include "tool/daemon/stats_print.h"
#include "tool/daemon/stats_watch.h"

#define ANSWER_MAX ((size_t)64 << 20)
#define WATCH_S    2

/* ---- asking -------------------------------------------------------------- */

/* JSON as it came, a page of a terminal, or all of it. */
enum form { FORM_JSON, FORM_SCREEN, FORM_TEXT };

static int
stats_show(const char *socket, enum form form)
{
	struct arena *a = arena_new();
	struct jsonr_doc *doc = NULL;
	struct buf answer, out;
	const char *why = NULL;
	int status = EXIT_OK;

	buf_init(&answer, ANSWER_MAX);
	buf_init(&out, ANSWER_MAX);
	if (!tool_control(socket, "stats", &answer, &why))
		status = tool_fail(EXIT_UNAVAILABLE, "%s: %s", socket, why);
	else if (form == FORM_JSON)
		(void)buf_add(&out, buf_span(&answer));
	else if ((doc = jsonr_parse(buf_span(&answer), a, &why)) == NULL)
		status = tool_fail(EXIT_UNAVAILABLE, "%s: %s", socket, why);
	else if (form == FORM_SCREEN)
		stats_watch_show(jsonr_top(doc), a);
	else
		stats_print(&out, jsonr_top(doc), a);
	tool_print(&out);
	(void)fflush(stdout);
	buf_free(&answer);
	jsonr_free(&doc);
	arena_free(&a);
	return status;
}

/* Redraws until the daemon is gone or somebody has enough. */
static int
stats_watch(const char *socket, bool json, int64_t seconds)
{
	enum form form = json                         ? FORM_JSON
			 : isatty(STDOUT_FILENO) == 1 ? FORM_SCREEN
						      : FORM_TEXT;
	int status;

	if (form == FORM_SCREEN)
		stats_watch_begin();
	do
		status = stats_show(socket, form);
	while (status == EXIT_OK && stats_watch_wait(1000 * seconds));
	return status;
}

static int
stats_run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "watch", optional_argument, NULL, 'w' },
		{ "all-hosts", no_argument, NULL, 'a' },
		{ "config", required_argument, NULL, 'c' },
		{ NULL, 0, NULL, 0 },
	};
	const char *file = NULL;
	bool json = false, all = false;
	uint64_t seconds = 0;
	struct snapshot *s;
	int c, status;

	while ((c = getopt_long(argc, argv, "c:jw", options, NULL)) != -1) {
		if (c == 'c')
			file = optarg;
		else if (c == 'j')
			json = true;
		else if (c == 'a')
			all = true;
		else if (c == 'w' && optarg == NULL)
			seconds = WATCH_S;
		else if (c != 'w' || !span_number(span_of(optarg), &seconds))
			return tool_usage();
	}
	/* "--watch 5" as well as "--watch=5". */
	if (seconds > 0 && optind + 1 == argc &&
	    span_number(span_of(argv[optind]), &seconds))
		optind++;
	if (optind < argc || seconds > 86400 || (all && seconds > 0))
		return tool_usage();
	s = tool_settings(file);
	if (s == NULL)
		return EXIT_CONFIG;
	status =
	    all ? stats_hosts(s->config.journal_copy, json)
	    : seconds > 0
		? stats_watch(s->config.control, json, (int64_t)seconds)
		: stats_show(s->config.control, json ? FORM_JSON : FORM_TEXT);
	snapshot_unref(&s);
	return status;
}

extern const struct command command_stats;
const struct command command_stats = {
	.name = "stats",
	.usage = "[--json] [--watch [SECONDS] | --all-hosts] [-c FILE]",
	.help = "how things stand: rates, verdicts, rules, DNS, bounces",
	.run = stats_run,
};
