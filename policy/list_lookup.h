#ifndef POLICY_LIST_LOOKUP_H
#define POLICY_LIST_LOOKUP_H

/*
 * Lists that are asked rather than read: what the rules' engine calls when a
 * condition looks a fact up in a dynamic list.
 */

#include "rules/ruleset.h"

struct message;

/* As ruling_input.listed; ctx is the message. Never waits. */
enum truth list_lookup(
    void *ctx, size_t list, const struct value *value, struct span *detail);
/* Starts every lookup of rules whose fact is known by now. */
void list_prefetch(struct message *m);

#endif
