/*
 * What comes through the seam to libmicrohttpd: requests as octets on a unix
 * socket, answers as octets.
 */
#include "config.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "policy/base/http_server.h"
#include "rules/base/arena.h"
#include "tests/kit/table.h"

#define BODY_MAX 64

/* Tells what it was asked, so that rows can look at it. */
static void
on_request(void *ctx, const struct http_request *r, struct http_answer *out)
{
	struct span host;
	size_t count = r->header(r, "host", &host);

	(void)ctx;
	out->status = 200;
	out->type = "text/plain";
	out->header[out->header_count].name = "X-Told";
	out->header[out->header_count++].value = "yes";
	(void)buf_printf(&out->body, "%s [%.*s] %zu host(s) %.*s body [%.*s]",
	    r->method, SPAN_FMT(r->target), count, SPAN_FMT(host),
	    SPAN_FMT(r->body));
	if (span_is(r->target, "/long"))
		for (int i = 0; i < 1000; i++)
			(void)buf_addz(&out->body, "0123456789");
}

static const struct {
	const char *label, *request, *want[3];
} rows[] = {
	{ "a page", "GET /a HTTP/1.0\r\nHost: h\r\n\r\n",
	    { " 200 ", "GET [/a] 1 host(s) h body []", "X-Told: yes" } },
	{ "target as it was written",
	    "GET /%2e%2e/a%00?b=%41&c HTTP/1.0\r\nHost: h\r\n\r\n",
	    { "[/%2e%2e/a%00?b=%41&c]" } },
	{ "two fields of a name",
	    "GET / HTTP/1.0\r\nHost: one\r\nHOST: two\r\n\r\n",
	    { "2 host(s) one" } },
	{ "no field", "GET / HTTP/1.0\r\n\r\n", { "0 host(s)  body" } },
	{ "a body",
	    "POST /f HTTP/1.0\r\nHost: h\r\nContent-Length: 3\r\n\r\na=b",
	    { "POST [/f] 1 host(s) h body [a=b]" } },
	{ "a body that is too long",
	    "POST /f HTTP/1.0\r\nHost: h\r\nContent-Length: 70\r\n\r\n"
	    "01234567890123456789012345678901234567890123456789"
	    "01234567890123456789",
	    { " 413 " } },
	{ "an answer that is too long", "GET /long HTTP/1.0\r\nHost: h\r\n\r\n",
	    { " 500 " } },
	{ "no HTTP is hung up on", "hello\r\n\r\n", { NULL } },
};

static void
exchange(const char *path, struct span request, struct buf *answer)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char chunk[4096];
	ssize_t n;

	(void)strcpy(un.sun_path, path);
	assert_int_equal(
	    connect(fd, (const struct sockaddr *)&un, sizeof(un)), 0);
	assert_int_equal(
	    send(fd, request.p, request.n, MSG_NOSIGNAL), request.n);
	while ((n = read(fd, chunk, sizeof(chunk))) > 0)
		(void)buf_add(answer, span_make(chunk, (size_t)n));
	(void)close(fd);
}

static void
test_requests(void **state)
{
	const struct http_options o = { .handle = on_request,
		.thread = true,
		.answer_max = 4096,
		.body_max = BODY_MAX };
	char path[80], where[96];
	const char *why = "";
	struct http_server *s;

	(void)state;
	(void)snprintf(
	    path, sizeof(path), "/tmp/http-test.%ld", (long)getpid());
	(void)snprintf(where, sizeof(where), "unix:%s", path);
	if (!http_server_built())
		skip();
	s = http_server_start(where, &o, &why);
	assert_non_null(s);
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct buf got;

		if (!table_wants(rows[i].label))
			continue;
		buf_init(&got, 65536);
		exchange(path, span_of(rows[i].request), &got);
		if (rows[i].want[0] == NULL && got.n > 0)
			table_fail(rows[i].label, "got an answer");
		for (size_t k = 0; k < 3 && rows[i].want[k] != NULL; k++)
			if (span_search(buf_span(&got),
				span_of(rows[i].want[k])) == SIZE_MAX)
				table_fail(rows[i].label,
				    "got \"%.*s\", want in it \"%s\"",
				    SPAN_FMT(buf_span(&got)), rows[i].want[k]);
		buf_free(&got);
	}
	http_server_stop(&s);
	assert_int_not_equal(access(path, F_OK), 0);
	table_end();
}

/* A socket that an earlier one left is in nobody's way, a file stays. */
static void
test_what_lies_there(void **state)
{
	const struct http_options o = { .handle = on_request };
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	const char *why = "";
	struct http_server *s;
	char where[128];
	FILE *file;
	int fd;

	(void)state;
	(void)snprintf(un.sun_path, sizeof(un.sun_path), "/tmp/http-lies.%ld",
	    (long)getpid());
	(void)snprintf(where, sizeof(where), "unix:%s", un.sun_path);
	if (!http_server_built())
		skip();
	file = fopen(un.sun_path, "w");
	assert_non_null(file);
	(void)fclose(file);
	assert_null(http_server_start(where, &o, &why));
	assert_int_equal(access(un.sun_path, F_OK), 0);
	(void)unlink(un.sun_path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (const struct sockaddr *)&un, sizeof(un)), 0);
	(void)close(fd);
	s = http_server_start(where, &o, &why);
	assert_non_null(s);
	http_server_stop(&s);
}

static void
test_where(void **state)
{
	static const struct {
		const char *where;
		bool local;
	} places[] = {
		{ "127.0.0.1:9898", true },
		{ "127.8.9.10:1", true },
		{ "[::1]:9898", true },
		{ "unix:/run/x", true },
		{ "0.0.0.0:9898", false },
		{ "[::]:9898", false },
		{ "192.0.2.1:9898", false },
		{ "[2001:db8::1]:80", false },
		{ "localhost:80", false },
		{ "", false },
	};
	const struct http_options o = { .handle = on_request };
	const char *why = "";

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(places); i++)
		table_number(places[i].where, "local",
		    http_server_local(places[i].where), places[i].local);
	assert_null(http_server_start("unix:/nowhere/at/all", &o, &why));
	assert_string_not_equal(why, "");
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_requests),
	cmocka_unit_test(test_what_lies_there),
	cmocka_unit_test(test_where),
};

TABLE_MAIN(tests)
