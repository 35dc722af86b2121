/*
 * verdict test: judges a corpus and says what the rules made of it, so that a
 * rule can be tried before it goes live.
 */
#include "config.h"

#include "tool/judge/test.h"

#include <getopt.h>
#include <string.h>
#include <unistd.h>

#include "policy/base/clock.h"
#include "policy/case/case.h"
#include "policy/dns/dns_conf.h"
#include "policy/load/snapshot_load.h"
#include "rules/mail/received.h"
#include "tool/base/tool.h"
#include "tool/judge/corpus.h"

#define BAR_COLUMNS  40
#define RECEIVED_MAX 30

struct test_run {
	enum test_expect expect;
	bool from_received, live, json;
	const char *config, *rules;
	struct snapshot *snapshot;
	struct resolver *resolver;
	struct test_tally tally;
	bool failed;
};

/* ---- the session that a message came in ---------------------------------------- */

/* The first hop that is not our own, as our MX wrote it down. */
static void
session_hop(
    const struct test_run *t, const struct header_list *h, struct case_input *c)
{
	const struct config *conf = &t->snapshot->config;
	const struct header_field *f = header_get(h, "Received", 0);
	struct span helo;
	struct ip ip;

	for (size_t i = 0; f != NULL && i < RECEIVED_MAX; i++) {
		if (received_hop(f->value, &ip, &helo) &&
		    !setting_nets_hold(&conf->trust, ip) &&
		    !setting_nets_hold(&conf->relay, ip)) {
			c->ip = ip;
			c->helo = helo;
			return;
		}
		f = header_next(h, f);
	}
}

static struct span
session_address(struct span value)
{
	size_t open = span_find(value, '<');
	struct span inside = span_slice(value, open + 1, value.n);

	if (open == SIZE_MAX)
		return span_trim(value);
	return span_slice(inside, 0, span_find(inside, '>'));
}

/* What the MX and the last delivery wrote into the header. */
static void
session_from_received(const struct test_run *t, const struct header_list *h,
    struct case_input *c, struct span rcpt[1])
{
	static const char *const named[] = { "X-Original-To", "Delivered-To",
		"Envelope-To" };
	const struct header_field *f = header_get(h, "Return-Path", 0);

	session_hop(t, h, c);
	if (f != NULL)
		c->mailfrom = session_address(f->value);
	for (size_t i = 0; i < ARRAY_COUNT(named) && c->rcpt_count == 0; i++) {
		f = header_get(h, named[i], 0);
		if (f == NULL)
			continue;
		rcpt[0] = session_address(f->value);
		c->rcpt = rcpt;
		c->rcpt_count = 1;
	}
}

/* ---- the run ---------------------------------------------------------------------- */

static void
test_message(void *ctx, const char *name, struct span message)
{
	struct test_run *t = ctx;
	struct arena *a = arena_new();
	struct case_result result;
	struct case_input c;
	struct span rcpt[1];

	case_init(&c);
	c.time_s = clock_system.unix_s(NULL);
	c.message = message;
	if (t->from_received) {
		struct header_list fields;
		unsigned anomalies = 0;
		struct span body;

		header_list_init(&fields, a);
		header_split(message, &fields, &body, &anomalies);
		session_from_received(t, &fields, &c, rcpt);
	}
	case_run(&c, t->snapshot, t->resolver, &result);
	test_tally_add(&t->tally, name, &result.verdict);
	case_result_free(&result);
	case_release(&c);
	arena_free(&a);
}

static void
progress(const struct test_run *t, uint64_t done, uint64_t all)
{
	int columns = all == 0 ? BAR_COLUMNS : (int)(done * BAR_COLUMNS / all);

	(void)fprintf(stderr, "\r[%.*s%.*s] %3d%%  %zu messages, %zu wrong ",
	    columns, "########################################",
	    BAR_COLUMNS - columns, "........................................",
	    columns * 100 / BAR_COLUMNS, t->tally.messages,
	    t->tally.wrong_count);
}

static void
test_files(struct test_run *t, const struct corpus *c)
{
	bool bar = isatty(STDERR_FILENO) == 1;
	uint64_t done = 0;

	for (size_t i = 0; i < c->count; i++) {
		if (!corpus_each(&c->file[i], test_message, t))
			t->failed = true;
		done += c->file[i].octets;
		if (bar)
			progress(t, done, c->octets);
	}
	if (bar)
		(void)fputs("\r\033[K", stderr);
}

/* ---- the command -------------------------------------------------------------------- */

static bool
options_read(int argc, char **argv, struct test_run *t)
{
	static const struct option options[] = {
		{ "expect", required_argument, NULL, 'e' },
		{ "from-received", no_argument, NULL, 'f' },
		{ "live-dns", no_argument, NULL, 'l' },
		{ "json", no_argument, NULL, 'j' },
		{ "config", required_argument, NULL, 'c' },
		{ "rules", required_argument, NULL, 'r' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "c:r:", options, NULL)) != -1) {
		if (c == 'c')
			t->config = optarg;
		else if (c == 'r')
			t->rules = optarg;
		else if (c == 'f')
			t->from_received = true;
		else if (c == 'l')
			t->live = true;
		else if (c == 'j')
			t->json = true;
		else if (c == 'e' && strcmp(optarg, "ham") == 0)
			t->expect = EXPECT_HAM;
		else if (c == 'e' && strcmp(optarg, "spam") == 0)
			t->expect = EXPECT_SPAM;
		else
			return false;
	}
	return optind < argc;
}

static int
test_paths(struct test_run *t, char **path)
{
	struct arena *a = arena_new();
	struct corpus c = { .arena = a };

	test_tally_init(&t->tally, t->snapshot, t->expect, a);
	for (; *path != NULL; path++)
		if (!corpus_find(&c, *path))
			t->failed = true;
	test_files(t, &c);
	if (t->json)
		test_print_json(&t->tally);
	else
		test_print(&t->tally);
	arena_free(&a);
	if (t->failed)
		return EXIT_NOINPUT;
	return t->tally.wrong_count > 0 ? EXIT_FAILED : EXIT_OK;
}

static int
test_run(int argc, char **argv)
{
	struct test_run t = { 0 };
	const char *why;
	int status;

	if (!options_read(argc, argv, &t))
		return tool_usage();
	t.snapshot = tool_snapshot(&(struct snapshot_source){
	    .file = t.config, .rules_path = t.rules });
	if (t.snapshot == NULL)
		return EXIT_CONFIG;
	if (t.live)
		t.resolver = dns_conf_resolver(&t.snapshot->config, &why);
	if (t.live && t.resolver == NULL)
		return tool_fail(EXIT_UNAVAILABLE, "DNS: %s", why);
	status = test_paths(&t, argv + optind);
	resolver_free(&t.resolver);
	snapshot_unref(&t.snapshot);
	return status;
}

extern const struct command command_test;
const struct command command_test = {
	.name = "test",
	.usage = "[--expect ham|spam] [--from-received] [--live-dns] [--json]\n"
		 "    [-c FILE] [--rules FILE|DIR] FILE|DIR ...",
	.help = "judge a corpus: hits of each rule, scores, what is wrong",
	.run = test_run,
};
