/*
 * The only file that knows libmicrohttpd. What is asked and answered is the
 * question of those who call.
 */
#include "config.h"

#include "policy/base/http_server.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "policy/base/address.h"
#include "rules/base/panic.h"

#define UNIX_PREFIX "unix:"

static bool
where_is_unix(const char *where)
{
	return strncmp(where, UNIX_PREFIX, strlen(UNIX_PREFIX)) == 0;
}

bool
http_server_local(const char *where)
{
	struct sockaddr_storage address;
	const char *why;

	if (where_is_unix(where))
		return true;
	if (!dns_server_parse(span_of(where), &address, &why))
		return false;
	if (address.ss_family == AF_INET)
		return ntohl(((const struct sockaddr_in *)&address)
				 ->sin_addr.s_addr) >>
			   24 ==
		       127;
	return IN6_IS_ADDR_LOOPBACK(
	    &((const struct sockaddr_in6 *)&address)->sin6_addr);
}

#ifdef HAVE_MICROHTTPD

#include <microhttpd.h>

#define CONNECTIONS   64
#define IDLE_S        5
#define BACKLOG       16
#define MEMORY_OCTETS ((size_t)32768) /* of each connection */

struct http_server {
	struct MHD_Daemon *daemon;
	struct http_options options;
	char *path; /* of its unix socket; NULL: it has none */
	/* Descriptors, the first is the oldest: of the serving thread. */
	int connected[CONNECTIONS];
	size_t connected_count;
};

/* A request while it comes in. */
struct incoming {
	char *target;
	struct buf body;
	bool begun;
};

bool
http_server_built(void)
{
	return true;
}

/* ---- a request ----------------------------------------------------------- */

struct sought {
	const char *name;
	size_t count;
	struct span first;
};

static enum MHD_Result
header_seen(
    void *ctx, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct sought *sought = ctx;

	(void)kind;
	if (span_case_is(span_of(name), sought->name) && sought->count++ == 0)
		sought->first = span_of(value == NULL ? "" : value);
	return MHD_YES;
}

static size_t
request_header(const struct http_request *r, const char *name, struct span *out)
{
	struct sought sought = { .name = name };

	(void)MHD_get_connection_values(
	    r->connection, MHD_HEADER_KIND, header_seen, &sought);
	*out = sought.first;
	return sought.count;
}

static void *
on_target(void *ctx, const char *target, struct MHD_Connection *c)
{
	const struct http_server *s = ctx;
	struct incoming *in = xcalloc(1, sizeof(*in));

	(void)c;
	in->target = xstrdup(target);
	buf_init(&in->body, s->options.body_max);
	return in;
}

static void
on_completed(void *ctx, struct MHD_Connection *c, void **state,
    enum MHD_RequestTerminationCode code)
{
	struct incoming *in = *state;

	(void)ctx;
	(void)c;
	(void)code;
	if (in == NULL)
		return;
	*state = NULL;
	buf_free(&in->body);
	free(in->target);
	free(in);
}

/* ---- the answer ---------------------------------------------------------- */

static enum MHD_Result
answer_send(struct MHD_Connection *c, struct http_answer *a)
{
	bool over = a->body.over;
	union {
		const char *in;
		void *out;
	} body = { over || a->body.n == 0 ? "" : a->body.p };
	struct MHD_Response *r = MHD_create_response_from_buffer(
	    over ? 0 : a->body.n, body.out, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result result;

	if (r == NULL)
		return MHD_NO;
	if (a->type != NULL)
		(void)MHD_add_response_header(
		    r, MHD_HTTP_HEADER_CONTENT_TYPE, a->type);
	for (size_t i = 0; i < a->header_count; i++)
		(void)MHD_add_response_header(
		    r, a->header[i].name, a->header[i].value);
	result = MHD_queue_response(
	    c, over ? MHD_HTTP_INTERNAL_SERVER_ERROR : a->status, r);
	MHD_destroy_response(r);
	return result;
}

static enum MHD_Result
request_answer(const struct http_server *s, struct MHD_Connection *c,
    const char *method, const struct incoming *in)
{
	const struct http_request request = {
		.method = method,
		.target = span_of(in->target),
		.body = in->body.n == 0 ? SPAN("") : buf_span(&in->body),
		.header = request_header,
		.connection = c,
	};
	struct http_answer a = { .status = MHD_HTTP_INTERNAL_SERVER_ERROR };
	enum MHD_Result result;

	buf_init(&a.body, s->options.answer_max);
	if (in->body.over)
		a.status = MHD_HTTP_CONTENT_TOO_LARGE;
	else
		s->options.handle(s->options.ctx, &request, &a);
	result = answer_send(c, &a);
	buf_free(&a.body);
	return result;
}

static enum MHD_Result
on_request(void *ctx, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *upload,
    size_t *upload_size, void **state)
{
	struct incoming *in = *state;

	(void)url;
	(void)version;
	if (in == NULL)
		return MHD_NO;
	if (!in->begun) {
		in->begun = true;
		return MHD_YES;
	}
	if (*upload_size > 0) {
		(void)buf_add(&in->body, span_make(upload, *upload_size));
		*upload_size = 0;
		return MHD_YES;
	}
	return request_answer(ctx, connection, method, in);
}

/* ---- those who are slow -------------------------------------------------- */

/*
 * The library's limit in time is one of silence, and with its limit in number
 * reached nobody gets in: so the oldest of many goes when one comes, though he
 * may have dripped octets since.
 */
static void
on_connection(void *ctx, struct MHD_Connection *c, void **state,
    enum MHD_ConnectionNotificationCode code)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct http_server *s = ctx;
	size_t at = 0;

	(void)state;
	if (info == NULL)
		return;
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		if (s->connected_count < CONNECTIONS)
			s->connected[s->connected_count++] = info->connect_fd;
		if (s->connected_count > CONNECTIONS / 2)
			(void)shutdown(s->connected[0], SHUT_RDWR);
		return;
	}
	while (at < s->connected_count && s->connected[at] != info->connect_fd)
		at++;
	if (at == s->connected_count)
		return;
	s->connected_count--;
	memmove(&s->connected[at], &s->connected[at + 1],
	    (s->connected_count - at) * sizeof(s->connected[0]));
}

/* ---- listening ----------------------------------------------------------- */

static int
listen_on(const struct sockaddr *address, socklen_t size)
{
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const int on = 1;

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, address, size) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

static int
listen_unix(const char *path, unsigned mode)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct stat st;
	mode_t before;
	int fd;

	if (strlen(path) >= sizeof(un.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	(void)strcpy(un.sun_path, path);
	/* What is left of an earlier one; nothing else. */
	if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
		(void)unlink(path);
	before = umask((mode_t)(0777U & ~mode));
	fd = listen_on((const struct sockaddr *)&un, sizeof(un));
	(void)umask(before);
	return fd;
}

static int
listen_inet(const char *where)
{
	struct sockaddr_storage address;
	const char *why;

	if (!dns_server_parse(span_of(where), &address, &why)) {
		errno = EINVAL;
		return -1;
	}
	return listen_on((const struct sockaddr *)&address,
	    address.ss_family == AF_INET ? sizeof(struct sockaddr_in)
					 : sizeof(struct sockaddr_in6));
}

/*
 * Epoll where the system has it, because poll(2) is the daemon's (see
 * milter/engine/poll.c) and has more to do than to pass this library's calls
 * on.
 */
static struct MHD_Daemon *
server_daemon(struct http_server *s, int fd)
{
	unsigned flags =
	    s->options.thread ? MHD_USE_INTERNAL_POLLING_THREAD : MHD_NO_FLAG;

	if (MHD_is_feature_supported(MHD_FEATURE_EPOLL) == MHD_YES)
		flags |= MHD_USE_EPOLL;
	return MHD_start_daemon(flags, 0, NULL, NULL, on_request, s, MHD_OPTION_LISTEN_SOCKET, fd,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, MEMORY_OCTETS,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, s,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL,
	    MHD_OPTION_URI_LOG_CALLBACK, on_target, s, MHD_OPTION_END);
}

struct http_server *
http_server_start(
    const char *where, const struct http_options *o, const char **why)
{
	const char *path =
	    where_is_unix(where) ? where + strlen(UNIX_PREFIX) : NULL;
	struct http_server *s;
	int fd = path != NULL ? listen_unix(path, o->mode == 0 ? 0660 : o->mode)
			      : listen_inet(where);

	if (fd < 0) {
		*why = strerror(errno);
		return NULL;
	}
	s = xcalloc(1, sizeof(*s));
	s->options = *o;
	s->path = path == NULL ? NULL : xstrdup(path);
	s->daemon = server_daemon(s, fd);
	if (s->daemon != NULL)
		return s;
	*why = "the server does not start";
	(void)close(fd);
	http_server_stop(&s);
	return NULL;
}

bool
http_server_run(struct http_server *s, int wait_ms)
{
	return MHD_run_wait(s->daemon, wait_ms) == MHD_YES;
}

void
http_server_stop(struct http_server **sp)
{
	struct http_server *s = *sp;

	*sp = NULL;
	if (s == NULL)
		return;
	if (s->daemon != NULL)
		MHD_stop_daemon(s->daemon);
	if (s->path != NULL)
		(void)unlink(s->path);
	free(s->path);
	free(s);
}

#else

bool
http_server_built(void)
{
	return false;
}

struct http_server *
http_server_start(
    const char *where, const struct http_options *o, const char **why)
{
	(void)where;
	(void)o;
	*why = "built without libmicrohttpd";
	return NULL;
}

bool
http_server_run(struct http_server *s, int wait_ms)
{
	(void)s;
	(void)wait_ms;
	return false;
}

void
http_server_stop(struct http_server **s)
{
	*s = NULL;
}

#endif
