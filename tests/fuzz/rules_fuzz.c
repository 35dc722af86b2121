/*
 * Any text as a rule file: read, checked, its tests run, and judged on one
 * message.
 */
#include "config.h"

/* A target is one file; this is the schema that the tests use, too. */
#include "tests/kit/rules_kit.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kit k = { 0 };
	const size_t rcpt[] = { 0, 1 };
	struct decision d;
	struct record record;
	struct buf out;

	if (size > 20000)
		return 0;
	buf_init(&out, 1 << 16);
	if (kit_load(&k, "fuzz", span_make((const char *)data, size))) {
		struct ruling_input input = { .ruleset = k.rs,
			.arena = k.arena };
		struct ruling *r;

		(void)kit_run_tests(&k);
		kit_facts(&k, "spf=fail subject=cheap_pills tls=yes size=9k "
			      "rcpt.local@0=a rcpt.local@1=b dmarc=? "
			      "client.ip=192.0.2.1 dkim[result=pass] "
			      "from=a@partner.example body=*");
		input.facts = k.facts;
		r = ruling_new(&input);
		ruling_run(r, RCPT_NONE, false, &d);
		ruling_run_all(r, rcpt, 2, true, &d);
		ruling_record(r, rcpt, 2, &d, &record);
		for (size_t i = 0; i < ruleset_count(k.rs) && i < 20; i++)
			(void)ruling_trace(r, i, 0, &out);
	}
	diags_print(&k.diags, &out, true);
	diags_json(&k.diags, &out);
	buf_free(&out);
	kit_free(&k);
	return 0;
}
