/*
 * OpenSSL's side of the connection to Redis.
 */
#include "config.h"

#include "policy/store/redis_tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

#include "rules/base/panic.h"

struct redis_tls_context {
	SSL_CTX *handle;
};

struct redis_tls {
	SSL *handle;
	char why[REDIS_TLS_WHY_MAX];
};

/* The newest of this thread's errors; the queue is emptied. */
static void
tls_error(const char *what, char why[REDIS_TLS_WHY_MAX])
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = ERR_reason_error_string(code);

	(void)snprintf(why, REDIS_TLS_WHY_MAX, "%.100s: %.80s", what,
	    reason != NULL ? reason : "the connection ended");
	ERR_clear_error();
}

/* ---- what is trusted ----------------------------------------------------- */

static bool
context_trust(SSL_CTX *c, const char *ca, char why[REDIS_TLS_WHY_MAX])
{
	bool ok = ca[0] == '\0'
		      ? SSL_CTX_set_default_verify_paths(c) == 1
		      : SSL_CTX_load_verify_locations(c, ca, NULL) == 1;

	if (!ok)
		tls_error(ca, why);
	return ok;
}

static bool
context_show(SSL_CTX *c, const char *certificate, const char *key,
    char why[REDIS_TLS_WHY_MAX])
{
	if (certificate[0] == '\0')
		return true;
	if (SSL_CTX_use_certificate_chain_file(c, certificate) != 1) {
		tls_error(certificate, why);
		return false;
	}
	key = key[0] == '\0' ? certificate : key;
	if (SSL_CTX_use_PrivateKey_file(c, key, SSL_FILETYPE_PEM) == 1)
		return true;
	tls_error(key, why);
	return false;
}

struct redis_tls_context *
redis_tls_context_new(const char *ca, const char *certificate, const char *key,
    char why[REDIS_TLS_WHY_MAX])
{
	struct redis_tls_context *c = xcalloc(1, sizeof(*c));

	ERR_clear_error();
	c->handle = SSL_CTX_new(TLS_client_method());
	if (c->handle == NULL) {
		tls_error("TLS", why);
	} else if (SSL_CTX_set_min_proto_version(c->handle, TLS1_2_VERSION) &&
		   context_trust(c->handle, ca, why) &&
		   context_show(c->handle, certificate, key, why)) {
		SSL_CTX_set_verify(c->handle, SSL_VERIFY_PEER, NULL);
		return c;
	}
	redis_tls_context_free(&c);
	return NULL;
}

void
redis_tls_context_free(struct redis_tls_context **c)
{
	if (*c == NULL)
		return;
	SSL_CTX_free((*c)->handle);
	free(*c);
	*c = NULL;
}

/* ---- a connection -------------------------------------------------------- */

/* An address is compared with the certificate's addresses, and is no name to
 * ask for (RFC 6066, section 3). */
static bool
tls_name(SSL *s, const char *host)
{
	unsigned char octets[16];
	char name[256]; /* libssl's macro casts const away; it copies */

	if (inet_pton(AF_INET, host, octets) == 1 ||
	    inet_pton(AF_INET6, host, octets) == 1)
		return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(s), host) ==
		       1;
	return snprintf(name, sizeof(name), "%s", host) < (int)sizeof(name) &&
	       SSL_set1_host(s, name) == 1 &&
	       SSL_set_tlsext_host_name(s, name) == 1;
}

struct redis_tls *
redis_tls_new(struct redis_tls_context *c, const char *host, int fd)
{
	struct redis_tls *t = xcalloc(1, sizeof(*t));

	t->handle = SSL_new(c->handle);
	if (t->handle != NULL && tls_name(t->handle, host) &&
	    SSL_set_fd(t->handle, fd) == 1) {
		(void)SSL_set_mode(
		    t->handle, SSL_MODE_ENABLE_PARTIAL_WRITE |
				   SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
		return t;
	}
	redis_tls_free(&t);
	return NULL;
}

/* Nothing is said good-bye: the other side may be anywhere in an answer. */
void
redis_tls_free(struct redis_tls **t)
{
	if (*t == NULL)
		return;
	SSL_free((*t)->handle);
	free(*t);
	*t = NULL;
	ERR_clear_error();
}

static enum redis_tls_step
tls_step(struct redis_tls *t, int result, const char *what)
{
	long verified;

	if (result == 1)
		return REDIS_TLS_DONE;
	switch (SSL_get_error(t->handle, result)) {
	case SSL_ERROR_WANT_READ:
		return REDIS_TLS_READ;
	case SSL_ERROR_WANT_WRITE:
		return REDIS_TLS_WRITE;
	default:
		break;
	}
	verified = SSL_get_verify_result(t->handle);
	if (verified != X509_V_OK) {
		(void)snprintf(t->why, sizeof(t->why),
		    "its certificate: %.150s",
		    X509_verify_cert_error_string(verified));
		ERR_clear_error();
	} else {
		tls_error(what, t->why);
	}
	return REDIS_TLS_ENDED;
}

enum redis_tls_step
redis_tls_greet(struct redis_tls *t)
{
	ERR_clear_error();
	return tls_step(t, SSL_connect(t->handle), "TLS");
}

enum redis_tls_step
redis_tls_read(struct redis_tls *t, char *p, size_t size, size_t *n)
{
	ERR_clear_error();
	return tls_step(t, SSL_read_ex(t->handle, p, size, n), "TLS");
}

enum redis_tls_step
redis_tls_write(struct redis_tls *t, const char *p, size_t size, size_t *n)
{
	ERR_clear_error();
	return tls_step(t, SSL_write_ex(t->handle, p, size, n), "TLS");
}

const char *
redis_tls_why(const struct redis_tls *t)
{
	return t->why;
}
