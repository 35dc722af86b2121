/*
 * DKIM key records, and the keys made from them: input is one record, or
 * several with NULs between.
 */
#include "config.h"

#include "policy/dkim/dkim_key.h"
#include "rules/base/panic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t hash[HASH_SHA256_OCTETS] = { 1 };
	struct span rest = span_make((const char *)data, size), text[8];
	struct span chosen = SPAN("");
	struct dkim_keys *keys = dkim_keys_new(1);
	const char *why = NULL;
	size_t count = 0;

	while (count < ARRAY_COUNT(text) && span_cut(&rest, '\0', &text[count]))
		count++;
	if (dkim_record_choose(text, count, &chosen, &why)) {
		struct dkim_key *key = dkim_keys_get(keys, chosen, &why);

		if (key != NULL) {
			const struct dkim_record *r = dkim_key_record(key);

			INVARIANT(r->bits > 0 && r->bits <= DKIM_RSA_BITS_MAX);
			(void)dkim_key_verify(
			    key, hash, span_slice(chosen, 0, r->bits / 8));
		} else {
			INVARIANT(why != NULL);
		}
		dkim_key_unref(&key);
	} else {
		INVARIANT(why != NULL);
	}
	dkim_keys_free(&keys);
	return 0;
}
