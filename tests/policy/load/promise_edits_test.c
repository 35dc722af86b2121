/*
 * Edits of the shipped and the example rules that break a promise: all are
 * found, and what is shown against the promise is so. PROMISE_EDITS=200 in the
 * environment tries as many; each loads the rules twice.
 *
 * Whether an edit breaks the promise is not the prover's to say: one message
 * that the promise is about is judged by the edited rules, as a test in the
 * file. Edits that leave it alone are drawn again.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/base/file.h"
#include "policy/load/shipped.h"
#include "policy/load/snapshot_load.h"
#include "rules/source/diag.h"

#define EDITS_USUAL 12
#define DRAWS_MAX   10 /* for each edit */

static const struct edited_file {
	const char *name; /* of contrib/rules; NULL: the shipped rules */
	const char *promise;
	const char *about; /* its condition */
	const char *given; /* facts for which that is true */
	const char *forbidden[3];
} files[] = {
	{ NULL, "seeded", "direction = submission", "direction submission",
	    { "discard", "reject", NULL } },
	{ NULL, "seeded",
	    "dmarc = pass and from.domain = \"a.example\" and direction = "
	    "inbound",
	    "dmarc pass  from \"x@a.example\"  direction inbound",
	    { "discard", "quarantine", NULL } },
	{ "45-partners.rules", "partners-get-through",
	    "direction = inbound and from.domain in partners and dmarc = pass",
	    "from \"x@partner.example\"  dmarc pass",
	    { "reject", "discard", NULL } },
	{ "45-partners.rules", "forged-partners-do-not",
	    "direction = inbound and from.domain in partners and dmarc = fail",
	    "from \"x@supplier.example\"  dmarc fail",
	    { "accept", "junk", "quarantine" } },
	{ "50-impersonation.rules", "seeded", "dmarc = pass", "dmarc pass",
	    { "discard", "tempfail", NULL } },
	{ "55-attachments.rules", "seeded",
	    "sender.domain = \"accounting.example\" and spf = pass",
	    "sender \"x@accounting.example\"  spf pass",
	    { "discard", "tempfail", NULL } },
};

/* What else an edit asks, and facts for which that is true. */
static const struct {
	const char *asks, *given;
} more[] = {
	{ "size > 70000", "size 80000" },
	{ "not size < 100", "size 100" },
	{ "subject ~ /in(voice|quiry)/i", "subject \"your Invoice\"" },
	{ "client.ip in (198.51.100.0/24)", "client.ip 198.51.100.77" },
	{ "any url (host = \"u.example\")", "url { host u.example }" },
	{ "count url >= 2", "url { host a.example }  url { host b.example }" },
	{ "helo = \"mx.one.example\" or tls", "tls yes" },
	{ "iprev != pass and not has list.id", "iprev fail" },
	{ "rcpt.local in (\"info\", \"sales\")", "rcpt \"sales@b.example\"" },
	{ "has message_id", "message_id \"x@y.example\"" },
};

/* ---- chance, the same each time ------------------------------------------------ */

static uint64_t seed;

static size_t
chance(size_t n)
{
	seed = seed * UINT64_C(6364136223846793005) +
	       UINT64_C(1442695040888963407);
	return (size_t)(seed >> 33) % n;
}

/* ---- one edit ------------------------------------------------------------------- */

struct edit {
	const struct edited_file *file;
	const char *forbidden, *asks, *given;
	size_t at; /* before which rule it stands */
	struct arena *arena;
	struct span text; /* of the file, and of its promise */
};

static struct span
file_text(struct edit *e)
{
	const char *dir = getenv("srcdir"), *why = "";
	struct span text = SPAN("");

	for (size_t i = 0; e->file->name == NULL && i < shipped_count; i++)
		if (strcmp(shipped_files[i].name, SHIPPED_RULES) == 0)
			text = span_make(
			    shipped_files[i].text, shipped_files[i].n);
	if (e->file->name != NULL &&
	    !file_read(arena_printf(e->arena, "%s/contrib/rules/examples/%s",
			   dir == NULL ? "." : dir, e->file->name),
		1 << 20, e->arena, &text, &why))
		fail_msg("%s", why);
	if (strcmp(e->file->promise, "seeded") != 0)
		return text;
	return span_of(arena_printf(e->arena,
	    "%.*s\npromise seeded when %s never %s%s%s\n", SPAN_FMT(text),
	    e->file->about, e->file->forbidden[0],
	    e->file->forbidden[1] == NULL ? "" : ", ",
	    e->file->forbidden[1] == NULL ? "" : e->file->forbidden[1]));
}

/* Where a rule begins its line: the first, the second ... */
static size_t
rule_places(struct span text, size_t wanted, size_t *at)
{
	size_t count = 0;

	for (size_t i = 0; i + 5 < text.n; i++)
		if ((i == 0 || text.p[i - 1] == '\n') &&
		    span_starts(span_slice(text, i, text.n), SPAN("rule "))) {
			if (count++ == wanted)
				*at = i;
		}
	return count;
}

static void
edit_make(struct edit *e)
{
	size_t outcomes = 0, kind = chance(ARRAY_COUNT(more));

	e->file = &files[chance(ARRAY_COUNT(files))];
	while (outcomes < 3 && e->file->forbidden[outcomes] != NULL)
		outcomes++;
	e->forbidden = e->file->forbidden[chance(outcomes)];
	e->asks = more[kind].asks;
	e->given = more[kind].given;
	e->text = file_text(e);
	/* Half of them stand above all others. */
	e->at =
	    chance(2) == 0 ? 0 : chance(rule_places(e->text, SIZE_MAX, &kind));
}

/* The edited file, and before all rules a test that one message keeps the
 * promise. */
static struct span
edit_text(const struct edit *e, const char *test)
{
	size_t at = 0;

	(void)rule_places(e->text, e->at, &at);
	return span_of(arena_printf(e->arena,
	    "%s\n%.*srule seeded-edit when (%s) and (%s) then %s\n%.*s\n", test,
	    (int)at, e->text.p, e->file->about, e->asks, e->forbidden,
	    SPAN_FMT(span_slice(e->text, at, e->text.n))));
}

/* ---- what is said of it ------------------------------------------------------------ */

struct said {
	bool test_fails;  /* the message of the test breaks the promise */
	bool broken;      /* the prover says so */
	const char *test; /* and for which message */
	const char *other;
};

static struct said
said_of(struct edit *e, struct span rules)
{
	const struct snapshot_source source = { .rules_text = rules };
	struct said out = { .other = NULL };
	struct snapshot *s;
	struct diags diags;

	diags_init(&diags, e->arena);
	s = snapshot_load(&source, &diags);
	snapshot_unref(&s);
	for (size_t i = 0; i < diags.count; i++) {
		const struct diag *d = &diags.item[i];
		const char *hint = d->hint == NULL ? "" : d->hint;
		const char *test = strstr(hint, "test keeps ");

		if (d->level != DIAG_ERROR)
			continue;
		if (strstr(d->message, "is broken") != NULL &&
		    strstr(d->message, e->file->promise) != NULL) {
			out.broken = true;
			out.test = test == NULL
				       ? NULL
				       : arena_printf(e->arena, "%.*s",
					     (int)strcspn(test, "\n"), test);
		} else if (strstr(d->message, "failed") != NULL) {
			out.test_fails = true;
		} else if (out.other == NULL) {
			out.other = d->message;
		}
	}
	return out;
}

static bool
edit_try(struct edit *e, const char *label)
{
	const char *test = arena_printf(e->arena, "test keeps %s { %s  %s }",
	    e->file->promise, e->file->given, e->given);
	struct said first = said_of(e, edit_text(e, test)), again;

	if (first.other != NULL && !first.test_fails && !first.broken)
		table_fail(label, "the edit can't be read: %s", first.other);
	if (!first.test_fails) {
		/* Nobody knows whether it breaks; what is shown must hold. */
		if (first.broken) {
			again = said_of(e, edit_text(e, first.test));
			if (!again.test_fails)
				table_fail(label, "this does not fail: %s",
				    first.test);
		}
		return false;
	}
	if (!first.broken || first.test == NULL) {
		table_fail(label,
		    "%s breaks %s by %s, and it was not found: %s", e->asks,
		    e->file->promise, e->forbidden, test);
		return true;
	}
	again = said_of(e, edit_text(e, first.test));
	if (!again.test_fails)
		table_fail(label, "this does not fail: %s", first.test);
	return true;
}

static void
test_edits(void **state)
{
	const char *wanted = getenv("PROMISE_EDITS");
	size_t edits = wanted == NULL ? EDITS_USUAL : (size_t)atol(wanted);
	size_t found = 0, draws = 0;

	(void)state;
	for (; found < edits && draws < edits * DRAWS_MAX && table_failures < 5;
	     draws++) {
		struct edit e = { .arena = arena_new() };
		char label[40];

		seed = draws + 1;
		(void)chance(2);
		(void)snprintf(label, sizeof(label), "draw %zu", draws);
		edit_make(&e);
		found += edit_try(&e, label) ? 1 : 0;
		arena_free(&e.arena);
	}
	print_message("%zu edits that break a promise, of %zu\n", found, draws);
	assert_int_equal(found, edits);
	table_end();
}

/* Without an edit every promise holds: else nothing would be shown. */
static void
test_unedited(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(files); i++) {
		struct edit e = { .arena = arena_new(), .file = &files[i] };
		const struct snapshot_source source = { .rules_text =
							    file_text(&e) };
		struct snapshot *s;
		struct diags diags;

		diags_init(&diags, e.arena);
		s = snapshot_load(&source, &diags);
		if (s == NULL)
			table_fail(
			    files[i].about, "got %s", diags.item[0].message);
		snapshot_unref(&s);
		arena_free(&e.arena);
	}
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_unedited),
	cmocka_unit_test(test_edits),
};

TABLE_MAIN(tests)
