/*
 * Dynamic lists: the facts of a message that rules look up elsewhere. Each
 * name is asked once for a message, whichever rules want to know.
 */
#include "config.h"

#include "policy/lists/list_lookup.h"

#include "policy/lists/dnslist_health.h"
#include "policy/message/check.h"
#include "policy/message/session.h"
#include "policy/message/snapshot.h"

extern const struct check check_lists;

const struct dnslists *
dnslists_of(const struct snapshot *s)
{
	static const struct dnslists none;
	const struct dnslists *lists = check_data(s, &check_lists);

	return lists == NULL ? &none : lists;
}

static const struct dnslists *
lists_of(const struct message *m)
{
	return dnslists_of(m->session->snapshot);
}

static const struct list_settings *
settings_of(const struct message *m)
{
	return check_settings(m, &check_lists);
}

static struct list_slot *
slot_of(struct message *m)
{
	struct list_slot *s = check_slot(m, &check_lists);

	if (s->asked == NULL) {
		s->lists = lists_of(m)->count;
		s->asked = arena_array(
		    m->arena, s->lists, sizeof(struct list_asked **));
		s->count = arena_array(m->arena, s->lists, sizeof(*s->count));
		s->cap = arena_array(m->arena, s->lists, sizeof(*s->cap));
	}
	return s;
}

/* ---- one question -------------------------------------------------------- */

static struct list_asked *
asked_add(
    struct message *m, struct list_slot *s, size_t list, struct span subject)
{
	const struct dnslist *l = lists_of(m)->list[list];
	struct list_asked *asked = arena_alloc(m->arena, sizeof(*asked));

	asked->list = l;
	asked->subject = arena_dup(m->arena, subject);
	asked->question = dnslist_question(l, subject, m->arena);
	s->asked[list] = arena_grow(m->arena, s->asked[list], &s->cap[list],
	    s->count[list] + 1, sizeof(struct list_asked *));
	s->asked[list][s->count[list]++] = asked;
	return asked;
}

/* NULL when the message has asked this list often enough: the bound keeps
 * the search short, too. */
static struct list_asked *
asked_get(struct message *m, size_t list, struct span subject)
{
	struct list_slot *s = slot_of(m);

	for (size_t i = 0; i < s->count[list]; i++)
		if (span_eq(s->asked[list][i]->subject, subject))
			return s->asked[list][i];
	if (s->count[list] < settings_of(m)->names)
		return asked_add(m, s, list, subject);
	message_raise(m, FLAG_LISTS_LIMIT);
	return NULL;
}

static void
asked_settle(struct message *m, struct list_asked *asked)
{
	asked->settled = true;
	if (asked->result.truth == TRUTH_UNKNOWN)
		message_incomplete(m, arena_printf(m->arena, "list:%.*s",
					  SPAN_FMT(asked->list->name)));
}

static enum truth
asked_ask(struct message *m, struct list_asked *asked)
{
	const struct dnslist *l = asked->list;
	const struct dns_answer *answer;

	if (asked->settled)
		return asked->result.truth;
	/*
	 * A list that was taken out of service lists nobody. It is not unknown
	 * as one late answer is: for as long as it is out, every refusal below
	 * a rule that asks it would be a temporary one.
	 */
	if (dnslist_suspended(l)) {
		asked->result = (struct dnslist_result){ .truth = TRUTH_NO,
			.problem = "the list is suspended" };
		asked->settled = true;
		message_incomplete(
		    m, arena_printf(m->arena, "list:%.*s", SPAN_FMT(l->name)));
		return TRUTH_NO;
	}
	answer = dns_ask_reserved(m->dns, asked->question, DNS_A);
	if (answer->status == DNS_PENDING && slot_of(m)->late)
		dns_give_up_one(
		    m->dns, asked->question, DNS_A, "the lists' deadline");
	if (answer->status == DNS_PENDING)
		return TRUTH_PENDING;
	dnslist_judge(l, answer, m->arena, &asked->result);
	dnslist_answered(l, &asked->result);
	asked_settle(m, asked);
	return asked->result.truth;
}

enum truth
list_lookup(struct message *m, size_t list, const struct value *value,
    struct span *detail)
{
	const struct dnslists *lists = lists_of(m);
	struct list_asked *asked;
	struct span subject;
	enum truth truth;

	/* Our own users and machines are on no list, whatever it says. */
	if (list >= lists->count || lists->list[list] == NULL ||
	    !message_is_foreign(m))
		return TRUTH_NO;
	subject = dnslist_subject(lists->list[list], value, m->arena);
	if (subject.n == 0)
		return TRUTH_NO;
	asked = asked_get(m, list, subject);
	if (asked == NULL)
		return TRUTH_NO;
	truth = asked_ask(m, asked);
	if (truth == TRUTH_YES)
		*detail = asked->result.detail;
	return truth;
}

/* ---- all of them --------------------------------------------------------- */

/* Looks again at what is under way. */
static void
asked_poll(struct message *m, const struct list_slot *s)
{
	for (size_t l = 0; l < s->lists; l++)
		for (size_t i = 0; i < s->count[l]; i++)
			(void)asked_ask(m, s->asked[l][i]);
}

/* False as long as the value is pending. */
static bool
prefetch_value(struct message *m, size_t list, const struct value *value)
{
	struct span detail;

	if (value->state == FACT_KNOWN)
		(void)list_lookup(m, list, value, &detail);
	return value->state != FACT_PENDING;
}

/* How many values the fact has now: recipients, elements, or one. */
static size_t
fact_values(const struct message *m, fact_id fact)
{
	const struct schema *s = facts_schema(m->facts);
	fact_id group = schema_group(s, fact);

	if ((schema_row(s, fact)->flags & FACT_RCPT) != 0)
		return m->rcpt_count;
	return group == FACT_NONE ? 1 : facts_count(m->facts, group);
}

static const struct value *
fact_value(const struct message *m, fact_id fact, size_t i)
{
	const struct schema *s = facts_schema(m->facts);

	if ((schema_row(s, fact)->flags & FACT_RCPT) != 0)
		return facts_rcpt(m->facts, fact, i);
	return schema_group(s, fact) == FACT_NONE
		   ? facts_get(m->facts, fact)
		   : facts_field_get(m->facts, fact, i);
}

/*
 * This is called whenever an answer has come, and a message may have
 * thousands of links: each value is looked at once.
 */
void
list_prefetch(struct message *m)
{
	const struct ruleset *rs = m->session->snapshot->ruleset;
	struct list_slot *s = slot_of(m);
	size_t count = ruleset_lookup_count(rs);

	if (!message_is_foreign(m))
		return;
	asked_poll(m, s);
	if (s->begun == NULL)
		s->begun = arena_array(m->arena, count, sizeof(*s->begun));
	for (size_t i = 0; i < count; i++) {
		struct rule_lookup l = ruleset_lookup(rs, i);
		size_t values = fact_values(m, l.fact);

		while (s->begun[i] < values &&
		       prefetch_value(
			   m, l.list, fact_value(m, l.fact, s->begun[i])))
			s->begun[i]++;
	}
}

size_t
list_pending(struct message *m)
{
	const struct list_slot *s = slot_of(m);
	size_t pending = 0;

	for (size_t l = 0; l < s->lists; l++)
		for (size_t i = 0; i < s->count[l]; i++)
			pending += !s->asked[l][i]->settled;
	return pending;
}

void
list_unanswered(struct message *m, list_unanswered_visit *visit, void *ctx)
{
	const struct list_slot *s = slot_of(m);

	for (size_t l = 0; l < s->lists; l++)
		for (size_t i = 0; i < s->count[l]; i++) {
			const struct list_asked *asked = s->asked[l][i];

			if (asked->settled && asked->result.error == NULL &&
			    asked->result.truth == TRUTH_UNKNOWN)
				visit(ctx, l, asked);
		}
}

void
list_give_up(struct message *m)
{
	struct list_slot *s = slot_of(m);

	s->late = true;
	asked_poll(m, s);
}
