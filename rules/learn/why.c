/*
 * From the weights of features to the pieces of text that people know them by.
 */
#include "config.h"

#include "rules/learn/why.h"

#include <math.h>

/* What adds less is shown as nothing. */
#define LEAST 0.005

#define TEXT_MAX                                                       \
	(LEARN_HEADER_OCTETS > LEARN_BODY_OCTETS ? LEARN_HEADER_OCTETS \
						 : LEARN_BODY_OCTETS)

/* What each octet of a text adds, a feature's weight spread over its own. */
struct why_text {
	enum learn_text text;
	double scale; /* of all weights */
	struct span canonical;
	double octet[TEXT_MAX];
};

/* Puts r at its place among the strongest. */
static void
why_keep(struct learn_reason *list, size_t *count, size_t max,
    const struct learn_reason *r)
{
	size_t at = *count < max ? (*count)++ : max;

	while (at > 0 && fabs(list[at - 1].weight) < fabs(r->weight)) {
		if (at < max)
			list[at] = list[at - 1];
		at--;
	}
	if (at < max)
		list[at] = *r;
}

static void
why_spread(struct why_text *t, const struct learn_weights *w,
    const struct learn_origins *from)
{
	for (size_t i = 0; i < from->count; i++) {
		const struct learn_origin *o = &from->origin[i];
		double each = (double)w->weight[o->index] * t->scale /
			      (double)o->length;

		if (o->text != t->text)
			continue;
		for (size_t j = o->at;
		     j < (size_t)o->at + o->length && j < TEXT_MAX; j++)
			t->octet[j] += each;
	}
}

/* The best piece of the text; side: 1 for spam, -1 for what is wanted. */
static bool
why_best(const struct why_text *t, double side, size_t *from, size_t *end)
{
	double sum = 0, best = 0;

	for (size_t i = 0; i < t->canonical.n; i++) {
		sum += t->octet[i] * side;
		if (i >= LEARN_WHY_EXTENT)
			sum -= t->octet[i - LEARN_WHY_EXTENT] * side;
		if (sum <= best)
			continue;
		best = sum;
		*end = i + 1;
		*from = *end < LEARN_WHY_EXTENT ? 0 : *end - LEARN_WHY_EXTENT;
	}
	return best >= LEAST;
}

/* Each piece that was taken adds nothing any more. */
static void
why_segments(struct why_text *t, double side, struct learn_why *out)
{
	for (size_t n = 0; n < LEARN_WHY_SEGMENTS; n++) {
		struct learn_reason r = { .text = t->text };
		size_t from = 0, end = 0;

		if (!why_best(t, side, &from, &end))
			return;
		for (size_t i = from; i < end; i++) {
			r.weight += t->octet[i];
			t->octet[i] = 0;
		}
		r.value = span_trim(span_slice(t->canonical, from, end));
		why_keep(
		    out->segment, &out->segment_count, LEARN_WHY_SEGMENTS, &r);
	}
}

void
learn_explain(const struct learn_weights *w, const struct learn_message *m,
    bool spam, struct learn_why *out)
{
	double side = spam ? 1 : -1;
	struct learn_features features;
	struct learn_origins from;
	struct why_text *t = arena_alloc(m->arena, sizeof(*t));

	*out = (struct learn_why){ .segment_count = 0 };
	learn_origins(m, &features, &from);
	t->scale = learn_scale(features.count);
	for (size_t i = 0; i < from.count; i++) {
		const struct learn_origin *o = &from.origin[i];
		struct learn_reason r = {
			.weight = (double)w->weight[o->index] * t->scale,
			.text = o->text,
			.name = o->name,
			.value = o->value,
		};

		if (o->text == LEARN_NAMED && r.weight * side >= LEAST)
			why_keep(
			    out->named, &out->named_count, LEARN_WHY_NAMED, &r);
	}
	t->text = LEARN_HEADER;
	t->canonical = from.header;
	why_spread(t, w, &from);
	why_segments(t, side, out);
	*t = (struct why_text){ .text = LEARN_BODY,
		.scale = t->scale,
		.canonical = from.body };
	why_spread(t, w, &from);
	why_segments(t, side, out);
}

static void
why_text_print(struct span text, struct buf *out)
{
	for (size_t i = 0; i < text.n; i++)
		(void)buf_addc(out, text.p[i] == '\n' ? ' '
				    : text.p[i] < ' ' || text.p[i] > '~'
					? '?'
					: text.p[i]);
}

static void
why_reason_print(const struct learn_reason *r, struct buf *out)
{
	if (out->n > 0)
		(void)buf_addz(out, "; ");
	if (r->text == LEARN_NAMED) {
		(void)buf_printf(out, "%s ", r->name);
		why_text_print(span_slice(r->value, 0, 64), out);
	} else {
		(void)buf_addz(
		    out, r->text == LEARN_HEADER ? "header \"" : "body \"");
		why_text_print(r->value, out);
		(void)buf_addc(out, '"');
	}
	(void)buf_printf(out, " %+.2f", r->weight);
}

void
learn_why_print(const struct learn_why *why, struct buf *out)
{
	for (size_t i = 0; i < why->segment_count; i++)
		why_reason_print(&why->segment[i], out);
	for (size_t i = 0; i < why->named_count; i++)
		why_reason_print(&why->named[i], out);
}
