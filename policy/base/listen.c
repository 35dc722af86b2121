/*
 * The addresses of sockets as settings write them. Nothing is opened here.
 */
#include "config.h"

#include "policy/base/listen.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>

/* "HOST:PORT", "[ADDRESS]:PORT" or "PORT@HOST" to "inet:PORT@HOST". */
static bool
inet_address(struct span rest, struct arena *a, const char **out)
{
	struct span host, port;
	size_t at = span_find(rest, '@'), colon = span_find_last(rest, ':');
	uint64_t number;

	if (at != SIZE_MAX) {
		port = span_slice(rest, 0, at);
		host = span_slice(rest, at + 1, rest.n);
	} else if (colon != SIZE_MAX) {
		host = span_slice(rest, 0, colon);
		port = span_slice(rest, colon + 1, rest.n);
	} else {
		host = SPAN("127.0.0.1");
		port = rest;
	}
	if (host.n > 1 && host.p[0] == '[' && host.p[host.n - 1] == ']')
		host = span_slice(host, 1, host.n - 1);
	if (!span_number(port, &number) || number == 0 || number > 65535)
		return false;
	*out = arena_printf(a, "%s:%.*s@%.*s",
	    span_find(host, ':') != SIZE_MAX ? "inet6" : "inet", SPAN_FMT(port),
	    SPAN_FMT(host));
	return true;
}

bool
listen_address(
    const char *listen, struct arena *a, const char **out, const char **why)
{
	struct span l = span_of(listen);
	struct sockaddr_un un;

	if (span_case_starts(l, SPAN("inet:")) &&
	    inet_address(span_slice(l, 5, l.n), a, out))
		return true;
	if (span_case_starts(l, SPAN("inet6:")) &&
	    inet_address(span_slice(l, 6, l.n), a, out)) {
		struct span o = span_of(*out);

		if (!span_starts(o, SPAN("inet6:")))
			*out = arena_printf(
			    a, "inet6:%.*s", SPAN_FMT(span_slice(o, 5, o.n)));
		return true;
	}
	if (span_case_starts(l, SPAN("unix:")))
		l = span_slice(l, 5, l.n);
	if (l.n > 0 && l.p[0] == '/') {
		if (l.n >= sizeof(un.sun_path)) {
			*why = arena_printf(a,
			    "listen: the path %s is longer "
			    "than %zu octets",
			    listen, sizeof(un.sun_path) - 1);
			return false;
		}
		*out = arena_printf(a, "unix:%.*s", SPAN_FMT(l));
		return true;
	}
	*why = arena_printf(a,
	    "listen takes inet:HOST:PORT, inet6:HOST:PORT "
	    "or unix:/PATH, not %s",
	    listen);
	return false;
}

mode_t
listen_mode(const char *text, struct arena *a, const char **why)
{
	char *end;
	unsigned long mode = strtoul(text, &end, 8);

	if (end != text && *end == '\0' && mode > 0 && mode <= 0777)
		return (mode_t)mode;
	*why = arena_printf(
	    a, "listen.mode takes an octal mode such as 0660, not %s", text);
	return 0;
}
