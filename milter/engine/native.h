#ifndef MILTER_ENGINE_NATIVE_H
#define MILTER_ENGINE_NATIVE_H

#include "milter/engine/engine.h"

extern const struct engine engine_native;

#endif
