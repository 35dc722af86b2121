/*
 * The subcommands that ask the running daemon one thing: reload, status; and
 * version, which asks nobody.
 */
#include "config.h"

#include <getopt.h>

#include "rules/match/patterns.h"
#include "tool/base/tool.h"

/* The daemon that -c means. */
struct asked {
	const char *file;
	struct snapshot *settings;
};

/* EXIT_OK, or what is wrong; settings may be NULL then. */
static int
asked_read(int argc, char **argv, struct asked *out)
{
	int c;

	*out = (struct asked){ 0 };
	while ((c = getopt(argc, argv, "c:")) != -1) {
		if (c != 'c')
			return tool_usage();
		out->file = optarg;
	}
	if (optind < argc)
		return tool_usage();
	out->settings = tool_settings(out->file);
	return out->settings == NULL ? EXIT_CONFIG : EXIT_OK;
}

/* What is printed beside an answer; each may be NULL. */
struct words {
	const char *done;    /* behind it */
	const char *none;    /* in place of one that is empty */
	const char *refused; /* when the daemon said no */
};

#define ANSWER_MAX ((size_t)64 << 20)

static int
ask_at(const char *path, const char *line, const struct words *words)
{
	struct buf answer;
	const char *why;
	int status = EXIT_OK;

	buf_init(&answer, 4 * ANSWER_MAX);
	if (!tool_control_text(path, line, &answer, &why)) {
		status = EXIT_UNAVAILABLE;
		(void)fprintf(stderr, "%.*s", SPAN_FMT(buf_span(&answer)));
		if (answer.n == 0 || words->refused == NULL)
			(void)tool_fail(0, "control socket %s: %s",
			    path[0] == '\0' ? "(none)" : path, why);
		else
			(void)tool_fail(0, "%s", words->refused);
		buf_clear(&answer);
	} else if (words->done != NULL) {
		(void)buf_printf(&answer, "%s\n", words->done);
	} else if (words->none != NULL && answer.n == 0) {
		(void)tool_fail(0, "%s", words->none);
	}
	tool_print(&answer);
	return status;
}

static int
ask(int argc, char **argv, const char *line, const char *none)
{
	const struct words words = { .none = none };
	struct asked asked;
	int status = asked_read(argc, argv, &asked);

	if (status == EXIT_OK)
		status = ask_at(asked.settings->config.control, line, &words);
	snapshot_unref(&asked.settings);
	return status;
}

/*
 * The daemon serves new rules at once; then their patterns are compiled here,
 * and it is asked again to take the result.
 */
static int
reload_run(int argc, char **argv)
{
	static const struct words reloaded = { .done = "reloaded",
		.refused = "not reloaded: the old configuration stays in "
			   "force" };
	static const struct words compiled = { .done = "patterns compiled" };
	struct asked asked;
	int status = asked_read(argc, argv, &asked);
	struct snapshot *s;

	tool_control_patience(TOOL_WORK_S);
	if (status == EXIT_OK)
		status =
		    ask_at(asked.settings->config.control, "reload", &reloaded);
	s = status == EXIT_OK ? tool_load_quietly(asked.file) : NULL;
	if (s != NULL && compile_missing(s) > 0)
		status =
		    ask_at(asked.settings->config.control, "reload", &compiled);
	snapshot_unref(&s);
	snapshot_unref(&asked.settings);
	return status;
}

static int
status_run(int argc, char **argv)
{
	return ask(argc, argv, "status", NULL);
}

static int
compare_run(int argc, char **argv)
{
	return ask(argc, argv, "compare",
	    "no difference so far; only with \"compare on\" others judge too");
}

static int
version_run(int argc, char **argv)
{
	char features[PATTERNS_FEATURES_MAX];

	(void)argc;
	(void)argv;
	(void)printf("verdict %s\npatterns: %s\nbuilt with: %s\n",
	    PACKAGE_VERSION, patterns_features(features), BUILD_LIBRARIES);
	return EXIT_OK;
}

extern const struct command command_compare, command_reload, command_status,
    command_version;
const struct command command_compare = {
	.name = "compare",
	.usage = "[-c FILE]",
	.help = "domains of which the libraries of others think otherwise",
	.run = compare_run,
};
const struct command command_reload = {
	.name = "reload",
	.usage = "[-c FILE]",
	.help = "make the daemon read its configuration again, or say why not",
	.run = reload_run,
};
const struct command command_status = {
	.name = "status",
	.usage = "[-c FILE]",
	.help = "what the daemon is doing",
	.run = status_run,
};
const struct command command_version = {
	.name = "version",
	.usage = "",
	.help = "version and features",
	.run = version_run,
};
