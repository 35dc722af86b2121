/*
 * verdict facts: what rules can read, with type, stage and meaning.
 */
#include "config.h"

#include <string.h>

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
facts_run(int argc, char **argv)
{
	struct snapshot *s;

	if (argc > 2)
		return tool_usage();
	s = tool_load(NULL, NULL);
	if (s == NULL)
		return EXIT_CONFIG;
	for (fact_id id = 0; id < schema_count(s->schema); id++)
		if (argc < 2 ||
		    strstr(schema_row(s->schema, id)->name, argv[1]) != NULL)
			fact_print(s->schema, id);
	snapshot_unref(&s);
	return EXIT_OK;
}

extern const struct command command_facts;
const struct command command_facts = {
	.name = "facts",
	.usage = "[WORD]",
	.help = "list the facts that rules can read",
	.run = facts_run,
};
