/*
 * What the journal costs: processor time (of all threads) and write calls a
 * decision, as the difference between judging the same message with a journal
 * and without, and as a share of judging; then how long `verdict history
 * --rule` looks for a rule that decided nothing, for a million decisions.
 *
 *   make tests/bench/journal_bench && tests/bench/journal_bench [DECISIONS]
 *
 * DNS is canned, so that nothing else waits. The file lies in TMPDIR.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "policy/case/case.h"
#include "policy/journal/journal.h"
#include "policy/journal/journal_read.h"
#include "policy/judge/judge.h"
#include "policy/load/snapshot_load.h"
#include "policy/message/decision_id.h"
#include "policy/store/store.h"
#include "rules/base/panic.h"
#include "rules/source/diag.h"

#define DECISIONS 50000
#define ROUNDS    3

struct bench {
	struct clock_fixed time;
	struct services judge;
	struct snapshot *snapshot;
	struct journal *journal; /* NULL: none is kept */
};

static double
clock_s(clockid_t clock)
{
	struct timespec t;

	(void)clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static unsigned long
write_calls(void)
{
	FILE *f = fopen("/proc/self/io", "r");
	unsigned long calls = 0;
	char line[100];

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		(void)sscanf(line, "syscw: %lu", &calls);
	if (f != NULL)
		(void)fclose(f);
	return calls;
}

static void
bench_judged(void *ctx, struct message *m, const struct verdict *v, size_t rcpt)
{
	struct bench *b = ctx;

	journal_add(b->journal, m, v, rcpt, 7);
}

static void
bench_mail(struct bench *b, unsigned i)
{
	struct session *s = session_new(&b->judge, b->snapshot);
	const struct mail_parameters p = {
		.reverse_path = SPAN("bounce@news.example"),
	};
	char queue[32];
	struct verdict v;
	struct ip ip;

	(void)snprintf(queue, sizeof(queue), "4Q%08X", i);
	INVARIANT(ip_parse(SPAN("192.0.2.7"), &ip));
	session_connect(
	    s, ip, 4711, SPAN("mx.news.example"), SPAN(""), SPAN("mx.example"));
	session_helo(s, SPAN("mx.news.example"), NULL);
	session_mail(s, &p, NULL, &v);
	session_rcpt(s, SPAN("bob@here.example"), false, span_of(queue), &v);
	session_header(s, SPAN("From"), SPAN(" News <news@news.example>"));
	session_header(s, SPAN("To"), SPAN(" bob@here.example"));
	session_header(s, SPAN("Subject"), SPAN(" What is new this week"));
	session_header(
	    s, SPAN("Date"), SPAN(" Mon, 1 Jan 2024 10:00:00 +0000"));
	session_header(s, SPAN("Message-ID"), SPAN(" <1.2@news.example>"));
	session_header(s, SPAN("List-Id"), SPAN(" <news.news.example>"));
	session_header(
	    s, SPAN("Content-Type"), SPAN(" text/html; charset=utf-8"));
	session_eoh(s, span_of(queue), &v);
	session_body(
	    s, SPAN("<p>Dear Bob, <a href=\"http://www.news.example/a\">"
		    "this</a> and <a href=\"http://www.news.example/b\">"
		    "that</a> and <a href=\"https://shop.example/?x=1\">"
		    "more</a></p>\r\n"));
	session_eom(s, span_of(queue), &v);
	session_free(&s);
}

static void
bench_begin(struct bench *b)
{
	const struct snapshot_source source = { .config_text = SPAN("") };
	struct dns_zone *zone = dns_zone_new();
	struct diags diags;

	diags_init(&diags, arena_new());
	*b = (struct bench){ .time = { .unix_s = CASE_TIME_DEFAULT } };
	dns_zone_txt(
	    zone, SPAN("news.example"), SPAN("v=spf1 ip4:192.0.2.0/24 -all"));
	dns_zone_txt(
	    zone, SPAN("_dmarc.news.example"), SPAN("v=DMARC1; p=reject"));
	b->judge.clock = clock_of_fixed(&b->time);
	b->judge.resolver = resolver_zone(zone);
	b->judge.ids = decision_ids_new(SPAN("mx.example"), 0);
	b->judge.hostname = "mx.example";
	b->judge.store = store_memory();
	b->judge.judged = bench_judged;
	b->judge.ctx = b;
	b->snapshot = snapshot_load(&source, &diags);
	INVARIANT(b->snapshot != NULL);
}

struct cost {
	double cpu_ms;
	double path_ms; /* of these in the thread that judges */
	double writes;
};

/* As fast as the journal takes them, so that none is dropped. */
static struct cost
bench_run(struct bench *b, unsigned count)
{
	double cpu = clock_s(CLOCK_PROCESS_CPUTIME_ID);
	double path = clock_s(CLOCK_THREAD_CPUTIME_ID);
	unsigned long writes = write_calls();

	for (unsigned i = 0; i < count; i++) {
		bench_mail(b, i);
		if (b->journal != NULL && i % 2000 == 1999)
			journal_flush_join(b->journal);
	}
	if (b->journal != NULL)
		journal_flush_join(b->journal);
	return (struct cost){
		(clock_s(CLOCK_PROCESS_CPUTIME_ID) - cpu) * 1000 / count,
		(clock_s(CLOCK_THREAD_CPUTIME_ID) - path) * 1000 / count,
		(double)(write_calls() - writes) / count
	};
}

static bool
nothing_found(void *ctx, const struct journal_row *row)
{
	(void)row;
	++*(unsigned long *)ctx;
	return true;
}

static void
bench_history(const char *path, unsigned count)
{
	const struct journal_query q = {
		.newest_first = true,
		.rule = SPAN("no-such-rule"),
	};
	char why[SQLITE_WHY_MAX];
	struct journal_reader *r = journal_reader_open(path, why);
	unsigned long found = 0;
	double begin, cpu;

	INVARIANT(r != NULL);
	begin = clock_s(CLOCK_MONOTONIC);
	cpu = clock_s(CLOCK_PROCESS_CPUTIME_ID);
	INVARIANT(journal_each(r, &q, nothing_found, &found));
	(void)printf("history --rule: %.0f ms for a million decisions, %.0f ms "
		     "of them CPU (%lu rows of %u shown)\n",
	    (clock_s(CLOCK_MONOTONIC) - begin) * 1e9 / count, (clock_s(CLOCK_PROCESS_CPUTIME_ID) - cpu) * 1e9 / count,
	    found, count);
	journal_reader_close(&r);
}

int
main(int argc, char **argv)
{
	unsigned count = argc > 1 ? (unsigned)atoi(argv[1]) : DECISIONS;
	char directory[] = "/tmp/journal_bench.XXXXXX", path[64], line[80];
	struct bench b;
	struct journal_options o = { .path = path,
		.queue_max = 100000,
		.queue_octets = (size_t)1 << 30 };

	INVARIANT(mkdtemp(directory) != NULL);
	(void)snprintf(path, sizeof(path), "%s/journal.db", directory);
	bench_begin(&b);
	o.clock = clock_of_fixed(&b.time);
	(void)bench_run(&b, count / 10);
	for (int i = 0; i < ROUNDS; i++) {
		struct cost without = bench_run(&b, count), with;

		b.journal = journal_new(&o);
		with = bench_run(&b, count);
		journal_free(&b.journal);
		(void)printf("judging %.4f ms, with a journal %.4f ms: the "
			     "journal %.4f ms (%.0f %%), %.4f of them in the "
			     "message's path, %.2f writes\n",
		    without.cpu_ms, with.cpu_ms, with.cpu_ms - without.cpu_ms,
		    100 * (with.cpu_ms - without.cpu_ms) / without.cpu_ms,
		    with.path_ms - without.path_ms, with.writes);
	}
	bench_history(path, ROUNDS * count);
	(void)snprintf(
	    line, sizeof(line), "ls -l %s; rm -r %s", directory, directory);
	return system(line) == 0 ? 0 : 1;
}
