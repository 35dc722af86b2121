/*
 * verdict.conf, and rules in all of the language, with the actions and lists
 * that policy/ adds to it: settings, a line "---", rules, another, and the
 * text of every file that rules may name as "list". What the settings came to
 * is written out and must be read as the same. One message is judged.
 */
#include "config.h"

#include "policy/load/snapshot_load.h"
#include "tests/fuzz/message_kit.c"

#define WRITTEN_MAX ((size_t)1 << 20)

static struct span
section(struct span *rest)
{
	size_t at = span_search(*rest, SPAN("\n---\n"));
	struct span before = span_slice(*rest, 0, at);

	*rest = at == SIZE_MAX ? SPAN("") : span_slice(*rest, at + 5, rest->n);
	return before;
}

static struct snapshot *
load(struct span config, struct span rules, struct span list)
{
	const struct snapshot_file given[] = { { SPAN("list"), list } };
	const struct snapshot_source source = { .config_text = config,
		.rules_text = rules,
		.given = given,
		.given_count = ARRAY_COUNT(given) };
	struct arena *a = arena_new();
	struct snapshot *s;
	struct diags diags;
	struct buf out;

	diags_init(&diags, a);
	s = snapshot_load(&source, &diags);
	buf_init(&out, WRITTEN_MAX);
	diags_print(&diags, &out, true);
	diags_json(&diags, &out);
	INVARIANT(s != NULL || diags.errors > 0);
	buf_free(&out);
	arena_free(&a);
	return s;
}

static void
setting_write(
    void *ctx, const struct setting_row *row, const void *base, const char *o)
{
	struct buf *out = ctx;

	if (o == NULL)
		return;
	(void)buf_printf(out, "%s ", row->key);
	setting_format(row, base, out);
	(void)buf_addc(out, '\n');
}

static void
settings_round(const struct snapshot *s)
{
	struct snapshot *again;
	struct buf first, second;

	buf_init(&first, WRITTEN_MAX);
	buf_init(&second, WRITTEN_MAX);
	config_each(&s->parts, setting_write, &first);
	again = load(buf_span(&first), SPAN(""), SPAN(""));
	INVARIANT(again != NULL);
	config_each(&again->parts, setting_write, &second);
	INVARIANT(span_eq(buf_span(&first), buf_span(&second)));
	snapshot_unref(&again);
	buf_free(&first);
	buf_free(&second);
}

static void
judge_one(struct snapshot *s)
{
	static const char text[] =
	    "ip 192.0.2.66\nhelo evil.example\nmail x@evil.example\n"
	    "rcpt bob@here.example\nrcpt eve@here.example\n"
	    "a 66.2.0.192.zen.example 127.0.0.2\n"
	    "a 66.2.0.192.w.example 127.0.3.1\n"
	    "a 66.2.0.192.zen.spamhaus.org 127.255.255.254\n"
	    "a evil.example.dbl.example 127.0.1.4\n"
	    "a bad.example.s.example 127.0.0.24\n"
	    "a bad.example.multi.surbl.org 127.0.0.64\n"
	    "rcode 66.2.0.192.bl.spamcop.net SERVFAIL\n"
	    "txt evil.example v=spf1 -all\n\n"
	    "From: Ann <ann@good.example>\nSubject: cheap pills\n\n"
	    "http://bad.example/ x\n";
	struct case_result r;
	struct kit k;

	kit_read(&k, span_of(text));
	case_run(&k.input, s, NULL, &r);
	case_result_free(&r);
	kit_free(&k);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = span_make((const char *)data, size);
	struct span config = section(&rest), rules = section(&rest);
	struct snapshot *s = load(config, rules, rest);

	if (s != NULL) {
		settings_round(s);
		judge_one(s);
	}
	snapshot_unref(&s);
	return 0;
}
