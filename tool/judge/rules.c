/*
 * verdict rules: the rules in force, in order, with stage and what they read.
 */
#include "config.h"

#include <getopt.h>
#include <time.h>

#include "policy/base/json.h"
#include "policy/memory/canary.h"
#include "policy/store/store_json.h"
#include "rules/base/jsonw.h"
#include "rules/lang/ruleset.h"
#include "tool/base/tool.h"

/*
 * What the running daemon has counted since its start; without a daemon
 * nothing is shown of it.
 */
struct rule_hits {
	struct arena *arena;
	struct jsonr_doc *doc; /* NULL: there is no daemon */
	struct jsonr metrics;
	const char *control;
};

static void
hits_read(const struct snapshot *s, struct rule_hits *h)
{
	struct buf answer;
	const char *why;

	*h = (struct rule_hits){ .arena = arena_new(),
		.control = s->config.control };
	buf_init(&answer, (size_t)64 << 20);
	if (s->config.control[0] != '\0' &&
	    tool_control(s->config.control, "stats", &answer, &why))
		h->doc = jsonr_parse(buf_span(&answer), h->arena, &why);
	if (h->doc != NULL)
		h->metrics = jsonr_get(jsonr_top(h->doc), "metrics");
	buf_free(&answer);
}

static void
hits_free(struct rule_hits *h)
{
	jsonr_free(&h->doc);
	arena_free(&h->arena);
}

static double
hits_of(const struct rule_hits *h, const char *metric, const char *rule)
{
	return jsonr_get_number(jsonr_get(h->metrics, metric), rule);
}

static void
hits_print(const struct rule_hits *h, const char *rule)
{
	if (h == NULL || h->doc == NULL)
		return;
	(void)printf("%9.0f ", hits_of(h, "rule_hits", rule) +
				   hits_of(h, "rule_shadow_hits", rule));
}

/* What the daemon's store knows of a rule that is tried on a part of mail. */
static bool
canary_known(const struct rule_canary *canary, const struct rule_hits *h,
    struct canary_state *out)
{
	char key[CANARY_KEY_MAX];
	struct store_record r = { 0 };
	struct jsonr_doc *doc;
	struct buf answer;
	const char *why;

	if (h == NULL || h->doc == NULL)
		return false;
	canary_key(canary, key);
	buf_init(&answer, 65536);
	if (tool_control(h->control,
		arena_printf(h->arena, "state list %s", key), &answer, &why)) {
		doc = jsonr_parse(buf_span(&answer), h->arena, &why);
		if (doc == NULL || !store_json_record(jsonr_top(doc), &r, &why))
			r.count = 0;
		jsonr_free(&doc);
	}
	buf_free(&answer);
	return canary_read(&r, out);
}

static void
canary_print_outside(
    const struct rule_canary *canary, const struct rule_hits *h)
{
	double outside = h == NULL || h->doc == NULL
			     ? 0
			     : hits_of(h, "rule_shadow_hits", canary->rule);

	if (outside > 0)
		(void)printf(", %.0f more outside of its part", outside);
}

static void
canary_print(const struct rule_canary *canary, const struct rule_hits *h)
{
	struct canary_state state;
	char when[24];
	struct tm tm;
	time_t at;

	(void)printf(" for %.10g%%", 100 * canary->share);
	if (!canary_known(canary, h, &state)) {
		canary_print_outside(canary, h);
		return;
	}
	(void)printf(": decided %lld, %lld of it good mail",
	    (long long)state.decided, (long long)state.bad);
	canary_print_outside(canary, h);
	if (state.taken_back_s == 0)
		return;
	at = (time_t)state.taken_back_s;
	if (gmtime_r(&at, &tm) == NULL ||
	    strftime(when, sizeof(when), "%Y-%m-%dT%H:%MZ", &tm) == 0)
		when[0] = '\0';
	(void)printf(", %staken back %s%s", tool_red(), when, tool_plain());
}

static void
canary_json(const struct rule_canary *canary, const struct rule_hits *h,
    struct jsonw *w)
{
	struct canary_state state;

	jsonw_number(w, "share", canary->share);
	if (h != NULL && h->doc != NULL)
		jsonw_number(
		    w, "outside", hits_of(h, "rule_shadow_hits", canary->rule));
	if (!canary_known(canary, h, &state))
		return;
	jsonw_number(w, "canary_decided", (double)state.decided);
	jsonw_number(w, "canary_good", (double)state.bad);
	if (state.taken_back_s != 0)
		jsonw_number(w, "taken_back", (double)state.taken_back_s);
}

static void
rule_print(const struct snapshot *s, const struct rule_info *r,
    const struct rule_hits *hits, bool verbose)
{
	hits_print(hits, r->name);
	(void)printf("%s%-28s%s %-10s %-8s", tool_bold(), r->name, tool_plain(),
	    r->action, stage_names[r->acts]);
	if (r->shadow)
		(void)printf(" shadow");
	if (r->canary != NULL)
		canary_print(r->canary, hits);
	if (r->per_rcpt)
		(void)printf(" per-recipient");
	if (r->delayed_by != NULL)
		(void)printf(" (known at %s, waits for %s)",
		    stage_names[r->stage], r->delayed_by);
	(void)putchar('\n');
	if (!verbose)
		return;
	(void)printf("    %s; %zu pattern%s, %zu lookup%s, %zu test%s; reads",
	    place_name(r->place, s->arena), r->patterns, plural(r->patterns),
	    r->list_count, plural(r->list_count), r->tests, plural(r->tests));
	for (size_t i = 0; i < r->fact_count; i++)
		(void)printf(" %s", schema_row(s->schema, r->fact[i])->name);
	(void)putchar('\n');
}

static void
rule_json(const struct snapshot *s, const struct rule_info *r,
    const struct rule_hits *hits, struct jsonw *w)
{
	jsonw_object(w, NULL);
	jsonw_textz(w, "name", r->name);
	jsonw_textz(w, "place", place_name(r->place, s->arena));
	jsonw_textz(w, "action", r->action);
	jsonw_number(w, "score", r->score);
	jsonw_textz(w, "stage", stage_names[r->stage]);
	jsonw_textz(w, "acts", stage_names[r->acts]);
	jsonw_textz(w, "delayed_by", r->delayed_by);
	jsonw_bool(w, "shadow", r->shadow);
	if (r->canary != NULL)
		canary_json(r->canary, hits, w);
	jsonw_bool(w, "per_recipient", r->per_rcpt);
	jsonw_number(w, "patterns", (double)r->patterns);
	jsonw_number(w, "lookups", (double)r->list_count);
	if (hits->doc != NULL) {
		jsonw_number(w, "hits", hits_of(hits, "rule_hits", r->name));
		jsonw_number(w, "shadow_hits",
		    hits_of(hits, "rule_shadow_hits", r->name));
		jsonw_number(
		    w, "decided", hits_of(hits, "rule_decided", r->name));
	}
	jsonw_array(w, "facts");
	for (size_t i = 0; i < r->fact_count; i++)
		jsonw_textz(w, NULL, schema_row(s->schema, r->fact[i])->name);
	jsonw_end(w);
	jsonw_end(w);
}

static void
rules_json(const struct snapshot *s, const struct rule_hits *hits)
{
	struct jsonw w;
	struct buf out;

	buf_init(&out, (size_t)64 << 20);
	jsonw_init(&w, &out);
	jsonw_array(&w, NULL);
	for (size_t i = 0; i < ruleset_count(s->ruleset); i++) {
		struct rule_info r = ruleset_rule(s->ruleset, i);

		rule_json(s, &r, hits, &w);
	}
	jsonw_end(&w);
	(void)buf_addc(&out, '\n');
	tool_print(&out);
}

static void
rules_print_hits(
    const struct snapshot *s, const struct rule_hits *hits, bool verbose)
{
	if (hits != NULL && hits->doc != NULL)
		(void)printf(
		    "%s%9s rule%s\n", tool_dim(), "hits", tool_plain());
	for (size_t i = 0; i < ruleset_count(s->ruleset); i++) {
		struct rule_info r = ruleset_rule(s->ruleset, i);

		rule_print(s, &r, hits, verbose);
	}
}

void
rules_print(const struct snapshot *s, bool verbose)
{
	rules_print_hits(s, NULL, verbose);
}

static int
rules_run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "rules", required_argument, NULL, 'r' },
		{ "config", required_argument, NULL, 'c' },
		{ NULL, 0, NULL, 0 },
	};
	const char *file = NULL, *rules = NULL;
	bool json = false, verbose = false;
	struct rule_hits hits;
	struct snapshot *s;
	int c;

	while ((c = getopt_long(argc, argv, "c:r:jv", options, NULL)) != -1) {
		if (c == 'c')
			file = optarg;
		else if (c == 'r')
			rules = optarg;
		else if (c == 'j')
			json = true;
		else if (c == 'v')
			verbose = true;
		else
			return tool_usage();
	}
	if (optind < argc)
		return tool_usage();
	s = tool_load(file, rules);
	if (s == NULL)
		return EXIT_CONFIG;
	hits_read(s, &hits);
	if (json)
		rules_json(s, &hits);
	else
		rules_print_hits(s, &hits, verbose);
	hits_free(&hits);
	snapshot_unref(&s);
	return EXIT_OK;
}

extern const struct command command_rules;
const struct command command_rules = {
	.name = "rules",
	.usage = "[-v] [--json] [-c FILE] [--rules FILE|DIR]",
	.help = "list the rules in force with the stage at which each acts",
	.run = rules_run,
};
