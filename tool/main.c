/*
 * verdict(1): finds the subcommand and runs it.
 */
#include "config.h"

#include <string.h>

#include "rules/source/diag.h"
#include "tool/base/tool.h"

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

static void
help(FILE *to)
{
	(void)fputs("usage: verdict COMMAND [ARGUMENT ...]\n\n", to);
	for (size_t i = 0; i < ARRAY_COUNT(commands); i++)
		(void)fprintf(
		    to, "  %-9s %s\n", commands[i]->name, commands[i]->help);
	(void)fputs("\nverdict(1) describes them.\n", to);
}

static int
command_help(const struct command *c)
{
	(void)printf("usage: verdict %s %s\n\n%s\nverdict(1) says more.\n",
	    c->name, c->usage, c->help);
	return EXIT_OK;
}

static int
no_command(const char *name)
{
	const char *names[ARRAY_COUNT(commands)];
	const char *near;

	for (size_t i = 0; i < ARRAY_COUNT(commands); i++)
		names[i] = commands[i]->name;
	near = diag_suggest(span_of(name), names, ARRAY_COUNT(names));
	(void)fprintf(stderr, "verdict: there is no command \"%s\"", name);
	if (near != NULL)
		(void)fprintf(stderr, "; did you mean \"%s\"?", near);
	(void)fputs("\n\n", stderr);
	help(stderr);
	return EXIT_USAGE;
}

static bool
asks_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static int
command_run(int argc, char **argv)
{
	const char *name = argv[1];
	bool wants_help = asks_help(name) || strcmp(name, "help") == 0;
	const struct command *c;

	if (wants_help && argc == 2) {
		help(stdout);
		return EXIT_OK;
	}
	if (wants_help)
		name = argv[2];
	else if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0)
		name = "version";
	c = command_find(name);
	if (c == NULL)
		return no_command(name);
	if (wants_help || (argc > 2 && asks_help(argv[2])))
		return command_help(c);
	return tool_run(c, argc - 1, argv + 1);
}

int
main(int argc, char **argv)
{
	int status;

	if (argc < 2) {
		help(stderr);
		return EXIT_USAGE;
	}
	status = command_run(argc, argv);
	if ((fflush(stdout) != 0 || ferror(stdout) != 0) && status == EXIT_OK)
		return tool_fail(EXIT_IO, "the output can't be written");
	return status;
}
