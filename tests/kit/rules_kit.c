/*
 * See rules_kit.h.
 */
#include "config.h"

#include "tests/kit/rules_kit.h"

#include <stdlib.h>
#include <string.h>

#include "rules/base/panic.h"
#include "rules/source/literal.h"

static const char *const result_words[] = { "none", "pass", "fail", "softfail",
	"temperror", NULL };
static const char *const direction_words[] = { "inbound", "submission", "local",
	"relay", NULL };

static const struct fact_row kit_row[] = {
	{ "client.ip", FACT_IP, STAGE_CONNECT, 0, NULL, "" },
	{ "time.hour", FACT_NUMBER, STAGE_CONNECT, FACT_HOUR, NULL, "" },
	{ "helo", FACT_TEXT, STAGE_HELO, 0, NULL, "" },
	{ "tls", FACT_BOOL, STAGE_MAIL, 0, NULL, "" },
	{ "direction", FACT_WORD, STAGE_MAIL, 0, direction_words, "" },
	{ "sender", FACT_ADDRESS, STAGE_MAIL, FACT_CLAIMED, NULL, "" },
	{ "sender.domain", FACT_DOMAIN, STAGE_MAIL, 0, NULL, "" },
	{ "spf", FACT_WORD, STAGE_MAIL, FACT_PROVES, result_words, "" },
	{ "rcpt", FACT_ADDRESS, STAGE_RCPT, FACT_RCPT, NULL, "" },
	{ "rcpt.local", FACT_TEXT, STAGE_RCPT, FACT_RCPT, NULL, "" },
	{ "rcpt.domain", FACT_DOMAIN, STAGE_RCPT, FACT_RCPT, NULL, "" },
	{ "from", FACT_ADDRESS, STAGE_EOH, FACT_CLAIMED, NULL, "" },
	{ "from.domain", FACT_DOMAIN, STAGE_EOH, 0, NULL, "" },
	{ "subject", FACT_TEXT, STAGE_EOH, FACT_PROSE, NULL, "" },
	{ "header", FACT_GROUP, STAGE_EOH, 0, NULL, "" },
	{ "header.name", FACT_TEXT, STAGE_EOH, 0, NULL, "" },
	{ "header.value", FACT_TEXT, STAGE_EOH, 0, NULL, "" },
	{ "dmarc", FACT_WORD, STAGE_EOM, FACT_PROVES, result_words, "" },
	{ "dkim", FACT_GROUP, STAGE_EOM, FACT_RESTS, NULL, "" },
	{ "dkim.result", FACT_WORD, STAGE_EOM, 0, result_words, "" },
	{ "dkim.domain", FACT_DOMAIN, STAGE_EOM, 0, NULL, "" },
	{ "arc", FACT_WORD, STAGE_EOM, 0, result_words, "" },
	{ "arc_hop", FACT_GROUP, STAGE_EOM, 0, NULL, "" },
	{ "arc_hop.newest", FACT_BOOL, STAGE_EOM, 0, NULL, "" },
	{ "arc_hop.domain", FACT_DOMAIN, STAGE_EOM, 0, NULL, "" },
	{ "arc_hop.dmarc", FACT_WORD, STAGE_EOM, 0, result_words, "" },
	{ "arc_hop.author", FACT_DOMAIN, STAGE_EOM, 0, NULL, "" },
	{ "attachment", FACT_GROUP, STAGE_EOM, 0, NULL, "" },
	{ "attachment.name", FACT_TEXT, STAGE_EOM, 0, NULL, "" },
	{ "attachment.size", FACT_NUMBER, STAGE_EOM, FACT_COUNTS, NULL, "" },
	{ "attachment.encrypted", FACT_BOOL, STAGE_EOM, 0, NULL, "" },
	{ "url", FACT_GROUP, STAGE_EOM, FACT_RESTS, NULL, "" },
	{ "url.host", FACT_DOMAIN, STAGE_EOM, 0, NULL, "" },
	{ "body", FACT_TEXT, STAGE_EOM, 0, NULL, "" },
	{ "raw.body", FACT_BYTES, STAGE_EOM, 0, NULL, "" },
	{ "size", FACT_NUMBER, STAGE_EOM, FACT_COUNTS, NULL, "" },
	{ "auth.secret", FACT_TEXT, STAGE_MAIL, FACT_SECRET, NULL, "" },
	{ "spam.share", FACT_NUMBER, STAGE_EOM, FACT_SHARE, NULL, "" },
	{ "script.latin", FACT_NUMBER, STAGE_EOM, FACT_PERCENT, NULL, "" },
};

static const char *const dnsbl_options[] = { "codes", "except", NULL };
const struct rule_list_kind kit_dnsbl = { "dnsbl",
	"list NAME dnsbl \"ZONE\" codes CODE ...", true, 0,
	1U << FACT_IP | 1U << FACT_DOMAIN, dnsbl_options };
static const struct rule_list_kind *const kit_kinds[] = { &kit_dnsbl };

/* Files that the sets of tests may name. */
static bool
kit_read(void *ctx, struct span name, const struct source *from,
    struct span *text, const char **why)
{
	static const struct {
		const char *name;
		struct span text;
	} file[] = {
		{ "partners", SPAN_INIT("partner.example\nother.example\n") },
		{ "empty", SPAN_INIT("# nothing\n") },
		{ "more-friends",
		    SPAN_INIT("@here.example @partner.example\n") },
		{ "friends",
		    SPAN_INIT("ann@here.example boss@b.example\n"
			      "@here.example  @partner.example # all of us\n"
			      "nobody\nbob@here.example\n") },
		{ "bad-networks", SPAN_INIT("192.0.2.0/24\nnonsense\n") },
		{ "more.rules",
		    SPAN_INIT("rule more when spf = pass then tag more\n") },
		{ "loop.rules", SPAN_INIT("include \"loop.rules\"\n") },
	};

	(void)ctx;
	(void)from;
	for (size_t i = 0; i < ARRAY_COUNT(file); i++)
		if (span_is(name, file[i].name)) {
			*text = file[i].text;
			return true;
		}
	*why = "no such file";
	return false;
}

bool
kit_load(struct kit *k, const char *name, struct span text)
{
	struct ruleset_options options = {
		.list_kinds = kit_kinds, .list_kind_count = 1, .read = kit_read
	};

	k->arena = arena_new();
	k->schema = schema_new();
	schema_add(k->schema, kit_row, ARRAY_COUNT(kit_row));
	diags_init(&k->diags, k->arena);
	options.schema = k->schema;
	k->rs = ruleset_new(&options, &k->diags);
	(void)ruleset_add(k->rs, span_of(name), text);
	return ruleset_finish(k->rs);
}

bool
kit_run_tests(struct kit *k)
{
	const struct ruleset_test_options none = { 0 };
	size_t run, skipped;

	return ruleset_test(k->rs, &none, &k->diags, &run, &skipped);
}

void
kit_free(struct kit *k)
{
	ruleset_free(&k->rs);
	schema_free(&k->schema);
	arena_free(&k->arena);
}

/* ---- facts ------------------------------------------------------------------ */

static struct value
kit_value(struct kit *k, fact_id id, struct span text)
{
	const struct fact_row *row = schema_row(k->schema, id);
	struct value v = value_absent();
	char *copy = arena_strdup(k->arena, text);

	if (span_is(text, "?"))
		return value_unknown("test");
	if (span_is(text, "*"))
		return (struct value){ .state = FACT_PENDING };
	if (span_is(text, "-"))
		return v;
	for (size_t i = 0; i < text.n; i++)
		if (copy[i] == '_')
			copy[i] = ' ';
	v = value_text(span_make(copy, text.n));
	switch (row->type) {
	case FACT_BOOL:
		v.yes = span_is(text, "yes");
		break;
	case FACT_NUMBER:
		INVARIANT(literal_quantity(text, &v.number));
		break;
	case FACT_IP:
		INVARIANT(ip_parse(text, &v.ip));
		break;
	default:
		break;
	}
	return v;
}

static fact_id
kit_find(struct kit *k, struct span name)
{
	fact_id id = schema_find(k->schema, name);

	if (id == FACT_NONE)
		panic("no fact %.*s", SPAN_FMT(name));
	return id;
}

/* name[field=value,field=value], or with ~ before the bracket */
static void
kit_element(struct kit *k, struct span item, size_t open)
{
	struct span name = span_slice(item, 0, open), pair, key;
	bool rest = span_ends(name, SPAN("~"));
	fact_id group;
	size_t element;

	name.n -= rest;
	group = kit_find(k, name);
	element = rest ? facts_rest(k->facts, group, "not known")
		       : facts_element(k->facts, group);

	item = span_slice(item, open + 1, item.n - 1);
	while (item.n > 0 && span_cut(&item, ',', &pair)) {
		fact_id id;

		(void)span_cut(&pair, '=', &key);
		id = kit_find(k, span_of(arena_printf(k->arena, "%.*s.%.*s",
				     SPAN_FMT(name), SPAN_FMT(key))));
		facts_field(k->facts, id, element, kit_value(k, id, pair));
	}
}

static void
kit_give(struct kit *k, struct span item)
{
	size_t open = span_find(item, '['), at;
	struct span name;
	uint64_t rcpt = 0;
	fact_id id;

	if (open != SIZE_MAX) {
		kit_element(k, item, open);
		return;
	}
	(void)span_cut(&item, '=', &name);
	at = span_find(name, '@');
	if (at != SIZE_MAX) {
		(void)span_number(span_slice(name, at + 1, name.n), &rcpt);
		name = span_slice(name, 0, at);
	}
	id = kit_find(k, name);
	if ((schema_row(k->schema, id)->flags & FACT_RCPT) != 0)
		facts_rcpt_set(
		    k->facts, id, (size_t)rcpt, kit_value(k, id, item));
	else
		facts_set(k->facts, id, kit_value(k, id, item));
}

void
kit_facts(struct kit *k, const char *given)
{
	struct span rest = span_of(given), item;

	k->facts = facts_new(k->schema, k->arena);
	for (size_t i = 0; i < schema_count(k->schema); i++) {
		const struct fact_row *row = schema_row(k->schema, (fact_id)i);

		if (row->type == FACT_GROUP)
			facts_group_end(k->facts, (fact_id)i);
		else if (schema_group(k->schema, (fact_id)i) != FACT_NONE)
			continue;
		else if ((row->flags & FACT_RCPT) != 0)
			for (size_t n = 0; n < 3; n++)
				facts_rcpt_set(
				    k->facts, (fact_id)i, n, value_absent());
		else
			facts_absent(k->facts, (fact_id)i);
	}
	while (span_cut(&rest, ' ', &item))
		if (item.n > 0)
			kit_give(k, item);
}
