/*
 * Files in archives: their names, and those among them that a program would
 * show or follow, which are read as if they were attached themselves. One
 * budget of octets and one of files is for all archives of a message, however
 * deep; what is over it is unread, and said to be.
 */
#include "config.h"

#include "rules/content/content_inside.h"
#include "rules/content/filename.h"

#define MEMBERS_MAX 500 /* of all archives, that are read */

/*
 * The names of a compressed file: the one that it keeps, and its own without
 * ".gz", as most programs call what they unpack.
 */
static struct span
content_single_names(
    struct content_reader *r, const struct content_file *file, struct span kept)
{
	struct buf names;
	struct span all;

	buf_init(&names, r->limits->archive.names);
	(void)buf_add(&names, kept);
	for (size_t i = 0; i < file->name_count; i++) {
		struct span name = file->name[i].clean;

		if (!filename_archive(file->name[i].extension))
			continue;
		name.n = span_find_last(name, '.');
		if (span_eq(name, kept))
			continue;
		if (names.n > 0)
			(void)buf_addc(&names, '\n');
		(void)buf_add(&names, name);
	}
	all = arena_dup(r->arena, buf_span(&names));
	buf_free(&names);
	return all;
}

/* ---- members that are read ------------------------------------------------ */

struct member_reader {
	struct content_reader *r;
	struct content_file *file; /* the archive */
};

static bool
member_is_read(struct span extension)
{
	return document_kind_of_extension(extension) != DOCUMENT_KINDS ||
	       content_reads(extension);
}

/*
 * Of a package of Office the helper reads all that is XML; its list of types
 * alone, which names macros, is looked at here as well.
 */
static bool
member_is_inner(const struct content_file *file, const struct filename *name)
{
	if (!span_is(name->extension, "xml") ||
	    span_case_is(name->clean, "[Content_Types].xml") ||
	    document_kind_of_type(span_of(file->content_type)) !=
		DOCUMENT_OFFICE)
		return false;
	for (size_t i = 0; i < file->name_count; i++)
		if (document_kind_of_extension(file->name[i].extension) !=
		    DOCUMENT_OFFICE)
			return false;
	return true;
}

static bool
member_wants(void *ctx, const struct filename *name, bool encrypted)
{
	struct member_reader *m = ctx;
	enum document_kind kind = document_kind_of_extension(name->extension);

	if (!member_is_read(name->extension) || member_is_inner(m->file, name))
		return false;
	if (!encrypted)
		return true;
	/* That it is there is known, and that nobody can read it. */
	if (kind != DOCUMENT_KINDS)
		content_lose_document(m->r, m->file, kind, false);
	return false;
}

/* A document or a page without a name that says so. */
static bool
member_wants_type(void *ctx, const struct filetype *type)
{
	(void)ctx;
	return type->kind == FILETYPE_HTML ||
	       document_kind_of_type(span_of(type->type)) != DOCUMENT_KINDS;
}

/* Too large, or one too many. */
static void
member_unread(struct member_reader *m, const struct content_file *file)
{
	enum document_kind kind = DOCUMENT_KINDS;

	for (size_t i = 0; i < file->name_count; i++)
		if (kind == DOCUMENT_KINDS)
			kind =
			    document_kind_of_extension(file->name[i].extension);
	/* Whatever it is called, it may be a page. */
	m->r->out->page_unseen = m->r->out->document_over = true;
	content_lose_document(m->r, m->file, kind, true);
}

static void
member_read(void *ctx, struct span name, struct span octets, bool cut)
{
	struct member_reader *m = ctx;
	struct content_reader inner = *m->r;
	struct mime_part part = { .type = SPAN(""),
		.charset = SPAN(""),
		.disposition = SPAN(""),
		.raw = octets };
	/* What it takes was counted as it was unpacked. */
	struct mime_message mime = { .octets_left = 4 * octets.n + 1,
		.arena = m->r->arena };
	struct content_name names[2];
	struct content_file file = { .name = names,
		.type = SPAN(""),
		.size = octets.n,
		.members = SPAN(""),
		.harmless = SPAN(""),
		.text = SPAN(""),
		.sha256 = SPAN("") };

	if (name.n == 0) {
		name = content_single_names(m->r, m->file, name);
		name = span_slice(name, 0, span_find(name, '\n'));
	}
	content_add_name(m->r, &file, name);
	/* Of a compressed file alone nobody has asked. */
	if (!cut &&
	    (file.name_count == 0 || !member_is_read(names[0].extension))) {
		struct filetype type = filetype_of(octets);

		if (!member_wants_type(m, &type))
			return;
	}
	if (cut || m->r->nested == CONTENT_NESTED_MAX ||
	    ++*m->r->members > MEMBERS_MAX || content_is_full(m->r)) {
		member_unread(m, &file);
		return;
	}
	inner.mime = &mime;
	inner.gaps = (struct span){ 0 };
	inner.nested++;
	inner.archived = true;
	content_look_into(&inner, &file, &part);
	content_add_document(&inner, &file, inner.file, &part);
	m->r->out->mime.flags |= mime.flags;
	m->file->macros = m->file->macros || file.macros;
	m->file->encrypted = m->file->encrypted || file.encrypted;
	m->file->archive_flags |= file.archive_flags;
}

/*
 * Lists a file that is an archive by its first octets or, where something
 * stands before these, by its name; the latter only when there are members.
 */
void
content_list_archive(struct content_reader *r, struct content_file *file,
    const struct mime_part *part, bool sure)
{
	struct member_reader m = { r, file };
	struct archive_reader reader = { member_wants, member_wants_type,
		member_read, r->members_left, &m };
	struct archive_list list;

	archive_list_members(mime_part_octets(r->mime, part, SIZE_MAX),
	    &r->limits->archive, &reader, r->arena, &list);
	if (!sure && list.count == 0)
		return;
	file->archive = true;
	file->members = list.single ? content_single_names(r, file, list.names)
				    : list.names;
	file->harmless = list.harmless;
	file->harmless_alone = list.harmless_alone;
	file->archive_flags |= list.flags;
	file->name_flags |= list.name_flags;
	if ((list.flags & ARCHIVE_ENCRYPTED) != 0)
		file->encrypted = true;
}
