/*
 * verdict(1): finds the subcommand and runs it.
 */
#include "config.h"

#include <string.h>

#include "rules/diag.h"
#include "tool/tool.h"

#define COMMAND(name) extern const struct command command_##name;
#include "tool/commands.def"
#undef COMMAND

#define COMMAND(name) &command_##name,
static const struct command *const commands[] = {
#include "tool/commands.def"
};
#undef COMMAND

static const struct command *
command_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_COUNT(commands); i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

int
tool_usage(const char *name)
{
	const struct command *c = command_find(name);

	(void)fprintf(stderr, "usage: verdict %s %s\n", c->name, c->usage);
	return EXIT_USAGE;
}

static void
help(FILE *to)
{
	(void)fputs("usage: verdict COMMAND [ARGUMENT ...]\n\n", to);
	for (size_t i = 0; i < ARRAY_COUNT(commands); i++)
		(void)fprintf(
		    to, "  %-9s %s\n", commands[i]->name, commands[i]->help);
	(void)fputs("\nverdict(1) describes them.\n", to);
}

int
main(int argc, char **argv)
{
	const struct command *c;

	if (argc < 2) {
		help(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)
		argv[1][0] = '\0';
	if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 ||
	    strcmp(argv[1], "-h") == 0) {
		help(stdout);
		return EXIT_OK;
	}
	c = command_find(argv[1][0] == '\0' ? "version" : argv[1]);
	if (c == NULL) {
		const char *names[ARRAY_COUNT(commands)];
		const char *near;

		for (size_t i = 0; i < ARRAY_COUNT(commands); i++)
			names[i] = commands[i]->name;
		near =
		    diag_suggest(span_of(argv[1]), names, ARRAY_COUNT(names));
		(void)fprintf(
		    stderr, "verdict: there is no command \"%s\"", argv[1]);
		if (near != NULL)
			(void)fprintf(stderr, "; did you mean \"%s\"?", near);
		(void)fputs("\n\n", stderr);
		help(stderr);
		return EXIT_USAGE;
	}
	return c->run(argc - 1, argv + 1);
}
