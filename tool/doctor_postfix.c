/*
 * Does Postfix hand its mail to the filter, in the right way? Reads what
 * postconf(1) prints; the daemon itself never runs anything.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "tool/doctor.h"

#define OUTPUT_MAX ((size_t)262144)

/* The parameters of one run of postconf, "name = value" a line. */
struct postfix {
	struct doctor *d;
	struct span text;
	const char *listen; /* as main.cf would have it */
};

static bool
command_read(const char *command, struct arena *a, struct span *out)
{
	FILE *f = popen(command, "r");
	struct buf b;
	char chunk[4096];
	size_t n;

	if (f == NULL)
		return false;
	buf_init(&b, OUTPUT_MAX);
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		(void)buf_add(&b, span_make(chunk, n));
	*out = arena_dup(a, buf_span(&b));
	buf_free(&b);
	return pclose(f) == 0 || out->n > 0;
}

/* The value, or p NULL when this Postfix does not know the parameter. */
static struct span
parameter(const struct postfix *p, const char *name)
{
	struct span rest = p->text, line;

	while (span_cut(&rest, '\n', &line)) {
		size_t equals = span_find(line, '=');

		if (equals != SIZE_MAX &&
		    span_is(span_trim(span_slice(line, 0, equals)), name))
			return span_trim(span_slice(line, equals + 1, line.n));
	}
	return span_of(NULL);
}

/* "300s", "5m": seconds, or 0 when it can't be read. */
static uint64_t
seconds(struct span text)
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

/* ---- is it there? -------------------------------------------------------- */

/* "localhost" is 127.0.0.1; a relative path is below the queue directory. */
static const char *
milter_normal(struct postfix *p, struct span text)
{
	struct arena *a = p->d->arena;

	if (span_starts(text, SPAN("inet:localhost:")))
		return arena_printf(a, "inet:127.0.0.1:%.*s",
		    SPAN_FMT(span_slice(text, 15, text.n)));
	if (span_starts(text, SPAN("unix:")) && text.n > 5 && text.p[5] != '/')
		return arena_printf(a, "unix:%.*s/%.*s",
		    SPAN_FMT(parameter(p, "queue_directory")),
		    SPAN_FMT(span_slice(text, 5, text.n)));
	return arena_strdup(a, text);
}

/*
 * The next filter of smtpd_milters: words with blanks or commas between, or
 * { address, parameters }.
 */
static bool
milter_next(struct span *rest, struct span *address)
{
	static const char between[] = " \t,}";
	size_t n = 0;
	bool braces;

	while (rest->n > 0 && strchr(between, rest->p[0]) != NULL)
		*rest = span_slice(*rest, 1, rest->n);
	if (rest->n == 0)
		return false;
	braces = rest->p[0] == '{';
	if (braces)
		*rest = span_trim(span_slice(*rest, 1, rest->n));
	while (n < rest->n && strchr(between, rest->p[n]) == NULL)
		n++;
	*address = span_slice(*rest, 0, n);
	if (braces)
		n = span_find(*rest, '}');
	*rest = span_slice(*rest, n == SIZE_MAX ? rest->n : n, rest->n);
	if (braces && rest->n > 0)
		*rest = span_slice(*rest, 1, rest->n);
	return true;
}

static void
postfix_milters(struct postfix *p)
{
	struct span all = parameter(p, "smtpd_milters"), rest = all, one;
	const char *before = NULL;
	struct doctor *d = p->d;

	while (milter_next(&rest, &one)) {
		const char *text = milter_normal(p, one);

		if (strcmp(text, p->listen) != 0) {
			before = text;
			continue;
		}
		if (before != NULL)
			doctor_found(d, FINDING_WARN, "postfix",
			    arena_printf(d->arena,
				"name %s first in smtpd_milters", p->listen),
			    "%s sees mail before verdict-milter does: what it "
			    "changes breaks signatures that are then verified",
			    before);
		else
			doctor_found(d, FINDING_OK, "postfix", NULL,
			    "smtpd_milters names %s", p->listen);
		return;
	}
	doctor_found(d, FINDING_FAIL, "postfix",
	    arena_printf(d->arena,
		"postconf -e 'smtpd_milters = %s%s%.*s' && postfix reload",
		p->listen, all.n > 0 ? ", " : "", SPAN_FMT(all)),
	    "smtpd_milters does not name %s: mail is not judged", p->listen);
}

/* ---- parameters ---------------------------------------------------------- */

static void
postfix_protocol(struct postfix *p)
{
	struct span value = parameter(p, "milter_protocol");
	uint64_t version;

	if (value.p != NULL && (!span_number(value, &version) || version < 6))
		doctor_found(p->d, FINDING_FAIL, "postfix",
		    "postconf -e 'milter_protocol = 6' && postfix reload",
		    "milter_protocol is %.*s: the filter needs 6",
		    SPAN_FMT(value));
}

static void
postfix_action(struct postfix *p)
{
	struct span value = parameter(p, "milter_default_action");

	if (span_is(value, "accept"))
		doctor_found(p->d, FINDING_WARN, "postfix",
		    "postconf -e 'milter_default_action = tempfail' && "
		    "postfix reload",
		    "milter_default_action is accept: while the filter is "
		    "away mail comes in unjudged");
	else if (span_is(value, "reject"))
		doctor_found(p->d, FINDING_WARN, "postfix",
		    "postconf -e 'milter_default_action = tempfail' && "
		    "postfix reload",
		    "milter_default_action is reject: while the filter is "
		    "away good mail is lost for good");
}

static void
postfix_timeouts(struct postfix *p)
{
	uint64_t content = seconds(parameter(p, "milter_content_timeout"));
	uint64_t command = seconds(parameter(p, "milter_command_timeout"));
	uint64_t deadline =
	    (uint64_t)p->d->snapshot->config.deadline.ms / 1000 + 1;

	if (content > 0 && content < deadline + 10)
		doctor_found(p->d, FINDING_FAIL, "postfix",
		    "postconf -e 'milter_content_timeout = 300s' && postfix "
		    "reload",
		    "milter_content_timeout is %llus, the filter may take "
		    "%llus (deadline) and what reading takes",
		    (unsigned long long)content, (unsigned long long)deadline);
	if (command > 0 && command < 10)
		doctor_found(p->d, FINDING_WARN, "postfix",
		    "postconf -e 'milter_command_timeout = 30s' && postfix "
		    "reload",
		    "milter_command_timeout is only %llus",
		    (unsigned long long)command);
}

static void
postfix_newline(struct postfix *p)
{
	struct span value = parameter(p, "smtpd_forbid_bare_newline");

	if (value.p == NULL)
		doctor_found(p->d, FINDING_WARN, "postfix",
		    "update Postfix (3.5.23, 3.6.13, 3.7.9, 3.8.4 or later)",
		    "this Postfix cannot refuse bare newlines: a sender can "
		    "smuggle a second message past the filter");
	else if (span_is(value, "no"))
		doctor_found(p->d, FINDING_WARN, "postfix",
		    "postconf -e 'smtpd_forbid_bare_newline = normalize' && "
		    "postfix reload",
		    "smtpd_forbid_bare_newline is no: a sender can smuggle a "
		    "second message past the filter");
}

static void
postfix_header(struct postfix *p)
{
	uint64_t limit;

	if (span_number(parameter(p, "header_size_limit"), &limit) &&
	    limit > p->d->snapshot->config.header_max.octets)
		doctor_found(p->d, FINDING_FAIL, "postfix",
		    arena_printf(p->d->arena, "header.max %llu in verdict.conf",
			(unsigned long long)limit),
		    "header_size_limit is %llu, but the filter takes fields "
		    "up to header.max %llu and hangs up on larger ones",
		    (unsigned long long)limit,
		    (unsigned long long)
			p->d->snapshot->config.header_max.octets);
}

/* A chrooted smtpd reaches no unix socket outside the queue directory. */
static void
postfix_chroot(struct postfix *p)
{
	struct span queue = parameter(p, "queue_directory"), text, value;
	size_t equals;

	if (strncmp(p->listen, "unix:", 5) != 0 ||
	    span_starts(span_of(p->listen + 5), queue))
		return;
	if (!command_read(
		"postconf -F smtp/inet/chroot 2>/dev/null", p->d->arena, &text))
		return;
	equals = span_find(text, '=');
	value = span_trim(
	    equals == SIZE_MAX ? text : span_slice(text, equals + 1, text.n));
	if (span_is(value, "y"))
		doctor_found(p->d, FINDING_FAIL, "postfix",
		    "listen inet:127.0.0.1:8899 in verdict.conf, or a socket "
		    "below the queue directory",
		    "smtpd is chrooted in %.*s and cannot reach %s",
		    SPAN_FMT(queue), p->listen + 5);
}

static void (*const postfix_checks[])(struct postfix *p) = {
	postfix_milters,
	postfix_protocol,
	postfix_action,
	postfix_timeouts,
	postfix_newline,
	postfix_header,
	postfix_chroot,
};

void
doctor_postfix(struct doctor *d)
{
	struct postfix p = { .d = d };

	if (!command_read("postconf -x smtpd_milters milter_protocol "
			  "milter_default_action milter_content_timeout "
			  "milter_command_timeout smtpd_forbid_bare_newline "
			  "header_size_limit queue_directory 2>/dev/null",
		d->arena, &p.text)) {
		doctor_found(d, FINDING_OK, "postfix", NULL,
		    "there is no postconf here: Postfix is not looked at");
		return;
	}
	p.listen =
	    milter_normal(&p, span_of(d->snapshot->config.listen[0] == '/'
					  ? arena_printf(d->arena, "unix:%s",
						d->snapshot->config.listen)
					  : d->snapshot->config.listen));
	for (size_t i = 0; i < ARRAY_COUNT(postfix_checks); i++)
		postfix_checks[i](&p);
}
