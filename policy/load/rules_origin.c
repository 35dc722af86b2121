/*
 * From which files the rules of a snapshot are, in words.
 */
#include "config.h"

#include "policy/load/rules_origin.h"

#include "policy/message/snapshot.h"
#include "rules/lang/ruleset.h"

#define ORIGIN_FILES_MAX 8

static struct span
origin_of(const struct snapshot *s, size_t rule)
{
	const struct source *from = ruleset_rule(s->ruleset, rule).place.source;

	return from == NULL ? SPAN("") : from->name;
}

bool
rules_are_shipped(const struct snapshot *s)
{
	for (size_t i = 0; i < ruleset_count(s->ruleset); i++)
		if (span_starts(origin_of(s, i), SPAN("shipped ")))
			return true;
	return false;
}

const char *
rules_origin(const struct snapshot *s, struct arena *a)
{
	size_t files = 0, count = ruleset_count(s->ruleset);
	struct span last = { 0 };
	const char *names = "";

	for (size_t i = 0; i < count; i++) {
		struct span from = origin_of(s, i);

		if (i > 0 && span_eq(from, last))
			continue;
		last = from;
		if (files++ < ORIGIN_FILES_MAX)
			names = arena_printf(a, "%s%s%.*s", names,
			    files > 1 ? ", " : "", SPAN_FMT(from));
	}
	return arena_printf(a, "%zu rule%s from %s%s; %s", count,
	    plural(count), count == 0 ? "no file" : names,
	    files > ORIGIN_FILES_MAX ? ", ..." : "",
	    rules_are_shipped(s)
		? "no file matches the setting rules, so the shipped rules "
		  "are in force"
		: "the shipped rules are not in force beside them");
}
