/*
 * Facts of a check of their own, by whole messages: what is stated of each,
 * with DNS that takes its time.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/case/case.h"
#include "policy/load/snapshot_load.h"
#include "policy/message/session.h"
#include "rules/base/buf.h"
#include "rules/source/diag.h"
#include "tests/kit/snapshot_kit.h"

#define ENVELOPE(from, rcpt)                                               \
	"\"ip\":\"192.0.2.1\",\"helo\":\"x.example\",\"mailfrom\":\"" from \
	"\",\"rcpt\":\"" rcpt "\","
#define MAIL   ENVELOPE("a@list.example", "r@home.example")
#define BOUNCE ENVELOPE("", "r@home.example")

#define KEY "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
#define ZONE                                                                      \
	",\"dns\":{\"s._domainkey.list.example\":{\"TXT\":[\"v=DKIM1; "           \
	"k=ed25519; p=" KEY "\"]},"                                               \
	"\"list.example\":{\"MX\":[[10,\"mx.list.example\"]]},"                   \
	"\"null.example\":{\"MX\":[[0,\".\"]],\"A\":[\"192.0.2.9\"]},"            \
	"\"dots.example\":{\"MX\":[[0,\".\"],[10,\"mx.example\"]]},"              \
	"\"four.example\":{\"A\":[\"192.0.2.9\"]},"                               \
	"\"six.example\":{\"AAAA\":[\"2001:db8::1\"]},"                           \
	"\"text.example\":{\"TXT\":[\"hello\"]},"                                 \
	"\"ill.example\":{\"_rcode\":\"SERVFAIL\"},"                              \
	"\"late.example\":{\"MX\":[[10,\"mx.example\"]],\"_rcode\":\"TIMEOUT\"}," \
	"\"half.example\":{\"A\":[\"192.0.2.9\"],\"_rcode\":\"TIMEOUT\"},"        \
	"\"alias.example\":{\"CNAME\":\"four.example\"}}"

#define SIGNED_BOTH                                                           \
	"DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed; "          \
	"d=list.example; i=@list.example; q=dns/txt; s=s; t=1767225500; "     \
	"h=from : list-unsubscribe : list-unsubscribe-post; "                 \
	"bh=zS7KNTV0HyeorkDDGwxB1AV6enuRKzO5rthkhdHIRnY=; "                   \
	"b=ZqWfQSZ037ZWEB7PnP6h5C3P+g+OdBM+dy5ggBPcbg4ne2Ok2of18vuEKI3y1pnvX" \
	"ahpS roa0IqSWRYYAXyqCg==\\r\\n"
#define SIGNED_ONE                                                            \
	"DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed; "          \
	"d=list.example; i=@list.example; q=dns/txt; s=s; t=1767225500; "     \
	"h=from : list-unsubscribe; "                                         \
	"bh=zS7KNTV0HyeorkDDGwxB1AV6enuRKzO5rthkhdHIRnY=; "                   \
	"b=VKmjo4Ju7bD2omtCdfNvQ4SbTSnvhNTepc7FKHwuvZTCCo6oGRrJ+ZcLYbpnlUbjs" \
	"FArt 4AlIdUwia03nOXhAg==\\r\\n"
#define LEAVE                                                                 \
	"List-Unsubscribe: <mailto:u@list.example>, <https://list.example/u>" \
	"\\r\\n"
#define POST "List-Unsubscribe-Post: List-Unsubscribe=One-Click\\r\\n"
#define LIST_MAIL(signature)            \
	MAIL "\"message\":\"" signature \
	     "From: a@list.example\\r\\n" LEAVE POST "\\r\\nhello\\r\\n\""

#define THEIRS "Message-ID: <1.2@evil.example>\\r\\n"
#define OURS   "Message-ID: <1.2@home.example>\\r\\n"
#define RETURNED(text)                                                         \
	BOUNCE "\"message\":\"From: <>\\r\\n\\r\\nIt was not delivered.\\r\\n" \
	       "\\r\\n" text "\""

struct row {
	const char *label, *fact, *json;
	const char *want; /* yes, no, - (absent) or ? (unknown) */
};

static const struct row rows[] = {
	{ "MX", "sender.deliverable", MAIL "\"message\":\"A: 1\\r\\n\\r\\n\"",
	    "yes" },
	{ "null MX, though there is an address", "sender.deliverable",
	    ENVELOPE("a@null.example", "r@h.example") "\"message\":null",
	    "no" },
	{ "a null MX beside another is none", "sender.deliverable",
	    ENVELOPE("a@dots.example", "r@h.example") "\"message\":null",
	    "yes" },
	{ "A alone", "sender.deliverable",
	    ENVELOPE("a@four.example", "r@h.example") "\"message\":null",
	    "yes" },
	{ "AAAA alone", "sender.deliverable",
	    ENVELOPE("a@six.example", "r@h.example") "\"message\":null",
	    "yes" },
	{ "an alias", "sender.deliverable",
	    ENVELOPE("a@alias.example", "r@h.example") "\"message\":null",
	    "yes" },
	{ "neither", "sender.deliverable",
	    ENVELOPE("a@text.example", "r@h.example") "\"message\":null",
	    "no" },
	{ "no such domain", "sender.deliverable",
	    ENVELOPE("a@nobody.example", "r@h.example") "\"message\":null",
	    "no" },
	{ "no domain at all", "sender.deliverable",
	    ENVELOPE("nobody", "r@h.example") "\"message\":null", "no" },
	{ "DNS is ill", "sender.deliverable",
	    ENVELOPE("a@ill.example", "r@h.example") "\"message\":null", "?" },
	{ "only the MX answers", "sender.deliverable",
	    ENVELOPE("a@late.example", "r@h.example") "\"message\":null",
	    "yes" },
	{ "only the address answers", "sender.deliverable",
	    ENVELOPE("a@half.example", "r@h.example") "\"message\":null", "?" },
	{ "nobody to answer", "sender.deliverable",
	    ENVELOPE("", "r@h.example") "\"message\":null", "-" },
	{ "our own users are not asked about", "sender.deliverable",
	    ENVELOPE("a@nobody.example",
		"r@h.example") "\"macros\":{\"{auth_authen}\":\"joe\"},\"message\":null",
	    "-" },

	{ "one click, signed", "list.one_click", LIST_MAIL(SIGNED_BOTH),
	    "yes" },
	{ "the post is not signed", "list.one_click", LIST_MAIL(SIGNED_ONE),
	    "no" },
	{ "nothing is signed", "list.one_click", LIST_MAIL(""), "no" },
	{ "the second signature covers both", "list.one_click",
	    LIST_MAIL(SIGNED_ONE SIGNED_BOTH), "yes" },
	{ "altered", "list.one_click",
	    MAIL "\"message\":\"" SIGNED_BOTH "From: a@list.example\\r\\n"
		 "List-Unsubscribe: <https://evil.example/u>\\r\\n" POST
		 "\\r\\nhello\\r\\n\"",
	    "no" },
	{ "another field on top", "list.one_click",
	    MAIL "\"message\":\"List-Unsubscribe: <https://evil.example/u>"
		 "\\r\\n" SIGNED_BOTH "From: a@list.example\\r\\n" LEAVE POST
		 "\\r\\nhello\\r\\n\"",
	    "no" },
	{ "no list", "list.one_click",
	    MAIL "\"message\":\"From: a@list.example\\r\\n\\r\\nhello\\r\\n\"",
	    "no" },

	{ "our Message-ID", "bounce.ours",
	    RETURNED("From: r@home.example\\r\\n"
		     "Message-ID: <1.2@mail.home.example>\\r\\n\\r\\nhi"),
	    "yes" },
	{ "in another case, on the next line", "bounce.ours",
	    RETURNED("message-id:\\r\\n <1.2@HOME.Example>\\r\\n"), "yes" },
	{ "our name, their Message-ID", "bounce.ours",
	    RETURNED("From: r@home.example\\r\\n"
		     "Message-ID: <1.2@evil.example>\\r\\n"),
	    "no" },
	{ "a domain that ends like ours", "bounce.ours",
	    RETURNED("Message-ID: <1.2@nothome.example>\\r\\n"), "no" },
	{ "our signature", "bounce.ours",
	    RETURNED("DKIM-Signature: v=1; a=rsa-sha256;\\r\\n\\ts=x; "
		     "d=home.example; b=abc\\r\\n"
		     "Message-ID: <1.2@client.local>\\r\\n"),
	    "yes" },
	{ "d= on a line of its own", "bounce.ours",
	    RETURNED("DKIM-Signature: v=1; d\\r\\n = \\r\\n home.example; "
		     "b=abc\\r\\n"),
	    "yes" },
	{ "their signature", "bounce.ours",
	    RETURNED("DKIM-Signature: v=1; i=@home.example; d=evil.example; "
		     "bd=home.example; b=abc\\r\\n"),
	    "no" },
	{ "no domain at all", "bounce.ours",
	    RETURNED("Message-ID: <12>\\r\\nDKIM-Signature: b=1\\r\\n"), "no" },
	{ "in the middle of a line", "bounce.ours",
	    RETURNED("the Message-ID: <1.2@home.example>\\r\\n"), "-" },
	{ "its own header does not count", "bounce.ours",
	    BOUNCE "\"message\":\"Message-ID: <1@home.example>\\r\\n\\r\\n"
		   "away until Monday\\r\\n\"",
	    "-" },
	{ "no bounce", "bounce.ours",
	    MAIL "\"message\":\"A: 1\\r\\n\\r\\nMessage-ID: <1@home.example>"
		 "\\r\\n\"",
	    "-" },
};

/* What is too long to be written down: fill in place of "%s", so many times. */
static const struct long_row {
	struct row row;
	const char *fill;
	size_t times;
} long_rows[] = {
	{ { "behind more fields than are looked at", "bounce.ours",
	      RETURNED("%s" OURS), "?" },
	    THEIRS, 200 },
	{ { "behind fewer", "bounce.ours", RETURNED("%s" OURS), "yes" }, THEIRS,
	    100 },
	{ { "behind more octets than are looked at", "bounce.ours",
	      RETURNED("%s" OURS), "?" },
	    "what failed, at length ...\\r\\n", 10000 },
};

static const char *
shown(const struct value *v)
{
	switch (v->state) {
	case FACT_KNOWN:
		return v->yes ? "yes" : "no";
	case FACT_ABSENT:
		return "-";
	case FACT_UNKNOWN:
		return "?";
	default:
		return "pending";
	}
}

static const char *
filled(const struct long_row *r, struct arena *a)
{
	const char *at = strstr(r->row.json, "%s");
	struct buf out;
	const char *text;

	buf_init(&out, (size_t)1 << 20);
	(void)buf_add(&out, span_make(r->row.json, (size_t)(at - r->row.json)));
	for (size_t i = 0; i < r->times; i++)
		(void)buf_add(&out, span_of(r->fill));
	(void)buf_add(&out, span_of(at + 2));
	assert_false(out.over);
	text = arena_strdup(a, buf_span(&out));
	buf_free(&out);
	return text;
}

static void
check_row(const struct row *r, const char *json, struct snapshot *snapshot)
{
	struct arena *a = arena_new();
	struct case_result result;
	struct case_input input;
	struct jsonr_doc *doc;
	const char *why = NULL;

	case_init(&input);
	doc = jsonr_parse(
	    span_of(arena_printf(a, "{\"time\":1767225600,%s" ZONE "}", json)),
	    a, &why);
	assert_non_null(doc);
	assert_true(case_read(&input, jsonr_top(doc), ".", a, &why));
	dns_zone_hesitate(input.zone, true);
	case_run(&input, snapshot, NULL, &result);
	table_text(r->label, r->fact,
	    shown(facts_named(result.session->message->facts, r->fact)),
	    r->want);
	case_result_free(&result);
	case_release(&input);
	jsonr_free(&doc);
	arena_free(&a);
}

static void
test_facts(void **state)
{
	struct snapshot_source source = { .want_all = true,
		.config_text = SPAN(""),
		.rules_text = SPAN("verdict junk at 6 reject at 15\n") };
	struct arena *a = arena_new();
	struct snapshot *snapshot;

	(void)state;
	snapshot = snapshot_kit(&source, a);
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
		if (table_wants(rows[i].label))
			check_row(&rows[i], rows[i].json, snapshot);
	for (size_t i = 0; i < ARRAY_COUNT(long_rows); i++)
		if (table_wants(long_rows[i].row.label))
			check_row(&long_rows[i].row, filled(&long_rows[i], a),
			    snapshot);
	snapshot_unref(&snapshot);
	arena_free(&a);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_facts),
};

TABLE_MAIN(tests)
