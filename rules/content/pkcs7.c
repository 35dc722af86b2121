/*
 * Reads as much BER as S/MIME needs: definite and indefinite lengths, strings
 * in one or in many pieces. Every length is a claim of the sender's and is cut
 * to what is there.
 */
#include "config.h"

#include "rules/content/pkcs7.h"

#include "rules/base/buf.h"
#include "rules/text/decode.h"

#define BER_DEPTH_MAX 16
#define BER_PIECES    4096

struct ber {
	unsigned char tag;
	struct span
	    value; /* indefinite: up to its end marker, or all there is */
	bool open; /* of indefinite length */
};

#define TAG_OCTETS        0x04
#define TAG_OID           0x06
#define TAG_OCTETS_PIECES 0x24 /* constructed */
#define TAG_SEQUENCE      0x30
#define TAG_CONTEXT_0     0xa0

/*
 * Takes one element off rest. The value of an indefinite one is all that is
 * left: who reads its elements stops at the end marker.
 */
static bool
ber_next(struct span *rest, struct ber *out)
{
	const unsigned char *p = (const unsigned char *)rest->p;
	size_t length, at = 2;

	if (rest->n < 2 || (p[0] & 0x1f) == 0x1f || (p[0] == 0 && p[1] == 0))
		return false;
	*out = (struct ber){ .tag = p[0] };
	length = p[1];
	if (length == 0x80) {
		out->open = true;
		out->value = span_slice(*rest, 2, rest->n);
		*rest = span_slice(*rest, rest->n, rest->n);
		return (p[0] & 0x20) != 0;
	}
	if (length > 0x80) {
		size_t octets = length & 0x7f;

		if (octets > 8 || octets > rest->n - 2)
			return false;
		length = 0;
		for (size_t i = 0; i < octets; i++)
			length = length << 8 | p[at++];
	}
	if (length > rest->n - at)
		length = rest->n - at;
	out->value = span_slice(*rest, at, at + length);
	*rest = span_slice(*rest, at + length, rest->n);
	return true;
}

/* How many octets the elements of an indefinite value have, marker and all. */
static size_t
ber_open_size(struct span s, unsigned depth)
{
	struct span rest = s;
	struct ber b;

	for (size_t i = 0; i < BER_PIECES; i++) {
		if (rest.n >= 2 && rest.p[0] == 0 && rest.p[1] == 0)
			return s.n - rest.n + 2;
		if (!ber_next(&rest, &b))
			break;
		if (b.open) {
			size_t n = depth == 0
				       ? b.value.n
				       : ber_open_size(b.value, depth - 1);

			rest = span_slice(b.value, n, b.value.n);
		}
	}
	return s.n;
}

/* The next element, and rest behind it whatever its length. */
static bool
ber_take(struct span *rest, struct ber *out)
{
	size_t n;

	if (!ber_next(rest, out))
		return false;
	if (!out->open)
		return true;
	n = ber_open_size(out->value, BER_DEPTH_MAX);
	*rest = span_slice(out->value, n, out->value.n);
	out->value = span_slice(out->value, 0, n);
	return true;
}

/* An octet string, whose pieces are put together. */
static struct span
ber_octets(const struct ber *b, struct arena *a)
{
	struct span rest = b->value, all;
	struct ber piece;
	struct buf joined;

	if (b->tag == TAG_OCTETS)
		return b->value;
	buf_init(&joined, b->value.n);
	for (size_t i = 0; i < BER_PIECES && ber_take(&rest, &piece); i++) {
		if (piece.tag == TAG_OCTETS)
			(void)buf_add(&joined, piece.value);
	}
	all = arena_dup(a, buf_span(&joined));
	buf_free(&joined);
	return all;
}

/* ---- S/MIME ---------------------------------------------------------------- */

static struct span
pkcs7_of_pem(struct span s, struct arena *a)
{
	size_t line = span_find(s, '\n');
	struct span text = span_slice(s, line + 1, s.n), octets;
	size_t end = span_search(text, SPAN("-----END"));
	struct buf out;

	if (line == SIZE_MAX)
		return SPAN("");
	text = span_slice(text, 0, end);
	buf_init(&out, text.n + 4);
	mime_transfer_decode(&out, MIME_BASE64, text);
	octets = arena_dup(a, buf_span(&out));
	buf_free(&out);
	return octets;
}

static bool
pkcs7_is_pem(struct span s)
{
	return span_starts(s, SPAN("-----BEGIN PKCS7")) ||
	       span_starts(s, SPAN("-----BEGIN CMS"));
}

/* 1.2.840.113549.1.7.N and 1.2.840.113549.1.9.16.1.N */
#define OID_PKCS7 SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x07")
#define OID_SMIME SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01")

static enum pkcs7_kind
pkcs7_kind_of(struct span oid)
{
	if (span_starts(oid, OID_PKCS7) && oid.n == 9) {
		switch (oid.p[8]) {
		case 2:
			return PKCS7_SIGNED;
		case 3: /* enveloped */
		case 4: /* signed and enveloped */
		case 6: /* encrypted */
			return PKCS7_ENCRYPTED;
		default:
			return PKCS7_OTHER;
		}
	}
	if (span_starts(oid, OID_SMIME) && oid.n == 11)
		return oid.p[10] == 9 || oid.p[10] == 23 ? PKCS7_ENCRYPTED
							 : PKCS7_OTHER;
	return PKCS7_NONE;
}

bool
pkcs7_begins(struct span head)
{
	struct span none;
	struct ber outer, oid;

	if (pkcs7_is_pem(head))
		return true;
	none = span_slice(head, 0, 64);
	return ber_next(&none, &outer) && outer.tag == TAG_SEQUENCE &&
	       ber_next(&outer.value, &oid) && oid.tag == TAG_OID &&
	       pkcs7_kind_of(oid.value) != PKCS7_NONE;
}

/* SignedData: version, algorithms, then what was signed, where it is there. */
static enum pkcs7_kind
pkcs7_signed(struct span rest, struct arena *a, struct span *content)
{
	struct ber b;

	if (!ber_take(&rest, &b) || !ber_take(&rest, &b) ||
	    !ber_take(&rest, &b) || b.tag != TAG_SEQUENCE)
		return PKCS7_OTHER;
	rest = b.value;
	if (!ber_take(&rest, &b) || !ber_take(&rest, &b) ||
	    b.tag != TAG_CONTEXT_0)
		return PKCS7_OTHER;
	rest = b.value;
	if (!ber_take(&rest, &b) ||
	    (b.tag != TAG_OCTETS && b.tag != TAG_OCTETS_PIECES))
		return PKCS7_OTHER;
	*content = ber_octets(&b, a);
	return PKCS7_SIGNED;
}

enum pkcs7_kind
pkcs7_read(struct span octets, struct arena *a, struct span *content)
{
	struct span rest =
	    pkcs7_is_pem(octets) ? pkcs7_of_pem(octets, a) : octets;
	struct ber b;
	enum pkcs7_kind kind;

	*content = SPAN("");
	if (!ber_take(&rest, &b) || b.tag != TAG_SEQUENCE)
		return PKCS7_NONE;
	rest = b.value;
	if (!ber_take(&rest, &b) || b.tag != TAG_OID)
		return PKCS7_NONE;
	kind = pkcs7_kind_of(b.value);
	if (kind != PKCS7_SIGNED)
		return kind;
	if (!ber_take(&rest, &b) || b.tag != TAG_CONTEXT_0)
		return PKCS7_OTHER;
	rest = b.value;
	if (!ber_take(&rest, &b) || b.tag != TAG_SEQUENCE)
		return PKCS7_OTHER;
	return pkcs7_signed(b.value, a, content);
}
