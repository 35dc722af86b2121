/*
 * The metrics endpoint, and the only file that knows libmicrohttpd. What the
 * numbers are is metric_rows.c's.
 */
#include "config.h"

#include "milter/count/metrics.h"

#include "milter/daemon/log.h"

#ifdef HAVE_MICROHTTPD

#include <errno.h>
#include <microhttpd.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "milter/count/metric.h"
#include "policy/base/address.h"
#include "policy/dns/dns.h"

#define TEXT_MAX      ((size_t)8 * 1024 * 1024)
#define CONNECTIONS   64
#define IDLE_S        5
#define BACKLOG       16
#define MEMORY_OCTETS ((size_t)32768) /* of each connection */

/* ---- answering ----------------------------------------------------------- */

/* Set before the server starts, and then left alone. */
static const struct metric_sources *metrics_served;

static enum MHD_Result
answer(struct MHD_Connection *c, unsigned status, struct span text,
    const char *type)
{
	union {
		const char *in;
		void *out;
	} body = { text.p };
	struct MHD_Response *r = MHD_create_response_from_buffer(
	    text.n, body.out, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result result;

	if (r == NULL)
		return MHD_NO;
	(void)MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	result = MHD_queue_response(c, status, r);
	MHD_destroy_response(r);
	return result;
}

static enum MHD_Result
on_request(void *ctx, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *upload,
    size_t *upload_size, void **state)
{
	struct buf text;
	enum MHD_Result result;

	(void)ctx;
	(void)version;
	(void)upload;
	(void)upload_size;
	(void)state;
	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		return answer(connection, MHD_HTTP_METHOD_NOT_ALLOWED,
		    SPAN("GET only\n"), "text/plain");
	if (strcmp(url, "/metrics") != 0)
		return answer(connection, MHD_HTTP_NOT_FOUND,
		    SPAN("see /metrics\n"), "text/plain");
	buf_init(&text, TEXT_MAX);
	metric_write_text(metrics_served, &text);
	result = answer(connection,
	    text.over ? MHD_HTTP_INTERNAL_SERVER_ERROR : MHD_HTTP_OK,
	    buf_span(&text), "text/plain; version=0.0.4; charset=utf-8");
	buf_free(&text);
	return result;
}

/* ---- those who are slow --------------------------------------------------- */

/* In the server's one thread; the first is the oldest. */
static int connected[CONNECTIONS];
static size_t connected_count;

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
	size_t at = 0;

	(void)ctx;
	(void)state;
	if (info == NULL)
		return;
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		if (connected_count < CONNECTIONS)
			connected[connected_count++] = info->connect_fd;
		if (connected_count > CONNECTIONS / 2)
			(void)shutdown(connected[0], SHUT_RDWR);
		return;
	}
	while (at < connected_count && connected[at] != info->connect_fd)
		at++;
	if (at == connected_count)
		return;
	connected_count--;
	memmove(&connected[at], &connected[at + 1],
	    (connected_count - at) * sizeof(connected[0]));
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
listen_unix(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	mode_t before;
	int fd;

	if (strlen(path) >= sizeof(un.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	(void)strcpy(un.sun_path, path);
	(void)unlink(path);
	before = umask(0117);
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
 * Epoll, because poll(2) is ours (see poll.c) and has more to do than to
 * pass this library's calls on.
 */
static bool
server_start(int fd)
{
	return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL,
		   on_request, NULL, MHD_OPTION_LISTEN_SOCKET, fd,
		   MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
		   MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
		   MHD_OPTION_CONNECTION_MEMORY_LIMIT, MEMORY_OCTETS,
		   MHD_OPTION_NOTIFY_CONNECTION, on_connection, NULL,
		   MHD_OPTION_END) != NULL;
}

void
metrics_start(const char *where, const struct metric_sources *sources)
{
	int fd;

	if (where[0] == '\0')
		return;
	metrics_served = sources;
	fd = strncmp(where, "unix:", 5) == 0 ? listen_unix(where + 5)
					     : listen_inet(where);
	if (fd < 0)
		log_write(LOG_LEVEL_WARN, "metrics: %s cannot be opened: %s",
		    where, strerror(errno));
	else if (!server_start(fd)) {
		log_write(LOG_LEVEL_WARN,
		    "metrics: the server on %s does not "
		    "start",
		    where);
		(void)close(fd);
	}
}

#else

void
metrics_start(const char *where, const struct metric_sources *sources)
{
	(void)sources;
	if (where[0] != '\0')
		log_write(LOG_LEVEL_WARN,
		    "metrics: built without libmicrohttpd, nothing listens "
		    "on %s",
		    where);
}

#endif
