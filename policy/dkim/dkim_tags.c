/*
 * Takes apart the tag lists of DKIM. Knows their form (RFC 6376, 3.2), not
 * what any tag means.
 */
#include "config.h"

#include "policy/dkim/dkim_tags.h"

static bool
dkim_tags_name_ok(struct span name)
{
	if (name.n == 0 || !ascii_alpha(name.p[0]))
		return false;
	for (size_t i = 1; i < name.n; i++)
		if (!ascii_alnum(name.p[i]) && name.p[i] != '_')
			return false;
	return true;
}

static bool
dkim_tags_add(struct dkim_tags *out, struct span name, struct span value,
    const char **why)
{
	*why = NULL;
	if (!dkim_tags_name_ok(name))
		*why = "not a list of tags";
	else if (out->count == DKIM_TAGS_MAX)
		*why = "too many tags";
	for (size_t i = 0; i < out->count && *why == NULL; i++)
		if (span_eq(out->tag[i].name, name))
			*why = "a tag stands there twice";
	if (*why != NULL)
		return false;
	out->tag[out->count++] = (struct dkim_tag){ name, value };
	return true;
}

bool
dkim_tags_parse(struct span text, struct dkim_tags *out, const char **why)
{
	struct span piece;

	out->count = 0;
	while (span_cut(&text, ';', &piece)) {
		size_t equals;

		piece = span_trim(piece);
		if (piece.n == 0 && text.p == NULL)
			break; /* the one optional semicolon at the end */
		equals = span_find(piece, '=');
		if (equals == SIZE_MAX) {
			*why = "not a list of tags";
			return false;
		}
		if (!dkim_tags_add(out, span_trim(span_slice(piece, 0, equals)),
			span_trim(span_slice(piece, equals + 1, piece.n)), why))
			return false;
	}
	if (out->count == 0) {
		*why = "no tags";
		return false;
	}
	return true;
}

const struct dkim_tag *
dkim_tags_get(const struct dkim_tags *tags, const char *name)
{
	for (size_t i = 0; i < tags->count; i++)
		if (span_is(tags->tag[i].name, name))
			return &tags->tag[i];
	return NULL;
}

bool
dkim_tags_item(struct span *rest, char sep, struct span *item)
{
	if (!span_cut(rest, sep, item))
		return false;
	*item = span_trim(*item);
	return true;
}

bool
dkim_tags_spaced(struct span value)
{
	for (size_t i = 0; i < value.n; i++)
		if (ascii_space(value.p[i]))
			return true;
	return false;
}

static int
dkim_base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool
dkim_base64(struct arena *a, struct span text, struct span *out)
{
	unsigned char *octet = arena_alloc(a, text.n / 4 * 3 + 3);
	size_t digits = 0, pads = 0, n = 0;
	uint32_t bits = 0;

	for (size_t i = 0; i < text.n; i++) {
		int digit = dkim_base64_digit(text.p[i]);

		if (digit < 0 && ascii_space(text.p[i]))
			continue;
		if (text.p[i] == '=') {
			pads++;
			continue;
		}
		if (digit < 0 || pads > 0)
			return false;
		bits = bits << 6 | (uint32_t)digit;
		if (++digits % 4 != 1)
			octet[n++] =
			    (unsigned char)(bits >> (4 - digits % 4) % 4 * 2);
	}
	if (digits % 4 == 1 || pads > 2 ||
	    (pads > 0 && (digits + pads) % 4 != 0))
		return false;
	*out = span_make((const char *)octet, n);
	return true;
}
