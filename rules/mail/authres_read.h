#ifndef RULES_MAIL_AUTHRES_READ_H
#define RULES_MAIL_AUTHRES_READ_H

/*
 * What an Authentication-Results, or an ARC-Authentication-Results behind its
 * i=, says: its server and the results with their properties (RFC 8601, 2.2).
 * Whether the server may be believed is for others to know. Pure; any thread;
 * takes linear time.
 *
 * Strict where a lenient reader could be made to see a result that its writer
 * did not mean: one server, nothing but results behind it, no control
 * character, no string or comment left open, nothing but space, comment or ";"
 * behind a value. Lenient where large senders are odd: a pair without
 * ptype ("action=none") is passed over, a value may hold "/", "=", "@", "<" and
 * such without quotes or be missing at the end of a result, and an empty
 * result is none.
 */

#include "rules/base/arena.h"
#include "rules/base/span.h"

/* Of one field; who writes more is not listened to at all. */
#define AUTHRES_RESULTS_MAX    64
#define AUTHRES_PROPERTIES_MAX 32

struct authres_pair {
	struct span ptype, name; /* "smtp", "mailfrom" */
	struct span value;       /* without quotes */
};

struct authres_result {
	struct span method, result; /* in lower case */
	struct authres_pair *property;
	size_t count, cap;
};

struct authres_said {
	struct span server; /* the authserv-id, as authres_id gives it */
	struct authres_result *result;
	size_t count, cap; /* 0: "none" */
};

/*
 * text: the value as it came, folds and all. False when it is none of these,
 * and then nothing of it counts. All lies in the arena.
 */
bool authres_read(struct arena *a, struct span text, struct authres_said *out);

/* The property of a result; "" when it has none, or several that differ. */
struct span authres_pair_get(
    const struct authres_result *r, const char *ptype, const char *name);

#endif
