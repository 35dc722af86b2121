/*
 * Lists in DNS when a decision is judged again. The record says what each said
 * then; a rule that is new asks what nobody asked then, and so has no answer,
 * which is not the answer no. Who wants one all the same can ask the lists
 * now: that is what they say today, and is told apart.
 */
#include "config.h"

#include "policy/case/rejudge_inside.h"

#include "policy/base/clock.h"
#include "policy/lists/list_lookup.h"
#include "policy/message/message.h"

/* Questions in one journal, some 200 octets each. */
#define ASK_MAX 200000

void
rejudge_ask(struct rejudge *r, const struct rejudge_asking *asking)
{
	r->asking = *asking;
}

uint64_t
rejudge_asked(const struct rejudge *r)
{
	return r->asked;
}

void
rejudge_lists_free(struct rejudge *r)
{
	dns_zone_free(&r->now);
	dns_zone_free(&r->failed);
	arena_free(&r->now_arena);
}

/* ---- asking now ----------------------------------------------------------- */

static void
now_note(struct rejudge *r, struct span question, const struct dns_answer *a)
{
	char ip[IP_TEXT_MAX];

	/* Not asked again, and no answer. */
	if (a->status == DNS_TEMP || a->status == DNS_PENDING) {
		dns_zone_name(r->failed, question);
		return;
	}
	dns_zone_name(r->now, question);
	if (a->status == DNS_NXDOMAIN)
		(void)dns_zone_rcode(r->now, question, SPAN("NXDOMAIN"));
	for (size_t i = 0; a->status == DNS_DATA && i < a->count; i++)
		(void)dns_zone_address(
		    r->now, question, span_of(ip_format(a->ip[i], ip)));
}

static void
now_ask(struct rejudge *r, struct span question)
{
	struct dns_batch *batch;
	const struct dns_answer *a;
	int64_t until_ms;

	if (r->asking.resolver == NULL || r->asked == ASK_MAX)
		return;
	if (r->now == NULL) {
		r->now = dns_zone_new();
		r->failed = dns_zone_new();
		r->now_arena = arena_new();
	}
	if (r->asking.pause != NULL)
		r->asking.pause(r->asking.ctx);
	r->asked++;
	arena_reset(r->now_arena);
	batch = dns_batch_new(r->asking.resolver, r->now_arena);
	until_ms =
	    clock_system.monotonic_ms(clock_system.ctx) + r->asking.wait_ms;
	a = dns_ask(batch, question, DNS_A);
	while (a->status == DNS_PENDING && dns_join(batch, until_ms))
		a = dns_ask(batch, question, DNS_A);
	now_note(r, question, a);
	dns_batch_free(&batch);
}

/* ---- what the record says --------------------------------------------------- */

struct filling {
	struct rejudge *rejudge;
	bool found;
};

static void
lists_fill(void *ctx, size_t list, const struct list_asked *asked)
{
	struct filling *f = ctx;
	struct rejudge *r = f->rejudge;
	struct span name = asked->question;

	/* It was asked then, and did not answer then either. */
	if (dns_zone_take(NULL, name, r->zone, name))
		return;
	if (dns_zone_take(r->zone, name, r->zone,
		dnslist_keyless(dnslists_of(r->snapshot), name, r->scratch))) {
		f->found = true;
		return;
	}
	if (r->now == NULL || (!dns_zone_take(NULL, name, r->now, name) &&
				  !dns_zone_take(NULL, name, r->failed, name)))
		now_ask(r, name);
	if (r->now != NULL && dns_zone_take(r->zone, name, r->now, name)) {
		f->found = true;
		r->asked_now = true;
		return;
	}
	r->list_lacking[list] = true;
}

bool
rejudge_lists(struct rejudge *r)
{
	struct filling f = { r, false };

	for (size_t i = 0; i < dnslists_of(r->snapshot)->count; i++)
		r->list_lacking[i] = false;
	if (r->zone != NULL)
		list_unanswered(r->session->message, lists_fill, &f);
	return f.found;
}
