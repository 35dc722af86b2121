/* A message that ended the process is known when it comes again. */
#include "config.h"

#include "policy/message/decision_id.h"
#include "tests/kit/table.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "policy/judge/crash.h"
#include "policy/judge/judge.h"
#include "policy/load/snapshot_load.h"
#include "policy/message/snapshot.h"
#include "rules/source/diag.h"

#define NOW INT64_C(1767225600)

/* What a message came to. */
struct seen {
	bool flagged;
	size_t parts; /* the check of the content has looked at it */
	unsigned alerts;
	bool die;
	enum outcome action;
	bool waits; /* for DNS, when the process ends */
};

static void
on_alert(void *ctx, const char *key, const char *text)
{
	(void)key;
	(void)text;
	((struct seen *)ctx)->alerts++;
}

/* Called while the end of the message is judged: the worst moment. */
static void
on_given(void *ctx, struct message *m, enum stage stage)
{
	if (stage == STAGE_EOM && m->eom_ms > 0 && ((struct seen *)ctx)->die)
		(void)raise(SIGKILL);
}

static void
on_judged(void *ctx, struct message *m, const struct verdict *v, size_t rcpt)
{
	struct seen *seen = ctx;
	const struct schema *schema = facts_schema(m->facts);
	const struct value *parts =
	    facts_get(m->facts, schema_find(schema, SPAN("mime.parts")));

	(void)rcpt;
	seen->action = v->action;
	seen->parts = parts->state == FACT_KNOWN ? 1 : 0;
	for (size_t i = 0; i < m->flag_count; i++)
		seen->flagged =
		    seen->flagged || strcmp(m->flag[i], "crashed-before") == 0;
}

static struct snapshot *
snapshot_make(struct arena *a)
{
	struct snapshot_source source = { .config_text = SPAN(""),
		.rules_text = SPAN("rule x when body ~ /x/ then tag x\n"),
		.want_all = true };
	struct diags diags;

	diags_init(&diags, a);
	return snapshot_load(&source, &diags);
}

static void
session_play(const struct services *judge, struct snapshot *snapshot,
    const char *received, const char *body, bool waits)
{
	int64_t again_ms;
	struct session *s = session_new(judge, snapshot);
	struct mail_parameters mail = { .reverse_path = SPAN("<a@b.example>") };
	struct verdict v;
	struct ip ip;

	assert_true(ip_parse(SPAN("192.0.2.1"), &ip));
	session_connect(s, ip, 1, SPAN(""), SPAN(""), SPAN("mx.example"));
	session_helo(s, SPAN("c.example"), NULL);
	session_mail(s, &mail, NULL, &v);
	session_rcpt(s, SPAN("<u@us.example>"), false, SPAN(""), &v);
	session_header(s, SPAN("Received"), span_of(received));
	session_header(s, SPAN("From"), SPAN(" a@b.example"));
	session_eoh(s, SPAN(""), &v);
	session_body(s, span_of(body));
	if (waits) {
		assert_false(session_eom_begin(s, SPAN(""), &v, &again_ms));
		(void)raise(SIGKILL);
	}
	session_eom(s, SPAN(""), &v);
	session_free(&s);
}

/* One process's life: opens the file, judges one message. */
static size_t
process_play(const char *path, int64_t now_s, const char *received,
    const char *body, struct seen *seen)
{
	struct arena *a = arena_new();
	struct snapshot *snapshot = snapshot_make(a);
	struct dns_zone *zone = dns_zone_new();
	struct clock_fixed time = { now_s, 1000 };
	struct services judge = { .clock = clock_of_fixed(&time),
		.resolver = resolver_zone(zone),
		.ids = decision_ids_new(SPAN("test"), 0),
		.hostname = "mx.example",
		.judged = on_judged,
		.given = on_given,
		.alert = on_alert,
		.ctx = seen };
	const char *why = NULL;
	size_t left = 0;

	assert_non_null(snapshot);
	judge.crash = crash_open(path, now_s, &left, a, &why);
	if (judge.crash == NULL)
		fail_msg("%s", why);
	dns_zone_hesitate(zone, seen->waits);
	session_play(&judge, snapshot, received, body, seen->waits);
	crash_close(&judge.crash);
	snapshot_unref(&snapshot);
	resolver_free(&judge.resolver);
	dns_zone_free(&zone);
	decision_ids_free(&judge.ids);
	arena_free(&a);
	return left;
}

static void
process_killed(const char *path, const char *body, bool waits)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		struct seen seen = { .die = !waits, .waits = waits };

		(void)process_play(path, NOW, " by a", body, &seen);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void
crash_test(void **state)
{
	static const struct {
		const char *label, *received, *body;
		int64_t now_s;
		size_t left;
		bool known;
		enum outcome action;
	} steps[] = {
		{ "the same message is not read again", " by a", "bad\r\n",
		    NOW + 60, 1, true, OUTCOME_TEMPFAIL },
		{ "nor with another Received field", " by b", "bad\r\n",
		    NOW + 120, 0, true, OUTCOME_TEMPFAIL },
		{ "another message is read", " by a", "good\r\n", NOW + 180, 0,
		    false, OUTCOME_ACCEPT },
		{ "one that begins alike is read", " by a", "bad\r\n.\r\n",
		    NOW + 180, 0, false, OUTCOME_ACCEPT },
		{ "it is put off for hours", " by a", "bad\r\n", NOW + 4 * 3600,
		    0, true, OUTCOME_TEMPFAIL },
		{ "then a person looks at it", " by a", "bad\r\n",
		    NOW + 60 + 4 * 3600, 0, true, OUTCOME_QUARANTINE },
		{ "after a day it is forgotten", " by a", "bad\r\n",
		    NOW + 90000, 0, false, OUTCOME_ACCEPT },
	};
	char path[] = "/tmp/verdict-crash-XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	(void)close(fd);
	process_killed(path, "bad\r\n", false);
	for (size_t i = 0; i < ARRAY_COUNT(steps); i++) {
		struct seen seen = { 0 };
		size_t left = process_play(path, steps[i].now_s,
		    steps[i].received, steps[i].body, &seen);

		table_number(steps[i].label, "left", (long long)left,
		    (long long)steps[i].left);
		table_number(
		    steps[i].label, "flagged", seen.flagged, steps[i].known);
		table_number(steps[i].label, "content read",
		    (long long)seen.parts, !steps[i].known);
		table_text(steps[i].label, "action", outcome_names[seen.action],
		    outcome_names[steps[i].action]);
		table_number(steps[i].label, "alerts", seen.alerts,
		    steps[i].known ? 1 : 0);
	}
	(void)unlink(path);
	table_end();
}

/* Whoever waits for DNS when the process dies has nothing to do with it. */
static void
wait_test(void **state)
{
	char path[] = "/tmp/verdict-crash-XXXXXX";
	int fd = mkstemp(path);
	struct seen seen = { 0 };

	(void)state;
	assert_true(fd >= 0);
	(void)close(fd);
	process_killed(path, "good\r\n", true);
	assert_int_equal(
	    process_play(path, NOW + 60, " by a", "good\r\n", &seen), 0);
	assert_false(seen.flagged);
	assert_int_equal(seen.parts, 1);
	(void)unlink(path);
}

/* ---- who is accused ------------------------------------------------------ */

enum { SLOTS_TRIED = 4, LIVES = 3 };

struct accusing {
	const char *label;
	/* Who is worked on when each process dies; 0: nobody more. */
	uint64_t died[LIVES][SLOTS_TRIED];
	/* What becomes of 1, 2 and 3 then. */
	enum crash_state want[3];
};

static void
life_end(const char *path, const uint64_t *hash, int64_t now_s)
{
	struct arena *a = arena_new();
	const char *why = NULL;
	size_t left;
	int64_t since_s;
	struct crash_memory *c = crash_open(path, now_s, &left, a, &why);

	assert_non_null(c);
	for (size_t i = 0; i < SLOTS_TRIED && hash[i] != 0; i++) {
		struct crash_case k;
		enum crash_state state =
		    crash_begin(c, &k, hash[i], now_s, &since_s);

		/* Rules are asked of several suspects at a time. */
		if (state == CRASH_BUSY)
			crash_resume(c, &k);
	}
	crash_close(&c);
	arena_free(&a);
}

static void
accuse_test(void **state)
{
	static const struct accusing rows[] = {
		{ "nobody", { { 0 } }, { CRASH_READ, CRASH_READ, CRASH_READ } },
		{ "one that was alone", { { 1 } },
		    { CRASH_GUILTY, CRASH_READ, CRASH_READ } },
		{ "one death condemns no neighbours", { { 1, 2 } },
		    { CRASH_READ, CRASH_READ, CRASH_READ } },
		{ "two at once are one", { { 1, 1 } },
		    { CRASH_GUILTY, CRASH_READ, CRASH_READ } },
		{ "the one at both deaths", { { 1, 2 }, { 3, 1 } },
		    { CRASH_GUILTY, CRASH_READ, CRASH_READ } },
		{ "beside a suspect innocent, not even suspected",
		    { { 1, 2 }, { 3, 1 }, { 3, 4 } },
		    { CRASH_GUILTY, CRASH_READ, CRASH_READ } },
		{ "alone at the second", { { 1, 2 }, { 2 } },
		    { CRASH_READ, CRASH_GUILTY, CRASH_READ } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		char path[] = "/tmp/verdict-crash-XXXXXX";
		int fd = mkstemp(path);
		struct arena *a = arena_new();
		struct crash_memory *c;
		const char *why = NULL;
		size_t left;
		int64_t since_s = 0;

		assert_true(fd >= 0);
		(void)close(fd);
		for (int life = 0; life < LIVES; life++)
			life_end(path, rows[i].died[life], NOW + life);
		c = crash_open(path, NOW + LIVES, &left, a, &why);
		assert_non_null(c);
		for (uint64_t hash = 1; hash <= 3; hash++) {
			struct crash_case k;
			enum crash_state got =
			    crash_begin(c, &k, hash, NOW + LIVES, &since_s);

			crash_pause(c, &k);
			table_number(rows[i].label,
			    arena_printf(a, "%d", (int)hash), got,
			    rows[i].want[hash - 1]);
		}
		crash_close(&c);
		(void)unlink(path);
		arena_free(&a);
	}
	table_end();
}

/* Of two suspects one is read at a time; once it waits, the other is. */
static void
suspect_test(void **state)
{
	static const uint64_t both[SLOTS_TRIED] = { 1, 2 };
	char path[] = "/tmp/verdict-crash-XXXXXX";
	int fd = mkstemp(path);
	struct arena *a = arena_new();
	struct crash_case one, two;
	struct crash_memory *c;
	const char *why = NULL;
	size_t left;
	int64_t since_s;

	(void)state;
	assert_true(fd >= 0);
	(void)close(fd);
	life_end(path, both, NOW);
	c = crash_open(path, NOW, &left, a, &why);
	assert_non_null(c);
	assert_int_equal(left, 2);
	assert_int_equal(crash_begin(c, &one, 1, NOW, &since_s), CRASH_READ);
	assert_int_equal(crash_begin(c, &two, 2, NOW, &since_s), CRASH_BUSY);
	crash_pause(c, &one);
	assert_int_equal(crash_begin(c, &two, 2, NOW, &since_s), CRASH_READ);
	crash_pause(c, &two);
	crash_close(&c);
	(void)unlink(path);
	arena_free(&a);
}

static void
lock_test(void **state)
{
	struct arena *a = arena_new();
	char path[] = "/tmp/verdict-crash-XXXXXX";
	int fd = mkstemp(path);
	struct crash_memory *first, *second;
	const char *why = NULL;
	struct crash_case k[3];
	int64_t since_s;
	size_t left;

	(void)state;
	assert_true(fd >= 0);
	/* What stands there is not ours: begun anew. */
	assert_int_equal(write(fd, "damaged", 7), 7);
	(void)close(fd);
	first = crash_open(path, NOW, &left, a, &why);
	assert_non_null(first);
	assert_int_equal(left, 0);
	second = crash_open(path, NOW, &left, a, &why);
	assert_null(second);
	assert_non_null(strstr(why, path));
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(
		    crash_begin(first, &k[i], 7 + i, NOW, &since_s),
		    CRASH_READ);
	crash_pause(first, &k[1]);
	crash_pause(first, &k[2]);
	crash_resume(first, &k[2]);
	crash_close(&first);
	first = crash_open(path, NOW, &left, a, &why);
	assert_non_null(first);
	assert_int_equal(left, 2);
	/* A process that ends in good order leaves nothing behind. */
	(void)crash_begin(first, &k[0], 10, NOW, &since_s);
	crash_leave(first);
	(void)crash_begin(first, &k[1], 11, NOW, &since_s);
	assert_int_equal(k[1].slot, CRASH_UNNOTED);
	crash_close(&first);
	first = crash_open(path, NOW, &left, a, &why);
	assert_non_null(first);
	assert_int_equal(left, 0);
	crash_close(&first);
	(void)unlink(path);
	assert_null(crash_open("/nonexistent/in-flight", NOW, &left, a, &why));
	arena_free(&a);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(crash_test),
		cmocka_unit_test(wait_test),
		cmocka_unit_test(accuse_test),
		cmocka_unit_test(suspect_test),
		cmocka_unit_test(lock_test),
	};

	if (argc == 3 && strcmp(argv[1], "-k") == 0)
		table_filter = argv[2];
	return cmocka_run_group_tests(tests, NULL, NULL) == 0 ? 0 : 1;
}
