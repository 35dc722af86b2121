#ifndef TESTS_KIT_DNSLIST_KIT_H
#define TESTS_KIT_DNSLIST_KIT_H

/* What the tests of lists in DNS share: rules, zones and cases from texts. */

#include "tests/kit/table.h"

#include "policy/case/case.h"
#include "policy/lists/dnslist_state.h"
#include "policy/message/session.h"
#include "policy/message/snapshot.h"
#include "rules/source/diag.h"

/* NULL after errors, which are in the diags. */
struct snapshot *load(const char *rules, struct arena *a, struct diags *diags);
/* Fails the test after errors. */
struct snapshot *load_good(const char *rules, struct arena *a);

/* "NAME ADDRESS" or "NAME RCODE" pairs, with ";" between. */
struct dns_zone *zone_of(const char *text);

/* One case through a session; what it has come to until run_end. */
struct run {
	struct arena *arena;
	struct snapshot *snapshot;
	struct jsonr_doc *json;
	struct case_input input;
	struct case_result result;
	struct buf answer;
};

/* Takes the zone. message is text within a JSON string. */
void run_begin(struct run *r, struct snapshot *s, struct dns_zone *zone,
    const char *ip, const char *user, const char *message);
void run_end(struct run *r);
/* What the message calls incomplete, with spaces between. */
const char *incomplete_of(const struct message *m, struct arena *a);

/* Lists that are watched over a clock that stands still. */
struct watch {
	struct arena *arena;
	struct snapshot *snapshot;
	struct dns_zone *zone;
	struct resolver *resolver;
	struct clock_fixed time;
	struct dnslist_health *health;
	struct buf alerts;
};

/* rules: whole, or what stands behind "list a". */
void watch_begin(struct watch *w, const char *rules, const char *zone);
void watch_zone(struct watch *w, const char *zone);
void watch_end(struct watch *w);
/* The first list. */
const struct dnslist *watched(const struct watch *w);

#endif
