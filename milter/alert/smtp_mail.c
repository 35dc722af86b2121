/*
 * A client for one mail: greeting, HELO, MAIL, RCPT, DATA, QUIT. No
 * extension is used, so that no answer to EHLO need be read.
 */
#include "config.h"

#include "milter/alert/smtp_mail.h"

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
		    strchr("<>\"\\", address[i]) != NULL)
			return false;
		ats += address[i] == '@';
	}
	return n > 0 && n <= 254 && ats <= 1 && address[0] != '@';
}

/* ---- the conversation ---------------------------------------------------- */

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
	smtp_step(s);
	ok = smtp_write(s, buf_span(&out)) && smtp_expect(s, '2');
	buf_free(&out);
	return ok;
}

bool
smtp_send(const struct smtp_mail *m, char why[SMTP_WHY_MAX])
{
	struct smtp s = { .step_ms = (int64_t)m->timeout_s * 1000,
		.until_ms = clock_system.monotonic_ms(clock_system.ctx) +
			    STEPS_MAX * (int64_t)m->timeout_s * 1000 };
	bool ok;

	ok = smtp_open(&s, &m->server) && smtp_expect(&s, '2') &&
	     smtp_command(&s, "HELO ", m->helo, "", '2') &&
	     smtp_command(&s, "MAIL FROM:<", "", ">", '2') &&
	     smtp_command(&s, "RCPT TO:<", m->rcpt, ">", '2') &&
	     smtp_command(&s, "DATA", "", "", '3') && smtp_data(&s, m->message);
	memcpy(why, s.why, sizeof(s.why));
	if (ok)
		(void)smtp_command(&s, "QUIT", "", "", '2');
	smtp_close(&s);
	return ok;
}
