/*
 * A message whose lines end in different places for different readers. For
 * SMTP and for us a line ends with CRLF or, in a file, with LF. For some mail
 * programs it ends with a CR alone as well: they see delimiters, fields and
 * the end of the header where we see text. So where such a CR stands the
 * message is read once more as they do, and what they see beside is listed
 * too, as with every other difference between clients.
 */
#include "config.h"

#include "rules/mime/mime_tree.h"

#include <string.h>

#include "rules/mime/mime_inside.h"

/* Is there a CR that ends a line for some readers only? */
static bool
readings_bare_cr(struct span s)
{
	for (size_t at = 0; at < s.n; at++) {
		const char *cr = memchr(s.p + at, '\r', s.n - at);

		if (cr == NULL)
			return false;
		at = (size_t)(cr - s.p) + 1;
		if (at < s.n && s.p[at] != '\n')
			return true;
	}
	return false;
}

/* A text read octet by octet, with LF for each line end that anybody sees. */
struct readings_cursor {
	struct span s;
	size_t at;
	size_t bare; /* CRs before this offset are not followed by an LF */
};

/*
 * The next octet, -1 at the end. However many CRs stand before an LF, they end
 * one line, as in MTAs.
 */
static int
readings_octet(struct readings_cursor *c)
{
	if (c->at >= c->s.n)
		return -1;
	if (c->s.p[c->at] != '\r')
		return (unsigned char)c->s.p[c->at++];
	if (c->at >= c->bare) {
		for (c->bare = c->at; c->bare < c->s.n;)
			if (c->s.p[c->bare++] != '\r')
				break;
		if (c->s.p[c->bare - 1] == '\n')
			c->at = c->bare - 1;
	}
	c->at++;
	return '\n';
}

/* Writes all of s so; returns its length. */
static size_t
readings_lines(char *out, struct span s)
{
	struct readings_cursor c = { .s = s };
	size_t n = 0;
	int octet;

	while ((octet = readings_octet(&c)) >= 0)
		out[n++] = (char)octet;
	return n;
}

/*
 * The message as those see it who end a line at each CR. A header in
 * which nothing hides behind one stays what it is.
 */
static void
readings_of_cr(const struct header_list *headers, struct span body,
    struct arena *a, struct header_list *h, struct span *rest)
{
	size_t count =
	    headers->anomalies & HEADER_HIDDEN_FIELD ? headers->count : 0;
	size_t room = body.n + 2, n = 0;
	unsigned anomalies = 0;
	char *text;

	for (size_t i = 0; i < count; i++)
		room +=
		    headers->field[i].raw_name.n + headers->field[i].raw.n + 2;
	text = arena_alloc(a, room);
	for (size_t i = 0; i < count; i++) {
		const struct header_field *f = &headers->field[i];

		n += readings_lines(text + n, f->raw_name);
		text[n++] = ':';
		n += readings_lines(text + n, f->raw);
		text[n++] = '\n';
	}
	if (count > 0)
		text[n++] = '\n';
	n += readings_lines(text + n, body);
	*h = *headers;
	*rest = span_make(text, n);
	if (count == 0)
		return;
	header_list_init(h, a);
	header_split(span_make(text, n), h, rest, &anomalies);
}

/* ---- comparing two readings ------------------------------------------------ */

static struct span
readings_trim(struct span s)
{
	while (s.n > 0 && ascii_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

static bool
readings_text_same(struct span x, struct span y)
{
	struct readings_cursor i = { .s = readings_trim(x) };
	struct readings_cursor k = { .s = readings_trim(y) };
	int octet;

	do {
		octet = readings_octet(&i);
		if (octet != readings_octet(&k))
			return false;
	} while (octet >= 0);
	return true;
}

static bool
readings_part_same(const struct mime_part *x, const struct mime_part *y)
{
	if (x->place != y->place || x->transfer != y->transfer ||
	    x->text != y->text || x->html != y->html ||
	    x->name_count != y->name_count || !span_eq(x->type, y->type) ||
	    !span_eq(x->charset, y->charset) ||
	    !span_eq(x->disposition, y->disposition))
		return false;
	for (size_t i = 0; i < x->name_count; i++)
		if (!span_eq(x->name[i], y->name[i]))
			return false;
	return readings_text_same(x->raw, y->raw);
}

/*
 * Adds what stands in the second reading alone. Both are gone through in
 * order, so that the octets of each part are compared at most once: behind a
 * part of ours that the others don't see, all of theirs is taken for new.
 */
static void
readings_unite(struct mime_message *out, const struct mime_message *second)
{
	size_t ours = out->count, i = 0;

	for (size_t k = 0; k < second->count; k++) {
		if (i < ours &&
		    readings_part_same(&out->part[i], &second->part[k])) {
			i++;
			continue;
		}
		out->part = arena_grow(out->arena, out->part, &out->cap,
		    out->count + 1, sizeof(*out->part));
		out->part[out->count++] = second->part[k];
	}
	if (out->count > ours || i < ours)
		out->flags |= MIME_FLAG_BARE_CR | second->flags;
	if (second->depth > out->depth)
		out->depth = second->depth;
	out->octets_left = second->octets_left;
}

void
mime_parse(const struct header_list *headers, struct span body,
    const struct mime_limits *limits, struct arena *a, struct mime_message *out)
{
	struct mime_message second = { .arena = a };
	struct header_list h;
	struct span text;

	*out =
	    (struct mime_message){ .arena = a, .octets_left = limits->octets };
	mime_read(headers, body, limits, out);
	if ((headers->anomalies & HEADER_HIDDEN_FIELD) == 0 &&
	    !readings_bare_cr(body))
		return;
	readings_of_cr(headers, body, a, &h, &text);
	second.octets_left = out->octets_left;
	mime_read(&h, text, limits, &second);
	readings_unite(out, &second);
}
