/*
 * Which mail a rule is tried on, what came of it, and when it is taken back.
 */
#include "config.h"

#include "policy/memory/canary.h"

#include <stdio.h>
#include <string.h>

#include "policy/base/hash.h"
#include "policy/message/check.h"
#include "policy/message/message.h"
#include "policy/message/recall.h"
#include "policy/message/services.h"
#include "policy/message/session.h"
#include "policy/message/snapshot.h"
#include "policy/message/verdict.h"
#include "rules/eval/truth.h"
#include "rules/lang/rule_parser.h"
#include "rules/lang/ruleset.h"

/*
 * What is borne is one bad decision in a thousand; one in fifty is not. The
 * steps are the logarithms of how much likelier the one makes a decision than
 * the other, in thousandths: log(0.02 / 0.001) and log(0.98 / 0.999). The
 * bound is log(100): two bad ones among some seventy reach it.
 */
#define CANARY_STEP_BAD  2996
#define CANARY_STEP_GOOD (-19)

#define CANARY_KEPT_S    INT64_C(34560000)  /* 400 days after the last one */
#define CANARY_TAKEN_S   INT64_C(315360000) /* ten years */
#define CANARY_DECIDED_S INT64_C(1209600)   /* users may take two weeks */

enum { N_DECIDED, N_BAD, N_SUM, N_TAKEN_S, N_COUNT };
_Static_assert(N_COUNT <= STORE_NUMBERS_MAX, "an entry holds them");

extern const struct check check_canary;

/* 48 bits, since a number of the store holds them as well. */
static int64_t
canary_number(const struct rule_canary *canary)
{
	return (int64_t)(span_hash(span_of(canary->rule), canary->text) >> 16);
}

static void
canary_key_of(int64_t number, char out[CANARY_KEY_MAX])
{
	(void)snprintf(
	    out, CANARY_KEY_MAX, "canary:%012llx", (unsigned long long)number);
}

void
canary_key(const struct rule_canary *canary, char out[CANARY_KEY_MAX])
{
	canary_key_of(canary_number(canary), out);
}

bool
canary_read(const struct store_record *r, struct canary_state *out)
{
	*out = (struct canary_state){ 0 };
	if (r->count != N_COUNT)
		return false;
	out->decided = r->number[N_DECIDED];
	out->bad = r->number[N_BAD];
	out->taken_back_s = r->number[N_TAKEN_S];
	return true;
}

/* ---- counting ------------------------------------------------------------------ */

int64_t
canary_sum(int64_t sum, bool bad)
{
	sum += bad ? CANARY_STEP_BAD : CANARY_STEP_GOOD;
	return sum < 0 ? 0 : sum;
}

struct canary_step {
	int64_t now_s;
	bool decided, bad;
	bool taken; /* by this step */
};

static void
canary_change(void *ctx, struct store_record *r)
{
	struct canary_step *step = ctx;

	if (r->count != N_COUNT)
		*r = (struct store_record){ .count = N_COUNT };
	step->taken = false;
	r->number[N_DECIDED] += step->decided ? 1 : 0;
	r->number[N_BAD] += step->bad ? 1 : 0;
	r->number[N_SUM] = canary_sum(r->number[N_SUM], step->bad);
	if (r->number[N_SUM] > CANARY_BOUND && r->number[N_TAKEN_S] == 0) {
		r->number[N_TAKEN_S] = step->now_s;
		step->taken = true;
	}
	r->expires_s =
	    step->now_s +
	    (r->number[N_TAKEN_S] == 0 ? CANARY_KEPT_S : CANARY_TAKEN_S);
}

/* "canaried:ID", which tells a lesson by what rule that was decided. */
static struct span
canary_decision(struct span id, char out[STORE_KEY_MAX])
{
	int n = snprintf(out, STORE_KEY_MAX, "canaried:%.*s", SPAN_FMT(id));

	return span_slice(span_of(out), 0, n < 0 ? 0 : (size_t)n);
}

static bool
canary_decision_get(struct store *s, struct span id, int64_t now_s,
    char key[STORE_KEY_MAX], struct store_record *out)
{
	return s != NULL && id.n > 0 && id.n <= STORE_KEY_MAX / 2 &&
	       store_get(s, canary_decision(id, key), now_s, out) &&
	       out->count == 1;
}

bool
canary_decides(struct store *s, struct span id, int64_t now_s)
{
	char key[STORE_KEY_MAX];
	struct store_record r;

	return canary_decision_get(s, id, now_s, key, &r);
}

bool
canary_lesson(struct store *s, struct span id, int64_t now_s)
{
	struct canary_step step = { .now_s = now_s, .bad = true };
	char key[STORE_KEY_MAX], of[CANARY_KEY_MAX];
	struct store_record r;

	if (!canary_decision_get(s, id, now_s, key, &r))
		return false;
	/* Said twice it counts once. */
	(void)store_remove(s, span_of(key), now_s);
	canary_key_of(r.number[0], of);
	return store_update(s, (struct ip){ 0 }, span_of(of), now_s,
		   canary_change, &step) &&
	       step.taken;
}

/* ---- the condition ------------------------------------------------------------------ */

/* The part of mail, from 0 to 1, that comes before this one. */
static double
canary_place(const struct message *m, const struct rule_canary *canary,
    size_t rcpt, struct arena *a)
{
	uint8_t out[HASH_SHA256_OCTETS];
	struct hash h;
	double place = 0;

	hash_start(&h);
	hash_add(&h, span_of(canary->rule));
	hash_add(&h, SPAN("|"));
	hash_add(&h, arena_lower(a, m->sender.domain));
	hash_add(&h, SPAN("|"));
	hash_add(&h, arena_lower(a, m->rcpt[rcpt].address.domain));
	hash_end(&h, out);
	for (size_t i = 6; i-- > 0;)
		place = (place + out[i]) / 256;
	return place;
}

/*
 * At the end of the message, since before it nobody knows whom a refusal
 * hits. Where the store can't say whether the rule was taken back it doesn't
 * act: it is only tried.
 */
static enum truth
canary_test(void *ctx, const void *args, size_t rcpt)
{
	struct message *m = ctx;
	const struct rule_canary *canary = args;
	char key[CANARY_KEY_MAX];
	struct canary_state state;
	struct store_record r;

	if (m->stage != STAGE_EOM)
		return TRUTH_PENDING;
	if (rcpt >= m->rcpt_count ||
	    canary_place(m, canary, rcpt, m->arena) >= canary->share)
		return TRUTH_NO;
	if (m->session->store == NULL)
		return TRUTH_YES;
	canary_key(canary, key);
	if (!recall_get(m, RECALL_IMPERSONAL,
		span_of(arena_strdup(m->arena, span_of(key))), &r)) {
		message_incomplete(m, "store");
		return TRUTH_NO;
	}
	(void)canary_read(&r, &state);
	return truth_of(state.taken_back_s == 0);
}

static bool
canary_parse(struct rule_parser *p, const void **args)
{
	(void)args;
	rule_parser_error(p, "this stands behind the name of a rule");
	return false;
}

static const struct rule_condition_row canary_row = {
	.name = "canary",
	.usage = "rule NAME for SHARE%",
	.stage = STAGE_EOM,
	.parse = canary_parse,
	.test = canary_test,
	.canary = true,
};

/* ---- what came of it ------------------------------------------------------------------ */

static const struct rule_canary *
canary_decided(const struct message *m, const struct verdict *v)
{
	const struct ruleset *rs = m->session->snapshot->ruleset;
	size_t rule =
	    v->rule == NULL ? SIZE_MAX : ruleset_find(rs, span_of(v->rule));

	return rule == SIZE_MAX ? NULL : ruleset_rule(rs, rule).canary;
}

/* Somebody whom all recipients have written to is refused. */
static bool
canary_hits_known(struct message *m, const struct verdict *v)
{
	const struct value *known = facts_named(m->facts, "contact.known");

	return v->wanted >= OUTCOME_QUARANTINE &&
	       v->wanted != OUTCOME_TEMPFAIL && known->state == FACT_KNOWN &&
	       known->yes;
}

/* Where mail is judged without a daemon nobody is told. */
static void
canary_alert(struct message *m, const struct rule_canary *canary)
{
	const struct services *s = check_lent(m, &check_canary);

	if (s != NULL && s->alert != NULL)
		s->alert(s->ctx, "canary",
		    arena_printf(
			m->arena, "rule %s: %s", canary->rule, CANARY_ALERT));
}

static void
canary_open(const struct services *s, void **lent)
{
	*lent = (void *)(uintptr_t)s;
}

static void
decision_change(void *ctx, struct store_record *r)
{
	*r = *(const struct store_record *)ctx;
}

static void
canary_learn(
    struct message *m, void *slot, const struct verdict *v, size_t rcpt)
{
	const struct rule_canary *canary = canary_decided(m, v);
	struct canary_step step = { .now_s = m->kept_s, .decided = true };
	char key[CANARY_KEY_MAX], decision[STORE_KEY_MAX];
	struct store_record by = { .count = 1 };
	struct store *store = m->session->store;

	(void)slot;
	(void)rcpt;
	if (canary == NULL || store == NULL)
		return;
	canary_key(canary, key);
	step.bad = canary_hits_known(m, v);
	/* Nobody's: no client that fills the store has it forgotten. */
	if (!store_update(store, (struct ip){ 0 }, span_of(key), m->kept_s,
		canary_change, &step))
		return;
	by.number[0] = canary_number(canary);
	by.expires_s = m->kept_s + CANARY_DECIDED_S;
	/* The client's: he sends as many as he likes. */
	(void)store_update(store, m->session->client,
	    canary_decision(span_of(m->id), decision), m->kept_s,
	    decision_change, &by);
	if (step.taken)
		canary_alert(m, canary);
}

const struct check check_canary = {
	.name = "canary",
	.after = "contact",
	.slot_size = 1,
	.adds = { .condition = &canary_row, .condition_count = 1 },
	.open = canary_open,
	.learn = canary_learn,
};
