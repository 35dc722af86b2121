/*
 * The bound on a share. Knows nothing of mail.
 */
#include "config.h"

#include "rules/learn/bound.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#define HALVINGS  200
#define STEPS_MIN 200
/* Instead of a zero in a denominator, as Lentz' method wants it. */
#define BOUND_TINY 1e-300

static double
bound_gamma(double x)
{
	int sign;

	/* lgamma() writes to a global variable. */
	return lgamma_r(x, &sign);
}

static double
bound_nonzero(double x)
{
	return fabs(x) < BOUND_TINY ? BOUND_TINY : x;
}

/*
 * The continued fraction of the incomplete beta function (DLMF 8.17.22) by
 * Lentz' method; it converges fast where x < (a + 1) / (a + b + 2).
 */
static double
bound_fraction(double a, double b, double x)
{
	size_t steps = STEPS_MIN + (size_t)(10 * sqrt(a > b ? a : b));
	double c = 1;
	double d = 1 / bound_nonzero(1 - (a + b) * x / (a + 1));
	double out = d;

	for (size_t i = 1; i <= steps; i++) {
		double m = (double)i;
		double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		double odd = -(a + m) * (a + b + m) * x /
			     ((a + 2 * m) * (a + 2 * m + 1));
		double change;

		d = 1 / bound_nonzero(1 + even * d);
		c = bound_nonzero(1 + even / c);
		out *= c * d;
		d = 1 / bound_nonzero(1 + odd * d);
		c = bound_nonzero(1 + odd / c);
		change = c * d;
		out *= change;
		if (fabs(change - 1) < 4 * DBL_EPSILON)
			break;
	}
	return out;
}

double
bound_beta(double a, double b, double x)
{
	double front;

	if (x <= 0)
		return 0;
	if (x >= 1)
		return 1;
	front = exp(bound_gamma(a + b) - bound_gamma(a) - bound_gamma(b) +
		    a * log(x) + b * log1p(-x));
	if (x < (a + 1) / (a + b + 2))
		return front * bound_fraction(a, b, x) / a;
	return 1 - front * bound_fraction(b, a, 1 - x) / b;
}

double
bound_upper(size_t k, size_t n, double certainty)
{
	double low = 0, high = 1;

	if (k >= n)
		return 1;
	/* The quantile of beta(k + 1, n - k). */
	for (size_t i = 0; i < HALVINGS && high - low > DBL_EPSILON * high;
	     i++) {
		double middle = low + (high - low) / 2;

		if (bound_beta((double)k + 1, (double)(n - k), middle) <
		    certainty)
			low = middle;
		else
			high = middle;
	}
	return high;
}

/* bound_upper(k, n) <= share, without looking for the bound. */
static bool
bound_promises(size_t k, size_t n, double share, double certainty)
{
	return k < n &&
	       bound_beta((double)k + 1, (double)(n - k), share) >= certainty;
}

size_t
bound_allowed(size_t n, double share, double certainty)
{
	/* The bound is above k / n, so too much is promised by high. */
	size_t low = 0, high = (size_t)((double)n * share) + 1;

	if (!bound_promises(0, n, share, certainty))
		return SIZE_MAX;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (bound_promises(middle, n, share, certainty))
			low = middle;
		else
			high = middle;
	}
	return low;
}

size_t
bound_needed(double share, double certainty)
{
	return (size_t)ceil(log1p(-certainty) / log1p(-share));
}
