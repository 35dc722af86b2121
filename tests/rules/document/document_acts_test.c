/*
 * What documents do by themselves once they are opened, and passwords that
 * nobody asks for.
 */
#include "config.h"

#include "tests/kit/compound_kit.h"
#include "tests/kit/document_kit.h"
#include "tests/kit/reading_kit.h"
#include "tests/kit/table.h"

#include "rules/document/document.h"
#include "rules/document/document_inside.h"

static const char *
run_acts(const struct reading *r)
{
	const struct document *d = &r->d;
	const char *all = "";

	for (unsigned i = 0; i < DOCUMENT_ACT_COUNT; i++)
		if ((d->acts & 1U << i) != 0)
			all = arena_printf(
			    d->arena, "%s%s ", all, document_act_names[i]);
	return arena_printf(d->arena, "%s%s%s%s%s", all,
	    (d->acts & DOCUMENT_ACTS_UNSEEN) != 0 ? "more " : "",
	    d->macros ? "macros " : "", d->encrypted ? "encrypted " : "",
	    d->keyed ? "keyed " : "");
}

static void
test_texts(void **state)
{
	static const struct {
		const char *label;
		void (*read)(struct document *d, struct span octets);
		const char *octets, *want;
	} row[] = {
		{ "PDF", document_pdf, "%PDF-1.4 <</Type/Catalog>>", "" },
		{ "an action of PDF", document_pdf,
		    "%PDF-1.4 <</S/Launch/Win<</F(cmd.exe)>>>>", "run " },
		{ "its name written otherwise", document_pdf,
		    "%PDF-1.4 <</S /L#61unch>>", "run " },
		{ "a name that begins so", document_pdf,
		    "%PDF-1.4 <</Launcher 1>>", "" },
		{ "a script", document_pdf,
		    "%PDF-1.4 <</S/JavaScript/JS(app.alert\\(1\\))>>",
		    "script " },
		{ "encrypted", document_pdf, "%PDF-1.4 <</Encrypt 9 0 R>>",
		    "keyed " },
		{ "encrypted, and packed objects", document_pdf,
		    "%PDF-1.5 <</Encrypt 9 0 R>> <</Type/ObjStm>>stream\nx\n"
		    "endstream",
		    "more keyed " },
		{ "RTF", document_rtf, "{\\rtf1 DDE is old}", "" },
		{ "a field that starts a program", document_rtf,
		    "{\\rtf1{\\field{\\*\\fldinst DDEAUTO cmd \"/k x\"}}}",
		    "run " },
		{ "a field that names it", document_rtf,
		    "{\\rtf1{\\field{\\*\\fldinst HYPERLINK \"a/DDE\"}}}", "" },
		{ "a template elsewhere", document_rtf,
		    "{\\rtf1{\\*\\template http://a.example/t.dot}}", "load " },
		{ "a template here", document_rtf,
		    "{\\rtf1{\\*\\template C:\\\\T\\\\Normal.dot}}", "" },
		{ "an address behind a template", document_rtf,
		    "{\\rtf1{\\*\\template Normal.dot}{\\field{\\*\\fldinst "
		    "HYPERLINK \"http://a.example/\"}}}",
		    "" },
		{ "an object that starts", document_rtf,
		    "{\\rtf1{\\object\\objemb\\objupdate x}}", "object " },
		{ "an object that waits", document_rtf,
		    "{\\rtf1{\\object\\objemb x}}", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct reading r;

		if (!table_wants(row[i].label))
			continue;
		reading_begin(&r, 100000);
		row[i].read(&r.d, span_of(row[i].octets));
		table_text(row[i].label, "acts", run_acts(&r), row[i].want);
		reading_end(&r);
	}
	table_end();
}

#define RELATION(type, target)                                            \
	"<Relationship Id=\"r1\" Target=\"" target                        \
	"\" TargetMode=\"External\" "                                     \
	"Type=\"http://x.example/officeDocument/2006/relationships/" type \
	"\"/>"
#define TEMPLATE(target) RELATION("attachedTemplate", target)

static void
test_packages(void **state)
{
	static const struct {
		const char *label, *member, *xml, *want, *links;
	} row[] = {
		{ "a link", "word/_rels/a.rels",
		    RELATION("hyperlink", "https://a.example/"), "",
		    "https://a.example/" },
		{ "a template elsewhere", "word/_rels/a.rels",
		    TEMPLATE("https://a.example/t"), "load ",
		    "https://a.example/t" },
		{ "a link before a template that is here", "word/_rels/a.rels",
		    RELATION("hyperlink", "https://a.example/")
			TEMPLATE("Normal.dotm"),
		    "", "https://a.example/" },
		{ "a template on a share of the world", "word/_rels/a.rels",
		    TEMPLATE("\\\\a.example\\t"), "load ", "\\\\a.example\\t" },
		{ "a template on a share with a port", "word/_rels/a.rels",
		    TEMPLATE("\\\\host@80\\t"), "load ", "\\\\host@80\\t" },
		{ "a template on a share of the house", "word/_rels/a.rels",
		    TEMPLATE("\\\\fs01\\t.dotm"), "", "" },
		{ "a template on a drive", "word/_rels/a.rels",
		    TEMPLATE("file:///C:\\Users\\a.b\\Normal.dotm"), "", "" },
		{ "an object elsewhere, in a page", "word/_rels/a.rels",
		    RELATION("oleObject", "mhtml:https://a.example/x!y"),
		    "load ", "https://a.example/x!y" },
		{ "a frame", "word/_rels/a.rels",
		    RELATION("frame", "https://a.example/"), "load ",
		    "https://a.example/" },
		{ "a picture elsewhere", "word/_rels/a.rels",
		    RELATION("image", "https://a.example/"), "",
		    "https://a.example/" },
		{ "a field", "word/document.xml",
		    "<w:r><w:instrText> DDEAUTO c:\\x </w:instrText></w:r>",
		    "run ", "" },
		{ "a field that is torn apart", "word/document.xml",
		    "<w:instrText> D</w:instrText><w:instrText xml:space=\"a\">"
		    "DE x </w:instrText>",
		    "run ", "" },
		{ "a field in an attribute", "word/document.xml",
		    "<w:fldSimple w:instr=\" dde x \"/>", "run ", "" },
		{ "a field of dates", "word/document.xml",
		    "<w:instrText> DATE \\@ d </w:instrText>", "", "" },
		{ "text about it", "word/document.xml", "<w:t> DDE x </w:t>",
		    "", "" },
		{ "a link of a workbook to a program",
		    "xl/externalLinks/externalLink1.xml",
		    "<externalLink><ddeLink ddeService=\"cmd\"/>", "run ", "" },
		{ "a link to a workbook", "xl/externalLinks/externalLink1.xml",
		    "<externalLink><externalBook/>", "", "" },
		{ "a sheet of macros", "xl/macrosheets/sheet1.xml", "<x/>",
		    "macros ", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		const struct kit_member member = { row[i].member,
			span_of(row[i].xml) };
		struct reading r;

		if (!table_wants(row[i].label))
			continue;
		reading_begin(&r, 100000);
		document_package(&r.d, kit_zip(&member, 1, r.d.arena));
		table_text(row[i].label, "acts", run_acts(&r), row[i].want);
		table_text(row[i].label, "links",
		    arena_strdup(r.d.arena, buf_span(&r.links)), row[i].links);
		reading_end(&r);
	}
	table_end();
}

/* OpenDocument says at its end whether its beginning can be read. */
static void
test_password(void **state)
{
	static const struct {
		const char *label, *manifest, *want, *text;
	} row[] = {
		{ "none", "<m:file-entry/>", "", "Hello" },
		{ "one", "<m:file-entry><m:encryption-data/></m:file-entry>",
		    "encrypted ", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		const struct kit_member member[] = {
			{ "mimetype",
			    SPAN("application/vnd.oasis.opendocument.text") },
			{ "content.xml", SPAN("<t:p>Hello</t:p>") },
			{ "META-INF/manifest.xml", span_of(row[i].manifest) },
		};
		struct reading r;

		if (!table_wants(row[i].label))
			continue;
		reading_begin(&r, 100000);
		document_package(&r.d, kit_zip(member, 3, r.d.arena));
		table_text(row[i].label, "acts", run_acts(&r), row[i].want);
		table_text(row[i].label, "text",
		    arena_strdup(r.d.arena, buf_span(&r.text)), row[i].text);
		table_number(
		    row[i].label, "unseen", r.d.unseen, row[i].want[0] != '\0');
		reading_end(&r);
	}
	table_end();
}

#define BEGIN       "\x09\x08\4\0\0\6\5\0"
#define SHEET(kind) "\x85\0\x9\0\0\0\0\0\0" kind "\1\0a"

static void
test_workbook(void **state)
{
	static const struct {
		const char *label;
		struct span octets;
		const char *want;
	} row[] = {
		{ "sheets", SPAN_INIT(BEGIN SHEET("\0") SHEET("\2") "\x0a\0\0"),
		    "" },
		{ "a sheet of macros",
		    SPAN_INIT(BEGIN SHEET("\0") SHEET("\1") "\x0a\0\0\0"),
		    "macros " },
		{ "behind the end", SPAN_INIT(BEGIN "\x0a\0\0\0" SHEET("\1")),
		    "" },
		{ "cut", SPAN_INIT(BEGIN "\x85\0\xff\xff\0\0"), "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		const struct kit_entry entry = { "Workbook", 0, row[i].octets };
		struct reading r;

		if (!table_wants(row[i].label))
			continue;
		reading_begin(&r, 100000);
		document_office(&r.d, kit_compound(&entry, 1, 4096, r.d.arena));
		table_text(row[i].label, "acts", run_acts(&r), row[i].want);
		reading_end(&r);
	}
	table_end();
}

static void
test_abroad(void **state)
{
	static const struct {
		const char *target;
		bool want;
	} row[] = {
		{ "https://a.example/x", true },
		{ "\\\\a.example\\x", true },
		{ "//192.0.2.1/x", true },
		{ "file://a.example/x", true },
		{ "file:///\\\\a.example\\x", true },
		{ "http://[2001:db8::1]/", true },
		{ "http:\\\\a.example", true },
		{ "\\\\fs01\\a.b", false },
		{ "http://intranet/a.b", false },
		{ "file:///C:\\a.b\\c", false },
		{ "C:\\a.b\\c", false },
		{ "a.example/x", false },
		{ "", false },
		{ "https:", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++)
		table_number(row[i].target, "abroad",
		    document_is_abroad(span_of(row[i].target)), row[i].want);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_texts),
	cmocka_unit_test(test_packages),
	cmocka_unit_test(test_password),
	cmocka_unit_test(test_workbook),
	cmocka_unit_test(test_abroad),
};

TABLE_MAIN(tests)
