/*
 * Reports from rows to mail: what is counted, when it is due, what the mail
 * is like, and that whatever happens none is sent twice.
 */
#include "config.h"

#include "tests/kit/table.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "policy/config/conf.h"
#include "policy/report/report_book.h"
#include "policy/report/report_mail.h"
#include "policy/report/report_send.h"
#include "rules/content/archive_one.h"
#include "rules/mime/mime_tree.h"

#define DAY     INT64_C(20000) /* 2024-10-04 */
#define REST(x) "<rest>" x "</rest>"

/* ---- a mail server --------------------------------------------------------------- */

/* What it answers to each step; NULL: it hangs up there. */
struct server {
	const char *mail, *rcpt, *data, *dot;
	int listener;
	struct sockaddr_storage address;
	uint16_t port;
	pthread_t thread;
	atomic_uint mails; /* that were given whole */
	char text[65536];
	size_t n;
	char rcpts[1000], senders[1000];
};

static void
server_say(int fd, const char *text)
{
	(void)!write(fd, text, strlen(text));
	(void)!write(fd, "\r\n", 2);
}

/* The mail up to the dot. */
static void
server_take(struct server *s, FILE *in)
{
	char line[2000];

	s->n = 0;
	while (fgets(line, sizeof(line), in) != NULL) {
		char *p = line;

		if (strcmp(line, ".\r\n") == 0) {
			s->mails++;
			return;
		}
		if (p[0] == '.')
			p++;
		p[strcspn(p, "\r")] = '\0';
		s->n += (size_t)snprintf(
		    s->text + s->n, sizeof(s->text) - s->n, "%s\n", p);
	}
}

static void
server_note(char *out, size_t size, const char *line)
{
	size_t n = strlen(out);

	(void)snprintf(out + n, size - n, "%s", line);
}

static const char *
server_step(struct server *s, int fd, FILE *in, const char *line)
{
	if (strncmp(line, "MAIL", 4) == 0) {
		server_note(s->senders, sizeof(s->senders), line);
		return s->mail;
	}
	if (strncmp(line, "RCPT", 4) == 0) {
		server_note(s->rcpts, sizeof(s->rcpts), line);
		return s->rcpt;
	}
	if (strncmp(line, "DATA", 4) == 0) {
		if (s->data == NULL || s->data[0] != '3')
			return s->data;
		server_say(fd, s->data);
		server_take(s, in);
		return s->dot;
	}
	return "250 ok";
}

static void
server_talk(struct server *s, int fd)
{
	FILE *in = fdopen(fd, "r");
	char line[2000];

	server_say(fd, "220 test");
	while (fgets(line, sizeof(line), in) != NULL) {
		const char *answer = server_step(s, fd, in, line);

		if (answer == NULL)
			break;
		server_say(fd, answer);
	}
	(void)fclose(in);
}

static void *
server_run(void *ctx)
{
	struct server *s = ctx;
	int fd;

	while ((fd = accept(s->listener, NULL, NULL)) >= 0)
		server_talk(s, fd);
	return NULL;
}

static void
server_begin(struct server *s)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t size = sizeof(in);

	*s = (struct server){ .mail = "250 ok",
		.rcpt = "250 ok",
		.data = "354 go",
		.dot = "250 taken" };
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s->listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(s->listener, (void *)&in, size), 0);
	assert_int_equal(listen(s->listener, 5), 0);
	assert_int_equal(getsockname(s->listener, (void *)&in, &size), 0);
	s->port = ntohs(in.sin_port);
	assert_int_equal(pthread_create(&s->thread, NULL, server_run, s), 0);
}

static void
server_end(struct server *s)
{
	(void)shutdown(s->listener, SHUT_RDWR);
	(void)pthread_join(s->thread, NULL);
	(void)close(s->listener);
}

/* ---- a place ------------------------------------------------------------------------ */

struct bench {
	struct arena *arena;
	char directory[64];
	const char *path;
	struct clock_fixed time;
	struct report_file *file;
	struct dns_zone *zone;
	struct resolver *resolver;
	struct config config;
	struct server server;
	struct report_sender sender;
	char seen[4000]; /* what shown was told, a line each */
};

static void
bench_shown(void *ctx, const struct report_delivery *d,
    enum delivery_state state, const char *why, const char *file,
    struct span packed)
{
	struct bench *b = ctx;
	size_t n = strlen(b->seen);

	(void)why;
	assert_true(file == NULL || packed.n > 20);
	(void)snprintf(b->seen + n, sizeof(b->seen) - n, "%.*s %s\n",
	    SPAN_FMT(d->to), delivery_state_names[state]);
}

static void
bench_open(struct bench *b)
{
	char why[SQLITE_WHY_MAX] = "";
	bool renewed;

	b->file =
	    report_file_open(b->path, b->time.unix_s, false, &renewed, why);
	if (b->file == NULL)
		fail_msg("%s", why);
	assert_false(renewed);
	b->sender.file = b->file;
}

static void
bench_begin(struct bench *b)
{
	*b = (struct bench){ .arena = arena_new() };
	(void)strcpy(b->directory, "report_test.XXXXXX");
	assert_non_null(mkdtemp(b->directory));
	b->path = arena_printf(b->arena, "%s/report.db", b->directory);
	b->time.unix_s = DAY * REPORT_DAY_S + 3600;
	b->zone = dns_zone_new();
	b->resolver = resolver_zone(b->zone);
	server_begin(&b->server);
	b->config = (struct config){ .report_organization = "We & Co",
		.report_from = "dmarc@us.example",
		.report_sender = "",
		.report_contact = "https://us.example/<dmarc>",
		.report_smtp =
		    arena_printf(b->arena, "127.0.0.1:%u", b->server.port) };
	b->sender = (struct report_sender){ .config = &b->config,
		.resolver = b->resolver,
		.clock = clock_of_fixed(&b->time),
		.helo = "mx.us.example",
		.shown = bench_shown,
		.ctx = b };
	bench_open(b);
}

static void
bench_end(struct bench *b)
{
	static const char *const ends[] = { "", "-wal", "-shm" };

	report_file_close(&b->file);
	server_end(&b->server);
	resolver_free(&b->resolver);
	dns_zone_free(&b->zone);
	for (size_t i = 0; i < ARRAY_COUNT(ends); i++)
		(void)unlink(arena_printf(b->arena, "%s%s", b->path, ends[i]));
	(void)rmdir(b->directory);
	arena_free(&b->arena);
}

/* count rows that say the same. */
static void
bench_add_to(struct report_file *f, int64_t day, const char *domain,
    const char *rua, const char *ip, const char *rest, unsigned count,
    const struct report_bounds *bounds)
{
	struct report_row row = { .domain = span_of(domain),
		.rua = span_of(rua),
		.problem = SPAN(""),
		.ip = span_of(ip),
		.rest = span_of(rest) };
	char published[400];

	(void)snprintf(published, sizeof(published),
	    "<domain>%s</domain><p>reject</p>", domain);
	row.published = span_of(published);
	while (count-- > 0)
		assert_true(report_file_add(f, &row, day, bounds));
}

static void
bench_add(struct bench *b, int64_t day, const char *domain, const char *rua,
    const char *ip, const char *rest, unsigned count)
{
	bench_add_to(b->file, day, domain, rua, ip, rest, count,
	    &report_bounds_standard);
}

#define RUA "mailto:agg@a.example"

/* One report of a.example, due. */
static void
bench_due(struct bench *b, const char *rua)
{
	bench_add(b, DAY, "a.example", rua, "192.0.2.1", REST("x"), 3);
	assert_true(report_file_make(b->file, DAY, 0, 0));
}

struct listing {
	char text[4000];
};

static bool
listing_add(void *ctx, const struct report_delivery *d)
{
	struct listing *l = ctx;
	size_t n = strlen(l->text);

	(void)snprintf(l->text + n, sizeof(l->text) - n,
	    "%lld %.*s %.*s %s rows=%llu messages=%llu omitted=%llu\n",
	    (long long)(d->day - DAY), SPAN_FMT(d->domain), SPAN_FMT(d->to),
	    delivery_state_names[d->state], (unsigned long long)d->rows,
	    (unsigned long long)d->messages, (unsigned long long)d->omitted);
	return true;
}

static void
bench_lists(struct bench *b, const char *want)
{
	struct listing l = { "" };

	assert_true(report_file_each(b->file, -1, SPAN(""), listing_add, &l));
	assert_string_equal(l.text, want);
}

/* ---- counting ------------------------------------------------------------------------ */

static void
rows_text(void *ctx, struct span ip, uint64_t count, struct span rest)
{
	struct listing *l = ctx;
	size_t n = strlen(l->text);

	(void)snprintf(l->text + n, sizeof(l->text) - n, "%.*s %llu %.*s\n",
	    SPAN_FMT(ip), (unsigned long long)count, SPAN_FMT(rest));
}

static void
bench_rows(struct bench *b, const char *want)
{
	struct arena *a = arena_new();
	struct report_delivery d;
	struct listing l = { "" };

	assert_true(report_file_next(b->file, -1, SPAN(""), INT64_MAX, a, &d));
	assert_true(report_file_rows(b->file, &d, rows_text, &l));
	assert_string_equal(l.text, want);
	arena_free(&a);
}

static void
test_counting(void **state)
{
	struct bench b;

	(void)state;
	bench_begin(&b);
	bench_add(&b, DAY, "a.example", RUA, "192.0.2.1", REST("x"), 3);
	bench_add(&b, DAY, "a.example", RUA, "192.0.2.1", REST("y"), 1);
	bench_add(&b, DAY, "a.example", RUA, "2001:db8::1", REST("x"), 2);
	/* The same domain with another record, and another day. */
	bench_add(&b, DAY, "a.example", "mailto:other@a.example", "192.0.2.1",
	    REST("x"), 4);
	bench_add(&b, DAY + 1, "a.example", RUA, "192.0.2.1", REST("x"), 5);
	report_file_close(&b.file);
	bench_open(&b);
	assert_true(report_file_make(b.file, DAY, 0, 0));
	assert_true(report_file_make(b.file, DAY, 0, 0));
	bench_lists(&b,
	    "0 a.example agg@a.example waiting rows=3 messages=6 omitted=0\n"
	    "0 a.example other@a.example waiting rows=1 messages=4 "
	    "omitted=0\n");
	bench_rows(&b, "192.0.2.1 3 " REST("x") "\n192.0.2.1 1 " REST(
			   "y") "\n2001:db8::1 2 " REST("x") "\n");
	bench_end(&b);
}

/* What there is no room for is counted, and what is there goes on counting. */
static void
test_bounds(void **state)
{
	const struct report_bounds few = { 2, 1000, 3, 1000 };
	const struct report_bounds small = { 100, 40, 100, 1000 };
	struct bench b;

	(void)state;
	bench_begin(&b);
	for (unsigned i = 0; i < 4; i++)
		bench_add_to(b.file, DAY, "a.example", RUA,
		    arena_printf(b.arena, "192.0.2.%u", i), REST("x"), 2, &few);
	for (unsigned i = 0; i < 2; i++)
		bench_add_to(b.file, DAY, "b.example", "mailto:x@b.example",
		    arena_printf(b.arena, "192.0.2.%u", i), REST("x"), 1, &few);
	for (unsigned i = 0; i < 2; i++)
		bench_add_to(b.file, DAY + 1, "a.example", RUA,
		    arena_printf(b.arena, "192.0.2.%u", i), REST("x"), 1,
		    &small);
	for (int i = 0; i < 2; i++)
		assert_true(report_file_make(b.file, DAY + i, 0, 0));
	bench_lists(&b,
	    "0 a.example agg@a.example waiting rows=2 messages=4 omitted=4\n"
	    "0 b.example x@b.example waiting rows=1 messages=1 omitted=1\n"
	    "1 a.example agg@a.example waiting rows=1 messages=1 "
	    "omitted=1\n");
	bench_end(&b);
}

static int64_t
bench_policies(struct bench *b)
{
	struct sqlite_statement *s = sqlite_prepare(
	    report_file_db(b->file), "SELECT count(*) FROM policy");
	int64_t n;

	assert_int_equal(sqlite_step(s), SQLITE_STEP_ROW);
	n = sqlite_column_number(s, 0);
	sqlite_statement_free(&s);
	return n;
}

/* Whoever has a domain has as many as he likes, each with a long record. */
static void
test_policies(void **state)
{
	static const struct {
		const char *label;
		struct report_bounds bounds;
		int64_t want;
	} rows[] = {
		{ "as many as rows", { 10, 10000, 3, 10000 }, 3 },
		{ "their texts count", { 10, 10000, 100, 250 }, 2 },
		{ "of one as well", { 10, 20, 100, 10000 }, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct bench b;

		bench_begin(&b);
		for (unsigned n = 0; n < 10; n++)
			bench_add_to(b.file, DAY,
			    arena_printf(b.arena, "h%u.a.example", n), RUA,
			    "192.0.2.1", REST("x"), 2, &rows[i].bounds);
		if (bench_policies(&b) != rows[i].want)
			table_fail(rows[i].label, "%lld policies",
			    (long long)bench_policies(&b));
		bench_end(&b);
	}
	table_end();
}

static void
test_expiry(void **state)
{
	struct bench b;
	int64_t day;

	(void)state;
	bench_begin(&b);
	bench_due(&b, RUA);
	bench_add(&b, DAY + 5, "a.example", RUA, "192.0.2.1", REST("x"), 1);
	assert_true(report_file_unmade(b.file, DAY + 6, &day));
	assert_int_equal(day, DAY + 5);
	/* The day that runs is not over. */
	assert_false(report_file_unmade(b.file, DAY + 5, &day));
	assert_true(report_file_expire(b.file, DAY + 11));
	bench_lists(&b, "0 a.example agg@a.example waiting rows=0 messages=0 "
			"omitted=0\n");
	assert_true(report_file_unmade(b.file, DAY + 11, &day));
	assert_true(report_file_expire(b.file, DAY + 100));
	assert_false(report_file_unmade(b.file, DAY + 100, &day));
	bench_lists(&b, "");
	bench_end(&b);
}

/* ---- when ----------------------------------------------------------------------------- */

static bool
spread_add(void *ctx, const struct report_delivery *d)
{
	int64_t *seen = ctx;

	assert_in_range(d->next_s, 1000, 1000 + REPORT_SPREAD_S - 1);
	seen[0]++;
	seen[1] += d->next_s < 1000 + REPORT_SPREAD_S / 2;
	return true;
}

static void
test_spread(void **state)
{
	struct bench b;
	int64_t seen[2] = { 0, 0 };

	(void)state;
	bench_begin(&b);
	for (unsigned i = 0; i < 200; i++)
		bench_add(&b, DAY, arena_printf(b.arena, "d%u.example", i),
		    arena_printf(b.arena, "mailto:x@d%u.example", i),
		    "192.0.2.1", REST("x"), 1);
	assert_true(report_file_make(b.file, DAY, 1000, REPORT_SPREAD_S));
	assert_true(report_file_each(b.file, -1, SPAN(""), spread_add, seen));
	assert_int_equal(seen[0], 200);
	/* Not all at once: half of them in either half. */
	assert_in_range(seen[1], 60, 140);
	assert_false(report_send_next(&b.sender, -1, SPAN(""), 999));
	bench_end(&b);
}

/* ---- the mail --------------------------------------------------------------------------- */

static void
mail_has(struct bench *b, const char *text)
{
	if (strstr(b->server.text, text) == NULL)
		fail_msg("no %s in:\n%s", text, b->server.text);
}

/* The XML that was attached. */
static const char *
mail_xml(struct bench *b)
{
	struct header_list headers;
	struct mime_message mime;
	unsigned anomalies = 0;
	struct span body, xml;
	const char *why;

	header_list_init(&headers, b->arena);
	header_split(span_of(b->server.text), &headers, &body, &anomalies);
	mime_parse(&headers, body, &mime_limits_standard, b->arena, &mime);
	for (size_t i = 0; i < mime.count; i++)
		if (span_is(mime.part[i].type, "application/gzip")) {
			struct span packed =
			    mime_part_octets(&mime, &mime.part[i], SIZE_MAX);

			assert_true(archive_one_unpack(
			    packed, 1 << 20, b->arena, &xml, &why));
			return arena_strdup(b->arena, xml);
		}
	fail_msg("nothing attached:\n%s", b->server.text);
	return "";
}

static void
test_mail(void **state)
{
	struct arena *a = arena_new();
	struct report_delivery d;
	const char *xml;
	struct bench b;

	(void)state;
	bench_begin(&b);
	bench_add(&b, DAY, "a.example", RUA, "192.0.2.1", REST("x"), 3);
	bench_add(&b, DAY, "a.example", RUA, "2001:db8::1", REST("y"), 1);
	b.time.unix_s = (DAY + 1) * REPORT_DAY_S + 1000;
	assert_true(report_file_make(b.file, DAY, 0, 0));
	assert_true(report_file_next(b.file, -1, SPAN(""), INT64_MAX, a, &d));
	assert_true(report_send_next(&b.sender, -1, SPAN(""), 1));
	assert_false(report_send_next(&b.sender, -1, SPAN(""), INT64_MAX));
	assert_int_equal(b.server.mails, 1);
	assert_string_equal(
	    b.server.senders, "MAIL FROM:<dmarc@us.example>\r\n");
	assert_string_equal(b.server.rcpts, "RCPT TO:<agg@a.example>\r\n");
	mail_has(&b, "From: dmarc@us.example\nTo: agg@a.example\n");
	mail_has(&b, arena_printf(a,
			 "Subject: Report Domain: a.example\n Submitter: "
			 "us.example\n Report-ID: <%.*s>\n",
			 SPAN_FMT(d.id)));
	mail_has(&b, "Date: Sat, 05 Oct 2024 00:16:40 +0000\n");
	mail_has(&b, arena_printf(a,
			 "filename=\"us.example!a.example!1728000000!"
			 "1728086399!%.*s.xml.gz\"",
			 SPAN_FMT(d.id)));
	mail_has(&b, "4 messages in 2 rows");
	xml = mail_xml(&b);
	assert_string_equal(xml,
	    arena_printf(a,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<feedback xmlns=\"urn:ietf:params:xml:ns:dmarc-2.0\">\n"
		"<version>1.0</version>\n<report_metadata><org_name>We &amp; "
		"Co</org_name><email>dmarc@us.example</email>"
		"<extra_contact_info>https://us.example/&lt;dmarc&gt;"
		"</extra_contact_info><report_id>%.*s</report_id>"
		"<date_range><begin>1728000000</begin><end>1728086399</end>"
		"</date_range><generator>verdict-milter " PACKAGE_VERSION
		"</generator></report_metadata>\n<policy_published><domain>"
		"a.example</domain><p>reject</p></policy_published>\n"
		"<record><row><source_ip>192.0.2.1</source_ip><count>3</count>" REST(
		    "x") "</record>\n<record><row><source_ip>2001:db8::1"
			 "</source_ip><count>1</count>" REST(
			     "y") "</record>\n"
				  "</feedback>\n",
		SPAN_FMT(d.id)));
	bench_end(&b);
	arena_free(&a);
}

static void
test_dry(void **state)
{
	struct bench b;

	(void)state;
	bench_begin(&b);
	b.sender.dry = true;
	bench_due(&b, RUA);
	assert_true(report_send_next(&b.sender, -1, SPAN(""), 1));
	assert_string_equal(b.seen, "agg@a.example being sent\n");
	assert_int_equal(b.server.mails, 0);
	bench_lists(&b, "0 a.example agg@a.example waiting rows=1 messages=3 "
			"omitted=0\n");
	bench_end(&b);
}

/* ---- what becomes of it ---------------------------------------------------------------------- */

static void
test_fates(void **state)
{
	static const struct {
		const char *label, *rua;
		const char *rcpt, *data, *dot; /* NULL: hangs up */
		enum delivery_state want;
		unsigned mails;
	} cases[] = {
		{ "taken", RUA, "250 ok", "354 go", "250 ok", DELIVERY_SENT,
		    1 },
		{ "not now", RUA, "450 later", "354 go", "250 ok",
		    DELIVERY_WAITING, 0 },
		{ "never", RUA, "550 no", "354 go", "250 ok", DELIVERY_REFUSED,
		    0 },
		{ "never, at DATA", RUA, "250 ok", "554 no", "250 ok",
		    DELIVERY_REFUSED, 0 },
		{ "not now, at the end", RUA, "250 ok", "354 go", "451 later",
		    DELIVERY_WAITING, 1 },
		{ "never, at the end", RUA, "250 ok", "354 go", "554 no",
		    DELIVERY_REFUSED, 1 },
		{ "hangs up before the end", RUA, "250 ok", NULL, "250 ok",
		    DELIVERY_WAITING, 0 },
		{ "hangs up behind the end", RUA, "250 ok", "354 go", NULL,
		    DELIVERY_DOUBTFUL, 1 },
		{ "a stranger's address", "mailto:x@victim.example", "250 ok",
		    "354 go", "250 ok", DELIVERY_UNWANTED, 0 },
		{ "a stranger who can't be asked", "mailto:x@late.example",
		    "250 ok", "354 go", "250 ok", DELIVERY_WAITING, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct arena *a = arena_new();
		struct report_delivery d;
		struct bench b;

		bench_begin(&b);
		(void)dns_zone_rcode(b.zone,
		    SPAN("a.example._report._dmarc.late.example"),
		    SPAN("SERVFAIL"));
		bench_due(&b, cases[i].rua);
		b.server.rcpt = cases[i].rcpt;
		b.server.data = cases[i].data;
		b.server.dot = cases[i].dot;
		assert_true(report_send_next(&b.sender, -1, SPAN(""), 1));
		if (strstr(b.seen, delivery_state_names[cases[i].want]) == NULL)
			table_fail(cases[i].label, "state: %s", b.seen);
		table_number(
		    cases[i].label, "mails", b.server.mails, cases[i].mails);
		/* What is over is not tried again; what waits, later. */
		table_number(cases[i].label, "due again at once",
		    report_file_next(
			b.file, -1, SPAN(""), b.time.unix_s, a, &d),
		    false);
		table_number(cases[i].label, "due again later",
		    report_file_next(
			b.file, -1, SPAN(""), b.time.unix_s + 7200, a, &d),
		    cases[i].want == DELIVERY_WAITING);
		bench_end(&b);
		arena_free(&a);
	}
	table_end();
}

static void
test_given_up(void **state)
{
	struct bench b;
	unsigned tries = 0;

	(void)state;
	bench_begin(&b);
	bench_due(&b, RUA);
	b.server.rcpt = "450 later";
	while (report_send_next(&b.sender, -1, SPAN(""), b.time.unix_s)) {
		assert_true(++tries <= REPORT_TRIES_MAX);
		b.time.unix_s += 14400;
	}
	assert_int_equal(tries, REPORT_TRIES_MAX);
	bench_lists(&b, "0 a.example agg@a.example given up rows=1 messages=3 "
			"omitted=0\n");
	/* Until somebody says so. */
	b.server.rcpt = "250 ok";
	assert_true(report_file_again(
	    b.file, DAY, SPAN("other.example"), b.time.unix_s));
	assert_false(report_send_next(&b.sender, -1, SPAN(""), INT64_MAX));
	assert_true(
	    report_file_again(b.file, DAY, SPAN("a.example"), b.time.unix_s));
	assert_true(report_send_next(&b.sender, -1, SPAN(""), b.time.unix_s));
	assert_int_equal(b.server.mails, 1);
	bench_end(&b);
}

/* Two addresses are two mails; one given twice is one. */
static void
test_addresses(void **state)
{
	struct bench b;

	(void)state;
	bench_begin(&b);
	bench_due(&b, RUA ",mailto:b@a.example,mailto:agg%40a.example," RUA);
	while (report_send_next(&b.sender, -1, SPAN(""), INT64_MAX))
		continue;
	assert_string_equal(b.seen, "agg@a.example sent\nb@a.example sent\n");
	bench_end(&b);
}

/* Died between the end of the mail and the answer: nobody knows. */
static void
test_crash(void **state)
{
	struct arena *a = arena_new();
	struct report_delivery d;
	struct bench b;
	uint64_t count;

	(void)state;
	bench_begin(&b);
	bench_due(&b, RUA);
	assert_true(report_file_next(b.file, -1, SPAN(""), INT64_MAX, a, &d));
	assert_true(report_file_claim(b.file, &d, b.time.unix_s));
	/* Somebody else who has it in hand, too. */
	assert_false(report_file_claim(b.file, &d, b.time.unix_s));
	report_file_close(&b.file);
	bench_open(&b);
	assert_false(report_send_next(&b.sender, -1, SPAN(""), INT64_MAX));
	/* As long as it may still be sent by another it is left alone. */
	assert_true(report_file_doubt(b.file, b.time.unix_s + 60, &count));
	assert_int_equal(count, 0);
	assert_true(report_file_doubt(b.file, b.time.unix_s + 3600, &count));
	assert_int_equal(count, 1);
	assert_false(report_send_next(&b.sender, -1, SPAN(""), INT64_MAX));
	assert_int_equal(b.server.mails, 0);
	bench_lists(&b, "0 a.example agg@a.example in doubt rows=1 messages=3 "
			"omitted=0\n");
	bench_end(&b);
	arena_free(&a);
}

/* ---- other hosts -------------------------------------------------------------------------------- */

static void
test_merge(void **state)
{
	struct bench b, other;
	char why[SQLITE_WHY_MAX] = "";
	FILE *junk;

	(void)state;
	bench_begin(&b);
	bench_begin(&other);
	bench_add(&b, DAY, "a.example", RUA, "192.0.2.1", REST("x"), 3);
	bench_add(&other, DAY, "c.example", "mailto:x@c.example", "192.0.2.9",
	    REST("z"), 1);
	bench_add(&other, DAY, "a.example", RUA, "192.0.2.1", REST("x"), 4);
	bench_add(&other, DAY, "a.example", RUA, "192.0.2.2", REST("x"), 1);
	bench_add(&other, DAY + 1, "a.example", RUA, "192.0.2.2", REST("x"), 9);
	/* As often as it is: the other's rows are the other's. */
	for (int i = 0; i < 3; i++)
		if (!report_file_merge(b.file, other.path, DAY, false, why))
			fail_msg("%s", why);
	bench_add(&other, DAY, "a.example", RUA, "192.0.2.2", REST("x"), 1);
	assert_true(report_file_merge(b.file, other.path, DAY, false, why));
	assert_false(report_file_merge(b.file, b.path, DAY, false, why));
	assert_non_null(strstr(why, "own file"));
	assert_false(report_file_merge(b.file, "/dev/null", DAY, false, why));
	junk = fopen(arena_printf(b.arena, "%s/junk", b.directory), "w");
	(void)fputs("no database", junk);
	(void)fclose(junk);
	assert_false(report_file_merge(
	    b.file, arena_printf(b.arena, "%s/junk", b.directory), DAY,
	    false, why));
	(void)unlink(arena_printf(b.arena, "%s/junk", b.directory));
	assert_false(report_file_made(b.file, DAY));
	assert_true(report_file_make(b.file, DAY, 0, 0));
	assert_true(report_file_made(b.file, DAY));
	bench_lists(&b,
	    "0 a.example agg@a.example waiting rows=2 messages=9 omitted=0\n"
	    "0 c.example x@c.example waiting rows=1 messages=1 omitted=0\n");
	bench_rows(
	    &b, "192.0.2.1 7 " REST("x") "\n192.0.2.2 2 " REST("x") "\n");
	assert_false(report_file_merge(b.file, other.path, DAY, false, why));
	assert_non_null(strstr(why, "made already"));
	bench_end(&other);
	bench_end(&b);
}

/* A file of all hosts takes the place of what was counted here and merged, on
 * its day. */
static void
test_merge_all(void **state)
{
	struct bench b, all;
	char why[SQLITE_WHY_MAX] = "";

	(void)state;
	bench_begin(&b);
	bench_begin(&all);
	bench_add(&b, DAY, "a.example", RUA, "192.0.2.1", REST("x"), 3);
	bench_add(&b, DAY, "gone.example", "mailto:x@gone.example", "192.0.2.1",
	    REST("x"), 1);
	bench_add(&b, DAY + 1, "a.example", RUA, "192.0.2.1", REST("x"), 2);
	bench_add(&all, DAY, "a.example", RUA, "192.0.2.1", REST("x"), 5);
	for (int i = 0; i < 2; i++)
		if (!report_file_merge(b.file, all.path, DAY, true, why))
			fail_msg("%s", why);
	assert_true(report_file_make(b.file, DAY, 0, 0));
	assert_true(report_file_make(b.file, DAY + 1, 0, 0));
	bench_lists(&b,
	    "0 a.example agg@a.example waiting rows=1 messages=5 omitted=0\n"
	    "1 a.example agg@a.example waiting rows=1 messages=2 omitted=0\n");
	bench_end(&all);
	bench_end(&b);
}

/* What is carried as texts is the same row again, or none. */
static void
test_parts(void **state)
{
	static const struct {
		const char *label;
		size_t part;
		const char *text;
	} wrong[] = {
		{ "no domain", 0, "" },
		{ "nobody wants it", 2, "" },
		{ "no address", 4, "192.0.2" },
		{ "an address that is too long", 4,
		    "2001:db8:0000:0000:0000:0000:0000:0000:0000:0000:0000" },
	};
	struct span part[REPORT_ROW_PARTS] = { SPAN("a.example"),
		SPAN("<p>none</p>"), SPAN(RUA), SPAN(""), SPAN("192.0.2.1"),
		SPAN("</count>") };
	struct span again[REPORT_ROW_PARTS];
	struct report_row *r = report_row_of(part);

	(void)state;
	assert_non_null(r);
	report_row_parts(r, again);
	for (size_t i = 0; i < REPORT_ROW_PARTS; i++)
		assert_true(span_eq(part[i], again[i]));
	report_row_free(&r);
	for (size_t i = 0; i < ARRAY_COUNT(wrong); i++) {
		struct span kept = part[wrong[i].part];

		part[wrong[i].part] = span_of(wrong[i].text);
		r = report_row_of(part);
		if (r != NULL)
			fail_msg("%s: a row", wrong[i].label);
		part[wrong[i].part] = kept;
	}
}

/* ---- the file --------------------------------------------------------------------------------------- */

/* A file of a program to come is kept, and not written to. */
static void
test_later_version(void **state)
{
	char why[SQLITE_WHY_MAX] = "";
	struct bench b;
	bool renewed;

	(void)state;
	bench_begin(&b);
	assert_true(
	    sqlite_exec(report_file_db(b.file), "PRAGMA user_version=2"));
	report_file_close(&b.file);
	b.file = report_file_open(b.path, 7, false, &renewed, why);
	assert_non_null(b.file);
	assert_true(renewed);
	assert_int_equal(
	    unlink(arena_printf(b.arena, "%s.other-7", b.path)), 0);
	bench_end(&b);
}

/* ---- the book ---------------------------------------------------------------------------------------- */

static void
book_alert(void *ctx, const char *key, const char *text)
{
	char *alerts = ctx;

	assert_string_equal(key, "report.db");
	(void)strncat(alerts, text, 500);
	(void)strcat(alerts, "\n");
}

/* A place that can't be written: told once; nothing waits, nothing grows. */
static void
test_book_without_place(void **state)
{
	char alerts[4000] = "";
	const struct report_book_options o = { .path = "/nowhere/report.db",
		.clock = clock_system,
		.alert = book_alert,
		.ctx = alerts,
		.gather_ms = 1,
		.retry_ms = -1 };
	struct report_book *book = report_book_new(&o);

	(void)state;
	report_book_add(NULL, NULL, NULL, 0);
	report_book_free(&book);
	assert_true(
	    strstr(alerts, "can't be written") != NULL &&
	    strstr(strstr(alerts, "can't be written") + 1, "can't be") == NULL);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_counting),
	cmocka_unit_test(test_bounds),
	cmocka_unit_test(test_policies),
	cmocka_unit_test(test_expiry),
	cmocka_unit_test(test_spread),
	cmocka_unit_test(test_mail),
	cmocka_unit_test(test_dry),
	cmocka_unit_test(test_fates),
	cmocka_unit_test(test_given_up),
	cmocka_unit_test(test_addresses),
	cmocka_unit_test(test_crash),
	cmocka_unit_test(test_merge),
		cmocka_unit_test(test_merge_all),
		cmocka_unit_test(test_parts),
	cmocka_unit_test(test_later_version),
	cmocka_unit_test(test_book_without_place),
};

TABLE_MAIN(tests)
