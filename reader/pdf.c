#include "config.h"

#include "reader/pdf.h"

#include "rules/base/utf8.h"
#include "rules/document/document.h"

#ifdef HAVE_POPPLER
#include <cairo.h>
#include <poppler.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "reader/code.h"

#define PAGES_MAX  50
#define PAGE_LINKS 500
#define FILES_MAX  50
#define DRAWN_MAX  2    /* pages that are drawn */
#define SCALE      1.5  /* pixels a point: codes of an inch can be read */
#define PIXELS_MAX 2000 /* on a side */
#define HUGE_PAGE  ((size_t)2 << 20)

/* ---- links and text --------------------------------------------------------- */

static void
pdf_action(struct document *d, const PopplerAction *action)
{
	const char *to = NULL;

	if (action->type == POPPLER_ACTION_URI)
		to = action->uri.uri;
	else if (action->type == POPPLER_ACTION_LAUNCH)
		to = action->launch.file_name;
	else if (action->type == POPPLER_ACTION_GOTO_REMOTE)
		to = action->goto_remote.file_name;
	if (to != NULL)
		d->link(d->ctx, DOCUMENT_PDF, arena_dup(d->arena, span_of(to)));
}

static void
pdf_page_links(struct document *d, PopplerPage *page)
{
	GList *all = poppler_page_get_link_mapping(page);
	size_t count = 0;

	for (const GList *l = all; l != NULL; l = l->next) {
		const PopplerLinkMapping *m = l->data;

		if (count++ == PAGE_LINKS) {
			d->unseen = true;
			break;
		}
		if (m->action != NULL)
			pdf_action(d, m->action);
	}
	poppler_page_free_link_mapping(all);
}

static void
pdf_page_text(struct document *d, PopplerPage *page)
{
	char *text = poppler_page_get_text(page);

	if (text == NULL)
		return;
	document_say(d, span_trim(utf8_clean(
			    arena_dup(d->arena, span_of(text)), d->arena)));
	g_free(text);
}

/* ---- codes ------------------------------------------------------------------- */

/* In few large pages, where the system has them: touching a small one for the
 * first time costs as much as drawing on it. */
static void *
pdf_memory(size_t size)
{
	void *p = NULL;

	size = (size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
	p = aligned_alloc(HUGE_PAGE, size);
#ifdef MADV_HUGEPAGE
	if (p != NULL)
		(void)madvise(p, size, MADV_HUGEPAGE);
#endif
	return p;
}

/* A page that was drawn; pixels of four octets, or of one that is grey. */
struct sheet {
	uint8_t *p; /* NULL: it was not */
	int width, height;
};

/* On white paper. poppler keeps the text of what it draws. */
static void
sheet_draw(struct sheet *s, PopplerPage *page, double scale)
{
	size_t size = 4 * (size_t)s->width * (size_t)s->height;
	cairo_surface_t *surface;
	cairo_t *cr;

	s->p = pdf_memory(size);
	if (s->p == NULL)
		return;
	memset(s->p, 0xff, size);
	surface = cairo_image_surface_create_for_data(
	    s->p, CAIRO_FORMAT_RGB24, s->width, s->height, 4 * s->width);
	cr = cairo_create(surface);
	cairo_scale(cr, scale, scale);
	poppler_page_render(page, cr);
	cairo_surface_flush(surface);
	cairo_destroy(cr);
	cairo_surface_destroy(surface);
}

/* Green is taken for grey, for it is in the middle whatever the order of
 * octets, and becomes that where it lies. Sixteen pixels at once are what a
 * compiler has instructions for. */
static void
sheet_grey(struct sheet *s)
{
	size_t pixels = (size_t)s->width * (size_t)s->height, i = 0;

	for (; i + 16 <= pixels; i += 16) {
		uint32_t from[16];
		uint8_t to[16];

		memcpy(from, s->p + 4 * i, sizeof(from));
		for (size_t k = 0; k < 16; k++)
			to[k] = (uint8_t)(from[k] >> 8);
		memcpy(s->p + i, to, sizeof(to));
	}
	for (; i < pixels; i++)
		s->p[i] = s->p[4 * i + 1];
}

static void
pdf_page_draw(struct document *d, PopplerPage *page, struct sheet *s)
{
	double width, height, scale = SCALE;

	s->p = NULL;
	poppler_page_get_size(page, &width, &height);
	if (!(width >= 1) || !(height >= 1) || width > 1e6 || height > 1e6)
		return;
	if (width * scale > PIXELS_MAX)
		scale = PIXELS_MAX / width;
	if (height * scale > PIXELS_MAX)
		scale = PIXELS_MAX / height;
	s->width = (int)(width * scale + 1);
	s->height = (int)(height * scale + 1);
	sheet_draw(s, page, scale);
	if (s->p == NULL)
		d->unseen = true;
}

static void
pdf_page_codes(struct document *d, struct sheet *s)
{
	if (s->p == NULL)
		return;
	sheet_grey(s);
	code_read(d, s->p, (unsigned)s->width, (unsigned)s->height);
	free(s->p);
}

/* ---- files ------------------------------------------------------------------- */

static gboolean
pdf_file_add(const gchar *octets, gsize n, gpointer data, GError **error)
{
	struct buf *out = data;

	(void)error;
	return buf_add(out, span_make(octets, n));
}

static void
pdf_file(struct document *d, PopplerAttachment *file)
{
	struct span name = span_of(file->name), octets;
	struct buf out;
	bool whole;

	buf_init(&out, d->budget);
	whole =
	    poppler_attachment_save_to_callback(file, pdf_file_add, &out, NULL);
	octets = arena_dup(d->arena, buf_span(&out));
	d->budget -= octets.n;
	d->file(d->ctx, utf8_clean(arena_dup(d->arena, name), d->arena), octets,
	    out.over || !whole);
	buf_free(&out);
}

/* What is attached to it, which readers open with a double click. */
static void
pdf_files(struct document *d, PopplerDocument *pdf)
{
	GList *all = poppler_document_get_attachments(pdf);
	size_t count = 0;

	for (const GList *l = all; l != NULL; l = l->next) {
		if (count++ == FILES_MAX || d->file == NULL) {
			d->unseen = true;
			break;
		}
		pdf_file(d, l->data);
	}
	g_list_free_full(all, g_object_unref);
}

/* What is pinned to a page, which no list of the whole has to name. */
static void
pdf_page_files(struct document *d, PopplerPage *page)
{
	GList *all = poppler_page_get_annot_mapping(page);
	size_t count = 0;

	for (const GList *l = all; l != NULL; l = l->next) {
		PopplerAnnot *note = ((PopplerAnnotMapping *)l->data)->annot;
		PopplerAttachment *file;

		if (!POPPLER_IS_ANNOT_FILE_ATTACHMENT(note))
			continue;
		file = poppler_annot_file_attachment_get_attachment(
		    POPPLER_ANNOT_FILE_ATTACHMENT(note));
		if (file == NULL || count++ == FILES_MAX || d->file == NULL) {
			d->unseen = true;
			break;
		}
		pdf_file(d, file);
		g_object_unref(file);
	}
	poppler_page_free_annot_mapping(all);
}

/* ---- all ---------------------------------------------------------------------- */

/* Text comes behind the drawing, which has it: the page is gone through once.
 */
static void
pdf_page(struct document *d, PopplerPage *page, bool drawn)
{
	struct sheet sheet = { .p = NULL };

	pdf_page_links(d, page);
	if (drawn)
		pdf_page_draw(d, page, &sheet);
	pdf_page_text(d, page);
	pdf_page_files(d, page);
	pdf_page_codes(d, &sheet);
}

static void
pdf_pages(struct document *d, PopplerDocument *pdf)
{
	int pages = poppler_document_get_n_pages(pdf);

	if (pages > PAGES_MAX)
		d->unseen = true;
	for (int i = 0; i < pages && i < PAGES_MAX; i++) {
		PopplerPage *page = poppler_document_get_page(pdf, i);

		if (page == NULL) {
			d->unseen = true;
			continue;
		}
		pdf_page(d, page, i < DRAWN_MAX);
		g_object_unref(page);
	}
}

void
pdf_read(struct document *d, struct span octets)
{
	GBytes *bytes = g_bytes_new_static(octets.p, octets.n);
	GError *error = NULL;
	PopplerDocument *pdf =
	    poppler_document_new_from_bytes(bytes, NULL, &error);

	if (pdf != NULL) {
		pdf_pages(d, pdf);
		pdf_files(d, pdf);
		if (poppler_document_has_javascript(pdf))
			d->acts |= DOCUMENT_SCRIPT;
		g_object_unref(pdf);
	} else if (d->keyed || g_error_matches(error, POPPLER_ERROR,
				   POPPLER_ERROR_ENCRYPTED)) {
		d->encrypted = d->unseen = true;
	} else if (span_search(span_slice(octets, 0, 1024), SPAN("%PDF")) !=
		   SIZE_MAX) {
		d->unseen = true;
	}
	g_clear_error(&error);
	g_bytes_unref(bytes);
}

/*
 * The smallest file with a page and a letter on it makes poppler set itself up,
 * and what it finds fonts with. It stays open: poppler's tables, of the names of
 * 4,000 characters and others, are there as long as any document is, and a copy
 * of this process would make its own.
 */
void
pdf_begin(void)
{
	static const char file[] =
	    "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
	    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
	    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R"
	    "/Resources<</Font<</F1<</Type/Font/Subtype/Type1"
	    "/BaseFont/Helvetica>>>>>>>>endobj\n"
	    "4 0 obj<</Length 24>>stream\nBT /F1 9 Tf (a) Tj ET    \n"
	    "endstream endobj\n"
	    "trailer<</Root 1 0 R/Size 5>>\n%%EOF\n";
	GBytes *bytes = g_bytes_new_static(file, sizeof(file) - 1);
	PopplerDocument *pdf =
	    poppler_document_new_from_bytes(bytes, NULL, NULL);
	struct sheet sheet = { .width = 9, .height = 9 };
	PopplerPage *page;

	if (pdf != NULL && (page = poppler_document_get_page(pdf, 0)) != NULL) {
		sheet_draw(&sheet, page, 1);
		free(sheet.p);
		g_free(poppler_page_get_text(page));
		g_object_unref(page);
	}
	g_bytes_unref(bytes);
}
#else
void
pdf_begin(void)
{
}

/* Without it, text is not read, and what its links are is known by
 * document_pdf alone. */
void
pdf_read(struct document *d, struct span octets)
{
	(void)octets;
	d->unable = true;
	if (d->keyed)
		d->encrypted = d->unseen = true;
}
#endif
