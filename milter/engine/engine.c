/*
 * Which engine serves the process.
 */
#include "config.h"

#include "milter/engine/engine.h"

#include "milter/engine/libmilter.h"

const struct engine *
engine_chosen(void)
{
	return &engine_libmilter;
}
