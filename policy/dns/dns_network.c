/*
 * The resolver that asks the network: a cache, the lookups under way, and the
 * thread that carries them out.
 *
 * A batch asks for what the cache does not have: under the lock a lookup is
 * put into the table and the queue, and who asks for the same meanwhile joins
 * it. The thread takes it from the queue and carries it out; under the lock
 * again the answer goes into the cache and to all who wait, and the lookup
 * leaves the table. Nothing but pointers is moved under the lock; it is not
 * held while queries are sent and replies read.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "policy/base/clock.h"
#include "policy/base/crowd.h"
#include "policy/base/thread.h"
#include "policy/dns/dns_cache.h"
#include "policy/dns/dns_lookup.h"
#include "policy/dns/dns_resolver.h"
#include "policy/dns/dns_slow.h"

#include "rules/base/panic.h"

#define LOOKUPS_MAX 16384 /* under way at once */
/* Of one message, once half of them are taken: they are there for all. */
#define LOOKUPS_SHARE 64
/*
 * For how long failures hold (RFC 9520), and "no" from a server that does not
 * say for how long. The latter should not be kept at all (RFC 2308 5) lest it
 * go round between servers for ever; but nobody asks us.
 */
#define NETWORK_FAILURE_TTL_S 5

struct network {
	struct resolver resolver; /* first */
	struct dns_options options;
	pthread_t thread;
	int wake[2];                 /* a pipe: the thread polls [0] */
	struct dns_lookups *lookups; /* the thread's own */

	pthread_mutex_t lock; /* for all that follows */
	struct dns_cache *cache;
	struct dns_table under_way; /* until answered */
	struct crowd under_way_of;  /* whose they are */
	struct dns_lookup_list queue;
	struct dns_stats stats;
	struct dns_slow slow;
	bool loopback, stopping;
};

static void
network_lock(struct network *net)
{
	INVARIANT(pthread_mutex_lock(&net->lock) == 0);
}

static void
network_unlock(struct network *net)
{
	INVARIANT(pthread_mutex_unlock(&net->lock) == 0);
}

/* By which answers age; all else goes by clock_system. */
static int64_t
network_clock_ms(const struct network *net)
{
	const struct clock *clock = net->options.clock;

	return clock->monotonic_ms(clock->ctx);
}

/* ---- asking, in the thread of the batch ---------------------------------- */

static void
network_too_busy(struct dns_wait *w, enum dns_type type)
{
	struct dns_answer a = { .status = DNS_TEMP,
		.type = type,
		.problem = "too many lookups under way" };

	w->result = dns_result_new(&a);
}

/*
 * Under the lock: whether one more may be under way for this message, and for
 * its network.
 */
static bool
network_has_room(const struct network *net, const struct dns_box *box)
{
	size_t count = net->under_way.count;

	return crowd_fits(
		   &net->under_way_of, box->group, 1, count, LOOKUPS_MAX) &&
	       (count < LOOKUPS_MAX / 2 || box->started < LOOKUPS_SHARE);
}

/* Under the lock. Returns true when the wait is pending. */
static bool
network_start(
    struct network *net, const struct dns_key *key, struct dns_wait *w)
{
	struct dns_lookup *l =
	    (struct dns_lookup *)dns_table_find(&net->under_way, key);

	if (l != NULL) {
		net->stats.joined++;
	} else if (network_has_room(net, w->box)) {
		l = dns_lookup_new(key);
		l->owner = w->box->number;
		l->group = w->box->group;
		crowd_add(&net->under_way_of, l->group, 1);
		w->box->started++;
		dns_table_add(&net->under_way, &l->node);
		dns_lookup_append(&net->queue, l);
	} else {
		network_too_busy(w, key->type);
		return false;
	}
	dns_wait_link(w, &l->waits);
	return true;
}

static void
network_wake(struct network *net)
{
	ssize_t n = write(net->wake[1], "", 1);

	/* A full pipe wakes as well. */
	INVARIANT(n == 1 || errno == EAGAIN || errno == EINTR);
}

static bool
network_ask(struct resolver *r, const struct dns_key *key, struct dns_wait *w,
    bool start)
{
	struct network *net = (struct network *)r;
	int64_t now_ms = network_clock_ms(net);
	bool pending = false, wake = false;
	struct dns_result *known;

	network_lock(net);
	net->stats.asked++;
	known = dns_cache_get(net->cache, key, now_ms, &w->ttl_s);
	if (known != NULL) {
		net->stats.cache_hits++;
		known->refs++;
		w->result = known;
		w->cached = true;
	} else if (start) {
		wake = net->queue.count == 0;
		pending = network_start(net, key, w);
		wake = wake && net->queue.count > 0;
	}
	network_unlock(net);
	if (wake)
		network_wake(net);
	return pending;
}

static struct dns_wait *
network_collect(struct resolver *r, struct dns_box *box)
{
	struct network *net = (struct network *)r;
	struct dns_wait *arrived;

	network_lock(net);
	arrived = dns_box_empty(box);
	network_unlock(net);
	return arrived;
}

static void
network_drop(struct resolver *r, struct dns_wait *const *w, size_t n)
{
	struct network *net = (struct network *)r;

	network_lock(net);
	for (size_t i = 0; i < n; i++) {
		dns_wait_unlink(w[i]);
		dns_result_unref(&w[i]->result);
	}
	network_unlock(net);
}

static void
network_stats(struct resolver *r, struct dns_stats *out)
{
	struct network *net = (struct network *)r;

	network_lock(net);
	*out = net->stats;
	out->entries = dns_cache_count(net->cache);
	network_unlock(net);
}

static size_t
network_slowest(struct resolver *r, enum dns_slow_order order, struct arena *a,
    struct dns_slow_lookup **out)
{
	struct network *net = (struct network *)r;
	size_t count;

	network_lock(net);
	count = dns_slow_list(&net->slow, order,
	    clock_system.monotonic_ms(clock_system.ctx), a, out);
	network_unlock(net);
	return count;
}

static bool
network_on_loopback(struct resolver *r)
{
	struct network *net = (struct network *)r;
	bool loopback;

	network_lock(net);
	loopback = net->loopback;
	network_unlock(net);
	return loopback;
}

/* ---- answers, in the resolver's thread ----------------------------------- */

/* How long the answer holds; 0: for those who wait only. */
static uint32_t
network_ttl(const struct network *net, const struct dns_answer *a)
{
	uint32_t max = a->status == DNS_DATA ? net->options.ttl_max_s
					     : net->options.negative_ttl_max_s;

	if (a->status == DNS_TEMP || a->ttl_s == UINT32_MAX)
		max = NETWORK_FAILURE_TTL_S;
	return a->ttl_s < max ? a->ttl_s : max;
}

/* Under the lock. */
static void
network_count(
    struct network *net, const struct dns_lookup *l, const struct dns_answer *a)
{
	int64_t now_ms = clock_system.monotonic_ms(clock_system.ctx);
	int64_t ms = now_ms - l->started_ms;
	size_t bucket = 0;

	dns_slow_add(
	    &net->slow, &l->node.key, now_ms, ms, a->status == DNS_TEMP);
	if (a->status == DNS_TEMP) {
		if (strcmp(a->problem, "timeout") == 0)
			net->stats.timeouts++;
		else
			net->stats.failures++;
		return;
	}
	while (bucket + 1 < ARRAY_COUNT(net->stats.latency_ms) &&
	       ms >= INT64_C(1) << bucket)
		bucket++;
	net->stats.latency_ms[bucket]++;
}

/* Under the lock. Gives the result to all who wait for the lookup. */
static void
network_tell(struct dns_lookup *l, struct dns_result *result)
{
	while (l->waits != NULL) {
		struct dns_wait *w = l->waits;

		dns_wait_unlink(w);
		w->result = result;
		w->ttl_s = result->answer.ttl_s;
		result->refs++;
		dns_wait_link(w, &w->box->arrived);
		waits_post(w->box->waits);
	}
}

static void
network_answered(
    void *ctx, struct dns_lookup *l, const struct dns_answer *answer)
{
	struct network *net = ctx;
	struct dns_result *result = dns_result_new(answer);
	uint32_t ttl_s = network_ttl(net, answer);
	int64_t now_ms = network_clock_ms(net);

	result->answer.ttl_s = ttl_s;
	network_lock(net);
	dns_table_remove(&net->under_way, &l->node);
	crowd_sub(&net->under_way_of, l->group, 1);
	if (ttl_s > 0)
		dns_cache_put(
		    net->cache, &l->node.key, result, now_ms, ttl_s, l->group);
	network_tell(l, result);
	network_count(net, l, answer);
	dns_result_unref(&result);
	network_unlock(net);
	dns_lookup_free(&l);
}

/* ---- the thread ---------------------------------------------------------- */

/* Takes the queue over. Returns false when it is time to stop. */
static bool
network_take(struct network *net)
{
	bool going;

	network_lock(net);
	net->loopback = dns_lookups_on_loopback(net->lookups);
	net->stats.sent = dns_lookups_sent(net->lookups);
	while (net->queue.first != NULL) {
		struct dns_lookup *l = net->queue.first;

		dns_lookup_unlink(&net->queue, l);
		dns_lookups_start(net->lookups, l);
	}
	going = !net->stopping;
	network_unlock(net);
	return going;
}

static void *
network_thread(void *arg)
{
	struct network *net = arg;
	char octets[64];

	while (network_take(net))
		if (dns_lookups_turn(net->lookups, net->wake[0]))
			while (read(net->wake[0], octets, sizeof(octets)) > 0)
				continue;
	return NULL;
}

/* ---- beginning and end --------------------------------------------------- */

/* All but the thread, which has ended or was never there. */
static void
network_free_rest(struct network *net)
{
	while (net->queue.first != NULL) {
		struct dns_lookup *l = net->queue.first;

		dns_lookup_unlink(&net->queue, l);
		dns_lookup_free(&l);
	}
	dns_lookups_free(&net->lookups);
	dns_table_free(&net->under_way);
	dns_cache_free(&net->cache);
	for (size_t i = 0; i < 2; i++)
		if (net->wake[i] >= 0)
			(void)close(net->wake[i]); /* nothing was written */
	INVARIANT(pthread_mutex_destroy(&net->lock) == 0);
	free(net);
}

static void
network_free(struct resolver *r)
{
	struct network *net = (struct network *)r;

	network_lock(net);
	net->stopping = true;
	network_unlock(net);
	network_wake(net);
	INVARIANT(pthread_join(net->thread, NULL) == 0);
	network_free_rest(net);
}

static void
network_options(struct network *net, const struct dns_options *o)
{
	struct dns_options *own = &net->options;

	if (o != NULL)
		*own = *o;
	if (own->timeout_ms <= 0)
		own->timeout_ms = 5000;
	if (own->cache_entries == 0)
		own->cache_entries = 100000;
	if (own->ttl_max_s == 0)
		own->ttl_max_s = 86400;
	if (own->negative_ttl_max_s == 0)
		own->negative_ttl_max_s = 3600;
	if (own->renew_after == 0)
		own->renew_after = 1000;
	if (own->clock == NULL)
		own->clock = &clock_system;
}

static bool
network_begin(struct network *net, const char **why)
{
	uint64_t seed;

	INVARIANT(getrandom(&seed, sizeof(seed), 0) == sizeof(seed));
	net->resolver.seed = seed;
	if (pipe2(net->wake, O_NONBLOCK | O_CLOEXEC) != 0) {
		net->wake[0] = net->wake[1] = -1;
		*why = "no file descriptors for the resolver";
		return false;
	}
	net->lookups =
	    dns_lookups_new(&net->options, network_answered, net, why);
	if (net->lookups == NULL)
		return false;
	net->options.server = NULL; /* the caller's memory; it was copied */
	net->loopback = dns_lookups_on_loopback(net->lookups);
	*why = "no thread for the resolver";
	return thread_start(&net->thread, network_thread, net);
}

struct resolver *
resolver_network(const struct dns_options *o, const char **why)
{
	static const struct resolver_ops ops = {
		.ask = network_ask,
		.collect = network_collect,
		.drop = network_drop,
		.stats = network_stats,
		.slowest = network_slowest,
		.on_loopback = network_on_loopback,
		.free = network_free,
	};
	struct network *net = xcalloc(1, sizeof(*net));

	net->resolver.ops = &ops;
	network_options(net, o);
	INVARIANT(pthread_mutex_init(&net->lock, NULL) == 0);
	net->cache = dns_cache_new(net->options.cache_entries);
	if (!network_begin(net, why)) {
		network_free_rest(net);
		return NULL;
	}
	return &net->resolver;
}
