/*
 * The client's side of SMTP against servers that send what they like: replies
 * in pieces and without end, and nothing; and the order of versions.
 */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "policy/base/clock.h"
#include "policy/base/smtp_client.h"
#include "policy/load/versions.h"
#include "tests/kit/table.h"

#define STEP_MS 200
#define LINE100                                                               \
	"250-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"

/* One connection: sends text so many times, then waits for the client's end
 * or hangs up. */
struct server {
	int listener;
	const char *text;
	int times;
	bool hangs_up;
	pthread_t thread;
};

static void *
server_run(void *arg)
{
	struct server *s = arg;
	int fd = accept(s->listener, NULL, NULL);
	char c;

	for (int i = 0; i < s->times; i++)
		if (send(fd, s->text, strlen(s->text), MSG_NOSIGNAL) < 0)
			break;
	while (!s->hangs_up && recv(fd, &c, 1, 0) > 0)
		continue;
	(void)close(fd);
	return NULL;
}

static void
server_start(struct server *s, struct sockaddr_storage *address)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t size = sizeof(in);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s->listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(s->listener, (void *)&in, size), 0);
	assert_int_equal(listen(s->listener, 1), 0);
	assert_int_equal(getsockname(s->listener, (void *)&in, &size), 0);
	memset(address, 0, sizeof(*address));
	memcpy(address, &in, sizeof(in));
	assert_int_equal(pthread_create(&s->thread, NULL, server_run, s), 0);
}

static const struct {
	const char *label;
	const char *text;
	int times;
	bool hangs_up;
	bool ok, offered;
	int error;
	const char *why;
} row[] = {
	{ "one line", "250 mx\r\n", 1, false, true, false, 0, "" },
	{ "several, one of them the extension",
	    "250-mx\r\n250-SIZE 10\r\n250-starttls\r\n250 X\r\n", 1, false,
	    true, true, 0, "" },
	{ "the extension in the last line", "250-mx\r\n250 STARTTLS\n", 1,
	    false, true, true, 0, "" },
	{ "a name that only begins so", "250 STARTTLSX\r\n", 1, false, true,
	    false, 0, "" },
	{ "with parameters", "250 STARTTLS a b\r\n", 1, false, true, true, 0,
	    "" },
	{ "a refusal, made printable", "554 no\x1b[2J\xc3\xa4\r\n", 1, false,
	    false, false, 0, "the server said: 554 no?[2J??" },
	{ "a line that is short", "2\r\n", 1, false, true, false, 0, "" },
	{ "an empty line", "\r\n", 1, false, false, false, 0,
	    "the server said: " },
	{ "silence", "", 1, false, false, false, ETIMEDOUT,
	    "read: no answer in time" },
	{ "a line without end", "250-mx", 1, false, false, false, ETIMEDOUT,
	    "read: no answer in time" },
	{ "the end in the middle", "250-mx\r\n", 1, true, false, false,
	    ECONNRESET, "read: Connection reset by peer" },
	{ "a reply of too many lines", "250-\r\n", 1000, false, false, false, 0,
	    "the server said: 250-" },
	{ "a reply of too many octets", LINE100 LINE100 LINE100, 1000, false,
	    false, false, -1, NULL },
	{ "a line of too many octets", "2222222222", 10000, false, false, false,
	    EMSGSIZE, "read: Message too long" },
};

static void
test_replies(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		const char *label = row[i].label;
		struct server server = { .text = row[i].text,
			.times = row[i].times,
			.hangs_up = row[i].hangs_up };
		int64_t began_ms = clock_system.monotonic_ms(clock_system.ctx);
		struct smtp s = { .step_ms = STEP_MS,
			.until_ms = began_ms + 10000 };
		struct sockaddr_storage address;
		bool offered = false, ok;

		if (!table_wants(label))
			continue;
		server_start(&server, &address);
		ok = smtp_open(&s, &address) &&
		     smtp_ehlo(&s, "here.example", "STARTTLS", &offered);
		table_number(label, "ok", ok, row[i].ok);
		table_number(label, "offered", offered, row[i].offered);
		if (!row[i].ok && row[i].error >= 0)
			table_number(label, "error", s.error, row[i].error);
		if (row[i].why != NULL)
			table_text(label, "why", s.why, row[i].why);
		smtp_close(&s);
		assert_int_equal(pthread_join(server.thread, NULL), 0);
		(void)close(server.listener);
	}
	table_end();
}

/* The time for everything ends a step that has time left. */
static void
test_until(void **state)
{
	struct server server = { .text = "250-", .times = 1 };
	int64_t began_ms = clock_system.monotonic_ms(clock_system.ctx), took_ms;
	struct smtp s = { .step_ms = 60000, .until_ms = began_ms + STEP_MS };
	struct sockaddr_storage address;

	(void)state;
	server_start(&server, &address);
	assert_true(smtp_open(&s, &address));
	assert_false(smtp_expect(&s, '2'));
	took_ms = clock_system.monotonic_ms(clock_system.ctx) - began_ms;
	assert_int_equal(s.error, ETIMEDOUT);
	assert_true(took_ms >= STEP_MS && took_ms < 30000);
	smtp_close(&s);
	assert_int_equal(pthread_join(server.thread, NULL), 0);
	(void)close(server.listener);
}

static void
test_refused(void **state)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct smtp s = { .step_ms = STEP_MS, .until_ms = INT64_MAX };
	struct sockaddr_storage address = { 0 };
	socklen_t size = sizeof(in);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	(void)state;
	/* Bound, but nobody listens. */
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (void *)&in, size), 0);
	assert_int_equal(getsockname(fd, (void *)&in, &size), 0);
	memcpy(&address, &in, sizeof(in));
	assert_false(smtp_open(&s, &address));
	assert_int_equal(s.error, ECONNREFUSED);
	assert_string_equal(s.why, "connect: Connection refused");
	smtp_close(&s);
	(void)close(fd);
}

static const struct {
	const char *label, *version, *than;
	bool older;
} versions[] = {
	{ "equal", "3.0.7", "3.0.7", false },
	{ "less", "3.0.6", "3.0.7", true },
	{ "more", "3.0.22", "3.0.7", false },
	{ "numbers, not text", "10.9", "10.40", true },
	{ "shorter is the same", "3.0", "3.0.0", false },
	{ "shorter is less", "3.0", "3.0.1", true },
	{ "longer is more", "10.40.1", "10.40", false },
	{ "what stands behind it", "2.11.0~beta2", "2.11.1", true },
	{ "none", "", "1", true },
	{ "without bounds", "99999999999999999999999", "1", false },
};

static void
test_versions(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(versions); i++)
		table_number(versions[i].label, "older",
		    library_older(span_of(versions[i].version),
			span_of(versions[i].than)),
		    versions[i].older);
	table_end();
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replies),
		cmocka_unit_test(test_until),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_versions),
	};

	if (argc == 3 && strcmp(argv[1], "-k") == 0)
		table_filter = argv[2];
	return cmocka_run_group_tests(tests, NULL, NULL) == 0 ? 0 : 1;
}
