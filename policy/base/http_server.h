#ifndef POLICY_BASE_HTTP_SERVER_H
#define POLICY_BASE_HTTP_SERVER_H

/*
 * The seam to libmicrohttpd: requests in, answers out, for the metrics of the
 * daemon and for the pages of `verdict web`. There is no TLS and no password
 * here, and so it is for loopback, or a unix socket.
 *
 * The life of a server: http_server_start; then either it has a thread of its
 * own that calls handle, or the caller calls http_server_run again and again,
 * which calls it; http_server_stop. However many come and however slow they
 * are, the newest gets in: the oldest connection goes.
 */

#include "rules/base/buf.h"

struct http_request {
	const char *method;
	struct span target; /* path and query as the client wrote them */
	struct span body;   /* "" for none */
	/* How often a header field of that name came; *out is the first one's
	 * value, which lives as long as the request. */
	size_t (*header)(
	    const struct http_request *r, const char *name, struct span *out);
	void *connection; /* the seam's own */
};

#define HTTP_HEADERS_MAX 16

struct http_answer {
	unsigned status;
	const char *type;
	struct buf body; /* of the server, which frees it */
	/* Text that lives until handle returns. */
	struct {
		const char *name, *value;
	} header[HTTP_HEADERS_MAX];
	size_t header_count;
};

/* The answer is given as 500 without a body, to be filled. */
typedef void http_handle(
    void *ctx, const struct http_request *r, struct http_answer *out);

struct http_options {
	http_handle *handle;
	void *ctx;
	bool thread;       /* of its own; else http_server_run is called */
	size_t answer_max; /* octets of an answer's body */
	size_t body_max;   /* of a request's; a longer one gets 413 */
	unsigned mode;     /* of a unix socket; 0: 0660 */
};

struct http_server;

/* False where this was built without libmicrohttpd: nothing can start. */
bool http_server_built(void);
/*
 * Whether nobody but this machine can come to "127.0.0.1:80", "[::1]:80" or
 * "unix:PATH". False too when it is none of these.
 */
bool http_server_local(const char *where);
/* Listens there. NULL: *why, which is static text or strerror's. */
struct http_server *http_server_start(
    const char *where, const struct http_options *o, const char **why);
/*
 * Answers what has come, waiting for at most wait_ms. False: the server has
 * failed. For one without a thread, by one thread.
 */
bool http_server_run(struct http_server *s, int wait_ms);
/* Ends it and removes its unix socket. NULL inside is fine. */
void http_server_stop(struct http_server **s);

#endif
