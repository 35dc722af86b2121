/*
 * What each check owns in a message: its slot, its settings and its facts.
 */
#include "config.h"

#include "policy/message/check.h"

#include "policy/message/session.h"
#include "policy/message/snapshot.h"
#include "rules/base/panic.h"
#include "rules/lang/ruleset.h"

const struct check_table *
checks_of(const struct message *m)
{
	return m->session->snapshot->checks;
}

size_t
check_index(const struct snapshot *s, const struct check *c)
{
	for (size_t i = 0; i < s->checks->count; i++)
		if (s->checks->check[i] == c)
			return i;
	panic("check %s is not among those of the snapshot", c->name);
}

bool
check_is_read(const struct snapshot *s, const struct check *c)
{
	fact_id first = s->first_fact[check_index(s, c)];

	for (size_t i = 0; i < c->fact_count; i++)
		if (ruleset_reads(s->ruleset, (fact_id)(first + i)))
			return true;
	return false;
}

static size_t
check_at(const struct message *m, const struct check *c)
{
	return check_index(m->session->snapshot, c);
}

void *
check_data(const struct snapshot *s, const struct check *c)
{
	return s->data[check_index(s, c)];
}

void *
check_lent(const struct message *m, const struct check *c)
{
	void *const *lent = m->session->lent;

	return lent == NULL ? NULL : lent[check_at(m, c)];
}

void *
check_slot(struct message *m, const struct check *c)
{
	return m->slot[check_at(m, c)];
}

const void *
check_settings(const struct message *m, const struct check *c)
{
	return m->session->snapshot->settings[check_at(m, c)];
}

fact_id
check_fact(const struct message *m, const struct check *c, size_t row)
{
	INVARIANT(row < c->fact_count);
	return (
	    fact_id)(m->session->snapshot->first_fact[check_at(m, c)] + row);
}

bool
check_wanted(const struct message *m, const struct check *c)
{
	return m->session->snapshot->wanted[check_at(m, c)];
}

bool
check_reads(const struct message *m, const struct check *c, size_t row)
{
	const struct snapshot *s = m->session->snapshot;

	return s->wants_all || ruleset_reads(s->ruleset, check_fact(m, c, row));
}

bool
check_reads_below(
    const struct message *m, const struct check *c, size_t row, double most)
{
	const struct snapshot *s = m->session->snapshot;

	return !s->wants_all && check_reads(m, c, row) &&
	       ruleset_compared(s->ruleset, check_fact(m, c, row)) < most;
}
