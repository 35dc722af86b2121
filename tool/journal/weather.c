/*
 * verdict weather: what last week's mail of watched domains would come to by
 * the records that they have today. The daemon asks so once a day.
 */
#include "config.h"

#include <getopt.h>

#include "policy/base/clock.h"
#include "policy/case/case.h"
#include "policy/dns/dns_conf.h"
#include "policy/weather/weather_watch.h"
#include "rules/base/jsonw.h"
#include "rules/lang/ruleset.h"
#include "tool/journal/journal.h"

struct weather_asked {
	struct journal_choice journal;
	const char *zone, *domain;
	bool json;
	struct arena *arena;
	struct snapshot *snapshot;
	struct resolver *resolver;
	struct dns_zone *answers;
};

static bool
weather_is_named(void *ctx, struct span domain)
{
	const struct weather_asked *w = ctx;

	return span_case_is(domain, w->domain);
}

static bool
weather_resolver(struct weather_asked *w)
{
	const char *why = "";
	struct jsonr_doc *doc;
	struct span text;
	bool ok;

	if (w->zone == NULL) {
		w->resolver = dns_conf_resolver(&w->snapshot->config, &why);
		if (w->resolver == NULL)
			(void)tool_fail(0, "DNS: %s", why);
		return w->resolver != NULL;
	}
	if (!tool_read(w->zone, w->arena, &text))
		return false;
	doc = jsonr_parse(text, w->arena, &why);
	ok = doc != NULL &&
	     case_zone(jsonr_top(doc), &w->answers, w->arena, &why);
	jsonr_free(&doc);
	if (ok)
		w->resolver = resolver_zone(w->answers);
	else
		(void)tool_fail(0, "%s: %s", w->zone, why);
	return ok;
}

/* ---- telling -------------------------------------------------------------------- */

static void
weather_print(
    struct weather_asked *w, const struct weather_domain *d, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (d[i].fails > 0)
			(void)printf("%s%.*s%s: %s\n", tool_red(),
			    SPAN_FMT(d[i].domain), tool_plain(),
			    weather_sentence(&d[i], w->arena));
		else
			(void)printf("%.*s: %zu mail%s as before\n",
			    SPAN_FMT(d[i].domain), d[i].mails - d[i].unknown,
			    d[i].mails - d[i].unknown == 1 ? " passes"
							   : "s pass");
		if (d[i].unknown > 0)
			(void)printf(
			    "  of %zu DNS does not say\n", d[i].unknown);
	}
	if (count == 0)
		(void)printf("there is no mail of watched domains in the "
			     "journal\n");
}

static void
weather_json(const struct weather_domain *d, size_t count)
{
	struct buf out;
	struct jsonw w;

	buf_init(&out, (size_t)1 << 20);
	jsonw_init(&w, &out);
	jsonw_array(&w, NULL);
	for (size_t i = 0; i < count; i++) {
		jsonw_object(&w, NULL);
		jsonw_text(&w, "domain", d[i].domain);
		jsonw_number(&w, "mails", (double)d[i].mails);
		jsonw_number(&w, "fails", (double)d[i].fails);
		jsonw_number(&w, "unvouched", (double)d[i].unvouched);
		jsonw_number(&w, "unknown", (double)d[i].unknown);
		if (d[i].fails > 0) {
			jsonw_textz(&w, "why", d[i].why);
			jsonw_textz(&w, "policy", d[i].policy);
			jsonw_text(&w, "example", d[i].example);
		}
		jsonw_end(&w);
	}
	jsonw_end(&w);
	(void)buf_addc(&out, '\n');
	tool_print(&out);
}

static int
weather_all(struct weather_asked *w)
{
	int64_t now_s = clock_system.unix_s(NULL);
	struct weather_watched watched = { w->snapshot, now_s };
	struct weather_options o = { .since_s = w->journal.since_s,
		.until_s = w->journal.until_s,
		.now_s = now_s,
		.watched = weather_is_watched,
		.ctx = &watched,
		.wait_ms = w->snapshot->config.deadline.ms };
	struct weather_domain *d;
	const char *path;
	size_t count;
	bool ok, fails = false;

	if (w->domain != NULL) {
		o.watched = weather_is_named;
		o.ctx = w;
	} else if (ruleset_watch_count(w->snapshot->ruleset) == 0) {
		return tool_fail(EXIT_CONFIG,
		    "no rule file watches any domains: say which, or write: "
		    "watch domains LIST");
	}
	o.reader = tool_journal(&w->journal, &path, w->arena);
	if (o.reader == NULL)
		return EXIT_NOINPUT;
	ok = weather_resolver(w);
	o.resolver = w->resolver;
	if (ok && !weather_look(&o, w->arena, &d, &count)) {
		(void)tool_fail(0, "the journal can't be read: %s",
		    journal_reader_error(o.reader));
		ok = false;
	}
	journal_reader_close(&o.reader);
	if (!ok)
		return EXIT_UNAVAILABLE;
	if (w->json)
		weather_json(d, count);
	else
		weather_print(w, d, count);
	for (size_t i = 0; i < count; i++)
		fails = fails || d[i].fails > 0;
	return fails ? EXIT_FAILED : EXIT_OK;
}

/* ---- the command ------------------------------------------------------------------ */

enum { OPT_SINCE = 256, OPT_UNTIL, OPT_JOURNAL };

static int
weather_run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "since", required_argument, NULL, OPT_SINCE },
		{ "until", required_argument, NULL, OPT_UNTIL },
		{ "journal", required_argument, NULL, OPT_JOURNAL },
		{ "zone", required_argument, NULL, 'z' },
		{ "json", no_argument, NULL, 'j' },
		{ "config", required_argument, NULL, 'c' },
		{ NULL, 0, NULL, 0 },
	};
	struct weather_asked w = { .arena = NULL };
	int64_t now_s = clock_system.unix_s(NULL);
	int c, status = EXIT_CONFIG;
	bool ok = true;

	w.journal.since_s = now_s - WEATHER_WEEK_S;
	while (ok && (c = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
		if (c == OPT_SINCE)
			ok = tool_moment(optarg, now_s, &w.journal.since_s);
		else if (c == OPT_UNTIL)
			ok = tool_moment(optarg, now_s, &w.journal.until_s);
		else if (c == OPT_JOURNAL)
			w.journal.journal = optarg;
		else if (c == 'z')
			w.zone = optarg;
		else if (c == 'j')
			w.json = true;
		else if (c == 'c')
			w.journal.config = optarg;
		else
			ok = false;
	}
	if (ok && optind < argc)
		w.domain = argv[optind++];
	if (!ok || optind < argc)
		return tool_usage();
	w.arena = arena_new();
	w.snapshot = tool_load(w.journal.config, NULL);
	if (w.snapshot != NULL)
		status = weather_all(&w);
	resolver_free(&w.resolver);
	dns_zone_free(&w.answers);
	snapshot_unref(&w.snapshot);
	arena_free(&w.arena);
	return status;
}

extern const struct command command_weather;
const struct command command_weather = {
	.name = "weather",
	.usage = "[--since WHEN] [--until WHEN] [--zone FILE] [--json]\n"
		 "    [--journal FILE] [-c FILE] [DOMAIN]",
	.help = "would last week's mail of partners pass by their records of "
		"today?",
	.run = weather_run,
};
