/*
 * Which of the texts that pieces of a pattern need are worth looking for?
 * Sets of them, their product while it stays small, and how seldom mail has
 * them. Must know nothing of the syntax of patterns.
 */
#include "config.h"

#include <string.h>

#include "rules/match/needle.h"
#include "rules/match/needle_set.h"

static bool
needle_set_has(const struct needle_set *set, struct span text)
{
	for (size_t i = 0; i < set->count; i++)
		if (span_eq(set->v[i], text))
			return true;
	return false;
}

void
needle_set_add(struct arena *a, struct needle_set *set, struct span text)
{
	if (needle_set_has(set, text))
		return;
	set->v =
	    arena_grow(a, set->v, &set->cap, set->count + 1, sizeof(*set->v));
	set->v[set->count++] = text;
}

static struct needle_set
needle_set_of(struct arena *a, struct span text)
{
	struct needle_set set = { NULL, 0, 0 };

	needle_set_add(a, &set, text);
	return set;
}

static size_t
needle_set_longest(const struct needle_set *set)
{
	size_t n = 0;

	for (size_t i = 0; i < set->count; i++)
		if (set->v[i].n > n)
			n = set->v[i].n;
	return n;
}

/* All of x followed by all of y; false when that would be too much. */
static bool
needle_set_product(struct arena *a, const struct needle_set *x,
    const struct needle_set *y, struct needle_set *product)
{
	struct needle_set made = { NULL, 0, 0 };
	char text[NEEDLE_MAX];

	if (needle_set_longest(x) + needle_set_longest(y) > sizeof(text))
		return false;
	if (x->count > 1 && y->count > 1 &&
	    x->count * y->count > NEEDLE_PRODUCT_MAX)
		return false;
	if (y->count == 1 && y->v[0].n == 0) {
		*product = *x;
		return true;
	}
	for (size_t i = 0; i < x->count; i++)
		for (size_t k = 0; k < y->count; k++) {
			size_t n = x->v[i].n;

			memcpy(text, x->v[i].p, n);
			memcpy(text + n, y->v[k].p, y->v[k].n);
			n += y->v[k].n;
			needle_set_add(
			    a, &made, arena_dup(a, span_make(text, n)));
		}
	*product = made;
	return true;
}

/* Letters of English by how often they come, the most frequent first. */
unsigned
needle_rarity(struct span s)
{
	static const char letters[] = "etaoinsrhldcumfpgwybvkxjqz";
	unsigned rarity = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		const char *letter = memchr(letters, c, sizeof(letters) - 1);

		if (letter != NULL)
			rarity += 3 + (unsigned)(letter - letters) / 6;
		else if (c == ' ' || c == '\n')
			rarity += 2;
		else if ((c & 0x80) != 0)
			rarity += 3;
		else
			rarity += ascii_digit(c) || strchr(".,/-", c) ? 4 : 6;
	}
	return rarity;
}

unsigned
needle_set_worth(const struct needle_set *set)
{
	unsigned worth = UINT16_MAX, penalty = 0;

	if (set->count == 0 || set->count > NEEDLE_SET_MAX)
		return 0;
	for (size_t i = 0; i < set->count; i++) {
		unsigned rarity = needle_rarity(set->v[i]);

		if (set->v[i].n < 2)
			return 0;
		if (rarity < worth)
			worth = rarity;
	}
	for (size_t n = set->count; n > 1; n /= 2)
		penalty++;
	return worth > penalty ? worth - penalty : 1;
}

struct needle_piece
needle_piece_any(void)
{
	return (struct needle_piece){ .exact = false };
}

struct needle_piece
needle_piece_text(struct arena *a, struct span folded)
{
	struct needle_piece piece = { .exact = true, .count = 1 };

	piece.set[0] = needle_set_of(a, arena_dup(a, folded));
	return piece;
}

struct needle_piece
needle_piece_empty(struct arena *a)
{
	return needle_piece_text(a, SPAN(""));
}

/* Only the best sets of both make one: a text of either is needed. */
struct needle_piece
needle_piece_either(
    struct arena *a, struct needle_piece x, struct needle_piece y)
{
	struct needle_piece made = { .exact = x.exact && y.exact, .count = 1 };

	if (x.count == 0 || y.count == 0 ||
	    x.set[0].count + y.set[0].count > NEEDLE_SET_MAX)
		return needle_piece_any();
	if (!made.exact && (needle_set_worth(&x.set[0]) == 0 ||
			       needle_set_worth(&y.set[0]) == 0))
		return needle_piece_any();
	made.set[0] = x.set[0];
	for (size_t i = 0; i < y.set[0].count; i++)
		needle_set_add(a, &made.set[0], y.set[0].v[i]);
	return made;
}

struct needle_row
needle_row_new(struct arena *a)
{
	return (struct needle_row){ .exact = true,
		.run = needle_set_of(a, SPAN("")) };
}

/* Takes a set in among the best, which are sorted. */
static void
needle_row_offer(struct needle_row *row, const struct needle_set *set)
{
	struct needle_piece *best = &row->best;
	unsigned worth = needle_set_worth(set);
	size_t at = best->count;

	if (worth == 0)
		return;
	while (at > 0 && needle_set_worth(&best->set[at - 1]) < worth)
		at--;
	if (at == NEEDLE_SETS)
		return;
	if (best->count < NEEDLE_SETS)
		best->count++;
	for (size_t i = best->count - 1; i > at; i--)
		best->set[i] = best->set[i - 1];
	best->set[at] = *set;
}

void
needle_row_append(
    struct arena *a, struct needle_row *row, const struct needle_piece *piece)
{
	if (piece->exact &&
	    needle_set_product(a, &row->run, &piece->set[0], &row->run))
		return;
	row->exact = false;
	needle_row_offer(row, &row->run);
	if (piece->exact) {
		row->run = piece->set[0];
		return;
	}
	for (size_t i = 0; i < piece->count; i++)
		needle_row_offer(row, &piece->set[i]);
	row->run = needle_set_of(a, SPAN(""));
}

struct needle_piece
needle_row_end(struct needle_row *row)
{
	if (row->exact)
		return (struct needle_piece){
			.exact = true, .count = 1, .set = { row->run }
		};
	needle_row_offer(row, &row->run);
	return row->best;
}
