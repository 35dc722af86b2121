/*
 * From settings to a store.
 */
#include "config.h"

#include "policy/store/store_conf.h"

#include <stdio.h>
#include <sys/stat.h>

#include "policy/base/file.h"

#define STORE_FILE "state.db"

static bool
store_conf_engine(const struct config *c, struct store_options *out)
{
	static const char *const name[] = { [STORE_SQLITE] = "sqlite",
		[STORE_REDIS] = "redis",
		[STORE_MEMORY] = "memory" };

	for (size_t i = 0; c->store.count > 0 && i < ARRAY_COUNT(name); i++)
		if (span_is(c->store.item[0], name[i])) {
			out->engine = (enum store_engine_kind)i;
			return true;
		}
	return false;
}

bool
store_conf_options(const struct config *c, struct arena *a,
    struct store_options *out, char why[STORE_WHY_MAX])
{
	size_t count = c->store.count;

	*out = (struct store_options){
		.entries_max = c->store_entries,
		.timeout_ms = c->store_timeout.ms,
		.ca = c->store_ca,
		.certificate = c->store_certificate,
		.key = c->store_key,
		.password_file = c->store_password_file,
		.local = c->store_fallback.index == STORE_FALLBACK_LOCAL,
		.clock = clock_system,
	};
	if (!store_conf_engine(c, out) || count > 2 ||
	    (out->engine == STORE_REDIS && count != 2) ||
	    (out->engine == STORE_MEMORY && count != 1)) {
		(void)snprintf(why, STORE_WHY_MAX,
		    "store: write sqlite [PATH], redis URL or memory");
		return false;
	}
	out->where =
	    count == 2 ? arena_strdup(a, c->store.item[1]) : STORE_FILE;
	if (out->engine == STORE_SQLITE)
		out->where = path_join(c->state, out->where, a);
	return true;
}

struct store *
store_conf_open(const struct config *c, struct arena *a,
    void (*alert)(void *ctx, const char *key, const char *text), void *ctx,
    char why[STORE_WHY_MAX])
{
	struct store_options o;

	if (!store_conf_options(c, a, &o, why))
		return NULL;
	o.alert = alert;
	o.ctx = ctx;
	if (o.engine == STORE_SQLITE)
		(void)mkdir(path_dir(o.where, a), 0700);
	return store_open(&o, why);
}
