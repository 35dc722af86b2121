#ifndef RULES_MIME_MIME_PARAM_H
#define RULES_MIME_MIME_PARAM_H

/*
 * The value of Content-Type and Content-Disposition (RFC 2045, 5.1; RFC 2183;
 * RFC 2231) read for everything that some client could read in it: where a
 * parameter is given twice, or in several notations, each reading is listed.
 * Pure; any thread; never fails.
 */

#include "rules/base/arena.h"
#include "rules/base/span.h"

struct mime_param {
	struct span name;  /* in lower case, without "*" and number */
	struct span value; /* unquoted; percent-decoded and made UTF-8 where
	                      RFC 2231 notation says so, else octets as given */
	bool duplicate;    /* a reading behind the first of this name */
};

struct mime_params {
	struct span main; /* "text/html", "attachment": in lower case, without
	                     comments and white space; "" when there is none */
	struct mime_param *param;
	size_t count, cap;
	size_t octets; /* of values that were copied to be read */
	bool over;     /* there were more than are read */
};

/*
 * Adds the readings of one field's value to *out, which the caller has zeroed
 * before the first; main is taken from the first that has one. All lies in
 * the arena or in value. Takes at most MIME_PARAM_MAX readings, and
 * MIME_PARAM_OCTETS that must be copied; more are noted in over.
 */
#define MIME_PARAM_MAX    200
#define MIME_PARAM_OCTETS ((size_t)128 * 1024)
void mime_params_add(
    struct mime_params *out, struct span value, struct arena *a);
/* The first reading of a name, or the empty span with p == NULL. */
struct span mime_params_get(const struct mime_params *p, const char *name);

#endif
