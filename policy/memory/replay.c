/*
 * Replays: a message with one good signature that is sent again and again, to
 * people whom the signer never wrote to, by whoever got hold of one copy. The
 * signature stays good, so all that shows is how often it comes, from how many
 * networks and to how many recipients. Only that is remembered here, by a hash
 * of the signature; what to make of it is for rules.
 */
#include "config.h"

#include <math.h>

#include "policy/base/hash.h"
#include "policy/base/suffix.h"
#include "policy/dkim/check_dkim.h"
#include "policy/memory/sender_key.h"
#include "policy/message/check.h"
#include "policy/message/recall.h"
#include "policy/message/session.h"
#include "policy/message/verdict.h"
#include "policy/store/store.h"

extern const struct check check_replay;

struct replay_settings {
	setting_duration lifetime;
};

static const struct setting_row replay_setting_rows[] = {
	SETTING(struct replay_settings, lifetime, "replay.lifetime", "7d",
	    3600000, 31536000000.0, NULL,
	    "after which silence a DKIM signature is forgotten"),
};

enum replay_fact { F_SEEN, F_NETWORKS, F_RECIPIENTS, F_FIRST_SEEN, F_COUNT };

static const struct fact_row replay_fact_rows[] = {
	[F_SEEN] = { "replay.seen", FACT_NUMBER, STAGE_EOM, FACT_COUNTS, NULL,
	    "how often a message with the same good signature came before" },
	[F_NETWORKS] = { "replay.networks", FACT_NUMBER, STAGE_EOM, FACT_COUNTS, NULL,
	    "from how many client networks, this one among them" },
	[F_RECIPIENTS] = { "replay.recipients", FACT_NUMBER, STAGE_EOM, FACT_COUNTS, NULL,
	    "to how many recipients here, these among them" },
	[F_FIRST_SEEN] = { "replay.first_seen", FACT_NUMBER, STAGE_EOM, 0, NULL,
	    "how long ago the first came, in seconds; 0: now" },
};
_Static_assert(ARRAY_COUNT(replay_fact_rows) == F_COUNT, "a row per fact");

/*
 * The numbers of an entry. Networks and recipients are sets that are only
 * counted: each member sets one bit, chosen by its hash, and the number of bits
 * set tells how many there were (linear counting; Whang et al. 1990). So an
 * entry has one size whatever comes. 48 bits a number, for a number must be
 * below 2^53 to survive JSON.
 */
enum {
	N_SEEN,
	N_FIRST,
	N_NETWORKS,
	N_RCPTS = N_NETWORKS + 2,
	N_COUNT = N_RCPTS + 2,
};
_Static_assert(N_COUNT <= STORE_NUMBERS_MAX, "an entry holds them");
#define SET_BITS 48

/* What one message adds. */
struct replay_addition {
	int64_t now_s, lifetime_s;
	int64_t set[N_COUNT]; /* bits of N_NETWORKS and behind */
};

static bool
replay_applies(const struct message *m)
{
	return m->session->store != NULL && message_is_foreign(m) &&
	       check_wanted(m, &check_replay);
}

/* ---- sets ------------------------------------------------------------------ */

/*
 * Adds a member to the set that the count numbers from first on hold. The key
 * of the entry takes part, lest two networks be one for every signature.
 */
static void
replay_set_add(int64_t number[N_COUNT], size_t first, size_t count,
    const char *key, struct span member)
{
	uint8_t hash[HASH_SHA256_OCTETS];
	struct hash h;
	size_t bit;

	hash_start(&h);
	hash_add(&h, span_of(key));
	hash_add(&h, member);
	hash_end(&h, hash);
	bit = ((size_t)hash[0] << 8 | hash[1]) % (count * SET_BITS);
	number[first + bit / SET_BITS] |= INT64_C(1) << bit % SET_BITS;
}

/* How many members it has, about; exact while it has few. */
static double
replay_set_size(const int64_t number[N_COUNT], size_t first, size_t count)
{
	double bits = (double)(count * SET_BITS), zero = bits;

	for (size_t i = first; i < first + count; i++)
		for (unsigned bit = 0; bit < SET_BITS; bit++)
			zero -= (double)(number[i] >> bit & 1);
	/* All are set: it has more than can be told. */
	return floor(bits * log(bits / (zero < 1 ? 1 : zero)));
}

static void
replay_addition(struct message *m, const char *key, struct replay_addition *out)
{
	const struct replay_settings *settings =
	    check_settings(m, &check_replay);
	char network[NETWORK_TEXT_MAX];

	*out = (struct replay_addition){ .now_s = m->kept_s,
		.lifetime_s = settings->lifetime.ms / 1000 };
	replay_set_add(out->set, N_NETWORKS, N_RCPTS - N_NETWORKS, key,
	    span_of(sender_key_network(m->client, network)));
	for (size_t i = 0; i < m->rcpt_count; i++)
		if (!m->rcpt[i].refused)
			replay_set_add(out->set, N_RCPTS, N_COUNT - N_RCPTS,
			    key, arena_lower(m->arena, m->rcpt[i].address.raw));
}

static void
replay_unite(struct store_record *r, const struct replay_addition *a)
{
	if (r->count != N_COUNT) {
		*r = (struct store_record){ .count = N_COUNT };
		r->number[N_FIRST] = a->now_s;
	}
	for (size_t i = N_NETWORKS; i < N_COUNT; i++)
		r->number[i] |= a->set[i];
}

static void
replay_change(void *ctx, struct store_record *r)
{
	const struct replay_addition *a = ctx;

	replay_unite(r, a);
	r->number[N_SEEN]++;
	r->expires_s = a->now_s + a->lifetime_s;
}

/* ---- which signature ------------------------------------------------------- */

/*
 * The first good signature, one of the author's organization before all
 * others: that is the one for whose sake a message is replayed.
 */
static const struct dkim_signature *
replay_signature(struct message *m)
{
	const struct schema *schema = facts_schema(m->facts);
	const struct value *from =
	    facts_get(m->facts, schema_find(schema, SPAN("from.domain")));
	const struct dkim_signature *s, *first = NULL;

	for (size_t i = 0; (s = dkim_signature(m, i)) != NULL; i++) {
		if (s->outcome.result != DKIM_PASS)
			continue;
		if (from->state == FACT_KNOWN &&
		    suffix_same(s->sig.domain, from->text))
			return s;
		if (first == NULL)
			first = s;
	}
	return first;
}

/* "replay:HASH" of its octets, however b= writes them; NULL without any. */
static const char *
replay_key(struct message *m)
{
	const struct dkim_signature *s = replay_signature(m);
	uint8_t hash[HASH_SHA256_OCTETS];
	char text[2 * 16 + 1];

	if (s == NULL)
		return NULL;
	hash_sha256(s->sig.signature, hash);
	hash_hex(hash, 16, text);
	return arena_printf(m->arena, "replay:%s", text);
}

/* ---- the check ------------------------------------------------------------- */

static void
replay_state_number(struct message *m, enum replay_fact row, double number)
{
	facts_number(m->facts, check_fact(m, &check_replay, row), number);
}

static void
replay_state_none(struct message *m, enum fact_state state)
{
	facts_settle(m->facts, check_fact(m, &check_replay, 0), F_COUNT, state,
	    state == FACT_UNKNOWN ? "the store is lost" : NULL);
}

static void
replay_state(struct message *m, const char *key)
{
	struct replay_addition a;
	struct store_record r;

	if (!recall_get(m, RECALL_IMPERSONAL, span_of(key), &r)) {
		message_incomplete(m, "store");
		replay_state_none(m, FACT_UNKNOWN);
		return;
	}
	replay_addition(m, key, &a);
	replay_unite(&r, &a);
	replay_state_number(m, F_SEEN, (double)r.number[N_SEEN]);
	replay_state_number(m, F_NETWORKS,
	    replay_set_size(r.number, N_NETWORKS, N_RCPTS - N_NETWORKS));
	replay_state_number(m, F_RECIPIENTS,
	    replay_set_size(r.number, N_RCPTS, N_COUNT - N_RCPTS));
	replay_state_number(
	    m, F_FIRST_SEEN, (double)(m->kept_s - r.number[N_FIRST]));
}

static bool
replay_judge(struct message *m, void *slot, enum stage stage)
{
	const char *key;

	(void)slot;
	if (!replay_applies(m)) {
		replay_state_none(m, FACT_ABSENT);
		return true;
	}
	if (stage != STAGE_EOM || !dkim_settled(m))
		return false;
	key = replay_key(m);
	if (key == NULL)
		replay_state_none(m, FACT_ABSENT);
	else
		replay_state(m, key);
	return true;
}

/* Who is told to come again is counted when he does. */
static void
replay_learn(
    struct message *m, void *slot, const struct verdict *v, size_t rcpt)
{
	struct replay_addition a;
	const char *key;

	(void)slot;
	if (rcpt != RCPT_NONE || v->stage != STAGE_EOM ||
	    v->action == OUTCOME_TEMPFAIL || !replay_applies(m))
		return;
	key = replay_key(m);
	if (key == NULL)
		return;
	replay_addition(m, key, &a);
	(void)store_update(m->session->store, m->session->client, span_of(key),
	    m->kept_s, replay_change, &a);
}

const struct check check_replay = {
	.name = "replay",
	.after = "header dkim",
	.facts = replay_fact_rows,
	.fact_count = F_COUNT,
	.settings = replay_setting_rows,
	.setting_count = ARRAY_COUNT(replay_setting_rows),
	.settings_size = sizeof(struct replay_settings),
	.slot_size = 1,
	.judge = replay_judge,
	.learn = replay_learn,
};
