#ifndef POLICY_MESSAGE_DECISION_ID_H
#define POLICY_MESSAGE_DECISION_ID_H

#include <stdint.h>

#include "rules/base/span.h"

/*
 * Short ids of decisions, unique across hosts: time, host and counter in
 * base32, so that sorting by id sorts by time.
 */
struct decision_ids;

/* start: the first count. Release with decision_ids_free. */
struct decision_ids *decision_ids_new(struct span hostname, uint32_t start);
void decision_ids_free(struct decision_ids **ids);
/* Any thread. */
void decision_id(struct decision_ids *ids, int64_t unix_s, char out[24]);

/* When the decision was made; false for a text that is no id. */
bool decision_id_time(struct span id, int64_t *unix_s);

#endif
