/*
 * Bodies: however one is split, its hashes are the same, no canonical form is
 * longer than the body with a line end, and libopendkim agrees where it has an
 * opinion. The first octet says where it is split and what l= is.
 */
#include "config.h"

#include <string.h>

#include "policy/compare/compare_dkim.h"
#include "policy/dkim/dkim.h"
#include "rules/base/panic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct dkim_body *
hashed(const struct dkim_variant *variant, size_t count, struct span body,
    size_t piece)
{
	struct dkim_body *b = dkim_body_new(variant, count);

	for (size_t i = 0; i < body.n; i += piece)
		dkim_body_feed(b, span_slice(body, i, i + piece));
	dkim_body_end(b);
	return b;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dkim_variant variant[] = { { DKIM_SIMPLE, DKIM_LENGTH_ALL },
		{ DKIM_RELAXED, DKIM_LENGTH_ALL }, { DKIM_RELAXED, 0 },
		{ DKIM_SIMPLE, 1 } };
	struct dkim_second second[ARRAY_COUNT(variant)];
	struct dkim_body *whole, *pieces;
	struct span body;
	const char *why;
	bool opinion;

	if (size == 0)
		return 0;
	body = span_make((const char *)data + 1, size - 1);
	variant[2].length = data[0];
	whole = hashed(variant, ARRAY_COUNT(variant), body, size);
	pieces = hashed(
	    variant, ARRAY_COUNT(variant), body, (size_t)data[0] % 16 + 1);
	opinion =
	    compare_dkim(variant, ARRAY_COUNT(variant), body, second, &why);
	for (size_t i = 0; i < ARRAY_COUNT(variant); i++) {
		INVARIANT(
		    memcmp(dkim_body_hash(whole, i), dkim_body_hash(pieces, i),
			HASH_SHA256_OCTETS) == 0);
		INVARIANT(
		    dkim_body_octets(whole, i) == dkim_body_octets(pieces, i));
		INVARIANT(dkim_body_octets(whole, i) <= (int64_t)body.n + 2);
		INVARIANT(
		    !opinion || memcmp(dkim_body_hash(whole, i), second[i].hash,
				    HASH_SHA256_OCTETS) == 0);
		INVARIANT(
		    !opinion || dkim_body_octets(whole, i) == second[i].octets);
	}
	dkim_body_free(&whole);
	dkim_body_free(&pieces);
	return 0;
}
