#ifndef RULES_MAIL_DATE_H
#define RULES_MAIL_DATE_H

/* Dates in header fields (RFC 5322, 3.3, with the old forms of 4.3). Pure. */

#include "rules/base/span.h"

/*
 * Seconds since 1970 UTC, negative before. False for what is no date: a day
 * that its month does not have, an hour of 24, no zone. Comments and the
 * day's name are skipped; years of two and three digits and zones by name
 * are understood, unknown zones as UTC.
 */
bool date_parse(struct span value, int64_t *unix_s);
/*
 * The zone of such a date in minutes east of UTC, as it is written: programs
 * that make dates up write zones that nobody lives in. False for no date.
 */
bool date_zone(struct span value, int *minutes);

#endif
