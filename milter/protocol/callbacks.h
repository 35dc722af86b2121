#ifndef MILTER_PROTOCOL_CALLBACKS_H
#define MILTER_PROTOCOL_CALLBACKS_H

/* libmilter's callbacks; main registers them. */

#include <libmilter/mfapi.h>

extern const struct smfiDesc callbacks;

/* Sessions that are open now, and all since the start. */
unsigned long callbacks_sessions_open(void);
unsigned long callbacks_sessions_total(void);

#endif
