/*
 * Texts that a script puts together: from quoted ones by "+", join, concat,
 * reverse and replace, from base64, from escapes and from numbers. What is
 * anything else ends the text there and leaves it open. Depth and octets are
 * bounded; every attempt takes the tokens that it understood with it.
 */
#include "config.h"

#include "rules/html/js_value.h"

#include <string.h>

#include "rules/html/js_text.h"

#define DEPTH_MAX 16   /* of brackets */
#define ITEMS_MAX 1000 /* of a list */

static bool js_sum(struct js_reader *r, struct js_lex *lex,
    struct js_value *out, unsigned depth);

static struct js_value
js_none(void)
{
	return (struct js_value){ .text = { NULL, 0 } };
}

/* ---- calls ------------------------------------------------------------------- */

#define ARGUMENTS_MAX 3

struct arguments {
	struct js_value value[ARGUMENTS_MAX];
	size_t count; /* that are known, from the first on */
	bool global;  /* the first is a pattern, such as /x/g, in value[0] */
};

/* A pattern without anything special in it stands for its text. */
static bool
js_pattern_text(struct js_lex *lex, struct arguments *args)
{
	struct span p = lex->token;
	struct js_lex flags = *lex;
	size_t end;

	if (lex->kind != JS_SIGN || p.n < 3 || p.p[0] != '/')
		return false;
	p = span_slice(p, 1, p.n - 1);
	for (end = 0; end < p.n; end++)
		if (memchr("\\^$.|?*+()[]{}", p.p[end], 14) != NULL)
			return false;
	if (js_next(&flags) && flags.kind == JS_NAME) {
		args->global = span_find(flags.token, 'g') != SIZE_MAX;
		*lex = flags;
	}
	args->value[0] = (struct js_value){ .text = p };
	return true;
}

/* From behind the "(" on, to behind its ")". False: not all is known. */
static bool
js_arguments(struct js_reader *r, struct js_lex *lex, struct arguments *args,
    unsigned depth)
{
	*args = (struct arguments){ .count = 0 };
	while (js_next(lex)) {
		struct js_value v;

		if (js_is(lex, ')'))
			return true;
		if (args->count == ARGUMENTS_MAX)
			return false;
		if (args->count == 0 && js_pattern_text(lex, args)) {
			args->count = 1;
		} else {
			if (!js_sum(r, lex, &v, depth + 1))
				return false;
			args->value[args->count++] = v;
		}
		if (!js_next(lex))
			return false;
		if (js_is(lex, ')'))
			return true;
		if (!js_is(lex, ','))
			return false;
	}
	return false;
}

static bool
js_opens(struct js_lex *lex)
{
	struct js_lex next = *lex;

	if (!js_next(&next) || !js_is(&next, '('))
		return false;
	*lex = next;
	return true;
}

/* What functions of texts give; lex is at the name. */
static bool
js_function(struct js_reader *r, struct js_lex *lex, struct js_value *out,
    unsigned depth)
{
	enum { BASE64, PERCENT, SAME };
	static const struct {
		const char *name;
		int gives;
	} row[] = { { "atob", BASE64 }, { "unescape", PERCENT },
		{ "decodeURI", PERCENT }, { "decodeURIComponent", PERCENT },
		{ "String", SAME }, { "encodeURI", SAME } };
	struct arguments args;
	size_t i = 0;

	while (i < ARRAY_COUNT(row) && !span_is(lex->token, row[i].name))
		i++;
	if (i == ARRAY_COUNT(row) || !js_opens(lex) ||
	    !js_arguments(r, lex, &args, depth) || args.count == 0 ||
	    args.value[0].text.p == NULL)
		return false;
	*out = row[i].gives == BASE64    ? js_base64(r, args.value[0].text)
	       : row[i].gives == PERCENT ? js_percent(r, args.value[0].text)
					 : args.value[0];
	return out->text.p != NULL;
}

/* A method of the value, whose name lex is at. */
static bool
js_method(
    struct js_reader *r, struct js_lex *lex, struct js_value *v, unsigned depth)
{
	struct span name = lex->token;
	struct arguments args;
	struct span first;

	if (!js_opens(lex) || !js_arguments(r, lex, &args, depth))
		return false;
	first = args.count > 0 ? args.value[0].text : SPAN(",");
	if (v->item != NULL && span_is(name, "join") && first.p != NULL)
		*v = js_join(r, v, first);
	else if (v->item != NULL && span_is(name, "reverse"))
		for (size_t i = 0; i < v->count / 2; i++) {
			struct span other = v->item[i];

			v->item[i] = v->item[v->count - 1 - i];
			v->item[v->count - 1 - i] = other;
		}
	else if (v->text.p == NULL || first.p == NULL)
		return false;
	else if (span_is(name, "split"))
		*v = js_split(r, v->text, first);
	else if (span_is(name, "concat") && args.count == 1)
		*v = js_add(r, v, &args.value[0]);
	else if ((span_is(name, "replace") || span_is(name, "replaceAll")) &&
		 args.count == 2 && args.value[1].text.p != NULL)
		*v = js_replace(r, v->text, first, args.value[1].text,
		    args.global || name.n > strlen("replace"));
	else if (span_is(name, "trim"))
		v->text = span_trim(v->text);
	else
		return span_is(name, "toString") || span_is(name, "valueOf");
	return v->text.p != NULL || v->item != NULL;
}

/* ---- expressions ----------------------------------------------------------- */

static struct js_name *
js_slot(const struct js_reader *r, struct span name)
{
	return &r->names->slot[span_hash(name, 0) % JS_NAMES];
}

void
js_assign(struct js_reader *r, struct span name, const struct js_value *v)
{
	*js_slot(r, name) = (struct js_name){ name, *v };
}

/* From behind the "[" on. What is not known ends the list. */
static bool
js_list(struct js_reader *r, struct js_lex *lex, struct js_value *out,
    unsigned depth)
{
	size_t cap = 0;

	*out = js_none();
	for (;;) {
		struct js_value v;

		if (!js_next(lex))
			break;
		if (js_is(lex, ']'))
			break;
		if (js_is(lex, ','))
			continue;
		if (out->count == ITEMS_MAX ||
		    *r->budget < sizeof(*out->item) ||
		    !js_sum(r, lex, &v, depth + 1) || v.text.p == NULL)
			return false;
		*r->budget -= sizeof(*out->item);
		out->item = arena_grow(r->arena, out->item, &cap,
		    out->count + 1, sizeof(*out->item));
		out->item[out->count++] = v.text;
	}
	return out->count > 0;
}

/* "a${x}b", as far as all of it is known. */
static struct js_value
js_template(struct js_reader *r, struct span raw, unsigned depth)
{
	struct js_value sum = { .text = SPAN("") };

	while (!sum.open && raw.n > 0 && sum.text.p != NULL) {
		size_t mark = span_search(raw, SPAN("${")), end;
		struct js_value part =
		    js_quoted_text(r, span_slice(raw, 0, mark));
		struct js_lex lex = { .kind = JS_END };

		sum = sum.text.n == 0 ? part : js_add(r, &sum, &part);
		if (mark == SIZE_MAX)
			break;
		raw = span_slice(raw, mark + 2, raw.n);
		end = span_find(raw, '}');
		lex.text = span_slice(raw, 0, end);
		raw = end == SIZE_MAX ? SPAN("")
				      : span_slice(raw, end + 1, raw.n);
		if (sum.text.p != NULL && js_next(&lex) &&
		    js_sum(r, &lex, &part, depth + 1) && part.text.p != NULL)
			sum = js_add(r, &sum, &part);
		else
			sum.open = true;
	}
	return sum;
}

/* Names before a dot that lead to the same function. */
static void
js_skip_window(struct js_lex *lex)
{
	static const char *const same[] = { "window", "self", "globalThis",
		"top", "parent", "String" };

	for (size_t i = 0; i < ARRAY_COUNT(same); i++) {
		struct js_lex next = *lex;

		if (js_is_name(lex, same[i]) && js_next(&next) &&
		    js_is(&next, '.') && js_next(&next) &&
		    next.kind == JS_NAME) {
			*lex = next;
			i = SIZE_MAX; /* from the first on again */
		}
	}
}

static bool
js_named(struct js_reader *r, struct js_lex *lex, struct js_value *out,
    unsigned depth)
{
	const struct js_name *known;

	js_skip_window(lex);
	if (js_is_name(lex, "fromCharCode") ||
	    js_is_name(lex, "fromCodePoint")) {
		struct js_lex next = *lex;

		if (js_next(&next) && js_is(&next, '.') && js_next(&next) &&
		    js_is_name(&next, "apply"))
			*lex = next;
		return js_opens(lex) && js_characters(r, lex, out);
	}
	known = js_slot(r, lex->token);
	if (span_eq(known->name, lex->token) && known->name.n > 0) {
		*out = known->value;
		return out->text.p != NULL || out->item != NULL;
	}
	return js_function(r, lex, out, depth);
}

static bool
js_primary(struct js_reader *r, struct js_lex *lex, struct js_value *out,
    unsigned depth)
{
	*out = js_none();
	switch (lex->kind) {
	case JS_TEXT:
		*out = js_quoted_text(r, lex->token);
		return out->text.p != NULL;
	case JS_TEMPLATE:
		*out = js_template(r, lex->token, depth);
		return out->text.p != NULL;
	case JS_NUMBER:
		out->text = lex->token;
		return true;
	case JS_NAME:
		return js_named(r, lex, out, depth);
	case JS_SIGN:
		if (js_is(lex, '['))
			return js_list(r, lex, out, depth);
		return js_is(lex, '(') && js_next(lex) &&
		       js_sum(r, lex, out, depth + 1) && js_next(lex) &&
		       js_is(lex, ')');
	case JS_END:
		break;
	}
	return false;
}

/* "[0]" behind a list. */
static bool
js_index(struct js_reader *r, struct js_lex *lex, struct js_value *v)
{
	struct span digits;
	uint32_t i;

	(void)r;
	if (!js_next(lex) || lex->kind != JS_NUMBER || v->item == NULL)
		return false;
	digits = lex->token;
	if (span_case_starts(digits, SPAN("0x"))) {
		digits = span_slice(digits, 2, digits.n);
		if (!js_digits(&digits, 16, 6, &i))
			return false;
	} else if (!js_digits(&digits, 10, 6, &i)) {
		return false;
	}
	if (i >= v->count || !js_next(lex) || !js_is(lex, ']'))
		return false;
	*v = (struct js_value){ .text = v->item[i], .built = true };
	return true;
}

static bool
js_term(struct js_reader *r, struct js_lex *lex, struct js_value *out,
    unsigned depth)
{
	struct js_lex begin = *lex;

	if (depth > DEPTH_MAX || !js_primary(r, lex, out, depth)) {
		*lex = begin;
		return false;
	}
	for (;;) {
		struct js_lex next = *lex;
		struct js_value v = *out;
		bool good = js_next(&next);

		if (good && js_is(&next, '.'))
			good = js_next(&next) && next.kind == JS_NAME &&
			       js_method(r, &next, &v, depth);
		else
			good =
			    good && js_is(&next, '[') && js_index(r, &next, &v);
		if (!good)
			return true;
		*lex = next;
		*out = v;
	}
}

static bool
js_sum(struct js_reader *r, struct js_lex *lex, struct js_value *out,
    unsigned depth)
{
	if (!js_term(r, lex, out, depth))
		return false;
	for (;;) {
		struct js_lex next = *lex;
		struct js_value v;

		if (!js_next(&next) || !js_is(&next, '+') || !js_next(&next) ||
		    js_is(&next, '+') || js_is(&next, '='))
			return true;
		if (!js_term(r, &next, &v, depth) || v.text.p == NULL ||
		    out->text.p == NULL) {
			out->open = true;
			return true;
		}
		*out = js_add(r, out, &v);
		*lex = next;
		if (out->text.p == NULL)
			return false;
	}
}

bool
js_expression(struct js_reader *r, struct js_lex *lex, struct js_value *out)
{
	struct js_lex begin = *lex;

	if (js_sum(r, lex, out, 0))
		return true;
	*lex = begin;
	return false;
}
