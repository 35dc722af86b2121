/*
 * From a verdict to what the MTA is told. Nothing is decided here.
 */
#include "config.h"

#include "milter/protocol/action.h"

#include "policy/tell/headers.h"

static const enum engine_action action_meaning[OUTCOME_COUNT] = {
	[OUTCOME_ACCEPT] = ENGINE_CONTINUE,
	[OUTCOME_JUNK] = ENGINE_CONTINUE,
	[OUTCOME_QUARANTINE] = ENGINE_CONTINUE,
	[OUTCOME_TEMPFAIL] = ENGINE_TEMPFAIL,
	[OUTCOME_REJECT] = ENGINE_REJECT,
	[OUTCOME_DISCARD] = ENGINE_DISCARD,
};

void
action_reply(const struct verdict *v, struct engine_answer *out)
{
	*out = (struct engine_answer){ .action = action_meaning[v->action],
		.reply = v->reply };
}

void
action_finish(
    struct message *m, const struct verdict *v, struct engine_answer *out)
{
	action_reply(v, out);
	if (out->action != ENGINE_CONTINUE)
		return;
	out->edits = v->edits;
	if (v->action == OUTCOME_QUARANTINE)
		out->quarantine = arena_printf(m->arena, "verdict %s %s", m->id,
		    v->rule == NULL ? "" : v->rule);
}
