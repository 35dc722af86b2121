/*
 * The settings that belong to no check, a row each. A value that is a text to
 * the reader and has a form of its own is tried here with the code of those
 * who read it in earnest.
 */
#include "config.h"

#include "policy/load/config_rows.h"

#include <string.h>

#include "policy/base/address.h"
#include "policy/base/postgres.h"
#include "policy/base/smtp_mail.h"
#include "policy/config/conf.h"
#include "policy/load/shipped.h"
#include "policy/store/store_conf.h"
#include "policy/store/store_url.h"

/* ---- values with a form of their own ------------------------------------- */

static bool
listen_fits(const void *base, struct arena *a, const char **why)
{
	const struct config *c = base;
	const char *address;

	return listen_address(c->listen, a, &address, why);
}

static bool
mode_fits(const void *base, struct arena *a, const char **why)
{
	const struct config *c = base;
	return listen_mode(c->socket_mode, a, why) != 0;
}

static bool
resolver_fits(const void *base, struct arena *a, const char **why)
{
	const struct config *c = base;
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
store_fits(const void *base, struct arena *a, const char **why)
{
	const struct config *c = base;
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
metrics_fits(const void *base, struct arena *a, const char **why)
{
	const struct config *c = base;
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

#define CONTACT_MAX ((size_t)200)
#define CONTACT_IDS ((size_t)3)

/* It goes to the client as it stands, but for the id. */
static bool
reply_contact_fits(const void *base, struct arena *a, const char **why)
{
	const struct config *c = base;
	struct span text = span_of(c->reply_contact);
	bool ok = text.n <= CONTACT_MAX;
	size_t ids = 0;

	(void)a;
	for (size_t i = 0; i < text.n; i++) {
		if (span_starts(
			span_slice(text, i, text.n), SPAN(CONFIG_CONTACT_ID))) {
			i += sizeof(CONFIG_CONTACT_ID) - 2;
			ok = ok && ++ids <= CONTACT_IDS;
		} else if (text.p[i] <= ' ' || text.p[i] >= 0x7F ||
			   strchr("%[]{}", text.p[i]) != NULL)
			ok = false;
	}
	if (!ok)
		*why = "reply.contact takes an address or a link of plain "
		       "ASCII letters, 200 at most, with " CONFIG_CONTACT_ID
		       " where the decision's id belongs, thrice "
		       "at most";
	return ok;
}

static bool
server_fits(
    const char *key, const char *text, struct arena *a, const char **why)
{
	struct sockaddr_storage server;

	if (smtp_server_parse(span_of(text), &server, why))
		return true;
	*why = arena_printf(a,
	    "%s takes the address of a mail server such as 127.0.0.1, "
	    "127.0.0.1:25 or [::1]:25, not its name",
	    key);
	return false;
}

static bool
alert_smtp_fits(const void *base, struct arena *a, const char **why)
{
	const struct config *c = base;

	return server_fits("alert.smtp", c->alert_smtp, a, why);
}

/* A mailbox of this machine needs no domain. */
static bool
alert_mail_fits(const void *base, struct arena *a, const char **why)
{
	const struct config *c = base;

	(void)a;
	if (c->alert_mail[0] == '\0' || smtp_address_valid(c->alert_mail))
		return true;
	*why = "alert.mail takes one address such as ops@example.org, or a "
	       "mailbox of this machine such as root";
	return false;
}

static bool
journal_copy_fits(const void *base, struct arena *a, const char **why)
{
	const struct config *c = base;
	const char *problem;

	if (c->journal_copy[0] == '\0')
		return true;
	if (!c->journal) {
		*why = "journal.copy: there is nothing to copy while journal "
		       "is off";
		return false;
	}
	if (postgres_uri_fits(c->journal_copy, &problem))
		return true;
	*why = arena_printf(a, "journal.copy: %s", problem);
	return false;
}

static bool
address_fits(
    const char *key, const char *text, struct arena *a, const char **why)
{
	if (text[0] == '\0' ||
	    (smtp_address_valid(text) && strchr(text, '@') != NULL))
		return true;
	*why = arena_printf(
	    a, "%s takes an address such as dmarc@example.org", key);
	return false;
}

static bool
report_from_fits(const void *base, struct arena *a, const char **why)
{
	const struct config *c = base;

	return address_fits("report.from", c->report_from, a, why);
}

static bool
report_sender_fits(const void *base, struct arena *a, const char **why)
{
	const struct config *c = base;

	return address_fits("report.sender", c->report_sender, a, why);
}

static bool
report_smtp_fits(const void *base, struct arena *a, const char **why)
{
	const struct config *c = base;

	return server_fits("report.smtp", c->report_smtp, a, why);
}

/* ---- rows ---------------------------------------------------------------- */

/* In the order of enum engine_kind. */
static const char *const engine_words[] = { "native", "libmilter", NULL };
static const char *const mode_words[] = { "enforce", "monitor", NULL };
static const char *const recipients_words[] = { "apart", "together", NULL };
static const char *const relay_words[] = { "junk", "refuse", NULL };
static const char *const refuse_words[] = { "helo", "mail", "rcpt", NULL };
static const char *const addresses_words[] = { "plain", "hashed", NULL };
static const char *const report_words[] = { "off", "collect", "on", NULL };
static const char *const log_words[] = { "syslog", "stderr", NULL };
static const char *const fallback_words[] = { "pass", "local", NULL };
static const char *const format_words[] = { "text", "json", NULL };

#define ROW(member, key, standard, min, max, words, help) \
	SETTING(struct config, member, key, standard, min, max, words, help)
/* A value with a form of its own. */
#define FORM(fits, member, key, standard, min, max, words, help)          \
	SETTING_OF(struct config, member, key, standard, min, max, words, \
	    help, fits, false)
/* Read at start; fits NULL: any value of its type will do. */
#define START(fits, member, key, standard, min, max, words, help)         \
	SETTING_OF(struct config, member, key, standard, min, max, words, \
	    help, fits, true)

/* clang-format off */
static const struct setting_row config_rows[] = {
	START(listen_fits, listen, "listen", "inet:127.0.0.1:8899", 0, 0, NULL,
	    "socket for the MTA: inet:HOST:PORT, inet6:HOST:PORT or unix:PATH"),
	START(mode_fits, socket_mode, "listen.mode", "0660", 0, 0, NULL,
	    "mode of a unix socket, octal"),
	START(NULL, socket_group, "listen.group", "", 0, 0, NULL,
	    "group of a unix socket, such as postfix"),
	START(NULL, engine, "engine", "native", 0, 0, engine_words,
	    "who speaks the milter protocol"),
	START(NULL, user, "user", "verdict", 0, 0, NULL,
	    "user to become when started as root"),
	START(NULL, group, "group", "", 0, 0, NULL,
	    "group to become; empty: the user's own"),
	START(NULL, pid_file, "pid-file", "", 0, 0, NULL,
	    "where a daemonised process writes its number; empty: nowhere"),
	START(NULL, control, "control", RUNDIR "/control", 0, 0, NULL,
	    "socket for the verdict command; empty: none"),
	START(NULL, state, "state", STATEDIR, 0, 0, NULL,
	    "directory of the store, the journal and caches"),
	START(store_fits, store, "store", "sqlite state.db", 0, 0, NULL,
	    "what is known of senders: sqlite PATH (below state), redis URL or memory"),
	START(NULL, store_fallback, "store.fallback", "pass", 0, 0, fallback_words,
	    "without Redis: pass lets mail by, local uses what this host knows"),
	START(NULL, store_timeout, "store.timeout", "200ms", 10, 10000, NULL,
	    "how long Redis may take to answer"),
	START(NULL, store_password_file, "store.password-file", "", 0, 0, NULL,
	    "file whose first line is the password for Redis"),
	START(NULL, store_ca, "store.ca", "", 0, 0, NULL,
	    "certificates that Redis is trusted by over TLS; empty: the system's"),
	START(NULL, store_certificate, "store.certificate", "", 0, 0, NULL,
	    "certificate that is shown to Redis over TLS"),
	START(NULL, store_key, "store.key", "", 0, 0, NULL,
	    "its key; empty: it stands in the same file"),
	START(NULL, store_entries, "store.entries", "2000000", 1000, 100000000, NULL,
	    "entries that are kept in memory, some 120 octets each"),
	ROW(mode, "mode", "enforce", 0, 0, mode_words,
	    "monitor judges, writes headers and logs, but refuses nothing"),
	ROW(refuse, "refuse", "rcpt", 0, 0, refuse_words,
	    "the first SMTP stage at which a rule may refuse"),
	ROW(recipients, "recipients", "apart", 0, 0, recipients_words,
	    "who are judged differently: apart, or together with the mildest answer"),
	ROW(relay_refusals, "relay.refusals", "junk", 0, 0, relay_words,
	    "what would be refused and comes from a relay: junk, or refuse it"),
	FORM(reply_contact_fits, reply_contact, "reply.contact", "", 0, 0, NULL,
	    "address or link for who is refused, with %{id} for the decision's id; empty: none"),
	ROW(trust, "trust", "127.0.0.0/8 ::1", 0, 0, NULL,
	    "networks whose mail is local: SPF, DKIM, DMARC and lists are not asked"),
	ROW(relay, "relay", "", 0, 0, NULL,
	    "our own other MX hosts: the hop before them is judged"),
	ROW(submission, "submission", "submission submissions smtps", 0, 0, NULL,
	    "names of MTA listeners ({daemon_name}) where mail of `trust` is submission"),
	ROW(unknown_defers, "unknown-defers", "on", 0, 0, NULL,
	    "make a refusal temporary when a rule above it could not be decided"),
	ROW(authserv_id, "authserv-id", "", 0, 0, NULL,
	    "our name in Authentication-Results; empty: the MTA's host name"),
	ROW(authserv_also, "authserv-id.also", "", 0, 0, NULL,
	    "further names whose Authentication-Results from outside are forged"),
	START(resolver_fits, resolver, "resolver", "", 0, 0, NULL,
	    "DNS servers, ADDRESS or ADDRESS:PORT; empty: those of resolv.conf"),
	START(NULL, dns_timeout, "dns.timeout", "5s", 100, 60000, NULL,
	    "how long one DNS question may take"),
	START(NULL, dns_cache, "dns.cache", "100000", 100, 10000000, NULL,
	    "DNS answers that are kept"),
	ROW(deadline, "deadline", "8s", 100, 240000, NULL,
	    "how long a message may wait for DNS at its end"),
	ROW(body_max, "body.max", "10M", 0, 1073741824, NULL,
	    "octets of a body that content rules see"),
	ROW(body_total, "body.total", "512M", 1048576, 1099511627776.0, NULL,
	    "octets of memory that all messages at once may take"),
	START(NULL, header_max, "header.max", "1M", 65536, 16777216, NULL,
	    "largest header field that the MTA may send"),
	ROW(rcpt_max, "rcpt.max", "10000", 1, 1000000, NULL,
	    "recipients of one message"),
	ROW(rules, "rules", RULES_STANDARD, 0, 0, NULL,
	    "rule files, relative to verdict.conf; none there: the shipped rules"),
	ROW(lists_watch, "lists.watch", "10s", 0, 86400000, NULL,
	    "how often to look whether list files have changed; 0: by reload only"),
	ROW(compare, "compare", "off", 0, 0, NULL,
	    "let libspf2, libopendmarc and libopendkim judge too and log where "
	    "they differ"),
	START(metrics_fits, metrics, "metrics", "", 0, 0, NULL,
	    "where Prometheus reads: 127.0.0.1:9897 or unix:PATH; empty: nowhere"),
	FORM(alert_mail_fits, alert_mail, "alert.mail", "", 0, 0, NULL,
	    "address that alerts are mailed to; empty: they are only logged"),
	FORM(alert_smtp_fits, alert_smtp, "alert.smtp", "127.0.0.1:25", 0, 0, NULL,
	    "mail server on this machine that takes them"),
	ROW(alert_interval, "alert.interval", "1h", 60000, 604800000, NULL,
	    "each kind of alert is told at most once in this time"),
	ROW(alert_temperror, "alert.temperror", "25", 0, 100, NULL,
	    "percent of messages with a temporary error that raise an alert; 0: never"),
	ROW(alert_refusals, "alert.refusals", "3", 0, 1000, NULL,
	    "how many times the usual share of refused mail raises one; 0: never"),
	ROW(journal, "journal", "on", 0, 0, NULL,
	    "keep every decision with what it rested on, for verdict explain"),
	ROW(journal_keep, "journal.keep", "30d", 3600000, 315360000000.0, NULL,
	    "how long decisions are kept"),
	ROW(journal_size, "journal.size", "2G", 1048576, 1099511627776.0, NULL,
	    "how large the journal may grow; the oldest decisions go first"),
	ROW(journal_addresses, "journal.addresses", "plain", 0, 0, addresses_words,
	    "hashed: local parts of addresses are kept as keyed hashes only"),
	FORM(journal_copy_fits, journal_copy, "journal.copy", "", 0, 0, NULL,
	    "postgresql://... that every decision goes to as well; empty: nowhere"),
	ROW(journal_copy_keep, "journal.copy.keep", "365d", 86400000, 315360000000.0, NULL,
	    "how long decisions are kept there"),
	ROW(report, "report", "off", 0, 0, report_words,
	    "DMARC reports to other domains: on, or collect without sending"),
	ROW(report_organization, "report.organization", "", 0, 0, NULL,
	    "who reports; empty: the domain of report.from"),
	FORM(report_from_fits, report_from, "report.from", "", 0, 0, NULL,
	    "address that reports come from; its domain must pass DMARC"),
	FORM(report_sender_fits, report_sender, "report.sender", "", 0, 0, NULL,
	    "address that bounces of reports go to; empty: report.from"),
	ROW(report_contact, "report.contact", "", 0, 0, NULL,
	    "further contact that stands in reports, such as a web page"),
	FORM(report_smtp_fits, report_smtp, "report.smtp", "127.0.0.1:25", 0, 0, NULL,
	    "mail server that takes reports"),
	START(NULL, learn, "learn", "on", 0, 0, NULL,
	    "learn from mail that is taught, and judge by it"),
	START(NULL, learn_keep, "learn.keep", "14d", 3600000, 31536000000.0, NULL,
	    "how long what a decision saw is kept, so that it can be taught by its id"),
	START(NULL, learn_kept, "learn.kept", "100000", 1000, 10000000, NULL,
	    "of how many decisions, some 4 kB each"),
	START(NULL, learn_socket, "learn.socket", "", 0, 0, NULL,
	    "socket by which users' lessons come and nothing else; empty: none"),
	START(NULL, learn_group, "learn.group", "", 0, 0, NULL,
	    "group that may use it, such as the one of Dovecot's scripts"),
	START(NULL, log, "log", "syslog", 0, 0, log_words,
	    "where log lines go when the daemon is in the background"),
	ROW(log_format, "log.format", "text", 0, 0, format_words,
	    "text or one JSON object a line"),
};
/* clang-format on */
const struct setting_table config_table = { config_rows,
	ARRAY_COUNT(config_rows), sizeof(struct config) };
