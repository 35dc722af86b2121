/*
 * What stands in for store_redis.c where hiredis is not built in: it cannot
 * be opened and says so, hence nothing else of it is ever called.
 */
#include "config.h"

#include "policy/store/store_table.h"

#include <stdio.h>

void *
store_redis_open(const struct store_options *o, char why[STORE_WHY_MAX])
{
	(void)o;
	(void)snprintf(why, STORE_WHY_MAX,
	    "this program was built without Redis (hiredis)");
	return NULL;
}

const struct store_engine store_engine_redis = { .name = "redis" };
