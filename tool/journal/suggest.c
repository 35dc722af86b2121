/*
 * verdict suggest: rules that would have caught what users moved to Junk or
 * what was refused later, and that no good mail has. Looks at the journal
 * twice: at spam, to find what could be asked; then at all, by asking it.
 * Changes nothing.
 */
#include "config.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "policy/base/clock.h"
#include "policy/case/rejudge.h"
#include "policy/learn/learn_db.h"
#include "rules/base/panic.h"
#include "rules/eval/ruling.h"
#include "rules/lang/ruleset.h"
#include "rules/learn/stream.h"
#include "rules/source/diag.h"
#include "tool/base/bar.h"
#include "tool/journal/journal.h"
#include "tool/journal/suggest.h"

/* What stays in an inbox so long is taken for good; and who is refused within
 * that time of a message sent that one in the same spirit. */
#define SUGGEST_SILENT_S ((int64_t)7 * LEARN_DAY_S)
#define SUGGEST_MAIL_MAX 300000 /* the newest */
#define SUGGEST_SUPPORT  5
#define SENDERS_BUCKETS  65536
#define SENDERS_MAX      40000

struct labelled {
	int64_t seq;
	enum conjunction_mail kind;
};

/* Senders who were refused, and when last before what is looked at. */
struct refused {
	struct span sender;
	int64_t time_s;
};

struct suggest {
	struct journal_choice journal;
	uint64_t support, max;
	bool json;

	struct arena *arena, *row;
	struct snapshot *now, *questions;
	struct learn_db *taught;
	struct journal_reader *reader, *snapshots;
	struct journal_snapshot then;
	struct span then_name;
	struct arena *then_arena;
	struct rejudge *rejudge;
	int64_t now_s;

	struct labelled *label;
	size_t label_count, label_cap, labels_met;
	struct refused *refused;
	size_t refused_count, refused_cap;
	uint32_t *bucket;
	struct suggest_items items;
	struct suggest_counts counts;
	size_t first, guards; /* of the questions: rule of item 0, promises */
	struct conjunctions *mail;
	/* Of the second walk: messages of spam, with what is true of them. */
	struct spam_seen {
		struct span id;
		bool *yes;
	} * spam;
	size_t spam_count, spam_cap;
	bool *yes;
	struct suggested found[CONJUNCTION_FOUND_MAX];
	size_t found_count;
	bool failed;
	struct bar bar;
	uint64_t rows;
};

/* ---- what came of mail --------------------------------------------------------- */

/* The entry of a sender, or the free one where it would be. */
static uint32_t *
sender_bucket(struct suggest *g, struct span sender)
{
	size_t at = (size_t)span_hash(sender, 0) % SENDERS_BUCKETS;

	while (g->bucket[at] != 0 &&
	       !span_eq(g->refused[g->bucket[at] - 1].sender, sender))
		at = (at + 1) % SENDERS_BUCKETS;
	return &g->bucket[at];
}

/* A refusal that is about the recipient says nothing of who sent it. */
static void
sender_refused(struct suggest *g, const struct journal_row *row)
{
	size_t rule = ruleset_find(g->now->ruleset, row->rule);
	uint32_t *bucket;

	if (row->sender.n == 0 ||
	    (!span_is(row->wanted, outcome_names[OUTCOME_REJECT]) &&
		!span_is(row->wanted, outcome_names[OUTCOME_DISCARD])) ||
	    (rule != SIZE_MAX && ruleset_rule(g->now->ruleset, rule).per_rcpt))
		return;
	bucket = sender_bucket(g, row->sender);
	if (*bucket == 0) {
		if (g->refused_count == SENDERS_MAX)
			return;
		g->refused = arena_grow(g->arena, g->refused, &g->refused_cap,
		    g->refused_count + 1, sizeof(*g->refused));
		g->refused[g->refused_count].sender =
		    arena_dup(g->arena, row->sender);
		*bucket = (uint32_t)++g->refused_count;
	}
	g->refused[*bucket - 1].time_s = row->time_s;
}

static bool
sender_was_refused(struct suggest *g, const struct journal_row *row)
{
	uint32_t at = row->sender.n == 0 ? 0 : *sender_bucket(g, row->sender);

	return at != 0 && g->refused[at - 1].time_s >= row->time_s &&
	       g->refused[at - 1].time_s <= row->time_s + SUGGEST_SILENT_S;
}

/* False: nobody knows what it is, or it was caught anyhow. */
static bool
suggest_kind(struct suggest *g, const struct journal_row *row,
    enum conjunction_mail *kind)
{
	bool let_by = span_is(row->verdict, outcome_names[OUTCOME_ACCEPT]);
	enum learn_found found = LEARN_NONE;
	struct learn_sample sample;

	if (g->taught != NULL)
		found = learn_db_by_id(g->taught, row->id, g->row, &sample);
	if (found == LEARN_ERROR) {
		g->failed = true;
		return false;
	}
	*kind = span_hash(row->id, 1) % 2 == 0 ? CONJUNCTION_GOOD
					       : CONJUNCTION_HELD;
	if (found == LEARN_FOUND && !sample.spam)
		return true;
	if (!let_by)
		return false;
	if (found == LEARN_FOUND || sender_was_refused(g, row)) {
		*kind = CONJUNCTION_SPAM;
		g->counts.taught += found == LEARN_FOUND ? 1 : 0;
		g->counts.refused += found == LEARN_FOUND ? 0 : 1;
		return true;
	}
	return row->time_s <= g->now_s - SUGGEST_SILENT_S;
}

/* ---- the first walk: what it was, and what spam has ---------------------------- */

static void
label_row(struct suggest *g, const struct journal_row *row)
{
	enum conjunction_mail kind;

	if (tool_from_outside(row->value) && suggest_kind(g, row, &kind)) {
		g->label = arena_grow(g->arena, g->label, &g->label_cap,
		    g->label_count + 1, sizeof(*g->label));
		g->label[g->label_count++] =
		    (struct labelled){ row->seq, kind };
		if (kind == CONJUNCTION_SPAM)
			suggest_items_add(
			    &g->items, jsonr_get(row->value, "facts"));
	}
}

static bool
first_row(void *ctx, const struct journal_row *row)
{
	struct suggest *g = ctx;

	sender_refused(g, row);
	if (span_is(row->stage, stage_names[STAGE_EOM]))
		label_row(g, row);
	arena_reset(g->row);
	bar_show(&g->bar, ++g->rows, "looking at spam");
	return !g->failed && g->rows < SUGGEST_MAIL_MAX;
}

/* ---- the second walk: asking ----------------------------------------------------- */

static bool
suggest_then(struct suggest *g, struct span name)
{
	if (g->then_name.n > 0 && span_eq(g->then_name, name))
		return true;
	arena_reset(g->then_arena);
	g->then_name = arena_dup(g->then_arena, name);
	if (journal_snapshot(g->snapshots, name, g->then_arena, &g->then))
		return true;
	g->then_name = SPAN("");
	return false;
}

static void
spam_keep(struct suggest *g, struct span id)
{
	struct spam_seen *s;

	g->spam = arena_grow(g->arena, g->spam, &g->spam_cap, g->spam_count + 1,
	    sizeof(*g->spam));
	s = &g->spam[g->spam_count++];
	s->id = arena_dup(g->arena, id);
	s->yes = arena_array(g->arena, g->items.count + 1, sizeof(*s->yes));
	memcpy(s->yes, g->yes, g->items.count * sizeof(*s->yes));
}

static enum truth
answer_of(const struct suggest *g, const struct rejudge_result *now, size_t i)
{
	return ruling_truth(now->message->ruling, g->first + i, now->rcpt);
}

static void
answers_take(struct suggest *g, const struct rejudge_result *now,
    struct span id, enum conjunction_mail kind)
{
	for (size_t i = 0; i < g->guards && kind == CONJUNCTION_SPAM; i++)
		if (answer_of(g, now, g->items.count + i) != TRUTH_NO) {
			g->counts.spared++;
			return;
		}
	for (size_t i = 0; i < g->items.count; i++)
		g->yes[i] = answer_of(g, now, i) == TRUTH_YES;
	conjunctions_add(g->mail, kind, g->yes);
	if (kind == CONJUNCTION_SPAM)
		spam_keep(g, id);
}

static void
ask_row(struct suggest *g, const struct journal_row *row,
    enum conjunction_mail kind)
{
	struct rejudge_result now;
	const char *why;

	if (jsonr_given(row->value) && suggest_then(g, row->snapshot)) {
		const struct rejudge_case c = {
			.record = row->value,
			.snapshot = row->snapshot,
			.made_with = &g->then,
		};

		if (rejudge_run(g->rejudge, &c, &now, &why))
			answers_take(g, &now, row->id, kind);
	}
}

static int
label_compare(const void *a, const void *b)
{
	const struct labelled *x = a, *y = b;

	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

/* By its number: with all hosts the newest is not the one of the highest. What
 * was written or deleted meanwhile is left out. */
static bool
second_row(void *ctx, const struct journal_row *row)
{
	struct suggest *g = ctx;
	const struct labelled wanted = { .seq = row->seq }, *label;

	label = bsearch(&wanted, g->label, g->label_count, sizeof(*g->label),
	    label_compare);
	if (label != NULL) {
		ask_row(g, row, label->kind);
		g->labels_met++;
	}
	arena_reset(g->row);
	bar_show(&g->bar, ++g->rows, "asking");
	return g->labels_met < g->label_count;
}

/* ---- what is found ---------------------------------------------------------------- */

static void
found_examples(struct suggest *g, struct suggested *s)
{
	for (size_t i = 0; i < g->spam_count && s->examples < SUGGEST_EXAMPLES;
	     i++) {
		bool all = true;

		for (size_t k = 0; k < s->what.count; k++)
			all = all && g->spam[i].yes[s->what.item[k]];
		if (all)
			s->example[s->examples++] = g->spam[i].id;
	}
}

static bool
suggest_veto(void *ctx, const struct conjunction *c)
{
	struct suggest *g = ctx;
	struct suggested s = { .what = *c };
	const char *why;

	why = suggest_write(&s, 1, &g->items, g->now, g->row);
	if (why != NULL && g->counts.broken++ == 0)
		g->counts.how = arena_strdup(g->arena, span_of(why));
	arena_reset(g->row);
	return why != NULL;
}

static void
suggest_find(struct suggest *g)
{
	struct conjunction found[CONJUNCTION_FOUND_MAX];
	const struct conjunction_options o = { .support = g->support,
		.found_max = g->max,
		.certainty = SUGGEST_CERTAINTY,
		.veto = suggest_veto,
		.ctx = g };

	g->found_count = conjunctions_find(g->mail, &o, found);
	for (size_t i = 0; i < g->found_count; i++) {
		g->found[i].what = found[i];
		found_examples(g, &g->found[i]);
	}
	g->counts.spam = conjunctions_count(g->mail, CONJUNCTION_SPAM);
	g->counts.held = conjunctions_count(g->mail, CONJUNCTION_HELD);
	g->counts.good =
	    conjunctions_count(g->mail, CONJUNCTION_GOOD) + g->counts.held;
}

static bool
suggest_walk(struct suggest *g, journal_visit *visit)
{
	const struct journal_query query = { .since_s = g->journal.since_s,
		.until_s = g->journal.until_s,
		.newest_first = true,
		.values = true };
	uint64_t all = journal_count(g->reader, &query);
	bool ok;

	g->rows = 0;
	bar_begin(&g->bar, all < SUGGEST_MAIL_MAX ? all : SUGGEST_MAIL_MAX);
	ok = journal_each(g->reader, &query, visit, g);
	bar_end(&g->bar);
	if (!ok)
		(void)tool_fail(0, "the journal can't be read: %s",
		    journal_reader_error(g->reader));
	else if (g->failed)
		(void)tool_fail(0, "what was taught can't be read: %s",
		    learn_db_error(g->taught));
	return ok && !g->failed;
}

/* What promises say must not be junk, as further questions. */
static const char *
suggest_guards(struct suggest *g)
{
	const char *text = "";

	for (size_t i = 0; i < ruleset_promise_count(g->now->ruleset); i++) {
		struct promise_info p = ruleset_promise(g->now->ruleset, i);

		if (suggest_spares(&p))
			text = arena_printf(g->arena,
			    "%srule suggest-guard-%zu %s%.*s\n then tag guard\n",
			    text, g->guards++, p.when.n > 0 ? "when " : "",
			    SPAN_FMT(p.when));
	}
	return text;
}

/* The questions as rules behind those in force: what a rule would say is asked
 * of the evaluator of rules. */
static bool
suggest_questions(struct suggest *g)
{
	struct diags diags;

	suggest_items_settle(&g->items, g->support);
	g->yes = arena_array(g->arena, g->items.count + 1, sizeof(*g->yes));
	g->mail = conjunctions_new(g->items.count, g->arena);
	diags_init(&diags, g->arena);
	g->questions = suggest_with(g->now,
	    arena_printf(g->arena, "%s%s", suggest_items_rules(&g->items),
		suggest_guards(g)),
	    &diags, g->arena);
	if (g->questions == NULL) {
		tool_report(&diags);
		return false;
	}
	g->first =
	    ruleset_find(g->questions->ruleset, SPAN(SUGGEST_QUESTION "0"));
	g->rejudge = rejudge_new(g->questions);
	return true;
}

static int
suggest_all(struct suggest *g)
{
	const char *path;

	g->reader = tool_journal(&g->journal, &path, g->arena);
	if (g->reader == NULL ||
	    !tool_taught(path, g->now->config.state, g->arena, &g->taught))
		return EXIT_NOINPUT;
	/* Snapshots are read while a walk goes on. */
	g->snapshots = tool_journal(&g->journal, &path, g->arena);
	if (g->snapshots == NULL)
		return EXIT_NOINPUT;
	suggest_items_init(&g->items, g->now->schema, g->arena);
	if (!suggest_walk(g, first_row))
		return EXIT_NOINPUT;
	if (!suggest_questions(g))
		return EXIT_CONFIG;
	if (g->label_count > 0)
		qsort(
		    g->label, g->label_count, sizeof(*g->label), label_compare);
	/* Where nothing is asked, nothing is found. */
	if (g->items.count > 0 && !suggest_walk(g, second_row))
		return EXIT_NOINPUT;
	suggest_find(g);
	for (size_t i = 0; i < g->found_count; i++)
		(void)suggest_write(
		    &g->found[i], i + 1, &g->items, g->now, g->arena);
	suggest_promises(
	    g->found, g->found_count, g->now, &g->counts, g->arena);
	suggest_print(g->found, g->found_count, &g->counts, g->json);
	return g->found_count > 0 ? EXIT_OK : EXIT_FAILED;
}

/* ---- the command -------------------------------------------------------------------- */

enum {
	OPT_SINCE = 256,
	OPT_UNTIL,
	OPT_JOURNAL,
	OPT_ALL_HOSTS,
	OPT_SUPPORT,
	OPT_MAX
};

static const struct option long_options[] = {
	{ "since", required_argument, NULL, OPT_SINCE },
	{ "until", required_argument, NULL, OPT_UNTIL },
	{ "journal", required_argument, NULL, OPT_JOURNAL },
	{ "all-hosts", no_argument, NULL, OPT_ALL_HOSTS },
	{ "support", required_argument, NULL, OPT_SUPPORT },
	{ "max", required_argument, NULL, OPT_MAX },
	{ "json", no_argument, NULL, 'j' },
	{ "config", required_argument, NULL, 'c' },
	{ NULL, 0, NULL, 0 },
};

static bool
option_read(struct suggest *g, int c, const char *value)
{
	switch (c) {
	case OPT_SINCE:
		return tool_moment(value, g->now_s, &g->journal.since_s);
	case OPT_UNTIL:
		return tool_moment(value, g->now_s, &g->journal.until_s);
	case OPT_JOURNAL:
		g->journal.journal = value;
		return true;
	case OPT_ALL_HOSTS:
		g->journal.all_hosts = true;
		return true;
	case OPT_SUPPORT:
		return span_number(span_of(value), &g->support) &&
		       g->support > 0;
	case OPT_MAX:
		return span_number(span_of(value), &g->max) && g->max > 0 &&
		       g->max <= CONJUNCTION_FOUND_MAX;
	case 'j':
		g->json = true;
		return true;
	case 'c':
		g->journal.config = value;
		return true;
	default:
		return false;
	}
}

static void
suggest_free(struct suggest *g)
{
	rejudge_free(&g->rejudge);
	learn_db_close(&g->taught);
	journal_reader_close(&g->snapshots);
	journal_reader_close(&g->reader);
	snapshot_unref(&g->questions);
	snapshot_unref(&g->now);
	arena_free(&g->then_arena);
	arena_free(&g->row);
	arena_free(&g->arena);
}

static int
suggest_run(int argc, char **argv)
{
	struct suggest *g = xcalloc(1, sizeof(*g));
	int c, status = EXIT_CONFIG;
	bool ok = true;

	g->now_s = clock_system.unix_s(NULL);
	g->support = SUGGEST_SUPPORT;
	g->max = CONJUNCTION_FOUND_MAX;
	while (
	    ok && (c = getopt_long(argc, argv, "c:", long_options, NULL)) != -1)
		ok = option_read(g, c, optarg);
	if (!ok || optind < argc) {
		free(g);
		return tool_usage();
	}
	g->arena = arena_new();
	g->row = arena_new();
	g->then_arena = arena_new();
	g->bucket = arena_array(g->arena, SENDERS_BUCKETS, sizeof(uint32_t));
	g->now = tool_load(g->journal.config, NULL);
	if (g->now != NULL)
		status = suggest_all(g);
	suggest_free(g);
	free(g);
	return status;
}

extern const struct command command_suggest;
const struct command command_suggest = {
	.name = "suggest",
	.usage = "[--since WHEN] [--until WHEN] [--support N] [--max N] "
		 "[--json]\n"
		 "    [--journal FILE | --all-hosts] [-c FILE]",
	.help = "find rules in the journal that catch what was let by",
	.run = suggest_run,
};
