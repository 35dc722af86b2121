/*
 * verdict check: judges one message, or every case of a file, with the
 * daemon's code and without an MTA.
 */
#include "config.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "policy/base/file.h"
#include "policy/case/answer.h"
#include "policy/case/case.h"
#include "policy/dns/dns_conf.h"
#include "policy/learn/learner.h"
#include "policy/load/snapshot_load.h"
#include "tool/base/tool.h"
#include "tool/judge/check_print.h"

#define LINE_MAX_OUT ((size_t)64 * 1024 * 1024)

struct check_options {
	const char *config, *rules, *cases, *zone, *file;
	bool json, live, verbose, compare;
	struct case_input input;
	struct span rcpt[256];
};

enum {
	OPT_IP = 256,
	OPT_HELO,
	OPT_FROM,
	OPT_RCPT,
	OPT_TIME,
	OPT_ZONE,
	OPT_JSON,
	OPT_CASES,
	OPT_LIVE,
	OPT_NAME,
	OPT_COMPARE
};

static const struct option long_options[] = {
	{ "ip", required_argument, NULL, OPT_IP },
	{ "helo", required_argument, NULL, OPT_HELO },
	{ "from", required_argument, NULL, OPT_FROM },
	{ "rcpt", required_argument, NULL, OPT_RCPT },
	{ "time", required_argument, NULL, OPT_TIME },
	{ "zone", required_argument, NULL, OPT_ZONE },
	{ "client-name", required_argument, NULL, OPT_NAME },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "cases", required_argument, NULL, OPT_CASES },
	{ "live-dns", no_argument, NULL, OPT_LIVE },
	{ "compare", no_argument, NULL, OPT_COMPARE },
	{ "config", required_argument, NULL, 'c' },
	{ "rules", required_argument, NULL, 'r' },
	{ "verbose", no_argument, NULL, 'v' },
	{ NULL, 0, NULL, 0 },
};

/* False when the option's value is no good; it has been said. */
static bool
session_option(struct check_options *o, int option, const char *value)
{
	char *end;

	switch (option) {
	case OPT_IP:
		if (ip_parse(span_of(value), &o->input.ip))
			return true;
		(void)tool_fail(0, "--ip takes an address, not %s", value);
		return false;
	case OPT_HELO:
		o->input.helo = span_of(value);
		return true;
	case OPT_NAME:
		o->input.client_name = span_of(value);
		return true;
	case OPT_FROM:
		o->input.mailfrom = span_of(value);
		return true;
	case OPT_RCPT:
		if (o->input.rcpt_count == ARRAY_COUNT(o->rcpt))
			return false;
		o->rcpt[o->input.rcpt_count++] = span_of(value);
		return true;
	default:
		o->input.time_s = strtoll(value, &end, 10);
		if (*end == '\0' && end != value)
			return true;
		(void)tool_fail(0, "--time takes a unix time, not %s", value);
		return false;
	}
}

static bool
options_read(int argc, char **argv, struct check_options *o)
{
	int c;

	case_init(&o->input);
	o->input.time_s = clock_system.unix_s(NULL);
	while (
	    (c = getopt_long(argc, argv, "c:r:v", long_options, NULL)) != -1) {
		if (c == 'c')
			o->config = optarg;
		else if (c == 'r')
			o->rules = optarg;
		else if (c == 'v')
			o->verbose = true;
		else if (c == OPT_JSON)
			o->json = true;
		else if (c == OPT_LIVE)
			o->live = true;
		else if (c == OPT_COMPARE)
			o->compare = true;
		else if (c == OPT_CASES)
			o->cases = optarg;
		else if (c == OPT_ZONE)
			o->zone = optarg;
		else if (c == '?' || !session_option(o, c, optarg))
			return false;
	}
	if (argc - optind > 1 || (o->cases != NULL && argc > optind))
		return false;
	o->file = optind < argc ? argv[optind] : "-";
	o->input.rcpt = o->rcpt;
	return true;
}

static bool
zone_load(struct check_options *o, struct arena *a)
{
	struct jsonr_doc *doc;
	struct span text;
	const char *why = NULL;
	bool ok;

	if (o->zone == NULL)
		return true;
	if (!tool_read(o->zone, a, &text))
		return false;
	doc = jsonr_parse(text, a, &why);
	ok = doc != NULL && case_zone(jsonr_top(doc), &o->input.zone, a, &why);
	if (!ok)
		(void)tool_fail(0, "%s: %s", o->zone, why);
	jsonr_free(&doc);
	return ok;
}

/* Exit status for one message: 0 delivered, else by what was decided. */
static int
status_of(const struct verdict *v)
{
	static const int status[OUTCOME_COUNT] = {
		[OUTCOME_ACCEPT] = 0,
		[OUTCOME_JUNK] = 10,
		[OUTCOME_QUARANTINE] = 11,
		[OUTCOME_TEMPFAIL] = 12,
		[OUTCOME_REJECT] = 13,
		[OUTCOME_DISCARD] = 14,
	};

	return status[v->wanted];
}

static void
print_json(const struct case_result *r, struct span id)
{
	struct jsonw w;
	struct buf line;

	buf_init(&line, LINE_MAX_OUT);
	jsonw_init(&w, &line);
	answer_json(r, id, &w);
	(void)buf_addc(&line, '\n');
	tool_print(&line);
}

static int
check_one(struct check_options *o, struct snapshot *s, struct resolver *live)
{
	struct arena *a = arena_new();
	struct case_result result;
	int status;

	if (!zone_load(o, a) || !tool_read(o->file, a, &o->input.message)) {
		arena_free(&a);
		return EXIT_NOINPUT;
	}
	/* Whoever may read what was learned here is told what it says. */
	if (s->config.learn)
		o->input.learner = learner_look(s->config.state);
	o->input.reader = tool_reader();
	case_run(&o->input, s, live, &result);
	if (o->json)
		print_json(&result, strcmp(o->file, "-") == 0
					? span_make(NULL, 0)
					: span_of(o->file));
	else
		check_print(&result, o->verbose ? 1 : 0);
	status = status_of(&result.verdict);
	case_result_free(&result);
	learner_free(&o->input.learner);
	case_release(&o->input);
	arena_free(&a);
	return status;
}

static int
check_run(int argc, char **argv)
{
	struct check_options o = { 0 };
	struct resolver *live = NULL;
	const char *why;
	struct snapshot *s;
	int status;

	if (!options_read(argc, argv, &o))
		return tool_usage();
	s = tool_snapshot(&(struct snapshot_source){ .file = o.config,
	    .rules_path = o.rules,
	    .want_all = true,
	    .compare = o.compare });
	if (s == NULL)
		return EXIT_CONFIG;
	if (o.live)
		live = dns_conf_resolver(&s->config, &why);
	if (o.live && live == NULL)
		return tool_fail(EXIT_UNAVAILABLE, "DNS: %s", why);
	status = o.cases != NULL ? check_cases(o.cases, s, o.config, live)
				 : check_one(&o, s, live);
	resolver_free(&live);
	snapshot_unref(&s);
	return status;
}

extern const struct command command_check;
const struct command command_check = {
	.name = "check",
	.usage =
	    "[-v] [--json] [--compare] [--ip A] [--helo H] [--from S] [--rcpt R ...]\n"
	    "    [--time UNIX] [--zone FILE | --live-dns] [-c FILE] "
	    "[--rules FILE|DIR]\n"
	    "    [MESSAGE | --cases FILE]",
	.help = "judge a message, or a file of cases, and say why",
	.run = check_run,
};
