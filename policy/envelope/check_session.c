/*
 * What the MTA says of the connection and the envelope, as facts. Nothing is
 * looked up here.
 */
#include "config.h"

#include <stdlib.h>
#include <time.h>

#include "policy/message/check.h"
#include "policy/message/session.h"
#include "rules/base/utf8.h"
#include "rules/text/domain.h"

static const char *const direction_words[] = { "inbound", "submission", "local",
	"relay", NULL };
static const char *const weekday_words[] = { "sunday", "monday", "tuesday",
	"wednesday", "thursday", "friday", "saturday", NULL };

enum session_fact {
	F_CLIENT_IP,
	F_CLIENT_NAME,
	F_CLIENT_PRIVATE,
	F_CLIENT_PORT,
	F_LISTENER,
	F_HELO,
	F_HELO_DOMAIN,
	F_HELO_LITERAL,
	F_TLS,
	F_TLS_VERSION,
	F_TLS_CIPHER,
	F_TLS_BITS,
	F_TLS_VERIFIED,
	F_TLS_SUBJECT,
	F_TLS_ISSUER,
	F_DIRECTION,
	F_AUTH,
	F_AUTH_USER,
	F_AUTH_TYPE,
	F_SENDER,
	F_SENDER_LOCAL,
	F_SENDER_DOMAIN,
	F_SENDER_NULL,
	F_SIZE_DECLARED,
	F_TIME_HOUR,
	F_TIME_WEEKDAY,
	F_SESSION_MESSAGES,
	F_RCPT,
	F_RCPT_LOCAL,
	F_RCPT_DOMAIN,
	F_RCPT_NUMBER,
	F_RCPT_COUNT,
	F_RCPT_REFUSED,
	F_RECIPIENT,
	F_RECIPIENT_ADDRESS,
	F_RECIPIENT_LOCAL,
	F_RECIPIENT_DOMAIN,
	F_SIZE,
	F_COUNT,
};

#define CHEAP FACT_CHEAP
/* clang-format off */
static const struct fact_row session_facts[] = {
	{ "client.ip", FACT_IP, STAGE_CONNECT, CHEAP | FACT_PROVES, NULL,
	  "address of the client; behind our own relay, of the first foreign hop" },
	{ "client.name", FACT_DOMAIN, STAGE_CONNECT, CHEAP | FACT_PROVES, NULL,
	  "the client's host name as the MTA verified it; absent without one" },
	{ "client.private", FACT_BOOL, STAGE_CONNECT, CHEAP, NULL,
	  "the address is loopback, link-local or of a private network" },
	{ "client.port", FACT_NUMBER, STAGE_CONNECT, CHEAP | FACT_COUNTS, NULL,
	  "TCP port of the client" },
	{ "listener", FACT_TEXT, STAGE_CONNECT, CHEAP | FACT_PROVES | FACT_IMPERSONAL, NULL,
	  "the MTA's name for the listener ({daemon_name})" },
	{ "helo", FACT_TEXT, STAGE_HELO, CHEAP | FACT_CLAIMED | FACT_IMPERSONAL, NULL,
	  "what the client said in HELO or EHLO" },
	{ "helo.domain", FACT_DOMAIN, STAGE_HELO, CHEAP | FACT_CLAIMED, NULL,
	  "the HELO name, when it is a domain with at least two labels" },
	{ "helo.literal", FACT_BOOL, STAGE_HELO, CHEAP, NULL,
	  "the HELO name is an address, in brackets or bare" },
	{ "tls", FACT_BOOL, STAGE_MAIL, CHEAP, NULL,
	  "the session is encrypted" },
	{ "tls.version", FACT_NUMBER, STAGE_MAIL, CHEAP, NULL,
	  "1.2 for TLSv1.2; 0.3 for SSLv3; absent without TLS" },
	{ "tls.cipher", FACT_TEXT, STAGE_MAIL, CHEAP | FACT_IMPERSONAL, NULL,
	  "name of the cipher" },
	{ "tls.bits", FACT_NUMBER, STAGE_MAIL, CHEAP, NULL,
	  "effective key length of the cipher" },
	{ "tls.verified", FACT_BOOL, STAGE_MAIL, CHEAP | FACT_PROVES, NULL,
	  "the client showed a certificate that the MTA verified" },
	{ "tls.subject", FACT_TEXT, STAGE_MAIL, CHEAP | FACT_PROVES, NULL,
	  "subject of the client's certificate" },
	{ "tls.issuer", FACT_TEXT, STAGE_MAIL, CHEAP | FACT_PROVES | FACT_IMPERSONAL, NULL,
	  "issuer of the client's certificate" },
	{ "direction", FACT_WORD, STAGE_MAIL, CHEAP | FACT_PROVES, direction_words,
	  "whether the message comes from outside, from our own users, from this host or from our other MX" },
	{ "auth", FACT_BOOL, STAGE_MAIL, CHEAP | FACT_PROVES, NULL,
	  "the client has authenticated itself" },
	{ "auth.user", FACT_TEXT, STAGE_MAIL, CHEAP | FACT_PROVES, NULL,
	  "the authenticated user" },
	{ "auth.type", FACT_TEXT, STAGE_MAIL, CHEAP | FACT_IMPERSONAL, NULL,
	  "the SASL mechanism" },
	{ "sender", FACT_ADDRESS, STAGE_MAIL, CHEAP | FACT_CLAIMED, NULL,
	  "reverse-path of MAIL FROM; absent when it is null" },
	{ "sender.local", FACT_TEXT, STAGE_MAIL, CHEAP | FACT_CLAIMED, NULL,
	  "local part of the reverse-path" },
	{ "sender.domain", FACT_DOMAIN, STAGE_MAIL, CHEAP | FACT_CLAIMED, NULL,
	  "domain of the reverse-path" },
	{ "sender.null", FACT_BOOL, STAGE_MAIL, CHEAP, NULL,
	  "the reverse-path is null: a bounce or a notification" },
	{ "size.declared", FACT_NUMBER, STAGE_MAIL, CHEAP | FACT_COUNTS, NULL,
	  "octets that the client announced with SIZE=" },
	{ "time.hour", FACT_NUMBER, STAGE_CONNECT, FACT_HOUR, NULL,
	  "hour of the day in this host's time zone, 0 to 23" },
	{ "time.weekday", FACT_WORD, STAGE_CONNECT, 0, weekday_words,
	  "day of the week in this host's time zone" },
	{ "session.messages", FACT_NUMBER, STAGE_MAIL, CHEAP | FACT_COUNTS, NULL,
	  "messages before this one on the same connection" },
	{ "rcpt", FACT_ADDRESS, STAGE_RCPT, CHEAP | FACT_RCPT, NULL,
	  "the recipient that is being judged" },
	{ "rcpt.local", FACT_TEXT, STAGE_RCPT, CHEAP | FACT_RCPT, NULL,
	  "its local part" },
	{ "rcpt.domain", FACT_DOMAIN, STAGE_RCPT, CHEAP | FACT_RCPT, NULL,
	  "its domain" },
	{ "rcpt.number", FACT_NUMBER, STAGE_RCPT, CHEAP | FACT_RCPT | FACT_COUNTS, NULL,
	  "1 for the first recipient of the message, 2 for the second ..." },
	{ "rcpt.count", FACT_NUMBER, STAGE_EOH, CHEAP | FACT_COUNTS, NULL,
	  "recipients that were accepted" },
	{ "rcpt.refused", FACT_NUMBER, STAGE_EOH, CHEAP | FACT_COUNTS, NULL,
	  "recipients that the MTA or a rule has refused" },
	{ "recipient", FACT_GROUP, STAGE_EOH, CHEAP, NULL,
	  "all accepted recipients" },
	{ "recipient.address", FACT_ADDRESS, STAGE_EOH, CHEAP, NULL,
	  "address of one of them" },
	{ "recipient.local", FACT_TEXT, STAGE_EOH, CHEAP, NULL,
	  "its local part" },
	{ "recipient.domain", FACT_DOMAIN, STAGE_EOH, CHEAP, NULL,
	  "its domain" },
	{ "size", FACT_NUMBER, STAGE_EOM, CHEAP | FACT_COUNTS, NULL,
	  "octets of header and body" },
};
/* clang-format on */
_Static_assert(ARRAY_COUNT(session_facts) == F_COUNT, "a row per fact");

static fact_id
session_fact(const struct message *m, enum session_fact f)
{
	extern const struct check check_session;

	return check_fact(m, &check_session, f);
}

/* Facts hold valid UTF-8 only, whatever the MTA was told. */
static struct value
text_value(struct message *m, struct span text)
{
	return text.n == 0 ? value_absent()
			   : value_text(utf8_clean(text, m->arena));
}

static struct value
domain_value(struct message *m, struct span name, bool dotted)
{
	struct span ascii;
	const char *why;

	if (name.n == 0 || !domain_to_ascii(name, m->arena, &ascii, &why) ||
	    (dotted && span_find(ascii, '.') == SIZE_MAX))
		return value_absent();
	return value_text(ascii);
}

static void
state_connect(struct message *m)
{
	const struct session *s = m->session;
	struct facts *f = m->facts;
	time_t now = (time_t)m->time_s;
	struct tm tm = { 0 };

	if (m->client.family != 0) {
		facts_ip(f, session_fact(m, F_CLIENT_IP), m->client);
		facts_bool(f, session_fact(m, F_CLIENT_PRIVATE),
		    ip_private(m->client));
	} else {
		facts_absent(f, session_fact(m, F_CLIENT_IP));
		facts_absent(f, session_fact(m, F_CLIENT_PRIVATE));
	}
	facts_set(f, session_fact(m, F_CLIENT_NAME),
	    ip_eq(m->client, s->client) ? domain_value(m, s->client_name, false)
					: value_absent());
	facts_set(f, session_fact(m, F_CLIENT_PORT),
	    s->client_port == 0 ? value_absent()
				: value_number(s->client_port));
	facts_set(
	    f, session_fact(m, F_LISTENER), text_value(m, s->daemon_name));
	(void)localtime_r(&now, &tm);
	facts_number(f, session_fact(m, F_TIME_HOUR), tm.tm_hour);
	facts_word(
	    f, session_fact(m, F_TIME_WEEKDAY), weekday_words[tm.tm_wday % 7]);
}

static bool
is_literal(struct span helo)
{
	struct ip ip;

	return (helo.n > 0 && helo.p[0] == '[') || ip_parse(helo, &ip);
}

static void
state_helo(struct message *m)
{
	struct facts *f = m->facts;
	bool literal = is_literal(m->helo);

	facts_set(f, session_fact(m, F_HELO), text_value(m, m->helo));
	facts_set(f, session_fact(m, F_HELO_DOMAIN),
	    literal ? value_absent() : domain_value(m, m->helo, true));
	facts_bool(f, session_fact(m, F_HELO_LITERAL), literal);
}

/* "TLSv1.3" is 1.3, "TLSv1" 1.0, "SSLv3" 0.3; 0 for anything else. */
static double
tls_number(struct span version)
{
	char digits[8] = "";
	size_t v = span_find(version, 'v');

	if (v == SIZE_MAX || version.n - v - 1 >= sizeof(digits))
		return 0;
	for (size_t i = v + 1; i < version.n; i++)
		digits[i - v - 1] = version.p[i];
	return span_case_starts(version, SPAN("SSL"))
		   ? strtod(digits, NULL) / 10
		   : strtod(digits, NULL);
}

static void
state_tls(struct message *m)
{
	const struct session *s = m->session;
	struct facts *f = m->facts;
	bool tls = s->tls_version.n > 0;

	facts_bool(f, session_fact(m, F_TLS), tls);
	facts_bool(f, session_fact(m, F_TLS_VERIFIED), tls && s->tls_verified);
	facts_set(f, session_fact(m, F_TLS_VERSION),
	    tls ? value_number(tls_number(s->tls_version)) : value_absent());
	facts_set(f, session_fact(m, F_TLS_BITS),
	    tls ? value_number(s->tls_bits) : value_absent());
	facts_set(
	    f, session_fact(m, F_TLS_CIPHER), text_value(m, s->tls_cipher));
	facts_set(
	    f, session_fact(m, F_TLS_SUBJECT), text_value(m, s->tls_subject));
	facts_set(
	    f, session_fact(m, F_TLS_ISSUER), text_value(m, s->tls_issuer));
}

static void
state_mail(struct message *m)
{
	struct facts *f = m->facts;

	state_tls(m);
	facts_word(
	    f, session_fact(m, F_DIRECTION), direction_names[m->direction]);
	facts_bool(f, session_fact(m, F_AUTH), m->auth_user.n > 0);
	facts_set(f, session_fact(m, F_AUTH_USER), text_value(m, m->auth_user));
	facts_set(f, session_fact(m, F_AUTH_TYPE), text_value(m, m->auth_type));
	facts_set(f, session_fact(m, F_SENDER), text_value(m, m->sender.raw));
	facts_set(
	    f, session_fact(m, F_SENDER_LOCAL), text_value(m, m->sender.local));
	facts_set(f, session_fact(m, F_SENDER_DOMAIN),
	    text_value(m, m->sender.domain));
	facts_bool(f, session_fact(m, F_SENDER_NULL), m->sender.raw.n == 0);
	facts_set(f, session_fact(m, F_SIZE_DECLARED),
	    m->size_declared == 0 ? value_absent()
				  : value_number((double)m->size_declared));
	facts_number(
	    f, session_fact(m, F_SESSION_MESSAGES), m->session->messages);
}

static void
state_rcpt(struct message *m)
{
	size_t i = m->rcpt_count - 1;
	const struct envelope_address *a = &m->rcpt[i].address;
	struct facts *f = m->facts;

	facts_rcpt_set(f, session_fact(m, F_RCPT), i, text_value(m, a->raw));
	facts_rcpt_set(
	    f, session_fact(m, F_RCPT_LOCAL), i, text_value(m, a->local));
	facts_rcpt_set(
	    f, session_fact(m, F_RCPT_DOMAIN), i, text_value(m, a->domain));
	facts_rcpt_set(
	    f, session_fact(m, F_RCPT_NUMBER), i, value_number((double)i + 1));
}

static void
state_recipients(struct message *m)
{
	struct facts *f = m->facts;
	fact_id group = session_fact(m, F_RECIPIENT);
	size_t refused = 0;

	for (size_t i = 0; i < m->rcpt_count; i++) {
		const struct envelope_address *a = &m->rcpt[i].address;
		size_t e;

		if (m->rcpt[i].refused) {
			refused++;
			continue;
		}
		e = facts_element(f, group);
		facts_field(f, session_fact(m, F_RECIPIENT_ADDRESS), e,
		    text_value(m, a->raw));
		facts_field(f, session_fact(m, F_RECIPIENT_LOCAL), e,
		    text_value(m, a->local));
		facts_field(f, session_fact(m, F_RECIPIENT_DOMAIN), e,
		    text_value(m, a->domain));
	}
	facts_group_end(f, group);
	facts_number(f, session_fact(m, F_RCPT_COUNT),
	    (double)(m->rcpt_count - refused));
	facts_number(f, session_fact(m, F_RCPT_REFUSED), (double)refused);
}

static void
session_gather(struct message *m, void *slot, enum stage stage)
{
	(void)slot;
	switch (stage) {
	case STAGE_CONNECT:
		state_connect(m);
		break;
	case STAGE_HELO:
		state_helo(m);
		break;
	case STAGE_MAIL:
		state_mail(m);
		break;
	case STAGE_RCPT:
		state_rcpt(m);
		break;
	case STAGE_EOH:
		state_recipients(m);
		break;
	case STAGE_EOM:
		facts_number(m->facts, session_fact(m, F_SIZE),
		    (double)(m->headers.octets + m->body_octets));
		break;
	}
}

static bool
session_judge(struct message *m, void *slot, enum stage stage)
{
	(void)m;
	(void)slot;
	return stage == STAGE_EOM;
}

extern const struct check check_session;
const struct check check_session = {
	.name = "session",
	.facts = session_facts,
	.fact_count = ARRAY_COUNT(session_facts),
	.slot_size = 1,
	.gather = session_gather,
	.judge = session_judge,
};
