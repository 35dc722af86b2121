/*
 * verdict lint: is the configuration right, and what does it come to?
 */
#include "config.h"

#include <getopt.h>

#include "policy/base/clock.h"
#include "policy/load/config_places.h"
#include "policy/load/rules_origin.h"
#include "rules/proof/proof.h"
#include "rules/source/diag.h"
#include "tool/base/tool.h"
#include "tool/judge/lint_against.h"

struct show {
	struct buf out;
	struct arena *arena;
};

static void
show_setting(void *ctx, const struct setting_row *row, const void *base,
    const char *origin)
{
	struct show *s = ctx;
	struct buf value;

	buf_init(&value, 65536);
	setting_show(row, base, &value);
	(void)buf_printf(&s->out, "%s%-24s%s %-32.*s %s# %s; %s%s%s\n",
	    tool_bold(), row->key, tool_plain(), SPAN_FMT(buf_span(&value)),
	    tool_dim(), origin == NULL ? "default" : origin,
	    row->at_start ? "at start; " : "", row->help, tool_plain());
	buf_free(&value);
}

static struct proof_options
lint_proof_options(void)
{
	return (struct proof_options){ .now_s = clock_system.unix_s(
					   clock_system.ctx) };
}

/* All promises again, with more patience than a reload has, and rules that
 * never decide. False when a promise is broken after all. */
static bool
lint_prove(const struct snapshot *s)
{
	const struct proof_options options = lint_proof_options();
	struct proof_tally tally;
	struct proof *proof;
	struct diags diags;
	size_t errors;

	/* What loading could not decide it has said. */
	diags_init(&diags, s->arena);
	proof_promises(s->ruleset, &options, &diags, &tally);
	errors = diags.errors;
	if (errors > 0)
		tool_report(&diags);
	if (proof_can(s->ruleset)) {
		diags_init(&diags, s->arena);
		proof = proof_new(s->ruleset, NULL, &options);
		proof_warn_rules(proof, &diags);
		proof_free(&proof);
		tool_report(&diags);
	} else {
		(void)printf("not looked whether each rule can decide: there "
			     "are too many\n");
	}
	if (tally.count[PROOF_HOLDS] > 0)
		(void)printf("%zu promise%s proved\n", tally.count[PROOF_HOLDS],
		    tally.count[PROOF_HOLDS] == 1 ? "" : "s");
	if (tally.count[PROOF_BOUNDED] > 0)
		(void)printf("%zu proved but for mail on which a pattern runs "
			     "into its bounds\n",
		    tally.count[PROOF_BOUNDED]);
	return errors == 0;
}

/* What the settings name and is not there, or can't be used. */
static bool
lint_places(const struct snapshot *s)
{
	struct diags diags;
	bool looked;

	diags_init(&diags, s->arena);
	looked = config_places(s, &diags);
	tool_report(&diags);
	if (!looked)
		(void)printf("not looked whether user %s can read all of it: "
			     "root alone can try\n",
		    s->config.user);
	return diags.errors == 0;
}

/* A rule about the envelope that waits for what stands above it. */
static void
lint_waiting(const struct snapshot *s)
{
	for (size_t i = 0; i < ruleset_count(s->ruleset); i++) {
		struct rule_info rule = ruleset_rule(s->ruleset, i);

		if (rule.shadow || rule.delayed_by == NULL ||
		    rule.outcome == OUTCOME_NONE || rule.stage > STAGE_RCPT ||
		    rule.acts <= STAGE_RCPT)
			continue;
		(void)printf("rule %s could act at %s, but waits for %s, which "
			     "is known at %s: move it above that one\n",
		    rule.name, stage_names[rule.stage], rule.delayed_by,
		    stage_names[rule.acts]);
	}
}

struct lint_options {
	const char *file, *rules, *against; /* NULL: not given */
	bool installed, show, verbose;
};

static bool
options_read(int argc, char **argv, struct lint_options *o)
{
	static const struct option options[] = {
		{ "show", no_argument, NULL, 's' },
		{ "config", required_argument, NULL, 'c' },
		{ "rules", required_argument, NULL, 'r' },
		{ "against", required_argument, NULL, 'a' },
		{ "installed", no_argument, NULL, 'i' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	*o = (struct lint_options){ 0 };
	while ((c = getopt_long(argc, argv, "c:r:sv", options, NULL)) != -1) {
		if (c == 'c')
			o->file = optarg;
		else if (c == 'r')
			o->rules = optarg;
		else if (c == 'a')
			o->against = optarg;
		else if (c == 'i')
			o->installed = true;
		else if (c == 's')
			o->show = true;
		else if (c == 'v')
			o->verbose = true;
		else
			return false;
	}
	return optind == argc;
}

/* Against other rules, or those installed. */
static int
lint_compare(const struct snapshot *s, const struct lint_options *o)
{
	const struct proof_options proving = lint_proof_options();
	struct snapshot *other = tool_load(o->file, o->against);
	int status = EXIT_CONFIG;

	if (other != NULL)
		status = lint_against(other->ruleset, s->ruleset, &proving);
	snapshot_unref(&other);
	return status;
}

static void
settings_show(const struct snapshot *s)
{
	struct show all = { .arena = s->arena };

	buf_init(&all.out, (size_t)4 << 20);
	config_each(&s->parts, show_setting, &all);
	tool_print(&all.out);
}

static int
lint_all(const struct snapshot *s, const struct lint_options *o)
{
	if (!lint_prove(s) || (o->rules == NULL && !lint_places(s)))
		return EXIT_CONFIG;
	if (o->rules == NULL)
		(void)printf("%s\n", rules_origin(s, s->arena));
	lint_waiting(s);
	(void)printf("%sno errors%s\n", tool_green(), tool_plain());
	return EXIT_OK;
}

static int
lint_run(int argc, char **argv)
{
	struct lint_options o;
	int status = EXIT_OK;
	struct snapshot *s;

	if (!options_read(argc, argv, &o))
		return tool_usage();
	s = tool_load(o.file, o.rules);
	if (s == NULL)
		return EXIT_CONFIG;
	if (o.against != NULL || o.installed)
		status = lint_compare(s, &o);
	else if (o.show)
		settings_show(s);
	else if (o.verbose)
		rules_print(s, true);
	else
		status = lint_all(s, &o);
	(void)compile_missing(s);
	snapshot_unref(&s);
	return status;
}

extern const struct command command_lint;
const struct command command_lint = {
	.name = "lint",
	.usage = "[-v] [--show] [--against FILE|DIR | --installed] [-c FILE] "
		 "[--rules FILE|DIR]",
	.help = "check configuration and rules; --show prints every setting",
	.run = lint_run,
};
