/*
 * The store over Redis: what a real server keeps, which is a private one when
 * redis-server is installed, and what one of ours may do to us that drips,
 * floods and goes round for ever.
 */
#include "config.h"

#include "tests/policy/store/store_kit.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "policy/store/redis_reply.h"
#include "tests/kit/redis_server.h"

/* ---- a private Redis ----------------------------------------------------- */

struct server {
	pid_t pid;
	char url[128];
	int port; /* of TLS; 0: none, it listens on a unix socket */
};

/* A port that nobody has, more or less. */
static int
port_free(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (const struct sockaddr *)&a, size), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &size), 0);
	(void)close(fd);
	return ntohs(a.sin_port);
}

/* With one argument more, or none. */
static bool
server_begin_with(struct server *r, const char *option, const char *value)
{
	char path[128], port[16], certificate[128], key[128];
	const char *plain[] = { "redis-server", "--port", "0", "--unixsocket",
		path, "--save", "", "--dir", scratch, option, value, NULL };
	const char *tls[] = { "redis-server", "--port", "0", "--tls-port", port,
		"--tls-cert-file", certificate, "--tls-key-file", key,
		"--tls-ca-cert-file", certificate, "--save", "", "--dir",
		scratch, option, value, NULL };

	path_in(path, "redis.sock");
	path_in(certificate, "redis.crt");
	path_in(key, "redis.key");
	(void)snprintf(port, sizeof(port), "%d", r->port);
	if (r->port == 0)
		(void)snprintf(r->url, sizeof(r->url), "unix:%.100s", path);
	return redis_server_start(r->port == 0 ? plain : tls, &r->pid);
}

static bool
server_begin(struct server *r)
{
	*r = (struct server){ .pid = 0 };
	return server_begin_with(r, NULL, NULL);
}

static void
server_end(struct server *r, int signal_number)
{
	redis_server_stop(r->pid, signal_number);
}

/* ---- redis --------------------------------------------------------------- */

static const char *
redis_refused(const char *url, char why[STORE_WHY_MAX])
{
	struct store_options o = { .engine = STORE_REDIS,
		.where = url,
		.entries_max = 10,
		.timeout_ms = 100,
		.clock = clock_of_fixed(&still) };
	struct store *s = store_open(&o, why);

	if (s == NULL)
		return why;
	store_close(&s);
	return "opened";
}

static void
redis_urls(void **state)
{
	static const struct {
		const char *label, *url, *want;
	} rows[] = {
		{ "over TLS", "rediss://u:secret@127.0.0.1:1", "opened" },
		{ "another scheme", "http://cache.example", "redis://" },
		{ "a port that is none", "redis://127.0.0.1:x", "HOST" },
		{ "a database that is none", "redis://127.0.0.1/x", "HOST" },
		{ "nobody there is no error", "redis://127.0.0.1:1", "opened" },
		{ "IPv6", "redis://u:secret@[::1]:1/3", "opened" },
	};
	char why[STORE_WHY_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		const char *got = redis_refused(rows[i].url, why);

		if (strstr(got, rows[i].want) == NULL)
			table_fail(rows[i].label, "got %s", got);
		if (strstr(got, "secret") != NULL)
			table_fail(rows[i].label, "shows the password");
	}
	table_end();
}

static void
redis_steps(void **state)
{
	struct server r;

	(void)state;
	if (!server_begin(&r))
		skip();
	engine_steps(store_at(STORE_REDIS, r.url, false, NULL), "redis");
	server_end(&r, SIGTERM);
}

static void
redis_is_shared(void **state)
{
	struct store *one, *two;
	struct server r;
	int64_t sum;

	(void)state;
	if (!server_begin(&r))
		skip();
	one = store_at(STORE_REDIS, r.url, false, NULL);
	two = store_at(STORE_REDIS, r.url, false, NULL);
	assert_true(store_add(one, SPAN("both"), NOW, 60, 1, NULL));
	assert_true(store_add(two, SPAN("both"), NOW, 60, 1, &sum));
	assert_int_equal(sum, 2);
	assert_int_equal(add_together(one), 4000);
	store_close(&one);
	store_close(&two);
	server_end(&r, SIGTERM);
}

static int64_t
monotonic_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
redis_frozen(void **state)
{
	struct alerts alerts = ALERTS;
	struct server r;
	struct store *s;
	int64_t begin;

	(void)state;
	if (!server_begin(&r))
		skip();
	s = store_at(STORE_REDIS, r.url, false, &alerts);
	assert_true(store_add(s, SPAN("a"), NOW, 600, 1, NULL));
	(void)kill(r.pid, SIGSTOP);
	begin = monotonic_ms();
	assert_false(store_add(s, SPAN("a"), NOW, 600, 1, NULL));
	assert_true(monotonic_ms() - begin < 1500);
	/* From then on nobody waits. */
	begin = monotonic_ms();
	for (int i = 0; i < 1000; i++)
		assert_false(store_add(s, SPAN("a"), NOW, 600, 1, NULL));
	assert_true(monotonic_ms() - begin < 200);
	assert_int_equal(alerts.count, 1);
	assert_true(alert_has(&alerts, "does not answer"));
	(void)kill(r.pid, SIGCONT);
	alert_wait(&alerts, "again");
	assert_true(store_add(s, SPAN("a"), NOW, 600, 1, NULL));
	assert_int_equal(alerts.count, 2);
	store_close(&s);
	server_end(&r, SIGTERM);
}

static void
redis_killed(void **state)
{
	struct alerts alerts = ALERTS;
	struct alerts others = ALERTS;
	struct store *s, *local;
	struct server r;
	int64_t sum;

	(void)state;
	if (!server_begin(&r))
		skip();
	s = store_at(STORE_REDIS, r.url, false, &alerts);
	local = store_at(STORE_REDIS, r.url, true, &others);
	assert_true(store_add(s, SPAN("a"), NOW, 600, 1, NULL));
	server_end(&r, SIGKILL);
	assert_false(store_add(s, SPAN("a"), NOW, 600, 1, NULL));
	assert_true(store_add(local, SPAN("a"), NOW, 600, 1, NULL));
	assert_true(store_add(local, SPAN("a"), NOW, 600, 1, &sum));
	assert_int_equal(sum, 2);
	assert_true(server_begin(&r));
	alert_wait(&alerts, "again");
	alert_wait(&others, "again");
	assert_true(store_add(s, SPAN("a"), NOW, 600, 1, NULL));
	assert_int_equal(alerts.count, 2);
	/* Restarted while nobody asked: connections are dead, Redis is not. */
	server_end(&r, SIGTERM);
	assert_true(server_begin(&r));
	assert_true(store_add(s, SPAN("a"), NOW, 600, 1, NULL));
	assert_int_equal(alerts.count, 2);
	store_close(&local);
	store_close(&s);
	server_end(&r, SIGTERM);
}

/* ---- a Redis that means ill ---------------------------------------------- */

enum malice {
	DRIP,    /* an octet of the answer now and then */
	FLOOD,   /* a text that never ends */
	NEST,    /* lists in lists of thousands */
	CLAIM,   /* a list of a billion */
	GARBAGE, /* nothing of Redis's */
	TWO,     /* an answer that nobody asked for behind it */
	ROUND,   /* a walk without end */
	WRONG,   /* no password is right */
	FULL,    /* changes are refused */
	KIND,    /* a number where a text is asked for */
	SWAPPED, /* a change is answered with a status */
	SHORT,   /* fewer values than keys */
	LATE,    /* an answer that nobody asked for, a while behind it */
	DEMOTED, /* a connection takes one change, then none */
};

struct stub {
	enum malice malice;
	char path[128];
	int listener, stop[2];
	pthread_t thread;
};

static bool
stub_say(int fd, const char *text)
{
	return send(fd, text, strlen(text), MSG_NOSIGNAL) > 0;
}

/* LATE: the test asks for what comes unasked, and it was said. */
static atomic_bool stub_more, stub_said;

/* False: the test is over. */
static bool
stub_wait(const struct stub *b, int ms)
{
	struct pollfd p = { .fd = b->stop[0], .events = POLLIN };

	return poll(&p, 1, ms) == 0;
}

static void
stub_flood(const struct stub *b, int fd)
{
	char piece[65536];

	memset(piece, 'x', sizeof(piece));
	(void)stub_say(fd, "$900000\r\n");
	while (
	    stub_wait(b, 0) && send(fd, piece, sizeof(piece), MSG_NOSIGNAL) > 0)
		continue;
}

static bool
stub_late(const struct stub *b, int fd)
{
	bool ok = stub_say(fd, "$-1\r\n");

	while (ok && !atomic_load(&stub_more))
		ok = stub_wait(b, 1);
	ok = ok && stub_say(fd, "$14\r\n9999999999 777\r\n");
	atomic_store(&stub_said, true);
	return ok;
}

static bool
stub_ill(const struct stub *b, int fd)
{
	switch (b->malice) {
	case DRIP:
		while (stub_wait(b, 5) && stub_say(fd, "+"))
			continue;
		return false;
	case FLOOD:
		stub_flood(b, fd);
		return false;
	case NEST:
		while (stub_wait(b, 0) && stub_say(fd, "*4000\r\n*4000\r\n"))
			continue;
		return false;
	case CLAIM:
		return stub_say(fd, "*1000000000\r\n");
	case GARBAGE:
		return stub_say(fd, "HTTP/1.1 400 Bad Request\r\n\r\n");
	case TWO:
		return stub_say(fd, "$-1\r\n$-1\r\n");
	case KIND:
		return stub_say(fd, ":5\r\n");
	case LATE:
		return stub_late(b, fd);
	case ROUND:
	case WRONG:
	case FULL:
	case SWAPPED:
	case SHORT:
	case DEMOTED:
		break;
	}
	return stub_say(fd, "$-1\r\n");
}

static const char *
stub_changed(enum malice malice, unsigned changes)
{
	if (malice == FULL)
		return "-OOM command not allowed when used memory > "
		       "'maxmemory'.\r\n";
	if (malice == DEMOTED && changes > 1)
		return "-READONLY it is a replica.\r\n";
	return malice == SWAPPED ? "+OK\r\n" : ":1\r\n";
}

/* A command comes in one piece. False: the connection is to be closed. */
static bool
stub_answer(
    const struct stub *b, int fd, const char *command, unsigned *changes)
{
	if (strstr(command, "\r\nAUTH\r\n") != NULL)
		return stub_say(fd, b->malice == WRONG
					? "-WRONGPASS invalid username-"
					  "password pair\r\n"
					: "+OK\r\n");
	if (strstr(command, "\r\nSCAN\r\n") != NULL)
		return stub_say(fd, b->malice == SHORT
					? "*2\r\n$1\r\n0\r\n*1\r\n$9\r\n"
					  "verdict:a\r\n"
					: "*2\r\n$1\r\n7\r\n*0\r\n");
	if (strstr(command, "\r\nMGET\r\n") != NULL)
		return stub_say(fd, "*0\r\n");
	if (strstr(command, "\r\nGET\r\n") != NULL)
		return stub_ill(b, fd);
	return stub_say(fd, stub_changed(b->malice, ++*changes));
}

static void
stub_serve(const struct stub *b, int fd)
{
	char command[8192];
	unsigned changes = 0;
	ssize_t n;

	while ((n = recv(fd, command, sizeof(command) - 1, 0)) > 0) {
		command[n] = '\0';
		if (!stub_answer(b, fd, command, &changes))
			break;
	}
	(void)close(fd);
}

static void *
stub_thread(void *ctx)
{
	const struct stub *b = ctx;
	int fd;

	while ((fd = accept(b->listener, NULL, NULL)) >= 0)
		stub_serve(b, fd);
	return NULL;
}

static void
stub_begin(struct stub *b, enum malice malice)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	*b = (struct stub){ .malice = malice };
	path_in(b->path, "stub.sock");
	(void)unlink(b->path);
	(void)strcpy(a.sun_path, b->path);
	b->listener = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(
	    bind(b->listener, (const struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(b->listener, 16), 0);
	assert_int_equal(pipe(b->stop), 0);
	assert_int_equal(pthread_create(&b->thread, NULL, stub_thread, b), 0);
}

static void
stub_end(struct stub *b)
{
	(void)close(b->stop[1]);
	(void)shutdown(b->listener, SHUT_RDWR);
	(void)pthread_join(b->thread, NULL);
	(void)close(b->listener);
	(void)close(b->stop[0]);
}

#define NOT_AGAIN 3600000 /* it is not asked again while the test looks */

static struct store *
stub_store(const struct stub *b, int64_t retry_ms, struct alerts *alerts)
{
	static char url[140];
	char why[STORE_WHY_MAX];
	struct store_options o = { .engine = STORE_REDIS,
		.where = url,
		.entries_max = 10,
		.timeout_ms = 150,
		.each_ms = 150,
		.retry_ms = retry_ms,
		.clock = clock_of_fixed(&still),
		.alert = alert_note,
		.ctx = alerts };

	(void)snprintf(url, sizeof(url), "unix:%s", b->path);
	return store_open(&o, why);
}

/*
 * Whatever it does, a call has its time and no more, what it sends is not
 * kept, and the operator is told what it was.
 */
static void
redis_means_ill(void **state)
{
	static const struct {
		const char *label;
		enum malice malice;
		const char *told;
	} rows[] = {
		{ "it drips", DRIP, "does not answer in time" },
		{ "it floods", FLOOD, "too large" },
		{ "lists in lists", NEST, "too large" },
		{ "a list of a billion", CLAIM, "too large" },
		{ "not Redis", GARBAGE, "not Redis's" },
		{ "two answers to a question", TWO, "not Redis's" },
		{ "changes are refused", FULL, "refuses a change: OOM" },
		{ "a number for a text", KIND, "not what was asked" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct alerts alerts = ALERTS;
		struct store_record r;
		struct stub b;
		struct store *s;
		int64_t begin;

		stub_begin(&b, rows[i].malice);
		s = stub_store(&b, NOT_AGAIN, &alerts);
		begin = monotonic_ms();
		if (store_get(s, SPAN("a"), NOW, &r))
			table_fail(rows[i].label, "was believed");
		if (monotonic_ms() - begin > 2000)
			table_fail(rows[i].label, "took too long");
		if (!alert_has(&alerts, rows[i].told))
			table_fail(rows[i].label, "told: %s", alerts.last);
		table_number(rows[i].label, "alerts", alerts.count, 1);
		store_close(&s);
		stub_end(&b);
	}
	table_end();
}

static void
redis_goes_round(void **state)
{
	struct alerts alerts = ALERTS;
	struct stub b;
	struct store *s;
	unsigned count = 0;
	int64_t begin = monotonic_ms();

	(void)state;
	stub_begin(&b, ROUND);
	s = stub_store(&b, NOT_AGAIN, &alerts);
	assert_false(store_each(s, SPAN(""), NOW, count_visit, &count));
	assert_true(monotonic_ms() - begin < 2000);
	assert_int_equal(count, 0);
	store_close(&s);
	stub_end(&b);
}

/* What is changed or walked through is there in full, or it is lost. */
static void
redis_is_vague(void **state)
{
	static const struct {
		const char *label;
		enum malice malice;
	} rows[] = {
		{ "a status for a change", SWAPPED },
		{ "fewer values than keys", SHORT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct alerts alerts = ALERTS;
		struct stub b;
		struct store *s;
		unsigned count = 0;
		bool done;

		stub_begin(&b, rows[i].malice);
		s = stub_store(&b, NOT_AGAIN, &alerts);
		done = rows[i].malice == SHORT
			   ? store_each(s, SPAN(""), NOW, count_visit, &count)
			   : store_add(s, SPAN("a"), NOW, 60, 1, NULL);
		table_number(rows[i].label, "done", done, 0);
		table_number(rows[i].label, "alerts", alerts.count, 1);
		if (!alert_has(&alerts, "not what was asked"))
			table_fail(rows[i].label, "told: %s", alerts.last);
		store_close(&s);
		stub_end(&b);
	}
	table_end();
}

/* What came unasked is not the answer to the next question. */
static void
redis_says_more(void **state)
{
	struct alerts alerts = ALERTS;
	struct store_record r;
	struct stub b;
	struct store *s;

	(void)state;
	stub_begin(&b, LATE);
	s = stub_store(&b, NOT_AGAIN, &alerts);
	assert_true(store_get(s, SPAN("a"), NOW, &r));
	atomic_store(&stub_more, true);
	while (!atomic_load(&stub_said))
		(void)poll(NULL, 0, 1);
	assert_false(store_get(s, SPAN("b"), NOW, &r));
	assert_int_equal(r.count, 0);
	assert_true(alert_has(&alerts, "not Redis's"));
	store_close(&s);
	stub_end(&b);
}

/* A connection to who takes no changes any more is not used again. */
static void
redis_was_demoted(void **state)
{
	struct alerts alerts = ALERTS;
	struct stub b;
	struct store *s;

	(void)state;
	stub_begin(&b, DEMOTED);
	s = stub_store(&b, 10, &alerts);
	assert_true(store_add(s, SPAN("a"), NOW, 60, 1, NULL));
	assert_false(store_add(s, SPAN("a"), NOW, 60, 1, NULL));
	alert_wait(&alerts, "again");
	assert_true(store_add(s, SPAN("a"), NOW, 60, 1, NULL));
	assert_int_equal(alerts.count, 2);
	store_close(&s);
	stub_end(&b);
}

/* ---- passwords and TLS --------------------------------------------------- */

static void
file_write(const char *name, const char *text, char path[128])
{
	FILE *f;

	path_in(path, name);
	f = fopen(path, "w");
	assert_non_null(f);
	(void)fputs(text, f);
	(void)fclose(f);
}

static void
redis_password_in_file(void **state)
{
	static const struct {
		const char *label, *text, *told;
	} rows[] = {
		{ "right", "open sesame\nmore\n", "" },
		{ "without a line end", "open sesame", "" },
		{ "wrong", "open barley\n", "refuses user or password: WRONG" },
		{ "empty", "", "refuses user or password" },
	};
	struct server r = { .pid = 0 };

	(void)state;
	if (!server_begin_with(&r, "--requirepass", "open sesame"))
		skip();
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct alerts alerts = ALERTS;
		char path[128], why[STORE_WHY_MAX] = "";
		struct store_options o = { .engine = STORE_REDIS,
			.where = r.url,
			.password_file = path,
			.entries_max = 10,
			.timeout_ms = 2000,
			.retry_ms = 3600000,
			.alert = alert_note,
			.ctx = &alerts };
		struct store *s;

		file_write("password", rows[i].text, path);
		s = store_open(&o, why);
		if (s == NULL) {
			table_fail(rows[i].label, "why: %s", why);
			continue;
		}
		table_number(rows[i].label, "works",
		    store_add(s, SPAN("p"), NOW, 60, 1, NULL),
		    rows[i].told[0] == '\0');
		if (!alert_has(&alerts, rows[i].told) ||
		    (rows[i].told[0] == '\0' && alerts.count != 0))
			table_fail(rows[i].label, "told: %s", alerts.last);
		store_close(&s);
	}
	server_end(&r, SIGTERM);
	table_end();
}

static bool
certificate_make(void)
{
	char line[600];

	(void)snprintf(line, sizeof(line),
	    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 "
	    "-nodes -days 2 -subj /CN=redis.example -addext "
	    "subjectAltName=IP:127.0.0.1 -keyout %s/redis.key -out "
	    "%s/redis.crt >/dev/null 2>&1",
	    scratch, scratch);
	return system(line) == 0;
}

static void
redis_over_tls(void **state)
{
	static const struct {
		const char *label, *scheme, *host, *ca, *certificate, *told;
	} rows[] = {
		{ "trusted and shown", "rediss", "127.0.0.1", "redis.crt",
		    "redis.crt", "" },
		{ "not trusted", "rediss", "127.0.0.1", "", "redis.crt",
		    "its certificate: self" },
		{ "of another name", "rediss", "localhost", "redis.crt",
		    "redis.crt", "its certificate: hostname mismatch" },
		{ "none is shown", "rediss", "127.0.0.1", "redis.crt", "",
		    "TLS: " },
		{ "without TLS", "redis", "127.0.0.1", "", "", "Redis at" },
	};
	struct server r = { .port = port_free() };

	(void)state;
	if (!certificate_make() ||
	    !server_begin_with(&r, "--tls-auth-clients", "yes"))
		skip();
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct alerts alerts = ALERTS;
		char url[128], why[STORE_WHY_MAX] = "";
		char ca[128], certificate[128], key[128];
		struct store_options o = { .engine = STORE_REDIS,
			.where = url,
			.ca = rows[i].ca[0] == '\0' ? "" : ca,
			.certificate =
			    rows[i].certificate[0] == '\0' ? "" : certificate,
			.key = key,
			.entries_max = 10,
			.timeout_ms = 5000,
			.retry_ms = 3600000,
			.alert = alert_note,
			.ctx = &alerts };
		struct store *s;

		path_in(ca, rows[i].ca);
		path_in(certificate, rows[i].certificate);
		path_in(key, "redis.key");
		(void)snprintf(url, sizeof(url), "%s://%s:%d", rows[i].scheme,
		    rows[i].host, r.port);
		s = store_open(&o, why);
		if (s == NULL) {
			table_fail(rows[i].label, "why: %s", why);
			continue;
		}
		table_number(rows[i].label, "works",
		    store_add(s, SPAN("t"), NOW, 60, 1, NULL),
		    rows[i].told[0] == '\0');
		if (!alert_has(&alerts, rows[i].told) ||
		    (rows[i].told[0] == '\0' && alerts.count != 0))
			table_fail(rows[i].label, "told: %s", alerts.last);
		store_close(&s);
	}
	server_end(&r, SIGTERM);
	table_end();
}

/* ---- answers ------------------------------------------------------------- */

static void
answers(void **state)
{
	static const struct {
		const char *label, *in;
		enum redis_read want;
		enum redis_kind kind;
		const char *text;
	} rows[] = {
		{ "a text", "$5\r\nhello\r\n", REDIS_READ_ALL, REDIS_TEXT,
		    "hello" },
		{ "an empty text", "$0\r\n\r\n", REDIS_READ_ALL, REDIS_TEXT,
		    "" },
		{ "nothing", "$-1\r\n", REDIS_READ_ALL, REDIS_NIL, "" },
		{ "no list", "*-1\r\n", REDIS_READ_ALL, REDIS_NIL, "" },
		{ "a status", "+OK\r\n", REDIS_READ_ALL, REDIS_STATUS, "OK" },
		{ "an error", "-ERR no\r\n", REDIS_READ_ALL, REDIS_ERROR,
		    "ERR no" },
		{ "a number", ":-7\r\n", REDIS_READ_ALL, REDIS_NUMBER, "" },
		{ "a list", "*2\r\n:1\r\n$1\r\nx\r\n", REDIS_READ_ALL,
		    REDIS_LIST, "" },
		{ "an empty list", "*0\r\n", REDIS_READ_ALL, REDIS_LIST, "" },
		{ "nothing has come", "", REDIS_READ_MORE, 0, NULL },
		{ "a text that is cut", "$5\r\nhel", REDIS_READ_MORE, 0, NULL },
		{ "a line that is cut", "+O", REDIS_READ_MORE, 0, NULL },
		{ "a list that is cut", "*2\r\n:1\r\n", REDIS_READ_MORE, 0,
		    NULL },
		{ "an unknown kind", "!3\r\n", REDIS_READ_BAD, 0, NULL },
		{ "no number", ":x\r\n", REDIS_READ_BAD, 0, NULL },
		{ "a length below nothing", "$-2\r\n", REDIS_READ_BAD, 0,
		    NULL },
		{ "a text longer than it says", "$3\r\nhello\r\n",
		    REDIS_READ_BAD, 0, NULL },
		{ "a text of gigabytes", "$2000000000\r\n", REDIS_READ_BAD, 0,
		    NULL },
		{ "a list of a billion", "*1000000000\r\n", REDIS_READ_BAD, 0,
		    NULL },
		{ "too deep", "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n",
		    REDIS_READ_BAD, 0, NULL },
		{ "a number that is too large", ":99999999999999999999\r\n",
		    REDIS_READ_BAD, 0, NULL },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct redis_reply r;
		size_t used;
		enum redis_read got =
		    redis_reply_read(span_of(rows[i].in), a, &r, &used);

		if (!table_wants(rows[i].label))
			continue;
		table_number(rows[i].label, "read", got, rows[i].want);
		if (got != REDIS_READ_ALL || rows[i].want != REDIS_READ_ALL)
			continue;
		table_number(rows[i].label, "kind", r.kind, rows[i].kind);
		table_number(rows[i].label, "used", (long long)used,
		    (long long)strlen(rows[i].in));
		table_text(rows[i].label, "text", arena_strdup(a, r.text),
		    rows[i].text);
	}
	arena_free(&a);
	table_end();
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(redis_urls),
		cmocka_unit_test(redis_steps),
		cmocka_unit_test(redis_is_shared),
		cmocka_unit_test(redis_frozen),
		cmocka_unit_test(redis_killed),
		cmocka_unit_test(redis_means_ill),
		cmocka_unit_test(redis_goes_round),
		cmocka_unit_test(redis_is_vague),
		cmocka_unit_test(redis_says_more),
		cmocka_unit_test(redis_was_demoted),
		cmocka_unit_test(redis_password_in_file),
		cmocka_unit_test(redis_over_tls),
	};

	if (argc == 3 && strcmp(argv[1], "-k") == 0)
		table_filter = argv[2];
	return cmocka_run_group_tests(tests, store_kit_begin, scratch_remove) ==
		       0
		   ? 0
		   : 1;
}
