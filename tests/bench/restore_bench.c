/*
 * What undoing a mailing list's changes costs beyond the verification that has
 * failed: microseconds of CPU a message with a body of 10 KB, for each way
 * that it can end.
 *
 *   make tests/bench/restore_bench && tests/bench/restore_bench [ROUNDS]
 */
#include "config.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "policy/restore/restore.h"
#include "rules/base/buf.h"
#include "rules/base/panic.h"

#define BODY_OCTETS 10240

#define FOOTER                                                \
	"_______________________________________________\r\n" \
	"Talk mailing list -- talk@lists.example\r\n"         \
	"To unsubscribe send an email to talk-leave@lists.example\r\n"

/* A signed message as a list hands it on. */
struct bench {
	EVP_PKEY *pkey;
	struct dkim_keys *keys;
	struct dkim_key *key;
	struct buf body; /* the author's */
	struct dkim_signature signature;
	struct header_list headers;
	struct arena *arena;
};

static double
cpu_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
bench_need(bool good, const char *what)
{
	if (!good)
		panic("%s", what);
}

static void
bench_key(struct bench *b)
{
	unsigned char *der = NULL;
	char record[2048] = "v=DKIM1; k=rsa; p=";
	const char *why = "";
	int n;

	b->pkey = EVP_RSA_gen(2048);
	n = i2d_PUBKEY(b->pkey, &der);
	bench_need(n > 0, "no key");
	(void)EVP_EncodeBlock((unsigned char *)record + strlen(record), der, n);
	OPENSSL_free(der);
	b->keys = dkim_keys_new(4);
	b->key = dkim_keys_get(b->keys, span_of(record), &why);
	bench_need(b->key != NULL, why);
}

static void
bench_base64(const uint8_t *octets, size_t n, char *out)
{
	(void)EVP_EncodeBlock((unsigned char *)out, octets, (int)n);
}

static void
bench_field(struct bench *b, const char *name, const char *raw)
{
	(void)header_add(&b->headers, span_of(name), span_of(raw));
}

static void
bench_body_hash(struct span body, uint8_t hash[HASH_SHA256_OCTETS])
{
	const struct dkim_variant variant = { DKIM_RELAXED, DKIM_LENGTH_ALL };
	struct dkim_body *body_hash = dkim_body_new(&variant, 1);

	dkim_body_feed(body_hash, body);
	dkim_body_end(body_hash);
	memcpy(hash, dkim_body_hash(body_hash, 0), HASH_SHA256_OCTETS);
	dkim_body_free(&body_hash);
}

/* The header with this Subject and a signature whose b= is this. */
static void
bench_header(struct bench *b, const char *subject, const char *signature)
{
	const struct dkim_sig_limits limits = { .skew_s = 1 };
	uint8_t hash[HASH_SHA256_OCTETS];
	char bh[64];

	bench_body_hash(buf_span(&b->body), hash);
	bench_base64(hash, sizeof(hash), bh);
	header_list_init(&b->headers, b->arena);
	bench_field(b, "DKIM-Signature",
	    arena_printf(b->arena,
		" v=1; a=rsa-sha256; c=relaxed/relaxed; d=bank.example; s=s;"
		" h=from:to:subject:date:message-id:mime-version:content-type;"
		" bh=%s; b=%s",
		bh, signature));
	bench_field(b, "List-Id", " <talk.lists.example>");
	bench_field(b, "From", " Ann <ann@bank.example>");
	bench_field(b, "To", " talk@lists.example");
	bench_field(b, "Subject", subject);
	bench_field(b, "Date", " Thu, 1 Jan 2026 00:00:00 +0000");
	bench_field(b, "Message-ID", " <1@bank.example>");
	bench_field(b, "MIME-Version", " 1.0");
	bench_field(b, "Content-Type", " text/plain; charset=us-ascii");
	bench_need(dkim_sig_parse(b->arena, b->headers.field[0].raw, &limits,
		       &b->signature.sig, &b->signature.outcome),
	    "no signature");
	b->signature.field = 0;
}

/* Signs what the author wrote, then puts the list's Subject there. */
static void
bench_sign(struct bench *b)
{
	unsigned char signature[512];
	char text[1024];
	size_t n = sizeof(signature);
	struct span signed_text;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	bench_header(b, " Minutes", "AAAA");
	signed_text = dkim_headers_text(dkim_headers_new(b->arena, &b->headers),
	    b->arena, &b->signature.sig, 0);
	bench_need(
	    EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, b->pkey) == 1 &&
		EVP_DigestSign(ctx, signature, &n,
		    (const unsigned char *)signed_text.p, signed_text.n) == 1,
	    "no signature made");
	EVP_MD_CTX_free(ctx);
	bench_base64(signature, n, text);
	bench_header(b, " [talk] Minutes", text);
}

static void
bench_run(struct bench *b, const char *label, struct span body, bool found,
    int rounds)
{
	struct restore_query q = { .headers = &b->headers,
		.body = body,
		.signature = &b->signature,
		.key = b->key,
		.from_domain = SPAN("bank.example"),
		.lister = SPAN("lists.example") };
	double start = cpu_us();

	for (int i = 0; i < rounds; i++) {
		struct arena *a = arena_new();
		struct restore_body what;
		struct restored restored;
		bool good = restore_find_body(&q, a, &what) &&
			    restore_find(&q, &what, a, &restored);

		bench_need(good == found, label);
		arena_free(&a);
	}
	(void)printf("%-44s %7.1f us\n", label, (cpu_us() - start) / rounds);
}

int
main(int argc, char **argv)
{
	struct bench b = { .arena = arena_new() };
	int rounds = argc > 1 ? atoi(argv[1]) : 20000;
	struct buf handed_on;

	bench_key(&b);
	buf_init(&b.body, 65536);
	while (b.body.n < BODY_OCTETS)
		(void)buf_addz(&b.body,
		    "The meeting is on Thursday at ten, in the small room.\r\n");
	bench_sign(&b);
	buf_init(&handed_on, 65536);
	(void)buf_add(&handed_on, buf_span(&b.body));
	b.signature.body = DKIM_BODY_GOOD;
	bench_run(&b, "a tag in the Subject", buf_span(&b.body), true, rounds);
	b.signature.body = DKIM_BODY_ALTERED;
	(void)buf_addz(&handed_on, FOOTER);
	bench_run(&b, "a tag and a footer", buf_span(&handed_on), true, rounds);
	handed_on.p[1] = 'x';
	bench_run(
	    &b, "a word changed: lost", buf_span(&handed_on), false, rounds);
	handed_on.p[1] = (char)0xe9;
	bench_run(&b, "the same, not ASCII: other encodings are tried",
	    buf_span(&handed_on), false, rounds / 4 + 1);
	buf_free(&handed_on);
	buf_free(&b.body);
	dkim_key_unref(&b.key);
	dkim_keys_free(&b.keys);
	EVP_PKEY_free(b.pkey);
	arena_free(&b.arena);
	return 0;
}
