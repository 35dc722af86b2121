/*
 * What the operator is told when a server that took the copy goes away. With a
 * real one: tests/e2e/postgres_e2e.py.
 */
#include "config.h"

#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "policy/base/postgres.h"
#include "policy/base/thread.h"
#include "policy/copy/copy.h"
#include "policy/journal/journal.h"
#include "tests/kit/scratch.h"
#include "tests/kit/table.h"

/* Of the protocol of version 3: let in, texts in UTF-8, ready. */
#define HELLO                                                   \
	"R\0\0\0\x08\0\0\0\0S\0\0\0\x19server_encoding\0UTF8\0" \
	"Z\0\0\0\x05I"

struct world {
	int fd;
	pthread_mutex_t lock;
	pthread_cond_t told_one;
	char told[600];
};

/* Lets one in, and hangs up at the first statement. */
static void *
server_run(void *argument)
{
	const struct world *w = argument;
	char in[4096];
	int fd = accept(w->fd, NULL, NULL);

	if (fd < 0)
		return NULL;
	if (read(fd, in, sizeof(in)) > 0 &&
	    write(fd, HELLO, sizeof(HELLO) - 1) == (ssize_t)sizeof(HELLO) - 1)
		(void)!read(fd, in, sizeof(in));
	(void)close(fd);
	return NULL;
}

static void
on_alert(void *ctx, const char *key, const char *text)
{
	struct world *w = ctx;

	(void)pthread_mutex_lock(&w->lock);
	if (w->told[0] == '\0')
		(void)snprintf(w->told, sizeof(w->told), "%s: %s", key, text);
	(void)pthread_cond_signal(&w->told_one);
	(void)pthread_mutex_unlock(&w->lock);
}

static void
listen_here(struct world *w, char uri[128])
{
	struct sockaddr_in here = { .sin_family = AF_INET };
	socklen_t n = sizeof(here);

	here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	w->fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(
	    bind(w->fd, (const struct sockaddr *)&here, sizeof(here)), 0);
	assert_int_equal(listen(w->fd, 1), 0);
	assert_int_equal(getsockname(w->fd, (struct sockaddr *)&here, &n), 0);
	(void)snprintf(uri, 128,
	    "postgresql://u@127.0.0.1:%u/d?sslmode=disable&gssencmode=disable",
	    (unsigned)ntohs(here.sin_port));
}

static void
test_server_that_goes(void **state)
{
	struct world w = { .lock = PTHREAD_MUTEX_INITIALIZER,
		.told_one = PTHREAD_COND_INITIALIZER };
	struct clock_fixed now = { .unix_s = 1767225600 };
	char path[100], uri[128];
	const struct journal_options jo = { .path = path,
		.clock = clock_of_fixed(&now) };
	const struct copy_options o = { .journal = path,
		.host = "here",
		.clock = clock_system,
		.alert = on_alert,
		.ctx = &w };
	struct journal *journal;
	struct copy *copy;
	pthread_t server;
	const char *why;

	(void)state;
	if (!postgres_uri_fits("postgresql://db.example/verdict", &why))
		skip();
	(void)snprintf(path, sizeof(path), "%s/journal.db", scratch);
	journal = journal_new(&jo);
	journal_free(&journal);
	listen_here(&w, uri);
	assert_true(thread_start(&server, server_run, &w));
	copy = copy_new(&o);
	copy_target(copy, uri, 86400);
	(void)pthread_mutex_lock(&w.lock);
	while (w.told[0] == '\0')
		(void)pthread_cond_wait(&w.told_one, &w.lock);
	(void)pthread_mutex_unlock(&w.lock);
	copy_free(&copy);
	(void)pthread_join(server, NULL);
	(void)close(w.fd);
	assert_non_null(
	    strstr(w.told, "journal copy: journal.copy: its tables: "));
	assert_non_null(strstr(w.told, "server closed the connection"));
	assert_non_null(strstr(w.told, "; decisions wait in the journal"));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_server_that_goes),
};

TABLE_MAIN_IN(tests, scratch_make, scratch_remove)
