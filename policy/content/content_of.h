#ifndef POLICY_CONTENT_CONTENT_OF_H
#define POLICY_CONTENT_CONTENT_OF_H

#include "policy/message/session.h"
#include "rules/content/content.h"

/*
 * What the message holds, read when first asked for at its end; NULL: there is
 * no message, or it is not to be looked at. It lives as long as the message.
 */
const struct content *content_of(struct message *m);

struct snapshot;
/* Whether documents are to be read by this configuration. */
bool content_reads_documents(const struct snapshot *s);

#endif
