/*
 * Does Postfix hand its mail to the filter, in the right way? Looks at main.cf
 * and at each smtpd service of master.cf, which may have its own opinion.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "tool/doctor/postfix.h"

#define RELOAD "' && postfix reload"

/* ---- settings that main.cf, a service or one filter may have ------------- */

/*
 * Where a setting stands: how it is named in a sentence, and the command that
 * changes it is postconf followed by change, the new value and RELOAD.
 */
struct postfix_place {
	const char *name, *change;
};

static void
check_protocol(
    struct postfix *p, const struct postfix_place *at, struct span value)
{
	uint64_t version;

	if (!span_number(value, &version) || version < 6)
		doctor_found(p->d, FINDING_FAIL, "postfix",
		    arena_printf(p->d->arena, "%s6" RELOAD, at->change),
		    "%s is %.*s: the filter needs 6", at->name,
		    SPAN_FMT(value));
}

static void
check_action(
    struct postfix *p, const struct postfix_place *at, struct span value)
{
	bool rejects = span_is(value, "reject");

	if (rejects || span_is(value, "accept"))
		doctor_found(p->d, FINDING_WARN, "postfix",
		    arena_printf(p->d->arena, "%stempfail" RELOAD, at->change),
		    "%s is %.*s: while the filter is away %s", at->name,
		    SPAN_FMT(value),
		    rejects ? "good mail is lost for good"
			    : "mail comes in unjudged");
}

static void
check_content(
    struct postfix *p, const struct postfix_place *at, struct span value)
{
	uint64_t seconds = postfix_seconds(value);
	uint64_t deadline =
	    (uint64_t)p->d->snapshot->config.deadline.ms / 1000 + 1;

	if (seconds > 0 && seconds < deadline + 10)
		doctor_found(p->d, FINDING_FAIL, "postfix",
		    arena_printf(p->d->arena, "%s300s" RELOAD, at->change),
		    "%s is %llus: the filter may take %llus (deadline in "
		    "verdict.conf) and what reading takes, and Postfix would "
		    "hang up on it",
		    at->name, (unsigned long long)seconds,
		    (unsigned long long)deadline);
}

static void
check_command(
    struct postfix *p, const struct postfix_place *at, struct span value)
{
	uint64_t seconds = postfix_seconds(value);

	if (seconds > 0 && seconds < 10)
		doctor_found(p->d, FINDING_WARN, "postfix",
		    arena_printf(p->d->arena, "%s30s" RELOAD, at->change),
		    "%s is only %llus: a busy machine may need more to answer "
		    "a command",
		    at->name, (unsigned long long)seconds);
}

static void
check_connect(
    struct postfix *p, const struct postfix_place *at, struct span value)
{
	uint64_t seconds = postfix_seconds(value);

	if (seconds > 0 && seconds < 5)
		doctor_found(p->d, FINDING_WARN, "postfix",
		    arena_printf(p->d->arena, "%s30s" RELOAD, at->change),
		    "%s is only %llus: a busy machine may need more to take a "
		    "connection",
		    at->name, (unsigned long long)seconds);
}

static void
check_size(struct postfix *p, const struct postfix_place *at, struct span value)
{
	uint64_t size_max;

	if (span_number(value, &size_max))
		doctor_size(p->d, "postfix", at->name, size_max,
		    arena_printf(p->d->arena, "%s%llu" RELOAD, at->change,
			(unsigned long long)
			    p->d->snapshot->config.body_max.octets));
}

static const struct postfix_setting {
	const char *parameter;
	const char *option; /* in the braces of one filter; NULL: none */
	void (*check)(struct postfix *p, const struct postfix_place *at,
	    struct span value);
} settings[] = {
	{ "milter_protocol", "protocol", check_protocol },
	{ "milter_default_action", "default_action", check_action },
	{ "milter_connect_timeout", "connect_timeout", check_connect },
	{ "milter_command_timeout", "command_timeout", check_command },
	{ "milter_content_timeout", "content_timeout", check_content },
	{ "message_size_limit", NULL, check_size },
};

static void
settings_main(struct postfix *p)
{
	for (size_t i = 0; i < ARRAY_COUNT(settings); i++) {
		const char *name = settings[i].parameter;
		struct postfix_place at = { name,
			arena_printf(p->d->arena, "postconf -e '%s = ", name) };
		struct span value = postfix_main(p, name);

		if (value.p != NULL)
			settings[i].check(p, &at, value);
	}
}

/* Only what the service has of its own: main.cf's has been told. */
static void
settings_service(struct postfix *p, const struct postfix_service *s)
{
	for (size_t i = 0; i < ARRAY_COUNT(settings); i++) {
		const char *name = settings[i].parameter;
		struct postfix_place at = { arena_printf(p->d->arena,
						"%s of %s in master.cf", name,
						s->name),
			arena_printf(p->d->arena, "postconf -P '%s/%s = ",
			    doctor_quoted(p->d, s->name), name) };
		struct span value = postfix_own(p, s, name);

		if (value.p != NULL)
			settings[i].check(p, &at, value);
	}
}

static void
settings_milter(
    struct postfix *p, const struct postfix_milter *m, const char *where)
{
	for (size_t i = 0; i < ARRAY_COUNT(settings); i++) {
		const char *name = settings[i].option;
		struct postfix_place at;
		struct span value;

		if (name == NULL)
			continue;
		at.name = arena_printf(
		    p->d->arena, "%s of the filter in %s", name, where);
		at.change = arena_printf(p->d->arena,
		    "in %s, between the braces: '%s=", where, name);
		value = postfix_milter_option(m, name);
		if (value.p != NULL)
			settings[i].check(p, &at, value);
	}
}

/* ---- lists of filters ---------------------------------------------------- */

/* Where a list has us. */
struct listing {
	size_t times;
	const char *before; /* who stands before us; NULL: nobody */
	struct postfix_milter ours;
};

static struct listing
listing_of(const struct postfix *p, struct span list)
{
	struct listing l = { .times = 0 };
	struct postfix_milter m;

	if (list.p == NULL)
		return l;
	while (postfix_milter_next(p, &list, &m)) {
		if (strcmp(m.socket, p->listen) != 0) {
			if (l.times == 0)
				l.before = m.socket;
			continue;
		}
		if (l.times++ == 0)
			l.ours = m;
	}
	return l;
}

/*
 * Our socket as Postfix is to be told: relative to the queue directory where
 * it lies below it, which is right in a chroot and outside.
 */
static const char *
listen_told(const struct postfix *p)
{
	struct span queue = postfix_main(p, "queue_directory");
	struct span path = span_of(p->listen);

	if (!span_starts(path, SPAN("unix:")))
		return p->listen;
	path = span_slice(path, 5, path.n);
	if (queue.n == 0 || !span_starts(path, queue) ||
	    path.n <= queue.n + 1 || path.p[queue.n] != '/')
		return p->listen;
	return arena_printf(p->d->arena, "unix:%.*s",
	    SPAN_FMT(span_slice(path, queue.n + 1, path.n)));
}

/* Only with those that answer: the mend must not stop mail. */
static const char *
list_with_us(struct postfix *p, struct span others)
{
	const char *alive = postfix_list_alive(p, others);

	return arena_printf(p->d->arena, "%s%s%s", listen_told(p),
	    alive[0] != '\0' ? ", " : "", alive);
}

/* The command that names us; not before somebody answers there. */
static const char *
mend_with_us(struct postfix *p, const char *change, struct span others)
{
	return arena_printf(p->d->arena, "%s%s%s" RELOAD,
	    p->d->answers ? "" : "once verdict-milter answers: ", change,
	    doctor_quoted(p->d, list_with_us(p, others)));
}

/* A list that names us: where, and how? */
static void
list_check(struct postfix *p, const struct listing *l, const char *where)
{
	if (l->times > 1)
		doctor_found(p->d, FINDING_WARN, "postfix",
		    arena_printf(p->d->arena, "name it once in %s", where),
		    "%s names %s %zu times: mail is judged and counted as "
		    "often",
		    where, p->listen, l->times);
	if (l->before != NULL)
		doctor_found(p->d, FINDING_WARN, "postfix",
		    arena_printf(
			p->d->arena, "name %s first in %s", p->listen, where),
		    "%s sees mail before verdict-milter does (%s): what it "
		    "changes breaks signatures that are then verified",
		    l->before, where);
	settings_milter(p, &l->ours, where);
}

static void
postfix_milters(struct postfix *p)
{
	struct span all = postfix_main(p, "smtpd_milters");
	struct listing l = listing_of(p, all);

	postfix_filters(
	    p, all, "smtpd_milters", "postconf -e 'smtpd_milters = ");
	if (l.times == 0) {
		doctor_found(p->d, FINDING_FAIL, "postfix",
		    mend_with_us(p, "postconf -e 'smtpd_milters = ", all),
		    "smtpd_milters does not name %s: mail is not judged",
		    p->listen);
		return;
	}
	if (l.times == 1 && l.before == NULL)
		doctor_found(p->d, FINDING_OK, "postfix", NULL,
		    "smtpd_milters names %s", p->listen);
	list_check(p, &l, "smtpd_milters");
}

static void
postfix_local(struct postfix *p)
{
	struct span all = postfix_main(p, "non_smtpd_milters");
	struct listing l = listing_of(p, all);

	if (all.p == NULL)
		return;
	postfix_filters(
	    p, all, "non_smtpd_milters", "postconf -e 'non_smtpd_milters = ");
	if (l.times == 0)
		doctor_found(p->d, FINDING_INFO, "postfix", NULL,
		    "mail of programs on this machine (sendmail, cron, web "
		    "forms) is not judged: non_smtpd_milters does not name %s. "
		    "That is well where only mail from outside is judged; to "
		    "see what a broken web form sends, name it there",
		    p->listen);
	else {
		doctor_found(p->d, FINDING_INFO, "postfix", NULL,
		    "mail of programs on this machine is judged, too, by rules "
		    "and limits (non_smtpd_milters names %s)",
		    p->listen);
		list_check(p, &l, "non_smtpd_milters");
	}
}

static void
postfix_maps(struct postfix *p)
{
	struct span value = postfix_main(p, "smtpd_milter_maps");

	if (value.n > 0)
		doctor_found(p->d, FINDING_INFO, "postfix", NULL,
		    "smtpd_milter_maps (%.*s) may send some clients past the "
		    "filter: look for DISABLE and for lists without %s there",
		    SPAN_FMT(value), p->listen);
}

/* ---- services of master.cf ----------------------------------------------- */

static void
service_unjudged(struct postfix *p, const struct postfix_service *s,
    const char *because, const char *mend)
{
	if (postfix_kind(s) == POSTFIX_WORLD)
		doctor_found(p->d, FINDING_FAIL, "postfix", mend,
		    "what comes in by %s is not judged: %s", s->name, because);
	else if (postfix_kind(s) == POSTFIX_USERS)
		doctor_found(p->d, FINDING_INFO, "postfix", NULL,
		    "what your users hand in by %s is not judged: %s. A stolen "
		    "account is not noticed by limits then",
		    s->name, because);
}

/* A filter behind Postfix hands mail back: it has been judged before. */
static void
service_again(struct postfix *p, const struct postfix_service *s)
{
	if (postfix_kind(s) == POSTFIX_INSIDE &&
	    postfix_main(p, "content_filter").n > 0)
		doctor_found(p->d, FINDING_WARN, "postfix",
		    arena_printf(p->d->arena,
			"postconf -P '%s/receive_override_options = "
			"no_milters" RELOAD,
			doctor_quoted(p->d, s->name)),
		    "mail that comes back from content_filter by %s is judged "
		    "a second time, as if this machine had sent it",
		    s->name);
}

/* In a chroot an absolute path begins at the queue directory. */
static void
service_chroot(struct postfix *p, const struct postfix_service *s,
    const struct postfix_milter *ours)
{
	const char *told = listen_told(p);

	if (!s->chroot || !span_starts(ours->text, SPAN("unix:/")))
		return;
	doctor_found(p->d, FINDING_FAIL, "postfix",
	    told == p->listen
		? "listen inet:127.0.0.1:8899 in verdict.conf, or a socket "
		  "below the queue directory; the same in smtpd_milters"
		: arena_printf(p->d->arena, "name it %s instead", told),
	    "%s is chrooted in %.*s and cannot reach %.*s", s->name,
	    SPAN_FMT(postfix_main(p, "queue_directory")), SPAN_FMT(ours->text));
}

static void
service_check(struct postfix *p, const struct postfix_service *s)
{
	struct arena *a = p->d->arena;
	struct span own = postfix_own(p, s, "smtpd_milters");
	struct listing l = listing_of(p, postfix_value(p, s, "smtpd_milters"));
	const char *change = arena_printf(a,
	    "postconf -P '%s/smtpd_milters = ", doctor_quoted(p->d, s->name));

	if (own.p != NULL)
		postfix_filters(p, own,
		    arena_printf(
			a, "smtpd_milters of %s in master.cf", s->name),
		    change);
	if (postfix_word_in(postfix_value(p, s, "receive_override_options"),
		"no_milters")) {
		service_unjudged(p, s,
		    "receive_override_options has no_milters",
		    arena_printf(a,
			"take no_milters out of receive_override_options "
			"(master.cf, %s), then postfix reload",
			s->name));
		return;
	}
	if (l.times == 0) {
		/* That main.cf does not name us has been told. */
		if (own.p != NULL)
			service_unjudged(p, s,
			    own.n == 0 ? "its own smtpd_milters in master.cf "
					 "is empty"
				       : "its own smtpd_milters in master.cf "
					 "names others",
			    mend_with_us(p, change, own));
		return;
	}
	if (own.p != NULL)
		list_check(p, &l,
		    arena_printf(
			a, "smtpd_milters of %s in master.cf", s->name));
	settings_service(p, s);
	service_again(p, s);
	service_chroot(p, s, &l.ours);
}

static void
postfix_services(struct postfix *p)
{
	for (size_t i = 0; i < p->count; i++)
		service_check(p, &p->service[i]);
}

/* ---- other parameters ---------------------------------------------------- */

static void
postfix_newline(struct postfix *p)
{
	struct span value = postfix_main(p, "smtpd_forbid_bare_newline");

	if (value.p == NULL)
		doctor_found(p->d, FINDING_WARN, "postfix",
		    "update Postfix (3.5.23, 3.6.13, 3.7.9, 3.8.4 or later)",
		    "this Postfix cannot refuse bare newlines: a sender can "
		    "smuggle a second message past the filter");
	else if (span_is(value, "no"))
		doctor_found(p->d, FINDING_WARN, "postfix",
		    "postconf -e 'smtpd_forbid_bare_newline = normalize" RELOAD,
		    "smtpd_forbid_bare_newline is no: a sender can smuggle a "
		    "second message past the filter");
}

/*
 * A CR inside a line ends it for some mail programs, which then see fields and
 * parts of a message that are none to anybody else. We read it both ways, but
 * it is better gone.
 */
static void
postfix_stray_cr(struct postfix *p)
{
	struct span value = postfix_main(p, "cleanup_replace_stray_cr_lf");

	if (value.p == NULL)
		doctor_found(p->d, FINDING_WARN, "postfix",
		    "update Postfix (3.5.24, 3.6.14, 3.7.10, 3.8.5 or later)",
		    "this Postfix leaves bare carriage returns in mail: some "
		    "mail programs take them for line ends and see other "
		    "fields and parts than Postfix does");
	else if (span_is(value, "no"))
		doctor_found(p->d, FINDING_WARN, "postfix",
		    "postconf -e 'cleanup_replace_stray_cr_lf = yes" RELOAD,
		    "cleanup_replace_stray_cr_lf is no: bare carriage returns "
		    "stay in mail, and some mail programs take them for line "
		    "ends and see other fields and parts than Postfix does");
}

static void
postfix_header(struct postfix *p)
{
	uint64_t limit;

	if (span_number(postfix_main(p, "header_size_limit"), &limit) &&
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

static void
postfix_socket_open(struct postfix *p)
{
	struct span owner = postfix_main(p, "mail_owner");

	if (owner.n > 0 && strncmp(p->listen, "unix:", 5) == 0)
		doctor_reach(
		    p->d, p->listen + 5, arena_strdup(p->d->arena, owner));
}

static void (*const postfix_checks[])(struct postfix *p) = {
	postfix_milters,
	postfix_services,
	doctor_users,
	settings_main,
	postfix_local,
	postfix_maps,
	postfix_newline,
	postfix_stray_cr,
	postfix_header,
	postfix_socket_open,
};

void
doctor_postfix(struct doctor *d)
{
	const char *listen = d->snapshot->config.listen, *why;
	struct postfix p;

	if (!postfix_read(&p, d, &why)) {
		if (why != NULL)
			doctor_found(d, FINDING_FAIL, "postfix",
			    "write main.cf anew (Debian: dpkg-reconfigure "
			    "postfix), then postfix check",
			    "Postfix cannot read its configuration: %s", why);
		else
			doctor_found(d, FINDING_INFO, "postfix", NULL,
			    "there is no postconf here: Postfix is not looked "
			    "at");
		return;
	}
	p.listen = postfix_socket(&p,
	    span_of(listen[0] == '/' ? arena_printf(d->arena, "unix:%s", listen)
				     : listen));
	for (size_t i = 0; i < ARRAY_COUNT(postfix_checks); i++)
		postfix_checks[i](&p);
}
