/*
 * The program's checks: the rows of checks.def.
 */
#include "config.h"

#include "policy/load/checks.h"

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
