/*
 * Handing over log lines to one who stands still: nobody waits, what fits is
 * kept in order, what does not is counted and told.
 */
#include "config.h"

#include "tests/kit/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "milter/daemon/log_sink.h"

#define LINES_MAX 50
/* Far more than a socket and the queue hold together. */
#define FLOOD   5000
#define WAIT_MS 10000

static char path[100];

/* ---- a syslogd that reads only when the test does ------------------------ */

static int
syslogd_begin(int type)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	(void)unlink(path);
	(void)strcpy(address.sun_path, path);
	assert_true(fd >= 0);
	assert_int_equal(
	    bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 1), 0);
	return fd;
}

/* What comes within ms; false: nothing. */
static bool
read_some(int fd, char *out, size_t size, int ms)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	ssize_t n;

	if (poll(&ready, 1, ms) != 1)
		return false;
	n = read(fd, out, size - 1);
	if (n <= 0)
		return false;
	out[n] = '\0';
	return true;
}

static size_t
told(uint64_t dropped, char *out, size_t size)
{
	return (size_t)snprintf(
	    out, size, "%llu lost\n", (unsigned long long)dropped);
}

static struct log_sink *
sink_at(const char *where, int fd)
{
	const struct log_sink_options o = {
		.path = where,
		.fd = fd,
		.lines_max = LINES_MAX,
		.retry_ms = 1,
		.told = told,
	};

	return log_sink_new(&o);
}

static void
flood(struct log_sink *s, unsigned count)
{
	char line[64];

	for (unsigned i = 0; i < count; i++) {
		(void)snprintf(line, sizeof(line), "line %u\n", i);
		log_sink_put(s, span_of(line));
	}
}

/*
 * Reads lines until the one that tells of loss; the kept ones must be the
 * first, in order and whole. Returns how many they were.
 */
static unsigned
kept_read(int fd, uint64_t dropped)
{
	char text[8192], want[64], *line, *rest, all[1 << 17] = "";
	unsigned kept = 0;

	(void)snprintf(
	    want, sizeof(want), "%llu lost\n", (unsigned long long)dropped);
	while (strstr(all, want) == NULL) {
		if (!read_some(fd, text, sizeof(text), WAIT_MS))
			fail_msg("nothing was told of loss");
		assert_true(strlen(all) + strlen(text) < sizeof(all));
		(void)strcat(all, text);
	}
	rest = all;
	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
		char expected[64];

		(void)snprintf(expected, sizeof(expected), "line %u", kept);
		if (strcmp(line, expected) != 0)
			break;
		kept++;
	}
	(void)snprintf(
	    want, sizeof(want), "%llu lost", (unsigned long long)dropped);
	assert_string_equal(line, want);
	return kept;
}

/* ---- cases --------------------------------------------------------------- */

static void
datagrams_stand_still(void **state)
{
	int fd = syslogd_begin(SOCK_DGRAM);
	struct log_sink *s = sink_at(path, -1);
	struct log_sink_figures f;

	(void)state;
	flood(s, FLOOD);
	log_sink_figures(s, &f);
	assert_int_equal(f.queued, LINES_MAX);
	assert_true(f.dropped > FLOOD / 2);
	/* Nobody waits for it at the end, either. */
	assert_false(log_sink_flush_join(s, 1));
	assert_int_equal(kept_read(fd, f.dropped) + f.dropped, FLOOD);
	assert_true(log_sink_flush_join(s, WAIT_MS));
	log_sink_free(&s);
	(void)close(fd);
}

/* As ends a process that has found a bug of its own. */
static void
last_word(void **state)
{
	int fd = syslogd_begin(SOCK_DGRAM);
	struct log_sink *s = sink_at(path, -1);
	char text[64];

	(void)state;
	log_sink_put_last(s, SPAN("the last"));
	assert_true(read_some(fd, text, sizeof(text), WAIT_MS));
	assert_string_equal(text, "the last");
	flood(s, FLOOD);
	log_sink_put_last(s, SPAN("not even this waits"));
	log_sink_free(&s);
	(void)close(fd);
}

/* Restarted meanwhile: its socket is another one. */
static void
comes_again(void **state)
{
	int fd = syslogd_begin(SOCK_DGRAM);
	struct log_sink *s = sink_at(path, -1);
	struct log_sink_figures f;
	char text[64];

	(void)state;
	log_sink_put(s, SPAN("one"));
	assert_true(read_some(fd, text, sizeof(text), WAIT_MS));
	(void)close(fd);
	(void)unlink(path);
	log_sink_put(s, SPAN("two"));
	fd = syslogd_begin(SOCK_DGRAM);
	assert_true(read_some(fd, text, sizeof(text), WAIT_MS));
	assert_string_equal(text, "two");
	log_sink_figures(s, &f);
	assert_int_equal(f.dropped, 0);
	log_sink_free(&s);
	(void)close(fd);
}

/* Not there at start: it comes later. */
static void
comes_late(void **state)
{
	struct log_sink *s;
	char text[64];
	int fd;

	(void)state;
	(void)unlink(path);
	s = sink_at(path, -1);
	log_sink_put(s, SPAN("early"));
	fd = syslogd_begin(SOCK_DGRAM);
	assert_true(read_some(fd, text, sizeof(text), WAIT_MS));
	assert_string_equal(text, "early");
	log_sink_free(&s);
	(void)close(fd);
}

static void
stream_socket(void **state)
{
	int listener = syslogd_begin(SOCK_STREAM), fd;
	struct log_sink *s = sink_at(path, -1);
	struct log_sink_figures f;

	(void)state;
	fd = accept(listener, NULL, NULL);
	assert_true(fd >= 0);
	flood(s, 100 * FLOOD);
	log_sink_figures(s, &f);
	assert_true(f.dropped > 0);
	log_sink_free(&s);
	(void)close(fd);
	(void)close(listener);
}

/* Standard error that somebody reads who stands still. */
static void
pipe_stands_still(void **state)
{
	struct log_sink_figures f;
	struct log_sink *s;
	char text[16];
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	/* The least that a pipe can hold, so that the kept ones are few. */
	(void)fcntl(ends[1], F_SETPIPE_SZ, 4096);
	s = sink_at(NULL, ends[1]);
	flood(s, FLOOD);
	log_sink_figures(s, &f);
	assert_int_equal(f.queued, LINES_MAX);
	assert_int_equal(kept_read(ends[0], f.dropped) + f.dropped, FLOOD);
	/* A reader who has gone costs his lines and nothing else. */
	(void)close(ends[0]);
	log_sink_put(s, SPAN("nobody"));
	log_sink_figures(s, &f);
	assert_true(f.dropped > 0);
	log_sink_free(&s);
	assert_int_equal(read(ends[1], text, 1), -1);
	(void)close(ends[1]);
}

static int
sinks_begin(void **state)
{
	(void)signal(SIGPIPE, SIG_IGN);
	if (scratch_make(state) != 0)
		return -1;
	/* Sinks keep it, and read it in their threads. */
	(void)snprintf(path, sizeof(path), "%s/log", scratch);
	return 0;
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(datagrams_stand_still),
	cmocka_unit_test(last_word),
	cmocka_unit_test(comes_again),
	cmocka_unit_test(comes_late),
	cmocka_unit_test(stream_socket),
	cmocka_unit_test(pipe_stands_still),
};

TABLE_MAIN_IN(tests, sinks_begin, scratch_remove)
