/*
 * verdict learned: what was learned, from whom and how well it does; and what
 * can be done with all of it. The daemon is asked; "test" needs none.
 */
#include "config.h"

#include "tool/learn/learned.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "policy/base/json.h"
#include "policy/learn/learn_command.h"
#include "rules/source/literal.h"
#include "tool/base/tool.h"

/* Of an import, so much is handed over at once. */
#define IMPORT_OCTETS ((size_t)4 << 20)

struct learned_ask {
	struct snapshot *settings;
	struct arena *arena;
	bool json;
	struct buf answer;
};

static bool
ask(struct learned_ask *q, const char *line, struct span payload)
{
	const char *why;

	buf_clear(&q->answer);
	if (tool_control_with(
		q->settings->config.control, line, payload, &q->answer, &why))
		return true;
	(void)tool_fail(
	    0, "%.*s", SPAN_FMT(tool_control_said(&q->answer, why)));
	return false;
}

/* ---- the state ------------------------------------------------------------------ */

static void
print_model(struct jsonr m, struct buf *out)
{
	char when[32] = "";
	time_t made = (time_t)jsonr_get_whole(m, "time");
	struct tm tm;

	if (!jsonr_given(m)) {
		(void)buf_addz(out, "model      none yet\n");
		return;
	}
	if (localtime_r(&made, &tm) == NULL ||
	    strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &tm) == 0)
		when[0] = '\0';
	(void)buf_printf(out,
	    "model      %.*s of %s, from %.0f spam and %.0f ham\n",
	    SPAN_FMT(jsonr_get_text(m, "name")), when,
	    jsonr_get_number(m, "spam"), jsonr_get_number(m, "ham"));
	if (!jsonr_get_bool(m, "speaks"))
		(void)buf_printf(out,
		    "           silent until there are %d of each\n",
		    LEARN_KIND_MIN);
	if (jsonr_get_bool(m, "shares"))
		(void)buf_printf(out, "shares     by %.0f good mails\n",
		    jsonr_get_number(m, "good"));
	else
		(void)buf_printf(out,
		    "shares     not yet: %.0f of %d good mails\n",
		    jsonr_get_number(m, "good"), LEARN_SHARE_MIN);
	(void)buf_printf(out,
	    "misjudged  %.2f %% of the last %d before they "
	    "were learned\n",
	    100 * jsonr_get_number(m, "error"), LEARN_RECENT);
	if (jsonr_given(jsonr_get(m, "realised")))
		(void)buf_printf(out,
		    "promised   %.3f %% of good mail below that share, came "
		    "true: %.3f %%\n",
		    100 * jsonr_get_number(m, "promised"),
		    100 * jsonr_get_number(m, "realised"));
}

static void
print_teacher(struct jsonr t, struct buf *out)
{
	struct span who = jsonr_get_text(t, "who");

	(void)buf_addz(out, "  ");
	tool_safe(out, who.n == 0 ? SPAN("(administrator)") : who);
	(void)buf_printf(out, ": %.0f spam, %.0f ham",
	    jsonr_get_number(t, "spam"), jsonr_get_number(t, "ham"));
	if (jsonr_get_number(t, "left_out") > 0)
		(void)buf_printf(out, ", %.0f above the cap not used",
		    jsonr_get_number(t, "left_out"));
	if (who.n > 0 && jsonr_get_number(t, "judged") > 0)
		(void)buf_printf(out, "; agrees with others in %.0f of %.0f",
		    jsonr_get_number(t, "agreed"),
		    jsonr_get_number(t, "judged"));
	if (who.n > 0)
		(void)buf_printf(out, ", counts %.0f %%",
		    100 * jsonr_get_number(t, "trust"));
	(void)buf_addc(out, '\n');
}

static void
print_state(struct jsonr s, struct buf *out)
{
	struct jsonr held = jsonr_get(s, "held");
	struct jsonr teachers = jsonr_get(s, "teachers");

	(void)buf_printf(out, "samples    %.0f spam, %.0f ham\n",
	    jsonr_get_number(s, "spam"), jsonr_get_number(s, "ham"));
	(void)buf_printf(out, "decisions  %.0f can be taught by their id\n",
	    jsonr_get_number(s, "kept"));
	print_model(jsonr_get(s, "model"), out);
	if (!jsonr_get_bool(s, "works"))
		(void)buf_addz(out,
		    "learned.db can't be used now; the log says "
		    "why\n");
	if (jsonr_given(held)) {
		(void)buf_printf(out,
		    "HELD BACK  a newer model would mark %.0f of %.0f good "
		    "mails; most of it taught: ",
		    jsonr_get_number(held, "marked"),
		    jsonr_get_number(held, "good"));
		tool_safe(out, jsonr_get_text(held, "blamed"));
		(void)buf_addz(out, "\n           verdict learned forget --by "
				    "USER, or verdict learned accept\n");
	}
	if (jsonr_count(teachers) > 0)
		(void)buf_addz(out, "teachers\n");
	for (size_t i = 0; i < jsonr_count(teachers); i++)
		print_teacher(jsonr_at(teachers, i), out);
}

static int
learned_state(struct learned_ask *q, const char *line)
{
	struct jsonr_doc *doc;
	struct buf out;
	const char *why;

	if (!ask(q, line, SPAN("")))
		return EXIT_UNAVAILABLE;
	if (q->json) {
		tool_print_clean(buf_span(&q->answer));
		return EXIT_OK;
	}
	doc = jsonr_parse(buf_span(&q->answer), q->arena, &why);
	if (doc == NULL)
		return tool_fail(EXIT_UNAVAILABLE, "%s", why);
	buf_init(&out, (size_t)4 << 20);
	print_state(jsonr_top(doc), &out);
	tool_print(&out);
	jsonr_free(&doc);
	return EXIT_OK;
}

/* ---- samples in and out ----------------------------------------------------------- */

/* Lines of samples to standard output, each followed by its place, the last of
 * which is where to go on: *more. */
static bool
export_print(struct span text, struct arena *a, const char **more, bool first)
{
	struct span line, place;

	*more = NULL;
	if (first && span_cut(&text, '\n', &line)) {
		tool_print_clean(line);
		(void)putchar('\n');
	}
	while (text.n > 0 && span_cut(&text, '\n', &line) &&
	       span_cut(&text, '\n', &place)) {
		tool_print_clean(line);
		(void)putchar('\n');
		*more = arena_strdup(a, place);
	}
	return fflush(stdout) == 0;
}

static int
learned_export(struct learned_ask *q)
{
	const char *line = "learned export";
	bool first = true;
	const char *more;

	do {
		if (!ask(q, line, SPAN("")))
			return EXIT_UNAVAILABLE;
		if (!export_print(buf_span(&q->answer), q->arena, &more, first))
			return tool_fail(EXIT_IO, "standard output is full");
		first = false;
		if (more != NULL)
			line =
			    arena_printf(q->arena, "learned export %s", more);
	} while (more != NULL);
	return EXIT_OK;
}

/* The secret's line stands before each part. */
static int
learned_import(struct learned_ask *q, const char *path)
{
	struct span text, secret, line;
	bool bar = isatty(STDERR_FILENO) == 1;
	unsigned long added = 0, known = 0, one, other;
	size_t whole, at = 0;
	struct buf part;

	if (!tool_read(path, q->arena, &text))
		return EXIT_NOINPUT;
	whole = text.n + 1;
	(void)span_cut(&text, '\n', &secret);
	buf_init(&part, 2 * IMPORT_OCTETS);
	do {
		const char *head;

		buf_clear(&part);
		(void)buf_printf(&part, "%.*s\n", SPAN_FMT(secret));
		while (part.n < IMPORT_OCTETS && text.n > 0 &&
		       span_cut(&text, '\n', &line)) {
			at += line.n + 1;
			(void)buf_add(&part, line);
			(void)buf_addc(&part, '\n');
		}
		head = arena_printf(q->arena, "learned import %zu", part.n);
		if (part.over || !ask(q, head, buf_span(&part)))
			break;
		buf_addc(&q->answer, '\0');
		if (sscanf(q->answer.p, "%lu %lu", &one, &other) == 2) {
			added += one;
			known += other;
		}
		if (bar)
			(void)fprintf(stderr, "\r%3zu%% ", at * 100 / whole);
	} while (text.n > 0);
	buf_free(&part);
	if (bar)
		(void)fputs("\r\033[K", stderr);
	(void)printf("%lu samples imported, %lu known already\n", added, known);
	return text.n > 0 || added + known == 0 ? EXIT_FAILED : EXIT_OK;
}

/* ---- forgetting --------------------------------------------------------------------- */

struct forget_options {
	const char *by, *sender, *since, *before;
};

/* "7d" is so long ago; "2026-01-31" and "2026-01-31 08:00" are times here. */
static bool
time_read(const char *text, int64_t *out)
{
	struct tm tm = { .tm_isdst = -1 };
	int64_t ms;
	int n = 0;

	if (literal_duration(span_of(text), &ms)) {
		*out = (int64_t)time(NULL) - ms / 1000;
		return true;
	}
	if (sscanf(text, "%4d-%2d-%2d%n %2d:%2d%n", &tm.tm_year, &tm.tm_mon,
		&tm.tm_mday, &n, &tm.tm_hour, &tm.tm_min, &n) < 3 ||
	    text[n] != '\0')
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	*out = (int64_t)mktime(&tm);
	return *out > 0;
}

static int
learned_forget(struct learned_ask *q, const struct forget_options *o)
{
	const char *const text[] = { o->since, o->before };
	static const char *const word[] = { "since", "before" };
	const char *line = "learned forget";
	int64_t time_s;

	if (o->by != NULL)
		line = arena_printf(q->arena, "%s by %s", line, o->by);
	if (o->sender != NULL)
		line = arena_printf(q->arena, "%s sender %s", line, o->sender);
	for (int i = 0; i < 2; i++) {
		if (text[i] == NULL)
			continue;
		if (!time_read(text[i], &time_s))
			return tool_fail(EXIT_USAGE,
			    "%s is neither a time such as 2026-01-31 or "
			    "\"2026-01-31 08:00\" nor one such as 7d",
			    text[i]);
		line = arena_printf(
		    q->arena, "%s %s %lld", line, word[i], (long long)time_s);
	}
	if (!ask(q, line, SPAN("")))
		return EXIT_FAILED;
	tool_print_clean(buf_span(&q->answer));
	return EXIT_OK;
}

/* ---- the command ---------------------------------------------------------------------- */

static int
learned_do(struct learned_ask *q, const struct forget_options *o, int argc,
    char **argv)
{
	const char *what = argc == 0 ? "" : argv[0];

	if (argc == 0)
		return learned_state(q, "learned");
	if (argc == 1 && strcmp(what, "train") == 0)
		return learned_state(q, "learned train");
	if (argc == 1 && strcmp(what, "accept") == 0)
		return learned_state(q, "learned accept");
	if (argc == 1 && strcmp(what, "export") == 0)
		return learned_export(q);
	if (argc == 2 && strcmp(what, "import") == 0)
		return learned_import(q, argv[1]);
	if (argc == 1 && strcmp(what, "forget") == 0)
		return learned_forget(q, o);
	return tool_usage();
}

static bool
options_read(int argc, char **argv, struct forget_options *o, const char **file,
    bool *json)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "by", required_argument, NULL, 'b' },
		{ "sender", required_argument, NULL, 's' },
		{ "since", required_argument, NULL, 'a' },
		{ "before", required_argument, NULL, 'z' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
		if (c == 'j')
			*json = true;
		else if (c == 'c')
			*file = optarg;
		else if (c == 'b')
			o->by = optarg;
		else if (c == 's')
			o->sender = optarg;
		else if (c == 'a')
			o->since = optarg;
		else if (c == 'z')
			o->before = optarg;
		else
			return false;
	}
	return true;
}

static int
learned_run(int argc, char **argv)
{
	struct forget_options o = { .by = NULL };
	struct learned_ask q = { .json = false };
	const char *file = NULL;
	int status = EXIT_CONFIG;

	if (!options_read(argc, argv, &o, &file, &q.json))
		return tool_usage();
	argc -= optind;
	argv += optind;
	if (argc == 2 && strcmp(argv[0], "test") == 0)
		return learned_test(argv[1], q.json);
	q.settings = tool_settings(file);
	if (q.settings == NULL)
		return EXIT_CONFIG;
	q.arena = arena_new();
	buf_init(&q.answer, (size_t)64 << 20);
	if (argc > 0)
		tool_control_patience(TOOL_WORK_S);
	status = learned_do(&q, &o, argc, argv);
	buf_free(&q.answer);
	arena_free(&q.arena);
	snapshot_unref(&q.settings);
	return status;
}

extern const struct command command_learned;
const struct command command_learned = {
	.name = "learned",
	.usage = "[-c FILE] [--json] [test INDEX | train | accept | export | "
		 "import FILE | forget [--by USER] [--sender ADDRESS] "
		 "[--since TIME] [--before TIME]]",
	.help = "what was learned, from whom, and how well it does",
	.run = learned_run,
};
