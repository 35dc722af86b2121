#ifndef POLICY_BASE_POSTGRES_H
#define POLICY_BASE_POSTGRES_H

/*
 * The seam to libpq: a connection, a statement, its rows. Nobody else includes
 * libpq-fe.h. Every call waits for the server, but never longer than the
 * connection's timeout, and ends at once when *stop becomes true. One thread
 * at a time for a connection.
 *
 * Only servers whose databases are in UTF-8 are talked to: all texts are
 * UTF-8, whatever a sender wrote, and U+0000 is in none of them.
 */

#include <stdatomic.h>
#include <stdint.h>

#include "rules/base/span.h"

struct postgres;

#define POSTGRES_WHY_MAX 256

/* What is to be done after an error. */
enum postgres_trouble {
	POSTGRES_TROUBLE_NONE,
	POSTGRES_TROUBLE_AWAY,  /* no server, or it ended: try again later */
	POSTGRES_TROUBLE_DATA,  /* what was sent: it fails the next time, too */
	POSTGRES_TROUBLE_OTHER, /* rights, space, a schema of others */
};

/* False: this is no address of a database; *why is static text. */
bool postgres_uri_fits(const char *uri, const char **why);

/*
 * stop may be NULL; it must live as long as the connection. NULL: why says why
 * not, without a password. The server's name is looked up by the C library,
 * which has a time limit of its own.
 */
struct postgres *postgres_open(const char *uri, int64_t timeout_ms,
    const atomic_bool *stop, char why[POSTGRES_WHY_MAX]);
/* NULL inside is fine. */
void postgres_close(struct postgres **p);

#define POSTGRES_VALUES_MAX 8
/*
 * One statement with $1 to $count, all of them texts. Its rows stay until the
 * next call. False: postgres_error says why.
 */
bool postgres_ask(struct postgres *p, const char *sql, const struct span *value,
    size_t count);
/* One or more statements without values and without rows. */
bool postgres_exec(struct postgres *p, const char *sql);
size_t postgres_rows(const struct postgres *p);
/* "" and 0 for NULL, and for what the server has not sent. */
struct span postgres_text(const struct postgres *p, size_t row, size_t column);
int64_t postgres_number(const struct postgres *p, size_t row, size_t column);
double postgres_double(const struct postgres *p, size_t row, size_t column);

/* Of the last call that failed. */
const char *postgres_error(const struct postgres *p);
enum postgres_trouble postgres_trouble(const struct postgres *p);

#endif
