/*
 * Collects what is wrong with a file and where, and finds the word that was
 * meant. It knows nothing of what the file says; diag_print.c shows it.
 */
#include "config.h"

#include "rules/source/diag.h"

#include <stdlib.h>
#include <string.h>

const char *const diag_level_names[2] = { "error", "warning" };

void
diags_init(struct diags *d, struct arena *a)
{
	*d = (struct diags){ .arena = a };
}

const struct source *
diags_source_in(struct diags *d, struct arena *a, struct span name,
    struct span text, const struct source *from)
{
	struct source *s = arena_alloc(a, sizeof(*s));

	s->name = arena_dup(a, name);
	s->text = text;
	s->number = d->sources++;
	s->from = from;
	return s;
}

const struct source *
diags_source(struct diags *d, struct span name, struct span text)
{
	return diags_source_in(d, d->arena, name, text, NULL);
}

static void diags_add(struct diags *d, enum diag_level level, struct place p,
    const char *fmt, va_list ap) ATTR_PRINTF(4, 0);

static void
diags_add(struct diags *d, enum diag_level level, struct place p,
    const char *fmt, va_list ap)
{
	size_t *seen = level == DIAG_ERROR ? &d->errors : &d->warnings;

	(*seen)++;
	d->last_kept = *seen <= DIAGS_MAX;
	if (!d->last_kept)
		return;
	d->item = arena_grow(
	    d->arena, d->item, &d->cap, d->count + 1, sizeof(*d->item));
	d->item[d->count++] =
	    (struct diag){ level, p, arena_vprintf(d->arena, fmt, ap), NULL };
}

void
diags_keep(struct diags *d)
{
	for (size_t i = 0; i < d->count; i++) {
		const struct source *old = d->item[i].place.source;
		struct source *kept;
		bool done = old == NULL;

		for (size_t k = 0; k < i; k++)
			done = done || d->item[k].place.source == old;
		if (done)
			continue;
		kept = arena_alloc(d->arena, sizeof(*kept));
		kept->name = arena_dup(d->arena, old->name);
		kept->text = arena_dup(d->arena, old->text);
		kept->number = old->number;
		for (size_t k = i; k < d->count; k++)
			if (d->item[k].place.source == old)
				d->item[k].place.source = kept;
	}
}

void
diag_error(struct diags *d, struct place p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	diags_add(d, DIAG_ERROR, p, fmt, ap);
	va_end(ap);
}

void
diag_warn(struct diags *d, struct place p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	diags_add(d, DIAG_WARNING, p, fmt, ap);
	va_end(ap);
}

void
diag_hint(struct diags *d, const char *fmt, ...)
{
	va_list ap;

	if (!d->last_kept || d->count == 0)
		return;
	va_start(ap, fmt);
	d->item[d->count - 1].hint = arena_vprintf(d->arena, fmt, ap);
	va_end(ap);
}

void
diag_hint_usage(struct diags *d, const char *usage)
{
	if (d->last_kept && d->count > 0 && d->item[d->count - 1].hint == NULL)
		diag_hint(d, "usage: %s", usage);
}

struct place
place_join(struct place a, struct place b)
{
	if (a.source == NULL || a.source != b.source || b.at < a.at)
		return a;
	return (struct place){ a.source, a.at, b.at + b.n - a.at };
}

void
place_locate(struct place p, size_t *line, size_t *column)
{
	struct span text = p.source == NULL ? SPAN("") : p.source->text;
	size_t end = p.at < text.n ? p.at : text.n;

	*line = *column = 1;
	for (size_t i = 0; i < end; i++) {
		if (text.p[i] == '\n') {
			(*line)++;
			*column = 1;
		} else if (((unsigned char)text.p[i] & 0xc0) != 0x80) {
			(*column)++;
		}
	}
}

const char *
place_name(struct place p, struct arena *a)
{
	size_t line, column;

	if (p.source == NULL)
		return "the command line";
	place_locate(p, &line, &column);
	return arena_printf(a, "%.*s:%zu", SPAN_FMT(p.source->name), line);
}

/* Longer words are not typing errors of one another. */
#define SUGGEST_MAX 48
/* Letters that tell what was begun. */
#define SUGGEST_BEGUN 3

static unsigned
suggestion_min(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Optimal string alignment: swaps of neighbours count once. */
static unsigned
suggestion_distance(struct span a, struct span b)
{
	unsigned row[3][SUGGEST_MAX + 1];
	unsigned *before = row[0], *above = row[1], *now = row[2], *spare;

	for (unsigned k = 0; k <= b.n; k++)
		above[k] = before[k] = k;
	for (unsigned i = 1; i <= a.n; i++) {
		now[0] = i;
		for (unsigned k = 1; k <= b.n; k++) {
			char x = ascii_lower(a.p[i - 1]);
			char y = ascii_lower(b.p[k - 1]);

			now[k] = suggestion_min(above[k - 1] + (x != y),
			    suggestion_min(above[k], now[k - 1]) + 1);
			if (i > 1 && k > 1 && x == ascii_lower(b.p[k - 2]) &&
			    y == ascii_lower(a.p[i - 2]))
				now[k] =
				    suggestion_min(now[k], before[k - 2] + 1);
		}
		spare = before;
		before = above;
		above = now;
		now = spare;
	}
	return above[b.n];
}

void
suggestion_begin(struct suggestion *s, struct span word)
{
	/* One slip in short words, up to three in long ones. */
	unsigned slips = word.n < 4 ? 1 : word.n < 8 ? 2 : 3;

	*s = (struct suggestion){ word, { NULL, 0 }, slips + 1 };
}

void
suggestion_offer(struct suggestion *s, struct span candidate)
{
	unsigned distance;

	if (s->word.n == 0 || s->word.n > SUGGEST_MAX || candidate.n == 0 ||
	    candidate.n > SUGGEST_MAX)
		return;
	distance =
	    s->word.n >= SUGGEST_BEGUN && span_case_starts(candidate, s->word)
		? 1
		: suggestion_distance(s->word, candidate);
	/* All letters replaced is another word, not a slip. */
	if (distance >= s->distance || distance >= candidate.n)
		return;
	s->distance = distance;
	s->best = candidate;
}

void
suggestion_offer_all(struct suggestion *s, const char *const *candidates)
{
	for (; *candidates != NULL; candidates++)
		suggestion_offer(s, span_of(*candidates));
}

bool
suggestion_hint(const struct suggestion *s, struct diags *d)
{
	if (s->best.n == 0)
		return false;
	diag_hint(d, "did you mean \"%.*s\"?", SPAN_FMT(s->best));
	return true;
}

const char *
diag_suggest(struct span word, const char *const *candidates, size_t count)
{
	struct suggestion s;

	suggestion_begin(&s, word);
	for (size_t i = 0; i < count; i++)
		suggestion_offer(&s, span_of(candidates[i]));
	return s.best.p;
}
