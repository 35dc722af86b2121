/*
 * Do the other filters that Postfix asks answer? One that does not stops mail,
 * or lets it in past all of them, and no list that we propose names it.
 */
#include "config.h"

#include <string.h>

#include "rules/base/ip.h"
#include "tool/doctor/milter_client.h"
#include "tool/doctor/postfix.h"

#define TIMEOUT_S 5

/* Whether it can be tried from here: hosts are only known by their address. */
static bool
filter_reachable(const char *socket)
{
	struct span host = span_of(socket);
	struct ip ip;

	if (span_starts(host, SPAN("unix:/")))
		return true;
	if (!span_starts(host, SPAN("inet:")))
		return false;
	host = span_slice(host, 5, span_find_last(host, ':'));
	if (host.n > 1 && host.p[0] == '[')
		host = span_slice(host, 1, host.n - 1);
	return ip_parse(host, &ip);
}

/* NULL: it answers, or cannot be tried; else why not. Asked once. */
static const char *
filter_silent(struct postfix *p, const char *socket)
{
	struct milter_client client;
	struct postfix_filter *f;

	for (size_t i = 0; i < p->filter_count; i++)
		if (strcmp(p->filter[i].socket, socket) == 0)
			return p->filter[i].silent;
	p->filter = arena_grow(p->d->arena, p->filter, &p->filter_cap,
	    p->filter_count + 1, sizeof(*p->filter));
	f = &p->filter[p->filter_count++];
	*f = (struct postfix_filter){ .socket = socket };
	if (!filter_reachable(socket))
		return NULL;
	if (milter_client_open(&client, socket, TIMEOUT_S))
		milter_client_close(&client);
	else
		f->silent = arena_strdup(p->d->arena, span_of(client.why));
	return f->silent;
}

const char *
postfix_list_alive(struct postfix *p, struct span list)
{
	const char *text = "";
	struct postfix_milter m;

	while (postfix_milter_next(p, &list, &m))
		if (strcmp(m.socket, p->listen) == 0 ||
		    filter_silent(p, m.socket) == NULL)
			text = arena_printf(p->d->arena, "%s%s%.*s", text,
			    text[0] != '\0' ? ", " : "", SPAN_FMT(m.whole));
	return text;
}

/* What Postfix does without it: its own default_action, or main.cf's. */
static const char *
filter_missed(const struct postfix *p, const struct postfix_milter *m)
{
	struct span action = postfix_milter_option(m, "default_action");

	if (action.p == NULL)
		action = postfix_main(p, "milter_default_action");
	return span_is(action, "accept")   ? "mail comes in past it"
	       : span_is(action, "reject") ? "all mail is refused"
	       : span_is(action, "quarantine")
		   ? "all mail is held"
		   : "no mail comes in (it is deferred)";
}

void
postfix_filters(
    struct postfix *p, struct span list, const char *where, const char *change)
{
	struct span rest = list;
	struct postfix_milter m;

	while (postfix_milter_next(p, &rest, &m)) {
		const char *silent;

		if (strcmp(m.socket, p->listen) == 0)
			continue;
		silent = filter_silent(p, m.socket);
		if (silent != NULL)
			doctor_found(p->d, FINDING_FAIL, "postfix",
			    arena_printf(p->d->arena,
				"start it, or do without it: %s%s' && postfix "
				"reload",
				change,
				doctor_quoted(
				    p->d, postfix_list_alive(p, list))),
			    "the filter %s in %s does not answer (%s): %s",
			    m.socket, where, silent, filter_missed(p, &m));
	}
}
