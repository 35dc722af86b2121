/*
 * Numbers with and without units, independent of the locale.
 */
#include "config.h"

#include "rules/source/literal.h"

#include <stdio.h>
#include <string.h>

bool
literal_number(struct span s, double *out)
{
	double value = 0, unit = 1;
	bool negative = s.n > 0 && s.p[0] == '-', fraction = false;
	size_t digits = 0;

	if (s.n > 0 && (s.p[0] == '-' || s.p[0] == '+'))
		s = span_slice(s, 1, s.n);
	if (s.n == 0 || s.n > 18 || !ascii_digit(s.p[s.n - 1]))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '.' && !fraction && digits > 0) {
			fraction = true;
			continue;
		}
		if (!ascii_digit(s.p[i]))
			return false;
		value = value * 10 + (s.p[i] - '0');
		unit *= fraction ? 10 : 1;
		digits++;
	}
	*out = negative ? -(value / unit) : value / unit;
	return true;
}

bool
literal_write(double number, char out[LITERAL_NUMBER_MAX])
{
	double again;

	(void)snprintf(out, LITERAL_NUMBER_MAX, "0");
	for (int digits = 0; digits < LITERAL_NUMBER_MAX - 2; digits++) {
		char text[400];
		int n = snprintf(text, sizeof(text), "%.*f", digits, number);

		if (n < 0 || n >= LITERAL_NUMBER_MAX)
			break;
		memcpy(out, text, (size_t)n + 1);
		if (literal_number(span_of(out), &again) && !(again < number) &&
		    !(again > number))
			return true;
	}
	return false;
}

/* The leading digits as a number; the rest stays in *s. */
static bool
literal_count(struct span *s, uint64_t *out)
{
	size_t n = 0;

	while (n < s->n && ascii_digit(s->p[n]))
		n++;
	if (n == 0 || n > 15 || !span_number(span_slice(*s, 0, n), out))
		return false;
	*s = span_slice(*s, n, s->n);
	return true;
}

bool
literal_duration(struct span s, int64_t *ms)
{
	static const struct {
		const char *unit;
		int64_t ms;
	} unit[] = {
		{ "ms", 1 },
		{ "s", 1000 },
		{ "m", 60 * 1000 },
		{ "min", 60 * 1000 },
		{ "h", 3600 * 1000 },
		{ "d", INT64_C(86400) * 1000 },
		{ "w", INT64_C(604800) * 1000 },
	};
	uint64_t count;

	if (!literal_count(&s, &count))
		return false;
	if (s.n == 0 && count == 0) {
		*ms = 0;
		return true;
	}
	for (size_t i = 0; i < ARRAY_COUNT(unit); i++) {
		if (!span_is(s, unit[i].unit))
			continue;
		if (count > (uint64_t)(INT64_MAX / unit[i].ms))
			return false;
		*ms = (int64_t)count * unit[i].ms;
		return true;
	}
	return false;
}

bool
literal_size(struct span s, uint64_t *octets)
{
	uint64_t count;
	unsigned shift = 0;

	if (!literal_count(&s, &count))
		return false;
	if (s.n > 0 && s.p[s.n - 1] == 'B')
		s.n--;
	if (s.n > 1)
		return false;
	if (s.n == 1) {
		char c = s.p[0] == 'K' ? 'k' : s.p[0];
		size_t at = span_find(SPAN("kMGT"), c);

		if (at == SIZE_MAX)
			return false;
		shift = 10 * ((unsigned)at + 1);
	}
	if (count > UINT64_MAX >> shift)
		return false;
	*octets = count << shift;
	return true;
}

bool
literal_clock(struct span s, unsigned *minutes)
{
	struct span hour;
	uint64_t h, m;

	if (span_find(s, ':') == SIZE_MAX || !span_cut(&s, ':', &hour) ||
	    hour.n > 2 || s.n != 2 || !span_number(hour, &h) ||
	    !span_number(s, &m) || m > 59 || h * 60 + m > 24 * 60)
		return false;
	*minutes = (unsigned)(h * 60 + m);
	return true;
}

/* "1.5M": the unit counts for one, and the number says how many of it. */
static bool
literal_fraction(struct span s, double *out)
{
	char unit[8] = "1";
	size_t n = 0;
	struct span one, rest;
	uint64_t octets;
	int64_t ms;

	while (n < s.n && (ascii_digit(s.p[n]) || s.p[n] == '.'))
		n++;
	rest = span_slice(s, n, s.n);
	if (span_find(span_slice(s, 0, n), '.') == SIZE_MAX || rest.n == 0 ||
	    rest.n >= sizeof(unit) - 1 ||
	    !literal_number(span_slice(s, 0, n), out))
		return false;
	for (size_t i = 0; i < rest.n; i++)
		unit[1 + i] = rest.p[i];
	one = span_make(unit, 1 + rest.n);
	if (literal_size(one, &octets))
		*out *= (double)octets;
	else if (literal_duration(one, &ms))
		*out *= (double)ms / 1000;
	else
		return false;
	return true;
}

bool
literal_quantity(struct span s, double *out)
{
	uint64_t octets;
	int64_t ms;
	unsigned minutes;

	if (literal_number(s, out))
		return true;
	if (s.n > 0 && s.p[s.n - 1] == '%' &&
	    literal_number(span_slice(s, 0, s.n - 1), out)) {
		*out /= 100;
		return true;
	}
	if (literal_size(s, &octets))
		*out = (double)octets;
	else if (literal_duration(s, &ms))
		*out = (double)ms / 1000;
	else if (literal_clock(s, &minutes))
		*out = (double)minutes;
	else
		return literal_fraction(s, out);
	return true;
}
