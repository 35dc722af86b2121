/*
 * The limit: what nobody who verifies a signature can do without. A bare loop
 * of the milter protocol, in one thread, that answers nothing but the end of a
 * message, and there has hashed the message's octets (SHA-256) and verified one
 * signature (RSA, 2048 bits). It reads no field and asks nobody.
 *
 *   limit_milter local:PATH
 */
#include "config.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "rules/base/buf.h"
#include "rules/base/panic.h"

#define PIECE   65536
#define WAITING 512
/* SMFIP_: no answer to CONNECT, HELO, MAIL, RCPT, fields, end of header and
 * body; no DATA, nothing unknown. Version 6 and no actions. */
#define OPTIONS "\0\0\0\x06\0\0\0\0\0\x0c\xf3\x80"

struct connection {
	int fd;
	struct buf in;
	EVP_MD_CTX *hash;
};

struct signer {
	EVP_PKEY *key;
	unsigned char hash[32], signature[256];
	size_t size;
};

static void
must(bool ok, const char *what)
{
	if (!ok)
		panic("limit_milter: %s", what);
}

static void
signer_make(struct signer *s)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	s->key = EVP_RSA_gen(2048);
	s->size = sizeof(s->signature);
	memset(s->hash, 'x', sizeof(s->hash));
	must(s->key != NULL && ctx != NULL &&
		 EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, s->key) ==
		     1 &&
		 EVP_DigestSign(ctx, s->signature, &s->size, s->hash,
		     sizeof(s->hash)) == 1,
	    "no key");
	EVP_MD_CTX_free(ctx);
}

static void
signer_verify(const struct signer *s)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	must(ctx != NULL &&
		 EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, s->key) ==
		     1 &&
		 EVP_DigestVerify(
		     ctx, s->signature, s->size, s->hash, sizeof(s->hash)) == 1,
	    "a signature that does not hold");
	EVP_MD_CTX_free(ctx);
}

static void
connection_say(const struct connection *c, struct span packet)
{
	must(send(c->fd, packet.p, packet.n, MSG_NOSIGNAL) == (ssize_t)packet.n,
	    "an answer that is not taken");
}

/* One packet: its command and what comes with it. False: QUIT. */
static bool
connection_packet(
    struct connection *c, const struct signer *s, struct span packet)
{
	unsigned char hash[EVP_MAX_MD_SIZE];

	switch (packet.p[0]) {
	case 'O':
		connection_say(c, SPAN("\0\0\0\x0dO" OPTIONS));
		break;
	case 'M':
		must(EVP_DigestInit_ex(c->hash, EVP_sha256(), NULL) == 1,
		    "no hash");
		break;
	case 'L':
	case 'B':
		(void)EVP_DigestUpdate(c->hash, packet.p + 1, packet.n - 1);
		break;
	case 'E':
		(void)EVP_DigestFinal_ex(c->hash, hash, NULL);
		signer_verify(s);
		connection_say(c, SPAN("\0\0\0\x01"
				       "a"));
		break;
	case 'Q':
		return false;
	default:
		break;
	}
	return true;
}

/* Runs the whole packets of what has been read. */
static bool
connection_packets(struct connection *c, const struct signer *s)
{
	bool more = true;
	size_t at = 0;

	while (more && c->in.n - at > 4) {
		const unsigned char *p = (unsigned char *)c->in.p + at;
		size_t n = (size_t)p[0] << 24 | (size_t)p[1] << 16 |
			   (size_t)p[2] << 8 | p[3];

		if (n == 0 || c->in.n - at - 4 < n)
			break;
		more = connection_packet(c, s, span_make(c->in.p + at + 4, n));
		at += 4 + n;
	}
	c->in.n -= at;
	memmove(c->in.p, c->in.p + at, c->in.n);
	return more;
}

static void
connection_turn(struct connection *c, const struct signer *s, char *piece)
{
	ssize_t n = recv(c->fd, piece, PIECE, 0);

	if (n > 0 && buf_add(&c->in, span_make(piece, (size_t)n)) &&
	    connection_packets(c, s))
		return;
	(void)close(c->fd);
	buf_free(&c->in);
	EVP_MD_CTX_free(c->hash);
	free(c);
}

static void
connection_new(int epoll, int listener)
{
	struct connection *c = xcalloc(1, sizeof(*c));
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = c };

	buf_init(&c->in, (size_t)64 << 20);
	c->hash = EVP_MD_CTX_new();
	c->fd = accept(listener, NULL, NULL);
	must(c->fd >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &e) == 0,
	    "a connection that cannot be had");
}

int
main(int argc, char **argv)
{
	static char piece[PIECE];
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct epoll_event e = { .events = EPOLLIN }, ready[WAITING];
	int listener = socket(AF_UNIX, SOCK_STREAM, 0),
	    epoll = epoll_create1(0);
	struct signer s;

	must(argc == 2 && strncmp(argv[1], "local:", 6) == 0, "local:PATH");
	(void)snprintf(at.sun_path, sizeof(at.sun_path), "%s", argv[1] + 6);
	signer_make(&s);
	must(bind(listener, (struct sockaddr *)&at, sizeof(at)) == 0 &&
		 listen(listener, 1024) == 0 &&
		 epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &e) == 0,
	    "the socket cannot be had");
	for (;;) {
		int n = epoll_wait(epoll, ready, WAITING, -1);

		for (int i = 0; i < n; i++)
			if (ready[i].data.ptr == NULL)
				connection_new(epoll, listener);
			else
				connection_turn(ready[i].data.ptr, &s, piece);
	}
}
