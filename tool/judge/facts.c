/*
 * verdict facts: what rules can read, with type, stage and meaning.
 */
#include "config.h"

#include <getopt.h>
#include <string.h>

#include "rules/source/diag.h"
#include "tool/base/tool.h"

static void
fact_print(const struct schema *s, fact_id id)
{
	const struct fact_row *row = schema_row(s, id);
	bool field = schema_group(s, id) != FACT_NONE;

	(void)printf("%s%s%-24s%s %-10s %-7s %s", field ? "  " : "",
	    tool_bold(), row->name, tool_plain(),
	    row->type == FACT_GROUP ? "many" : fact_type_names[row->type],
	    stage_names[row->stage], row->help);
	if (row->words != NULL) {
		(void)printf(" (");
		for (size_t i = 0; row->words[i] != NULL; i++)
			(void)printf("%s%s", i == 0 ? "" : ", ", row->words[i]);
		(void)printf(")");
	}
	(void)putchar('\n');
}

static int
facts_none(const struct schema *s, const char *word)
{
	struct suggestion near;

	suggestion_begin(&near, span_of(word));
	for (fact_id id = 0; id < schema_count(s); id++)
		suggestion_offer(&near, span_of(schema_row(s, id)->name));
	return tool_fail(EXIT_USAGE, "no fact has \"%s\" in its name%s%.*s%s",
	    word, near.best.n > 0 ? "; did you mean \"" : "",
	    SPAN_FMT(near.best), near.best.n > 0 ? "\"?" : "");
}

static int
facts_run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ NULL, 0, NULL, 0 },
	};
	const char *file = NULL, *word;
	struct snapshot *s;
	size_t shown = 0;
	bool wrong;
	int c, status = EXIT_OK;

	while ((c = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
		if (c != 'c')
			return tool_usage();
		file = optarg;
	}
	if (optind + 1 < argc)
		return tool_usage();
	word = optind < argc ? argv[optind] : "";
	s = tool_load_words(file, &wrong);
	if (s == NULL)
		return EXIT_CONFIG;
	for (fact_id id = 0; id < schema_count(s->schema); id++)
		if (strstr(schema_row(s->schema, id)->name, word) != NULL) {
			fact_print(s->schema, id);
			shown++;
		}
	if (shown == 0)
		status = facts_none(s->schema, word);
	snapshot_unref(&s);
	return wrong ? EXIT_CONFIG : status;
}

extern const struct command command_facts;
const struct command command_facts = {
	.name = "facts",
	.usage = "[-c FILE] [WORD]",
	.help = "list the facts that rules can read",
	.run = facts_run,
};
