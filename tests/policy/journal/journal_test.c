/*
 * The journal: what is written can be read back, what is private is not
 * written, the file stays within its bounds, and nothing that goes wrong with
 * it holds anybody up.
 */
#include "config.h"

#include "policy/load/snapshot_load.h"
#include "policy/message/decision_id.h"
#include "tests/kit/table.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/base/sqlite_schema.h"
#include "policy/case/case.h"
#include "policy/journal/journal.h"
#include "policy/journal/journal_entry.h"
#include "policy/journal/journal_read.h"
#include "rules/source/diag.h"
#include "tests/kit/snapshot_kit.h"

#define RULES                                                                \
	"verdict junk at 6\n"                                                \
	"rule pills when body ~ /secret pills/ then score 2\n"               \
	"rule forged when spf = fail then reject \"spf %{sender.domain}\"\n" \
	"rule postmaster when rcpt.local = \"nobody\" then reject\n"

struct bench {
	struct arena *arena;
	char directory[64];
	const char *path;
	struct clock_fixed time;
	struct journal *journal;
	char alerts[2000];
	char keys[500]; /* of the same */
	struct services judge;
	struct dns_zone *zone;
	struct snapshot *snapshot;
	const char *client;  /* NULL: 192.0.2.7 */
	struct sqlite *lock; /* another handle that has it */
	char id[24];
};

/* One line more, as far as there is room. */
static void
bench_note(char *lines, size_t size, const char *text)
{
	size_t n = strlen(lines);

	(void)snprintf(lines + n, size - n, "%s\n", text);
}

/* In the journal's thread, where nothing may be asserted. */
static void
bench_alert(void *ctx, const char *key, const char *text)
{
	struct bench *b = ctx;

	bench_note(b->keys, sizeof(b->keys), key);
	bench_note(b->alerts, sizeof(b->alerts), text);
}

static void
bench_judged(void *ctx, struct message *m, const struct verdict *v, size_t rcpt)
{
	struct bench *b = ctx;

	(void)strcpy(b->id, m->id);
	journal_add(b->journal, m, v, rcpt, 7);
}

static struct snapshot *
bench_snapshot(struct bench *b, const char *config, const char *rules)
{
	const struct snapshot_source source = {
		.config_text = span_of(config),
		.rules_text = span_of(rules),
	};
	struct snapshot *s;

	s = snapshot_kit(&source, b->arena);
	return s;
}

static void
bench_begin(struct bench *b, const char *config)
{
	*b = (struct bench){ .arena = arena_new() };
	(void)strcpy(b->directory, "journal_test.XXXXXX");
	assert_non_null(mkdtemp(b->directory));
	b->path = arena_printf(b->arena, "%s/journal.db", b->directory);
	b->time.unix_s = CASE_TIME_DEFAULT;
	b->zone = dns_zone_new();
	dns_zone_txt(b->zone, SPAN("good.example"), SPAN("v=spf1 +all"));
	dns_zone_txt(b->zone, SPAN("bad.example"), SPAN("v=spf1 -all"));
	b->judge.clock = clock_of_fixed(&b->time);
	b->judge.resolver = resolver_zone(b->zone);
	b->judge.ids = decision_ids_new(SPAN("mx.example"), 0);
	b->judge.hostname = "mx.example";
	b->judge.judged = bench_judged;
	b->judge.ctx = b;
	b->snapshot = bench_snapshot(b, config, RULES);
}

static struct journal_options
bench_options(struct bench *b)
{
	return (struct journal_options){
		.path = b->path,
		.clock = clock_of_fixed(&b->time),
		.alert = bench_alert,
		.ctx = b,
		.keep_s = b->snapshot->config.journal_keep.ms / 1000,
		.size = b->snapshot->config.journal_size.octets,
		.gather_ms = 1,
		.retry_ms = -1,
		.expire_ms = -1,
	};
}

static void
bench_open(struct bench *b)
{
	struct journal_options o = bench_options(b);

	b->journal = journal_new(&o);
}

static void
bench_end(struct bench *b)
{
	char command[128];

	journal_free(&b->journal);
	snapshot_unref(&b->snapshot);
	resolver_free(&b->judge.resolver);
	dns_zone_free(&b->zone);
	decision_ids_free(&b->judge.ids);
	(void)snprintf(command, sizeof(command), "rm -rf %s", b->directory);
	assert_int_equal(system(command), 0);
	arena_free(&b->arena);
}

/* One message; its recipients are separated by spaces. */
static void
bench_mail(struct bench *b, const char *sender, const char *rcpts)
{
	struct session *s = session_new(&b->judge, b->snapshot);
	const struct mail_parameters p = { .reverse_path = span_of(sender) };
	struct span rest = span_of(rcpts), rcpt;
	struct verdict v;
	bool left = false;
	struct ip ip;

	assert_true(ip_parse(
	    span_of(b->client == NULL ? "192.0.2.7" : b->client), &ip));
	session_connect(
	    s, ip, 4711, SPAN("client.example"), SPAN(""), SPAN("mx.example"));
	session_helo(s, SPAN("client.example"), NULL);
	session_mail(s, &p, NULL, &v);
	while (span_cut(&rest, ' ', &rcpt)) {
		session_rcpt(s, rcpt, false, SPAN("4QUEUE"), &v);
		left = left || v.action == OUTCOME_ACCEPT;
	}
	if (!left) {
		session_free(&s);
		return;
	}
	session_header(s, SPAN("From"), SPAN(" Ann <ann@good.example>"));
	session_header(s, SPAN("Subject"), SPAN(" minutes of the meeting"));
	session_eoh(s, SPAN("4QUEUE"), &v);
	session_body(s, SPAN("these are secret pills\r\n"
			     "http://links.example/?for=ann\r\n"));
	session_eom(s, SPAN("4QUEUE"), &v);
	session_free(&s);
}

/* ---- reading back ------------------------------------------------------------ */

struct reading {
	struct arena *arena;
	size_t count;
	const char *text;   /* "id sender>rcpt verdict rule" of each */
	const char *record; /* of the last */
	const char *auth;   /* of each, a line */
};

static bool
reading_row(void *ctx, const struct journal_row *row)
{
	struct reading *r = ctx;

	r->count++;
	r->text = arena_printf(r->arena, "%s%.*s>%.*s %.*s %.*s\n",
	    r->text == NULL ? "" : r->text, SPAN_FMT(row->sender),
	    SPAN_FMT(row->rcpt), SPAN_FMT(row->verdict), SPAN_FMT(row->rule));
	r->record = arena_strdup(r->arena, row->record);
	r->auth = arena_printf(r->arena, "%s%.*s\n",
	    r->auth == NULL ? "" : r->auth, SPAN_FMT(row->auth));
	return true;
}

static struct reading
bench_read(struct bench *b)
{
	const struct journal_query all = { .records = true };
	struct reading r = { .arena = b->arena };
	char why[SQLITE_WHY_MAX];
	struct journal_reader *reader;

	if (b->journal != NULL)
		journal_flush_join(b->journal);
	reader = journal_reader_open(b->path, why);
	if (reader == NULL)
		return r;
	assert_true(journal_each(reader, &all, reading_row, &r));
	journal_reader_close(&reader);
	return r;
}

static void
test_write_and_read(void **state)
{
	struct bench b;
	struct reading r;

	(void)state;
	bench_begin(&b, "");
	bench_open(&b);
	bench_mail(&b, "ann@good.example", "bob@here.example eve@here.example");
	bench_mail(&b, "x@bad.example", "bob@here.example");
	bench_mail(
	    &b, "ann@good.example", "nobody@here.example bob@here.example");
	r = bench_read(&b);
	assert_string_equal(r.text,
	    "ann@good.example>bob@here.example\neve@here.example accept \n"
	    "x@bad.example>bob@here.example reject forged\n"
	    "ann@good.example>nobody@here.example reject postmaster\n"
	    "ann@good.example>bob@here.example accept \n");
	bench_end(&b);
}

#define HAS(text, piece)                                      \
	do {                                                  \
		if (strstr(text, piece) == NULL)              \
			fail_msg("no %s in %s", piece, text); \
	} while (0)
#define HAS_NOT(text, piece)                               \
	do {                                               \
		if (strstr(text, piece) != NULL)           \
			fail_msg("%s in %s", piece, text); \
	} while (0)

static void
test_record(void **state)
{
	struct bench b;
	struct reading r;

	(void)state;
	bench_begin(&b, "");
	bench_open(&b);
	bench_mail(&b, "ann@good.example", "bob@here.example");
	r = bench_read(&b);
	HAS(r.record, "\"good.example\":{\"TXT\":[\"v=spf1 +all\"]");
	HAS(r.record, "\"spf\":\"pass\"");
	HAS(r.record, "\"subject\":\"minutes of the meeting\"");
	HAS(r.record, "\"rcpt\":[\"bob@here.example\"]");
	HAS(r.record, "\"queue\":\"4QUEUE\"");
	HAS(r.record, "{\"name\":\"pills\",\"action\":\"score\",\"score\":2}");
	HAS(r.record, "\"ms\":7");
	HAS(r.record, "\"_dmarc.good.example\":{\"_rcode\":\"NXDOMAIN\"}");
	HAS(r.record, "\"left_out\":[");
	/* No text of the body, not even as evidence. */
	HAS_NOT(r.record, "secret");
	bench_end(&b);
}

static void
test_hashed(void **state)
{
	struct bench b;
	struct reading r;
	uint8_t secret[32];
	const char *why;
	struct span want;

	(void)state;
	bench_begin(&b, "journal.addresses hashed\n");
	bench_open(&b);
	bench_mail(&b, "ann@good.example", "bob@here.example");
	r = bench_read(&b);
	HAS_NOT(r.text, "ann@");
	HAS_NOT(r.record, "ann");
	HAS_NOT(r.record, "bob");
	HAS_NOT(r.record, "minutes");
	HAS(r.record, "\"sender.domain\":\"good.example\"");
	assert_true(journal_secret_read(b.path, secret, &why));
	want = journal_address(SPAN("Ann@good.example"), secret, b.arena);
	HAS(r.text, want.p);
	bench_end(&b);
}

static void
test_off(void **state)
{
	struct bench b;
	struct journal_stats stats;

	(void)state;
	bench_begin(&b, "journal off\n");
	bench_open(&b);
	bench_mail(&b, "ann@good.example", "bob@here.example");
	assert_int_equal(bench_read(&b).count, 0);
	journal_stats(b.journal, &stats);
	assert_int_equal(stats.added, 0);
	journal_add(NULL, NULL, NULL, 0, 0);
	bench_end(&b);
}

/* ---- bounds -------------------------------------------------------------------- */

static void
test_age(void **state)
{
	struct bench b;

	(void)state;
	bench_begin(&b, "journal.keep 2h\n");
	bench_open(&b);
	for (int i = 0; i < 700; i++)
		bench_mail(&b, "ann@good.example", "bob@here.example");
	assert_int_equal(bench_read(&b).count, 700);
	b.time.unix_s += 7201;
	b.time.monotonic_ms += 7201 * 1000;
	bench_mail(&b, "new@good.example", "bob@here.example");
	for (int i = 0; i < 100 && bench_read(&b).count > 1; i++)
		continue;
	assert_string_equal(
	    bench_read(&b).text, "new@good.example>bob@here.example accept \n");
	bench_end(&b);
}

/*
 * A clock that is set by 40 days and back deletes nothing, and what was decided
 * meanwhile is of today once it is right.
 */
static void
test_clock_jumps(void **state)
{
	static const int64_t jump_s[] = { 40 * 86400, -40 * 86400 };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(jump_s); i++) {
		struct bench b;

		bench_begin(&b, "journal.keep 2h\n");
		bench_open(&b);
		for (int k = 0; k < 10; k++)
			bench_mail(&b, "ann@good.example", "bob@here.example");
		assert_int_equal(bench_read(&b).count, 10);
		b.time.unix_s += jump_s[i];
		for (int k = 0; k < 5; k++)
			bench_mail(&b, "new@good.example", "bob@here.example");
		for (int k = 0; k < 20; k++)
			journal_flush_join(b.journal);
		assert_int_equal(bench_read(&b).count, 15);
		b.time.unix_s -= jump_s[i] - 90;
		b.time.monotonic_ms += 90 * 1000;
		bench_mail(&b, "new@good.example", "bob@here.example");
		for (int k = 0; k < 20; k++)
			journal_flush_join(b.journal);
		assert_int_equal(bench_read(&b).count, 16);
		/* None of them stays for longer, or less long. */
		b.time.unix_s += 7000;
		b.time.monotonic_ms += 7000 * 1000;
		for (int k = 0; k < 20; k++)
			journal_flush_join(b.journal);
		assert_int_equal(bench_read(&b).count, 16);
		b.time.unix_s += 300;
		b.time.monotonic_ms += 300 * 1000;
		bench_mail(&b, "last@good.example", "bob@here.example");
		for (int k = 0; k < 100 && bench_read(&b).count > 1; k++)
			continue;
		assert_int_equal(bench_read(&b).count, 1);
		bench_end(&b);
	}
}

static int64_t
bench_number(struct bench *b, const char *sql)
{
	char why[SQLITE_WHY_MAX];
	struct sqlite *db = sqlite_open(b->path, SQLITE_FOR_READING, why);
	int64_t number;

	assert_non_null(db);
	number = sqlite_number(db, sql);
	sqlite_close(&db);
	return number;
}

/* What the file takes, or will when its log has been written back. */
static int64_t
bench_octets(struct bench *b)
{
	return bench_number(b, "PRAGMA page_count") *
	       bench_number(b, "PRAGMA page_size");
}

/* However fast decisions come, the file stays near its bound. */
static void
test_size(void **state)
{
	struct bench b;

	(void)state;
	bench_begin(&b, "journal.size 1M\n");
	bench_open(&b);
	for (int i = 0; i < 4000; i++)
		bench_mail(&b, "ann@good.example", "bob@here.example");
	journal_flush_join(b.journal);
	assert_in_range(bench_octets(&b), 1, 3 << 20);
	for (int i = 0; i < 100 && bench_read(&b).count > 500; i++)
		continue;
	assert_in_range(bench_read(&b).count, 1, 500);
	bench_end(&b);
}

/* Nobody sends mail: what is too old goes, and a new bound holds. */
static void
test_idle(void **state)
{
	struct bench b;

	(void)state;
	bench_begin(&b, "journal.keep 2h\n");
	bench_open(&b);
	for (int i = 0; i < 2000; i++)
		bench_mail(&b, "ann@good.example", "bob@here.example");
	assert_int_equal(bench_read(&b).count, 2000);
	assert_true(bench_octets(&b) > 3 << 20);
	journal_bounds(b.journal, 7200, 1 << 20);
	for (int i = 0; i < 200 && bench_octets(&b) > 5 << 19; i++)
		journal_flush_join(b.journal);
	assert_in_range(bench_octets(&b), 1, 5 << 19);
	assert_in_range(bench_read(&b).count, 1, 500);
	b.time.unix_s += 7201;
	b.time.monotonic_ms += 7201 * 1000;
	for (int i = 0; i < 100 && bench_read(&b).count > 0; i++)
		continue;
	assert_int_equal(bench_read(&b).count, 0);
	bench_end(&b);
}

static void
test_overflow(void **state)
{
	struct bench b;
	struct journal_options o;
	struct journal_stats stats;

	(void)state;
	bench_begin(&b, "");
	o = bench_options(&b);
	o.queue_max = 20; /* half of it for one network */
	o.gather_ms = 60000;
	b.journal = journal_new(&o);
	for (int i = 0; i < 50; i++)
		bench_mail(&b, "ann@good.example", "bob@here.example");
	assert_in_range(bench_read(&b).count, 10, 20);
	journal_stats(b.journal, &stats);
	assert_int_equal(stats.added, 50);
	assert_int_equal(stats.written + stats.dropped, 50);
	HAS(b.alerts, "can't keep up");
	bench_end(&b);
}

/* A flood from one network, while nothing can be written, costs decisions on
 * that network alone. */
static void
test_overflow_of_one(void **state)
{
	struct bench b;
	struct journal_options o;
	struct journal_stats stats;
	uint64_t dropped;

	(void)state;
	bench_begin(&b, "");
	o = bench_options(&b);
	o.path = "/nowhere/journal.db";
	o.queue_max = 40;
	b.journal = journal_new(&o);
	for (int i = 0; i < 100; i++) {
		b.client = i % 2 ? "203.0.113.1" : "203.0.113.200";
		bench_mail(&b, "ann@bad.example", "bob@here.example");
	}
	journal_stats(b.journal, &stats);
	assert_in_range(stats.dropped, 80, 100);
	for (int i = 0; i < 5; i++) {
		b.client = "192.0.2.7";
		bench_mail(&b, "ann@good.example", "bob@here.example");
		b.client = "198.51.100.7";
		bench_mail(&b, "eve@good.example", "bob@here.example");
	}
	dropped = stats.dropped;
	journal_stats(b.journal, &stats);
	assert_int_equal(stats.dropped, dropped);
	bench_end(&b);
}

/* ---- versions and rules ------------------------------------------------------ */

/* As version 0.1 made them. */
#define VERSION_1                                                             \
	"CREATE TABLE decision(seq INTEGER PRIMARY KEY, id TEXT NOT NULL,"    \
	" time INTEGER NOT NULL, queue TEXT, client TEXT, sender TEXT,"       \
	" author TEXT, rcpt TEXT, verdict TEXT, wanted TEXT, stage TEXT,"     \
	" score REAL, rule TEXT, rules TEXT, reply TEXT, snapshot TEXT);"     \
	"CREATE INDEX decision_id ON decision(id);"                           \
	"CREATE INDEX decision_time ON decision(time);"                       \
	"CREATE INDEX decision_snapshot ON decision(snapshot);"               \
	"CREATE TABLE record(seq INTEGER PRIMARY KEY, json TEXT NOT NULL);"   \
	"CREATE TABLE snapshot(name TEXT PRIMARY KEY, time INTEGER NOT NULL," \
	" json TEXT NOT NULL);"                                               \
	"PRAGMA journal_mode=WAL;PRAGMA user_version=1;"                      \
	"INSERT INTO snapshot VALUES('s1',1,'{\"rules\":\"old\"}');"          \
	"INSERT INTO decision VALUES(1,'OLD1',1700000000,'Q','192.0.2.1',"    \
	"'old@good.example','good.example','bob@here.example','accept',"      \
	"'accept','eom',2,'','pills\nother','','s1');"                        \
	"INSERT INTO record VALUES(1,'{\"id\":\"OLD1\"}');"                   \
	"INSERT INTO decision VALUES(2,'OLD2',1700000001,'Q','192.0.2.1',"    \
	"'x@bad.example','','bob@here.example','reject','reject','eom',0,"    \
	"'forged','forged','550 5.7.1 no','s1');"                             \
	"INSERT INTO record VALUES(2,'{\"id\":\"OLD2\"}')"

static void
bench_version_1(struct bench *b)
{
	char why[SQLITE_WHY_MAX];
	struct sqlite *db = sqlite_open(b->path, SQLITE_FOR_WRITING, why);

	assert_non_null(db);
	assert_true(sqlite_exec(db, VERSION_1));
	sqlite_close(&db);
}

static const char *
bench_by_rule(struct bench *b, const char *rule)
{
	const struct journal_query q = { .rule = span_of(rule) };
	struct reading r = { .arena = b->arena, .text = "" };
	char why[SQLITE_WHY_MAX];
	struct journal_reader *reader = journal_reader_open(b->path, why);

	assert_non_null(reader);
	assert_true(journal_each(reader, &q, reading_row, &r));
	journal_reader_close(&reader);
	return r.text;
}

#define OLD                                           \
	"old@good.example>bob@here.example accept \n" \
	"x@bad.example>bob@here.example reject forged\n"

/* The command may be newer than the daemon: it reads what it finds. */
static void
test_version_1_is_read(void **state)
{
	struct bench b;

	(void)state;
	bench_begin(&b, "");
	bench_version_1(&b);
	assert_string_equal(bench_read(&b).text, OLD);
	assert_string_equal(bench_by_rule(&b, "forged"),
	    "x@bad.example>bob@here.example reject forged\n");
	bench_end(&b);
}

static void
test_version_1_is_upgraded(void **state)
{
	struct bench b;
	struct reading r;

	(void)state;
	bench_begin(&b, "");
	bench_version_1(&b);
	/* What is there is not too old yet. */
	b.time.unix_s = 1700000100;
	bench_open(&b);
	bench_mail(&b, "ann@good.example", "bob@here.example");
	bench_mail(&b, "y@bad.example", "bob@here.example");
	r = bench_read(&b);
	assert_string_equal(r.text,
	    OLD "ann@good.example>bob@here.example accept \n"
		"y@bad.example>bob@here.example reject forged\n");
	/* Rows of before have none. */
	assert_string_equal(r.auth, "\n\npass none none\nfail - -\n");
	assert_string_equal(bench_by_rule(&b, "pills"),
	    "old@good.example>bob@here.example accept \n"
	    "ann@good.example>bob@here.example accept \n");
	assert_string_equal(bench_by_rule(&b, "forged"),
	    "x@bad.example>bob@here.example reject forged\n"
	    "y@bad.example>bob@here.example reject forged\n");
	assert_string_equal(bench_by_rule(&b, "never"), "");
	assert_string_equal(b.alerts, "");
	/* What nobody uses any more goes, and what is used stays. */
	b.time.unix_s += 40 * 86400;
	b.time.monotonic_ms += INT64_C(40) * 86400 * 1000;
	bench_mail(&b, "new@good.example", "bob@here.example");
	for (int i = 0; i < 100 && bench_read(&b).count > 1; i++)
		continue;
	assert_string_equal(
	    bench_read(&b).text, "new@good.example>bob@here.example accept \n");
	assert_int_equal(bench_number(&b, "SELECT count(*) FROM snapshot"), 1);
	assert_int_equal(bench_number(&b, "SELECT count(*) FROM used"), 1);
	bench_end(&b);
}

/* ---- readers ----------------------------------------------------------------- */

struct slow {
	struct bench *b;
	size_t rows;
};

/* Somebody's pager stands still at the first row while mail goes on. */
static bool
slow_row(void *ctx, const struct journal_row *row)
{
	struct slow *slow = ctx;

	(void)row;
	if (slow->rows++ > 0)
		return true;
	for (int i = 0; i < 4000; i++) {
		bench_mail(slow->b, "ann@good.example", "bob@here.example");
		if (i % 200 == 0)
			journal_flush_join(slow->b->journal);
	}
	journal_flush_join(slow->b->journal);
	return true;
}

static void
test_slow_reader(void **state)
{
	const struct journal_query all = { .newest_first = true };
	struct bench b;
	struct slow slow = { .b = &b };
	char why[SQLITE_WHY_MAX];
	struct journal_reader *reader;
	struct stat st;

	(void)state;
	bench_begin(&b, "");
	bench_open(&b);
	for (int i = 0; i < 300; i++)
		bench_mail(&b, "ann@good.example", "bob@here.example");
	journal_flush_join(b.journal);
	reader = journal_reader_open(b.path, why);
	assert_non_null(reader);
	assert_true(journal_each(reader, &all, slow_row, &slow));
	/* What came meanwhile is newer than where the walk stood. */
	assert_int_equal(slow.rows, 300);
	assert_int_equal(stat(arena_printf(b.arena, "%s-wal", b.path), &st), 0);
	assert_in_range(st.st_size, 1, 10 << 20);
	journal_reader_close(&reader);
	bench_end(&b);
}

/* ---- what goes wrong ------------------------------------------------------------- */

/* It is said, and nothing is guessed from columns that happen to be alike. */
static void
test_reader_of_a_newer_file(void **state)
{
	char why[SQLITE_WHY_MAX];
	struct sqlite *db;
	struct bench b;

	(void)state;
	bench_begin(&b, "");
	bench_open(&b);
	bench_mail(&b, "ann@good.example", "bob@here.example");
	journal_flush_join(b.journal);
	db = sqlite_open(b.path, SQLITE_FOR_WRITING, why);
	assert_non_null(db);
	assert_true(sqlite_exec(db, "PRAGMA user_version=99"));
	sqlite_close(&db);
	assert_null(journal_reader_open(b.path, why));
	assert_non_null(strstr(why, "a newer program wrote it (version 99"));
	bench_end(&b);
}

/* What does not fit waits, and comes in when there is room again. */
static void
test_full_disk(void **state)
{
	struct bench b;
	struct journal_options o;
	struct journal_stats stats;
	char why[SQLITE_WHY_MAX];
	struct sqlite *db;
	unsigned sent = 0;

	(void)state;
	bench_begin(&b, "journal.keep 365d\n");
	o = bench_options(&b);
	o.pages_max = 50;
	o.queue_max = 300; /* half of it for one network */
	o.retry_ms = 50;
	b.journal = journal_new(&o);
	/* Until it is full, however fast it is written, and then more than may
	 * wait. */
	do {
		for (int i = 0; i < 10; i++, sent++)
			bench_mail(&b, "ann@good.example", "bob@here.example");
		journal_flush_join(b.journal);
		journal_stats(b.journal, &stats);
	} while (stats.works && sent < 4000);
	for (int i = 0; i < 200; i++, sent++)
		bench_mail(&b, "ann@good.example", "bob@here.example");
	journal_flush_join(b.journal);
	journal_stats(b.journal, &stats);
	assert_false(stats.works);
	/* Of those that wait some may still have found a place. */
	assert_in_range(stats.queued, 100, 150);
	assert_int_equal(stats.written + stats.queued + stats.dropped, sent);
	assert_int_equal(stats.lost, 0);
	HAS(b.alerts, "full");
	/* There is room again. */
	db = sqlite_open(b.path, SQLITE_FOR_WRITING, why);
	assert_non_null(db);
	if (!sqlite_exec(db, "DELETE FROM decision;DELETE FROM record"))
		fail_msg("%s", sqlite_error(db));
	sqlite_close(&db);
	assert_in_range(bench_read(&b).count, 100, 150);
	HAS(b.alerts, "works again");
	HAS(b.keys, "journal\n");
	HAS(b.keys, "journal works again\n");
	journal_stats(b.journal, &stats);
	assert_true(stats.works);
	assert_int_equal(stats.written + stats.dropped, sent);
	assert_int_equal(stats.lost, 0);
	bench_end(&b);
}

static void *
unlock_once_it_fails(void *ctx)
{
	struct bench *b = ctx;
	struct journal_stats stats;

	do
		journal_stats(b->journal, &stats);
	while (stats.works);
	assert_true(sqlite_exec(b->lock, "COMMIT"));
	return NULL;
}

/* The process ends while somebody has the file for a moment. */
static void
test_locked_at_the_end(void **state)
{
	struct bench b;
	char why[SQLITE_WHY_MAX];
	pthread_t thread;

	(void)state;
	bench_begin(&b, "");
	bench_open(&b);
	bench_mail(&b, "ann@good.example", "bob@here.example");
	assert_int_equal(bench_read(&b).count, 1);
	b.lock = sqlite_open(b.path, SQLITE_FOR_WRITING, why);
	assert_non_null(b.lock);
	assert_true(sqlite_exec(b.lock, "BEGIN IMMEDIATE"));
	bench_mail(&b, "ann@good.example", "bob@here.example");
	assert_int_equal(
	    pthread_create(&thread, NULL, unlock_once_it_fails, &b), 0);
	journal_end_join(b.journal);
	assert_int_equal(pthread_join(thread, NULL), 0);
	sqlite_close(&b.lock);
	assert_int_equal(bench_read(&b).count, 2);
	bench_end(&b);
}

/* Somebody else's lock, longer than a try waits: nothing is lost. */
static void
test_locked(void **state)
{
	struct bench b;
	struct journal_stats stats;
	char why[SQLITE_WHY_MAX];
	struct sqlite *db;

	(void)state;
	bench_begin(&b, "");
	bench_open(&b);
	bench_mail(&b, "ann@good.example", "bob@here.example");
	assert_int_equal(bench_read(&b).count, 1);
	db = sqlite_open(b.path, SQLITE_FOR_WRITING, why);
	assert_non_null(db);
	assert_true(sqlite_exec(db, "BEGIN IMMEDIATE"));
	for (int i = 0; i < 500; i++)
		bench_mail(&b, "ann@good.example", "bob@here.example");
	journal_flush_join(b.journal);
	HAS(b.alerts, "locked");
	assert_true(sqlite_exec(db, "COMMIT"));
	sqlite_close(&db);
	assert_int_equal(bench_read(&b).count, 501);
	journal_stats(b.journal, &stats);
	assert_int_equal(stats.lost + stats.dropped, 0);
	HAS(b.keys, "journal works again\n");
	bench_end(&b);
}

/* A file that is none of ours is set aside, and the next one kept. */
static void
test_other_columns(void **state)
{
	static const struct {
		const char *label, *sql;
	} rows[] = {
		{ "a column more",
		    "CREATE TABLE decision(seq INTEGER PRIMARY KEY, time "
		    "INTEGER, mood TEXT NOT NULL);PRAGMA user_version=1" },
		{ "of a newer program",
		    "CREATE TABLE decision(seq INTEGER PRIMARY KEY);"
		    "PRAGMA user_version=1000" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct bench b;
		char why[SQLITE_WHY_MAX];
		struct sqlite *db;

		bench_begin(&b, "");
		db = sqlite_open(b.path, SQLITE_FOR_WRITING, why);
		assert_non_null(db);
		assert_true(sqlite_exec(db, rows[i].sql));
		sqlite_close(&db);
		bench_open(&b);
		bench_mail(&b, "ann@good.example", "bob@here.example");
		table_number(
		    rows[i].label, "kept", (long long)bench_read(&b).count, 1);
		HAS(b.alerts, "set aside");
		HAS(b.keys, "journal begun anew\n");
		table_number(rows[i].label, "aside",
		    access(arena_printf(b.arena, "%s.other-%lld", b.path,
			       (long long)b.time.unix_s),
			F_OK),
		    0);
		bench_end(&b);
	}
	table_end();
}

/* Who deletes it to make room must not stop it for good. */
static void
test_deleted(void **state)
{
	struct bench b;

	(void)state;
	bench_begin(&b, "");
	bench_open(&b);
	bench_mail(&b, "ann@good.example", "bob@here.example");
	assert_int_equal(bench_read(&b).count, 1);
	assert_int_equal(unlink(b.path), 0);
	bench_mail(&b, "new@good.example", "bob@here.example");
	assert_string_equal(
	    bench_read(&b).text, "new@good.example>bob@here.example accept \n");
	bench_end(&b);
}

static void
test_damaged(void **state)
{
	struct bench b;
	FILE *f;

	(void)state;
	bench_begin(&b, "");
	f = fopen(b.path, "w");
	assert_non_null(f);
	for (int i = 0; i < 10000; i++)
		(void)fputs("this is no database", f);
	(void)fclose(f);
	bench_open(&b);
	bench_mail(&b, "ann@good.example", "bob@here.example");
	assert_int_equal(bench_read(&b).count, 1);
	HAS(b.alerts, "set aside");
	assert_int_equal(access(arena_printf(b.arena, "%s.damaged-%lld", b.path,
				    (long long)b.time.unix_s),
			     F_OK),
	    0);
	bench_end(&b);
}

/* Spoils what lies behind the first pages, as a bad disk would. */
static void
journal_spoil(const char *path)
{
	FILE *f = fopen(path, "r+");

	assert_non_null(f);
	assert_int_equal(fseek(f, 32768, SEEK_SET), 0);
	for (int i = 0; i < 4096; i++)
		(void)fputs("spoilt", f);
	(void)fclose(f);
}

/*
 * All of a file is read only where its last writer did not close it; damage
 * that shows later is found when it is met.
 */
static void
test_left_open(void **state)
{
	struct bench b;

	(void)state;
	bench_begin(&b, "");
	bench_open(&b);
	for (int i = 0; i < 50; i++)
		bench_mail(&b, "ann@good.example", "bob@here.example");
	journal_flush_join(b.journal);
	assert_true(sqlite_left_open(b.path));
	journal_end_join(b.journal);
	assert_false(sqlite_left_open(b.path));
	/* What comes afterwards is dropped. */
	bench_mail(&b, "late@good.example", "bob@here.example");
	assert_int_equal(bench_read(&b).count, 50);
	journal_free(&b.journal);
	journal_spoil(b.path);
	bench_open(&b);
	for (int i = 0; i < 50 && strstr(b.alerts, "set aside") == NULL; i++) {
		bench_mail(&b, "ann@good.example", "bob@here.example");
		journal_flush_join(b.journal);
	}
	HAS(b.alerts, "can't be written");
	HAS(b.alerts, "set aside");
	bench_mail(&b, "new@good.example", "bob@here.example");
	HAS(bench_read(&b).text, "new@good.example");
	bench_end(&b);
}

static void
test_no_directory(void **state)
{
	struct bench b;
	struct journal_stats stats;

	(void)state;
	bench_begin(&b, "");
	b.path = arena_printf(b.arena, "%s/absent/journal.db", b.directory);
	bench_open(&b);
	bench_mail(&b, "ann@good.example", "bob@here.example");
	journal_flush_join(b.journal);
	journal_stats(b.journal, &stats);
	assert_int_equal(stats.queued, 1);
	assert_int_equal(
	    mkdir(arena_printf(b.arena, "%s/absent", b.directory), 0700), 0);
	bench_mail(&b, "ann@good.example", "bob@here.example");
	assert_int_equal(bench_read(&b).count, 2);
	HAS(b.alerts, "works again; not kept: 0 ");
	bench_end(&b);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_write_and_read),
	cmocka_unit_test(test_record),
	cmocka_unit_test(test_hashed),
	cmocka_unit_test(test_off),
	cmocka_unit_test(test_age),
	cmocka_unit_test(test_clock_jumps),
	cmocka_unit_test(test_size),
	cmocka_unit_test(test_idle),
	cmocka_unit_test(test_overflow),
	cmocka_unit_test(test_overflow_of_one),
	cmocka_unit_test(test_reader_of_a_newer_file),
	cmocka_unit_test(test_full_disk),
	cmocka_unit_test(test_version_1_is_read),
	cmocka_unit_test(test_version_1_is_upgraded),
	cmocka_unit_test(test_slow_reader),
	cmocka_unit_test(test_locked),
	cmocka_unit_test(test_locked_at_the_end),
	cmocka_unit_test(test_other_columns),
	cmocka_unit_test(test_damaged),
	cmocka_unit_test(test_deleted),
	cmocka_unit_test(test_left_open),
	cmocka_unit_test(test_no_directory),
};
TABLE_MAIN(tests)
