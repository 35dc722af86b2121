#ifndef POLICY_STORE_REDIS_TLS_H
#define POLICY_STORE_REDIS_TLS_H

/*
 * TLS over a socket that does not block, for the connection to Redis. The
 * server shows a certificate for the name that it is asked by.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct redis_tls_context; /* of the store: what is trusted */
struct redis_tls;         /* of one connection */

#define REDIS_TLS_WHY_MAX 200

/*
 * Paths, "" for none. ca: trusted besides nobody else; "": what the system
 * trusts. certificate and key: shown to a server that asks. NULL: why.
 */
struct redis_tls_context *redis_tls_context_new(const char *ca,
    const char *certificate, const char *key, char why[REDIS_TLS_WHY_MAX]);
void redis_tls_context_free(struct redis_tls_context **c);

/* Over a connected socket, which stays the caller's. */
struct redis_tls *redis_tls_new(
    struct redis_tls_context *c, const char *host, int fd);
void redis_tls_free(struct redis_tls **t);

enum redis_tls_step {
	REDIS_TLS_DONE,
	REDIS_TLS_READ,  /* wait until it can be read, then again */
	REDIS_TLS_WRITE, /* until it can be written */
	REDIS_TLS_ENDED, /* redis_tls_why says why */
};
/* The handshake. */
enum redis_tls_step redis_tls_greet(struct redis_tls *t);
/* DONE: *n octets, at least one. */
enum redis_tls_step redis_tls_read(
    struct redis_tls *t, char *p, size_t size, size_t *n);
enum redis_tls_step redis_tls_write(
    struct redis_tls *t, const char *p, size_t size, size_t *n);
const char *redis_tls_why(const struct redis_tls *t);

#endif
