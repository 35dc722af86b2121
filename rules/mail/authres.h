#ifndef RULES_MAIL_AUTHRES_H
#define RULES_MAIL_AUTHRES_H

/*
 * Authentication-Results (RFC 8601): writing ours, and telling which of those
 * that came with a message pretend to be ours. Nothing here believes what
 * such a field says: results travel inside the program as facts.
 *
 * The life of one: authres_init, then for each result authres_method, at most
 * one authres_reason, any number of authres_property, and at the end
 * authres_finish. The value is ASCII without control characters but for the
 * folds (LF and TAB, as milter wants them), whatever the peer put into the
 * texts; its lines have at most 78 columns where a single item allows that
 * and never more than 998 octets.
 */

#include "rules/base/arena.h"
#include "rules/base/buf.h"
#include "rules/base/span.h"

/* Of the whole value; results that no longer fit are left out whole. */
#define AUTHRES_MAX 32768

struct authres {
	struct arena *arena;
	struct buf text;
	size_t column;
	size_t whole; /* length up to the end of the last complete result */
	bool begun, reason_given, property_given;
};

/*
 * authserv_id as it is to be written: a domain in A-labels, as a rule. The
 * value will lie in the arena.
 */
void authres_init(struct authres *ar, struct arena *a, struct span authserv_id);
/* method and result are our own words, hence tokens: "spf", "pass". */
void authres_method(struct authres *ar, const char *method, const char *result);
/* Why the result is what it is; before the properties. Cut when long. */
void authres_reason(struct authres *ar, struct span reason);
/*
 * smtp.mailfrom=VALUE. The value may be anything a peer sends: it becomes a
 * token, local@domain or a quoted string, whichever the grammar allows it to
 * be. Of a domain that is not ASCII the A-labels are written; an address with
 * a local part that is not ASCII is written as its domain alone (section 5 of
 * RFC 8616 and RFC 8601); any other octet that may not stand there becomes
 * "?".
 */
void authres_property(struct authres *ar, const char *ptype,
    const char *property, struct span value);
/* The value; "ID; none" when there was no result. Must be called once. */
struct span authres_finish(struct authres *ar);

/* The authserv-ids that are ours, each as authres_id gives it. */
struct authres_ids {
	const struct span *id;
	size_t count;
};

/*
 * An authserv-id in the form in which two are compared: A-labels, lower case,
 * without trailing dot. It need not be a domain (RFC 8601, 2.5). In the arena.
 */
struct span authres_id(struct span id, struct arena *a);

/*
 * Must a field with this value, as it came (folds and all), go before ours is
 * added (RFC 8601, 5)? Yes when its authserv-id is one of ours, when its
 * version is none we know, and when it gives results without any authserv-id,
 * as some readers take those for their own server's. A reader behind us may be lenient, so an id that
 * stands there in any odd way counts: behind or inside comments, quoted,
 * split by folds or control characters. A value that does not follow the
 * grammar up to the first ";" is ours as soon as it names us anywhere. Takes
 * linear time.
 */
bool authres_claims(struct span value, const struct authres_ids *ours);

#endif
