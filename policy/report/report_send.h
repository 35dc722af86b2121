#ifndef POLICY_REPORT_REPORT_SEND_H
#define POLICY_REPORT_REPORT_SEND_H

/*
 * Sending what is due: for the daemon's thread and for `verdict report`, which
 * may run at the same time. Waits for the disk, for DNS and for the mail
 * server; one thread at a time for one sender.
 */

#include "policy/base/clock.h"
#include "policy/base/smtp_mail.h"
#include "policy/config/conf.h"
#include "policy/report/report_file.h"

struct resolver;

/* Reports of a day are sent from so long after its end on, each at a time of
 * its own within the hours that follow. */
#define REPORT_BEGIN_S  900
#define REPORT_SPREAD_S 14400
/* A mail that can't be sent is given up so long after it was due. */
#define REPORT_TRIES_MAX 12

struct report_sender {
	struct report_file *file;
	const struct config *config;
	struct resolver *resolver;
	struct clock clock;
	const char *helo;
	/* Both may be NULL. shown: what came of a delivery; the file of the
	 * report lies in packed. */
	void (*shown)(void *ctx, const struct report_delivery *d,
	    enum delivery_state state, const char *why, const char *file,
	    struct span packed);
	void *ctx;
	bool dry; /* nothing is sent and nothing noted */
};

/* What is missing in the settings before anything can be sent, or NULL. */
const char *report_settings_wrong(const struct config *c);

/*
 * Sends the next of that day (-1: any) and domain ("": any) whose time has
 * come; now_s as in report_file_next. False when there is none left, or the
 * file can't be written.
 */
bool report_send_next(
    struct report_sender *s, int64_t day, struct span domain, int64_t now_s);
/* One delivery, as a trial (dry) or in earnest. */
void report_send_one(struct report_sender *s, const struct report_delivery *d);

#endif
