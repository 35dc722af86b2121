/*
 * What a server may say that is none, or one that lies: the seam to libpq
 * says no, in time, and reads nothing that has not come.
 */
#include "config.h"

#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "policy/base/clock.h"
#include "policy/base/postgres.h"
#include "policy/base/thread.h"
#include "rules/base/buf.h"
#include "tests/kit/table.h"

#define TIMEOUT_MS 20000
#define SOON_MS    10000 /* it did not wait for the timeout */

#define OCTETS(text) SPAN_INIT(text)
/* As the protocol of version 3 has them: kind, length, what is in it. */
#define LET_IN   "R\0\0\0\x08\0\0\0\0"
#define READY    "Z\0\0\0\x05I"
#define ENCODING "S\0\0\0\x19server_encoding\0UTF8\0"
#define LATIN1   "S\0\0\0\x1bserver_encoding\0LATIN1\0"
#define ONE_ROW \
	"T\0\0\0\x1a\0\x01n\0\0\0\0\0\0\0\0\0\0\x14\0\x08\xff\xff\xff\xff\0\0"
#define DONE   "C\0\0\0\rSELECT 1\0"
#define NOTICE "N\0\0\0\x1eSNOTICE\0C00000\0M\x1b[31mred\0\0"

/* What is said to each of the client's packets. */
struct script {
	struct span hello, answer;
};

struct server {
	struct script says;
	int fd;
	pthread_t thread;
	char uri[128];
};

static void
server_say(int fd, struct span text)
{
	if (text.n > 0 && write(fd, text.p, text.n) != (ssize_t)text.n)
		table_fail("the server", "it can't write");
}

static void *
server_run(void *argument)
{
	struct server *s = argument;
	char in[4096];
	int fd = accept(s->fd, NULL, NULL);

	if (fd < 0)
		return NULL;
	if (read(fd, in, sizeof(in)) > 0)
		server_say(fd, s->says.hello);
	if (read(fd, in, sizeof(in)) > 0)
		server_say(fd, s->says.answer);
	while (read(fd, in, sizeof(in)) > 0)
		;
	(void)close(fd);
	return NULL;
}

static void
server_begin(struct server *s)
{
	struct sockaddr_in here = { .sin_family = AF_INET };
	socklen_t n = sizeof(here);

	here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s->fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(
	    bind(s->fd, (const struct sockaddr *)&here, sizeof(here)), 0);
	assert_int_equal(listen(s->fd, 1), 0);
	assert_int_equal(getsockname(s->fd, (struct sockaddr *)&here, &n), 0);
	(void)snprintf(s->uri, sizeof(s->uri),
	    "postgresql://u@127.0.0.1:%u/d?sslmode=disable&gssencmode=disable",
	    (unsigned)ntohs(here.sin_port));
	assert_true(thread_start(&s->thread, server_run, s));
}

static void
server_end(struct server *s)
{
	(void)pthread_join(s->thread, NULL);
	(void)close(s->fd);
}

static const struct {
	const char *label;
	struct script says;
	bool opens, answers;
	const char *why;
} rows[] = {
	{ "a server",
	    { OCTETS(LET_IN ENCODING READY), OCTETS(ONE_ROW "D\0\0\0\x0b\0\x01"
							    "\0\0\0\x01"
							    "7" DONE READY) },
	    true, true, "" },
	{ "one that does not say how its texts are written",
	    { OCTETS(LET_IN READY), OCTETS("") }, false, false, "UTF-8" },
	{ "one that writes otherwise",
	    { OCTETS(LET_IN LATIN1 READY), OCTETS("") }, false, false,
	    "UTF-8" },
	{ "one that is none", { OCTETS("HTTP/1.1 400 \r\n\r\n"), OCTETS("") },
	    false, false, "" },
	{ "rows without a column",
	    { OCTETS(LET_IN ENCODING READY),
		OCTETS("T\0\0\0\x06\0\0D\0\0\0\x06\0\0" DONE READY) },
	    true, true, "" },
	{ "no rows at all, but a word that it is done",
	    { OCTETS(LET_IN ENCODING READY), OCTETS(DONE READY) }, true, true,
	    "" },
	{ "it begins to copy out",
	    { OCTETS(LET_IN ENCODING READY), OCTETS("H\0\0\0\x07\0\0\0") },
	    true, false, "" },
	{ "it wants to have copied in",
	    { OCTETS(LET_IN ENCODING READY), OCTETS("G\0\0\0\x07\0\0\0") },
	    true, false, "" },
	{ "it wants to copy both ways",
	    { OCTETS(LET_IN ENCODING READY), OCTETS("W\0\0\0\x07\0\0\0") },
	    true, false, "" },
	{ "an answer that is none",
	    { OCTETS(LET_IN ENCODING READY), OCTETS("HTTP/1.1 400\r\n\r\n") },
	    true, false, "" },
	{ "a row longer than what is there",
	    { OCTETS(LET_IN ENCODING READY),
		OCTETS(ONE_ROW "D\0\0\0\x0b\0\x01\0\0\0\x63"
			       "7" DONE READY) },
	    true, false, "" },
};

/* Whatever has come, what is asked for can be read. */
static void
row_read(const char *label, const struct postgres *p, bool first)
{
	int64_t number = postgres_number(p, 0, 0);

	if (number != (first ? 7 : 0))
		table_fail(label, "got %lld", (long long)number);
	(void)postgres_double(p, 0, 5);
	if (postgres_text(p, 0, 5).n != 0 || postgres_text(p, 0, 5).p == NULL)
		table_fail(label, "a column that is not there has a text");
}

static void
row_run(size_t i)
{
	struct server s = { .says = rows[i].says };
	char why[POSTGRES_WHY_MAX] = "";
	int64_t began_ms = clock_system.monotonic_ms(clock_system.ctx);
	struct postgres *p;
	bool answers = false;

	server_begin(&s);
	p = postgres_open(s.uri, TIMEOUT_MS, NULL, why);
	if ((p != NULL) != rows[i].opens)
		table_fail(rows[i].label, "opens: %d, want %d (%s)", p != NULL,
		    rows[i].opens, why);
	if (p != NULL) {
		answers = postgres_ask(p, "SELECT n", NULL, 0);
		row_read(rows[i].label, p, answers && i == 0);
		(void)snprintf(why, sizeof(why), "%s", postgres_error(p));
	}
	if (answers != rows[i].answers)
		table_fail(rows[i].label, "answers: %d, want %d (%s)", answers,
		    rows[i].answers, why);
	if (!answers && (why[0] == '\0' || strstr(why, rows[i].why) == NULL))
		table_fail(rows[i].label, "it says \"%s\"", why);
	if (clock_system.monotonic_ms(clock_system.ctx) - began_ms > SOON_MS)
		table_fail(rows[i].label, "it took the whole timeout");
	postgres_close(&p);
	server_end(&s);
}

static void
test_servers(void **state)
{
	const char *why;

	(void)state;
	if (!postgres_uri_fits("postgresql://db.example/verdict", &why))
		skip();
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
		if (table_wants(rows[i].label))
			row_run(i);
	table_end();
}

/* What a server tells without being asked stands in no log and on no screen. */
static void
test_notices_are_not_shown(void **state)
{
	struct server s = { .says = { SPAN(LET_IN ENCODING READY),
				SPAN(NOTICE DONE READY) } };
	char why[POSTGRES_WHY_MAX], seen[64];
	const char *unfit;
	int ends[2], before = dup(STDERR_FILENO);
	struct postgres *p;
	ssize_t n;

	(void)state;
	if (!postgres_uri_fits("postgresql://db.example/verdict", &unfit))
		skip();
	server_begin(&s);
	assert_int_equal(pipe(ends), 0);
	assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
	p = postgres_open(s.uri, TIMEOUT_MS, NULL, why);
	(void)(p != NULL && postgres_exec(p, "SELECT 1"));
	postgres_close(&p);
	assert_true(dup2(before, STDERR_FILENO) >= 0);
	(void)close(before);
	(void)close(ends[1]);
	n = read(ends[0], seen, sizeof(seen));
	(void)close(ends[0]);
	server_end(&s);
	assert_int_equal(n, 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_servers),
	cmocka_unit_test(test_notices_are_not_shown),
};

TABLE_MAIN(tests)
