/*
 * verdict learn and verdict unlearn: messages are handed to the daemon, which
 * alone writes what is learned. What judging saw of a message is known to it
 * by the decision's id; else the message is read again there.
 */
#include "config.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "policy/learn/learn_command.h"
#include "policy/learn/learn_text.h"
#include "rules/base/jsonw.h"
#include "tool/base/tool.h"
#include "tool/judge/corpus.h"

#define WRONG_MAX 5 /* messages whose errors are told one by one */

struct lessons {
	const char *verb; /* "learn spam", "learn ham", "unlearn" */
	const char *by;   /* NULL: the administrator */
	const char *socket;
	int64_t at_s; /* one time for all of many; 0: now */
	bool bar, json;
	struct arena *arena;
	size_t done, known, failed, total; /* total: files, for the bar */
	size_t files;
	bool down; /* there is no daemon: the rest would fail, too */
};

/* ---- one lesson ---------------------------------------------------------------- */

static void
lesson_count(struct lessons *t, bool ok, const char *name,
    const struct buf *answer, const char *why)
{
	struct span said = tool_control_said(answer, why);

	if (!ok) {
		if (t->bar)
			(void)fputs("\r\033[K", stderr);
		if (t->failed++ < WRONG_MAX)
			(void)tool_fail(0, "%s: %.*s", name, SPAN_FMT(said));
		t->down = answer->n == 0;
	} else if (span_is(said, lesson_answers[LESSON_KNOWN])) {
		t->known++;
	} else {
		t->done++;
	}
}

static void
lesson_send(struct lessons *t, const char *name, const char *what,
    const char *which, struct span payload)
{
	struct arena *a = arena_new();
	const char *line = arena_printf(a, "%s %s %s", t->verb, what, which);
	struct buf answer;
	const char *why;
	bool ok;

	if (t->by != NULL)
		line = arena_printf(a, "%s by %s", line, t->by);
	if (t->at_s > 0 && t->by == NULL)
		line = arena_printf(a, "%s at %lld", line, (long long)t->at_s);
	buf_init(&answer, 65536);
	ok = tool_control_with(t->socket, line, payload, &answer, &why);
	lesson_count(t, ok, name, &answer, why);
	buf_free(&answer);
	arena_free(&a);
}

static void
lesson_message(void *ctx, const char *name, struct span message)
{
	struct lessons *t = ctx;
	char octets[24];

	if (t->down)
		return;
	/* What is behind that says nothing new. */
	message = span_slice(message, 0, LEARN_PAYLOAD_MAX);
	(void)snprintf(octets, sizeof(octets), "%zu", message.n);
	lesson_send(t, name, "message", octets, message);
}

/* ---- many ---------------------------------------------------------------------- */

static void
lessons_bar(const struct lessons *t)
{
	if (t->bar && t->total > 1)
		(void)fprintf(stderr, "\r%3zu%%  %zu of %zu files ",
		    t->files * 100 / t->total, t->files, t->total);
}

static bool
lessons_corpus(struct lessons *t, const struct corpus *c)
{
	bool ok = true;

	for (size_t i = 0; i < c->count && !t->down; i++) {
		lessons_bar(t);
		ok = corpus_each(&c->file[i], lesson_message, t) && ok;
		t->files++;
	}
	return ok;
}

static void
lessons_end(const struct lessons *t)
{
	struct jsonw w;
	struct buf out;

	if (t->bar)
		(void)fputs("\r\033[K", stderr);
	if (t->failed > WRONG_MAX)
		(void)tool_fail(0, "and %zu more", t->failed - WRONG_MAX);
	buf_init(&out, 65536);
	if (t->json) {
		jsonw_init(&w, &out);
		jsonw_object(&w, NULL);
		jsonw_number(&w, "done", (double)t->done);
		jsonw_number(&w, "known", (double)t->known);
		jsonw_number(&w, "failed", (double)t->failed);
		jsonw_end(&w);
		(void)buf_addc(&out, '\n');
	} else if (t->done + t->known + t->failed > 1) {
		(void)buf_printf(&out,
		    "%zu message%s, %zu known already, %zu not\n", t->done,
		    plural(t->done), t->known, t->failed);
	}
	tool_print(&out);
}

/* A file or a directory, "-", or the id of a decision. */
static bool
lessons_argument(struct lessons *t, const char *argument)
{
	struct corpus c = { .arena = t->arena };
	struct span text;
	struct stat st;

	if (strcmp(argument, "-") == 0) {
		if (!tool_read("-", t->arena, &text))
			return false;
		lesson_message(t, "standard input", text);
		return true;
	}
	if (stat(argument, &st) != 0 && strchr(argument, '/') == NULL &&
	    strlen(argument) <= LEARN_ID_MAX &&
	    learn_who_valid(span_of(argument))) {
		lesson_send(t, argument, "id", argument, SPAN(""));
		return true;
	}
	if (!corpus_find(&c, argument))
		return false;
	t->total += c.count;
	if (c.count > 1)
		t->at_s = (int64_t)time(NULL);
	return lessons_corpus(t, &c);
}

/* ---- the commands --------------------------------------------------------------- */

struct learn_options {
	const char *file, *by, *ham, *spam;
	bool json;
};

static bool
options_read(int argc, char **argv, struct learn_options *o)
{
	static const struct option options[] = {
		{ "by", required_argument, NULL, 'b' },
		{ "ham", required_argument, NULL, 'h' },
		{ "spam", required_argument, NULL, 's' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	*o = (struct learn_options){ .json = false };
	while ((c = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			o->file = optarg;
			break;
		case 'b':
			o->by = optarg;
			break;
		case 'h':
			o->ham = optarg;
			break;
		case 's':
			o->spam = optarg;
			break;
		case 'j':
			o->json = true;
			break;
		default:
			return false;
		}
	}
	return o->by == NULL ||
	       (o->by[0] != '\0' && learn_who_valid(span_of(o->by)));
}

/* Who may not use the control socket may have the door's group. */
static const char *
learn_socket(const struct config *c, const struct learn_options *o)
{
	bool door = o->by != NULL && c->learn_socket[0] != '\0' &&
		    access(c->control, W_OK) != 0;

	return door ? c->learn_socket : c->control;
}

static int
lessons_run(
    struct lessons *t, const struct learn_options *o, int argc, char **argv)
{
	struct snapshot *settings = tool_settings(o->file);
	bool ok = true;

	if (settings == NULL)
		return EXIT_CONFIG;
	t->arena = arena_new();
	t->by = o->by;
	t->json = o->json;
	t->bar = isatty(STDERR_FILENO) == 1;
	t->socket = learn_socket(&settings->config, o);
	for (int i = 0; i < argc && !t->down; i++)
		ok = lessons_argument(t, argv[i]) && ok;
	if (argc == 0)
		ok = lessons_argument(t, "-");
	lessons_end(t);
	arena_free(&t->arena);
	snapshot_unref(&settings);
	return t->down                ? EXIT_UNAVAILABLE
	       : t->failed > 0 || !ok ? EXIT_FAILED
				      : EXIT_OK;
}

/* A folder of each kind, all at one time; then a model of both at once. */
static int
learn_start(const struct learn_options *o)
{
	struct snapshot *settings = tool_settings(o->file);
	struct arena *a = arena_new();
	struct corpus ham = { .arena = a }, spam = { .arena = a };
	struct lessons t = { .verb = "learn ham",
		.by = o->by,
		.arena = a,
		.json = o->json,
		.bar = isatty(STDERR_FILENO) == 1,
		.at_s = (int64_t)time(NULL) };
	struct buf answer;
	const char *why;
	bool ok;

	if (settings == NULL) {
		arena_free(&a);
		return EXIT_CONFIG;
	}
	t.socket = learn_socket(&settings->config, o);
	tool_control_patience(TOOL_WORK_S);
	ok = corpus_find(&ham, o->ham) && corpus_find(&spam, o->spam);
	t.total = ham.count + spam.count;
	ok = ok && lessons_corpus(&t, &ham);
	t.verb = "learn spam";
	ok = ok && lessons_corpus(&t, &spam);
	buf_init(&answer, (size_t)1 << 20);
	if (ok && !t.down && o->by == NULL &&
	    !tool_control(t.socket, "learned train", &answer, &why))
		ok = tool_fail(0, "%.*s",
			 SPAN_FMT(tool_control_said(&answer, why))) != 0;
	buf_free(&answer);
	lessons_end(&t);
	arena_free(&a);
	snapshot_unref(&settings);
	return t.down                ? EXIT_UNAVAILABLE
	       : t.failed > 0 || !ok ? EXIT_FAILED
				     : EXIT_OK;
}

static int
learn_run(int argc, char **argv)
{
	struct lessons t = { .verb = NULL };
	struct learn_options o;

	if (!options_read(argc, argv, &o))
		return tool_usage();
	argc -= optind;
	argv += optind;
	if (o.ham != NULL && o.spam != NULL && argc == 0)
		return learn_start(&o);
	if (o.ham != NULL || o.spam != NULL || argc == 0)
		return tool_usage();
	if (strcmp(argv[0], "spam") == 0)
		t.verb = "learn spam";
	else if (strcmp(argv[0], "ham") == 0)
		t.verb = "learn ham";
	else
		return tool_usage();
	return lessons_run(&t, &o, argc - 1, argv + 1);
}

static int
unlearn_run(int argc, char **argv)
{
	struct lessons t = { .verb = "unlearn" };
	struct learn_options o;

	if (!options_read(argc, argv, &o) || o.ham != NULL || o.spam != NULL)
		return tool_usage();
	return lessons_run(&t, &o, argc - optind, argv + optind);
}

extern const struct command command_learn, command_unlearn;
const struct command command_learn = {
	.name = "learn",
	.usage =
	    "spam|ham [-c FILE] [--by USER] [--json] [ID | FILE | DIR | -] "
	    "... | --ham DIR --spam DIR",
	.help = "teach that messages are spam, or are not",
	.run = learn_run,
};
const struct command command_unlearn = {
	.name = "unlearn",
	.usage = "[-c FILE] [--by USER] [--json] [ID | FILE | DIR | -] ...",
	.help = "forget what was taught of messages",
	.run = unlearn_run,
};
