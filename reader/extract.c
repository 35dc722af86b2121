/*
 * One row for each kind of document: what reads it, our own code before other
 * people's, so that what this finds is said whatever that does.
 */
#include "config.h"

#include "reader/extract.h"

#include <errno.h>
#include <unistd.h>

#include "reader/code.h"
#include "reader/inside.h"
#include "reader/pdf.h"
#include "reader/picture.h"
#include "rules/base/utf8.h"
#include "rules/document/document.h"
#include "rules/document/document_answer.h"
#include "rules/text/decode.h"

#define UNPACKED_MAX ((size_t)16 << 20) /* octets of one document */
#define DEPTH_MAX    3                  /* documents inside of documents */
#define INSIDE_MAX   200 /* files inside of a document that are read */

struct extract {
	int fd;
	struct buf answer;
	struct buf text;
	bool said; /* some of it */
	size_t links, inside;
	unsigned depth;
	struct document d;
};

typedef void extract_read(struct document *d, struct span octets);

static const struct extract_row {
	extract_read *own, *other; /* NULL: none */
} extract_rows[] = {
	[DOCUMENT_PDF] = { document_pdf, pdf_read },
	[DOCUMENT_OFFICE] = { document_office, NULL },
	[DOCUMENT_RTF] = { document_rtf, NULL },
	[DOCUMENT_SVG] = { document_svg, NULL },
	[DOCUMENT_CALENDAR] = { document_calendar, NULL },
	[DOCUMENT_IMAGE] = { NULL, picture_read },
};
_Static_assert(ARRAY_COUNT(extract_rows) == DOCUMENT_KINDS, "a row per kind");

static void
extract_link(void *ctx, enum document_kind kind, struct span url)
{
	struct extract *e = ctx;

	if (e->links++ >= DOCUMENT_LINKS_MAX ||
	    !answer_add_link(&e->answer, kind, utf8_clean(url, e->d.arena)))
		e->d.unseen = true;
}

/* What has been found so far. */
static void
extract_flush(struct extract *e)
{
	struct span rest;

	if (e->text.n > 0 && e->said)
		(void)answer_add_text(&e->answer, SPAN("\n"));
	if (e->text.n > 0 && !answer_add_text(&e->answer, buf_span(&e->text)))
		e->d.unseen = true;
	e->said = e->said || e->text.n > 0;
	/* What was said counts for the bound of what can be. */
	e->text.max -= e->text.n;
	buf_clear(&e->text);
	for (rest = buf_span(&e->answer); rest.n > 0;) {
		ssize_t n = write(e->fd, rest.p, rest.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			_exit(1);
		rest = span_slice(rest, (size_t)n, rest.n);
	}
	e->answer.max -= e->answer.n;
	buf_clear(&e->answer);
}

/* A picture inside of a document. */
static void
extract_image(void *ctx, struct span octets)
{
	picture_read(&((struct extract *)ctx)->d, octets);
}

static void
extract_name(void *ctx, bool harmless, struct span name)
{
	struct extract *e = ctx;

	if (!answer_add_name(
		&e->answer, harmless, utf8_clean(name, e->d.arena)))
		e->d.unseen = true;
}

static void
extract_row_run(
    struct extract *e, const struct extract_row *row, struct span octets)
{
	if (row->own != NULL) {
		row->own(&e->d, octets);
		extract_flush(e);
	}
	if (row->other != NULL) {
		row->other(&e->d, octets);
		extract_flush(e);
	}
}

static void
extract_inner(void *ctx, enum document_kind kind, struct span octets)
{
	extract_row_run(ctx, &extract_rows[kind], octets);
}

/* A file inside of it. */
static void
extract_file(void *ctx, struct span name, struct span octets, bool cut)
{
	struct extract *e = ctx;
	struct inside in = { extract_name, extract_inner, e, &e->d };

	if (e->depth == DEPTH_MAX || e->inside == INSIDE_MAX) {
		e->d.unseen = true;
		octets = SPAN("");
	}
	e->depth++;
	e->inside += e->inside < INSIDE_MAX;
	inside_read(&in, name, octets, cut);
	e->depth--;
}

void
extract_begin(void)
{
	mime_charsets_load();
	pdf_begin();
	code_begin();
}

const char *
extract_words(void)
{
	return "office, rtf, svg, calendar" PDF_WORDS CODE_WORDS;
}

void
extract(enum document_kind kind, struct span octets, int answer)
{
	struct extract e = { .fd = answer,
		.d = { .arena = arena_new(),
		    .budget = UNPACKED_MAX,
		    .link = extract_link,
		    .image = extract_image,
		    .file = extract_file } };

	e.d.ctx = &e;
	e.d.text = &e.text;
	buf_init(&e.answer, DOCUMENT_ANSWER_MAX);
	buf_init(&e.text, DOCUMENT_TEXT_MAX - 64);
	extract_row_run(&e, &extract_rows[kind], octets);
	(void)answer_add_end(&e.answer, e.d.html,
	    (e.d.encrypted ? (unsigned)DOCUMENT_ENCRYPTED : 0) |
		(e.d.unseen ? (unsigned)DOCUMENT_UNSEEN : 0) |
		(e.d.unable ? (unsigned)DOCUMENT_UNABLE : 0) |
		(e.d.macros ? (unsigned)DOCUMENT_MACROS : 0),
	    e.d.acts);
	extract_flush(&e);
}
