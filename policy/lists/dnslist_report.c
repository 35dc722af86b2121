/*
 * The state of lists in DNS, to be shown: to whoever asks the control socket
 * and to the metrics.
 */
#include "config.h"

#include <time.h>

#include "policy/lists/dnslist_state.h"
#include "rules/base/buf.h"
#include "rules/base/jsonw.h"

const char *const dnslist_matter_names[MATTER_COUNT] = { "suspended", "resumed",
	"error", "hits" };

static struct dnslist_report
report_of(const struct dnslist_state *s)
{
	return (struct dnslist_report){
		.kind = dnslist_kinds[s->list.kind].name,
		.label = s->label,
		.zone = s->list.zone,
		.watched = s->watched,
		.probed = s->probed,
		.suspended = s->suspended,
		.ipv6 = s->ipv6,
		.reason = s->reason,
		.code = s->code,
		.since_s = s->since_s,
		.asked = s->asked,
		.hits = s->hits,
		.other = s->other,
		.failures = s->failures,
		.errors = s->errors,
		.suspensions = s->suspensions,
	};
}

void
dnslist_health_each(struct dnslist_health *h,
    void (*each)(void *ctx, const struct dnslist_report *report), void *ctx)
{
	struct dnslist_state *s;
	struct dnslist_report report = { 0 };

	(void)pthread_mutex_lock(&h->mutex);
	/* States are never taken out, so the chain holds without the lock. */
	for (s = h->first; s != NULL; s = s->next) {
		report = report_of(s);
		(void)pthread_mutex_unlock(&h->mutex);
		each(ctx, &report);
		(void)pthread_mutex_lock(&h->mutex);
	}
	(void)pthread_mutex_unlock(&h->mutex);
}

static const char *
report_state(const struct dnslist_report *r)
{
	return !r->watched    ? "unused"
	       : r->suspended ? "suspended"
	       : r->probed    ? "ok"
			      : "new";
}

static void
report_json(void *ctx, const struct dnslist_report *r)
{
	struct jsonw *w = ctx;

	jsonw_object(w, NULL);
	jsonw_text(w, "zone", r->zone);
	jsonw_textz(w, "kind", r->kind);
	jsonw_textz(w, "state", report_state(r));
	jsonw_textz(w, "reason", r->reason);
	jsonw_textz(w, "code", r->code);
	jsonw_number(w, "since", (double)r->since_s);
	jsonw_bool(w, "ipv6", r->ipv6);
	jsonw_number(w, "asked", (double)r->asked);
	jsonw_number(w, "hits", (double)r->hits);
	jsonw_number(w, "other", (double)r->other);
	jsonw_number(w, "failures", (double)r->failures);
	jsonw_number(w, "errors", (double)r->errors);
	jsonw_number(w, "suspensions", (double)r->suspensions);
	jsonw_end(w);
}

static void
report_text(void *ctx, const struct dnslist_report *r)
{
	struct buf *out = ctx;
	time_t since = (time_t)r->since_s;
	char when[32];
	struct tm tm;

	(void)buf_printf(out, "%-9s %-5s %-32.*s %8llu %8llu %8llu %8llu\n",
	    report_state(r), r->kind, SPAN_FMT(r->zone),
	    (unsigned long long)r->asked, (unsigned long long)r->hits,
	    (unsigned long long)r->failures, (unsigned long long)r->errors);
	if (!r->suspended)
		return;
	if (localtime_r(&since, &tm) == NULL ||
	    strftime(when, sizeof(when), "%Y-%m-%d %H:%M", &tm) == 0)
		when[0] = '\0';
	(void)buf_printf(out, "          since %s: %s%s%s%s\n", when,
	    r->code == NULL ? "" : "it answers ",
	    r->code == NULL ? "" : r->code, r->code == NULL ? "" : ": ",
	    r->reason);
}

void
dnslist_health_json(struct dnslist_health *h, struct jsonw *w)
{
	jsonw_array(w, "lists");
	dnslist_health_each(h, report_json, w);
	jsonw_end(w);
}

void
dnslist_health_print(struct dnslist_health *h, bool json, struct buf *out)
{
	struct jsonw w;

	if (!json) {
		(void)buf_printf(out, "%-9s %-5s %-32s %8s %8s %8s %8s\n",
		    "state", "kind", "zone", "asked", "hits", "failures",
		    "errors");
		dnslist_health_each(h, report_text, out);
		return;
	}
	jsonw_init(&w, out);
	jsonw_object(&w, NULL);
	dnslist_health_json(h, &w);
	jsonw_end(&w);
	(void)buf_addc(out, '\n');
}
