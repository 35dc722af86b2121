/*
 * Sectors, the chains that they form, and the tree of names: no more of the
 * format than reading takes. Programs open files whose tables are wrong in
 * places, so what can be followed is.
 */
#include "config.h"

#include "rules/document/compound.h"

#include "rules/base/buf.h"
#include "rules/base/utf8.h"

#define HEAD         512
#define HEAD_FATS    109 /* sectors of the table that the head names */
#define ENTRY        128 /* octets of one in the directory */
#define ENTRY_NAME   64
#define SMALL_SHIFT  6
#define SECTOR_LAST  0xfffffffaU /* what is above is no sector */
#define ENTRY_NOBODY 0xffffffffU

bool
compound_is(struct span octets)
{
	return span_starts(octets, SPAN("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"));
}

/* ---- sectors ----------------------------------------------------------------- */

/* Number 0 lies behind the head, which takes as much as a sector. */
static struct span
compound_sector(const struct compound *c, uint32_t number)
{
	size_t at = ((size_t)number + 1) * c->sector;

	return span_slice(c->octets, at, at + c->sector);
}

static uint32_t
compound_next(const struct compound *c, uint32_t number)
{
	size_t entries = c->sector / 4;
	size_t table = number / entries, at = number % entries;

	if (table >= c->fat_count)
		return SECTOR_LAST;
	return (uint32_t)span_little(
	    compound_sector(c, c->fat[table]), 4 * at, 4);
}

/* Sectors of the file, each of which can be in one chain once. */
static size_t
compound_sectors(const struct compound *c)
{
	return c->octets.n / c->sector;
}

/* Octets of a chain, at most max. */
static struct span
compound_chain(struct compound *c, uint32_t first, uint64_t max)
{
	struct buf out;
	struct span all;
	size_t left = compound_sectors(c);

	if (max > c->octets.n)
		max = c->octets.n;
	buf_init(&out, (size_t)max);
	while (first < SECTOR_LAST && left-- > 0 && out.n < max) {
		struct span sector = compound_sector(c, first);

		(void)buf_add(&out, span_slice(sector, 0, (size_t)max - out.n));
		if (sector.n < c->sector)
			break;
		first = compound_next(c, first);
	}
	all = arena_dup(c->arena, buf_span(&out));
	buf_free(&out);
	return all;
}

static struct span
compound_small_chain(struct compound *c, uint32_t first, uint64_t max)
{
	struct buf out;
	struct span all;
	size_t left = (c->small.n >> SMALL_SHIFT) + 1;

	if (max > c->small.n)
		max = c->small.n;
	buf_init(&out, (size_t)max);
	while (first < SECTOR_LAST && left-- > 0 && out.n < max) {
		size_t at = (size_t)first << SMALL_SHIFT;
		struct span sector =
		    span_slice(c->small, at, at + (1U << SMALL_SHIFT));

		if (sector.n == 0)
			break;
		(void)buf_add(&out, span_slice(sector, 0, (size_t)max - out.n));
		first = 4 * (size_t)first + 4 > c->small_chains.n
			    ? SECTOR_LAST
			    : (uint32_t)span_little(c->small_chains,
				  4 * (size_t)first, 4);
	}
	all = arena_dup(c->arena, buf_span(&out));
	buf_free(&out);
	return all;
}

/*
 * Which sectors the table of chains lies in: the head names the first, and a
 * chain of its own the others.
 */
static void
compound_tables(struct compound *c)
{
	uint32_t *fat =
	    arena_array(c->arena, compound_sectors(c) + 1, sizeof(*fat));
	uint32_t more = (uint32_t)span_little(c->octets, 68, 4);
	struct span rest = span_slice(c->octets, 76, 76 + 4 * HEAD_FATS);
	size_t left = compound_sectors(c);

	c->fat = fat;
	while (left > 0) {
		for (; rest.n >= 4 && c->fat_count < compound_sectors(c);
		     rest = span_slice(rest, 4, rest.n)) {
			uint32_t sector = (uint32_t)span_little(rest, 0, 4);

			if (sector < SECTOR_LAST)
				fat[c->fat_count++] = sector;
		}
		if (more >= SECTOR_LAST)
			return;
		rest = compound_sector(c, more);
		if (rest.n < c->sector)
			break;
		more = (uint32_t)span_little(rest, c->sector - 4, 4);
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
	char *out = arena_octets(c->arena, 3 * ENTRY_NAME), *p = out;

	for (size_t at = 0; at + 2 < n && at < ENTRY_NAME; at += 2) {
		uint32_t unit = (uint32_t)span_little(entry, at, 2);

		if (unit == 0)
			break;
		if (unit >= 0xd800 && unit < 0xe000)
			unit = UTF8_REPLACEMENT;
		p += utf8_put(unit, p);
	}
	return span_make(out, (size_t)(p - out));
}

/* The directory in the order in which it lies there; the tree comes next. */
static struct span
compound_entries(struct compound *c)
{
	struct span all = compound_chain(
	    c, (uint32_t)span_little(c->octets, 48, 4), UINT64_MAX);
	size_t count = all.n / ENTRY;

	if (count > COMPOUND_ENTRIES_MAX) {
		count = COMPOUND_ENTRIES_MAX;
		c->broken = true;
	}
	c->entry = arena_array(c->arena, count + 1, sizeof(*c->entry));
	for (; c->count < count; c->count++) {
		struct span e = span_slice(
		    all, c->count * ENTRY, (c->count + 1) * ENTRY);
		size_t kind = span_little(e, 66, 1);

		c->entry[c->count] = (struct compound_entry){
			.name = compound_name(c, e),
			.parent = COMPOUND_NONE,
			.storage = kind != 2,
			.first = (uint32_t)span_little(e, 116, 4),
			/* Files with small sectors leave rubbish above. */
			.size = span_little(e, 120, c->sector > HEAD ? 8 : 4),
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
		struct span e =
		    span_slice(all, at * ENTRY, (at + 1) * ENTRY);

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
	out->sector = (size_t)1 << shift;
	out->small_max = span_little(octets, 56, 4);
	compound_tables(out);
	all = compound_entries(out);
	if (out->count == 0)
		return false;
	compound_tree(out, all);
	out->small_chains = compound_chain(
	    out, (uint32_t)span_little(octets, 60, 4), UINT64_MAX);
	out->small =
	    compound_chain(out, out->entry[0].first, out->entry[0].size);
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
	out = e->size < c->small_max ? compound_small_chain(c, e->first, max)
				     : compound_chain(c, e->first, max);
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
