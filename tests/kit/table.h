#ifndef TESTS_KIT_TABLE_H
#define TESTS_KIT_TABLE_H

/*
 * What all unit tests share: cmocka, and one command for one case.
 *
 *   tests/policy/spf/spf_test              runs everything
 *   tests/policy/spf/spf_test -k "void"    only table rows whose label contains "void"
 *
 * A table test loops over its rows, skips those for which table_wants(label)
 * is false, and reports every difference with table_fail before it goes on.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/span.h"

static const char *table_filter;
static int table_failures;

static inline bool
table_wants(const char *label)
{
	return table_filter == NULL || strstr(label, table_filter) != NULL;
}

/* Reports one difference; the test fails at its end (table_end). */
static inline void table_fail(const char *label, const char *fmt, ...)
    ATTR_PRINTF(2, 3);
static inline void
table_fail(const char *label, const char *fmt, ...)
{
	va_list ap;

	table_failures++;
	(void)fprintf(stderr, "%s: ", label);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
}

/* Ends a table test: fails it when any row has failed. */
static inline void
table_end(void)
{
	int failures = table_failures;

	table_failures = 0;
	if (failures > 0)
		fail_msg("%d rows failed", failures);
}

/* got against want as texts; NULL equals NULL only. */
static inline void
table_text(
    const char *label, const char *what, const char *got, const char *want)
{
	if (got == NULL || want == NULL ? got != want : strcmp(got, want) != 0)
		table_fail(label, "%s: got %s%s%s, want %s%s%s", what,
		    got ? "\"" : "", got ? got : "nothing", got ? "\"" : "",
		    want ? "\"" : "", want ? want : "nothing",
		    want ? "\"" : "");
}

static inline void
table_number(const char *label, const char *what, long long got, long long want)
{
	if (got != want)
		table_fail(label, "%s: got %lld, want %lld", what, got, want);
}

/* Reads -k WORD and runs the group; for use as the whole of main. */
#define TABLE_MAIN(tests) TABLE_MAIN_IN(tests, NULL, NULL)
/* The same between what sets up the group and what takes that down. */
#define TABLE_MAIN_IN(tests, setup, teardown)                              \
	int main(int argc, char **argv)                                    \
	{                                                                  \
		if (argc == 3 && strcmp(argv[1], "-k") == 0)               \
			table_filter = argv[2];                            \
		return cmocka_run_group_tests(tests, setup, teardown) == 0 \
			   ? 0                                             \
			   : 1;                                            \
	}

#endif
