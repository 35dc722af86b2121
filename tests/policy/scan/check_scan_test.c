/*
 * The scanner, asked by whole messages: a stand-in for clamd that answers,
 * errs, hangs up or keeps silent.
 */
#include "config.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "policy/base/address.h"
#include "policy/load/checks.h"
#include "policy/scan/scanner.h"
#include "tests/kit/message_kit.h"
#include "tests/kit/snapshot_kit.h"

/* ---- answers ---------------------------------------------------------------- */

static const struct answer_case {
	const char *label;
	struct span answer;
	enum clamd_answer want;
	const char *name;
} answer_cases[] = {
	{ "clean", SPAN_INIT("stream: OK\0"), CLAMD_CLEAN, "" },
	{ "clean with a line end", SPAN_INIT("stream: OK\n"), CLAMD_CLEAN, "" },
	{ "found", SPAN_INIT("stream: Win.Test.EICAR_HDB-1 FOUND\0"),
	    CLAMD_FOUND, "Win.Test.EICAR_HDB-1" },
	{ "a name with blanks", SPAN_INIT("stream: a b FOUND"), CLAMD_FOUND,
	    "a b" },
	{ "found nothing named", SPAN_INIT("stream:  FOUND"), CLAMD_FOUND, "" },
	{ "too big", SPAN_INIT("INSTREAM size limit exceeded. ERROR\0"),
	    CLAMD_TOO_BIG, "" },
	{ "an error", SPAN_INIT("stream: Can't allocate memory ERROR\0"),
	    CLAMD_ERROR, "" },
	{ "OK within a text is none", SPAN_INIT("stream: NOT OK"), CLAMD_ERROR,
	    "" },
	{ "nothing", SPAN_INIT(""), CLAMD_ERROR, "" },
	{ "a NUL alone", SPAN_INIT("\0"), CLAMD_ERROR, "" },
};

static void
test_answers(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(answer_cases); i++) {
		const struct answer_case *c = &answer_cases[i];
		struct span name;

		if (!table_wants(c->label))
			continue;
		table_number(
		    c->label, "answer", clamd_parse(c->answer, &name), c->want);
		table_text(c->label, "name", arena_strdup(a, name), c->name);
	}
	arena_free(&a);
	table_end();
}

/* ---- a stand-in for clamd ----------------------------------------------------- */

struct stand_in {
	const char *says; /* NULL: nothing, ever */
	bool early;       /* it answers and hangs up before it has heard all */
	int listener;
	char path[64];
	pthread_t thread;
	char heard[65536];
	size_t heard_octets, command_ok;
};

static bool
read_all(int fd, void *out, size_t n)
{
	for (size_t got = 0; got < n;) {
		ssize_t r = read(fd, (char *)out + got, n - got);

		if (r <= 0)
			return false;
		got += (size_t)r;
	}
	return true;
}

static void
stand_in_hear(struct stand_in *s, int fd)
{
	static char piece[1 << 20];
	uint32_t length;

	while (read_all(fd, &length, 4) && length != 0) {
		size_t n = ntohl(length);
		size_t room = sizeof(s->heard) - s->heard_octets;

		if (n > sizeof(piece) || !read_all(fd, piece, n))
			return;
		memcpy(s->heard + s->heard_octets, piece, n < room ? n : room);
		s->heard_octets += n < room ? n : room;
	}
}

static void *
stand_in_run(void *argument)
{
	struct stand_in *s = argument;
	int fd = accept(s->listener, NULL, NULL);
	char command[10] = "";

	if (fd < 0)
		return NULL;
	s->command_ok = read_all(fd, command, sizeof(command)) &&
			memcmp(command, "zINSTREAM", 10) == 0;
	if (!s->early)
		stand_in_hear(s, fd);
	if (s->says != NULL)
		(void)!write(fd, s->says, strlen(s->says) + 1);
	else
		(void)read_all(fd, command, 1); /* until we are left */
	(void)close(fd);
	return NULL;
}

static void
stand_in_begin(struct stand_in *s)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	(void)snprintf(
	    s->path, sizeof(s->path), "/tmp/scan_test.%d", (int)getpid());
	(void)unlink(s->path);
	(void)strcpy(un.sun_path, s->path);
	s->listener = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_true(s->listener >= 0);
	assert_int_equal(
	    bind(s->listener, (struct sockaddr *)&un, sizeof(un)), 0);
	assert_int_equal(listen(s->listener, 4), 0);
	assert_int_equal(pthread_create(&s->thread, NULL, stand_in_run, s), 0);
}

static void
stand_in_end(struct stand_in *s)
{
	(void)shutdown(s->listener, SHUT_RDWR);
	assert_int_equal(pthread_join(s->thread, NULL), 0);
	(void)close(s->listener);
	(void)unlink(s->path);
}

/* ---- whole messages ------------------------------------------------------------ */

static const struct message_case {
	const char *label;
	const char *says;
	const char *settings;
	size_t body; /* octets */
	bool early, absent, gives_up;
	const char *want; /* virus, virus.name, incomplete */
} message_cases[] = {
	{ .label = "clean", .says = "stream: OK", .want = "no - -" },
	{ .label = "found",
	    .says = "stream: Eicar FOUND",
	    .want = "yes Eicar -" },
	{ .label = "a name that is no UTF-8",
	    .says = "stream: a\xff FOUND",
	    .want = "yes a\xef\xbf\xbd -" },
	{ .label = "an error",
	    .says = "stream: out of memory ERROR",
	    .want = "? ? scan" },
	{ .label = "silence", .gives_up = true, .want = "? ? scan" },
	{ .label = "it hangs up without a word",
	    .says = "",
	    .want = "? ? scan" },
	{ .label = "nobody listens", .absent = true, .want = "? ? scan" },
	{ .label = "a large body goes in pieces",
	    .says = "stream: OK",
	    .body = 300000,
	    .want = "no - -" },
	{ .label = "larger than what is scanned, and clean so far",
	    .says = "stream: OK",
	    .settings = "scan.max 2k\n",
	    .body = 5000,
	    .want = "? ? scan" },
	{ .label = "larger than what is scanned, but found",
	    .says = "stream: Eicar FOUND",
	    .settings = "scan.max 2k\n",
	    .body = 5000,
	    .want = "yes Eicar -" },
	{ .label = "larger than what is kept, and clean so far",
	    .says = "stream: OK",
	    .settings = "body.max 4k\n",
	    .body = 9000,
	    .want = "? ? scan" },
	{ .label = "too large for clamd, which hangs up",
	    .says = "INSTREAM size limit exceeded. ERROR",
	    .early = true,
	    .body = 3000000,
	    .want = "? ? scan" },
};

static struct snapshot *
snapshot_for(const char *path, const char *settings, struct arena *a)
{
	struct snapshot_source source = {
		.config_text = span_of(arena_printf(
		    a, "scan unix:%s\n%s", path, settings ? settings : "")),
		.rules_text = SPAN("rule v when virus then reject 554 5.7.1 "
				   "\"%{virus.name}\"\n"),
	};
	struct snapshot *s;

	s = snapshot_kit(&source, a);
	return s;
}

static const char *
said(struct session *s, struct arena *a)
{
	const struct schema *schema = s->snapshot->schema;
	const struct message *m = s->message;
	const struct value *virus =
	    facts_get(m->facts, schema_find(schema, SPAN("virus")));
	const struct value *name =
	    facts_get(m->facts, schema_find(schema, SPAN("virus.name")));
	const char *incomplete = "-";

	for (size_t i = 0; i < m->incomplete_count; i++)
		incomplete = i == 0 ? m->incomplete[i]
				    : arena_printf(a, "%s,%s", incomplete,
					  m->incomplete[i]);
	return arena_printf(a, "%s %s %s",
	    virus->state == FACT_UNKNOWN ? "?"
	    : virus->yes                 ? "yes"
					 : "no",
	    name->state == FACT_UNKNOWN  ? "?"
	    : name->state == FACT_ABSENT ? "-"
					 : arena_strdup(a, name->text),
	    incomplete);
}

static void
feed(struct session *s, size_t octets)
{
	static const char line[] = "0123456789abcdef0123456789abcdef012345\r\n";
	struct mail_parameters mail = { .reverse_path = SPAN("a@b.example") };
	struct verdict v;
	struct ip client;

	assert_true(ip_parse(SPAN("192.0.2.1"), &client));
	session_connect(s, client, 25, SPAN(""), SPAN(""), SPAN(""));
	session_helo(s, SPAN("c.example"), NULL);
	session_mail(s, &mail, NULL, &v);
	session_rcpt(s, SPAN("x@y.example"), false, SPAN(""), &v);
	session_header(s, SPAN("Subject"), SPAN(" hello"));
	session_header(s, SPAN("From"), SPAN(" a@b.example"));
	session_eoh(s, SPAN(""), &v);
	for (size_t n = 0; n < octets; n += sizeof(line) - 1)
		session_body(s, span_make(line, sizeof(line) - 1));
	session_body(s, SPAN("the end\r\n"));
	session_eom(s, SPAN("Q"), &v);
}

static void
message_row(const struct message_case *c, struct arena *a)
{
	struct stand_in in = { .says = c->says, .early = c->early };
	struct clock_fixed past = { .unix_s = MESSAGE_KIT_TIME };
	struct dns_zone *zone = dns_zone_new();
	struct services judge = {
		.clock = c->gives_up ? clock_of_fixed(&past) : clock_system,
		.resolver = resolver_zone(zone),
		.ids = decision_ids_new(SPAN("mx.example"), 0),
		.hostname = "mx.example",
	};
	struct snapshot *snapshot;
	struct session *s;

	stand_in_begin(&in);
	snapshot = snapshot_for(
	    c->absent ? "/tmp/no/such/socket" : in.path, c->settings, a);
	checks_open(&judge);
	s = session_new(&judge, snapshot);
	feed(s, c->body);
	table_text(c->label, "said", said(s, a), c->want);
	session_free(&s);
	checks_close(&judge);
	snapshot_unref(&snapshot);
	stand_in_end(&in);
	if (c->says != NULL && !c->early && !c->absent && c->settings == NULL) {
		struct span heard = span_make(in.heard, in.heard_octets);

		if (!in.command_ok ||
		    !span_starts(heard, SPAN("Subject: hello\r\nFrom: a@b."
					     "example\r\n\r\n")) ||
		    (c->body == 0 &&
			!span_ends(heard, SPAN("\r\nthe end\r\n"))))
			table_fail(c->label, "the scanner heard %.*s",
			    (int)(heard.n < 200 ? heard.n : 200), heard.p);
	}
	decision_ids_free(&judge.ids);
	resolver_free(&judge.resolver);
	dns_zone_free(&zone);
}

static void
test_messages(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(message_cases); i++)
		if (table_wants(message_cases[i].label))
			message_row(&message_cases[i], a);
	arena_free(&a);
	table_end();
}

/* Without a daemon nobody is asked, and nothing is known. */
static void
test_without_daemon(void **state)
{
	struct arena *a = arena_new();
	struct clock_fixed time = { .unix_s = MESSAGE_KIT_TIME };
	struct dns_zone *zone = dns_zone_new();
	struct services judge = {
		.clock = clock_of_fixed(&time),
		.resolver = resolver_zone(zone),
		.ids = decision_ids_new(SPAN("mx.example"), 0),
		.hostname = "mx.example",
	};
	struct snapshot *snapshot = snapshot_for("/tmp/no/such", NULL, a);
	struct session *s = session_new(&judge, snapshot);

	(void)state;
	feed(s, 0);
	assert_string_equal(said(s, a), "? ? scan");
	session_free(&s);
	snapshot_unref(&snapshot);
	decision_ids_free(&judge.ids);
	resolver_free(&judge.resolver);
	dns_zone_free(&zone);
	arena_free(&a);
}

/* More messages than are scanned at once: each has its turn or is dropped. */
static void
test_queue(void **state)
{
	struct stand_in in = { .says = NULL };
	struct services services = { .clock = clock_system };
	struct scanner *scanner = scanner_new(&services);
	struct arena *a = arena_new();
	struct waits *waits = waits_new(a);
	static struct scan_job job[3 * SCANS_AT_ONCE];

	(void)state;
	stand_in_begin(&in);
	for (size_t i = 0; i < ARRAY_COUNT(job); i++) {
		struct sockaddr_un un = { .sun_family = AF_UNIX };

		(void)strcpy(un.sun_path, in.path);
		memcpy(&job[i].address, &un, sizeof(un));
		job[i].address_length = sizeof(un);
		job[i].text[0] = SPAN("x");
		job[i].waits = waits;
		scanner_ask(scanner, &job[i]);
	}
	/* From the middle, so that queue and places both lose some. */
	for (size_t i = 0; i < ARRAY_COUNT(job); i++) {
		size_t n = (i + ARRAY_COUNT(job) / 2) % ARRAY_COUNT(job);

		scanner_drop(scanner, &job[n], NULL);
		assert_true(scanner_done(scanner, &job[n]));
		assert_int_equal(job[n].state, SCAN_FAILED);
	}
	scanner_free(&scanner);
	stand_in_end(&in);
	waits_free(&waits);
	arena_free(&a);
}

/* Somebody to connect to who takes nothing. */
static int
deaf_begin(struct sockaddr_in *in)
{
	socklen_t n = sizeof(*in);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	*in = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	assert_int_equal(bind(fd, (struct sockaddr *)in, n), 0);
	assert_int_equal(listen(fd, 64), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)in, &n), 0);
	return fd;
}

/* One network's messages keep the scanner busy for good; another's message is
 * scanned beside them. */
static void
test_share(void **state)
{
	struct stand_in in = { .says = "stream: OK" };
	struct services services = { .clock = clock_system };
	struct scanner *scanner = scanner_new(&services);
	struct arena *a = arena_new();
	struct waits *waits = waits_new(a), *own = waits_new(a);
	static struct scan_job job[3 * SCANS_AT_ONCE], honest;
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct sockaddr_in tcp;
	int deaf = deaf_begin(&tcp);

	(void)state;
	stand_in_begin(&in);
	for (size_t i = 0; i < ARRAY_COUNT(job); i++) {
		memcpy(&job[i].address, &tcp, sizeof(tcp));
		job[i].address_length = sizeof(tcp);
		job[i].text[0] = SPAN("x");
		job[i].waits = waits;
		job[i].group = 7;
		scanner_ask(scanner, &job[i]);
	}
	(void)strcpy(un.sun_path, in.path);
	memcpy(&honest.address, &un, sizeof(un));
	honest.address_length = sizeof(un);
	honest.text[0] = SPAN("x");
	honest.waits = own;
	honest.group = 8;
	waits_open(own);
	scanner_ask(scanner, &honest);
	(void)waits_join(
	    own, clock_system.monotonic_ms(clock_system.ctx) + 10000);
	assert_true(scanner_done(scanner, &honest));
	assert_int_equal(honest.state, SCAN_ANSWERED);
	for (size_t i = 0; i < ARRAY_COUNT(job); i++) {
		assert_false(scanner_done(scanner, &job[i]));
		scanner_drop(scanner, &job[i], NULL);
	}
	scanner_drop(scanner, &honest, NULL);
	scanner_free(&scanner);
	stand_in_end(&in);
	(void)close(deaf);
	waits_free(&waits);
	waits_free(&own);
	arena_free(&a);
}

/* What the setting may say. */
static void
test_sockets(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} row[] = {
		{ "unix:/run/clamd.sock", true },
		{ "/run/clamd.sock", true },
		{ "inet:127.0.0.1:3310", true },
		{ "inet:[::1]:3310", true },
		{ "inet:127.0.0.1", false },
		{ "inet:[::1]", false },
		{ "inet:::1", false },
		{ "inet:127.0.0.1:0", false },
		{ "inet:clamd.example:3310", false },
		{ "unix:run/clamd.sock", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct sockaddr_storage address;
		socklen_t length;
		const char *why;

		table_number(row[i].text, "good",
		    service_parse(
			span_of(row[i].text), &address, &length, &why),
		    row[i].good);
	}
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_sockets),
	cmocka_unit_test(test_answers),
	cmocka_unit_test(test_messages),
	cmocka_unit_test(test_without_daemon),
	cmocka_unit_test(test_queue),
	cmocka_unit_test(test_share),
};

TABLE_MAIN(tests)
