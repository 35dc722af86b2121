#include "config.h"

#include "policy/store/redis_find.h"

#include <stdio.h>

#include "policy/base/clock.h"

bool
redis_say_join(struct redis_wire *w, const struct span *argv, size_t argc,
    int64_t until_ms, const char *what, char why[REDIS_WHY_MAX])
{
	struct redis_reply r;
	enum redis_came came =
	    redis_wire_command_join(w, argv, argc, until_ms, &r);

	if (came != REDIS_CAME)
		(void)snprintf(
		    why, REDIS_WHY_MAX, "%s", redis_wire_why(w, came));
	else if (r.kind == REDIS_ERROR)
		(void)snprintf(why, REDIS_WHY_MAX, "it refuses %s: %.*s", what,
		    (int)(r.text.n < 120 ? r.text.n : 120), r.text.p);
	return came == REDIS_CAME && r.kind != REDIS_ERROR;
}

bool
redis_login_join(struct redis_wire *w, const struct store_url *u,
    int64_t until_ms, char why[REDIS_WHY_MAX])
{
	struct span argv[3] = { SPAN("AUTH") };
	size_t argc = 1;

	if (u->password == NULL)
		return true;
	if (u->user != NULL)
		argv[argc++] = span_of(u->user);
	argv[argc++] = span_of(u->password);
	return redis_say_join(w, argv, argc, until_ms, "user or password", why);
}

/* ---- sentinels ------------------------------------------------------------------ */

/* Host and port, as two texts. */
static bool
sentinel_answer(
    const struct redis_reply *r, char host[REDIS_HOST_MAX], int *port)
{
	uint64_t number;

	if (r->kind != REDIS_LIST || r->count != 2 ||
	    r->item[0].kind != REDIS_TEXT || r->item[1].kind != REDIS_TEXT ||
	    r->item[0].text.n == 0 || r->item[0].text.n >= REDIS_HOST_MAX ||
	    !span_number(r->item[1].text, &number) || number == 0 ||
	    number > 65535)
		return false;
	(void)snprintf(host, REDIS_HOST_MAX, "%.*s", SPAN_FMT(r->item[0].text));
	*port = (int)number;
	return true;
}

/* Asks a sentinel; one that wants a password gets Redis's. */
static bool
sentinel_ask(struct redis_wire *w, const struct store_url *u, int64_t until_ms,
    char host[REDIS_HOST_MAX], int *port, char why[REDIS_WHY_MAX])
{
	const struct span argv[] = { SPAN("SENTINEL"),
		SPAN("get-master-addr-by-name"), span_of(u->service) };
	struct redis_reply r;
	enum redis_came came =
	    redis_wire_command_join(w, argv, ARRAY_COUNT(argv), until_ms, &r);

	if (came == REDIS_CAME && r.kind == REDIS_ERROR &&
	    span_starts(r.text, SPAN("NOAUTH")) && u->password != NULL) {
		if (!redis_login_join(w, u, until_ms, why))
			return false;
		came = redis_wire_command_join(
		    w, argv, ARRAY_COUNT(argv), until_ms, &r);
	}
	if (came != REDIS_CAME)
		(void)snprintf(why, REDIS_WHY_MAX, "the sentinel: %.150s",
		    redis_wire_why(w, came));
	else if (r.kind == REDIS_ERROR)
		(void)snprintf(why, REDIS_WHY_MAX, "the sentinel refuses: %.*s",
		    (int)(r.text.n < 120 ? r.text.n : 120), r.text.p);
	else if (!sentinel_answer(&r, host, port))
		(void)snprintf(why, REDIS_WHY_MAX,
		    "the sentinel knows no \"%.100s\"", u->service);
	else
		return true;
	return false;
}

static bool
sentinel_find(const struct store_url *u, struct redis_tls_context *tls,
    size_t i, int64_t ms, struct store_server *master,
    char host[REDIS_HOST_MAX], char why[REDIS_WHY_MAX])
{
	int64_t until_ms = clock_system.monotonic_ms(clock_system.ctx) + ms;
	struct redis_place place;
	struct redis_wire *w;
	bool ok;

	if (!redis_place_find_join(&u->server[i], &place, why))
		return false;
	w = redis_wire_open_join(&place, tls, u->server[i].host, until_ms, why);
	if (w == NULL)
		return false;
	ok = sentinel_ask(w, u, until_ms, host, &master->port, why);
	master->host = host;
	redis_wire_close(&w);
	return ok;
}

/* ---- finding ---------------------------------------------------------------------- */

size_t
redis_find_count(const struct store_url *u)
{
	return u->path != NULL ? 1 : u->server_count;
}

bool
redis_find_join(const struct store_url *u, struct redis_tls_context *tls,
    size_t i, int64_t ms, struct redis_target *out, char why[REDIS_WHY_MAX])
{
	struct store_server server;

	out->host[0] = '\0';
	if (u->path != NULL)
		return redis_place_of_path(u->path, &out->place, why);
	server = u->server[i];
	if (u->service == NULL)
		(void)snprintf(out->host, REDIS_HOST_MAX, "%s", server.host);
	else if (!sentinel_find(u, tls, i, ms, &server, out->host, why))
		return false;
	return redis_place_find_join(&server, &out->place, why);
}
