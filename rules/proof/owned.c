/*
 * Who the recipient is: whose entries of lists by recipient count, and whose
 * thresholds. A list is parted into what each owner has, so that the question
 * is one about the value and one about the recipient for each of them. Of
 * lists and thresholds of too many owners the answer is left open.
 */
#include "config.h"

#include "rules/proof/prover.h"

#define OWNERS_MAX  60
#define ENTRIES_MAX 300
#define ROWS_MAX    60

/* ---- owners of a list ------------------------------------------------------ */

struct owners {
	const struct list *list;
	uint32_t number[OWNERS_MAX];
	struct span name[OWNERS_MAX];
	size_t n;
	bool over;
};

static bool
owner_note(void *context, const struct list_hit *hit)
{
	struct owners *o = context;
	uint32_t whose[LIST_OWNERS_MAX];

	/* His own entries come first. */
	if (list_owners(o->list, hit->owner, whose) == 0)
		return true;
	for (size_t i = 0; i < o->n; i++)
		if (o->number[i] == whose[0])
			return true;
	if (o->n == OWNERS_MAX) {
		o->over = true;
		return false;
	}
	o->name[o->n] = hit->owner;
	o->number[o->n++] = whose[0];
	return true;
}

static bool
owners_of(struct prover *p, const struct list *l, struct owners *out)
{
	*out = (struct owners){ .list = l };
	if (list_count(l) > ENTRIES_MAX)
		return false;
	list_each(l, p->now_s, owner_note, out);
	return !out->over;
}

static const struct rule_list_info *
owned_list(const struct prover *p, size_t set, const struct cond *c)
{
	const struct rule_list_info *info;

	if (c->kind != COND_IN_LIST)
		return NULL;
	info = &p->set[set].rs->list[c->list]->info;
	return info->by_rcpt ? info : NULL;
}

/* The same that was asked before, whoever asked. */
static const struct asked *
owned_find(const struct pool *pool, const struct asked *like)
{
	for (size_t i = 0; pool != NULL && i < pool->asked_n; i++) {
		const struct asked *q = &pool->asked[i];

		if (q->about == like->about && q->set == like->set &&
		    q->fact == like->fact && q->list == like->list &&
		    q->owner == like->owner && q->threshold == like->threshold)
			return q;
	}
	return NULL;
}

static void
owned_add(struct prover *p, const struct asked *q)
{
	if (owned_find(pool_of(p, q->fact), q) == NULL)
		pool_asked(p, *q);
}

bool
owned_ask(struct prover *p, size_t set, const struct cond *c)
{
	const struct rule_list_info *info = owned_list(p, set, c);
	struct owners owners;

	if (info == NULL || !owners_of(p, info->items, &owners))
		return false;
	for (size_t i = 0; i < owners.n; i++) {
		struct asked q = { .cond = c,
			.set = set,
			.fact = c->subject.fact,
			.about = ASKED_ENTRY,
			.list = c->list,
			.owner = owners.number[i],
			.says = i == 0 };

		owned_add(p, &q);
		q.about = ASKED_OWNER;
		q.fact = p->set[set].rs->rcpt;
		q.name = owners.name[i];
		q.says = false;
		owned_add(p, &q);
	}
	return true;
}

/* ---- thresholds ------------------------------------------------------------- */

void
thresholds_ask(struct prover *p, size_t set)
{
	const struct ruleset *rs = p->set[set].rs;

	if (rs->by_rcpt_count == 0 || rs->by_rcpt_count > ROWS_MAX)
		return;
	for (size_t i = 0; i < rs->by_rcpt_count; i++)
		for (size_t k = OUTCOME_JUNK; k <= OUTCOME_REJECT; k++) {
			const struct threshold *t =
			    &rs->by_rcpt[i].threshold[k];
			const struct asked q = { .set = set,
				.fact = rs->rcpt,
				.about = ASKED_THRESHOLD,
				.threshold = t,
				.outcome = (enum outcome)k,
				.name = rs->by_rcpt[i].rcpt };

			if (t->set)
				pool_asked(p, q);
		}
}

/* ---- what a value answers ---------------------------------------------------- */

static bool
owner_is(const struct list *l, uint32_t owner, struct span rcpt)
{
	uint32_t whose[LIST_OWNERS_MAX];
	size_t n = list_owners(l, rcpt, whose);

	for (size_t i = 0; i < n; i++)
		if (whose[i] == owner)
			return true;
	return false;
}

enum reply
owned_reply(struct prover *p, const struct asked *q, const struct value *v)
{
	const struct ruleset *rs = p->set[q->set].rs;
	struct list_value asked;
	const struct list *l;
	struct list_hit hit;
	bool yes;

	if (q->about == ASKED_THRESHOLD)
		return ruleset_threshold_row(rs, q->outcome, v->text) ==
			       q->threshold
			   ? REPLY_YES
			   : REPLY_NO;
	l = rs->list[q->list]->info.items;
	if (q->about == ASKED_OWNER)
		return owner_is(l, q->owner, v->text) ? REPLY_YES : REPLY_NO;
	asked = eval_list_value(l, v, schema_row(p->schema, q->fact)->type);
	yes = list_find_owned(l, q->owner, &asked, p->now_s, &hit);
	return yes ? REPLY_YES : REPLY_NO;
}

/* ---- as formulas ------------------------------------------------------------- */

bool
encode_owned(struct prover *p, size_t set, const struct cond *c, size_t slot,
    struct pair *out)
{
	const struct rule_list_info *info = owned_list(p, set, c);
	const struct instance *value, *rcpt;
	struct owners owners;
	lit any = gate_false(p->g), known, no;

	if (info == NULL || !owners_of(p, info->items, &owners))
		return false;
	value = instance_of(p, c->subject.fact, slot);
	rcpt = instance_of(p, p->set[set].rs->rcpt, 0);
	for (size_t i = 0; i < owners.n; i++) {
		struct asked like = { .set = set,
			.fact = c->subject.fact,
			.about = ASKED_ENTRY,
			.list = c->list,
			.owner = owners.number[i] };
		const struct asked *entry = owned_find(value->pool, &like);
		const struct asked *owner;

		like.about = ASKED_OWNER;
		like.fact = p->set[set].rs->rcpt;
		owner = owned_find(rcpt->pool, &like);
		any = gate_or2(p->g, any,
		    gate_and2(p->g, encode_yes(p, value, entry),
			encode_yes(p, rcpt, owner)));
	}
	known = gate_and2(p->g, value->known, rcpt->known);
	no = gate_or2(p->g, gate_and2(p->g, value->known, rcpt->absent),
	    gate_and2(p->g, known, lit_not(any)));
	any = gate_and2(p->g, known, any);
	/* An absent fact is neither in the list nor "not in" it. */
	*out = c->negated
		   ? (struct pair){ no, gate_or2(p->g, value->absent, any) }
		   : (struct pair){ any, gate_or2(p->g, value->absent, no) };
	return true;
}

bool
threshold_is(struct prover *p, size_t set, const struct threshold *t, lit *out)
{
	const struct ruleset *rs = p->set[set].rs;
	const struct asked like = { .set = set,
		.fact = rs->rcpt,
		.about = ASKED_THRESHOLD,
		.threshold = t };
	const struct instance *rcpt;

	if (rs->by_rcpt_count > ROWS_MAX)
		return false;
	rcpt = instance_of(p, rs->rcpt, 0);
	*out = encode_yes(p, rcpt, owned_find(rcpt->pool, &like));
	return true;
}
