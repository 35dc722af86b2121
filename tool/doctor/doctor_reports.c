/*
 * What others have reported of a domain: does its own mail pass, and who else
 * sends in its name?
 */
#include "config.h"

#include <time.h>

#include "policy/report/report_send.h"
#include "tool/doctor/doctor.h"
#include "tool/report/report.h"

#define SOURCES_TOLD 3
#define READY        98.0 /* percent that pass, for a stricter policy */

static const char *
reports_day(int64_t unix_s, struct arena *a)
{
	time_t at = (time_t)unix_s;
	struct tm tm = { .tm_mday = 1 };
	char out[16] = "?";

	if (unix_s > 0 && gmtime_r(&at, &tm) != NULL)
		(void)strftime(out, sizeof(out), "%Y-%m-%d", &tm);
	return arena_strdup(a, span_of(out));
}

/* Names without what a terminal would obey; the finding is cleaned again. */
static void
reports_source(struct doctor *d, const struct aggregate_source *f)
{
	uint64_t failed = f->messages - f->passed;
	struct span who = f->signer.n > 0 ? f->signer : f->sender;

	doctor_found(d, FINDING_WARN, "reports",
	    who.n > 0 ? arena_printf(d->arena,
			    "if it sends for you, have it sign as %.*s or send "
			    "with a sender of that domain",
			    SPAN_FMT(f->domain))
		      : "if it is yours, name it in the SPF record and sign "
			"its mail; if not, p=reject is what stops it",
	    "%.*s: %llu of %llu messages as %.*s fail, since %s%s%.*s",
	    SPAN_FMT(f->source), (unsigned long long)failed,
	    (unsigned long long)f->messages, SPAN_FMT(f->domain),
	    reports_day(f->first_s, d->arena),
	    who.n > 0 ? "; it is known as " : "", SPAN_FMT(who));
}

static void
reports_told(struct doctor *d, const struct aggregate_sum *s)
{
	uint64_t failed = s->messages - s->passed;
	double passing = s->messages == 0
			     ? 0
			     : 100.0 * (double)s->passed / (double)s->messages;

	doctor_found(d, failed == 0 ? FINDING_OK : FINDING_WARN, "reports",
	    failed == 0
		? NULL
		: arena_printf(d->arena, "verdict report read --domain %.*s %s",
		      SPAN_FMT(s->only), d->reports),
	    "%llu message%s reported by %zu receiver%s from %s to %s, %.1f%% "
	    "pass DMARC",
	    (unsigned long long)s->messages, plural(s->messages),
	    s->receiver_count, plural(s->receiver_count),
	    reports_day(s->begin_s, d->arena), reports_day(s->end_s, d->arena),
	    passing);
	for (size_t i = 0; i < s->count && i < SOURCES_TOLD; i++)
		if (s->source[i].passed < s->source[i].messages)
			reports_source(d, &s->source[i]);
	if (passing >= READY && span_is(s->p, "none"))
		doctor_found(d, FINDING_INFO, "reports",
		    "publish p=quarantine, and p=reject after that",
		    "the policy is none, though %.1f%% pass", passing);
}

void
doctor_reporting(struct doctor *d)
{
	const struct config *c = &d->snapshot->config;
	const char *wrong = report_settings_wrong(c);

	if (c->report.index == REPORT_OFF)
		return;
	if (wrong != NULL)
		doctor_found(d, FINDING_FAIL, "reports",
		    "report.from dmarc@example.org",
		    "no DMARC report can be sent: %s", wrong);
	else
		doctor_found(d, FINDING_OK, "reports", NULL,
		    "DMARC reports are %s, from %s",
		    c->report.index == REPORT_ON ? "sent" : "collected",
		    c->report_from);
}

void
doctor_reports(struct doctor *d, struct span domain)
{
	struct aggregate_sum sum;
	uint64_t unreadable = 0;

	if (d->reports == NULL)
		return;
	aggregate_sum_begin(&sum, domain);
	(void)report_read_place(&sum, d->reports, true, &unreadable);
	aggregate_sum_sort(&sum);
	if (sum.reports == 0)
		doctor_found(d, FINDING_INFO, "reports", NULL,
		    "no report in %s speaks of %.*s", d->reports,
		    SPAN_FMT(domain));
	else
		reports_told(d, &sum);
	if (unreadable > 0)
		doctor_found(d, FINDING_INFO, "reports",
		    arena_printf(
			d->arena, "verdict report read %s", d->reports),
		    "no report that can be read is in %llu file%s in %s",
		    (unsigned long long)unreadable, plural(unreadable),
		    d->reports);
	aggregate_sum_end(&sum);
}
