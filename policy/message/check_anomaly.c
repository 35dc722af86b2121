/*
 * All flags of a message as facts, whoever raised them: the last of the
 * checks, since it reads what the others have said. It waits for their
 * lookups, because a flag may come with an answer.
 */
#include "config.h"

#include "policy/message/check_anomaly.h"

#include "policy/base/wait.h"
#include "policy/message/session.h"

enum anomaly_fact { F_ANOMALY, F_ANOMALY_NAME, F_COUNT };

static const struct fact_row anomaly_fact_rows[] = {
	[F_ANOMALY] = { "anomaly", FACT_GROUP, STAGE_EOM, FACT_CHEAP, NULL,
	    "what is odd about the structure of the message" },
	[F_ANOMALY_NAME] = { "anomaly.name", FACT_TEXT, STAGE_EOM,
	    FACT_CHEAP | FACT_IMPERSONAL, NULL, "the name of the flag" },
};
_Static_assert(ARRAY_COUNT(anomaly_fact_rows) == F_COUNT, "a row per fact");

static bool
anomaly_judge(struct message *m, void *slot, enum stage stage)
{
	fact_id group = check_fact(m, &check_anomaly, F_ANOMALY);
	fact_id name = check_fact(m, &check_anomaly, F_ANOMALY_NAME);

	(void)slot;
	/* What waits for DNS, a document's reader or a scanner may flag more. */
	if (stage != STAGE_EOM || dns_pending(m->dns) > 0 ||
	    waits_pending(m->waits) > 0)
		return false;
	if (m->envelope_only)
		return true;
	for (size_t i = 0; i < m->flag_count; i++)
		facts_field(m->facts, name, facts_element(m->facts, group),
		    value_text(span_of(m->flag[i])));
	facts_group_end(m->facts, group);
	return true;
}

const struct check check_anomaly = {
	.name = "anomaly",
	.after = "header content",
	.facts = anomaly_fact_rows,
	.fact_count = ARRAY_COUNT(anomaly_fact_rows),
	.slot_size = 1,
	.judge = anomaly_judge,
};
