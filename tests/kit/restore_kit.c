#include "config.h"

#include "tests/kit/restore_kit.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include "rules/base/panic.h"

struct restore_kit {
	EVP_PKEY *pkey;
	struct dkim_keys *keys;
	struct dkim_key *key;
	struct arena *arena;
	struct dkim_signature signature;
	struct header_list headers;
};

static void
need(bool good, const char *what)
{
	if (!good)
		panic("%s", what);
}

static const char *
base64(struct arena *a, const uint8_t *octets, size_t n)
{
	char *text = arena_alloc(a, n * 4 / 3 + 8);

	(void)EVP_EncodeBlock((unsigned char *)text, octets, (int)n);
	return text;
}

struct restore_kit *
restore_kit_new(void)
{
	struct restore_kit *kit = xcalloc(1, sizeof(*kit));
	unsigned char *der = NULL;
	const char *why = "";
	int n;

	kit->arena = arena_new();
	kit->pkey = EVP_RSA_gen(2048);
	n = i2d_PUBKEY(kit->pkey, &der);
	need(n > 0, "no key");
	kit->keys = dkim_keys_new(4);
	kit->key = dkim_keys_get(kit->keys,
	    span_of(arena_printf(kit->arena, "v=DKIM1; k=rsa; p=%s",
		base64(kit->arena, der, (size_t)n))),
	    &why);
	OPENSSL_free(der);
	need(kit->key != NULL, why);
	return kit;
}

void
restore_kit_free(struct restore_kit **kit)
{
	struct restore_kit *k = *kit;

	if (k == NULL)
		return;
	dkim_key_unref(&k->key);
	dkim_keys_free(&k->keys);
	EVP_PKEY_free(k->pkey);
	arena_free(&k->arena);
	free(k);
	*kit = NULL;
}

static const char *
body_hash(struct restore_kit *kit, struct span body)
{
	const struct dkim_variant variant = { DKIM_RELAXED, DKIM_LENGTH_ALL };
	struct dkim_body *b = dkim_body_new(&variant, 1);
	const char *text;

	dkim_body_feed(b, body);
	dkim_body_end(b);
	text = base64(kit->arena, dkim_body_hash(b, 0), HASH_SHA256_OCTETS);
	dkim_body_free(&b);
	return text;
}

/* The header with these fields, and the signature's own on top. */
static void
put(struct restore_kit *kit, const struct restore_kit_field *field,
    const char *value)
{
	const struct dkim_sig_limits limits = { .skew_s = 1 };

	header_list_init(&kit->headers, kit->arena);
	(void)header_add(&kit->headers, SPAN("DKIM-Signature"), span_of(value));
	for (; field->name != NULL; field++)
		(void)header_add(
		    &kit->headers, span_of(field->name), span_of(field->raw));
	need(dkim_sig_parse(kit->arena, kit->headers.field[0].raw, &limits,
		 &kit->signature.sig, &kit->signature.outcome),
	    "no signature");
	kit->signature.field = 0;
}

static const char *
sign(struct restore_kit *kit)
{
	struct span text =
	    dkim_headers_text(dkim_headers_new(kit->arena, &kit->headers),
		kit->arena, &kit->signature.sig, 0);
	unsigned char signature[512];
	size_t n = sizeof(signature);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	need(
	    EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, kit->pkey) == 1 &&
		EVP_DigestSign(ctx, signature, &n,
		    (const unsigned char *)text.p, text.n) == 1,
	    "no signature made");
	EVP_MD_CTX_free(ctx);
	return base64(kit->arena, signature, n);
}

void
restore_kit_sign(struct restore_kit *kit,
    const struct restore_kit_field *signed_fields,
    const struct restore_kit_field *shown, const char *names, struct span body)
{
	const char *value = arena_printf(kit->arena,
	    " v=1; a=rsa-sha256; c=relaxed/relaxed; d=bank.example; s=s;"
	    " h=%s; bh=%s; b=",
	    names, body_hash(kit, body));

	put(kit, signed_fields, arena_printf(kit->arena, "%sAAAA", value));
	put(kit, shown, arena_printf(kit->arena, "%s%s", value, sign(kit)));
}

struct restore_query
restore_kit_query(
    struct restore_kit *kit, struct span body, enum dkim_body_match state)
{
	kit->signature.body = state;
	return (struct restore_query){ .headers = &kit->headers,
		.body = body,
		.signature = &kit->signature,
		.key = kit->key,
		.from_domain = SPAN("bank.example"),
		.lister = SPAN("lists.example") };
}
