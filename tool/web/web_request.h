#ifndef TOOL_WEB_WEB_REQUEST_H
#define TOOL_WEB_WEB_REQUEST_H

/*
 * What a browser asks for: a path and named values, of the query or of a
 * form. All of it is whatever a page somewhere made the browser send. Pure.
 */

#include "rules/base/arena.h"
#include "rules/base/span.h"

#define WEB_TARGET_MAX 8192
#define WEB_PARAMS_MAX 32

struct web_params {
	struct {
		struct span key, value; /* decoded; with a NUL behind */
	} item[WEB_PARAMS_MAX];
	size_t count;
};

struct web_request {
	struct span path; /* without the slash before it; decoded */
	struct web_params query;
	struct web_params form;
};

/*
 * target as in the request line; body as application/x-www-form-urlencoded,
 * "" for none. In the arena. False: *why, static text; nothing is guessed of
 * what is not well formed.
 */
bool web_request_read(struct span target, struct span body, struct arena *a,
    struct web_request *out, const char **why);
/* The value of that name, trimmed, "" when there is none; the first of many. */
struct span web_param(const struct web_params *p, const char *key);

#endif
