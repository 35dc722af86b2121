/*
 * How far the header of a signature is looked for: what is restored lies
 * within the bounds of restore_header.c, and the same beyond them is not.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "tests/kit/restore_kit.h"

#include <string.h>

#define NAMES                                                    \
	"from:to:cc:reply-to:subject:content-transfer-encoding:" \
	"precedence:x-long"

/* What lists.example makes of a header, from the field most often changed on. */
enum changed {
	CHANGED_SUBJECT = 1,
	CHANGED_REPLY_TO = 2, /* what it was stands elsewhere: tried last */
	CHANGED_TRANSFER = 4,
	CHANGED_FROM = 8,
	KEPT_LIST = 16, /* a field of lists that its author had signed */
};

static const struct {
	const char *label;
	unsigned changed;
	size_t octets; /* of a signed field of its own */
	bool restored;
} row[] = {
	{ "a tag", CHANGED_SUBJECT, 0, true },
	{ "a tag, a long field", CHANGED_SUBJECT, 120000, true },
	{ "a field of the author's that lists have",
	    CHANGED_SUBJECT | KEPT_LIST, 0, true },
	{ "a dozen headers",
	    CHANGED_SUBJECT | CHANGED_REPLY_TO | CHANGED_TRANSFER, 0, true },
	{ "a dozen headers, more than 512 KB of them",
	    CHANGED_SUBJECT | CHANGED_REPLY_TO | CHANGED_TRANSFER, 120000,
	    false },
	{ "everything, tried early",
	    CHANGED_SUBJECT | CHANGED_REPLY_TO | CHANGED_TRANSFER |
		CHANGED_FROM,
	    0, true },
	{ "everything, more than 128 headers away",
	    CHANGED_SUBJECT | CHANGED_REPLY_TO | CHANGED_TRANSFER |
		CHANGED_FROM | KEPT_LIST,
	    0, false },
};

static bool
restores(
    struct restore_kit *kit, struct arena *a, unsigned changed, size_t octets)
{
	char *text = arena_alloc(a, octets + 2);
	struct restore_body body;
	struct restored restored;
	struct restore_query q;
	const struct restore_kit_field own[] = {
		{ "From", " Ann <ann@bank.example>" },
		{ "To", " talk@lists.example" },
		{ "Cc", " ann@bank.example" },
		{ "Reply-To", " office@bank.example" },
		{ "Subject", " Minutes" },
		{ "Content-Transfer-Encoding",
		    changed & CHANGED_TRANSFER ? " 8bit" : " 7bit" },
		{ "X-Long", text },
		{ changed & KEPT_LIST ? "Precedence" : "X-Other", " bulk" },
		{ NULL, NULL },
	};
	const struct restore_kit_field shown[] = {
		{ "From", changed & CHANGED_FROM
			      ? " Ann via Talk <talk@lists.example>"
			      : own[0].raw },
		own[1],
		own[2],
		{ "Reply-To", changed & CHANGED_REPLY_TO ? " talk@lists.example"
							 : own[3].raw },
		{ "Subject", changed & CHANGED_SUBJECT ? " [talk] Minutes"
						       : own[4].raw },
		{ "Content-Transfer-Encoding", " 7bit" },
		own[6],
		own[7],
		{ "X-Original-Reply-To", own[3].raw },
		{ "X-Original-From", own[0].raw },
		{ NULL, NULL },
	};

	(void)memset(text, 'x', octets + 1);
	text[0] = ' ';
	text[octets + 1] = '\0';
	restore_kit_sign(kit, own, shown, NAMES, SPAN("At ten.\r\n"));
	q = restore_kit_query(kit, SPAN("At ten.\r\n"), DKIM_BODY_GOOD);
	if (changed & CHANGED_FROM)
		q.from_domain = SPAN("lists.example");
	return restore_find_body(&q, a, &body) &&
	       restore_find(&q, &body, a, &restored);
}

static void
test_headers(void **state)
{
	struct restore_kit *kit = restore_kit_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct arena *a = arena_new();

		if (table_wants(row[i].label))
			table_number(row[i].label, "restored",
			    restores(kit, a, row[i].changed, row[i].octets),
			    row[i].restored);
		arena_free(&a);
	}
	restore_kit_free(&kit);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_headers),
};

TABLE_MAIN(tests)
