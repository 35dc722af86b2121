/*
 * Reading the Date field. What a date means for a message is not known here.
 */
#include "config.h"

#include "rules/mail/date.h"

struct date_cursor {
	struct span s;
	size_t at;
};

static const char *const date_month[] = { "jan", "feb", "mar", "apr", "may",
	"jun", "jul", "aug", "sep", "oct", "nov", "dec" };

static const struct {
	const char *name;
	int hours;
} date_zone_named[] = { { "ut", 0 }, { "gmt", 0 }, { "utc", 0 }, { "z", 0 },
	{ "est", -5 }, { "edt", -4 }, { "cst", -6 }, { "cdt", -5 },
	{ "mst", -7 }, { "mdt", -6 }, { "pst", -8 }, { "pdt", -7 } };

/* White space and comments; an open comment goes to the end. */
static void
date_skip(struct date_cursor *c)
{
	size_t depth = 0;

	for (; c->at < c->s.n; c->at++) {
		char ch = c->s.p[c->at];

		if (ch == '(')
			depth++;
		else if (ch == ')' && depth > 0)
			depth--;
		else if (depth > 0 && ch == '\\')
			c->at++;
		else if (depth == 0 && !ascii_space(ch))
			return;
	}
}

static bool
date_char(struct date_cursor *c, char want)
{
	date_skip(c);
	if (c->at >= c->s.n || c->s.p[c->at] != want)
		return false;
	c->at++;
	return true;
}

static struct span
date_run(struct date_cursor *c, bool (*is)(char))
{
	size_t from;

	date_skip(c);
	from = c->at;
	while (c->at < c->s.n && is(c->s.p[c->at]))
		c->at++;
	return span_slice(c->s, from, c->at);
}

/* A number of at most max_digits digits; *digits says how many. */
static bool
date_number(struct date_cursor *c, size_t max_digits, int *out, size_t *digits)
{
	struct span run = date_run(c, ascii_digit);
	uint64_t n;

	if (run.n > max_digits || !span_number(run, &n))
		return false;
	*out = (int)n;
	*digits = run.n;
	return true;
}

static bool
date_month_read(struct date_cursor *c, int *month)
{
	struct span name = date_run(c, ascii_alpha);

	for (size_t i = 0; i < ARRAY_COUNT(date_month); i++)
		if (span_case_is(name, date_month[i])) {
			*month = (int)i + 1;
			return true;
		}
	return false;
}

/* Minutes east of UTC. Military zones mean nothing (RFC 5322, 4.3). */
static bool
date_zone_read(struct date_cursor *c, int *minutes)
{
	struct span name;
	size_t digits;
	int n, sign = 0;

	if (date_char(c, '+'))
		sign = 1;
	else if (date_char(c, '-'))
		sign = -1;
	if (sign != 0) {
		if (!date_number(c, 4, &n, &digits) || digits != 4 ||
		    n % 100 > 59)
			return false;
		*minutes = sign * (n / 100 * 60 + n % 100);
		return true;
	}
	name = date_run(c, ascii_alpha);
	*minutes = 0;
	for (size_t i = 0; i < ARRAY_COUNT(date_zone_named); i++)
		if (span_case_is(name, date_zone_named[i].name))
			*minutes = date_zone_named[i].hours * 60;
	return name.n > 0;
}

static bool
date_is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int
date_month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };

	return days[month - 1] + (month == 2 && date_is_leap(year));
}

/* Days from 1970-01-01 in the Gregorian calendar; year >= 1. */
static int64_t
date_days(int year, int month, int day)
{
	int64_t before = year - 1;
	int64_t days = before * 365 + before / 4 - before / 100 + before / 400;

	for (int m = 1; m < month; m++)
		days += date_month_days(year, m);
	return days + day - 1 - 719162;
}

static bool
date_day_read(struct date_cursor *c, int64_t *days)
{
	int day, month, year;
	size_t digits;

	if (date_run(c, ascii_alpha).n > 0)
		(void)date_char(c, ',');
	if (!date_number(c, 2, &day, &digits) || !date_month_read(c, &month) ||
	    !date_number(c, 5, &year, &digits) || digits < 2)
		return false;
	if (digits == 3 || (digits == 2 && year >= 50))
		year += 1900;
	else if (digits == 2)
		year += 2000;
	if (year < 1 || day < 1 || day > date_month_days(year, month))
		return false;
	*days = date_days(year, month, day);
	return true;
}

/* *zone: minutes east of UTC, as written. */
static bool
date_read(struct span value, int64_t *unix_s, int *zone)
{
	struct date_cursor c = { value, 0 };
	int hour, minute, second = 0;
	int64_t days;
	size_t digits;

	if (!date_day_read(&c, &days) || !date_number(&c, 2, &hour, &digits) ||
	    !date_char(&c, ':') || !date_number(&c, 2, &minute, &digits))
		return false;
	if (date_char(&c, ':') && !date_number(&c, 2, &second, &digits))
		return false;
	if (hour > 23 || minute > 59 || second > 60 ||
	    !date_zone_read(&c, zone))
		return false;
	date_skip(&c);
	*unix_s = days * 86400 + hour * 3600 + minute * 60 + second -
		  *zone * INT64_C(60);
	return c.at >= c.s.n;
}

bool
date_parse(struct span value, int64_t *unix_s)
{
	int zone;

	return date_read(value, unix_s, &zone);
}

bool
date_zone(struct span value, int *minutes)
{
	int64_t unix_s;

	return date_read(value, &unix_s, minutes);
}
