/*
 * Dynamic lists: the facts of a message that rules look up elsewhere.
 */
#include "config.h"

#include "policy/list_lookup.h"

#include "policy/session.h"
#include "policy/snapshot.h"

enum truth
list_lookup(
    void *ctx, size_t list, const struct value *value, struct span *detail)
{
	(void)ctx;
	(void)list;
	(void)value;
	(void)detail;
	return TRUTH_NO;
}

static void
prefetch_value(struct message *m, size_t list, const struct value *value)
{
	struct span detail;

	if (value->state == FACT_KNOWN)
		(void)list_lookup(m, list, value, &detail);
}

void
list_prefetch(struct message *m)
{
	const struct ruleset *rs = m->session->snapshot->ruleset;

	for (size_t i = 0; i < ruleset_lookup_count(rs); i++) {
		struct rule_lookup l = ruleset_lookup(rs, i);
		const struct schema *s = facts_schema(m->facts);
		fact_id group = schema_group(s, l.fact);

		if (group == FACT_NONE) {
			prefetch_value(m, l.list, facts_get(m->facts, l.fact));
			continue;
		}
		for (size_t e = 0; e < facts_count(m->facts, group); e++)
			prefetch_value(
			    m, l.list, facts_field_get(m->facts, l.fact, e));
	}
}
