/*
 * One handshake with OpenSSL. Every protocol and cipher is allowed, so that
 * an old server can be told to be old; nothing but QUIT is ever sent over the
 * connection.
 */
#include "config.h"

#include "tool/doctor/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define CHAIN_OCTETS_MAX 100000 /* of all certificates of a server */

/* Copies text with nothing but printable ASCII in it, behind what is there. */
static void
text_add(char out[TLS_TEXT_MAX], const char *text, size_t n)
{
	size_t at = strlen(out);

	for (size_t i = 0; i < n && at + 1 < TLS_TEXT_MAX; i++)
		out[at++] = (unsigned char)text[i] < ' ' ||
				    (unsigned char)text[i] >= 0x7f
				? '?'
				: text[i];
	out[at] = '\0';
}

static void
text_set(char out[TLS_TEXT_MAX], const char *text)
{
	out[0] = '\0';
	text_add(out, text, strlen(text));
}

/* ---- the handshake ------------------------------------------------------- */

static SSL_CTX *
context_new(void)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	if (ctx == NULL)
		return NULL;
	/* 0: whatever the library still knows. */
	(void)SSL_CTX_set_min_proto_version(ctx, 0);
	(void)SSL_CTX_set_max_proto_version(ctx, 0);
	SSL_CTX_set_security_level(ctx, 0);
	(void)SSL_CTX_set_cipher_list(ctx, "ALL:COMPLEMENTOFDEFAULT:!eNULL");
	SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
	SSL_CTX_set_max_cert_list(ctx, CHAIN_OCTETS_MAX);
	(void)SSL_CTX_dane_enable(ctx);
	return ctx;
}

/* The macro takes the const off what it is given; a host name is short. */
static void
name_send(SSL *ssl, const char *host)
{
	char name[256];

	if ((size_t)snprintf(name, sizeof(name), "%s", host) < sizeof(name))
		(void)SSL_set_tlsext_host_name(ssl, name);
}

/* RFC 7672 3.1.3: usages 0 and 1 are not for SMTP. */
static void
records_add(SSL *ssl, const struct tls_question *q, struct tls_answer *a)
{
	if (q->tlsa_count == 0 || SSL_dane_enable(ssl, q->host) != 1) {
		name_send(ssl, q->host);
		return;
	}
	(void)SSL_dane_set_flags(ssl, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
	for (size_t i = 0; i < q->tlsa_count; i++) {
		const uint8_t *octets = (const uint8_t *)q->tlsa[i].p;

		if (q->tlsa[i].n > 3 && (octets[0] == 2 || octets[0] == 3) &&
		    SSL_dane_tlsa_add(ssl, octets[0], octets[1], octets[2],
			octets + 3, q->tlsa[i].n - 3) == 1)
			a->tlsa_usable++;
	}
}

static bool
handshake_failed(struct smtp *s, struct tls_answer *a)
{
	const char *reason = ERR_reason_error_string(ERR_peek_error());

	text_set(a->why, s->why[0] != '\0' ? s->why
			 : reason != NULL  ? reason
					   : "the connection was closed");
	return false;
}

static bool
handshake(struct smtp *s, SSL *ssl, struct tls_answer *a)
{
	s->why[0] = '\0';
	ERR_clear_error();
	for (;;) {
		int done = SSL_connect(ssl), wants;

		if (done == 1)
			return true;
		wants = SSL_get_error(ssl, done);
		if ((wants != SSL_ERROR_WANT_READ &&
			wants != SSL_ERROR_WANT_WRITE) ||
		    !smtp_wait(
			s, wants == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT))
			return handshake_failed(s, a);
	}
}

/* ---- the certificate ----------------------------------------------------- */

static void
names_read(X509 *x, struct tls_answer *a)
{
	GENERAL_NAMES *all =
	    X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	char common[128];

	for (int i = 0; i < sk_GENERAL_NAME_num(all); i++) {
		const GENERAL_NAME *one = sk_GENERAL_NAME_value(all, i);

		if (one->type != GEN_DNS)
			continue;
		if (a->names[0] != '\0')
			text_add(a->names, ", ", 2);
		text_add(a->names,
		    (const char *)ASN1_STRING_get0_data(one->d.dNSName),
		    (size_t)ASN1_STRING_length(one->d.dNSName));
	}
	GENERAL_NAMES_free(all);
	if (a->names[0] == '\0' &&
	    X509_NAME_get_text_by_NID(X509_get_subject_name(x), NID_commonName,
		common, sizeof(common)) > 0)
		text_set(a->names, common);
}

static void
times_read(X509 *x, struct tls_answer *a)
{
	int days = 0, seconds = 0;
	struct tm tm;

	if (ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(x)) == 1)
		a->days_left = seconds < 0 ? days - 1 : days;
	if (ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notBefore(x)) == 1)
		a->too_early = days > 0 || seconds > 0;
	if (ASN1_TIME_to_tm(X509_get0_notAfter(x), &tm) == 1)
		(void)strftime(a->until, sizeof(a->until), "%Y-%m-%d", &tm);
}

/* By the authorities of this machine. */
static void
chain_check(SSL *ssl, X509 *x, struct tls_answer *a)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	int error;

	if (store != NULL && ctx != NULL &&
	    X509_STORE_set_default_paths(store) == 1 &&
	    X509_STORE_CTX_init(ctx, store, x, SSL_get_peer_cert_chain(ssl)) ==
		1 &&
	    X509_STORE_CTX_set_default(ctx, "ssl_server") == 1 &&
	    X509_verify_cert(ctx) == 1)
		a->chain[0] = '\0';
	else {
		error = ctx == NULL ? X509_V_ERR_UNSPECIFIED
				    : X509_STORE_CTX_get_error(ctx);
		if ((error != X509_V_ERR_CERT_HAS_EXPIRED &&
			error != X509_V_ERR_CERT_NOT_YET_VALID) ||
		    X509_STORE_CTX_get_error_depth(ctx) > 0)
			text_set(
			    a->chain, X509_verify_cert_error_string(error));
	}
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
}

/* The record that pins the key, which outlives a renewed certificate. */
static void
record_make(X509 *x, struct tls_answer *a)
{
	unsigned char digest[EVP_MAX_MD_SIZE], *der = NULL;
	int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &der);
	unsigned size = 0;
	size_t at;

	if (n <= 0 ||
	    EVP_Digest(der, (size_t)n, digest, &size, EVP_sha256(), NULL) != 1)
		size = 0;
	OPENSSL_free(der);
	if (size == 0)
		return;
	at = (size_t)snprintf(a->tlsa_right, sizeof(a->tlsa_right), "3 1 1 ");
	for (unsigned i = 0; i < size && at + 2 < sizeof(a->tlsa_right); i++)
		at += (size_t)snprintf(a->tlsa_right + at,
		    sizeof(a->tlsa_right) - at, "%02x", digest[i]);
}

static void
records_check(SSL *ssl, struct tls_answer *a)
{
	uint8_t usage = 0;

	if (a->tlsa_usable == 0)
		return;
	a->tlsa_matches = SSL_get0_dane_authority(ssl, NULL, NULL) >= 0 &&
			  SSL_get_verify_result(ssl) == X509_V_OK;
	if (a->tlsa_matches &&
	    SSL_get0_dane_tlsa(ssl, &usage, NULL, NULL, NULL, NULL) >= 0)
		a->tlsa_pins_key = usage == 3;
}

static bool
certificate_read(SSL *ssl, const struct tls_question *q, struct tls_answer *a)
{
	X509 *x = SSL_get0_peer_certificate(ssl);

	if (x == NULL) {
		text_set(a->why, "the server has no certificate");
		return false;
	}
	a->name_matches =
	    X509_check_host(x, q->host, strlen(q->host), 0, NULL) == 1;
	names_read(x, a);
	times_read(x, a);
	chain_check(ssl, x, a);
	record_make(x, a);
	records_check(ssl, a);
	return true;
}

bool
tls_look(struct smtp *s, const struct tls_question *q, struct tls_answer *a)
{
	SSL_CTX *ctx = context_new();
	SSL *ssl = ctx == NULL ? NULL : SSL_new(ctx);
	bool ok = false;

	memset(a, 0, sizeof(*a));
	text_set(a->why, "OpenSSL does not start");
	if (ssl != NULL && SSL_set_fd(ssl, s->fd) == 1) {
		records_add(ssl, q, a);
		ok = handshake(s, ssl, a) && certificate_read(ssl, q, a);
	}
	if (ok) {
		a->protocol = SSL_get_version(ssl);
		a->old = SSL_version(ssl) < TLS1_2_VERSION;
		/* A polite end; nobody waits for the answer. */
		(void)SSL_write(ssl, "QUIT\r\n", 6);
		(void)SSL_shutdown(ssl);
	}
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	ERR_clear_error();
	return ok;
}
