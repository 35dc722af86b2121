/*
 * Values of JSON from packed octets, and copies of values. A record of the
 * journal is read for each decision that is judged again, and with a text in
 * between that took half of the time.
 */
#include "config.h"

#include "policy/base/json_node.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/panic.h"
#include "rules/base/utf8.h"

#define ITEMS_MIN ((size_t)128)

/*
 * Items of the levels that are open stand behind one another; those of one
 * that ends go into the arena, and it is an item of the level around it.
 */
struct building {
	struct arena *arena;
	struct jsonr_node *item;
	size_t count, cap;
	size_t first[JSONW_DEPTH_MAX]; /* where a level's items begin */
	size_t depth;
};

static struct jsonr_node *
building_add(struct building *b)
{
	if (b->count == b->cap) {
		b->cap = b->cap == 0 ? ITEMS_MIN : 2 * b->cap;
		b->item = xrealloc(b->item, b->cap, sizeof(*b->item));
	}
	return &b->item[b->count++];
}

static const struct jsonr_node *
items_copy(const struct jsonr_node *item, size_t count, struct arena *a)
{
	struct jsonr_node *to = arena_array(a, count + 1, sizeof(*to));

	if (count > 0)
		memcpy(to, item, count * sizeof(*to));
	return to;
}

static void
building_end(struct building *b)
{
	size_t first = b->first[--b->depth];
	struct jsonr_node *node = &b->item[first - 1];

	node->count = b->count - first;
	node->item = items_copy(&b->item[first], node->count, b->arena);
	b->count = first;
}

static void
building_value(struct building *b, const struct jsonpack_step *step)
{
	struct jsonr_node *node = building_add(b);

	*node = (struct jsonr_node){ .type = JSONR_NULL };
	if (step->key != NULL)
		node->key = arena_dup(
		    b->arena, utf8_clean(span_of(step->key), b->arena));
	switch (step->tag) {
	case '{':
	case '[':
		node->type = step->tag == '{' ? JSONR_OBJECT : JSONR_ARRAY;
		b->first[b->depth++] = b->count;
		break;
	case JSONPACK_TEXT:
		/* What is no UTF-8 was packed as it was. */
		node->type = JSONR_TEXT;
		node->text =
		    arena_dup(b->arena, utf8_clean(step->text, b->arena));
		break;
	case JSONPACK_WHOLE:
	case JSONPACK_DOUBLE:
		if (isfinite(step->number))
			node->type = JSONR_NUMBER;
		node->number = isfinite(step->number) ? step->number : 0;
		break;
	case JSONPACK_TRUE:
	case JSONPACK_FALSE:
		node->type = JSONR_BOOL;
		node->yes = step->tag == JSONPACK_TRUE;
		break;
	default:
		break;
	}
}

bool
jsonr_unpack(struct span packed, const struct jsonpack_names *names,
    struct arena *a, struct jsonr *out)
{
	struct building b = { .arena = a };
	struct jsonpack_step step;
	struct jsonpack u;
	bool whole;

	jsonpack_begin(&u, packed, names);
	while (jsonpack_next(&u, &step))
		if (step.tag == '}' || step.tag == ']')
			building_end(&b);
		else
			building_value(&b, &step);
	whole = jsonpack_whole(&u);
	if (whole)
		out->node = items_copy(b.item, 1, a);
	free(b.item);
	return whole;
}

/* ---- copies -------------------------------------------------------------- */

static void
node_copy(struct jsonr_node *node, struct arena *a)
{
	struct jsonr_node *item;

	if (node->key.p != NULL)
		node->key = arena_dup(a, node->key);
	if (node->type == JSONR_TEXT)
		node->text = arena_dup(a, node->text);
	if (node->type != JSONR_OBJECT && node->type != JSONR_ARRAY)
		return;
	item = arena_array(a, node->count + 1, sizeof(*item));
	if (node->count > 0)
		memcpy(item, node->item, node->count * sizeof(*item));
	for (size_t i = 0; i < node->count; i++)
		node_copy(&item[i], a);
	node->item = item;
}

struct jsonr
jsonr_copy(struct jsonr v, struct arena *a)
{
	struct jsonr_node *node;

	if (v.node == NULL)
		return v;
	node = arena_alloc(a, sizeof(*node));
	*node = *v.node;
	node_copy(node, a);
	return (struct jsonr){ node };
}
