/*
 * Greylisting (RFC 6647), as an action of rules: mail from a sender who is new
 * here is refused for the time being, and accepted when it comes again. Which
 * mail waits is said by rules; here is who counts as the same sender, how long
 * he waits, and who need not any more. The state is in the store:
 * "grey:WHO|SENDER|RECIPIENT" while one waits and after one has passed,
 * "known:WHO" for those who have passed often enough.
 *
 * Who: the domain that SPF or DKIM speaks for, else the client's network.
 * Pools that retry from another address are the same domain; and behind one
 * network there is rarely more than one good sender.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>

#include "policy/memory/sender_key.h"
#include "policy/message/check.h"
#include "policy/message/recall.h"
#include "policy/message/session.h"
#include "policy/message/verdict.h"
#include "policy/store/store.h"
#include "rules/base/panic.h"
#include "rules/lang/rule_parser.h"

extern const struct check check_greylist;

struct greylist_settings {
	setting_duration delay, window, lifetime;
	uint64_t learn;
};

static const struct setting_row greylist_setting_rows[] = {
	SETTING(struct greylist_settings, delay, "greylist.delay", "5m", 60000,
	    86400000, NULL, "how long a sender who is new has to wait"),
	SETTING(struct greylist_settings, window, "greylist.window", "2d",
	    3600000, 2592000000.0, NULL,
	    "how long after the first attempt he may come again"),
	SETTING(struct greylist_settings, lifetime, "greylist.lifetime", "35d",
	    604800000, 31536000000.0, NULL,
	    "how long one who has passed is remembered, from his last mail on"),
	SETTING(struct greylist_settings, learn, "greylist.learn", "5", 0, 1000,
	    NULL,
	    "passes after which a domain or network waits no more; 0: never"),
};

/* What was found for one recipient; asked once a message. */
struct grey {
	bool asked, waits;
	int64_t left_s;
};

#define IDENTITIES_MAX 2

struct greylist_slot {
	struct grey *rcpt; /* by recipient; the one behind all: for nobody */
	size_t rcpt_cap;
	/* Who it is; at most a domain of SPF or the network, and DKIM's. */
	const char *who[IDENTITIES_MAX];
	size_t who_count;
	bool counted[IDENTITIES_MAX]; /* this message counts as passed once */
};

/* What a rule says of its own. */
struct greylist_args {
	int64_t delay_s; /* 0: the setting's */
};

/* ---- who ----------------------------------------------------------------- */

static void
who_add(struct message *m, struct greylist_slot *s, char kind, struct span name)
{
	for (size_t i = 0; i < s->who_count; i++)
		if (span_eq(span_slice(span_of(s->who[i]), 2, SIZE_MAX), name))
			return;
	s->who[s->who_count++] =
	    arena_printf(m->arena, "%c:%.*s", kind, SPAN_FMT(name));
}

/*
 * Works out who it is; false when that is not known yet. The domain of DKIM,
 * known at the end alone, comes on top: so a retry that was decided earlier
 * than the first attempt still meets a key that the first has left.
 */
static bool
who_find(struct message *m, struct greylist_slot *s)
{
	struct sender_domains domains = sender_key_domains(m);
	char network[NETWORK_TEXT_MAX];

	if (domains.spf_open || (domains.dkim_open && m->stage == STAGE_EOM))
		return false;
	s->who_count = 0;
	if (domains.spf.n > 0)
		who_add(m, s, 'd', domains.spf);
	else if (m->client.family != 0)
		who_add(
		    m, s, 'n', span_of(sender_key_network(m->client, network)));
	if (domains.dkim.n > 0)
		who_add(m, s, 'd', domains.dkim);
	return true;
}

/* ---- those who are known ------------------------------------------------- */

/* Passes in thousandths, halved each lifetime, and when that was. */
struct known {
	const struct greylist_settings *settings;
	int64_t now_s;
	int64_t add;
	bool known;
};

static void
known_change(void *ctx, struct store_record *r)
{
	struct known *k = ctx;
	double lifetime_s = (double)k->settings->lifetime.ms / 1000;
	double count = 0, most = (double)k->settings->learn * 2000;

	if (r->count == 2 && r->number[1] <= k->now_s)
		count = (double)r->number[0] *
			exp2(-(double)(k->now_s - r->number[1]) / lifetime_s);
	/* A half less than the number itself, for what time took away. */
	k->known = k->settings->learn > 0 &&
		   count >= (double)k->settings->learn * 1000 - 500;
	if (k->add == 0)
		return;
	count = fmin(count + (double)k->add, most);
	*r = (struct store_record){ .count = 2 };
	r->number[0] = (int64_t)count;
	r->number[1] = k->now_s;
	r->expires_s = k->now_s + 2 * (int64_t)lifetime_s;
}

static struct span
known_key(struct message *m, const char *who)
{
	return span_of(arena_printf(m->arena, "known:%s", who));
}

static bool
known_ask(struct message *m, const struct greylist_settings *settings,
    const char *who, int64_t add)
{
	struct known k = {
		.settings = settings, .now_s = m->kept_s, .add = add
	};

	return settings->learn > 0 &&
	       recall_update(
		   m, RECALL_IMPERSONAL, known_key(m, who), known_change, &k) &&
	       k.known;
}

/* He passed: once a message and identity. */
static void
known_count(struct message *m, struct greylist_slot *s,
    const struct greylist_settings *settings, size_t who)
{
	if (!s->counted[who])
		(void)known_ask(m, settings, s->who[who], 1000);
	s->counted[who] = true;
}

/* ---- one attempt --------------------------------------------------------- */

struct attempt {
	int64_t now_s, delay_s, window_s, lifetime_s;
	int64_t left_s; /* 0: he may pass */
	bool first;     /* passes for the first time */
};

/* number[0]: when he first came; number[1]: how often he has passed. */
static void
attempt_change(void *ctx, struct store_record *r)
{
	struct attempt *a = ctx;

	a->first = false;
	a->left_s = 0;
	if (r->count != 2) {
		*r = (struct store_record){ .count = 2,
			.number = { a->now_s, 0 },
			.expires_s = a->now_s + a->window_s };
		a->left_s = a->delay_s;
		return;
	}
	if (r->number[1] == 0) {
		a->left_s = r->number[0] + a->delay_s - a->now_s;
		if (a->left_s > a->delay_s)
			a->left_s = a->delay_s;
		if (a->left_s > 0)
			return;
		a->left_s = 0;
		a->first = true;
	}
	r->number[1]++;
	r->expires_s = a->now_s + a->lifetime_s;
}

static struct span
attempt_key(struct message *m, const char *who, size_t rcpt)
{
	struct span local = sender_key_local(m->sender.local, m->arena), key;
	struct buf b;

	buf_init(&b, 4096);
	(void)buf_printf(&b, "grey:%s|", who);
	store_key_add(&b, local);
	(void)buf_addc(&b, '@');
	store_key_add(&b, m->sender.domain);
	(void)buf_addc(&b, '|');
	if (rcpt < m->rcpt_count) {
		const struct envelope_address *to = &m->rcpt[rcpt].address;

		store_key_add(&b, arena_lower(m->arena, to->local));
		(void)buf_addc(&b, '@');
		store_key_add(&b, to->domain);
	}
	key = arena_dup(m->arena, buf_span(&b));
	buf_free(&b);
	return key;
}

/* True when this identity may pass, or the store is lost. */
static bool
attempt_passes(struct message *m, struct greylist_slot *s, size_t who,
    size_t rcpt, struct attempt *a)
{
	const struct greylist_settings *settings =
	    check_settings(m, &check_greylist);

	if (!recall_update(m, RECALL_PERSONAL,
		attempt_key(m, s->who[who], rcpt), attempt_change, a)) {
		message_incomplete(m, "store");
		return true;
	}
	if (a->first)
		known_count(m, s, settings, who);
	return a->left_s == 0;
}

static void
greylist_ask(struct message *m, struct greylist_slot *s, int64_t delay_s,
    size_t rcpt, struct grey *out)
{
	const struct greylist_settings *settings =
	    check_settings(m, &check_greylist);
	struct attempt a = { .now_s = m->kept_s,
		.delay_s = delay_s > 0 ? delay_s : settings->delay.ms / 1000,
		.window_s = settings->window.ms / 1000,
		.lifetime_s = settings->lifetime.ms / 1000 };

	*out = (struct grey){ .asked = true };
	for (size_t i = 0; i < s->who_count; i++)
		if (s->counted[i] || known_ask(m, settings, s->who[i], 0)) {
			known_count(m, s, settings, i);
			return;
		}
	/* All of them are asked: each leaves its key for the next attempt. */
	out->waits = s->who_count > 0;
	out->left_s = INT64_MAX;
	for (size_t i = 0; i < s->who_count; i++) {
		if (attempt_passes(m, s, i, rcpt, &a))
			out->waits = false;
		if (a.left_s < out->left_s)
			out->left_s = a.left_s;
	}
}

/* ---- the action ---------------------------------------------------------- */

/* RFC 5321, 4.5.1 and RFC 2142: whoever asks for help is heard. */
static bool
rcpt_is_exempt(const struct message *m, size_t rcpt)
{
	struct span local;

	if (rcpt >= m->rcpt_count)
		return false;
	local = m->rcpt[rcpt].address.local;
	return span_case_is(local, "postmaster") ||
	       span_case_is(local, "abuse");
}

static struct grey *
greylist_memo(struct message *m, struct greylist_slot *s, size_t rcpt)
{
	size_t at = rcpt == RCPT_NONE ? 0 : rcpt + 1;

	if (at >= s->rcpt_cap)
		s->rcpt = arena_grow(
		    m->arena, s->rcpt, &s->rcpt_cap, at + 1, sizeof(*s->rcpt));
	return &s->rcpt[at];
}

/* Bounces and call-outs wait at the end: RCPT alone tells them enough. */
static bool
too_early(const struct message *m, size_t rcpt)
{
	return m->stage < STAGE_EOM &&
	       (rcpt == RCPT_NONE || m->sender.raw.n == 0);
}

static struct performed
greylist_perform(void *ctx, const struct rule_action *action, size_t rcpt)
{
	struct message *m = ctx;
	struct greylist_slot *s = check_slot(m, &check_greylist);
	const struct greylist_args *args = action->args;
	struct performed done = { .applies = TRUTH_NO };
	struct grey *grey;

	if (!message_is_foreign(m) || m->session->store == NULL ||
	    rcpt_is_exempt(m, rcpt) ||
	    (rcpt == RCPT_NONE && m->rcpt_count > 0 && m->stage == STAGE_EOM))
		return done;
	grey = greylist_memo(m, s, rcpt);
	if (!grey->asked) {
		if (too_early(m, rcpt) || !who_find(m, s)) {
			done.applies = TRUTH_PENDING;
			return done;
		}
		greylist_ask(m, s, args->delay_s, rcpt, grey);
	}
	if (!grey->waits)
		return done;
	done.applies = TRUTH_YES;
	if (action->text == NULL)
		done.text = span_of(arena_printf(m->arena,
		    "Greylisted, please retry in %lld second%s",
		    (long long)grey->left_s, plural((uint64_t)grey->left_s)));
	return done;
}

/* [for DURATION] [CODE] [4.Y.Z] ["TEXT"] */
static bool
greylist_parse(struct rule_parser *p, struct rule_action *out)
{
	struct greylist_args *args =
	    arena_alloc(rule_parser_arena(p), sizeof(*args));
	double seconds;

	out->args = args;
	rule_parser_stage(p, STAGE_RCPT);
	if (rule_parser_take(p, "for")) {
		if (!rule_parser_number(p, "a duration such as 10m", &seconds))
			return false;
		if (!(seconds >= 1 && seconds <= 86400)) {
			rule_parser_error(p, "greylisting takes from 1s to 1d");
			return false;
		}
		args->delay_s = (int64_t)seconds;
	}
	return rule_parser_reply(p, out);
}

static const struct rule_action_row greylist_action = {
	.name = "greylist",
	.outcome = OUTCOME_TEMPFAIL,
	.effects = ACTION_REMEMBERS,
	.usage = "greylist [for DURATION] [CODE] [4.Y.Z] [\"TEXT\"]",
	.parse = greylist_parse,
	.perform = greylist_perform,
};

/* ---- the check ----------------------------------------------------------- */

/* Who sends what is not wanted has to wait again. */
static void
greylist_learn(
    struct message *m, void *slot, const struct verdict *v, size_t rcpt)
{
	struct greylist_slot *s = slot;

	(void)rcpt;
	if (m->session->store == NULL || !message_is_foreign(m) ||
	    v->wanted == OUTCOME_ACCEPT || v->wanted == OUTCOME_TEMPFAIL)
		return;
	if (s->who_count == 0 && !who_find(m, s))
		return;
	for (size_t i = 0; i < s->who_count; i++)
		(void)store_remove(
		    m->session->store, known_key(m, s->who[i]), m->kept_s);
}

static void
greylist_explain(struct message *m, void *slot, struct buf *out, int level)
{
	const struct greylist_slot *s = slot;

	(void)level;
	for (size_t i = 0; i < s->rcpt_cap; i++) {
		if (!s->rcpt[i].asked)
			continue;
		(void)buf_addz(out, "Greylisting");
		if (i > 0 && i - 1 < m->rcpt_count)
			(void)buf_printf(out, " of mail to recipient %zu", i);
		if (s->rcpt[i].waits)
			(void)buf_printf(out,
			    ": new from %s, may come again in %lld second%s.\n",
			    s->who[0], (long long)s->rcpt[i].left_s,
			    plural((uint64_t)s->rcpt[i].left_s));
		else
			(void)buf_addz(out, ": has waited or is known.\n");
	}
}

const struct check check_greylist = {
	.name = "greylist",
	.after = "spf dkim",
	.settings = greylist_setting_rows,
	.setting_count = ARRAY_COUNT(greylist_setting_rows),
	.settings_size = sizeof(struct greylist_settings),
	.slot_size = sizeof(struct greylist_slot),
	.learn = greylist_learn,
	.explain = greylist_explain,
	.adds = { .action = &greylist_action, .action_count = 1 },
};
