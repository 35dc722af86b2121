/*
 * verdict words: the names that rules, settings, X-Verdict and the log may
 * hold, from the tables that the program works by. For editors, scripts, and
 * the test that the manual has them all.
 */
#include "config.h"

#include <string.h>

#include "policy/header/header_flags.h"
#include "policy/load/checks.h"
#include "rules/content/archive.h"
#include "rules/content/filename.h"
#include "rules/html/html.h"
#include "rules/html/link.h"
#include "rules/lang/outcome.h"
#include "rules/mail/author.h"
#include "rules/mime/mime_tree.h"
#include "tool/base/tool.h"

static void
word_print(const char *name, const char *text)
{
	(void)printf("%s%-*s%s%s%s\n", tool_bold(), text[0] == '\0' ? 0 : 24,
	    name, tool_plain(), text[0] == '\0' ? "" : " ", text);
}

/* ---- the rule language --------------------------------------------------------- */

static void
words_actions(const struct snapshot *s)
{
	for (size_t i = 0; i < action_row_count; i++)
		word_print(action_rows[i].name, action_rows[i].usage);
	for (size_t i = 0; i < s->checks->count; i++) {
		const struct language_rows *adds = &s->checks->check[i]->adds;

		for (size_t k = 0; k < adds->action_count; k++)
			word_print(adds->action[k].name, adds->action[k].usage);
	}
}

static void
words_conditions(const struct snapshot *s)
{
	for (size_t i = 0; i < s->checks->count; i++) {
		const struct language_rows *adds = &s->checks->check[i]->adds;

		/* The one behind the name of a rule is none by itself. */
		for (size_t k = 0; k < adds->condition_count; k++)
			if (!adds->condition[k].canary)
				word_print(adds->condition[k].name,
				    adds->condition[k].usage);
	}
}

static void
words_lists(const struct snapshot *s)
{
	for (size_t i = 0; i < list_kind_row_count; i++)
		word_print(list_kind_rows[i].name, list_kind_rows[i].usage);
	for (size_t i = 0; i < s->checks->count; i++) {
		const struct language_rows *adds = &s->checks->check[i]->adds;

		for (size_t k = 0; k < adds->list_kind_count; k++)
			word_print(
			    adds->list_kind[k].name, adds->list_kind[k].usage);
	}
}

static void
words_facts(const struct snapshot *s)
{
	for (fact_id id = 0; id < schema_count(s->schema); id++)
		word_print(schema_row(s->schema, id)->name,
		    schema_row(s->schema, id)->help);
}

static void
words_decisions(const struct snapshot *s)
{
	(void)s;
	for (size_t i = OUTCOME_ACCEPT; i < OUTCOME_COUNT; i++)
		word_print(outcome_names[i], "");
}

/* ---- checks --------------------------------------------------------------------- */

static void
words_checks(const struct snapshot *s)
{
	for (size_t i = 0; i < s->checks->count; i++)
		word_print(s->checks->check[i]->name, "");
}

static void
words_results(const struct snapshot *s)
{
	for (size_t i = 0; i < s->checks->count; i++) {
		const struct check *c = s->checks->check[i];

		for (size_t k = 0; k < c->result_count; k++)
			word_print(c->results[k].key,
			    c->facts[c->results[k].fact].help);
	}
}

static void
words_setting(void *ctx, const struct setting_row *row, const void *base,
    const char *origin)
{
	(void)ctx;
	(void)base;
	(void)origin;
	word_print(row->key, row->help);
}

static void
words_settings(const struct snapshot *s)
{
	config_each(&s->parts, words_setting, NULL);
}

/* ---- flags ------------------------------------------------------------------------ */

static void
flags_of_bits(const char *const *name, size_t count)
{
	for (size_t i = 0; i < count; i++)
		word_print(name[i], "");
}

static void
words_flags(const struct snapshot *s)
{
	(void)s;
	for (size_t i = 0; i < FLAG_COUNT; i++)
		word_print(own_flags[i].name, own_flags[i].help);
	for (size_t i = 0; i < header_flag_count; i++)
		if (strcmp(header_flags[i].name, own_flags[FLAG_LIMIT].name) !=
		    0)
			word_print(header_flags[i].name, header_flags[i].help);
	for (size_t i = 0; i < author_flag_count; i++)
		word_print(author_flags[i].name, author_flags[i].help);
	flags_of_bits(mime_flag_names, MIME_FLAG_COUNT);
	flags_of_bits(html_flag_names, HTML_FLAG_COUNT);
	flags_of_bits(link_flag_names, LINK_FLAG_COUNT);
	flags_of_bits(filename_flag_names, FILENAME_FLAG_COUNT);
	flags_of_bits(archive_flag_names, ARCHIVE_FLAG_COUNT);
}

/* ---- the command ------------------------------------------------------------------- */

static const struct {
	const char *name;
	void (*print)(const struct snapshot *s);
	const char *help;
} word_kinds[] = {
	{ "actions", words_actions, "what rules can do" },
	{ "checks", words_checks, "what finds out facts" },
	{ "conditions", words_conditions, "of a word of their own" },
	{ "decisions", words_decisions, "mildest first" },
	{ "facts", words_facts, "what rules can read" },
	{ "flags", words_flags, "oddities of a message's structure" },
	{ "lists", words_lists, "kinds of lists" },
	{ "results", words_results, "of checks, in the log line" },
	{ "settings", words_settings, "of verdict.conf" },
};

static int
words_run(int argc, char **argv)
{
	struct snapshot *s;
	bool wrong;

	if (argc == 1) {
		for (size_t i = 0; i < ARRAY_COUNT(word_kinds); i++)
			word_print(word_kinds[i].name, word_kinds[i].help);
		return EXIT_OK;
	}
	for (size_t i = 0; argc == 2 && i < ARRAY_COUNT(word_kinds); i++)
		if (strcmp(word_kinds[i].name, argv[1]) == 0) {
			s = tool_load_words(NULL, &wrong);
			if (s == NULL)
				return EXIT_CONFIG;
			word_kinds[i].print(s);
			snapshot_unref(&s);
			return wrong ? EXIT_CONFIG : EXIT_OK;
		}
	return tool_usage();
}

extern const struct command command_words;
const struct command command_words = {
	.name = "words",
	.usage = "[KIND]",
	.help = "list the names that rules, settings and the log may hold",
	.run = words_run,
};
