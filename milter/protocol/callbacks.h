#ifndef MILTER_PROTOCOL_CALLBACKS_H
#define MILTER_PROTOCOL_CALLBACKS_H

/* What the engine calls; main hands them to it. */

#include "milter/engine/engine.h"

extern const struct engine_handlers callbacks;

/* Sessions that are open now, and all since the start. */
unsigned long callbacks_sessions_open(void);
unsigned long callbacks_sessions_total(void);

#endif
