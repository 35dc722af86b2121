/*
 * Compound files, whole and with tables that lie.
 */
#include "config.h"

#include "tests/kit/compound_kit.h"
#include "tests/kit/table.h"

#include "rules/document/compound.h"

#define SMALL 4096

/* Each with the storage around it and how much is in it. */
static const char *
show(struct compound *c, size_t budget, struct arena *a)
{
	const char *text = "";

	for (size_t i = 0; i < c->count; i++) {
		struct span name = c->entry[i].name, octets;
		size_t parent = c->entry[i].parent;
		bool cut = false;

		octets = compound_read(c, i, &budget, &cut);
		if (name.n == 0)
			continue; /* a place that nobody has */
		text = arena_printf(a, "%s%.*s<%s:%zu%s ", text, SPAN_FMT(name),
		    parent == COMPOUND_NONE ? "" : arena_strdup(
			a, c->entry[parent].name),
		    octets.n, cut ? "+" : "");
	}
	return arena_printf(a, "%s%s", text, c->broken ? "broken" : "");
}

static struct span
make(struct arena *a)
{
	static char big[5000];
	struct kit_entry entry[] = {
		{ "Storage", 0, { NULL, 0 } },
		{ "small", 0, SPAN_INIT("hello") },
		{ "big", 1, { big, sizeof(big) } },
		{ "empty", 1, SPAN_INIT("") },
		{ "below", 1, { NULL, 0 } },
		{ "last", 5, { big, 100 } },
	};

	return kit_compound(entry, ARRAY_COUNT(entry), SMALL, a);
}

#define WHOLE                                                        \
	"Root Entry<:0 Storage<Root Entry:0 small<Root Entry:5 "     \
	"big<Storage:5000 empty<Storage:0 below<Storage:0 last<below:100 "

/* Where the file is changed. Big is in sectors 0 to 9; then the small ones,
 * their table, four sectors of the directory and the table of all. */
#define SECTOR(n)   (512 * ((n) + 1))
#define DIRECTORY(n) (SECTOR(12) + 128 * (n))
#define TABLE(n)    (SECTOR(14) + 4 * (n))

static void
test_tables(void **state)
{
	static const struct {
		const char *label;
		size_t at; /* four octets there, by what */
		uint32_t what;
		size_t n; /* of the file that is there; 0: all */
		const char *want;
	} row[] = {
		{ "as it is", 4, 0xe11ab1a1, 0, WHOLE },
		{ "cut in the directory", 4, 0xe11ab1a1, DIRECTORY(1),
		    "Root Entry<:0 broken" },
		{ "cut in the head", 4, 0xe11ab1a1, 100, "none" },
		{ "sectors of an odd size", 30, 40, 0, "none" },
		{ "sectors of one octet", 30, 0, 0, "none" },
		{ "a chain in a circle", TABLE(3), 1, 0, WHOLE },
		{ "a chain that leads out", TABLE(3), 5000, 0,
		    "Root Entry<:0 Storage<Root Entry:0 small<Root Entry:5 "
		    "big<Storage:2048+ empty<Storage:0 below<Storage:0 "
		    "last<below:100 " },
		{ "a size beyond the file", DIRECTORY(3) + 120, 0x7fffffff, 0,
		    "Root Entry<:0 Storage<Root Entry:0 small<Root Entry:5 "
		    "big<Storage:5120+ empty<Storage:0 below<Storage:0 "
		    "last<below:100 " },
		{ "a neighbour that is not there", DIRECTORY(1) + 72, 77, 0,
		    "Root Entry<:0 Storage<Root Entry:0 small<:5 "
		    "big<Storage:5000 empty<Storage:0 below<Storage:0 "
		    "last<below:100 broken" },
		{ "in itself", DIRECTORY(5) + 76, 1, 0,
		    "Root Entry<:0 Storage<Root Entry:0 small<Root Entry:5 "
		    "big<Storage:5000 empty<Storage:0 below<Storage:0 "
		    "last<:100 broken" },
		{ "tables in a circle", 68, 10, 0, NULL },
		{ "another bound of what is small", 56, 0, 0, NULL },
		{ "small sectors of another size", 32, 7, 0, NULL },
	};
	struct arena *a = arena_new();
	struct compound c;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct span file = make(a);
		char *p = arena_octets(a, file.n);

		if (!table_wants(row[i].label))
			continue;
		memcpy(p, file.p, file.n);
		for (unsigned k = 0; k < 4; k++)
			p[row[i].at + k] =
			    (char)(unsigned char)(row[i].what >> 8 * k);
		file = span_slice(span_make(p, file.n), 0,
		    row[i].n == 0 ? SIZE_MAX : row[i].n);
		if (!compound_open(file, a, &c))
			table_text(row[i].label, "open", "none", row[i].want);
		else if (row[i].want == NULL)
			table_number(row[i].label, "broken", c.broken, true);
		else
			table_text(row[i].label, "entries",
			    show(&c, SIZE_MAX, a), row[i].want);
	}
	arena_free(&a);
	table_end();
}

/* No more than the budget is read, and names are found in any case. */
static void
test_reading(void **state)
{
	struct arena *a = arena_new();
	struct compound c;
	size_t budget = 100;
	bool cut;

	(void)state;
	assert_true(compound_open(make(a), a, &c));
	assert_int_equal(compound_find(&c, 1, "BIG"), 3);
	assert_int_equal(compound_find(&c, 0, "big"), COMPOUND_NONE);
	assert_int_equal(compound_read(&c, 3, &budget, &cut).n, 100);
	assert_true(cut);
	assert_int_equal(budget, 0);
	assert_true(span_is(compound_read(&c, 2, &budget, &cut), ""));
	budget = 100;
	assert_true(span_is(compound_read(&c, 2, &budget, &cut), "hello"));
	assert_false(cut);
	arena_free(&a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_tables),
	cmocka_unit_test(test_reading),
};

TABLE_MAIN(tests)
