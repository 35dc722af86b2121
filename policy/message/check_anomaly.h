#ifndef POLICY_MESSAGE_CHECK_ANOMALY_H
#define POLICY_MESSAGE_CHECK_ANOMALY_H

#include "policy/message/check.h"

/* The flags of a message as facts. Who raises flags only for those facts
 * asks whether this check is wanted. */
extern const struct check check_anomaly;

#endif
