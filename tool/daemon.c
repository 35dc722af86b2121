/*
 * The subcommands that ask the running daemon one thing: reload, status; and
 * version, which asks nobody.
 */
#include "config.h"

#include <getopt.h>

#include "rules/patterns.h"
#include "tool/tool.h"

/* The control socket of the configuration that -c names. */
static const char *
control_path(int argc, char **argv, const char *name, struct snapshot **s)
{
	const char *file = NULL;
	int c;

	while ((c = getopt(argc, argv, "c:")) != -1) {
		if (c != 'c') {
			(void)tool_usage(name);
			return NULL;
		}
		file = optarg;
	}
	/* Wrong rules are the daemon's to judge; here only the path counts. */
	*s = tool_load(file, "/dev/null");
	return *s == NULL ? NULL : (*s)->config.control;
}

/* Prints the answer, then done, if there is such a word, and in place of an
 * empty answer none. */
static int
ask_at(const char *path, const char *line, const char *done, const char *none)
{
	struct buf answer;
	const char *why;
	int status = EXIT_OK;

	buf_init(&answer, (size_t)64 << 20);
	if (!tool_control(path, line, &answer, &why))
		status = tool_fail(EXIT_UNAVAILABLE, "control socket %s: %s",
		    path[0] == '\0' ? "(none)" : path, why);
	else if (done != NULL)
		(void)buf_printf(&answer, "%s\n", done);
	else if (none != NULL && answer.n == 0)
		(void)tool_fail(0, "%s", none);
	tool_print(&answer);
	return status;
}

static int
ask(int argc, char **argv, const char *line, const char *none)
{
	struct snapshot *s = NULL;
	const char *path = control_path(argc, argv, argv[0], &s);
	int status = EXIT_CONFIG;

	if (path != NULL)
		status = ask_at(path, line, NULL, none);
	snapshot_unref(&s);
	return status;
}

/*
 * The daemon serves new rules at once; then their patterns are compiled here,
 * and it is asked again to take the result.
 */
static int
reload_run(int argc, char **argv)
{
	struct snapshot *s = NULL;
	const char *path = control_path(argc, argv, argv[0], &s);
	int status;

	if (path == NULL)
		return EXIT_CONFIG;
	status = ask_at(path, "reload", "reloaded", NULL);
	if (status == EXIT_OK && compile_missing(s) > 0)
		status = ask_at(path, "reload", "patterns compiled", NULL);
	snapshot_unref(&s);
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
