/*
 * Values of JSON, from its text as jansson reads it, which no other file
 * includes. From packed octets: json_packed.c.
 */
#include "config.h"

#include "policy/base/json.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "policy/base/json_node.h"
#include "rules/base/panic.h"
#include "rules/base/utf8.h"

#define WHOLE_MAX 9007199254740992.0

struct jsonr_doc {
	struct arena *arena;
	struct jsonr top;
};

/* ---- from text ----------------------------------------------------------- */

static void node_of(
    struct jsonr_node *node, const json_t *from, struct arena *a);

static void
node_of_object(struct jsonr_node *node, json_t *from, struct arena *a)
{
	void *at = json_object_iter(from);
	struct jsonr_node *item =
	    arena_array(a, json_object_size(from) + 1, sizeof(*item));

	node->type = JSONR_OBJECT;
	node->item = item;
	for (; at != NULL; at = json_object_iter_next(from, at)) {
		node_of(&item[node->count], json_object_iter_value(at), a);
		item[node->count++].key =
		    arena_dup(a, span_of(json_object_iter_key(at)));
	}
}

static void
node_of_array(struct jsonr_node *node, const json_t *from, struct arena *a)
{
	size_t count = json_array_size(from);
	struct jsonr_node *item = arena_array(a, count + 1, sizeof(*item));

	node->type = JSONR_ARRAY;
	node->item = item;
	for (node->count = 0; node->count < count; node->count++)
		node_of(
		    &item[node->count], json_array_get(from, node->count), a);
}

/* As deep as jansson nests, which has a bound. */
static void
node_of(struct jsonr_node *node, const json_t *from, struct arena *a)
{
	*node = (struct jsonr_node){ .type = JSONR_NULL };
	switch (json_typeof(from)) {
	case JSON_OBJECT:
		node_of_object(node, (json_t *)(uintptr_t)from, a);
		break;
	case JSON_ARRAY:
		node_of_array(node, from, a);
		break;
	case JSON_STRING:
		node->type = JSONR_TEXT;
		node->text = arena_dup(a, span_make(json_string_value(from),
					      json_string_length(from)));
		break;
	case JSON_INTEGER:
	case JSON_REAL:
		node->type = JSONR_NUMBER;
		node->number = json_number_value(from);
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		node->type = JSONR_BOOL;
		node->yes = json_is_true(from);
		break;
	case JSON_NULL:
		break;
	}
}

bool
jsonr_read(
    struct span text, struct arena *a, struct jsonr *out, const char **why)
{
	/* Integers too: one that fits no 64 bits is no reason to fail. */
	const size_t flags =
	    JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL;
	struct jsonr_node *node;
	json_error_t error;
	json_t *top =
	    json_loadb(text.p == NULL ? "" : text.p, text.n, flags, &error);

	if (top == NULL) {
		*why = arena_printf(a, "line %d, column %d: %s", error.line,
		    error.column, error.text);
		return false;
	}
	node = arena_alloc(a, sizeof(*node));
	node_of(node, top, a);
	json_decref(top);
	out->node = node;
	return true;
}

struct jsonr_doc *
jsonr_parse(struct span text, struct arena *a, const char **why)
{
	struct jsonr_doc *doc = xcalloc(1, sizeof(*doc));

	doc->arena = arena_new();
	if (jsonr_read(text, doc->arena, &doc->top, why))
		return doc;
	*why = arena_strdup(a, span_of(*why));
	jsonr_free(&doc);
	return NULL;
}

void
jsonr_free(struct jsonr_doc **doc)
{
	if (*doc == NULL)
		return;
	arena_free(&(*doc)->arena);
	free(*doc);
	*doc = NULL;
}

struct jsonr
jsonr_top(const struct jsonr_doc *doc)
{
	return doc->top;
}

/* ---- asking -------------------------------------------------------------- */

enum jsonr_type
jsonr_type(struct jsonr v)
{
	return v.node == NULL ? JSONR_ABSENT : v.node->type;
}

bool
jsonr_given(struct jsonr v)
{
	return jsonr_type(v) > JSONR_NULL;
}

struct jsonr
jsonr_get(struct jsonr v, const char *key)
{
	struct span name = span_of(key);

	if (jsonr_type(v) != JSONR_OBJECT)
		return (struct jsonr){ NULL };
	for (size_t i = v.node->count; i-- > 0;)
		if (span_eq(v.node->item[i].key, name))
			return (struct jsonr){ &v.node->item[i] };
	return (struct jsonr){ NULL };
}

/* Of what is neither object nor array it is 0. */
size_t
jsonr_count(struct jsonr v)
{
	return v.node == NULL ? 0 : v.node->count;
}

struct jsonr
jsonr_at(struct jsonr v, size_t index)
{
	return (
	    struct jsonr){ jsonr_type(v) == JSONR_ARRAY && index < v.node->count
			       ? &v.node->item[index]
			       : NULL };
}

bool
jsonr_next(struct jsonr object, const void **cursor, struct span *key,
    struct jsonr *member)
{
	const struct jsonr_node *at = *cursor;

	if (jsonr_type(object) != JSONR_OBJECT)
		return false;
	at = at == NULL ? object.node->item : at + 1;
	if (at == object.node->item + object.node->count)
		return false;
	*cursor = member->node = at;
	*key = at->key;
	return true;
}

bool
jsonr_text(struct jsonr v, struct span *out)
{
	if (jsonr_type(v) != JSONR_TEXT)
		return false;
	*out = v.node->text;
	return true;
}

bool
jsonr_number(struct jsonr v, double *out)
{
	if (jsonr_type(v) != JSONR_NUMBER)
		return false;
	*out = v.node->number;
	return true;
}

bool
jsonr_bool(struct jsonr v, bool *out)
{
	if (jsonr_type(v) != JSONR_BOOL)
		return false;
	*out = v.node->yes;
	return true;
}

bool
jsonr_whole(struct jsonr v, int64_t *out)
{
	double number;

	if (!jsonr_number(v, &number) || !(fabs(number) < WHOLE_MAX))
		return false;
	*out = (int64_t)number;
	return true;
}

bool
jsonr_octets(struct jsonr v, struct arena *a, struct span *out)
{
	struct span text;
	size_t n = 0;
	char *octets;

	if (!jsonr_text(v, &text))
		return false;
	octets = arena_alloc(a, text.n + 1);
	for (size_t i = 0; i < text.n;) {
		uint32_t rune;

		i += utf8_next(text, i, &rune);
		if (rune > 0xFF)
			return false;
		octets[n++] = (char)(unsigned char)rune;
	}
	*out = span_make(octets, n);
	return true;
}

void
jsonr_write(struct jsonr v, struct jsonw *w, const char *key)
{
	struct span text = SPAN(""), name;
	double number = 0;
	bool yes = false;
	const void *cursor = NULL;
	struct jsonr member;

	if (w->depth == JSONW_DEPTH_MAX &&
	    (jsonr_type(v) == JSONR_OBJECT || jsonr_type(v) == JSONR_ARRAY)) {
		jsonw_null(w, key);
		return;
	}
	switch (jsonr_type(v)) {
	case JSONR_OBJECT:
		jsonw_object(w, key);
		/* Names end in NUL. */
		while (jsonr_next(v, &cursor, &name, &member))
			jsonr_write(member, w, name.p);
		jsonw_end(w);
		break;
	case JSONR_ARRAY:
		jsonw_array(w, key);
		for (size_t i = 0; i < jsonr_count(v); i++)
			jsonr_write(jsonr_at(v, i), w, NULL);
		jsonw_end(w);
		break;
	case JSONR_TEXT:
		(void)jsonr_text(v, &text);
		jsonw_text(w, key, text);
		break;
	case JSONR_NUMBER:
		(void)jsonr_number(v, &number);
		jsonw_number(w, key, number);
		break;
	case JSONR_BOOL:
		(void)jsonr_bool(v, &yes);
		jsonw_bool(w, key, yes);
		break;
	default:
		jsonw_null(w, key);
		break;
	}
}

struct span
jsonr_get_text(struct jsonr object, const char *key)
{
	struct span text = SPAN("");

	(void)jsonr_text(jsonr_get(object, key), &text);
	return text;
}

double
jsonr_get_number(struct jsonr object, const char *key)
{
	double number = 0;

	(void)jsonr_number(jsonr_get(object, key), &number);
	return number;
}

int64_t
jsonr_get_whole(struct jsonr object, const char *key)
{
	int64_t number = 0;

	(void)jsonr_whole(jsonr_get(object, key), &number);
	return number;
}

bool
jsonr_get_bool(struct jsonr object, const char *key)
{
	bool yes = false;

	(void)jsonr_bool(jsonr_get(object, key), &yes);
	return yes;
}
