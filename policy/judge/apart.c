/*
 * Recipients that are taken apart: by rules at RCPT, and by what is remembered
 * of the attempt before.
 */
#include "config.h"

#include "policy/judge/apart.h"

#include "policy/message/recall.h"
#include "policy/message/snapshot.h"
#include "policy/store/store.h"
#include "rules/eval/ruling.h"
#include "rules/lang/ruleset.h"

#define APART_KEPT_S 3600

/* message.apart: what the store says of this sender's last attempt. */
enum apart_state {
	APART_NOT_ASKED,
	APART_NOT, /* nothing is remembered */
	APART_BY_NAME,
	APART_EACH,     /* each recipient by himself */
	APART_ANYWHERE, /* by name, of an attempt from another network */
};

bool
apart_applies(const struct message *m)
{
	const struct snapshot *s = m->session->snapshot;

	return s->config.recipients.index == RECIPIENTS_APART &&
	       message_is_foreign(m) && ruleset_per_rcpt(s->ruleset);
}

/* The first recipient before this one who is left; rcpt when there is none. */
static size_t
apart_first(const struct message *m, size_t rcpt)
{
	for (size_t i = 0; i < rcpt; i++)
		if (!m->rcpt[i].refused)
			return i;
	return rcpt;
}

/* ---- what is remembered -------------------------------------------------- */

static void
apart_key_address(
    struct message *m, struct buf *b, const struct envelope_address *a)
{
	(void)buf_addc(b, '|');
	store_key_add(b, arena_lower(m->arena, a->local));
	(void)buf_addc(b, '@');
	store_key_add(b, a->domain);
}

/*
 * By the client's network, for a retry may come from a neighbour; behind our
 * own relay that is the relay. Large senders come again from anywhere, so the
 * names are kept once more without a network: whoever forges a sender can
 * have his mail come in two copies, and no more. rcpt RCPT_NONE: the entry
 * for all of them.
 */
static struct span
apart_key(struct message *m, size_t rcpt, bool anywhere)
{
	struct ip client = m->session->client;
	char ip[IP_TEXT_MAX] = "";
	struct span key;
	struct buf b;

	if (client.family != 0 && !anywhere)
		(void)ip_format(
		    ip_mask(client, client.family == 6 ? 64 : 24), ip);
	buf_init(&b, STORE_KEY_MAX * 2);
	(void)buf_printf(&b, "apart:%s", ip);
	apart_key_address(m, &b, &m->sender);
	if (rcpt != RCPT_NONE)
		apart_key_address(m, &b, &m->rcpt[rcpt].address);
	key = arena_dup(m->arena, buf_span(&b));
	buf_free(&b);
	return key;
}

/*
 * False when the store is lost. *number is -1 when nothing is remembered, and
 * that is noted nowhere, for it is so of almost every message.
 */
static bool
apart_recall(struct message *m, size_t rcpt, bool anywhere, int64_t *number)
{
	struct span key = apart_key(m, rcpt, anywhere);
	struct store_record r;

	*number = -1;
	if (m->session->store == NULL)
		return true;
	if (!store_get(m->session->store, key, m->kept_s, &r))
		return false;
	if (r.count == 1)
		*number = r.number[0];
	return r.count != 1 || recall_get(m, RECALL_PERSONAL, key, &r);
}

static enum apart_state
apart_state(struct message *m)
{
	int64_t near, far;

	if (m->apart != APART_NOT_ASKED)
		return (enum apart_state)m->apart;
	if (!apart_recall(m, RCPT_NONE, false, &near) ||
	    !apart_recall(m, RCPT_NONE, true, &far))
		m->apart = APART_EACH;
	else if (near == APART_EACH || near == APART_BY_NAME)
		m->apart = (unsigned)near;
	else
		m->apart = far == APART_BY_NAME ? APART_ANYWHERE : APART_NOT;
	return (enum apart_state)m->apart;
}

/* Judged differently the last time; who was not there counts as different. */
static bool
apart_remembered(struct message *m, size_t first, size_t rcpt)
{
	enum apart_state state = apart_state(m);
	bool anywhere = state == APART_ANYWHERE;
	int64_t one, other;

	switch (state) {
	case APART_EACH:
		return true;
	case APART_BY_NAME:
	case APART_ANYWHERE:
		return !apart_recall(m, first, anywhere, &one) ||
		       !apart_recall(m, rcpt, anywhere, &other) || one != other;
	default:
		return false;
	}
}

/* ---- at RCPT ------------------------------------------------------------- */

const char *
apart_why(struct message *m, size_t rcpt)
{
	size_t first = apart_first(m, rcpt);
	const char *rule;

	if (first == rcpt || !apart_applies(m))
		return NULL;
	rule = ruling_differs(m->ruling, first, rcpt);
	if (rule != NULL)
		return arena_printf(m->arena,
		    "rule %s is not the same for recipient %zu and this one",
		    rule, first + 1);
	if (!apart_remembered(m, first, rcpt))
		return NULL;
	return m->apart == APART_EACH
		   ? "each recipient comes by himself"
		   : "it was judged otherwise than the first an hour ago or "
		     "less";
}

/* ---- at the end ---------------------------------------------------------- */

bool
apart_outcomes(enum outcome one, enum outcome other)
{
	return one != other && (one > OUTCOME_JUNK || other > OUTCOME_JUNK);
}

static void
apart_change(void *ctx, struct store_record *r)
{
	const struct store_record *to = ctx;

	*r = *to;
}

static void
apart_remember(struct message *m, size_t rcpt, bool anywhere, int64_t number)
{
	struct store_record r = { .count = 1,
		.number = { number },
		.expires_s = m->kept_s + APART_KEPT_S };

	/* When the store is lost each comes by himself. */
	(void)store_update(m->session->store, m->session->client,
	    apart_key(m, rcpt, anywhere), m->kept_s, apart_change, &r);
}

void
apart_note(struct message *m, const size_t *rcpt, size_t count,
    const enum outcome *each)
{
	if (m->session->store == NULL)
		return;
	if (count > APART_RCPTS_MAX) {
		apart_remember(m, RCPT_NONE, false, APART_EACH);
		return;
	}
	for (int anywhere = 0; anywhere < 2; anywhere++) {
		apart_remember(m, RCPT_NONE, anywhere, APART_BY_NAME);
		for (size_t i = 0; i < count; i++)
			apart_remember(m, rcpt[i], anywhere,
			    each[i] <= OUTCOME_JUNK ? OUTCOME_ACCEPT : each[i]);
	}
}
