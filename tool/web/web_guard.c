/*
 * Letting requests in. All that is read here came from a browser, or from
 * whatever says that it is one.
 */
#include "config.h"

#include "tool/web/web_guard.h"

#include <sys/random.h>

#include "policy/base/hash.h"

enum { STATUS_BAD = 400, STATUS_FORBIDDEN = 403, STATUS_MISDIRECTED = 421 };

#define USER_MAX 128 /* as verdict learn takes */

bool
web_guard_begin(struct web_guard *g)
{
	return getrandom(g->secret, sizeof(g->secret), 0) ==
	       (ssize_t)sizeof(g->secret);
}

/* ---- by which name ----------------------------------------------------------- */

/* Without the port: "[::1]:9898", "localhost". */
static struct span
host_name(struct span host)
{
	size_t colon = span_find_last(host, ':');
	size_t bracket = span_find_last(host, ']');

	if (colon == SIZE_MAX || (bracket != SIZE_MAX && colon < bracket))
		return host;
	return span_slice(host, 0, colon);
}

/*
 * A page of somebody else's may have its own name lead to our address and then
 * read what we answer; the browser tells us the name. To a unix socket only
 * the proxy comes, which has its own idea of names.
 */
static bool
host_is_ours(const struct web_guard *g, const struct http_request *r)
{
	static const char *const own[] = { "localhost", "127.0.0.1", "[::1]" };
	struct span host, name;

	if (r->header(r, "Host", &host) != 1)
		return false;
	name = host_name(host);
	for (size_t i = 0; i < g->host_count; i++)
		if (span_case_is(name, g->host[i]))
			return true;
	for (size_t i = 0; g->loopback && i < ARRAY_COUNT(own); i++)
		if (span_case_is(name, own[i]))
			return true;
	return !g->loopback && g->host_count == 0;
}

/* ---- who ----------------------------------------------------------------------- */

/* The proxy's field, once: a client may have sent one as well. */
static bool
user_read(
    const struct web_guard *g, const struct http_request *r, struct span *user)
{
	*user = SPAN("");
	if (g->trust_header == NULL)
		return true;
	if (r->header(r, g->trust_header, user) != 1 || user->n > USER_MAX)
		return false;
	*user = span_trim(*user);
	return user->n > 0;
}

bool
web_guard_let_in(const struct web_guard *g, const struct http_request *r,
    struct span *user, struct web_refusal *why)
{
	*user = SPAN("");
	if (!host_is_ours(g, r)) {
		*why = (struct web_refusal){ STATUS_MISDIRECTED,
			"Not this host",
			"This server is not called so. If your proxy hands on "
			"another name, start verdict web with --host NAME." };
		return false;
	}
	if (!user_read(g, r, user)) {
		*why = (struct web_refusal){ STATUS_FORBIDDEN, "Who are you?",
			"The proxy in front of this server must say who you "
			"are, once, in the field that --trust-header names." };
		return false;
	}
	return true;
}

/* ---- what was meant ---------------------------------------------------------------- */

struct span
web_guard_token(const struct web_guard *g, struct span user, struct arena *a)
{
	static const char hex[] = "0123456789abcdef";
	uint8_t out[HASH_SHA256_OCTETS];
	struct hash h;
	char text[2 * HASH_SHA256_OCTETS];

	/* The secret twice, before and behind, so that nothing can be
	 * appended. */
	hash_start(&h);
	hash_add(&h, span_make((const char *)g->secret, sizeof(g->secret)));
	hash_add(&h, user);
	hash_add(&h, span_make((const char *)g->secret, sizeof(g->secret)));
	hash_end(&h, out);
	for (size_t i = 0; i < sizeof(out); i++) {
		text[2 * i] = hex[out[i] >> 4];
		text[2 * i + 1] = hex[out[i] & 0xF];
	}
	return arena_dup(a, span_make(text, sizeof(text)));
}

/* In a time that tells nothing of where they differ. */
static bool
same_text(struct span a, struct span b)
{
	unsigned differ = 0;

	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		differ |= (unsigned char)a.p[i] ^ (unsigned char)b.p[i];
	return differ == 0;
}

bool
web_guard_meant(const struct web_guard *g, const struct http_request *r,
    struct span user, struct span token)
{
	struct arena *a = arena_new();
	struct span site = SPAN("");
	bool own = r->header(r, "Sec-Fetch-Site", &site) == 0 ||
		   span_is(site, "same-origin") || span_is(site, "none");
	bool meant = own && same_text(token, web_guard_token(g, user, a));

	arena_free(&a);
	return meant;
}
