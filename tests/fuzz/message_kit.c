/*
 * What the targets that judge whole messages share: the snapshot with the
 * shipped rules, and a message with its envelope and zone as text. That text
 * is lines "key value" (helo, mail, rcpt, ip, name, txt NAME TEXT, a NAME
 * ADDRESS, mx, ptr, cname NAME HOST, rcode NAME WORD, given FACTS and macros
 * MACROS in JSON), an empty line, and the message.
 *
 * A target is one file: they include this one.
 */
#include "config.h"

#include "policy/case/case.h"
#include "policy/load/snapshot_load.h"
#include "policy/message/snapshot.h"
#include "rules/base/panic.h"
#include "rules/source/diag.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RCPT_MAX  4
#define LINES_MAX 60

struct kit {
	struct case_input input;
	struct span rcpt[RCPT_MAX];
	struct jsonr_doc *given, *macros;
	struct arena *arena;
};

static struct snapshot *
kit_snapshot(void)
{
	static struct snapshot *s;
	struct arena *a;
	struct diags diags;

	if (s != NULL)
		return s;
	a = arena_new();
	diags_init(&diags, a);
	s = snapshot_load(
	    &(struct snapshot_source){
		.config_text = SPAN("mode enforce\ncompare on\n"
				    "relay 198.51.100.1\n"
				    "trust 127.0.0.0/8\n"),
		.want_all = true },
	    &diags);
	arena_free(&a);
	INVARIANT(s != NULL);
	return s;
}

static void
kit_zone(struct dns_zone *z, struct span key, struct span rest)
{
	struct span name = span_slice(rest, 0, span_find(rest, ' '));
	struct span value = span_slice(rest, name.n + 1, rest.n);

	if (name.n == 0 || name.n > 200)
		return;
	if (span_is(key, "txt"))
		dns_zone_txt(z, name, value);
	else if (span_is(key, "a"))
		(void)dns_zone_address(z, name, value);
	else if (span_is(key, "mx"))
		dns_zone_mx(z, name, 10, value);
	else if (span_is(key, "ptr"))
		dns_zone_ptr(z, name, value);
	else if (span_is(key, "cname"))
		dns_zone_cname(z, name, value);
	else if (span_is(key, "rcode"))
		(void)dns_zone_rcode(z, name, value);
}

static void
kit_json(
    struct kit *k, struct span text, struct jsonr_doc **doc, struct jsonr *out)
{
	const char *why;

	if (*doc == NULL && (*doc = jsonr_parse(text, k->arena, &why)) != NULL)
		*out = jsonr_top(*doc);
}

static void
kit_line(struct kit *k, struct span line)
{
	struct span key = span_slice(line, 0, span_find(line, ' '));
	struct span rest = span_slice(line, key.n + 1, line.n);
	struct case_input *c = &k->input;

	if (span_is(key, "helo"))
		c->helo = rest;
	else if (span_is(key, "mail"))
		c->mailfrom = rest;
	else if (span_is(key, "name"))
		c->client_name = rest;
	else if (span_is(key, "ip"))
		(void)ip_parse(rest, &c->ip);
	else if (span_is(key, "rcpt") && c->rcpt_count < RCPT_MAX)
		k->rcpt[c->rcpt_count++] = rest;
	else if (span_is(key, "given"))
		kit_json(k, rest, &k->given, &c->facts);
	else if (span_is(key, "macros"))
		kit_json(k, rest, &k->macros, &c->macros);
	else
		kit_zone(c->zone, key, rest);
}

/* k must stay where it is until kit_free. */
static void
kit_read(struct kit *k, struct span rest)
{
	struct span line;

	*k = (struct kit){ .arena = arena_new() };
	case_init(&k->input);
	k->input.rcpt = k->rcpt;
	k->input.zone = dns_zone_new();
	for (int i = 0; i < LINES_MAX && span_cut(&rest, '\n', &line); i++) {
		if (line.n == 0)
			break;
		kit_line(k, line);
	}
	k->input.message = rest.p == NULL ? SPAN("") : rest;
}

static void
kit_free(struct kit *k)
{
	case_release(&k->input);
	jsonr_free(&k->given);
	jsonr_free(&k->macros);
	arena_free(&k->arena);
}
