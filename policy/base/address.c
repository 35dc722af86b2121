/*
 * The addresses of servers and sockets as settings write them. Nothing is
 * opened or looked up here.
 */
#include "config.h"

#include "policy/base/address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "rules/base/ip.h"

#define SMTP_PORT 25

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

/* Takes ":PORT" off; an IPv6 address with a port must be in brackets. */
static bool
address_port(struct span *text, uint16_t *port)
{
	size_t colon = span_find_last(*text, ':');
	size_t close = span_find_last(*text, ']');
	bool bracketed = text->n > 0 && text->p[0] == '[';
	uint64_t number = 53;

	if (bracketed && close == SIZE_MAX)
		return false;
	if (bracketed ? close + 1 < text->n
		      : colon != SIZE_MAX && span_find(*text, ':') == colon) {
		if (bracketed && colon != close + 1)
			return false;
		if (!span_number(
			span_slice(*text, colon + 1, text->n), &number) ||
		    number == 0 || number > 65535)
			return false;
		*text = span_slice(*text, 0, colon);
	}
	if (bracketed)
		*text = span_slice(*text, 1, close);
	*port = (uint16_t)number;
	return true;
}

bool
dns_server_parse(
    struct span text, struct sockaddr_storage *out, const char **why)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	uint16_t port;
	struct ip ip;

	memset(out, 0, sizeof(*out));
	if (!address_port(&text, &port) || !ip_parse(text, &ip)) {
		*why = "expected the address of a DNS server, such as "
		       "127.0.0.1 or [::1]:5353";
		return false;
	}
	if (ip.family == 4) {
		memcpy(&in.sin_addr, ip.octets, 4);
		in.sin_port = htons(port);
		memcpy(out, &in, sizeof(in));
	} else {
		memcpy(&in6.sin6_addr, ip.octets, 16);
		in6.sin6_port = htons(port);
		memcpy(out, &in6, sizeof(in6));
	}
	return true;
}

bool
smtp_server_parse(
    struct span text, struct sockaddr_storage *out, const char **why)
{
	char with_port[80];
	size_t colon = span_find_last(text, ':'), close;
	struct ip ip;
	bool has_port;

	close = span_find_last(text, ']');
	has_port = colon != SIZE_MAX && !ip_parse(text, &ip) &&
		   (close == SIZE_MAX || close < colon);
	if (has_port)
		return dns_server_parse(text, out, why);
	if (text.n > 60) {
		*why = "it is no address";
		return false;
	}
	if (close == SIZE_MAX && span_find(text, ':') != SIZE_MAX)
		(void)snprintf(with_port, sizeof(with_port), "[%.*s]:%d",
		    SPAN_FMT(text), SMTP_PORT);
	else
		(void)snprintf(with_port, sizeof(with_port), "%.*s:%d",
		    SPAN_FMT(text), SMTP_PORT);
	return dns_server_parse(span_of(with_port), out, why);
}

static bool
service_has_port(struct span text)
{
	size_t colon = span_find_last(text, ':');
	size_t close = span_find_last(text, ']');

	return colon != SIZE_MAX &&
	       (close != SIZE_MAX ? colon == close + 1
				  : span_find(text, ':') == colon);
}

bool
service_parse(struct span text, struct sockaddr_storage *out, socklen_t *length,
    const char **why)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	const char *unused;

	memset(out, 0, sizeof(*out));
	*why = "expected unix:/PATH or inet:ADDRESS:PORT";
	if (span_case_starts(text, SPAN("inet:"))) {
		text = span_slice(text, 5, text.n);
		*length = sizeof(*out);
		/* There is no port that it has unless another is said. */
		return service_has_port(text) &&
		       dns_server_parse(text, out, &unused);
	}
	if (span_case_starts(text, SPAN("unix:")))
		text = span_slice(text, 5, text.n);
	if (text.n == 0 || text.p[0] != '/' || text.n >= sizeof(un.sun_path))
		return false;
	memcpy(un.sun_path, text.p, text.n);
	memcpy(out, &un, sizeof(un));
	*length = sizeof(un);
	return true;
}
