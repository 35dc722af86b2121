#ifndef TESTS_KIT_SCRATCH_H
#define TESTS_KIT_SCRATCH_H

/*
 * A directory of a test's own, as setup and teardown of its group: scratch is
 * its path. TABLE_MAIN_IN(tests, scratch_make, scratch_remove) is all of main.
 */

#include <stdio.h>
#include <stdlib.h>

#include "tests/kit/table.h"

static char scratch[64] = "/tmp/verdict-test-XXXXXX";

static int
scratch_make(void **state)
{
	(void)state;
	return mkdtemp(scratch) == NULL ? -1 : 0;
}

static int
scratch_remove(void **state)
{
	char line[128];

	(void)state;
	(void)snprintf(line, sizeof(line), "rm -rf %s", scratch);
	return system(line) == 0 ? 0 : -1;
}

#endif
