/*
 * From the messages of a corpus to verdicts.
 */
#include "config.h"

#include "tool/judge/corpus_judge.h"

#include "policy/base/clock.h"
#include "policy/case/case.h"
#include "policy/message/snapshot.h"
#include "rules/mail/received.h"
#include "tool/base/bar.h"
#include "tool/base/tool.h"

#define RECEIVED_MAX 30

/* ---- the session that a message came in ---------------------------------------- */

/* The first hop that is not our own, as our MX wrote it down. */
static void
corpus_hop(const struct corpus_judge *j, const struct header_list *h,
    struct case_input *c)
{
	const struct config *conf = &j->snapshot->config;
	const struct header_field *f = header_get(h, "Received", 0);
	struct span helo;
	struct ip ip;

	for (size_t i = 0; f != NULL && i < RECEIVED_MAX; i++) {
		if (received_hop(f->value, &ip, &helo) &&
		    !setting_nets_hold(&conf->trust, ip) &&
		    !setting_nets_hold(&conf->relay, ip)) {
			c->ip = ip;
			c->helo = helo;
			return;
		}
		f = header_next(h, f);
	}
}

static struct span
corpus_address(struct span value)
{
	size_t open = span_find(value, '<');
	struct span inside = span_slice(value, open + 1, value.n);

	if (open == SIZE_MAX)
		return span_trim(value);
	return span_slice(inside, 0, span_find(inside, '>'));
}

/* What the MX and the last delivery wrote into the header. */
static void
corpus_from_received(const struct corpus_judge *j, const struct header_list *h,
    struct case_input *c, struct span rcpt[1])
{
	static const char *const named[] = { "X-Original-To", "Delivered-To",
		"Envelope-To" };
	const struct header_field *f = header_get(h, "Return-Path", 0);

	corpus_hop(j, h, c);
	if (f != NULL)
		c->mailfrom = corpus_address(f->value);
	for (size_t i = 0; i < ARRAY_COUNT(named) && c->rcpt_count == 0; i++) {
		f = header_get(h, named[i], 0);
		if (f == NULL)
			continue;
		rcpt[0] = corpus_address(f->value);
		c->rcpt = rcpt;
		c->rcpt_count = 1;
	}
}

/* ---- the run ---------------------------------------------------------------------- */

static void
corpus_message(void *ctx, const char *name, struct span message)
{
	const struct corpus_judge *j = ctx;
	struct arena *a = arena_new();
	struct case_result result;
	struct case_input c;
	struct span rcpt[1];

	case_init(&c);
	c.time_s = clock_system.unix_s(NULL);
	c.message = message;
	c.reader = tool_reader();
	if (j->from_received) {
		struct header_list fields;
		unsigned anomalies = 0;
		struct span body;

		header_list_init(&fields, a);
		header_split(message, &fields, &body, &anomalies);
		corpus_from_received(j, &fields, &c, rcpt);
	}
	case_run(&c, j->snapshot, j->resolver, &result);
	j->judged(j->ctx, name, &result.verdict);
	case_result_free(&result);
	case_release(&c);
	arena_free(&a);
}

bool
corpus_judge(const struct corpus_judge *j, const struct corpus *c)
{
	struct corpus_judge judge = *j;
	uint64_t done = 0;
	struct bar bar;
	bool ok = true;

	bar_begin(&bar, c->octets);
	for (size_t i = 0; i < c->count; i++) {
		ok = corpus_each(&c->file[i], corpus_message, &judge) && ok;
		done += c->file[i].octets;
		bar_show(&bar, done, j->progress(j->ctx));
	}
	bar_end(&bar);
	return ok;
}
