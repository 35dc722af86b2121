/*
 * Speaking to a filter as an MTA does.
 */
#include "config.h"

#include "tool/doctor/milter_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "policy/base/address.h"
#include "policy/dns/dns.h"

#define PACKET_MAX       ((uint32_t)1024 * 1024)
#define MILTER_VERSION   6
#define ACTIONS_ALL      0x1ffU
#define PROTOCOL_ALL     0x1fffffU
#define NO_REPLY_HDR     0x80U
#define NO_REPLY_BODY    0x80000U
#define CLIENT_PORT      40000

static bool
client_failed(struct milter_client *c, const char *what)
{
	(void)snprintf(c->why, sizeof(c->why), "%s: %s", what,
	    errno == EAGAIN ? "no answer in time"
	    : errno == 0    ? "the filter hung up"
			    : strerror(errno));
	return false;
}

static bool
client_wrong(struct milter_client *c, const char *what)
{
	(void)snprintf(c->why, sizeof(c->why), "%s", what);
	return false;
}

/* ---- connecting ---------------------------------------------------------- */

static socklen_t
address_unix(const char *path, struct sockaddr_storage *out)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(un.sun_path))
		return 0;
	(void)strcpy(un.sun_path, path);
	memcpy(out, &un, sizeof(un));
	return sizeof(un);
}

static socklen_t
address_inet(const char *text, struct sockaddr_storage *out)
{
	struct span s = span_of(text);
	char numeric[80];
	const char *why;

	if (span_case_starts(s, SPAN("localhost:"))) {
		(void)snprintf(numeric, sizeof(numeric), "127.0.0.1:%s",
		    text + strlen("localhost:"));
		s = span_of(numeric);
	}
	if (!dns_server_parse(s, out, &why))
		return 0;
	return out->ss_family == AF_INET ? sizeof(struct sockaddr_in)
					 : sizeof(struct sockaddr_in6);
}

static bool
client_connect(struct milter_client *c, const char *address, int timeout_s)
{
	const struct timeval limit = { timeout_s, 0 };
	struct sockaddr_storage to;
	socklen_t size;

	if (strncmp(address, "unix:", 5) == 0)
		size = address_unix(address + 5, &to);
	else if (strncmp(address, "inet6:", 6) == 0)
		size = address_inet(address + 6, &to);
	else if (strncmp(address, "inet:", 5) == 0)
		size = address_inet(address + 5, &to);
	else
		size = 0;
	if (size == 0)
		return client_wrong(c, "the address is not understood");
	c->fd = socket(to.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		return client_failed(c, "socket");
	(void)setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	(void)setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (connect(c->fd, (const struct sockaddr *)&to, size) != 0)
		return client_failed(c, "connect");
	return true;
}

/* ---- packets ------------------------------------------------------------- */

static bool
packet_write(struct milter_client *c, char command, struct span data)
{
	struct buf out;
	uint32_t length = htonl((uint32_t)data.n + 1);
	struct span rest;
	bool ok = true;

	buf_init(&out, data.n + 16);
	(void)buf_add(&out, span_make((const char *)&length, sizeof(length)));
	(void)buf_addc(&out, command);
	(void)buf_add(&out, data);
	rest = buf_span(&out);
	while (ok && rest.n > 0) {
		ssize_t put = send(c->fd, rest.p, rest.n, MSG_NOSIGNAL);

		ok = put > 0 || client_failed(c, "write");
		rest = span_slice(rest, ok ? (size_t)put : 0, rest.n);
	}
	buf_free(&out);
	return ok;
}

static bool
client_read(struct milter_client *c, char *out, size_t n)
{
	while (n > 0) {
		ssize_t got = recv(c->fd, out, n, 0);

		if (got == 0)
			errno = 0;
		if (got <= 0)
			return client_failed(c, "read");
		out += got;
		n -= (size_t)got;
	}
	return true;
}

/* The data is appended to out, behind the command. */
static bool
packet_read(struct milter_client *c, char *command, struct buf *out)
{
	uint32_t length;
	char chunk[4096];

	if (!client_read(c, (char *)&length, sizeof(length)))
		return false;
	length = ntohl(length);
	if (length == 0 || length > PACKET_MAX)
		return client_wrong(c, "this is not the milter protocol");
	if (!client_read(c, command, 1))
		return false;
	for (length--; length > 0;) {
		size_t n = length < sizeof(chunk) ? length : sizeof(chunk);

		if (!client_read(c, chunk, n))
			return false;
		(void)buf_add(out, span_make(chunk, n));
		length -= (uint32_t)n;
	}
	return true;
}

static void
put_number(struct buf *b, uint32_t number)
{
	uint32_t n = htonl(number);

	(void)buf_add(b, span_make((const char *)&n, sizeof(n)));
}

static uint32_t
get_number(struct span s, size_t at)
{
	uint32_t n = 0;

	if (s.n >= at + sizeof(n))
		memcpy(&n, s.p + at, sizeof(n));
	return ntohl(n);
}

static bool
client_negotiate(struct milter_client *c)
{
	struct buf b;
	char command = 0;
	bool ok;

	buf_init(&b, PACKET_MAX);
	put_number(&b, MILTER_VERSION);
	put_number(&b, ACTIONS_ALL);
	put_number(&b, PROTOCOL_ALL);
	ok = packet_write(c, 'O', buf_span(&b));
	buf_clear(&b);
	ok = ok && packet_read(c, &command, &b);
	if (ok && (command != 'O' || b.n < 12))
		ok = client_wrong(c, "the filter does not negotiate");
	if (ok) {
		c->version = get_number(buf_span(&b), 0);
		c->actions = get_number(buf_span(&b), 4);
		c->protocol = get_number(buf_span(&b), 8);
	}
	buf_free(&b);
	return ok;
}

bool
milter_client_open(struct milter_client *c, const char *address, int timeout_s)
{
	*c = (struct milter_client){ .fd = -1 };
	if (client_connect(c, address, timeout_s) && client_negotiate(c))
		return true;
	milter_client_close(c);
	return false;
}

void
milter_client_close(struct milter_client *c)
{
	if (c->fd >= 0)
		(void)close(c->fd);
	c->fd = -1;
}

/* ---- a session ----------------------------------------------------------- */

/* Whether the filter has said that it will not answer this command. */
static bool
client_silent(const struct milter_client *c, char command)
{
	static const struct {
		char command;
		uint32_t no_reply;
	} silent[] = { { 'C', 0x1000 }, { 'H', 0x2000 }, { 'M', 0x4000 },
		{ 'R', 0x8000 }, { 'N', 0x40000 } };

	for (size_t i = 0; i < ARRAY_COUNT(silent); i++)
		if (command == silent[i].command)
			return (c->protocol & silent[i].no_reply) != 0;
	return false;
}

/* Sends it and waits for the answer; false also when the session is over. */
static bool
client_command(struct milter_client *c, char command, struct span data,
    struct milter_answer *answer)
{
	struct buf b;
	bool ok;

	answer->stage = command;
	if (client_silent(c, command)) {
		answer->code = 'c';
		return packet_write(c, command, data);
	}
	buf_init(&b, PACKET_MAX);
	ok =
	    packet_write(c, command, data) && packet_read(c, &answer->code, &b);
	buf_free(&b);
	return ok;
}

static bool
client_text(struct milter_client *c, char command, const char *text,
    struct milter_answer *answer)
{
	return client_command(
	    c, command, span_make(text, strlen(text) + 1), answer);
}

static bool
client_connect_packet(
    struct milter_client *c, const char *ip, struct milter_answer *answer)
{
	const uint16_t port = htons(CLIENT_PORT);
	struct buf b;
	bool ok;

	buf_init(&b, 1024);
	(void)buf_add(&b, span_make("unknown", 8));
	(void)buf_addc(&b, strchr(ip, ':') == NULL ? '4' : '6');
	(void)buf_add(&b, span_make((const char *)&port, sizeof(port)));
	(void)buf_add(&b, span_make(ip, strlen(ip) + 1));
	ok = client_command(c, 'C', buf_span(&b), answer);
	buf_free(&b);
	return ok;
}

static bool
client_headers(struct milter_client *c, struct span header)
{
	struct span line;
	bool ok = true;

	while (ok && span_cut(&header, '\n', &line) && line.n > 0) {
		size_t colon = span_find(line, ':');
		struct buf b;

		buf_init(&b, PACKET_MAX);
		(void)buf_add(&b, span_slice(line, 0, colon));
		(void)buf_addc(&b, '\0');
		(void)buf_add(&b, span_slice(line, colon + 1, line.n));
		(void)buf_addc(&b, '\0');
		ok = packet_write(c, 'L', buf_span(&b));
		buf_free(&b);
	}
	return ok;
}

/* "i" is an inserted field (its place first), "h" an added one. */
static bool
client_end(struct milter_client *c, struct milter_answer *answer)
{
	bool ok = packet_write(c, 'E', SPAN(""));

	answer->stage = 'E';
	while (ok) {
		struct buf b;
		size_t skip;

		buf_init(&b, PACKET_MAX);
		ok = packet_read(c, &answer->code, &b);
		skip = answer->code == 'i' ? 4 : 0;
		if (ok && strchr("ih", answer->code) != NULL && b.n > skip) {
			struct span name = span_slice(buf_span(&b), skip, b.n);

			(void)buf_add(&answer->added,
			    span_slice(name, 0, span_find(name, '\0')));
			(void)buf_addc(&answer->added, '\n');
		}
		buf_free(&b);
		if (strchr("artdcy", answer->code) != NULL)
			break;
	}
	return ok;
}

bool
milter_client_play(struct milter_client *c, const struct milter_message *m,
    struct milter_answer *answer)
{
	if ((c->protocol & NO_REPLY_HDR) == 0 ||
	    (c->protocol & NO_REPLY_BODY) == 0)
		return client_wrong(c, "this filter is not verdict-milter");
	if (!client_connect_packet(c, m->client, answer) ||
	    answer->code != 'c' || !client_text(c, 'H', m->helo, answer) ||
	    answer->code != 'c' || !client_text(c, 'M', m->sender, answer) ||
	    answer->code != 'c' || !client_text(c, 'R', m->rcpt, answer) ||
	    answer->code != 'c')
		return c->why[0] == '\0';
	if (!client_headers(c, m->header) ||
	    !client_command(c, 'N', SPAN(""), answer) || answer->code != 'c' ||
	    !packet_write(c, 'B', m->body))
		return c->why[0] == '\0';
	if (!client_end(c, answer))
		return false;
	return packet_write(c, 'Q', SPAN(""));
}
