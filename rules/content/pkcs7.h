#ifndef RULES_CONTENT_PKCS7_H
#define RULES_CONTENT_PKCS7_H

/*
 * What an S/MIME file holds (RFC 8551; RFC 5652): signed mail stands in it as
 * it is, encrypted mail cannot be read. Only as much of ASN.1 is read as
 * tells that; signatures are not looked at. Pure; any thread.
 */

#include "rules/base/arena.h"
#include "rules/base/span.h"

enum pkcs7_kind {
	PKCS7_NONE,      /* no S/MIME */
	PKCS7_SIGNED,    /* *content is what was signed */
	PKCS7_ENCRYPTED, /* or compressed: what it holds is not known */
	PKCS7_OTHER,     /* signatures or certificates alone */
};

/* Whether the first octets are those of S/MIME, in BER or as PEM text. */
bool pkcs7_begins(struct span head);
/* *content lies in octets or the arena, and is the whole of what there is
 * where the octets end early. */
enum pkcs7_kind pkcs7_read(
    struct span octets, struct arena *a, struct span *content);

#endif
