/*
 * verdict check --cases: one JSON line in, one JSON line out, in order.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "policy/base/file.h"
#include "policy/case/answer.h"
#include "policy/case/case.h"
#include "policy/load/snapshot_load.h"
#include "rules/source/diag.h"
#include "tool/base/tool.h"
#include "tool/judge/check_print.h"

#define ANSWER_MAX ((size_t)64 * 1024 * 1024)

/* Cases may bring their own rules; the last ones are kept, for they repeat. */
struct own_rules {
	struct snapshot *snapshot;
	char *rules, *config;
	bool lists; /* lists were in the case, too */
};

struct cases {
	const char *path, *dir;
	const char *config;
	struct snapshot *standard;
	struct own_rules own;
	struct resolver *live;
	bool failed;
};

static void
own_forget(struct own_rules *own)
{
	snapshot_unref(&own->snapshot);
	free(own->rules);
	free(own->config);
	*own = (struct own_rules){ 0 };
}

static bool
same(const char *kept, struct span text)
{
	return kept == NULL ? text.p == NULL
			    : text.p != NULL && span_is(text, kept);
}

static char *
keep(struct span text)
{
	return text.p == NULL ? NULL : strndup(text.p, text.n);
}

/* The snapshot to judge this case with; NULL: *why. */
static struct snapshot *
case_snapshot(struct cases *all, const struct case_input *c, struct arena *a,
    const char **why)
{
	struct snapshot_source source = { .file = all->config,
		.config_text = c->config,
		.rules_text = c->rules,
		.want_all = true };
	struct diags diags;
	struct buf report;

	if (c->rules.p == NULL && c->config.p == NULL)
		return all->standard;
	source.given_count = snapshot_files_read(c->lists, a, &source.given);
	if (source.given_count == 0 && !all->own.lists &&
	    all->own.snapshot != NULL && same(all->own.rules, c->rules) &&
	    same(all->own.config, c->config))
		return all->own.snapshot;
	own_forget(&all->own);
	diags_init(&diags, a);
	all->own.snapshot = snapshot_load(&source, &diags);
	if (all->own.snapshot == NULL) {
		buf_init(&report, 65536);
		diags_print(&diags, &report, false);
		*why = arena_strdup(a, buf_span(&report));
		buf_free(&report);
		return NULL;
	}
	all->own.lists = source.given_count > 0;
	all->own.rules = keep(c->rules);
	all->own.config = keep(c->config);
	return all->own.snapshot;
}

static void
answer_print(struct buf *line)
{
	(void)buf_addc(line, '\n');
	(void)fwrite(line->p, 1, line->n, stdout);
	buf_clear(line);
}

static bool
case_answer(struct cases *all, struct case_input *c, struct jsonr json,
    struct arena *a, struct jsonw *w, const char **why)
{
	struct case_result result;
	struct snapshot *s;

	if (!case_read(c, json, all->dir, a, why))
		return false;
	s = case_snapshot(all, c, a, why);
	if (s == NULL)
		return false;
	c->reader = tool_reader();
	case_run(c, s, all->live, &result);
	answer_json(&result, c->id, w);
	case_result_free(&result);
	return true;
}

/* Says in which line of the file, and where in it if that is known. */
static const char *
case_where(
    const struct cases *all, size_t number, const char *why, struct arena *a)
{
	unsigned column;
	int text = 0;

	if (sscanf(why, "line 1, column %u: %n", &column, &text) == 1 &&
	    text > 0)
		return arena_printf(
		    a, "%s:%zu:%u: %s", all->path, number, column, why + text);
	return arena_printf(a, "%s:%zu: %s", all->path, number, why);
}

static void
case_line(struct cases *all, struct span line, size_t number, struct buf *out)
{
	struct arena *a = arena_new();
	const char *why = NULL;
	struct jsonr_doc *doc = jsonr_parse(line, a, &why);
	struct case_input c;
	struct jsonw w;

	case_init(&c);
	c.id = span_of(arena_printf(a, "%zu", number));
	jsonw_init(&w, out);
	if (doc == NULL || !case_answer(all, &c, jsonr_top(doc), a, &w, &why)) {
		answer_error(c.id, case_where(all, number, why, a), &w);
		all->failed = true;
	}
	answer_print(out);
	case_release(&c);
	jsonr_free(&doc);
	arena_free(&a);
}

int
check_cases(const char *path, struct snapshot *s, const char *config,
    struct resolver *live)
{
	struct arena *a = arena_new();
	struct cases all = { .path = path,
		.dir = path_dir(path, a),
		.config = config,
		.standard = s,
		.live = live };
	struct span text, line;
	struct buf out;
	size_t number = 0;

	if (!tool_read(path, a, &text)) {
		arena_free(&a);
		return EXIT_NOINPUT;
	}
	buf_init(&out, ANSWER_MAX);
	while (span_cut(&text, '\n', &line)) {
		number++;
		if (span_trim(line).n > 0)
			case_line(&all, line, number, &out);
	}
	buf_free(&out);
	own_forget(&all.own);
	arena_free(&a);
	return all.failed ? EXIT_FAILED : EXIT_OK;
}
