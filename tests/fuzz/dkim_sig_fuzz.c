/*
 * DKIM-Signature fields: any text may stand in one, and what is signed by one
 * that is accepted can be told.
 */
#include "config.h"

#include "policy/dkim/dkim_header.h"
#include "policy/dkim/dkim_sig.h"
#include "rules/base/buf.h"
#include "rules/base/panic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Nothing that could end or forge anything may come out as a domain. */
static void
plain(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		INVARIANT(ascii_alnum(s.p[i]) || s.p[i] == '-' ||
			  s.p[i] == '_' || s.p[i] == '.');
}

/* The same fields, but the value of b= is taken out of the signature. */
static struct span
text_without(
    struct arena *a, const struct header_list *list, const struct dkim_sig *sig)
{
	struct span raw = list->field[1].raw;
	size_t from = (size_t)(sig->b.p - raw.p);
	struct dkim_sig empty = *sig;
	struct header_list again;
	struct buf rest;

	INVARIANT(from <= raw.n && sig->b.n <= raw.n - from);
	buf_init(&rest, raw.n + 1);
	(void)buf_add(&rest, span_slice(raw, 0, from));
	(void)buf_add(&rest, span_slice(raw, from + sig->b.n, raw.n));
	header_list_init(&again, a);
	for (size_t i = 0; i < list->count; i++)
		(void)header_add(&again, list->field[i].raw_name,
		    i == 1 ? buf_span(&rest) : list->field[i].raw);
	buf_free(&rest);
	empty.b = span_make(again.field[1].raw.p + from, 0);
	return dkim_headers_text(dkim_headers_new(a, &again), a, &empty, 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct dkim_sig_limits limits = { 1767225600, 300 };
	struct span raw = span_make((const char *)data, size), text;
	struct arena *a = arena_new();
	struct dkim_outcome outcome;
	struct header_list list;
	struct dkim_sig sig;

	header_list_init(&list, a);
	(void)header_add(&list, SPAN("From"), SPAN(" a@example.org"));
	(void)header_add(&list, SPAN("DKIM-Signature"), raw);
	(void)header_add(&list, SPAN("Subject "), SPAN(" x\n\ty \r\n z"));
	(void)header_add(&list, SPAN("subject"), SPAN(""));
	raw = list.field[1].raw;
	if (dkim_sig_parse(a, raw, &limits, &sig, &outcome)) {
		struct dkim_headers *h = dkim_headers_new(a, &list);

		INVARIANT(sig.domain.n > 0 && sig.selector.n > 0);
		INVARIANT(sig.body_hash.n == HASH_SHA256_OCTETS);
		text = dkim_headers_text(h, a, &sig, 1);
		INVARIANT(span_eq(text, text_without(a, &list, &sig)));
		(void)dkim_headers_unsigned(h, a, &sig, 1);
	} else {
		INVARIANT(outcome.result != DKIM_PASS);
		INVARIANT(outcome.problem != NULL);
	}
	plain(sig.domain);
	plain(sig.selector);
	arena_free(&a);
	return 0;
}
