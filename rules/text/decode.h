#ifndef RULES_TEXT_DECODE_H
#define RULES_TEXT_DECODE_H

/*
 * Decoding of mail: encoded words, charsets and transfer encodings. This is
 * the seam to GMime, which does the decoding; what is lenient, refused or
 * bounded is decided here. The structure of a message is mime_tree.h's.
 *
 * Everything may be called from any thread. Nothing here fails: what cannot
 * be decoded is shown as mail clients show it.
 */

#include "rules/base/arena.h"
#include "rules/base/buf.h"
#include "rules/base/span.h"

/*
 * The text of a header field or phrase as people read it: valid UTF-8 without
 * CR, LF and NUL, folds taken out. Encoded words (RFC 2047) are decoded
 * wherever they stand, also where the standard forbids it but clients do it;
 * so structure (addresses, parameters) must be parsed before, on the raw
 * text. Decoded once only: what comes out is not looked at again. A character
 * that is split between adjacent words of one charset is joined.
 *
 * The result is raw itself when there is nothing to do, else it lies in the
 * arena; it has at most 3 octets for one of raw.
 */
struct span mime_decode_text(struct span raw, struct arena *a);
/*
 * The same, where what is no encoded word is in the charset, unless it is
 * valid UTF-8: fields that are sent raw are read in the body's charset by
 * many clients. "" for none.
 */
struct span mime_decode_text_as(
    struct span raw, struct span charset, struct arena *a);

/*
 * Appends text in a charset (a name from mail, "" for none) as valid UTF-8.
 * Returns false when the charset is not known or refused (UTF-7, RFC 2152, is
 * refused: no client of today reads it); the text is then taken as UTF-8
 * where it is that and as windows-1252 elsewhere. Adds at most 4 octets for
 * one, and never more than out's limit.
 */
bool mime_to_utf8(struct buf *out, struct span charset, struct span text);
/* Loads what converting takes, of all charsets: before walls behind which no
 * file can be opened. */
void mime_charsets_load(void);
/* True when mime_to_utf8 would add text as it is; false says nothing. */
bool mime_is_utf8(struct span charset, struct span text);

enum mime_transfer {
	MIME_IDENTITY, /* 7bit, 8bit, binary, and none */
	MIME_BASE64,
	MIME_QUOTED,
	MIME_UUENCODE,
	MIME_TRANSFER_UNKNOWN, /* read as identity */
};
/*
 * Takes the next word off the value of Content-Transfer-Encoding, comments
 * and quotes aside; there should be one. False when there is no more; a value
 * without a word is MIME_IDENTITY once.
 */
bool mime_transfer_next(struct span *value, enum mime_transfer *out);
/*
 * Appends the decoded octets, as many as fit in out. Garbage in base64 is
 * skipped, as clients do.
 */
void mime_transfer_decode(
    struct buf *out, enum mime_transfer transfer, struct span in);

/*
 * SHA-256 of the octets as 64 hexadecimal digits in lower case, in the arena.
 * GLib computes it, which GMime brings along.
 */
struct span mime_sha256(struct span octets, struct arena *a);

/* "GMime 3.2.13", of the library that is loaded. */
void mime_library(char *out, size_t size);

#endif
