/*
 * The transport over c-ares. c-ares 1.18 has its own ideas of some things,
 * and this file is where they end:
 *
 * It asks all questions of a channel from one UDP port, so that only 16 bits
 * of id protect an answer when the resolver is not on loopback. So a channel
 * is left to finish what it has and replaced by a fresh one after so many
 * questions and after a while; other ports, and resolv.conf read again.
 *
 * ares_getsock stops at 16 sockets and ares_fds writes beyond an fd_set, so
 * sockets are followed by its callback and polled here. ares_timeout walks
 * through all queries, so while there are any the poll ticks instead.
 *
 * One query cannot be sent over TCP alone, so there is a second channel that
 * does nothing else; the first hands a truncated reply out, for who may go
 * over to TCP is for others to say.
 */
#include "config.h"

#include "policy/dns/dns_transport.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ares.h>

#include "policy/base/clock.h"
#include "policy/dns/dns_wire.h"
#include "rules/base/buf.h"
#include "rules/base/panic.h"

#define CHANNEL_AGE_MS 60000
/* A query's tries begin 1, 2 and 4 units apart, on each server in turn. */
#define CHANNEL_TRIES     3
#define CHANNEL_UNITS     7
#define CHANNEL_UNIT_MIN  20
/* What newer ones make of it: see channel_tries. */
#define CHANNEL_TRY_LEAST_MS 250
#define CHANNEL_TRIES_MAX    10
#define CHANNEL_BUFFER    1048576
#define TRANSPORT_TICK_MS 20
/* Newer ones keep answers themselves: a zero in the options forbids that, for
 * our own cache knows how long each may serve. */
#ifdef ARES_OPT_QUERY_CACHE
#define CHANNEL_CACHE ARES_OPT_QUERY_CACHE
#else
#define CHANNEL_CACHE 0
#endif

struct channel {
	ares_channel ares;
	struct dns_transport *transport;
	struct channel *next; /* among the old ones */
	size_t sent, under_way;
	int64_t born_ms;
};

struct carried { /* one query on its way */
	struct channel *channel;
	void *query;
};

struct watch {
	struct channel *channel;
	ares_socket_t fd;
	short events;
};

struct dns_transport {
	dns_replied *replied;
	void *ctx;
	char *server;        /* "192.0.2.1:53,[::1]:53"; NULL: resolv.conf */
	size_t server_count; /* known or found */
	int64_t timeout_ms;
	size_t renew_after;
	struct channel *udp, *tcp; /* tcp NULL: not needed yet */
	struct channel *old;
	struct watch *watch;
	size_t watches, watch_cap;
	struct pollfd *pollfd; /* wake_fd, and one for each watch */
	struct watch *polled;  /* the watches as they were when polled */
	size_t poll_cap;
	bool loopback;
	bool freeing;
};

static int64_t
transport_clock_ms(void)
{
	return clock_system.monotonic_ms(clock_system.ctx);
}

/* ---- sockets ------------------------------------------------------------- */

static struct watch *
transport_watch(struct dns_transport *t, ares_socket_t fd)
{
	for (size_t i = 0; i < t->watches; i++)
		if (t->watch[i].fd == fd)
			return &t->watch[i];
	return NULL;
}

/* c-ares tells what it waits for on a socket: nothing means it is closed. */
static void
channel_socket(void *data, ares_socket_t fd, int readable, int writable)
{
	struct channel *c = data;
	struct dns_transport *t = c->transport;
	struct watch *w = transport_watch(t, fd);
	short events =
	    (short)((readable ? POLLIN : 0) | (writable ? POLLOUT : 0));

	if (events == 0) {
		if (w != NULL)
			*w = t->watch[--t->watches];
		return;
	}
	if (w == NULL) {
		if (t->watches == t->watch_cap) {
			t->watch_cap = t->watch_cap == 0 ? 8 : t->watch_cap * 2;
			t->watch =
			    xrealloc(t->watch, t->watch_cap, sizeof(*t->watch));
		}
		w = &t->watch[t->watches++];
	}
	*w = (struct watch){ c, fd, events };
}

/* ---- channels ------------------------------------------------------------ */

/* How many servers a channel asks, and whether all are on loopback. */
#if ARES_VERSION >= 0x011800 /* 1.24 */
static int
channel_look(struct channel *c, size_t *count, bool *loopback)
{
	char *list = ares_get_servers_csv(c->ares);
	struct span rest = span_of(list == NULL ? "" : list);

	while (rest.n > 0) {
		struct span one = span_slice(rest, 0, span_find(rest, ','));

		++*count;
		*loopback = *loopback && (span_starts(one, SPAN("127.")) ||
					     span_starts(one, SPAN("[::1]")));
		rest = span_slice(rest, one.n + 1, rest.n);
	}
	ares_free_string(list);
	return ARES_SUCCESS;
}
#else
static bool
channel_is_loopback(const struct ares_addr_port_node *s)
{
	if (s->family == AF_INET)
		return (ntohl(s->addr.addr4.s_addr) >> 24) == 127;
	return memcmp(&s->addr.addr6, &in6addr_loopback,
		   sizeof(in6addr_loopback)) == 0;
}

static int
channel_look(struct channel *c, size_t *count, bool *loopback)
{
	struct ares_addr_port_node *list = NULL;
	int error = ares_get_servers_ports(c->ares, &list);

	for (struct ares_addr_port_node *s = list; s != NULL; s = s->next) {
		++*count;
		*loopback = *loopback && channel_is_loopback(s);
	}
	if (list != NULL)
		ares_free_data(list);
	return error;
}
#endif

/* Sets the channel's servers if they are configured, and looks at them. */
static int
channel_servers(struct channel *c, size_t *count, bool *loopback)
{
	const struct dns_transport *t = c->transport;
	int error = ARES_SUCCESS;

	*count = 0;
	*loopback = true;
	if (t->server != NULL)
		error = ares_set_servers_ports_csv(c->ares, t->server);
	return error == ARES_SUCCESS ? channel_look(c, count, loopback) : error;
}

/*
 * Newer ones (1.32) reckon how long a try lasts from the answers before it:
 * 250 ms at least, twice that in each round, and up to half of it less by
 * chance. Three such tries end long before timeout_ms, so there are as many
 * as fill it; dns_lookup's own deadline ends what takes longer.
 */
static int
channel_tries(const struct dns_transport *t, bool tcp)
{
#ifdef ARES_OPT_SERVER_FAILOVER
	int tries = CHANNEL_TRIES;

	(void)tcp;
	while (tries < CHANNEL_TRIES_MAX &&
	       CHANNEL_TRY_LEAST_MS * ((1 << tries) - 1) / 2 < t->timeout_ms)
		tries++;
	return tries;
#else
	(void)t;
	return tcp ? 1 : CHANNEL_TRIES;
#endif
}

/*
 * SERVFAIL and the like from one of several servers make c-ares ask the
 * others; from a lone one they would make it ask the same again at once, so
 * then the reply is taken as it is.
 */
static int
channel_init(struct channel *c, bool tcp)
{
	const struct dns_transport *t = c->transport;
	int64_t servers = (int64_t)(t->server_count > 0 ? t->server_count : 1);
	int64_t unit_ms = t->timeout_ms / (CHANNEL_UNITS * servers) + 1;
	struct ares_options o = {
		.flags = ARES_FLAG_EDNS | ARES_FLAG_NOSEARCH |
			 ARES_FLAG_NOALIASES |
			 (servers == 1 ? ARES_FLAG_NOCHECKRESP : 0) |
			 (tcp ? ARES_FLAG_USEVC : ARES_FLAG_IGNTC),
		.tries = channel_tries(t, tcp),
		.ednspsz = DNS_EDNS_OCTETS,
		.socket_receive_buffer_size = CHANNEL_BUFFER,
		.sock_state_cb = channel_socket,
		.sock_state_cb_data = c,
	};

	/* Nothing is lost over TCP that a second try would find: each server
	 * has its part of the whole time. */
	if (tcp)
		unit_ms = t->timeout_ms / servers + 1;
	if (unit_ms < CHANNEL_UNIT_MIN)
		unit_ms = CHANNEL_UNIT_MIN;
	o.timeout = unit_ms < 60000 ? (int)unit_ms : 60000;
	return ares_init_options(&c->ares, &o,
	    ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
		ARES_OPT_EDNSPSZ | ARES_OPT_SOCK_RCVBUF |
		ARES_OPT_SOCK_STATE_CB | CHANNEL_CACHE);
}

/*
 * NULL sets *why. How long a try takes depends on the number of servers,
 * which c-ares only tells once it has read resolv.conf: then it begins again.
 */
static struct channel *
channel_new(struct dns_transport *t, bool tcp, const char **why)
{
	struct channel *c = xcalloc(1, sizeof(*c));
	size_t count = 0;
	int error;

	c->transport = t;
	c->born_ms = transport_clock_ms();
	for (int i = 0; i < 2; i++) {
		bool loopback = false;

		error = channel_init(c, tcp);
		if (error != ARES_SUCCESS)
			break;
		error = channel_servers(c, &count, &loopback);
		if (error == ARES_SUCCESS && count == t->server_count) {
			t->loopback = loopback;
			return c;
		}
		ares_destroy(c->ares);
		if (error != ARES_SUCCESS)
			break;
		t->server_count = count;
	}
	*why = error != ARES_SUCCESS ? ares_strerror(error)
				     : "the list of DNS servers keeps changing";
	free(c);
	return NULL;
}

static void
channel_free(struct channel *c)
{
	ares_destroy(c->ares);
	INVARIANT(c->under_way == 0);
	free(c);
}

/* The channel to use now: the one that is there, unless it is worn out. */
static struct channel *
transport_channel(struct dns_transport *t, bool tcp)
{
	struct channel **at = tcp ? &t->tcp : &t->udp, *fresh;
	int64_t now_ms = transport_clock_ms();
	const char *why;

	if (*at != NULL && (*at)->sent < t->renew_after &&
	    now_ms - (*at)->born_ms < CHANNEL_AGE_MS)
		return *at;
	fresh = channel_new(t, tcp, &why);
	if (fresh == NULL)
		return *at; /* better a worn one than none; NULL at first */
	if (*at != NULL) {
		(*at)->next = t->old;
		t->old = *at;
	}
	*at = fresh;
	return fresh;
}

/* Lets those old channels go that have nothing left to wait for. */
static void
transport_drain(struct dns_transport *t)
{
	struct channel **at = &t->old;

	while (*at != NULL) {
		struct channel *c = *at;

		if (c->under_way > 0) {
			at = &c->next;
			continue;
		}
		*at = c->next;
		channel_free(c);
	}
}

/* ---- queries ------------------------------------------------------------- */

const char dns_transport_garbled[] = "no usable reply";

static const char *
transport_problem(int status)
{
	switch (status) {
	case ARES_EBADRESP:
		return dns_transport_garbled;
	case ARES_ESERVFAIL:
		return "server failure";
	case ARES_EREFUSED:
		return "refused";
	case ARES_ENOTIMP:
		return "not implemented";
	case ARES_ETIMEOUT:
		return "timeout";
	case ARES_ECONNREFUSED:
		return "no server gives an answer";
	case ARES_EDESTRUCTION:
	case ARES_ECANCELLED:
		return "stopped";
	}
	return "no usable reply";
}

static void
transport_carried(
    void *arg, int status, int timeouts, unsigned char *packet, int octets)
{
	struct carried *carried = arg;
	struct dns_transport *t = carried->channel->transport;
	void *query = carried->query;
	struct span reply = { NULL, 0 };

	(void)timeouts;
	carried->channel->under_way--;
	free(carried);
	if (packet != NULL && octets > 0)
		reply = span_make((const char *)packet, (size_t)octets);
	t->replied(t->ctx, query, reply,
	    reply.p != NULL ? NULL : transport_problem(status));
}

/*
 * Newer c-ares would rather hand out records that it has read itself. Our own
 * reader (dns_wire.c) is bounded, fuzzed and the same with every version.
 */
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#endif
static void
channel_send(struct channel *c, struct span packet, struct carried *carried)
{
	ares_send(c->ares, (const unsigned char *)packet.p, (int)packet.n,
	    transport_carried, carried);
}
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

void
dns_transport_send(
    struct dns_transport *t, struct span packet, bool tcp, void *query)
{
	struct channel *c = t->freeing ? NULL : transport_channel(t, tcp);
	struct carried *carried;

	if (c == NULL) {
		t->replied(t->ctx, query, (struct span){ NULL, 0 },
		    t->freeing ? "stopped" : "no channel to the servers");
		return;
	}
	carried = xmalloc(sizeof(*carried));
	*carried = (struct carried){ c, query };
	c->sent++;
	c->under_way++;
	channel_send(c, packet, carried);
}

/* ---- turns --------------------------------------------------------------- */

static bool
transport_busy(const struct dns_transport *t)
{
	return t->old != NULL || t->udp->under_way > 0 ||
	       (t->tcp != NULL && t->tcp->under_way > 0);
}

static nfds_t
transport_prepare(struct dns_transport *t, int wake_fd)
{
	if (t->poll_cap <= t->watches) {
		t->poll_cap = t->watches + 8;
		t->pollfd =
		    xrealloc(t->pollfd, t->poll_cap, sizeof(*t->pollfd));
		t->polled =
		    xrealloc(t->polled, t->poll_cap, sizeof(*t->polled));
	}
	t->pollfd[0] = (struct pollfd){ .fd = wake_fd, .events = POLLIN };
	for (size_t i = 0; i < t->watches; i++) {
		t->polled[i] = t->watch[i];
		t->pollfd[i + 1] = (struct pollfd){ .fd = t->watch[i].fd,
			.events = t->watch[i].events };
	}
	return (nfds_t)(t->watches + 1);
}

/* A socket of the poll may be closed by what an earlier one brought. */
static void
transport_ready(struct dns_transport *t, const struct watch *polled, int events)
{
	const struct watch *w = transport_watch(t, polled->fd);
	bool failed = (events & (POLLERR | POLLHUP | POLLNVAL)) != 0;

	if (w == NULL || w->channel != polled->channel)
		return;
	ares_process_fd(w->channel->ares,
	    failed || (events & POLLIN) ? polled->fd : ARES_SOCKET_BAD,
	    events & POLLOUT ? polled->fd : ARES_SOCKET_BAD);
}

bool
dns_transport_turn(struct dns_transport *t, int wake_fd, int wait_ms)
{
	nfds_t count = transport_prepare(t, wake_fd);
	int ready;

	if (transport_busy(t) && (wait_ms < 0 || wait_ms > TRANSPORT_TICK_MS))
		wait_ms = TRANSPORT_TICK_MS;
	ready = poll(t->pollfd, count, wait_ms);
	INVARIANT(ready >= 0 || errno == EINTR || errno == ENOMEM);
	for (size_t i = 1; ready > 0 && i < count; i++)
		if (t->pollfd[i].revents != 0)
			transport_ready(
			    t, &t->polled[i - 1], t->pollfd[i].revents);
	/* What is due again or has taken too long. */
	ares_process_fd(t->udp->ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	if (t->tcp != NULL)
		ares_process_fd(t->tcp->ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	for (struct channel *c = t->old; c != NULL; c = c->next)
		ares_process_fd(c->ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	transport_drain(t);
	return ready > 0 && t->pollfd[0].revents != 0;
}

/* ---- beginning and end --------------------------------------------------- */

/* The servers as c-ares wants them written. */
static bool
transport_servers(
    struct dns_transport *t, const struct dns_options *o, const char **why)
{
	struct buf list;

	if (o->server_count == 0)
		return true;
	buf_init(&list, SIZE_MAX);
	t->server_count = o->server_count;
	for (size_t i = 0; i < o->server_count; i++) {
		const struct sockaddr_storage *from = &o->server[i];
		char text[INET6_ADDRSTRLEN];
		struct sockaddr_in in;
		struct sockaddr_in6 in6;

		if (i > 0)
			(void)buf_addc(&list, ',');
		if (from->ss_family == AF_INET) {
			memcpy(&in, from, sizeof(in));
			(void)inet_ntop(
			    AF_INET, &in.sin_addr, text, sizeof(text));
			(void)buf_printf(
			    &list, "%s:%u", text, ntohs(in.sin_port));
		} else if (from->ss_family == AF_INET6) {
			memcpy(&in6, from, sizeof(in6));
			(void)inet_ntop(
			    AF_INET6, &in6.sin6_addr, text, sizeof(text));
			(void)buf_printf(
			    &list, "[%s]:%u", text, ntohs(in6.sin6_port));
		} else {
			*why = "a DNS server must be an IPv4 or IPv6 address";
			buf_free(&list);
			return false;
		}
	}
	(void)buf_addc(&list, '\0');
	t->server = xcalloc(list.n, 1);
	memcpy(t->server, list.p, list.n);
	buf_free(&list);
	return true;
}

struct dns_transport *
dns_transport_new(const struct dns_options *o, dns_replied *replied, void *ctx,
    const char **why)
{
	struct dns_transport *t;
	int error = ares_library_init(ARES_LIB_INIT_ALL);

	if (error != ARES_SUCCESS) {
		*why = ares_strerror(error);
		return NULL;
	}
	t = xcalloc(1, sizeof(*t));
	t->replied = replied;
	t->ctx = ctx;
	t->timeout_ms = o->timeout_ms;
	t->renew_after = o->renew_after;
	if (transport_servers(t, o, why))
		t->udp = channel_new(t, false, why);
	if (t->udp == NULL)
		dns_transport_free(&t);
	return t;
}

void
dns_transport_free(struct dns_transport **transport)
{
	struct dns_transport *t = *transport;

	*transport = NULL;
	if (t == NULL)
		return;
	t->freeing = true;
	if (t->udp != NULL)
		channel_free(t->udp);
	if (t->tcp != NULL)
		channel_free(t->tcp);
	while (t->old != NULL) {
		struct channel *c = t->old;

		t->old = c->next;
		channel_free(c);
	}
	free(t->server);
	free(t->watch);
	free(t->pollfd);
	free(t->polled);
	free(t);
	ares_library_cleanup();
}

bool
dns_transport_on_loopback(const struct dns_transport *t)
{
	return t->loopback;
}

void
dns_transport_library(char *out, size_t size)
{
	(void)snprintf(out, size, "c-ares %s", ares_version(NULL));
}
