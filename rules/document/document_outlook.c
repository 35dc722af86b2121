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

enum outlook_type {
	OUTLOOK_OCTETS = 0x0102,
	OUTLOOK_NARROW = 0x001e,
	OUTLOOK_WIDE = 0x001f,
};

struct outlook {
	struct document *d;
	struct compound *c;
	size_t files;
};

bool
document_is_outlook(const struct compound *c)
{
	return compound_find(c, 0, MESSAGES) != COMPOUND_NONE;
}

/* Where the property of that number is kept, whatever its type; *type. */
static size_t
outlook_find(const struct outlook *o, size_t storage, unsigned property,
    enum outlook_type *type)
{
	static const enum outlook_type types[] = { OUTLOOK_WIDE, OUTLOOK_NARROW,
		OUTLOOK_OCTETS };

	for (size_t i = 0; i < ARRAY_COUNT(types); i++) {
		const char *name = arena_printf(o->d->arena,
		    STREAM "%04X%04X", property, (unsigned)types[i]);
		size_t at = compound_find(o->c, storage, name);

		*type = types[i];
		if (at != COMPOUND_NONE && !o->c->entry[at].storage)
			return at;
	}
	return COMPOUND_NONE;
}

static struct span
outlook_octets(struct outlook *o, size_t storage, unsigned property, bool *cut)
{
	enum outlook_type type;
	size_t at = outlook_find(o, storage, property, &type);

	*cut = false;
	return at == COMPOUND_NONE
		   ? SPAN("")
		   : compound_read(o->c, at, &o->d->budget, cut);
}

/* The same as text. */
static struct span
outlook_text(struct outlook *o, size_t storage, unsigned property)
{
	enum outlook_type type;
	size_t at = outlook_find(o, storage, property, &type);
	struct span octets;
	bool cut;

	if (at == COMPOUND_NONE)
		return SPAN("");
	octets = compound_read(o->c, at, &o->d->budget, &cut);
	o->d->unseen = o->d->unseen || cut;
	if (type == OUTLOOK_WIDE)
		return document_wide(o->d, octets);
	return document_utf8(
	    o->d, span_slice(octets, 0, span_find(octets, '\0')));
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
outlook_paths(struct outlook *o, size_t storage)
{
	static const unsigned property[] = { LONG_PATH, SHORT_PATH };

	for (size_t i = 0; i < ARRAY_COUNT(property); i++) {
		struct span path = outlook_text(o, storage, property[i]);

		if (document_is_outside(path))
			o->d->link(o->d->ctx, DOCUMENT_OFFICE, path);
	}
}

static struct span
outlook_name(struct outlook *o, size_t storage)
{
	static const unsigned property[] = { LONG_NAME, SHORT_NAME,
		SHOWN_NAME };
	struct span name = SPAN("");

	for (size_t i = 0; i < ARRAY_COUNT(property) && name.n == 0; i++)
		name = outlook_text(o, storage, property[i]);
	return name;
}

static void
outlook_attachment(struct outlook *o, size_t storage, unsigned depth)
{
	size_t inner = compound_find(o->c, storage, STREAM "3701000D");
	struct span name = outlook_name(o, storage), octets;
	bool cut;

	if (o->files++ == FILES_MAX) {
		o->d->unseen = true;
		return;
	}
	outlook_paths(o, storage);
	octets = outlook_octets(o, storage, DATA, &cut);
	if (o->d->file != NULL && (octets.n > 0 || name.n > 0))
		o->d->file(o->d->ctx, name, octets, cut);
	o->d->unseen = o->d->unseen || cut;
	if (inner == COMPOUND_NONE || !o->c->entry[inner].storage)
		return;
	if (compound_find(o->c, inner, MESSAGES) != COMPOUND_NONE)
		outlook_message(o, inner, depth + 1);
	else
		for (size_t i = 0; i < o->c->count; i++)
			if (o->c->entry[i].parent == inner) {
				octets = compound_read(
				    o->c, i, &o->d->budget, &cut);
				o->d->unseen = o->d->unseen || cut;
				document_binary(o->d, octets, false);
			}
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
outlook_bodies(struct outlook *o, size_t storage)
{
	struct document *d = o->d;
	struct span octets;
	bool cut;

	outlook_said(o, outlook_text(o, storage, SUBJECT));
	outlook_said(o, outlook_text(o, storage, BODY));
	document_page(d, DOCUMENT_OFFICE, outlook_text(o, storage, HTML));
	octets = outlook_octets(o, storage, PACKED, &cut);
	d->unseen = d->unseen || cut;
	if (octets.n > 0)
		document_rtf(d, octets);
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

	d->unseen = d->unseen || c->broken;
	outlook_message(&o, 0, 0);
}
