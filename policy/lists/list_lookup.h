#ifndef POLICY_LISTS_LIST_LOOKUP_H
#define POLICY_LISTS_LIST_LOOKUP_H

/*
 * Lists that are asked rather than read: what the rules' engine calls when a
 * condition looks a fact up in a dynamic list, and what one message has asked
 * so far. Nothing here waits.
 */

#include "policy/lists/dnslist.h"
#include "policy/config/setting.h"

struct message;

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

/* As ruling_input.listed; ctx is the message. */
enum truth list_lookup(
    void *ctx, size_t list, const struct value *value, struct span *detail);
/* Starts every lookup of rules whose fact is known by now. */
void list_prefetch(struct message *m);
/* Questions that are under way. */
size_t list_pending(struct message *m);
/*
 * How long the end of message may wait for lists, in ms; what has not come
 * by then is not waited for: list_give_up. The other lookups may go on.
 */
int64_t list_deadline_ms(const struct message *m);
void list_give_up(struct message *m);

#endif
