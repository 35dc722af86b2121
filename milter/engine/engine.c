/*
 * Which engine serves the process, and what both ask of the MTA.
 */
#include "config.h"

#include "milter/engine/engine.h"

#include "milter/engine/libmilter.h"
#include "milter/engine/native.h"
#include "rules/base/panic.h"

static const struct engine *const engines[] = {
	[ENGINE_NATIVE] = &engine_native,
	[ENGINE_LIBMILTER] = &engine_libmilter,
};
_Static_assert(ARRAY_COUNT(engines) == ENGINE_KINDS, "an engine of each kind");

static const struct engine *chosen = &engine_native;

const struct engine *
engine_chosen(void)
{
	return chosen;
}

void
engine_choose(enum engine_kind kind)
{
	chosen = engine_of(kind);
}

const struct engine *
engine_of(enum engine_kind kind)
{
	INVARIANT(kind < ENGINE_KINDS);
	return engines[kind];
}
