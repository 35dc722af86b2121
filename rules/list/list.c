/*
 * Is a value in a list? Keeps the entries of one list and looks values up in
 * it: names label by label, addresses by their parts, networks by length.
 * Must know neither the formats of lines (list_line.c, list_domain.c) nor
 * how records are stored (list_table.c).
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "rules/base/bits.h"
#include "rules/base/panic.h"
#include "rules/list/list_inside.h"
#include "rules/match/needle.h"

const char *const list_kind_names[LIST_KIND_COUNT] = { "domains", "addresses",
	"networks", "words", "patterns" };

#define ENTRIES_MAX 20000000

struct list *
list_new(enum list_kind kind, const struct list_options *options)
{
	struct list *l = xcalloc(1, sizeof(*l));

	if (options != NULL)
		l->options = *options;
	if (l->options.entries_max == 0)
		l->options.entries_max = ENTRIES_MAX;
	l->kind = kind;
	l->table = list_table_new();
	l->arena = arena_new();
	if (l->options.by_rcpt) {
		INVARIANT(kind != LIST_PATTERNS);
		l->owners.table = list_table_new();
	}
	if (kind == LIST_PATTERNS)
		l->builder = patterns_builder_new(&l->options.patterns);
	return l;
}

void
list_free(struct list **list)
{
	struct list *l = *list;

	if (l == NULL)
		return;
	list_table_free(&l->table);
	if (l->owners.table != NULL)
		list_table_free(&l->owners.table);
	patterns_builder_free(&l->builder);
	patterns_free(&l->patterns);
	arena_free(&l->arena);
	free(l);
	*list = NULL;
}

enum list_kind
list_kind(const struct list *l)
{
	return l->kind;
}

void
list_finish(struct list *l)
{
	list_table_trim(l->table);
	if (l->owners.table != NULL)
		list_table_trim(l->owners.table);
	if (l->builder != NULL)
		l->patterns = patterns_build(&l->builder);
}

size_t
list_count(const struct list *l)
{
	return list_table_count(l->table) + l->entry_count;
}

size_t
list_memory(const struct list *l)
{
	size_t n =
	    sizeof(*l) + list_table_memory(l->table) + arena_used(l->arena);

	if (l->owners.table != NULL)
		n += list_table_memory(l->owners.table);
	if (l->patterns != NULL)
		n += patterns_stats(l->patterns).memory;
	return n;
}

struct patterns *
list_patterns(struct list *l)
{
	return l->patterns;
}

/* ---- looking up ---------------------------------------------------------- */

/* What is asked, beside the value. */
struct list_query {
	const struct list *list;
	uint32_t owner; /* 0: not by recipient */
	int64_t now_s;
	struct list_hit *hit; /* may be NULL */
};

static bool
list_expired(int64_t until_s, int64_t now_s)
{
	return until_s != 0 && now_s >= until_s;
}

static void
list_hit_fill(
    const struct list *l, const struct list_record *r, struct list_hit *hit)
{
	*hit = (struct list_hit){ .entry = r->shown,
		.note = r->note,
		.source = l->sources[r->source],
		.line = r->line,
		.until_s = r->until_s,
		.below_only = !(r->flags & LIST_SELF),
		.alone_only = !(r->flags & LIST_BELOW) };
	if (!list_by_rcpt(l))
		return;
	hit->owner = l->owners.name[list_owner_of(r->key) - 1];
	if (!(r->flags & LIST_SHOWN))
		hit->entry.n -= LIST_OWNER_OCTETS;
}

/* A record with that key that stands for one of flags and has not expired. */
static bool
list_find(
    const struct list_query *q, uint64_t hash, struct span key, uint8_t flags)
{
	struct list_record r;
	size_t at = 0;

	while (list_table_find(q->list->table, hash, key, &at, &r)) {
		if (!(r.flags & flags) || list_expired(r.until_s, q->now_s))
			continue;
		if (q->hit != NULL)
			list_hit_fill(q->list, &r, q->hit);
		return true;
	}
	return false;
}

/* A key in a room of LIST_KEY_ROOM, behind which its owner is put. */
#define LIST_KEY_ROOM (LIST_KEY_MAX + LIST_OWNER_OCTETS)
static struct span
list_key(const struct list_query *q, char *key, size_t n)
{
	if (q->owner == 0)
		return span_make(key, n);
	list_owner_put(key + n, q->owner);
	return span_make(key, n + LIST_OWNER_OCTETS);
}

static bool
list_find_key(const struct list_query *q, char *room, size_t n)
{
	struct span key = list_key(q, room, n);

	return list_find(q, list_hash(key), key, LIST_SELF);
}

/* The same for a name, with a sign put before it unless that is NUL. */
static bool
list_find_name(const struct list_query *q, uint64_t hash, char *name, size_t n,
    char sign, uint8_t flags)
{
	char saved;
	bool found;

	if (sign == '\0')
		return list_find(q, hash, span_make(name, n), flags);
	saved = name[-1];
	name[-1] = sign;
	found = list_find(
	    q, list_hash_step(hash, sign), span_make(name - 1, n + 1), flags);
	name[-1] = saved;
	return found;
}

/*
 * Looks for a name in lower case, before which one octet is free, and behind
 * which an owner has room, and for all names above it. The last hit is for the
 * longest name and stays.
 */
static bool
list_find_above(const struct list_query *q, char *name, size_t n, char sign)
{
	size_t end = list_key(q, name, n).n;
	uint64_t h = LIST_HASH;
	bool found = false;

	for (size_t i = end; i-- > n;)
		h = list_hash_step(h, name[i]);
	for (size_t i = n; i-- > 0;) {
		uint8_t flags = i == 0 ? LIST_SELF : LIST_BELOW;

		h = list_hash_step(h, name[i]);
		if (i > 0 && name[i - 1] != '.')
			continue;
		if (list_find_name(q, h, name + i, end - i, sign, flags))
			found = true;
	}
	return found;
}

/* Lower case into room; false when it is too long. */
static bool
list_lower(struct span s, char *room, size_t size, size_t *n)
{
	*n = 0;
	if (s.n > size)
		return false;
	for (size_t i = 0; i < s.n; i++)
		room[i] = ascii_lower(s.p[i]);
	*n = s.n;
	return true;
}

static struct span
list_strip_dot(struct span domain)
{
	return span_ends(domain, SPAN("."))
		   ? span_slice(domain, 0, domain.n - 1)
		   : domain;
}

static bool
list_ask_domain(const struct list_query *q, struct span domain)
{
	char room[1 + LIST_KEY_ROOM] = "";
	size_t n = 0;

	if (q->list->kind != LIST_DOMAINS ||
	    !list_lower(list_strip_dot(domain), room + 1, LIST_KEY_MAX, &n))
		return false;
	return list_find_above(q, room + 1, n, '\0');
}

/* local@domain, and local@. */
static bool
list_find_local(
    const struct list_query *q, struct span local, struct span domain)
{
	char key[LIST_KEY_ROOM + 1];
	size_t local_n, domain_n;

	if (local.n + 1 + domain.n > LIST_KEY_MAX ||
	    !list_lower(local, key, LIST_KEY_MAX, &local_n))
		return false;
	key[local_n] = '@';
	(void)list_lower(domain, key + local_n + 1, LIST_KEY_MAX, &domain_n);
	return list_find_key(q, key, local_n + 1 + domain_n) ||
	       list_find_key(q, key, local_n + 1);
}

static bool
list_ask_address(const struct list_query *q, struct span address)
{
	size_t at = span_find_last(address, '@'), plus, n = 0;
	struct span local = span_slice(address, 0, at);
	struct span domain = list_strip_dot(
	    span_slice(address, at == SIZE_MAX ? at : at + 1, address.n));
	char room[1 + LIST_KEY_ROOM] = "";

	if (q->list->kind != LIST_ADDRESSES || at == SIZE_MAX)
		return false;
	if (list_find_local(q, local, domain))
		return true;
	plus = span_find(local, '+');
	if (q->list->options.plus_tags && plus != SIZE_MAX && plus > 0 &&
	    list_find_local(q, span_slice(local, 0, plus), domain))
		return true;
	return list_lower(domain, room + 1, LIST_KEY_MAX - 1, &n) &&
	       list_find_above(q, room + 1, n, '@');
}

static bool
list_ask_ip(const struct list_query *q, struct ip ip)
{
	char room[LIST_NETWORK_KEY_MAX + LIST_OWNER_OCTETS];
	const uint64_t *used = q->list->lengths[ip.family == 6];

	if (q->list->kind != LIST_NETWORKS || ip.family == 0)
		return false;
	for (unsigned bits = ip.family == 6 ? 129 : 33; bits-- > 0;)
		if (bit_get(used, bits) &&
		    list_find_key(q, room, list_network_key(ip, bits, room).n))
			return true;
	return false;
}

static bool
list_ask_word(const struct list_query *q, struct span word)
{
	char room[LIST_KEY_ROOM];

	if (q->list->kind != LIST_WORDS || word.n > LIST_KEY_MAX)
		return false;
	return list_find_key(q, room, needle_fold(word, false, room));
}

bool
list_find_domain(const struct list *l, struct span domain, int64_t now_s,
    struct list_hit *hit)
{
	const struct list_query q = { l, 0, now_s, hit };

	return !list_by_rcpt(l) && list_ask_domain(&q, domain);
}

bool
list_find_address(const struct list *l, struct span address, int64_t now_s,
    struct list_hit *hit)
{
	const struct list_query q = { l, 0, now_s, hit };

	return !list_by_rcpt(l) && list_ask_address(&q, address);
}

bool
list_find_ip(
    const struct list *l, struct ip ip, int64_t now_s, struct list_hit *hit)
{
	const struct list_query q = { l, 0, now_s, hit };

	return !list_by_rcpt(l) && list_ask_ip(&q, ip);
}

bool
list_find_word(
    const struct list *l, struct span word, int64_t now_s, struct list_hit *hit)
{
	const struct list_query q = { l, 0, now_s, hit };

	return !list_by_rcpt(l) && list_ask_word(&q, word);
}

bool
list_find_owned(const struct list *l, uint32_t owner,
    const struct list_value *v, int64_t now_s, struct list_hit *hit)
{
	const struct list_query q = { l, owner, now_s, hit };

	if (!list_by_rcpt(l) || owner == 0)
		return false;
	switch (l->kind) {
	case LIST_DOMAINS:
		return list_ask_domain(&q, v->text);
	case LIST_ADDRESSES:
		return list_ask_address(&q, v->text);
	case LIST_NETWORKS:
		return list_ask_ip(&q, v->ip);
	case LIST_WORDS:
		return list_ask_word(&q, v->text);
	case LIST_PATTERNS:
		break;
	}
	return false;
}

/* ---- patterns ------------------------------------------------------------ */

static void
list_pattern_hit(const struct list_pattern *e, struct list_hit *hit)
{
	*hit = (struct list_hit){ .entry = e->text,
		.note = e->note,
		.source = e->source,
		.line = e->line,
		.until_s = e->until_s,
		.alone_only = true };
}

/* Which patterns have not expired; NULL when that is all. */
static uint64_t *
list_patterns_wanted(const struct list *l, int64_t now_s)
{
	uint64_t *wanted = xcalloc(l->entry_count / 64 + 1, sizeof(*wanted));
	bool all = true;

	for (size_t i = 0; i < l->entry_count; i++) {
		bool expired = list_expired(l->entries[i].until_s, now_s);

		all = all && !expired;
		if (!expired)
			bit_set(wanted, i);
	}
	if (all) {
		free(wanted);
		wanted = NULL;
	}
	return wanted;
}

enum pattern_answer
list_find_text(const struct list *l, const struct patterns_job *job,
    int64_t now_s, struct list_hit *hit, struct pattern_result *match)
{
	struct patterns_job mine = *job;
	struct pattern_result result = { PATTERN_NO, 0, 0 };
	uint64_t *wanted;
	size_t index = 0;

	if (l->patterns == NULL)
		return PATTERN_NO;
	wanted = l->any_until ? list_patterns_wanted(l, now_s) : NULL;
	mine.wanted = wanted;
	(void)patterns_first(l->patterns, &mine, &index, &result);
	free(wanted);
	if (result.answer != PATTERN_NO && hit != NULL)
		list_pattern_hit(&l->entries[index], hit);
	if (match != NULL)
		*match = result;
	return result.answer;
}

void
list_each(const struct list *l, int64_t now_s,
    bool (*each)(void *context, const struct list_hit *hit), void *context)
{
	struct list_record r;
	struct list_hit hit;
	size_t at = 0;

	while (list_table_next(l->table, &at, &r)) {
		if (list_expired(r.until_s, now_s))
			continue;
		list_hit_fill(l, &r, &hit);
		if (!each(context, &hit))
			return;
	}
	for (size_t i = 0; i < l->entry_count; i++) {
		if (list_expired(l->entries[i].until_s, now_s))
			continue;
		list_pattern_hit(&l->entries[i], &hit);
		if (!each(context, &hit))
			return;
	}
}
