#include "config.h"

#include "tests/kit/compound_kit.h"

#include <string.h>

#include "rules/base/buf.h"
#include "rules/base/utf8.h"

#define KIT_MAX ((size_t)16 << 20)
#define SECTOR  512
#define LAST    0xfffffffeU

static struct span
compound_take(struct buf *b, struct arena *a)
{
	struct span s = arena_dup(a, buf_span(b));

	buf_free(b);
	return s;
}

static void
compound_little(struct buf *b, uint32_t n, unsigned octets)
{
	for (unsigned i = 0; i < octets; i++)
		(void)buf_addc(b, (char)(unsigned char)(n >> 8 * i));
}

struct compound_maker {
	struct buf sectors, fat, small, small_fat, directory;
};

/* Fills up to whole sectors, whose chain the table gets. */
static uint32_t
compound_put(struct buf *out, struct buf *fat, size_t sector, struct span s)
{
	uint32_t first = (uint32_t)(out->n / sector);
	uint32_t count = (uint32_t)((s.n + sector - 1) / sector);

	(void)buf_add(out, s);
	while (out->n % sector != 0)
		(void)buf_addc(out, 0);
	for (uint32_t i = 0; i < count; i++)
		compound_little(fat, i + 1 < count ? first + i + 1 : LAST, 4);
	return count == 0 ? LAST : first;
}

static uint32_t
compound_put_wide(struct compound_maker *m, struct span s)
{
	return compound_put(&m->sectors, &m->fat, SECTOR, s);
}

/* The next entry of the same storage, and the first in it. */
static uint32_t
compound_kin(const struct kit_entry *entry, size_t count, size_t from,
    size_t parent)
{
	for (size_t i = from; i < count; i++)
		if (entry[i].parent == parent)
			return (uint32_t)i + 1;
	return 0xffffffffU;
}

struct compound_place {
	const char *name;
	unsigned kind;
	uint32_t next, child, first;
	size_t size;
};

static void
compound_entry(struct buf *out, const struct compound_place *e)
{
	size_t from = out->n;

	for (const char *c = e->name; *c != '\0'; c++)
		compound_little(out, (unsigned char)*c, 2);
	while (out->n < from + 64)
		(void)buf_addc(out, 0);
	compound_little(out, (uint32_t)(2 * strlen(e->name) + 2), 2);
	compound_little(out, e->kind, 1);
	compound_little(out, 1, 1);
	compound_little(out, 0xffffffffU, 4);
	compound_little(out, e->next, 4);
	compound_little(out, e->child, 4);
	while (out->n < from + 116)
		(void)buf_addc(out, 0);
	compound_little(out, e->first, 4);
	compound_little(out, (uint32_t)e->size, 4);
	compound_little(out, 0, 4);
}

static void
compound_streams(struct compound_maker *m, const struct kit_entry *entry,
    size_t count, size_t small)
{
	for (size_t i = 0; i < count; i++) {
		const struct kit_entry *e = &entry[i];
		struct compound_place place = {
			.name = e->name,
			.kind = e->octets.p == NULL ? 1 : 2,
			.next = compound_kin(entry, count, i + 1, e->parent),
			.child = compound_kin(entry, count, 0, i + 1),
			.first = e->octets.n >= small
				     ? compound_put_wide(m, e->octets)
				     : compound_put(&m->small, &m->small_fat,
					   64, e->octets),
			.size = e->octets.n,
		};

		compound_entry(&m->directory, &place);
	}
}

static void
compound_head(struct buf *out, uint32_t tables, uint32_t directory,
    uint32_t small_fat, size_t small, uint32_t first_table)
{
	(void)buf_add(out, SPAN("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"));
	while (out->n < 24)
		(void)buf_addc(out, 0);
	(void)buf_add(out, SPAN("\x3e\0\3\0\xfe\xff\x09\0\6\0"));
	while (out->n < 44)
		(void)buf_addc(out, 0);
	compound_little(out, tables, 4);
	compound_little(out, directory, 4);
	compound_little(out, 0, 4);
	compound_little(out, (uint32_t)small, 4);
	compound_little(out, small_fat, 4);
	compound_little(out, 1, 4);
	compound_little(out, LAST, 4);
	compound_little(out, 0, 4);
	for (uint32_t i = 0; i < 109; i++)
		compound_little(
		    out, i < tables ? first_table + i : 0xffffffffU, 4);
}

struct span
kit_compound(const struct kit_entry *entry, size_t count, size_t small,
    struct arena *a)
{
	struct compound_maker m;
	struct compound_place root = { "Root Entry", 5, 0xffffffffU,
		compound_kin(entry, count, 0, 0), LAST, 0 };
	struct buf all, first;
	uint32_t directory, small_fat, tables, first_table;

	buf_init(&m.sectors, KIT_MAX);
	buf_init(&m.fat, KIT_MAX);
	buf_init(&m.small, KIT_MAX);
	buf_init(&m.small_fat, KIT_MAX);
	buf_init(&m.directory, KIT_MAX);
	buf_init(&first, KIT_MAX);
	buf_init(&all, KIT_MAX);
	compound_streams(&m, entry, count, small);
	root.first = compound_put_wide(&m, buf_span(&m.small));
	root.size = m.small.n;
	small_fat = compound_put_wide(&m, buf_span(&m.small_fat));
	compound_entry(&first, &root);
	(void)buf_add(&first, buf_span(&m.directory));
	directory = compound_put_wide(&m, buf_span(&first));
	first_table = (uint32_t)(m.sectors.n / SECTOR);
	tables = (uint32_t)(m.fat.n / (SECTOR - 4)) + 1;
	for (uint32_t i = 0; i < tables; i++)
		compound_little(&m.fat, 0xfffffffdU, 4);
	compound_head(&all, tables, directory, small_fat, small, first_table);
	(void)buf_add(&all, buf_span(&m.sectors));
	(void)buf_add(&all, buf_span(&m.fat));
	while (all.n % SECTOR != 0)
		(void)buf_addc(&all, (char)0xff);
	buf_free(&m.sectors);
	buf_free(&m.fat);
	buf_free(&m.small);
	buf_free(&m.small_fat);
	buf_free(&m.directory);
	buf_free(&first);
	return compound_take(&all, a);
}

struct span
kit_wide(const char *text, struct arena *a)
{
	struct span s = span_of(text);
	struct buf out;
	uint32_t rune;

	buf_init(&out, KIT_MAX);
	for (size_t i = 0; i < s.n;) {
		i += utf8_next(s, i, &rune);
		if (rune >= 0x10000) {
			compound_little(
			    &out, 0xd800 + ((rune - 0x10000) >> 10), 2);
			rune = 0xdc00 + ((rune - 0x10000) & 0x3ff);
		}
		compound_little(&out, rune, 2);
	}
	return compound_take(&out, a);
}
