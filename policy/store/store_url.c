/*
 * Where Redis is, as it is written in verdict.conf.
 */
#include "config.h"

#include "policy/store/store_url.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/panic.h"

static char *
copy(struct span text)
{
	char *z = xmalloc(text.n + 1);

	(void)memcpy(z, text.p, text.n);
	z[text.n] = '\0';
	return z;
}

/* [USER][:PASSWORD]@ */
static struct span
address_login(struct store_url *a, struct span rest)
{
	size_t at = span_find_last(rest, '@'), colon;
	struct span login = span_slice(rest, 0, at);

	if (at == SIZE_MAX)
		return rest;
	colon = span_find(login, ':');
	if (colon == SIZE_MAX) {
		a->password = copy(login);
	} else {
		if (colon > 0)
			a->user = copy(span_slice(login, 0, colon));
		a->password = copy(span_slice(login, colon + 1, login.n));
	}
	return span_slice(rest, at + 1, rest.n);
}

/* HOST[:PORT] */
static bool
address_server(struct store_url *a, struct span host, int port)
{
	size_t colon = span_find_last(host, ':');
	uint64_t number;

	if (a->server_count == STORE_SERVERS_MAX)
		return false;
	if (host.n > 0 && host.p[0] == '[') {
		size_t end = span_find(host, ']');

		if (end == SIZE_MAX)
			return false;
		colon = end + 1 < host.n ? end + 1 : SIZE_MAX;
	}
	if (colon != SIZE_MAX) {
		if (!span_number(
			span_slice(host, colon + 1, host.n), &number) ||
		    number == 0 || number > 65535)
			return false;
		port = (int)number;
		host = span_slice(host, 0, colon);
	}
	if (host.n > 1 && host.p[0] == '[')
		host = span_slice(host, 1, host.n - 1);
	a->server[a->server_count++] =
	    (struct store_server){ copy(host.n == 0 ? SPAN("127.0.0.1") : host),
		    port };
	return true;
}

/* Up to the next slash, or all. */
static struct span
address_part(struct span *rest)
{
	struct span part = SPAN("");

	(void)span_cut(rest, '/', &part);
	return part;
}

/* HOST[:PORT][,...][/SERVICE][/DB] */
static bool
address_servers(struct store_url *a, struct span rest, bool sentinel)
{
	struct span hosts = address_part(&rest), host, part;
	uint64_t number;

	do {
		if (!span_cut(&hosts, ',', &host))
			host = SPAN("");
		if (!address_server(a, host, sentinel ? 26379 : 6379))
			return false;
	} while (hosts.n > 0);
	if (sentinel) {
		part = address_part(&rest);
		if (part.n == 0)
			return false;
		a->service = copy(part);
	}
	part = address_part(&rest);
	if (part.n == 0)
		return rest.n == 0;
	if (!span_number(part, &number) || number > 65535)
		return false;
	a->db = (int)number;
	return rest.n == 0;
}

/* What an address begins with. */
static const struct {
	const char *scheme;
	bool tls, sentinel;
} forms[] = {
	{ "redis://", false, false },
	{ "rediss://", true, false },
	{ "redis+sentinel://", false, true },
	{ "rediss+sentinel://", true, true },
};

bool
store_url_read(const char *url, struct store_url *out,
    char shown[STORE_WHY_MAX], char why[STORE_WHY_MAX])
{
	static const char form[] =
	    "write redis://[USER:PASSWORD@]HOST[:PORT][,HOST...][/DB], "
	    "redis+sentinel://HOST[,HOST...]/SERVICE[/DB], rediss for TLS, or "
	    "unix:PATH";
	struct span text = span_of(url), rest;

	*out = (struct store_url){ 0 };
	if (span_starts(text, SPAN("unix:")) || url[0] == '/') {
		rest = url[0] == '/' ? text : span_slice(text, 5, text.n);
		out->path = copy(rest);
		(void)snprintf(shown, STORE_WHY_MAX, "%.200s", url);
		return true;
	}
	for (size_t i = 0; i < ARRAY_COUNT(forms); i++) {
		if (!span_starts(text, span_of(forms[i].scheme)))
			continue;
		out->tls = forms[i].tls;
		rest = address_login(
		    out, span_slice(text, strlen(forms[i].scheme), text.n));
		(void)snprintf(shown, STORE_WHY_MAX, "%s%.*s", forms[i].scheme,
		    (int)(rest.n < 180 ? rest.n : 180), rest.p);
		if (address_servers(out, rest, forms[i].sentinel))
			return true;
		(void)snprintf(why, STORE_WHY_MAX, "%.80s: %s", shown, form);
		return false;
	}
	(void)snprintf(why, STORE_WHY_MAX, "%s", form);
	return false;
}

void
store_url_free(struct store_url *u)
{
	for (size_t i = 0; i < u->server_count; i++)
		free(u->server[i].host);
	free(u->service);
	free(u->path);
	free(u->user);
	free(u->password);
	*u = (struct store_url){ 0 };
}
