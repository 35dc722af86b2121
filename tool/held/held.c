/*
 * verdict held and verdict release: the mail that rules have put on hold, why,
 * and letting it go. The queue is the MTA's; the why is the journal's.
 */
#include "config.h"

#include <getopt.h>
#include <stdlib.h>

#include "rules/base/jsonw.h"
#include "tool/base/screen.h"
#include "tool/held/mta_queue.h"
#include "tool/journal/history_told.h"
#include "tool/journal/journal.h"

#define LINE_MAX_OCTETS ((size_t)256 * 1024)
/* Decisions that are looked through for those of the queue. */
#define LOOK_MAX 2000000

struct held {
	struct arena *arena;
	struct journal_choice choice;
	const char *mta;               /* --mta; NULL: whichever is here */
	struct journal_reader *reader; /* NULL: the why is not known */
	struct mta_list list;
	struct held_why {
		struct span id, rule;
		struct history_told told;
		bool found;
	} * why; /* by item of the list */
	struct held_id {
		struct span id;
		size_t at; /* in the list */
	} * order;         /* by id */
	size_t left;       /* that were not found yet */
	uint64_t looked;
};

/* ---- the journal's side ------------------------------------------------------- */

static int
id_order(const void *a, const void *b)
{
	const struct held_id *x = a, *y = b;

	return span_case_compare(x->id, y->id);
}

static bool
why_row(void *ctx, const struct journal_row *row)
{
	struct held *h = ctx;
	const struct held_id key = { row->queue, 0 }, *found;
	struct held_why *why;

	found =
	    bsearch(&key, h->order, h->list.count, sizeof(*h->order), id_order);
	if (found != NULL && !h->why[found->at].found) {
		why = &h->why[found->at];
		why->found = true;
		why->id = arena_dup(h->arena, row->id);
		why->rule = arena_dup(h->arena, row->rule);
		history_told(h->reader, row->seq, h->arena, &why->told);
		h->left--;
	}
	return h->left > 0 && ++h->looked < LOOK_MAX;
}

/* Not before the oldest of them came. */
static void
why_find(struct held *h)
{
	struct journal_query q = { .newest_first = true };
	const char *path;

	h->why = arena_array(h->arena, h->list.count + 1, sizeof(*h->why));
	h->order = arena_array(h->arena, h->list.count + 1, sizeof(*h->order));
	for (size_t i = 0; i < h->list.count; i++) {
		h->why[i].id = h->why[i].rule = SPAN("");
		h->order[i] = (struct held_id){ h->list.item[i].id, i };
		if (i == 0 || h->list.item[i].time_s < q.since_s)
			q.since_s = h->list.item[i].time_s;
	}
	q.since_s -= q.since_s > 86400 ? 86400 : q.since_s;
	h->left = h->list.count;
	if (h->left == 0)
		return;
	qsort(h->order, h->list.count, sizeof(*h->order), id_order);
	h->reader = tool_journal(&h->choice, &path, h->arena);
	if (h->reader != NULL)
		(void)journal_each(h->reader, &q, why_row, h);
}

/* ---- telling -------------------------------------------------------------------- */

static void
held_json(const struct mta_held *m, const struct held_why *why)
{
	struct span rest = m->rcpt, line;
	struct jsonw w;
	struct buf out;

	buf_init(&out, LINE_MAX_OCTETS);
	jsonw_init(&w, &out);
	jsonw_object(&w, NULL);
	jsonw_text(&w, "queue", m->id);
	jsonw_text(&w, "id", why->id);
	jsonw_number(&w, "time", (double)m->time_s);
	jsonw_number(&w, "octets", (double)m->octets);
	jsonw_text(&w, "from", m->sender);
	jsonw_array(&w, "to");
	while (rest.n > 0 && span_cut(&rest, '\n', &line))
		jsonw_text(&w, NULL, line);
	jsonw_end(&w);
	jsonw_text(&w, "rule", why->rule);
	jsonw_text(&w, "reason", m->reason);
	jsonw_text(&w, "subject", why->told.subject);
	jsonw_end(&w);
	(void)buf_addc(&out, '\n');
	tool_print(&out);
}

static void
held_text(const struct mta_held *m, const struct held_why *why)
{
	struct span to = span_slice(m->rcpt, 0, span_find(m->rcpt, '\n'));
	struct buf line, out;
	char time[24] = "";
	size_t width = screen_width();

	if (m->time_s > 0)
		tool_time(m->time_s, time);
	buf_init(&line, LINE_MAX_OCTETS);
	buf_init(&out, LINE_MAX_OCTETS);
	(void)buf_printf(&line, "%s%.*s%s  %s  ", tool_bold(), SPAN_FMT(m->id),
	    tool_plain(), time);
	tool_clean(&line, m->sender.n == 0 ? SPAN("<>") : m->sender);
	(void)buf_addz(&line, " to ");
	tool_clean(&line, to);
	(void)buf_printf(&line, "%s\n", to.n < m->rcpt.n ? " and others" : "");
	(void)buf_addz(&line, "    ");
	if (why->found)
		(void)buf_printf(&line, "%.*s by %.*s  ", SPAN_FMT(why->id),
		    SPAN_FMT(why->rule));
	else
		tool_clean(&line, m->reason.n > 0 ? m->reason
						  : SPAN("not by a rule that "
							 "the journal knows"));
	tool_clean(&line, why->told.subject);
	(void)buf_addc(&line, '\n');
	screen_crop(&out, buf_span(&line), 2, width == 0 ? SIZE_MAX : width);
	tool_print(&out);
	buf_free(&line);
}

static const struct mta_queue *
mta_or_fail(const struct held *h)
{
	const struct mta_queue *mta = mta_queue_here(h->mta);

	if (mta == NULL && h->mta != NULL)
		(void)tool_fail(
		    0, "there is no %s here: say postfix or sendmail", h->mta);
	else if (mta == NULL)
		(void)tool_fail(0, "there is neither postqueue nor sendmail "
				   "here, so no queue to look at");
	return mta;
}

static int
held_show(struct held *h, bool json)
{
	const struct mta_queue *mta = mta_or_fail(h);
	const char *why = "";

	if (mta == NULL)
		return EXIT_UNAVAILABLE;
	h->list.arena = h->arena;
	if (!mta->list(&h->list, &why))
		return tool_fail(EXIT_UNAVAILABLE,
		    "%s does not tell what it holds: %s", mta->name, why);
	why_find(h);
	if (!json && h->list.count > 0)
		screen_pager();
	for (size_t i = 0; i < h->list.count; i++)
		(json ? held_json : held_text)(&h->list.item[i], &h->why[i]);
	if (h->list.count == 0 && !json)
		(void)printf("%s holds nothing\n", mta->name);
	journal_reader_close(&h->reader);
	return EXIT_OK;
}

/* ---- letting go ------------------------------------------------------------------ */

struct finding {
	struct arena *arena;
	struct span wanted, queue;
	size_t count;
};

static bool
find_row(void *ctx, const struct journal_row *row)
{
	struct finding *f = ctx;

	if (!span_eq(row->id, f->wanted))
		return true;
	f->queue = arena_dup(f->arena, row->queue);
	f->count++;
	return false;
}

/* The queue id of a decision; the text itself when there is no such. */
static struct span
queue_of(struct held *h, const char *text)
{
	struct finding f = { .arena = h->arena };
	struct journal_query q = { .newest_first = true };
	const char *path;

	f.wanted = span_trim(span_of(text));
	if (f.wanted.n > 2 && f.wanted.p[0] == '[')
		f.wanted = span_slice(f.wanted, 1, f.wanted.n - 1);
	f.queue = f.wanted;
	f.wanted = q.id_prefix = arena_lower(h->arena, f.wanted);
	if (h->reader == NULL)
		h->reader = tool_journal(&h->choice, &path, h->arena);
	if (h->reader != NULL && f.wanted.n > 0)
		(void)journal_each(h->reader, &q, find_row, &f);
	return f.queue;
}

static bool
is_held(const struct held *h, struct span id)
{
	for (size_t i = 0; i < h->list.count; i++)
		if (span_eq(h->list.item[i].id, id))
			return true;
	return false;
}

static bool
release_one(struct held *h, const struct mta_queue *mta, const char *text)
{
	struct span id = queue_of(h, text);
	const char *why = "";

	if (!mta_id_valid(id) || !is_held(h, id)) {
		(void)tool_fail(0,
		    "%s holds no message %s; verdict held lists those that it "
		    "holds",
		    mta->name, text);
		return false;
	}
	if (!mta->release(id, h->arena, &why)) {
		(void)tool_fail(0, "%.*s is still held: %s", SPAN_FMT(id), why);
		return false;
	}
	(void)printf("%.*s is released\n", SPAN_FMT(id));
	return true;
}

static int
release_all(struct held *h, char **id)
{
	const struct mta_queue *mta = mta_or_fail(h);
	const char *why = "";
	bool ok = true;

	if (mta == NULL)
		return EXIT_UNAVAILABLE;
	h->list.arena = h->arena;
	if (!mta->list(&h->list, &why))
		return tool_fail(EXIT_UNAVAILABLE,
		    "%s does not tell what it holds: %s", mta->name, why);
	for (; *id != NULL; id++)
		ok = release_one(h, mta, *id) && ok;
	journal_reader_close(&h->reader);
	return ok ? EXIT_OK : EXIT_FAILED;
}

/* ---- the commands ------------------------------------------------------------------ */

static const struct option long_options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "mta", required_argument, NULL, 'M' },
	{ "journal", required_argument, NULL, 'J' },
	{ "config", required_argument, NULL, 'c' },
	{ NULL, 0, NULL, 0 },
};

static bool
options_read(struct held *h, bool *json, int argc, char **argv)
{
	int c;

	while ((c = getopt_long(argc, argv, "c:", long_options, NULL)) != -1)
		if (c == 'j' && json != NULL)
			*json = true;
		else if (c == 'M')
			h->mta = optarg;
		else if (c == 'J')
			h->choice.journal = optarg;
		else if (c == 'c')
			h->choice.config = optarg;
		else
			return false;
	return true;
}

static int
held_run(int argc, char **argv)
{
	struct held h = { .reader = NULL };
	bool json = false;
	int status;

	if (!options_read(&h, &json, argc, argv) || optind < argc)
		return tool_usage();
	h.arena = arena_new();
	status = held_show(&h, json);
	arena_free(&h.arena);
	return status;
}

static int
release_run(int argc, char **argv)
{
	struct held h = { .reader = NULL };
	int status;

	if (!options_read(&h, NULL, argc, argv) || optind == argc)
		return tool_usage();
	h.arena = arena_new();
	status = release_all(&h, argv + optind);
	arena_free(&h.arena);
	return status;
}

extern const struct command command_held, command_release;
const struct command command_held = {
	.name = "held",
	.usage = "[--json] [--mta postfix|sendmail] [--journal FILE] "
		 "[-c FILE]",
	.help = "list the mail that the MTA holds, and why",
	.run = held_run,
};
const struct command command_release = {
	.name = "release",
	.usage = "[--mta postfix|sendmail] [--journal FILE] [-c FILE]\n"
		 "    ID|QUEUE-ID ...",
	.help = "let held mail go",
	.run = release_run,
};
