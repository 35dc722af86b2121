/*
 * What a Redis gives back for an entry, and the address at which it is asked.
 * What was read is written as it would be read again.
 */
#include "config.h"

#include <string.h>

#include "policy/store/store_text.h"
#include "policy/store/store_url.h"
#include "rules/base/panic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
entry(struct span in)
{
	struct store_record r, again;
	char text[STORE_TEXT_MAX];
	size_t n;

	if (!store_text_read(in, &r)) {
		INVARIANT(r.count == 0);
		return;
	}
	INVARIANT(r.count > 0 && r.count <= STORE_NUMBERS_MAX);
	INVARIANT(span_find(in, '\0') == SIZE_MAX);
	n = store_text_write(&r, text);
	INVARIANT(n > 0 && n < STORE_TEXT_MAX);
	INVARIANT(store_text_read(span_make(text, n), &again));
	INVARIANT(again.count == r.count && again.expires_s == r.expires_s);
	for (unsigned i = 0; i < r.count; i++)
		INVARIANT(again.number[i] == r.number[i]);
}

static void
url(struct span in)
{
	char shown[STORE_WHY_MAX], why[STORE_WHY_MAX] = "";
	struct arena *a = arena_new();
	struct store_url u;

	if (store_url_read(arena_strdup(a, in), &u, shown, why)) {
		INVARIANT((u.server_count == 0) == (u.path != NULL));
		INVARIANT(u.server_count <= STORE_SERVERS_MAX);
		for (size_t i = 0; i < u.server_count; i++)
			INVARIANT(u.server[i].host != NULL &&
				  u.server[i].port > 0 &&
				  u.server[i].port < 65536);
		INVARIANT(u.db >= 0);
		INVARIANT(strlen(shown) < STORE_WHY_MAX);
	} else {
		INVARIANT(why[0] != '\0');
	}
	store_url_free(&u);
	arena_free(&a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	entry(span_make((const char *)data, size));
	url(span_make((const char *)data, size));
	return 0;
}
