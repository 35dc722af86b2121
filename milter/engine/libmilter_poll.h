#ifndef MILTER_ENGINE_LIBMILTER_POLL_H
#define MILTER_ENGINE_LIBMILTER_POLL_H

#include <stdint.h>

/*
 * How often ready sessions were spread over several wake-ups (see libmilter_poll.c): a
 * daemon under load that says 0 runs with a libmilter that is not spread.
 */
unsigned long poll_spread_count(void);
/* When libmilter's controller last came by (CLOCK_MONOTONIC); 0: never. */
int64_t poll_controller_ms(void);

#endif
