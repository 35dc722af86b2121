/*
 * verdict rules: the rules in force, in order, with stage and what they read.
 */
#include "config.h"

#include <getopt.h>

#include "rules/jsonw.h"
#include "rules/ruleset.h"
#include "tool/tool.h"

static void
rule_print(const struct snapshot *s, const struct rule_info *r, bool verbose)
{
	(void)printf("%s%-28s%s %-10s %-8s", tool_bold(), r->name, tool_plain(),
	    r->action, stage_names[r->acts]);
	if (r->shadow)
		(void)printf(" shadow");
	if (r->per_rcpt)
		(void)printf(" per-recipient");
	if (r->delayed_by != NULL)
		(void)printf(" (known at %s, waits for %s)",
		    stage_names[r->stage], r->delayed_by);
	(void)putchar('\n');
	if (!verbose)
		return;
	(void)printf("    %s; %zu patterns, %zu lookups, %zu tests; reads",
	    place_name(r->place, s->arena), r->patterns, r->list_count,
	    r->tests);
	for (size_t i = 0; i < r->fact_count; i++)
		(void)printf(" %s", schema_row(s->schema, r->fact[i])->name);
	(void)putchar('\n');
}

static void
rule_json(const struct snapshot *s, const struct rule_info *r, struct jsonw *w)
{
	jsonw_object(w, NULL);
	jsonw_textz(w, "name", r->name);
	jsonw_textz(w, "place", place_name(r->place, s->arena));
	jsonw_textz(w, "action", r->action);
	jsonw_number(w, "score", r->score);
	jsonw_textz(w, "stage", stage_names[r->stage]);
	jsonw_textz(w, "acts", stage_names[r->acts]);
	jsonw_textz(w, "delayed_by", r->delayed_by);
	jsonw_bool(w, "shadow", r->shadow);
	jsonw_bool(w, "per_recipient", r->per_rcpt);
	jsonw_number(w, "patterns", (double)r->patterns);
	jsonw_number(w, "lookups", (double)r->list_count);
	jsonw_array(w, "facts");
	for (size_t i = 0; i < r->fact_count; i++)
		jsonw_textz(w, NULL, schema_row(s->schema, r->fact[i])->name);
	jsonw_end(w);
	jsonw_end(w);
}

static void
rules_json(const struct snapshot *s)
{
	struct jsonw w;
	struct buf out;

	buf_init(&out, (size_t)64 << 20);
	jsonw_init(&w, &out);
	jsonw_array(&w, NULL);
	for (size_t i = 0; i < ruleset_count(s->ruleset); i++) {
		struct rule_info r = ruleset_rule(s->ruleset, i);

		rule_json(s, &r, &w);
	}
	jsonw_end(&w);
	(void)buf_addc(&out, '\n');
	tool_print(&out);
}

void
rules_print(const struct snapshot *s, bool verbose)
{
	for (size_t i = 0; i < ruleset_count(s->ruleset); i++) {
		struct rule_info r = ruleset_rule(s->ruleset, i);

		rule_print(s, &r, verbose);
	}
}

static int
rules_run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "rules", required_argument, NULL, 'r' },
		{ "config", required_argument, NULL, 'c' },
		{ NULL, 0, NULL, 0 },
	};
	const char *file = NULL, *rules = NULL;
	bool json = false, verbose = false;
	struct snapshot *s;
	int c;

	while ((c = getopt_long(argc, argv, "c:r:jv", options, NULL)) != -1) {
		if (c == 'c')
			file = optarg;
		else if (c == 'r')
			rules = optarg;
		else if (c == 'j')
			json = true;
		else if (c == 'v')
			verbose = true;
		else
			return tool_usage("rules");
	}
	if (optind < argc)
		return tool_usage("rules");
	s = tool_load(file, rules);
	if (s == NULL)
		return EXIT_CONFIG;
	if (json)
		rules_json(s);
	else
		rules_print(s, verbose);
	snapshot_unref(&s);
	return EXIT_OK;
}

extern const struct command command_rules;
const struct command command_rules = {
	.name = "rules",
	.usage = "[-v] [--json] [-c FILE] [--rules FILE|DIR]",
	.help = "list the rules in force with the stage at which each acts",
	.run = rules_run,
};
