#ifndef RULES_SOURCE_LITERAL_H
#define RULES_SOURCE_LITERAL_H

/*
 * Numbers as people write them in verdict.conf and in rules: 3, -2, 0.5, 10M,
 * 5s, 22:30. Case tells units apart: m is minutes, M is megabytes. All
 * functions fill the whole span or return false; pure.
 */

#include "rules/base/span.h"

/* Optional sign, digits, optional fraction; no exponent, no hex. */
bool literal_number(struct span s, double *out);
/* As literal_number reads it: without exponent, in as few digits as tell it.
 * False: it needs more than that takes, and out is what comes near. */
#define LITERAL_NUMBER_MAX 19
bool literal_write(double number, char out[LITERAL_NUMBER_MAX]);
/* 500ms 5s 10m 2h 7d 4w; a bare number only when it is 0. */
bool literal_duration(struct span s, int64_t *ms);
/* 512, 64k, 10M, 1G (of 1024), with or without a B behind. */
bool literal_size(struct span s, uint64_t *octets);
/* HH:MM, 00:00 to 24:00, as minutes since midnight. */
bool literal_clock(struct span s, unsigned *minutes);
/*
 * Any of them as one number, for comparisons with a number fact: a duration
 * in seconds, a size in octets, a time of day in minutes since midnight,
 * percent as hundredths. Here sizes and durations may have a fraction: 1.5M,
 * 0.5h.
 */
bool literal_quantity(struct span s, double *out);

#endif
