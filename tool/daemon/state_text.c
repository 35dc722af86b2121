/*
 * What an entry of the store says, in words. What the numbers mean is known
 * by the beginning of the key.
 */
#include "config.h"

#include "tool/daemon/state_text.h"

/* When and where it is told. */
struct told {
	struct arena *arena;
	int64_t now_s;
};

static const char *
show_span(const struct told *t, int64_t seconds)
{
	static const struct {
		int64_t seconds;
		const char *name;
	} unit[] = { { 86400, "d" }, { 3600, "h" }, { 60, "m" } };

	for (size_t i = 0; i < ARRAY_COUNT(unit); i++)
		if (seconds >= unit[i].seconds)
			return arena_printf(t->arena, "%lld%s",
			    (long long)(seconds / unit[i].seconds),
			    unit[i].name);
	return arena_printf(
	    t->arena, "%llds", (long long)(seconds < 0 ? 0 : seconds));
}

static const char *
show_grey(const struct told *t, const struct store_record *r)
{
	if (r->number[1] > 0)
		return arena_printf(t->arena, "has passed %lld time%s",
		    (long long)r->number[1], plural((uint64_t)r->number[1]));
	return arena_printf(
	    t->arena, "has waited %s", show_span(t, t->now_s - r->number[0]));
}

static const char *
show_defer(const struct told *t, const struct store_record *r)
{
	return arena_printf(
	    t->arena, "deferred for %s", show_span(t, t->now_s - r->number[0]));
}

static const char *
show_apart(const struct told *t, const struct store_record *r)
{
	(void)r;
	return arena_printf(t->arena, "recipients come apart");
}

static const char *
show_known(const struct told *t, const struct store_record *r)
{
	return arena_printf(
	    t->arena, "%.1f passes", (double)r->number[0] / 1000);
}

static const char *
show_limit(const struct told *t, const struct store_record *r)
{
	return arena_printf(t->arena, "empty again in %s",
	    show_span(t, r->number[0] / 1000000 - t->now_s));
}

static const char *
show_reputation(const struct told *t, const struct store_record *r)
{
	return arena_printf(t->arena,
	    "%.1f good, %.1f bad, %.1f other, %.1f bad recipients, first "
	    "seen %s ago",
	    (double)r->number[0] / 1000, (double)r->number[1] / 1000,
	    (double)r->number[2] / 1000, (double)r->number[3] / 1000,
	    show_span(t, t->now_s - r->number[5]));
}

static const char *
show_replay(const struct told *t, const struct store_record *r)
{
	return arena_printf(t->arena, "seen %lld time%s, first %s ago",
	    (long long)r->number[0], plural((uint64_t)r->number[0]),
	    show_span(t, t->now_s - r->number[1]));
}

/* What the numbers mean, by the beginning of the key. */
static const struct {
	const char *prefix;
	unsigned count;
	const char *(*show)(const struct told *t, const struct store_record *r);
} kinds[] = {
	{ "grey:", 2, show_grey },
	{ "apart:", 1, show_apart },
	{ "defer:", 1, show_defer },
	{ "known:", 2, show_known },
	{ "limit:", 1, show_limit },
	{ "rep:", 6, show_reputation },
	{ "replay:", 6, show_replay },
};

static const char *
show_record(const struct told *t, struct span key, const struct store_record *r)
{
	const char *text = "";

	for (size_t i = 0; i < ARRAY_COUNT(kinds); i++)
		if (span_starts(key, span_of(kinds[i].prefix)) &&
		    r->count == kinds[i].count)
			return kinds[i].show(t, r);
	for (unsigned i = 0; i < r->count; i++)
		text = arena_printf(t->arena, "%s%s%lld", text,
		    i == 0 ? "" : " ", (long long)r->number[i]);
	return text;
}

const char *
state_text(struct span key, const struct store_record *r, int64_t now_s,
    struct arena *a)
{
	const struct told t = { .arena = a, .now_s = now_s };

	return arena_printf(a, "%s, forgotten in %s", show_record(&t, key, r),
	    show_span(&t, r->expires_s - now_s));
}
