/*
 * The settings of verdict.conf that belong to no check, and the reader of the
 * file: statements of a key and its values, one a line.
 */
#include "config.h"

#include "policy/config/conf.h"

#include "policy/message/check.h"
#include "policy/config/conf_value.h"
#include "policy/message/snapshot.h"
#include "rules/source/lexer.h"
#include "rules/base/panic.h"

#define VALUES_MAX 1024

static const char *const mode_words[] = { "enforce", "monitor", NULL };
static const char *const refuse_words[] = { "helo", "mail", "rcpt", NULL };
static const char *const addresses_words[] = { "plain", "hashed", NULL };
static const char *const log_words[] = { "syslog", "stderr", NULL };
static const char *const fallback_words[] = { "pass", "local", NULL };
static const char *const format_words[] = { "text", "json", NULL };

#define ROW(member, key, standard, min, max, words, help) \
	SETTING(struct config, member, key, standard, min, max, words, help)

/* clang-format off */
const struct setting_row config_rows[] = {
	ROW(listen, "listen", "inet:127.0.0.1:8899", 0, 0, NULL,
	    "socket for the MTA: inet:HOST:PORT, inet6:HOST:PORT or unix:PATH"),
	ROW(socket_mode, "listen.mode", "0660", 0, 0, NULL,
	    "mode of a unix socket, octal"),
	ROW(socket_group, "listen.group", "", 0, 0, NULL,
	    "group of a unix socket, such as postfix"),
	ROW(user, "user", "verdict", 0, 0, NULL,
	    "user to become when started as root"),
	ROW(group, "group", "", 0, 0, NULL,
	    "group to become; empty: the user's own"),
	ROW(pid_file, "pid-file", "", 0, 0, NULL,
	    "where a daemonised process writes its number; empty: nowhere"),
	ROW(control, "control", RUNDIR "/control", 0, 0, NULL,
	    "socket for the verdict command; empty: none"),
	ROW(state, "state", STATEDIR, 0, 0, NULL,
	    "directory of the store, the journal and caches"),
	ROW(store, "store", "sqlite state.db", 0, 0, NULL,
	    "what is known of senders: sqlite PATH (below state), redis URL or memory"),
	ROW(store_fallback, "store.fallback", "pass", 0, 0, fallback_words,
	    "without Redis: pass lets mail by, local uses what this host knows"),
	ROW(store_timeout, "store.timeout", "200ms", 10, 10000, NULL,
	    "how long Redis may take to answer"),
	ROW(store_entries, "store.entries", "2000000", 1000, 100000000, NULL,
	    "entries that are kept in memory, some 120 octets each"),
	ROW(mode, "mode", "enforce", 0, 0, mode_words,
	    "monitor judges, writes headers and logs, but refuses nothing"),
	ROW(refuse, "refuse", "rcpt", 0, 0, refuse_words,
	    "the first SMTP stage at which a rule may refuse"),
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
	ROW(resolver, "resolver", "", 0, 0, NULL,
	    "DNS servers, ADDRESS or ADDRESS:PORT; empty: those of resolv.conf"),
	ROW(dns_timeout, "dns.timeout", "5s", 100, 60000, NULL,
	    "how long one DNS question may take"),
	ROW(dns_cache, "dns.cache", "100000", 100, 10000000, NULL,
	    "DNS answers that are kept"),
	ROW(deadline, "deadline", "8s", 100, 240000, NULL,
	    "how long a message may wait for DNS at its end"),
	ROW(body_max, "body.max", "10M", 0, 1073741824, NULL,
	    "octets of a body that content rules see"),
	ROW(body_total, "body.total", "256M", 65536, 1099511627776.0, NULL,
	    "octets of bodies and headers that all messages at once may keep"),
	ROW(header_max, "header.max", "1M", 65536, 16777216, NULL,
	    "largest header field that the MTA may send"),
	ROW(rcpt_max, "rcpt.max", "10000", 1, 1000000, NULL,
	    "recipients of one message"),
	ROW(rules, "rules", "rules.d/*.rules", 0, 0, NULL,
	    "rule files, relative to verdict.conf; none there: the shipped rules"),
	ROW(lists_watch, "lists.watch", "10s", 0, 86400000, NULL,
	    "how often to look whether list files have changed; 0: by reload only"),
	ROW(compare, "compare", "off", 0, 0, NULL,
	    "let libspf2, libopendmarc and libopendkim judge too and log where "
	    "they differ"),
	ROW(metrics, "metrics", "", 0, 0, NULL,
	    "where Prometheus reads: 127.0.0.1:9897 or unix:PATH; empty: nowhere"),
	ROW(alert_mail, "alert.mail", "", 0, 0, NULL,
	    "address that alerts are mailed to; empty: they are only logged"),
	ROW(alert_smtp, "alert.smtp", "127.0.0.1:25", 0, 0, NULL,
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
	ROW(log, "log", "syslog", 0, 0, log_words,
	    "where log lines go when the daemon is in the background"),
	ROW(log_format, "log.format", "text", 0, 0, format_words,
	    "text or one JSON object a line"),
};
/* clang-format on */
const size_t config_row_count = ARRAY_COUNT(config_rows);

/*
 * Numbers all settings: the core's, then check by check. Returns the row of
 * number i and the struct that it fills, or NULL behind the last.
 */
static const struct setting_row *
config_row(struct snapshot *snap, size_t i, void **base)
{
	const struct check_table *checks = snap->checks;

	if (i < config_row_count) {
		*base = &snap->config;
		return &config_rows[i];
	}
	i -= config_row_count;
	for (size_t c = 0; c < checks->count; c++) {
		if (i < checks->check[c]->setting_count) {
			*base = snap->settings[c];
			return &checks->check[c]->settings[i];
		}
		i -= checks->check[c]->setting_count;
	}
	return NULL;
}

static size_t
config_find(struct snapshot *snap, struct span key,
    const struct setting_row **row, void **base)
{
	size_t i = 0;

	while ((*row = config_row(snap, i, base)) != NULL &&
	       !span_is(key, (*row)->key))
		i++;
	return i;
}

void
config_standard(struct snapshot *snap)
{
	const struct check_table *checks = snap->checks;
	const struct setting_row *row;
	size_t count = 0;
	void *base;

	for (size_t c = 0; c < checks->count; c++)
		snap->settings[c] =
		    arena_alloc(snap->arena, checks->check[c]->settings_size);
	while ((row = config_row(snap, count, &base)) != NULL) {
		setting_standard(row, base, snap->arena);
		count++;
	}
	snap->origin = arena_array(snap->arena, count, sizeof(*snap->origin));
}

static void
config_unknown(
    struct snapshot *snap, struct diags *diags, const struct token *key)
{
	const struct setting_row *row;
	struct suggestion nearest;
	void *base;

	diag_error(diags, key->place, "there is no setting called %s",
	    token_show(key, diags->arena));
	suggestion_begin(&nearest, key->text);
	for (size_t i = 0; (row = config_row(snap, i, &base)) != NULL; i++)
		suggestion_offer(&nearest, span_of(row->key));
	if (!suggestion_hint(&nearest, diags))
		diag_hint(diags, "\"verdict lint --show\" lists all settings");
}

/* The values up to the end of the line; false when something else stands. */
static bool
config_values(
    struct lexer *l, struct span *value, struct place *place, size_t *count)
{
	*count = 0;
	for (;;) {
		const struct token *t = lexer_peek(l);

		if (t->kind == TOKEN_NEWLINE || t->kind == TOKEN_END)
			return true;
		if (t->kind != TOKEN_WORD && t->kind != TOKEN_STRING) {
			if (t->kind != TOKEN_BAD) {
				diag_error(l->diags, t->place,
				    "a value cannot contain %s here",
				    token_kind_name(t->kind));
				diag_hint(l->diags, "put it in \"quotes\"");
			}
			return false;
		}
		if (*count == VALUES_MAX) {
			diag_error(l->diags, t->place, "more than %d values",
			    VALUES_MAX);
			return false;
		}
		value[*count] = t->text;
		place[(*count)++] = t->place;
		(void)lexer_next(l);
	}
}

static void
config_statement(struct snapshot *snap, struct lexer *l)
{
	struct span value[VALUES_MAX];
	struct place place[VALUES_MAX];
	const struct setting_row *row;
	struct token key = lexer_next(l);
	size_t count, bad, i;
	const char *why;
	void *base;

	if (key.kind != TOKEN_WORD) {
		if (key.kind != TOKEN_BAD)
			diag_error(l->diags, key.place,
			    "a setting begins with its name, not with %s",
			    token_kind_name(key.kind));
		lexer_skip_line(l);
		return;
	}
	i = config_find(snap, key.text, &row, &base);
	if (row == NULL) {
		config_unknown(snap, l->diags, &key);
		lexer_skip_line(l);
		return;
	}
	if (!config_values(l, value, place, &count)) {
		lexer_skip_line(l);
		return;
	}
	if (snap->origin[i] != NULL) {
		diag_error(l->diags, key.place, "%s is set twice", row->key);
		diag_hint(l->diags, "it is also set at %s", snap->origin[i]);
		return;
	}
	snap->origin[i] = place_name(key.place, snap->arena);
	if (!setting_parse(row, value, count, base, snap->arena, &bad, &why) ||
	    !conf_value_fits(&snap->config, row->key, snap->arena, &why))
		diag_error(
		    l->diags, bad < count ? place[bad] : key.place, "%s", why);
}

bool
config_read(struct snapshot *snap, const char *file, struct span text,
    struct diags *diags)
{
	const struct source *source = diags_source(diags, span_of(file), text);
	size_t errors = diags->errors;
	struct lexer l;

	lexer_init(&l, source, diags);
	for (;;) {
		if (lexer_take(&l, TOKEN_NEWLINE))
			continue;
		if (lexer_peek(&l)->kind == TOKEN_END)
			break;
		config_statement(snap, &l);
	}
	return diags->errors == errors && !l.failed;
}

void
config_each(const struct snapshot *snap, config_visit *visit, void *ctx)
{
	const struct check_table *checks = snap->checks;
	size_t i = 0;

	for (size_t k = 0; k < config_row_count; k++, i++)
		visit(ctx, &config_rows[k], &snap->config, snap->origin[i]);
	for (size_t c = 0; c < checks->count; c++)
		for (size_t k = 0; k < checks->check[c]->setting_count; k++, i++)
			visit(ctx, &checks->check[c]->settings[k], snap->settings[c],
			    snap->origin[i]);
}
