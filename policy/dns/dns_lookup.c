/*
 * Carries lookups out: writes the queries, reads the replies, and decides
 * what to ask next. Knows no lock, no cache and nobody who waits.
 */
#include "config.h"

#include "policy/dns/dns_lookup.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "policy/base/clock.h"
#include "policy/base/crowd.h"
#include "policy/dns/dns_transport.h"
#include "policy/dns/dns_turns.h"
#include "policy/dns/dns_wire.h"

#include "rules/base/panic.h"

#define LOOKUP_ALIASES 8    /* followed by further queries */
#define LOOKUP_SLICE   64   /* sent before replies are read again */
#define LOOKUP_NAP_MS  1000 /* at most, while lookups are under way */

/*
 * A server's socket holds about 250 queries by default and drops the rest
 * without a word, which costs a retry each. So only so many go out before
 * their answers come; one that is not there soon no longer counts, lest slow
 * names hold up the others.
 */
#define LOOKUP_WINDOW    128
#define LOOKUP_WINDOW_MS 50

/*
 * Large answers come over one TCP connection after another's, so who asks for
 * many of them would make all others wait. A message has so many on their way,
 * a network as many as are free for others, and they take turns. Messages
 * whose numbers fall together share a share.
 */
#define LOOKUP_TCP_WINDOW 64
#define LOOKUP_TCP_SHARE  4
#define LOOKUP_OWNERS     256

struct dns_attempt {               /* one query that the transport has */
	struct dns_lookup *lookup; /* NULL: disowned */
	int tcp_owner;             /* -1: it went over UDP */
	uint16_t tcp_group;
	struct dns_attempt **place; /* in the window; NULL: not there */
	int64_t sent_ms;
	size_t octets;
	uint8_t query[DNS_QUERY_MAX];
};

struct dns_lookups {
	dns_answered *answered;
	void *ctx;
	int64_t timeout_ms;
	struct dns_transport *transport;
	struct dns_turns *unsent;
	struct dns_lookup_list under_way; /* by when they were sent */
	struct dns_turns *tcp_waits;      /* of those under way */
	uint8_t tcp_out[LOOKUP_OWNERS];   /* over TCP, of each message */
	struct crowd tcp_of;              /* of each network */
	size_t tcp_sum;                   /* of all */
	struct arena *scratch;            /* for one reply */
	struct dns_attempt *window[LOOKUP_WINDOW]; /* in no order */
	size_t window_at;
	uint64_t sent;
	bool mixed_case;
	uint8_t random[1020];
	size_t random_left;
};

static int64_t
lookup_clock_ms(void)
{
	return clock_system.monotonic_ms(clock_system.ctx);
}

/* ---- lists of lookups ---------------------------------------------------- */

struct dns_lookup *
dns_lookup_new(const struct dns_key *key)
{
	struct dns_lookup *l = xcalloc(1, sizeof(*l) + key->name.n);

	memcpy(l->name, key->name.p, key->name.n);
	l->node.key = *key;
	l->node.key.name.p = l->name;
	l->started_ms = lookup_clock_ms();
	l->ttl_s = UINT32_MAX;
	l->secure = true;
	return l;
}

void
dns_lookup_append(struct dns_lookup_list *list, struct dns_lookup *l)
{
	l->next = NULL;
	l->prev = list->last;
	if (list->last == NULL)
		list->first = l;
	else
		list->last->next = l;
	list->last = l;
	list->count++;
}

void
dns_lookup_unlink(struct dns_lookup_list *list, struct dns_lookup *l)
{
	if (l->prev == NULL)
		list->first = l->next;
	else
		l->prev->next = l->next;
	if (l->next == NULL)
		list->last = l->prev;
	else
		l->next->prev = l->prev;
	list->count--;
}

void
dns_lookup_free(struct dns_lookup **l)
{
	INVARIANT((*l)->waits == NULL); /* or a batch outlives its resolver */
	free((*l)->target_room);
	free(*l);
	*l = NULL;
}

/* ---- turns over TCP ------------------------------------------------------ */

static bool
lookup_tcp_may(void *ctx, const struct dns_lookup *l)
{
	const struct dns_lookups *ls = ctx;

	return ls->tcp_out[l->owner % LOOKUP_OWNERS] < LOOKUP_TCP_SHARE &&
	       crowd_fits(
		   &ls->tcp_of, l->group, 1, ls->tcp_sum, LOOKUP_TCP_WINDOW);
}

static void
lookups_tcp_ended(struct dns_lookups *ls, const struct dns_attempt *attempt)
{
	if (attempt->tcp_owner < 0)
		return;
	INVARIANT(ls->tcp_sum > 0 && ls->tcp_out[attempt->tcp_owner] > 0);
	ls->tcp_sum--;
	ls->tcp_out[attempt->tcp_owner]--;
	crowd_sub(&ls->tcp_of, attempt->tcp_group, 1);
}

/* ---- answers ------------------------------------------------------------- */

static void
lookups_answer(
    struct dns_lookups *ls, struct dns_lookup *l, struct dns_answer *a)
{
	a->alias = a->alias || l->aliases > 0;
	a->secure =
	    a->secure && l->secure && dns_transport_on_loopback(ls->transport);
	if (a->ttl_s != UINT32_MAX && l->ttl_s < a->ttl_s)
		a->ttl_s = l->ttl_s;
	dns_lookup_unlink(&ls->under_way, l);
	dns_turns_leave(l);
	if (l->attempt != NULL)
		l->attempt->lookup = NULL;
	l->attempt = NULL;
	ls->answered(ls->ctx, l, a);
}

static void
lookups_fail(struct dns_lookups *ls, struct dns_lookup *l, const char *problem)
{
	struct dns_answer a = { .status = DNS_TEMP,
		.type = l->node.key.type,
		.ttl_s = UINT32_MAX,
		.problem = problem };

	lookups_answer(ls, l, &a);
}

/* ---- queries ------------------------------------------------------------- */

static const uint8_t *
lookups_random(struct dns_lookups *ls, size_t n)
{
	if (ls->random_left < n) {
		ssize_t got = getrandom(ls->random, sizeof(ls->random), 0);

		INVARIANT(got == (ssize_t)sizeof(ls->random));
		ls->random_left = sizeof(ls->random);
	}
	ls->random_left -= n;
	return ls->random + ls->random_left;
}

static void
attempt_leave_window(struct dns_attempt *attempt)
{
	if (attempt->place != NULL)
		*attempt->place = NULL;
	attempt->place = NULL;
}

/* A free place in the window, or NULL. */
static struct dns_attempt **
lookups_place(struct dns_lookups *ls, int64_t now_ms)
{
	for (size_t i = 0; i < LOOKUP_WINDOW; i++) {
		struct dns_attempt **place =
		    &ls->window[ls->window_at++ % LOOKUP_WINDOW];

		if (*place == NULL)
			return place;
		if (now_ms - (*place)->sent_ms >= LOOKUP_WINDOW_MS) {
			attempt_leave_window(*place);
			return place;
		}
	}
	return NULL;
}

/* May end the lookup before it returns. The place may be NULL. */
static void
lookups_send_from(
    struct dns_lookups *ls, struct dns_lookup *l, struct dns_attempt **place)
{
	struct dns_attempt *attempt = xcalloc(1, sizeof(*attempt));
	const uint8_t *random = lookups_random(ls, 2 + DNS_CASE_OCTETS);
	struct dns_query q = {
		.name = l->target.p == NULL ? l->node.key.name : l->target,
		.type = l->node.key.type,
		.id = (uint16_t)(random[0] << 8 | random[1]),
		.edns = !l->no_edns,
		.mixed = ls->mixed_case ? random + 2 : NULL,
	};

	attempt->lookup = l;
	attempt->tcp_owner = -1;
	if (l->tcp) {
		attempt->tcp_owner = (int)(l->owner % LOOKUP_OWNERS);
		attempt->tcp_group = l->group;
		crowd_add(&ls->tcp_of, l->group, 1);
		ls->tcp_out[attempt->tcp_owner]++;
		ls->tcp_sum++;
	}
	attempt->octets = dns_wire_query(&q, attempt->query);
	attempt->place = place;
	attempt->sent_ms = lookup_clock_ms();
	if (place != NULL)
		*place = attempt;
	l->attempt = attempt;
	ls->sent++;
	dns_transport_send(ls->transport,
	    span_make((const char *)attempt->query, attempt->octets), l->tcp,
	    attempt);
}

/* At once over UDP, or when its owner's turn comes over TCP. */
static void
lookups_send(struct dns_lookups *ls, struct dns_lookup *l)
{
	if (l->tcp)
		dns_turns_add(ls->tcp_waits, l);
	else
		lookups_send_from(ls, l, NULL);
}

static void
lookups_send_waiting(struct dns_lookups *ls)
{
	struct dns_lookup *l;

	while (
	    (l = dns_turns_next(ls->tcp_waits, lookup_tcp_may, ls)) != NULL) {
		dns_turns_leave(l);
		lookups_send_from(ls, l, NULL);
	}
}

static void
lookup_target(struct dns_lookup *l, struct span name)
{
	char *room = xmalloc(name.n);

	memcpy(room, name.p, name.n);
	free(l->target_room);
	l->target_room = room;
	l->target = span_make(room, name.n);
}

/* The alias's target has to be asked for. */
static void
lookups_follow(
    struct dns_lookups *ls, struct dns_lookup *l, const struct dns_reply *r)
{
	if (++l->aliases > LOOKUP_ALIASES) {
		lookups_fail(ls, l, "too many aliases");
		return;
	}
	if (r->answer.ttl_s < l->ttl_s)
		l->ttl_s = r->answer.ttl_s;
	l->secure = l->secure && r->answer.secure;
	lookup_target(l, r->follow);
	l->tcp = false;
	lookups_send(ls, l);
}

/*
 * A reply was cut, garbled, or forged by somebody who could not see the
 * query: nobody slips into a TCP connection unseen.
 */
static void
lookups_send_tcp(struct dns_lookups *ls, struct dns_lookup *l)
{
	l->tcp = true;
	lookups_send(ls, l);
}

static void
lookups_understood(
    struct dns_lookups *ls, struct dns_lookup *l, struct dns_reply *r)
{
	bool suspect =
	    !l->tcp && (!r->same_case || r->kind == DNS_REPLY_TRUNCATED ||
			   r->kind == DNS_REPLY_MALFORMED);

	if (suspect) {
		lookups_send_tcp(ls, l);
		return;
	}
	if (!r->same_case)
		ls->mixed_case = false; /* a server that folds, no forger */
	if (r->kind == DNS_REPLY_FOLLOW) {
		lookups_follow(ls, l, r);
	} else if (r->kind == DNS_REPLY_NO_EDNS) {
		l->no_edns = true;
		lookups_send(ls, l);
	} else {
		lookups_answer(ls, l, &r->answer);
	}
}

static void
lookups_replied(void *ctx, void *query, struct span packet, const char *problem)
{
	struct dns_lookups *ls = ctx;
	struct dns_attempt *attempt = query;
	struct dns_lookup *l = attempt->lookup;
	struct dns_reply reply;

	attempt_leave_window(attempt);
	lookups_tcp_ended(ls, attempt);
	if (l != NULL) {
		l->attempt = NULL;
		if (problem == dns_transport_garbled && !l->tcp) {
			lookups_send_tcp(ls, l);
		} else if (problem != NULL) {
			lookups_fail(ls, l, problem);
		} else {
			dns_wire_reply(span_make((const char *)attempt->query,
					   attempt->octets),
			    packet, ls->scratch, &reply);
			lookups_understood(ls, l, &reply);
			arena_reset(ls->scratch);
		}
	}
	free(attempt);
}

/* ---- turns --------------------------------------------------------------- */

void
dns_lookups_start(struct dns_lookups *ls, struct dns_lookup *l)
{
	dns_turns_add(ls->unsent, l);
}

/* Returns true when more could go at once. */
static bool
lookups_send_some(struct dns_lookups *ls)
{
	int64_t now_ms = lookup_clock_ms();

	for (int i = 0; dns_turns_count(ls->unsent) > 0; i++) {
		struct dns_attempt **place = lookups_place(ls, now_ms);
		struct dns_lookup *l;

		if (i == LOOKUP_SLICE)
			return true;
		if (place == NULL)
			return false;
		l = dns_turns_next(ls->unsent, NULL, NULL);
		dns_turns_leave(l);
		dns_lookup_append(&ls->under_way, l);
		if (now_ms - l->started_ms >= ls->timeout_ms)
			lookups_fail(ls, l, "timeout");
		else
			lookups_send_from(ls, l, place);
	}
	return false;
}

/*
 * Ends what is too old; returns how long until the next will be, or -1. Turns
 * send them in another order than they began, so the first may not be the
 * oldest: those of who asks for much wait longer than others before they are
 * sent, and may end later. A message has a deadline of its own besides.
 */
static int
lookups_expire(struct dns_lookups *ls)
{
	int64_t now_ms = lookup_clock_ms();

	while (ls->under_way.first != NULL) {
		struct dns_lookup *l = ls->under_way.first;
		int64_t left_ms = l->started_ms + ls->timeout_ms - now_ms;

		if (left_ms > 0)
			return left_ms < LOOKUP_NAP_MS ? (int)left_ms
						       : LOOKUP_NAP_MS;
		lookups_fail(ls, l, "timeout");
	}
	return -1;
}

bool
dns_lookups_turn(struct dns_lookups *ls, int wake_fd)
{
	bool more = lookups_send_some(ls);
	int wait_ms;

	lookups_send_waiting(ls);
	wait_ms = lookups_expire(ls);

	if (more)
		wait_ms = 0;
	return dns_transport_turn(ls->transport, wake_fd, wait_ms);
}

/* ---- beginning and end --------------------------------------------------- */

static void
lookups_drop(struct dns_lookup_list *list)
{
	while (list->first != NULL) {
		struct dns_lookup *l = list->first;

		dns_lookup_unlink(list, l);
		dns_turns_leave(l);
		if (l->attempt != NULL)
			l->attempt->lookup = NULL;
		dns_lookup_free(&l);
	}
}

struct dns_lookups *
dns_lookups_new(const struct dns_options *o, dns_answered *answered, void *ctx,
    const char **why)
{
	struct dns_lookups *ls = xcalloc(1, sizeof(*ls));

	ls->answered = answered;
	ls->ctx = ctx;
	ls->timeout_ms = o->timeout_ms;
	ls->mixed_case = true;
	ls->scratch = arena_new();
	ls->unsent = dns_turns_new();
	ls->tcp_waits = dns_turns_new();
	ls->transport = dns_transport_new(o, lookups_replied, ls, why);
	if (ls->transport == NULL)
		dns_lookups_free(&ls);
	return ls;
}

void
dns_lookups_free(struct dns_lookups **lookups)
{
	struct dns_lookups *ls = *lookups;
	struct dns_lookup *l;

	*lookups = NULL;
	if (ls == NULL)
		return;
	while ((l = dns_turns_next(ls->unsent, NULL, NULL)) != NULL) {
		dns_turns_leave(l);
		dns_lookup_free(&l);
	}
	lookups_drop(&ls->under_way);
	dns_transport_free(&ls->transport);
	dns_turns_free(&ls->unsent);
	dns_turns_free(&ls->tcp_waits);
	arena_free(&ls->scratch);
	free(ls);
}

uint64_t
dns_lookups_sent(const struct dns_lookups *ls)
{
	return ls->sent;
}

bool
dns_lookups_on_loopback(const struct dns_lookups *ls)
{
	return dns_transport_on_loopback(ls->transport);
}
