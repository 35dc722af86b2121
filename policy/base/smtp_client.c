/*
 * SMTP as a client speaks it, over a connection that never blocks: each octet
 * is waited for until the step's end, so that a server that trickles cannot
 * hold us.
 */
#include "config.h"

#include "policy/base/smtp_client.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "policy/base/clock.h"

#define REPLY_LINES_MAX 64
#define REPLY_MAX       16384 /* octets of one reply */
#define LINE_MAX_KEPT   200

/* ---- waiting ------------------------------------------------------------- */

static bool
smtp_failed(struct smtp *s, const char *what)
{
	s->error = errno;
	(void)snprintf(s->why, sizeof(s->why), "%s: %s", what,
	    errno == ETIMEDOUT ? "no answer in time" : strerror(errno));
	return false;
}

void
smtp_step(struct smtp *s)
{
	int64_t end_ms =
	    clock_system.monotonic_ms(clock_system.ctx) + s->step_ms;

	s->step_until_ms = end_ms < s->until_ms ? end_ms : s->until_ms;
}

bool
smtp_wait(struct smtp *s, short events)
{
	struct pollfd p = { .fd = s->fd, .events = events };

	for (;;) {
		int64_t left_ms = s->step_until_ms -
				  clock_system.monotonic_ms(clock_system.ctx);
		int ready =
		    left_ms <= 0
			? 0
			: poll(&p, 1, left_ms < 60000 ? (int)left_ms : 60000);

		if (ready > 0)
			return true;
		if (ready < 0 && errno != EINTR)
			return smtp_failed(s, "poll");
		if (left_ms <= 0) {
			errno = ETIMEDOUT;
			return smtp_failed(s, "read");
		}
	}
}

/* ---- the connection ------------------------------------------------------ */

static bool
smtp_connected(struct smtp *s)
{
	int error = 0;
	socklen_t size = sizeof(error);

	if (!smtp_wait(s, POLLOUT)) {
		errno = s->error;
		return smtp_failed(s, "connect");
	}
	if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 &&
	    error == 0)
		return true;
	errno = error;
	return smtp_failed(s, "connect");
}

bool
smtp_open(struct smtp *s, const struct sockaddr_storage *server)
{
	socklen_t size = server->ss_family == AF_INET
			     ? sizeof(struct sockaddr_in)
			     : sizeof(struct sockaddr_in6);

	s->why[0] = '\0';
	s->error = 0;
	smtp_step(s);
	s->fd = socket(
	    server->ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->fd < 0)
		return smtp_failed(s, "socket");
	if (connect(s->fd, (const struct sockaddr *)server, size) == 0)
		return true;
	return errno == EINPROGRESS ? smtp_connected(s)
				    : smtp_failed(s, "connect");
}

void
smtp_close(struct smtp *s)
{
	if (s->fd >= 0)
		(void)close(s->fd); /* nothing more is expected of it */
	s->fd = -1;
}

/* ---- commands and replies ------------------------------------------------ */

bool
smtp_write(struct smtp *s, struct span text)
{
	while (text.n > 0) {
		ssize_t put = send(s->fd, text.p, text.n, MSG_NOSIGNAL);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0 && errno == EAGAIN) {
			if (!smtp_wait(s, POLLOUT))
				return false;
			continue;
		}
		if (put <= 0)
			return smtp_failed(s, "write");
		text = span_slice(text, (size_t)put, text.n);
	}
	return true;
}

static bool
smtp_octet(struct smtp *s, char *c)
{
	for (;;) {
		ssize_t got = recv(s->fd, c, 1, 0);

		if (got == 1)
			return true;
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN) {
			if (!smtp_wait(s, POLLIN))
				return false;
			continue;
		}
		if (got == 0)
			errno = ECONNRESET;
		return smtp_failed(s, "read");
	}
}

/* One line without its end; what is longer than the room is dropped. */
static bool
smtp_line(struct smtp *s, char line[LINE_MAX_KEPT], size_t *left)
{
	size_t n = 0;
	char c;

	while (*left > 0) {
		(*left)--;
		if (!smtp_octet(s, &c))
			return false;
		if (c == '\n') {
			line[n] = '\0';
			return true;
		}
		if (c != '\r' && n + 1 < LINE_MAX_KEPT)
			line[n++] =
			    (unsigned char)c < ' ' || (unsigned char)c >= 0x7f
				? '?'
				: c;
	}
	errno = EMSGSIZE;
	return smtp_failed(s, "read");
}

/* "250-STARTTLS", "250 SIZE 1000": is it this word? */
static bool
line_offers(const char *line, const char *extension)
{
	struct span rest = span_of(line), word;

	rest = span_slice(rest, 4, rest.n);
	return span_cut(&rest, ' ', &word) && span_case_is(word, extension);
}

/* extension NULL: none is looked for. */
static bool
smtp_reply(struct smtp *s, char digit, const char *extension, bool *offered)
{
	char line[LINE_MAX_KEPT] = "";
	size_t left = REPLY_MAX;

	for (int i = 0; i < REPLY_LINES_MAX; i++) {
		if (!smtp_line(s, line, &left))
			return false;
		if (extension != NULL && line_offers(line, extension))
			*offered = true;
		if (strlen(line) > 3 && line[3] == '-')
			continue;
		s->digit = line[0];
		if (line[0] == digit)
			return true;
		break;
	}
	s->error = 0;
	(void)snprintf(s->why, sizeof(s->why), "the server said: %.150s", line);
	return false;
}

bool
smtp_expect(struct smtp *s, char digit)
{
	return smtp_reply(s, digit, NULL, NULL);
}

static bool
smtp_say(
    struct smtp *s, const char *verb, const char *argument, const char *end)
{
	char line[600];

	(void)snprintf(line, sizeof(line), "%s%s%s\r\n", verb, argument, end);
	smtp_step(s);
	return smtp_write(s, span_of(line));
}

bool
smtp_command(struct smtp *s, const char *verb, const char *argument,
    const char *end, char digit)
{
	return smtp_say(s, verb, argument, end) && smtp_expect(s, digit);
}

bool
smtp_ehlo(
    struct smtp *s, const char *helo, const char *extension, bool *offered)
{
	*offered = false;
	return smtp_say(s, "EHLO ", helo, "") &&
	       smtp_reply(s, '2', extension, offered);
}
