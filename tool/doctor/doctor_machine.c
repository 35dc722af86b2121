/*
 * Is the machine fit for it: resolver, clock, disk, lists?
 */
#include "config.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include "policy/base/clock.h"
#include "policy/base/file.h"
#include "policy/base/json.h"
#include "tool/doctor/doctor.h"

#define RESOLV_CONF  "/etc/resolv.conf"
#define SLOW_MS      300
#define DISK_LOW_MIB 100
#define BUILD_S      INT64_C(1735689600) /* no clock of ours is before 2025 */
#define LOCAL_MEND                                            \
	"apt install unbound, and \"resolver 127.0.0.1\" in " \
	"verdict.conf"
/* Where programs of servers lie that a user's PATH leaves out. */
#define SERVER_PATH "/usr/local/sbin:/usr/sbin:/sbin"

/* ---- the resolver -------------------------------------------------------- */

/* Block lists refuse to answer these, or answer them wrongly. */
static const struct {
	const char *net, *whose;
} public_resolvers[] = {
	{ "1.1.1.0/24", "Cloudflare" },
	{ "1.0.0.0/24", "Cloudflare" },
	{ "2606:4700:4700::/48", "Cloudflare" },
	{ "8.8.8.0/24", "Google" },
	{ "8.8.4.0/24", "Google" },
	{ "2001:4860:4860::/48", "Google" },
	{ "9.9.9.0/24", "Quad9" },
	{ "149.112.112.0/24", "Quad9" },
	{ "2620:fe::/48", "Quad9" },
	{ "208.67.220.0/22", "OpenDNS" },
	{ "185.228.168.0/23", "CleanBrowsing" },
	{ "94.140.14.0/23", "AdGuard" },
};

static void
doctor_server(struct doctor *d, struct span text)
{
	struct ip_net net;
	struct ip ip;

	text = span_slice(text, 0, span_find(text, '%'));
	if (!ip_parse(text, &ip))
		return;
	for (size_t i = 0; i < ARRAY_COUNT(public_resolvers); i++)
		if (ip_net_parse(span_of(public_resolvers[i].net), &net) &&
		    ip_in(ip, net))
			doctor_found(d, FINDING_FAIL, "resolver", LOCAL_MEND,
			    "%.*s is the public resolver of %s: block lists "
			    "do not answer it",
			    SPAN_FMT(text), public_resolvers[i].whose);
}

static void
doctor_servers(struct doctor *d)
{
	const struct setting_list *set = &d->snapshot->config.resolver;
	struct span text, line;
	const char *why;

	for (size_t i = 0; i < set->count; i++)
		doctor_server(d, set->item[i]);
	if (set->count > 0 ||
	    !file_read(RESOLV_CONF, 65536, d->arena, &text, &why))
		return;
	while (span_cut(&text, '\n', &line))
		if (span_starts(line, SPAN("nameserver ")))
			doctor_server(
			    d, span_trim(span_slice(line, 11, line.n)));
}

static bool
program_in(const char *directories, const char *name, struct arena *a)
{
	struct span rest = span_of(directories), directory;

	while (span_cut(&rest, ':', &directory))
		if (access(
			arena_printf(a, "%.*s/%s", SPAN_FMT(directory), name),
			X_OK) == 0)
			return true;
	return false;
}

/*
 * What brings answers: a resolver that is installed here and asked by us is
 * not running, else one has to be installed.
 */
static const char *
resolver_mend(struct doctor *d)
{
	static const struct {
		const char *program, *unit;
	} servers[] = { { "unbound", "unbound" }, { "kresd", "kresd@1" },
		{ "pdns_recursor", "pdns-recursor" }, { "named", "named" } };

	for (size_t i = 0;
	     resolver_on_loopback(d->resolver) && i < ARRAY_COUNT(servers); i++)
		if (program_in(getenv("PATH"), servers[i].program, d->arena) ||
		    program_in(SERVER_PATH, servers[i].program, d->arena))
			return arena_printf(d->arena,
			    "systemctl enable --now %s; journalctl -u %s says "
			    "why it does not run",
			    servers[i].unit, servers[i].unit);
	return LOCAL_MEND;
}

/* A signed name that has been there for long. */
static void
doctor_resolver(struct doctor *d)
{
	struct dns_batch *b;
	const struct dns_answer *a;
	int64_t began_ms, took_ms;

	if (d->resolver == NULL)
		return;
	doctor_servers(d);
	b = dns_batch_new(d->resolver, d->arena);
	began_ms = clock_system.monotonic_ms(clock_system.ctx);
	a = doctor_ask(d, b, SPAN("www.iana.org"), DNS_A);
	took_ms = clock_system.monotonic_ms(clock_system.ctx) - began_ms;
	if (a->status != DNS_DATA)
		doctor_found(d, FINDING_FAIL, "resolver", resolver_mend(d),
		    "www.iana.org cannot be looked up: %s",
		    a->problem == NULL ? dns_status_names[a->status]
				       : a->problem);
	else if (took_ms > SLOW_MS)
		doctor_found(d, FINDING_WARN, "resolver", LOCAL_MEND,
		    "an answer took %lld ms", (long long)took_ms);
	else
		doctor_found(d, FINDING_OK, "resolver", NULL,
		    "answers come, the first took %lld ms", (long long)took_ms);
	if (!resolver_on_loopback(d->resolver))
		doctor_found(d, FINDING_WARN, "resolver", LOCAL_MEND,
		    "the resolver is not on this machine: its DNSSEC is not "
		    "believed and each lookup takes the way there");
	else if (a->status == DNS_DATA && !a->secure && !d->canned)
		doctor_found(d, FINDING_WARN, "resolver",
		    "let the resolver validate (unbound: auto-trust-anchor-"
		    "file)",
		    "the resolver does not validate DNSSEC");
	dns_batch_free(&b);
}

/* ---- the machine --------------------------------------------------------- */

static void
doctor_clock(struct doctor *d)
{
	struct timex t = { .modes = 0 };
	int64_t now_s = clock_system.unix_s(clock_system.ctx);

	if (now_s < BUILD_S)
		doctor_found(d, FINDING_FAIL, "clock",
		    "timedatectl set-ntp true",
		    "the clock stands in the past: signatures will seem to "
		    "be from the future");
	else if (adjtimex(&t) == TIME_ERROR)
		doctor_found(d, FINDING_WARN, "clock",
		    "timedatectl set-ntp true",
		    "the clock is not synchronised");
	else
		doctor_found(
		    d, FINDING_OK, "clock", NULL, "the clock is synchronised");
}

static void
doctor_state(struct doctor *d)
{
	const struct config *c = &d->snapshot->config;
	const struct passwd *user = getpwnam(c->user);
	struct statvfs fs;
	struct stat st;

	if (stat(c->state, &st) != 0 || !S_ISDIR(st.st_mode)) {
		doctor_found(d, FINDING_FAIL, "state",
		    arena_printf(d->arena, "install -d -m 0750 -o %s %s",
			doctor_word(d, c->user), doctor_word(d, c->state)),
		    "there is no directory %s", c->state);
		return;
	}
	if (user == NULL)
		doctor_found(d, FINDING_FAIL, "state",
		    arena_printf(d->arena,
			"adduser --system --group --no-create-home %s",
			doctor_word(d, c->user)),
		    "there is no user %s", c->user);
	else if (st.st_uid != user->pw_uid)
		doctor_found(d, FINDING_FAIL, "state",
		    arena_printf(d->arena, "chown -R %s %s",
			doctor_word(d, c->user), doctor_word(d, c->state)),
		    "%s does not belong to %s", c->state, c->user);
	if ((st.st_mode & S_IWOTH) != 0)
		doctor_found(d, FINDING_FAIL, "state",
		    arena_printf(
			d->arena, "chmod 0750 %s", doctor_word(d, c->state)),
		    "everybody may write to %s", c->state);
	if (statvfs(c->state, &fs) != 0)
		return;
	if (fs.f_bavail / (1048576 / fs.f_frsize + 1) < DISK_LOW_MIB)
		doctor_found(d, FINDING_WARN, "disk",
		    "make room, or move \"state\" to another disk",
		    "less than %d MiB are free in %s", DISK_LOW_MIB, c->state);
	else
		doctor_found(d, FINDING_OK, "disk", NULL,
		    "%llu MiB are free in %s",
		    (unsigned long long)(fs.f_bavail * fs.f_frsize / 1048576),
		    c->state);
}

/* ---- lists --------------------------------------------------------------- */

static void
doctor_list(struct doctor *d, struct jsonr list)
{
	struct span zone = SPAN("?"), reason = SPAN("");
	struct span state = SPAN("");

	(void)jsonr_text(jsonr_get(list, "zone"), &zone);
	(void)jsonr_text(jsonr_get(list, "reason"), &reason);
	(void)jsonr_text(jsonr_get(list, "state"), &state);
	if (span_is(state, "suspended"))
		doctor_found(d, FINDING_FAIL, "lists",
		    "see \"verdict lists\"; remove it from the rules if it "
		    "is dead",
		    "%.*s is suspended: %.*s", SPAN_FMT(zone),
		    SPAN_FMT(reason));
	else if (span_is(state, "new"))
		doctor_found(d, FINDING_UNKNOWN, "lists", NULL,
		    "%.*s has not answered a probe yet: ask again in a minute",
		    SPAN_FMT(zone));
	else
		doctor_found(d, FINDING_OK, "lists", NULL,
		    "%.*s answers, and is asked", SPAN_FMT(zone));
}

static void
doctor_lists(struct doctor *d)
{
	struct buf answer;
	struct jsonr_doc *doc = NULL;
	struct jsonr lists;
	const char *why;

	buf_init(&answer, (size_t)4 << 20);
	if (d->snapshot->config.control[0] != '\0' &&
	    tool_control(
		d->snapshot->config.control, "lists json", &answer, &why) &&
	    (doc = jsonr_parse(buf_span(&answer), d->arena, &why)) != NULL) {
		lists = jsonr_get(jsonr_top(doc), "lists");
		for (size_t i = 0; i < jsonr_count(lists); i++)
			doctor_list(d, jsonr_at(lists, i));
	}
	jsonr_free(&doc);
	buf_free(&answer);
}

void
doctor_machine(struct doctor *d)
{
	doctor_resolver(d);
	doctor_clock(d);
	doctor_state(d);
	doctor_lists(d);
}
