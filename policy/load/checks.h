#ifndef POLICY_LOAD_CHECKS_H
#define POLICY_LOAD_CHECKS_H

#include "policy/message/check.h"
#include "policy/message/services.h"

/* All of checks.def, in its order. */
extern const struct check_table checks_standard;

/*
 * The checks' life with the process: checks_open makes judge->lent, once
 * judge's clock and alert are there; checks_close gives it back, when no
 * session is left. Neither waits for anybody outside.
 */
void checks_open(struct services *judge);
void checks_close(struct services *judge);

#endif
