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

/* HOST[:PORT][/DB] */
static bool
address_server(struct store_url *a, struct span rest)
{
	size_t slash = span_find(rest, '/'), colon;
	struct span host = span_slice(rest, 0, slash);
	uint64_t number;

	if (slash != SIZE_MAX && slash + 1 < rest.n) {
		if (!span_number(
			span_slice(rest, slash + 1, rest.n), &number) ||
		    number > 65535)
			return false;
		a->db = (int)number;
	}
	a->port = 6379;
	colon = span_find_last(host, ':');
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
		a->port = (int)number;
		host = span_slice(host, 0, colon);
	}
	if (host.n > 1 && host.p[0] == '[')
		host = span_slice(host, 1, host.n - 1);
	a->host = copy(host.n == 0 ? SPAN("127.0.0.1") : host);
	return true;
}

bool
store_url_read(const char *url, struct store_url *out,
    char shown[STORE_WHY_MAX], char why[STORE_WHY_MAX])
{
	static const char form[] =
	    "write redis://[USER:PASSWORD@]HOST[:PORT][/DB], rediss:// for "
	    "TLS, or unix:PATH";
	struct span text = span_of(url), rest;

	*out = (struct store_url){ 0 };
	if (span_starts(text, SPAN("unix:")) || url[0] == '/') {
		rest = url[0] == '/' ? text : span_slice(text, 5, text.n);
		out->path = copy(rest);
		(void)snprintf(shown, STORE_WHY_MAX, "%.200s", url);
		return true;
	}
	out->tls = span_starts(text, SPAN("rediss://"));
	if (!out->tls && !span_starts(text, SPAN("redis://"))) {
		(void)snprintf(why, STORE_WHY_MAX, "%s", form);
		return false;
	}
	rest = span_slice(text, out->tls ? 9 : 8, text.n);
	rest = address_login(out, rest);
	(void)snprintf(shown, STORE_WHY_MAX, "%s%.*s",
	    out->tls ? "rediss://" : "redis://",
	    (int)(rest.n < 180 ? rest.n : 180), rest.p);
	if (address_server(out, rest))
		return true;
	(void)snprintf(why, STORE_WHY_MAX, "%.100s: %s", shown, form);
	return false;
}

void
store_url_free(struct store_url *u)
{
	free(u->host);
	free(u->path);
	free(u->user);
	free(u->password);
	*u = (struct store_url){ 0 };
}
