/*
 * Reading JSON with jansson, which no other file includes.
 */
#include "config.h"

#include "policy/base/json.h"

#include <jansson.h>
#include <math.h>

#include "rules/base/panic.h"
#include "rules/base/utf8.h"

#define WHOLE_MAX 9007199254740992.0

struct jsonr_doc {
	json_t *top;
};

struct jsonr_doc *
jsonr_parse(struct span text, struct arena *a, const char **why)
{
	/* Integers too: one that fits no 64 bits is no reason to fail. */
	const size_t flags =
	    JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL;
	struct jsonr_doc *doc;
	json_error_t error;
	json_t *top =
	    json_loadb(text.p == NULL ? "" : text.p, text.n, flags, &error);

	if (top == NULL) {
		*why = arena_printf(a, "line %d, column %d: %s", error.line,
		    error.column, error.text);
		return NULL;
	}
	doc = xcalloc(1, sizeof(*doc));
	doc->top = top;
	return doc;
}

void
jsonr_free(struct jsonr_doc **doc)
{
	if (*doc == NULL)
		return;
	json_decref((*doc)->top);
	free(*doc);
	*doc = NULL;
}

struct jsonr
jsonr_top(const struct jsonr_doc *doc)
{
	return (struct jsonr){ doc->top };
}

enum jsonr_type
jsonr_type(struct jsonr v)
{
	if (v.node == NULL)
		return JSONR_ABSENT;
	switch (json_typeof((json_t *)v.node)) {
	case JSON_OBJECT:
		return JSONR_OBJECT;
	case JSON_ARRAY:
		return JSONR_ARRAY;
	case JSON_STRING:
		return JSONR_TEXT;
	case JSON_INTEGER:
	case JSON_REAL:
		return JSONR_NUMBER;
	case JSON_TRUE:
	case JSON_FALSE:
		return JSONR_BOOL;
	case JSON_NULL:
		break;
	}
	return JSONR_NULL;
}

bool
jsonr_given(struct jsonr v)
{
	return jsonr_type(v) > JSONR_NULL;
}

struct jsonr
jsonr_get(struct jsonr v, const char *key)
{
	return (struct jsonr){ json_object_get(v.node, key) };
}

size_t
jsonr_count(struct jsonr v)
{
	return jsonr_type(v) == JSONR_OBJECT ? json_object_size(v.node)
					     : json_array_size(v.node);
}

struct jsonr
jsonr_at(struct jsonr v, size_t index)
{
	return (struct jsonr){ json_array_get(v.node, index) };
}

bool
jsonr_next(
    struct jsonr object, void **cursor, struct span *key, struct jsonr *member)
{
	*cursor = *cursor == NULL ? json_object_iter(object.node)
				  : json_object_iter_next(object.node, *cursor);
	if (*cursor == NULL)
		return false;
	*key = span_of(json_object_iter_key(*cursor));
	member->node = json_object_iter_value(*cursor);
	return true;
}

bool
jsonr_text(struct jsonr v, struct span *out)
{
	if (jsonr_type(v) != JSONR_TEXT)
		return false;
	*out = span_make(json_string_value(v.node), json_string_length(v.node));
	return true;
}

bool
jsonr_number(struct jsonr v, double *out)
{
	if (jsonr_type(v) != JSONR_NUMBER)
		return false;
	*out = json_number_value(v.node);
	return true;
}

bool
jsonr_bool(struct jsonr v, bool *out)
{
	if (jsonr_type(v) != JSONR_BOOL)
		return false;
	*out = json_is_true((json_t *)v.node);
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
	void *cursor = NULL;
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

bool
jsonr_get_bool(struct jsonr object, const char *key)
{
	bool yes = false;

	(void)jsonr_bool(jsonr_get(object, key), &yes);
	return yes;
}
