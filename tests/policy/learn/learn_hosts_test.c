/*
 * Two hosts that share samples through a Redis of their own; without
 * redis-server there is nothing to see.
 */
#include "config.h"

#include "tests/kit/table.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "policy/learn/learn_hosts.h"
#include "tests/kit/learn_kit.h"
#include "tests/kit/redis_server.h"

static void
expect(bool ok, const char *label)
{
	if (table_wants(label) && !ok)
		table_fail(label, "it is not so");
}

/* ---- a private Redis ----------------------------------------------------- */

struct server {
	pid_t pid;
	char directory[40], url[80];
};

static bool
server_begin(struct server *r)
{
	char path[64];
	const char *arguments[] = { "redis-server", "--port", "0",
		"--unixsocket", path, "--save", "", "--dir", r->directory,
		NULL };

	(void)snprintf(path, sizeof(path), "%s/redis.sock", r->directory);
	(void)snprintf(r->url, sizeof(r->url), "unix:%s", path);
	return redis_server_start(arguments, &r->pid);
}

static void
server_end(struct server *r)
{
	redis_server_stop(r->pid, SIGKILL);
}

/* ---- hosts --------------------------------------------------------------- */

struct hosts {
	struct server server;
	struct learn_kit one, other;
	struct store_options options;
	struct learn_hosts *link;
};

static bool
hosts_begin(struct hosts *h)
{
	char why[STORE_WHY_MAX];

	(void)strcpy(h->server.directory, "/tmp/learn_hosts.XXXXXX");
	assert_non_null(mkdtemp(h->server.directory));
	if (!server_begin(&h->server))
		return false;
	h->options = (struct store_options){ .engine = STORE_REDIS,
		.where = h->server.url,
		.entries_max = 10,
		.timeout_ms = 2000,
		.clock = clock_system };
	h->link = learn_hosts_open(&h->options, why);
	assert_non_null(h->link);
	learn_kit_begin(&h->one);
	learn_kit_begin(&h->other);
	return true;
}

static void
hosts_end(struct hosts *h)
{
	char command[80];

	learn_hosts_close(&h->link);
	learn_kit_end(&h->one);
	learn_kit_end(&h->other);
	server_end(&h->server);
	(void)snprintf(
	    command, sizeof(command), "rm -rf %s", h->server.directory);
	assert_int_equal(system(command), 0);
}

static void
hosts_sync(struct hosts *h, struct learn_kit *k, enum learn_synced want,
    const char *label)
{
	expect(learn_hosts_sync(h->link, k->learner) == want, label);
}

static void
model(struct learn_kit *k, char name[LEARNED_NAME_MAX])
{
	struct learned *m;

	assert_true(learner_train_join(k->learner, false));
	m = learner_model(k->learner);
	assert_non_null(m);
	(void)strcpy(name, m->name);
	learned_unref(&m);
}

static bool
same_model(struct hosts *h)
{
	char one[LEARNED_NAME_MAX], other[LEARNED_NAME_MAX];

	model(&h->one, one);
	model(&h->other, other);
	return strcmp(one, other) == 0;
}

static uint64_t
samples(struct learn_kit *k)
{
	struct learner_state s;

	learner_state(k->learner, &s);
	return s.spam + s.ham;
}

static void
test_shared(void **state)
{
	struct hosts h;

	(void)state;
	if (!hosts_begin(&h))
		skip();
	learn_kit_both(&h.one, 0, 120, "");
	hosts_sync(
	    &h, &h.one, LEARN_SYNCED, "the first host gives what it has");
	hosts_sync(&h, &h.other, LEARN_SYNCED, "one that joins takes it");
	expect(samples(&h.other) == 240, "all of it");
	expect(same_model(&h), "and its model is the same");

	learn_kit_both(&h.other, 500, 10, "ann");
	hosts_sync(&h, &h.other, LEARN_SYNCED, "the other one gives, too");
	hosts_sync(&h, &h.one, LEARN_SYNCED, "and the first one takes");
	expect(samples(&h.one) == 260 && same_model(&h), "both have all");

	/* A later word counts everywhere. */
	h.one.time.unix_s += 10;
	(void)learn_kit_teach(&h.one, TOPIC_SPAM, 505, false, "");
	hosts_sync(&h, &h.one, LEARN_SYNCED, "a word is changed");
	hosts_sync(&h, &h.other, LEARN_SYNCED, "and heard of");
	expect(samples(&h.other) == 260 && same_model(&h),
	    "the later word counts on both");
	hosts_end(&h);
	table_end();
}

static void
test_forgotten(void **state)
{
	const struct learn_forget f = { .who = "ann" };
	struct hosts h;
	uint64_t count;

	(void)state;
	if (!hosts_begin(&h))
		skip();
	learn_kit_both(&h.one, 0, 20, "ann");
	learn_kit_both(&h.one, 100, 20, "");
	hosts_sync(&h, &h.one, LEARN_SYNCED, "given");
	hosts_sync(&h, &h.other, LEARN_SYNCED, "taken");
	expect(learner_forget(h.other.learner, &f, &count) && count == 40,
	    "a teacher is forgotten on one host");
	hosts_sync(&h, &h.other, LEARN_SYNCED, "which tells that");
	hosts_sync(&h, &h.one, LEARN_SYNCED, "to the others");
	expect(samples(&h.one) == 40 && samples(&h.other) == 40,
	    "and it is on all");
	hosts_sync(&h, &h.other, LEARN_SYNCED, "nothing comes back");
	expect(samples(&h.other) == 40, "from anywhere");
	h.one.time.unix_s += 10;
	(void)learn_kit_teach(&h.one, TOPIC_HAM, 3, false, "ann");
	hosts_sync(&h, &h.one, LEARN_SYNCED, "what is taught again");
	hosts_sync(&h, &h.other, LEARN_SYNCED, "is shared again");
	expect(samples(&h.other) == 41, "after it was forgotten");
	hosts_end(&h);
	table_end();
}

static void
test_lost(void **state)
{
	struct hosts h;

	(void)state;
	if (!hosts_begin(&h))
		skip();
	learn_kit_both(&h.one, 0, 120, "");
	learn_kit_both(&h.other, 0, 1, "");
	hosts_sync(&h, &h.one, LEARN_SYNCED, "given");
	hosts_sync(&h, &h.other, LEARN_SYNC_SECRET,
	    "a host with samples of another secret keeps to itself");
	expect(samples(&h.other) == 2, "and takes nothing");
	server_end(&h.server);
	hosts_sync(&h, &h.one, LEARN_SYNC_LOST, "Redis is lost");
	expect(
	    learn_kit_teach(&h.one, TOPIC_HAM, 900, false, "") == LESSON_DONE &&
		learner_train_join(h.one.learner, false) &&
		learn_kit_spam(&h.one, TOPIC_SPAM, 20) == 20,
	    "that stops nothing");
	assert_true(server_begin(&h.server));
	hosts_end(&h);
	table_end();
}

/* What whoever can write to Redis may have left there. */
static const char *const garbage[] = {
	"HSET verdict:learn:when x '5 s'",
	"HSET verdict:learn:when 00112233445566778899aabbccddeeff 's'",
	"HSET verdict:learn:when 00112233445566778899aabbccddeef0 '5 x'",
	"HSET verdict:learn:when 00112233445566778899aabbccddeef1 "
	"'99999999999999999999 s'",
	/* No such sample, one that is none, one of another name. */
	"HSET verdict:learn:when 00112233445566778899aabbccddeef2 "
	"'1767225600 s'",
	"HSET verdict:learn:when 00112233445566778899aabbccddeef3 "
	"'1767225600 s'",
	"HSET verdict:learn:sample 00112233445566778899aabbccddeef3 nonsense",
	"HSET verdict:learn:when 00112233445566778899aabbccddeef4 "
	"'1767225600 h'",
	"HSET verdict:learn:sample 00112233445566778899aabbccddeef4 "
	"'{\"spam\":true,\"time\":5,\"who\":\"a\",\"id\":\"\",\"sender\":"
	"\"00000000000000ff\",\"features\":\"AQAAEg==\"}'",
};

/*
 * A word from a clock that is years ahead would be the last one for years:
 * nobody could take back what it says.
 */
static void
test_ahead(void **state)
{
	const struct learn_forget f = { .who = "" };
	struct hosts h;
	uint64_t count;

	(void)state;
	if (!hosts_begin(&h))
		skip();
	learn_kit_both(&h.one, 0, 5, "");
	hosts_sync(&h, &h.one, LEARN_SYNCED, "given");
	hosts_sync(&h, &h.other, LEARN_SYNCED, "taken");
	h.other.time.unix_s += 1000 * LEARN_DAY_S;
	(void)learn_kit_teach(&h.other, TOPIC_HAM, 1000, true, "");
	(void)learn_kit_teach(&h.other, TOPIC_HAM, 1, true, "");
	hosts_sync(&h, &h.other, LEARN_SYNCED, "a clock is ahead");
	hosts_sync(&h, &h.one, LEARN_SYNCED, "by years");
	expect(samples(&h.one) == 10, "what it says is not taken");
	h.other.time.unix_s -= 1000 * LEARN_DAY_S;
	expect(learner_forget(h.one.learner, &f, &count) && count == 10,
	    "and stands in nobody's way");
	hosts_sync(&h, &h.one, LEARN_SYNCED, "who forgets");
	expect(samples(&h.one) == 0, "for good");
	hosts_end(&h);
	table_end();
}

static void
test_garbage(void **state)
{
	struct hosts h;

	(void)state;
	if (system("redis-cli --version > /dev/null 2>&1") != 0 ||
	    !hosts_begin(&h))
		skip();
	learn_kit_both(&h.one, 0, 5, "");
	hosts_sync(&h, &h.one, LEARN_SYNCED, "given");
	for (size_t i = 0; i < ARRAY_COUNT(garbage); i++) {
		struct arena *a = arena_new();

		assert_int_equal(
		    system(arena_printf(a, "redis-cli -s %s %s > /dev/null",
			h.server.url + 5, garbage[i])),
		    0);
		arena_free(&a);
	}
	hosts_sync(&h, &h.one, LEARN_SYNCED, "garbage is passed over");
	hosts_sync(&h, &h.other, LEARN_SYNCED, "by all");
	expect(samples(&h.one) == 10 && samples(&h.other) == 10,
	    "and nothing of it is taken");
	assert_int_equal(
	    system(arena_printf(h.one.arena,
		"redis-cli -s %s SET verdict:learn:secret 0 > /dev/null",
		h.server.url + 5)),
	    0);
	hosts_sync(&h, &h.one, LEARN_SYNC_SECRET, "nor a secret that is none");
	hosts_end(&h);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_shared),
	cmocka_unit_test(test_forgotten),
	cmocka_unit_test(test_lost),
	cmocka_unit_test(test_ahead),
	cmocka_unit_test(test_garbage),
};

TABLE_MAIN(tests)
