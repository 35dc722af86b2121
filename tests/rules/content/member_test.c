/*
 * Files in archives that are read as if they were attached, and what becomes
 * of those that are not.
 */
#include "config.h"

#include <stdlib.h>

#include "tests/kit/document_kit.h"
#include "tests/kit/table.h"

#include "rules/base/buf.h"
#include "rules/content/archive_one.h"
#include "rules/content/content.h"

#define LINK "<a href=http://a.example/>x</a>"

/* A message with one file. */
static void
read_file(const char *name, struct span octets,
    const struct content_limits *limits, struct arena *a, struct content *out)
{
	struct header_list headers;
	struct buf message;
	struct span body;
	unsigned anomalies = 0;

	buf_init(&message, 64 << 20);
	(void)buf_printf(&message,
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: application/octet-stream; name=\"%s\"\r\n\r\n",
	    name);
	(void)buf_add(&message, octets);
	header_list_init(&headers, a);
	header_split(
	    arena_dup(a, buf_span(&message)), &headers, &body, &anomalies);
	buf_free(&message);
	content_read(&headers, body, limits, a, out);
}

/* Links, documents and files, and whether something is unread or unknown. */
static const char *
show(const struct content *c, struct arena *a)
{
	const char *text = "";

	for (size_t i = 0; i < c->links.count; i++)
		text = arena_printf(
		    a, "%s%.*s ", text, SPAN_FMT(c->links.link[i].host));
	for (size_t i = 0; i < c->document_count; i++)
		text = arena_printf(a, "%s%s:%zu ", text,
		    document_kind_names[c->document[i].kind],
		    c->document[i].file);
	for (size_t i = 1; i < c->file_count; i++)
		text = arena_printf(a, "%sfile ", text);
	if (c->file[0].macros)
		text = arena_printf(a, "%smacros ", text);
	if (c->document_unseen)
		text = arena_printf(a, "%sunseen ", text);
	if (c->document_unasked)
		text = arena_printf(a, "%sunknown ", text);
	return text;
}

static struct span
zip(const char *name, struct span octets, struct arena *a)
{
	struct kit_member member = { name, octets };

	return kit_zip(&member, 1, a);
}

static struct span
gzip(struct span octets, struct arena *a)
{
	struct buf out;
	struct span copy;

	buf_init(&out, 1 << 20);
	assert_true(archive_one_pack(octets, &out));
	copy = arena_dup(a, buf_span(&out));
	buf_free(&out);
	return copy;
}

static void
test_kinds(void **state)
{
	static const struct {
		const char *label, *name;
		struct span octets;
		const char *want;
	} row[] = {
		{ "page", "a.html", SPAN_INIT(LINK), "a.example " },
		{ "page in a folder", "x/y/a.HTM", SPAN_INIT(LINK),
		    "a.example " },
		{ "page with a program's quotes", "'a.html'", SPAN_INIT(LINK),
		    "a.example " },
		{ "text", "a.txt", SPAN_INIT("see http://a.example/ now"),
		    "a.example " },
		{ "shortcut", "a.url",
		    SPAN_INIT("[InternetShortcut]\nURL=http://a.example/\n"),
		    "a.example " },
		{ "message", "a.eml",
		    SPAN_INIT("Content-Type: text/html\n\n" LINK),
		    "a.example " },
		{ "message that Word reads", "a.doc", SPAN_INIT("MIME-Version: "
		    "1.0\nContent-Type: text/html\n\n" LINK),
		    "a.example a.example office:0 " },
		{ "one behind something else", "a.xls", SPAN_INIT("x y\n"
		    "MIME-Version: 1.0\nContent-Type: application/x-mso; "
		    "name=x.mso\n\nActiveMime"), "office:0 file " },
		{ "XML of Word with macros", "a.doc",
		    SPAN_INIT("<?xml version='1.0'?><w:wordDocument "
			      "w:macrosPresent=\"yes\"/>"), "office:0 macros " },
		{ "a package in one file", "a.xml", SPAN_INIT("<?xml "
		    "version='1.0'?><pkg:part pkg:contentType=\"application/"
		    "vnd.ms-office.vbaProject\"/>"), "macros " },
		{ "files of a message", "a.eml",
		    SPAN_INIT("Content-Type: application/x; name=a.exe\n\nx"),
		    "file " },
		{ "PDF", "a.pdf", SPAN_INIT("%PDF-1.4"), "pdf:0 " },
		{ "calendar", "a.ics", SPAN_INIT("BEGIN:VCALENDAR"),
		    "calendar:0 " },
		{ "picture", "a.png", SPAN_INIT("\x89PNG"), "qr:0 " },
		{ "SVG", "a.svg", SPAN_INIT("<svg>"), "svg:0 " },
		{ "two kinds", "a.pdf", SPAN_INIT("{\\rtf1"), "pdf:0 rtf:0 " },
		{ "page called a program", "a.exe", SPAN_INIT(LINK),
		    "a.example " },
		{ "program", "a.exe", SPAN_INIT("MZ " LINK), "" },
		{ "no extension", "a", SPAN_INIT(LINK), "a.example " },
		{ "text without an extension", "a",
		    SPAN_INIT("see http://a.example/ now"), "" },
		{ "PDF of an unknown extension", "a.xyz",
		    SPAN_INIT("%PDF-1.4"), "pdf:0 " },
		{ "older Office", "a.dat",
		    SPAN_INIT("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
		    "office:0 " },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct span once = zip(row[i].name, row[i].octets, a);
		struct {
			const char *how, *name;
			struct span octets;
		} way[] = {
			{ "zip", "b.zip", once },
			{ "zip in zip", "b.zip", zip("c.zip", once, a) },
			{ "zip in gzip", "b.zip.gz", gzip(once, a) },
			{ "zip by its content", "b.bin", once },
		};

		for (size_t k = 0;
		     table_wants(row[i].label) && k < ARRAY_COUNT(way); k++) {
			struct content c;

			read_file(way[k].name, way[k].octets,
			    &content_limits_standard, a, &c);
			table_text(
			    row[i].label, way[k].how, show(&c, a), row[i].want);
		}
	}
	arena_free(&a);
	table_end();
}

static void
test_forms(void **state)
{
	struct arena *a = arena_new();
	struct kit_member word[] = {
		{ "[Content_Types].xml", SPAN_INIT("<Types/>") },
		{ "word/document.xml", SPAN_INIT("<w:t>x</w:t>") },
		{ "word/vbaProject.bin", SPAN_INIT("x") },
	};
	struct span package = kit_zip(word, ARRAY_COUNT(word), a),
		    page = SPAN(LINK), deep = zip("a.html", page, a);
	struct content c;

	(void)state;
	read_file("a.html.gz", gzip(page, a), &content_limits_standard, a, &c);
	table_text("compressed page", "found", show(&c, a), "a.example ");
	read_file("a.bin.gz", gzip(page, a), &content_limits_standard, a, &c);
	table_text("compressed file", "found", show(&c, a), "a.example ");
	read_file(
	    "a.docm.gz", gzip(package, a), &content_limits_standard, a, &c);
	table_text(
	    "compressed package", "found", show(&c, a), "office:0 macros ");
	read_file("a.zip", zip("a.docm", package, a), &content_limits_standard,
	    a, &c);
	table_text("package", "found", show(&c, a), "office:0 macros ");
	read_file("a.zip",
	    zip("a.eml",
		span_of(arena_printf(a,
		    "Content-Type: application/zip; name=b.zip\n"
		    "Content-Transfer-Encoding: base64\n\n"
		    "%s",
		    "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==")),
		a),
	    &content_limits_standard, a, &c);
	table_text("archive in a message in an archive", "found", show(&c, a),
	    "file ");
	for (int i = 0; i < 8; i++)
		deep = zip("b.zip", deep, a);
	read_file("a.zip", deep, &content_limits_standard, a, &c);
	table_text("too deep", "found", show(&c, a), "");
	table_number("too deep", "flag",
	    (c.file[0].archive_flags & ARCHIVE_LIMIT) != 0, true);
	arena_free(&a);
	table_end();
}

/* What is not read is unread, not absent. */
#define ATTRIBUTE(level, id, n) level id n "\0\0\0"
#define SUM                     "\0\0"

/* What Outlook sends as winmail.dat: a body in three forms and two files. */
static void
test_tnef(void **state)
{
	static const char tnef[] = "\x78\x9f\x3e\x22\1\0"
	    ATTRIBUTE("\1", "\x0c\x80\2\0", "\x11") "http://t.example/" SUM
	    ATTRIBUTE("\1", "\3\x90\6\0", "\x3c") "\2\0\0\0"
		"\2\1\x13\x10\1\0\0\0\x1c\0\0\0"
		    "<a href=http://p.example/>x\n"
		"\2\1\x09\x10\1\0\0\0\4\0\0\0" "{rtf" SUM
	    ATTRIBUTE("\2", "\2\x90\6\0", "\0") SUM
	    ATTRIBUTE("\2", "\x0f\x80\6\0", "\x1d")
		"<a href=http://f.example/>y\n\n" SUM
	    ATTRIBUTE("\2", "\x10\x80\1\0", "\x07") "a.html\0" SUM
	    ATTRIBUTE("\2", "\2\x90\6\0", "\0") SUM
	    ATTRIBUTE("\2", "\x10\x80\1\0", "\x06") "b.pdf\0" SUM
	    ATTRIBUTE("\2", "\x0f\x80\6\0", "\4") "%PDF" SUM;
	/* What looks like a message behind sixteen octets is a file. */
	static const char data[] = "\x78\x9f\x3e\x22\1\0"
	    ATTRIBUTE("\2", "\2\x90\6\0", "\0") SUM
	    ATTRIBUTE("\2", "\5\x90\6\0", "\x4c") "\1\0\0\0"
		"\2\1\1\x37\1\0\0\0\x3c\0\0\0"
		    "<a title=      \n" "\x78\x9f\x3e\x22\1\0" "\1\1\1\1\1"
		    "\x1d\0\0\0" " href=http://f.example/>x \n  \n" SUM;
	struct arena *a = arena_new();
	struct content c;

	(void)state;
	read_file("winmail.dat", span_make(tnef, sizeof(tnef) - 1),
	    &content_limits_standard, a, &c);
	table_text("winmail", "found", show(&c, a),
	    "t.example p.example f.example rtf:0 pdf:0 ");
	table_text("winmail", "members", arena_strdup(a, c.file[0].members),
	    "a.html\nb.pdf");
	table_number("winmail", "flags", c.file[0].archive_flags, 0);
	read_file("winmail.dat", span_make(data, sizeof(data) - 1),
	    &content_limits_standard, a, &c);
	table_text("data with a mark inside", "found", show(&c, a),
	    "f.example ");
	arena_free(&a);
	table_end();
}

static void
test_limits(void **state)
{
	struct content_limits small = content_limits_standard;
	static struct kit_member many[501];
	struct arena *a = arena_new();
	struct span encrypted = arena_dup(a, zip("a.pdf", SPAN("%PDF-"), a));
	char *p = (char *)(uintptr_t)encrypted.p;
	struct content c;
	size_t at;

	(void)state;
	small.archive.read = 100;
	read_file("a.zip",
	    zip("a.html", span_of(arena_printf(a, "<!--%200s-->" LINK, "")), a),
	    &small, a, &c);
	table_text("too large", "found", show(&c, a), "unseen unknown ");
	for (size_t i = 0; i < ARRAY_COUNT(many); i++)
		many[i] = (struct kit_member){ "a.txt", SPAN("x") };
	many[ARRAY_COUNT(many) - 1] =
	    (struct kit_member){ "a.html", SPAN(LINK) };
	read_file("a.zip", kit_zip(many, ARRAY_COUNT(many), a),
	    &content_limits_standard, a, &c);
	table_text("too many", "found", show(&c, a), "unseen unknown ");
	/* The bit that says so, in both headers. */
	p[6] |= 1;
	at = span_search(encrypted, SPAN("PK\x01\x02"));
	p[at + 8] |= 1;
	read_file("a.zip", encrypted, &content_limits_standard, a, &c);
	table_text("encrypted", "found", show(&c, a), "unknown ");
	table_number("encrypted", "file", c.file[0].encrypted, true);
	table_number("encrypted", "text", c.file[0].text_unknown, true);
	table_number(
	    "encrypted", "kinds", (c.unread_kinds & 1U << LINK_PDF) != 0, true);
	arena_free(&a);
	table_end();
}

static void
test_names(void **state)
{
	static const struct {
		const char *name;
		unsigned names, archive;
	} row[] = {
		{ "a/b.txt", 0, 0 },
		{ "../b.txt", 0, ARCHIVE_OUTSIDE },
		{ "a/../../b.txt", 0, ARCHIVE_OUTSIDE },
		{ "a\\..\\b.txt", 0, ARCHIVE_OUTSIDE },
		{ "/etc/b", 0, ARCHIVE_OUTSIDE },
		{ "C:\\b.txt", 0, ARCHIVE_OUTSIDE },
		{ "a..b/c", 0, 0 },
		{ "a.pdf:b.exe", FILENAME_STREAM, 0 },
		{ "a.exe ", FILENAME_TRAILING, 0 },
		{ "a\xe2\x80\xae"
		  "fdp.exe",
		    FILENAME_BIDI, 0 },
		{ "a.pdf.exe", FILENAME_DOUBLE, 0 },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct content c;

		if (!table_wants(row[i].name))
			continue;
		read_file("a.zip", zip(row[i].name, SPAN("x"), a),
		    &content_limits_standard, a, &c);
		table_number(row[i].name, "name flags", c.file[0].name_flags,
		    row[i].names);
		table_number(row[i].name, "archive flags",
		    c.file[0].archive_flags, row[i].archive);
	}
	arena_free(&a);
	table_end();
}

/* A file that reaches to where the body was cut is not whole. */
static void
test_cut(void **state)
{
	static const struct {
		const char *label, *rest;
		size_t left; /* octets before the cut that are the part's */
		bool want;
	} row[] = {
		{ "nothing behind the cut", "", 90, true },
		{ "the boundary behind the cut", "\r\n--b--\r\n", 90, true },
		{ "a boundary that was not cut", "\r\n--b--\r\n", 110, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct content_limits limits = content_limits_standard;
		struct arena *a = arena_new();
		struct header_list headers;
		unsigned anomalies = 0;
		struct span body, head = SPAN(
		    "--b\r\nContent-Type: application/zip\r\n\r\n");
		struct content c;

		if (!table_wants(row[i].label))
			continue;
		header_list_init(&headers, a);
		header_split(span_of(arena_printf(a,
				 "MIME-Version: 1.0\r\nContent-Type: "
				 "multipart/mixed; boundary=b\r\n\r\n"
				 "%.*sPK\003\004%086d%s",
				 SPAN_FMT(head), 0, row[i].rest)),
		    &headers, &body, &anomalies);
		limits.whole = head.n + row[i].left;
		if (limits.whole > body.n)
			limits.whole = body.n;
		content_read(&headers, body, &limits, a, &c);
		table_number(row[i].label, "files",
		    (long long)c.file_count, 1);
		table_number(row[i].label, "cut", c.file[0].cut, row[i].want);
		arena_free(&a);
	}
	table_end();
}

/* Links of a shortcut beyond those that are looked for are said to be. */
static void
test_shortcut(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	for (size_t n = 50; n <= 51; n++) {
		const char *text = "";
		struct content c;

		for (size_t i = 0; i < n; i++)
			text = arena_printf(
			    a, "%shttp://h%zu.example/\n", text, i);
		read_file("a.url", span_of(text), &content_limits_standard, a,
		    &c);
		table_number(n > 50 ? "one too many" : "as many", "over",
		    c.links.over, n > 50);
	}
	arena_free(&a);
	table_end();
}

/* An album is no trick: its pictures beyond the bound are unread, no more. */
static void
test_over(void **state)
{
	struct arena *a = arena_new();
	struct content_limits limits = content_limits_standard;
	struct kit_member album[] = { { "1.jpg", SPAN_INIT("1") },
		{ "2.heic", SPAN_INIT("2") } };
	struct kit_member bills[] = { { "1.pdf", SPAN_INIT("1") },
		{ "2.pdf", SPAN_INIT("2") } };
	struct content c;

	(void)state;
	limits.documents = 1;
	read_file("a.zip", kit_zip(album, 2, a), &limits, a, &c);
	assert_string_equal(show(&c, a), "qr:0 unseen ");
	assert_false(c.document_over);
	read_file("a.zip", kit_zip(bills, 2, a), &limits, a, &c);
	assert_string_equal(show(&c, a), "pdf:0 unseen ");
	assert_true(c.document_over);
	arena_free(&a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_cut),
	cmocka_unit_test(test_shortcut),
	cmocka_unit_test(test_kinds),
	cmocka_unit_test(test_forms),
	cmocka_unit_test(test_limits),
	cmocka_unit_test(test_over),
	cmocka_unit_test(test_tnef),
	cmocka_unit_test(test_names),
};

TABLE_MAIN(tests)
