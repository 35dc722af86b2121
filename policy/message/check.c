/*
 * The list of checks and what each of them owns in a message: its slot, its
 * settings and its facts.
 */
#include "config.h"

#include "policy/message/check.h"

#include <stddef.h>

#include "policy/message/session.h"
#include "policy/message/snapshot.h"
#include "rules/base/panic.h"
#include "rules/lang/ruleset.h"

#define CHECK(name) extern const struct check check_##name;
#include "policy/load/checks.def"
#undef CHECK

#define CHECK(name) &check_##name,
const struct check *const checks[] = {
#include "policy/load/checks.def"
	NULL
};
#undef CHECK

_Static_assert(ARRAY_COUNT(checks) <= CHECKS_MAX, "CHECKS_MAX is too small");

size_t
check_count(void)
{
	return ARRAY_COUNT(checks) - 1;
}

size_t
check_index(const struct check *c)
{
	for (size_t i = 0; i < check_count(); i++)
		if (checks[i] == c)
			return i;
	panic("check %s is not in checks.def", c->name);
}

void *
check_slot(struct message *m, const struct check *c)
{
	return m->slot[check_index(c)];
}

const void *
check_settings(const struct message *m, const struct check *c)
{
	return m->session->snapshot->settings[check_index(c)];
}

fact_id
check_fact(const struct message *m, const struct check *c, size_t row)
{
	INVARIANT(row < c->fact_count);
	return (
	    fact_id)(m->session->snapshot->first_fact[check_index(c)] + row);
}

bool
check_wanted(const struct message *m, const struct check *c)
{
	return m->session->snapshot->wanted[check_index(c)];
}

bool
check_reads(const struct message *m, const struct check *c, size_t row)
{
	return ruleset_reads(
	    m->session->snapshot->ruleset, check_fact(m, c, row));
}
