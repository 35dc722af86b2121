/*
 * The DNS tree walk of RFC 9989, 4.10, and the organizational domain that
 * follows from it, 4.10.2. It knows no policy.
 */
#include "config.h"

#include "policy/dmarc/dmarc.h"
#include "rules/text/domain.h"

/* From a longer name the walk jumps to as many labels. */
#define WALK_JUMP_LABELS 7

/* The names of the walk, the longest first; NULL stands for none. */
static size_t
walk_names(struct span domain, struct span out[DMARC_WALK_MAX])
{
	size_t n = 0;

	while (domain.n > 0 && n < DMARC_WALK_MAX) {
		out[n++] = domain;
		if (n == 1 && domain_labels(domain) > WALK_JUMP_LABELS)
			domain = domain_suffix(domain, WALK_JUMP_LABELS);
		else
			domain = domain_parent(domain);
	}
	return n;
}

/* Several records at one name are all discarded, and the walk goes on. */
static void
walk_read(struct dmarc_step *step, const struct dns_answer *answer)
{
	size_t records = 0;

	for (size_t i = 0; i < answer->count; i++)
		if (dmarc_record_is(answer->text[i]) && records++ == 0)
			dmarc_record_parse(answer->text[i], &step->record);
	step->has_record = records == 1;
	step->found = records == 1  ? "a record"
		      : records > 1 ? "several records, all discarded"
				    : "no DMARC record";
}

/* False while the answer is missing. */
static bool
walk_step(struct dmarc_step *step, const struct dns_answer *answer)
{
	switch (answer->status) {
	case DNS_PENDING:
		return false;
	case DNS_DATA:
		walk_read(step, answer);
		break;
	case DNS_NODATA:
		step->found = "no TXT record";
		break;
	case DNS_NXDOMAIN:
		step->found = "no such name";
		break;
	case DNS_TEMP:
		step->found = "could not be found out";
		step->temp = true;
		break;
	}
	return true;
}

/* 4.10.2, over the records that were found. */
static struct span
walk_org(const struct dmarc_walk *w)
{
	struct span shortest = w->domain;

	for (size_t i = 0; i < w->count; i++) {
		const struct dmarc_step *step = &w->step[i];

		if (!step->has_record)
			continue;
		if (step->record.psd == DMARC_PSD_NO)
			return step->domain;
		if (step->record.psd == DMARC_PSD_YES && i > 0)
			return domain_suffix(
			    w->domain, domain_labels(step->domain) + 1);
		shortest = step->domain;
	}
	return shortest;
}

bool
dmarc_walk_run(struct dmarc_walk *w, struct dns_batch *dns, struct arena *a)
{
	const struct dns_answer *answer[DMARC_WALK_MAX];
	struct span name[DMARC_WALK_MAX];
	size_t n;

	if (w->done)
		return true;
	n = walk_names(w->domain, name);
	for (size_t i = 0; i < n; i++) {
		struct dmarc_step *step = &w->step[i];

		if (step->name.p == NULL)
			step->name = span_of(
			    arena_printf(a, "_dmarc.%.*s", SPAN_FMT(name[i])));
		step->domain = name[i];
		answer[i] = (w->reserved ? dns_ask_reserved : dns_ask)(
		    dns, step->name, DNS_TXT);
	}
	w->temp = false;
	for (w->count = 0; w->count < n; w->count++) {
		struct dmarc_step *step = &w->step[w->count];

		if (!walk_step(step, answer[w->count]))
			return false;
		w->temp |= step->temp;
		if (step->has_record && step->record.psd != DMARC_PSD_UNKNOWN) {
			w->count++;
			break;
		}
	}
	w->done = true;
	w->org_seen = walk_org(w);
	w->org = w->temp ? SPAN("") : w->org_seen;
	return true;
}

const struct dmarc_step *
dmarc_walk_at(const struct dmarc_walk *w, struct span domain)
{
	for (size_t i = 0; i < w->count; i++)
		if (w->step[i].has_record && span_eq(w->step[i].domain, domain))
			return &w->step[i];
	return NULL;
}
