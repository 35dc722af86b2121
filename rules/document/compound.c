/*
 * Sectors, the chains that they form, and the tree of names: no more of the
 * format than reading takes. Programs open files whose tables are wrong in
 * places, so what can be followed is.
 */
#include "config.h"

#include "rules/document/compound.h"

#include <string.h>

#include "rules/base/buf.h"
#include "rules/base/utf8.h"

#define HEAD         512
#define HEAD_FATS    109 /* sectors of the table that the head names */
#define ENTRY        128 /* octets of one in the directory */
#define ENTRY_NAME   64
#define SMALL_SECTOR 64
#define SECTOR_LAST  0xfffffffaU /* what is above is no sector */
#define ENTRY_NOBODY 0xffffffffU

#define SMALL_MAX    4096
#define SMALL_SHIFT  6

const struct span compound_mark =
    SPAN_INIT("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");

bool
compound_is(struct span octets)
{
	return span_starts(octets, compound_mark);
}

/* ---- sectors ----------------------------------------------------------------- */

static struct span
sectors_one(const struct compound_sectors *s, uint32_t number)
{
	size_t at = (size_t)number * s->size;

	return span_slice(s->octets, at, at + s->size);
}

/* How many there are, each of which can be in one chain once. */
static size_t
sectors_count(const struct compound_sectors *s)
{
	return s->octets.n / s->size + 1;
}

/* Octets of a chain, at most max; in the arena. */
static struct span
sectors_chain(const struct compound_sectors *s, uint32_t first, uint64_t max,
    struct arena *a)
{
	struct buf out;
	struct span all;
	size_t left = sectors_count(s);

	if (max > s->octets.n)
		max = s->octets.n;
	buf_init(&out, (size_t)max);
	while (first < SECTOR_LAST && left-- > 0 && out.n < max) {
		struct span sector = sectors_one(s, first);
		size_t at = 4 * (size_t)first;

		(void)buf_add(&out, span_slice(sector, 0, (size_t)max - out.n));
		if (sector.n < s->size)
			break;
		first = at + 4 > s->next.n
			    ? SECTOR_LAST
			    : (uint32_t)span_little(s->next, at, 4);
	}
	all = arena_dup(a, buf_span(&out));
	buf_free(&out);
	return all;
}

/*
 * The table of chains lies in sectors: the head names the first, and a chain of
 * its own the others. What is missing of it ends a chain.
 */
static void
compound_tables(struct compound *c)
{
	struct compound_sectors *s = &c->large;
	uint32_t more = (uint32_t)span_little(c->octets, 68, 4);
	struct span rest = span_slice(c->octets, 76, 76 + 4 * HEAD_FATS);
	size_t left = sectors_count(s), n = 0;
	/* More would say what follows sectors that are not there. */
	size_t room = (4 * left / s->size + 1) * s->size;
	char *table = arena_octets(c->arena, room);

	memset(table, 0xff, room);
	while (left > 0) {
		for (; rest.n >= 4 && n < room;
		     rest = span_slice(rest, 4, rest.n)) {
			uint32_t number = (uint32_t)span_little(rest, 0, 4);
			struct span sector = sectors_one(s, number);

			if (number >= SECTOR_LAST)
				continue;
			if (sector.n > 0)
				memcpy(table + n, sector.p, sector.n);
			n += s->size;
		}
		s->next = span_make(table, n);
		if (more >= SECTOR_LAST)
			return;
		rest = sectors_one(s, more);
		if (rest.n < s->size)
			break;
		more = (uint32_t)span_little(rest, s->size - 4, 4);
		rest.n -= 4;
		left--;
	}
	c->broken = true;
}

/* ---- names ------------------------------------------------------------------- */

static struct span
compound_name(struct compound *c, struct span entry)
{
	size_t n = span_little(entry, ENTRY_NAME, 2);
	char *out = arena_octets(c->arena, 3 * ENTRY_NAME);

	/* A NUL ends it. */
	n = n < 2 ? 0 : n - 2;
	entry = span_slice(entry, 0, n < ENTRY_NAME ? n : ENTRY_NAME);
	return span_make(out, utf8_of_utf16(entry, out, 3 * ENTRY_NAME));
}

/* The directory in the order in which it lies there; the tree comes next. */
static struct span
compound_entries(struct compound *c)
{
	struct span all = sectors_chain(&c->large,
	    (uint32_t)span_little(c->octets, 48, 4), UINT64_MAX, c->arena);
	size_t count = all.n / ENTRY;

	if (count > COMPOUND_ENTRIES_MAX) {
		count = COMPOUND_ENTRIES_MAX;
		c->broken = true;
	}
	c->entry = arena_array(c->arena, count + 1, sizeof(*c->entry));
	for (; c->count < count; c->count++) {
		struct span e =
		    span_slice(all, c->count * ENTRY, (c->count + 1) * ENTRY);
		size_t kind = span_little(e, 66, 1);

		c->entry[c->count] = (struct compound_entry){
			.name = compound_name(c, e),
			.parent = COMPOUND_NONE,
			.storage = kind != 2,
			.first = (uint32_t)span_little(e, 116, 4),
			/* Files with small sectors leave rubbish above. */
			.size =
			    span_little(e, 120, c->large.size > HEAD ? 8 : 4),
		};
	}
	return all;
}

/*
 * Each storage names one entry of its own, and each entry two of its
 * neighbours. Who is named twice belongs to the first.
 */
static void
compound_tree(struct compound *c, struct span all)
{
	size_t *wait = arena_array(c->arena, c->count + 1, sizeof(*wait));
	bool *seen = arena_array(c->arena, c->count + 1, sizeof(*seen));
	size_t waiting = 1;

	seen[0] = true;
	while (waiting > 0) {
		size_t at = wait[--waiting];
		struct span e = span_slice(all, at * ENTRY, (at + 1) * ENTRY);

		for (unsigned which = 0; which < 3; which++) {
			uint32_t id =
			    (uint32_t)span_little(e, 68 + 4 * which, 4);

			if (id == ENTRY_NOBODY)
				continue;
			if (id >= c->count || seen[id]) {
				c->broken = true;
				continue;
			}
			seen[id] = true;
			c->entry[id].parent =
			    which == 2 ? at : c->entry[at].parent;
			wait[waiting++] = id;
		}
	}
}

/* ---- all --------------------------------------------------------------------- */

bool
compound_open(struct span octets, struct arena *a, struct compound *out)
{
	size_t shift = span_little(octets, 30, 2);
	struct span all;

	*out = (struct compound){ .octets = octets, .arena = a };
	if (!compound_is(octets) || octets.n < HEAD || shift < 7 || shift > 16)
		return false;
	/* The head takes as much as a sector. */
	out->large.size = (size_t)1 << shift;
	out->large.octets = span_slice(octets, out->large.size, octets.n);
	out->small_max = span_little(octets, 56, 4);
	/* There is one bound of what is small (2.2). Of another, some programs
	 * go by what the head says, and some by what it should. */
	out->broken = out->small_max != SMALL_MAX ||
		      span_little(octets, 32, 2) != SMALL_SHIFT;
	compound_tables(out);
	all = compound_entries(out);
	if (out->count == 0)
		return false;
	compound_tree(out, all);
	out->small.size = SMALL_SECTOR;
	out->small.next = sectors_chain(
	    &out->large, (uint32_t)span_little(octets, 60, 4), UINT64_MAX, a);
	out->small.octets = sectors_chain(
	    &out->large, out->entry[0].first, out->entry[0].size, a);
	return true;
}

struct span
compound_read(struct compound *c, size_t number, size_t *budget, bool *cut)
{
	const struct compound_entry *e = &c->entry[number];
	uint64_t max = e->size < *budget ? e->size : *budget;
	struct span out;

	*cut = false;
	if (e->storage)
		return SPAN("");
	out = sectors_chain(e->size < c->small_max ? &c->small : &c->large,
	    e->first, max, c->arena);
	*cut = out.n < e->size;
	*budget -= out.n;
	return out;
}

size_t
compound_find(const struct compound *c, size_t parent, const char *name)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->entry[i].parent == parent &&
		    span_case_is(c->entry[i].name, name))
			return i;
	return COMPOUND_NONE;
}
