#ifndef POLICY_TELL_HEADERS_H
#define POLICY_TELL_HEADERS_H

/*
 * What a judged message carries: which of its header fields are forged and
 * go, and which are added. The MTA side carries the plan out, for delivered
 * messages only; `verdict check` prints it.
 *
 * Removed, but for messages from our own relays, which have put theirs on:
 * Authentication-Results that claim to be ours (rules/mail/authres.h), and the
 * fields named by the setting headers.remove; also any field inside of which
 * some reader would see such a one (rules/mail/header_hidden.h). Fields that a
 * rule sets are removed first, whoever wrote them.
 *
 * Added: Authentication-Results (RFC 8601), where there is something to say
 * or the message came from outside; X-Verdict; unless switched off the
 * fields of SpamAssassin that mail clients and Sieve scripts know; and what
 * rules add. Mail of our own users leaves the house: of all these it gets, by
 * the setting headers.directions, what rules add, and X-Spam-Flag for junk.
 *
 *   X-Spam-Flag: YES            only for junk
 *   X-Spam-Status: Yes, score=7.1 required=6.0 tests=pills,stranger
 *           autolearn=no version=verdict-milter-1.0   ("No" for all else)
 *   X-Spam-Level: *******       one for each whole point, 50 at most
 *   X-Spam-Score: 7.1
 *
 * X-Verdict is for programs:
 *
 *   X-Verdict: v=1; id=0H3K9ZQ1T; verdict=junk; rule=pills; score=7.1;
 *           stage=eom; direction=inbound; flags=subject-multiple,limit
 *
 *   field   = "v=1" *( ";" SP item )
 *   item    = key "=" value *( "," value )
 *   key     = 1*( lower-case letter / digit / "-" )
 *   value   = 1*( letter / digit / "." / "_" / "+" / "-" / "@" / "/" / ":" /
 *             "%" 2HEXDIG )
 *
 * White space may follow any ";" and ",", since long fields are folded. The
 * keys: id (the decision id, as in the SMTP reply and the log), verdict (what
 * was done: accept, junk or quarantine), wanted (what would have been done,
 * in monitor mode when it differs), rule (the one that decided), reason (of junk
 * and quarantine: the rule's words, the scores, or what matched; cut), score,
 * stage, direction, tags, flags (anomalies of structure), incomplete (what
 * could not be found out in time), recipients=disagreed (they would have had
 * different answers, the mildest was taken).
 *
 * The promise: while the field begins with "v=1", the first three items are
 * v, id and verdict in this order; no key that is listed here changes its
 * meaning or its values' grammar; a key that has nothing to say is left out;
 * keys may be added, so readers skip those that they don't know; the order of
 * the others means nothing. Anything else will begin with another number.
 */

#include "policy/config/setting.h"
#include "policy/message/session.h"
#include "policy/message/verdict.h"

struct jsonw;

struct header_settings {
	struct setting_list remove;     /* names; "*" at the end for any end */
	bool spam;                      /* write the X-Spam fields */
	struct setting_list directions; /* whose mail gets any of ours */
};

struct header_edit {
	struct span name;
	size_t index;      /* removal: 1-based among fields of this name */
	struct span value; /* addition: without leading space, folded with
	                      LF and TAB, ASCII */
};

struct header_edits {
	/* In the order in which they can be carried out: for each name the
	 * highest index first, for a removal shifts the indices behind it. */
	struct header_edit *removal;
	size_t removal_count, removal_cap;
	/* In the order of insertion, each at index 0: the last one ends on
	 * top, and that is Authentication-Results (RFC 8601, 4). */
	struct header_edit *addition;
	size_t addition_count, addition_cap;
};

/* Never waits; the plan lies in the message's arena. */
void headers_plan(
    struct message *m, const struct verdict *v, struct header_edits *out);
/*
 * The plan that the verdict carries, for the message it is about; where it
 * delivers nothing and has none, what it would be.
 */
const struct header_edits *headers_of(
    struct message *m, const struct verdict *v);
/* The members headers_removed and headers_added of a case's answer. */
void headers_json(const struct header_edits *e, struct jsonw *out);

/* The value of X-Verdict; in the message's arena. */
struct span headers_verdict(const struct message *m, const struct verdict *v);

#endif
