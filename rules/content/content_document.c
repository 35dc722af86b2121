/*
 * Which files are documents that are looked into, and what becomes of what
 * stands in them: links of the message, of a kind of their own, and text of
 * the file.
 */
#include "config.h"

#include "rules/content/content_inside.h"
#include "rules/content/document.h"
#include "rules/text/folded.h"

#define DOCUMENTS_MAX   20                /* of a message */
#define DOCUMENT_BUDGET ((size_t)4 << 20) /* octets unpacked of each */
#define DOCUMENT_TEXT   ((size_t)256 << 10)
#define DOCUMENT_LINKS  100 /* in running text */

typedef void document_read(struct document *d, struct span octets);

/* By content, or by name where a program would go by that. */
static const struct document_row {
	const char *type, *extensions;
	enum link_kind kind;
	document_read *read;
} document_rows[] = {
	{ "application/pdf", " pdf ai ", LINK_PDF, document_pdf },
	{ "application/vnd.openxmlformats-officedocument",
	    " docx docm dotx dotm xlsx xlsm xltx xltm pptx pptm ppsx ppsm potx "
	    "potm vsdx ",
	    LINK_OFFICE, document_package },
	{ "application/vnd.oasis.opendocument.",
	    " odt ott ods ots odp otp odg ", LINK_OFFICE, document_package },
};

static const struct document_row *
document_row(const struct content_file *file, struct arena *a)
{
	for (size_t i = 0; i < ARRAY_COUNT(document_rows); i++) {
		const struct document_row *row = &document_rows[i];

		if (span_starts(
			span_of(file->content_type), span_of(row->type)))
			return row;
		for (size_t k = 0; k < file->name_count; k++)
			if (file->name[k].extension.n > 0 &&
			    span_search(span_of(row->extensions),
				span_of(arena_printf(a, " %.*s ",
				    SPAN_FMT(file->name[k].extension)))) !=
				SIZE_MAX)
				return row;
	}
	return NULL;
}

struct document_reader {
	struct content_reader *r;
	enum link_kind kind;
};

static void
document_link(void *ctx, struct span url)
{
	struct document_reader *reader = ctx;

	link_set_add(
	    &reader->r->out->links, reader->kind, url, SPAN(""), SPAN(""));
}

/* Addresses that stand in the text without being the target of a link. */
static void
document_text_links(struct document_reader *reader, struct span text)
{
	struct link_set found;

	link_set_init(&found, DOCUMENT_LINKS, reader->r->arena);
	link_set_find(&found, text);
	for (size_t i = 0; i < found.count; i++)
		if (found.link[i].kind == LINK_TEXT)
			document_link(reader, found.link[i].url);
}

void
content_read_document(struct content_reader *r, struct content_file *file,
    const struct mime_part *part)
{
	const struct document_row *row = document_row(file, r->arena);
	struct document_reader reader = { .r = r };
	struct buf text;
	struct document d = { .arena = r->arena,
		.budget = DOCUMENT_BUDGET,
		.link = document_link,
		.ctx = &reader,
		.text = &text };

	if (row == NULL)
		return;
	if (file->cut || r->out->documents == DOCUMENTS_MAX) {
		r->out->document_unseen = true;
		return;
	}
	r->out->documents++;
	reader.kind = row->kind;
	buf_init(&text, DOCUMENT_TEXT);
	row->read(&d, mime_part_octets(r->mime, part, SIZE_MAX));
	file->text =
	    folded_text(arena_dup(r->arena, buf_span(&text)), false, r->arena);
	document_text_links(&reader, file->text);
	file->encrypted = file->encrypted || d.encrypted;
	r->out->document_unseen =
	    r->out->document_unseen || d.unseen || text.over;
	buf_free(&text);
}
