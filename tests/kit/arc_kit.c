/*
 * An ARC sealer as small as can be.
 */
#include "config.h"

#include "tests/kit/arc_kit.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "policy/base/hash.h"
#include "rules/base/buf.h"
#include "rules/base/panic.h"
#include "rules/mail/header.h"

#define TEXT_MAX ((size_t)1 << 22)

struct arc_kit {
	EVP_PKEY *rsa, *ed25519, *nobody;
};

struct arc_kit *
arc_kit_new(unsigned bits)
{
	struct arc_kit *kit = xcalloc(1, sizeof(*kit));

	kit->rsa = EVP_RSA_gen(bits);
	kit->ed25519 = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	kit->nobody = EVP_RSA_gen(bits);
	INVARIANT(
	    kit->rsa != NULL && kit->ed25519 != NULL && kit->nobody != NULL);
	return kit;
}

void
arc_kit_free(struct arc_kit **kit)
{
	EVP_PKEY_free((*kit)->rsa);
	EVP_PKEY_free((*kit)->ed25519);
	EVP_PKEY_free((*kit)->nobody);
	free(*kit);
	*kit = NULL;
}

static struct span
base64(struct arena *a, const unsigned char *p, size_t n)
{
	char *out = arena_alloc(a, n * 2 + 8);

	return span_make(
	    out, (size_t)EVP_EncodeBlock((unsigned char *)out, p, (int)n));
}

void
arc_kit_publish(const struct arc_kit *kit, struct dns_zone *zone,
    const char *domain, const char *selector, bool ed25519)
{
	struct arena *a = arena_new();
	unsigned char raw[32], *der = NULL;
	size_t n = sizeof(raw);
	struct span key;

	if (ed25519) {
		INVARIANT(
		    EVP_PKEY_get_raw_public_key(kit->ed25519, raw, &n) == 1);
		key = base64(a, raw, n);
	} else {
		int length = i2d_PUBKEY(kit->rsa, &der);

		INVARIANT(length > 0);
		key = base64(a, der, (size_t)length);
	}
	dns_zone_txt(zone,
	    span_of(arena_printf(a, "%s._domainkey.%s", selector, domain)),
	    span_of(arena_printf(a, "v=DKIM1; k=%s; p=%.*s",
		ed25519 ? "ed25519" : "rsa", SPAN_FMT(key))));
	OPENSSL_free(der);
	arena_free(&a);
}

/* ---- canonical text ---------------------------------------------------------- */

static void
relaxed_value(struct buf *out, struct span s)
{
	size_t begin = out->n;
	bool space = false;

	for (size_t i = 0; i < s.n; i++) {
		if (ascii_space(s.p[i])) {
			space = true;
			continue;
		}
		if (space && out->n > begin)
			(void)buf_addc(out, ' ');
		space = false;
		(void)buf_addc(out, s.p[i]);
	}
}

static void
relaxed_field(struct buf *out, struct span name, struct span value)
{
	for (size_t i = 0; i < name.n; i++)
		(void)buf_addc(out, ascii_lower(name.p[i]));
	(void)buf_addc(out, ':');
	relaxed_value(out, value);
}

/* Lines without space at their ends, without empty ones at the end. */
static struct span
relaxed_body(struct arena *a, struct span body)
{
	struct span line, text;
	size_t whole = 0;
	struct buf b;

	buf_init(&b, TEXT_MAX);
	while (span_cut(&body, '\n', &line)) {
		size_t begin = b.n;
		bool space = false;

		if (body.p == NULL && line.n == 0)
			break;
		for (size_t i = 0; i < line.n; i++) {
			if (ascii_space(line.p[i])) {
				space = true;
				continue;
			}
			if (space)
				(void)buf_addc(&b, ' ');
			space = false;
			(void)buf_addc(&b, line.p[i]);
		}
		if (b.n > begin)
			whole = b.n + 2;
		(void)buf_addz(&b, "\r\n");
	}
	text = arena_dup(a, span_slice(buf_span(&b), 0, whole));
	buf_free(&b);
	return text;
}

/* ---- signing ------------------------------------------------------------------- */

static struct span
sign(const struct arc_kit *kit, struct arena *a, const struct arc_kit_hop *hop,
    struct span text)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char out[512];
	size_t n = sizeof(out);
	uint8_t hash[HASH_SHA256_OCTETS];
	EVP_PKEY *key = hop->forged    ? kit->nobody
			: hop->ed25519 ? kit->ed25519
				       : kit->rsa;
	bool bare = key == kit->ed25519;

	hash_sha256(text, hash);
	INVARIANT(EVP_DigestSignInit(
		      ctx, NULL, bare ? NULL : EVP_sha256(), NULL, key) == 1);
	INVARIANT(
	    EVP_DigestSign(ctx, out, &n, bare ? hash : (const uint8_t *)text.p,
		bare ? sizeof(hash) : text.n) == 1);
	EVP_MD_CTX_free(ctx);
	return base64(a, out, n);
}

/* The value of a field with b= behind it, which signs text and itself. */
static struct span
signed_value(const struct arc_kit *kit, struct arena *a,
    const struct arc_kit_hop *hop, const char *name, const char *tags,
    struct span text)
{
	struct span all;
	struct buf b;

	buf_init(&b, TEXT_MAX);
	(void)buf_add(&b, text);
	relaxed_field(&b, span_of(name), span_of(tags));
	all = arena_dup(a, buf_span(&b));
	buf_free(&b);
	return span_of(
	    arena_printf(a, "%s%.*s", tags, SPAN_FMT(sign(kit, a, hop, all))));
}

static const char *
signature_tags(struct arena *a, const struct arc_kit_hop *hop, size_t instance)
{
	return arena_printf(a, " i=%zu; a=%s; d=%s; s=%s;", instance,
	    hop->ed25519 ? "ed25519-sha256" : "rsa-sha256",
	    hop->domain == NULL ? "a.example" : hop->domain,
	    hop->selector == NULL ? "s" : hop->selector);
}

static struct span
message_signature(const struct arc_kit *kit, struct arena *a,
    const struct header_list *list, struct span body, size_t instance,
    const struct arc_kit_hop *hop)
{
	const char *names =
	    hop->names == NULL ? "from:to:subject:date" : hop->names;
	struct span rest = span_of(names), name, value;
	uint8_t hash[HASH_SHA256_OCTETS];
	struct buf b;

	buf_init(&b, TEXT_MAX);
	while (span_cut(&rest, ':', &name))
		for (size_t i = list->count; i-- > 0;)
			if (span_case_eq(list->field[i].name, name)) {
				relaxed_field(&b, name, list->field[i].raw);
				(void)buf_addz(&b, "\r\n");
				break;
			}
	hash_sha256(relaxed_body(a, body), hash);
	value = signed_value(kit, a, hop, "ARC-Message-Signature",
	    arena_printf(a, "%s c=relaxed/relaxed;%s h=%s; bh=%.*s; b=",
		signature_tags(a, hop, instance),
		hop->more == NULL ? "" : hop->more, names,
		SPAN_FMT(base64(a, hash, sizeof(hash)))),
	    buf_span(&b));
	buf_free(&b);
	return value;
}

/* The fields of all sets so far, in the order in which they are sealed. */
static void
sealed_before(struct buf *out, const struct header_list *list, size_t instance)
{
	static const char *const kinds[] = { "arc-authentication-results",
		"arc-message-signature", "arc-seal" };
	char number[32];

	for (size_t set = 1; set < instance; set++)
		for (size_t kind = 0; kind < ARRAY_COUNT(kinds); kind++)
			for (size_t i = 0; i < list->count; i++) {
				const struct header_field *f = &list->field[i];

				(void)snprintf(
				    number, sizeof(number), "i=%zu;", set);
				if (!span_case_is(f->name, kinds[kind]) ||
				    !span_starts(f->value, span_of(number)))
					continue;
				relaxed_field(out, f->name, f->raw);
				(void)buf_addz(out, "\r\n");
			}
}

static struct span
seal(const struct arc_kit *kit, struct arena *a, const struct header_list *list,
    struct span results, struct span signature, size_t instance,
    const struct arc_kit_hop *hop)
{
	const char *cv = hop->cv != NULL ? hop->cv
			 : instance == 1 ? "none"
					 : "pass";
	struct span value;
	struct buf b;

	buf_init(&b, TEXT_MAX);
	sealed_before(&b, list, instance);
	relaxed_field(&b, SPAN("ARC-Authentication-Results"), results);
	(void)buf_addz(&b, "\r\n");
	relaxed_field(&b, SPAN("ARC-Message-Signature"), signature);
	(void)buf_addz(&b, "\r\n");
	value = signed_value(kit, a, hop, "ARC-Seal",
	    arena_printf(a, "%s cv=%s;%s b=", signature_tags(a, hop, instance),
		cv, hop->seal == NULL ? "" : hop->seal),
	    buf_span(&b));
	buf_free(&b);
	return value;
}

struct span
arc_kit_seal(const struct arc_kit *kit, struct arena *a, struct span message,
    size_t instance, const struct arc_kit_hop *hop)
{
	const char *domain = hop->domain == NULL ? "a.example" : hop->domain;
	struct span body, results, signature, sealed;
	struct header_list list;
	unsigned anomalies = 0;

	message = span_of(arena_printf(a, "%.*s%s", SPAN_FMT(message),
	    hop->added == NULL ? "" : hop->added));
	header_list_init(&list, a);
	header_split(message, &list, &body, &anomalies);
	results = span_of(arena_printf(a, " i=%zu; %s", instance,
	    hop->results == NULL ? arena_printf(a, "%s; none", domain)
				 : hop->results));
	signature = message_signature(kit, a, &list, body, instance, hop);
	sealed = seal(kit, a, &list, results, signature, instance, hop);
	if (hop->backwards)
		return span_of(arena_printf(a,
		    "ARC-Authentication-Results:%.*s\r\nARC-Seal:%.*s\r\n"
		    "ARC-Message-Signature:%.*s\r\n%.*s",
		    SPAN_FMT(results), SPAN_FMT(sealed), SPAN_FMT(signature),
		    SPAN_FMT(message)));
	return span_of(arena_printf(a,
	    "ARC-Seal:%.*s\r\nARC-Message-Signature:%.*s\r\n"
	    "ARC-Authentication-Results:%.*s\r\n%.*s",
	    SPAN_FMT(sealed), SPAN_FMT(signature), SPAN_FMT(results),
	    SPAN_FMT(message)));
}
