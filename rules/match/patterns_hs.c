/*
 * How does a set of patterns get a database of Hyperscan? Compiles it (in a
 * process of its own), names it, and takes one back only when it was made
 * for this very set and arrived whole. What a scan does with it is in
 * patterns.c.
 *
 * What is saved: a head; for each part (the exact and the wide database of all
 * patterns, and those of the patterns that are no phrases) the bit set of the
 * patterns that it covers; the widths for the exact one; and the library's own
 * bytes of the parts.
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
#define FORMAT "verdict patterns 8"

enum { HS_EXACT, HS_WIDE, HS_REST_EXACT, HS_REST_WIDE, HS_PARTS };

struct hs_head {
	char magic[8];
	char key[40];
	uint64_t checksum;
	uint64_t size; /* of what follows */
	uint64_t count;
	uint64_t part[HS_PARTS]; /* octets of the databases */
};

static const char hs_magic[8] = "VERDHS3";

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
		h[k] = h[k] * 31 + (p->phrases != NULL);
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
patterns_hs_items(const struct patterns *p, unsigned part, struct arena *a,
    struct regex_db_item *items)
{
	bool exact = part == HS_EXACT || part == HS_REST_EXACT;
	bool rest = part == HS_REST_EXACT || part == HS_REST_WIDE;
	size_t count = 0;

	for (size_t i = 0; i < p->count; i++)
		if (!(rest && bit_get(p->phrased, i)) &&
		    patterns_hs_item(p, exact, i, a, &items[count]))
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

/* A set for bytes knows no other text, and one without phrases no rest. */
static bool
patterns_hs_has(const struct patterns *p, unsigned part)
{
	if (p->options.raw && (part == HS_WIDE || part == HS_REST_WIDE))
		return false;
	return p->phrases != NULL || part == HS_EXACT || part == HS_WIDE;
}

static void
patterns_hs_part(const struct patterns *p, unsigned part, struct hs_part *out)
{
	struct regex_db_item *items = xcalloc(p->count + 1, sizeof(*items));
	struct arena *a = arena_new();
	size_t count =
	    patterns_hs_has(p, part) ? patterns_hs_items(p, part, a, items) : 0;

	*out = (struct hs_part){ .covered = xcalloc(p->words, sizeof(uint64_t)),
		.width = xcalloc(p->count + 1, sizeof(uint32_t)) };
	if (!patterns_hs_try(items, &count, &out->bytes, &out->size))
		count = 0;
	for (size_t i = 0; i < count; i++) {
		bit_set(out->covered, items[i].id);
		out->width[items[i].id] = items[i].width;
	}
	for (size_t i = 0; i < p->count; i++) {
		if ((part == HS_EXACT || part == HS_REST_EXACT) &&
		    p->items[i].beyond)
			bit_set(out->covered, i);
		if ((part == HS_REST_EXACT || part == HS_REST_WIDE) &&
		    p->phrases != NULL && bit_get(p->phrased, i))
			bit_set(out->covered, i);
	}
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
	uint64_t seed = head->count;

	for (unsigned i = 0; i < HS_PARTS; i++)
		seed = seed * 31 + head->part[i];
	return span_hash(rest, seed);
}

/* The octets of all that comes before the databases. */
static size_t
patterns_hs_tables(const struct patterns *p)
{
	return HS_PARTS * p->words * sizeof(uint64_t) +
	       p->count * sizeof(uint32_t);
}

static bool
patterns_hs_append(
    const struct patterns *p, const struct hs_part *parts, struct buf *out)
{
	struct hs_head head = { .count = p->count };
	char key[PATTERNS_KEY_MAX];
	struct buf rest;

	buf_init(&rest, SIZE_MAX / 4);
	for (unsigned i = 0; i < HS_PARTS; i++)
		(void)buf_add(&rest, span_make((const char *)parts[i].covered,
					 p->words * sizeof(uint64_t)));
	(void)buf_add(&rest, span_make((const char *)parts[HS_EXACT].width,
				 p->count * sizeof(uint32_t)));
	for (unsigned i = 0; i < HS_PARTS; i++) {
		(void)buf_add(&rest, span_make(parts[i].bytes, parts[i].size));
		head.part[i] = parts[i].size;
	}
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
	struct hs_part parts[HS_PARTS];
	bool ok = false;

	if (!regex_db_usable()) {
		*why = "built without Hyperscan, or not for this processor";
		return false;
	}
	for (unsigned i = 0; i < HS_PARTS; i++)
		patterns_hs_part(p, i, &parts[i]);
	if (parts[HS_EXACT].size == 0 && parts[HS_WIDE].size == 0)
		*why = "Hyperscan takes none of the patterns";
	else if (!patterns_hs_append(p, parts, out))
		*why = "the database is too large";
	else
		ok = true;
	for (unsigned i = 0; i < HS_PARTS; i++)
		patterns_hs_part_free(&parts[i]);
	return ok;
}

/* Everything that can be wrong with bytes from a file. */
static bool
patterns_hs_valid(const struct patterns *p, struct span bytes,
    struct hs_head *head, const char **why)
{
	char key[PATTERNS_KEY_MAX];
	struct span rest = span_slice(bytes, sizeof(*head), bytes.n);
	size_t left;

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
	if (head->size != rest.n || head->count != p->count ||
	    rest.n <= patterns_hs_tables(p))
		return false;
	left = rest.n - patterns_hs_tables(p);
	for (unsigned i = 0; i < HS_PARTS; i++) {
		if (head->part[i] > left)
			return false;
		left -= (size_t)head->part[i];
	}
	return left == 0 && head->checksum == patterns_hs_sum(head, rest);
}

/* False when the library does not take it. No octets are no database, which
 * is enough for a rest (`needed` false) of which it knows nothing. */
static bool
patterns_hs_load(const struct patterns *p, struct span bytes,
    const char *covered, bool needed, struct patterns_db *out)
{
	size_t size = p->words * sizeof(uint64_t);

	if (bytes.n == 0 && needed)
		return true;
	if (bytes.n > 0) {
		out->db = regex_db_load(bytes);
		if (out->db == NULL)
			return false;
	}
	out->covered = xmalloc(size);
	memcpy(out->covered, covered, size);
	out->covers_all = true;
	for (size_t i = 0; i < p->count; i++)
		out->covers_all = out->covers_all && bit_get(out->covered, i);
	if (!out->covers_all)
		out->others = patterns_prefilter(p, out->covered);
	return true;
}

/* Those that a database has in a form that is bounded; NULL: none. */
static uint64_t *
patterns_hs_bounded(const struct patterns *p, const struct patterns_dbs *dbs)
{
	uint64_t *bounded = NULL;

	for (size_t i = 0; i < p->count; i++) {
		if (!p->items[i].bounded || dbs->exact.db == NULL ||
		    !bit_get(dbs->exact.covered, i) ||
		    (dbs == &p->rest && bit_get(p->phrased, i)))
			continue;
		if (bounded == NULL)
			bounded = xcalloc(p->words, sizeof(*bounded));
		bit_set(bounded, i);
	}
	return bounded;
}

static void
patterns_hs_use(struct patterns *p, const struct patterns_dbs *all,
    const struct patterns_dbs *rest, const char *width)
{
	patterns_pool_clear(p);
	patterns_dbs_free(&p->all);
	patterns_dbs_free(&p->rest);
	free(p->width);
	p->all = *all;
	p->rest = *rest;
	p->width = xcalloc(p->count + 1, sizeof(uint32_t));
	memcpy(p->width, width, p->count * sizeof(uint32_t));
	p->all.bounded = patterns_hs_bounded(p, &p->all);
	p->rest.bounded = patterns_hs_bounded(p, &p->rest);
	/* Then all texts are a database's, and megabytes of no use. */
	if (p->all.exact.db != NULL && p->all.bounded == NULL &&
	    (p->options.raw || p->all.wide.db != NULL))
		prefilter_free(&p->prefilter);
}

bool
patterns_hs_attach(struct patterns *p, struct span bytes, const char **why)
{
	size_t words = p->words * sizeof(uint64_t);
	struct patterns_dbs all = { 0 }, rest = { 0 };
	struct patterns_db *db[HS_PARTS] = { &all.exact, &all.wide, &rest.exact,
		&rest.wide };
	struct hs_head head;
	struct span dbs;
	bool ok = true;

	if (!patterns_hs_valid(p, bytes, &head, why))
		return false;
	bytes = span_slice(bytes, sizeof(head), bytes.n);
	dbs = span_slice(bytes, patterns_hs_tables(p), bytes.n);
	for (unsigned i = 0; i < HS_PARTS && ok; i++) {
		if (patterns_hs_has(p, i))
			ok = patterns_hs_load(p,
			    span_slice(dbs, 0, (size_t)head.part[i]),
			    bytes.p + i * words, i == HS_EXACT || i == HS_WIDE,
			    db[i]);
		dbs = span_slice(dbs, (size_t)head.part[i], dbs.n);
	}
	if (!ok) {
		patterns_dbs_free(&all);
		patterns_dbs_free(&rest);
		*why = "Hyperscan does not take the database";
		return false;
	}
	patterns_hs_use(p, &all, &rest, bytes.p + HS_PARTS * words);
	return true;
}
