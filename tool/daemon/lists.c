/*
 * verdict lists: what the daemon knows of each list in DNS: whether it is
 * well, and what came of asking it.
 */
#include "config.h"

#include <getopt.h>

#include "tool/base/tool.h"

static int
lists_print(const char *file, bool json)
{
	struct snapshot *s = tool_settings(file);
	struct buf answer;
	int status = EXIT_OK;
	const char *why;

	if (s == NULL)
		return EXIT_CONFIG;
	buf_init(&answer, (size_t)16 << 20);
	if (!tool_control_text(s->config.control, json ? "lists json" : "lists",
		&answer, &why))
		status = tool_fail(EXIT_UNAVAILABLE, "control socket %s: %s",
		    s->config.control, why);
	else if (!json && span_find(buf_span(&answer), '\n') + 1 == answer.n)
		(void)tool_fail(0, "the rules ask no list in DNS");
	tool_print(&answer);
	snapshot_unref(&s);
	return status;
}

static int
lists_run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	const char *file = NULL;
	bool json = false;
	int c;

	while ((c = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			file = optarg;
			break;
		case 'j':
			json = true;
			break;
		default:
			return tool_usage();
		}
	}
	return optind < argc ? tool_usage() : lists_print(file, json);
}

extern const struct command command_lists;
const struct command command_lists = {
	.name = "lists",
	.usage = "[--json] [-c FILE]",
	.help = "the DNS lists that rules ask: whether they are well, and hits",
	.run = lists_run,
};
