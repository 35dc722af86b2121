/*
 * What became of earlier mail: counts of good, bad and other verdicts, each
 * worth half after some days, by the domain that SPF or DKIM speaks for, else
 * by the client's network. States facts; what to make of them is for rules.
 */
#include "config.h"

#include <math.h>

#include "policy/memory/sender_key.h"
#include "policy/message/check.h"
#include "policy/message/recall.h"
#include "policy/message/services.h"
#include "policy/message/snapshot.h"
#include "policy/message/verdict.h"
#include "policy/store/store.h"
#include "rules/base/panic.h"
#include "rules/lang/ruleset.h"

extern const struct check check_reputation;

struct reputation_settings {
	bool learn;
	setting_duration halflife, lifetime;
};

static const struct setting_row reputation_setting_rows[] = {
	SETTING(struct reputation_settings, learn, "reputation", "on", 0, 0,
	    NULL, "remember what became of mail, by domain and network"),
	SETTING(struct reputation_settings, halflife, "reputation.halflife",
	    "14d", 3600000, 31536000000.0, NULL,
	    "after which time a verdict counts half"),
	SETTING(struct reputation_settings, lifetime, "reputation.lifetime",
	    "90d", 86400000, 31536000000.0, NULL,
	    "after which silence a domain or network is forgotten"),
};

enum reputation_fact {
	F_CLIENT_SCORE,
	F_CLIENT_BAD_RCPTS,
	F_KEY,
	F_SCORE,
	F_MESSAGES,
	F_GOOD,
	F_BAD,
	F_NEW,
	F_FIRST_SEEN,
	F_COUNT,
};

/* clang-format off */
static const struct fact_row reputation_fact_rows[] = {
	[F_CLIENT_SCORE] = { "client.reputation", FACT_NUMBER, STAGE_RCPT, FACT_SCORE,
	    NULL, "of the client's network, from -1 (all bad) to 1" },
	[F_CLIENT_BAD_RCPTS] = { "client.bad_recipients", FACT_NUMBER,
	    STAGE_RCPT, FACT_RCPT | FACT_COUNTS, NULL,
	    "recipients that do not exist, asked for by the client's network" },
	[F_KEY] = { "reputation.key", FACT_TEXT, STAGE_EOM, FACT_IMPERSONAL, NULL,
	    "whose reputation it is: a domain, or the client's network" },
	[F_SCORE] = { "reputation.score", FACT_NUMBER, STAGE_EOM, FACT_SCORE, NULL,
	    "from -1 (all bad) to 1 (all good); near 0 while little is known" },
	[F_MESSAGES] = { "reputation.messages", FACT_NUMBER, STAGE_EOM, FACT_COUNTS,
	    NULL, "messages that it rests on, older ones counting less" },
	[F_GOOD] = { "reputation.good", FACT_NUMBER, STAGE_EOM, FACT_COUNTS, NULL,
	    "those of them that were accepted" },
	[F_BAD] = { "reputation.bad", FACT_NUMBER, STAGE_EOM, FACT_COUNTS, NULL,
	    "those of them that were junk or refused" },
	[F_NEW] = { "reputation.new", FACT_BOOL, STAGE_EOM, 0, NULL,
	    "this is the first mail ever from there" },
	[F_FIRST_SEEN] = { "reputation.first_seen", FACT_NUMBER, STAGE_EOM, 0,
	    NULL, "how long ago the first mail came, in seconds; 0: now" },
};
/* clang-format on */
_Static_assert(ARRAY_COUNT(reputation_fact_rows) == F_COUNT, "a row per fact");

/* The numbers of an entry: four counts in thousandths, and two times. */
enum { N_GOOD, N_BAD, N_OTHER, N_RCPTS, N_LAST, N_FIRST, N_COUNT };
_Static_assert(N_COUNT <= STORE_NUMBERS_MAX, "an entry holds them");

struct reputation_slot {
	bool client_known;
	unsigned bad_rcpts; /* in this message, not in the store yet */
	double stored_bad_rcpts;
	bool counted; /* a refusal at RCPT counts the message once */
};

static const struct reputation_settings *
settings_of(const struct message *m)
{
	return check_settings(m, &check_reputation);
}

static bool
reputation_applies(const struct message *m)
{
	return m->session->store != NULL && message_is_foreign(m);
}

/* ---- entries ------------------------------------------------------------- */

/* One change: what is added to the counts, now. */
struct addition {
	double halflife_s;
	int64_t now_s, lifetime_s;
	int64_t add[N_LAST];
};

/* Makes the counts those of now; an entry that is none becomes empty. */
static void
reputation_age(struct store_record *r, int64_t now_s, double halflife_s)
{
	double factor;

	if (r->count != N_COUNT) {
		*r = (struct store_record){ .count = N_COUNT };
		r->number[N_LAST] = r->number[N_FIRST] = now_s;
		return;
	}
	if (r->number[N_LAST] >= now_s)
		return;
	factor = exp2(-(double)(now_s - r->number[N_LAST]) / halflife_s);
	for (size_t i = 0; i < N_LAST; i++)
		r->number[i] = (int64_t)((double)r->number[i] * factor);
	r->number[N_LAST] = now_s;
}

static void
reputation_change(void *ctx, struct store_record *r)
{
	const struct addition *a = ctx;

	reputation_age(r, a->now_s, a->halflife_s);
	for (size_t i = 0; i < N_LAST; i++)
		r->number[i] += a->add[i];
	r->expires_s = a->now_s + a->lifetime_s;
}

static void
reputation_add(
    struct message *m, const char *who, unsigned which, int64_t count)
{
	const struct reputation_settings *settings = settings_of(m);
	struct addition a = { .halflife_s =
				  (double)settings->halflife.ms / 1000,
		.now_s = m->kept_s,
		.lifetime_s = settings->lifetime.ms / 1000 };

	INVARIANT(which < N_LAST);
	a.add[which] = count * 1000;
	(void)store_update(m->session->store, m->session->client, span_of(who),
	    m->kept_s, reputation_change, &a);
}

/* "rep:n:NETWORK", or NULL. */
static const char *
key_of_network(struct message *m)
{
	char network[NETWORK_TEXT_MAX];

	return m->client.family == 0
		   ? NULL
		   : arena_printf(m->arena, "rep:n:%s",
			 sender_key_network(m->client, network));
}

/* "rep:d:DOMAIN", or NULL without a domain that is authenticated. */
static const char *
key_of_domain(struct message *m)
{
	struct sender_domains d = sender_key_domains(m);
	struct span domain = d.dkim.n > 0 ? d.dkim : d.spf;

	return domain.n == 0
		   ? NULL
		   : arena_printf(m->arena, "rep:d:%.*s", SPAN_FMT(domain));
}

/* ---- facts --------------------------------------------------------------- */

static void
state_number(struct message *m, enum reputation_fact row, double number)
{
	facts_number(m->facts, check_fact(m, &check_reputation, row), number);
}

/* Two messages of nobody in particular pull towards 0 while little is known. */
static double
score_of(const struct store_record *r)
{
	double good = (double)r->number[N_GOOD] / 1000;
	double bad = (double)r->number[N_BAD] / 1000;
	double other = (double)r->number[N_OTHER] / 1000;

	return (good - bad) / (good + bad + other + 2);
}

/* False when the store is lost; then the facts are unknown. */
static bool
fetch(struct message *m, const char *who, bool *found, struct store_record *r)
{
	if (!recall_get(m, RECALL_IMPERSONAL, span_of(who), r)) {
		message_incomplete(m, "store");
		return false;
	}
	*found = r->count == N_COUNT;
	reputation_age(
	    r, m->kept_s, (double)settings_of(m)->halflife.ms / 1000);
	return true;
}

static void
state_client(struct message *m, struct reputation_slot *s)
{
	const char *who = key_of_network(m);
	fact_id id = check_fact(m, &check_reputation, F_CLIENT_SCORE);
	struct store_record r;
	bool found;

	s->client_known = true;
	if (who == NULL) {
		facts_absent(m->facts, id);
	} else if (!fetch(m, who, &found, &r)) {
		facts_unknown(m->facts, id, "the store is lost");
	} else {
		s->stored_bad_rcpts = (double)r.number[N_RCPTS] / 1000;
		facts_number(m->facts, id, score_of(&r));
	}
}

static void
state_rcpt(struct message *m, const struct reputation_slot *s)
{
	fact_id id = check_fact(m, &check_reputation, F_CLIENT_BAD_RCPTS);

	for (size_t i = m->rcpt_count; i > 0; i--) {
		if (facts_rcpt(m->facts, id, i - 1)->state != FACT_PENDING)
			return;
		facts_rcpt_set(m->facts, id, i - 1,
		    value_number(s->stored_bad_rcpts + s->bad_rcpts));
	}
}

static void
state_absent(struct message *m, enum fact_state state)
{
	facts_settle(m->facts, check_fact(m, &check_reputation, 0), F_COUNT,
	    state, state == FACT_UNKNOWN ? "the store is lost" : NULL);
}

static void
state_sender(struct message *m)
{
	const char *who = key_of_domain(m);
	struct store_record r;
	bool found;

	if (who == NULL)
		who = key_of_network(m);
	if (who == NULL) {
		state_absent(m, FACT_ABSENT);
		return;
	}
	if (!fetch(m, who, &found, &r)) {
		state_absent(m, FACT_UNKNOWN);
		return;
	}
	facts_text(m->facts, check_fact(m, &check_reputation, F_KEY),
	    span_slice(span_of(who), 6, SIZE_MAX));
	facts_bool(m->facts, check_fact(m, &check_reputation, F_NEW), !found);
	state_number(m, F_SCORE, score_of(&r));
	state_number(m, F_GOOD, (double)r.number[N_GOOD] / 1000);
	state_number(m, F_BAD, (double)r.number[N_BAD] / 1000);
	state_number(m, F_MESSAGES,
	    (double)(r.number[N_GOOD] + r.number[N_BAD] + r.number[N_OTHER]) /
		1000);
	state_number(m, F_FIRST_SEEN, (double)(m->kept_s - r.number[N_FIRST]));
}

static void
reputation_gather(struct message *m, void *slot, enum stage stage)
{
	struct reputation_slot *s = slot;

	if (stage == STAGE_RCPT && m->rcpt[m->rcpt_count - 1].refused_by_mta)
		s->bad_rcpts++;
}

static bool
reputation_judge(struct message *m, void *slot, enum stage stage)
{
	struct reputation_slot *s = slot;

	if (!reputation_applies(m) || !check_wanted(m, &check_reputation)) {
		state_absent(m, FACT_ABSENT);
		return true;
	}
	if (!s->client_known)
		state_client(m, s);
	state_rcpt(m, s);
	if (stage != STAGE_EOM)
		return false;
	if (sender_key_domains(m).spf_open || sender_key_domains(m).dkim_open)
		return false;
	state_sender(m);
	return true;
}

/* ---- learning ------------------------------------------------------------ */

static const struct matched *
deciding(const struct verdict *v)
{
	for (size_t i = 0; i < v->record.matched_count; i++)
		if (v->record.matched[i].decided)
			return &v->record.matched[i];
	return NULL;
}

/* A verdict that reputation itself brought about proves nothing. */
static bool
is_own_doing(struct message *m, const struct verdict *v)
{
	const struct ruleset *rules = m->session->snapshot->ruleset;
	fact_id first = check_fact(m, &check_reputation, 0);
	size_t number =
	    v->rule == NULL ? SIZE_MAX : ruleset_find(rules, span_of(v->rule));
	struct rule_info rule;

	if (number == SIZE_MAX)
		return false;
	rule = ruleset_rule(rules, number);
	for (size_t i = 0; i < rule.fact_count; i++)
		if (rule.fact[i] >= first && rule.fact[i] < first + F_COUNT)
			return true;
	return false;
}

/* Which count a verdict goes to; N_LAST: none. */
static unsigned
count_of(const struct verdict *v)
{
	const struct matched *rule = deciding(v);

	switch (v->wanted) {
	case OUTCOME_ACCEPT:
		return N_GOOD;
	case OUTCOME_TEMPFAIL:
		/* Told to come again: it is judged when it does. */
		if (rule != NULL && (rule->effects & ACTION_REMEMBERS) != 0)
			return N_LAST;
		return N_OTHER;
	default:
		return N_BAD;
	}
}

static void
reputation_learn(
    struct message *m, void *slot, const struct verdict *v, size_t rcpt)
{
	struct reputation_slot *s = slot;
	unsigned which = count_of(v);
	const char *who;

	if (!reputation_applies(m) || !settings_of(m)->learn ||
	    which == N_LAST || s->counted || is_own_doing(m, v))
		return;
	/* At RCPT a refusal for now is heard of again. */
	if (rcpt != RCPT_NONE && which != N_BAD)
		return;
	s->counted = true;
	who = key_of_domain(m);
	if (who != NULL)
		reputation_add(m, who, which, 1);
	who = key_of_network(m);
	if (who != NULL)
		reputation_add(m, who, which, 1);
}

/* Recipients that do not exist, all at once when the transaction is over. */
static void
reputation_release(struct message *m, void *slot)
{
	const struct reputation_slot *s = slot;
	const char *who;

	if (s->bad_rcpts == 0 || !reputation_applies(m) ||
	    !settings_of(m)->learn)
		return;
	who = key_of_network(m);
	if (who != NULL)
		reputation_add(m, who, N_RCPTS, s->bad_rcpts);
}

const struct check check_reputation = {
	.name = "reputation",
	.after = "spf dkim",
	.facts = reputation_fact_rows,
	.fact_count = F_COUNT,
	.settings = reputation_setting_rows,
	.setting_count = ARRAY_COUNT(reputation_setting_rows),
	.settings_size = sizeof(struct reputation_settings),
	.slot_size = sizeof(struct reputation_slot),
	.gather = reputation_gather,
	.judge = reputation_judge,
	.learn = reputation_learn,
	.release = reputation_release,
};
