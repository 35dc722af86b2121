/*
 * Chooses and canonicalises the header fields that a DKIM signature covers.
 * Knows no key and no hash.
 *
 * libopendkim does not do this here: its selection of fields writes behind
 * its array when h= names every field and one more, takes time in proportion
 * to names times fields, empties "b=" only when nothing stands before the
 * "=", and stops at a NUL. So no octet of a foreign header reaches it.
 */
#include "config.h"

#include "policy/dkim/dkim_header.h"

#include <stdlib.h>
#include <string.h>

#include "rules/base/buf.h"

/* All fields of one name, which stand together in the index. */
struct dkim_group {
	struct span name;
	size_t first, count; /* in dkim_headers.entry, top field first */
	size_t taken;        /* by the current selection, from the bottom */
};

struct dkim_entry {
	struct span name;
	size_t field;
};

struct dkim_headers {
	const struct header_list *list;
	struct dkim_entry *entry;
	struct dkim_group *group;
	size_t group_count;
};

static int
dkim_entry_compare(const void *a, const void *b)
{
	const struct dkim_entry *x = a, *y = b;
	int order = span_case_compare(x->name, y->name);

	return order != 0 ? order
			  : (x->field > y->field) - (x->field < y->field);
}

struct dkim_headers *
dkim_headers_new(struct arena *a, const struct header_list *list)
{
	struct dkim_headers *h = arena_alloc(a, sizeof(*h));
	struct dkim_group *group = NULL;

	h->list = list;
	h->entry = arena_array(a, list->count + 1, sizeof(*h->entry));
	h->group = arena_array(a, list->count + 1, sizeof(*h->group));
	for (size_t i = 0; i < list->count; i++)
		h->entry[i] = (struct dkim_entry){ list->field[i].name, i };
	qsort(h->entry, list->count, sizeof(*h->entry), dkim_entry_compare);
	for (size_t i = 0; i < list->count; i++) {
		if (group == NULL ||
		    !span_case_eq(group->name, h->entry[i].name)) {
			group = &h->group[h->group_count++];
			group->name = h->entry[i].name;
			group->first = i;
		}
		group->count++;
	}
	return h;
}

static struct dkim_group *
dkim_headers_group(struct dkim_headers *h, struct span name)
{
	size_t low = 0, high = h->group_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = span_case_compare(h->group[middle].name, name);

		if (order == 0)
			return &h->group[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/*
 * The next field of this name from the bottom, or NULL when h= names more
 * than there are. The signature does not cover its own field this way.
 */
static const struct header_field *
dkim_headers_take(struct dkim_headers *h, struct span name, size_t own)
{
	struct dkim_group *g = dkim_headers_group(h, name);

	while (g != NULL && g->taken < g->count) {
		size_t last = g->first + g->count - 1;
		size_t field = h->entry[last - g->taken++].field;

		if (field != own && h->list->field[field].name.n > 0)
			return &h->list->field[field];
	}
	return NULL;
}

static void
dkim_headers_rewind(struct dkim_headers *h)
{
	for (size_t i = 0; i < h->group_count; i++)
		h->group[i].taken = 0;
}

/* Where canonical text goes; the room was reckoned before. */
struct dkim_writer {
	char *p;
	size_t n;
	bool space; /* relaxed: white space is due before the next octet */
	bool begun; /* relaxed: the value has begun */
};

static void
dkim_write(struct dkim_writer *w, struct span s)
{
	if (s.n > 0)
		memcpy(w->p + w->n, s.p, s.n);
	w->n += s.n;
}

/* 3.4.1. A fold may have come as a bare LF, which is how milter has them. */
static void
dkim_write_simple(struct dkim_writer *w, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\n' && (i == 0 || s.p[i - 1] != '\r'))
			w->p[w->n++] = '\r';
		w->p[w->n++] = s.p[i];
	}
}

/* 3.4.2, for a value that comes in one or two pieces. */
static void
dkim_write_relaxed(struct dkim_writer *w, struct span s)
{
	char *out = w->p + w->n;
	size_t i = 0;

	while (i < s.n) {
		char c = s.p[i];

		if (c == ' ' || c == '\t') {
			w->space = true;
			i++;
			continue;
		}
		if (c == '\n' ||
		    (c == '\r' && i + 1 < s.n && s.p[i + 1] == '\n')) {
			i++;
			continue;
		}
		if (w->space && w->begun)
			*out++ = ' ';
		w->space = false;
		w->begun = true;
		do
			*out++ = s.p[i++];
		while (i < s.n && (unsigned char)s.p[i] > ' ');
	}
	w->n = (size_t)(out - w->p);
}

static void
dkim_write_field(struct dkim_writer *w, enum dkim_canon canon,
    const struct header_field *f, struct span head, struct span tail)
{
	w->space = w->begun = false;
	if (canon == DKIM_SIMPLE) {
		dkim_write(w, f->raw_name);
		dkim_write(w, SPAN(":"));
		dkim_write_simple(w, head);
		dkim_write_simple(w, tail);
		return;
	}
	for (size_t i = 0; i < f->name.n; i++)
		w->p[w->n++] = ascii_lower(f->name.p[i]);
	dkim_write(w, SPAN(":"));
	dkim_write_relaxed(w, head);
	dkim_write_relaxed(w, tail);
}

/* Room that a field can take: every octet could be a LF that becomes CRLF. */
static size_t
dkim_field_room(const struct header_field *f)
{
	return f->raw_name.n + 2 * f->raw.n + 3;
}

/*
 * The signature's field around the value of b=, which is left out with the
 * white space around it (3.7).
 */
static void
dkim_split_b(
    struct span raw, struct span b, struct span *head, struct span *tail)
{
	size_t from = (size_t)(b.p - raw.p), end = from + b.n;

	while (from > 0 && ascii_space(raw.p[from - 1]))
		from--;
	while (end < raw.n && ascii_space(raw.p[end]))
		end++;
	*head = span_slice(raw, 0, from);
	*tail = span_slice(raw, end, raw.n);
}

struct span
dkim_headers_text(struct dkim_headers *h, struct arena *a,
    const struct dkim_sig *sig, size_t at)
{
	const struct header_field *own = &h->list->field[at];
	const struct header_field **chosen =
	    arena_array(a, sig->name_count + 1, sizeof(const void *));
	size_t count = 0, room = dkim_field_room(own);
	struct dkim_writer w = { .p = NULL };
	struct span head, tail;

	dkim_headers_rewind(h);
	for (size_t i = 0; i < sig->name_count; i++) {
		chosen[count] = dkim_headers_take(h, sig->name[i], at);
		if (chosen[count] != NULL)
			room += dkim_field_room(chosen[count++]);
	}
	w.p = arena_alloc(a, room);
	for (size_t i = 0; i < count; i++) {
		dkim_write_field(
		    &w, sig->header_canon, chosen[i], chosen[i]->raw, SPAN(""));
		dkim_write(&w, SPAN("\r\n"));
	}
	dkim_split_b(own->raw, sig->b, &head, &tail);
	dkim_write_field(&w, sig->header_canon, own, head, tail);
	return span_make(w.p, w.n);
}

struct span
dkim_header_relaxed(struct arena *a, const struct header_field *field)
{
	struct dkim_writer w = { .p = arena_alloc(a, dkim_field_room(field)) };

	dkim_write_field(&w, DKIM_RELAXED, field, field->raw, SPAN(""));
	dkim_write(&w, SPAN("\r\n"));
	return span_make(w.p, w.n);
}

struct span
dkim_header_relaxed_own(
    struct arena *a, const struct header_field *field, struct span b)
{
	struct dkim_writer w = { .p = arena_alloc(a, dkim_field_room(field)) };
	struct span head, tail;

	dkim_split_b(field->raw, b, &head, &tail);
	dkim_write_field(&w, DKIM_RELAXED, field, head, tail);
	return span_make(w.p, w.n);
}

/*
 * The fields of which RFC 5322, 3.6, and RFC 2045 allow one, and whether they
 * change what a reader sees.
 */
static const struct dkim_single {
	struct span name;
	bool visible;
} dkim_singles[] = {
	{ SPAN_INIT("from"), true },
	{ SPAN_INIT("sender"), true },
	{ SPAN_INIT("reply-to"), true },
	{ SPAN_INIT("to"), true },
	{ SPAN_INIT("cc"), true },
	{ SPAN_INIT("subject"), true },
	{ SPAN_INIT("date"), true },
	{ SPAN_INIT("content-type"), true },
	{ SPAN_INIT("content-transfer-encoding"), true },
	{ SPAN_INIT("content-disposition"), true },
	{ SPAN_INIT("mime-version"), false },
	{ SPAN_INIT("message-id"), false },
	{ SPAN_INIT("in-reply-to"), false },
	{ SPAN_INIT("references"), false },
	{ SPAN_INIT("bcc"), false },
};

/* Notes in each group how many of its fields the signature covers. */
static void
dkim_headers_take_all(
    struct dkim_headers *h, const struct dkim_sig *sig, size_t at)
{
	dkim_headers_rewind(h);
	for (size_t i = 0; i < sig->name_count; i++)
		(void)dkim_headers_take(h, sig->name[i], at);
}

struct span
dkim_headers_unsigned(struct dkim_headers *h, struct arena *a,
    const struct dkim_sig *sig, size_t at)
{
	char text[160];
	size_t n = 0;

	dkim_headers_take_all(h, sig, at);
	for (size_t i = 0; i < ARRAY_COUNT(dkim_singles); i++) {
		struct span name = dkim_singles[i].name;
		const struct dkim_group *g = dkim_headers_group(h, name);

		if (!dkim_singles[i].visible || g == NULL ||
		    g->taken == g->count)
			continue;
		if (n > 0)
			text[n++] = ' ';
		memcpy(text + n, name.p, name.n);
		n += name.n;
	}
	return n == 0 ? SPAN("") : arena_dup(a, span_make(text, n));
}

struct span
dkim_headers_doubled(
    struct dkim_headers *h, const struct dkim_sig *sig, size_t at)
{
	dkim_headers_take_all(h, sig, at);
	for (size_t i = 0; i < ARRAY_COUNT(dkim_singles); i++) {
		const struct dkim_single *s = &dkim_singles[i];
		const struct dkim_group *g = dkim_headers_group(h, s->name);

		if (g != NULL && g->count > 1 && g->taken < g->count &&
		    (s->visible || g->taken > 0))
			return s->name;
	}
	return SPAN("");
}
