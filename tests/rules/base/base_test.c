/*
 * Spans, arenas, buffers, addresses and facts: what everything stands on.
 */
#include "config.h"

#include <sys/wait.h>
#include <unistd.h>

#include "tests/kit/table.h"

#include "rules/base/arena.h"
#include "rules/base/bits.h"
#include "rules/base/buf.h"
#include "rules/base/ip.h"
#include "rules/base/panic.h"
#include "rules/base/utf8.h"
#include "rules/fact/fact.h"

static void
test_networks(void **state)
{
	static const struct {
		const char *label, *net, *ip;
		bool parses, in;
	} row[] = {
		{ "inside /24", "192.0.2.0/24", "192.0.2.255", true, true },
		{ "outside /24", "192.0.2.0/24", "192.0.3.0", true, false },
		{ "/0 holds all", "0.0.0.0/0", "203.0.113.9", true, true },
		{ "/0 of the other family", "0.0.0.0/0", "2001:db8::1", true,
		    false },
		{ "host bits are cleared", "192.0.2.77/24", "192.0.2.1", true,
		    true },
		{ "IPv6 odd length", "2001:db8::/33", "2001:db8:7fff::1", true,
		    true },
		{ "IPv6 odd length, out", "2001:db8::/33", "2001:db8:8000::1",
		    true, false },
		{ "mapped client is IPv4", "192.0.2.0/24", "::ffff:192.0.2.1",
		    true, true },
		{ "mapped network", "::ffff:192.0.2.0/120", "192.0.2.1", true,
		    true },
		{ "too many bits", "192.0.2.0/33", "192.0.2.1", false, false },
		{ "empty bits", "192.0.2.0/", "192.0.2.1", false, false },
		{ "a name", "example.org/8", "192.0.2.1", false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct ip_net net;
		struct ip ip;
		bool parses = ip_net_parse(span_of(row[i].net), &net);

		if (!table_wants(row[i].label))
			continue;
		table_number(row[i].label, "parses", parses, row[i].parses);
		assert_true(ip_parse(span_of(row[i].ip), &ip));
		if (parses)
			table_number(
			    row[i].label, "in", ip_in(ip, net), row[i].in);
	}
	table_end();
}

static void
test_format(void **state)
{
	static const struct {
		const char *label, *in, *want;
	} row[] = {
		{ "one, two and three digits", "9.10.100.255", NULL },
		{ "zeroes", "0.0.0.0", NULL },
		{ "zeroes inside", "200.0.99.101", NULL },
		{ "IPv6", "2001:DB8:0::1", "2001:db8::1" },
		{ "mapped", "::ffff:192.0.2.1", "192.0.2.1" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		char text[IP_TEXT_MAX];
		struct ip ip;

		assert_true(ip_parse(span_of(row[i].in), &ip));
		if (table_wants(row[i].label))
			table_text(row[i].label, "text", ip_format(ip, text),
			    row[i].want == NULL ? row[i].in : row[i].want);
	}
	table_end();
}

static void
test_reverse(void **state)
{
	char name[128];
	struct ip ip;

	(void)state;
	assert_true(ip_parse(SPAN("192.0.2.17"), &ip));
	assert_int_not_equal(ip_reverse(ip, NULL, name, sizeof(name)), 0);
	assert_string_equal(name, "17.2.0.192.in-addr.arpa");
	assert_true(ip_parse(SPAN("2001:db8::567:89ab"), &ip));
	assert_int_not_equal(
	    ip_reverse(ip, "zone.example", name, sizeof(name)), 0);
	assert_string_equal(name, "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0."
				  "0.0.8.b.d.0.1.0.0.2.zone.example");
	assert_int_equal(ip_reverse(ip,
			     "a.zone.that.is.too.long.for.the.room."
			     "that.is.left.in.the.name.example",
			     name, sizeof(name)),
	    0);
}

static void
test_case_is(void **state)
{
	static const struct {
		const char *label;
		struct span text;
		const char *word;
		bool is;
	} row[] = {
		{ "the same", SPAN_INIT("com"), "com", true },
		{ "either case", SPAN_INIT("cOm"), "CoM", true },
		{ "shorter", SPAN_INIT("co"), "com", false },
		{ "longer", SPAN_INIT("coma"), "com", false },
		{ "another octet at its end", SPAN_INIT("con"), "com", false },
		{ "a NUL behind it", SPAN_INIT("com\0"), "com", false },
		{ "a NUL in it", SPAN_INIT("c\0m"), "c", false },
		{ "nothing is nothing", SPAN_INIT(""), "", true },
		{ "nothing is no word", SPAN_INIT(""), "com", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++)
		if (table_wants(row[i].label))
			table_number(row[i].label, "is",
			    span_case_is(row[i].text, row[i].word), row[i].is);
	table_end();
}

static void
test_cut(void **state)
{
	struct span rest = SPAN("a,,b,"), piece;
	char seen[16] = "";

	(void)state;
	while (span_cut(&rest, ',', &piece)) {
		strncat(seen, piece.p, piece.n);
		strcat(seen, "|");
	}
	assert_string_equal(seen, "a||b||");
}

static void
test_buf_limit(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 8);
	assert_true(buf_addz(&b, "12345"));
	assert_false(buf_addz(&b, "6789"));
	assert_true(b.over);
	assert_int_equal(b.n, 5);
	assert_int_equal(buf_add_some(&b, SPAN("6789")), 3);
	assert_memory_equal(b.p, "12345678", 8);
	buf_clear(&b);
	assert_false(b.over);
	assert_false(buf_printf(&b, "%s", "123456789"));
	buf_free(&b);
}

static void
test_facts(void **state)
{
	static const char *const words[] = { "pass", "fail", NULL };
	static const struct fact_row row[] = {
		{ "spf", FACT_WORD, STAGE_MAIL, 0, words, "" },
		{ "dkim", FACT_GROUP, STAGE_EOM, 0, NULL, "" },
		{ "dkim.domain", FACT_DOMAIN, STAGE_EOM, 0, NULL, "" },
		{ "client.ip", FACT_IP, STAGE_CONNECT, 0, NULL, "" },
	};
	struct schema *s = schema_new();
	struct arena *a = arena_new();
	struct facts *f;

	(void)state;
	schema_add(s, row, ARRAY_COUNT(row));
	assert_int_equal(schema_find(s, SPAN("dkim.domain")), 2);
	assert_int_equal(schema_group(s, 2), 1);
	assert_int_equal(schema_group(s, 3), FACT_NONE);
	assert_int_equal(schema_find(s, SPAN("nothing")), FACT_NONE);
	f = facts_new(s, a);
	assert_int_equal(facts_get(f, 0)->state, FACT_PENDING);
	facts_word(f, 0, "pass");
	for (size_t i = 0; i < 20; i++) {
		size_t e = facts_element(f, 1);

		if (i % 2 == 1)
			facts_field(f, 2, e, value_text(SPAN("example.org")));
	}
	assert_int_equal(facts_count(f, 1), 20);
	assert_int_equal(facts_field_get(f, 2, 18)->state, FACT_ABSENT);
	assert_int_equal(facts_field_get(f, 2, 19)->state, FACT_KNOWN);
	facts_settle(f, 0, 4, FACT_UNKNOWN, "deadline");
	assert_int_equal(facts_get(f, 0)->state, FACT_KNOWN);
	assert_int_equal(facts_get(f, 3)->state, FACT_UNKNOWN);
	arena_free(&a);
	schema_free(&s);
}

static void
leave_when_told(const char *text)
{
	_exit(strcmp(text, "number 3") == 0 ? 7 : 8);
}

/* In a process of its own, whose standard error leads nowhere. */
static void
test_panic_is_told(void **state)
{
	int status = 0;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		(void)close(STDERR_FILENO);
		panic_tell(leave_when_told);
		panic("number %d", 3);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
}

static void
test_columns(void **state)
{
	static const struct {
		const char *label;
		uint32_t rune;
		size_t want;
	} cases[] = {
		{ "a letter", 'a', 1 },
		{ "a letter of Europe", 0xE9, 1 },
		{ "an accent of its own", 0x301, 0 },
		{ "a joiner", 0x200D, 0 },
		{ "a line to draw with", 0x2502, 1 },
		{ "Chinese", 0x6F22, 2 },
		{ "Korean", 0xAC00, 2 },
		{ "a wide form", 0xFF21, 2 },
		{ "a half-width form", 0xFF71, 1 },
		{ "a picture", 0x1F600, 2 },
		{ "beyond the first plane", 0x20000, 2 },
		{ "no character", UTF8_BAD, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
		if (utf8_columns(cases[i].rune) != cases[i].want)
			fail_msg("%s: got %zu, want %zu", cases[i].label,
			    utf8_columns(cases[i].rune), cases[i].want);
}

/* Each bit by itself, and with all above it. */
static void
test_bit_lowest(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 64; i++) {
		if (bit_lowest(UINT64_C(1) << i) != i)
			table_fail("alone", "%u", i);
		if (bit_lowest(UINT64_MAX << i) != i)
			table_fail("with those above", "%u", i);
	}
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_networks),
	cmocka_unit_test(test_case_is),
	cmocka_unit_test(test_format),
	cmocka_unit_test(test_reverse),
	cmocka_unit_test(test_cut),
	cmocka_unit_test(test_buf_limit),
	cmocka_unit_test(test_facts),
	cmocka_unit_test(test_panic_is_told),
	cmocka_unit_test(test_columns),
	cmocka_unit_test(test_bit_lowest),
};

TABLE_MAIN(tests)
