#ifndef POLICY_LISTS_LIST_LOOKUP_H
#define POLICY_LISTS_LIST_LOOKUP_H

/*
 * Lists that are asked rather than read: what the rules' engine calls when a
 * condition looks a fact up in a dynamic list, and what one message has asked
 * so far. Nothing here waits.
 */

#include "policy/config/setting.h"
#include "policy/lists/dnslist.h"

struct message;
struct snapshot;

/* One question to one list about one message. */
struct list_asked {
	const struct dnslist *list;
	struct span subject;
	struct span question; /* may be SECRET */
	bool settled;
	struct dnslist_result result; /* once settled */
};

/* What check_lists keeps for a message, made by the first look-up. */
struct list_slot {
	struct list_asked ***asked; /* by list, then in the order asked */
	size_t *count, *cap;        /* by list */
	size_t lists;
	size_t *begun; /* by ruleset_lookup: values whose lookup has begun */
	bool late;     /* the lists' own deadline has passed */
};

struct list_settings {
	setting_duration deadline;
	uint64_t names;
};

/* The snapshot's lists in DNS; none while its rules are being read. */
const struct dnslists *dnslists_of(const struct snapshot *s);

/* language_rows.listed of the check. */
enum truth list_lookup(struct message *m, size_t list,
    const struct value *value, struct span *detail);
/* Starts every lookup of rules whose fact is known by now. */
void list_prefetch(struct message *m);
/* Questions that are under way. */
size_t list_pending(struct message *m);
/* Questions that got no answer. For whoever judges a decision again. */
typedef void list_unanswered_visit(
    void *ctx, size_t list, const struct list_asked *asked);
void list_unanswered(
    struct message *m, list_unanswered_visit *visit, void *ctx);
/* What has not come by now is not waited for. The other lookups may go on. */
void list_give_up(struct message *m);

#endif
