#ifndef POLICY_BASE_ADDRESS_H
#define POLICY_BASE_ADDRESS_H

/*
 * Addresses as settings and command lines write them: our own sockets, DNS
 * and SMTP servers. Nothing here opens, asks or waits; any thread.
 */

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "rules/base/arena.h"

/*
 * Turns `listen` into libmilter's form: inet:HOST:PORT, inet6:HOST:PORT,
 * inet:PORT@HOST and unix:PATH are understood; [brackets] around an IPv6
 * address may stand. False: *why says what is wrong.
 */
bool listen_address(
    const char *listen, struct arena *a, const char **out, const char **why);
/* The mode that listen.mode gives in octal; 0: *why says what is wrong. */
mode_t listen_mode(const char *text, struct arena *a, const char **why);

/*
 * The address of a DNS server: "192.0.2.1", "192.0.2.1:5353", "2001:db8::1"
 * or "[2001:db8::1]:5353"; the port is 53 by default. False sets *why, which
 * is static text.
 */
bool dns_server_parse(
    struct span text, struct sockaddr_storage *out, const char **why);
/* The same for an SMTP server, whose port is 25 by default. */
bool smtp_server_parse(
    struct span text, struct sockaddr_storage *out, const char **why);
/*
 * A service on this host or beside it: unix:/PATH, /PATH or inet:ADDRESS:PORT.
 * *length is that of *out. False sets *why, which is static text.
 */
bool service_parse(struct span text, struct sockaddr_storage *out,
    socklen_t *length, const char **why);

#endif
