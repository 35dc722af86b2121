/*
 * Reads what postconf(1) prints; the daemon itself never runs anything. Finds
 * settings, and does not know which of them are wrong.
 */
#include "config.h"

#include "tool/doctor/postfix.h"

#include <stdlib.h>
#include <string.h>

#define SERVICES_MAX 200
#define FIELDS       8 /* of a line of master.cf; the last is the command */

/* The value of a line "name = value". */
static struct span
line_value(struct span text, const char *name)
{
	struct span line;

	while (span_cut(&text, '\n', &line)) {
		size_t equals = span_find(line, '=');

		if (equals != SIZE_MAX &&
		    span_is(span_trim(span_slice(line, 0, equals)), name))
			return span_trim(span_slice(line, equals + 1, line.n));
	}
	return span_of(NULL);
}

struct span
postfix_main(const struct postfix *p, const char *name)
{
	return line_value(p->main, name);
}

struct span
postfix_own(
    const struct postfix *p, const struct postfix_service *s, const char *name)
{
	return line_value(
	    p->overrides, arena_printf(p->d->arena, "%s/%s", s->name, name));
}

struct span
postfix_value(
    const struct postfix *p, const struct postfix_service *s, const char *name)
{
	struct span own = postfix_own(p, s, name);

	return own.p != NULL ? own : postfix_main(p, name);
}

uint64_t
postfix_seconds(struct span text)
{
	static const struct {
		char letter;
		uint64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 },
		{ 'w', 604800 } };
	uint64_t n, unit = 1;

	for (size_t i = 0; text.n > 0 && i < ARRAY_COUNT(units); i++)
		if (text.p[text.n - 1] == units[i].letter) {
			unit = units[i].seconds;
			text.n--;
			break;
		}
	return span_number(text, &n) ? n * unit : 0;
}

/* ---- services ------------------------------------------------------------ */

static bool
word_next(struct span *rest, struct span *word)
{
	size_t n = 0;

	*rest = span_trim(*rest);
	while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != '\t')
		n++;
	*word = span_slice(*rest, 0, n);
	*rest = span_slice(*rest, n, rest->n);
	return n > 0;
}

/* "smtp inet n - y - - smtpd -o ...": those that take SMTP in. */
static void
service_add(struct postfix *p, struct span line)
{
	struct span field[FIELDS];
	struct arena *a = p->d->arena;

	for (size_t i = 0; i < FIELDS; i++)
		if (!word_next(&line, &field[i]))
			return;
	if (!span_is(field[7], "smtpd") ||
	    (!span_is(field[1], "inet") && !span_is(field[1], "pass")) ||
	    p->count == SERVICES_MAX)
		return;
	p->service = arena_grow(
	    a, p->service, &p->cap, p->count + 1, sizeof(*p->service));
	p->service[p->count].name = arena_printf(
	    a, "%.*s/%.*s", SPAN_FMT(field[0]), SPAN_FMT(field[1]));
	/* "-" is the default, which is no since Postfix 3.0. */
	p->service[p->count++].chroot = span_is(field[4], "y");
}

/* What postconf says of a main.cf that it cannot read; NULL: there is none. */
static const char *
postfix_broken(struct doctor *d)
{
	struct span text, line = SPAN("");

	(void)doctor_command("command -v postconf >/dev/null 2>&1 && "
			   "postconf -x queue_directory 2>&1 >/dev/null",
	    d->arena, &text);
	while (span_cut(&text, '\n', &line))
		if (span_search(line, SPAN("fatal:")) != SIZE_MAX)
			return arena_strdup(d->arena, line);
	return NULL;
}

bool
postfix_read(struct postfix *p, struct doctor *d, const char **why)
{
	struct span master, line;

	*p = (struct postfix){ .d = d };
	*why = postfix_broken(d);
	if (*why != NULL)
		return false;
	if (!doctor_command("postconf -x smtpd_milters non_smtpd_milters "
			  "smtpd_milter_maps milter_protocol "
			  "milter_default_action milter_connect_timeout "
			  "milter_command_timeout milter_content_timeout "
			  "smtpd_forbid_bare_newline header_size_limit "
			  "cleanup_replace_stray_cr_lf message_size_limit "
			  "queue_directory mail_owner content_filter "
			  "receive_override_options milter_macro_daemon_name "
			  "smtpd_client_restrictions "
			  "smtpd_helo_restrictions "
			  "smtpd_sender_restrictions "
			  "smtpd_relay_restrictions "
			  "smtpd_recipient_restrictions "
			  "smtpd_sasl_auth_enable 2>/dev/null",
		d->arena, &p->main))
		return false;
	(void)doctor_command("postconf -xP 2>/dev/null", d->arena, &p->overrides);
	(void)doctor_command("postconf -M 2>/dev/null", d->arena, &master);
	while (span_cut(&master, '\n', &line))
		service_add(p, line);
	return true;
}

/* "smtp/inet", "192.0.2.1:25/inet", "[::1]:10025/inet", "smtpd/pass" */
enum postfix_kind
postfix_kind(const struct postfix_service *s)
{
	static const struct {
		const char *port;
		enum postfix_kind kind;
	} ports[] = {
		{ "smtp", POSTFIX_WORLD },
		{ "25", POSTFIX_WORLD },
		{ "smtpd", POSTFIX_WORLD }, /* behind postscreen */
		{ "submission", POSTFIX_USERS },
		{ "587", POSTFIX_USERS },
		{ "submissions", POSTFIX_USERS },
		{ "smtps", POSTFIX_USERS },
		{ "465", POSTFIX_USERS },
	};
	static const char *const loopback[] = { "127.",
		"localhost:", "[::1]:" };
	struct span name = span_of(s->name), port;
	size_t colon;

	for (size_t i = 0; i < ARRAY_COUNT(loopback); i++)
		if (span_starts(name, span_of(loopback[i])))
			return POSTFIX_INSIDE;
	port = span_slice(name, 0, span_find_last(name, '/'));
	colon = span_find_last(port, ':');
	if (colon != SIZE_MAX)
		port = span_slice(port, colon + 1, port.n);
	for (size_t i = 0; i < ARRAY_COUNT(ports); i++)
		if (span_is(port, ports[i].port))
			return ports[i].kind;
	return POSTFIX_OTHER;
}

bool
postfix_word_in(struct span list, const char *word)
{
	for (size_t at; list.n > 0; list = span_slice(list, at + 1, list.n)) {
		for (at = 0; at < list.n && strchr(" \t,", list.p[at]) == NULL;)
			at++;
		if (span_is(span_slice(list, 0, at), word))
			return true;
	}
	return false;
}

/* ---- lists of milters ---------------------------------------------------- */

const char *
postfix_socket(const struct postfix *p, struct span text)
{
	struct arena *a = p->d->arena;

	if (span_starts(text, SPAN("inet:localhost:")))
		return arena_printf(a, "inet:127.0.0.1:%.*s",
		    SPAN_FMT(span_slice(text, 15, text.n)));
	if (span_starts(text, SPAN("unix:")) && text.n > 5 && text.p[5] != '/')
		return arena_printf(a, "unix:%.*s/%.*s",
		    SPAN_FMT(postfix_main(p, "queue_directory")),
		    SPAN_FMT(span_slice(text, 5, text.n)));
	return arena_strdup(a, text);
}

/* Words with blanks or commas between, or { address, options }. */
bool
postfix_milter_next(
    const struct postfix *p, struct span *rest, struct postfix_milter *out)
{
	static const char between[] = " \t,}";
	size_t n = 0;
	bool braces;

	while (rest->n > 0 && strchr(between, rest->p[0]) != NULL)
		*rest = span_slice(*rest, 1, rest->n);
	if (rest->n == 0)
		return false;
	out->whole = *rest;
	braces = rest->p[0] == '{';
	if (braces)
		*rest = span_trim(span_slice(*rest, 1, rest->n));
	while (n < rest->n && strchr(between, rest->p[n]) == NULL)
		n++;
	out->text = span_slice(*rest, 0, n);
	out->socket = postfix_socket(p, out->text);
	*rest = span_slice(*rest, n, rest->n);
	out->options = SPAN("");
	if (!braces) {
		out->whole = out->text;
		return true;
	}
	n = span_find(*rest, '}');
	out->options = span_slice(*rest, 0, n);
	*rest = span_slice(*rest, n == SIZE_MAX ? rest->n : n + 1, rest->n);
	out->whole =
	    span_slice(out->whole, 0, (size_t)(rest->p - out->whole.p));
	return true;
}

struct span
postfix_milter_option(const struct postfix_milter *m, const char *name)
{
	struct span rest = m->options, one;

	while (span_cut(&rest, ',', &one)) {
		size_t equals = span_find(one, '=');

		if (equals != SIZE_MAX &&
		    span_is(span_trim(span_slice(one, 0, equals)), name))
			return span_trim(span_slice(one, equals + 1, one.n));
	}
	return span_of(NULL);
}
