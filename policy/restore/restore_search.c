/*
 * One pass over a body with the hash copied at every place where it may have
 * ended. Knows neither MIME nor what was added.
 */
#include "config.h"

#include "policy/restore/restore_search.h"

#include <string.h>

struct restore_walk {
	const struct restore_plan *plan;
	const uint8_t *wanted;
	struct restore_budget *budget;
	struct dkim_body *outer; /* up to where the first text is read */
	struct dkim_body *inner; /* behind it, the second text */
	struct dkim_body *end;   /* the copy that is ended */
	struct restore_hit *hit;
};

static bool
restore_feed(struct restore_walk *w, struct dkim_body *b, struct span text)
{
	if (text.n > w->budget->octets)
		return false;
	w->budget->octets -= text.n;
	dkim_body_feed(b, text);
	return true;
}

/* Ends w->end, which has been fed all of one body. */
static bool
restore_matches(struct restore_walk *w)
{
	dkim_body_end(w->end);
	return memcmp(dkim_body_hash(w->end, 0), w->wanted,
		   HASH_SHA256_OCTETS) == 0;
}

/* b stands at cut c of text: *to goes on with what the cut leaves of it. */
static bool
restore_cut_off(struct restore_walk *w, const struct dkim_body *b,
    const struct restore_text *t, const struct restore_cut *c,
    struct dkim_body *to)
{
	dkim_body_copy(to, b);
	return restore_feed(w, to, c->tail) &&
	       restore_feed(w, to, span_slice(t->text, c->end, t->text.n));
}

static bool
restore_try_end(struct restore_walk *w)
{
	if (w->budget->ends == 0 || !restore_feed(w, w->end, w->plan->after))
		return false;
	w->budget->ends--;
	return restore_matches(w);
}

/* All ends of the second text; w->inner stands at its beginning. */
static bool
restore_second(struct restore_walk *w)
{
	const struct restore_text *t = &w->plan->second;
	size_t at = 0;

	for (size_t i = 0; i < t->count; i++) {
		const struct restore_cut *c = &t->cut[i];

		w->hit->second = i;
		if (!restore_feed(
			w, w->inner, span_slice(t->text, at, c->at)) ||
		    !restore_cut_off(w, w->inner, t, c, w->end))
			return false;
		if (restore_try_end(w))
			return true;
		at = c->at;
	}
	w->hit->second = RESTORE_UNCUT;
	if (!restore_feed(w, w->inner, span_slice(t->text, at, t->text.n)))
		return false;
	dkim_body_copy(w->end, w->inner);
	return restore_try_end(w);
}

static bool
restore_first(struct restore_walk *w)
{
	const struct restore_text *t = &w->plan->first;
	bool alone = w->plan->second.text.n == 0;
	/* Of one text alone a single copy is enough. */
	struct dkim_body *copy = alone ? w->end : w->inner;
	size_t at = 0;

	if (!restore_feed(w, w->outer, w->plan->before))
		return false;
	for (size_t i = 0; i < t->count; i++) {
		const struct restore_cut *c = &t->cut[i];

		w->hit->first = i;
		if (!restore_feed(
			w, w->outer, span_slice(t->text, at, c->at)) ||
		    !restore_cut_off(w, w->outer, t, c, copy) ||
		    !restore_feed(w, copy, w->plan->between))
			return false;
		if (alone ? restore_try_end(w) : restore_second(w))
			return true;
		at = c->at;
	}
	w->hit->first = RESTORE_UNCUT;
	dkim_body_copy(w->inner, w->outer);
	return restore_feed(w, w->inner, span_slice(t->text, at, t->text.n)) &&
	       restore_feed(w, w->inner, w->plan->between) && restore_second(w);
}

bool
restore_search(const struct restore_plan *plan, enum dkim_canon canon,
    const uint8_t wanted[HASH_SHA256_OCTETS], struct restore_budget *budget,
    struct restore_hit *hit)
{
	const struct dkim_variant variant = { canon, DKIM_LENGTH_ALL };
	struct restore_walk w = { .plan = plan,
		.wanted = wanted,
		.budget = budget,
		.outer = dkim_body_new(&variant, 1),
		.inner = dkim_body_new(&variant, 1),
		.end = dkim_body_new(&variant, 1),
		.hit = hit };
	bool found;

	hit->first = hit->second = RESTORE_UNCUT;
	found = restore_first(&w);

	dkim_body_free(&w.outer);
	dkim_body_free(&w.inner);
	dkim_body_free(&w.end);
	return found;
}
