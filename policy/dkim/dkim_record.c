/*
 * Reads DKIM key records: the tags, and the DER of an RSA key inside. Knows
 * nothing of libcrypto; its decoder takes seven times as long for the same
 * few octets as verifying a signature takes (and libopendkim, which would use
 * it, knows neither duplicate tags nor a misplaced v=).
 */
#include "config.h"

#include "policy/dkim/dkim_record.h"

#include <string.h>

bool
dkim_record_choose(const struct span *text, size_t count, struct span *chosen,
    const char **why)
{
	size_t found = 0;

	*why = "no key record among the TXT records";
	for (size_t i = 0; i < count; i++) {
		struct dkim_tags tags;
		const char *reason;
		bool key = dkim_tags_parse(text[i], &tags, &reason);

		/* A malformed record still is one when it says so, and then
		 * its fault is told rather than its absence. */
		if (key)
			key = span_is(tags.tag[0].name, "v")
				  ? span_is(tags.tag[0].value, "DKIM1")
				  : dkim_tags_get(&tags, "p") != NULL;
		else
			key = span_starts(span_trim(text[i]), SPAN("v=DKIM1"));
		if (!key || (found > 0 && span_eq(text[i], *chosen)))
			continue;
		*chosen = text[i];
		found++;
	}
	if (found > 1)
		*why = "more than one key record";
	return found == 1;
}

/* ---- DER (X.690): just enough, and nothing lenient ------------------------ */

enum { DER_INTEGER = 0x02, DER_BITS = 0x03, DER_SEQUENCE = 0x30 };

/* Takes one element with this tag off the front of *rest. */
static bool
der_take(struct span *rest, unsigned char tag, struct span *out)
{
	const unsigned char *p = (const unsigned char *)rest->p;
	size_t head = 2, n;

	if (rest->n < 2 || p[0] != tag)
		return false;
	n = p[1];
	if (n == 0x81 && rest->n >= 3) {
		n = p[2];
		head = 3;
		if (n < 0x80)
			return false;
	} else if (n == 0x82 && rest->n >= 4) {
		n = (size_t)p[2] << 8 | p[3];
		head = 4;
		if (n < 0x100)
			return false;
	} else if (n >= 0x80) {
		return false;
	}
	if (n > rest->n - head)
		return false;
	*out = span_slice(*rest, head, head + n);
	*rest = span_slice(*rest, head + n, rest->n);
	return true;
}

/* A positive INTEGER, without its sign octet. */
static bool
der_take_positive(struct span *rest, struct span *out)
{
	if (!der_take(rest, DER_INTEGER, out) || out->n == 0 ||
	    (out->p[0] & 0x80) != 0)
		return false;
	if (out->p[0] == 0)
		*out = span_slice(*out, 1, out->n);
	return out->n > 0 && out->p[0] != 0;
}

/* RSAPublicKey (RFC 8017, A.1.1). */
static bool
der_rsa_key(struct span der, struct span *modulus, struct span *exponent)
{
	struct span body;

	return der_take(&der, DER_SEQUENCE, &body) && der.n == 0 &&
	       der_take_positive(&body, modulus) &&
	       der_take_positive(&body, exponent) && body.n == 0;
}

/* SubjectPublicKeyInfo (RFC 5280, 4.1) around an RSAPublicKey. */
static bool
der_rsa_spki(struct span der, struct span *modulus, struct span *exponent)
{
	/* rsaEncryption, with the NULL that belongs there and without. */
	static const char oid[] = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"
				  "\x05\x00";
	const struct span with = { oid, 13 }, without = { oid, 11 };
	struct span body, algorithm, bits;

	if (!der_take(&der, DER_SEQUENCE, &body) || der.n != 0 ||
	    !der_take(&body, DER_SEQUENCE, &algorithm) ||
	    !(span_eq(algorithm, with) || span_eq(algorithm, without)) ||
	    !der_take(&body, DER_BITS, &bits) || body.n != 0 || bits.n == 0 ||
	    bits.p[0] != 0)
		return false;
	return der_rsa_key(span_slice(bits, 1, bits.n), modulus, exponent);
}

static unsigned
dkim_bits_of(struct span number)
{
	unsigned bits = (unsigned)number.n * 8;

	for (unsigned top = (unsigned char)number.p[0]; (top & 0x80) == 0;
	     top <<= 1)
		bits--;
	return bits;
}

static const char *
dkim_record_rsa(struct dkim_record *r, struct span der)
{
	if (!der_rsa_spki(der, &r->modulus, &r->exponent) &&
	    !der_rsa_key(der, &r->modulus, &r->exponent))
		return "the key is no RSA public key";
	/* Bounds what one verification may cost: a sender chooses the key. */
	if (r->modulus.n > DKIM_RSA_BITS_MAX / 8)
		return "the RSA key is too long";
	r->bits = dkim_bits_of(r->modulus);
	if (r->exponent.n > 8 || (r->exponent.p[r->exponent.n - 1] & 1) == 0 ||
	    (r->exponent.n == 1 && r->exponent.p[0] < 3) ||
	    (r->modulus.p[r->modulus.n - 1] & 1) == 0)
		return "the RSA key is unusable";
	return NULL;
}

static const char *
dkim_record_ed25519(struct dkim_record *r, struct span octets)
{
	/* RFC 8463, 4: the bare octets, not a SubjectPublicKeyInfo. */
	if (octets.n != DKIM_ED25519_OCTETS)
		return "the key is no Ed25519 public key";
	r->public = octets;
	r->bits = DKIM_ED25519_OCTETS * 8;
	return NULL;
}

/* ---- tags ----------------------------------------------------------------- */

/* Does this colon-separated list hold the word? */
static bool
dkim_record_lists(const struct dkim_tag *tag, const char *word)
{
	struct span rest, item;

	if (tag == NULL)
		return false;
	rest = tag->value;
	while (dkim_tags_item(&rest, ':', &item))
		if (span_case_is(item, word))
			return true;
	return false;
}

static const char *
dkim_record_key(
    struct arena *a, const struct dkim_tags *tags, struct dkim_record *out)
{
	const struct dkim_tag *k = dkim_tags_get(tags, "k");
	const struct dkim_tag *p = dkim_tags_get(tags, "p");
	struct span octets;

	if (p == NULL)
		return "the key record has no p=";
	if (p->value.n == 0)
		return "the key is revoked";
	if (k != NULL && !span_case_is(k->value, "rsa") &&
	    !span_case_is(k->value, "ed25519"))
		return "unknown type of key";
	if (!dkim_base64(a, p->value, &octets))
		return "p= is not base64";
	if (k != NULL && span_case_is(k->value, "ed25519")) {
		out->type = DKIM_KEY_ED25519;
		return dkim_record_ed25519(out, octets);
	}
	return dkim_record_rsa(out, octets);
}

static const char *
dkim_record_judge(
    struct arena *a, const struct dkim_tags *tags, struct dkim_record *out)
{
	const struct dkim_tag *v = dkim_tags_get(tags, "v");
	const struct dkim_tag *h = dkim_tags_get(tags, "h");
	const struct dkim_tag *s = dkim_tags_get(tags, "s");
	const struct dkim_tag *t = dkim_tags_get(tags, "t");

	if (v != NULL && (v != &tags->tag[0] || !span_is(v->value, "DKIM1")))
		return "the key record has a bad version";
	if (s != NULL && !dkim_record_lists(s, "*") &&
	    !dkim_record_lists(s, "email"))
		return "the key is not for mail";
	out->sha256 = h == NULL || dkim_record_lists(h, "sha256");
	out->testing = dkim_record_lists(t, "y");
	out->exact_identity = dkim_record_lists(t, "s");
	return dkim_record_key(a, tags, out);
}

bool
dkim_record_parse(struct arena *a, struct span text, struct dkim_record *out,
    const char **why)
{
	struct dkim_tags tags;

	*out = (struct dkim_record){ .type = DKIM_KEY_RSA };
	if (text.n > DKIM_RECORD_OCTETS_MAX) {
		*why = "the key record is too long";
		return false;
	}
	if (!dkim_tags_parse(text, &tags, why)) {
		*why = "the key record is malformed";
		return false;
	}
	*why = dkim_record_judge(a, &tags, out);
	return *why == NULL;
}
