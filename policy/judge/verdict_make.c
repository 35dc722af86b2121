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
#include "rules/base/utf8.h"
#include "rules/eval/ruling.h"
#include "rules/lang/ruleset.h"

/*
 * Of what is said. With code, status, decision id and line end a reply stays
 * within the 512 octets of RFC 5321, 4.5.3.1.5.
 */
#define REPLY_TEXT_MAX ((size_t)440)
#define REASON_MAX     ((size_t)200)

/* Whom a refused sender may turn to: "; see https://mx.example/0H3K". */
static const char *
reply_contact(struct message *m, const struct decision *d, const char *number)
{
	struct span rest = span_of(m->session->snapshot->config.reply_contact);
	const char *out = "; see ";

	if (rest.n == 0 || d->outcome != OUTCOME_REJECT)
		return "";
	while (rest.n > 0) {
		size_t at = span_search(rest, SPAN(CONFIG_CONTACT_ID));
		bool id = at != SIZE_MAX;

		at = id ? at : rest.n;
		out = arena_printf(m->arena, "%s%.*s%s%s", out, (int)at, rest.p,
		    id ? m->id : "", id ? number : "");
		rest = span_slice(
		    rest, id ? at + sizeof(CONFIG_CONTACT_ID) - 1 : at, rest.n);
	}
	return out;
}

static void
verdict_reply(struct message *m, const struct decision *d, size_t rcpt,
    struct verdict *out)
{
	const struct outcome_reply *standard = &outcome_replies[d->outcome];
	struct span text = d->text;
	char number[24] = "";
	const char *contact;

	if (standard->code == 0)
		return;
	if (text.n == 0)
		text = span_of(standard->text);
	if (rcpt != RCPT_NONE)
		(void)snprintf(number, sizeof(number), ".%zu", rcpt + 1);
	out->reply.code = d->code == 0 ? standard->code : d->code;
	out->reply.enhanced =
	    d->enhanced == NULL ? standard->enhanced : d->enhanced;
	contact = reply_contact(m, d, number);
	/* RFC 6531, 3.5: only to a client that has said SMTPUTF8. */
	if (!m->smtputf8)
		text = utf8_to_ascii(text, m->arena);
	text = utf8_cut(text, REPLY_TEXT_MAX - strlen(contact));
	out->reply.text = span_of(arena_printf(
	    m->arena, "%.*s%s [%s%s]", SPAN_FMT(text), contact, m->id, number));
}

enum outcome
verdict_enforced(const struct message *m, enum outcome wanted)
{
	if (m->session->snapshot->config.mode.index == MODE_ENFORCE ||
	    wanted == OUTCOME_JUNK)
		return wanted;
	return OUTCOME_ACCEPT;
}

/* The scores that came to a threshold together: "score 6.5: loud 4, stranger
 * 2.5". */
static struct span
verdict_scores(struct message *m, const struct verdict *v)
{
	const char *text =
	    arena_printf(m->arena, "score %g", v->record.score + 0.0);
	const char *before = ": ";

	for (size_t i = 0;
	     i < v->record.matched_count && strlen(text) < REASON_MAX; i++) {
		const struct matched *rule = &v->record.matched[i];

		if (rule->score == 0 || rule->shadow)
			continue;
		text = arena_printf(m->arena, "%s%s%s %g", text, before,
		    rule->name, rule->score);
		before = ", ";
	}
	return span_of(text);
}

static struct span
verdict_reason(
    struct message *m, const struct decision *d, const struct verdict *v)
{
	if (d->unknown != NULL)
		return span_of(arena_printf(
		    m->arena, "%s could not be decided", d->unknown));
	/* What the rule itself says of mail that it lets by, marked. */
	if ((d->outcome == OUTCOME_JUNK || d->outcome == OUTCOME_QUARANTINE) &&
	    d->text.n > 0)
		return span_slice(d->text, 0, REASON_MAX);
	if (d->rule != NULL && d->rule_number == SIZE_MAX)
		return verdict_scores(m, v);
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
