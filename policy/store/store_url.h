#ifndef POLICY_STORE_STORE_URL_H
#define POLICY_STORE_STORE_URL_H

/* The address of a Redis; for store_redis.c. */

#include "policy/store/store.h"

#define STORE_SERVERS_MAX ((size_t)8)

struct store_server {
	char *host;
	int port;
};

struct store_url {
	char *path; /* of a unix socket, and there are no servers */
	struct store_server server[STORE_SERVERS_MAX]; /* in their order */
	size_t server_count;
	/* The servers are sentinels, which know whose turn it is; NULL: they
	 * are Redis themselves. */
	char *service;
	char *user, *password;
	int db;
	bool tls;
};

/*
 * redis://[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT]...][/DB], the first of them
 * that takes changes;
 * redis+sentinel://[USER:PASSWORD@]HOST[:PORT][,...]/SERVICE[/DB];
 * both with rediss for TLS; or unix:PATH. shown is the same without password,
 * for messages. False with why, which shows none, either; store_url_free
 * either way.
 */
bool store_url_read(const char *url, struct store_url *out,
    char shown[STORE_WHY_MAX], char why[STORE_WHY_MAX]);
void store_url_free(struct store_url *u);

#endif
