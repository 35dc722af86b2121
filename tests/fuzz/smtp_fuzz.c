/*
 * The answers of a mail server to whom an alert is sent: whatever they are,
 * the conversation ends, and what is said of a failure is printable.
 */
#include "config.h"

#include "tests/fuzz/server_kit.c"

#include "milter/smtp_mail.h"

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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct smtp_mail mail = { .server = *server_address(),
		.helo = "mx.example",
		.rcpt = "postmaster@example.org",
		.message = SPAN("Subject: x\n\n.\n..\nx\n"),
		.timeout_s = 5 };
	char why[256] = "";

	server_says = span_make((const char *)data, size);
	if (!smtp_send(&mail, why)) {
		INVARIANT(why[0] != '\0');
		for (const char *p = why; *p != '\0'; p++)
			INVARIANT(*p >= ' ' && *p < 0x7f);
	}
	server_wait();
	return 0;
}
