/*
 * verdict state: what is remembered of senders, to look at and to change. The
 * file is read as it is, at most a second behind the daemon; changes go
 * through the daemon while it runs, because it does not read the file again.
 */
#include "config.h"

#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "policy/message/check.h"
#include "policy/store/store_command.h"
#include "policy/store/store_conf.h"
#include "policy/store/store_json.h"
#include "rules/source/literal.h"
#include "tool/base/tool.h"
#include "tool/daemon/state_text.h"

#define LINE_MAX_OCTETS ((size_t)4000) /* of one line to the daemon */
#define LIFETIME_S      (INT64_C(35) * 86400)

struct entry {
	struct span key;
	struct store_record record;
};

struct state {
	struct arena *arena;
	struct snapshot *snapshot;
	int64_t now_s;
	int64_t lifetime_s;  /* of what is added */
	struct store *store; /* NULL: the daemon keeps it */
	const char *control; /* when a daemon runs, else NULL */
	struct entry *entry; /* all that were asked for */
	size_t count, cap;
};

/* ---- where it is --------------------------------------------------------- */

static void
state_alert(void *ctx, const char *key, const char *text)
{
	(void)ctx;
	(void)fprintf(stderr, "verdict: %s: %s\n", key, text);
}

static bool
daemon_runs(const char *control)
{
	struct buf answer;
	const char *why;
	bool runs;

	buf_init(&answer, 4096);
	runs = control[0] != '\0' &&
	       tool_control(control, "version", &answer, &why);
	buf_free(&answer);
	return runs;
}

/* Opens the file, Redis or nothing; false after a message. */
static bool
state_open(struct state *s, bool changes)
{
	const struct config *c = &s->snapshot->config;
	struct store_options o;
	char why[STORE_WHY_MAX];

	if (!store_conf_options(c, s->arena, &o, why)) {
		(void)tool_fail(EXIT_CONFIG, "%s", why);
		return false;
	}
	o.alert = state_alert;
	if (o.engine != STORE_REDIS && daemon_runs(c->control))
		s->control = c->control;
	if (s->control != NULL && (changes || o.engine == STORE_MEMORY))
		return true;
	if (o.engine == STORE_MEMORY) {
		(void)tool_fail(EXIT_UNAVAILABLE,
		    "the store is the daemon's memory, and no daemon runs");
		return false;
	}
	/* What it has not written yet is to be seen as well; where it can't
	 * write, what stands there is all that can be had. */
	if (s->control != NULL) {
		struct buf answer;
		const char *ignored;

		tool_control_patience(5);
		buf_init(&answer, 4096);
		(void)tool_control(s->control, "state flush", &answer, &ignored);
		buf_free(&answer);
	}
	o.read_only = !changes;
	s->store = store_open(&o, why);
	if (s->store == NULL)
		(void)tool_fail(EXIT_NOINPUT, "%s", why);
	return s->store != NULL;
}

/* ---- reading ------------------------------------------------------------- */

static bool
entry_keep(void *ctx, struct span key, const struct store_record *r)
{
	struct state *s = ctx;

	s->entry = arena_grow(
	    s->arena, s->entry, &s->cap, s->count + 1, sizeof(*s->entry));
	s->entry[s->count].key = arena_dup(s->arena, key);
	s->entry[s->count++].record = *r;
	return true;
}

static int
entry_compare(const void *a, const void *b)
{
	return span_compare(
	    ((const struct entry *)a)->key, ((const struct entry *)b)->key);
}

/* The lines of the daemon's answer. */
static bool
state_read_answer(struct state *s, struct span text)
{
	struct span line;

	while (text.n > 0 && span_cut(&text, '\n', &line)) {
		const char *why;
		struct jsonr_doc *doc;
		struct store_record r;
		struct span key;

		if (line.n == 0)
			continue;
		doc = jsonr_parse(line, s->arena, &why);
		if (doc != NULL &&
		    store_json_read(jsonr_top(doc), &key, &r, &why))
			(void)entry_keep(s, key, &r);
		jsonr_free(&doc);
	}
	return true;
}

static bool
state_ask_daemon(struct state *s, const char *line, struct buf *answer)
{
	const char *why;

	if (tool_control(s->control, line, answer, &why))
		return true;
	(void)tool_fail(EXIT_FAILED, "%.*s",
	    answer->n > 0 ? (int)answer->n - 1 : (int)strlen(why),
	    answer->n > 0 ? answer->p : why);
	return false;
}

/* All entries that begin with prefix, sorted. */
static bool
state_read(struct state *s, const char *prefix)
{
	struct buf answer;
	bool ok;

	if (!state_open(s, false))
		return false;
	if (s->store != NULL) {
		ok = store_each(
		    s->store, span_of(prefix), s->now_s, entry_keep, s);
		if (!ok)
			(void)tool_fail(
			    EXIT_UNAVAILABLE, "the store does not answer");
	} else {
		buf_init(&answer, (size_t)64 << 20);
		ok = state_ask_daemon(s,
			 arena_printf(s->arena, "state list %s", prefix),
			 &answer) &&
		     state_read_answer(s, buf_span(&answer));
		buf_free(&answer);
	}
	if (ok && s->count > 1)
		qsort(s->entry, s->count, sizeof(*s->entry), entry_compare);
	return ok;
}

/* ---- showing ------------------------------------------------------------- */

static void
show_entry(struct state *s, const struct entry *e, struct buf *out)
{
	(void)buf_printf(out, "%.*s\t%s\n", SPAN_FMT(e->key),
	    state_text(e->key, &e->record, s->now_s, s->arena));
}

/* ---- subcommands --------------------------------------------------------- */

static int
state_list(struct state *s, int argc, char **argv)
{
	struct buf out;

	if (argc > 1)
		return tool_usage();
	if (!state_read(s, argc == 1 ? argv[0] : ""))
		return EXIT_FAILED;
	buf_init(&out, SIZE_MAX / 2);
	for (size_t i = 0; i < s->count; i++)
		show_entry(s, &s->entry[i], &out);
	tool_print(&out);
	return EXIT_OK;
}

static int
state_show(struct state *s, int argc, char **argv)
{
	struct buf out;

	if (argc != 1)
		return tool_usage();
	if (!state_read(s, argv[0]))
		return EXIT_FAILED;
	for (size_t i = 0; i < s->count; i++) {
		if (!span_is(s->entry[i].key, argv[0]))
			continue;
		buf_init(&out, 65536);
		show_entry(s, &s->entry[i], &out);
		tool_print(&out);
		return EXIT_OK;
	}
	return tool_fail(EXIT_FAILED, "there is no entry %s", argv[0]);
}

static int
state_export(struct state *s, int argc, char **argv)
{
	struct buf out;
	struct jsonw w;

	if (argc > 1)
		return tool_usage();
	if (!state_read(s, argc == 1 ? argv[0] : ""))
		return EXIT_FAILED;
	buf_init(&out, SIZE_MAX / 2);
	for (size_t i = 0; i < s->count; i++) {
		jsonw_init(&w, &out);
		store_json_write(
		    &w, NULL, s->entry[i].key, &s->entry[i].record);
		(void)buf_addc(&out, '\n');
	}
	tool_print(&out);
	return EXIT_OK;
}

/* One entry as JSON, to the daemon or into the store. */
static bool
state_put(struct state *s, struct span text, const char **why)
{
	struct buf answer;
	bool ok;

	if (s->store != NULL)
		return store_put_text(s->store, text, s->now_s, s->arena, why);
	*why = "the line is too long";
	if (text.n > LINE_MAX_OCTETS)
		return false;
	buf_init(&answer, 4096);
	ok = tool_control(s->control,
	    arena_printf(s->arena, "state put %.*s", SPAN_FMT(text)), &answer,
	    why);
	if (!ok && answer.n > 1)
		*why =
		    arena_strdup(s->arena, span_make(answer.p, answer.n - 1));
	buf_free(&answer);
	return ok;
}

static int
state_import(struct state *s, int argc, char **argv)
{
	struct span text, line;
	size_t number = 0, put = 0, bad = 0;
	const char *why;

	if (argc != 1)
		return tool_usage();
	if (!tool_read(argv[0], s->arena, &text))
		return EXIT_NOINPUT;
	if (!state_open(s, true))
		return EXIT_FAILED;
	while (text.n > 0 && span_cut(&text, '\n', &line)) {
		number++;
		line = span_trim(line);
		if (line.n == 0)
			continue;
		if (state_put(s, line, &why)) {
			put++;
			continue;
		}
		bad++;
		(void)tool_fail(
		    EXIT_FAILED, "%s:%zu: %s", argv[0], number, why);
	}
	(void)printf("%zu %s imported\n", put,
	    put == 1 ? "entry" : "entries");
	return bad == 0 ? EXIT_OK : EXIT_FAILED;
}

/* Whoever is added as known without numbers has passed more than enough. */
static bool
add_numbers(struct state *s, int argc, char **argv, struct store_record *r)
{
	if (argc == 1 && strncmp(argv[0], "known:", 6) == 0) {
		r->count = 2;
		r->number[0] = INT64_C(2000000);
		r->number[1] = s->now_s;
		return true;
	}
	for (int i = 1; i < argc && r->count < STORE_NUMBERS_MAX; i++) {
		double number;

		if (!literal_number(span_of(argv[i]), &number) ||
		    floor(number) < number)
			return false;
		r->number[r->count++] = (int64_t)number;
	}
	return r->count > 0 && (int)r->count == argc - 1;
}

static int
state_add(struct state *s, int argc, char **argv)
{
	struct store_record r = { .expires_s = s->now_s + s->lifetime_s };
	const char *why;
	struct jsonw w;
	struct buf text;
	bool ok;

	if (argc < 1 || !add_numbers(s, argc, argv, &r))
		return tool_usage();
	if (!state_open(s, true))
		return EXIT_FAILED;
	buf_init(&text, 65536);
	jsonw_init(&w, &text);
	store_json_write(&w, NULL, span_of(argv[0]), &r);
	ok = state_put(s, buf_span(&text), &why);
	buf_free(&text);
	return ok ? EXIT_OK : tool_fail(EXIT_FAILED, "%s", why);
}

static int
state_remove(struct state *s, int argc, char **argv)
{
	struct buf answer;
	int status = EXIT_OK;

	if (argc < 1)
		return tool_usage();
	if (!state_open(s, true))
		return EXIT_FAILED;
	for (int i = 0; i < argc; i++) {
		const char *line = arena_printf(s->arena, "remove %s", argv[i]);
		const char *why = "";
		bool ok;

		buf_init(&answer, 4096);
		ok = s->store != NULL
			 ? store_command(
			       s->store, span_of(line), s->now_s, &answer)
			 : tool_control(s->control,
			       arena_printf(s->arena, "state %s", line),
			       &answer, &why);
		if (!ok)
			status = tool_fail(EXIT_FAILED, "%s: %.*s", argv[i],
			    answer.n > 0 ? (int)answer.n - 1 : (int)strlen(why),
			    answer.n > 0 ? answer.p : why);
		buf_free(&answer);
	}
	return status;
}

static const struct {
	const char *name;
	int (*run)(struct state *s, int argc, char **argv);
} subcommands[] = {
	{ "list", state_list },
	{ "show", state_show },
	{ "add", state_add },
	{ "remove", state_remove },
	{ "export", state_export },
	{ "import", state_import },
};

static int
state_dispatch(struct state *s, int argc, char **argv)
{
	for (size_t i = 0; argc > 0 && i < ARRAY_COUNT(subcommands); i++)
		if (strcmp(argv[0], subcommands[i].name) == 0)
			return subcommands[i].run(s, argc - 1, argv + 1);
	return tool_usage();
}

static int
state_run(int argc, char **argv)
{
	struct state s = { .lifetime_s = LIFETIME_S };
	const char *file = NULL;
	int64_t ms;
	int c, status;

	while ((c = getopt(argc, argv, "+c:e:")) != -1) {
		if (c == 'e' && literal_duration(span_of(optarg), &ms) &&
		    ms >= 1000)
			s.lifetime_s = ms / 1000;
		else if (c == 'c')
			file = optarg;
		else
			return tool_usage();
	}
	s.snapshot = tool_settings(file);
	if (s.snapshot == NULL)
		return EXIT_CONFIG;
	s.arena = arena_new();
	s.now_s = (int64_t)time(NULL);
	status = state_dispatch(&s, argc - optind, argv + optind);
	store_close(&s.store);
	arena_free(&s.arena);
	snapshot_unref(&s.snapshot);
	return status;
}

extern const struct command command_state;
const struct command command_state = {
	.name = "state",
	.usage =
	    "[-c FILE] [-e LIFETIME] list [PREFIX] | show KEY | add KEY "
	    "[NUMBER ...] | remove KEY ... | export [PREFIX] | import FILE",
	.help = "what is remembered of senders: look at it, change it",
	.run = state_run,
};
