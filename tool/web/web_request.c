/*
 * From a request's target and body to a path and named values.
 */
#include "config.h"

#include "tool/web/web_request.h"

/*
 * %41 and, in values, + for a space. A NUL is in no text of ours and would
 * end it early somewhere.
 */
static bool
percent_decode(struct span text, bool plus, struct arena *a, struct span *out)
{
	char *to = arena_alloc(a, text.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '%') {
			unsigned high, low;

			if (text.n - i < 3)
				return false;
			high = ascii_hex(text.p[i + 1]);
			low = ascii_hex(text.p[i + 2]);
			if (high > 15 || low > 15)
				return false;
			c = (char)(high * 16 + low);
			i += 2;
		} else if (plus && c == '+') {
			c = ' ';
		}
		if (c == '\0')
			return false;
		to[n++] = c;
	}
	*out = span_make(to, n);
	return true;
}

static bool
params_read(
    struct span text, struct arena *a, struct web_params *out, const char **why)
{
	struct span pair;

	while (text.n > 0 && span_cut(&text, '&', &pair)) {
		size_t equals = span_find(pair, '=');

		if (pair.n == 0)
			continue;
		if (out->count == WEB_PARAMS_MAX) {
			*why = "too many values";
			return false;
		}
		if (!percent_decode(span_slice(pair, 0, equals), true, a,
			&out->item[out->count].key) ||
		    !percent_decode(equals == SIZE_MAX
					? SPAN("")
					: span_slice(pair, equals + 1, pair.n),
			true, a, &out->item[out->count].value)) {
			*why = "a value is not well formed";
			return false;
		}
		out->count++;
	}
	return true;
}

bool
web_request_read(struct span target, struct span body, struct arena *a,
    struct web_request *out, const char **why)
{
	size_t mark;
	struct span query = SPAN("");

	*out = (struct web_request){ .path = SPAN("") };
	if (target.n > WEB_TARGET_MAX) {
		*why = "the address is too long";
		return false;
	}
	if (target.n == 0 || target.p[0] != '/') {
		*why = "the address does not begin with a slash";
		return false;
	}
	mark = span_find(target, '?');
	if (mark != SIZE_MAX)
		query = span_slice(target, mark + 1, target.n);
	if (!percent_decode(
		span_slice(target, 1, mark), false, a, &out->path)) {
		*why = "the path is not well formed";
		return false;
	}
	return params_read(query, a, &out->query, why) &&
	       params_read(body, a, &out->form, why);
}

struct span
web_param(const struct web_params *p, const char *key)
{
	for (size_t i = 0; i < p->count; i++)
		if (span_is(p->item[i].key, key))
			return span_trim(p->item[i].value);
	return SPAN("");
}
