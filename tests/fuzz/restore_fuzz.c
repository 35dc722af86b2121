/*
 * Undoing what lists did, on any message. The first octet chooses how: the
 * body is looked for as it is, without what stands behind its last line or in
 * another encoding, so that it is found and what was added is read. What is
 * found is then the beginning of the body, within its bounds; and the headers
 * that may have been are gone through, of which none verifies.
 */
#include "config.h"

#include <string.h>

#include "policy/restore/restore.h"
#include "policy/restore/restore_option.h"
#include "rules/base/panic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An Ed25519 key: every header is verified with it. */
static struct dkim_key *
fuzz_key(void)
{
	static struct dkim_keys *keys;
	static struct dkim_key *key;
	const char *why;

	if (keys == NULL) {
		keys = dkim_keys_new(1);
		key = dkim_keys_get(keys,
		    SPAN("v=DKIM1; k=ed25519; "
			 "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="),
		    &why);
		INVARIANT(key != NULL);
	}
	return key;
}

/* The hash that is looked for: of the body up to where it is cut. */
static void
fuzz_wanted(struct span body, uint8_t choice, uint8_t hash[HASH_SHA256_OCTETS])
{
	const struct dkim_variant variant = { choice & 1, DKIM_LENGTH_ALL };
	struct dkim_body *b = dkim_body_new(&variant, 1);
	size_t end = body.n;

	/* Before the last lines, as many as the choice says. */
	for (int lines = choice >> 1 & 7; lines > 0 && end > 0; lines--) {
		struct span head = span_slice(body, 0, end - 1);
		size_t line = span_find_last(head, '\n');

		end = line == SIZE_MAX ? 0 : line + 1;
	}
	if (end == 0)
		end = body.n;
	dkim_body_feed(b, span_slice(body, 0, end));
	/* And with the delimiter that a list has moved. */
	if ((choice & 16) != 0)
		dkim_body_feed(b, SPAN("--b--\r\n"));
	dkim_body_end(b);
	memcpy(hash, dkim_body_hash(b, 0), HASH_SHA256_OCTETS);
	dkim_body_free(&b);
}

static void
fuzz_found(const struct restore_body *found, struct span body)
{
	INVARIANT(found->added_octets <= RESTORE_CEILING * 2);
	INVARIANT(found->added_octets <= body.n * 4 + RESTORE_FLOOR);
	INVARIANT(found->added.text.n <= 3 * RESTORE_ADDED_MAX);
	INVARIANT(found->refused != NULL || found->added_octets > 0 ||
		  (found->changes &
		      (RESTORE_FOOTER | RESTORE_PART | RESTORE_WRAPPED)) == 0 ||
		  found->added.text.n == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char sig_text[] =
	    "v=1; a=ed25519-sha256; d=bank.example; s=s; c=relaxed/relaxed;"
	    " h=from:to:subject:reply-to:cc:sender:list-id:content-type:"
	    "content-transfer-encoding; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3"
	    "hSuFU=; b=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	    "AAAAAAAAAAAAAAAAAAAAAAAA==";
	struct arena *a = arena_new();
	struct header_list headers;
	struct dkim_signature signature = { .body = DKIM_BODY_ALTERED };
	struct restore_query q = { .headers = &headers,
		.signature = &signature,
		.key = fuzz_key(),
		.from_domain = SPAN("lists.example"),
		.lister = SPAN("lists.example") };
	const struct dkim_sig_limits limits = { .skew_s = 1 };
	struct restore_body found;
	struct restored restored;
	uint8_t hash[HASH_SHA256_OCTETS];
	unsigned anomalies = 0;

	if (size == 0) {
		arena_free(&a);
		return 0;
	}
	header_list_init(&headers, a);
	(void)header_add(&headers, SPAN("DKIM-Signature"), span_of(sig_text));
	header_split(span_make((const char *)data + 1, size - 1), &headers,
	    &q.body, &anomalies);
	INVARIANT(dkim_sig_parse(a, headers.field[0].raw, &limits,
	    &signature.sig, &signature.outcome));
	signature.sig.body_canon = data[0] & 1;
	fuzz_wanted(q.body, data[0], hash);
	signature.sig.body_hash =
	    span_make((const char *)hash, HASH_SHA256_OCTETS);
	if ((data[0] & 32) != 0)
		q.from_domain = signature.sig.domain;
	if (restore_find_body(&q, a, &found)) {
		fuzz_found(&found, q.body);
		INVARIANT(!restore_find(&q, &found, a, &restored));
	}
	arena_free(&a);
	return 0;
}
