/*
 * Requests' targets and forms.
 */
#include "config.h"

#include "rules/base/buf.h"
#include "tests/kit/table.h"
#include "tool/web/web_request.h"

static const struct {
	const char *label, *target, *body;
	const char *want; /* "path|key=value|..."; or "no: why" */
} rows[] = {
	{ "the root", "/", "", "" },
	{ "a page", "/history", "", "history" },
	{ "a query", "/h?a=1&b=2", "", "h|a=1|b=2" },
	{ "escapes", "/h?a=%3C%26+x", "", "h|a=<& x" },
	{ "plus is a space in values alone", "/a+b", "", "a+b" },
	{ "escaped path", "/%68istory", "", "history" },
	{ "no value", "/h?a&b=", "", "h|a=|b=" },
	{ "empty pairs", "/h?&&a=1&", "", "h|a=1" },
	{ "equals in a value", "/h?a=b=c", "", "h|a=b=c" },
	{ "a form", "/t", "x=1&y=%41", "t|x=1|y=A" },
	{ "a fragment is a path", "/a%23b", "", "a#b" },
	{ "no slash", "history", "",
	    "no: the address does not begin with a slash" },
	{ "a whole address", "http://x/", "",
	    "no: the address does not begin with a slash" },
	{ "a star", "*", "", "no: the address does not begin with a slash" },
	{ "a NUL in the path", "/a%00", "", "no: the path is not well formed" },
	{ "a NUL in a value", "/a?b=%00", "",
	    "no: a value is not well formed" },
	{ "half an escape", "/a?b=%4", "", "no: a value is not well formed" },
	{ "no escape", "/a?b=%zz", "", "no: a value is not well formed" },
	{ "an escape's end", "/a%", "", "no: the path is not well formed" },
	{ "a form with half an escape", "/t", "x=%",
	    "no: a value is not well formed" },
};

static void
told_add(struct buf *out, const struct web_params *p)
{
	for (size_t i = 0; i < p->count; i++)
		(void)buf_printf(out, "|%.*s=%.*s", SPAN_FMT(p->item[i].key),
		    SPAN_FMT(p->item[i].value));
}

static void
test_requests(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct arena *a = arena_new();
		struct web_request r;
		const char *why = "";
		struct buf got;

		if (!table_wants(rows[i].label))
			continue;
		buf_init(&got, 4096);
		if (web_request_read(span_of(rows[i].target),
			span_of(rows[i].body), a, &r, &why)) {
			(void)buf_add(&got, r.path);
			told_add(&got, &r.query);
			told_add(&got, &r.form);
		} else {
			(void)buf_printf(&got, "no: %s", why);
		}
		(void)buf_addc(&got, '\0');
		table_text(rows[i].label, "request", got.p, rows[i].want);
		buf_free(&got);
		arena_free(&a);
	}
	table_end();
}

static void
test_bounds(void **state)
{
	struct arena *a = arena_new();
	struct web_request r;
	const char *why = "";
	struct buf target;

	(void)state;
	buf_init(&target, 65536);
	(void)buf_addz(&target, "/h?");
	for (int i = 0; i < WEB_PARAMS_MAX; i++)
		(void)buf_addz(&target, "a=1&");
	assert_true(web_request_read(buf_span(&target), SPAN(""), a, &r, &why));
	(void)buf_addz(&target, "a=1");
	assert_false(
	    web_request_read(buf_span(&target), SPAN(""), a, &r, &why));
	assert_string_equal(why, "too many values");
	while (target.n <= WEB_TARGET_MAX)
		(void)buf_addc(&target, 'a');
	assert_false(
	    web_request_read(buf_span(&target), SPAN(""), a, &r, &why));
	assert_string_equal(why, "the address is too long");
	buf_free(&target);
	arena_free(&a);
}

static void
test_values(void **state)
{
	struct arena *a = arena_new();
	struct web_request r;
	const char *why = "";

	(void)state;
	assert_true(
	    web_request_read(SPAN("/h?a=+1+&a=2&b="), SPAN(""), a, &r, &why));
	assert_true(span_is(web_param(&r.query, "a"), "1"));
	assert_true(span_is(web_param(&r.query, "b"), ""));
	assert_true(span_is(web_param(&r.query, "c"), ""));
	assert_true(span_is(web_param(&r.form, "a"), ""));
	arena_free(&a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_requests),
	cmocka_unit_test(test_bounds),
	cmocka_unit_test(test_values),
};

TABLE_MAIN(tests)
