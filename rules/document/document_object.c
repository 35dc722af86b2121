/*
 * Objects that Office keeps in a document ([MS-OLEDS]): files that somebody put
 * there, documents of other programs, and links to what lies elsewhere. A double
 * click opens them as it opens an attachment, so they are files inside. Sizes
 * and names are claims of the sender's; what is none of it is unseen.
 */
#include "config.h"

#include "rules/document/document_inside.h"

#include "rules/document/compound.h"

#define NAMES_MAX     6
#define CLASS_PACKAGE "Package"

enum object_format { OBJECT_LINK = 1, OBJECT_HERE = 2 };

static void
object_file(struct document *d, struct span name, struct span octets, bool cut)
{
	d->unseen = d->unseen || cut || d->file == NULL;
	if (d->file != NULL)
		d->file(d->ctx, name, octets, cut);
}

/* ---- what Windows packs a file in ------------------------------------------ */

struct object_names {
	struct span name[NAMES_MAX];
	size_t count;
};

/* Behind the last slash of either kind, once. */
static void
names_add(struct object_names *names, struct span path)
{
	for (size_t i = path.n; i-- > 0;)
		if (path.p[i] == '\\' || path.p[i] == '/') {
			path = span_slice(path, i + 1, path.n);
			break;
		}
	for (size_t i = 0; i < names->count; i++)
		if (span_eq(names->name[i], path))
			return;
	if (path.n > 0 && names->count < NAMES_MAX)
		names->name[names->count++] = path;
}

/* A text with a NUL at its end, which it takes off the front. */
static void
names_take(struct document *d, struct object_names *names, struct span *s)
{
	size_t n = span_find(*s, '\0');

	names_add(names, document_utf8(d, span_slice(*s, 0, n)));
	*s = span_slice(*s, n == SIZE_MAX ? s->n : n + 1, s->n);
}

/* The same texts once more, in UTF-16 behind how long they are. */
static void
names_take_wide(struct document *d, struct object_names *names, struct span s)
{
	for (unsigned i = 0; i < 3 && s.n >= 4; i++) {
		size_t n = 2 * span_little(s, 0, 4);

		names_add(names, document_wide(d, span_slice(s, 4, 4 + n)));
		s = span_slice(s, 4 + n, s.n);
	}
}

/* Behind a number: what it is called, twice where it lay, and what it holds.
 * False: it is no such thing. */
static bool
object_package(struct document *d, struct span s)
{
	struct object_names names = { .count = 0 };
	struct span file;
	size_t n;

	if (span_little(s, 0, 2) != 2)
		return false;
	s = span_slice(s, 2, s.n);
	names_take(d, &names, &s);
	names_take(d, &names, &s);
	n = span_little(s, 4, 4);
	file = span_slice(s, 8, 8 + n);
	names_take(d, &names, &file);
	s = span_slice(s, 8 + n, s.n);
	n = span_little(s, 0, 4);
	file = span_slice(s, 4, 4 + n);
	names_take_wide(d, &names, span_slice(s, 4 + n, s.n));
	object_file(d, names.count == 0 ? SPAN("") : names.name[0], file,
	    s.n < 4 || file.n < n);
	for (size_t i = 1; i < names.count; i++)
		object_file(d, names.name[i], SPAN(""), false);
	return true;
}

void
document_native(struct document *d, struct span octets)
{
	size_t n = span_little(octets, 0, 4);
	struct span file = span_slice(octets, 4, octets.n);

	if (!object_package(d, file))
		object_file(d, SPAN(""), file, file.n < n);
}

/* ---- what OLE 1 keeps, and RTF to this day --------------------------------- */

static struct span
object_text(struct span *s)
{
	size_t n = span_little(*s, 0, 4);
	struct span text = span_slice(*s, 4, 4 + n);

	*s = span_slice(*s, 4 + n, s->n);
	return span_slice(text, 0, span_find(text, '\0'));
}

/* What programs find although what stands before it is wrong. */
static void
object_search(struct document *d, struct span octets)
{
	size_t at = span_search(octets, compound_mark);

	d->unseen = true;
	document_binary(d, octets, false);
	if (at != SIZE_MAX)
		object_file(
		    d, SPAN(""), span_slice(octets, at, octets.n), false);
}

void
document_object(struct document *d, struct span octets)
{
	size_t format = span_little(octets, 4, 4), n;
	struct span s = span_slice(octets, 8, octets.n), name, topic;

	name = object_text(&s);
	topic = document_utf8(d, object_text(&s));
	(void)object_text(&s);
	if (format == OBJECT_LINK) {
		if (document_is_abroad(topic))
			d->acts |= DOCUMENT_LOADS;
		if (document_is_outside(topic))
			d->link(d->ctx, DOCUMENT_OFFICE, topic);
		document_binary(d, octets, false);
		return;
	}
	n = span_little(s, 0, 4);
	s = span_slice(s, 4, 4 + n);
	if (format != OBJECT_HERE || s.n == 0 || s.n < n)
		object_search(d, octets);
	else if (!span_case_is(name, CLASS_PACKAGE) || !object_package(d, s))
		object_file(d, SPAN(""), s, false);
}
