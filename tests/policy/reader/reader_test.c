/*
 * The helper asked as the daemon asks it: what it finds in each kind of
 * document, and how it ends when a document takes it over.
 */
#include "config.h"

#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#ifdef HAVE_QR
#include <turbojpeg.h>
#include <webp/encode.h>
#endif

#include "policy/base/clock.h"
#include "policy/reader/reader.h"
#include "rules/document/document_answer.h"
#include "rules/html/html.h"
#include "tests/kit/compound_kit.h"
#include "tests/kit/document_kit.h"
#include "tests/kit/table.h"

#define HELPER    BUILDDIR "/verdict-reader"
#define MISBEHAVE BUILDDIR "/tests/reader/misbehave"
#define WAIT_MS   60000

static const struct reader_limits usual = { .at_once = 2,
	.cpu_s = 20,
	.wall_ms = 60000,
	.memory = (uint64_t)256 << 20 };

struct told {
	struct arena *arena;
	struct document_answer answer;
	const char *problem;
	bool whole;
};

static int64_t
now_ms(void)
{
	return clock_system.monotonic_ms(NULL);
}

/* One document, waited for. */
static void
ask(struct reader *r, enum document_kind kind, struct span octets,
    const struct reader_limits *limits, struct told *out)
{
	struct reader_job job = {
		.kind = kind, .octets = octets, .limits = *limits
	};

	out->arena = arena_new();
	job.waits = waits_new(out->arena);
	waits_open(job.waits);
	reader_ask(r, &job);
	while (!reader_done(r, &job))
		if (!waits_join(job.waits, now_ms() + WAIT_MS))
			fail_msg("nothing came");
	out->problem = job.problem;
	out->whole =
	    answer_read(buf_span(&job.answer), out->arena, &out->answer);
	reader_drop(r, &job);
	waits_shut(job.waits);
	waits_free(&job.waits);
}

/* "kind url" of each link, with "|" between. */
static const char *
links(const struct told *t)
{
	const char *text = "";

	for (size_t i = 0; i < t->answer.link_count; i++)
		text = arena_printf(t->arena, "%s%s%s %.*s", text,
		    i > 0 ? "|" : "",
		    document_kind_names[t->answer.link[i].kind],
		    SPAN_FMT(t->answer.link[i].url));
	return text;
}

/* ---- what is found ------------------------------------------------------------ */

#define CODE "https://qr.example/a"

static struct span
make_png(struct arena *a)
{
	struct kit_picture g = kit_code_picture(CODE, 4, a);

	return kit_png(&g, a);
}

static struct span
make_inverted(struct arena *a)
{
	struct kit_picture g = kit_code_picture(CODE, 4, a);

	for (size_t i = 0; i < g.width * g.height; i++)
		g.p[i] = (unsigned char)(255 - g.p[i]);
	return kit_png(&g, a);
}

static struct span
make_large(struct arena *a)
{
	struct kit_picture g = kit_code_picture(CODE, 100, a);

	return kit_png(&g, a);
}

static struct span
make_address(struct arena *a)
{
	struct kit_picture g = kit_code_picture("BITCOIN:1abc", 4, a);

	return kit_png(&g, a);
}

static struct span
make_blank(struct arena *a)
{
	struct kit_picture g = kit_code_picture(CODE, 4, a);

	memset(g.p, 255, g.width * g.height);
	return kit_png(&g, a);
}

static struct span
make_broken(struct arena *a)
{
	return span_slice(make_png(a), 0, 60);
}

static struct span
make_gif(struct arena *a)
{
	struct kit_picture g = kit_code_picture(CODE, 4, a);

	return kit_gif(&g, a);
}

/* Each frame has half of it, and lets the other shine through. */
static struct span
make_gif_halves(struct arena *a)
{
	struct kit_picture g = kit_code_picture(CODE, 4, a);

	return kit_gif_halves(&g, a);
}

/* Whose second frame is larger than anybody decodes. */
static struct span
make_gif_huge(struct arena *a)
{
	struct span gif = make_gif(a);
	char *p = arena_octets(a, gif.n);

	memcpy(p, gif.p, gif.n);
	for (size_t i = gif.n; i-- > 9;)
		if (memcmp(p + i - 9, ",\0\0\0\0", 5) == 0) {
			p[i - 3] = p[i - 1] = (char)0xff;
			break;
		}
	return span_make(p, gif.n);
}

/* With frames that only browsers show. */
static struct span
make_png_moving(struct arena *a)
{
	struct span png = make_png(a);
	struct buf out;

	buf_init(&out, 1 << 20);
	(void)buf_add(&out, span_slice(png, 0, 33));
	(void)buf_add(&out, SPAN("\0\0\0\10acTL\0\0\0\1\0\0\0\0\0\0\0\0"));
	(void)buf_add(&out, span_slice(png, 33, png.n));
	png = arena_dup(a, buf_span(&out));
	buf_free(&out);
	return png;
}

static struct span
make_jpeg(struct arena *a)
{
	struct span out = SPAN("");
#ifdef HAVE_QR
	struct kit_picture g = kit_code_picture(CODE, 4, a);
	tjhandle handle = tjInitCompress();
	unsigned char *p = NULL;
	unsigned long n = 0;

	assert_int_equal(
	    tjCompress2(handle, g.p, (int)g.width, 0, (int)g.height, TJPF_GRAY,
		&p, &n, TJSAMP_GRAY, 80, 0),
	    0);
	out = arena_dup(a, span_make((const char *)p, n));
	tjFree(p);
	(void)tjDestroy(handle);
#endif
	return out;
}

static struct span
make_webp(struct arena *a)
{
	struct span out = SPAN("");
#ifdef HAVE_QR
	struct kit_picture g = kit_code_picture(CODE, 4, a);
	uint8_t *rgb = arena_alloc(a, 3 * g.width * g.height), *p = NULL;
	size_t n;

	for (size_t i = 0; i < 3 * g.width * g.height; i++)
		rgb[i] = g.p[i / 3];
	n = WebPEncodeLosslessRGB(
	    rgb, (int)g.width, (int)g.height, 3 * (int)g.width, &p);
	assert_true(n > 0);
	out = arena_dup(a, span_make((const char *)p, n));
	WebPFree(p);
#endif
	return out;
}

static struct span
make_bmp24(struct arena *a)
{
	struct kit_picture g = kit_code_picture(CODE, 4, a);

	return kit_bmp(&g, 24, a);
}

static struct span
make_bmp1(struct arena *a)
{
	struct kit_picture g = kit_code_picture(CODE, 4, a);

	return kit_bmp(&g, 1, a);
}

static struct span
make_bmp_cut(struct arena *a)
{
	return span_slice(make_bmp24(a), 0, 100);
}

static struct span
make_tiff(struct arena *a)
{
	struct kit_picture g = kit_code_picture(CODE, 4, a);

	return kit_tiff(&g, a);
}

/* Without its end, where its first page is told. */
static struct span
make_tiff_cut(struct arena *a)
{
	return span_slice(make_tiff(a), 0, 200);
}

/* As telephones name their photographs. */
static struct span
make_heic(struct arena *a)
{
	(void)a;
	return SPAN("\0\0\0\x18"
		    "ftypheic\0\0\0\0mif1heic");
}

static struct span
make_pdf(struct arena *a)
{
	return kit_pdf("Please sign here", "http://a.example/", NULL, a);
}

/* With a file in it, and one that is pinned to its page. */
static struct span
make_pdf_files(struct arena *a)
{
	(void)a;
	return SPAN("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/Names<<"
		    "/EmbeddedFiles<</Names[(a)5 0 R]>>>>>>endobj\n"
		    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
		    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]"
		    "/Annots[4 0 R]>>endobj\n"
		    "4 0 obj<</Type/Annot/Subtype/FileAttachment/Rect[0 0 9 9]"
		    "/FS 7 0 R>>endobj\n"
		    "5 0 obj<</Type/Filespec/F(a.js)/EF<</F 6 0 R>>>>endobj\n"
		    "6 0 obj<</Type/EmbeddedFile/Length 3>>stream\nabc\n"
		    "endstream endobj\n"
		    "7 0 obj<</Type/Filespec/F(b.url)/EF<</F 8 0 R>>>>endobj\n"
		    "8 0 obj<</Type/EmbeddedFile/Length 42>>stream\n"
		    "[InternetShortcut]\nURL=http://a.example/\n\n\n"
		    "endstream endobj\n"
		    "trailer<</Root 1 0 R/Size 9>>\n%%EOF\n");
}

/* A note of which the page itself does not tell. */
static struct span
make_pdf_note(struct arena *a)
{
	(void)a;
	return SPAN("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
		    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
		    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]"
		    "/Annots[4 0 R]>>endobj\n"
		    "4 0 obj<</Type/Annot/Subtype/FreeText/Rect[0 0 99 20]"
		    "/DA(/F 9 Tf)/AP<</N 5 0 R>>>>endobj\n"
		    "5 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 99 20]"
		    "/Resources<</Font<</F 6 0 R>>>>/Length 42>>stream\n"
		    "BT /F 9 Tf 2 2 Td (Call us today) Tj ET   \n"
		    "endstream endobj\n"
		    "6 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
		    "endobj\ntrailer<</Root 1 0 R/Size 7>>\n%%EOF\n");
}

static struct span
make_pdf_code(struct arena *a)
{
	return kit_pdf("Scan me", NULL, CODE, a);
}

static struct span
make_docx(struct arena *a)
{
	struct kit_member member[] = {
		{ "word/document.xml", SPAN_INIT("<w:t>Pay now</w:t>") },
		{ "word/_rels/document.xml.rels",
		    SPAN_INIT("<R Target=\"http://b.example/\"/>") },
		{ "word/media/image1.png", make_png(a) },
	};

	return kit_zip(member, ARRAY_COUNT(member), a);
}

/* Of UTF-16, which takes tables that nobody can load behind the walls. */
static struct span
make_docx_wide(struct arena *a)
{
	struct kit_member member[] = {
		{ "word/_rels/document.xml.rels",
		    kit_wide("\xef\xbb\xbf<?xml version='1.0'?>"
			     "<R Target='http://h.example/'/>",
			a) },
	};

	return kit_zip(member, ARRAY_COUNT(member), a);
}

/* A message with a document, an archive and a message attached. */
static struct span
make_msg(struct arena *a)
{
	struct kit_member zipped[] = {
		{ "tool.exe", SPAN_INIT("MZ") },
		{ "shop.example.com", make_blank(a) },
		{ "x.html", SPAN_INIT("<a href=http://i.example/>x</a>") },
	};
	struct kit_entry entry[] = {
		{ "__properties_version1.0", 0, SPAN_INIT("x") },
		{ "__attach_version1.0_#00000000", 0, { NULL, 0 } },
		{ "__substg1.0_3707001E", 2, SPAN_INIT("a.docx") },
		{ "__substg1.0_37010102", 2, make_docx(a) },
		{ "__attach_version1.0_#00000001", 0, { NULL, 0 } },
		{ "__substg1.0_3707001E", 5, SPAN_INIT("b.bin") },
		{ "__substg1.0_37010102", 5,
		    kit_zip(zipped, ARRAY_COUNT(zipped), a) },
		{ "__attach_version1.0_#00000002", 0, { NULL, 0 } },
		{ "__substg1.0_3707001E", 8, SPAN_INIT("c.eml") },
		{ "__substg1.0_37010102", 8,
		    SPAN_INIT("Content-Type: application/x; name=d.scr\n\nx") },
	};

	return kit_compound(entry, ARRAY_COUNT(entry), 4096, a);
}

static struct span
make_odt(struct arena *a)
{
	struct kit_member member[] = {
		{ "content.xml",
		    SPAN_INIT("<text:a xlink:href=\"http://c.example/\">go"
			      "</text:a>") },
	};

	return kit_zip(member, ARRAY_COUNT(member), a);
}

static struct span
make_rtf(struct arena *a)
{
	(void)a;
	return SPAN("{\\rtf1{\\fonttbl x}{\\field{\\*\\fldinst HYPERLINK "
		    "\"http://d.example/\"}{\\fldrslt Open}} now}");
}

static struct span
make_svg(struct arena *a)
{
	(void)a;
	return SPAN("<?xml version='1.0'?><svg xmlns:x='u'><script>y()"
		    "</script><x:a x:href='http://e.example/'>tap</x:a></svg>");
}

static struct span
make_calendar(struct arena *a)
{
	(void)a;
	return SPAN("BEGIN:VCALENDAR\r\nSUMMARY:Team\\, meeting\r\n"
		    "DESCRIPTION:join http://f.exa\r\n mple/ now\r\n"
		    "URL:http://g.example/\r\nEND:VCALENDAR\r\n");
}

#define NEEDS_QR      1
#define NEEDS_POPPLER 2

/* The text, and behind it the names of files inside, harmless ones in
 * parentheses. */
static const char *
said(struct told *t)
{
	struct span rest = t->answer.names, name, harmless, line;
	const char *text = arena_strdup(t->arena, t->answer.text);

	while (rest.n > 0 && span_cut(&rest, '\n', &name)) {
		bool good = false;

		harmless = t->answer.harmless;
		while (span_cut(&harmless, '\n', &line))
			good = good || span_eq(line, name);
		text = arena_printf(t->arena, good ? "%s (%.*s)" : "%s %.*s",
		    text, SPAN_FMT(name));
	}
	return text;
}

static void
test_found(void **state)
{
	static const struct {
		const char *label;
		enum document_kind kind;
		struct span (*make)(struct arena *a);
		const char *links, *text;
		unsigned marks, html, needs;
	} row[] = {
		{ "a code in a PNG", DOCUMENT_IMAGE, make_png, "qr " CODE, CODE,
		    0, 0, NEEDS_QR },
		{ "white on black", DOCUMENT_IMAGE, make_inverted, "qr " CODE,
		    CODE, 0, 0, NEEDS_QR },
		{ "a large one", DOCUMENT_IMAGE, make_large, "qr " CODE, CODE,
		    0, 0, NEEDS_QR },
		{ "a code that is no link", DOCUMENT_IMAGE, make_address,
		    "qr BITCOIN:1abc", "BITCOIN:1abc", 0, 0, NEEDS_QR },
		{ "no code", DOCUMENT_IMAGE, make_blank, "", "", 0, 0,
		    NEEDS_QR },
		{ "a picture that is cut", DOCUMENT_IMAGE, make_broken, "", "",
		    DOCUMENT_UNSEEN, 0, NEEDS_QR },
		{ "in the second frame of a GIF", DOCUMENT_IMAGE, make_gif,
		    "qr " CODE, CODE, 0, 0, NEEDS_QR },
		{ "in two frames of a GIF", DOCUMENT_IMAGE, make_gif_halves,
		    "qr " CODE, CODE, 0, 0, NEEDS_QR },
		{ "a second frame that nobody decodes", DOCUMENT_IMAGE,
		    make_gif_huge, "", "", DOCUMENT_UNSEEN, 0, NEEDS_QR },
		{ "frames that browsers show", DOCUMENT_IMAGE, make_png_moving,
		    "qr " CODE, CODE, DOCUMENT_UNABLE, 0, NEEDS_QR },
		{ "in a JPEG", DOCUMENT_IMAGE, make_jpeg, "qr " CODE, CODE, 0,
		    0, NEEDS_QR },
		{ "in WebP", DOCUMENT_IMAGE, make_webp, "qr " CODE, CODE, 0, 0,
		    NEEDS_QR },
		{ "in a bitmap", DOCUMENT_IMAGE, make_bmp24, "qr " CODE, CODE,
		    0, 0, NEEDS_QR },
		{ "in a bitmap of one bit", DOCUMENT_IMAGE, make_bmp1,
		    "qr " CODE, CODE, 0, 0, NEEDS_QR },
		{ "a bitmap that is cut", DOCUMENT_IMAGE, make_bmp_cut, "", "",
		    DOCUMENT_UNSEEN, 0, NEEDS_QR },
		{ "on the second page of a TIFF", DOCUMENT_IMAGE, make_tiff,
		    "qr " CODE, CODE, 0, 0, NEEDS_QR },
		{ "a TIFF that is cut", DOCUMENT_IMAGE, make_tiff_cut, "", "",
		    DOCUMENT_UNSEEN, 0, NEEDS_QR },
		{ "a picture that nobody here decodes", DOCUMENT_IMAGE,
		    make_heic, "", "", DOCUMENT_UNABLE, 0, 0 },
		{ "what is no picture", DOCUMENT_IMAGE, make_pdf, "", "", 0, 0,
		    NEEDS_QR },
		{ "a PDF", DOCUMENT_PDF, make_pdf,
		    "pdf http://a.example/|pdf http://a.example/",
		    "Please sign here", 0, 0, NEEDS_POPPLER },
		{ "files in a PDF and on its page", DOCUMENT_PDF,
		    make_pdf_files, "office http://a.example/", " b.url a.js",
		    0, 0, NEEDS_POPPLER },
		{ "a note on a page of a PDF", DOCUMENT_PDF, make_pdf_note, "",
		    "Call us today", 0, 0, NEEDS_POPPLER },
		{ "a code drawn in a PDF", DOCUMENT_PDF, make_pdf_code,
		    "qr " CODE, "Scan me\n" CODE, 0, 0,
		    NEEDS_QR | NEEDS_POPPLER },
		{ "Office, whose picture is a document of its own",
		    DOCUMENT_OFFICE, make_docx, "office http://b.example/",
		    "Pay now", 0, 0, 0 },
		{ "OpenDocument", DOCUMENT_OFFICE, make_odt,
		    "office http://c.example/", "go", 0, 0, 0 },
		{ "Office in UTF-16", DOCUMENT_OFFICE, make_docx_wide,
		    "office http://h.example/", "", 0, 0, 0 },
		{ "files of a message of Outlook", DOCUMENT_OFFICE, make_msg,
		    "qr " CODE "|office http://b.example/|"
		    "office http://i.example/",
		    CODE
		    "\nPay now"
		    " a.docx word/document.xml word/_rels/document.xml.rels "
		    "word/media/image1.png b.bin tool.exe (shop.example.com) x.html c.eml "
		    "d.scr",
		    0, 0, NEEDS_QR },
		{ "RTF", DOCUMENT_RTF, make_rtf,
		    "rtf http://d.example/|rtf http://d.example/", "Open now",
		    0, 0, 0 },
		{ "SVG", DOCUMENT_SVG, make_svg, "svg http://e.example/", "tap",
		    0, HTML_SCRIPT, 0 },
		{ "a calendar", DOCUMENT_CALENDAR, make_calendar,
		    "calendar http://f.example/|calendar http://g.example/|"
		    "calendar http://g.example/",
		    "Team, meeting\njoin http://f.example/ now", 0, 0, 0 },
		{ "an empty document", DOCUMENT_OFFICE, NULL, "", "",
		    DOCUMENT_UNSEEN, 0, 0 },
	};
	struct reader *r = reader_new(NULL, HELPER);
	unsigned has = 0;

	(void)state;
#ifdef HAVE_QR
	has |= NEEDS_QR;
#endif
#ifdef HAVE_POPPLER
	has |= NEEDS_POPPLER;
#endif
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct arena *a = arena_new();
		struct told t;

		if (table_wants(row[i].label) && (row[i].needs & ~has) == 0) {
			ask(r, row[i].kind,
			    row[i].make == NULL ? SPAN("") : row[i].make(a),
			    &usual, &t);
			table_text(row[i].label, "problem", t.problem, NULL);
			table_text(
			    row[i].label, "links", links(&t), row[i].links);
			table_text(row[i].label, "text and names", said(&t),
			    row[i].text);
			table_number(row[i].label, "marks", t.answer.marks,
			    row[i].marks);
			table_number(
			    row[i].label, "html", t.answer.html, row[i].html);
			arena_free(&t.arena);
		}
		arena_free(&a);
	}
	reader_free(&r);
	table_end();
}

/* ---- how it ends ----------------------------------------------------------------- */

#define BROKE  "who read it broke off"
#define NO_WAY "who read it did what is forbidden"

static void
test_walls(void **state)
{
	static const struct {
		const char *label, *deed, *problem, *text;
	} row[] = {
		{ "nothing bad", "nothing", NULL, "" },
		{ "a file", "open", NULL, "no file" },
		{ "memory", "memory", NULL, "no memory" },
		{ "what others have open", "descriptors", NULL,
		    "3 descriptors" },
		{ "spins", "spin", "reading it took too much processor time",
		    "" },
		{ "waits", "wait", "reading it took too long", "" },
		{ "writes without end", "write", "it says more than is read",
		    NULL },
		{ "crashes", "crash", BROKE, "so far" },
		{ "leaves without a word", "exit", NULL, "" },
		{ "lies", "lie", NULL, "so far" },
#ifdef HAVE_SECCOMP
		{ "takes a name away", "make", NULL, "no name" },
		{ "a socket", "socket", NO_WAY, "" },
		{ "a process", "fork", NO_WAY, "" },
		{ "a thread", "thread", NO_WAY, "" },
		{ "a program", "exec", NO_WAY, "" },
		{ "a signal", "kill", NO_WAY, "" },
		{ "code of its own", "execute", NULL, "no page to run" },
#else
		{ "a socket", "socket", NULL, "no socket" },
		{ "a process", "fork", NULL, "no process" },
#endif
		{ "the next one is read as ever", "nothing", NULL, "" },
	};
	struct reader_limits tight = { .at_once = 2,
		.cpu_s = 1,
		.wall_ms = 60000,
		.memory = (uint64_t)256 << 20 };
	struct reader *r = reader_new(NULL, MISBEHAVE);
	struct reader_counts counts;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct told t;
		bool waits = strcmp(row[i].deed, "wait") == 0;

		if (!table_wants(row[i].label))
			continue;
		tight.wall_ms = waits ? 200 : 60000;
		ask(r, DOCUMENT_PDF, span_of(row[i].deed), &tight, &t);
		table_text(row[i].label, "problem", t.problem, row[i].problem);
		if (row[i].text != NULL)
			table_text(row[i].label, "text",
			    arena_strdup(t.arena, t.answer.text), row[i].text);
		table_number(row[i].label, "whole", t.whole,
		    t.problem == NULL && strcmp(row[i].deed, "exit") != 0 &&
			strcmp(row[i].deed, "lie") != 0);
		arena_free(&t.arena);
	}
	reader_count(r, &counts);
	assert_int_equal(counts.starts, 1);
	reader_free(&r);
	table_end();
}

static int64_t
processor_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* One that closes its pipe and stays. */
static void
test_shut(void **state)
{
	struct reader_limits tight = usual;
	struct reader *r = reader_new(NULL, MISBEHAVE);
	struct told t;
	int64_t before;

	(void)state;
	tight.wall_ms = 1000;
	before = processor_ms();
	ask(r, DOCUMENT_PDF, SPAN("shut"), &tight, &t);
	table_text("shut", "problem", t.problem, "reading it took too long");
	/* Of a thousand that it stayed. */
	assert_true(processor_ms() - before < 300);
	arena_free(&t.arena);
	reader_free(&r);
	table_end();
}

/* The documents of one message, on their way or done. */
struct several {
	struct reader_job job[5];
	struct waits *waits;
};

static void
ask_several(struct reader *r, struct several *s, size_t count, const char *deed,
    const struct reader_limits *limits, struct arena *a)
{
	s->waits = waits_new(a);
	for (size_t i = 0; i < count; i++) {
		s->job[i] = (struct reader_job){ .kind = DOCUMENT_PDF,
			.octets = span_of(deed),
			.limits = *limits,
			.waits = s->waits };
		waits_open(s->waits);
		reader_ask(r, &s->job[i]);
	}
}

static void
drop_several(struct reader *r, struct several *s, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		reader_drop(r, &s->job[i]);
		waits_shut(s->waits);
	}
	waits_free(&s->waits);
}

/* Many slow ones in one message hold up that message. */
static void
test_turns(void **state)
{
	struct reader_limits one = usual;
	struct reader *r = reader_new(NULL, MISBEHAVE);
	struct arena *a = arena_new();
	struct several many, single;

	(void)state;
	one.at_once = 1;
	one.wall_ms = 300;
	ask_several(r, &many, 5, "wait", &one, a);
	ask_several(r, &single, 1, "nothing", &one, a);
	while (!reader_done(r, &single.job[0]))
		assert_true(waits_join(single.waits, now_ms() + WAIT_MS));
	assert_int_equal(single.job[0].state, READER_ANSWERED);
	assert_false(reader_done(r, &many.job[4]));
	drop_several(r, &single, 1);
	drop_several(r, &many, 5);
	arena_free(&a);
	reader_free(&r);
}

/* ---- its life -------------------------------------------------------------------- */

/* Our child, of which there is one. */
static pid_t
helper_pid(void)
{
	char path[64], text[64] = "";
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/self/task");
	for (DIR *d = opendir(path);;) {
		const struct dirent *e = readdir(d);
		long pid = 0;

		if (e == NULL) {
			(void)closedir(d);
			return 0;
		}
		(void)snprintf(path, sizeof(path),
		    "/proc/self/task/%.20s/children", e->d_name);
		f = fopen(path, "re");
		if (f == NULL)
			continue;
		if (fgets(text, sizeof(text), f) != NULL)
			pid = strtol(text, NULL, 10);
		(void)fclose(f);
		if (pid > 0) {
			(void)closedir(d);
			return (pid_t)pid;
		}
	}
}

/* One that dies is started again, for the next document. */
static void
test_restart(void **state)
{
	struct reader *r = reader_new(NULL, MISBEHAVE);
	struct reader_counts counts;
	struct told t;
	pid_t pid;

	(void)state;
	ask(r, DOCUMENT_PDF, SPAN("nothing"), &usual, &t);
	assert_true(t.whole);
	arena_free(&t.arena);
	pid = helper_pid();
	if (pid == 0) {
		reader_free(&r);
		skip();
	}
	assert_int_equal(kill(pid, SIGKILL), 0);
	for (size_t tries = 0; tries < 100; tries++) {
		ask(r, DOCUMENT_PDF, SPAN("nothing"), &usual, &t);
		arena_free(&t.arena);
		if (t.whole)
			break;
	}
	assert_true(t.whole);
	reader_count(r, &counts);
	assert_int_equal(counts.starts, 2);
	assert_true(counts.runs);
	reader_free(&r);
}

static void
note_alert(void *ctx, const char *key, const char *text)
{
	if (strcmp(key, "reader") == 0)
		*(const char **)ctx = text;
}

/* Without it documents fail at once, and somebody is told. */
static void
test_absent(void **state)
{
	static const struct {
		const char *program, *alert;
	} row[] = {
		{ "/no/such/program",
		    "the helper that reads documents is not installed" },
		{ "/bin/false", "the helper that reads documents died" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		const char *told = NULL;
		struct services s = { .alert = note_alert, .ctx = &told };
		struct reader *r = reader_new(&s, row[i].program);
		int64_t begun = now_ms();
		struct told t;

		ask(r, DOCUMENT_PDF, SPAN("x"), &usual, &t);
		assert_false(t.whole);
		assert_non_null(t.problem);
		arena_free(&t.arena);
		assert_in_range(now_ms() - begun, 0, WAIT_MS / 2);
		reader_free(&r);
		table_text(row[i].program, "alert", told, row[i].alert);
	}
	table_end();
}

/* Nobody has to wait: one that is given up is over, and takes no place. */
static void
test_give_up(void **state)
{
	struct reader *r = reader_new(NULL, MISBEHAVE);
	struct arena *a = arena_new();
	struct reader_job job[6] = { { 0 } };
	struct told t;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(job); i++) {
		job[i] = (struct reader_job){ .kind = DOCUMENT_PDF,
			.octets = SPAN("wait"),
			.limits = usual,
			.waits = waits_new(a) };
		reader_ask(r, &job[i]);
	}
	reader_give_up(r, &job[0]);
	reader_give_up(r, &job[5]);
	assert_int_equal(job[0].state, READER_FAILED);
	assert_int_equal(job[5].state, READER_FAILED);
	for (size_t i = 0; i < ARRAY_COUNT(job); i++) {
		reader_drop(r, &job[i]);
		waits_free(&job[i].waits);
	}
	ask(r, DOCUMENT_PDF, SPAN("nothing"), &usual, &t);
	assert_true(t.whole);
	arena_free(&t.arena);
	arena_free(&a);
	reader_free(&r);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_found),
	cmocka_unit_test(test_walls),
	cmocka_unit_test(test_shut),
	cmocka_unit_test(test_turns),
	cmocka_unit_test(test_restart),
	cmocka_unit_test(test_absent),
	cmocka_unit_test(test_give_up),
};

TABLE_MAIN(tests)
