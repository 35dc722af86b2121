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
#include "rules/base/utf8.h"
#include "tool/base/screen.h"
#include "tool/journal/history_filter.h"
#include "tool/journal/history_table.h"
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

	struct arena *arena, *scratch;
	struct journal_reader *reader;
	uint64_t found, looked, lacking; /* neither author nor subject */
	struct history_table *table;
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
row_json(const struct journal_row *row, const struct history_told *told)
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
	if (told->author.n > 0)
		jsonw_text(&w, "author", told->author);
	lines_json("to", row->rcpt, &w);
	if (told->subject.n > 0)
		jsonw_text(&w, "subject", told->subject);
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

/*
 * RFC 4180. A leading =, +, - or @ would be a formula to a spreadsheet, also
 * behind white space that it takes away. What would steer a terminal becomes a
 * question mark.
 */
static void
csv_cell(struct buf *out, struct span text)
{
	struct span shown = span_trim(text);
	uint32_t rune;

	if (out->n > 0)
		(void)buf_addc(out, ',');
	(void)buf_addc(out, '"');
	if (shown.n > 0 && span_find(SPAN("=+-@"), shown.p[0]) != SIZE_MAX)
		(void)buf_addc(out, '\'');
	for (size_t at = 0, n; at < text.n; at += n) {
		n = utf8_next(text, at, &rune);
		if (rune == '"')
			(void)buf_addz(out, "\"\"");
		else if (rune == '\n')
			(void)buf_addc(out, ' ');
		else if (utf8_shown(rune))
			(void)buf_add(out, span_slice(text, at, at + n));
		else
			(void)buf_addc(out, '?');
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

/* ---- the command ------------------------------------------------------------------ */

/* A table lives until its end, a line of JSON until the next. */
static void
row_told(struct history *h, const struct journal_row *row)
{
	struct arena *a = h->form == FORM_JSON ? h->scratch : h->arena;
	struct history_told told;

	if (h->form == FORM_JSON)
		arena_reset(a);
	history_told(h->reader, row->seq, a, &told);
	if (h->form == FORM_JSON)
		row_json(row, &told);
	else
		history_table_add(h->table, row, &told);
}

static bool
history_row(void *ctx, const struct journal_row *row)
{
	struct history *h = ctx;

	bool lacks, wanted;

	if (!history_filter_wants(&h->filter, row))
		return true;
	wanted = history_filter_wants_record(
	    &h->filter, h->reader, row->seq, h->scratch, &lacks);
	h->looked++;
	h->lacking += lacks;
	if (!wanted)
		return true;
	if (h->form == FORM_CSV)
		row_csv(row);
	else
		row_told(h, row);
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
	OPT_SUBJECT,
	OPT_AUTHOR,
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
	{ "subject", required_argument, NULL, OPT_SUBJECT },
	{ "author", required_argument, NULL, OPT_AUTHOR },
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
	case OPT_SUBJECT:
		return filter_read(h, HISTORY_SUBJECT, value);
	case OPT_AUTHOR:
		return filter_read(h, HISTORY_AUTHOR, value);
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
	history_filter_ready(&h->filter, path, h->arena);
	if (h->form == FORM_CSV)
		(void)fputs(csv_head, stdout);
	h->reader = r;
	h->table = history_table_new(h->arena);
	ok = journal_each(r, &h->query, history_row, h);
	if (h->form == FORM_TABLE && h->found > 0) {
		screen_pager();
		history_table_print(h->table);
	}
	if (!ok)
		(void)tool_fail(0, "the journal can't be read: %s",
		    journal_reader_error(r));
	else if (h->found == h->limit && !h->limited)
		(void)fputs("(the last 100; --limit 0 shows all)\n", stderr);
	else if (h->found == 0 && h->lacking > 0 && h->lacking == h->looked)
		(void)tool_fail(0,
		    "none of these %llu decisions has an author or a Subject "
		    "on record: with journal.addresses hashed they are not "
		    "kept",
		    (unsigned long long)h->looked);
	else if (h->found == 0)
		(void)tool_fail(0, "no decision in %s is like that, of %llu",
		    path,
		    (unsigned long long)journal_count(
			r, &(struct journal_query){ 0 }));
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
	h.scratch = arena_new();
	status = history_show(&h);
	arena_free(&h.scratch);
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
	    "    [--subject WORDS] [--author WHO]\n"
	    "    [--limit N] [--json | --csv] [--journal FILE | --all-hosts] [-c FILE]",
	.help = "list past decisions",
	.run = history_run,
};
