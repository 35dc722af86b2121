/*
 * What a filter answers to the MTA's side of the milter protocol, as `verdict
 * doctor` speaks it.
 */
#include "config.h"

#include "tests/fuzz/server_kit.c"

#include "tool/doctor/milter_client.h"

static const char *
server_address(void)
{
	static char address[40] = "";
	static int listener = -1;
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	char directory[] = "/tmp/filter_fuzz.XXXXXX";

	if (listener >= 0)
		return address;
	INVARIANT(mkdtemp(directory) != NULL);
	(void)snprintf(un.sun_path, sizeof(un.sun_path), "%s/s", directory);
	(void)snprintf(address, sizeof(address), "unix:%s", un.sun_path);
	server_start((const struct sockaddr *)&un, sizeof(un), &listener);
	return address;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct milter_message m = { .client = "192.0.2.1",
		.helo = "mx.example",
		.sender = "<a@b.example>",
		.rcpt = "<c@d.example>",
		.header = SPAN("From: a@b.example\nSubject: x\n"),
		.body = SPAN("x\r\n") };
	struct milter_answer answer = { .code = '?' };
	struct milter_client c;

	server_says = span_make((const char *)data, size);
	buf_init(&answer.added, 65536);
	if (!milter_client_open(&c, server_address(), 5))
		INVARIANT(c.why[0] != '\0' && c.fd < 0);
	else if (!milter_client_play(&c, &m, &answer))
		INVARIANT(c.why[0] != '\0');
	milter_client_close(&c);
	server_wait();
	buf_free(&answer.added);
	return 0;
}
