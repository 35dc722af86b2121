/*
 * Lists in DNS: declarations, what is asked, what answers mean, what whole
 * sessions make of them, and how lists are watched.
 */
#include "config.h"

#include "tests/table.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "policy/answer.h"
#include "policy/case.h"
#include "policy/check.h"
#include "policy/dnslist_state.h"
#include "policy/file.h"
#include "policy/session.h"
#include "policy/snapshot.h"
#include "rules/diag.h"
#include "rules/jsonw.h"

#define SECRET "s3cretk3y"

/* ---- one snapshot from a rule text --------------------------------------- */

static struct snapshot *
load(const char *rules, struct arena *a, struct diags *diags)
{
	const struct snapshot_source source = { .rules_text = span_of(rules),
		.config_text = SPAN("") };

	diags_init(diags, a);
	return snapshot_load(&source, diags);
}

static struct snapshot *
load_good(const char *rules, struct arena *a)
{
	struct diags diags;
	struct snapshot *s = load(rules, a, &diags);

	if (s == NULL) {
		struct buf b;

		buf_init(&b, 65536);
		diags_print(&diags, &b, false);
		fail_msg("%.*s", (int)b.n, b.p);
	}
	return s;
}

static void
test_declarations(void **state)
{
	static const struct {
		const char *label, *rules, *error;
	} row[] = {
		{ "nothing but a zone", "list a dnsbl \"bl.example\"", NULL },
		{ "codes with names and ranges",
		    "list a dnsbl \"bl.example\" codes 127.0.0.2=sbl "
		    "127.0.0.4-7=xbl 127.0.2-15.1-3",
		    NULL },
		{ "bits with names",
		    "list a uribl \"bl.example\" bits 8=phish 16=malware 96",
		    NULL },
		{ "over several lines",
		    "list a dnsbl \"bl.example\"\n  codes 127.0.0.2\n"
		    "  except 192.0.2.0/24 2001:db8::/32",
		    NULL },
		{ "no probe", "list a rhsbl \"bl.example\" probe none", NULL },
		{ "a list of good senders needs codes",
		    "list a dnswl \"bl.example\"",
		    "list a: say which codes count, such as codes "
		    "127.0.2-15.1-3" },
		{ "a code outside 127/8",
		    "list a dnsbl \"bl.example\" codes 10.0.0.1",
		    "list a: codes of lists begin with 127 (RFC 5782): "
		    "\"10.0.0.1\"" },
		{ "an error code as a listing",
		    "list a dnsbl \"bl.example\" codes 127.255.255.254",
		    "list a: 127.255.255.x are errors of lists, never a "
		    "listing: \"127.255.255.254\"" },
		{ "an error code within a range",
		    "list a dnsbl \"bl.example\" codes 127.0-255.0-255.2",
		    "list a: 127.255.255.x are errors of lists, never a "
		    "listing: \"127.0-255.0-255.2\"" },
		{ "three octets", "list a dnsbl \"bl.example\" codes 127.0.0",
		    "list a: a code is an address such as 127.0.0.2 or "
		    "127.0.0.2-4: \"127.0.0\"" },
		{ "a range backwards",
		    "list a dnsbl \"bl.example\" codes 127.0.0.4-2",
		    "list a: this is no code: \"127.0.0.4-2\"" },
		{ "bit 1", "list a uribl \"bl.example\" bits 1",
		    "list a: bit 1 says that the list refuses to answer: "
		    "\"1\"" },
		{ "a key in the rule file",
		    "list a dnsbl \"%{key}.bl.example\" key \"" SECRET "\"",
		    "list a: the key stands in a file of its own, which only "
		    "the daemon can read: key file \"FILE\"" },
		{ "a zone that wants a key",
		    "list a dnsbl \"%{key}.bl.example\"",
		    "list a: the zone has %{key}; the key is missing: key file "
		    "\"FILE\"" },
		{ "a key for nothing",
		    "list a dnsbl \"bl.example\" key file \"x\"",
		    "list a: there is a key, but no %{key} in the zone" },
		{ "no zone", "list a dnsbl \"not a zone\"",
		    "list a: the zone is no domain: \"not a zone\"" },
		{ "twice",
		    "list a rhsbl \"bl.example\" registrable codes 127.0.0.2 "
		    "registrable",
		    "list a: this option stands there twice: \"registrable\"" },
		{ "exempt is nothing known",
		    "list a dnsbl \"bl.example\" except \"a b\"",
		    "list a: this is neither a network nor a domain: \"a b\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct arena *a = arena_new();
		struct diags diags;
		struct snapshot *s;

		if (!table_wants(row[i].label))
			continue;
		s = load(row[i].rules, a, &diags);
		table_text(row[i].label, "error",
		    diags.errors == 0 ? NULL : diags.item[0].message,
		    row[i].error);
		snapshot_unref(&s);
		arena_free(&a);
	}
	table_end();
}

/* ---- what is asked ------------------------------------------------------- */

static void
test_subjects(void **state)
{
	static const struct {
		const char *label, *list, *ip, *text, *question;
	} row[] = {
		{ "IPv4", "dnsbl \"bl.example\"", "192.0.2.99", NULL,
		    "99.2.0.192.bl.example" },
		{ "IPv6", "dnsbl \"bl.example\"", "2001:db8::1", NULL,
		    "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0."
		    "1.0.0.2.bl.example" },
		{ "private", "dnsbl \"bl.example\"", "10.1.2.3", NULL, NULL },
		{ "loopback", "dnsbl \"bl.example\"", "127.0.0.2", NULL, NULL },
		{ "IPv6 loopback", "dnsbl \"bl.example\"", "::1", NULL, NULL },
		{ "exempt network", "dnsbl \"bl.example\" except 192.0.2.64/26",
		    "192.0.2.99", NULL, NULL },
		{ "not exempt", "dnsbl \"bl.example\" except 192.0.2.64/26",
		    "192.0.2.9", NULL, "9.2.0.192.bl.example" },
		{ "domain", "rhsbl \"bl.example\"", NULL, "A.Example.COM.",
		    "a.example.com.bl.example" },
		{ "U-labels", "rhsbl \"bl.example\"", NULL,
		    "b\xc3\xbc"
		    "cher.example",
		    "xn--bcher-kva.example.bl.example" },
		{ "address: only its domain", "rhsbl \"bl.example\"", NULL,
		    "ann@example.com", "example.com.bl.example" },
		{ "an IP address in a list of names", "rhsbl \"bl.example\"",
		    NULL, "192.0.2.1", NULL },
		{ "in brackets", "rhsbl \"bl.example\"", NULL, "[192.0.2.1]",
		    NULL },
		{ "IPv6 in a list of names", "rhsbl \"bl.example\"", NULL,
		    "2001:db8::1", NULL },
		{ "one label", "rhsbl \"bl.example\"", NULL, "localhost",
		    NULL },
		{ "no name", "rhsbl \"bl.example\"", NULL, "cheap pills",
		    NULL },
		{ "registered part", "uribl \"bl.example\"", NULL,
		    "a.b.example.co.uk", "example.co.uk.bl.example" },
		{ "registered part when asked for",
		    "rhsbl \"bl.example\" registrable", NULL, "a.example.com",
		    "example.com.bl.example" },
		{ "a public suffix", "uribl \"bl.example\"", NULL, "co.uk",
		    NULL },
		{ "exempt domain", "uribl \"bl.example\" except example.com",
		    NULL, "www.example.com", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct arena *a = arena_new();
		struct value v = { .state = FACT_KNOWN };
		struct snapshot *s;
		const struct dnslist *l;
		struct span subject;

		if (!table_wants(row[i].label))
			continue;
		s = load_good(arena_printf(a, "list a %s", row[i].list), a);
		l = s->dnslists.list[0];
		if (row[i].ip != NULL)
			assert_true(ip_parse(span_of(row[i].ip), &v.ip));
		else
			v.text = span_of(row[i].text);
		subject = dnslist_subject(l, &v, a);
		table_text(row[i].label, "question",
		    subject.n == 0 ? NULL : dnslist_question(l, subject, a).p,
		    row[i].question);
		snapshot_unref(&s);
		arena_free(&a);
	}
	table_end();
}

/* ---- what answers mean --------------------------------------------------- */

static void
test_answers(void **state)
{
	static const char ip[] =
	    "dnsbl \"bl.example\" codes 127.0.0.2=sbl 127.0.0.4-7=xbl "
	    "127.0.0.9";
	static const char dbl[] = "rhsbl \"bl.example\" codes 127.0.1.2-106";
	static const char wide[] = "rhsbl \"bl.example\" codes 127.0.1.2-255";
	static const char bits[] =
	    "uribl \"bl.example\" bits 8=phish 16=malware 64";
	static const char good[] =
	    "dnswl \"bl.example\" codes 127.0.2-15.1-3=trusted";
	static const struct {
		const char *label, *list, *answer, *truth, *detail, *error;
		bool other;
	} row[] = {
		{ "no such name", ip, "", "no", "", NULL, false },
		{ "a code with a name", ip, "127.0.0.2", "yes", "sbl", NULL,
		    false },
		{ "within a range", ip, "127.0.0.6", "yes", "xbl", NULL,
		    false },
		{ "a code without a name", ip, "127.0.0.9", "yes", "127.0.0.9",
		    NULL, false },
		{ "several, each once", ip, "127.0.0.2 127.0.0.4 127.0.0.5",
		    "yes", "sbl,xbl", NULL, false },
		{ "not declared", ip, "127.0.0.10", "no", "", NULL, true },
		{ "declared and not", ip, "127.0.0.10 127.0.0.2", "yes", "sbl",
		    NULL, true },
		{ "typo in the zone", ip, "127.255.255.252", "unknown", "",
		    "127.255.255.252", false },
		{ "public resolver", ip, "127.255.255.254", "unknown", "",
		    "127.255.255.254", false },
		{ "too many queries", ip, "127.255.255.255", "unknown", "",
		    "127.255.255.255", false },
		{ "another error", ip, "127.255.255.250", "unknown", "",
		    "127.255.255.x", false },
		{ "an error beside a listing", ip, "127.0.0.2 127.255.255.254",
		    "unknown", "", "127.255.255.254", false },
		{ "outside 127/8", ip, "192.0.2.80", "unknown", "",
		    "an address outside 127.0.0.0/8", false },
		{ "127.0.0.1 of a list of addresses", ip, "127.0.0.1", "no", "",
		    NULL, true },
		{ "listed domain", dbl, "127.0.1.104", "yes", "127.0.1.104",
		    NULL, false },
		{ "an address was asked", dbl, "127.0.1.255", "unknown", "",
		    "127.0.1.255", false },
		{ "even where a range covers it", wide, "127.0.1.255",
		    "unknown", "", "127.0.1.255", false },
		{ "one bit", bits, "127.0.0.8", "yes", "phish", NULL, false },
		{ "several bits", bits, "127.0.0.88", "yes",
		    "phish,malware,127.0.0.88", NULL, false },
		{ "no declared bit", bits, "127.0.0.4", "no", "", NULL, true },
		{ "bit 1: refused", bits, "127.0.0.1", "unknown", "",
		    "127.0.0.1", false },
		{ "bit 1 with others", bits, "127.0.0.9", "unknown", "",
		    "bit 1", false },
		{ "bits of another net", bits, "127.0.1.8", "no", "", NULL,
		    true },
		{ "good sender", good, "127.0.9.2", "yes", "trusted", NULL,
		    false },
		{ "good sender without trust", good, "127.0.9.0", "no", "",
		    NULL, true },
		{ "good senders refuse us", good, "127.0.10.255", "unknown", "",
		    "127.0.x.255", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct arena *a = arena_new();
		struct span rest = span_of(row[i].answer), piece;
		struct dns_answer answer = { .status = DNS_NXDOMAIN,
			.type = DNS_A };
		struct dnslist_result r;
		struct snapshot *s;
		struct ip ip_room[8];

		if (!table_wants(row[i].label))
			continue;
		s = load_good(arena_printf(a, "list a %s", row[i].list), a);
		answer.ip = ip_room;
		while (rest.n > 0 && span_cut(&rest, ' ', &piece)) {
			assert_true(ip_parse(piece, &ip_room[answer.count++]));
			answer.status = DNS_DATA;
		}
		dnslist_judge(s->dnslists.list[0], &answer, a, &r);
		table_text(
		    row[i].label, "truth", truth_names[r.truth], row[i].truth);
		table_text(row[i].label, "detail", arena_strdup(a, r.detail),
		    row[i].detail);
		table_text(row[i].label, "error",
		    r.error == NULL ? NULL : r.error->code, row[i].error);
		table_number(row[i].label, "other", r.other, row[i].other);
		snapshot_unref(&s);
		arena_free(&a);
	}
	table_end();
}

/* ---- whole messages ------------------------------------------------------ */

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

/* "NAME ADDRESS" or "NAME RCODE" pairs, with ";" between. */
static struct dns_zone *
zone_of(const char *text)
{
	struct dns_zone *z = dns_zone_new();
	struct span rest = span_of(text), entry;

	while (rest.n > 0 && span_cut(&rest, ';', &entry)) {
		size_t space = span_find(entry, ' ');
		struct span name = span_slice(entry, 0, space);
		struct span data = span_slice(entry, space + 1, entry.n);

		if (!dns_zone_address(z, name, data))
			assert_true(dns_zone_rcode(z, name, data));
	}
	return z;
}

static const char *
incomplete_of(const struct message *m, struct arena *a)
{
	const char *all = "";

	for (size_t i = 0; i < m->incomplete_count; i++)
		all = arena_printf(
		    a, "%s%s%s", all, i > 0 ? " " : "", m->incomplete[i]);
	return all;
}

/* One case through a session; what it has come to until run_end. */
struct run {
	struct arena *arena;
	struct snapshot *snapshot;
	struct jsonr_doc *json;
	struct case_input input;
	struct case_result result;
	struct buf answer;
};

static void
run_begin(struct run *r, struct snapshot *s, struct dns_zone *zone,
    const char *ip, const char *user, const char *message)
{
	struct arena *a = arena_new();
	const char *why = "";
	const char *text = arena_printf(a,
	    "{\"ip\": \"%s\", \"helo\": \"client.example\", \"rcpt\": "
	    "\"bob@us.example\", \"mailfrom\": \"ann@mail.example\", "
	    "\"message\": \"%s\", \"macros\": {\"{auth_authen}\": \"%s\"}}",
	    ip, message, user);
	struct jsonw w;

	*r = (struct run){ .arena = a, .snapshot = s };
	r->json = jsonr_parse(span_of(text), a, &why);
	case_init(&r->input);
	if (!case_read(&r->input, jsonr_top(r->json), ".", a, &why))
		fail_msg("%s", why);
	r->input.zone = zone;
	case_run(&r->input, s, NULL, &r->result);
	buf_init(&r->answer, 65536);
	jsonw_init(&w, &r->answer);
	answer_json(&r->result, SPAN("1"), &w);
}

static void
run_end(struct run *r)
{
	buf_free(&r->answer);
	case_result_free(&r->result);
	case_release(&r->input);
	jsonr_free(&r->json);
	arena_free(&r->arena);
}

static struct snapshot *
session_snapshot(struct arena *a)
{
	const struct snapshot_source source = {
		.rules_text = SPAN(SESSION_RULES),
		.config_text = SPAN("trust 192.0.2.3 127.0.0.0/8 10.0.0.0/8\n"),
	};
	struct diags diags;
	struct snapshot *s;

	diags_init(&diags, a);
	s = snapshot_load(&source, &diags);
	assert_non_null(s);
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
	table_text(label, "verdict", action_names[v->wanted], row->verdict);
	if (row->text[0] != '\0' &&
	    !span_starts(v->reply.text, span_of(row->text)))
		table_fail(label, "text: %.*s", SPAN_FMT(v->reply.text));
	table_text(label, "incomplete",
	    incomplete_of(r.result.session->message, a), row->incomplete);
	if (row->incomplete[0] == '\0' && !late && v->wanted == ACTION_REJECT &&
	    row->message[0] == '\0')
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

/* ---- health -------------------------------------------------------------- */

struct watch {
	struct arena *arena;
	struct snapshot *snapshot;
	struct dns_zone *zone;
	struct resolver *resolver;
	struct clock_fixed time;
	struct dnslist_health *health;
	struct buf alerts;
};

static void
note_alert(void *ctx, const char *key, const char *text)
{
	(void)buf_printf(ctx, "%s: %s\n", key, text);
}

static void
watch_zone(struct watch *w, const char *zone)
{
	resolver_free(&w->resolver);
	dns_zone_free(&w->zone);
	w->zone = zone_of(zone);
	w->resolver = resolver_zone(w->zone);
	if (w->health != NULL)
		w->health->options.resolver = w->resolver;
}

/* A list called a that a rule asks. */
static const char *
asking(const char *list, struct arena *a)
{
	return arena_printf(a, "list a %s\nrule r when %s in a then score 1",
	    list, strncmp(list, "dnsbl", 5) == 0 ? "client.ip" : "sender");
}

/* rules: whole, or what stands behind "list a". */
static void
watch_begin(struct watch *w, const char *rules, const char *zone)
{
	struct dnslist_health_options o = { .alert = note_alert,
		.ctx = &w->alerts };

	*w = (struct watch){ .arena = arena_new() };
	buf_init(&w->alerts, 65536);
	watch_zone(w, zone);
	w->time = (struct clock_fixed){ 1767225600, 1000 };
	if (strncmp(rules, "list ", 5) != 0)
		rules = asking(rules, w->arena);
	w->snapshot = load_good(rules, w->arena);
	o.clock = clock_of_fixed(&w->time);
	o.resolver = w->resolver;
	w->health = dnslist_health_new(&o);
	dnslist_health_watch(w->health, &w->snapshot->dnslists);
}

static void
watch_end(struct watch *w)
{
	snapshot_unref(&w->snapshot);
	dnslist_health_free(&w->health);
	resolver_free(&w->resolver);
	dns_zone_free(&w->zone);
	buf_free(&w->alerts);
	arena_free(&w->arena);
}

static const struct dnslist *
watched(const struct watch *w)
{
	return w->snapshot->dnslists.list[0];
}

static void
test_probes(void **state)
{
	static const char ip[] = "dnsbl \"bl.example\"";
	static const char name[] = "rhsbl \"bl.example\"";
	static const struct {
		const char *label, *list, *zone;
		bool suspended;
		const char *alert; /* a part of it */
	} row[] = {
		{ "well", ip, "2.0.0.127.bl.example 127.0.0.2", false, "" },
		{ "well, with other codes", ip,
		    "2.0.0.127.bl.example 127.0.0.99", false, "" },
		{ "dead", ip, "", true, "is not listed" },
		{ "lists everything", ip,
		    "2.0.0.127.bl.example 127.0.0.2;"
		    "1.0.0.127.bl.example 127.0.0.2",
		    true, "it lists everything" },
		{ "lists everything in IPv6", ip,
		    "2.0.0.127.bl.example 127.0.0.2;"
		    "1.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0."
		    "0.0.0.bl.example 127.0.0.2",
		    true, "it lists everything" },
		{ "refuses us", ip, "2.0.0.127.bl.example 127.255.255.254",
		    true, "127.255.255.254: the list refuses queries" },
		{ "sold", ip,
		    "2.0.0.127.bl.example 192.0.2.80;"
		    "1.0.0.127.bl.example 192.0.2.80",
		    true, "an address outside 127.0.0.0/8" },
		{ "one failure is none", ip, "2.0.0.127.bl.example TIMEOUT",
		    false, "" },
		{ "names", name, "test.bl.example 127.0.1.2", false, "" },
		{ "names: lists everything", name,
		    "test.bl.example 127.0.1.2;invalid.bl.example 127.0.1.2",
		    true, "it lists everything" },
		{ "names: dead", name, "", true, "is not listed" },
		{ "names of its own",
		    "rhsbl \"bl.example\" probe \"dbltest.com\"",
		    "dbltest.com.bl.example 127.0.1.2", false, "" },
		{ "no probe", "rhsbl \"bl.example\" probe none", "", false,
		    "" },
		{ "bits", "uribl \"bl.example\" bits 8 probe \"t.example\"",
		    "t.example.bl.example 127.0.0.254", false, "" },
		{ "bit 1 refuses",
		    "uribl \"bl.example\" bits 8 probe \"t.example\"",
		    "t.example.bl.example 127.0.0.255", true, "bit 1: " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		const char *label = row[i].label;
		struct watch w;

		if (!table_wants(label))
			continue;
		watch_begin(&w, row[i].list, row[i].zone);
		table_number(label, "probed",
		    (long long)dnslist_health_tick(w.health), 1);
		table_number(label, "suspended", dnslist_suspended(watched(&w)),
		    row[i].suspended);
		if (row[i].alert[0] == '\0')
			table_text(label, "alert",
			    arena_strdup(w.arena, buf_span(&w.alerts)), "");
		else if (span_search(buf_span(&w.alerts),
			     span_of(row[i].alert)) == SIZE_MAX)
			table_fail(label, "alert: %.*s",
			    SPAN_FMT(buf_span(&w.alerts)));
		watch_end(&w);
	}
	table_end();
}

/* One list through a day. */
static void
test_times(void **state)
{
	static const char well[] = "2.0.0.127.bl.example 127.0.0.2";
	static const char silent[] = "2.0.0.127.bl.example TIMEOUT";
	static const struct {
		const char *label, *zone;
		int later_s;
		int probed;
		bool suspended;
		const char *alerts;
	} step[] = {
		{ "at start", well, 0, 1, false, "" },
		{ "not again at once", "", 3599, 0, false, "" },
		{ "after an hour it is dead", "", 1, 1, true,
		    "list:bl.example:suspended: list a (bl.example): "
		    "suspended: it is dead or does not know us: the test point "
		    "that every list has is not listed\n" },
		{ "not yet again", well, 299, 0, true, "" },
		{ "still dead: nothing new", "", 1, 1, true, "" },
		{ "it recovers", well, 300, 1, false,
		    "list:bl.example:resumed: list a (bl.example): works again "
		    "and is resumed\n" },
		{ "silent once", silent, 3600, 1, false, "" },
		{ "silent after a minute", silent, 60, 1, true,
		    "list:bl.example:suspended: list a (bl.example): "
		    "suspended: it does not answer\n" },
		{ "back", well, 300, 1, false,
		    "list:bl.example:resumed: list a (bl.example): works again "
		    "and is resumed\n" },
	};
	struct watch w;

	(void)state;
	watch_begin(&w, "dnsbl \"bl.example\"", well);
	for (size_t i = 0; i < ARRAY_COUNT(step); i++) {
		const char *label = step[i].label;

		watch_zone(&w, step[i].zone);
		w.time.unix_s += step[i].later_s;
		table_number(label, "probed",
		    (long long)dnslist_health_tick(w.health), step[i].probed);
		table_number(label, "suspended", dnslist_suspended(watched(&w)),
		    step[i].suspended);
		table_text(label, "alerts",
		    arena_strdup(w.arena, buf_span(&w.alerts)), step[i].alerts);
		buf_clear(&w.alerts);
	}
	watch_end(&w);
	table_end();
}

/* What messages get to know of a list reaches its state, and back. */
static void
test_answered(void **state)
{
	static const struct dnslist_error refusal = { "127.255.255.254", "no",
		true };
	static const struct dnslist_error doubt = { "127.0.1.255", "odd",
		false };
	const struct dnslist_result yes = { .truth = TRUTH_YES };
	const struct dnslist_result no = { .truth = TRUTH_NO };
	const struct dnslist_result fails = { .truth = TRUTH_UNKNOWN };
	const struct dnslist_result refused = { .truth = TRUTH_UNKNOWN,
		.error = &refusal };
	const struct dnslist_result doubted = { .truth = TRUTH_UNKNOWN,
		.error = &doubt };
	const struct dnslist *l;
	struct snapshot *before;
	struct watch w;

	(void)state;
	watch_begin(
	    &w, "dnsbl \"bl.example\"", "2.0.0.127.bl.example 127.0.0.2");
	l = watched(&w);
	(void)dnslist_health_tick(w.health);

	for (int i = 0; i < 9; i++)
		dnslist_answered(l, &fails);
	table_number("silence", "not yet probed",
	    (long long)dnslist_health_tick(w.health), 0);
	dnslist_answered(l, &fails);
	table_number("silence", "probed after ten",
	    (long long)dnslist_health_tick(w.health), 1);

	for (int i = 0; i < 500; i++)
		dnslist_answered(l, i % 10 == 0 ? &yes : &no);
	for (int i = 0; i < 500; i++)
		dnslist_answered(l, &yes);
	table_text("hits", "alert", arena_strdup(w.arena, buf_span(&w.alerts)),
	    "list:bl.example:hits: list a (bl.example): 100% of the last 500 "
	    "names were listed, where 10% is usual: look whether the list "
	    "still is what it was\n");
	buf_clear(&w.alerts);

	dnslist_answered(l, &doubted);
	dnslist_answered(l, &doubted);
	table_number("an odd answer", "suspended", dnslist_suspended(l), false);
	table_text("an odd answer", "one alert",
	    arena_strdup(w.arena, buf_span(&w.alerts)),
	    "list:bl.example:error: list a (bl.example): it answers "
	    "127.0.1.255: odd\n");
	dnslist_answered(l, &refused);
	table_number("a refusal", "suspended", dnslist_suspended(l), true);

	/* A reload with the same zone, another name and other codes. */
	before = w.snapshot;
	w.snapshot = load_good("list c dnsbl \"unasked.example\"\n"
			       "list b dnsbl \"BL.example.\" codes 127.0.0.3\n"
			       "rule r when client.ip in b then score 1",
	    w.arena);
	dnslist_health_watch(w.health, &w.snapshot->dnslists);
	table_number("reload", "still suspended",
	    dnslist_suspended(w.snapshot->dnslists.list[1]), true);
	snapshot_unref(&before);
	w.time.unix_s += 300;
	table_number(
	    "reload", "probed", (long long)dnslist_health_tick(w.health), 1);
	table_number("reload", "resumed",
	    dnslist_suspended(w.snapshot->dnslists.list[1]), false);
	watch_end(&w);
	table_end();
}

/* A message of which a suspended list is to be asked. */
static void
test_suspended(void **state)
{
	struct watch w;
	struct run r;

	(void)state;
	watch_begin(&w,
	    "list zen dnsbl \"zen.example\"\n"
	    "rule zen when client.ip in zen then reject",
	    "");
	(void)dnslist_health_tick(w.health);
	run_begin(&r, w.snapshot, zone_of("2.2.0.192.zen.example 127.0.0.2"),
	    "192.0.2.2", "", "");
	table_text("suspended", "verdict",
	    action_names[r.result.verdict.wanted], "accept");
	table_text("suspended", "incomplete",
	    incomplete_of(r.result.session->message, w.arena), "list:zen");
	run_end(&r);
	watch_end(&w);
	table_end();
}

/* ---- the key ------------------------------------------------------------- */

static void
note_explained(struct run *r, struct buf *out)
{
	struct message *m = r->result.session->message;

	for (size_t i = 0; i < check_count(); i++)
		if (checks[i]->explain != NULL)
			checks[i]->explain(m, m->slot[i], out, 1);
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
	    &r.answer, dnslist_redact(&w.snapshot->dnslists,
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

/* ---- the files that are shipped ------------------------------------------ */

#define EXAMPLES SRCDIR "/contrib/rules/examples/"

/* As a file of rules.d, with all that it has switched off switched on. */
static void
example_load(const char *path, size_t lists)
{
	struct arena *a = arena_new();
	struct snapshot_source source = { .file = EXAMPLES "verdict.conf",
		.config_text = SPAN("") };
	struct diags diags;
	struct snapshot *s;
	struct buf text, report;
	struct span rest, line;
	const char *why;

	if (!file_read(path, 1 << 20, a, &rest, &why))
		fail_msg("%s", why);
	buf_init(&text, 1 << 20);
	while (rest.n > 0 && span_cut(&rest, '\n', &line)) {
		if (span_starts(line, SPAN("#include")))
			line = span_slice(line, 1, line.n);
		(void)buf_printf(&text, "%.*s\n", SPAN_FMT(line));
	}
	source.rules_text = buf_span(&text);
	diags_init(&diags, a);
	s = snapshot_load(&source, &diags);
	buf_init(&report, 65536);
	diags_print(&diags, &report, false);
	table_text(path, "errors and warnings",
	    arena_strdup(a, buf_span(&report)), "");
	if (s != NULL && lists > 0)
		table_number(path, "lists", (long long)s->dnslists.count,
		    (long long)lists);
	buf_free(&report);
	buf_free(&text);
	snapshot_unref(&s);
	arena_free(&a);
}

static void
test_examples(void **state)
{
	struct arena *a = arena_new();
	const char **path;
	size_t count = path_glob(EXAMPLES "dns-lists/*.rules", a, &path);

	(void)state;
	assert_true(count > 5);
	for (size_t i = 0; i < count; i++)
		example_load(path[i], 0);
	example_load(EXAMPLES "10-dns-lists.rules", 16);
	example_load(EXAMPLES "15-local-lists.rules", 4);
	arena_free(&a);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_declarations),
	cmocka_unit_test(test_subjects),
	cmocka_unit_test(test_answers),
	cmocka_unit_test(test_sessions),
	cmocka_unit_test(test_bound),
	cmocka_unit_test(test_probes),
	cmocka_unit_test(test_times),
	cmocka_unit_test(test_answered),
	cmocka_unit_test(test_suspended),
	cmocka_unit_test(test_secret),
	cmocka_unit_test(test_examples),
};

TABLE_MAIN(tests)
