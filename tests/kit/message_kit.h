#ifndef TESTS_KIT_MESSAGE_KIT_H
#define TESTS_KIT_MESSAGE_KIT_H

/*
 * A message as checks see it, without MTA or network: a snapshot that is
 * loaded as any other, from texts; a zone instead of DNS; a clock that stands
 * still. The test fills in what it is about and calls one check at a time.
 */

#include "policy/dns/dns.h"
#include "policy/judge/judge.h"
#include "policy/load/checks.h"
#include "policy/load/snapshot_load.h"
#include "policy/message/check.h"
#include "policy/message/decision_id.h"
#include "policy/message/message.h"
#include "policy/message/services.h"
#include "policy/message/snapshot.h"
#include "tests/kit/table.h"

#define MESSAGE_KIT_TIME INT64_C(1767225600) /* 2026-01-01T00:00:00Z */

/* NULL members take what stands behind them. */
struct message_kit_options {
	const struct check_table *checks; /* all that there are */
	const char *config;               /* "": defaults */
	const char *rules;                /* "": none */
	bool read_only;        /* facts that no rule reads are not asked for */
	struct dns_zone *zone; /* taken; an empty one */
	const char *client;    /* 192.0.2.1; "": not known */
	const char *helo;      /* client.example */
};

struct message_kit {
	struct arena *arena;
	struct snapshot *snapshot;
	struct session session;
	struct clock_fixed time;
	struct services judge;
	struct dns_zone *zone;
	struct message *message; /* inbound */
};

/* options NULL: as they stand above. Fails the test where they are wrong. */
void message_kit_begin(
    struct message_kit *k, const struct message_kit_options *options);
void message_kit_end(struct message_kit *k);

/* Splits text into header and body and puts both into the message. */
void message_kit_text(struct message_kit *k, struct span text);

/* The slot of a check of the kit's table. */
void *message_kit_slot(struct message_kit *k, const struct check *c);
/* Calls a check's gather for the stages up to last. */
void message_kit_gather(
    struct message_kit *k, const struct check *c, enum stage last);

/* A fact's value as text, "-" when absent, "?" when not known, "pending". */
const char *message_kit_value(
    struct message_kit *k, const struct value *v, enum fact_type type);
/* Of a field in a group: all values, with "|" between. */
const char *message_kit_fact(struct message_kit *k, const char *name);

#endif
