/*
 * verdict test: judges a corpus and says what the rules made of it, so that a
 * rule can be tried before it goes live.
 */
#include "config.h"

#include "tool/judge/test.h"

#include <getopt.h>
#include <string.h>

#include "policy/dns/dns_conf.h"
#include "policy/load/snapshot_load.h"
#include "tool/base/tool.h"
#include "tool/judge/corpus_judge.h"

struct test_run {
	enum test_expect expect;
	bool from_received, live, json;
	const char *config, *rules;
	struct snapshot *snapshot;
	struct resolver *resolver;
	struct test_tally tally;
	bool failed;
	char progress[80];
};

/* ---- the run ---------------------------------------------------------------------- */

static void
test_judged(void *ctx, const char *name, const struct verdict *v)
{
	struct test_run *t = ctx;

	test_tally_add(&t->tally, name, v);
}

static const char *
test_progress(void *ctx)
{
	struct test_run *t = ctx;

	(void)snprintf(t->progress, sizeof(t->progress),
	    "%zu message%s, %zu wrong", t->tally.messages,
	    plural(t->tally.messages), t->tally.wrong_count);
	return t->progress;
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
	if (!corpus_judge(&(const struct corpus_judge){ .snapshot = t->snapshot,
			      .resolver = t->resolver,
			      .from_received = t->from_received,
			      .judged = test_judged,
			      .progress = test_progress,
			      .ctx = t },
		&c))
		t->failed = true;
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
