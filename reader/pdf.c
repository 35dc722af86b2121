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

/*
 * The page on white paper, as grey. NULL: it cannot be drawn. The octets of
 * green become the grey where they lie.
 */
static uint8_t *
pdf_draw(PopplerPage *page, int width, int height, double scale)
{
	size_t stride =
	    (size_t)cairo_format_stride_for_width(CAIRO_FORMAT_RGB24, width);
	uint8_t *data = pdf_memory(stride * (size_t)height), *grey = data;
	cairo_surface_t *surface;
	cairo_t *cr;

	if (data == NULL)
		return NULL;
	surface = cairo_image_surface_create_for_data(
	    data, CAIRO_FORMAT_RGB24, width, height, (int)stride);
	cr = cairo_create(surface);
	cairo_set_source_rgb(cr, 1, 1, 1);
	cairo_paint(cr);
	cairo_scale(cr, scale, scale);
	poppler_page_render(page, cr);
	cairo_surface_flush(surface);
	cairo_destroy(cr);
	cairo_surface_destroy(surface);
	/* Green is in the middle whatever the order of octets. */
	for (size_t y = 0; y < (size_t)height; y++)
		for (size_t x = 0; x < (size_t)width; x++)
			*grey++ = data[y * stride + 4 * x + 1];
	return data;
}

static void
pdf_page_codes(struct document *d, PopplerPage *page)
{
	double width, height, scale = SCALE;
	uint8_t *grey;

	poppler_page_get_size(page, &width, &height);
	if (!(width >= 1) || !(height >= 1) || width > 1e6 || height > 1e6)
		return;
	if (width * scale > PIXELS_MAX)
		scale = PIXELS_MAX / width;
	if (height * scale > PIXELS_MAX)
		scale = PIXELS_MAX / height;
	width = width * scale + 1;
	height = height * scale + 1;
	grey = pdf_draw(page, (int)width, (int)height, scale);
	if (grey == NULL) {
		d->unseen = true;
		return;
	}
	code_read(d, grey, (unsigned)width, (unsigned)height);
	free(grey);
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

static void
pdf_pages(struct document *d, PopplerDocument *pdf)
{
	int pages = poppler_document_get_n_pages(pdf);

	if (pages > PAGES_MAX)
		d->unseen = true;
	for (int drawn = 0; drawn < 2; drawn++)
		for (int i = 0;
		     i < pages && i < (drawn ? DRAWN_MAX : PAGES_MAX); i++) {
			PopplerPage *page = poppler_document_get_page(pdf, i);

			if (page == NULL) {
				d->unseen = true;
				continue;
			}
			if (drawn) {
				pdf_page_codes(d, page);
			} else {
				pdf_page_links(d, page);
				pdf_page_text(d, page);
				pdf_page_files(d, page);
			}
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

/* The smallest file with a page and a letter on it makes poppler set itself up,
 * and what it finds fonts with. */
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
	PopplerPage *page;

	if (pdf != NULL && (page = poppler_document_get_page(pdf, 0)) != NULL) {
		free(pdf_draw(page, 9, 9, 1));
		g_free(poppler_page_get_text(page));
		g_object_unref(page);
	}
	if (pdf != NULL)
		g_object_unref(pdf);
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
