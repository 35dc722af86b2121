/*
 * The answers of a mail server to which an alert is sent, or whose extensions
 * are asked for: whatever they are, the conversation ends, and what is said
 * of a failure is printable.
 */
#include "config.h"

#include "tests/fuzz/server_kit.c"

#include "policy/base/smtp_mail.h"
#include "policy/base/clock.h"

static const struct sockaddr_storage *
server_address(void)
{
	static struct sockaddr_storage address;
	static int listener = -1;
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t size = sizeof(in);

	if (listener >= 0)
		return &address;
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server_start((const struct sockaddr *)&in, sizeof(in), &listener);
	INVARIANT(getsockname(listener, (struct sockaddr *)&in, &size) == 0);
	memcpy(&address, &in, sizeof(in));
	return &address;
}

static void
why_check(const char *why)
{
	INVARIANT(why[0] != '\0');
	for (const char *p = why; *p != '\0'; p++)
		INVARIANT(*p >= ' ' && *p < 0x7f);
}

static void
extensions_ask(void)
{
	const struct clock clock = clock_system;
	struct smtp s = { .step_ms = 5000 };
	bool offered;

	s.until_ms = clock.monotonic_ms(clock.ctx) + 5000;
	if (!smtp_open(&s, server_address()) || !smtp_expect(&s, '2') ||
	    !smtp_ehlo(&s, "mx.example", "STARTTLS", &offered) ||
	    !smtp_command(&s, "STARTTLS", "", "", '2'))
		why_check(s.why);
	smtp_close(&s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct smtp_mail mail = { .server = *server_address(),
		.helo = "mx.example",
		.rcpt = "postmaster@example.org",
		.message = SPAN("Subject: x\n\n.\n..\nx\n"),
		.timeout_s = 5 };
	char why[SMTP_WHY_MAX] = "";

	server_says = span_make((const char *)data, size);
	if (size % 2 == 0) {
		extensions_ask();
	} else if (smtp_send(&mail, why) != SMTP_SENT) {
		why_check(why);
	}
	server_wait();
	return 0;
}
