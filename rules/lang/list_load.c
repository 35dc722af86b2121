/*
 * The files and values of static lists, read into memory.
 */
#include "config.h"

#include "rules/lang/list_kind.h"

#include <string.h>

#include "rules/lang/ast.h"

static void
list_load_file(
    struct ruleset *rs, struct rule_list *list, const struct token *t)
{
	struct list_report report = { 0 };
	const char *why = "files can't be read here";
	const char *path = arena_strdup(rs->arena, t->text);
	struct span text;

	if (rs->options.read == NULL ||
	    !rs->options.read(
		rs->options.ctx, t->text, t->place.source, &text, &why)) {
		diag_error(
		    rs->diags, t->place, "can't read \"%s\": %s", path, why);
		return;
	}
	(void)list_add_text(list->info.items, text, path, 1, &report);
	list->info.from_files += report.entries;
	/* Public lists have odd lines; one of them must not stop the mail. */
	for (size_t i = 0; i < report.problem_count; i++)
		diag_warn(rs->diags, t->place, "%s:%zu: \"%s\": %s", path,
		    report.problem[i].line, report.problem[i].text,
		    report.problem[i].message);
	if (report.bad > report.problem_count)
		diag_warn(rs->diags, t->place,
		    "%s: %zu more lines can't be read", path,
		    report.bad - report.problem_count);
	if (report.entries == 0 && report.bad == 0)
		diag_warn(rs->diags, t->place, "%s has no entries", path);
}

static void
list_load_pattern(struct ruleset *rs, struct list *items, const struct token *t,
    const char *source, size_t line)
{
	struct pattern_error error;
	unsigned flags;
	size_t bad;

	if (!pattern_flags_parse(t->flags, &flags, &bad)) {
		diag_error(rs->diags, t->place,
		    "there is no pattern flag \"%c\"", t->flags.p[bad]);
		diag_hint(rs->diags, "flags are i, m, s and x");
		return;
	}
	if (!list_add_pattern(items, t->text, flags, source, line, &error))
		diag_error(rs->diags,
		    (struct place){
			t->place.source, t->place.at + 1 + error.offset, 1 },
		    "%s", error.message);
}

struct span
list_quote(struct ruleset *rs, const struct token *t)
{
	if (span_find(t->text, '\n') != SIZE_MAX)
		diag_error(rs->diags, t->place,
		    "a value of a list can't have a line end in it");
	return span_of(arena_printf(rs->arena, "\"%.*s\"", SPAN_FMT(t->text)));
}

/* rcpt: whose it is, or NULL. */
static void
list_load_value(struct ruleset *rs, struct list *items,
    const struct token *rcpt, const struct token *t)
{
	struct list_report report = { 0 };
	const char *source = arena_strdup(rs->arena, t->place.source->name);
	struct span text = t->text;

	if (list_kind(items) == LIST_PATTERNS && t->kind == TOKEN_PATTERN) {
		list_load_pattern(rs, items, t, source, t->line);
		return;
	}
	if (list_kind(items) == LIST_WORDS)
		text = list_quote(rs, t);
	if (rcpt != NULL)
		text = span_of(arena_printf(rs->arena, "%.*s %.*s",
		    SPAN_FMT(rcpt->text), SPAN_FMT(text)));
	if (!list_add_text(items, text, source, t->line, &report) ||
	    report.entries + report.duplicates == 0)
		diag_error(rs->diags, t->place, "%s",
		    report.problem_count > 0 ? report.problem[0].message
					     : "this can't stand in the list");
	if (t->text.n > 0 && t->text.p[0] == '[')
		diag_hint(rs->diags, "values stand bare, without brackets");
}

/* Files, and values; by recipient those stand in pairs. */
static void
list_load_values(struct ruleset *rs, struct rule_list *list)
{
	struct list *items = list->info.items;

	for (size_t k = 0; k < list->value_count; k++) {
		const struct token *t = &list->values[k], *rcpt = NULL;

		if (t->kind == TOKEN_STRING) {
			list_load_file(rs, list, t);
			continue;
		}
		if (list->info.by_rcpt) {
			rcpt = t;
			if (++k == list->value_count ||
			    list->values[k].kind == TOKEN_STRING) {
				diag_error(rs->diags, t->place,
				    "what of this recipient? values of a list "
				    "by rcpt stand in pairs: RECIPIENT VALUE");
				return;
			}
			t = &list->values[k];
		}
		list_load_value(rs, items, rcpt, t);
	}
}

void
lists_load(struct ruleset *rs)
{
	for (size_t i = 0; i < rs->list_count; i++) {
		struct rule_list *list = rs->list[i];
		struct list_options options = { .by_rcpt = list->info.by_rcpt };

		if (list->info.kind->dynamic)
			continue;
		if (rs->options.patterns != NULL)
			options.patterns = *rs->options.patterns;
		list->info.items = list_new(
		    (enum list_kind)list->info.kind->list_kind, &options);
		list_load_values(rs, list);
		if (list->value_count == 0)
			diag_warn(rs->diags, list->info.place,
			    "list %.*s is empty", SPAN_FMT(list->info.name));
		list_finish(list->info.items);
	}
}
