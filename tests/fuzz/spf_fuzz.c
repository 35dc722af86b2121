/*
 * SPF records and everything else that DNS may say about them. The input is
 * "IP HELO LOCAL@DOMAIN" in its first line and one DNS record a line after
 * that, as zone_kit.c reads it. Judged with answers at once and with late ones: both must agree. What the second
 * opinion makes of it is not looked at, it must only come back.
 */
#include "config.h"

#include "tests/fuzz/zone_kit.c"

#include <string.h>

#include "policy/compare/compare_spf.h"
#include "policy/spf/spf.h"
#include "rules/base/panic.h"

static struct spf_query
query_read(struct span line)
{
	struct spf_query q = { .void_limit = SPF_VOID_LIMIT };
	struct span ip = SPAN(""), helo = SPAN("");
	size_t at;

	(void)span_cut(&line, ' ', &ip);
	(void)span_cut(&line, ' ', &helo);
	if (!ip_parse(ip, &q.client))
		q.client = ip_from_v4("\xC0\x00\x02\x01");
	at = span_find_last(line, '@');
	q.helo = helo;
	q.local = span_slice(line, 0, at == SIZE_MAX ? 0 : at);
	q.domain = at == SIZE_MAX ? line : span_slice(line, at + 1, line.n);
	return q;
}

static void
outcome_check(const struct spf_outcome *o)
{
	INVARIANT(o->lookups <= 11 && o->step_count == o->lookups);
	INVARIANT(o->explanation.n == 0 || o->result == SPF_FAIL);
	INVARIANT((o->result == SPF_TEMPERROR || o->result == SPF_PERMERROR) ==
		      (o->problem != NULL) ||
		  o->result == SPF_NONE);
	for (size_t i = 0; i < o->explanation.n; i++)
		INVARIANT(
		    o->explanation.p[i] >= ' ' && o->explanation.p[i] <= '~');
	for (const char *p = o->problem; p != NULL && *p != '\0'; p++)
		INVARIANT(*p >= ' ' && *p <= '~');
}

static void
outcome_same(const struct spf_outcome *x, const struct spf_outcome *y)
{
	INVARIANT(x->result == y->result);
	INVARIANT(x->lookups == y->lookups);
	INVARIANT(x->void_lookups == y->void_lookups);
	INVARIANT(span_eq(x->mechanism, y->mechanism));
	INVARIANT(span_eq(x->inner, y->inner));
	INVARIANT(span_eq(x->explanation, y->explanation));
	INVARIANT((x->problem == NULL) == (y->problem == NULL));
	INVARIANT(x->problem == NULL || strcmp(x->problem, y->problem) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_make((const char *)data, size);
	struct span first = SPAN("");
	struct arena *a = arena_new();
	struct dns_zone *z = dns_zone_new();
	struct resolver *r = resolver_zone(z);
	struct dns_batch *soon = dns_batch_new(r, a);
	struct dns_batch *late = dns_batch_new(r, a);
	struct spf_query q;
	struct spf_second second;
	struct spf *x, *y;

	(void)span_cut(&in, '\n', &first);
	zone_lines(z, in);
	q = query_read(first);
	x = spf_new(a, soon, &q);
	INVARIANT(spf_run(x));
	outcome_check(spf_outcome(x));
	compare_spf(&q, soon, &second);
	dns_zone_hesitate(z, true);
	y = spf_new(a, late, &q);
	while (!spf_run(y))
		INVARIANT(dns_join(late, 0));
	outcome_same(spf_outcome(x), spf_outcome(y));
	dns_batch_free(&soon);
	dns_batch_free(&late);
	resolver_free(&r);
	dns_zone_free(&z);
	arena_free(&a);
	return 0;
}
