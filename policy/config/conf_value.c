/*
 * Values that are texts to setting.c and have a form of their own. Each form
 * is read by those who use it; here it is only tried.
 */
#include "config.h"

#include "policy/config/conf_value.h"

#include <string.h>

#include "policy/dns/dns.h"
#include "policy/base/address.h"
#include "policy/base/smtp_client.h"
#include "policy/store/store_conf.h"
#include "policy/store/store_url.h"

typedef bool value_fits(
    const struct config *c, struct arena *a, const char **why);

static bool
listen_fits(const struct config *c, struct arena *a, const char **why)
{
	const char *address;

	return listen_address(c->listen, a, &address, why);
}

static bool
mode_fits(const struct config *c, struct arena *a, const char **why)
{
	return listen_mode(c->socket_mode, a, why) != 0;
}

static bool
resolver_fits(const struct config *c, struct arena *a, const char **why)
{
	struct sockaddr_storage server;

	for (size_t i = 0; i < c->resolver.count; i++)
		if (!dns_server_parse(c->resolver.item[i], &server, why)) {
			*why = arena_printf(a, "resolver: %s, not %.*s", *why,
			    SPAN_FMT(c->resolver.item[i]));
			return false;
		}
	return true;
}

static bool
store_fits(const struct config *c, struct arena *a, const char **why)
{
	char text[STORE_WHY_MAX], shown[STORE_WHY_MAX];
	struct store_options options;
	struct store_url url;
	bool ok = store_conf_options(c, a, &options, text);

	if (ok && options.engine == STORE_REDIS) {
		ok = store_url_read(options.where, &url, shown, text);
		store_url_free(&url);
	}
	if (!ok)
		*why = arena_strdup(a, span_of(text));
	return ok;
}

static bool
metrics_fits(const struct config *c, struct arena *a, const char **why)
{
	struct span text = span_of(c->metrics);
	struct sockaddr_storage address;

	(void)a;
	if (text.n == 0 || span_starts(text, SPAN("unix:/")) ||
	    dns_server_parse(text, &address, why))
		return true;
	*why = "metrics takes an address and a port such as 127.0.0.1:9897 or "
	       "[::1]:9897, or unix:/PATH";
	return false;
}

static bool
alert_smtp_fits(const struct config *c, struct arena *a, const char **why)
{
	struct sockaddr_storage server;

	(void)a;
	if (smtp_server_parse(span_of(c->alert_smtp), &server, why))
		return true;
	*why = "alert.smtp takes the address of a mail server such as "
	       "127.0.0.1, 127.0.0.1:25 or [::1]:25, not its name";
	return false;
}

static const struct {
	const char *key;
	value_fits *fits;
} forms[] = {
	{ "listen", listen_fits },
	{ "listen.mode", mode_fits },
	{ "resolver", resolver_fits },
	{ "store", store_fits },
	{ "metrics", metrics_fits },
	{ "alert.smtp", alert_smtp_fits },
};

bool
conf_value_fits(
    const struct config *c, const char *key, struct arena *a, const char **why)
{
	for (size_t i = 0; i < ARRAY_COUNT(forms); i++)
		if (strcmp(forms[i].key, key) == 0)
			return forms[i].fits(c, a, why);
	return true;
}
