/*
 * Lists in DNS in whole sessions: who is looked up and when, what a listing
 * and a silent list lead to, and that keys stay secret.
 */
#include "config.h"

#include "policy/lists/list_lookup.h"
#include "policy/load/snapshot_load.h"
#include "tests/kit/dnslist_kit.h"

#include <stdio.h>
#include <unistd.h>

#include "policy/message/check.h"
#include "rules/base/jsonw.h"
#include "tests/kit/snapshot_kit.h"

#define SECRET "s3cretk3y"

#define SESSION_RULES                                                          \
	"list zen dnsbl \"zen.example\" codes 127.0.0.2=sbl 127.0.0.4-7=xbl\n" \
	"list pbl dnsbl \"zen.example\" codes 127.0.0.10=pbl\n"                \
	"list dbl rhsbl \"dbl.example\" codes 127.0.1.2\n"                     \
	"list uri uribl \"uri.example\" bits 8=phish\n"                        \
	"list keyed dnsbl \"%{key}.dqs.example\" key file \"dqs.key\"\n"       \
	"verdict junk at 5\n"                                                  \
	"rule zen when client.ip in zen\n"                                     \
	"  then reject 554 5.7.1 \"%{client.ip} %{zen.name} %{zen.code}\"\n"   \
	"rule pbl when client.ip in pbl then score 1\n"                        \
	"rule keyed when client.ip in keyed then score 2\n"                    \
	"rule name when helo in dbl or sender in dbl then score 6\n"           \
	"rule link when any url (host in uri)\n"                               \
	"  then reject 550 5.7.1 \"%{uri.code}\"\n"

static struct snapshot *
session_snapshot(struct arena *a)
{
	const struct snapshot_source source = {
		.rules_text = SPAN(SESSION_RULES),
		.config_text = SPAN("trust 192.0.2.3 127.0.0.0/8 10.0.0.0/8\n"),
	};
	struct snapshot *s;

	s = snapshot_kit(&source, a);
	return s;
}

struct session_row {
	const char *label, *zone, *ip, *user, *message;
	const char *verdict, *text, *incomplete;
};

static void
session_row_run(const struct session_row *row, bool late)
{
	struct arena *a = arena_new();
	const char *label = arena_printf(
	    a, "%s%s", row->label, late ? ", answers come late" : "");
	struct snapshot *s = session_snapshot(a);
	struct dns_zone *zone = zone_of(row->zone);
	const struct verdict *v;
	struct run r;

	dns_zone_hesitate(zone, late);
	run_begin(&r, s, zone, row->ip, row->user, row->message);
	v = &r.result.verdict;
	table_text(label, "verdict", outcome_names[v->wanted], row->verdict);
	if (row->text[0] != '\0' &&
	    !span_starts(v->reply.text, span_of(row->text)))
		table_fail(label, "text: %.*s", SPAN_FMT(v->reply.text));
	table_text(label, "incomplete",
	    incomplete_of(r.result.session->message, a), row->incomplete);
	if (row->incomplete[0] == '\0' && !late &&
	    v->wanted == OUTCOME_REJECT && row->message[0] == '\0')
		table_number(label, "stage", v->stage, STAGE_RCPT);
	run_end(&r);
	snapshot_unref(&s);
	arena_free(&a);
}

static void
test_sessions(void **state)
{
	static const char links[] =
	    "From: a@from.example\\n\\nhttp://www.evil.example/ "
	    "http://192.0.2.2/ http://x.evil.example/\\n";
	static const struct session_row row[] = {
		{ "on no list", "", "192.0.2.2", "", "", "accept", "", "" },
		{ "listed, refused at RCPT", "2.2.0.192.zen.example 127.0.0.2",
		    "192.0.2.2", "", "", "reject", "192.0.2.2 zen.example sbl",
		    "" },
		{ "IPv6",
		    "2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0."
		    "1.0.0.2.zen.example 127.0.0.4",
		    "2001:db8::2", "", "", "reject",
		    "2001:db8::2 zen.example xbl", "" },
		{ "a code of another list in the same zone",
		    "2.2.0.192.zen.example 127.0.0.10", "192.0.2.2", "", "",
		    "accept", "", "" },
		{ "an authenticated client is not on lists",
		    "2.2.0.192.zen.example 127.0.0.2", "192.0.2.2", "ann", "",
		    "accept", "", "" },
		{ "a trusted client is not looked up",
		    "3.2.0.192.zen.example 127.0.0.2", "192.0.2.3", "", "",
		    "accept", "", "" },
		{ "a private client is not looked up",
		    "1.0.0.10.zen.example 127.0.0.2", "10.0.0.1", "", "",
		    "accept", "", "" },
		{ "silent: lets by and says so",
		    "2.2.0.192.zen.example TIMEOUT", "192.0.2.2", "", "",
		    "accept", "", "list:zen list:pbl" },
		{ "an error code: lets by and says so",
		    "2.2.0.192.zen.example 127.255.255.254", "192.0.2.2", "",
		    "", "accept", "", "list:zen list:pbl" },
		{ "the sender's domain", "mail.example.dbl.example 127.0.1.2",
		    "192.0.2.2", "", "", "junk", "", "" },
		{ "links: registered part, once, no addresses",
		    "evil.example.uri.example 127.0.0.8", "192.0.2.2", "",
		    links, "reject", "phish", "" },
		{ "the second link", "evil.example.uri.example 127.0.0.8",
		    "192.0.2.2", "",
		    "From: a@from.example\\n\\nhttp://good.example/ "
		    "http://evil.example/\\n",
		    "reject", "phish", "" },
		{ "links of an authenticated client",
		    "evil.example.uri.example 127.0.0.8", "192.0.2.2", "ann",
		    links, "accept", "", "" },
		{ "a list with a key that is not here",
		    "2.2.0.192.key.dqs.example SERVFAIL", "192.0.2.2", "", "",
		    "accept", "", "list:keyed" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		if (!table_wants(row[i].label))
			continue;
		session_row_run(&row[i], false);
		session_row_run(&row[i], true);
	}
	table_end();
}

/* More links than a list is asked about. */
static void
test_bound(void **state)
{
	struct arena *a = arena_new();
	struct snapshot *s = session_snapshot(a);
	const char *text = "From: a@from.example\\n\\n";
	size_t asked = 0;
	struct span rest;
	struct run r;

	(void)state;
	for (int i = 0; i < 60; i++)
		text = arena_printf(a, "%s http://l%d.example/", text, i);
	run_begin(&r, s, zone_of(""), "192.0.2.2", "", text);
	rest = buf_span(&r.answer);
	for (size_t at;
	     (at = span_search(rest, SPAN("\"list\":\"uri\""))) != SIZE_MAX;
	     asked++)
		rest = span_slice(rest, at + 1, rest.n);
	table_number("bound", "questions", (long long)asked, 50);
	table_number("bound", "flagged",
	    span_search(buf_span(&r.answer), SPAN("lists-limit")) != SIZE_MAX,
	    true);
	run_end(&r);
	snapshot_unref(&s);
	arena_free(&a);
	table_end();
}

/* A list of good senders stands in Authentication-Results (RFC 8904). */
static void
test_authres(void **state)
{
	static const struct {
		const char *label, *zone, *want;
	} row[] = {
		{ "listed", "2.2.0.192.good.example 127.0.9.2",
		    "dnswl=pass dns.zone=good.example policy.ip=127.0.9.2" },
		{ "not listed", "", "dnswl=none dns.zone=good.example" },
		{ "silent", "2.2.0.192.good.example SERVFAIL",
		    "dnswl=temperror dns.zone=good.example" },
		{ "refused", "2.2.0.192.good.example 127.0.9.255",
		    "dnswl=permerror dns.zone=good.example" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct arena *a = arena_new();
		struct snapshot *s = load_good(
		    "list good dnswl \"good.example\" codes 127.0.2-15.1-3\n"
		    "rule good when client.ip in good then score -1",
		    a);
		struct run r;

		run_begin(&r, s, zone_of(row[i].zone), "192.0.2.2", "", "");
		if (span_search(buf_span(&r.answer), span_of(row[i].want)) ==
		    SIZE_MAX)
			table_fail(row[i].label, "%.*s",
			    SPAN_FMT(buf_span(&r.answer)));
		run_end(&r);
		snapshot_unref(&s);
		arena_free(&a);
	}
	table_end();
}

/* ---- the key ------------------------------------------------------------- */

static void
note_explained(struct run *r, struct buf *out)
{
	struct message *m = r->result.session->message;
	const struct check_table *checks = checks_of(m);

	for (size_t i = 0; i < checks->count; i++)
		if (checks->check[i]->explain != NULL)
			checks->check[i]->explain(m, m->slot[i], out, 1);
}

static void
test_secret(void **state)
{
	char path[] = "/tmp/dnslist_test.XXXXXX";
	int fd = mkstemp(path);
	struct arena *a = arena_new();
	const char *rules = arena_printf(a,
	    "list dqs dnsbl \"%%{key}.zen.example\" key file \"%s\"\n"
	    "list good dnswl \"%%{key}.dnswl.example\" codes 127.0.1.1\n"
	    "  key file \"%s\"\n"
	    "rule dqs when client.ip in dqs and client.ip not in good\n"
	    "  then reject 554 5.7.1 \"%%{dqs.name} %%{dqs.code}\"\n",
	    path, path);
	struct watch w;
	struct run r;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(
	    write(fd, SECRET "\n", sizeof(SECRET)), (ssize_t)sizeof(SECRET));
	(void)close(fd);
	watch_begin(&w, rules, "");
	run_begin(&r, w.snapshot,
	    zone_of("2.2.0.192." SECRET ".zen.example 127.0.0.2"), "192.0.2.2",
	    "", "");
	table_text("secret", "it was asked with the key",
	    arena_strdup(a, span_slice(r.result.verdict.reply.text, 0, 21)),
	    "zen.example 127.0.0.2");
	note_explained(&r, &r.answer);
	(void)dnslist_health_tick(w.health);
	dnslist_health_print(w.health, false, &r.answer);
	dnslist_health_print(w.health, true, &r.answer);
	(void)buf_add(&r.answer, buf_span(&w.alerts));
	(void)buf_add(
	    &r.answer, dnslist_redact(dnslists_of(w.snapshot),
			   SPAN("2.2.0.192." SECRET ".zen.example"), a));
	table_number("secret", "told",
	    span_case_search(buf_span(&r.answer), SPAN(SECRET)) != SIZE_MAX,
	    false);
	run_end(&r);
	watch_end(&w);
	(void)unlink(path);
	arena_free(&a);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_sessions),
	cmocka_unit_test(test_bound),
	cmocka_unit_test(test_authres),
	cmocka_unit_test(test_secret),
};

TABLE_MAIN(tests)
