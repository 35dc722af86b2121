#ifndef MILTER_PROTOCOL_ACTION_H
#define MILTER_PROTOCOL_ACTION_H

/*
 * Carrying out a verdict: the only calls that change anything at the MTA.
 */

#include <libmilter/mfapi.h>

#include "policy/message/session.h"
#include "policy/message/verdict.h"

/* The milter's answer at an SMTP command, with the reply text set. */
sfsistat action_reply(SMFICTX *ctx, const struct verdict *v);
/* At end of message: header edits, hold queue, and the answer. */
sfsistat action_finish(
    SMFICTX *ctx, struct message *m, const struct verdict *v);

#endif
