/*
 * The check of second opinions inside a session: what it says of a message,
 * and what of it is to be logged.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/case/case.h"
#include "policy/compare/check_compare.h"
#include "policy/load/snapshot_load.h"
#include "policy/message/check.h"
#include "policy/message/session.h"
#include "policy/message/snapshot.h"
#include "rules/base/buf.h"
#include "rules/base/jsonw.h"
#include "rules/source/diag.h"
#include "tests/kit/dkim_data.h"
#include "tests/kit/snapshot_kit.h"

extern const struct check check_compare;

/* clang-format off */
static const struct row {
	const char *label, *file;
	const char *behind;  /* added to the body */
	const char *dmarc;   /* the author's record */
	const char *json;
	const char *explain; /* somewhere in it */
	const char *logged;  /* where they differ */
} rows[] = {
	{ "all the same", "relaxed-relaxed.eml", "", "v=DMARC1; p=none",
	    "{\"libspf2\":\"none\",\"libopendmarc\":\"pass\",\"libopendkim\":\"pass\",\"differs\":false}",
	    "libopendkim says pass of the signed body as well.\n", "" },
	{ "l=", "length.eml", "", "v=DMARC1; p=none",
	    "{\"libspf2\":\"none\",\"libopendmarc\":\"pass\",\"libopendkim\":\"pass\",\"differs\":false}",
	    "libopendkim says pass of the signed body as well.\n", "" },
	{ "an altered body", "relaxed-relaxed.eml", "P.S.\r\n", "v=DMARC1; p=none",
	    "{\"libspf2\":\"none\",\"libopendmarc\":\"fail\",\"libopendkim\":\"fail\",\"differs\":false}",
	    "libopendkim says fail of the signed body as well.\n", "" },
	{ "not fit for the library", "relaxed-relaxed.eml", "\rP.S.\r\n", "v=DMARC1; p=none",
	    "{\"libspf2\":\"none\",\"libopendmarc\":\"fail\",\"libopendkim\":null,\"differs\":false}",
	    "libopendkim has no opinion: not compared: a CR or LF stands alone.\n", "" },
	{ "not signed", "keys.txt", "", "v=DMARC1; p=none",
	    "{\"libspf2\":\"none\",\"libopendmarc\":null,\"libopendkim\":null,\"differs\":false}",
	    "libspf2 says none as well.\n", "" },
	{ "a difference", "relaxed-relaxed.eml", "", "v=DMARC1; rua=mailto:a@example.org",
	    "{\"libspf2\":\"none\",\"libopendmarc\":\"permerror\",\"libopendkim\":\"pass\",\"differs\":true}",
	    "libopendmarc says permerror, unlike us.\n",
	    "example.org spf=none libspf2=none dmarc=pass libopendmarc=permerror"
	    " dkim-body=pass libopendkim=pass" },
};
/* clang-format on */

struct said {
	struct buf json, explain, logged;
};

static void
say(struct message *m, struct said *out)
{
	void *slot = check_slot(m, &check_compare);
	struct compare_difference d;
	struct jsonw w;

	jsonw_init(&w, &out->json);
	jsonw_object(&w, NULL);
	check_compare.json(m, slot, &w);
	jsonw_end(&w);
	check_compare.explain(m, slot, &out->explain, 0);
	if (compare_differs(m, &d)) {
		(void)buf_add(&out->logged, d.domain);
		for (size_t i = 0; i < COMPARE_COUNT; i++)
			(void)buf_printf(&out->logged, " %s=%s %s=%s",
			    d.opinion[i].matter, d.opinion[i].ours,
			    d.opinion[i].library, d.opinion[i].theirs);
	}
	(void)buf_addc(&out->logged, '\0');
}

static void
contains(const char *label, struct span text, const char *want)
{
	if (span_search(text, span_of(want)) == SIZE_MAX)
		table_fail(
		    label, "no \"%s\" in \"%.*s\"", want, SPAN_FMT(text));
}

static void
check_row(const struct row *r, struct snapshot *snapshot)
{
	struct arena *a = arena_new();
	struct case_input c;
	struct case_result result;
	struct said said;

	case_init(&c);
	c.message = span_of(arena_printf(
	    a, "%.*s%s", SPAN_FMT(dkim_data_read(a, r->file)), r->behind));
	c.zone = dkim_data_zone(a, SPAN(""));
	dns_zone_txt(c.zone, SPAN("_dmarc.example.org"), span_of(r->dmarc));
	c.mailfrom = SPAN("alice@example.org");
	assert_true(ip_parse(SPAN("192.0.2.1"), &c.ip));
	case_run(&c, snapshot, NULL, &result);
	buf_init(&said.json, 4096);
	buf_init(&said.explain, 4096);
	buf_init(&said.logged, 4096);
	say(result.session->message, &said);
	contains(r->label, buf_span(&said.json), r->json);
	contains(r->label, buf_span(&said.explain), r->explain);
	table_text(r->label, "logged", said.logged.p, r->logged);
	buf_free(&said.json);
	buf_free(&said.explain);
	buf_free(&said.logged);
	case_result_free(&result);
	case_release(&c);
	arena_free(&a);
}

/* The body is kept for the library even when no rule reads content. */
static void
test_check(void **state)
{
	struct arena *a = arena_new();
	struct snapshot_source source = {
		.compare = true, .config_text = SPAN(""), .rules_text = SPAN("")
	};
	struct snapshot *snapshot;

	(void)state;
	snapshot = snapshot_kit(&source, a);
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
		if (table_wants(rows[i].label))
			check_row(&rows[i], snapshot);
	snapshot_unref(&snapshot);
	arena_free(&a);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_check),
};

TABLE_MAIN(tests)
