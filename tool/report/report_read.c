/*
 * verdict report read: what others report about us, as a table or JSON.
 */
#include "config.h"

#include <getopt.h>
#include <string.h>
#include <time.h>

#include "rules/base/jsonw.h"
#include "rules/base/utf8.h"
#include "rules/text/domain.h"
#include "tool/judge/corpus.h"
#include "tool/report/report.h"

#define OUT_MAX    ((size_t)256 << 20)
#define ROWS_SHOWN 50

/* ---- reading ----------------------------------------------------------------------------- */

struct reading {
	struct aggregate_sum *sum;
	bool quiet;
	uint64_t *unreadable;
};

static void
read_report(void *ctx, const char *name, const struct aggregate *report,
    const char *why)
{
	struct reading *r = ctx;

	if (report != NULL)
		(void)aggregate_sum_add(r->sum, report);
	if (why == NULL)
		return;
	*r->unreadable += 1;
	if (!r->quiet)
		(void)tool_fail(0, "%s: %s%s", name, why,
		    report == NULL ? "" : "; what comes before counts");
}

static void
read_octets(void *ctx, const char *name, struct span octets)
{
	aggregate_open(octets, name, read_report, ctx);
}

bool
report_read_place(struct aggregate_sum *sum, const char *path, bool quiet,
    uint64_t *unreadable)
{
	struct reading reading = { sum, quiet, unreadable };
	struct corpus corpus = { .arena = arena_new() };
	bool ok = true;

	if (strcmp(path, "-") == 0) {
		corpus.file = arena_alloc(corpus.arena, sizeof(*corpus.file));
		corpus.file[0].path = path;
		corpus.count = 1;
	} else {
		ok = corpus_find(&corpus, path);
	}
	for (size_t i = 0; i < corpus.count; i++)
		ok = corpus_each(&corpus.file[i], read_octets, &reading) && ok;
	arena_free(&corpus.arena);
	return ok;
}

/* ---- showing --------------------------------------------------------------------------------- */

static void
day_text(int64_t unix_s, char out[16])
{
	time_t at = (time_t)unix_s;
	struct tm tm = { .tm_mday = 1 };

	(void)strcpy(out, "?");
	if (unix_s > 0 && gmtime_r(&at, &tm) != NULL)
		(void)strftime(out, 16, "%Y-%m-%d", &tm);
}

static void
show_json_source(struct jsonw *w, const struct aggregate_source *f)
{
	char day[16];

	jsonw_object(w, NULL);
	jsonw_text(w, "domain", f->domain);
	jsonw_text(w, "source", f->source);
	jsonw_number(w, "messages", (double)f->messages);
	jsonw_number(w, "passed", (double)f->passed);
	jsonw_number(w, "failed", (double)(f->messages - f->passed));
	jsonw_number(w, "dkim", (double)f->dkim);
	jsonw_number(w, "spf", (double)f->spf);
	jsonw_number(w, "quarantined", (double)f->quarantined);
	jsonw_number(w, "rejected", (double)f->rejected);
	day_text(f->first_s, day);
	jsonw_textz(w, "since", day);
	day_text(f->last_s, day);
	jsonw_textz(w, "last", day);
	jsonw_text(w, "receiver", f->last_receiver);
	jsonw_text(w, "signer", f->signer);
	jsonw_text(w, "sender", f->sender);
	jsonw_text(w, "reason", f->reason);
	jsonw_end(w);
}

static void
show_json(const struct aggregate_sum *s, uint64_t unreadable)
{
	char day[16];
	struct jsonw w;
	struct buf out;

	buf_init(&out, OUT_MAX);
	jsonw_init(&w, &out);
	jsonw_object(&w, NULL);
	jsonw_number(&w, "reports", (double)s->reports);
	jsonw_number(&w, "receivers", (double)s->receiver_count);
	jsonw_number(&w, "repeated", (double)s->again);
	jsonw_number(&w, "unreadable", (double)unreadable);
	jsonw_number(&w, "messages", (double)s->messages);
	jsonw_number(&w, "passed", (double)s->passed);
	day_text(s->begin_s, day);
	jsonw_textz(&w, "since", day);
	day_text(s->end_s, day);
	jsonw_textz(&w, "until", day);
	jsonw_text(&w, "policy", s->p);
	jsonw_array(&w, "sources");
	for (size_t i = 0; i < s->count; i++)
		show_json_source(&w, &s->source[i]);
	jsonw_end(&w);
	jsonw_end(&w);
	(void)buf_addc(&out, '\n');
	tool_print(&out);
}

static double
percent(uint64_t part, uint64_t whole)
{
	return whole == 0 ? 0 : 100.0 * (double)part / (double)whole;
}

/* Who that seems to be: what was authenticated, though perhaps not for us. */
static void
show_who(struct buf *out, const struct aggregate_source *f)
{
	if (f->signer.n > 0) {
		(void)buf_addz(out, "signed by ");
		tool_safe(out, f->signer);
	}
	if (f->sender.n > 0 && !span_eq(f->sender, f->signer)) {
		(void)buf_addz(
		    out, f->signer.n > 0 ? ", sent by " : "sent by ");
		tool_safe(out, f->sender);
	}
	if (f->reason.n > 0) {
		(void)buf_addz(out, " (");
		tool_safe(out, f->reason);
		(void)buf_addc(out, ')');
	}
}

static void
show_row(struct buf *out, const struct aggregate_source *f)
{
	uint64_t failed = f->messages - f->passed;
	char since[16], last[16];

	day_text(f->first_s, since);
	day_text(f->last_s, last);
	(void)buf_addz(out, failed > 0 && f->passed == 0 ? tool_red()
			    : failed > 0                 ? tool_yellow()
							 : "");
	(void)buf_printf(out, "%9llu %9llu %9llu %9llu %9llu%s  %-10s %-10s ",
	    (unsigned long long)f->messages, (unsigned long long)f->passed,
	    (unsigned long long)failed, (unsigned long long)f->quarantined,
	    (unsigned long long)f->rejected, failed > 0 ? tool_plain() : "",
	    since, last);
	tool_safe(out, f->source);
	(void)buf_addz(out, "  ");
	tool_safe(out, f->domain);
	(void)buf_addz(out, "  ");
	show_who(out, f);
	(void)buf_addc(out, '\n');
}

static void
show_table(const struct aggregate_sum *s, bool all)
{
	size_t shown = all || s->count < ROWS_SHOWN ? s->count : ROWS_SHOWN;
	char since[16], until[16];
	struct buf out;

	buf_init(&out, OUT_MAX);
	day_text(s->begin_s, since);
	day_text(s->end_s, until);
	(void)buf_printf(&out,
	    "%llu report%s of %zu receiver%s, %s to %s: %llu message%s, "
	    "%.1f%% pass DMARC\n\n",
	    (unsigned long long)s->reports, plural(s->reports),
	    s->receiver_count, plural(s->receiver_count), since, until,
	    (unsigned long long)s->messages, plural(s->messages), percent(s->passed, s->messages));
	(void)buf_printf(&out, "%s%9s %9s %9s %9s %9s  %-10s %-10s %s%s\n",
	    tool_bold(), "MESSAGES", "PASS", "FAIL", "JUNK", "REFUSED", "SINCE",
	    "LAST", "SOURCE  DOMAIN  WHO", tool_plain());
	for (size_t i = 0; i < shown; i++)
		show_row(&out, &s->source[i]);
	if (shown < s->count)
		(void)buf_printf(
		    &out, "\n%zu more; --all shows them\n", s->count - shown);
	tool_print(&out);
}

/* ---- the command --------------------------------------------------------------------------------- */

enum { OPT_JSON = 256, OPT_ALL, OPT_DOMAIN };

static const struct option read_options[] = {
	{ "json", no_argument, NULL, OPT_JSON },
	{ "all", no_argument, NULL, OPT_ALL },
	{ "domain", required_argument, NULL, OPT_DOMAIN },
	{ NULL, 0, NULL, 0 },
};

static int
read_show(int count, char **place, struct span only, bool json, bool all)
{
	struct aggregate_sum sum;
	uint64_t unreadable = 0;
	bool ok = true;

	aggregate_sum_begin(&sum, only);
	for (int i = 0; i < count; i++)
		ok =
		    report_read_place(&sum, place[i], false, &unreadable) && ok;
	aggregate_sum_sort(&sum);
	if (json)
		show_json(&sum, unreadable);
	else if (sum.reports > 0)
		show_table(&sum, all);
	else
		(void)tool_fail(0, "there are no reports to show");
	ok = ok && sum.reports > 0 && unreadable == 0;
	aggregate_sum_end(&sum);
	return ok ? EXIT_OK : EXIT_FAILED;
}

int
report_read_run(int argc, char **argv)
{
	bool json = false, all = false;
	struct span only = SPAN("");
	struct arena *a = arena_new();
	int c, status = EXIT_OK;
	const char *why;

	optind = 1;
	while ((c = getopt_long(argc, argv, "", read_options, NULL)) != -1)
		switch (c) {
		case OPT_JSON:
			json = true;
			break;
		case OPT_ALL:
			all = true;
			break;
		case OPT_DOMAIN:
			if (!domain_to_ascii(span_of(optarg), a, &only, &why))
				status = tool_fail(EXIT_USAGE,
				    "%s is no domain: %s", optarg, why);
			break;
		default:
			status = tool_usage();
		}
	if (status == EXIT_OK && optind == argc)
		status = tool_usage();
	if (status == EXIT_OK)
		status =
		    read_show(argc - optind, argv + optind, only, json, all);
	arena_free(&a);
	return status;
}
