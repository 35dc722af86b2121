#ifndef MILTER_POLL_H
#define MILTER_POLL_H

/*
 * How often ready sessions were spread over several wake-ups (see poll.c): a
 * daemon under load that says 0 runs with a libmilter that is not spread.
 */
unsigned long poll_spread_count(void);

#endif
