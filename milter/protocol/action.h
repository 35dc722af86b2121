#ifndef MILTER_PROTOCOL_ACTION_H
#define MILTER_PROTOCOL_ACTION_H

/*
 * What a verdict means for the MTA.
 */

#include "milter/engine/engine.h"
#include "policy/message/session.h"
#include "policy/message/verdict.h"

/* At an SMTP command. */
void action_reply(const struct verdict *v, struct engine_answer *out);
/* At the end of a message: header edits and hold queue too; all of it lies in
 * the message's arena. */
void action_finish(
    struct message *m, const struct verdict *v, struct engine_answer *out);

#endif
