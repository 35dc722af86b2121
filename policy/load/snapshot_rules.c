/*
 * The rules of a snapshot: finding their files, loading them with what this
 * program adds to the language, running the tests that stand in them, and
 * working out which checks anybody asks.
 */
#include "config.h"

#include "policy/load/snapshot_rules.h"

#include "policy/load/default_rules.h"
#include "policy/base/file.h"
#include "policy/memory/defer.h"
#include "policy/memory/greylist.h"
#include "policy/memory/limit.h"
#include "policy/lists/list_lookup.h"
#include "policy/load/pattern_cache.h"
#include "policy/load/snapshot_message.h"
#include "rules/source/diag.h"
#include "rules/eval/trial.h"
#include "rules/lang/ruleset.h"

#define RULES_MAX ((size_t)16 * 1024 * 1024)
#define LIST_MAX  ((size_t)512 * 1024 * 1024)

/* What the callbacks below work with while rules are loaded. */
struct loading {
	struct snapshot *snapshot;
	struct arena *scratch; /* gone when loading is done: texts of lists */
	const char *dir;       /* of verdict.conf */
	const struct snapshot_source *source;
	uint64_t hash;
	struct dnslist_keys keys;
	struct buf text; /* of all rule files */
	struct snapshot_file *file;
	size_t file_count, file_cap, file_octets;
};

/* Keeps what was read under a name, once, as long as it is not too much. */
static void
file_keep(struct loading *l, struct span name, struct span text)
{
	struct arena *a = l->snapshot->arena;

	for (size_t i = 0; i < l->file_count; i++)
		if (span_eq(l->file[i].name, name))
			return;
	if (l->file_octets + text.n > SNAPSHOT_FILES_MAX) {
		l->snapshot->files_cut = true;
		return;
	}
	l->file_octets += text.n;
	l->file = arena_grow(
	    a, l->file, &l->file_cap, l->file_count + 1, sizeof(*l->file));
	l->file[l->file_count].name = arena_dup(a, name);
	l->file[l->file_count++].text = arena_dup(a, text);
}

static bool
file_given(const struct loading *l, struct span name, struct span *text)
{
	for (size_t i = 0; i < l->source->given_count; i++)
		if (span_eq(l->source->given[i].name, name)) {
			*text = l->source->given[i].text;
			return true;
		}
	return false;
}

/* A file that rules name, where the source did not bring it. */
static bool
named_read(void *ctx, struct span name, const struct source *from,
    struct span *text, const char **why)
{
	struct loading *l = ctx;
	const char *base = l->dir;

	if (file_given(l, name, text)) {
		l->hash = span_hash(*text, l->hash);
		return true;
	}
	if (from != NULL && span_find(from->name, '/') != SIZE_MAX)
		base =
		    path_dir(arena_strdup(l->scratch, from->name), l->scratch);
	name = span_of(
	    path_join(base, arena_strdup(l->scratch, name), l->scratch));
	watched_add(&l->snapshot->watched, name.p,
	    span_ends(name, SPAN(".rules")) ? WATCHED_RULES : WATCHED_LIST,
	    l->snapshot->arena);
	if (!file_read(name.p, LIST_MAX, l->scratch, text, why))
		return false;
	l->hash = span_hash(*text, l->hash);
	return true;
}

/* Keys of lists are read by named_read alone: nobody keeps them. */
static bool
rules_read(void *ctx, struct span name, const struct source *from,
    struct span *text, const char **why)
{
	if (!named_read(ctx, name, from, text, why))
		return false;
	file_keep(ctx, name, *text);
	return true;
}

/* Declarations are read once here for their errors, and once they all are
 * there for good. */
static bool
rules_check_list(void *ctx, const struct rule_list_info *list, const char **why)
{
	struct loading *l = ctx;
	struct dnslist parsed;

	return !dnslist_is_kind(list->kind) ||
	       dnslist_parse(list, &l->keys, l->snapshot->arena, &parsed, why);
}

static void
snapshot_dnslists(struct loading *l)
{
	struct snapshot *s = l->snapshot;
	size_t count = ruleset_list_count(s->ruleset);
	const char *why;

	s->dnslists.list =
	    arena_array(s->arena, count, sizeof(struct dnslist *));
	s->dnslists.count = count;
	for (size_t i = 0; i < count; i++) {
		struct rule_list_info info = ruleset_list(s->ruleset, i);
		struct dnslist *list = arena_alloc(s->arena, sizeof(*list));

		if (info.kind != NULL && dnslist_is_kind(info.kind) &&
		    dnslist_parse(&info, &l->keys, s->arena, list, &why))
			s->dnslists.list[i] = list;
	}
	for (size_t i = 0; i < ruleset_lookup_count(s->ruleset); i++) {
		size_t number = ruleset_lookup(s->ruleset, i).list;

		if (s->dnslists.list[number] != NULL)
			s->dnslists.list[number]->asked = true;
	}
}

static void
rules_add(struct loading *l, const char *name, struct span text)
{
	l->hash = span_hash(text, l->hash);
	(void)buf_add(&l->text, text);
	(void)buf_addc(&l->text, '\n');
	(void)ruleset_add(l->snapshot->ruleset, span_of(name), text);
}

static size_t
rules_add_files(struct loading *l, const char *pattern, struct diags *diags)
{
	const char **path, *why;
	size_t count;

	if (!path_glob(pattern, l->scratch, &path, &count, &why)) {
		/* Else the shipped rules would stand in for those. */
		diag_error(diags, (struct place){ 0 }, "%s", why);
		return 0;
	}
	watched_add(
	    &l->snapshot->watched, pattern, WATCHED_RULES, l->snapshot->arena);
	for (size_t i = 0; i < count; i++) {
		struct span text;

		watched_add(&l->snapshot->watched, path[i], WATCHED_RULES,
		    l->snapshot->arena);
		if (file_read(path[i], RULES_MAX, l->scratch, &text, &why))
			rules_add(l, path[i], text);
		else
			diag_error(diags, (struct place){ 0 }, "%s", why);
	}
	return count;
}

/* All rule files, or those that came with the source, or the shipped ones. */
static void
rules_find(struct loading *l, const struct snapshot_source *source,
    struct diags *diags)
{
	const struct setting_list *rules = &l->snapshot->config.rules;
	size_t count = 0;

	if (source->rules_text.p != NULL) {
		rules_add(l, "rules", source->rules_text);
		return;
	}
	if (source->rules_path != NULL) {
		count = rules_add_files(l,
		    path_is_dir(source->rules_path)
			? path_join(source->rules_path, "*.rules", l->scratch)
			: source->rules_path,
		    diags);
		return;
	}
	for (size_t i = 0; i < rules->count; i++)
		count += rules_add_files(
		    l, path_join(l->dir, rules->item[i].p, l->scratch), diags);
	if (count == 0)
		rules_add(l, "shipped default.rules", span_of(default_rules));
}

/* A message file that a test in a rule file names. */
static bool
rules_message(void *ctx, struct span file, const struct source *from,
    struct facts *facts, const char **why)
{
	struct loading *l = ctx;
	struct span text;

	return rules_read(l, file, from, &text, why) &&
	       snapshot_message(l->snapshot, text, facts, l->scratch, why);
}

static bool
check_is_read(const struct snapshot *s, size_t check)
{
	for (size_t i = 0; i < checks[check]->fact_count; i++)
		if (ruleset_reads(
			s->ruleset, (fact_id)(s->first_fact[check] + i)))
			return true;
	return false;
}

static void
snapshot_wants(struct snapshot *s, bool all)
{
	for (size_t i = 0; i < check_count(); i++)
		s->wanted[i] =
		    all || checks[i]->authres != NULL || check_is_read(s, i);
	s->reads_body = all || s->config.compare ||
			ruleset_last_stage(s->ruleset) == STAGE_EOM;
}

/* The actions that this program adds to the language, as long as the set. */
#define ACTION_ROWS ((size_t)3)

static const struct rule_action_row *
rules_actions(struct arena *a)
{
	struct rule_action_row *row = arena_array(a, ACTION_ROWS, sizeof(*row));

	row[0] = greylist_action;
	row[1] = limit_action;
	row[2] = defer_action;
	return row;
}

bool
snapshot_rules(struct snapshot *s, const struct snapshot_source *source,
    struct diags *diags)
{
	struct arena *scratch = arena_new();
	struct loading l = {
		.snapshot = s, .scratch = scratch, .source = source
	};
	const struct ruleset_options options = {
		.schema = s->schema,
		.actions = rules_actions(s->arena),
		.action_count = ACTION_ROWS,
		.conditions = &limit_condition,
		.condition_count = 1,
		.keep_refusals = !s->config.unknown_defers,
		.list_kinds = dnslist_kinds,
		.list_kind_count = DNSLIST_KIND_COUNT,
		.read = rules_read,
		.list_check = rules_check_list,
		.ctx = &l,
	};
	const struct ruleset_test_options test = {
		.message = rules_message,
		.ctx = &l,
	};
	size_t errors = diags->errors, run, skipped;

	/* Rules that came without files are judged away from the keys. */
	l.keys = (struct dnslist_keys){ named_read, &l,
		source->rules_text.p != NULL };
	l.dir =
	    source->file == NULL ? CONFDIR : path_dir(source->file, scratch);
	buf_init(&l.text, 4 * RULES_MAX);
	s->ruleset = ruleset_new(&options, diags);
	rules_find(&l, source, diags);
	if (ruleset_finish(s->ruleset) && diags->errors == errors) {
		snapshot_dnslists(&l);
		snapshot_wants(s, true); /* tests may ask anything */
		(void)ruleset_test(s->ruleset, &test, diags, &run, &skipped);
	}
	snapshot_wants(s, source->want_all);
	s->rules_hash = l.hash;
	s->rules_text = arena_dup(s->arena, buf_span(&l.text));
	s->file = l.file;
	s->file_count = l.file_count;
	buf_free(&l.text);
	if (diags->errors == errors)
		pattern_cache_attach(s);
	arena_free(&scratch);
	return diags->errors == errors;
}
