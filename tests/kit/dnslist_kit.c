/*
 * Rules, zones, cases and watched lists for the tests of lists in DNS.
 */
#include "config.h"

#include "tests/kit/dnslist_kit.h"

#include <string.h>

#include "policy/case/answer.h"
#include "policy/lists/list_lookup.h"
#include "policy/load/snapshot_load.h"
#include "rules/base/jsonw.h"

struct snapshot *
load(const char *rules, struct arena *a, struct diags *diags)
{
	const struct snapshot_source source = { .rules_text = span_of(rules),
		.config_text = SPAN("") };

	diags_init(diags, a);
	return snapshot_load(&source, diags);
}

struct snapshot *
load_good(const char *rules, struct arena *a)
{
	struct diags diags;
	struct snapshot *s = load(rules, a, &diags);

	if (s == NULL) {
		struct buf b;

		buf_init(&b, 65536);
		diags_print(&diags, &b, false);
		fail_msg("%.*s", (int)b.n, b.p);
	}
	return s;
}

struct dns_zone *
zone_of(const char *text)
{
	struct dns_zone *z = dns_zone_new();
	struct span rest = span_of(text), entry;

	while (rest.n > 0 && span_cut(&rest, ';', &entry)) {
		size_t space = span_find(entry, ' ');
		struct span name = span_slice(entry, 0, space);
		struct span data = span_slice(entry, space + 1, entry.n);

		if (!dns_zone_address(z, name, data))
			assert_true(dns_zone_rcode(z, name, data));
	}
	return z;
}

const char *
incomplete_of(const struct message *m, struct arena *a)
{
	const char *all = "";

	for (size_t i = 0; i < m->incomplete_count; i++)
		all = arena_printf(
		    a, "%s%s%s", all, i > 0 ? " " : "", m->incomplete[i]);
	return all;
}

void
run_begin(struct run *r, struct snapshot *s, struct dns_zone *zone,
    const char *ip, const char *user, const char *message)
{
	struct arena *a = arena_new();
	const char *why = "";
	const char *text = arena_printf(a,
	    "{\"ip\": \"%s\", \"helo\": \"client.example\", \"rcpt\": "
	    "\"bob@us.example\", \"mailfrom\": \"ann@mail.example\", "
	    "\"message\": \"%s\", \"macros\": {\"{auth_authen}\": \"%s\"}}",
	    ip, message, user);
	struct jsonw w;

	*r = (struct run){ .arena = a, .snapshot = s };
	r->json = jsonr_parse(span_of(text), a, &why);
	case_init(&r->input);
	if (!case_read(&r->input, jsonr_top(r->json), ".", a, &why))
		fail_msg("%s", why);
	r->input.zone = zone;
	case_run(&r->input, s, NULL, &r->result);
	buf_init(&r->answer, 65536);
	jsonw_init(&w, &r->answer);
	answer_json(&r->result, SPAN("1"), &w);
}

void
run_end(struct run *r)
{
	buf_free(&r->answer);
	case_result_free(&r->result);
	case_release(&r->input);
	jsonr_free(&r->json);
	arena_free(&r->arena);
}

static void
note_alert(void *ctx, const char *key, const char *text)
{
	(void)buf_printf(ctx, "%s: %s\n", key, text);
}

void
watch_zone(struct watch *w, const char *zone)
{
	resolver_free(&w->resolver);
	dns_zone_free(&w->zone);
	w->zone = zone_of(zone);
	w->resolver = resolver_zone(w->zone);
	if (w->health != NULL)
		w->health->options.resolver = w->resolver;
}

/* A list called a that a rule asks. */
static const char *
asking(const char *list, struct arena *a)
{
	return arena_printf(a, "list a %s\nrule r when %s in a then score 1",
	    list, strncmp(list, "dnsbl", 5) == 0 ? "client.ip" : "sender");
}

void
watch_begin(struct watch *w, const char *rules, const char *zone)
{
	struct dnslist_health_options o = { .alert = note_alert,
		.ctx = &w->alerts };

	*w = (struct watch){ .arena = arena_new() };
	buf_init(&w->alerts, 65536);
	watch_zone(w, zone);
	w->time = (struct clock_fixed){ 1767225600, 1000 };
	if (strncmp(rules, "list ", 5) != 0)
		rules = asking(rules, w->arena);
	w->snapshot = load_good(rules, w->arena);
	o.clock = clock_of_fixed(&w->time);
	o.resolver = w->resolver;
	w->health = dnslist_health_new(&o);
	dnslist_health_watch(w->health, dnslists_of(w->snapshot));
}

void
watch_end(struct watch *w)
{
	snapshot_unref(&w->snapshot);
	dnslist_health_free(&w->health);
	resolver_free(&w->resolver);
	dns_zone_free(&w->zone);
	buf_free(&w->alerts);
	arena_free(&w->arena);
}

const struct dnslist *
watched(const struct watch *w)
{
	return dnslists_of(w->snapshot)->list[0];
}
