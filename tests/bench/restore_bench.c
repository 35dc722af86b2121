/*
 * What undoing a mailing list's changes costs beyond the verification that has
 * failed: microseconds of CPU a message with a body of 10 KB, for each way
 * that it can end.
 *
 *   make tests/bench/restore_bench && tests/bench/restore_bench [ROUNDS]
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "rules/base/buf.h"
#include "rules/base/panic.h"
#include "tests/kit/restore_kit.h"

#define BODY_OCTETS 10240

#define FOOTER                                                \
	"_______________________________________________\r\n" \
	"Talk mailing list -- talk@lists.example\r\n"         \
	"To unsubscribe send an email to talk-leave@lists.example\r\n"

static const struct restore_kit_field signed_fields[] = {
	{ "From", " Ann <ann@bank.example>" },
	{ "To", " talk@lists.example" },
	{ "Subject", " Minutes" },
	{ "Date", " Thu, 1 Jan 2026 00:00:00 +0000" },
	{ "Message-ID", " <1@bank.example>" },
	{ "MIME-Version", " 1.0" },
	{ "Content-Type", " text/plain; charset=us-ascii" },
	{ NULL, NULL },
};
static const struct restore_kit_field shown_fields[] = {
	{ "List-Id", " <talk.lists.example>" },
	{ "From", " Ann <ann@bank.example>" },
	{ "To", " talk@lists.example" },
	{ "Subject", " [talk] Minutes" },
	{ "Date", " Thu, 1 Jan 2026 00:00:00 +0000" },
	{ "Message-ID", " <1@bank.example>" },
	{ "MIME-Version", " 1.0" },
	{ "Content-Type", " text/plain; charset=us-ascii" },
	{ NULL, NULL },
};

static double
cpu_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
bench_run(struct restore_kit *kit, const char *label, struct span body,
    enum dkim_body_match state, bool found, int rounds)
{
	struct restore_query q = restore_kit_query(kit, body, state);
	double start = cpu_us();

	for (int i = 0; i < rounds; i++) {
		struct arena *a = arena_new();
		struct restore_body what;
		struct restored restored;
		bool good = restore_find_body(&q, a, &what) &&
			    restore_find(&q, &what, a, &restored);

		if (good != found)
			panic("%s", label);
		arena_free(&a);
	}
	(void)printf("%-44s %7.1f us\n", label, (cpu_us() - start) / rounds);
}

int
main(int argc, char **argv)
{
	struct restore_kit *kit = restore_kit_new();
	int rounds = argc > 1 ? atoi(argv[1]) : 20000;
	struct buf own, handed_on;

	buf_init(&own, 65536);
	while (own.n < BODY_OCTETS)
		(void)buf_addz(&own,
		    "The meeting is on Thursday at ten, in the small room.\r\n");
	restore_kit_sign(kit, signed_fields, shown_fields,
	    "from:to:subject:date:message-id:mime-version:content-type",
	    buf_span(&own));
	buf_init(&handed_on, 65536);
	(void)buf_add(&handed_on, buf_span(&own));
	bench_run(kit, "a tag in the Subject", buf_span(&own), DKIM_BODY_GOOD,
	    true, rounds);
	(void)buf_addz(&handed_on, FOOTER);
	bench_run(kit, "a tag and a footer", buf_span(&handed_on),
	    DKIM_BODY_ALTERED, true, rounds);
	handed_on.p[1] = 'x';
	bench_run(kit, "a word changed: lost", buf_span(&handed_on),
	    DKIM_BODY_ALTERED, false, rounds);
	handed_on.p[1] = (char)0xe9;
	bench_run(kit, "the same, not ASCII: other encodings are tried",
	    buf_span(&handed_on), DKIM_BODY_ALTERED, false, rounds / 4 + 1);
	buf_free(&handed_on);
	buf_free(&own);
	restore_kit_free(&kit);
	return 0;
}
