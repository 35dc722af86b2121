/*
 * Requests in, pages out: on a journal with ordinary mail and on one whose
 * every field was written by somebody who means harm.
 */
#include "config.h"

#include <stdlib.h>
#include <unistd.h>

#include "policy/base/sqlite.h"
#include "policy/journal/journal_file.h"
#include "rules/base/utf8.h"
#include "tests/kit/table.h"
#include "tool/base/tool.h"
#include "tool/web/web.h"

#define NOW 1700000000

/* What a sender would like to see on the page of an administrator. */
#define EVIL                                                            \
	"\"'><script>alert(1)</script><img src=x onerror=alert(1)>&lt;" \
	"\xe2\x80\xae\x1b[2J\xff{{7*7}}javascript:alert(1)"

struct bench {
	char directory[64], path[96];
	struct web_options options;
	struct web web;
};

/* ---- journals ------------------------------------------------------------------- */

static void
insert(struct sqlite *db, int64_t seq, struct span text, struct span record,
    const char *verdict)
{
	struct sqlite_statement *s = sqlite_prepare(db,
	    "INSERT INTO decision(seq,id,time,queue,client,sender,author,rcpt,"
	    "verdict,wanted,stage,score,rule,rules,reply,snapshot,auth)"
	    " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,'eom',6.5,?11,?11,?12,?13,"
	    "?14)");
	bool evil = text.n > 0;
	const struct span column[] = { evil ? text : SPAN("id1"),
		evil ? text : SPAN("4QUEUE"), evil ? text : SPAN("192.0.2.7"),
		evil ? text : SPAN("bounce@good.example"),
		evil ? text : SPAN("good.example"),
		evil ? text : SPAN("bob@here.example\nann@here.example"),
		span_of(verdict), span_of(verdict),
		evil ? text : SPAN("forged"),
		evil ? text : SPAN("550 5.7.1 no"), evil ? text : SPAN("s1"),
		evil ? text : SPAN("pass none fail") };

	assert_non_null(s);
	sqlite_bind_number(s, 1, seq);
	sqlite_bind_text(s, 2, column[0]);
	sqlite_bind_number(s, 3, NOW - 1000 + seq);
	for (size_t i = 1; i < ARRAY_COUNT(column); i++)
		sqlite_bind_text(s, (int)i + 3, column[i]);
	assert_true(sqlite_run(s));
	sqlite_statement_free(&s);
	s = sqlite_prepare(db, "INSERT INTO record(seq,json) VALUES(?1,?2)");
	assert_non_null(s);
	sqlite_bind_number(s, 1, seq);
	sqlite_bind_text(s, 2, record);
	assert_true(sqlite_run(s));
	sqlite_statement_free(&s);
}

/* A record all of whose texts and names are the same. */
static void
record_make(struct span text, struct buf *out)
{
	static const char *const texts[] = { "id", "queue", "host", "direction",
		"stage", "verdict", "wanted", "rule", "reason", "snapshot",
		"ip", "client_name", "helo", "mailfrom" };
	static const char *const facts[] = { "subject", "from.address",
		"from.name", "from.domain", "message_id", "list.id", "spf",
		"spf.domain", "spf.problem", "dmarc", "dmarc.problem",
		"dmarc.applied", "arc.problem", "spam.why", "client.ptr",
		"restored.problem" };
	char key[256];
	struct jsonw w;

	(void)snprintf(key, sizeof(key), "%.*s", SPAN_FMT(text));
	jsonw_init(&w, out);
	jsonw_object(&w, NULL);
	for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
		jsonw_text(&w, texts[i], text);
	jsonw_number(&w, "time", NOW);
	jsonw_array(&w, "rcpt");
	jsonw_text(&w, NULL, text);
	jsonw_end(&w);
	jsonw_array(&w, "rules");
	jsonw_object(&w, NULL);
	jsonw_text(&w, "name", text);
	jsonw_text(&w, "action", text);
	jsonw_text(&w, "evidence", text);
	jsonw_end(&w);
	jsonw_end(&w);
	jsonw_object(&w, "reply");
	jsonw_number(&w, "code", 550);
	jsonw_text(&w, "text", text);
	jsonw_end(&w);
	jsonw_array(&w, "headers_added");
	jsonw_text(&w, NULL, text);
	jsonw_end(&w);
	jsonw_array(&w, "flags");
	jsonw_text(&w, NULL, text);
	jsonw_end(&w);
	jsonw_object(&w, "dns");
	jsonw_object(&w, key);
	jsonw_text(&w, key, text);
	jsonw_end(&w);
	jsonw_end(&w);
	jsonw_object(&w, "facts");
	for (size_t i = 0; i < ARRAY_COUNT(facts); i++)
		jsonw_text(&w, facts[i], text);
	jsonw_array(&w, "header");
	jsonw_object(&w, NULL);
	jsonw_text(&w, "name", text);
	jsonw_text(&w, "value", text);
	jsonw_end(&w);
	jsonw_end(&w);
	jsonw_text(&w, key, text);
	jsonw_end(&w);
	jsonw_end(&w);
}

#define RULES                                                           \
	"rule forged\n  when dmarc = fail\n  then reject \"no\"\n"      \
	"rule spoof shadow\n  when subject ~ /<b>/\n  then score 2\n"   \
	"promise fails-are-refused\n  when dmarc = fail and subject = " \
	"\"<i>\"\n  never accept\n"

static void
bench_fill(struct bench *s)
{
	char why[SQLITE_WHY_MAX];
	bool renewed;
	struct journal_file *f =
	    journal_file_open(s->path, NOW, false, &renewed, why);
	struct buf record, json;
	struct jsonw w;
	struct sqlite *db;
	struct sqlite_statement *add;

	assert_non_null(f);
	journal_file_close(&f);
	db = sqlite_open(s->path, SQLITE_FOR_WRITING, why);
	assert_non_null(db);
	buf_init(&record, 65536);
	record_make(SPAN(EVIL), &record);
	insert(db, 1, SPAN(EVIL), buf_span(&record), EVIL);
	insert(db, 2, SPAN(EVIL "2"), SPAN("{\"facts\":[1]}"), "reject");
	buf_clear(&record);
	(void)buf_addz(&record,
	    "{\"id\":\"id1\",\"time\":1699999000,\"verdict\":\"reject\","
	    "\"stage\":\"eom\",\"rule\":\"forged\",\"mailfrom\":"
	    "\"bounce@good.example\",\"rcpt\":[\"bob@here.example\"],"
	    "\"ip\":\"192.0.2.7\",\"rules\":[{\"name\":\"forged\","
	    "\"action\":\"reject\",\"decided\":true,\"evidence\":"
	    "\"dmarc fail\"}],\"facts\":{\"dmarc\":\"fail\",\"from.address\":"
	    "\"ann@good.example\",\"subject\":\"Minutes\"}}");
	insert(db, 3, SPAN(""), buf_span(&record), "reject");
	buf_free(&record);
	buf_init(&json, 65536);
	jsonw_init(&w, &json);
	jsonw_object(&w, NULL);
	jsonw_textz(&w, "rules", RULES);
	jsonw_end(&w);
	add = sqlite_prepare(db, "INSERT INTO snapshot VALUES('s1',1,?)");
	assert_non_null(add);
	sqlite_bind_text(add, 1, buf_span(&json));
	assert_true(sqlite_run(add));
	sqlite_statement_free(&add);
	buf_free(&json);
	sqlite_close(&db);
}

static void
bench_begin(struct bench *s)
{
	*s = (struct bench){ .options = { .teach = true } };
	(void)strcpy(s->directory, "web_test.XXXXXX");
	assert_non_null(mkdtemp(s->directory));
	(void)snprintf(s->path, sizeof(s->path), "%s/journal.db", s->directory);
	bench_fill(s);
	s->options.journal = s->path;
	s->options.control = "/nowhere/control";
	s->options.guard.loopback = true;
	assert_true(web_guard_begin(&s->options.guard));
	web_init(&s->web, &s->options);
	while (web_work(&s->web, 1000))
		;
}

static void
bench_end(struct bench *s)
{
	char command[128];

	web_release(&s->web);
	(void)snprintf(command, sizeof(command), "rm -rf %s", s->directory);
	assert_int_equal(system(command), 0);
}

/* ---- requests --------------------------------------------------------------------- */

struct asked {
	const char *host, *user, *site;
	int users; /* how often the user's field comes */
};

static size_t
asked_header(const struct http_request *r, const char *name, struct span *out)
{
	const struct asked *a = r->connection;
	const char *value = strcmp(name, "Host") == 0             ? a->host
			    : strcmp(name, "X-Remote-User") == 0  ? a->user
			    : strcmp(name, "Sec-Fetch-Site") == 0 ? a->site
								  : NULL;

	*out = span_of(value);
	return value == NULL                        ? 0
	       : strcmp(name, "X-Remote-User") == 0 ? (size_t)a->users
						    : 1;
}

static void
ask(struct bench *s, const char *method, const char *target, const char *body,
    struct asked *a, struct http_answer *out)
{
	const struct http_request r = { .method = method,
		.target = span_of(target),
		.body = span_of(body),
		.header = asked_header,
		.connection = a };

	*out = (struct http_answer){ .status = 500 };
	buf_init(&out->body, WEB_PAGE_MAX);
	web_answer(&s->web, &r, out);
}

static const struct {
	const char *label, *method, *target, *host;
	unsigned status;
	const char *want[3], *unwanted;
} rows[] = {
	{ "the overview", "GET", "/", "127.0.0.1:9898", 200,
	    { "Verdicts over time", "aria-current=\"page\">Overview",
		"does not answer" },
	    NULL },
	{ "a time without mail", "GET", "/", "localhost", 200,
	    { "Nothing was decided in this time." }, "<svg class=\"chart" },
	{ "HEAD", "HEAD", "/", "localhost", 200, { NULL }, NULL },
	{ "history", "GET", "/history", "[::1]:9898", 200,
	    { "./decision?id=id1", "ann@good.example", "Minutes" }, NULL },
	{ "more recipients", "GET", "/history?from=good.example", "localhost",
	    200, { "bob@here.example</bdi> +1" }, NULL },
	{ "a filter that finds nothing", "GET", "/history?from=no.example",
	    "localhost", 200, { "Nothing like that." }, "id1" },
	{ "a filter by address", "GET", "/history?to=ann%40here.example",
	    "localhost", 200, { "id=id1" }, NULL },
	{ "a search", "GET", "/history?q=4queue", "localhost", 200,
	    { "id=id1" }, NULL },
	{ "a filter that is none", "GET", "/history?client=hello", "localhost",
	    200, { "&quot;hello&quot; is no address" }, NULL },
	{ "a moment that is none", "GET", "/history?since=soon", "localhost",
	    200, { "is no moment" }, NULL },
	{ "what is sought stands in the form", "GET",
	    "/history?rule=%22%3E%3Cb%3E", "localhost", 200,
	    { "value=\"&quot;&gt;&lt;b&gt;\"" }, "<b>" },
	{ "until before all", "GET", "/history?until=2020-01-01", "localhost",
	    200, { "Nothing like that" }, "id=id1" },
	{ "a decision", "GET", "/decision?id=id1", "localhost", 200,
	    { "decided by the rule forged", "what would have changed it",
		"it says: when dmarc = fail" },
	    NULL },
	{ "a decision by its queue id", "GET", "/decision?id=4queue",
	    "localhost", 200, { "Decision id1" }, NULL },
	{ "no decision", "GET", "/decision?id=nothing", "localhost", 404,
	    { "No such decision" }, NULL },
	{ "no id", "GET", "/decision", "localhost", 404, { "No such decision" },
	    NULL },
	{ "rules", "GET", "/rules", "localhost", 200,
	    { "./rule?name=forged", "score, in shadow", "not there now" },
	    NULL },
	{ "a rule", "GET", "/rule?name=forged", "localhost", 200,
	    { "when dmarc = fail\n  then reject", "id=id1", "id1" }, NULL },
	{ "a rule's text", "GET", "/rule?name=spoof", "localhost", 200,
	    { "subject ~ /&lt;b&gt;/" }, "<b>" },
	{ "no rule", "GET", "/rule?name=nosuch", "localhost", 404,
	    { "No such rule" }, NULL },
	{ "senders", "GET", "/senders", "localhost", 200,
	    { "./sender?domain=good.example", "DMARC fails" }, NULL },
	{ "senders that are sought", "GET", "/senders?q=nosuch", "localhost",
	    200, { "None." }, "good.example" },
	{ "a sender", "GET", "/sender?domain=GOOD.example", "localhost", 200,
	    { "Mail of good.example", "192.0.2.0/24", "id=id1" }, NULL },
	{ "no sender", "GET", "/sender?domain=x", "localhost", 404,
	    { "No such sender" }, NULL },
	{ "health", "GET", "/health", "localhost", 200, { "Partners" }, NULL },
	{ "learning", "GET", "/learning?id=id1", "localhost", 200,
	    { "name=\"token\"", "value=\"id1\"" }, NULL },
	{ "promises", "GET", "/promises", "localhost", 200,
	    { "fails-are-refused <span class=\"v v-accept\">holds",
		"&quot;&lt;i&gt;&quot;" },
	    "<i>" },
	{ "the style sheet", "GET", "/style.css", "localhost", 200,
	    { "prefers-color-scheme:dark" }, NULL },
	{ "the icon", "GET", "/icon.svg", "localhost", 200, { "<svg" }, NULL },
	{ "no page", "GET", "/nosuch", "localhost", 404, { "No such page" },
	    NULL },
	{ "a folder above", "GET", "/../etc/passwd", "localhost", 404,
	    { "No such page" }, NULL },
	{ "another host leads here", "GET", "/", "evil.example:9898", 421,
	    { "Not this host" }, "Verdicts" },
	{ "a host that ends alike", "GET", "/", "xlocalhost", 421, { NULL },
	    NULL },
	{ "no host", "GET", "/", NULL, 421, { NULL }, NULL },
	{ "half an escape", "GET", "/history?a=%4", "localhost", 400,
	    { "not well formed" }, NULL },
	{ "another method", "DELETE", "/", "localhost", 405, { NULL }, NULL },
	{ "a form to a page", "POST", "/history", "localhost", 405, { NULL },
	    NULL },
	{ "a form's address is read", "GET", "/teach", "localhost", 405,
	    { NULL }, NULL },
};

static bool
body_has(const struct http_answer *a, const char *text)
{
	return span_search(buf_span(&a->body), span_of(text)) != SIZE_MAX;
}

static bool
has_field(const struct http_answer *a, const char *name, const char *text)
{
	for (size_t i = 0; i < a->header_count; i++)
		if (strcmp(a->header[i].name, name) == 0)
			return strstr(a->header[i].value, text) != NULL;
	return false;
}

static void
test_pages(void **state)
{
	struct bench s;

	(void)state;
	bench_begin(&s);
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct asked a = { .host = rows[i].host };
		struct http_answer out;

		if (!table_wants(rows[i].label))
			continue;
		ask(&s, rows[i].method, rows[i].target, "", &a, &out);
		table_number(
		    rows[i].label, "status", out.status, rows[i].status);
		for (size_t k = 0; k < 3 && rows[i].want[k] != NULL; k++)
			if (!body_has(&out, rows[i].want[k]))
				table_fail(rows[i].label, "no %s in %.*s",
				    rows[i].want[k],
				    SPAN_FMT(buf_span(&out.body)));
		if (rows[i].unwanted != NULL &&
		    body_has(&out, rows[i].unwanted))
			table_fail(rows[i].label, "has %s", rows[i].unwanted);
		if (!has_field(&out, "Content-Security-Policy",
			"default-src 'none'") ||
		    !has_field(&out, "X-Content-Type-Options", "nosniff") ||
		    !has_field(&out, "Cache-Control", ""))
			table_fail(rows[i].label, "lacks a field");
		buf_free(&out.body);
	}
	bench_end(&s);
	table_end();
}

/* ---- what stands on pages --------------------------------------------------------- */

/* A tag as html.c writes it: known by its characters, attributes in quotes. */
static size_t
tag_end(struct span page, size_t at)
{
	bool quoted = false;

	for (at++; at < page.n; at++) {
		char c = page.p[at];

		if (c == '"')
			quoted = !quoted;
		else if (!quoted && c == '>')
			return at;
		else if (!quoted &&
			 (span_case_starts(
			      span_slice(page, at, page.n), SPAN(" on")) ||
			     span_case_starts(
				 span_slice(page, at, page.n), SPAN(" style"))))
			return SIZE_MAX;
		else if (c == '<' || c == '\'')
			return SIZE_MAX;
		else if (!quoted && !ascii_alnum(c) && c != ' ' && c != '=' &&
			 c != '-' && c != '/' && c != '!')
			return SIZE_MAX;
	}
	return SIZE_MAX;
}

/* No tag that we do not write, no octet that a browser would stumble over. */
static const char *
page_wrong(struct span page)
{
	static const char *const never[] = { "<script", "<img", "<iframe",
		"<style", "<base", "<object", "<embed" };

	for (size_t at = 0; at < page.n; at++) {
		char c = page.p[at];

		if ((c >= 0 && c < ' ' && c != '\n' && c != '\t') || c == 0x7f)
			return "a control character";
		if (c != '<')
			continue;
		size_t end = tag_end(page, at);

		if (end == SIZE_MAX)
			return "a tag that is none";
		struct span tag = span_slice(page, at, end);

		for (size_t i = 0; i < ARRAY_COUNT(never); i++)
			if (span_case_starts(tag, span_of(never[i])))
				return never[i];
		at = end;
	}
	if (!utf8_valid(page))
		return "not UTF-8";
	if (span_search(page, SPAN("\xe2\x80\xae")) != SIZE_MAX)
		return "a text that reads backwards";
	return NULL;
}

#define EVIL_URL                                                           \
	"%22%27%3E%3Cscript%3Ealert%281%29%3C%2Fscript%3E%3Cimg%20src%3Dx" \
	"%20onerror%3Dalert%281%29%3E%26lt%3B%E2%80%AE%1B%5B2J%FF%7B%7B7"  \
	"%2A7%7D%7Djavascript%3Aalert%281%29"

static void
test_hostile(void **state)
{
	static const char *const targets[] = { "/", "/?range=30d",
		"/?range=" EVIL_URL, "/history", "/history?q=script",
		"/history?from=" EVIL_URL, "/history?verdict=" EVIL_URL,
		"/history?since=" EVIL_URL, "/history?before=" EVIL_URL,
		"/history?client=" EVIL_URL, "/decision?id=" EVIL_URL, "/rules",
		"/rule?name=" EVIL_URL, "/senders", "/senders?q=" EVIL_URL,
		"/sender?domain=" EVIL_URL, "/health", "/learning?id=" EVIL_URL,
		"/promises", "/" EVIL_URL };
	struct bench s;
	size_t shown = 0;

	(void)state;
	bench_begin(&s);
	s.options.guard.trust_header = "X-Remote-User";
	for (size_t i = 0; i < ARRAY_COUNT(targets); i++) {
		struct asked a = {
			.host = "localhost", .user = EVIL, .users = 1
		};
		struct http_answer out;
		const char *wrong;

		ask(&s, "GET", targets[i], "", &a, &out);
		wrong = page_wrong(buf_span(&out.body));
		if (wrong != NULL)
			table_fail(targets[i], "has %s: %.*s", wrong,
			    SPAN_FMT(buf_span(&out.body)));
		shown += body_has(&out, "&lt;script&gt;alert(1)");
		buf_free(&out.body);
	}
	/* It was there, and could be read. */
	assert_true(shown >= 15);
	bench_end(&s);
	table_end();
}

/* ---- who may ------------------------------------------------------------------------ */

static void
test_users(void **state)
{
	static const struct {
		const char *label, *user;
		int users;
		unsigned status;
	} users[] = {
		{ "named", "ann", 1, 200 },
		{ "not named", NULL, 0, 403 },
		{ "empty", " ", 1, 403 },
		{ "the client sends one, too", "ann", 2, 403 },
	};
	struct bench s;

	(void)state;
	bench_begin(&s);
	s.options.guard.trust_header = "X-Remote-User";
	for (size_t i = 0; i < ARRAY_COUNT(users); i++) {
		struct asked a = { .host = "localhost",
			.user = users[i].user,
			.users = users[i].users };
		struct http_answer out;

		ask(&s, "GET", "/", "", &a, &out);
		table_number(
		    users[i].label, "status", out.status, users[i].status);
		buf_free(&out.body);
	}
	bench_end(&s);
	table_end();
}

static void
test_hosts(void **state)
{
	static const struct {
		const char *label, *host, *given;
		bool loopback, in;
	} hosts[] = {
		{ "its own name", "mail.example", "mail.example", false, true },
		{ "with a port", "Mail.Example:443", "mail.example", false,
		    true },
		{ "another", "evil.example", "mail.example", false, false },
		{ "loopback has no name there", "localhost", "mail.example",
		    false, false },
		{ "a unix socket's proxy", "any.example", NULL, false, true },
		{ "loopback", "127.0.0.1", NULL, true, true },
		{ "both", "mail.example", "mail.example", true, true },
		{ "not loopback's", "mail.example", NULL, true, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(hosts); i++) {
		struct web_guard g = { .loopback = hosts[i].loopback };
		struct asked a = { .host = hosts[i].host };
		const struct http_request r = { .header = asked_header,
			.connection = &a };
		struct web_refusal why;
		struct span user;

		if (hosts[i].given != NULL)
			g.host[g.host_count++] = hosts[i].given;
		table_number(hosts[i].label, "let in",
		    web_guard_let_in(&g, &r, &user, &why), hosts[i].in);
	}
	table_end();
}

/* The form comes back with what was given out, to the same user, from here. */
static void
test_lessons(void **state)
{
	static const struct {
		const char *label, *site, *user;
		bool token, teach;
		const char *rest;
		unsigned status;
	} lessons[] = {
		/* No daemon is there to take it: the page says so. */
		{ "meant", "same-origin", "ann", true, true,
		    "&id=id1&kind=spam", 200 },
		{ "an old browser", NULL, "ann", true, true,
		    "&id=id1&kind=spam", 200 },
		{ "no token", "same-origin", "ann", false, true,
		    "&id=id1&kind=spam", 403 },
		{ "another's token", "same-origin", "bob", true, true,
		    "&id=id1&kind=spam", 403 },
		{ "another site", "cross-site", "ann", true, true,
		    "&id=id1&kind=spam", 403 },
		{ "a neighbour's site", "same-site", "ann", true, true,
		    "&id=id1&kind=spam", 403 },
		{ "not allowed", "same-origin", "ann", true, false,
		    "&id=id1&kind=spam", 403 },
		{ "no such lesson", "same-origin", "ann", true, true,
		    "&id=id1&kind=eggs", 400 },
		{ "more words", "same-origin", "ann", true, true,
		    "&id=id1+by+root&kind=spam", 400 },
		{ "another line", "same-origin", "ann", true, true,
		    "&id=id1%0Astate&kind=spam", 400 },
		{ "no id", "same-origin", "ann", true, true, "&kind=spam",
		    400 },
	};
	struct arena *arena = arena_new();
	struct bench s;

	(void)state;
	bench_begin(&s);
	s.options.guard.trust_header = "X-Remote-User";
	for (size_t i = 0; i < ARRAY_COUNT(lessons); i++) {
		struct asked a = { .host = "localhost",
			.user = lessons[i].user,
			.users = 1,
			.site = lessons[i].site };
		struct span token =
		    web_guard_token(&s.options.guard, SPAN("ann"), arena);
		struct http_answer out;

		s.options.teach = lessons[i].teach;
		ask(&s, "POST", "/teach",
		    arena_printf(arena, "token=%.*s%s",
			lessons[i].token ? (int)token.n : 0, token.p,
			lessons[i].rest),
		    &a, &out);
		table_number(
		    lessons[i].label, "status", out.status, lessons[i].status);
		buf_free(&out.body);
	}
	arena_free(&arena);
	bench_end(&s);
	table_end();
}

/* The journal is set aside and another begun; or it is not there at all. */
static void
test_journal_goes(void **state)
{
	struct asked a = { .host = "localhost" };
	struct http_answer out;
	char moved[128];
	struct bench s;

	(void)state;
	bench_begin(&s);
	(void)snprintf(moved, sizeof(moved), "%s.old", s.path);
	assert_int_equal(rename(s.path, moved), 0);
	(void)web_work(&s.web, 10);
	ask(&s, "GET", "/history", "", &a, &out);
	assert_int_equal(out.status, 200);
	assert_true(body_has(&out, "be read"));
	buf_free(&out.body);
	assert_int_equal(rename(moved, s.path), 0);
	while (web_work(&s.web, 1000))
		;
	ask(&s, "GET", "/history", "", &a, &out);
	assert_true(body_has(&out, "id=id1"));
	buf_free(&out.body);
	bench_end(&s);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_pages),
	cmocka_unit_test(test_hostile),
	cmocka_unit_test(test_users),
	cmocka_unit_test(test_hosts),
	cmocka_unit_test(test_lessons),
	cmocka_unit_test(test_journal_goes),
};

TABLE_MAIN(tests)
