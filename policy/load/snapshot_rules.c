/*
 * The rules of a snapshot: finding their files, loading them with what this
 * program adds to the language, running the tests that stand in them, and
 * working out which checks anybody asks.
 */
#include "config.h"

#include "policy/load/snapshot_rules.h"

#include "policy/base/clock.h"
#include "policy/base/file.h"
#include "policy/load/pattern_cache.h"
#include "policy/load/shipped.h"
#include "policy/load/snapshot_load.h"
#include "policy/load/snapshot_message.h"
#include "policy/message/loading.h"
#include "rules/eval/trial.h"
#include "rules/lang/ruleset.h"
#include "rules/proof/proof.h"
#include "rules/source/diag.h"

#define RULES_MAX ((size_t)16 * 1024 * 1024)
#define LIST_MAX  ((size_t)512 * 1024 * 1024)

/* What the callbacks below work with while rules are loaded. */
struct rules_loading {
	struct snapshot *snapshot;
	struct loading checks; /* what they are given */
	struct arena *scratch; /* gone when loading is done: texts of lists */
	const char *dir;       /* of verdict.conf */
	/* Where a file lies whose name has no directory. */
	const char *plain_dir;
	const struct snapshot_source *source;
	uint64_t hash;
	struct buf text; /* of all rule files */
	struct snapshot_file *file;
	size_t file_count, file_cap, file_octets;
};

/* Keeps what was read under a name, once, as long as it is not too much. */
static void
file_keep(struct rules_loading *l, struct span name, struct span text)
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
file_given(const struct rules_loading *l, struct span name, struct span *text)
{
	for (size_t i = 0; i < l->source->given_count; i++)
		if (span_eq(l->source->given[i].name, name)) {
			*text = l->source->given[i].text;
			return true;
		}
	return false;
}

/* A file that is part of the program; name is behind the prefix. */
static bool
file_shipped(struct span name, struct span *text, const char **why)
{
	for (size_t i = 0; i < shipped_count; i++)
		if (span_is(name, shipped_files[i].name)) {
			*text = span_make(
			    shipped_files[i].text, shipped_files[i].n);
			return true;
		}
	*why = "no such file is shipped";
	return false;
}

/* The directory of a rule file: an included one lies beside what names it,
 * not beside wherever this process was started. */
static const char *
named_base(struct rules_loading *l, const struct source *from)
{
	const char *dir;

	if (from == NULL)
		return l->dir;
	if (span_find(from->name, '/') == SIZE_MAX)
		return from->from == NULL ? l->plain_dir
					  : named_base(l, from->from);
	dir = path_dir(arena_strdup(l->scratch, from->name), l->scratch);
	return from->from == NULL
		   ? dir
		   : path_join(named_base(l, from->from), dir, l->scratch);
}

/* A file that rules name, where the source did not bring it. */
static bool
named_read(void *ctx, struct span name, const struct source *from,
    struct span *text, const char **why)
{
	struct rules_loading *l = ctx;

	if (file_given(l, name, text)) {
		l->hash = span_hash(*text, l->hash);
		return true;
	}
	/* A snapshot's name is that of what a site has written. */
	if (span_starts(name, SPAN(SHIPPED_PREFIX)))
		return file_shipped(
		    span_slice(name, strlen(SHIPPED_PREFIX), name.n), text,
		    why);
	name = span_of(path_join(
	    named_base(l, from), arena_strdup(l->scratch, name), l->scratch));
	watched_add(&l->snapshot->watched, name.p,
	    span_ends(name, SPAN(".rules")) ? WATCHED_RULES : WATCHED_LIST,
	    l->snapshot->arena);
	if (!file_read(name.p, LIST_MAX, l->scratch, text, why))
		return false;
	l->hash = span_hash(*text, l->hash);
	return true;
}

/* What checks read, such as keys of lists, is named_read's: nobody keeps it. */
static bool
rules_read(void *ctx, struct span name, const struct source *from,
    struct span *text, const char **why)
{
	if (!named_read(ctx, name, from, text, why))
		return false;
	file_keep(ctx, name, *text);
	return true;
}

/* Whoever brought the kind says whether the list is well declared. */
static bool
rules_check_list(void *ctx, const struct rule_list_info *list, const char **why)
{
	struct rules_loading *l = ctx;
	const struct check_table *checks = l->snapshot->checks;

	for (size_t i = 0; i < checks->count; i++) {
		const struct language_rows *adds = &checks->check[i]->adds;

		for (size_t k = 0; k < adds->list_kind_count; k++)
			if (list->kind == &adds->list_kind[k])
				return adds->list_fits(&l->checks, list, why);
	}
	return true;
}

static void
rules_add(struct rules_loading *l, const char *name, struct span text)
{
	l->hash = span_hash(text, l->hash);
	(void)buf_add(&l->text, text);
	(void)buf_addc(&l->text, '\n');
	(void)ruleset_add(l->snapshot->ruleset, span_of(name), text);
}

/* A directory stands for its rule files. */
static size_t
rules_add_files(
    struct rules_loading *l, const char *pattern, struct diags *diags)
{
	const char **path, *why;
	size_t count;

	if (path_is_dir(pattern))
		pattern = path_join(pattern, "*.rules", l->scratch);
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

/*
 * Nobody sets patterns in order to have the shipped rules: it is a slip of the
 * pen, or the directory is empty that was to have rules.
 */
static void
rules_found_none(const struct rules_loading *l, struct diags *diags)
{
	const struct setting_list *rules = &l->snapshot->config.rules;

	if (rules->count == 1 && span_is(rules->item[0], RULES_STANDARD))
		return;
	diag_warn(diags, (struct place){ 0 },
	    "rules: no file matches %.*s%s, so the shipped rules are in force",
	    rules->count == 0 ? 2 : (int)rules->item[0].n,
	    rules->count == 0 ? "\"\"" : rules->item[0].p,
	    rules->count > 1 ? " or what follows it" : "");
}

/* All rule files, or those that came with the source, or the shipped ones. */
static void
rules_find(struct rules_loading *l, const struct snapshot_source *source,
    struct diags *diags)
{
	const struct setting_list *rules = &l->snapshot->config.rules;
	struct span text;
	const char *why;
	size_t count = 0;

	if (source->rules_text.p != NULL) {
		rules_add(l, "rules", source->rules_text);
		return;
	}
	if (source->rules_path != NULL) {
		count = rules_add_files(l, source->rules_path, diags);
		return;
	}
	for (size_t i = 0; i < rules->count; i++)
		count += rules_add_files(
		    l, path_join(l->dir, rules->item[i].p, l->scratch), diags);
	if (count == 0 && file_shipped(SPAN(SHIPPED_RULES), &text, &why))
		rules_add(l, "shipped default.rules", text);
	if (count == 0)
		rules_found_none(l, diags);
}

/* A message file that a test in a rule file names. */
static bool
rules_message(void *ctx, struct span file, const struct source *from,
    struct facts *facts, const char **why)
{
	struct rules_loading *l = ctx;
	struct span text;

	return rules_read(l, file, from, &text, why) &&
	       snapshot_message(l->snapshot, text, facts, l->scratch, why);
}

static void
snapshot_wants(struct snapshot *s, bool all)
{
	const struct check_table *checks = s->checks;

	s->wants_all = all;
	for (size_t i = 0; i < checks->count; i++)
		s->wanted[i] = all || checks->check[i]->authres != NULL ||
			       check_is_read(s, checks->check[i]);
	/* Raw text of the header is in the charset that the body says. */
	s->reads_body = all || s->config.compare ||
			ruleset_last_stage(s->ruleset) >= STAGE_EOH;
}

/*
 * What the checks bring to the language, in one array of each kind of rows; a
 * list is known by the address of its kind, so those stay where they are.
 */
static void
rules_language(struct snapshot *s, struct ruleset_options *o)
{
	const struct check_table *checks = s->checks;
	struct rule_action_row *action;
	struct rule_condition_row *condition;
	const struct rule_list_kind **kind;

	for (size_t i = 0; i < checks->count; i++) {
		o->action_count += checks->check[i]->adds.action_count;
		o->condition_count += checks->check[i]->adds.condition_count;
		o->list_kind_count += checks->check[i]->adds.list_kind_count;
	}
	o->actions = action =
	    arena_array(s->arena, o->action_count, sizeof(*action));
	o->conditions = condition =
	    arena_array(s->arena, o->condition_count, sizeof(*condition));
	o->list_kinds = kind =
	    arena_array(s->arena, o->list_kind_count, sizeof(*kind));
	for (size_t i = 0; i < checks->count; i++) {
		const struct language_rows *adds = &checks->check[i]->adds;

		for (size_t k = 0; k < adds->action_count; k++)
			*action++ = adds->action[k];
		for (size_t k = 0; k < adds->condition_count; k++)
			*condition++ = adds->condition[k];
		for (size_t k = 0; k < adds->list_kind_count; k++)
			*kind++ = &adds->list_kind[k];
	}
}

static bool
checks_load(struct rules_loading *l, struct diags *diags)
{
	struct snapshot *s = l->snapshot;
	const struct check_table *checks = s->checks;
	bool ok = true;

	for (size_t i = 0; i < checks->count; i++) {
		const struct check *c = checks->check[i];
		const char *why = NULL;

		if (c->load != NULL &&
		    !c->load(&l->checks, s->settings[i], &s->data[i], &why)) {
			diag_error(diags, (struct place){ 0 }, "%s", why);
			ok = false;
		}
	}
	return ok;
}

/*
 * Steps of the solver for one promise: some tenths of a second at most, so
 * that a reload ends. What takes more is left to `verdict lint`.
 */
#define PROMISE_CONFLICTS_MAX 20000
/* Of all of them: some seconds. A thousand rules with forty promises take less
 * than half of it. */
#define PROMISES_WORK_MAX UINT64_C(100000000)

static void
rules_promises(const struct ruleset *rs, struct diags *diags)
{
	const struct proof_options options = {
		.now_s = clock_system.unix_s(clock_system.ctx),
		.conflicts_max = PROMISE_CONFLICTS_MAX,
		.work_max = PROMISES_WORK_MAX,
	};
	struct proof_tally tally;

	proof_promises(rs, &options, diags, &tally);
}

bool
snapshot_rules(struct snapshot *s, const struct snapshot_source *source,
    struct diags *diags)
{
	struct arena *scratch = arena_new();
	struct rules_loading l = {
		.snapshot = s, .scratch = scratch, .source = source
	};
	struct ruleset_options options = {
		.schema = s->schema,
		.keep_refusals = !s->config.unknown_defers,
		.recipients_together =
		    s->config.recipients.index == RECIPIENTS_TOGETHER,
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
	l.checks =
	    (struct loading){ s, named_read, &l, source->rules_text.p != NULL };
	rules_language(s, &options);
	l.dir =
	    source->file == NULL ? CONFDIR : path_dir(source->file, scratch);
	l.plain_dir = source->rules_path == NULL ? l.dir : ".";
	buf_init(&l.text, 4 * RULES_MAX);
	s->ruleset = ruleset_new(&options, diags);
	rules_find(&l, source, diags);
	if (ruleset_finish(s->ruleset) && diags->errors == errors &&
	    checks_load(&l, diags)) {
		snapshot_wants(s, true); /* tests may ask anything */
		(void)ruleset_test(s->ruleset, &test, diags, &run, &skipped);
		rules_promises(s->ruleset, diags);
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
