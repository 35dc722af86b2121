/*
 * Judges cases of SPF, one JSON object a line on standard input (tests/
 * spf_suite makes them): the keys of verdict-cases(5), "want" a list of results
 * and "explanation", where DEFAULT and null mean that the domain gives none.
 * Each case is judged with answers at once and with answers that hesitate.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/base/json.h"
#include "policy/case/case.h"
#include "policy/dns/dns.h"
#include "policy/spf/spf.h"
#include "rules/base/panic.h"

static struct span
text_of(struct jsonr v)
{
	struct span text = SPAN("");

	(void)jsonr_text(v, &text);
	return text;
}

static struct spf_query
query_of(struct jsonr c)
{
	struct spf_query q = {
		.helo = text_of(jsonr_get(c, "helo")),
		.time_s = 1767225600,
		.void_limit = SPF_VOID_LIMIT,
	};
	struct span sender = text_of(jsonr_get(c, "mailfrom"));
	size_t at = span_find_last(sender, '@');

	INVARIANT(ip_parse(text_of(jsonr_get(c, "ip")), &q.client));
	q.domain = q.helo;
	if (sender.n > 0)
		q.domain = sender;
	if (at != SIZE_MAX) {
		q.local = span_slice(sender, 0, at);
		q.domain = span_slice(sender, at + 1, sender.n);
	}
	return q;
}

/* Whether the outcome is as wanted; says so when it is not. */
static bool
agrees(struct jsonr c, const struct spf_outcome *o, const char *how)
{
	struct jsonr want = jsonr_get(c, "want");
	struct span text = text_of(jsonr_get(c, "explanation"));
	struct span id = text_of(jsonr_get(c, "id"));
	bool result = false, explained;

	for (size_t i = 0; i < jsonr_count(want); i++)
		if (span_is(text_of(jsonr_at(want, i)),
			spf_result_words[o->result]))
			result = true;
	explained = text.n == 0 ||
		    (span_is(text, "DEFAULT") ? o->explanation.n == 0
					      : span_eq(text, o->explanation));
	if (!result)
		printf("%.*s (%s): got %s (%s), want %.*s\n", SPAN_FMT(id), how,
		    spf_result_words[o->result],
		    o->problem == NULL ? "no problem" : o->problem,
		    SPAN_FMT(text_of(jsonr_at(want, 0))));
	if (!explained)
		printf("%.*s (%s): got \"%.*s\", want \"%.*s\"\n", SPAN_FMT(id),
		    how, SPAN_FMT(o->explanation), SPAN_FMT(text));
	return result && explained;
}

static bool
judge(struct jsonr c, struct arena *a, bool hesitate)
{
	struct spf_query q = query_of(c);
	struct dns_zone *zone;
	struct resolver *r;
	struct dns_batch *dns;
	struct spf *spf;
	const char *why = "";
	bool good;

	if (!case_zone(jsonr_get(c, "dns"), &zone, a, &why))
		panic("zone: %s", why);
	r = resolver_zone(zone);
	dns = dns_batch_new(r, a);
	spf = spf_new(a, dns, &q);
	dns_zone_hesitate(zone, hesitate);
	while (!spf_run(spf))
		INVARIANT(dns_join(dns, 0));
	good = agrees(c, spf_outcome(spf), hesitate ? "late" : "at once");
	dns_batch_free(&dns);
	resolver_free(&r);
	dns_zone_free(&zone);
	return good;
}

int
main(void)
{
	struct arena *a = arena_new();
	unsigned cases = 0, failed = 0;
	char *line = NULL;
	size_t size = 0;
	const char *why;

	while (getline(&line, &size, stdin) > 0) {
		struct jsonr_doc *doc = jsonr_parse(span_of(line), a, &why);
		bool good;

		if (doc == NULL)
			panic("case %u: %s", cases + 1, why);
		good = judge(jsonr_top(doc), a, false);
		good = judge(jsonr_top(doc), a, true) && good;
		cases++;
		failed += !good;
		jsonr_free(&doc);
		arena_reset(a);
	}
	free(line);
	arena_free(&a);
	printf("%u of %u cases agree\n", cases - failed, cases);
	return failed > 0;
}
