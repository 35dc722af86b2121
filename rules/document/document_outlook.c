/*
 * A message that Outlook kept as a file: a storage whose streams are named by
 * the number and the type of a property ([MS-OXMSG] 2.1), with a storage for
 * each attachment. Texts and addresses of the message are those of the
 * document, and its attachments are files inside.
 */
#include "config.h"

#include "rules/document/document_inside.h"

#include "rules/document/compound.h"

#define DEPTH_MAX 4 /* messages in one another */
#define FILES_MAX 100
#define STREAM    "__substg1.0_"
#define MESSAGES  "__properties_version1.0"
#define ATTACHED  "__attach_version1.0_"
#define INNER     STREAM "3701000D"
#define OWN       "__" /* begins all names of the format */

enum outlook_type {
	OUTLOOK_OCTETS = 0x0102,
	OUTLOOK_NARROW = 0x001e,
	OUTLOOK_WIDE = 0x001f,
};

struct outlook {
	struct document *d;
	struct compound *c;
	size_t files;
	struct span name; /* of the attachment that is read */
};

bool
document_is_outlook(const struct compound *c)
{
	return compound_find(c, 0, MESSAGES) != COMPOUND_NONE;
}

bool
document_outlook_owns(const struct compound *c, size_t number)
{
	for (; number != 0; number = c->entry[number].parent)
		if (number == COMPOUND_NONE ||
		    !span_starts(c->entry[number].name, SPAN(OWN)))
			return false;
	return true;
}

/*
 * The next stream of the storage, from that entry on, in which the property of
 * that number is kept; *type. A program asks for the type that another stream
 * says is meant, or for each in an order of its own, so that there is one to
 * hide behind: all of them count. COMPOUND_NONE: there is none.
 */
static size_t
outlook_next(const struct outlook *o, size_t storage, unsigned property,
    size_t from, enum outlook_type *type)
{
	const char *begin =
	    arena_printf(o->d->arena, STREAM "%04X", property);

	for (; from < o->c->count; from++) {
		const struct compound_entry *e = &o->c->entry[from];
		struct span end;

		if (e->parent != storage || e->storage ||
		    !span_case_starts(e->name, span_of(begin)))
			continue;
		end = span_slice(e->name, strlen(begin), e->name.n);
		*type = span_case_is(end, "001F")   ? OUTLOOK_WIDE
			: span_case_is(end, "001E") ? OUTLOOK_NARROW
						    : OUTLOOK_OCTETS;
		return from;
	}
	return COMPOUND_NONE;
}

static struct span
outlook_octets(struct outlook *o, size_t number, bool *cut)
{
	struct span octets = compound_read(o->c, number, &o->d->budget, cut);

	o->d->unseen = o->d->unseen || *cut;
	return octets;
}

/* The same as text. */
static struct span
outlook_text(struct outlook *o, size_t number, enum outlook_type type)
{
	bool cut;
	struct span octets = outlook_octets(o, number, &cut);

	if (type == OUTLOOK_WIDE)
		return document_wide(o->d, octets);
	if (type == OUTLOOK_NARROW)
		octets = span_slice(octets, 0, span_find(octets, '\0'));
	return document_utf8(o->d, octets);
}

/* Hands each text of the property on. */
static void
outlook_texts(struct outlook *o, size_t storage, unsigned property,
    void (*take)(struct outlook *o, struct span text))
{
	enum outlook_type type;
	size_t at = 0;

	while ((at = outlook_next(o, storage, property, at, &type)) !=
	       COMPOUND_NONE)
		take(o, outlook_text(o, at++, type));
}

/* ---- attachments ---------------------------------------------------------------- */

#define SHOWN_NAME 0x3001U
#define DATA       0x3701U
#define SHORT_NAME 0x3704U
#define LONG_NAME  0x3707U
#define SHORT_PATH 0x3708U
#define LONG_PATH  0x370dU

static void outlook_message(struct outlook *o, size_t storage, unsigned depth);

/* What lies elsewhere and is opened from there. */
static void
outlook_path(struct outlook *o, struct span path)
{
	if (document_is_outside(path))
		o->d->link(o->d->ctx, DOCUMENT_OFFICE, path);
}

static void
outlook_name(struct outlook *o, struct span name)
{
	if (name.n == 0)
		return;
	if (o->name.n == 0)
		o->name = name;
	else if (o->d->file != NULL && !span_eq(name, o->name))
		o->d->file(o->d->ctx, name, SPAN(""), false);
}

/* Of the first kind that is told. */
static void
outlook_names(struct outlook *o, size_t storage)
{
	static const unsigned property[] = { LONG_NAME, SHORT_NAME,
		SHOWN_NAME };

	o->name = SPAN("");
	for (size_t i = 0; i < ARRAY_COUNT(property) && o->name.n == 0; i++)
		outlook_texts(o, storage, property[i], outlook_name);
}

static void
outlook_data(struct outlook *o, size_t storage)
{
	enum outlook_type type;
	size_t at = 0, count = 0;
	bool cut = false;

	if (o->d->file == NULL)
		return;
	while ((at = outlook_next(o, storage, DATA, at, &type)) !=
	       COMPOUND_NONE) {
		struct span octets = outlook_octets(o, at++, &cut);

		o->d->file(o->d->ctx, o->name, octets, cut);
		count++;
	}
	if (count == 0 && o->name.n > 0)
		o->d->file(o->d->ctx, o->name, SPAN(""), false);
}

static void
outlook_attachment(struct outlook *o, size_t storage, unsigned depth)
{
	if (o->files++ == FILES_MAX) {
		o->d->unseen = true;
		return;
	}
	outlook_texts(o, storage, LONG_PATH, outlook_path);
	outlook_texts(o, storage, SHORT_PATH, outlook_path);
	outlook_names(o, storage);
	outlook_data(o, storage);
	for (size_t i = 0; i < o->c->count; i++)
		if (o->c->entry[i].parent == storage &&
		    o->c->entry[i].storage &&
		    span_case_is(o->c->entry[i].name, INNER) &&
		    compound_find(o->c, i, MESSAGES) != COMPOUND_NONE)
			outlook_message(o, i, depth + 1);
}

/* ---- messages ------------------------------------------------------------------- */

#define SUBJECT 0x0037U
#define BODY    0x1000U
#define PACKED  0x1009U
#define HTML    0x1013U

static void
outlook_said(struct outlook *o, struct span text)
{
	document_find(o->d, DOCUMENT_OFFICE, text);
	document_say(o->d, text);
}

static void
outlook_page(struct outlook *o, struct span html)
{
	document_page(o->d, DOCUMENT_OFFICE, html);
}

static void
outlook_bodies(struct outlook *o, size_t storage)
{
	enum outlook_type type;
	size_t at = 0;
	bool cut;

	outlook_texts(o, storage, SUBJECT, outlook_said);
	outlook_texts(o, storage, BODY, outlook_said);
	outlook_texts(o, storage, HTML, outlook_page);
	while ((at = outlook_next(o, storage, PACKED, at, &type)) !=
	       COMPOUND_NONE) {
		struct span octets = outlook_octets(o, at++, &cut);

		if (octets.n > 0)
			document_rtf(o->d, octets);
	}
}

static void
outlook_message(struct outlook *o, size_t storage, unsigned depth)
{
	if (depth == DEPTH_MAX) {
		o->d->unseen = true;
		return;
	}
	outlook_bodies(o, storage);
	for (size_t i = 0; i < o->c->count; i++)
		if (o->c->entry[i].parent == storage &&
		    o->c->entry[i].storage &&
		    span_case_starts(o->c->entry[i].name, SPAN(ATTACHED)))
			outlook_attachment(o, i, depth);
}

void
document_outlook(struct document *d, struct compound *c)
{
	struct outlook o = { .d = d, .c = c };

	outlook_message(&o, 0, 0);
}
