/*
 * The file becomes the one part of a message, which rules/content reads as it
 * reads any mail.
 */
#include "config.h"

#include "reader/inside.h"

#include <string.h>

#include "rules/base/utf8.h"
#include "rules/content/filename.h"

/* A header that says the name, whatever is in it (RFC 2231). */
static struct span
inside_header(struct span name, struct arena *a)
{
	struct buf out;
	struct span header;

	buf_init(&out, 4096 + 3 * name.n);
	(void)buf_addz(&out, "Content-Type: application/octet-stream\r\n");
	if (name.n > 0)
		(void)buf_addz(
		    &out, "Content-Disposition: attachment; filename*=utf-8''");
	for (size_t i = 0; i < name.n; i++)
		(void)buf_printf(&out, "%%%02X", (unsigned char)name.p[i]);
	(void)buf_addz(&out, name.n > 0 ? "\r\n\r\n" : "\r\n");
	header = arena_dup(a, buf_span(&out));
	buf_free(&out);
	return header;
}

/* What a program without a name would be called, for its octets tell. */
static const char *
inside_program(const char *type)
{
	static const struct {
		const char *type, *name;
	} row[] = {
		{ "application/x-dosexec", "unnamed.exe" },
		{ "application/x-ms-shortcut", "unnamed.lnk" },
		{ "application/vnd.ms-htmlhelp", "unnamed.chm" },
		{ "application/x-iso9660-image", "unnamed.iso" },
		{ "text/x-msdos-batch", "unnamed.bat" },
	};

	for (size_t i = 0; i < ARRAY_COUNT(row); i++)
		if (strcmp(type, row[i].type) == 0)
			return row[i].name;
	return NULL;
}

static void
inside_names(const struct inside *in, const struct content_file *file)
{
	struct span rest = file->members, line;
	const char *program = inside_program(file->content_type);

	/* A name whose end says nothing is one that content has found to be
	 * no program. */
	for (size_t i = 0; i < file->name_count; i++)
		in->name(in->ctx, file->name[i].extension.n == 0,
		    file->name[i].clean);
	if (file->name_count == 0 && program != NULL)
		in->name(in->ctx, false, span_of(program));
	while (span_cut(&rest, '\n', &line))
		if (line.n > 0)
			in->name(in->ctx,
			    file->harmless_alone ||
				span_has_line(file->harmless, line),
			    line);
}

static void
inside_found(const struct inside *in, const struct content *c)
{
	struct document *d = in->d;

	for (size_t i = 0; i < c->links.count; i++)
		d->link(d->ctx, DOCUMENT_OFFICE, c->links.link[i].url);
	for (size_t i = 0; i < c->file_count; i++) {
		const struct content_file *file = &c->file[i];

		inside_names(in, file);
		d->encrypted = d->encrypted || file->encrypted;
		d->macros = d->macros || file->macros;
		d->unseen = d->unseen || (file->archive_flags &
					     (ARCHIVE_LIMIT | ARCHIVE_BROKEN |
						 ARCHIVE_NAMELESS)) != 0;
	}
	d->html |= c->html_flags;
	d->encrypted = d->encrypted || c->encrypted;
	d->unseen = d->unseen || c->document_unseen || c->links.over ||
		    c->text_over || (c->mime.flags & MIME_FLAGS_UNSEEN) != 0;
	for (size_t i = 0; i < c->document_count; i++)
		in->document(
		    in->ctx, c->document[i].kind, c->document[i].octets);
}

void
inside_read(
    const struct inside *in, struct span name, struct span octets, bool cut)
{
	struct arena *a = in->d->arena;
	struct header_list headers;
	struct content c;
	struct span body;
	unsigned anomalies = 0;

	header_list_init(&headers, a);
	header_split(inside_header(name, a), &headers, &body, &anomalies);
	content_read(&headers, octets, &content_limits_standard, a, &c);
	in->d->unseen = in->d->unseen || cut;
	inside_found(in, &c);
}
