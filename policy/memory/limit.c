/*
 * Counting for `limit`. How it is written is limit_parse.c's; here is what
 * one message costs, whose account it goes to, and that it goes there once.
 */
#include "config.h"

#include "policy/memory/limit.h"

#include <stdio.h>
#include <string.h>

#include "policy/memory/limit_parse.h"
#include "policy/memory/sender_key.h"
#include "policy/message/check.h"
#include "policy/message/recall.h"
#include "policy/message/services.h"
#include "policy/message/snapshot.h"
#include "policy/message/verdict.h"
#include "policy/store/store.h"
#include "rules/lang/ruleset.h"

extern const struct check check_limit;

enum limit_fact { F_NETWORK, F_COUNT };

static const struct fact_row limit_fact_rows[] = {
	[F_NETWORK] = { "client.network", FACT_TEXT, STAGE_CONNECT,
	    FACT_IMPERSONAL, NULL,
	    "the client's /24 (IPv6: /64), as in 192.0.2.0/24" },
};
_Static_assert(ARRAY_COUNT(limit_fact_rows) == F_COUNT, "a row per fact");

struct outcome_of {
	bool asked, over;
	int64_t wait_s;
};

/* What one limit has said in this message. */
struct tally {
	const struct limit *limit;
	struct outcome_of *rcpt; /* 0: the whole message; then by recipient */
	size_t cap;
};

struct limit_slot {
	size_t rcpt_seen; /* whose refusal by the MTA is counted, or is none */
	struct tally *tally;
	size_t count, cap;
};

/* ---- counting ------------------------------------------------------------ */

enum charge_how {
	CHARGE_FITTING, /* counted when it fits, else over */
	CHARGE_ALWAYS,  /* counted whether it fits or not */
	CHARGE_NOTHING, /* asked only: would one more fit? */
};

struct charge {
	const struct limit *limit;
	enum charge_how how;
	int64_t now_us, units;
	bool over;
	int64_t wait_us;
};

static int64_t
times(int64_t units, int64_t interval_us)
{
	/* A year in microseconds is 3e13: room for what is above any limit. */
	const int64_t most = INT64_C(1000000000000000);

	return units > most / (interval_us + 1) ? most : units * interval_us;
}

/* number[0]: when the account is empty again, in microseconds. */
static void
charge_change(void *ctx, struct store_record *r)
{
	struct charge *c = ctx;
	int64_t interval = c->limit->interval_us;
	int64_t room = times(c->limit->burst, interval);
	int64_t full = c->now_us, next;

	if (r->count == 1 && r->number[0] > full)
		full = r->number[0];
	next = full + times(c->units, interval);
	c->wait_us = next - room - c->now_us;
	c->over = c->wait_us > 0;
	if (c->how == CHARGE_NOTHING || (c->how == CHARGE_FITTING && c->over))
		return;
	/* What went over is not held against him for longer than two fills. */
	if (next > c->now_us + 2 * room)
		next = c->now_us + 2 * room;
	*r = (struct store_record){ .count = 1, .number = { next } };
	r->expires_s = next / 1000000 + 1;
}

/* The values of the key's facts; false when one of them is not there. */
static enum truth
key_make(struct message *m, const struct limit *l, size_t rcpt, struct buf *key)
{
	const struct schema *schema = facts_schema(m->facts);
	char text[IP_TEXT_MAX];

	(void)buf_printf(key, "limit:%s", l->spec);
	for (size_t i = 0; i < l->fact_count; i++) {
		const struct fact_row *row = schema_row(schema, l->fact[i]);
		bool by_rcpt = (row->flags & FACT_RCPT) != 0;
		const struct value *v;

		if (by_rcpt && rcpt == RCPT_NONE)
			return TRUTH_PENDING;
		v = by_rcpt ? facts_rcpt(m->facts, l->fact[i], rcpt)
			    : facts_get(m->facts, l->fact[i]);
		if (v->state == FACT_PENDING)
			return TRUTH_PENDING;
		if (v->state != FACT_KNOWN)
			return TRUTH_NO;
		(void)buf_addc(key, '|');
		if (row->type == FACT_IP)
			store_key_add(key, span_of(ip_format(v->ip, text)));
		else if (row->type == FACT_NUMBER)
			(void)buf_printf(key, "%.15g", v->number);
		else if (row->type == FACT_BOOL)
			(void)buf_addz(key, v->yes ? "yes" : "no");
		else
			store_key_add(key, arena_lower(m->arena, v->text));
	}
	return TRUTH_YES;
}

/* YES: out says what came of it. */
static enum truth
charge_run(struct message *m, const struct limit *l, size_t rcpt,
    enum charge_how how, int64_t units, struct outcome_of *out)
{
	struct charge c = { .limit = l,
		.how = how,
		.now_us = m->kept_s * 1000000,
		.units = units };
	enum truth answer;
	struct buf key;

	buf_init(&key, 4096);
	answer = key_make(m, l, rcpt, &key);
	if (answer == TRUTH_YES && !recall_update(m, RECALL_PERSONAL,
				       buf_span(&key), charge_change, &c)) {
		message_incomplete(m, "store");
		answer = TRUTH_NO;
	}
	buf_free(&key);
	*out = (struct outcome_of){ .asked = answer != TRUTH_PENDING,
		.over = answer == TRUTH_YES && c.over,
		.wait_s = (c.wait_us + 999999) / 1000000 };
	return answer;
}

/* ---- what a message costs ------------------------------------------------ */

static struct tally *
tally_of(struct message *m, struct limit_slot *s, const struct limit *l)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->tally[i].limit->spec, l->spec) == 0)
			return &s->tally[i];
	s->tally = arena_grow(
	    m->arena, s->tally, &s->cap, s->count + 1, sizeof(*s->tally));
	s->tally[s->count].limit = l;
	return &s->tally[s->count++];
}

static struct outcome_of *
tally_at(struct message *m, struct tally *t, size_t at)
{
	if (at >= t->cap)
		t->rcpt = arena_grow(
		    m->arena, t->rcpt, &t->cap, at + 1, sizeof(*t->rcpt));
	return &t->rcpt[at];
}

static int64_t
message_octets(const struct message *m)
{
	uint64_t octets = m->body_octets;

	for (size_t i = 0; i < m->headers.count; i++)
		octets += m->headers.field[i].raw_name.n +
			  m->headers.field[i].raw.n + 3;
	return octets > INT64_MAX / 2 ? INT64_MAX / 2 : (int64_t)octets;
}

/* At the end all recipients that are not counted yet are one charge. */
static void
charge_rest(struct message *m, struct tally *t)
{
	struct outcome_of all;
	int64_t units = 0;

	for (size_t i = 0; i < m->rcpt_count; i++)
		units += !m->rcpt[i].refused && !tally_at(m, t, i + 1)->asked;
	if (units == 0)
		return;
	(void)charge_run(m, t->limit, RCPT_NONE, CHARGE_FITTING, units, &all);
	for (size_t i = 0; i < m->rcpt_count; i++)
		if (!m->rcpt[i].refused && !t->rcpt[i + 1].asked)
			t->rcpt[i + 1] = all;
}

/* The outcome for this recipient, counted if it was not yet. */
static enum truth
limit_count(struct message *m, struct limit_slot *s, const struct limit *l,
    size_t rcpt, struct outcome_of *out)
{
	struct tally *t = tally_of(m, s, l);
	bool each = l->per_rcpt || l->unit == LIMIT_RECIPIENTS;
	enum charge_how how =
	    l->unit == LIMIT_REFUSALS ? CHARGE_NOTHING : CHARGE_FITTING;
	size_t at = each && rcpt != RCPT_NONE ? rcpt + 1 : 0;
	enum truth answer = TRUTH_YES;

	if ((l->unit == LIMIT_BYTES && m->stage < STAGE_EOM) ||
	    (each && rcpt == RCPT_NONE && m->stage < STAGE_EOM))
		return TRUTH_PENDING;
	if (!tally_at(m, t, at)->asked && l->unit == LIMIT_RECIPIENTS &&
	    !l->per_rcpt && m->stage > STAGE_RCPT && at > 0)
		charge_rest(m, t);
	*out = *tally_at(m, t, at);
	if (out->asked && how != CHARGE_NOTHING)
		return TRUTH_YES;
	answer = charge_run(m, l, rcpt, how,
	    l->unit == LIMIT_BYTES ? message_octets(m) : 1, out);
	t->rcpt[at] = *out;
	return answer;
}

static enum truth
limit_over(void *ctx, const struct limit *l, size_t rcpt, int64_t *wait_s)
{
	struct message *m = ctx;
	struct limit_slot *s = check_slot(m, &check_limit);
	struct outcome_of out = { 0 };
	enum truth answer;

	if (m->session->store == NULL)
		return TRUTH_NO;
	answer = limit_count(m, s, l, rcpt, &out);
	*wait_s = out.wait_s;
	return answer == TRUTH_PENDING ? answer
	       : out.over              ? TRUTH_YES
				       : TRUTH_NO;
}

static bool
tally_over(const struct tally *t)
{
	for (size_t i = 0; i < t->cap; i++)
		if (t->rcpt[i].over)
			return true;
	return false;
}

const char *
limit_over_next(struct message *m, size_t *at)
{
	const struct limit_slot *s = check_slot(m, &check_limit);

	while (*at < s->count)
		if (tally_over(&s->tally[(*at)++]))
			return s->tally[*at - 1].limit->text;
	return NULL;
}

/* ---- in rules ------------------------------------------------------------ */

static bool
condition_parse(struct rule_parser *p, const void **args)
{
	struct limit *l;

	if (!limit_parse(p, &l))
		return false;
	*args = l;
	return true;
}

static enum truth
condition_test(void *ctx, const void *args, size_t rcpt)
{
	int64_t wait_s;

	return limit_over(ctx, args, rcpt, &wait_s);
}

#define LIMIT_USAGE                 \
	"limit FACT {, FACT} to N " \
	"[messages|recipients|bytes|refusals] per TIME [burst N]"

static const struct rule_condition_row limit_condition = {
	.name = "limit",
	.usage = LIMIT_USAGE,
	.stage = STAGE_CONNECT,
	.parse = condition_parse,
	.test = condition_test,
};

static struct performed
action_perform(void *ctx, const struct rule_action *action, size_t rcpt)
{
	struct message *m = ctx;
	struct performed done = { 0 };
	int64_t wait_s = 0;

	done.applies = limit_over(ctx, action->args, rcpt, &wait_s);
	if (done.applies == TRUTH_YES && action->text == NULL)
		done.text = action->row->outcome == OUTCOME_REJECT
				? SPAN("too much mail")
				: span_of(arena_printf(m->arena,
				      "Too much mail, please retry in %lld "
				      "second%s",
				      (long long)wait_s,
				      plural((uint64_t)wait_s)));
	return done;
}

/* What `else reject` makes of the action. */
static const struct rule_action_row limit_rejects = {
	.name = "limit",
	.outcome = OUTCOME_REJECT,
	.effects = ACTION_REMEMBERS | ACTION_LIMITS,
	.usage = LIMIT_USAGE " else reject [CODE] [5.Y.Z] [\"TEXT\"]",
	.perform = action_perform,
};

static bool
action_parse(struct rule_parser *p, struct rule_action *out)
{
	struct limit *l;
	struct span word;

	if (!limit_parse(p, &l))
		return false;
	out->args = l;
	if (!rule_parser_take(p, "else"))
		return true;
	if (rule_parser_take(p, "reject"))
		out->row = &limit_rejects;
	else if (!rule_parser_take(p, "tempfail")) {
		if (rule_parser_word(p, "tempfail or reject", &word))
			rule_parser_error(p,
			    "above a limit mail is refused: tempfail or "
			    "reject");
		return false;
	}
	return rule_parser_reply(p, out);
}

static const struct rule_action_row limit_action = {
	.name = "limit",
	.outcome = OUTCOME_TEMPFAIL,
	.effects = ACTION_REMEMBERS | ACTION_LIMITS,
	.usage =
	    LIMIT_USAGE " [else tempfail|reject [CODE] [X.Y.Z] [\"TEXT\"]]",
	.parse = action_parse,
	.perform = action_perform,
};

/* ---- the check ----------------------------------------------------------- */

/* Counts one refusal for every limit of refusals that the rules know. */
static void
refusal_count(struct message *m, size_t rcpt)
{
	const struct ruleset *rules = m->session->snapshot->ruleset;
	struct outcome_of out;

	if (m->session->store == NULL)
		return;
	for (size_t i = 0; i < ruleset_word_count(rules); i++) {
		struct rule_word word = ruleset_word(rules, i);
		const struct limit *l = word.args;

		if (strcmp(word.name, "limit") != 0 ||
		    l->unit != LIMIT_REFUSALS)
			continue;
		(void)charge_run(m, l, rcpt, CHARGE_ALWAYS, 1, &out);
	}
}

static bool
limit_judge(struct message *m, void *slot, enum stage stage)
{
	struct limit_slot *s = slot;
	fact_id id = check_fact(m, &check_limit, F_NETWORK);
	char text[NETWORK_TEXT_MAX];

	if (m->client.family == 0)
		facts_absent(m->facts, id);
	else if (facts_get(m->facts, id)->state == FACT_PENDING)
		facts_text(m->facts, id,
		    arena_dup(m->arena,
			span_of(sender_key_network(m->client, text))));
	/* Here, for the facts of keys are stated by now. */
	for (; s->rcpt_seen < m->rcpt_count; s->rcpt_seen++)
		if (m->rcpt[s->rcpt_seen].refused_by_mta)
			refusal_count(m, s->rcpt_seen);
	return stage == STAGE_EOM;
}

/* Refusals for good, by us: those for now are made to be tried again. */
static void
limit_learn(struct message *m, void *slot, const struct verdict *v, size_t rcpt)
{
	(void)slot;
	if (v->wanted == OUTCOME_REJECT)
		refusal_count(m, rcpt == RCPT_NONE ? RCPT_NONE : rcpt);
}

const struct check check_limit = {
	.name = "limit",
	.facts = limit_fact_rows,
	.fact_count = F_COUNT,
	.slot_size = sizeof(struct limit_slot),
	.judge = limit_judge,
	.learn = limit_learn,
	.adds = { .action = &limit_action,
	    .action_count = 1,
	    .condition = &limit_condition,
	    .condition_count = 1 },
};
