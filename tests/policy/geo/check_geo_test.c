/*
 * Networks and countries from files: what is stated of addresses, and what a
 * file that is missing, broken or cut leads to.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "policy/geo/geo_file.h"
#include "policy/message/check.h"
#include "policy/message/loading.h"
#include "rules/lang/ruleset.h"
#include "tests/kit/message_kit.h"
#include "tests/kit/mmdb_kit.h"

extern const struct check check_geo;

static const struct mmdb_row asn_rows[] = {
	{ "192.0.2.0/24",
	    { "autonomous_system_number", "#64500",
		"autonomous_system_organization", "Example Net" } },
	{ "198.51.100.0/25", { "asn", "AS64501", "as_name", "Other \x01Net" } },
	{ "198.51.100.128/25", { "asn", "ASlong", "name", "" } },
};
static const struct mmdb_row country_rows[] = {
	{ "2001:db8::/32",
	    { "country/iso_code", "DE", "continent/code", "EU" } },
	{ "2001:db9::/32", { "country", "NZ", "continent", "OC" } },
	{ "2001:dba::/32", { "country_code", "BR" } },
};

/* ---- a configuration on disk ---------------------------------------------- */

struct folder {
	char dir[64];
	struct arena *arena;
	struct diags diags;
};

static void
folder_write(struct folder *p, const char *name, struct span text)
{
	const char *path = arena_printf(p->arena, "%s/%s", p->dir, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text.p, 1, text.n, f), text.n);
	assert_int_equal(fclose(f), 0);
}

static void
folder_begin(struct folder *p)
{
	struct buf out;

	*p = (struct folder){ .dir = "/tmp/geo.XXXXXX", .arena = arena_new() };
	assert_non_null(mkdtemp(p->dir));
	buf_init(&out, 1 << 20);
	mmdb_make(asn_rows, ARRAY_COUNT(asn_rows), 4, &out);
	folder_write(p, "asn.mmdb", buf_span(&out));
	folder_write(p, "cut.mmdb", span_slice(buf_span(&out), 0, out.n / 2));
	buf_free(&out);
	buf_init(&out, 1 << 20);
	mmdb_make(country_rows, ARRAY_COUNT(country_rows), 6, &out);
	folder_write(p, "country.mmdb", buf_span(&out));
	buf_free(&out);
	diags_init(&p->diags, p->arena);
}

static void
folder_end(struct folder *p)
{
	static const char *const name[] = { "asn.mmdb", "cut.mmdb",
		"country.mmdb", "verdict.conf", "a.rules" };

	for (size_t i = 0; i < ARRAY_COUNT(name); i++)
		(void)unlink(arena_printf(p->arena, "%s/%s", p->dir, name[i]));
	assert_int_equal(rmdir(p->dir), 0);
	arena_free(&p->arena);
}

static struct snapshot *
folder_load(struct folder *p, const char *conf, const char *rules)
{
	const char *file = arena_printf(p->arena, "%s/verdict.conf", p->dir);
	struct snapshot_source source = { .file = file };

	folder_write(p, "a.rules", span_of(rules));
	folder_write(p, "verdict.conf",
	    span_of(arena_printf(
		p->arena, "%s\nrules \"%s/a.rules\"\n", conf, p->dir)));
	return snapshot_load(&source, &p->diags);
}

/* ---- what is loaded -------------------------------------------------------- */

static const struct load_case {
	const char *label, *conf, *rules;
	const char *want; /* in the errors; NULL: it loads */
} load_cases[] = {
	{ "no file and nobody asks", "", "rule a when spf = fail then junk",
	    NULL },
	{ "no file, but a rule asks", "",
	    "rule a when client.asn = 64500 then junk", "geo FILE" },
	{ "a text that a rule writes asks", "",
	    "rule a when spf = fail then header set \"X-C\" "
	    "\"%{client.country}\"",
	    "geo FILE" },
	{ "a file", "geo asn.mmdb", "rule a when client.asn = 64500 then junk",
	    NULL },
	{ "two files", "geo asn.mmdb country.mmdb",
	    "rule a when client.country = \"DE\" then junk", NULL },
	{ "a file that is not there", "geo no.mmdb",
	    "rule a when client.asn = 1 then junk", "no.mmdb" },
	{ "a file that was cut", "geo cut.mmdb",
	    "rule a when client.asn = 1 then junk", "cut.mmdb: " },
	{ "a file of something else", "geo a.rules",
	    "rule a when client.asn = 1 then junk", "a.rules: " },
};

static void
test_load(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(load_cases); i++) {
		const struct load_case *c = &load_cases[i];
		struct folder p;
		struct snapshot *s;
		struct buf out;
		const char *said;

		if (!table_wants(c->label))
			continue;
		folder_begin(&p);
		s = folder_load(&p, c->conf, c->rules);
		buf_init(&out, 65536);
		diags_print(&p.diags, &out, false);
		said = arena_strdup(p.arena, buf_span(&out));
		table_number(c->label, "loaded", s != NULL, c->want == NULL);
		if (c->want != NULL && strstr(said, c->want) == NULL)
			table_fail(c->label, "said: %s", said);
		buf_free(&out);
		snapshot_unref(&s);
		folder_end(&p);
	}
	table_end();
}

/* ---- what is stated -------------------------------------------------------- */

#define ALL "geo asn.mmdb country.mmdb"
static const struct fact_case {
	const char *label, *conf, *client;
	const char *want; /* asn as_org country continent */
} fact_cases[] = {
	{ "a network", "geo asn.mmdb", "192.0.2.9", "64500 (Example Net) - -" },
	{ "as others write it", "geo asn.mmdb", "198.51.100.1",
	    "64501 (Other \x01Net) - -" },
	{ "no number in it", "geo asn.mmdb", "198.51.100.200", "- - - -" },
	{ "not in the file", "geo asn.mmdb", "203.0.113.1", "- - - -" },
	{ "a private address", "geo asn.mmdb", "10.0.0.1", "- - - -" },
	{ "a file of IPv4 does not tell IPv6", "geo asn.mmdb", "2001:db8::1",
	    "? ? ? ?" },
	{ "a country", ALL, "2001:db8::1", "? ? (DE) (EU)" },
	{ "as a text", ALL, "2001:db9::1", "? ? (NZ) (OC)" },
	{ "as a code", ALL, "2001:dba::1", "? ? (BR) ?" },
	{ "no files", "", "192.0.2.9", "? ? ? ?" },
	{ "no address", ALL, "", "- - - -" },
};

static const char *
fact_text(struct arena *a, const struct session *s, const char *name)
{
	fact_id id = schema_find(s->snapshot->schema, span_of(name));
	const struct value *v = facts_get(s->message->facts, id);

	if (v->state != FACT_KNOWN)
		return v->state == FACT_ABSENT ? "-" : "?";
	if (schema_row(s->snapshot->schema, id)->type == FACT_NUMBER)
		return arena_printf(a, "%g", v->number);
	return arena_printf(a, "(%.*s)", SPAN_FMT(v->text));
}

static void
fact_row_judge(const struct fact_case *c, struct folder *p, struct snapshot *s)
{
	struct clock_fixed time = { .unix_s = MESSAGE_KIT_TIME };
	struct dns_zone *zone = dns_zone_new();
	struct services judge = { .clock = clock_of_fixed(&time),
		.resolver = resolver_zone(zone),
		.ids = decision_ids_new(SPAN("mx.example"), 0),
		.hostname = "mx.example" };
	struct session *session = session_new(&judge, s);
	struct ip client = { 0 };

	if (c->client[0] != '\0')
		assert_true(ip_parse(span_of(c->client), &client));
	session_connect(session, client, 25, SPAN(""), SPAN(""), SPAN(""));
	table_text(c->label, "facts",
	    arena_printf(p->arena, "%s %s %s %s",
		fact_text(p->arena, session, "client.asn"),
		fact_text(p->arena, session, "client.as_org"),
		fact_text(p->arena, session, "client.country"),
		fact_text(p->arena, session, "client.continent")),
	    c->want);
	session_free(&session);
	decision_ids_free(&judge.ids);
	resolver_free(&judge.resolver);
	dns_zone_free(&zone);
}

static void
test_facts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(fact_cases); i++) {
		const struct fact_case *c = &fact_cases[i];
		struct folder p;
		struct snapshot *s;

		if (!table_wants(c->label))
			continue;
		folder_begin(&p);
		s = folder_load(
		    &p, c->conf, "rule a when spf = fail then junk");
		assert_non_null(s);
		s->wanted[check_index(s, &check_geo)] = true;
		fact_row_judge(c, &p, s);
		snapshot_unref(&s);
		folder_end(&p);
	}
	table_end();
}

/* The file's copy is ours: cutting the file does nothing to a snapshot. */
static void
test_cut_under_way(void **state)
{
	static const struct fact_case c = { "cut under way", "geo asn.mmdb",
		"192.0.2.9", "64500 (Example Net) - -" };
	struct folder p;
	struct snapshot *s;

	(void)state;
	folder_begin(&p);
	s = folder_load(&p, c.conf, "rule a when client.asn = 1 then junk");
	assert_non_null(s);
	folder_write(&p, "asn.mmdb", SPAN(""));
	fact_row_judge(&c, &p, s);
	snapshot_unref(&s);
	folder_end(&p);
	table_end();
}

/* No octet of such a file that is changed ends us. */
static void
test_broken(void **state)
{
	struct arena *a = arena_new();
	struct buf out;

	(void)state;
	buf_init(&out, 1 << 20);
	mmdb_make(asn_rows, ARRAY_COUNT(asn_rows), 4, &out);
	for (size_t at = 0; at < out.n; at++) {
		struct span text = arena_dup(a, buf_span(&out)), said;
		const char *why;
		struct geo_file *f;
		struct ip ip;
		double number;

		((char *)(uintptr_t)text.p)[at] ^= (char)0xff;
		f = geo_file_open(text, &why);
		assert_true(ip_parse(SPAN("192.0.2.9"), &ip));
		for (int key = 0; f != NULL && key < GEO_KEYS; key++)
			(void)geo_file_ask(
			    f, ip, (enum geo_key)key, &said, &number);
		geo_file_close(&f);
	}
	buf_free(&out);
	arena_free(&a);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_load),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_cut_under_way),
		cmocka_unit_test(test_broken),
	};

	if (argc == 3 && strcmp(argv[1], "-k") == 0)
		table_filter = argv[2];
#ifdef HAVE_MAXMINDDB
	return cmocka_run_group_tests(tests, NULL, NULL) == 0 ? 0 : 1;
#else
	(void)tests;
	puts("built without libmaxminddb");
	return 77;
#endif
}
