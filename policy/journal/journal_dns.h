#ifndef POLICY_JOURNAL_JOURNAL_DNS_H
#define POLICY_JOURNAL_JOURNAL_DNS_H

/* The DNS answers that a message used, as a zone of verdict-cases(5). */

#include "policy/message/session.h"
#include "rules/base/jsonw.h"

/*
 * Writes the member "dns". False when there were too many to keep all.
 * Answers that are pending are left out. Never waits.
 */
bool journal_dns_write(const struct message *m, struct jsonw *w);

#endif
