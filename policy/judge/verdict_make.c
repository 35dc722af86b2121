/*
 * From what the rules decided to the verdict: the action, the reply with its
 * defaults, what monitor mode leaves of it, and the record behind it.
 */
#include "config.h"

#include "policy/judge/verdict_make.h"

#include <stdio.h>

#include "policy/message/session.h"
#include "policy/message/snapshot.h"
#include "rules/base/panic.h"
#include "rules/eval/ruling.h"
#include "rules/lang/ruleset.h"

/*
 * Of what is said. With code, status, decision id and line end a reply stays
 * within the 512 octets of RFC 5321, 4.5.3.1.5.
 */
#define REPLY_TEXT_MAX ((size_t)440)

static void
verdict_reply(struct message *m, const struct decision *d, size_t rcpt,
    struct verdict *out)
{
	const struct outcome_reply *standard = &outcome_replies[d->outcome];
	struct span text = d->text;
	char number[24] = "";

	if (standard->code == 0)
		return;
	if (text.n == 0)
		text = span_of(standard->text);
	if (rcpt != RCPT_NONE)
		(void)snprintf(number, sizeof(number), ".%zu", rcpt + 1);
	out->reply.code = d->code == 0 ? standard->code : d->code;
	out->reply.enhanced =
	    d->enhanced == NULL ? standard->enhanced : d->enhanced;
	text = span_slice(text, 0, REPLY_TEXT_MAX);
	out->reply.text = span_of(arena_printf(
	    m->arena, "%.*s [%s%s]", SPAN_FMT(text), m->id, number));
}

enum outcome
verdict_enforced(const struct message *m, enum outcome wanted)
{
	if (m->session->snapshot->config.mode.index == MODE_ENFORCE ||
	    wanted == OUTCOME_JUNK)
		return wanted;
	return OUTCOME_ACCEPT;
}

static struct span
verdict_reason(
    struct message *m, const struct decision *d, const struct verdict *v)
{
	if (d->unknown != NULL)
		return span_of(arena_printf(
		    m->arena, "%s could not be decided", d->unknown));
	for (size_t i = 0; i < v->record.matched_count; i++)
		if (v->record.matched[i].decided)
			return v->record.matched[i].evidence;
	return SPAN("");
}

struct span
verdict_whose(const struct message *m, size_t rcpt)
{
	fact_id fact = schema_find(facts_schema(m->facts), SPAN("rcpt"));
	const struct value *v;

	if (rcpt == RCPT_NONE || fact == FACT_NONE)
		return SPAN("");
	v = facts_rcpt(m->facts, fact, rcpt);
	return v->state == FACT_KNOWN ? v->text : SPAN("");
}

void
verdict_make(struct message *m, const struct decision *d, const size_t *rcpt,
    size_t rcpt_count, enum stage stage, size_t refused_rcpt,
    struct verdict *out)
{
	const struct ruleset *rules = m->session->snapshot->ruleset;
	struct span whose;

	INVARIANT(d->outcome < OUTCOME_COUNT);
	verdict_nothing(out, stage);
	if (d->outcome != OUTCOME_NONE)
		out->wanted = d->outcome;
	out->action = verdict_enforced(m, out->wanted);
	out->rule = d->rule;
	out->disagreed = d->disagreed;
	out->unknown = d->unknown != NULL;
	whose = verdict_whose(m, d->rcpt);
	out->junk_at = ruleset_threshold_for(rules, OUTCOME_JUNK, whose);
	out->reject_at = ruleset_threshold_for(rules, OUTCOME_REJECT, whose);
	verdict_reply(m, d, refused_rcpt, out);
	if (out->action != out->wanted)
		out->reply = (struct reply){ 0 };
	ruling_record(m->ruling, rcpt, rcpt_count, d, &out->record);
	out->reason = verdict_reason(m, d, out);
}
