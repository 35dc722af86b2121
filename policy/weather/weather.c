/*
 * Gathers the mail of watched domains from the journal and adds up what would
 * come of it today. How one message is judged is weather_mail.c's.
 */
#include "config.h"

#include "policy/weather/weather.h"

#include <stdlib.h>
#include <string.h>

#include "policy/message/verdict.h"
#include "policy/weather/weather_mail.h"

#define REASONS_MAX 50

struct weather_reason {
	const char *text;
	size_t count;
};

struct weather_gathered {
	struct weather_domain domain;
	struct weather_dns dns;
	struct weather_reason reason[REASONS_MAX];
	size_t reasons, seen, unvouched_seen;
};

struct weather {
	const struct weather_options *o;
	struct arena *arena, *row;
	struct weather_gathered *domain[WEATHER_DOMAINS_MAX];
	size_t count;
};

static struct weather_gathered *
weather_find(struct weather *w, struct span domain)
{
	struct weather_gathered *g;

	for (size_t i = 0; i < w->count; i++)
		if (span_eq(w->domain[i]->domain.domain, domain))
			return w->domain[i];
	if (w->count == WEATHER_DOMAINS_MAX)
		return NULL;
	g = arena_alloc(w->arena, sizeof(*g));
	g->domain.domain = arena_dup(w->arena, domain);
	g->domain.example = SPAN("");
	weather_dns_begin(&g->dns, w->o, w->arena);
	w->domain[w->count++] = g;
	return g;
}

static void
weather_reason_add(
    struct weather *w, struct weather_gathered *g, const char *text)
{
	size_t i = 0;

	while (i < g->reasons && strcmp(g->reason[i].text, text) != 0)
		i++;
	if (i == REASONS_MAX)
		return;
	if (i == g->reasons) {
		g->reasons++;
		g->reason[i].text = arena_strdup(w->arena, span_of(text));
	}
	g->reason[i].count++;
}

static void
weather_add(struct weather *w, struct weather_gathered *g,
    const struct journal_row *row, const struct weather_mail *m)
{
	struct weather_domain *d = &g->domain;

	if (!m->counts)
		return;
	d->mails++;
	if (m->unknown)
		d->unknown++;
	if (!m->fails)
		return;
	d->unvouched += !m->vouched;
	/* Rather one that shows that it is the domain's. */
	if (d->fails++ == 0 || (m->vouched && d->fails - d->unvouched == 1)) {
		d->example = arena_dup(w->arena, row->id);
		d->policy = m->policy;
	}
	weather_reason_add(w, g, m->why);
}

/*
 * By the words "spf dkim dmarc" of the row. What anybody can send in a domain's
 * name takes no place of its mail's; a row of a journal of former days has no
 * words and may.
 */
static bool
weather_may_count(struct span auth)
{
	size_t at = span_find_last(auth, ' ');
	struct span then;

	if (at == SIZE_MAX)
		return true;
	then = span_slice(auth, at + 1, auth.n);
	return span_is(then, "pass") || span_is(then, "none");
}

/* That neither passed anywhere: of the others the record says whose it was. */
static bool
weather_unvouched(struct span auth)
{
	size_t at = span_find(auth, ' ');
	struct span spf = span_slice(auth, 0, at == SIZE_MAX ? auth.n : at);
	struct span rest =
	    at == SIZE_MAX ? SPAN("") : span_slice(auth, at + 1, auth.n);
	size_t end = span_find(rest, ' ');

	return auth.n > 0 && !span_is(spf, "pass") &&
	       !span_is(
		   span_slice(rest, 0, end == SIZE_MAX ? rest.n : end), "pass");
}

static bool
weather_row(void *ctx, const struct journal_row *row)
{
	struct weather *w = ctx;
	struct weather_gathered *g;
	struct weather_mail m;

	/* What was refused before has no signatures. */
	if (row->author.n == 0 ||
	    !span_is(row->stage, stage_names[STAGE_EOM]) ||
	    !weather_may_count(row->auth) ||
	    !w->o->watched(w->o->ctx, row->author))
		return true;
	g = weather_find(w, row->author);
	if (g == NULL || g->seen == WEATHER_MAIL_MAX ||
	    (g->unvouched_seen == WEATHER_MAIL_MAX &&
		weather_unvouched(row->auth)))
		return true;
	if (jsonr_given(row->value)) {
		weather_judge(&g->dns, row->value, row->author, w->row, &m);
		*(m.vouched ? &g->seen : &g->unvouched_seen) += 1;
		if (m.vouched || g->unvouched_seen <= WEATHER_MAIL_MAX)
			weather_add(w, g, row, &m);
	}
	arena_reset(w->row);
	return true;
}

static void
weather_end(struct weather_gathered *g)
{
	size_t most = 0;

	for (size_t i = 0; i < g->reasons; i++)
		if (g->reason[i].count > most) {
			most = g->reason[i].count;
			g->domain.why = g->reason[i].text;
		}
	g->domain.records = weather_dns_hash(&g->dns);
	weather_dns_end(&g->dns);
}

static int
weather_compare(const void *a, const void *b)
{
	const struct weather_domain *x = a, *y = b;

	return span_compare(x->domain, y->domain);
}

bool
weather_look(const struct weather_options *o, struct arena *a,
    struct weather_domain **out, size_t *count)
{
	const struct journal_query query = { .since_s = o->since_s,
		.until_s = o->until_s,
		.newest_first = true,
		.values = true };
	struct weather *w = arena_alloc(a, sizeof(*w));
	bool ok;

	w->o = o;
	w->arena = a;
	w->row = arena_new();
	ok = journal_each(o->reader, &query, weather_row, w);
	*out = arena_array(a, w->count + 1, sizeof(**out));
	for (size_t i = 0; i < w->count; i++) {
		weather_end(w->domain[i]);
		(*out)[i] = w->domain[i]->domain;
	}
	*count = w->count;
	if (w->count > 1)
		qsort(*out, w->count, sizeof(**out), weather_compare);
	arena_free(&w->row);
	return ok;
}
