/*
 * The daily look at the DNS of watched domains: who is told of what, by a clock
 * and a zone of the test.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/journal/journal.h"
#include "policy/message/session.h"
#include "policy/weather/weather_mail.h"
#include "policy/weather/weather_watch.h"
#include "tests/kit/scratch.h"
#include "tests/kit/state_kit.h"

#define DAY   INT64_C(86400)
#define SPF   "v=spf1 ip4:203.0.113.0/24 -all"
#define DMARC "v=DMARC1; p=reject"
#define RULES                                           \
	"list partners domains sender.example\n"        \
	"rule never when size > 10000000 then reject\n" \
	"watch domains partners\n"

struct world {
	struct kit k;
	struct clock_fixed at;
	struct journal *journal;
	char told[400];
	size_t alerts;
};

static void
world_judged(void *ctx, struct message *m, const struct verdict *v, size_t rcpt)
{
	struct world *w = ctx;

	journal_add(w->journal, m, v, rcpt, 1);
}

static void
world_alert(void *ctx, const char *key, const char *text)
{
	struct world *w = ctx;

	w->alerts++;
	(void)snprintf(w->told, sizeof(w->told), "%s: %s", key, text);
}

static struct dns_zone *
zone_of(const char *spf, const char *dmarc)
{
	struct dns_zone *z = dns_zone_new();

	dns_zone_name(z, SPAN("sender.example"));
	if (spf != NULL && strcmp(spf, "SERVFAIL") == 0)
		(void)dns_zone_rcode(z, SPAN("sender.example"), span_of(spf));
	else if (spf != NULL)
		dns_zone_txt(z, SPAN("sender.example"), span_of(spf));
	if (dmarc != NULL)
		dns_zone_txt(z, SPAN("_dmarc.sender.example"), span_of(dmarc));
	return z;
}

/* A look on this day by those records; returns how many alerts there were. */
static size_t
look(struct world *w, const char *journal, int64_t day, const char *spf,
    const char *dmarc)
{
	struct dns_zone *z = zone_of(spf, dmarc);
	struct weather_watch watch = { .journal = journal,
		.resolver = resolver_zone(z),
		.clock = clock_of_fixed(&w->at),
		.store = w->k.judge.store,
		.alert = world_alert,
		.ctx = w };
	size_t before = w->alerts, told;

	w->at.unix_s = KIT_TIME + day * DAY + 3600;
	w->told[0] = '\0';
	told = weather_tick(&watch, w->k.snapshot);
	resolver_free(&watch.resolver);
	dns_zone_free(&z);
	assert_int_equal(told, w->alerts - before);
	return told;
}

static void
test_days(void **state)
{
	static char path[100];
	static struct clock_fixed begin = { .unix_s = KIT_TIME };
	const struct journal_options o = { .path = path,
		.clock = clock_of_fixed(&begin) };
	struct world w = { .alerts = 0 };

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/journal.db", scratch);
	kit_begin(&w.k, "", RULES);
	w.journal = journal_new(&o);
	w.k.judge.judged = world_judged;
	w.k.judge.ctx = &w;
	dns_zone_txt(w.k.zone, SPAN("sender.example"), SPAN(SPF));
	dns_zone_txt(w.k.zone, SPAN("_dmarc.sender.example"), SPAN(DMARC));
	for (int i = 0; i < 4; i++)
		(void)kit_fate(&w.k, &(const struct kit_mail){ .at = i });
	(void)kit_fate(
	    &w.k, &(const struct kit_mail){ .at = 5, .ip = "203.0.113.77" });
	journal_free(&w.journal);

	assert_int_equal(look(&w, path, 0, SPF, DMARC), 0);
	/* One host of the address is left out: one look a day. */
	assert_int_equal(
	    look(&w, path, 0, "v=spf1 ip4:203.0.113.77 -all", DMARC), 0);
	assert_int_equal(
	    look(&w, path, 1, "v=spf1 ip4:203.0.113.77 -all", DMARC), 1);
	assert_non_null(strstr(w.told,
	    "weather sender.example: from today 4 of 5 mails of the last week "
	    "of sender.example would fail, because SPF of sender.example says "
	    "fail for 203.0.113.9 (DMARC policy reject"));
	/* As bad as the day before is no news. */
	assert_int_equal(
	    look(&w, path, 2, "v=spf1 ip4:203.0.113.77 -all", DMARC), 0);
	assert_int_equal(look(&w, path, 3, "v=spf1 -all", DMARC), 1);
	assert_non_null(strstr(w.told, "from today 5 of 5 mails"));
	/* Well again, and DNS that does not answer. */
	assert_int_equal(look(&w, path, 4, SPF, DMARC), 0);
	assert_int_equal(look(&w, path, 5, "SERVFAIL", DMARC), 0);
	/* Without a policy nothing is asked for. */
	assert_int_equal(look(&w, path, 6, NULL, NULL), 0);
	/* After a week there is no mail any more. */
	assert_int_equal(look(&w, path, 9, "v=spf1 -all", DMARC), 0);
	kit_end(&w.k);
}

/* Strangers who write in the domain's name, later and more often than it,
 * don't hide what would become of its own mail. */
static void
strangers(const char *file, const char *dmarc, const char *told)
{
	static char path[100];
	static struct clock_fixed begin = { .unix_s = KIT_TIME };
	const struct journal_options o = { .path = path,
		.clock = clock_of_fixed(&begin) };
	struct world w = { .alerts = 0 };

	(void)snprintf(path, sizeof(path), "%s/%s", scratch, file);
	kit_begin(&w.k, "", RULES);
	w.journal = journal_new(&o);
	w.k.judge.judged = world_judged;
	w.k.judge.ctx = &w;
	dns_zone_txt(w.k.zone, SPAN("sender.example"), SPAN(SPF));
	if (dmarc != NULL)
		dns_zone_txt(w.k.zone, SPAN("_dmarc.sender.example"),
		    span_of(dmarc));
	for (int i = 0; i < 4; i++)
		(void)kit_fate(&w.k, &(const struct kit_mail){ .at = i });
	for (int i = 0; i < WEATHER_MAIL_MAX; i++)
		(void)kit_fate(&w.k,
		    &(const struct kit_mail){
			.at = 5, .ip = "192.0.2.66", .from = "b@e.example" });
	journal_free(&w.journal);
	assert_int_equal(look(&w, path, 0, SPF, dmarc), 0);
	assert_int_equal(look(&w, path, 1, "v=spf1 -all", DMARC), 1);
	table_text(file, "is told", strstr(w.told, told) != NULL ? told : w.told,
	    told);
	kit_end(&w.k);
}

static void
test_strangers(void **state)
{
	(void)state;
	strangers("with-dmarc.db", DMARC, "from today 4 of 4 mails of");
	/* Without it what is forged cannot be told from what is not. */
	strangers("without-dmarc.db", NULL,
	    "from today 2004 of 2004 mails of the last week of sender.example "
	    "would fail (2000 of which neither SPF nor DKIM showed to be its "
	    "own), because ");
	table_end();
}

/* Where nobody is watched nothing is read. */
static void
test_nobody(void **state)
{
	struct world w = { .alerts = 0 };

	(void)state;
	kit_begin(&w.k, "", "rule never when size > 10000000 then reject\n");
	assert_int_equal(look(&w, "/nonexistent/journal.db", 0, SPF, NULL), 0);
	kit_end(&w.k);
}

#define KEY "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
#define OTHER \
	"v=DKIM1; k=ed25519; p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define NAME "s._domainkey.sender.example"

/* Keys of then and of now; "": none is known. */
static const struct {
	const char *label, *then, *now, *why;
} keys[] = {
	{ "the same key", KEY, KEY, NULL },
	{ "written otherwise", KEY,
	    "k=ed25519; n=x; "
	    "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaP"
	    "cHURo=",
	    NULL },
	{ "another one", KEY, OTHER, "the key " NAME " is another one" },
	{ "what it was is not known", "", OTHER, NULL },
	{ "gone", KEY, "", "the key " NAME " is gone" },
	{ "revoked", KEY,
	    "v=DKIM1; p=", "the key " NAME " is no good key any more" },
};

static void
test_keys(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(keys); i++) {
		struct arena *a = arena_new();
		const char *text, *why = "";
		struct dns_zone *z = zone_of("v=spf1 -all", DMARC);
		struct resolver *r = resolver_zone(z);
		const struct weather_options o = {
			.resolver = r, .wait_ms = 1000, .now_s = KIT_TIME
		};
		struct weather_dns dns;
		struct weather_mail m;
		struct jsonr_doc *doc;

		if (keys[i].now[0] != '\0')
			dns_zone_txt(z, SPAN(NAME), span_of(keys[i].now));
		text = arena_printf(a,
		    "{\"ip\": \"203.0.113.9\", \"mailfrom\": "
		    "\"a@sender.example\", \"dns\": {%s%s%s}, \"facts\": "
		    "{\"dmarc\": \"pass\", \"spf\": \"fail\", \"dkim\": "
		    "[{\"result\": \"pass\", \"domain\": \"sender.example\", "
		    "\"selector\": \"s\"}]}}",
		    keys[i].then[0] == '\0' ? ""
					    : "\"" NAME "\": {\"TXT\": [\"",
		    keys[i].then, keys[i].then[0] == '\0' ? "" : "\"]}");
		doc = jsonr_parse(span_of(text), a, &why);
		assert_non_null(doc);
		weather_dns_begin(&dns, &o, a);
		weather_judge(
		    &dns, jsonr_top(doc), SPAN("sender.example"), a, &m);
		if (!m.counts || m.unknown ||
		    m.fails != (keys[i].why != NULL) ||
		    (m.fails && strcmp(m.why, keys[i].why) != 0))
			table_fail(keys[i].label, "got %d %d %s", m.fails,
			    m.unknown, m.why == NULL ? "-" : m.why);
		weather_dns_end(&dns);
		resolver_free(&r);
		dns_zone_free(&z);
		jsonr_free(&doc);
		arena_free(&a);
	}
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_days),
	cmocka_unit_test(test_strangers),
	cmocka_unit_test(test_nobody),
	cmocka_unit_test(test_keys),
};

TABLE_MAIN_IN(tests, scratch_make, scratch_remove)
