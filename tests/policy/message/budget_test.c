/*
 * The bound on what all messages under way keep together.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/message/budget.h"
#include "policy/message/message.h"
#include "policy/message/snapshot.h"

#define TOTAL  100000
#define CHUNK  1000
#define TAKERS 3

/* In chunks, as a body comes; how much of it was kept. */
static size_t
body_take(struct message *m, size_t n)
{
	static const char octets[CHUNK];

	for (size_t at = 0; at < n && !m->body.over; at += CHUNK)
		if (room_take_body(m, CHUNK))
			(void)buf_add_some(&m->body, span_make(octets, CHUNK));
		else
			m->body.over = true;
	return m->body.n;
}

static void
test_bodies(void **state)
{
	static const struct {
		const char *label;
		size_t max;          /* body.max */
		size_t body[TAKERS]; /* octets that come, one after the other */
		size_t whole, messages; /* kept whole; counted as short */
	} row[] = {
		{ "one that fits", TOTAL, { 40000 }, 3, 0 },
		{ "one that is too large alone", 10 * TOTAL, { 2 * TOTAL }, 2,
		    1 },
		{ "its own limit comes first", 10000, { 20000 }, 2, 0 },
		{ "the third finds no room", TOTAL, { 20000, 20000, 30000 }, 2,
		    1 },
		{ "small ones find room behind a large one", 10 * TOTAL,
		    { 2 * TOTAL, 1000, 1000 }, 2, 1 },
		{ "body.max bounds what is taken ahead", 30000,
		    { 30000, 30000, 30000 }, 3, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct snapshot snapshot = { .config.body_total.octets =
						 TOTAL };
		struct session session = { .snapshot = &snapshot };
		struct message m[TAKERS];
		struct room room = { .held = 0 };
		size_t whole = 0, cap = 0;

		if (!table_wants(row[i].label))
			continue;
		for (size_t k = 0; k < TAKERS; k++) {
			m[k] = (struct message){ .session = &session,
				.room = &room };
			buf_init(&m[k].body, row[i].max);
			whole +=
			    body_take(&m[k], row[i].body[k]) == row[i].body[k];
			cap += m[k].body.cap;
			if (cap > atomic_load(&room.held))
				table_fail(row[i].label,
				    "%zu octets are allocated, %llu taken", cap,
				    atomic_load(&room.held));
		}
		table_number(row[i].label, "whole", (long long)whole,
		    (long long)row[i].whole);
		table_number(row[i].label, "short",
		    (long long)atomic_load(&room.short_messages),
		    (long long)row[i].messages);
		if (atomic_load(&room.held) > TOTAL)
			table_fail(row[i].label, "more than body.total");
		for (size_t k = 0; k < TAKERS; k++) {
			buf_free(&m[k].body);
			room_give(&m[k]);
		}
		table_number(row[i].label, "held at the end",
		    (long long)atomic_load(&room.held), 0);
	}
	table_end();
}

/* Fields that come when there is no room: who the author is, no more. */
static void
test_tight_header(void **state)
{
	struct arena *a = arena_new();
	struct header_list h;
	char *text = arena_alloc(a, 1000);

	(void)state;
	memset(text, 'x', 1000);
	header_list_init(&h, a);
	assert_non_null(header_add(&h, SPAN("X-Early"), SPAN(" x")));
	h.tight = true;
	assert_null(header_add(&h, SPAN("X-Late"), SPAN(" x")));
	assert_int_equal(
	    header_add(&h, SPAN("From"), span_make(text, 1000))->raw.n,
	    HEADER_CUT);
	for (size_t i = 0; i < 2 * HEADER_FIELDS_SEEN; i++)
		(void)header_add(&h, SPAN("From"), SPAN(" x"));
	assert_int_equal(h.count, 1 + HEADER_FIELDS_SEEN);
	assert_true((h.anomalies & HEADER_LIMIT) != 0);
	arena_free(&a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_bodies),
	cmocka_unit_test(test_tight_header),
};

TABLE_MAIN(tests)
