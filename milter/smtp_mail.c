/*
 * A client for one mail: greeting, HELO, MAIL, RCPT, DATA, QUIT. No
 * extension is used, so that no answer to EHLO need be read.
 */
#include "config.h"

#include "milter/smtp_mail.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "policy/dns.h"
#include "rules/buf.h"

#define SMTP_PORT 25

bool
smtp_server_parse(
    struct span text, struct sockaddr_storage *out, const char **why)
{
	char with_port[80];
	size_t colon = span_find_last(text, ':'), close;
	struct ip ip;
	bool has_port;

	close = span_find_last(text, ']');
	has_port = colon != SIZE_MAX && !ip_parse(text, &ip) &&
		   (close == SIZE_MAX || close < colon);
	if (has_port)
		return dns_server_parse(text, out, why);
	if (text.n > 60) {
		*why = "it is no address";
		return false;
	}
	if (close == SIZE_MAX && span_find(text, ':') != SIZE_MAX)
		(void)snprintf(with_port, sizeof(with_port), "[%.*s]:%d",
		    SPAN_FMT(text), SMTP_PORT);
	else
		(void)snprintf(with_port, sizeof(with_port), "%.*s:%d",
		    SPAN_FMT(text), SMTP_PORT);
	return dns_server_parse(span_of(with_port), out, why);
}

bool
smtp_address_valid(const char *address)
{
	size_t n = strlen(address), ats = 0;

	for (size_t i = 0; i < n; i++) {
		if (address[i] <= ' ' || address[i] >= 0x7f ||
		    strchr("<>\"\\", address[i]) != NULL)
			return false;
		ats += address[i] == '@';
	}
	return n > 0 && n <= 254 && ats <= 1 && address[0] != '@';
}

/* ---- the conversation ---------------------------------------------------- */

struct smtp {
	int fd;
	char *why; /* [256] */
};

static bool
smtp_failed(struct smtp *s, const char *what)
{
	(void)snprintf(s->why, 256, "%s: %s", what,
	    errno == EAGAIN ? "no answer in time" : strerror(errno));
	return false;
}

static bool
smtp_write(struct smtp *s, struct span text)
{
	while (text.n > 0) {
		ssize_t put = send(s->fd, text.p, text.n, MSG_NOSIGNAL);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return smtp_failed(s, "write");
		text = span_slice(text, (size_t)put, text.n);
	}
	return true;
}

/* One line without its end; what is longer than the room is dropped. */
static bool
smtp_line(struct smtp *s, char *line, size_t size)
{
	size_t n = 0;
	char c;

	for (;;) {
		ssize_t got = recv(s->fd, &c, 1, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got == 0)
			errno = ECONNRESET;
		if (got <= 0)
			return smtp_failed(s, "read");
		if (c == '\n')
			break;
		if (c != '\r' && n + 1 < size)
			line[n++] = c;
	}
	line[n] = '\0';
	return true;
}

#define REPLY_LINES_MAX 64

/* Reads a reply; false when its first digit is another. */
static bool
smtp_expect(struct smtp *s, char digit)
{
	char line[200];

	for (int i = 0; i < REPLY_LINES_MAX; i++) {
		if (!smtp_line(s, line, sizeof(line)))
			return false;
		if (strlen(line) > 3 && line[3] == '-')
			continue;
		if (line[0] == digit)
			return true;
		break;
	}
	(void)snprintf(s->why, 256, "the server said: %.150s", line);
	for (char *p = s->why; *p != '\0'; p++)
		if (*p < ' ' || *p >= 0x7f)
			*p = '?';
	return false;
}

static bool
smtp_command(struct smtp *s, const char *verb, const char *argument,
    const char *end, char digit)
{
	char line[600];

	(void)snprintf(line, sizeof(line), "%s%s%s\r\n", verb, argument, end);
	return smtp_write(s, span_of(line)) && smtp_expect(s, digit);
}

static bool
smtp_data(struct smtp *s, struct span message)
{
	struct buf out;
	struct span line;
	bool ok;

	buf_init(&out, message.n * 2 + 1024);
	while (span_cut(&message, '\n', &line)) {
		if (line.n > 0 && line.p[0] == '.')
			(void)buf_addc(&out, '.');
		(void)buf_add(&out, line);
		(void)buf_addz(&out, "\r\n");
	}
	(void)buf_addz(&out, ".\r\n");
	ok = smtp_write(s, buf_span(&out)) && smtp_expect(s, '2');
	buf_free(&out);
	return ok;
}

static int
smtp_connect(const struct smtp_mail *m)
{
	const struct timeval limit = { m->timeout_s, 0 };
	socklen_t size = m->server.ss_family == AF_INET
			     ? sizeof(struct sockaddr_in)
			     : sizeof(struct sockaddr_in6);
	int fd = socket(m->server.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (connect(fd, (const struct sockaddr *)&m->server, size) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

bool
smtp_send(const struct smtp_mail *m, char why_text[256])
{
	struct smtp s = { smtp_connect(m), why_text };
	bool ok;

	if (s.fd < 0)
		return smtp_failed(&s, "connect");
	ok = smtp_expect(&s, '2') &&
	     smtp_command(&s, "HELO ", m->helo, "", '2') &&
	     smtp_command(&s, "MAIL FROM:<", "", ">", '2') &&
	     smtp_command(&s, "RCPT TO:<", m->rcpt, ">", '2') &&
	     smtp_command(&s, "DATA", "", "", '3') && smtp_data(&s, m->message);
	if (ok)
		(void)smtp_command(&s, "QUIT", "", "", '2');
	(void)close(s.fd);
	return ok;
}
