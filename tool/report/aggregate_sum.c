/*
 * Adding up reports by author's domain and source.
 */
#include "config.h"

#include "tool/report/aggregate_sum.h"

#include <stdlib.h>
#include <string.h>

#include "rules/base/panic.h"
#include "rules/text/domain.h"

#define BUCKETS_FIRST 1024
#define RECEIVERS_MAX 10000

void
aggregate_sum_begin(struct aggregate_sum *s, struct span only)
{
	*s = (struct aggregate_sum){ .arena = arena_new(), .only = only };
	s->buckets = BUCKETS_FIRST;
	s->bucket = xcalloc(s->buckets, sizeof(*s->bucket));
}

void
aggregate_sum_end(struct aggregate_sum *s)
{
	free(s->bucket);
	free(s->seen);
	arena_free(&s->arena);
}

/* ---- reports that came twice -------------------------------------------------------------- */

static bool
sum_is_again(struct aggregate_sum *s, const struct aggregate *r)
{
	uint64_t hash = span_hash(r->organization, (uint64_t)r->begin_s);
	size_t low = 0, high = s->seen_count;

	/* Those without a name can't be known again. */
	if (r->id.n == 0)
		return false;
	hash = span_hash(r->domain, span_hash(r->id, hash));
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->seen[middle] < hash)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < s->seen_count && s->seen[low] == hash)
		return true;
	if (s->seen_count == s->seen_cap) {
		s->seen_cap = s->seen_cap == 0 ? 64 : 2 * s->seen_cap;
		s->seen = xrealloc(s->seen, s->seen_cap, sizeof(*s->seen));
	}
	memmove(&s->seen[low + 1], &s->seen[low],
	    (s->seen_count - low) * sizeof(*s->seen));
	s->seen[low] = hash;
	s->seen_count++;
	return false;
}

static void
sum_receiver(struct aggregate_sum *s, struct span name)
{
	for (size_t i = 0; i < s->receiver_count; i++)
		if (span_eq(s->receiver[i], name))
			return;
	if (s->receiver_count == RECEIVERS_MAX)
		return;
	s->receiver = arena_grow(s->arena, s->receiver, &s->receiver_cap,
	    s->receiver_count + 1, sizeof(*s->receiver));
	s->receiver[s->receiver_count++] = arena_dup(s->arena, name);
}

/* ---- sources --------------------------------------------------------------------------------- */

static uint64_t
source_hash(struct span domain, struct span source)
{
	return span_hash(source, span_hash(domain, 0));
}

static void
sum_rehash(struct aggregate_sum *s)
{
	if (s->count * 2 < s->buckets)
		return;
	s->buckets *= 2;
	free(s->bucket);
	s->bucket = xcalloc(s->buckets, sizeof(*s->bucket));
	for (size_t i = 0; i < s->count; i++) {
		size_t at =
		    source_hash(s->source[i].domain, s->source[i].source) %
		    s->buckets;

		while (s->bucket[at] != 0)
			at = (at + 1) % s->buckets;
		s->bucket[at] = (uint32_t)(i + 1);
	}
}

static struct aggregate_source *
sum_source(struct aggregate_sum *s, struct span domain, struct span source)
{
	size_t at;

	if (s->count >= AGGREGATE_SOURCES_MAX) {
		s->beyond = true;
		domain = source = SPAN("(others)");
	}
	sum_rehash(s);
	for (at = source_hash(domain, source) % s->buckets; s->bucket[at] != 0;
	     at = (at + 1) % s->buckets) {
		struct aggregate_source *f = &s->source[s->bucket[at] - 1];

		if (span_eq(f->domain, domain) && span_eq(f->source, source))
			return f;
	}
	s->source = arena_grow(
	    s->arena, s->source, &s->cap, s->count + 1, sizeof(*s->source));
	s->bucket[at] = (uint32_t)++s->count;
	s->source[s->count - 1] = (struct aggregate_source){
		.domain = arena_dup(s->arena, domain),
		.source = arena_dup(s->arena, source),
	};
	return &s->source[s->count - 1];
}

/* Keeps what is new; most records repeat what is known. */
static void
sum_keep(struct aggregate_sum *s, struct span *kept,
    struct aggregate_room *room, struct span text)
{
	if (text.n == 0 || span_eq(*kept, text))
		return;
	if (text.n > room->octets) {
		room->octets = 2 * text.n;
		room->p = arena_alloc(s->arena, room->octets);
	}
	(void)memcpy(room->p, text.p, text.n);
	*kept = span_make(room->p, text.n);
}

static void
sum_identity(struct aggregate_sum *s, struct aggregate_source *f,
    const struct aggregate_record *r)
{
	for (size_t i = 0; i < r->dkim_count; i++)
		if (span_is(r->dkim[i].result, "pass"))
			sum_keep(
			    s, &f->signer, &f->signer_room, r->dkim[i].domain);
	if (span_is(r->spf.result, "pass"))
		sum_keep(s, &f->sender, &f->sender_room, r->spf.domain);
	if (r->reason_count > 0)
		sum_keep(s, &f->reason, &f->reason_room, r->reason[0]);
}

static void
sum_time(int64_t *first_s, int64_t *last_s, int64_t begin_s, int64_t end_s)
{
	if (begin_s > 0 && (*first_s == 0 || begin_s < *first_s))
		*first_s = begin_s;
	if (end_s > *last_s)
		*last_s = end_s;
}

static bool
sum_wants(const struct aggregate_sum *s, struct span domain)
{
	return s->only.n == 0 || span_case_eq(domain, s->only) ||
	       domain_is_sub(domain, s->only);
}

static void
sum_record(struct aggregate_sum *s, const struct aggregate *r,
    const struct aggregate_record *record, struct span domain)
{
	struct aggregate_source *f = sum_source(s, domain, record->source);
	bool passed = record->dkim_aligned || record->spf_aligned;
	uint64_t n = record->count;

	f->messages += n;
	f->passed += passed ? n : 0;
	f->dkim += record->dkim_aligned ? n : 0;
	f->spf += record->spf_aligned ? n : 0;
	f->quarantined += record->disposition == AGGREGATE_QUARANTINE ? n : 0;
	f->rejected += record->disposition == AGGREGATE_REJECT ? n : 0;
	sum_time(&f->first_s, &f->last_s, r->begin_s, r->end_s);
	sum_keep(s, &f->last_receiver, &f->receiver_room, r->organization);
	sum_identity(s, f, record);
	s->messages += n;
	s->passed += passed ? n : 0;
}

bool
aggregate_sum_add(struct aggregate_sum *s, const struct aggregate *r)
{
	bool any = false;

	if (sum_is_again(s, r)) {
		s->again++;
		return false;
	}
	for (size_t i = 0; i < r->count; i++) {
		const struct aggregate_record *record = &r->record[i];
		struct span domain =
		    record->header_from.n > 0 ? record->header_from : r->domain;

		if (!sum_wants(s, domain))
			continue;
		sum_record(s, r, record, domain);
		any = true;
	}
	if (!any)
		return false;
	s->reports++;
	sum_receiver(s, r->organization);
	sum_time(&s->begin_s, &s->end_s, r->begin_s, r->end_s);
	sum_keep(s, &s->p, &s->p_room, r->p);
	return true;
}

static int
source_compare(const void *left, const void *right)
{
	const struct aggregate_source *a = left, *b = right;
	uint64_t af = a->messages - a->passed, bf = b->messages - b->passed;
	int order;

	if (af != bf)
		return af > bf ? -1 : 1;
	if (a->messages != b->messages)
		return a->messages > b->messages ? -1 : 1;
	order = span_compare(a->domain, b->domain);
	return order != 0 ? order : span_compare(a->source, b->source);
}

void
aggregate_sum_sort(struct aggregate_sum *s)
{
	if (s->count > 0)
		qsort(s->source, s->count, sizeof(*s->source), source_compare);
	/* The buckets speak of places that are others now. */
	s->buckets = BUCKETS_FIRST;
	free(s->bucket);
	s->bucket = NULL;
}
