/*
 * verdict replay: judges the decisions of the journal again with other rules
 * and says which would be different, by rule and by sender, before the rules
 * go live.
 */
#include "config.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy/base/clock.h"
#include "rules/base/jsonw.h"
#include "rules/base/panic.h"
#include "rules/lang/ruleset.h"
#include "tool/base/bar.h"
#include "tool/journal/journal.h"
#include "tool/journal/replay_ask.h"
#include "tool/journal/replay_batch.h"

#define SAMPLES     3  /* decision ids that are shown of each change */
#define GROUPS_SHOW 20 /* changes, rules and senders that are shown */
#define GROUPS_MAX  4096
#define JUDGES_MAX  16 /* threads */

/* Decisions that have something in common. */
struct group {
	struct span name;
	uint64_t count;
	struct span sample[SAMPLES];
	size_t samples;
};

struct groups {
	struct group *item;
	size_t count, cap;
};

struct replay {
	struct journal_choice journal;
	const char *rules;
	struct journal_query query;
	uint64_t limit;
	bool json;
	struct replay_ask ask;

	struct arena *arena;
	struct journal_reader *reader, *snapshots;
	struct snapshot *now;
	struct replay_judge judge[JUDGES_MAX];
	size_t judges;
	/* One is filled while the other is judged, if it has any. */
	struct replay_batch batch[2];
	struct replay_batch *filling, *judged;

	uint64_t taken, all, same, changed, unknown, unreadable, asked_now;
	struct groups changes, rules_of, senders, lacks;
	struct bar bar;
};

/* ---- counting ------------------------------------------------------------------ */

static void
group_count(
    struct replay *p, struct groups *g, struct span name, struct span sample)
{
	struct group *item;
	size_t i = 0;

	while (i < g->count && !span_eq(g->item[i].name, name))
		i++;
	if (i == g->count) {
		if (g->count == GROUPS_MAX)
			return;
		g->item = arena_grow(
		    p->arena, g->item, &g->cap, g->count + 1, sizeof(*g->item));
		g->item[g->count++] =
		    (struct group){ .name = arena_dup(p->arena, name) };
	}
	item = &g->item[i];
	item->count++;
	if (item->samples < SAMPLES)
		item->sample[item->samples++] = arena_dup(p->arena, sample);
}

static int
group_compare(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return span_compare(x->name, y->name);
}

static void
groups_sort(struct groups *g)
{
	if (g->count > 1)
		qsort(g->item, g->count, sizeof(*g->item), group_compare);
}

/* ---- one decision ---------------------------------------------------------------- */

static struct span
sender_domain(const struct journal_row *row)
{
	size_t at = span_find_last(row->sender, '@');

	if (row->author.n > 0)
		return row->author;
	return at == SIZE_MAX ? SPAN("(none)")
			      : span_slice(row->sender, at + 1, row->sender.n);
}

static void
replay_changed(struct replay *p, const struct replay_row *found)
{
	const struct journal_row *row = &found->row;
	struct arena *a = arena_new();

	p->changed++;
	group_count(p, &p->changes,
	    span_of(arena_printf(a, "%.*s -> %s", SPAN_FMT(row->wanted), found->word)),
	    row->id);
	group_count(p, &p->rules_of,
	    span_of(arena_printf(a, "%.*s -> %s",
		SPAN_FMT(row->rule.n == 0 ? SPAN("(no rule)") : row->rule),
		found->rule == NULL ? "(no rule)" : found->rule)),
	    row->id);
	group_count(p, &p->senders, sender_domain(row), row->id);
	arena_free(&a);
}

static void
replay_count(struct replay *p, const struct replay_row *found)
{
	char done[24];

	p->all++;
	p->asked_now += found->asked_now ? 1 : 0;
	switch (found->kind) {
	case REPLAY_UNREADABLE:
		p->unreadable++;
		break;
	case REPLAY_UNKNOWN:
		p->unknown++;
		for (size_t i = 0; i < found->lacks_count; i++)
			group_count(p, &p->lacks, span_of(found->lacks[i]),
			    found->row.id);
		break;
	case REPLAY_SAME:
		p->same++;
		break;
	case REPLAY_CHANGED:
		replay_changed(p, found);
	}
	(void)snprintf(done, sizeof(done), "%llu", (unsigned long long)p->all);
	bar_show(&p->bar, p->all, done);
}

/* ---- many ------------------------------------------------------------------------- */

/* Counts what was judged meanwhile; what was filled is judged from now on. */
static void
replay_turn(struct replay *p)
{
	struct replay_batch *next = p->filling;

	replay_batch_join(p->judged);
	for (size_t i = 0; i < p->judged->count; i++)
		replay_count(p, &p->judged->row[i]);
	replay_batch_clear(p->judged);
	p->filling = p->judged;
	p->judged = next;
	replay_batch_start(next, p->judge, p->judges);
}

static bool
replay_row(void *ctx, const struct journal_row *row)
{
	struct replay *p = ctx;

	if (!replay_batch_fits(p->filling, row))
		replay_turn(p);
	replay_batch_add(p->filling, row, p->snapshots);
	return ++p->taken < p->limit;
}

/*
 * A thread for each processor; where lists are asked one, for they are asked
 * at a bounded rate.
 */
static void
replay_begin(struct replay *p)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	p->judges = p->ask.rate > 0 || processors < 1 ? 1
		    : processors > JUDGES_MAX	      ? JUDGES_MAX
						      : (size_t)processors;
	for (size_t i = 0; i < p->judges; i++)
		p->judge[i] = (struct replay_judge){ rejudge_new(p->now),
			arena_new() };
	for (size_t i = 0; i < ARRAY_COUNT(p->batch); i++)
		replay_batch_init(&p->batch[i]);
	p->filling = &p->batch[0];
	p->judged = &p->batch[1];
}

static void
replay_end(struct replay *p)
{
	for (size_t i = 0; i < p->judges; i++) {
		rejudge_free(&p->judge[i].rejudge);
		arena_free(&p->judge[i].arena);
	}
	for (size_t i = 0; i < ARRAY_COUNT(p->batch); i++)
		replay_batch_free(&p->batch[i]);
}

/* ---- the report --------------------------------------------------------------------- */

static void
groups_print(const char *title, struct groups *g)
{
	if (g->count == 0)
		return;
	groups_sort(g);
	(void)printf("\n%s%s%s\n", tool_bold(), title, tool_plain());
	for (size_t i = 0; i < g->count && i < GROUPS_SHOW; i++) {
		const struct group *item = &g->item[i];
		struct buf line;

		buf_init(&line, 4096);
		tool_clean(&line, item->name);
		(void)printf("%8llu  %-40.*s ", (unsigned long long)item->count,
		    SPAN_FMT(buf_span(&line)));
		for (size_t k = 0; k < item->samples; k++)
			(void)printf(" %.*s", SPAN_FMT(item->sample[k]));
		(void)putchar('\n');
		buf_free(&line);
	}
	if (g->count > GROUPS_SHOW)
		(void)printf(
		    "          and %zu more\n", g->count - GROUPS_SHOW);
}

static void
report_text(struct replay *p)
{
	(void)printf("%llu decision%s: %llu as they were, %llu changed, "
		     "%llu unknown\n",
	    (unsigned long long)p->all, plural(p->all), (unsigned long long)p->same,
	    (unsigned long long)p->changed, (unsigned long long)p->unknown);
	if (p->unreadable > 0)
		(void)printf("%llu can't be judged again: their record or "
			     "rules are not there\n",
		    (unsigned long long)p->unreadable);
	if (p->ask.rate > 0)
		(void)printf("lists were asked %llu time%s what they say now; "
			     "decisions that rest on that, not on what they "
			     "said then: %llu\n",
		    (unsigned long long)rejudge_asked(p->judge[0].rejudge),
		    plural(rejudge_asked(p->judge[0].rejudge)),
		    (unsigned long long)p->asked_now);
	groups_print("changed, by verdict", &p->changes);
	groups_print("changed, by the rule that decided", &p->rules_of);
	groups_print("changed, by sender domain", &p->senders);
	groups_print("unknown, because the journal lacks", &p->lacks);
}

static void
groups_json(const char *key, struct groups *g, struct jsonw *w)
{
	groups_sort(g);
	jsonw_array(w, key);
	for (size_t i = 0; i < g->count; i++) {
		jsonw_object(w, NULL);
		jsonw_text(w, "name", g->item[i].name);
		jsonw_number(w, "count", (double)g->item[i].count);
		jsonw_array(w, "samples");
		for (size_t k = 0; k < g->item[i].samples; k++)
			jsonw_text(w, NULL, g->item[i].sample[k]);
		jsonw_end(w);
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void
report_json(struct replay *p)
{
	struct buf out;
	struct jsonw w;

	buf_init(&out, (size_t)16 << 20);
	jsonw_init(&w, &out);
	jsonw_object(&w, NULL);
	jsonw_number(&w, "decisions", (double)p->all);
	jsonw_number(&w, "same", (double)p->same);
	jsonw_number(&w, "changed", (double)p->changed);
	jsonw_number(&w, "unknown", (double)p->unknown);
	jsonw_number(&w, "unreadable", (double)p->unreadable);
	if (p->ask.rate > 0) {
		jsonw_number(&w, "asked", (double)rejudge_asked(p->judge[0].rejudge));
		jsonw_number(&w, "asked_now", (double)p->asked_now);
	}
	groups_json("by_verdict", &p->changes, &w);
	groups_json("by_rule", &p->rules_of, &w);
	groups_json("by_sender", &p->senders, &w);
	groups_json("lacks", &p->lacks, &w);
	jsonw_end(&w);
	(void)buf_addc(&out, '\n');
	tool_print(&out);
}

/* ---- the command ----------------------------------------------------------------------- */

static int
replay_all(struct replay *p)
{
	const char *path;
	uint64_t total;
	bool ok;

	p->reader = tool_journal(&p->journal, &path, p->arena);
	if (p->reader == NULL)
		return EXIT_NOINPUT;
	/* Snapshots are read while the walk goes on. */
	p->snapshots = tool_journal(&p->journal, &path, p->arena);
	if (p->snapshots == NULL)
		return EXIT_NOINPUT;
	total = journal_count(p->reader, &p->query);
	bar_begin(&p->bar, total > p->limit ? p->limit : total);
	replay_begin(p);
	if (p->ask.rate > 0 &&
	    !replay_ask_begin(
		&p->ask, p->judge[0].rejudge, p->now, p->arena))
		return EXIT_UNAVAILABLE;
	ok = journal_each(p->reader, &p->query, replay_row, p);
	/* What was filled last is judged by the first turn, counted by the
	 * second. */
	replay_turn(p);
	replay_turn(p);
	replay_batch_join(p->judged);
	bar_end(&p->bar);
	if (!ok)
		(void)tool_fail(0, "the journal can't be read: %s",
		    journal_reader_error(p->reader));
	else if (p->json)
		report_json(p);
	else
		report_text(p);
	return ok ? EXIT_OK : EXIT_NOINPUT;
}

enum {
	OPT_SINCE = 256,
	OPT_UNTIL,
	OPT_LIMIT,
	OPT_JSON,
	OPT_JOURNAL,
	OPT_ASK,
	OPT_ZONE,
	OPT_ALL_HOSTS,
};

static const struct option long_options[] = {
	{ "since", required_argument, NULL, OPT_SINCE },
	{ "until", required_argument, NULL, OPT_UNTIL },
	{ "rules", required_argument, NULL, 'r' },
	{ "limit", required_argument, NULL, OPT_LIMIT },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "ask", optional_argument, NULL, OPT_ASK },
	{ "zone", required_argument, NULL, OPT_ZONE },
	{ "journal", required_argument, NULL, OPT_JOURNAL },
	{ "all-hosts", no_argument, NULL, OPT_ALL_HOSTS },
	{ "config", required_argument, NULL, 'c' },
	{ NULL, 0, NULL, 0 },
};

static bool
option_read(struct replay *p, int c, const char *value, int64_t now_s)
{
	switch (c) {
	case OPT_SINCE:
		return tool_moment(value, now_s, &p->query.since_s);
	case OPT_UNTIL:
		return tool_moment(value, now_s, &p->query.until_s);
	case OPT_LIMIT:
		return span_number(span_of(value), &p->limit) && p->limit > 0;
	case OPT_JSON:
		p->json = true;
		return true;
	case OPT_JOURNAL:
		p->journal.journal = value;
		return true;
	case OPT_ASK:
		return replay_ask_rate(&p->ask, value);
	case OPT_ZONE:
		p->ask.zone = value;
		return true;
	case OPT_ALL_HOSTS:
		p->journal.all_hosts = true;
		return true;
	case 'r':
		p->rules = value;
		return true;
	case 'c':
		p->journal.config = value;
		return true;
	default:
		return false;
	}
}

static int
replay_run(int argc, char **argv)
{
	int64_t now_s = clock_system.unix_s(NULL);
	struct replay p = { .query = { .values = true, .newest_first = true },
		.limit = UINT64_MAX };
	int c, status;

	while ((c = getopt_long(argc, argv, "c:r:", long_options, NULL)) != -1)
		if (!option_read(&p, c, optarg, now_s))
			return tool_usage();
	if (optind < argc || (p.ask.zone != NULL && p.ask.rate == 0))
		return tool_usage();
	p.now = tool_load(p.journal.config, p.rules);
	if (p.now == NULL)
		return EXIT_CONFIG;
	p.arena = arena_new();
	status = replay_all(&p);
	replay_end(&p);
	replay_ask_end(&p.ask);
	journal_reader_close(&p.snapshots);
	journal_reader_close(&p.reader);
	snapshot_unref(&p.now);
	arena_free(&p.arena);
	return status;
}

extern const struct command command_replay;
const struct command command_replay = {
	.name = "replay",
	.usage =
	    "[--since WHEN] [--until WHEN] [--rules FILE|DIR] [--limit N]\n"
	    "    [--ask[=RATE]] [--zone FILE] [--json] "
	    "[--journal FILE | --all-hosts]\n"
	    "    [-c FILE]",
	.help = "judge past mail with other rules and say what would change",
	.run = replay_run,
};
