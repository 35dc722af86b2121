/*
 * Conditions that ask the same, wherever they stand: one of them is asked for
 * all. Rules repeat one another, and a set and its edited copy nearly agree;
 * without this each repetition would cost what the first one does, for each
 * element that a group can have.
 *
 * What is the same is said by a key that holds all that the evaluator reads of
 * a condition, and the numbers of the conditions in it. What depends on the
 * set as well (the score, tags) is the same within one set only.
 */
#include "config.h"

#include "rules/proof/prover.h"

#include <inttypes.h>
#include <string.h>

#include "rules/base/buf.h"

#define BUCKETS 4096
#define KEY_MAX 100000 /* beyond it a condition is like no other */

/* A condition, and the one that is asked for it. */
struct same_as {
	const struct cond *cond;
	struct same *same;
	struct same_as *next;
};

/* A list, and what it says, as a text. */
struct same_list {
	const struct list *list;
	const char *key;
	struct same_list *next;
};

struct sames {
	struct same_as *by_cond[BUCKETS];
	struct same *by_key[BUCKETS];
	struct same_list *list;
	size_t count;
};

struct sames *
sames_new(struct arena *a)
{
	return arena_alloc(a, sizeof(struct sames));
}

/* ---- lists ----------------------------------------------------------------- */

struct digest {
	uint64_t a, b;
};

static bool
digest_entry(void *context, const struct list_hit *hit)
{
	struct digest *d = context;

	d->a = span_hash(hit->entry, d->a * 31 + hit->below_only);
	d->b = span_hash(hit->entry, d->b * 37 + 7 + hit->alone_only);
	if (hit->owner.n > 0) {
		d->a = span_hash(hit->owner, d->a * 41 + 1);
		d->b = span_hash(hit->owner, d->b * 43 + 3);
	}
	return true;
}

const char *
same_list_key(struct prover *p, const struct list *l)
{
	struct digest d = { 1, 2 };
	struct same_list *s = p->sames->list;

	while (s != NULL && s->list != l)
		s = s->next;
	if (s != NULL)
		return s->key;
	list_each(l, p->now_s, digest_entry, &d);
	s = arena_alloc(p->arena, sizeof(*s));
	*s = (struct same_list){ l,
		arena_printf(p->arena, "%d %zu %016" PRIx64 "%016" PRIx64,
		    (int)list_kind(l), list_count(l), d.a, d.b),
		p->sames->list };
	p->sames->list = s;
	return s->key;
}

/* A list that is asked elsewhere is what it is called, where it is asked, and
 * how its answers are read. */
static void
key_dynamic(struct buf *key, const struct rule_list_info *info)
{
	(void)buf_printf(key, "%s %.*s %.*s", info->kind->name,
	    SPAN_FMT(info->name), SPAN_FMT(info->zone));
	for (size_t i = 0; i < info->option_count; i++) {
		const struct rule_list_option *o = &info->option[i];

		(void)buf_printf(key, " %.*s", SPAN_FMT(o->name));
		for (size_t k = 0; k < o->count; k++)
			(void)buf_printf(key, " %.*s", SPAN_FMT(o->value[k]));
	}
}

static void
key_list(struct prover *p, struct buf *key, size_t set, const struct cond *c)
{
	const struct rule_list_info *info =
	    &p->set[set].rs->list[c->list]->info;

	if (info->kind->dynamic)
		key_dynamic(key, info);
	else
		(void)buf_printf(
		    key, "%d %s", info->by_rcpt, same_list_key(p, info->items));
}

const char *
same_list_asked(struct prover *p, size_t set, const struct cond *c)
{
	struct buf key;
	const char *out;

	buf_init(&key, KEY_MAX);
	key_list(p, &key, set, c);
	out = arena_strdup(p->arena, buf_span(&key));
	buf_free(&key);
	return out;
}

/* ---- keys ------------------------------------------------------------------ */

static void
key_text(struct buf *key, struct span s)
{
	(void)buf_printf(key, " %zu:", s.n);
	(void)buf_add(key, s);
}

static void
key_children(
    struct prover *p, struct buf *key, size_t set, const struct cond *c)
{
	for (c = c->child; c != NULL; c = c->next)
		(void)buf_printf(key, " %zu", same_of(p, set, c)->number);
}

static void
key_compare(struct buf *key, const struct cond *c)
{
	(void)buf_printf(key, "%d ", (int)c->op);
	if (c->fact_value) {
		(void)buf_printf(key, "fact %d", (int)c->other.fact);
		return;
	}
	(void)buf_printf(key, "%.17g %d %d ", c->number, c->yes, c->ip.family);
	for (size_t i = 0; i < sizeof(c->ip.octets); i++)
		(void)buf_printf(key, "%02x", c->ip.octets[i]);
	key_text(key, c->text);
}

static void
key_in_set(struct prover *p, struct buf *key, const struct cond *c)
{
	if (c->set != NULL)
		(void)buf_addz(key, same_list_key(p, c->set));
	for (size_t i = 0; c->numbers != NULL && i < c->value_count; i++)
		(void)buf_printf(key, " %.17g", c->numbers[i]);
}

static void
key_tagged(struct buf *key, const struct cond *c)
{
	for (size_t i = 0; i < c->rule_count; i++)
		(void)buf_printf(key, " %zu", c->rules[i]);
}

static void
key_cond(struct prover *p, struct buf *key, size_t set, const struct cond *c)
{
	(void)buf_printf(key, "%d %d %d %d ", (int)c->kind, c->negated,
	    (int)c->subject.kind, (int)c->subject.fact);
	if (c->kind == COND_TAGGED || c->subject.kind == SUBJECT_SCORE)
		(void)buf_printf(key, "set %zu ", set);
	switch (c->kind) {
	case COND_QUANTIFIED:
		(void)buf_printf(key, "%d %d %.17g", (int)c->quantifier,
		    (int)c->op, c->number);
		break;
	case COND_COMPARE:
		key_compare(key, c);
		break;
	case COND_CONTAINS:
		(void)buf_printf(key, "%d", (int)c->other.fact);
		break;
	case COND_IN_LIST:
	case COND_LOOKALIKE:
		key_list(p, key, set, c);
		break;
	case COND_IN_SET:
		key_in_set(p, key, c);
		break;
	case COND_MATCH:
		key_text(key, c->value.text);
		key_text(key, c->value.flags);
		break;
	case COND_TAGGED:
		key_tagged(key, c);
		break;
	case COND_WORD:
		(void)buf_addz(key, word_written(p, c));
		break;
	default:
		break;
	}
	key_children(p, key, set, c);
}

/* ---- finding --------------------------------------------------------------- */

static struct same *
same_make(struct prover *p, size_t set, const struct cond *c)
{
	struct same *s = arena_alloc(p->arena, sizeof(*s)), **bucket;
	struct buf key;
	struct span text;
	uint64_t hash;

	buf_init(&key, KEY_MAX);
	key_cond(p, &key, set, c);
	text = buf_span(&key);
	hash = span_hash(text, 1);
	bucket = &p->sames->by_key[hash % BUCKETS];
	*s = (struct same){ .cond = c, .set = set, .hash = hash };
	for (struct same *o = *bucket; o != NULL && !key.over; o = o->next)
		if (o->hash == hash && span_eq(o->key, text)) {
			buf_free(&key);
			return o;
		}
	s->number = ++p->sames->count;
	if (!key.over) {
		s->key = arena_dup(p->arena, text);
		s->next = *bucket;
		*bucket = s;
	}
	buf_free(&key);
	return s;
}

struct same *
same_of(struct prover *p, size_t set, const struct cond *c)
{
	const uintptr_t at = (uintptr_t)c;
	struct same_as **bucket =
	    &p->sames->by_cond[(at >> 4 ^ at >> 16) % BUCKETS];
	struct same_as *known = *bucket;

	while (known != NULL && known->cond != c)
		known = known->next;
	if (known != NULL)
		return known->same;
	known = arena_alloc(p->arena, sizeof(*known));
	*known = (struct same_as){ c, same_make(p, set, c), *bucket };
	*bucket = known;
	return known->same;
}
