/*
 * The program's checks: the rows of checks.def.
 */
#include "config.h"

#include "policy/load/checks.h"

#include <stdlib.h>

#include "rules/base/panic.h"

#define CHECK(name) extern const struct check check_##name;
#include "policy/load/checks.def"
#undef CHECK

#define CHECK(name) &check_##name,
static const struct check *const checks_all[] = {
#include "policy/load/checks.def"
};
#undef CHECK

_Static_assert(
    ARRAY_COUNT(checks_all) <= CHECKS_MAX, "CHECKS_MAX is too small");

const struct check_table checks_standard = { checks_all,
	ARRAY_COUNT(checks_all) };

void
checks_open(struct services *judge)
{
	judge->lent = xcalloc(ARRAY_COUNT(checks_all), sizeof(*judge->lent));
	for (size_t i = 0; i < ARRAY_COUNT(checks_all); i++)
		if (checks_all[i]->open != NULL)
			checks_all[i]->open(judge, &judge->lent[i]);
}

void
checks_close(struct services *judge)
{
	for (size_t i = 0; judge->lent != NULL && i < ARRAY_COUNT(checks_all);
	     i++)
		if (checks_all[i]->close != NULL)
			checks_all[i]->close(&judge->lent[i]);
	free(judge->lent);
	judge->lent = NULL;
}
