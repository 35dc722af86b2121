/*
 * A client for one mail: greeting, HELO, MAIL, RCPT, DATA, QUIT. No
 * extension is used, so that no answer to EHLO need be read.
 */
#include "config.h"

#include "policy/base/smtp_mail.h"

#include <stdio.h>
#include <string.h>

#include "policy/base/clock.h"
#include "rules/base/buf.h"

#define STEPS_MAX 8 /* as many times the time of one step for all of them */

bool
smtp_address_valid(const char *address)
{
	size_t n = strlen(address), ats = 0;

	for (size_t i = 0; i < n; i++) {
		if (address[i] <= ' ' || address[i] >= 0x7f ||
		    strchr("<>()\"\\,;", address[i]) != NULL)
			return false;
		ats += address[i] == '@';
	}
	return n > 0 && n <= 254 && ats <= 1 && address[0] != '@' &&
	       address[n - 1] != '@';
}

/* ---- the conversation ---------------------------------------------------- */

/* All but the dot at the end. */
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
	smtp_step(s);
	ok = smtp_write(s, buf_span(&out));
	buf_free(&out);
	return ok;
}

/* What a step that failed says of the mail: a 5yz is the last word. */
static enum smtp_sent
smtp_failure(const struct smtp *s)
{
	return s->error == 0 && s->digit == '5' ? SMTP_REFUSED : SMTP_LATER;
}

static enum smtp_sent
smtp_converse(struct smtp *s, const struct smtp_mail *m)
{
	const char *sender = m->sender == NULL ? "" : m->sender;

	if (!smtp_open(s, &m->server) || !smtp_expect(s, '2') ||
	    !smtp_command(s, "HELO ", m->helo, "", '2'))
		return SMTP_LATER;
	if (!smtp_command(s, "MAIL FROM:<", sender, ">", '2') ||
	    !smtp_command(s, "RCPT TO:<", m->rcpt, ">", '2') ||
	    !smtp_command(s, "DATA", "", "", '3') || !smtp_data(s, m->message))
		return smtp_failure(s);
	if (m->last != NULL && !m->last(m->ctx)) {
		(void)snprintf(s->why, sizeof(s->why), "it was called off");
		return SMTP_LATER;
	}
	smtp_step(s);
	if (!smtp_write(s, SPAN(".\r\n")))
		return SMTP_IN_DOUBT;
	if (smtp_expect(s, '2'))
		return SMTP_SENT;
	return s->error == 0 ? smtp_failure(s) : SMTP_IN_DOUBT;
}

enum smtp_sent
smtp_send(const struct smtp_mail *m, char why[SMTP_WHY_MAX])
{
	struct smtp s = { .step_ms = (int64_t)m->timeout_s * 1000,
		.until_ms = clock_system.monotonic_ms(clock_system.ctx) +
			    STEPS_MAX * (int64_t)m->timeout_s * 1000 };
	enum smtp_sent sent = smtp_converse(&s, m);

	memcpy(why, s.why, sizeof(s.why));
	if (sent == SMTP_SENT)
		(void)smtp_command(&s, "QUIT", "", "", '2');
	smtp_close(&s);
	return sent;
}
