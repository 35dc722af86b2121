/*
 * How many times a message waits for DNS where no answer is known yet: what
 * can be asked at once must be, so most wait once, as long as one answer
 * takes. DNS is a zone that holds back what is asked until somebody has
 * nothing to do but wait; then it answers all that was asked by then.
 */
#include "config.h"

#include "policy/judge/judge.h"
#include "policy/load/snapshot_load.h"
#include "policy/message/decision_id.h"
#include "policy/message/snapshot.h"
#include "rules/mail/header.h"
#include "rules/source/diag.h"
#include "tests/kit/dkim_data.h"
#include "tests/kit/snapshot_kit.h"
#include "tests/kit/table.h"

/* Beside the shipped rules: lists, of all that a message names. */
static const char more_rules[] =
    "list one dnsbl \"bl-one.example\"\n"
    "list two rhsbl \"bl-two.example\"\n"
    "list three rhsbl \"bl-three.example\"\n"
    "rule client-listed when client.ip in one then score 1\n"
    "rule author-listed when from.domain in two then score 1\n"
    "rule helo-listed when helo.domain in two then score 1\n"
    "rule sender-listed when sender.domain in two then score 1\n"
    "rule link-listed when any url (host in three) then score 1\n"
    "rule no-way-back when not sender.deliverable then score 1\n"
    "verdict junk at 60 reject at 150\n";

#define PLAIN "v=spf1 ip4:192.0.2.1 -all"

static const struct row {
	const char *label;
	const char *name; /* of the client, as the MTA says */
	const char *ptr;  /* and as it is */
	const char *spf;  /* of the sender */
	const char *file;
	unsigned rounds;
} rows[] = {
	{ "what honest mail asks, at once", "mail.example.org",
	    "mail.example.org", PLAIN, "relaxed-relaxed.eml", 1 },
	{ "the MTA looks nothing up: HELO's name", "unknown",
	    "mail.example.org", PLAIN, "relaxed-relaxed.eml", 1 },
	{ "the MTA found nothing", "[192.0.2.1]", "mail.example.org", PLAIN,
	    "relaxed-relaxed.eml", 1 },
	{ "a name that the MTA found, not HELO's", "host-1.example.net",
	    "host-1.example.net", PLAIN, "relaxed-relaxed.eml", 1 },
	{ "a name that nobody said is known behind another answer", "unknown",
	    "host-1.example.net", PLAIN, "relaxed-relaxed.eml", 2 },
	{ "two signatures", "unknown", "mail.example.org", PLAIN, "dual.eml",
	    1 },
	{ "a record that names hosts asked for anyway", "unknown",
	    "mail.example.org", "v=spf1 a mx -all", "relaxed-relaxed.eml", 1 },
	{ "a record that includes another", "unknown", "mail.example.org",
	    "v=spf1 include:_spf.example.net -all", "relaxed-relaxed.eml", 2 },
	{ "both names that are known late, in one", "unknown",
	    "host-1.example.net", "v=spf1 include:_spf.example.net -all",
	    "relaxed-relaxed.eml", 2 },
};

struct world {
	struct arena *arena;
	struct snapshot *snapshot;
	struct dns_zone *zone;
	struct resolver *resolver;
	struct clock_fixed time;
	struct services judge;
};

static struct dns_zone *
world_zone(struct arena *a, const struct row *r)
{
	struct dns_zone *z = dkim_data_zone(a, SPAN(""));

	dns_zone_ptr(z, SPAN("1.2.0.192.in-addr.arpa"), span_of(r->ptr));
	assert_true(
	    dns_zone_address(z, SPAN("mail.example.org"), SPAN("192.0.2.1")));
	assert_true(
	    dns_zone_address(z, SPAN("host-1.example.net"), SPAN("192.0.2.1")));
	dns_zone_mx(z, SPAN("example.org"), 10, SPAN("mail.example.org"));
	dns_zone_txt(z, SPAN("example.org"), span_of(r->spf));
	dns_zone_txt(z, SPAN("_spf.example.net"), SPAN("v=spf1 ip4:192.0.2.1"));
	dns_zone_txt(z, SPAN("_dmarc.example.org"), SPAN("v=DMARC1; p=reject"));
	dns_zone_hesitate(z, true);
	return z;
}

static void
world_init(struct world *w, const struct row *r)
{
	struct snapshot_source source = { .config_text = SPAN(""),
		.rules_text = span_of(more_rules),
		.want_all = true };

	*w = (struct world){ .arena = arena_new(),
		.time = { DKIM_DATA_TIME, 1000 } };
	w->snapshot = snapshot_kit(&source, w->arena);
	w->zone = world_zone(w->arena, r);
	w->resolver = resolver_zone(w->zone);
	w->judge = (struct services){ .clock = clock_of_fixed(&w->time),
		.resolver = w->resolver,
		.ids = decision_ids_new(SPAN("test"), 0),
		.hostname = "mx.us" };
}

static void
world_free(struct world *w)
{
	decision_ids_free(&w->judge.ids);
	snapshot_unref(&w->snapshot);
	resolver_free(&w->resolver);
	dns_zone_free(&w->zone);
	arena_free(&w->arena);
}

static void
send_message(struct session *s, struct span text, struct arena *a)
{
	struct header_list headers;
	struct verdict answer;
	struct span body;
	unsigned anomalies = 0;

	header_list_init(&headers, a);
	header_split(text, &headers, &body, &anomalies);
	for (size_t i = 0; i < headers.count; i++)
		session_header(
		    s, headers.field[i].raw_name, headers.field[i].raw);
	session_eoh(s, SPAN(""), &answer);
	session_body(s, body);
	session_body(s, SPAN("http://www.link.example/\r\n"));
}

/* How many times the end of the message had to wait. */
static unsigned
wait_end(struct session *s)
{
	struct verdict answer;
	unsigned rounds = 0;
	int64_t again_ms;
	bool done = session_eom_begin(s, SPAN(""), &answer, &again_ms);

	while (!done && rounds < 20) {
		assert_true(dns_reveal(s->message->dns));
		rounds++;
		done = session_eom_again(s, &answer, &again_ms);
	}
	assert_true(done);
	return rounds;
}

static void
check_row(const struct row *r)
{
	const struct mail_parameters mail = { .reverse_path =
						  SPAN("<alice@example.org>") };
	struct session *s;
	struct verdict answer;
	struct world w;
	struct ip client;
	unsigned rounds;

	world_init(&w, r);
	s = session_new(&w.judge, w.snapshot);
	assert_true(ip_parse(SPAN("192.0.2.1"), &client));
	session_connect(
	    s, client, 25, span_of(r->name), SPAN("smtpd"), SPAN("mx.us"));
	session_helo(s, SPAN("mail.example.org"), NULL);
	session_mail(s, &mail, NULL, &answer);
	session_rcpt(s, SPAN("<bob@us.example>"), false, SPAN(""), &answer);
	send_message(s, dkim_data_read(w.arena, r->file), w.arena);
	rounds = wait_end(s);
	if (rounds != r->rounds)
		table_fail(r->label, "%u rounds, not %u", rounds, r->rounds);
	session_free(&s);
	world_free(&w);
}

static void
test_rounds(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
		if (table_wants(rows[i].label))
			check_row(&rows[i]);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_rounds),
};

TABLE_MAIN(tests)
