/*
 * Holding back alerts that were told a moment ago.
 */
#include "config.h"

#include "milter/alert/alert_book.h"

/* The key's entry, a free one, or the one that was told longest ago. */
static size_t
book_entry(const struct alert_book *b, uint64_t key)
{
	size_t oldest = 0;

	for (size_t i = 0; i < ALERT_KEYS_MAX; i++) {
		if (!b->entry[i].used || b->entry[i].key == key)
			return i;
		if (b->entry[i].told_ms < b->entry[oldest].told_ms)
			oldest = i;
	}
	return oldest;
}

bool
alert_book_admit(struct alert_book *b, const char *key, int64_t now_ms,
    int64_t interval_ms, unsigned *held)
{
	uint64_t hash = span_hash(span_of(key), 0);
	size_t i = book_entry(b, hash);
	bool known = b->entry[i].used && b->entry[i].key == hash;

	if (now_ms - b->began_ms >= interval_ms) {
		b->began_ms = now_ms;
		b->told = 0;
	}
	if ((known && now_ms - b->entry[i].told_ms < interval_ms) ||
	    b->told >= ALERT_TOLD_MAX) {
		if (known)
			b->entry[i].held++;
		return false;
	}
	b->told++;
	*held = known ? b->entry[i].held : 0;
	b->entry[i].used = true;
	b->entry[i].key = hash;
	b->entry[i].told_ms = now_ms;
	b->entry[i].held = 0;
	return true;
}
