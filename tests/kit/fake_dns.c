/*
 * The DNS server of the tests. It knows just enough to be asked by a stub
 * resolver, and how to be unpleasant.
 */
#include "config.h"

#include "tests/kit/fake_dns.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "rules/base/panic.h"

#define FAKE_CLIENTS 16
#define FAKE_PACKET  8192

struct fake_reply { /* one that has to wait */
	struct fake_reply *next;
	int64_t due_ms;
	struct sockaddr_in to;
	int tcp; /* the client's place, or -1 */
	size_t n;
	uint8_t packet[FAKE_PACKET];
};

struct fake_client {
	int fd;
	size_t n;
	uint8_t in[2048];
};

struct fake_dns {
	const struct fake_record *record;
	size_t count;
	struct sockaddr_in address;
	int udp, listener, stop[2];
	pthread_t thread;
	struct fake_client client[FAKE_CLIENTS];
	struct fake_reply *waiting;

	pthread_mutex_t lock; /* for what follows */
	struct fake_dns_seen seen;
	bool port[65536];
};

struct fake_query {
	const uint8_t *packet;
	size_t n, question_end; /* behind type and class */
	char name[256];
	unsigned type;
	bool tcp, edns;
};

static int64_t
fake_clock_ms(void)
{
	struct timespec now;

	INVARIANT(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- replies ------------------------------------------------------------- */

static void
fake_put(struct fake_reply *r, const void *p, size_t n)
{
	INVARIANT(r->n + n <= sizeof(r->packet));
	memcpy(r->packet + r->n, p, n);
	r->n += n;
}

static void
fake_put16(struct fake_reply *r, unsigned v)
{
	fake_put(r, (uint8_t[]){ (uint8_t)(v >> 8), (uint8_t)v }, 2);
}

static void
fake_put_name(struct fake_reply *r, const char *name)
{
	while (*name != '\0') {
		size_t n = strcspn(name, ".");

		fake_put(r, &(uint8_t){ (uint8_t)n }, 1);
		fake_put(r, name, n);
		name += n + (name[n] == '.');
	}
	fake_put(r, "", 1);
}

static unsigned
fake_type(const char *type)
{
	static const struct {
		const char *name;
		unsigned number;
	} row[] = { { "A", 1 }, { "CNAME", 5 }, { "PTR", 12 }, { "MX", 15 },
		{ "TXT", 16 }, { "AAAA", 28 }, { "RCODE", 65280 } };

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		if (strcmp(type, row[i].name) == 0)
			return row[i].number;
	panic("fake DNS: type %s", type);
}

static void
fake_put_txt(struct fake_reply *r, const char *text)
{
	size_t left = strlen(text);

	do {
		size_t n = left < 255 ? left : 255;

		fake_put(r, &(uint8_t){ (uint8_t)n }, 1);
		fake_put(r, text, n);
		text += n;
		left -= n;
	} while (left > 0);
}

static void
fake_put_data(struct fake_reply *r, const struct fake_record *rr)
{
	uint8_t address[16];
	char *end;

	switch (fake_type(rr->type)) {
	case 1:
		INVARIANT(inet_pton(AF_INET, rr->data, address) == 1);
		fake_put(r, address, 4);
		break;
	case 28:
		INVARIANT(inet_pton(AF_INET6, rr->data, address) == 1);
		fake_put(r, address, 16);
		break;
	case 15:
		fake_put16(r, (unsigned)strtoul(rr->data, &end, 10));
		fake_put_name(r, end + 1);
		break;
	case 16:
		fake_put_txt(r, rr->data);
		break;
	default:
		fake_put_name(r, rr->data);
	}
}

static void
fake_put_record(
    struct fake_reply *r, const char *owner, const struct fake_record *rr)
{
	size_t at;

	fake_put_name(r, owner);
	fake_put16(r, fake_type(rr->type));
	fake_put16(r, 1);
	fake_put16(r, rr->ttl_s >> 16);
	fake_put16(r, rr->ttl_s & 0xffff);
	at = r->n;
	fake_put16(r, 0);
	fake_put_data(r, rr);
	r->packet[at] = (uint8_t)((r->n - at - 2) >> 8);
	r->packet[at + 1] = (uint8_t)(r->n - at - 2);
}

/* Of the root, for 60 seconds. */
static void
fake_put_soa(struct fake_reply *r)
{
	static const uint8_t soa[] = { 0, 0, 6, 0, 1, 0, 0, 0, 60, 0, 22, 0, 0,
		0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 60 };

	fake_put(r, soa, sizeof(soa));
	r->packet[9]++;
}

/* ---- what the table says ------------------------------------------------- */

static bool
fake_named(const struct fake_record *rr, const char *name)
{
	return strcmp(rr->name, "*") == 0 || strcasecmp(rr->name, name) == 0;
}

static const struct fake_record *
fake_find(const struct fake_dns *f, const char *name, const char *type)
{
	for (size_t i = 0; i < f->count; i++)
		if (fake_named(&f->record[i], name) &&
		    (type == NULL || strcmp(f->record[i].type, type) == 0))
			return &f->record[i];
	return NULL;
}

static unsigned
fake_put_all(const struct fake_dns *f, struct fake_reply *r, const char *name,
    unsigned type)
{
	unsigned n = 0;

	for (size_t i = 0; i < f->count; i++) {
		const struct fake_record *rr = &f->record[i];

		if (!fake_named(rr, name) || fake_type(rr->type) != type)
			continue;
		fake_put_record(r, name, rr);
		n++;
	}
	return n;
}

/* Answer and authority sections; returns the response code. */
static unsigned
fake_sections(
    const struct fake_dns *f, struct fake_reply *r, const struct fake_query *q)
{
	const char *name = q->name;
	const struct fake_record *rr;
	unsigned n = 0, records;

	for (int i = 0; i < 12; i++) {
		rr = fake_find(f, name, "RCODE");
		if (rr != NULL)
			return (unsigned)strtoul(rr->data, NULL, 10);
		records = fake_put_all(f, r, name, q->type);
		n += records;
		rr = fake_find(f, name, "CNAME");
		if (records > 0 || rr == NULL)
			break;
		n += fake_put_all(f, r, name, 5);
		name = rr->data;
		if (rr->flags & FAKE_ALIAS_ONLY) {
			r->packet[7] = (uint8_t)n;
			return 0;
		}
	}
	r->packet[7] = (uint8_t)n;
	rr = fake_find(f, name, NULL);
	if ((rr == NULL || records == 0) &&
	    (rr == NULL || (rr->flags & FAKE_NO_SOA) == 0))
		fake_put_soa(r);
	return rr == NULL ? 3 : 0;
}

static void
fake_fold(struct fake_reply *r, size_t question_end)
{
	for (size_t i = 12; i < question_end; i++)
		r->packet[i] = (uint8_t)tolower(r->packet[i]);
}

static void
fake_answer(const struct fake_dns *f, struct fake_reply *r,
    const struct fake_query *q, unsigned flags)
{
	unsigned rcode;

	r->n = 0;
	fake_put(r, q->packet, q->question_end);
	r->packet[2] = 0x81; /* QR RD */
	r->packet[3] = 0x80; /* RA */
	memset(r->packet + 6, 0, 6);
	if ((flags & FAKE_NO_EDNS) && q->edns) {
		r->packet[3] |= 1;
		return;
	}
	if ((flags & FAKE_TRUNCATE) && !q->tcp) {
		r->packet[2] |= 2;
		return;
	}
	rcode = fake_sections(f, r, q);
	r->packet[3] |= (uint8_t)(rcode | (flags & FAKE_AD ? 0x20 : 0));
	if (q->edns) {
		fake_put(r, "\0\0\x29\4\xd0\0\0\0\0\0\0", 11);
		r->packet[11] = 1;
	}
	if (flags & FAKE_FOLD)
		fake_fold(r, q->question_end);
	if ((flags & FAKE_CUT) && !q->tcp)
		r->n = q->question_end + (r->n - q->question_end) / 2;
}

/* ---- sending ------------------------------------------------------------- */

static void
fake_send(struct fake_dns *f, const struct fake_reply *r)
{
	uint8_t out[FAKE_PACKET + 2];

	/* Whoever asked may be gone: nothing to be done about it. */
	if (r->tcp < 0) {
		(void)sendto(f->udp, r->packet, r->n, 0,
		    (const struct sockaddr *)&r->to, sizeof(r->to));
		return;
	}
	out[0] = (uint8_t)(r->n >> 8);
	out[1] = (uint8_t)r->n;
	memcpy(out + 2, r->packet, r->n);
	if (f->client[r->tcp].fd >= 0)
		(void)send(f->client[r->tcp].fd, out, r->n + 2, MSG_NOSIGNAL);
}

static void
fake_forge(struct fake_dns *f, const struct fake_reply *r,
    const struct fake_query *q, unsigned flags)
{
	struct fake_reply forged = *r;

	if (q->tcp)
		return;
	if (flags & FAKE_FORGE_ID)
		forged.packet[1] ^= 0xff;
	if (flags & FAKE_FORGE_NAME)
		forged.packet[13] = forged.packet[13] == 'x' ? 'y' : 'x';
	if (flags & FAKE_FORGE_CASE)
		fake_fold(&forged, q->question_end);
	/* Another address than the true one, if there is one at the end. */
	if (forged.n > 12)
		forged.packet[forged.n - (q->edns ? 12 : 1)] ^= 0xff;
	fake_send(f, &forged);
}

static void
fake_reply_to(struct fake_dns *f, const struct fake_query *q,
    const struct sockaddr_in *from, int tcp)
{
	const struct fake_record *rr = fake_find(f, q->name, NULL);
	unsigned flags = rr == NULL ? 0 : rr->flags;
	struct fake_reply *r;

	if (flags & FAKE_DROP)
		return;
	r = xcalloc(1, sizeof(*r));
	r->to = *from;
	r->tcp = tcp;
	fake_answer(f, r, q, flags);
	if (flags & (FAKE_FORGE_ID | FAKE_FORGE_NAME | FAKE_FORGE_CASE))
		fake_forge(f, r, q, flags);
	if (rr != NULL && rr->delay_ms > 0) {
		r->due_ms = fake_clock_ms() + rr->delay_ms;
		r->next = f->waiting;
		f->waiting = r;
		return;
	}
	fake_send(f, r);
	free(r);
}

/* ---- receiving ----------------------------------------------------------- */

static bool
fake_parse(struct fake_query *q)
{
	size_t at = 12, n = 0;

	if (q->n < 17 || q->packet[5] != 1)
		return false;
	while (q->packet[at] != 0) {
		size_t label = q->packet[at];

		if (label > 63 || at + label + 6 > q->n)
			return false;
		if (n > 0)
			q->name[n++] = '.';
		memcpy(q->name + n, q->packet + at + 1, label);
		n += label;
		at += label + 1;
	}
	q->name[n] = '\0';
	q->type = (unsigned)q->packet[at + 1] << 8 | q->packet[at + 2];
	q->question_end = at + 5;
	q->edns = q->packet[11] != 0;
	return true;
}

static void
fake_note(struct fake_dns *f, const struct fake_query *q,
    const struct sockaddr_in *from)
{
	bool upper = false, lower = false;

	for (const char *c = q->name; *c != '\0'; c++) {
		upper = upper || isupper((unsigned char)*c);
		lower = lower || islower((unsigned char)*c);
	}
	INVARIANT(pthread_mutex_lock(&f->lock) == 0);
	if (q->tcp)
		f->seen.tcp++;
	else
		f->seen.udp++;
	f->seen.mixed += upper && lower;
	f->seen.ad += (q->packet[3] & 0x20) != 0;
	f->seen.edns += q->edns;
	if (!q->tcp && !f->port[ntohs(from->sin_port)]) {
		f->port[ntohs(from->sin_port)] = true;
		f->seen.ports++;
	}
	INVARIANT(pthread_mutex_unlock(&f->lock) == 0);
}

static void
fake_receive(struct fake_dns *f, const uint8_t *packet, size_t n,
    const struct sockaddr_in *from, int tcp)
{
	struct fake_query q = { .packet = packet, .n = n, .tcp = tcp >= 0 };

	if (!fake_parse(&q))
		return;
	fake_note(f, &q, from);
	fake_reply_to(f, &q, from, tcp);
}

static void
fake_receive_udp(struct fake_dns *f)
{
	uint8_t packet[2048];
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	ssize_t n;

	while ((n = recvfrom(f->udp, packet, sizeof(packet), MSG_DONTWAIT,
		    (struct sockaddr *)&from, &len)) > 0)
		fake_receive(f, packet, (size_t)n, &from, -1);
}

static void
fake_receive_tcp(struct fake_dns *f, int i)
{
	struct fake_client *c = &f->client[i];
	struct sockaddr_in nobody = { 0 };
	ssize_t n = recv(c->fd, c->in + c->n, sizeof(c->in) - c->n, 0);

	if (n <= 0) {
		(void)close(c->fd);
		c->fd = -1;
		return;
	}
	c->n += (size_t)n;
	while (c->n >= 2) {
		size_t need = 2 + ((size_t)c->in[0] << 8 | c->in[1]);

		if (c->n < need)
			break;
		fake_receive(f, c->in + 2, need - 2, &nobody, i);
		memmove(c->in, c->in + need, c->n - need);
		c->n -= need;
	}
}

static void
fake_accept(struct fake_dns *f)
{
	int fd = accept(f->listener, NULL, NULL);

	for (int i = 0; fd >= 0 && i < FAKE_CLIENTS; i++) {
		if (f->client[i].fd < 0) {
			f->client[i].fd = fd;
			f->client[i].n = 0;
			return;
		}
	}
	if (fd >= 0)
		(void)close(fd);
}

/* ---- the thread ---------------------------------------------------------- */

/* Sends what is due; returns the milliseconds to the next, or -1. */
static int
fake_send_due(struct fake_dns *f)
{
	int64_t now_ms = fake_clock_ms();
	struct fake_reply **at = &f->waiting;
	int wait_ms = -1;

	while (*at != NULL) {
		struct fake_reply *r = *at;
		int left_ms = (int)(r->due_ms - now_ms);

		if (left_ms <= 0) {
			*at = r->next;
			fake_send(f, r);
			free(r);
			continue;
		}
		if (wait_ms < 0 || left_ms < wait_ms)
			wait_ms = left_ms;
		at = &r->next;
	}
	return wait_ms;
}

static void *
fake_thread(void *arg)
{
	struct fake_dns *f = arg;

	for (;;) {
		struct pollfd p[3 + FAKE_CLIENTS] = {
			{ .fd = f->stop[0], .events = POLLIN },
			{ .fd = f->udp, .events = POLLIN },
			{ .fd = f->listener, .events = POLLIN },
		};

		for (int i = 0; i < FAKE_CLIENTS; i++)
			p[3 + i] = (struct pollfd){ .fd = f->client[i].fd,
				.events = POLLIN };
		if (poll(p, 3 + FAKE_CLIENTS, fake_send_due(f)) < 0)
			continue;
		if (p[0].revents != 0)
			return NULL;
		if (p[1].revents != 0)
			fake_receive_udp(f);
		for (int i = 0; i < FAKE_CLIENTS; i++)
			if (p[3 + i].revents != 0)
				fake_receive_tcp(f, i);
		if (p[2].revents != 0)
			fake_accept(f);
	}
}

static void
fake_listen(struct fake_dns *f)
{
	socklen_t len = sizeof(f->address);

	f->address.sin_family = AF_INET;
	f->address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	/* The kernel chooses the port for UDP; TCP must find it free, too. */
	for (int i = 0; i < 20; i++) {
		f->address.sin_port = 0;
		f->udp = socket(AF_INET, SOCK_DGRAM, 0);
		f->listener = socket(AF_INET, SOCK_STREAM, 0);
		INVARIANT(f->udp >= 0 && f->listener >= 0);
		INVARIANT(
		    bind(f->udp, (struct sockaddr *)&f->address, len) == 0);
		INVARIANT(getsockname(f->udp, (struct sockaddr *)&f->address,
			      &len) == 0);
		if (bind(f->listener, (struct sockaddr *)&f->address, len) ==
			0 &&
		    listen(f->listener, 16) == 0)
			return;
		(void)close(f->udp);
		(void)close(f->listener);
	}
	panic("fake DNS: no port");
}

struct fake_dns *
fake_dns_start(const struct fake_record *record, size_t count)
{
	struct fake_dns *f = xcalloc(1, sizeof(*f));

	f->record = record;
	f->count = count;
	for (int i = 0; i < FAKE_CLIENTS; i++)
		f->client[i].fd = -1;
	fake_listen(f);
	INVARIANT(pipe(f->stop) == 0);
	INVARIANT(pthread_mutex_init(&f->lock, NULL) == 0);
	INVARIANT(pthread_create(&f->thread, NULL, fake_thread, f) == 0);
	return f;
}

void
fake_dns_stop(struct fake_dns **fake)
{
	struct fake_dns *f = *fake;

	*fake = NULL;
	INVARIANT(write(f->stop[1], "", 1) == 1);
	INVARIANT(pthread_join(f->thread, NULL) == 0);
	while (f->waiting != NULL) {
		struct fake_reply *r = f->waiting;

		f->waiting = r->next;
		free(r);
	}
	for (int i = 0; i < FAKE_CLIENTS; i++)
		if (f->client[i].fd >= 0)
			(void)close(f->client[i].fd);
	(void)close(f->udp);
	(void)close(f->listener);
	(void)close(f->stop[0]);
	(void)close(f->stop[1]);
	INVARIANT(pthread_mutex_destroy(&f->lock) == 0);
	free(f);
}

struct sockaddr_storage
fake_dns_address(const struct fake_dns *f)
{
	struct sockaddr_storage s = { 0 };

	memcpy(&s, &f->address, sizeof(f->address));
	return s;
}

void
fake_dns_seen(struct fake_dns *f, struct fake_dns_seen *out)
{
	INVARIANT(pthread_mutex_lock(&f->lock) == 0);
	*out = f->seen;
	INVARIANT(pthread_mutex_unlock(&f->lock) == 0);
}
