#ifndef POLICY_STORE_STORE_URL_H
#define POLICY_STORE_STORE_URL_H

/* The address of a Redis; for store_redis.c. */

#include "policy/store/store.h"

struct store_url {
	char *host; /* NULL: path is a unix socket */
	char *path;
	char *user, *password;
	int port, db;
	bool tls;
};

/*
 * redis://[USER:PASSWORD@]HOST[:PORT][/DB], the same with rediss:// for TLS,
 * or unix:PATH. shown is the same
 * without password, for messages. False with why, which shows none, either;
 * store_url_free either way.
 */
bool store_url_read(const char *url, struct store_url *out,
    char shown[STORE_WHY_MAX], char why[STORE_WHY_MAX]);
void store_url_free(struct store_url *u);

#endif
