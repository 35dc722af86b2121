#ifndef POLICY_BASE_SMTP_CLIENT_H
#define POLICY_BASE_SMTP_CLIENT_H

/*
 * The client's side of SMTP (RFC 5321), as far as one mail to a server nearby
 * and a look at a server far away need it: connecting, one command at a time,
 * its reply. Nothing is read beyond the end of a reply, so that the
 * connection can be handed over after STARTTLS (RFC 3207).
 *
 * The life of one: the two times are set, smtp_open, commands, smtp_close in
 * any case. Whatever the server does, each step ends after step_ms and all of
 * it at until_ms. One thread at a time.
 */

#include <netinet/in.h>

#include "rules/base/span.h"

#define SMTP_WHY_MAX 256

struct smtp {
	int64_t step_ms;  /* for connecting, and for each command */
	int64_t until_ms; /* for everything; CLOCK_MONOTONIC */

	int fd;     /* non-blocking; -1: not connected */
	int error;  /* errno of what failed; 0: the server refused */
	char digit; /* that the last whole reply began with */
	/* What went wrong, one line of printable ASCII. */
	char why[SMTP_WHY_MAX];
	int64_t step_until_ms;
};

/* All of them wait; false sets error and why. */
bool smtp_open(struct smtp *s, const struct sockaddr_storage *server);
void smtp_close(struct smtp *s);
/* The text as it is. */
bool smtp_write(struct smtp *s, struct span text);
/* Reads one reply; false when its code begins with another digit. */
bool smtp_expect(struct smtp *s, char digit);
/* One command of three pieces, and its reply. */
bool smtp_command(struct smtp *s, const char *verb, const char *argument,
    const char *end, char digit);
/* EHLO; *offered says whether the server offers the extension. */
bool smtp_ehlo(
    struct smtp *s, const char *helo, const char *extension, bool *offered);

/*
 * For whoever takes the connection over: waits until events (POLLIN,
 * POLLOUT) come, within the step that the last command began.
 */
bool smtp_wait(struct smtp *s, short events);
/* Begins a step of its own. */
void smtp_step(struct smtp *s);

#endif
