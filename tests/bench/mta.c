/*
 * The MTA's side of the milter protocol: what a load generator needs of it,
 * written from the protocol's description and fast enough not to be what is
 * measured.
 */
#include "config.h"

#include "tests/bench/mta.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PACKET_MAX ((size_t)16 * 1024 * 1024)
#define CHUNK      ((size_t)65535)

/* Of SMFIP_*: which stages the milter leaves out or answers not. */
#define NO_CONNECT    0x1U
#define NO_HELO       0x2U
#define NO_MAIL       0x4U
#define NO_RCPT       0x8U
#define NO_BODY       0x10U
#define NO_HEADERS    0x20U
#define NO_EOH        0x40U
#define SILENT_HEADER 0x80U
#define NO_DATA       0x200U
#define SILENT_CONN   0x1000U
#define SILENT_HELO   0x2000U
#define SILENT_MAIL   0x4000U
#define SILENT_RCPT   0x8000U
#define SILENT_DATA   0x10000U
#define SILENT_EOH    0x40000U
#define SILENT_BODY   0x80000U
#define KEEPS_SPACE   0x100000U

static void
put_u32(char out[4], size_t n)
{
	uint32_t big = htonl((uint32_t)n);

	memcpy(out, &big, sizeof(big));
}

static uint32_t
get_u32(const char *p)
{
	uint32_t big;

	memcpy(&big, p, sizeof(big));
	return ntohl(big);
}

/* A packet is begun, filled with buf_add and ended: its length goes first. */
static size_t
packet_begin(struct mta *m, char command)
{
	size_t at = m->out.n;

	(void)buf_add(&m->out, span_make("\0\0\0\0", 4));
	(void)buf_addc(&m->out, command);
	return at;
}

static void
packet_end(struct mta *m, size_t at)
{
	put_u32(m->out.p + at, m->out.n - at - 4);
}

static void
packet_text(struct mta *m, struct span s)
{
	(void)buf_add(&m->out, s);
	(void)buf_addc(&m->out, '\0');
}

static bool
flush(struct mta *m)
{
	size_t done = 0;

	while (done < m->out.n) {
		ssize_t n =
		    send(m->fd, m->out.p + done, m->out.n - done, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	buf_clear(&m->out);
	return true;
}

/* In poll, as Postfix does: who waits in recv is woken as well when the milter
 * has read and there is room to write, at the milter's cost. */
static bool
wait_readable(struct mta *m)
{
	struct pollfd p = { .fd = m->fd, .events = POLLIN };

	return poll(&p, 1, -1) > 0 || errno == EINTR;
}

static bool
read_exactly(struct mta *m, char *p, size_t n)
{
	while (n > 0) {
		ssize_t got = recv(m->fd, p, n, MSG_DONTWAIT);

		if (got < 0 && (errno == EINTR ||
				   (errno == EAGAIN && wait_readable(m))))
			continue;
		if (got <= 0)
			return false;
		p += got;
		n -= (size_t)got;
	}
	return true;
}

/* The next packet, in m->in: its command, or 0. */
static char
packet_read(struct mta *m)
{
	char head[5], chunk[4096];
	size_t left;

	if (!read_exactly(m, head, sizeof(head)))
		return 0;
	left = get_u32(head);
	if (left < 1 || left > PACKET_MAX)
		return 0;
	buf_clear(&m->in);
	for (left--; left > 0;) {
		size_t n = left < sizeof(chunk) ? left : sizeof(chunk);

		if (!read_exactly(m, chunk, n))
			return 0;
		(void)buf_add(&m->in, span_make(chunk, n));
		left -= n;
	}
	return head[4];
}

/* The answer to what was sent, without asking when none is due. */
static char
answer(struct mta *m, uint32_t silent)
{
	if ((m->protocol & silent) != 0)
		return 'c';
	if (!flush(m))
		return 0;
	for (;;) {
		char code = packet_read(m);

		if (code != 'p') /* still at it */
			return code;
	}
}

static int
connect_to(const char *address)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct sockaddr_in in = { .sin_family = AF_INET };
	char host[64];
	unsigned port;
	int fd, one = 1;

	if (strncmp(address, "unix:", 5) == 0) {
		(void)snprintf(
		    un.sun_path, sizeof(un.sun_path), "%s", address + 5);
		fd = socket(AF_UNIX, SOCK_STREAM, 0);
		if (fd >= 0 &&
		    connect(fd, (struct sockaddr *)&un, sizeof(un)) == 0)
			return fd;
	} else if (sscanf(address, "inet:%63[0-9.]:%u", host, &port) == 2 &&
		   inet_pton(AF_INET, host, &in.sin_addr) == 1) {
		in.sin_port = htons((uint16_t)port);
		fd = socket(AF_INET, SOCK_STREAM, 0);
		if (fd >= 0)
			(void)setsockopt(
			    fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		if (fd >= 0 &&
		    connect(fd, (struct sockaddr *)&in, sizeof(in)) == 0)
			return fd;
	} else {
		errno = EINVAL;
		return -1;
	}
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

bool
mta_open(struct mta *m, const char *address)
{
	char offer[12];
	size_t at;

	*m = (struct mta){ .fd = connect_to(address) };
	if (m->fd < 0)
		return false;
	buf_init(&m->out, PACKET_MAX * 2);
	buf_init(&m->in, PACKET_MAX);
	put_u32(offer, 6);
	put_u32(offer + 4, 0x1ff);
	put_u32(offer + 8, 0x1fffff);
	at = packet_begin(m, 'O');
	(void)buf_add(&m->out, span_make(offer, sizeof(offer)));
	packet_end(m, at);
	if (answer(m, 0) != 'O' || m->in.n < 12) {
		mta_close(m);
		errno = EPROTO;
		return false;
	}
	m->protocol = get_u32(m->in.p + 8);
	return true;
}

void
mta_close(struct mta *m)
{
	if (m->fd < 0)
		return;
	packet_end(m, packet_begin(m, 'Q'));
	(void)flush(m);
	(void)close(m->fd);
	buf_free(&m->out);
	buf_free(&m->in);
	m->fd = -1;
}

bool
mta_next(struct mta *m)
{
	packet_end(m, packet_begin(m, 'K'));
	return flush(m);
}

/* Macros as name, value, name, value ... NULL. */
static void
macros(struct mta *m, char command, const char *const *text)
{
	size_t at = packet_begin(m, 'D');

	(void)buf_addc(&m->out, command);
	for (; *text != NULL; text++)
		packet_text(m, span_of(*text));
	packet_end(m, at);
}

char
mta_connect(struct mta *m, const char *client_ip)
{
	const char *const values[] = { "j", "mx.verdict.example",
		"{daemon_name}", "smtpd", "{client_addr}", client_ip,
		"{client_name}", "unknown", "{client_port}", "40000", NULL };
	size_t at;

	if ((m->protocol & NO_CONNECT) != 0)
		return 'c';
	macros(m, 'C', values);
	at = packet_begin(m, 'C');
	packet_text(m, SPAN("unknown"));
	(void)buf_add(&m->out, span_make("4\x9c\x40", 3));
	packet_text(m, span_of(client_ip));
	packet_end(m, at);
	return answer(m, SILENT_CONN);
}

char
mta_helo(struct mta *m, const char *helo)
{
	size_t at;

	if ((m->protocol & NO_HELO) != 0)
		return 'c';
	at = packet_begin(m, 'H');
	packet_text(m, span_of(helo));
	packet_end(m, at);
	return answer(m, SILENT_HELO);
}

char
mta_mail(struct mta *m, const char *sender)
{
	size_t at;

	if ((m->protocol & NO_MAIL) != 0)
		return 'c';
	at = packet_begin(m, 'M');
	(void)buf_printf(&m->out, "<%s>", sender);
	packet_text(m, SPAN(""));
	packet_end(m, at);
	return answer(m, SILENT_MAIL);
}

static const char *const queue_id[] = { "i", "4ZQWERTYz1", NULL };

char
mta_rcpt(struct mta *m, const char *rcpt)
{
	size_t at;

	if ((m->protocol & NO_RCPT) != 0)
		return 'c';
	macros(m, 'R', queue_id);
	at = packet_begin(m, 'R');
	(void)buf_printf(&m->out, "<%s>", rcpt);
	packet_text(m, SPAN(""));
	packet_end(m, at);
	return answer(m, SILENT_RCPT);
}

/* One field from the front of the header; its CRLF become LF as MTAs do. */
static char
send_field(struct mta *m, struct span *header)
{
	size_t end = 0, at, colon;
	struct span field, value;

	do {
		size_t lf =
		    span_find(span_slice(*header, end, header->n), '\n');

		end = lf == SIZE_MAX ? header->n : end + lf + 1;
	} while (end < header->n &&
		 (header->p[end] == ' ' || header->p[end] == '\t'));
	field = span_slice(*header, 0, end);
	*header = span_slice(*header, end, header->n);
	colon = span_find(field, ':');
	if (colon == SIZE_MAX)
		return 'c';
	value = span_slice(field, colon + 1, field.n);
	while (value.n > 0 &&
	       (value.p[value.n - 1] == '\n' || value.p[value.n - 1] == '\r'))
		value.n--;
	if ((m->protocol & KEEPS_SPACE) == 0 && value.n > 0 && *value.p == ' ')
		value = span_slice(value, 1, value.n);
	at = packet_begin(m, 'L');
	packet_text(m, span_slice(field, 0, colon));
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] != '\r')
			(void)buf_addc(&m->out, value.p[i]);
	(void)buf_addc(&m->out, '\0');
	packet_end(m, at);
	return answer(m, SILENT_HEADER);
}

static char
send_body(struct mta *m, struct span body)
{
	for (size_t at = 0; at < body.n; at += CHUNK) {
		struct span piece = span_slice(body, at, at + CHUNK);
		size_t packet = packet_begin(m, 'B');
		char code;

		(void)buf_add(&m->out, piece);
		packet_end(m, packet);
		code = answer(m, SILENT_BODY);
		if (code != 'c')
			return code;
	}
	return 'c';
}

/* Takes a field of 'i' (with a position) or 'h' into the edited message. */
static void
edit_add(struct buf *edited, struct span packet, bool inserted)
{
	struct span name, value;
	size_t end;

	if (inserted)
		packet = span_slice(packet, 4, packet.n);
	end = span_find(packet, '\0');
	if (end == SIZE_MAX)
		return;
	name = span_slice(packet, 0, end);
	value = span_slice(packet, end + 1, packet.n);
	value.n = value.n > 0 ? value.n - 1 : 0;
	(void)buf_add(edited, name);
	(void)buf_addz(edited, *value.p == ' ' ? ":" : ": ");
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '\n')
			(void)buf_addc(edited, '\r');
		(void)buf_addc(edited, value.p[i]);
	}
	(void)buf_addz(edited, "\r\n");
}

/* What comes until the final answer. */
static char
finish(struct mta *m, struct buf *edited)
{
	for (;;) {
		char code = packet_read(m);

		switch (code) {
		case 'i':
		case 'h':
			if (edited != NULL)
				edit_add(edited, buf_span(&m->in), code == 'i');
			break;
		case 'p': /* progress */
		case 'm': /* change a field */
		case 'q': /* quarantine */
		case '+':
		case '-':
		case 'e':
		case 'b':
		case '2':
			break;
		default:
			return code;
		}
	}
}

char
mta_content(struct mta *m, struct span message, struct buf *edited)
{
	size_t blank = span_search(message, SPAN("\r\n\r\n"));
	struct span header = span_slice(message, 0, blank + 2);
	struct span body = span_slice(message, blank + 4, message.n);
	char code = 'c';

	if ((m->protocol & NO_DATA) == 0) {
		packet_end(m, packet_begin(m, 'T'));
		code = answer(m, SILENT_DATA);
	}
	while (code == 'c' && header.n > 0 && (m->protocol & NO_HEADERS) == 0)
		code = send_field(m, &header);
	if (code == 'c' && (m->protocol & NO_EOH) == 0) {
		packet_end(m, packet_begin(m, 'N'));
		code = answer(m, SILENT_EOH);
	}
	if (code == 'c' && (m->protocol & NO_BODY) == 0)
		code = send_body(m, body);
	if (code != 'c')
		return code;
	macros(m, 'E', queue_id);
	packet_end(m, packet_begin(m, 'E'));
	if (!flush(m))
		return 0;
	code = finish(m, edited);
	if (edited != NULL)
		(void)buf_add(edited, message);
	return code == 'a' ? 'c' : code;
}
