/*
 * Building a snapshot: settings, schema, rules and lists of one moment.
 */
#include "config.h"

#include "policy/load/snapshot_load.h"

#include <stdio.h>

#include "policy/base/file.h"
#include "policy/load/checks.h"
#include "policy/load/config_rows.h"
#include "policy/load/snapshot_rules.h"
#include "rules/base/panic.h"
#include "rules/lang/ruleset.h"
#include "rules/source/diag.h"

#define CONFIG_MAX ((size_t)4 * 1024 * 1024)

static void
snapshot_schema(struct snapshot *s)
{
	const struct check_table *checks = s->checks;

	s->schema = schema_new();
	for (size_t i = 0; i < checks->count; i++) {
		s->first_fact[i] = schema_add(s->schema,
		    checks->check[i]->facts, checks->check[i]->fact_count);
	}
}

static void
snapshot_settings(struct snapshot *s)
{
	const struct check_table *checks = s->checks;
	struct config_part *part =
	    arena_array(s->arena, checks->count + 1, sizeof(*part));

	part[0] = (struct config_part){ config_table.row, config_table.count,
		&s->config };
	for (size_t i = 0; i < checks->count; i++) {
		const struct check *c = checks->check[i];

		s->settings[i] = arena_alloc(s->arena, c->settings_size);
		part[i + 1] = (struct config_part){ c->settings,
			c->setting_count, s->settings[i] };
	}
	s->parts =
	    (struct config_parts){ part, checks->count + 1, NULL, s->arena };
	config_standard(&s->parts);
}

/* The text of verdict.conf: given, from the file, or none. */
static bool
snapshot_config(struct snapshot *s, const struct snapshot_source *source,
    struct diags *diags)
{
	const char *file = source->file != NULL ? source->file : "config";
	struct span text = source->config_text;
	const char *why;

	if (text.p == NULL && source->file != NULL)
		watched_add(&s->watched, source->file, WATCHED_RULES, s->arena);
	if (text.p == NULL && source->file != NULL &&
	    !file_read(source->file, CONFIG_MAX, s->arena, &text, &why)) {
		diag_error(diags, (struct place){ 0 }, "%s", why);
		return false;
	}
	s->config_text = text;
	if (text.p != NULL && !config_read(&s->parts, file, text, diags) &&
	    !source->settings_only)
		return false;
	s->config.compare = s->config.compare || source->compare;
	return true;
}

static bool
snapshot_read(struct snapshot *s, const struct snapshot_source *source,
    struct diags *diags)
{
	return snapshot_config(s, source, diags) &&
	       (source->settings_only || snapshot_rules(s, source, diags));
}

struct snapshot *
snapshot_load(const struct snapshot_source *source, struct diags *diags)
{
	struct arena *arena = arena_new();
	struct snapshot *s = arena_alloc(arena, sizeof(*s));

	s->references = 1;
	s->arena = arena;
	s->checks = source->checks != NULL ? source->checks : &checks_standard;
	snapshot_schema(s);
	snapshot_settings(s);
	if (!snapshot_read(s, source, diags)) {
		diags_keep(diags);
		snapshot_unref(&s);
		return NULL;
	}
	(void)snprintf(s->name, sizeof(s->name), "%016llx",
	    (unsigned long long)span_hash(s->config_text, s->rules_hash));
	return s;
}
