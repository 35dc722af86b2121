/*
 * DMARC, whatever DNS says. The first line is "FROM SPF DKIM ...", domains of
 * the author, of SPF and of signatures; with "?" before them they could not
 * be found out, with "!" they failed. The rest is as zone_kit.c reads it.
 * Judged with answers at once and with late ones: both must agree. What the
 * second opinion makes of it is not looked at, it must only come back.
 */
#include "config.h"

#include "tests/fuzz/zone_kit.c"

#include <string.h>

#include "policy/compare/compare_dmarc.h"
#include "rules/base/panic.h"
#include "rules/text/domain.h"

#define DKIM_MAX 16

struct question {
	struct dmarc_query query;
	struct dmarc_identifier dkim[DKIM_MAX];
};

static struct dmarc_identifier
identifier(struct span word, struct arena *a)
{
	struct dmarc_identifier id = { DMARC_GIVEN_PASS, SPAN("") };
	const char *why;

	if (word.n > 0 && (word.p[0] == '?' || word.p[0] == '!')) {
		id.given = word.p[0] == '?' ? DMARC_GIVEN_TEMP : DMARC_GIVEN_NO;
		word = span_slice(word, 1, word.n);
	}
	if (!domain_to_ascii(word, a, &id.domain, &why))
		id = (struct dmarc_identifier){ DMARC_GIVEN_NO, SPAN("") };
	return id;
}

static void
question_read(struct question *q, struct span line, struct arena *a)
{
	struct span word;

	*q = (struct question){ .query = { .from_why = "none" } };
	q->query.dkim = q->dkim;
	if (span_cut(&line, ' ', &word))
		q->query.from = identifier(word, a).domain;
	if (span_cut(&line, ' ', &word))
		q->query.spf = identifier(word, a);
	while (q->query.dkim_count < DKIM_MAX && span_cut(&line, ' ', &word))
		q->dkim[q->query.dkim_count++] = identifier(word, a);
	if (q->query.from.n > 0)
		q->query.from_why = NULL;
}

static bool
tail_of(struct span domain, struct span tail)
{
	return tail.n <= domain.n &&
	       span_eq(span_slice(domain, domain.n - tail.n, domain.n), tail);
}

static void
outcome_check(const struct dmarc_outcome *o, const struct dmarc_query *q)
{
	bool aligned = o->spf_aligned || o->dkim_aligned;

	INVARIANT(o->result != DMARC_PASS || aligned);
	INVARIANT(o->result != DMARC_FAIL || !aligned);
	INVARIANT(o->result != DMARC_FAIL || o->policy != DMARC_P_ABSENT);
	INVARIANT(o->applied <= o->policy);
	INVARIANT(tail_of(q->from, o->org_domain));
	INVARIANT(tail_of(q->from, o->record_domain));
	INVARIANT(o->compared_count <= q->dkim_count + 1);
	if (o->walk != NULL)
		INVARIANT(o->walk->count <= DMARC_WALK_MAX);
}

static void
outcome_same(const struct dmarc_outcome *x, const struct dmarc_outcome *y)
{
	INVARIANT(x->result == y->result);
	INVARIANT(x->policy == y->policy && x->applied == y->applied);
	INVARIANT(x->spf_aligned == y->spf_aligned);
	INVARIANT(x->dkim_aligned == y->dkim_aligned);
	INVARIANT(
	    x->existence == y->existence && x->exists_asked == y->exists_asked);
	INVARIANT(span_eq(x->org_domain, y->org_domain));
	INVARIANT(span_eq(x->record_domain, y->record_domain));
	INVARIANT(x->compared_count == y->compared_count);
	INVARIANT((x->problem == NULL) == (y->problem == NULL));
	INVARIANT(x->problem == NULL || strcmp(x->problem, y->problem) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_make((const char *)data, size), first = SPAN("");
	struct arena *a = arena_new();
	struct dns_zone *z = dns_zone_new();
	struct resolver *r = resolver_zone(z);
	struct dns_batch *soon = dns_batch_new(r, a);
	struct dns_batch *late = dns_batch_new(r, a);
	struct question q;
	struct dmarc_second second;
	struct dmarc *x, *y;

	(void)span_cut(&in, '\n', &first);
	zone_lines(z, in);
	question_read(&q, first, a);
	x = dmarc_new(a, soon);
	INVARIANT(dmarc_run(x, &q.query));
	outcome_check(dmarc_outcome(x), &q.query);
	compare_dmarc(&q.query, soon, &second);
	INVARIANT(second.why != NULL || second.result < DMARC_RESULT_COUNT);
	dns_zone_hesitate(z, true);
	y = dmarc_new(a, late);
	dmarc_foresee_author(y, q.query.from);
	while (!dmarc_run(y, &q.query))
		INVARIANT(dns_join(late, 0));
	outcome_same(dmarc_outcome(x), dmarc_outcome(y));
	dns_batch_free(&soon);
	dns_batch_free(&late);
	resolver_free(&r);
	dns_zone_free(&z);
	arena_free(&a);
	return 0;
}
