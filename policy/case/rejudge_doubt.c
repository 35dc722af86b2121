/*
 * Whether the verdict of a decision that is judged again hangs on what the
 * journal lacks, and on which facts and lists.
 */
#include "config.h"

#include <string.h>

#include "policy/case/rejudge_inside.h"
#include "policy/judge/verdict_make.h"
#include "policy/message/message.h"
#include "rules/eval/ruling.h"
#include "rules/lang/ruleset.h"

bool
rejudge_reads_lacking(const struct rejudge *r, const struct rule_info *info)
{
	for (size_t i = 0; i < info->fact_count; i++)
		if (r->lacking[info->fact[i]])
			return true;
	return false;
}

static bool
doubt_asks(const struct rejudge *r, const struct rule_info *info)
{
	for (size_t i = 0; i < info->list_count; i++)
		if (r->list_lacking[info->list[i]])
			return true;
	return rejudge_reads_lacking(r, info);
}

static enum outcome
doubt_outcome(const struct ruleset *rs, struct span rcpt, double score)
{
	for (size_t i = OUTCOME_REJECT; i >= OUTCOME_JUNK; i--)
		if (score >=
		    ruleset_threshold_for(rs, (enum outcome)i, rcpt) - 1e-9)
			return (enum outcome)i;
	return OUTCOME_ACCEPT;
}

static void
doubt_name(struct rejudge *r, const char *name)
{
	for (size_t k = 0; k < r->lacks_count; k++)
		if (strcmp(r->lacks[k], name) == 0)
			return;
	r->lacks[r->lacks_count++] = name;
}

static void
doubt_add(struct rejudge *r, const struct rule_info *info)
{
	for (size_t i = 0; i < info->fact_count; i++)
		if (r->lacking[info->fact[i]])
			doubt_name(
			    r, schema_row(r->snapshot->schema, info->fact[i])
				   ->name);
	for (size_t i = 0; i < info->list_count; i++)
		if (r->list_lacking[info->list[i]])
			doubt_name(
			    r, arena_printf(r->scratch, "list %.*s",
				   SPAN_FMT(ruleset_list(
				       r->snapshot->ruleset, info->list[i])
						.name)));
}

/* Whether the verdict could be another if this rule were known. */
static bool
doubt_could_change(const struct rejudge_result *out, size_t rule,
    size_t decided, const struct rule_info *info)
{
	if (info->shadow || info->outcome == OUTCOME_NONE || rule > decided)
		return false;
	return out->verdict.unknown || info->outcome != out->verdict.wanted;
}

void
rejudge_doubt(struct rejudge *r, struct rejudge_result *out)
{
	const struct ruleset *rs = r->snapshot->ruleset;
	size_t decided = out->verdict.rule == NULL
			     ? SIZE_MAX
			     : ruleset_find(rs, span_of(out->verdict.rule));
	double low = out->verdict.record.score, high = low;
	struct span whose = verdict_whose(out->message, out->rcpt);

	for (size_t pass = 0; pass < 2; pass++) {
		bool scores = decided == SIZE_MAX && !out->goes_on &&
			      doubt_outcome(rs, whose, low) !=
				  doubt_outcome(rs, whose, high);

		for (size_t i = 0; i < ruleset_count(rs); i++) {
			struct rule_info info = ruleset_rule(rs, i);

			if (!doubt_asks(r, &info) ||
			    ruling_truth(out->message->ruling, i, out->rcpt) !=
				TRUTH_UNKNOWN)
				continue;
			if (pass == 0 && !info.shadow) {
				low += info.score < 0 ? info.score : 0;
				high += info.score > 0 ? info.score : 0;
			} else if (doubt_could_change(out, i, decided, &info) ||
				   (scores && !info.shadow &&
				       info.score != 0)) {
				doubt_add(r, &info);
				out->uncertain = true;
			}
		}
	}
}
