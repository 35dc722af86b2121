/*
 * The daily look, and what is remembered from one to the next.
 */
#include "config.h"

#include "policy/weather/weather_watch.h"

#include "rules/lang/ruleset.h"

#define DAY_S  INT64_C(86400)
#define KEPT_S (400 * DAY_S)

bool
weather_is_watched(void *ctx, struct span domain)
{
	const struct weather_watched *w = ctx;

	return ruleset_watches(w->snapshot->ruleset, domain, w->now_s);
}

const char *
weather_sentence(const struct weather_domain *d, struct arena *a)
{
	const char *strange = "";

	if (d->unvouched > 0)
		strange = arena_printf(a,
		    " (%zu of which neither SPF nor DKIM showed to be its own)",
		    d->unvouched);
	return arena_printf(a,
	    "from today %zu of %zu mails of the last week of %.*s would "
	    "fail%s, because %s (DMARC policy %s; one is %.*s)",
	    d->fails, d->mails, SPAN_FMT(d->domain), strange,
	    d->why == NULL ? "of what is not known" : d->why,
	    d->policy == NULL ? "none" : d->policy, SPAN_FMT(d->example));
}

/* ---- what is remembered ---------------------------------------------------------- */

struct day_look {
	int64_t day, now_s;
	bool new;
};

static void
day_change(void *ctx, struct store_record *r)
{
	struct day_look *look = ctx;

	look->new = r->count != 1 || r->number[0] != look->day;
	*r = (struct store_record){ .count = 1,
		.number = { look->day },
		.expires_s = look->now_s + KEPT_S };
}

/* One host of those that share a store looks. */
static bool
day_is_new(struct store *s, int64_t now_s)
{
	struct day_look look = { .day = now_s / DAY_S, .now_s = now_s };

	return store_update(s, (struct ip){ 0 }, SPAN("weather:"), now_s,
		   day_change, &look) &&
	       look.new;
}

/* Whether it has changed since the last look; and how it is now. */
static bool
domain_changed(struct store *s, const struct weather_domain *d, int64_t now_s,
    struct arena *a)
{
	struct span key =
	    span_of(arena_printf(a, "weather:%.*s", SPAN_FMT(d->domain)));
	struct store_record before = { 0 };
	struct store_record r = { .count = 1,
		.number = { (int64_t)d->records },
		.expires_s = now_s + KEPT_S };

	if (key.n > STORE_KEY_MAX)
		return true;
	if (!store_get(s, key, now_s, &before))
		return true;
	(void)store_put(s, key, now_s, &r);
	return before.count != 1 || before.number[0] != r.number[0];
}

/* ---- the look ----------------------------------------------------------------------- */

static size_t
weather_tell(struct weather_watch *w, const struct weather_domain *d,
    size_t count, int64_t now_s, struct arena *a)
{
	size_t told = 0;

	for (size_t i = 0; i < count; i++) {
		if (!domain_changed(w->store, &d[i], now_s, a) ||
		    d[i].fails == 0)
			continue;
		told++;
		w->alert(w->ctx,
		    arena_printf(a, "weather %.*s", SPAN_FMT(d[i].domain)),
		    weather_sentence(&d[i], a));
	}
	return told;
}

size_t
weather_tick(struct weather_watch *w, const struct snapshot *s)
{
	int64_t now_s = store_time(w->store, w->clock.unix_s(w->clock.ctx));
	struct weather_watched watched = { s, now_s };
	struct weather_options o = { .since_s = now_s - WEATHER_WEEK_S,
		.until_s = now_s,
		.now_s = now_s,
		.watched = weather_is_watched,
		.ctx = &watched,
		.resolver = w->resolver,
		.wait_ms = s->config.deadline.ms };
	char why[SQLITE_WHY_MAX];
	struct weather_domain *d;
	size_t count, told = 0;
	struct arena *a;

	if (ruleset_watch_count(s->ruleset) == 0 ||
	    !day_is_new(w->store, now_s))
		return 0;
	/* Without a journal there is no mail to judge. */
	o.reader = journal_reader_open(w->journal, why);
	if (o.reader == NULL)
		return 0;
	a = arena_new();
	if (weather_look(&o, a, &d, &count))
		told = weather_tell(w, d, count, now_s, a);
	arena_free(&a);
	journal_reader_close(&o.reader);
	return told;
}
