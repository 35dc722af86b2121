#ifndef POLICY_LEARN_LEARN_SCHEMA_H
#define POLICY_LEARN_LEARN_SCHEMA_H

/* The tables of learned.db. Only for learn_db.c. */

#include "policy/base/sqlite_schema.h"

extern const struct sqlite_schema learn_schema;

#endif
