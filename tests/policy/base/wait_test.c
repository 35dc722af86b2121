/*
 * Waiting: a post is seen once, before a join or in it, by whoever joins and
 * by whoever wants to be told.
 */
#include "config.h"

#include "policy/base/wait.h"

#include "policy/base/thread.h"
#include "tests/kit/table.h"

static void
told(void *ctx)
{
	++*(int *)ctx;
}

static void
test_posts_are_seen_once(void **state)
{
	struct arena *a = arena_new();
	struct waits *w = waits_new(a);
	int tells = 0;

	(void)state;
	waits_tell(w, told, &tells);
	assert_false(waits_join(w, WAITS_NOW));
	assert_false(waits_join(w, 0)); /* a deadline in the past */
	waits_post(w);
	waits_post(w);
	assert_true(waits_join(w, WAITS_NOW));
	assert_false(waits_join(w, WAITS_NOW));
	waits_post(w);
	assert_true(waits_join(w, INT64_MAX / 2)); /* at once */
	assert_int_equal(tells, 3);
	waits_free(&w);
	waits_free(&w);
	arena_free(&a);
}

static void
test_pending_is_counted(void **state)
{
	struct arena *a = arena_new();
	struct waits *w = waits_new(a);

	(void)state;
	assert_int_equal(waits_pending(w), 0);
	waits_open(w);
	waits_open(w);
	waits_post(w); /* does not shut */
	assert_int_equal(waits_pending(w), 2);
	waits_shut(w);
	assert_int_equal(waits_pending(w), 1);
	waits_shut(w);
	waits_free(&w);
	arena_free(&a);
}

static void *
poster(void *w)
{
	waits_post(w);
	return NULL;
}

static void
test_another_thread_wakes(void **state)
{
	struct arena *a = arena_new();
	struct waits *w = waits_new(a);

	(void)state;
	for (int i = 0; i < 200; i++) {
		pthread_t thread;

		assert_true(thread_start(&thread, poster, w));
		assert_true(waits_join(w, INT64_MAX / 2));
		assert_int_equal(pthread_join(thread, NULL), 0);
	}
	waits_free(&w);
	arena_free(&a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_posts_are_seen_once),
	cmocka_unit_test(test_pending_is_counted),
	cmocka_unit_test(test_another_thread_wakes),
};

TABLE_MAIN(tests)
