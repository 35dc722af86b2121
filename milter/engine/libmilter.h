#ifndef MILTER_ENGINE_LIBMILTER_H
#define MILTER_ENGINE_LIBMILTER_H

#include "milter/engine/engine.h"

/* The reference implementation of the milter protocol, as a library. */
extern const struct engine engine_libmilter;

#endif
