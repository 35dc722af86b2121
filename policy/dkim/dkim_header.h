#ifndef POLICY_DKIM_DKIM_HEADER_H
#define POLICY_DKIM_DKIM_HEADER_H

/*
 * Which header fields a signature covers, and the exact octets of them that
 * it was made over (RFC 6376, 3.4, 3.7 and 5.4.2). Pure; one thread at a time
 * for one struct dkim_headers.
 */

#include "policy/dkim/dkim_sig.h"
#include "rules/mail/header.h"

struct dkim_headers;

/*
 * Indexes the fields by name; list and its fields must outlive it. A field
 * whose name is emptied afterwards counts as taken out of the list, for
 * dkim_headers_text alone; its value may change, too.
 */
struct dkim_headers *dkim_headers_new(
    struct arena *a, const struct header_list *list);

/*
 * The text that sig, which is field number at of the list, signs: the fields
 * that h= chooses, each with CRLF, and the signature's own field with an
 * empty b= and no CRLF. In the arena. Takes time in proportion to the text
 * and to the names in h=, however often a name or a field is repeated.
 */
struct span dkim_headers_text(struct dkim_headers *h, struct arena *a,
    const struct dkim_sig *sig, size_t at);

/*
 * One field in relaxed form, with CRLF, as a seal of ARC covers it. The second
 * leaves the CRLF out and b, the value of its b= as struct dkim_sig has it:
 * so a seal covers itself (RFC 8617, 5.1.1). In the arena.
 */
struct span dkim_header_relaxed(
    struct arena *a, const struct header_field *field);
struct span dkim_header_relaxed_own(
    struct arena *a, const struct header_field *field, struct span b);

/*
 * Of the fields that change what a reader sees, the names of those of which
 * at least one stands outside the signature: "subject content-type", "" for
 * none. In the arena or static.
 */
struct span dkim_headers_unsigned(struct dkim_headers *h, struct arena *a,
    const struct dkim_sig *sig, size_t at);

/*
 * The name of a field that may stand once, stands more often, and is not
 * covered in every place: whoever replays a signed message adds one on top,
 * and people see that (RFC 6376, 8.15; 3.8 lets a verifier refuse what RFC
 * 5322 forbids). Of a field that nobody sees at least one must be covered, or
 * the signer did not care for it. "" for none; static.
 */
struct span dkim_headers_doubled(
    struct dkim_headers *h, const struct dkim_sig *sig, size_t at);

#endif
