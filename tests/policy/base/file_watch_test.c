/*
 * Changes of the files that a snapshot was read from are seen, and told apart.
 */
#include "config.h"

#include "tests/kit/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "policy/base/file_watch.h"

static void
put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void
test_changes(void **state)
{
	static const struct {
		const char *label;
		const char *list, *rules; /* new text; "": none, NULL: as is */
		int64_t later_s;
		bool lists, of_rules, busy;
		bool more; /* another rule file appears */
	} row[] = {
		{ "nothing changes", NULL, NULL, 10, false, false, false,
		    false },
		{ "a list changes", "a\nb\n", NULL, 10, true, false, false,
		    false },
		{ "a list was written just now", "a\nb\n", NULL, -10, true,
		    false, true, false },
		{ "a list goes", "", NULL, 10, true, false, false, false },
		{ "rules change", NULL, "other", 10, false, true, false,
		    false },
		{ "a rule file appears", NULL, NULL, 10, false, true, false,
		    true },
		{ "both change", "b\n", "other", 10, true, true, false, false },
	};
	char dir[] = "/tmp/verdict-watched.XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(dir));
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct arena *a = arena_new();
		const char *list = arena_printf(a, "%s/list", dir);
		const char *rules = arena_printf(a, "%s/x.rules", dir);
		const char *more = arena_printf(a, "%s/y.rules", dir);
		struct watched w = { 0 };
		struct watched_news news;
		int64_t now = (int64_t)time(NULL);

		put(list, "a\n");
		put(rules, "rules");
		watched_add(&w, list, WATCHED_LIST, a);
		watched_add(&w, rules, WATCHED_RULES, a);
		watched_add(
		    &w, arena_printf(a, "%s/*.rules", dir), WATCHED_RULES, a);
		if (row[i].list != NULL && row[i].list[0] == '\0')
			(void)unlink(list);
		else if (row[i].list != NULL)
			put(list, row[i].list);
		if (row[i].rules != NULL)
			put(rules, row[i].rules);
		if (row[i].more)
			put(more, "more");
		news = watched_look(&w, now + row[i].later_s);
		table_number(row[i].label, "lists", news.lists, row[i].lists);
		table_number(
		    row[i].label, "rules", news.rules, row[i].of_rules);
		table_number(row[i].label, "busy", news.busy, row[i].busy);
		(void)unlink(list);
		(void)unlink(rules);
		(void)unlink(more);
		arena_free(&a);
	}
	(void)rmdir(dir);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_changes),
};

TABLE_MAIN(tests)
