/*
 * References to a snapshot, and its end. Making one is policy/load's.
 */
#include "config.h"

#include "policy/message/snapshot.h"

#include <stdatomic.h>

#include "policy/message/check.h"
#include "rules/lang/ruleset.h"

/*
 * The counter is a plain member so that the header stays free of <stdatomic.h>
 * for everybody; these two are the only ones that touch it.
 */
static _Atomic unsigned *
snapshot_counter(struct snapshot *s)
{
	return (_Atomic unsigned *)&s->references;
}

struct snapshot *
snapshot_ref(struct snapshot *s)
{
	(void)atomic_fetch_add(snapshot_counter(s), 1);
	return s;
}

void
snapshot_unref(struct snapshot **sp)
{
	struct snapshot *s = *sp;
	struct arena *arena;

	*sp = NULL;
	if (s == NULL || atomic_fetch_sub(snapshot_counter(s), 1) > 1)
		return;
	for (size_t i = 0; i < s->checks->count; i++)
		if (s->data[i] != NULL && s->checks->check[i]->unload != NULL)
			s->checks->check[i]->unload(&s->data[i]);
	ruleset_free(&s->ruleset);
	schema_free(&s->schema);
	arena = s->arena;
	arena_free(&arena);
}
