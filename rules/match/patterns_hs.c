/*
 * How does a set of patterns get a database of Hyperscan? Compiles it (in a
 * process of its own), names it, and takes one back only when it was made
 * for this very set and arrived whole. What a scan does with it is in
 * patterns.c.
 *
 * What is saved: a head; the bit sets of the patterns that the exact and the
 * wide database cover; the widths for the exact one; and the library's own
 * bytes of both.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/buf.h"
#include "rules/base/panic.h"
#include "rules/match/pattern_bound.h"
#include "rules/match/pattern_widen.h"
#include "rules/match/patterns_set.h"

/* Changes whenever a database of before must not be used any more. */
#define FORMAT "verdict patterns 7"

struct hs_head {
	char magic[8];
	char key[40];
	uint64_t checksum;
	uint64_t size; /* of what follows */
	uint64_t count;
	uint64_t exact; /* octets of that database */
};

static const char hs_magic[8] = "VERDHS2";

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

/*
 * A pattern that the library takes and that may match: for the exact database,
 * where octets mean what characters do, as it is or with white space that ends
 * (rules/match/pattern_bound.h), and else widened
 * (rules/match/pattern_widen.h). Its text is in arena a.
 *
 * Rejected: UTF-8 mode in the exact one for patterns with characters beyond
 * ASCII. They are few, and compiling all took twice as long.
 */
static bool
patterns_hs_item(const struct patterns *p, bool exact, size_t i,
    struct arena *a, struct regex_db_item *out)
{
	const struct patterns_item *from = &p->items[i];
	struct span as_is = from->text;
	struct buf text;
	bool takes;

	if (from->exotic || (exact && from->beyond))
		return false;
	if (exact && !p->options.raw) {
		if (from->ascii == NULL)
			return false;
		as_is = from->ascii_text;
	}
	buf_init(&text, SIZE_MAX / 4);
	*out =
	    (struct regex_db_item){ .flags = from->flags, .id = (unsigned)i };
	takes = exact || widen_pattern(as_is, from->flags, &text);
	if (takes && exact && from->bounded)
		(void)pattern_bound(as_is, from->flags, &text);
	out->pattern = text.n > 0 ? arena_dup(a, buf_span(&text)) : as_is;
	takes = takes && regex_db_takes(out);
	/* What is bounded may be too large. */
	if (!takes && exact && text.n > 0) {
		out->pattern = as_is;
		takes = regex_db_takes(out);
	}
	buf_free(&text);
	return takes;
}

static size_t
patterns_hs_items(const struct patterns *p, bool exact, struct arena *a,
    struct regex_db_item *items)
{
	size_t count = 0;

	for (size_t i = 0; i < p->count; i++)
		if (patterns_hs_item(p, exact, i, a, &items[count]))
			count++;
	return count;
}

/* Mostly the first is taken. */
bool
patterns_hs_wanted(const struct patterns *p)
{
	struct arena *a = arena_new();
	struct regex_db_item item;
	bool wanted = false;

	if (regex_db_usable() && !p->options.no_prefilter)
		for (size_t i = 0; i < p->count && !wanted; i++)
			wanted = patterns_hs_item(p, true, i, a, &item) ||
				 (!p->options.raw &&
				     patterns_hs_item(p, false, i, a, &item));
	arena_free(&a);
	return wanted;
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

/* A database as it is saved: without octets where there is none. */
struct hs_part {
	uint64_t *covered;
	uint32_t *width;
	char *bytes;
	size_t size;
};

static void
patterns_hs_part(const struct patterns *p, bool exact, struct hs_part *out)
{
	struct regex_db_item *items = xcalloc(p->count + 1, sizeof(*items));
	struct arena *a = arena_new();
	size_t count = patterns_hs_items(p, exact, a, items);

	*out = (struct hs_part){ .covered = xcalloc(p->words, sizeof(uint64_t)),
		.width = xcalloc(p->count + 1, sizeof(uint32_t)) };
	if (!patterns_hs_try(items, &count, &out->bytes, &out->size))
		count = 0;
	for (size_t i = 0; i < count; i++) {
		bit_set(out->covered, items[i].id);
		out->width[items[i].id] = items[i].width;
	}
	for (size_t i = 0; exact && i < p->count; i++)
		if (p->items[i].beyond)
			bit_set(out->covered, i);
	arena_free(&a);
	free(items);
}

static void
patterns_hs_part_free(struct hs_part *part)
{
	free(part->covered);
	free(part->width);
	free(part->bytes);
}

static uint64_t
patterns_hs_sum(const struct hs_head *head, struct span rest)
{
	return span_hash(rest, head->count * 31 + head->exact);
}

/* The octets of all that comes before the databases. */
static size_t
patterns_hs_tables(const struct patterns *p)
{
	return 2 * p->words * sizeof(uint64_t) + p->count * sizeof(uint32_t);
}

static bool
patterns_hs_append(const struct patterns *p, const struct hs_part *exact,
    const struct hs_part *wide, struct buf *out)
{
	size_t words = p->words * sizeof(uint64_t);
	struct hs_head head = { .count = p->count, .exact = exact->size };
	char key[PATTERNS_KEY_MAX];
	struct buf rest;

	buf_init(&rest, SIZE_MAX / 4);
	(void)buf_add(&rest, span_make((const char *)exact->covered, words));
	(void)buf_add(&rest, span_make((const char *)wide->covered, words));
	(void)buf_add(&rest,
	    span_make((const char *)exact->width, p->count * sizeof(uint32_t)));
	(void)buf_add(&rest, span_make(exact->bytes, exact->size));
	(void)buf_add(&rest, span_make(wide->bytes, wide->size));
	memcpy(head.magic, hs_magic, sizeof(head.magic));
	memcpy(head.key, patterns_hs_key(p, key), sizeof(key));
	head.size = rest.n;
	head.checksum = patterns_hs_sum(&head, buf_span(&rest));
	(void)buf_add(out, span_make((const char *)&head, sizeof(head)));
	(void)buf_add(out, buf_span(&rest));
	out->over = out->over || rest.over;
	buf_free(&rest);
	return !out->over;
}

bool
patterns_hs_compile(const struct patterns *p, struct buf *out, const char **why)
{
	struct hs_part exact, wide;
	bool ok = false;

	if (!regex_db_usable()) {
		*why = "built without Hyperscan, or not for this processor";
		return false;
	}
	patterns_hs_part(p, true, &exact);
	/* A set for bytes knows no other text. */
	wide = (struct hs_part){ 0 };
	if (!p->options.raw)
		patterns_hs_part(p, false, &wide);
	else
		wide.covered = xcalloc(p->words, sizeof(uint64_t));
	if (exact.size == 0 && wide.size == 0)
		*why = "Hyperscan takes none of the patterns";
	else if (!patterns_hs_append(p, &exact, &wide, out))
		*why = "the database is too large";
	else
		ok = true;
	patterns_hs_part_free(&exact);
	patterns_hs_part_free(&wide);
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
	       rest.n > patterns_hs_tables(p) &&
	       head->exact <= rest.n - patterns_hs_tables(p) &&
	       head->checksum == patterns_hs_sum(head, rest);
}

/* False when the library does not take it; no octets are no database. */
static bool
patterns_hs_load(const struct patterns *p, struct span bytes,
    const char *covered, struct patterns_db *out)
{
	size_t size = p->words * sizeof(uint64_t);

	*out = (struct patterns_db){ 0 };
	if (bytes.n == 0)
		return true;
	out->db = regex_db_load(bytes);
	if (out->db == NULL)
		return false;
	out->covered = xmalloc(size);
	memcpy(out->covered, covered, size);
	out->covers_all = true;
	for (size_t i = 0; i < p->count; i++)
		out->covers_all = out->covers_all && bit_get(out->covered, i);
	if (!out->covers_all)
		out->others = patterns_prefilter(p, out->covered);
	return true;
}

static void
patterns_hs_use(struct patterns *p, const struct patterns_db *exact,
    const struct patterns_db *wide, const char *width)
{
	patterns_pool_clear(p);
	patterns_db_free(&p->exact);
	patterns_db_free(&p->wide);
	free(p->width);
	p->exact = *exact;
	p->wide = *wide;
	p->width = xcalloc(p->count + 1, sizeof(uint32_t));
	memcpy(p->width, width, p->count * sizeof(uint32_t));
	free(p->bounded);
	p->bounded = NULL;
	for (size_t i = 0; i < p->count; i++) {
		if (!p->items[i].bounded || exact->db == NULL ||
		    !bit_get(exact->covered, i))
			continue;
		if (p->bounded == NULL)
			p->bounded = xcalloc(p->words, sizeof(*p->bounded));
		bit_set(p->bounded, i);
	}
	/* Then all texts are a database's, and megabytes of no use. */
	if (p->exact.db != NULL && p->bounded == NULL &&
	    (p->options.raw || p->wide.db != NULL))
		prefilter_free(&p->prefilter);
}

bool
patterns_hs_attach(struct patterns *p, struct span bytes, const char **why)
{
	size_t words = p->words * sizeof(uint64_t);
	struct patterns_db exact = { 0 }, wide = { 0 };
	struct hs_head head;
	struct span dbs;

	if (!patterns_hs_valid(p, bytes, &head, why))
		return false;
	bytes = span_slice(bytes, sizeof(head), bytes.n);
	dbs = span_slice(bytes, patterns_hs_tables(p), bytes.n);
	if (!patterns_hs_load(
		p, span_slice(dbs, 0, (size_t)head.exact), bytes.p, &exact) ||
	    !patterns_hs_load(p, span_slice(dbs, (size_t)head.exact, dbs.n),
		bytes.p + words, &wide)) {
		patterns_db_free(&exact);
		*why = "Hyperscan does not take the database";
		return false;
	}
	patterns_hs_use(p, &exact, &wide, bytes.p + 2 * words);
	return true;
}
