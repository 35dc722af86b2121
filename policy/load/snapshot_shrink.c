/*
 * Lists that are much shorter than they were a moment ago.
 */
#include "config.h"

#include "policy/load/snapshot_shrink.h"

#include "rules/base/buf.h"
#include "rules/lang/ruleset.h"

/* Of fewer entries somebody may well take half away by hand. */
#define SHRINK_LEAST 20

static size_t
entries_of(const struct ruleset *rules, struct span name)
{
	for (size_t i = 0; i < ruleset_list_count(rules); i++) {
		struct rule_list_info list = ruleset_list(rules, i);

		if (span_eq(list.name, name))
			return list.from_files;
	}
	return SIZE_MAX;
}

size_t
snapshot_shrunken(
    const struct snapshot *old, const struct snapshot *fresh, struct buf *out)
{
	size_t count = 0;

	for (size_t i = 0; i < ruleset_list_count(old->ruleset); i++) {
		struct rule_list_info was = ruleset_list(old->ruleset, i);
		size_t is = entries_of(fresh->ruleset, was.name);

		if (is > was.from_files / 2 ||
		    (is > 0 && was.from_files < SHRINK_LEAST) ||
		    was.from_files == 0)
			continue;
		(void)buf_printf(out,
		    "list %.*s has %zu %s instead of %zu\n",
		    SPAN_FMT(was.name), is, is == 1 ? "entry" : "entries",
		    was.from_files);
		count++;
	}
	return count;
}
