/*
 * What verifying DKIM costs: microseconds of CPU a message, by our code with
 * the key kept, and by libopendkim alone with a key lookup that answers at
 * once. Both verify the same message in the same run, which makes the ratio
 * worth more than the figures.
 *
 *   make tests/bench/dkim_bench && tests/bench/dkim_bench [ROUNDS]
 */
#include "config.h"

#include <opendkim/dkim.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "policy/dkim/dkim_message.h"
#include "rules/base/buf.h"
#include "rules/base/panic.h"

#define BODY_OCTETS 10240

/* A signed message and its key. */
struct bench {
	DKIM_LIB *library;
	struct buf message;
	struct span body;
	char *private_pem;
	char record[2048];
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
bench_key(struct bench *b, unsigned bits)
{
	EVP_PKEY *key = EVP_RSA_gen(bits);
	BIO *pem = BIO_new(BIO_s_mem());
	unsigned char *der = NULL;
	char *text;
	int n = i2d_PUBKEY(key, &der);
	long pem_n;

	bench_need(n > 0 && PEM_write_bio_PrivateKey_traditional(
				pem, key, NULL, NULL, 0, NULL, NULL) == 1,
	    "no key");
	pem_n = BIO_get_mem_data(pem, &text);
	b->private_pem = xcalloc(1, (size_t)pem_n + 1);
	memcpy(b->private_pem, text, (size_t)pem_n);
	(void)strcpy(b->record, "v=DKIM1; k=rsa; p=");
	(void)EVP_EncodeBlock(
	    (unsigned char *)b->record + strlen(b->record), der, n);
	OPENSSL_free(der);
	BIO_free(pem);
	EVP_PKEY_free(key);
}

static void
bench_text(struct bench *b, struct buf *head, struct buf *body)
{
	for (int i = 0; i < 12; i++)
		(void)buf_printf(head,
		    "Received: from mail%d.example.org by mx.example.net with "
		    "ESMTPS id %08x\r\n\tfor <bob@example.net>; Thu, 1 Jan "
		    "2026 00:00:%02d +0000\r\n",
		    i, i * 977, i);
	(void)buf_addz(head, "From: Alice <alice@example.org>\r\n"
			     "To: Bob <bob@example.net>\r\n"
			     "Subject: Minutes of the meeting\r\n"
			     "Date: Thu, 1 Jan 2026 00:00:00 +0000\r\n"
			     "Message-ID: <1@example.org>\r\n"
			     "MIME-Version: 1.0\r\n"
			     "Content-Type: text/plain; charset=utf-8\r\n");
	for (int i = 0; body->n < BODY_OCTETS; i++)
		(void)buf_printf(body,
		    "This is line %d  of a text that says "
		    "little, at some length.\r\n%s",
		    i, i % 9 == 0 ? "\r\n" : "");
	(void)b;
}

/* Each field of the text, without its line end, to the library. */
static void
bench_fields(DKIM *handle, struct span head)
{
	size_t from = 0;

	for (size_t i = 0; i + 1 < head.n; i++) {
		if (head.p[i] != '\r' ||
		    (i + 2 < head.n && ascii_space(head.p[i + 2])))
			continue;
		bench_need(dkim_header(handle,
			       (unsigned char *)(uintptr_t)(head.p + from),
			       i - from) == DKIM_STAT_OK,
		    "dkim_header");
		from = i + 2;
	}
}

static unsigned char *
bench_octets(const char *text)
{
	return (unsigned char *)(uintptr_t)text;
}

static void
bench_sign(struct bench *b)
{
	struct buf head, body;
	unsigned char *value;
	size_t value_n;
	DKIM_STAT status;
	DKIM *handle = dkim_sign(b->library, bench_octets("id"), NULL,
	    bench_octets(b->private_pem), bench_octets("s"),
	    bench_octets("example.org"), DKIM_CANON_RELAXED, DKIM_CANON_RELAXED,
	    DKIM_SIGN_RSASHA256, -1, &status);

	buf_init(&head, 1 << 16);
	buf_init(&body, 1 << 16);
	bench_text(b, &head, &body);
	bench_need(handle != NULL, "dkim_sign");
	bench_fields(handle, buf_span(&head));
	bench_need(
	    dkim_eoh(handle) == DKIM_STAT_OK &&
		dkim_body(handle, bench_octets(body.p), body.n) ==
		    DKIM_STAT_OK &&
		dkim_eom(handle, NULL) == DKIM_STAT_OK &&
		dkim_getsighdr_d(handle, 16, &value, &value_n) == DKIM_STAT_OK,
	    "signing failed");
	buf_init(&b->message, 1 << 17);
	(void)buf_addz(&b->message, "DKIM-Signature: ");
	for (size_t i = 0; i < value_n; i++)
		if (value[i] == '\n')
			(void)buf_addz(&b->message, "\r\n");
		else if (value[i] != '\r')
			(void)buf_addc(&b->message, (char)value[i]);
	(void)buf_addz(&b->message, "\r\n");
	(void)buf_add(&b->message, buf_span(&head));
	(void)buf_addz(&b->message, "\r\n");
	(void)buf_add(&b->message, buf_span(&body));
	(void)dkim_free(handle);
	buf_free(&head);
	buf_free(&body);
}

/* ---- ours ----------------------------------------------------------------- */

static double
bench_ours(struct bench *b, int rounds)
{
	struct dns_zone *zone = dns_zone_new();
	struct resolver *resolver = resolver_zone(zone);
	struct dkim_keys *keys = dkim_keys_new(16);
	struct dkim_options options = { .signatures = 10,
		.bits_min = 1024,
		.limits = { .now_s = time(NULL), .skew_s = 300 } };
	struct arena *message = arena_new();
	struct header_list list;
	unsigned anomalies = 0;
	double start;

	dns_zone_txt(
	    zone, SPAN("s._domainkey.example.org"), span_of(b->record));
	header_list_init(&list, message);
	header_split(buf_span(&b->message), &list, &b->body, &anomalies);
	start = cpu_us();
	for (int i = 0; i < rounds; i++) {
		struct arena *a = arena_new();
		struct dns_batch *dns = dns_batch_new(resolver, a);
		struct dkim_message *dm =
		    dkim_message_new(a, dns, keys, &options);

		dkim_message_field(dm, &list.field[0], 0);
		dkim_message_header(dm, &list);
		dkim_message_body(dm, b->body);
		bench_need(
		    dkim_message_judge(dm) &&
			dkim_message_get(dm, 0)->outcome.result == DKIM_PASS,
		    "our result");
		dkim_message_free(&dm);
		dns_batch_free(&dns);
		arena_free(&a);
	}
	start = cpu_us() - start;
	arena_free(&message);
	dkim_keys_free(&keys);
	resolver_free(&resolver);
	dns_zone_free(&zone);
	return start / rounds;
}

/* ---- the library alone ---------------------------------------------------- */

static DKIM_CBSTAT
bench_lookup(DKIM *handle, DKIM_SIGINFO *sig, unsigned char *out, size_t size)
{
	const struct bench *b = dkim_get_user_context(handle);

	(void)sig;
	(void)snprintf((char *)out, size, "%s", b->record);
	return DKIM_CBSTAT_CONTINUE;
}

static double
bench_library(struct bench *b, int rounds)
{
	struct span head = { b->message.p,
		b->message.n - b->body.n - strlen("\r\n") };
	double start;
	DKIM_STAT status;

	(void)dkim_set_key_lookup(b->library, bench_lookup);
	start = cpu_us();
	for (int i = 0; i < rounds; i++) {
		DKIM *handle =
		    dkim_verify(b->library, bench_octets("id"), NULL, &status);

		(void)dkim_set_user_context(handle, b);
		bench_fields(handle, head);
		bench_need(dkim_eoh(handle) == DKIM_STAT_OK &&
			       dkim_body(handle, bench_octets(b->body.p),
				   b->body.n) == DKIM_STAT_OK &&
			       dkim_eom(handle, NULL) == DKIM_STAT_OK,
		    "the library's result");
		(void)dkim_free(handle);
	}
	return (cpu_us() - start) / rounds;
}

int
main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 2000;
	static const unsigned sizes[] = { 1024, 2048, 4096 };

	(void)printf("message of %d octets, relaxed/relaxed, %d rounds\n",
	    BODY_OCTETS, rounds);
	for (size_t i = 0; i < ARRAY_COUNT(sizes) && rounds > 0; i++) {
		struct bench b = { .library = dkim_init(NULL, NULL) };
		double ours, library;

		bench_key(&b, sizes[i]);
		bench_sign(&b);
		(void)bench_ours(&b, rounds / 10 + 1);
		ours = bench_ours(&b, rounds);
		library = bench_library(&b, rounds);
		(void)printf("RSA %u: %.1f us, libopendkim alone %.1f us, "
			     "ratio %.2f\n",
		    sizes[i], ours, library, ours / library);
		dkim_close(b.library);
		buf_free(&b.message);
		free(b.private_pem);
	}
	return 0;
}
