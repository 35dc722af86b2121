/*
 * Building a snapshot: settings, schema, rules and lists of one moment.
 */
#include "config.h"

#include "policy/message/snapshot.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "policy/base/file.h"
#include "policy/base/json.h"
#include "policy/load/snapshot_rules.h"
#include "rules/source/diag.h"
#include "rules/base/panic.h"
#include "rules/lang/ruleset.h"

#define GIVEN_FILE_MAX ((size_t)64 * 1024 * 1024)

#define CONFIG_MAX ((size_t)4 * 1024 * 1024)

static void
snapshot_schema(struct snapshot *s)
{
	s->schema = schema_new();
	for (size_t i = 0; i < check_count(); i++) {
		s->first_fact[i] = schema_add(
		    s->schema, checks[i]->facts, checks[i]->fact_count);
	}
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
	if (text.p != NULL && !config_read(s, file, text, diags) &&
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
	snapshot_schema(s);
	config_standard(s);
	if (!snapshot_read(s, source, diags)) {
		diags_keep(diags);
		snapshot_unref(&s);
		return NULL;
	}
	(void)snprintf(s->name, sizeof(s->name), "%016llx",
	    (unsigned long long)span_hash(s->config_text, s->rules_hash));
	return s;
}

/* A text, or its lines. */
static bool
snapshot_file_text(struct jsonr v, struct arena *a, struct span *out)
{
	struct buf text;
	struct span line;

	if (jsonr_text(v, &line)) {
		*out = arena_dup(a, line);
		return true;
	}
	if (jsonr_type(v) != JSONR_ARRAY)
		return false;
	buf_init(&text, GIVEN_FILE_MAX);
	for (size_t i = 0; i < jsonr_count(v); i++) {
		if (jsonr_text(jsonr_at(v, i), &line))
			(void)buf_add(&text, line);
		(void)buf_addc(&text, '\n');
	}
	*out = arena_dup(a, buf_span(&text));
	buf_free(&text);
	return true;
}

size_t
snapshot_files_read(
    struct jsonr lists, struct arena *a, const struct snapshot_file **out)
{
	struct snapshot_file *file =
	    arena_array(a, jsonr_count(lists) + 1, sizeof(*file));
	void *cursor = NULL;
	struct jsonr member;
	struct span name;
	size_t count = 0;

	*out = file;
	while (jsonr_next(lists, &cursor, &name, &member)) {
		if (!snapshot_file_text(member, a, &file[count].text))
			continue;
		file[count++].name = arena_dup(a, name);
	}
	return count;
}

/*
 * The counter is a plain member so that the header stays free of <stdatomic.h>
 * for everybody; these two are the only ones that touch it.
 */
static _Atomic unsigned *
snapshot_counter(struct snapshot *s)
{
	return (_Atomic unsigned *)&s->references;
}

struct snapshot *
snapshot_ref(struct snapshot *s)
{
	(void)atomic_fetch_add(snapshot_counter(s), 1);
	return s;
}

void
snapshot_unref(struct snapshot **sp)
{
	struct snapshot *s = *sp;
	struct arena *arena;

	*sp = NULL;
	if (s == NULL || atomic_fetch_sub(snapshot_counter(s), 1) > 1)
		return;
	ruleset_free(&s->ruleset);
	schema_free(&s->schema);
	arena = s->arena;
	arena_free(&arena);
}
