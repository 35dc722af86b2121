/*
 * verdict tune: thresholds that mark no more of the own good mail than is
 * promised, by what came of it: messages in folders, or the decisions of the
 * journal and what users said of them. Changes nothing.
 */
#include "config.h"

#include <getopt.h>
#include <math.h>
#include <string.h>

#include "policy/base/clock.h"
#include "policy/base/json.h"
#include "policy/dns/dns_conf.h"
#include "policy/learn/learn_db.h"
#include "policy/message/verdict.h"
#include "rules/lang/ruleset.h"
#include "rules/learn/stream.h"
#include "rules/source/literal.h"
#include "tool/base/bar.h"
#include "tool/journal/journal.h"
#include "tool/journal/tune.h"
#include "tool/judge/corpus_judge.h"

/* What stays in an inbox so long is taken for good. */
#define TUNE_SILENT_S ((int64_t)7 * LEARN_DAY_S)
/* So many are looked at, the newest: 16 MB of numbers. */
#define TUNE_MAIL_MAX 1000000
/* For less a million messages are not enough. */
#define TUNE_FALSE_MIN 1e-5
#define TUNE_FALSE_MAX 0.5

struct tune {
	struct journal_choice journal;
	const char *rules;
	double max_false;
	bool json, live, from_received;
	struct corpus corpus[TUNE_KINDS];
	bool folders, failed;

	struct tune_mail mail;
	const struct ruleset *ruleset;
	enum tune_kind kind; /* of the folder */
	struct learn_db *taught;
	struct arena *row; /* of one decision */
	uint64_t rows;
	int64_t now_s;
	struct bar bar;
	char progress[80];
};

static const char *
tune_progress(void *ctx)
{
	struct tune *t = ctx;

	(void)snprintf(t->progress, sizeof(t->progress), "%zu good, %zu spam",
	    t->mail.all.score[TUNE_GOOD].count,
	    t->mail.all.score[TUNE_SPAM].count);
	return t->progress;
}

/* ---- folders -------------------------------------------------------------------- */

static void
tune_judged(void *ctx, const char *name, const struct verdict *v)
{
	struct tune *t = ctx;
	double all = ruleset_threshold(t->ruleset, OUTCOME_JUNK);

	(void)name;
	tune_add(&t->mail,
	    &(const struct tune_message){ .kind = t->kind,
		.rule = span_of(v->rule == NULL ? "" : v->rule),
		.wanted = span_of(outcome_names[v->wanted]),
		.score = v->record.score,
		/* Whom a message was for is told by its thresholds alone. */
		.own = v->junk_at < all || v->junk_at > all ||
		       isnan(v->junk_at) != isnan(all) });
}

static int
tune_folders(struct tune *t, struct snapshot *s)
{
	struct corpus_judge judge = { .snapshot = s,
		.from_received = t->from_received,
		.judged = tune_judged,
		.progress = tune_progress,
		.ctx = t };
	const char *why;
	bool ok = true;

	if (t->live) {
		judge.resolver = dns_conf_resolver(&s->config, &why);
		if (judge.resolver == NULL)
			return tool_fail(EXIT_UNAVAILABLE, "DNS: %s", why);
	}
	for (size_t i = 0; i < TUNE_KINDS; i++) {
		t->kind = (enum tune_kind)i;
		ok = corpus_judge(&judge, &t->corpus[i]) && ok;
	}
	resolver_free(&judge.resolver);
	return ok ? EXIT_OK : EXIT_NOINPUT;
}

/* ---- the journal ---------------------------------------------------------------- */

/* What users said of it, or that they let it be; false: nobody knows. */
static bool
tune_truth(struct tune *t, const struct journal_row *row, enum tune_kind *kind)
{
	struct learn_sample sample;
	enum learn_found found = LEARN_NONE;

	if (t->taught != NULL)
		found = learn_db_by_id(t->taught, row->id, t->row, &sample);
	if (found == LEARN_ERROR) {
		t->failed = true;
		return false;
	}
	*kind = found == LEARN_FOUND && sample.spam ? TUNE_SPAM : TUNE_GOOD;
	if (found == LEARN_FOUND)
		return true;
	/* What is put off comes again, and nobody has seen it (tune_add). */
	if (span_is(row->wanted, outcome_names[OUTCOME_TEMPFAIL]))
		return true;
	/* What was done counts: in mode monitor it lay in the inbox. */
	if (!span_is(row->verdict, outcome_names[OUTCOME_ACCEPT]))
		t->mail.unjudged++;
	else if (row->time_s > t->now_s - TUNE_SILENT_S)
		t->mail.young++;
	else
		return true;
	return false;
}

/* False: some recipient's threshold is that of all others. */
static bool
tune_own(const struct tune *t, struct span rcpts, struct span *owner)
{
	struct span rcpt, one;
	bool first = true;

	*owner = SPAN("");
	while (rcpts.n > 0 && span_cut(&rcpts, '\n', &rcpt)) {
		if (rcpt.n == 0)
			continue;
		one = ruleset_threshold_owner(t->ruleset, OUTCOME_JUNK, rcpt);
		if (one.n == 0)
			return false;
		*owner = first || span_eq(*owner, one) ? one : SPAN("");
		first = false;
		if (owner->n == 0)
			break;
	}
	return !first;
}

static void
tune_decision(struct tune *t, const struct journal_row *row)
{
	enum tune_kind kind;

	if (!jsonr_given(row->value))
		t->mail.unreadable++;
	else if (tool_from_outside(row->value) && tune_truth(t, row, &kind)) {
		struct tune_message one = { .kind = kind,
			.rule = row->rule,
			.wanted = row->wanted,
			.score = row->score,
			.share = jsonr_get_number(
			    jsonr_get(row->value, "facts"), "spam.share") };

		one.own = tune_own(t, row->rcpt, &one.owner);
		tune_add(&t->mail, &one);
	}
}

static bool
tune_row(void *ctx, const struct journal_row *row)
{
	struct tune *t = ctx;

	/* What was refused before has no score. */
	if (span_is(row->stage, stage_names[STAGE_EOM]))
		tune_decision(t, row);
	arena_reset(t->row);
	bar_show(&t->bar, ++t->rows, tune_progress(t));
	return !t->failed && t->rows < TUNE_MAIL_MAX;
}

static int
tune_journal(struct tune *t, const char *state)
{
	const struct journal_query query = { .since_s = t->journal.since_s,
		.until_s = t->journal.until_s,
		.newest_first = true,
		.values = true };
	const char *path;
	struct journal_reader *r =
	    tool_journal(&t->journal, &path, t->mail.arena);
	uint64_t all;
	bool ok =
	    r != NULL && tool_taught(path, state, t->mail.arena, &t->taught);

	if (ok) {
		all = journal_count(r, &query);
		bar_begin(&t->bar, all < TUNE_MAIL_MAX ? all : TUNE_MAIL_MAX);
		t->row = arena_new();
		t->mail.shares = true;
		ok = journal_each(r, &query, tune_row, t);
		arena_free(&t->row);
		bar_end(&t->bar);
		if (!ok)
			(void)tool_fail(0, "the journal can't be read: %s",
			    journal_reader_error(r));
		else if (t->failed)
			(void)tool_fail(0, "what was taught can't be read: %s",
			    learn_db_error(t->taught));
	}
	learn_db_close(&t->taught);
	journal_reader_close(&r);
	return ok && !t->failed ? EXIT_OK : EXIT_NOINPUT;
}

/* ---- the command ----------------------------------------------------------------- */

/* With its sign: 0.1 would be a tenth to some. */
static bool
tune_false_read(const char *text, double *out)
{
	if (span_ends(span_of(text), SPAN("%")) &&
	    literal_quantity(span_of(text), out) && *out >= TUNE_FALSE_MIN &&
	    *out <= TUNE_FALSE_MAX)
		return true;
	(void)tool_fail(
	    0, "%s is no share: say 0.1%%; from 0.001%% to 50%%", text);
	return false;
}

enum { OPT_SINCE = 256, OPT_UNTIL, OPT_JOURNAL, OPT_ALL_HOSTS };

static const struct option long_options[] = {
	{ "max-false", required_argument, NULL, 'm' },
	{ "ham", required_argument, NULL, 'h' },
	{ "spam", required_argument, NULL, 's' },
	{ "from-received", no_argument, NULL, 'f' },
	{ "live-dns", no_argument, NULL, 'l' },
	{ "json", no_argument, NULL, 'j' },
	{ "since", required_argument, NULL, OPT_SINCE },
	{ "until", required_argument, NULL, OPT_UNTIL },
	{ "journal", required_argument, NULL, OPT_JOURNAL },
	{ "all-hosts", no_argument, NULL, OPT_ALL_HOSTS },
	{ "config", required_argument, NULL, 'c' },
	{ "rules", required_argument, NULL, 'r' },
	{ NULL, 0, NULL, 0 },
};

static bool
option_read(struct tune *t, int c, const char *value)
{
	switch (c) {
	case 'm':
		return tune_false_read(value, &t->max_false);
	case 'h':
	case 's':
		t->folders = true;
		if (!corpus_find(
			&t->corpus[c == 's' ? TUNE_SPAM : TUNE_GOOD], value))
			t->failed = true;
		return true;
	case 'f':
		t->from_received = true;
		return true;
	case 'l':
		t->live = true;
		return true;
	case 'j':
		t->json = true;
		return true;
	case OPT_SINCE:
		return tool_moment(value, t->now_s, &t->journal.since_s);
	case OPT_UNTIL:
		return tool_moment(value, t->now_s, &t->journal.until_s);
	case OPT_JOURNAL:
		t->journal.journal = value;
		return true;
	case OPT_ALL_HOSTS:
		t->journal.all_hosts = true;
		return true;
	case 'c':
		t->journal.config = value;
		return true;
	case 'r':
		t->rules = value;
		return true;
	default:
		return false;
	}
}

/* Mail that lies in a folder stands in the journal, too, and would count
 * twice: it is either. */
static bool
options_read(int argc, char **argv, struct tune *t)
{
	bool of_journal;
	int c;

	while ((c = getopt_long(argc, argv, "c:r:", long_options, NULL)) != -1)
		if (!option_read(t, c, optarg))
			return false;
	of_journal = t->journal.journal != NULL || t->journal.all_hosts ||
		     t->journal.since_s != 0 || t->journal.until_s != 0;
	return optind == argc &&
	       (t->folders ? !of_journal : !t->live && !t->from_received);
}

static int
tune_all(struct tune *t)
{
	struct snapshot *s;
	int status;

	if (t->failed)
		return EXIT_NOINPUT;
	s = tool_load(t->journal.config, t->rules);
	if (s == NULL)
		return EXIT_CONFIG;
	t->ruleset = s->ruleset;
	status =
	    t->folders ? tune_folders(t, s) : tune_journal(t, s->config.state);
	if (status == EXIT_OK &&
	    !tune_print(&t->mail, s, t->max_false, t->json))
		status = EXIT_FAILED;
	snapshot_unref(&s);
	return status;
}

static int
tune_run(int argc, char **argv)
{
	struct tune t = { .max_false = LEARN_PROMISE };
	int status;

	t.now_s = clock_system.unix_s(NULL);
	t.mail.arena = arena_new();
	for (size_t i = 0; i < TUNE_KINDS; i++)
		t.corpus[i].arena = t.mail.arena;
	status = options_read(argc, argv, &t) ? tune_all(&t) : tool_usage();
	arena_free(&t.mail.arena);
	return status;
}

extern const struct command command_tune;
const struct command command_tune = {
	.name = "tune",
	.usage =
	    "[--max-false SHARE%] [--json] [-c FILE] [--rules FILE|DIR]\n"
	    "    [--ham FILE|DIR ... [--spam FILE|DIR ...] "
	    "[--from-received] [--live-dns] |\n"
	    "    [--since WHEN] [--until WHEN] [--journal FILE | --all-hosts]]",
	.help = "propose thresholds that mark no more good mail than promised",
	.run = tune_run,
};
