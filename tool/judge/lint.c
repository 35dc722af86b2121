/*
 * verdict lint: is the configuration right, and what does it come to?
 */
#include "config.h"

#include <getopt.h>
#include <string.h>

#include "tool/base/tool.h"

struct show {
	struct buf out;
	struct arena *arena;
};

static void
show_setting(void *ctx, const struct setting_row *row, const void *base,
    const char *origin)
{
	struct show *s = ctx;
	struct buf value;

	buf_init(&value, 65536);
	setting_format(row, base, &value);
	(void)buf_printf(&s->out, "%s%-24s%s %-32.*s %s# %s; %s%s%s\n",
	    tool_bold(), row->key, tool_plain(), SPAN_FMT(buf_span(&value)),
	    tool_dim(), origin == NULL ? "default" : origin,
	    row->at_start ? "at start; " : "", row->help, tool_plain());
	buf_free(&value);
}

static int
lint_run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "show", no_argument, NULL, 's' },
		{ "config", required_argument, NULL, 'c' },
		{ "rules", required_argument, NULL, 'r' },
		{ NULL, 0, NULL, 0 },
	};
	const char *file = NULL, *rules = NULL;
	bool show = false, verbose = false;
	struct snapshot *s;
	int c;

	while ((c = getopt_long(argc, argv, "c:r:sv", options, NULL)) != -1) {
		if (c == 'c')
			file = optarg;
		else if (c == 'r')
			rules = optarg;
		else if (c == 's')
			show = true;
		else if (c == 'v')
			verbose = true;
		else
			return tool_usage();
	}
	if (optind < argc)
		return tool_usage();
	s = tool_load(file, rules);
	if (s == NULL)
		return EXIT_CONFIG;
	if (show) {
		struct show all = { .arena = s->arena };

		buf_init(&all.out, (size_t)4 << 20);
		config_each(&s->parts, show_setting, &all);
		tool_print(&all.out);
	} else if (verbose) {
		rules_print(s, true);
	} else {
		(void)printf("%sno errors%s\n", tool_green(), tool_plain());
	}
	(void)compile_missing(s);
	snapshot_unref(&s);
	return EXIT_OK;
}

extern const struct command command_lint;
const struct command command_lint = {
	.name = "lint",
	.usage = "[-v] [--show] [-c FILE] [--rules FILE|DIR]",
	.help = "check configuration and rules; --show prints every setting",
	.run = lint_run,
};
