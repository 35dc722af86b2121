#ifndef RULES_TEXT_TRANSFER_H
#define RULES_TEXT_TRANSFER_H

/*
 * Transfer encodings (RFC 2045, 6.7 and 6.8) as mail clients read them. Any
 * thread; nothing here fails: what is no code is skipped or stays. As many
 * octets are appended as fit in out, which is over when that is not all. They
 * are never more than stood in the text.
 *
 * GMime has both; these take a third of its time, which was 4 % of all that a
 * message costs.
 */

#include "rules/base/buf.h"
#include "rules/base/span.h"

/*
 * What is no digit is skipped. Padding ends a group, and what stands behind it
 * is read on as some clients do; groups without padding are read as if they
 * had it.
 */
void transfer_base64(struct buf *out, struct span in);
/* A "=" without two hexadecimal digits stays, but at the very end. */
void transfer_quoted(struct buf *out, struct span in);

#endif
