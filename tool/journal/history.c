/*
 * verdict history: the decisions of the journal, filtered, as a table, JSON
 * lines or CSV. The daemon may write meanwhile.
 */
#include "config.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "policy/base/clock.h"
#include "rules/base/jsonw.h"
#include "tool/journal/history_filter.h"
#include "tool/journal/journal.h"

#define LINE_OCTETS ((size_t)256 * 1024)

enum form { FORM_TABLE, FORM_JSON, FORM_CSV };

struct history {
	struct journal_choice journal;
	struct journal_query query;
	struct history_filter filter;
	uint64_t limit;
	bool limited;
	enum form form;

	struct arena *arena;
	uint64_t found;
	struct history_line *line;
	size_t count, cap;
};

/* A row that waits until the widths of the table are known. */
struct history_line {
	struct span cell[8];
};

/* ---- forms -------------------------------------------------------------------- */

static void
lines_json(const char *key, struct span lines, struct jsonw *w)
{
	struct span line;

	jsonw_array(w, key);
	while (lines.n > 0 && span_cut(&lines, '\n', &line))
		jsonw_text(w, NULL, line);
	jsonw_end(w);
}

static void
row_json(const struct journal_row *row)
{
	struct jsonw w;
	struct buf out;

	buf_init(&out, LINE_OCTETS);
	jsonw_init(&w, &out);
	jsonw_object(&w, NULL);
	jsonw_text(&w, "id", row->id);
	jsonw_number(&w, "time", (double)row->time_s);
	jsonw_text(&w, "queue", row->queue);
	if (row->host.n > 0)
		jsonw_text(&w, "host", row->host);
	jsonw_text(&w, "client", row->client);
	jsonw_text(&w, "from", row->sender);
	jsonw_text(&w, "author_domain", row->author);
	lines_json("to", row->rcpt, &w);
	jsonw_text(&w, "verdict", row->verdict);
	jsonw_text(&w, "wanted", row->wanted);
	jsonw_text(&w, "stage", row->stage);
	jsonw_number(&w, "score", row->score);
	jsonw_text(&w, "rule", row->rule);
	lines_json("rules", row->rules, &w);
	jsonw_text(&w, "reply", row->reply);
	jsonw_text(&w, "snapshot", row->snapshot);
	jsonw_end(&w);
	(void)buf_addc(&out, '\n');
	tool_print(&out);
}

/* RFC 4180. A leading =, +, - or @ would be a formula to a spreadsheet. */
static void
csv_cell(struct buf *out, struct span text)
{
	if (out->n > 0)
		(void)buf_addc(out, ',');
	(void)buf_addc(out, '"');
	if (text.n > 0 && strchr("=+-@", text.p[0]) != NULL)
		(void)buf_addc(out, '\'');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"')
			(void)buf_addc(out, '"');
		(void)buf_addc(out, text.p[i] == '\n' ? ' ' : text.p[i]);
	}
	(void)buf_addc(out, '"');
}

static const char csv_head[] = "time,id,queue,client,from,author_domain,to,"
			       "verdict,wanted,stage,score,rule,rules,reply\n";

static void
row_csv(const struct journal_row *row)
{
	char time[24], score[32];
	const struct span cell[] = { row->id, row->queue, row->client,
		row->sender, row->author, row->rcpt, row->verdict, row->wanted,
		row->stage };
	struct buf out;

	tool_time(row->time_s, time);
	(void)snprintf(score, sizeof(score), ",%g", row->score);
	buf_init(&out, LINE_OCTETS);
	csv_cell(&out, span_of(time));
	for (size_t i = 0; i < ARRAY_COUNT(cell); i++)
		csv_cell(&out, cell[i]);
	(void)buf_addz(&out, score);
	csv_cell(&out, row->rule);
	csv_cell(&out, row->rules);
	csv_cell(&out, row->reply);
	(void)buf_addc(&out, '\n');
	tool_print(&out);
}

/* ---- the table ------------------------------------------------------------------ */

enum {
	COL_TIME,
	COL_ID,
	COL_VERDICT,
	COL_CLIENT,
	COL_FROM,
	COL_TO,
	COL_SCORE,
	COL_RULE
};
#define COLS (COL_RULE + 1)

static const struct {
	const char *head;
	size_t least; /* that it keeps on a narrow terminal; 0: all */
} columns[COLS] = {
	[COL_TIME] = { "TIME", 0 },
	[COL_ID] = { "ID", 0 },
	[COL_VERDICT] = { "VERDICT", 0 },
	[COL_CLIENT] = { "CLIENT", 0 },
	[COL_FROM] = { "FROM", 12 },
	[COL_TO] = { "TO", 12 },
	[COL_SCORE] = { "SCORE", 0 },
	[COL_RULE] = { "RULE", 8 },
};

static struct span
cell_text(struct history *h, struct span text)
{
	struct buf out;

	buf_init(&out, LINE_OCTETS);
	tool_clean(&out, text);
	text = arena_dup(h->arena, buf_span(&out));
	buf_free(&out);
	return text;
}

/* "bob@example.org +2": the first of several recipients. */
static struct span
cell_rcpts(struct history *h, struct span rcpt)
{
	struct span first = SPAN(""), line;
	size_t more = 0;

	while (rcpt.n > 0 && span_cut(&rcpt, '\n', &line)) {
		if (first.n == 0)
			first = line;
		else
			more++;
	}
	first = cell_text(h, first);
	return more == 0 ? first
			 : span_of(arena_printf(
			       h->arena, "%.*s +%zu", SPAN_FMT(first), more));
}

static void
row_table(struct history *h, const struct journal_row *row)
{
	bool monitored = !span_eq(row->verdict, row->wanted);
	struct history_line *l;
	char time[24];

	tool_time(row->time_s, time);
	h->line = arena_grow(
	    h->arena, h->line, &h->cap, h->count + 1, sizeof(*h->line));
	l = &h->line[h->count++];
	l->cell[COL_TIME] = arena_dup(h->arena, span_of(time));
	l->cell[COL_ID] = cell_text(h, row->id);
	l->cell[COL_VERDICT] = monitored ? span_of(arena_printf(h->arena,
					       "(%.*s)", SPAN_FMT(row->wanted)))
					 : cell_text(h, row->verdict);
	l->cell[COL_CLIENT] = cell_text(h, row->client);
	l->cell[COL_FROM] =
	    row->sender.n == 0 ? SPAN("<>") : cell_text(h, row->sender);
	l->cell[COL_TO] = cell_rcpts(h, row->rcpt);
	l->cell[COL_SCORE] =
	    span_of(arena_printf(h->arena, "%.1f", row->score + 0.0));
	l->cell[COL_RULE] = cell_text(h, row->rule);
}

/* Characters, more or less: octets that begin one. */
static size_t
cell_width(struct span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	return n;
}

static void
table_widths(const struct history *h, size_t width[COLS])
{
	size_t screen = tool_width(), all = COLS - 1;

	for (size_t c = 0; c < COLS; c++) {
		width[c] = strlen(columns[c].head);
		for (size_t i = 0; i < h->count; i++) {
			size_t w = cell_width(h->line[i].cell[c]);

			width[c] = w > width[c] ? w : width[c];
		}
		all += width[c];
	}
	/* The widest that may shrink does, one by one. */
	while (screen > 0 && all > screen) {
		size_t widest = COLS;

		for (size_t c = 0; c < COLS; c++)
			if (columns[c].least > 0 &&
			    width[c] > columns[c].least &&
			    (widest == COLS || width[c] > width[widest]))
				widest = c;
		if (widest == COLS)
			break;
		width[widest]--;
		all--;
	}
}

static void
cell_print(struct span s, size_t width, bool right, bool last)
{
	size_t w = cell_width(s), n = 0, shown = 0;
	bool cut = w > width;

	for (; right && w < width; w++)
		(void)putchar(' ');
	while (n < s.n && (!cut || shown < width - 1 ||
			      ((unsigned char)s.p[n] & 0xC0) == 0x80)) {
		shown += ((unsigned char)s.p[n] & 0xC0) != 0x80;
		(void)putchar(s.p[n++]);
	}
	if (cut)
		(void)fputs("~", stdout);
	for (; !right && !last && w < width; w++)
		(void)putchar(' ');
	if (!last)
		(void)putchar(' ');
}

static const char *
verdict_colour(struct span verdict)
{
	if (span_is(verdict, "reject") || span_is(verdict, "discard"))
		return tool_red();
	if (span_is(verdict, "junk") || span_is(verdict, "quarantine") ||
	    span_is(verdict, "tempfail"))
		return tool_yellow();
	return "";
}

static void
table_print(const struct history *h)
{
	size_t width[COLS];

	if (h->count == 0)
		return;
	table_widths(h, width);
	(void)fputs(tool_bold(), stdout);
	for (size_t c = 0; c < COLS; c++)
		cell_print(span_of(columns[c].head), width[c], c == COL_SCORE,
		    c == COL_RULE);
	(void)printf("%s\n", tool_plain());
	for (size_t i = 0; i < h->count; i++) {
		const struct span *cell = h->line[i].cell;

		for (size_t c = 0; c < COLS; c++) {
			if (c == COL_VERDICT)
				(void)fputs(verdict_colour(cell[c]), stdout);
			cell_print(
			    cell[c], width[c], c == COL_SCORE, c == COL_RULE);
			if (c == COL_VERDICT)
				(void)fputs(tool_plain(), stdout);
		}
		(void)putchar('\n');
	}
}

/* ---- the command ------------------------------------------------------------------ */

static bool
history_row(void *ctx, const struct journal_row *row)
{
	struct history *h = ctx;

	if (!history_filter_wants(&h->filter, row))
		return true;
	if (h->form == FORM_JSON)
		row_json(row);
	else if (h->form == FORM_CSV)
		row_csv(row);
	else
		row_table(h, row);
	return ++h->found < h->limit;
}

enum {
	OPT_SINCE = 256,
	OPT_UNTIL,
	OPT_FROM,
	OPT_TO,
	OPT_CLIENT,
	OPT_RULE,
	OPT_VERDICT,
	OPT_ID,
	OPT_LIMIT,
	OPT_JSON,
	OPT_CSV,
	OPT_JOURNAL,
	OPT_ALL_HOSTS
};

static const struct option long_options[] = {
	{ "since", required_argument, NULL, OPT_SINCE },
	{ "until", required_argument, NULL, OPT_UNTIL },
	{ "from", required_argument, NULL, OPT_FROM },
	{ "to", required_argument, NULL, OPT_TO },
	{ "client", required_argument, NULL, OPT_CLIENT },
	{ "rule", required_argument, NULL, OPT_RULE },
	{ "verdict", required_argument, NULL, OPT_VERDICT },
	{ "id", required_argument, NULL, OPT_ID },
	{ "limit", required_argument, NULL, OPT_LIMIT },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "csv", no_argument, NULL, OPT_CSV },
	{ "journal", required_argument, NULL, OPT_JOURNAL },
	{ "all-hosts", no_argument, NULL, OPT_ALL_HOSTS },
	{ "config", required_argument, NULL, 'c' },
	{ NULL, 0, NULL, 0 },
};

/* What is to be found; false after saying what is wrong with the value. */
static bool
filter_read(struct history *h, enum history_field field, const char *value)
{
	const char *why = NULL;

	if (history_filter_read(&h->filter, field, value, &why))
		return true;
	if (why != NULL)
		(void)tool_fail(0, "%s %s", value, why);
	return false;
}

static bool
option_read(struct history *h, int c, const char *value, int64_t now_s)
{
	switch (c) {
	case OPT_SINCE:
		return tool_moment(value, now_s, &h->query.since_s);
	case OPT_UNTIL:
		return tool_moment(value, now_s, &h->query.until_s);
	case OPT_FROM:
		return filter_read(h, HISTORY_FROM, value);
	case OPT_TO:
		return filter_read(h, HISTORY_TO, value);
	case OPT_CLIENT:
		return filter_read(h, HISTORY_CLIENT, value);
	case OPT_RULE:
		h->query.rule = span_of(value);
		return filter_read(h, HISTORY_RULE, value);
	case OPT_VERDICT:
		return filter_read(h, HISTORY_VERDICT, value);
	case OPT_ID:
		h->query.id_prefix = span_of(value);
		return true;
	case OPT_LIMIT:
		h->limited = true;
		if (span_number(span_of(value), &h->limit))
			return true;
		(void)tool_fail(0, "%s is no number of decisions", value);
		return false;
	case OPT_JSON:
		h->form = FORM_JSON;
		return true;
	case OPT_CSV:
		h->form = FORM_CSV;
		return true;
	case OPT_JOURNAL:
		h->journal.journal = value;
		return true;
	case OPT_ALL_HOSTS:
		h->journal.all_hosts = true;
		return true;
	case 'c':
		h->journal.config = value;
		return true;
	default:
		return false;
	}
}

static int
history_show(struct history *h)
{
	struct journal_reader *r;
	const char *path;
	bool ok;

	r = tool_journal(&h->journal, &path, h->arena);
	if (r == NULL)
		return EXIT_NOINPUT;
	history_filter_hash(&h->filter, path, h->arena);
	if (h->form == FORM_CSV)
		(void)fputs(csv_head, stdout);
	ok = journal_each(r, &h->query, history_row, h);
	if (h->form == FORM_TABLE)
		table_print(h);
	if (!ok)
		(void)tool_fail(0, "the journal can't be read: %s",
		    journal_reader_error(r));
	else if (h->found == h->limit && !h->limited)
		(void)fputs("(the last 100; --limit 0 shows all)\n", stderr);
	else if (h->found == 0)
		(void)tool_fail(0, "none of %llu decisions in %s is like that",
		    (unsigned long long)journal_count(
			r, &(struct journal_query){ 0 }),
		    path);
	journal_reader_close(&r);
	return !ok ? EXIT_NOINPUT : h->found == 0 ? EXIT_FAILED : EXIT_OK;
}

static int
history_run(int argc, char **argv)
{
	int64_t now_s = clock_system.unix_s(NULL);
	struct history h = { .query.newest_first = true };
	int c, status;

	while ((c = getopt_long(argc, argv, "c:", long_options, NULL)) != -1)
		if (!option_read(&h, c, optarg, now_s))
			return tool_usage();
	if (optind < argc)
		return tool_usage();
	if (!h.limited)
		h.limit = h.form == FORM_TABLE ? 100 : 0;
	if (h.limit == 0)
		h.limit = UINT64_MAX;
	h.arena = arena_new();
	status = history_show(&h);
	arena_free(&h.arena);
	return status;
}

extern const struct command command_history;
const struct command command_history = {
	.name = "history",
	.usage =
	    "[--since WHEN] [--until WHEN] [--from WHO] [--to WHO]\n"
	    "    [--client ADDRESS|NET] [--rule NAME] [--verdict WORD] "
	    "[--id PREFIX]\n"
	    "    [--limit N] [--json | --csv] [--journal FILE | --all-hosts] [-c FILE]",
	.help = "list past decisions",
	.run = history_run,
};
