/*
 * Figures about a filter. Knows nothing of how it works.
 */
#include "config.h"

#include "rules/learn/metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Highest score first. */
static int
outcome_compare(const void *a, const void *b)
{
	const struct learn_outcome *x = a, *y = b;

	return (x->score < y->score) - (x->score > y->score);
}

/* Of the spam, what stays below when share of the ham may be marked. */
static double
metrics_missed(const struct learn_outcome *o, size_t count,
    const struct learn_metrics *m, double share)
{
	size_t allowed = (size_t)floor((double)m->ham * share + 1e-9);
	size_t ham = 0, caught = 0, end;

	for (size_t i = 0; i < count; i = end) {
		size_t spam_here = 0;

		for (end = i; end < count && o[end].score == o[i].score; end++)
			spam_here += o[end].spam ? 1 : 0;
		ham += end - i - spam_here;
		if (ham > allowed)
			break;
		caught += spam_here;
	}
	return 1.0 - (double)caught / (double)m->spam;
}

void
learn_metrics(struct learn_outcome *o, size_t count, struct learn_metrics *out)
{
	double above = 0, pairs;
	size_t ham_before = 0, end;

	*out = (struct learn_metrics){ .one_minus_roca = (double)NAN,
		.missed_1000 = (double)NAN,
		.missed_100 = (double)NAN };
	for (size_t i = 0; i < count; i++) {
		if (o[i].spam)
			out->spam++;
		else
			out->ham++;
	}
	if (out->spam == 0 || out->ham == 0)
		return;
	qsort(o, count, sizeof(*o), outcome_compare);
	for (size_t i = 0; i < count; i = end) {
		size_t spam = 0, ham;

		for (end = i; end < count && o[end].score == o[i].score; end++)
			spam += o[end].spam ? 1 : 0;
		ham = end - i - spam;
		/* Equal scores are half a mistake. */
		above +=
		    (double)spam * ((double)ham_before + (double)ham / 2.0);
		ham_before += ham;
	}
	pairs = (double)out->spam * (double)out->ham;
	out->one_minus_roca = above / pairs;
	out->missed_1000 = metrics_missed(o, count, out, 0.001);
	out->missed_100 = metrics_missed(o, count, out, 0.01);
}

/* How many of the sorted scores are below this one. */
static size_t
share_below(const double *sorted, size_t count, double score)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (sorted[middle] < score)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
share_remove(struct learn_share *s, double score)
{
	size_t at = share_below(s->sorted, s->count, score);

	memmove(&s->sorted[at], &s->sorted[at + 1],
	    (s->count - at - 1) * sizeof(s->sorted[0]));
	s->count--;
}

void
learn_share_add(struct learn_share *s, double score)
{
	size_t at;

	if (s->count == LEARN_SHARE_KEPT)
		share_remove(s, s->recent[s->next]);
	at = share_below(s->sorted, s->count, score);
	memmove(&s->sorted[at + 1], &s->sorted[at],
	    (s->count - at) * sizeof(s->sorted[0]));
	s->sorted[at] = score;
	s->count++;
	s->recent[s->next] = score;
	s->next = (s->next + 1) % LEARN_SHARE_KEPT;
}

double
learn_share_of(const double *sorted, size_t count, double score)
{
	if (count < LEARN_SHARE_MIN)
		return -1;
	return (double)(count - share_below(sorted, count, score) + 1) /
	       (double)(count + 1);
}

double
learn_share(const struct learn_share *s, double score)
{
	return learn_share_of(s->sorted, s->count, score);
}
