/*
 * The action `defer`: refuses for now until the same sender has kept coming
 * for some hours. For what can't be found out just now, and what a stranger
 * may have made impossible to find out: the rule below says what becomes of
 * mail that can wait no longer.
 *
 * Who was deferred, and since when. Unlike greylisting it never lets anybody
 * by: once he has waited long enough the action does not apply, and the next
 * rule has the word. Whether he comes again is counted for the client's
 * network (or the domain that SPF speaks for) and the sender, not for each
 * recipient, so that all recipients of one message get one answer.
 */
#include "config.h"

#include "policy/memory/sender_key.h"
#include "policy/message/check.h"
#include "policy/message/message.h"
#include "policy/message/recall.h"
#include "policy/store/store.h"
#include "rules/lang/rule_parser.h"

#define DEFER_STANDARD_S 14400  /* 4 hours */
#define DEFER_MAX_S      259200 /* 3 days: senders try for five */
#define DEFER_KEPT_S     432000 /* 5 days from the first attempt on */

struct defer_args {
	int64_t for_s;
};

/* number[0]: when he first came. */
struct defer_attempt {
	int64_t now_s, first_s;
};

static void
defer_change(void *ctx, struct store_record *r)
{
	struct defer_attempt *a = ctx;

	if (r->count != 1 || r->number[0] > a->now_s)
		*r = (struct store_record){ .count = 1,
			.number = { a->now_s },
			.expires_s = a->now_s + DEFER_KEPT_S };
	a->first_s = r->number[0];
}

static struct span
defer_key(struct message *m)
{
	struct sender_domains domains = sender_key_domains(m);
	char network[NETWORK_TEXT_MAX];
	struct span key;
	struct buf b;

	buf_init(&b, STORE_KEY_MAX * 2);
	(void)buf_addz(&b, "defer:");
	if (domains.spf.n > 0)
		store_key_add(&b, domains.spf);
	else
		(void)buf_addz(&b, sender_key_network(m->client, network));
	(void)buf_addc(&b, '|');
	store_key_add(&b, sender_key_local(m->sender.local, m->arena));
	(void)buf_addc(&b, '@');
	store_key_add(&b, m->sender.domain);
	key = arena_dup(m->arena, buf_span(&b));
	buf_free(&b);
	return key;
}

/*
 * Without a store, or when it is lost, nobody knows how long he has waited:
 * the one is a first attempt, as of a probe; with the other he would wait for
 * as long as the store is away, so the next rule has the word.
 */
static struct performed
defer_perform(void *ctx, const struct rule_action *action, size_t rcpt)
{
	struct message *m = ctx;
	const struct defer_args *args = action->args;
	struct defer_attempt a = { .now_s = m->kept_s };
	struct performed done = { .applies = TRUTH_YES };

	(void)rcpt;
	if (m->stage != STAGE_EOM) {
		done.applies = TRUTH_PENDING;
		return done;
	}
	if (m->session->store == NULL)
		return done;
	if (!recall_update(
		m, RECALL_PERSONAL, defer_key(m), defer_change, &a)) {
		message_incomplete(m, "store");
		done.applies = TRUTH_NO;
	} else if (a.now_s - a.first_s >= args->for_s) {
		done.applies = TRUTH_NO;
	}
	return done;
}

/* [for DURATION] [CODE] [4.Y.Z] ["TEXT"] */
static bool
defer_parse(struct rule_parser *p, struct rule_action *out)
{
	struct defer_args *args =
	    arena_alloc(rule_parser_arena(p), sizeof(*args));
	double seconds = DEFER_STANDARD_S;

	out->args = args;
	/* At the end SPF is known, and with it who it is. */
	rule_parser_stage(p, STAGE_EOM);
	if (rule_parser_take(p, "for") &&
	    !rule_parser_number(p, "a duration such as 4h", &seconds))
		return false;
	if (!(seconds >= 1 && seconds <= DEFER_MAX_S)) {
		rule_parser_error(p, "defer takes from 1s to 3d");
		return false;
	}
	args->for_s = (int64_t)seconds;
	return rule_parser_reply(p, out);
}

static const struct rule_action_row defer_action = {
	.name = "defer",
	.outcome = OUTCOME_TEMPFAIL,
	.usage = "defer [for DURATION] [CODE] [4.Y.Z] [\"TEXT\"]",
	.effects = ACTION_REMEMBERS | ACTION_PER_MESSAGE,
	.parse = defer_parse,
	.perform = defer_perform,
};

extern const struct check check_defer;
const struct check check_defer = {
	.name = "defer",
	.after = "spf dkim",
	.slot_size = 1,
	.adds = { .action = &defer_action, .action_count = 1 },
};
