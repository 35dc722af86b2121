/*
 * SPF macros: reads macro-strings token by token, checks them and expands
 * them (RFC 7208, 7). Knows nothing of records, DNS or the evaluation; the
 * value of %{p} is given by the caller.
 */
#include "config.h"

#include "policy/spf/spf_macro.h"

#include <stdio.h>
#include <string.h>

static const char delimiters[] = ".-+,/_=";

/* A piece of macro-string: literal text, or "%{" letter ... "}". */
struct macro_token {
	struct span literal; /* when letter is NUL */
	char letter;         /* in lower case */
	bool escape;         /* the letter stood in upper case */
	bool reverse;
	unsigned keep; /* right-hand parts; 0: all */
	uint8_t split; /* bit i: delimiters[i] splits */
};

static bool
macro_fail(const char **why, const char *text)
{
	*why = text;
	return false;
}

/* The inside of "%{...}": macro-letter transformers *delimiter. */
static bool
macro_read_body(struct span body, struct macro_token *t, const char **why)
{
	size_t at = 1;

	if (body.n == 0 || !ascii_alpha(body.p[0]))
		return macro_fail(why, "macro without a letter");
	t->letter = ascii_lower(body.p[0]);
	t->escape = t->letter != body.p[0];
	if (memchr("slodipvhcrt", t->letter, 11) == NULL)
		return macro_fail(why, "unknown macro letter");
	for (; at < body.n && ascii_digit(body.p[at]); at++)
		if (t->keep < 1000)
			t->keep = t->keep * 10 + (unsigned)(body.p[at] - '0');
	if (at > 1 && t->keep == 0)
		return macro_fail(why, "macro that keeps zero parts");
	if (at < body.n && ascii_lower(body.p[at]) == 'r') {
		t->reverse = true;
		at++;
	}
	for (; at < body.n; at++) {
		const char *d =
		    memchr(delimiters, body.p[at], sizeof(delimiters) - 1);

		if (d == NULL)
			return macro_fail(why, "bad character in a macro");
		t->split |= (uint8_t)(1u << (d - delimiters));
	}
	if (t->split == 0)
		t->split = 1;
	return true;
}

static bool
macro_read_percent(struct span *rest, struct macro_token *t, const char **why)
{
	size_t end;

	switch (rest->n > 1 ? rest->p[1] : '\0') {
	case '%':
		t->literal = SPAN("%");
		break;
	case '_':
		t->literal = SPAN(" ");
		break;
	case '-':
		t->literal = SPAN("%20");
		break;
	case '{':
		end = span_find(*rest, '}');
		if (end == SIZE_MAX)
			return macro_fail(why, "macro without an end");
		if (!macro_read_body(span_slice(*rest, 2, end), t, why))
			return false;
		*rest = span_slice(*rest, end + 1, rest->n);
		return true;
	default:
		return macro_fail(why, "% without a macro");
	}
	*rest = span_slice(*rest, 2, rest->n);
	return true;
}

/* Takes one token off a *rest that is not empty; false: syntax error. */
static bool
macro_next(struct span *rest, struct macro_token *t, const char **why)
{
	size_t end;

	*t = (struct macro_token){ .letter = '\0' };
	if (rest->p[0] == '%')
		return macro_read_percent(rest, t, why);
	end = span_find(*rest, '%');
	if (end == SIZE_MAX)
		end = rest->n;
	t->literal = span_slice(*rest, 0, end);
	*rest = span_slice(*rest, end, rest->n);
	return true;
}

bool
spf_macro_check(struct span text, enum spf_macro_place place, const char **why)
{
	char lowest = place == SPF_PLACE_TEXT ? ' ' : '!';
	struct macro_token t;

	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < lowest || text.p[i] > '~')
			return macro_fail(why, "character out of place");
	while (text.n > 0) {
		if (!macro_next(&text, &t, why))
			return false;
		if (place == SPF_PLACE_DOMAIN && t.letter != '\0' &&
		    memchr("crt", t.letter, 3) != NULL)
			return macro_fail(
			    why, "macro that is allowed in explanations only");
	}
	return true;
}

/*
 * toplabel: letters, digits and hyphens, no hyphen at either end and not all
 * digits. So nothing that is left of a macro's "}" passes for one.
 */
static bool
macro_is_toplabel(struct span label)
{
	bool numeric = true;

	if (label.n == 0 || label.p[0] == '-' || label.p[label.n - 1] == '-')
		return false;
	for (size_t i = 0; i < label.n; i++) {
		if (!ascii_alnum(label.p[i]) && label.p[i] != '-')
			return false;
		numeric = numeric && ascii_digit(label.p[i]);
	}
	return !numeric;
}

bool
spf_domain_spec_check(struct span spec, const char **why)
{
	struct macro_token t = { .letter = '\0' };
	struct span rest = spec;
	bool expand = false;
	size_t dot;

	if (spec.n == 0)
		return macro_fail(why, "empty domain");
	if (!spf_macro_check(spec, SPF_PLACE_DOMAIN, why))
		return false;
	while (rest.n > 0) {
		expand = rest.p[0] == '%';
		if (!macro_next(&rest, &t, why))
			return false;
	}
	if (expand)
		return true;
	if (spec.p[spec.n - 1] == '.')
		spec.n--;
	dot = span_find_last(spec, '.');
	if (dot == SIZE_MAX)
		return macro_fail(why, "domain of a single label");
	if (!macro_is_toplabel(span_slice(spec, dot + 1, spec.n)))
		return macro_fail(why, "domain with a bad last label");
	return true;
}

bool
spf_macro_uses(struct span text, const char *letters)
{
	struct macro_token t;
	const char *why;

	while (text.n > 0) {
		if (!macro_next(&text, &t, &why))
			return false;
		if (t.letter != '\0' && strchr(letters, t.letter) != NULL)
			return true;
	}
	return false;
}

/*
 * Output: either the head of the text (explanations are cut at their end) or
 * its tail (names lose labels at their start).
 */
struct macro_out {
	char *p;
	size_t n, size;
	size_t spent; /* octets written, and octets of values looked at */
	bool tail;
};

static bool
macro_full(const struct macro_out *o)
{
	return o->spent >= SPF_EXPANSION_MAX || (!o->tail && o->n == o->size);
}

/* One octet more than the longest name with its trailing dot, so that the
 * octet before the cut can be seen. */
#define TAIL_KEPT (SPF_NAME_MAX + 2)

static void
macro_put(struct macro_out *o, struct span s)
{
	o->spent += s.n;
	if (o->tail && s.n > TAIL_KEPT)
		s = span_slice(s, s.n - TAIL_KEPT, s.n);
	if (o->tail && s.n > o->size - o->n) {
		memmove(o->p, o->p + o->n - TAIL_KEPT, TAIL_KEPT);
		o->n = TAIL_KEPT;
	}
	if (s.n > o->size - o->n)
		s.n = o->size - o->n;
	if (s.n > 0)
		memcpy(o->p + o->n, s.p, s.n);
	o->n += s.n;
}

static void
macro_put_escaped(struct macro_out *o, struct span s)
{
	for (size_t i = 0; i < s.n && !macro_full(o); i++) {
		char c = s.p[i], hex[4];

		if (ascii_alnum(c) || strchr("-._~", c) != NULL) {
			macro_put(o, span_slice(s, i, i + 1));
			continue;
		}
		(void)snprintf(
		    hex, sizeof(hex), "%%%02X", (unsigned)(unsigned char)c);
		macro_put(o, span_make(hex, 3));
	}
}

static bool
macro_splits(const struct macro_token *t, char c)
{
	const char *d;

	if (t->split == 1)
		return c == '.';
	d = memchr(delimiters, c, sizeof(delimiters) - 1);
	return d != NULL && (t->split >> (d - delimiters) & 1) != 0;
}

static void
macro_put_part(struct macro_out *o, const struct macro_token *t,
    struct span part, bool more)
{
	if (t->escape)
		macro_put_escaped(o, part);
	else
		macro_put(o, part);
	if (more)
		macro_put(o, SPAN("."));
}

/* Where the part that ends before end begins. */
static size_t
macro_part_start(const struct macro_token *t, struct span value, size_t end)
{
	while (end > 0 && !macro_splits(t, value.p[end - 1]))
		end--;
	return end;
}

/*
 * Splits the value, reverses the parts, keeps the right-hand ones and joins
 * them with dots. Kept after a reversal are the left-hand parts.
 */
static void
macro_transform(
    struct macro_out *o, const struct macro_token *t, struct span value)
{
	size_t parts = 1, keep, start = 0, end;

	o->spent += value.n;
	for (size_t i = 0; i < value.n; i++)
		parts += macro_splits(t, value.p[i]);
	keep = t->keep == 0 || t->keep > parts ? parts : t->keep;
	if (t->reverse) {
		for (end = 0, parts = 0; end < value.n; end++)
			if (macro_splits(t, value.p[end]) && ++parts == keep)
				break;
		for (; keep > 0 && !macro_full(o); keep--) {
			start = macro_part_start(t, value, end);
			macro_put_part(
			    o, t, span_slice(value, start, end), keep > 1);
			end = start - (start > 0);
		}
		return;
	}
	for (; parts > keep; parts--)
		while (!macro_splits(t, value.p[start++]))
			continue;
	for (end = start; !macro_full(o); end++) {
		if (end < value.n && !macro_splits(t, value.p[end]))
			continue;
		macro_put_part(
		    o, t, span_slice(value, start, end), end < value.n);
		if (end == value.n)
			break;
		start = end + 1;
	}
}

/* Large enough for 32 nibbles with dots and for every number. */
typedef char macro_scratch[72];

/* %{i}: dotted quad, or upper-case nibbles with dots (RFC 7208, 7.3). */
static struct span
macro_address(struct ip ip, macro_scratch scratch)
{
	static const char hex[] = "0123456789ABCDEF";

	if (ip.family != 6)
		return span_of(ip_format(ip, scratch));
	for (size_t i = 0; i < 16; i++) {
		scratch[i * 4] = hex[ip.octets[i] >> 4];
		scratch[i * 4 + 1] = '.';
		scratch[i * 4 + 2] = hex[ip.octets[i] & 15];
		scratch[i * 4 + 3] = '.';
	}
	return span_make(scratch, 63);
}

static struct span
macro_value(
    char letter, const struct spf_macro_values *v, macro_scratch scratch)
{
	switch (letter) {
	case 's':
		return v->sender;
	case 'l':
		return v->local;
	case 'o':
		return v->sender_domain;
	case 'd':
		return v->domain;
	case 'p':
		return v->validated;
	case 'h':
		return v->helo;
	case 'r':
		return v->receiver;
	case 'i':
		return macro_address(v->client, scratch);
	case 'c':
		return span_of(ip_format(v->client, scratch));
	case 'v':
		return v->client.family == 6 ? SPAN("ip6") : SPAN("in-addr");
	default:
		(void)snprintf(scratch, sizeof(macro_scratch), "%lld",
		    (long long)v->time_s);
		return span_of(scratch);
	}
}

static void
macro_expand(
    struct macro_out *o, struct span text, const struct spf_macro_values *v)
{
	struct macro_token t;
	macro_scratch scratch;
	const char *why;

	while (text.n > 0 && !macro_full(o)) {
		if (!macro_next(&text, &t, &why))
			return;
		if (t.letter == '\0')
			macro_put(o, t.literal);
		else
			macro_transform(
			    o, &t, macro_value(t.letter, v, scratch));
	}
}

bool
spf_macro_name(
    struct span spec, const struct spf_macro_values *v, struct spf_name *out)
{
	char tail[4 * TAIL_KEPT];
	struct macro_out o = { .p = tail, .size = sizeof(tail), .tail = true };
	struct span name;
	size_t from;

	macro_expand(&o, spec, v);
	out->n = 0;
	if (macro_full(&o))
		return false;
	name = span_make(tail, o.n);
	if (name.n > 0 && name.p[name.n - 1] == '.')
		name.n--;
	if (name.n > SPF_NAME_MAX) {
		from = name.n - SPF_NAME_MAX;
		while (from < name.n && name.p[from - 1] != '.')
			from++;
		name = span_slice(name, from, name.n);
	}
	memcpy(out->p, name.p, name.n);
	out->n = name.n;
	out->p[out->n] = '\0';
	return true;
}

size_t
spf_macro_text(
    struct span text, const struct spf_macro_values *v, char *out, size_t size)
{
	struct macro_out o = { .p = out, .size = size };

	macro_expand(&o, text, v);
	return o.n;
}
