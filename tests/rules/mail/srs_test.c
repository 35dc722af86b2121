/*
 * Reverse-paths of forwarders, taken apart.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "rules/mail/srs.h"

/* clang-format off */
static const struct {
	const char *label, *local;
	bool is;
	const char *domain, *user, *forwarder, *path;
} rows[] = {
	{ "once", "SRS0=opaq=TT=bank.example=ann", true, "bank.example", "ann", "",
	    "bank.example=ann" },
	{ "other signs", "srs0+opaq=TT=bank.example=ann", true, "bank.example", "ann", "",
	    "bank.example=ann" },
	{ "a local part with signs", "SRS0-x=y=bank.example=ann=b+c", true, "bank.example",
	    "ann=b+c", "", "bank.example=ann=b+c" },
	{ "twice", "SRS1=h2=first.example==opaq=TT=bank.example=ann", true, "bank.example", "ann",
	    "first.example", "bank.example=ann" },
	{ "twice, other signs", "SRS1+h2=first.example=-opaq=TT=bank.example=ann", true,
	    "bank.example", "ann", "first.example", "bank.example=ann" },
	{ "Exchange Online", "bob+SRS=abcde=TT=bank.example=ann", true, "bank.example", "ann", "",
	    "bank.example=ann" },
	{ "an ordinary one", "ann", false, NULL, NULL, NULL, NULL },
	{ "nothing", "", false, NULL, NULL, NULL, NULL },
	{ "no sign", "SRS0", false, NULL, NULL, NULL, NULL },
	{ "another sign", "SRS0/h=t=d=l", false, NULL, NULL, NULL, NULL },
	{ "no time", "SRS0=h=bank.example", false, NULL, NULL, NULL, NULL },
	{ "no local part", "SRS0=h=t=bank.example=", false, NULL, NULL, NULL, NULL },
	{ "no domain", "SRS0=h=t==ann", false, NULL, NULL, NULL, NULL },
	{ "twice without the second", "SRS1=h=first.example", false, NULL, NULL, NULL, NULL },
	{ "a tag alone", "+SRS=h=t=d=l", false, NULL, NULL, NULL, NULL },
};
/* clang-format on */

static void
check(const char *label, const char *what, struct span got, const char *want)
{
	if (!span_is(got, want))
		table_fail(label, "%s: got \"%.*s\", want \"%s\"", what,
		    SPAN_FMT(got), want);
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct srs srs;
		bool is;

		if (!table_wants(rows[i].label))
			continue;
		is = srs_read(span_of(rows[i].local), &srs);
		table_number(rows[i].label, "is", is, rows[i].is);
		if (!is || !rows[i].is)
			continue;
		check(rows[i].label, "domain", srs.domain, rows[i].domain);
		check(rows[i].label, "local", srs.local, rows[i].user);
		check(rows[i].label, "path", srs.path, rows[i].path);
		check(rows[i].label, "forwarder", srs.forwarder,
		    rows[i].forwarder);
	}
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_rows),
};

TABLE_MAIN(tests)
