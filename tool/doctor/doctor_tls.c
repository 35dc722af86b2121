/*
 * What the mail servers of a domain show with STARTTLS: is it offered, how
 * old is it, does the certificate fit, and does it keep what MTA-STS and DANE
 * promise of it? Connects to each MX host, as anybody may.
 */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "policy/base/address.h"
#include "policy/base/clock.h"
#include "tool/doctor/doctor.h"
#include "tool/doctor/tls.h"

#define HOSTS_MAX     20
#define ADDRESSES_MAX 4 /* of one host and one family */
#define CONNECT_MS    5000
#define STEP_MS       15000 /* some let strangers wait for the greeting */
#define ONE_MS        25000 /* for one address, altogether */
#define ALL_MS        90000
#define SILENT_MAX    3 /* in a row; then the rest will be silent, too */
#define DAYS_LOW      14

enum visit_end {
	VISIT_UNTRIED,
	VISIT_UNREACHED,  /* no connection */
	VISIT_UNFRIENDLY, /* no word of SMTP, or none for us */
	VISIT_CLEAR,      /* no STARTTLS */
	VISIT_BROKEN,     /* STARTTLS, but no TLS */
	VISIT_TLS,
};

struct visit {
	const char *host;
	struct ip ip;
	const struct dns_answer *tlsa;
	bool secure; /* DNSSEC holds from the domain to the TLSA record */
	enum visit_end end;
	int error;
	const char *why;
	struct tls_answer tls;
};

struct visits {
	struct doctor *d;
	struct dns_batch *dns;
	struct span domain;
	bool mta_sts;
	int64_t until_ms;
	struct visit *visit;
	size_t count, cap;
};

/* ---- what the domain promises -------------------------------------------- */

static void
mta_sts_look(struct visits *v)
{
	struct doctor *d = v->d;
	struct span name = span_of(
	    arena_printf(d->arena, "_mta-sts.%.*s", SPAN_FMT(v->domain)));
	const struct dns_answer *a = doctor_ask(d, v->dns, name, DNS_TXT);
	size_t count = 0;

	if (!doctor_known(d, a, "the MTA-STS record", name))
		return;
	for (size_t i = 0; a->status == DNS_DATA && i < a->count; i++)
		count += span_starts(a->text[i], SPAN("v=STSv1"));
	v->mta_sts = count == 1;
	if (count == 1)
		doctor_found(d, FINDING_INFO, "mta-sts", NULL,
		    "%.*s is there: senders that know MTA-STS follow the policy "
		    "at https://mta-sts.%.*s/.well-known/mta-sts.txt (not read "
		    "here)",
		    SPAN_FMT(name), SPAN_FMT(v->domain));
	else if (count > 1)
		doctor_found(d, FINDING_WARN, "mta-sts", "leave one of them",
		    "there are several MTA-STS records at %.*s, so none counts",
		    SPAN_FMT(name));
	else
		doctor_found(d, FINDING_INFO, "mta-sts", NULL,
		    "%.*s has no MTA-STS record: unless DANE asks for TLS, who "
		    "sits between can talk senders out of it",
		    SPAN_FMT(v->domain));
}

/* ---- one server ---------------------------------------------------------- */

static const char *
helo_name(struct doctor *d)
{
	char name[256] = "";

	if (gethostname(name, sizeof(name) - 1) != 0 || name[0] == '\0')
		return "localhost";
	for (char *p = name; *p != '\0'; p++)
		if (*p <= ' ' || (unsigned char)*p >= 0x7f)
			return "localhost";
	return arena_strdup(d->arena, span_of(name));
}

static void
visit_talk(struct visits *v, struct visit *one, struct smtp *s)
{
	struct tls_question q = { .host = one->host };
	bool offered;

	if (one->tlsa != NULL && one->tlsa->status == DNS_DATA) {
		q.tlsa = one->tlsa->text;
		q.tlsa_count = one->tlsa->count;
	}
	s->step_ms = STEP_MS;
	smtp_step(s);
	one->end = VISIT_UNFRIENDLY;
	if (!smtp_expect(s, '2') ||
	    !smtp_ehlo(s, helo_name(v->d), "STARTTLS", &offered))
		return;
	one->end = VISIT_CLEAR;
	if (!offered) {
		(void)smtp_command(s, "QUIT", "", "", '2');
		return;
	}
	one->end = VISIT_BROKEN;
	if (!smtp_command(s, "STARTTLS", "", "", '2'))
		return;
	smtp_step(s);
	if (tls_look(s, &q, &one->tls))
		one->end = VISIT_TLS;
	else
		memcpy(s->why, one->tls.why, sizeof(one->tls.why));
}

static void
visit_make(struct visits *v, struct visit *one)
{
	int64_t now_ms = clock_system.monotonic_ms(clock_system.ctx);
	struct smtp s = { .step_ms = CONNECT_MS,
		.until_ms = now_ms + ONE_MS < v->until_ms ? now_ms + ONE_MS
							  : v->until_ms };
	struct sockaddr_storage server;
	char text[IP_TEXT_MAX];
	const char *why;

	if (now_ms >= v->until_ms ||
	    !dns_server_parse(span_of(arena_printf(v->d->arena, "[%s]:%u",
				  ip_format(one->ip, text), v->d->smtp_port)),
		&server, &why))
		return;
	one->end = VISIT_UNREACHED;
	if (smtp_open(&s, &server))
		visit_talk(v, one, &s);
	one->error = s.error;
	one->why = arena_strdup(v->d->arena, span_of(s.why));
	smtp_close(&s);
}

/* ---- whom to visit ------------------------------------------------------- */

static void
visits_host(struct visits *v, struct span host, bool secure)
{
	static const enum dns_type types[] = { DNS_A, DNS_AAAA };
	struct arena *arena = v->d->arena;
	struct span name = span_of(arena_printf(
	    arena, "_%u._tcp.%.*s", v->d->smtp_port, SPAN_FMT(host)));
	const struct dns_answer *tlsa =
	    doctor_ask(v->d, v->dns, name, DNS_TLSA);

	(void)doctor_known(v->d, tlsa, "the TLSA record", name);
	for (size_t t = 0; t < ARRAY_COUNT(types); t++) {
		const struct dns_answer *a =
		    doctor_ask(v->d, v->dns, host, types[t]);

		for (size_t i = 0;
		     a->status == DNS_DATA && i < a->count && i < ADDRESSES_MAX;
		     i++) {
			v->visit = arena_grow(arena, v->visit, &v->cap,
			    v->count + 1, sizeof(*v->visit));
			v->visit[v->count++] = (struct visit){
				.host = arena_strdup(arena, host),
				.ip = a->ip[i],
				.tlsa = tlsa,
				.secure = v->d->canned ||
					  (secure && a->secure && tlsa->secure),
				.why = "",
			};
		}
	}
}

static bool
visits_reached(const struct visits *v, unsigned family)
{
	for (size_t i = 0; i < v->count; i++)
		if (v->visit[i].ip.family == family &&
		    v->visit[i].end > VISIT_UNREACHED)
			return true;
	return false;
}

/* All of one family; where none answers the rest is not waited for. */
static void
visits_make(struct visits *v, unsigned family)
{
	int silent = 0;

	for (size_t i = 0; i < v->count; i++) {
		struct visit *one = &v->visit[i];

		if (one->ip.family != family ||
		    (silent >= SILENT_MAX && !visits_reached(v, family)))
			continue;
		visit_make(v, one);
		silent +=
		    one->end == VISIT_UNREACHED && one->error == ETIMEDOUT;
	}
}

/* ---- what it means ------------------------------------------------------- */

/* "mx.example.org (192.0.2.1)" */
static const char *
visit_name(const struct visits *v, const struct visit *one)
{
	char text[IP_TEXT_MAX];

	return arena_printf(
	    v->d->arena, "%s (%s)", one->host, ip_format(one->ip, text));
}

static bool
has_dane(const struct visit *one)
{
	return one->secure && one->tlsa != NULL &&
	       one->tlsa->status == DNS_DATA;
}

/* Some senders refuse what others only shrug at. */
static enum finding_level
level_for(const struct visits *v, const struct visit *one)
{
	return v->mta_sts || has_dane(one) ? FINDING_FAIL : FINDING_WARN;
}

static const char *
who_refuses(const struct visits *v, const struct visit *one)
{
	return has_dane(one) ? "; senders that follow DANE do not deliver to it"
	       : v->mta_sts
		   ? "; senders that follow MTA-STS do not deliver to it"
		   : "";
}

static void
say_clear(struct visits *v, const struct visit *one)
{
	doctor_found(v->d, level_for(v, one), "tls",
	    "Postfix there: postconf -e 'smtpd_tls_security_level = may' and "
	    "smtpd_tls_chain_files with key and certificate",
	    "%s offers no STARTTLS: mail comes in the clear%s",
	    visit_name(v, one), who_refuses(v, one));
}

static void
say_unfriendly(struct visits *v, const struct visit *one)
{
	bool refused = one->error == 0;

	doctor_found(v->d, refused ? FINDING_UNKNOWN : FINDING_FAIL, "smtp",
	    refused ? "try from a host that may send mail; this one may stand "
		      "in a block list or lack a name"
		    : "look at the server's log: does it listen with SMTP "
		      "there, and is it too busy to greet?",
	    "%s takes the connection but says nothing of use: %s",
	    visit_name(v, one), one->why);
}

static void
say_name(struct visits *v, const struct visit *one)
{
	const struct tls_answer *t = &one->tls;

	if (!t->name_matches && !(has_dane(one) && t->tlsa_pins_key))
		doctor_found(v->d, v->mta_sts ? FINDING_FAIL : FINDING_WARN,
		    "tls",
		    arena_printf(v->d->arena,
			"get a certificate that names %s, such as by certbot "
			"certonly -d %s",
			one->host, doctor_word(v->d, one->host)),
		    "the certificate of %s is for %s%s", visit_name(v, one),
		    t->names[0] == '\0' ? "no name at all" : t->names,
		    v->mta_sts ? who_refuses(v, one) : "");
	if (t->chain[0] != '\0' && !(has_dane(one) && t->tlsa_matches))
		doctor_found(v->d, FINDING_WARN, "tls",
		    "use one of a public authority, with its intermediate "
		    "certificates behind it in the file (fullchain.pem)",
		    "the certificate of %s is not signed by an authority that "
		    "this machine trusts: %s%s",
		    visit_name(v, one), t->chain,
		    v->mta_sts ? who_refuses(v, one) : "");
}

static void
say_time(struct visits *v, const struct visit *one)
{
	static const char renew[] =
	    "renew it and reload the mail server; does certbot's timer run, "
	    "with a hook that reloads Postfix?";
	const struct tls_answer *t = &one->tls;

	if (t->days_left < 0)
		doctor_found(v->d, FINDING_FAIL, "tls", renew,
		    "the certificate of %s has expired on %s%s",
		    visit_name(v, one), t->until,
		    v->mta_sts ? who_refuses(v, one) : "");
	else if (t->too_early)
		doctor_found(v->d, FINDING_FAIL, "tls",
		    "correct the server's clock, or get another certificate",
		    "the certificate of %s is not valid yet",
		    visit_name(v, one));
	else if (t->days_left < DAYS_LOW)
		doctor_found(v->d, FINDING_WARN, "tls", renew,
		    "the certificate of %s expires in %d day%s, on %s",
		    visit_name(v, one), t->days_left,
		    t->days_left == 1 ? "" : "s", t->until);
}

static void
say_dane(struct visits *v, const struct visit *one)
{
	const struct tls_answer *t = &one->tls;

	if (one->tlsa == NULL || one->tlsa->status != DNS_DATA)
		return;
	if (t->tlsa_usable == 0)
		doctor_found(v->d, FINDING_WARN, "dane",
		    arena_printf(v->d->arena, "_%u._tcp.%s. TLSA %s",
			v->d->smtp_port, one->host, t->tlsa_right),
		    "none of the TLSA records of %s is of a kind that SMTP "
		    "uses (RFC 7672 3.1)",
		    one->host);
	else if (!t->tlsa_matches)
		doctor_found(v->d, level_for(v, one), "dane",
		    arena_printf(v->d->arena,
			"_%u._tcp.%s. TLSA %s fits; publish it before a key "
			"changes, not after",
			v->d->smtp_port, one->host, t->tlsa_right),
		    "the certificate of %s is not what its TLSA records say%s",
		    visit_name(v, one), one->secure ? who_refuses(v, one) : "");
	else
		doctor_found(v->d, one->secure ? FINDING_OK : FINDING_INFO,
		    "dane", NULL,
		    "the certificate of %s is what its TLSA "
		    "records say%s",
		    visit_name(v, one),
		    one->secure ? ""
				: ", but no DNSSEC was seen here, without "
				  "which nobody follows them");
}

static void
say_tls(struct visits *v, const struct visit *one)
{
	const struct tls_answer *t = &one->tls;
	size_t before = v->d->count;

	if (t->old)
		doctor_found(v->d, FINDING_WARN, "tls",
		    "let it speak TLS 1.2 and 1.3 (smtpd_tls_protocols = "
		    ">=TLSv1.2), with a TLS library that knows them",
		    "%s speaks no more than %s, which many senders refuse",
		    visit_name(v, one), t->protocol);
	say_name(v, one);
	say_time(v, one);
	if (v->d->count == before)
		doctor_found(v->d, FINDING_OK, "tls", NULL,
		    "%s speaks %s, with a certificate that is good until %s",
		    visit_name(v, one), t->protocol, t->until);
	say_dane(v, one);
}

/* Others of the family answered, so that it is not our network. */
static void
say_unreached(struct visits *v, const struct visit *one)
{
	doctor_found(v->d, FINDING_FAIL, "smtp",
	    "does the server run, and does its firewall let port 25 in?",
	    "%s takes no connection on port %u: %s", visit_name(v, one),
	    v->d->smtp_port, one->why);
}

static void
say_visit(struct visits *v, const struct visit *one)
{
	switch (one->end) {
	case VISIT_UNTRIED:
		doctor_found(v->d, FINDING_UNKNOWN, "tls", NULL,
		    "%s was not tried, the others took too long",
		    visit_name(v, one));
		break;
	case VISIT_UNREACHED:
		say_unreached(v, one);
		break;
	case VISIT_UNFRIENDLY:
		say_unfriendly(v, one);
		break;
	case VISIT_CLEAR:
		say_clear(v, one);
		break;
	case VISIT_BROKEN:
		doctor_found(v->d, FINDING_FAIL, "tls",
		    arena_printf(v->d->arena,
			"look at the server's log; openssl s_client -starttls "
			"smtp -connect %s:%u shows more",
			doctor_word(v->d, one->host), v->d->smtp_port),
		    "%s offers STARTTLS, but it does not work: %s%s",
		    visit_name(v, one), one->why, who_refuses(v, one));
		break;
	case VISIT_TLS:
		say_tls(v, one);
		break;
	}
}

/* No server could be reached: that says more of this network than of them. */
static void
say_blocked(struct visits *v, unsigned family, const struct visit *first)
{
	doctor_found(v->d, FINDING_UNKNOWN, "tls",
	    family == 4 ? "many networks let no port 25 out; run this on a "
			  "host that may send mail"
			: NULL,
	    "TLS could not be tried from here over IPv%u: %s port %u: %s",
	    family, visit_name(v, first), v->d->smtp_port, first->why);
}

static void
say_family(struct visits *v, unsigned family)
{
	bool reached = visits_reached(v, family);

	for (size_t i = 0; i < v->count; i++) {
		const struct visit *one = &v->visit[i];

		if (one->ip.family != family)
			continue;
		if (!reached) {
			say_blocked(v, family, one);
			return;
		}
		say_visit(v, one);
	}
}

void
doctor_tls(struct doctor *d, struct dns_batch *dns, struct span domain,
    const struct dns_answer *mx)
{
	static const unsigned families[] = { 4, 6 };
	struct visits v = { .d = d, .dns = dns, .domain = domain };

	if (mx->status == DNS_DATA && mx->count == 1 && mx->mx[0].host.n == 0)
		return;
	mta_sts_look(&v);
	if (d->smtp_port == 0)
		return;
	for (size_t i = 0;
	     mx->status == DNS_DATA && i < mx->count && i < HOSTS_MAX; i++)
		visits_host(&v, mx->mx[i].host, mx->secure);
	if (mx->status != DNS_DATA)
		visits_host(&v, domain, mx->secure);
	v.until_ms = clock_system.monotonic_ms(clock_system.ctx) + ALL_MS;
	for (size_t f = 0; f < ARRAY_COUNT(families); f++) {
		visits_make(&v, families[f]);
		say_family(&v, families[f]);
	}
}
