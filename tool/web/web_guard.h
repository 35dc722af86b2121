#ifndef TOOL_WEB_WEB_GUARD_H
#define TOOL_WEB_WEB_GUARD_H

/*
 * Who may ask. There are no passwords: whoever can reach the address may look,
 * so that it must be one that only this machine has, or a unix socket behind
 * a proxy that knows people. What is kept away here is what comes through a
 * browser of somebody who may: pages of others that have it send requests
 * (CSRF), and names of others that lead to our address (DNS rebinding).
 */

#include "policy/base/http_server.h"
#include "rules/base/arena.h"

#define WEB_HOSTS_MAX     8
#define WEB_SECRET_OCTETS 32

struct web_guard {
	/* Names by which a browser may call us, besides those of loopback
	 * where loopback is what is listened on. */
	const char *host[WEB_HOSTS_MAX];
	size_t host_count;
	bool loopback; /* listens on a loopback address */
	/* The proxy's field that says who somebody is; NULL: there is none. */
	const char *trust_header;
	uint8_t secret[WEB_SECRET_OCTETS]; /* of this process, for tokens */
};

/* A new secret. False: the system has no random octets. */
bool web_guard_begin(struct web_guard *g);

struct web_refusal {
	unsigned status;
	const char *title, *text;
};
/*
 * True: it may go on; *user is who it is, "" where nobody is told of. False:
 * *why is what to answer.
 */
bool web_guard_let_in(const struct web_guard *g, const struct http_request *r,
    struct span *user, struct web_refusal *why);

/* What a form of that user's must bring back; in the arena. */
struct span web_guard_token(
    const struct web_guard *g, struct span user, struct arena *a);
/* Whether what came is that, and no other site sent it. */
bool web_guard_meant(const struct web_guard *g, const struct http_request *r,
    struct span user, struct span token);

#endif
