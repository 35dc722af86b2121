/*
 * Watching over lists in DNS: test points, suspending and resuming, the share
 * of hits. It knows lists by their zone, not by message or rule.
 */
#include "config.h"

#include "policy/lists/dnslist_health.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "policy/base/clock.h"
#include "policy/base/thread.h"
#include "policy/lists/dnslist_state.h"
#include "rules/base/arena.h"
#include "rules/base/buf.h"
#include "rules/base/panic.h"

#define PROBE_EVERY_S     3600
#define PROBE_SUSPENDED_S 300
#define PROBE_AGAIN_S     60 /* after a failure, before it counts */
#define PROBE_WAIT_MS     10000
#define ALERT_EVERY_S     3600
#define TICK_S            10
/* Silent answers in a row to messages, before the list is probed. */
#define FAILURES_MAX 10
/* The share of hits is looked at in windows of this many answers. */
#define WATCH_WINDOW 500
#define WATCH_HIGH   0.5 /* above this share ... */
#define WATCH_TIMES  3.0 /* ... and this many times the usual one */

/* The points of IPv6 have no form as addresses here: ::FFFF:0:0/96 is IPv4. */
#define POINT_V6(last) \
	last ".0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0"

/* ---- states -------------------------------------------------------------- */

/* By the monotonic clock: whoever sets the other one suspends no list for
 * good. */
static int64_t
health_now_s(const struct dnslist_health *h)
{
	const struct clock *c = &h->options.clock;

	return h->base_s + c->monotonic_ms(c->ctx) / 1000;
}

struct dnslist_health *
dnslist_health_new(const struct dnslist_health_options *o)
{
	struct dnslist_health *h = xcalloc(1, sizeof(*h));

	h->options = *o;
	h->base_s = o->clock.unix_s(o->clock.ctx) -
		    o->clock.monotonic_ms(o->clock.ctx) / 1000;
	h->arena = arena_new();
	INVARIANT(pthread_mutex_init(&h->mutex, NULL) == 0);
	thread_cond_init(&h->wake);
	return h;
}

void
dnslist_health_free(struct dnslist_health **hp)
{
	struct dnslist_health *h = *hp;

	*hp = NULL;
	if (h == NULL)
		return;
	if (h->running) {
		(void)pthread_mutex_lock(&h->mutex);
		h->stop = true;
		(void)pthread_cond_signal(&h->wake);
		(void)pthread_mutex_unlock(&h->mutex);
		INVARIANT(pthread_join(h->thread, NULL) == 0);
	}
	INVARIANT(pthread_cond_destroy(&h->wake) == 0);
	INVARIANT(pthread_mutex_destroy(&h->mutex) == 0);
	arena_free(&h->arena);
	free(h);
}

static bool
kind_is_ip(enum dnslist_kind kind)
{
	return kind == DNSLIST_BLOCK || kind == DNSLIST_WHITE;
}

static struct dnslist_state *
state_find(struct dnslist_health *h, const struct dnslist *l)
{
	struct dnslist_state *s = h->first;

	while (
	    s != NULL && !(span_eq(s->list.domain, l->domain) &&
			     kind_is_ip(s->list.kind) == kind_is_ip(l->kind)))
		s = s->next;
	return s;
}

/* Zones with keys may be written alike. */
static const char *
state_label(struct dnslist_health *h, struct span zone)
{
	size_t same = 0;

	for (struct dnslist_state *s = h->first; s != NULL; s = s->next)
		same += span_case_eq(s->list.zone, zone);
	return same == 0 ? arena_strdup(h->arena, zone)
			 : arena_printf(
			       h->arena, "%.*s %zu", SPAN_FMT(zone), same + 1);
}

/* What the state needs of the list outlives the snapshot it came with. */
static struct dnslist_state *
state_add(struct dnslist_health *h, const struct dnslist *l)
{
	struct dnslist_state *s = arena_alloc(h->arena, sizeof(*s));
	struct dnslist_state **end = &h->first;

	s->health = h;
	s->list = (struct dnslist){ .kind = l->kind,
		.name = arena_dup(h->arena, l->name),
		.zone = arena_dup(h->arena, l->zone),
		.domain = arena_dup(h->arena, l->domain) };
	s->label = state_label(h, l->zone);
	s->reason = "";
	while (*end != NULL)
		end = &(*end)->next;
	*end = s;
	return s;
}

void
dnslist_health_watch(struct dnslist_health *h, const struct dnslists *lists)
{
	(void)pthread_mutex_lock(&h->mutex);
	for (struct dnslist_state *s = h->first; s != NULL; s = s->next)
		s->watched = false;
	for (size_t i = 0; i < lists->count; i++) {
		struct dnslist *l = lists->list[i];

		if (l == NULL || !l->asked)
			continue;
		l->state = state_find(h, l);
		if (l->state == NULL)
			l->state = state_add(h, l);
		/* By its bits an answer to a probe is an error or none. */
		l->state->list.bits = l->state->list.bits || l->bits;
		l->state->list.probe_listed =
		    arena_dup(h->arena, l->probe_listed);
		l->state->list.probe_clean =
		    arena_dup(h->arena, l->probe_clean);
		l->state->watched = true;
	}
	(void)pthread_mutex_unlock(&h->mutex);
}

/* ---- telling the operator ------------------------------------------------ */

/* What is to be told once no lock is held. */
struct news {
	struct arena *arena;
	const char *key, *text;
};

/* Under the mutex. At most one an hour for the same list and matter. */
static void
news_make(struct news *n, struct dnslist_state *s, enum dnslist_matter matter,
    const char *text)
{
	int64_t now_s = health_now_s(s->health);

	if (s->told_s[matter] != 0 && now_s < s->told_s[matter] + ALERT_EVERY_S)
		return;
	s->told_s[matter] = now_s;
	n->key = arena_printf(n->arena, "list:%.*s:%s", SPAN_FMT(s->list.zone),
	    dnslist_matter_names[matter]);
	n->text = arena_printf(n->arena, "list %.*s (%.*s): %s",
	    SPAN_FMT(s->list.name), SPAN_FMT(s->list.zone), text);
}

static void
news_tell(struct dnslist_health *h, struct news *n)
{
	if (n->text != NULL && h->options.alert != NULL)
		h->options.alert(h->options.ctx, n->key, n->text);
}

/*
 * Under the mutex. reason is static text; code is what the list answered, or
 * NULL.
 */
static void
state_suspend(struct dnslist_state *s, const char *code, const char *reason,
    struct news *n)
{
	s->next_probe_s = health_now_s(s->health) + PROBE_SUSPENDED_S;
	if (s->suspended && s->reason == reason)
		return;
	if (!s->suspended) {
		s->suspensions++;
		s->since_s = health_now_s(s->health);
	}
	s->suspended = true;
	s->reason = reason;
	s->code = code;
	s->told_s[MATTER_RESUMED] = 0;
	news_make(n, s, MATTER_SUSPENDED,
	    code == NULL ? arena_printf(n->arena, "suspended: %s", reason)
			 : arena_printf(n->arena,
			       "suspended, it answers %s: %s", code, reason));
}

/* Under the mutex. */
static void
state_resume(struct dnslist_state *s, struct news *n)
{
	s->next_probe_s = health_now_s(s->health) + PROBE_EVERY_S;
	s->failed = 0;
	if (!s->suspended)
		return;
	s->suspended = false;
	s->reason = "";
	s->code = NULL;
	s->since_s = health_now_s(s->health);
	s->told_s[MATTER_SUSPENDED] = s->told_s[MATTER_ERROR] = 0;
	news_make(n, s, MATTER_RESUMED, "works again and is resumed");
}

/* ---- probing ------------------------------------------------------------- */

enum point { POINT_LISTED, POINT_CLEAN, POINT_LISTED6, POINT_CLEAN6, POINTS };

struct probe {
	struct dnslist_state *state;
	struct dnslist list;          /* as it was when the probe began */
	struct span question[POINTS]; /* "": is not asked */
	const struct dns_answer *answer[POINTS];
};

static void
probe_begin(struct probe *p, struct arena *a)
{
	const struct dnslist *l = &p->list;
	struct span point[POINTS] = { l->probe_listed, l->probe_clean, SPAN(""),
		SPAN("") };

	if (kind_is_ip(l->kind) && l->probe_listed.n > 0) {
		point[POINT_LISTED6] = SPAN(POINT_V6("2.0.0.0"));
		point[POINT_CLEAN6] = SPAN(POINT_V6("1.0.0.0"));
	}
	for (size_t i = 0; i < POINTS; i++)
		if (point[i].n > 0)
			p->question[i] = dnslist_question(l, point[i], a);
}

static void
probe_ask(struct probe *p, struct dns_batch *b)
{
	for (size_t i = 0; i < POINTS; i++)
		if (p->question[i].n > 0)
			p->answer[i] = dns_ask(b, p->question[i], DNS_A);
}

static const struct dnslist_error *
probe_error(const struct probe *p, struct arena *a)
{
	for (size_t i = 0; i < POINTS; i++) {
		struct dnslist_result r;

		if (p->answer[i] == NULL)
			continue;
		dnslist_judge(&p->list, p->answer[i], a, &r);
		if (r.error != NULL)
			return r.error;
	}
	return NULL;
}

static bool
probe_status(const struct probe *p, enum point at, enum dns_status status)
{
	return p->answer[at] != NULL && p->answer[at]->status == status;
}

/*
 * Why the list is of no use; NULL when it is well. *code: what it answers
 * instead, if anything; *temporary: DNS failed.
 */
static const char *
probe_problem(
    struct probe *p, struct arena *a, const char **code, bool *temporary)
{
	const struct dnslist_error *error = probe_error(p, a);

	*temporary = false;
	if (error != NULL) {
		*code = error->code;
		return error->meaning;
	}
	if (probe_status(p, POINT_CLEAN, DNS_DATA) ||
	    probe_status(p, POINT_CLEAN6, DNS_DATA))
		return "it lists everything, even the test point that no list "
		       "may have: take it out of the rules";
	if (p->answer[POINT_LISTED] == NULL ||
	    probe_status(p, POINT_LISTED, DNS_DATA))
		return NULL;
	if (probe_status(p, POINT_LISTED, DNS_TEMP)) {
		*temporary = true;
		return "it does not answer";
	}
	return "it is dead or does not know us: the test point that every list "
	       "has is not listed";
}

static void
probe_end(struct probe *p, struct arena *a)
{
	struct dnslist_state *s = p->state;
	struct news news = { .arena = a };
	bool temporary;
	const char *code = NULL;
	const char *problem = probe_problem(p, a, &code, &temporary);

	(void)pthread_mutex_lock(&s->health->mutex);
	s->ipv6 = probe_status(p, POINT_LISTED6, DNS_DATA);
	if (temporary && !s->suspended && s->failed++ == 0) {
		/* One packet may be lost, or we are faster up than DNS. */
		s->next_probe_s = health_now_s(s->health) + PROBE_AGAIN_S;
	} else {
		s->probed = true;
		if (problem == NULL)
			state_resume(s, &news);
		else
			state_suspend(s, code, problem, &news);
	}
	(void)pthread_mutex_unlock(&s->health->mutex);
	news_tell(s->health, &news);
}

/* Under the mutex: copies what is due, so that nothing changes meanwhile. */
static size_t
probes_due(struct dnslist_health *h, struct arena *a, struct probe **out)
{
	int64_t now_s = health_now_s(h);
	struct probe *probe = NULL;
	size_t count = 0, cap = 0;

	for (struct dnslist_state *s = h->first; s != NULL; s = s->next) {
		if (!s->watched || now_s < s->next_probe_s)
			continue;
		probe = arena_grow(a, probe, &cap, count + 1, sizeof(*probe));
		probe[count++] = (struct probe){ .state = s, .list = s->list };
	}
	*out = probe;
	return count;
}

size_t
dnslist_health_tick(struct dnslist_health *h)
{
	const struct clock *c = &h->options.clock;
	struct arena *a = arena_new();
	struct dns_batch *b = dns_batch_new(h->options.resolver, a);
	int64_t until_ms = c->monotonic_ms(c->ctx) + PROBE_WAIT_MS;
	struct probe *probe;
	size_t count;

	(void)pthread_mutex_lock(&h->mutex);
	count = probes_due(h, a, &probe);
	(void)pthread_mutex_unlock(&h->mutex);
	for (size_t i = 0; i < count; i++) {
		probe_begin(&probe[i], a);
		probe_ask(&probe[i], b);
	}
	while (dns_pending(b) > 0 && dns_join(b, until_ms))
		;
	dns_give_up(b, "timeout");
	for (size_t i = 0; i < count; i++)
		probe_end(&probe[i], a);
	dns_batch_free(&b);
	arena_free(&a);
	return count;
}

/* ---- what messages see --------------------------------------------------- */

bool
dnslist_suspended(const struct dnslist *l)
{
	bool suspended;

	if (l->state == NULL)
		return false;
	(void)pthread_mutex_lock(&l->state->health->mutex);
	suspended = l->state->suspended;
	(void)pthread_mutex_unlock(&l->state->health->mutex);
	return suspended;
}

/* Under the mutex. Looks at the share of hits when a window is full. */
static void
state_watch_hits(struct dnslist_state *s, bool hit, struct news *n)
{
	double share;

	s->window_hits += hit;
	if (++s->window < WATCH_WINDOW)
		return;
	share = (double)s->window_hits / WATCH_WINDOW;
	s->window = s->window_hits = 0;
	if (!s->usual_known) {
		s->usual_known = true;
		s->usual = share;
	} else if (share > WATCH_HIGH && share > s->usual * WATCH_TIMES) {
		news_make(n, s, MATTER_HITS,
		    arena_printf(n->arena,
			"%.0f%% of the last %d names were listed, where %.0f%% "
			"is usual: look whether the list still is what it was",
			share * 100, WATCH_WINDOW, s->usual * 100));
	} else {
		s->usual += (share - s->usual) / 8;
	}
}

/* Under the mutex. An answer by which the list says something of itself. */
static void
state_error(
    struct dnslist_state *s, const struct dnslist_error *error, struct news *n)
{
	s->errors++;
	if (error->refused) {
		state_suspend(s, error->code, error->meaning, n);
		return;
	}
	news_make(n, s, MATTER_ERROR,
	    arena_printf(
		n->arena, "it answers %s: %s", error->code, error->meaning));
}

void
dnslist_answered(const struct dnslist *l, const struct dnslist_result *result)
{
	struct dnslist_state *s = l->state;
	struct news news = { 0 };

	if (s == NULL)
		return;
	news.arena = arena_new();
	(void)pthread_mutex_lock(&s->health->mutex);
	s->asked++;
	s->hits += result->truth == TRUTH_YES;
	s->other += result->other;
	if (result->error != NULL)
		state_error(s, result->error, &news);
	else if (result->truth != TRUTH_UNKNOWN)
		state_watch_hits(s, result->truth == TRUTH_YES, &news);
	if (result->truth == TRUTH_UNKNOWN && result->error == NULL) {
		s->failures++;
		/* Whether it is the list, its test points tell. */
		if (++s->silent == FAILURES_MAX)
			s->next_probe_s = 0;
	} else {
		s->silent = 0;
	}
	(void)pthread_mutex_unlock(&s->health->mutex);
	news_tell(s->health, &news);
	arena_free(&news.arena);
}

/* ---- the thread ---------------------------------------------------------- */

/* False when it is time to end. */
static bool
health_sleep(struct dnslist_health *h)
{
	int64_t until_ms =
	    clock_system.monotonic_ms(clock_system.ctx) + TICK_S * 1000;
	bool stop;

	(void)pthread_mutex_lock(&h->mutex);
	if (!h->stop)
		(void)thread_cond_wait(&h->wake, &h->mutex, until_ms);
	stop = h->stop;
	(void)pthread_mutex_unlock(&h->mutex);
	return !stop;
}

static void *
health_thread(void *ctx)
{
	struct dnslist_health *h = ctx;

	do {
		(void)dnslist_health_tick(h);
	} while (health_sleep(h));
	return NULL;
}

bool
dnslist_health_start(struct dnslist_health *h)
{
	h->running = thread_start(&h->thread, health_thread, h);
	return h->running;
}
