/*
 * verdict replay --ask: who answers, and how often he may be asked. A list
 * that is asked thousands of times a second for mail of last week takes us
 * for somebody who walks it, and refuses us for the mail of today as well.
 */
#include "config.h"

#include "tool/journal/replay_ask.h"

#include <time.h>

#include "policy/base/clock.h"
#include "policy/case/case.h"
#include "policy/dns/dns_conf.h"
#include "tool/base/tool.h"

bool
replay_ask_rate(struct replay_ask *ask, const char *text)
{
	uint64_t rate = REPLAY_ASK_RATE;

	if (text != NULL && (!span_number(span_of(text), &rate) || rate == 0 ||
				rate > REPLAY_ASK_RATE_MAX)) {
		(void)tool_fail(0, "%s is no rate: 1 to %d questions a second",
		    text, REPLAY_ASK_RATE_MAX);
		return false;
	}
	ask->rate = (unsigned)rate;
	return true;
}

/* A file answers as often as it is asked. */
static void
ask_pause(void *ctx)
{
	struct replay_ask *ask = ctx;
	int64_t now_ms = clock_system.monotonic_ms(clock_system.ctx);
	int64_t wait_ms = ask->next_ms - now_ms;

	if (wait_ms > 0) {
		const struct timespec ts = { .tv_sec = wait_ms / 1000,
			.tv_nsec = wait_ms % 1000 * 1000000 };

		(void)nanosleep(&ts, NULL);
	}
	ask->next_ms =
	    (wait_ms > 0 ? ask->next_ms : now_ms) + 1000 / (int64_t)ask->rate;
}

static bool
ask_zone(struct replay_ask *ask, struct arena *a)
{
	const char *why = "";
	struct span text;
	struct jsonr_doc *doc;
	bool ok;

	if (!tool_read(ask->zone, a, &text))
		return false;
	doc = jsonr_parse(text, a, &why);
	ok = doc != NULL && case_zone(jsonr_top(doc), &ask->answers, a, &why);
	jsonr_free(&doc);
	if (ok)
		ask->resolver = resolver_zone(ask->answers);
	else
		(void)tool_fail(0, "%s: %s", ask->zone, why);
	return ok;
}

bool
replay_ask_begin(struct replay_ask *ask, struct rejudge *r,
    const struct snapshot *s, struct arena *a)
{
	struct rejudge_asking asking = { .wait_ms = s->config.dns_timeout.ms,
		.ctx = ask };
	const char *why;

	if (ask->zone == NULL) {
		ask->resolver = dns_conf_resolver(&s->config, &why);
		asking.pause = ask_pause;
		if (ask->resolver == NULL)
			(void)tool_fail(0, "DNS: %s", why);
	} else {
		(void)ask_zone(ask, a);
	}
	asking.resolver = ask->resolver;
	rejudge_ask(r, &asking);
	return ask->resolver != NULL;
}

void
replay_ask_end(struct replay_ask *ask)
{
	resolver_free(&ask->resolver);
	dns_zone_free(&ask->answers);
}
