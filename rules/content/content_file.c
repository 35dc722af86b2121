/*
 * The files of a message: their names, what they are, and what stands in them
 * that a program would show or follow. Which parts are files is content.c's
 * question.
 */
#include "config.h"

#include <string.h>

#include "rules/content/content_inside.h"
#include "rules/content/filename.h"
#include "rules/content/filetype.h"
#include "rules/content/pkcs7.h"
#include "rules/html/html_charset.h"
#include "rules/text/charset.h"
#include "rules/text/decode.h"

#define FILES_MAX 200 /* whose octets are looked at */
/* In which a message that Word reads begins. */
#define WEB_ARCHIVE_HEAD 4096

/* A name with a NUL reads differently in C: up to there. */
void
content_add_name(
    struct content_reader *r, struct content_file *file, struct span name)
{
	size_t nul = span_find(name, '\0');
	struct filename f;

	filename_read(name, r->arena, &f);
	file->name_flags |= f.flags;
	if (f.clean.n > 0)
		file->name[file->name_count++] =
		    (struct content_name){ f.clean, f.extension };
	if (nul == SIZE_MAX)
		return;
	filename_read(span_slice(name, 0, nul), r->arena, &f);
	if (f.clean.n > 0)
		file->name[file->name_count++] =
		    (struct content_name){ f.clean, f.extension };
}

/*
 * What a program may call a part that has no name: by its address or its
 * description, which others take for no name and which are none to people; and
 * by an end that fits its type, which Windows knows. So only such count that
 * run something.
 */
static void
content_guess_names(struct content_reader *r, struct content_file *file,
    const struct mime_part *part)
{
	static const struct {
		const char *type, *name;
	} row[] = {
		{ "application/x-msdownload", "unnamed.exe" },
		{ "application/x-dosexec", "unnamed.exe" },
		{ "application/x-msdos-program", "unnamed.exe" },
		{ "application/hta", "unnamed.hta" },
		{ "application/javascript", "unnamed.js" },
		{ "application/x-javascript", "unnamed.js" },
		{ "text/javascript", "unnamed.js" },
		{ "text/vbscript", "unnamed.vbs" },
		{ "application/java-archive", "unnamed.jar" },
		{ "application/x-ms-shortcut", "unnamed.lnk" },
	};
	const struct span said[] = { part->location, part->description };

	for (size_t i = 0; i < ARRAY_COUNT(said); i++) {
		struct span name = said[i];
		struct filename f;

		/* An address has more behind a name. */
		if (i == 0)
			name = span_slice(name, 0, span_find(name, '?'));
		filename_read(name, r->arena, &f);
		if (filename_runs(f.extension) &&
		    !filename_runs_by_content(f.extension))
			content_add_name(r, file, name);
	}
	for (size_t i = 0; i < ARRAY_COUNT(row) && file->name_count == 0; i++)
		if (span_is(part->type, row[i].type))
			content_add_name(r, file, span_of(row[i].name));
}

static void
content_add_names(struct content_reader *r, struct content_file *file,
    const struct mime_part *part)
{
	file->name = arena_array(
	    r->arena, 2 * part->name_count + 4, sizeof(*file->name));
	for (size_t i = 0; i < part->name_count; i++)
		content_add_name(r, file, part->name[i]);
	/* Pages that are kept as a message have scripts by their addresses. */
	if (part->name_count == 0 && r->nested == 0)
		content_guess_names(r, file, part);
	for (size_t i = 1; i < file->name_count; i++)
		if (!span_eq(file->name[i].extension, file->name[0].extension))
			file->ambiguous = true;
}

/* XML of Word, and a package whose members are XML in one file, tell of it. */
static bool
content_xml_macros(struct span octets)
{
	return span_case_search(octets, SPAN("w:macrosPresent=\"yes\"")) !=
		   SIZE_MAX ||
	       span_case_search(octets,
		   SPAN("application/vnd.ms-office.vbaProject")) != SIZE_MAX;
}

/*
 * Office keeps VBA in a member vbaProject.bin, or in the older compound file
 * in a storage whose name stands in UTF-16 in its directory (MS-OVBA, 2.2.1);
 * there a document with a password is a stream of its own (MS-OFFCRYPTO). Of a
 * message they are a part that begins with a mark of its own.
 */
static void
content_look_into_office(struct content_reader *r, struct content_file *file,
    const struct mime_part *part)
{
	static const char vba[] = "_\0V\0B\0A\0_\0P\0R\0O\0J\0E\0C\0T";
	static const char package[] =
	    "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";
	struct span octets;

	if (file->archive)
		file->macros =
		    file->macros || span_case_search(file->members,
					SPAN("vbaProject.bin")) != SIZE_MAX;
	if (strcmp(file->content_type, "application/x-mso") == 0)
		file->macros = true;
	if (strcmp(file->content_type, "text/xml") == 0)
		file->macros = content_xml_macros(
		    mime_part_octets(r->mime, part, SIZE_MAX));
	if (strcmp(file->content_type, "application/x-ole-storage") != 0)
		return;
	octets = mime_part_octets(r->mime, part, SIZE_MAX);
	file->macros =
	    span_search(octets, span_make(vba, sizeof(vba) - 1)) != SIZE_MAX;
	if (span_search(octets, span_make(package, sizeof(package) - 1)) !=
	    SIZE_MAX)
		file->encrypted = true;
}

/* Whether Word reads it by what it is called or declared to be, and its kin. */
static bool
content_is_office(const struct content_file *file)
{
	enum document_kind kind = document_kind_of_type(file->type);
	bool office = kind == DOCUMENT_OFFICE || kind == DOCUMENT_RTF;

	for (size_t i = 0; i < file->name_count; i++) {
		kind = document_kind_of_extension(file->name[i].extension);
		office =
		    office || kind == DOCUMENT_OFFICE || kind == DOCUMENT_RTF;
	}
	return office;
}

/*
 * A message with pages in it, which Word reads whatever it is called, also
 * behind a few lines of something else: from where its header begins. "": it is
 * none.
 */
static struct span
content_web_archive(
    const struct content_file *file, const struct filetype *type, struct span s)
{
	struct span head = span_slice(s, 0, WEB_ARCHIVE_HEAD), line;
	size_t at = span_case_search(head, SPAN("MIME-Version:"));

	if (at == SIZE_MAX || type->kind != FILETYPE_TEXT ||
	    !content_is_office(file))
		return SPAN("");
	head = span_trim(head);
	line = span_slice(head, 0, span_find(head, '\n'));
	if (span_find(line, ':') < span_find(line, ' '))
		at = (size_t)(head.p - s.p);
	return span_slice(s, at, s.n);
}

static bool
content_named_archive(const struct content_file *file)
{
	for (size_t i = 0; i < file->name_count; i++)
		if (filename_archive(file->name[i].extension))
			return true;
	return false;
}

/* ---- what a double click would do ---------------------------------------- */

/* Bits: a file is read in every way in which some program would read it. */
enum content_as {
	AS_PAGE = 1,
	AS_XML = 2, /* a page once prefixes of names are off */
	AS_TEXT = 4,
	AS_MESSAGE = 8,
	AS_SHORTCUT = 16, /* text, or XML, that says where to go */
	AS_SHEET = 32,    /* a table, with formulas */
};

static const struct content_word {
	const char *word;
	unsigned as;
} content_extensions[] = {
	{ "html", AS_PAGE },
	{ "htm", AS_PAGE },
	{ "shtml", AS_PAGE },
	{ "shtm", AS_PAGE },
	{ "xhtml", AS_PAGE | AS_XML },
	{ "xht", AS_PAGE | AS_XML },
	{ "hta", AS_PAGE },
	{ "xml", AS_XML },
	{ "xsl", AS_XML },
	{ "xslt", AS_XML },
	{ "eml", AS_MESSAGE },
	{ "mht", AS_MESSAGE },
	{ "mhtml", AS_MESSAGE },
	{ "nws", AS_MESSAGE },
	{ "vcf", AS_TEXT },
	{ "vcard", AS_TEXT },
	{ "txt", AS_TEXT },
	{ "text", AS_TEXT },
	{ "csv", AS_TEXT | AS_SHEET },
	{ "slk", AS_TEXT | AS_SHEET },
	{ "log", AS_TEXT },
	{ "md", AS_TEXT },
	{ "url", AS_TEXT | AS_SHORTCUT },
	{ "website", AS_TEXT | AS_SHORTCUT },
	{ "webloc", AS_TEXT | AS_SHORTCUT },
	{ "inetloc", AS_TEXT | AS_SHORTCUT },
	{ "fileloc", AS_TEXT | AS_SHORTCUT },
	{ "desktop", AS_TEXT | AS_SHORTCUT },
	{ "rdp", AS_TEXT | AS_SHORTCUT },
	{ "scf", AS_TEXT | AS_SHORTCUT },
	{ "theme", AS_TEXT | AS_SHORTCUT },
	{ "library-ms", AS_TEXT | AS_SHORTCUT },
	{ "search-ms", AS_TEXT | AS_SHORTCUT },
	{ "searchconnector-ms", AS_TEXT | AS_SHORTCUT },
	{ "lnk", AS_SHORTCUT },
}, content_types[] = {
	{ "text/html", AS_PAGE },
	{ "application/xhtml+xml", AS_PAGE | AS_XML },
	{ "text/xml", AS_XML },
	{ "application/xml", AS_XML },
	{ "multipart/related", AS_MESSAGE },
	{ "application/x-mimearchive", AS_MESSAGE },
};

static unsigned
content_as_word(struct span word, const struct content_word *row, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (span_is(word, row[i].word))
			return row[i].as;
	return 0;
}

bool
content_reads(struct span extension)
{
	return content_as_word(extension, content_extensions,
		   ARRAY_COUNT(content_extensions)) != 0;
}

static unsigned
content_as(const struct content_file *file, const struct filetype *type)
{
	unsigned as = content_as_word(
	    file->type, content_types, ARRAY_COUNT(content_types));

	for (size_t i = 0; i < file->name_count; i++)
		as |= content_as_word(file->name[i].extension,
		    content_extensions, ARRAY_COUNT(content_extensions));
	/* Documents are read elsewhere. */
	if (document_kind_of_type(span_of(type->type)) != DOCUMENT_KINDS)
		return as;
	if (type->kind == FILETYPE_HTML)
		as |= AS_PAGE | AS_XML;
	if (type->kind == FILETYPE_TEXT ||
	    span_starts(file->type, SPAN("text/")))
		as |= AS_TEXT;
	return as;
}

/* A message in a file: its parts count as the message's own. */
static void
content_open_message(struct content_reader *r, struct span octets)
{
	struct content_reader inner = *r;
	struct mime_limits limits = r->limits->mime;
	struct mime_message mime;
	struct header_list headers;
	unsigned anomalies = 0;
	struct span body;

	if (r->nested == CONTENT_NESTED_MAX) {
		r->out->mime.flags |= MIME_FLAG_DEPTH;
		return;
	}
	header_list_init(&headers, r->arena);
	header_split(octets, &headers, &body, &anomalies);
	if (headers.count == 0)
		return;
	limits.octets = r->mime->octets_left;
	mime_parse(&headers, body, &limits, r->arena, &mime);
	inner.mime = &mime;
	inner.gaps = (struct span){ 0 };
	inner.nested++;
	content_read_parts(&inner);
	r->mime->octets_left = mime.octets_left;
	r->out->mime.flags |= mime.flags;
}

static void
content_open_page(struct content_reader *r, struct span charset,
    struct span octets, unsigned as)
{
	struct span page = content_to_page(r, charset, octets, true);

	if (as & AS_XML)
		page = html_of_xml(page, r->arena);
	content_read_html(r, page, false);
}

/* S/MIME says what it holds by its content, whatever is declared. */
static bool
content_open_pkcs7(
    struct content_reader *r, struct content_file *file, struct span octets)
{
	struct span inside;

	switch (pkcs7_read(octets, r->arena, &inside)) {
	case PKCS7_NONE:
		return false;
	case PKCS7_ENCRYPTED:
		file->encrypted = r->out->encrypted = true;
		return true;
	case PKCS7_SIGNED:
		content_open_message(r, inside);
		return true;
	case PKCS7_OTHER:
		return true;
	}
	return false;
}

/* Takes the extension off that makes a program only of what is one. */
static void
content_drop_extension(
    struct content_file *file, const struct filetype *type, struct span head)
{
	bool known = type->kind != FILETYPE_OTHER || head.n == 0 ||
		     pkcs7_begins(head) ||
		     strcmp(type->type, "application/octet-stream") != 0;

	if (type->kind == FILETYPE_PROGRAM || !known)
		return;
	for (size_t i = 0; i < file->name_count; i++)
		if (filename_runs_by_content(file->name[i].extension))
			file->name[i].extension = SPAN("");
}

void
content_look_into(struct content_reader *r, struct content_file *file,
    const struct mime_part *part)
{
	struct span head = mime_part_octets(r->mime, part, FILETYPE_HEAD), web;
	struct filetype type = filetype_of(head);
	unsigned as;
	size_t mark;

	/* A page in UTF-16 shows what it is once it is read. */
	if (charset_of_mark(head, &mark).n > 0)
		type = filetype_of(content_to_text(r, SPAN(""), head));
	file->content_type = type.type;
	content_drop_extension(file, &type, head);
	/* Of a file that is cut nobody knows what it lacks. */
	if (file->cut &&
	    (type.kind == FILETYPE_ARCHIVE || content_named_archive(file)))
		file->archive_flags |= ARCHIVE_LIMIT;
	else if (type.kind == FILETYPE_ARCHIVE)
		content_list_archive(r, file, part, true);
	else if (content_named_archive(file))
		content_list_archive(r, file, part, false);
	content_look_into_office(r, file, part);
	as = content_as(file, &type);
	/* Of older Excel there are tables as text, whatever they are called. */
	if (span_starts(head, SPAN("ID;P")))
		as |= AS_SHEET;
	if ((as & AS_SHEET) != 0 && type.kind == FILETYPE_TEXT &&
	    content_sheet_runs(content_octets(r, part)))
		file->acts |= DOCUMENT_RUNS;
	if (part->text || type.kind == FILETYPE_ARCHIVE)
		return;
	if (pkcs7_begins(head) &&
	    content_open_pkcs7(
		r, file, mime_part_octets(r->mime, part, SIZE_MAX)))
		return;
	if (as & AS_SHORTCUT)
		content_read_shortcut(r, content_octets(r, part));
	if ((as & (AS_PAGE | AS_XML | AS_MESSAGE)) == 0 &&
	    ((as & AS_TEXT) == 0 || type.kind == FILETYPE_OTHER))
		return;
	head = content_octets(r, part);
	web = content_web_archive(file, &type, head);
	if (web.n > 0)
		content_open_message(r, web);
	if (as & AS_MESSAGE)
		content_open_message(r, head);
	else if (as & (AS_PAGE | AS_XML))
		content_open_page(r, part->charset, head, as);
	else
		content_read_links(r, content_to_text(r, part->charset, head));
}

/* Of the whole file or of nothing: part of it would be another file's. */
static struct span
content_digest(struct content_reader *r, const struct mime_part *part)
{
	unsigned before = r->mime->flags;
	struct span octets, digest;

	r->mime->flags &= ~(unsigned)MIME_FLAG_SIZE;
	octets = mime_part_octets(r->mime, part, SIZE_MAX);
	digest = (r->mime->flags & MIME_FLAG_SIZE) != 0
		     ? SPAN("")
		     : mime_sha256(octets, r->arena);
	r->mime->flags |= before;
	return digest;
}

/* Files that are found in it get places behind its own, which may move. */
void
content_add_file(struct content_reader *r, const struct mime_part *part)
{
	struct content *out = r->out;
	size_t number = out->file_count;
	struct content_file file = { .type = part->type,
		.content_type = "application/octet-stream",
		.encrypted = part->encrypted,
		.members = SPAN(""),
		.harmless = SPAN(""),
		.text = SPAN(""),
		.sha256 = SPAN(""),
		.size = mime_part_size(part),
		.cut = content_is_cut(r, part) };

	out->file = arena_grow(r->arena, out->file, &out->file_cap,
	    out->file_count + 1, sizeof(*out->file));
	r->file = out->file_count++;
	content_add_names(r, &file, part);
	if (out->file_count <= FILES_MAX && !content_is_full(r)) {
		content_look_into(r, &file, part);
		content_add_document(r, &file, number, part);
		if (r->limits->digests && !file.cut)
			file.sha256 = content_digest(r, part);
	}
	out->file[number] = file;
}
