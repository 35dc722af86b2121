/*
 * verdict compile: builds the databases of Hyperscan for the patterns of the
 * rules and leaves them in the cache, from which the daemon takes them at its
 * next start or reload. A process of its own, because it may take minutes and
 * hundreds of megabytes.
 */
#include "config.h"

#include <getopt.h>
#include <unistd.h>

#include "policy/load/pattern_cache.h"
#include "tool/base/tool.h"

struct compiling {
	bool quiet;
	size_t built;
};

static void
compile_report(void *ctx, const struct pattern_build *b)
{
	struct compiling *c = ctx;

	c->built += b->fresh;
	if (c->quiet)
		return;
	(void)printf("%s%-24.*s%s %6zu patterns: %s%s%s\n", tool_bold(),
	    SPAN_FMT(b->name), tool_plain(), b->patterns,
	    b->why != NULL ? tool_red() : "",
	    b->why != NULL ? b->why
	    : b->fresh     ? "compiled"
	    : b->wanted    ? "was compiled"
			   : "PCRE2 alone",
	    b->why != NULL ? tool_plain() : "");
}

size_t
compile_missing(struct snapshot *s)
{
	struct compiling c = { .quiet = true };

	if (s->pattern_sets_compiled == s->pattern_sets ||
	    access(s->config.state, W_OK) != 0)
		return 0;
	(void)pattern_cache_build(s, compile_report, &c);
	return c.built;
}

static int
compile_run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "rules", required_argument, NULL, 'r' },
		{ NULL, 0, NULL, 0 },
	};
	const char *file = NULL, *rules = NULL;
	struct compiling compiling = { 0 };
	struct snapshot *s;
	bool ok;
	int c;

	while ((c = getopt_long(argc, argv, "c:r:", options, NULL)) != -1) {
		if (c == 'c')
			file = optarg;
		else if (c == 'r')
			rules = optarg;
		else
			return tool_usage();
	}
	if (optind < argc)
		return tool_usage();
	s = tool_load(file, rules);
	if (s == NULL)
		return EXIT_CONFIG;
	ok = pattern_cache_build(s, compile_report, &compiling);
	snapshot_unref(&s);
	return ok ? EXIT_OK : EXIT_FAILED;
}

extern const struct command command_compile;
const struct command command_compile = {
	.name = "compile",
	.usage = "[-c FILE] [--rules FILE|DIR]",
	.help = "compile the patterns of the rules for the daemon",
	.run = compile_run,
};
