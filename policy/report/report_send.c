/*
 * From a delivery that is due to a mail that is sent, or a reason why not.
 */
#include "config.h"

#include "policy/report/report_send.h"

#include <stdio.h>

#include "policy/base/address.h"
#include "policy/dns/dns.h"
#include "policy/report/report_mail.h"
#include "policy/report/report_rua.h"

#define SMTP_STEP_S 30
#define DNS_WAIT_MS 20000
#define RETRY_S     900   /* after the first failure; then twice as long */
#define RETRY_MAX_S 14400 /* but no longer */

const char *
report_settings_wrong(const struct config *c)
{
	struct arena *a = arena_new();
	struct sockaddr_storage server;
	const char *why, *wrong = NULL;

	if (report_submitter(c, a).n == 0 ||
	    !smtp_address_valid(c->report_from))
		wrong = "report.from is not set to an address";
	else if (c->report_sender[0] != '\0' &&
		 !smtp_address_valid(c->report_sender))
		wrong = "report.sender is no address";
	else if (!smtp_server_parse(span_of(c->report_smtp), &server, &why))
		wrong = "report.smtp is no mail server's address";
	arena_free(&a);
	return wrong;
}

/* ---- one delivery ---------------------------------------------------------------------- */

struct send_run {
	struct report_sender *sender;
	const struct report_delivery *d;
	struct arena *arena;
	struct span to; /* where it goes in the end */
	bool claimed;
	char why[SMTP_WHY_MAX];
};

static int64_t
send_now_s(const struct report_sender *s)
{
	return s->clock.unix_s(s->clock.ctx);
}

static bool
send_last(void *ctx)
{
	struct send_run *run = ctx;

	run->claimed = report_file_claim(
	    run->sender->file, run->d, send_now_s(run->sender));
	return run->claimed;
}

static enum delivery_state
send_smtp(struct send_run *run, const struct report_parts *parts)
{
	const struct config *c = run->sender->config;
	struct smtp_mail mail = {
		.helo = run->sender->helo,
		.sender = c->report_sender[0] != '\0' ? c->report_sender
						      : c->report_from,
		.rcpt = arena_strdup(run->arena, run->to),
		.timeout_s = SMTP_STEP_S,
		.last = send_last,
		.ctx = run,
	};
	enum smtp_sent sent = SMTP_LATER;
	const char *why;
	struct buf text;

	(void)smtp_server_parse(span_of(c->report_smtp), &mail.server, &why);
	buf_init(&text, REPORT_MAIL_MAX);
	if (!report_mail_write(
		c, run->d, parts, run->to, send_now_s(run->sender), &text)) {
		buf_free(&text);
		(void)snprintf(
		    run->why, sizeof(run->why), "the mail is too large");
		return DELIVERY_REFUSED;
	}
	mail.message = buf_span(&text);
	sent = smtp_send(&mail, run->why);
	buf_free(&text);
	switch (sent) {
	case SMTP_SENT:
		run->why[0] = '\0';
		return DELIVERY_SENT;
	case SMTP_REFUSED:
		return DELIVERY_REFUSED;
	case SMTP_IN_DOUBT:
		return DELIVERY_DOUBTFUL;
	case SMTP_LATER:
		break;
	}
	return run->d->attempts + 1 >= REPORT_TRIES_MAX ? DELIVERY_GIVEN_UP
							: DELIVERY_WAITING;
}

/* Whether it may go there at all. */
static enum delivery_state
send_wanted(struct send_run *run)
{
	const char *why = "";
	enum report_wanted wanted =
	    report_wanted_join(run->sender->resolver, run->d->domain,
		run->d->to, DNS_WAIT_MS, run->arena, &run->to, &why);

	if (wanted == REPORT_WANTED)
		return DELIVERY_SENDING;
	(void)snprintf(run->why, sizeof(run->why), "%s", why);
	if (wanted == REPORT_UNWANTED)
		return DELIVERY_UNWANTED;
	return run->d->attempts + 1 >= REPORT_TRIES_MAX ? DELIVERY_GIVEN_UP
							: DELIVERY_WAITING;
}

/* DELIVERY_SENDING: nothing speaks against it, in a dry run. */
static enum delivery_state
send_run(struct send_run *run, struct report_parts *parts)
{
	struct report_sender *s = run->sender;
	enum delivery_state state = send_wanted(run);
	const char *why;

	if (state != DELIVERY_SENDING)
		return state;
	if (!report_parts_make(
		s->file, s->config, run->d, run->arena, parts, &why)) {
		(void)snprintf(run->why, sizeof(run->why), "%s", why);
		return DELIVERY_REFUSED;
	}
	return s->dry ? state : send_smtp(run, parts);
}

static int64_t
send_next_s(const struct report_sender *s, const struct report_delivery *d)
{
	int64_t wait_s = RETRY_S;

	for (int64_t i = 0; i < d->attempts && wait_s < RETRY_MAX_S; i++)
		wait_s *= 2;
	return send_now_s(s) + (wait_s < RETRY_MAX_S ? wait_s : RETRY_MAX_S);
}

void
report_send_one(struct report_sender *s, const struct report_delivery *d)
{
	struct send_run run = {
		.sender = s, .d = d, .arena = arena_new(), .to = d->to
	};
	struct report_parts parts = { .file = NULL };
	enum delivery_state state;
	struct report_delivery told = *d;

	buf_init(&parts.packed, 0);
	state = send_run(&run, &parts);
	if (!s->dry && !report_file_settle(s->file, d, state, send_now_s(s),
			   send_next_s(s, d), run.why))
		(void)snprintf(run.why, sizeof(run.why),
		    "report.db can't be written: %.100s",
		    report_file_error(s->file));
	told.to = run.to;
	if (s->shown != NULL)
		s->shown(s->ctx, &told, state, run.why, parts.file,
		    buf_span(&parts.packed));
	report_parts_free(&parts);
	arena_free(&run.arena);
}

bool
report_send_next(
    struct report_sender *s, int64_t day, struct span domain, int64_t now_s)
{
	struct arena *a = arena_new();
	struct report_delivery d;
	bool found = report_file_next(s->file, day, domain, now_s, a, &d);

	if (found)
		report_send_one(s, &d);
	arena_free(&a);
	return found;
}
