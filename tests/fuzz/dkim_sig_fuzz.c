/*
 * DKIM-Signature fields: any text may stand in one, and what is signed by one
 * that is accepted can be told.
 */
#include "config.h"

#include "policy/dkim_header.h"
#include "policy/dkim_sig.h"
#include "rules/panic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Nothing that could end or forge anything may come out as a domain. */
static void
plain(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		INVARIANT(ascii_alnum(s.p[i]) || s.p[i] == '-' ||
			  s.p[i] == '_' || s.p[i] == '.');
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
		INVARIANT(sig.body_hash.n == DKIM_SHA256_OCTETS);
		text = dkim_headers_text(h, a, &sig, 1);
		INVARIANT(span_search(text, sig.signature) == SIZE_MAX ||
			  sig.signature.n < 8);
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
