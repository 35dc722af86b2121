/*
 * Could anybody answer the envelope sender? His domain must have mail servers
 * (MX) or addresses (RFC 5321, 5.1), and must not say that it takes no mail
 * (null MX, RFC 7505). Whether the mailbox is there nobody is asked. Nothing is
 * looked up unless a rule reads the fact.
 */
#include "config.h"

#include "policy/message/check.h"
#include "policy/message/session.h"

extern const struct check check_deliverable;

enum deliverable_fact { F_SENDER, F_COUNT };

static const struct fact_row deliverable_fact_rows[] = {
	[F_SENDER] = { "sender.deliverable", FACT_BOOL, STAGE_MAIL, 0, NULL,
	    "mail to the sender's domain has somewhere to go (MX, or an address, and no null MX); absent for a null sender" },
};
_Static_assert(ARRAY_COUNT(deliverable_fact_rows) == F_COUNT, "a row per fact");

struct deliverable_slot {
	bool known;
};

static bool
deliverable_applies(const struct message *m)
{
	return message_is_foreign(m) && m->sender.raw.n > 0;
}

/*
 * All three questions are asked at once, for SPF and its like ask some of them
 * as well, and mail servers of small domains are often the domain itself.
 */
static struct value
deliverable_of(struct message *m)
{
	const struct dns_answer *mx, *host[2];
	const char *problem = NULL;

	if (m->sender.domain.n == 0)
		return value_bool(false);
	mx = dns_ask(m->dns, m->sender.domain, DNS_MX);
	host[0] = dns_ask(m->dns, m->sender.domain, DNS_A);
	host[1] = dns_ask(m->dns, m->sender.domain, DNS_AAAA);
	if (mx->status == DNS_PENDING)
		return (struct value){ .state = FACT_PENDING };
	/* RFC 7505, 3: a null MX stands alone. */
	if (mx->status == DNS_DATA)
		return value_bool(mx->count > 1 || mx->mx[0].host.n > 0);
	if (mx->status == DNS_NXDOMAIN && !mx->alias)
		return value_bool(false);
	if (mx->status == DNS_TEMP)
		problem = mx->problem;
	for (size_t i = 0; i < ARRAY_COUNT(host); i++) {
		if (host[i]->status == DNS_PENDING)
			return (struct value){ .state = FACT_PENDING };
		if (problem == NULL && host[i]->status == DNS_DATA)
			return value_bool(true);
		if (host[i]->status == DNS_TEMP)
			problem = host[i]->problem;
	}
	return problem == NULL ? value_bool(false) : value_unknown(problem);
}

static void
deliverable_gather(struct message *m, void *slot, enum stage stage)
{
	(void)slot;
	if (stage == STAGE_MAIL && check_wanted(m, &check_deliverable) &&
	    deliverable_applies(m))
		(void)deliverable_of(m);
}

static bool
deliverable_judge(struct message *m, void *slot, enum stage stage)
{
	struct deliverable_slot *s = slot;
	struct value v = value_absent();

	(void)stage;
	if (s->known)
		return true;
	if (check_wanted(m, &check_deliverable) && deliverable_applies(m))
		v = deliverable_of(m);
	if (v.state == FACT_PENDING)
		return false;
	facts_set(m->facts, check_fact(m, &check_deliverable, F_SENDER), v);
	if (v.state == FACT_UNKNOWN)
		message_incomplete(m, "deliverable");
	return s->known = true;
}

const struct check check_deliverable = {
	.name = "deliverable",
	.facts = deliverable_fact_rows,
	.fact_count = F_COUNT,
	.slot_size = sizeof(struct deliverable_slot),
	.gather = deliverable_gather,
	.judge = deliverable_judge,
};
