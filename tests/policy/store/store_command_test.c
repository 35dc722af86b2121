/*
 * Lines that ask a running store, as `verdict state` sends them, and what is
 * answered to lines that are wrong.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/store/store_command.h"

#define NOW INT64_C(1767225600)

/* The entry as list writes it; what its numbers are is nobody's business. */
static struct span
listed(struct store *s, const char *line, struct arena *a)
{
	struct span text;
	struct buf answer;

	buf_init(&answer, 65536);
	assert_true(store_command(s, span_of(line), NOW, &answer));
	text = arena_dup(a, buf_span(&answer));
	buf_free(&answer);
	return text;
}

static bool
add_one(struct store *s, const char *key)
{
	const struct store_record r = {
		.count = 2, .number = { 3, 4 }, .expires_s = NOW + 100
	};

	return store_put(s, span_of(key), NOW, &r);
}

static void
test_lines(void **state)
{
	static const struct {
		const char *label, *line;
		bool ok;
		const char *answer;
		bool a_left, b_left;
	} row[] = {
		{ "remove", "remove rep:a", true, "", false, true },
		{ "remove with blanks", "remove   rep:b  ", true, "", true,
		    false },
		{ "remove what is not there", "remove rep:", false,
		    "there is no such entry\n", true, true },
		{ "remove nothing", "remove", false, "there is no such entry\n",
		    true, true },
		{ "an order that is none", "forget rep:a", false,
		    "flush, list, put or remove\n", true, true },
		{ "nothing", "", false, "flush, list, put or remove\n", true,
		    true },
		{ "put what is no JSON", "put {", false, NULL, true, true },
		{ "put what is no entry", "put {\"a\":1}", false, NULL, true,
		    true },
		{ "flush", "flush", true, "", true, true },
		{ "list what is not there", "list x:", true, "", true, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct store *s = store_memory();
		struct store_record r;
		struct buf answer;

		if (!table_wants(row[i].label)) {
			store_close(&s);
			continue;
		}
		assert_true(add_one(s, "rep:a") && add_one(s, "rep:b"));
		buf_init(&answer, 65536);
		table_number(row[i].label, "ok",
		    store_command(s, span_of(row[i].line), NOW, &answer),
		    row[i].ok);
		if (row[i].answer != NULL) {
			(void)buf_addc(&answer, '\0');
			table_text(
			    row[i].label, "answer", answer.p, row[i].answer);
		} else if (answer.n == 0) {
			table_fail(row[i].label, "it does not say why");
		}
		assert_true(store_get(s, SPAN("rep:a"), NOW, &r));
		table_number(row[i].label, "rep:a", r.count > 0, row[i].a_left);
		assert_true(store_get(s, SPAN("rep:b"), NOW, &r));
		table_number(row[i].label, "rep:b", r.count > 0, row[i].b_left);
		buf_free(&answer);
		store_close(&s);
	}
	table_end();
}

/* What list writes, put takes: the same entry in another store. */
static void
test_round(void **state)
{
	struct arena *a = arena_new();
	struct store *from = store_memory(), *to = store_memory();
	struct store_record r;
	struct span text, line;
	struct buf answer;

	(void)state;
	assert_true(add_one(from, "rep:d:a.example"));
	assert_true(add_one(from, "grey:x"));
	text = listed(from, "list rep:", a);
	assert_true(span_cut(&text, '\n', &line));
	assert_int_equal(span_trim(text).n, 0);
	buf_init(&answer, 4096);
	assert_true(store_command(to,
	    span_of(arena_printf(a, "put %.*s", SPAN_FMT(line))), NOW,
	    &answer));
	assert_true(store_get(to, SPAN("rep:d:a.example"), NOW, &r));
	assert_int_equal(r.count, 2);
	assert_int_equal(r.number[1], 4);
	assert_int_equal(r.expires_s, NOW + 100);
	/* One that has expired since is not brought back. */
	assert_false(store_command(to,
	    span_of(arena_printf(a, "put %.*s", SPAN_FMT(line))), NOW + 100,
	    &answer));
	assert_true(span_find(buf_span(&answer), 'x') != SIZE_MAX);
	/* All of them, a line each. */
	text = listed(from, "list", a);
	assert_true(span_cut(&text, '\n', &line));
	assert_true(span_cut(&text, '\n', &line));
	assert_int_equal(text.n, 0);
	buf_free(&answer);
	store_close(&from);
	store_close(&to);
	arena_free(&a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_lines),
	cmocka_unit_test(test_round),
};

TABLE_MAIN(tests)
