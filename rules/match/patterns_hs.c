/*
 * How does a set of patterns get a database of Hyperscan? Compiles it (in a
 * process of its own), names it, and takes one back only when it was made
 * for this very set and arrived whole. What a scan does with it is in
 * patterns.c.
 *
 * A saved database: magic, key, checksum and length of the rest; number of
 * patterns, the bit set of those it covers, and the library's own bytes.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/buf.h"
#include "rules/base/panic.h"
#include "rules/match/pattern_widen.h"
#include "rules/match/patterns_set.h"

/* Changes whenever a database of before must not be used any more. */
#define FORMAT "verdict patterns 2"

struct hs_head {
	char magic[8];
	char key[40];
	uint64_t checksum;
	uint64_t size; /* of what follows */
	uint64_t count;
};

static const char hs_magic[8] = "VERDHS1";

const char *
patterns_hs_key(const struct patterns *p, char out[PATTERNS_KEY_MAX])
{
	char platform[128];
	uint64_t h[2];

	regex_db_platform(platform, sizeof(platform));
	for (unsigned k = 0; k < 2; k++) {
		h[k] = span_hash(SPAN(FORMAT), k);
		h[k] = span_hash(span_of(platform), h[k]);
		h[k] = h[k] * 31 + p->options.raw;
		for (size_t i = 0; i < p->count; i++) {
			h[k] = h[k] * 31 + p->items[i].text.n;
			h[k] = h[k] * 31 + p->items[i].flags;
			h[k] = span_hash(p->items[i].text, h[k]);
		}
	}
	(void)snprintf(
	    out, PATTERNS_KEY_MAX, "%016" PRIx64 "%016" PRIx64, h[0], h[1]);
	return out;
}

bool
patterns_hs_wanted(const struct patterns *p)
{
	if (!regex_db_usable() || p->options.no_prefilter)
		return false;
	for (size_t i = 0; i < p->count; i++)
		if (!p->items[i].exotic)
			return true;
	return false;
}

/*
 * All patterns that the library takes, in their widened forms (rules/match/pattern_widen.h)
 * unless they are for bytes. The texts are in arena a.
 */
static size_t
patterns_hs_items(
    const struct patterns *p, struct arena *a, struct regex_db_item *items)
{
	size_t count = 0;
	struct buf wide;

	buf_init(&wide, SIZE_MAX / 4);
	for (size_t i = 0; i < p->count; i++) {
		struct regex_db_item item = { p->items[i].text,
			p->items[i].flags, (unsigned)i };

		buf_clear(&wide);
		if (p->items[i].exotic)
			continue;
		if (!p->options.raw) {
			if (!widen_pattern(item.pattern, item.flags, &wide))
				continue;
			item.pattern = arena_dup(a, buf_span(&wide));
		}
		if (regex_db_takes(&item))
			items[count++] = item;
	}
	buf_free(&wide);
	return count;
}

static bool
patterns_hs_append(const struct patterns *p, const struct regex_db_item *items,
    size_t count, struct span db, struct buf *out)
{
	uint64_t *covered = xcalloc(p->words, sizeof(*covered));
	struct span bits =
	    span_make((const char *)covered, p->words * sizeof(*covered));
	struct hs_head head = { .size = bits.n + db.n, .count = p->count };
	char key[PATTERNS_KEY_MAX];

	for (size_t i = 0; i < count; i++)
		bit_set(covered, items[i].id);
	memcpy(head.magic, hs_magic, sizeof(head.magic));
	memcpy(head.key, patterns_hs_key(p, key), sizeof(key));
	head.checksum = span_hash(db, span_hash(bits, p->count));
	(void)buf_add(out, span_make((const char *)&head, sizeof(head)));
	(void)buf_add(out, bits);
	(void)buf_add(out, db);
	free(covered);
	return !out->over;
}

/* An item that the library refuses at last is left out, and all is tried
 * again; each round has one less. */
static bool
patterns_hs_try(
    struct regex_db_item *items, size_t *count, char **bytes, size_t *size)
{
	size_t culprit;

	while (*count > 0) {
		if (regex_db_compile(items, *count, bytes, size, &culprit))
			return true;
		if (culprit >= *count)
			return false;
		(*count)--;
		memmove(&items[culprit], &items[culprit + 1],
		    (*count - culprit) * sizeof(*items));
	}
	return false;
}

bool
patterns_hs_compile(const struct patterns *p, struct buf *out, const char **why)
{
	struct regex_db_item *items;
	struct arena *a;
	char *bytes = NULL;
	size_t size = 0, count;
	bool ok;

	if (!regex_db_usable()) {
		*why = "built without Hyperscan, or not for this processor";
		return false;
	}
	a = arena_new();
	items = xcalloc(p->count + 1, sizeof(*items));
	count = patterns_hs_items(p, a, items);
	ok = patterns_hs_try(items, &count, &bytes, &size);
	if (!ok)
		*why = "Hyperscan takes none of the patterns";
	else if (!patterns_hs_append(
		     p, items, count, span_make(bytes, size), out)) {
		*why = "the database is too large";
		ok = false;
	}
	free(bytes);
	free(items);
	arena_free(&a);
	return ok;
}

/* Everything that can be wrong with bytes from a file. */
static bool
patterns_hs_valid(const struct patterns *p, struct span bytes,
    struct hs_head *head, const char **why)
{
	char key[PATTERNS_KEY_MAX];
	struct span rest = span_slice(bytes, sizeof(*head), bytes.n);

	if (bytes.n < sizeof(*head)) {
		*why = "no database: too short";
		return false;
	}
	memcpy(head, bytes.p, sizeof(*head));
	*why = "a database for other patterns or another library";
	if (memcmp(head->magic, hs_magic, sizeof(hs_magic)) != 0 ||
	    memcmp(head->key, patterns_hs_key(p, key), sizeof(key)) != 0)
		return false;
	*why = "a damaged database";
	return head->size == rest.n && head->count == p->count &&
	       rest.n > p->words * sizeof(uint64_t) &&
	       head->checksum ==
		   span_hash(
		       span_slice(rest, p->words * sizeof(uint64_t), rest.n),
		       span_hash(
			   span_slice(rest, 0, p->words * sizeof(uint64_t)),
			   p->count));
}

static void
patterns_hs_use(struct patterns *p, struct regex_db *db, const char *covered)
{
	size_t size = p->words * sizeof(*p->covered);

	patterns_pool_clear(p);
	regex_db_free(&p->db);
	free(p->covered);
	p->db = db;
	p->covered = xmalloc(size);
	memcpy(p->covered, covered, size);
	p->covers_all = true;
	for (size_t i = 0; i < p->count; i++)
		p->covers_all = p->covers_all && bit_get(p->covered, i);
}

bool
patterns_hs_attach(struct patterns *p, struct span bytes, const char **why)
{
	struct hs_head head;
	struct regex_db *db;
	size_t start = sizeof(head) + p->words * sizeof(uint64_t);

	if (!patterns_hs_valid(p, bytes, &head, why))
		return false;
	db = regex_db_load(span_slice(bytes, start, bytes.n));
	if (db == NULL) {
		*why = "Hyperscan does not take the database";
		return false;
	}
	patterns_hs_use(p, db, bytes.p + sizeof(head));
	return true;
}
