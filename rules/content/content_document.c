/*
 * Which files are documents, to be handed to the helper that reads them, and
 * what becomes of its answer: links of the message, of a kind of their own,
 * and text of the file. Nothing of a document is read here.
 */
#include "config.h"

#include "rules/content/content_inside.h"
#include "rules/content/filename.h"
#include "rules/document/document_answer.h"
#include "rules/text/folded.h"
#include "rules/text/rune.h"

#define DOCUMENT_LINKS 100 /* in running text */

_Static_assert((int)LINK_QR - (int)LINK_PDF == (int)DOCUMENT_IMAGE &&
		   (int)LINK_PDF + DOCUMENT_KINDS == (int)LINK_REDIRECT,
    "links of documents are in the order of their kinds");

/* ---- which ----------------------------------------------------------------- */

/* Bits 1 << enum document_kind: one file may be several, for programs go by
 * the name, the type or the content. */
static unsigned
document_kinds(const struct content_file *file)
{
	unsigned kinds =
	    1U << document_kind_of_type(file->type) |
	    1U << document_kind_of_type(span_of(file->content_type));

	for (size_t i = 0; i < file->name_count; i++)
		kinds |= 1U
			 << document_kind_of_extension(file->name[i].extension);
	return kinds & ((1U << DOCUMENT_KINDS) - 1);
}

/* Inside of a link there may be another, and in most there may be pictures. */
static unsigned
document_unread_kinds(enum document_kind kind)
{
	unsigned own = 1U << ((unsigned)LINK_PDF + (unsigned)kind);

	if (kind == DOCUMENT_PDF || kind == DOCUMENT_OFFICE)
		own |= 1U << LINK_QR;
	return own | 1U << LINK_REDIRECT;
}

/* What it may do once it is opened. */
static unsigned
document_unread_acts(enum document_kind kind)
{
	return kind == DOCUMENT_PDF || kind == DOCUMENT_OFFICE ||
		       kind == DOCUMENT_RTF
		   ? DOCUMENT_ACTS_UNSEEN
		   : 0;
}

static void
document_add(struct content_reader *r, size_t file, enum document_kind kind,
    struct span octets)
{
	struct content *out = r->out;

	if (out->document_count == r->limits->documents) {
		out->document_unseen = true;
		/* Albums are sent as archives. */
		out->document_over = out->document_over || !r->archived ||
				     kind != DOCUMENT_IMAGE;
		out->unread_kinds |= document_unread_kinds(kind);
		return;
	}
	out->document = arena_grow(r->arena, out->document, &out->document_cap,
	    out->document_count + 1, sizeof(*out->document));
	out->document[out->document_count++] =
	    (struct content_document){ file, kind, octets };
}

void
content_add_document(struct content_reader *r, struct content_file *file,
    size_t number, const struct mime_part *part)
{
	unsigned kinds = document_kinds(file);
	struct span octets;

	if (kinds == 0)
		return;
	if (file->cut) {
		file->text_unknown = r->out->document_unseen = true;
		file->acts |= DOCUMENT_ACTS_UNSEEN;
		for (unsigned kind = 0; kind < DOCUMENT_KINDS; kind++)
			if ((kinds & 1U << kind) != 0)
				r->out->unread_kinds |= document_unread_kinds(
				    (enum document_kind)kind);
		return;
	}
	octets = mime_part_octets(r->mime, part, SIZE_MAX);
	if (octets.n == 0)
		return;
	for (unsigned kind = 0; kind < DOCUMENT_KINDS; kind++)
		if ((kinds & 1U << kind) != 0)
			document_add(
			    r, number, (enum document_kind)kind, octets);
}

void
content_lose_document(struct content_reader *r, struct content_file *file,
    enum document_kind kind, bool unseen)
{
	file->text_unknown = r->out->document_unasked = true;
	r->out->document_unseen = r->out->document_unseen || unseen;
	if (kind != DOCUMENT_KINDS)
		r->out->unread_kinds |= document_unread_kinds(kind);
	file->acts |= document_unread_acts(kind);
}

void
content_add_calendar(struct content_reader *r, struct span octets)
{
	document_add(r, CONTENT_NO_FILE, DOCUMENT_CALENDAR, octets);
}

void
content_add_picture(struct content_reader *r, struct span octets)
{
	document_add(r, CONTENT_NO_FILE, DOCUMENT_IMAGE, octets);
}

/* ---- what was found -------------------------------------------------------- */

struct document_reader {
	struct content *content;
	struct arena *arena;
	enum document_kind kind;
};

static void
document_link(
    struct document_reader *r, enum document_kind kind, struct span url)
{
	link_set_add(&r->content->document_links,
	    (enum link_kind)((int)LINK_PDF + (int)kind), url, SPAN(""),
	    SPAN(""));
}

/* Addresses that stand in the text without being the target of a link. */
static void
document_text_links(struct document_reader *r, struct span text)
{
	struct link_set found;

	link_set_init(&found, DOCUMENT_LINKS, r->arena);
	link_set_find(&found, text);
	for (size_t i = 0; i < found.count; i++)
		if (found.link[i].kind == LINK_TEXT)
			document_link(r, r->kind, found.link[i].url);
}

/* Lines behind lines. */
static struct span
document_join(struct span lines, struct span more, struct arena *a)
{
	if (lines.n == 0 || more.n == 0)
		return lines.n == 0 ? more : lines;
	return span_of(
	    arena_printf(a, "%.*s\n%.*s", SPAN_FMT(lines), SPAN_FMT(more)));
}

/* The texts of all readings of a file, one after the other. */
static void
document_text(
    struct document_reader *r, struct content_file *file, struct span raw)
{
	struct span text =
	    folded_text(rune_drawn(raw, r->arena), false, r->arena);

	document_text_links(r, text);
	if (file == NULL || text.n == 0)
		return;
	file->text = document_join(file->text, text, r->arena);
}

static struct content_file *
document_file(struct content *c, size_t i)
{
	size_t file = c->document[i].file;

	return file == CONTENT_NO_FILE ? NULL : &c->file[file];
}

/* Files inside of it count as those in an archive do. */
static void
document_names(struct document_reader *r, struct content_file *file,
    const struct document_answer *answer)
{
	struct span rest = answer->names, line;
	struct filename name;

	file->members = document_join(file->members, answer->names, r->arena);
	file->harmless =
	    document_join(file->harmless, answer->harmless, r->arena);
	while (rest.n > 0 && span_cut(&rest, '\n', &line)) {
		filename_read(line, r->arena, &name);
		file->name_flags |= name.flags & FILENAME_MEMBER_FLAGS;
	}
}

void
content_answered(struct content *c, size_t i,
    const struct document_answer *answer, struct arena *a)
{
	struct content_file *file = document_file(c, i);
	struct document_reader r = { c, a, c->document[i].kind };

	for (size_t k = 0; k < answer->link_count; k++)
		document_link(&r, answer->link[k].kind, answer->link[k].url);
	document_text(&r, file, answer->text);
	c->html_flags |= answer->html;
	c->own_html_flags |= answer->html;
	if (file != NULL) {
		document_names(&r, file, answer);
		if ((answer->marks & DOCUMENT_ENCRYPTED) != 0)
			file->encrypted = true;
		if ((answer->marks & DOCUMENT_MACROS) != 0)
			file->macros = true;
		file->acts |= answer->acts;
	}
	if ((answer->marks & DOCUMENT_UNSEEN) != 0)
		content_unanswered(c, i);
	else if ((answer->marks & DOCUMENT_UNABLE) != 0)
		content_unasked(c, i);
}

void
content_unasked(struct content *c, size_t i)
{
	struct content_file *file = document_file(c, i);

	c->document_unasked = true;
	c->unread_kinds |= document_unread_kinds(c->document[i].kind);
	if (c->document[i].kind == DOCUMENT_SVG ||
	    c->document[i].kind == DOCUMENT_CALENDAR)
		c->page_unseen = true;
	if (file == NULL)
		return;
	file->text_unknown = true;
	file->acts |= document_unread_acts(c->document[i].kind);
	if (c->document[i].kind == DOCUMENT_PDF)
		file->encrypted_unknown = true;
	/* Of Office, what is no zip file may hold others, and be encrypted. */
	if (c->document[i].kind == DOCUMENT_OFFICE &&
	    !span_starts(c->document[i].octets, SPAN("PK")))
		file->encrypted_unknown = file->inside_unknown = true;
}

void
content_unanswered(struct content *c, size_t i)
{
	content_unasked(c, i);
	c->document_unseen = true;
}
