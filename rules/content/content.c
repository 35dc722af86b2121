/*
 * What a message holds: walks the parts that mime_tree.c found and asks each
 * module for its share. It decides which parts are text, which are files and
 * which are both; how to read either is known elsewhere.
 */
#include "config.h"

#include "rules/content/content.h"

#include <string.h>

#include "rules/content/filename.h"
#include "rules/content/filetype.h"
#include "rules/text/decode.h"
#include "rules/text/rune.h"
#include "rules/base/utf8.h"

const struct content_limits content_limits_standard = {
	.mime = { .depth = 32, .parts = 500, .octets = (size_t)16 << 20 },
	.html = { .octets = (size_t)4 << 20,
	    .text = (size_t)1 << 20,
	    .links = 500,
	    .depth = 512 },
	.archive = { .entries = 1000,
	    .names = (size_t)256 << 10,
	    .unpacked = (uint64_t)32 << 20 },
	.text = (size_t)2 << 20,
	.links = 500,
};

#define FILES_MAX      200 /* whose octets are looked at */
#define TEXT_LINKS_MAX 100 /* of HTML's visible text */

struct content_reader {
	const struct content_limits *limits;
	struct content *out;
	struct arena *arena;
	struct buf plain, html, hidden;
};

/* ---- text ------------------------------------------------------------------ */

/* Appends one part's text as a paragraph of its own. */
static void
content_add_text(struct buf *out, struct span text)
{
	if (text.n == 0)
		return;
	if (out->n > 0)
		(void)buf_addc(out, '\n');
	if (text.n > out->max - out->n)
		out->over = true;
	(void)buf_add_some(out, utf8_cut(text, out->max - out->n));
}

/* The next c from at on, or the end. */
static size_t
content_next(struct span s, size_t at, char c)
{
	size_t n = span_find(span_slice(s, at, s.n), c);

	return n == SIZE_MAX ? s.n : at + n;
}

/* A copy without CR before LF and without what is not drawn. */
static struct span
content_clean_text(struct span s, struct arena *a)
{
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0, i = 0;
	/* The next CR and the next octet beyond ASCII, from i on. */
	size_t cr = content_next(s, 0, '\r'), wide = utf8_ascii_run(s, 0);

	while (i < s.n) {
		size_t end = cr < wide ? cr : wide;
		uint32_t rune;

		memcpy(p + n, s.p + i, end - i);
		n += end - i;
		i = end;
		if (i == s.n)
			break;
		if (i == cr) {
			if (i + 1 >= s.n || s.p[i + 1] != '\n')
				p[n++] = '\r';
			cr = content_next(s, ++i, '\r');
			continue;
		}
		end = i + utf8_next(s, i, &rune);
		if (!rune_invisible(rune) && !rune_bidi(rune)) {
			memcpy(p + n, s.p + i, end - i);
			n += end - i;
		}
		i = end;
		wide = i + utf8_ascii_run(s, i);
	}
	return span_make(p, n);
}

/* A part's octets as UTF-8. */
static struct span
content_decode(struct content_reader *r, const struct mime_part *part)
{
	struct span octets =
	    mime_part_octets(&r->out->mime, part, r->limits->text);
	struct buf text;
	struct span copy;

	if (octets.n >= r->limits->text)
		r->out->text_over = true;
	if (mime_is_utf8(part->charset, octets))
		return octets;
	buf_init(&text, octets.n * 4 + 4);
	(void)mime_to_utf8(&text, part->charset, octets);
	copy = arena_dup(r->arena, buf_span(&text));
	buf_free(&text);
	return copy;
}

static void
content_read_plain(struct content_reader *r, const struct mime_part *part)
{
	struct span text = content_decode(r, part);

	text = content_clean_text(text, r->arena);
	content_add_text(&r->plain, text);
	link_set_find(&r->out->links, text);
}

/* ---- HTML ------------------------------------------------------------------ */

static bool
content_is_link_text(const struct content *c, struct span url)
{
	for (size_t i = 0; i < c->links.count; i++)
		if (span_search(span_slice(c->links.link[i].text, 0, 1024),
			url) != SIZE_MAX)
			return true;
	return false;
}

/* URLs that stand in visible text without being the text of a link. */
static void
content_find_html_links(struct content_reader *r, struct span text)
{
	struct link_set found;

	link_set_init(&found, TEXT_LINKS_MAX, r->arena);
	link_set_find(&found, text);
	for (size_t i = 0; i < found.count; i++) {
		const struct link *l = &found.link[i];

		if (l->kind == LINK_TEXT &&
		    !content_is_link_text(r->out, l->url))
			link_set_add(&r->out->links, LINK_TEXT, l->url,
			    SPAN(""), SPAN(""));
	}
}

static void
content_read_html(struct content_reader *r, struct span html, bool shown)
{
	static const enum link_kind kind[] = { LINK_ANCHOR, LINK_IMAGE,
		LINK_ACTION, LINK_LOAD };
	struct html_page page;

	html_read(html, &r->limits->html, r->arena, &page);
	r->out->html_flags |= page.flags;
	r->out->remote_images += page.remote_images;
	for (size_t i = 0; i < page.link_count; i++)
		link_set_add(&r->out->links, kind[page.link[i].kind],
		    page.link[i].href, page.link[i].text, page.base);
	if (!shown)
		return;
	r->out->html = true;
	content_find_html_links(r, page.text);
	content_add_text(&r->html, page.text);
	content_add_text(&r->hidden, page.hidden);
}

/* ---- files ----------------------------------------------------------------- */

/* A name with a NUL reads differently in C: up to there. */
static void
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

static void
content_add_names(struct content_reader *r, struct content_file *file,
    const struct mime_part *part)
{
	file->name = arena_array(
	    r->arena, 2 * part->name_count + 1, sizeof(*file->name));
	for (size_t i = 0; i < part->name_count; i++)
		content_add_name(r, file, part->name[i]);
	for (size_t i = 1; i < file->name_count; i++)
		if (!span_eq(file->name[i].extension, file->name[0].extension))
			file->ambiguous = true;
}

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

/*
 * Lists a file that is an archive by its first octets or, where something
 * stands before these, by its name; the latter only when there are members.
 */
static void
content_list_archive(struct content_reader *r, struct content_file *file,
    const struct mime_part *part, bool sure)
{
	struct archive_list list;

	archive_list_members(mime_part_octets(&r->out->mime, part, SIZE_MAX),
	    &r->limits->archive, r->arena, &list);
	if (!sure && list.count == 0)
		return;
	file->archive = true;
	file->members = list.single ? content_single_names(r, file, list.names)
				    : list.names;
	file->archive_flags = list.flags;
	if ((list.flags & ARCHIVE_ENCRYPTED) != 0)
		file->encrypted = true;
}

/*
 * Office keeps VBA in a member vbaProject.bin, or in the older compound file
 * in a storage whose name stands in UTF-16 in its directory (MS-OVBA, 2.2.1);
 * there a document with a password is a stream of its own (MS-OFFCRYPTO).
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
		file->macros = span_case_search(file->members,
				   SPAN("vbaProject.bin")) != SIZE_MAX;
	if (strcmp(file->content_type, "application/x-ole-storage") != 0)
		return;
	octets = mime_part_octets(&r->out->mime, part, SIZE_MAX);
	file->macros =
	    span_search(octets, span_make(vba, sizeof(vba) - 1)) != SIZE_MAX;
	if (span_search(octets, span_make(package, sizeof(package) - 1)) !=
	    SIZE_MAX)
		file->encrypted = true;
}

static bool
content_named_archive(const struct content_file *file)
{
	for (size_t i = 0; i < file->name_count; i++)
		if (filename_archive(file->name[i].extension))
			return true;
	return false;
}

/* Looks into the file as far as its type asks for it. */
static void
content_look_into(struct content_reader *r, struct content_file *file,
    const struct mime_part *part)
{
	struct span head = mime_part_octets(&r->out->mime, part, FILETYPE_HEAD);
	struct filetype type = filetype_of(head);

	file->content_type = type.type;
	if (type.kind == FILETYPE_ARCHIVE)
		content_list_archive(r, file, part, true);
	else if (content_named_archive(file))
		content_list_archive(r, file, part, false);
	else if ((type.kind == FILETYPE_HTML || part->html) && !part->text)
		content_read_html(r, content_decode(r, part), false);
}

/* Of the whole file or of nothing: part of it would be another file's. */
static struct span
content_digest(struct content_reader *r, const struct mime_part *part)
{
	unsigned before = r->out->mime.flags;
	struct span octets, digest;

	r->out->mime.flags &= ~(unsigned)MIME_FLAG_SIZE;
	octets = mime_part_octets(&r->out->mime, part, SIZE_MAX);
	digest = (r->out->mime.flags & MIME_FLAG_SIZE) != 0
		     ? SPAN("")
		     : mime_sha256(octets, r->arena);
	r->out->mime.flags |= before;
	return digest;
}

static void
content_add_file(struct content_reader *r, const struct mime_part *part)
{
	struct content *out = r->out;
	struct content_file *file;

	out->file = arena_grow(r->arena, out->file, &out->file_cap,
	    out->file_count + 1, sizeof(*out->file));
	file = &out->file[out->file_count++];
	*file = (struct content_file){ .type = part->type,
		.content_type = "application/octet-stream",
		.encrypted = part->encrypted,
		.members = SPAN(""),
		.sha256 = SPAN(""),
		.size = mime_part_size(part) };
	content_add_names(r, file, part);
	if (out->file_count > FILES_MAX)
		return;
	content_look_into(r, file, part);
	content_look_into_office(r, file, part);
	if (r->limits->digests)
		file->sha256 = content_digest(r, part);
}

/* ---- all ------------------------------------------------------------------- */

static bool
content_is_file(const struct mime_part *part)
{
	return part->place == MIME_BODY &&
	       (!part->text || part->name_count > 0);
}

static struct span
content_finish_text(struct content_reader *r, struct buf *b)
{
	struct span text = arena_dup(r->arena, buf_span(b));

	if (b->over)
		r->out->text_over = true;
	buf_free(b);
	return text;
}

static void
content_join_texts(struct content_reader *r)
{
	struct content *out = r->out;
	struct buf all;

	out->plain = content_finish_text(r, &r->plain);
	out->html_text = content_finish_text(r, &r->html);
	out->hidden = content_finish_text(r, &r->hidden);
	if (out->plain.n == 0 || out->html_text.n == 0) {
		out->text = out->plain.n > 0 ? out->plain : out->html_text;
		return;
	}
	buf_init(&all, out->plain.n + out->html_text.n + 1);
	(void)buf_add(&all, out->plain);
	content_add_text(&all, out->html_text);
	out->text = content_finish_text(r, &all);
}

void
content_read(const struct header_list *headers, struct span body,
    const struct content_limits *limits, struct arena *a, struct content *out)
{
	struct content_reader r = { .limits = limits, .out = out, .arena = a };

	*out = (struct content){ .html = false };
	mime_parse(headers, body, &limits->mime, a, &out->mime);
	link_set_init(&out->links, limits->links, a);
	buf_init(&r.plain, limits->text);
	buf_init(&r.html, limits->text);
	buf_init(&r.hidden, limits->text);
	for (size_t i = 0; i < out->mime.count; i++) {
		const struct mime_part *part = &out->mime.part[i];

		out->encrypted = out->encrypted || part->encrypted;
		if (part->text && part->html)
			content_read_html(&r, content_decode(&r, part), true);
		else if (part->text)
			content_read_plain(&r, part);
		if (content_is_file(part))
			content_add_file(&r, part);
	}
	content_join_texts(&r);
}
