#ifndef POLICY_LOAD_CHECKS_H
#define POLICY_LOAD_CHECKS_H

#include "policy/message/check.h"

/* All of checks.def, in its order. */
extern const struct check_table checks_standard;

#endif
