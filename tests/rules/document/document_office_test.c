/*
 * Files of Office that are no packages: texts, addresses, passwords, macros
 * and the files inside of them.
 */
#include "config.h"

#include "tests/kit/compound_kit.h"
#include "tests/kit/document_kit.h"
#include "tests/kit/reading_kit.h"
#include "tests/kit/table.h"

#include "rules/document/document_inside.h"

static void
run_show(struct reading *r, const char *label, const char *links,
    const char *text, const char *files, const char *marks)
{
	struct arena *a = r->d.arena;

	table_text(
	    label, "links", arena_strdup(a, buf_span(&r->links)), links);
	table_text(label, "text", arena_strdup(a, buf_span(&r->text)), text);
	table_text(
	    label, "files", arena_strdup(a, buf_span(&r->files)), files);
	table_text(label, "marks",
	    arena_printf(a, "%s%s%s", r->d.encrypted ? "encrypted " : "",
		r->d.macros ? "macros " : "", r->d.unseen ? "unseen " : ""),
	    marks);
}

static void
run_check(struct reading *r, const char *label, struct span octets,
    const char *links, const char *text, const char *files, const char *marks)
{
	document_office(&r->d, octets);
	run_show(r, label, links, text, files, marks);
}

/* ---- older Office ------------------------------------------------------------- */

#define NONE       { NULL, { NULL, 0 } }
#define DOC        "\xec\xa5\xc1\0\0\0\0\0\0\0\0\0"
#define DOC_LOCKED "\xec\xa5\xc1\0\0\0\0\0\0\0\0\1"
#define XLS        "\x09\x08\4\0\0\6\5\0"
#define XLS_LOCKED XLS "\x2f\0\2\0\0\0"
#define PPT        "\0\0\xf6\x0f\x14\0\0\0\x14\0\0\0\x5f\xc0\x91\xe3"
#define PPT_LOCKED "\0\0\xf6\x0f\x14\0\0\0\x14\0\0\0\xdf\xc4\xd1\xf3"

static void
test_compound(void **state)
{
	static const struct {
		const char *label;
		struct {
			const char *name;
			struct span octets;
		} stream[2];
		const char *links, *text, *marks;
	} row[] = {
		{ "text of Word", { { "WordDocument",
		    SPAN_INIT(DOC "\1\2Dear Sir or Madam\1\2") }, NONE },
		    "", "Dear Sir or Madam", "" },
		{ "a field", { { "WordDocument",
		    SPAN_INIT(DOC "\x13 HYPERLINK \"http://a.example/x\" \x14"
			      "go\x15") }, NONE },
		    "http://a.example/x", " HYPERLINK \"http://a.example/x\" ",
		    "" },
		{ "an address elsewhere", { { "1Table",
		    SPAN_INIT("\1\0\0h\0t\0t\0p\0:\0/\0/\0b\0.\0e\0x\0a\0m\0p"
			      "\0l\0e\0/\0\0\0") }, NONE },
		    "http://b.example/", "", "" },
		{ "names of vocabularies lead nowhere", { { "Data",
		    SPAN_INIT("\1http://ns.adobe.com/xap/1.0/ "
			      "http://www.w3.org/1999/x\1") }, NONE },
		    "", "", "" },
		{ "Word with a password", { { "WordDocument",
		    SPAN_INIT(DOC_LOCKED) }, NONE },
		    "", "", "encrypted unseen " },
		{ "Excel", { { "Workbook",
		    SPAN_INIT(XLS "\xff\0\x10\0Name and address") }, NONE },
		    "", "Name and address", "" },
		{ "Excel with a password", { { "Book",
		    SPAN_INIT(XLS_LOCKED) }, NONE },
		    "", "", "encrypted unseen " },
		{ "PowerPoint", { { "Current User", SPAN_INIT(PPT) }, NONE },
		    "", "", "" },
		{ "PowerPoint with a password", { { "Current User",
		    SPAN_INIT(PPT_LOCKED) }, NONE },
		    "", "", "encrypted unseen " },
		{ "a package with a password", { { "EncryptionInfo",
		    SPAN_INIT("x") }, { "EncryptedPackage", SPAN_INIT("y") } },
		    "", "", "encrypted unseen " },
		{ "macros", { { "_VBA_PROJECT", SPAN_INIT("x") }, NONE },
		    "", "", "macros " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct kit_entry entry[] = {
			{ row[i].stream[0].name, 0, row[i].stream[0].octets },
			{ row[i].stream[1].name, 0, row[i].stream[1].octets },
		};
		size_t count = 1 + (entry[1].name != NULL);
		struct reading r;

		if (!table_wants(row[i].label))
			continue;
		reading_begin(&r, 100000);
		reading_keep_files(&r);
		run_check(&r, row[i].label,
		    kit_compound(entry, count, 4096, r.d.arena), row[i].links,
		    row[i].text, "", row[i].marks);
		reading_end(&r);
	}
	table_end();
}

/* Objects, one in a stream of its own. */
#define NATIVE "\1Ole10Native"
#define PACKED "\2\0" "a.txt\0" "C:\\b.js\0" "\0\0\3\0" "\x08\0\0\0" \
	"C:\\b.js\0" "\3\0\0\0" "abc" "\4\0\0\0" "c\0.\0v\0b\0"
#define CUT    "\2\0" "a.js\0\0" "\0\0\3\0" "\0\0\0\0" "\x30\0\0\0" "abc"

static void
test_objects(void **state)
{
	static const struct {
		const char *label, *stream; /* NULL: as RTF has it */
		struct span octets;
		const char *links, *files, *marks;
	} row[] = {
		{ "a file that was put there, by all its names", NATIVE,
		    SPAN_INIT("\x50\0\0\0" PACKED), "",
		    "a.txt=abc|b.js=|c.vb=", "" },
		{ "one that is cut", NATIVE, SPAN_INIT("\x50\0\0\0" CUT), "",
		    "a.js=abc+", "unseen " },
		{ "one of another kind", NATIVE, SPAN_INIT("\3\0\0\0" "abc"),
		    "", "=abc", "" },
		{ "a package of another program", "Package",
		    SPAN_INIT("PK\3\4x"), "", "=PK\3\4x", "" },
		{ "a document of another program", "CONTENTS",
		    SPAN_INIT("%PDF-x"), "", "=%PDF-x", "" },
		{ "RTF: a file", NULL, SPAN_INIT("\1\5\0\0\2\0\0\0"
		    "\x08\0\0\0Package\0" "\0\0\0\0" "\0\0\0\0"
		    "\x33\0\0\0" PACKED), "", "a.txt=abc|b.js=|c.vb=", "" },
		{ "RTF: a document", NULL, SPAN_INIT("\1\5\0\0\2\0\0\0"
		    "\3\0\0\0Wo\0" "\0\0\0\0" "\0\0\0\0" "\3\0\0\0" "abcd"),
		    "", "=abc", "" },
		{ "RTF: a link", NULL, SPAN_INIT("\1\5\0\0\1\0\0\0"
		    "\3\0\0\0Wo\0" "\x0c\0\0\0\\\\a.example\0"),
		    "\\\\a.example", "", "" },
		{ "RTF: sizes that lie", NULL, SPAN_INIT("\1\5\0\0\2\0\0\0"
		    "\xff\xff\xff\xff" " http://a.example/ "
		    "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1x"),
		    "http://a.example/",
		    "=\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1x", "unseen " },
		{ "RTF: nothing", NULL, SPAN_INIT(""), "", "", "unseen " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct kit_entry entry = { row[i].stream, 0, row[i].octets };
		struct reading r;

		if (!table_wants(row[i].label))
			continue;
		reading_begin(&r, 100000);
		reading_keep_files(&r);
		if (entry.name == NULL)
			document_object(&r.d, row[i].octets);
		else
			document_office(
			    &r.d, kit_compound(&entry, 1, 4096, r.d.arena));
		run_show(&r, row[i].label, row[i].links, "", row[i].files,
		    row[i].marks);
		reading_end(&r);
	}
	table_end();
}

/* An address that stands anywhere in a long text, of either kind. */
static void
test_long_runs(void **state)
{
#define URL "http://a.example/where"
	struct buf narrow;

	(void)state;
	for (size_t before = 16384 - sizeof(URL); before < 16390; before += 5) {
		struct reading r;
		struct span text;

		reading_begin(&r, 100000);
		reading_keep_files(&r);
		buf_init(&narrow, 40000);
		while (narrow.n < before)
			(void)buf_addc(&narrow, 'x');
		(void)buf_addz(&narrow, " " URL " ");
		while (narrow.n < 30000)
			(void)buf_addc(&narrow, 'y');
		text = kit_wide(arena_strdup(r.d.arena, buf_span(&narrow)),
		    r.d.arena);
		document_binary(&r.d, buf_span(&narrow), false);
		assert_true(span_search(buf_span(&r.links), SPAN(URL)) !=
			    SIZE_MAX);
		buf_clear(&r.links);
		document_binary(&r.d, text, false);
		assert_true(span_search(buf_span(&r.links), SPAN(URL)) !=
			    SIZE_MAX);
		buf_free(&narrow);
		reading_end(&r);
	}
}

/* What is named like Office and is something else is read elsewhere. */
static void
test_others(void **state)
{
	static const struct {
		const char *label;
		struct span octets;
		const char *links, *marks;
	} row[] = {
		{ "a page", SPAN_INIT("<html><a href=http://a.example/>"), "",
		    "" },
		{ "RTF", SPAN_INIT("{\\rtf1 x}"), "", "" },
		{ "nothing", SPAN_INIT(""), "", "unseen " },
		{ "what is none", SPAN_INIT("\1\2\3"), "", "unseen " },
		{ "the head of a compound file alone",
		    SPAN_INIT("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 "
			      "http://a.example/ "),
		    "http://a.example/", "unseen " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct reading r;

		if (!table_wants(row[i].label))
			continue;
		reading_begin(&r, 100000);
		reading_keep_files(&r);
		run_check(&r, row[i].label, row[i].octets, row[i].links, "",
		    "", row[i].marks);
		reading_end(&r);
	}
	table_end();
}

static void
test_workbook(void **state)
{
	struct reading r;

	(void)state;
	reading_begin(&r, 100000);
	reading_keep_files(&r);
	{
		struct kit_member member[] = {
			{ "xl/workbook.bin", SPAN_INIT("http://no.example/") },
			{ "xl/sharedStrings.bin",
			    kit_wide("see http://a.example/ now", r.d.arena) },
			{ "xl/worksheets/_rels/sheet1.bin.rels",
			    SPAN_INIT("<R Target=\"http://b.example/\"/>") },
			{ "xl/vbaProject.bin", SPAN_INIT("x") },
		};

		run_check(&r, "workbook of records",
		    kit_zip(member, ARRAY_COUNT(member), r.d.arena),
		    "http://a.example/|http://b.example/",
		    "see http://a.example/ now", "", "macros ");
	}
	reading_end(&r);
	table_end();
}

/* Parts are what the list of types says they are. */
#define TYPE(what, name, type) \
	"<" what "='" name "' ContentType = \"application/vnd.x." type "\"/>"

static void
test_parts(void **state)
{
	struct reading r;

	(void)state;
	reading_begin(&r, 100000);
	reading_keep_files(&r);
	{
		struct kit_member member[] = {
			{ "foo/A.xml", SPAN_INIT("<w:t>one</w:t>"
			    "<w:instrText>HYPERLINK \"http://a.example/\""
			    "</w:instrText>") },
			{ "b.png", SPAN_INIT("\xef\xbb\xbf<w:t>two</w:t>") },
			{ "c.dat", SPAN_INIT("<w:t>none</w:t>") },
			{ "theme.xml", SPAN_INIT("<w:t>none</w:t>") },
			{ "d.rec", kit_wide("records of a sheet", r.d.arena) },
			{ "[Content_Types].xml", SPAN_INIT("<Types>"
			    TYPE("Override PartName", "/foo/a.xml",
				"document.main+x&#109;l")
			    TYPE("Default Extension", "PNG", "header+xml")
			    TYPE("Override PartName", "/theme.xml", "theme+xml")
			    "<Override ContentType='application/vnd.ms-excel."
			    "worksheet' PartName='/d.rec'/></Types>") },
		};

		run_check(&r, "parts by their types",
		    kit_zip(member, ARRAY_COUNT(member), r.d.arena), "",
		    "oneHYPERLINK \"http://a.example/\"\ntwo\n"
		    "records of a sheet", "", "");
	}
	reading_end(&r);
	reading_begin(&r, 100000);
	reading_keep_files(&r);
	{
		struct kit_member member = { "[Content_Types].xml",
			SPAN_INIT(TYPE("Override PartName", "/%61", "x+xml")) };

		run_check(&r, "octets in hexadecimal",
		    kit_zip(&member, 1, r.d.arena), "", "", "", "unseen ");
	}
	reading_end(&r);
	table_end();
}

/* ---- messages and notebooks ------------------------------------------------------ */

#define PROPERTIES "__properties_version1.0"
#define STREAM(x)  "__substg1.0_" x
#define STORAGE    { NULL, 0 }

static void
test_outlook(void **state)
{
	struct reading r;

	(void)state;
	reading_begin(&r, 100000);
	reading_keep_files(&r);
	{
		struct arena *a = r.d.arena;
		struct kit_entry entry[] = {
			{ PROPERTIES, 0, SPAN_INIT("x") },
			{ STREAM("0037001F"), 0, kit_wide("Gr\xc3\xbc\xc3\x9f"
							  "e", a) },
			{ STREAM("1000001E"), 0,
			    SPAN_INIT("see http://a.example/") },
			{ STREAM("10130102"), 0,
			    SPAN_INIT("<a href='http://b.example/'>c</a>") },
			{ STREAM("10090102"), 0,
			    SPAN_INIT("\0\0\0\0\0\0\0\0MELA\0\0\0\0{\\rtf1 {\\*"
				      "\\fldinst \"http://c.example/\"}}") },
			{ "__attach_version1.0_#00000000", 0, STORAGE },
			{ STREAM("3707001F"), 6,
			    kit_wide("\xf0\x9f\x98\x80.exe", a) },
			{ STREAM("3704001E"), 6, SPAN_INIT("x~1.exe") },
			{ STREAM("37010102"), 6, SPAN_INIT("MZ") },
			{ "__attach_version1.0_#00000001", 0, STORAGE },
			{ STREAM("370D001E"), 10,
			    SPAN_INIT("\\\\d.example\\x.doc") },
			{ "__attach_version1.0_#00000002", 0, STORAGE },
			{ STREAM("3701000D"), 12, STORAGE },
			{ PROPERTIES, 13, SPAN_INIT("x") },
			{ STREAM("1000001E"), 13,
			    SPAN_INIT("http://e.example/") },
			{ "__attach_version1.0_#00000000", 13, STORAGE },
			{ STREAM("3704001E"), 16, SPAN_INIT("in.txt") },
			{ STREAM("37010102"), 16, SPAN_INIT("deep") },
			{ "__attach_version1.0_#00000003", 0, STORAGE },
			{ STREAM("3701000D"), 19, STORAGE },
			{ "CONTENTS", 20, SPAN_INIT("\1http://f.example/\1") },
		};

		run_check(&r, "message",
		    kit_compound(entry, ARRAY_COUNT(entry), 4096, a),
		    "http://a.example/|http://b.example/|http://c.example/|"
		    "http://c.example/|\\\\d.example\\x.doc|http://e.example/|"
		    "http://f.example/",
		    "Gr\xc3\xbc\xc3\x9f" "e\nsee http://a.example/\nc\n"
		    "http://e.example/",
		    "\xf0\x9f\x98\x80.exe=MZ|in.txt=deep", "");
	}
	reading_end(&r);
	table_end();
}

/* Where a program may look elsewhere than this one. */
static void
test_outlook_twice(void **state)
{
	static const struct {
		const char *label;
		struct kit_entry entry[5];
		const char *links, *text, *files, *marks;
	} row[] = {
		{ "a page of two types",
		    { { STREAM("1013001F"), 0, SPAN_INIT("h\0i\0") },
			{ STREAM("10130102"), 0,
			    SPAN_INIT("<a href=http://a.example/>x</a>") } },
		    "http://a.example/", "hi\nx", "", "" },
		{ "a page in UTF-16 as octets",
		    { { STREAM("10130102"), 0,
			SPAN_INIT("\xff\xfe<\0p\0>\0h\0i\0") } },
		    "", "hi", "", "" },
		{ "a body twice",
		    { { STREAM("1000001F"), 0, SPAN_INIT("h\0i\0") },
			{ STREAM("1000001f"), 0, SPAN_INIT("h\0o\0") } },
		    "", "hi\nho", "", "" },
		{ "a file of two types, with two names",
		    { { "__attach_version1.0_#00000000", 0, STORAGE },
			{ STREAM("3707001E"), 2, SPAN_INIT("a.txt") },
			{ STREAM("3707001F"), 2, SPAN_INIT("b\0.\0") },
			{ STREAM("3701001F"), 2, SPAN_INIT("ab") },
			{ STREAM("37010102"), 2, SPAN_INIT("MZ") } },
		    "", "", "b.=|a.txt=ab|a.txt=MZ", "" },
		{ "a document of Word as well",
		    { { "WordDocument", 0,
			  SPAN_INIT(DOC "\1http://a.example/\1") },
			{ "Macros", 0, STORAGE },
			{ "VBA", 3, STORAGE },
			{ "_VBA_PROJECT", 4, SPAN_INIT("x") } },
		    "http://a.example/", "http://a.example/", "", "macros " },
		{ "objects with storages of their own",
		    { { "__attach_version1.0_#00000000", 0, STORAGE },
			{ STREAM("3701000D"), 2, STORAGE },
			{ "ObjectPool", 3, STORAGE },
			{ "WordDocument", 4,
			    SPAN_INIT(DOC "\1Dear Sir or Madam\1") } },
		    "", "Dear Sir or Madam", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct kit_entry entry[6] = { { PROPERTIES, 0,
		    SPAN_INIT("x") } };
		size_t count = 1;
		struct reading r;

		if (!table_wants(row[i].label))
			continue;
		for (; count < 6 && row[i].entry[count - 1].name != NULL;
		     count++)
			entry[count] = row[i].entry[count - 1];
		reading_begin(&r, 100000);
		reading_keep_files(&r);
		run_check(&r, row[i].label,
		    kit_compound(entry, count, 4096, r.d.arena), row[i].links,
		    row[i].text, row[i].files, row[i].marks);
		reading_end(&r);
	}
	table_end();
}

#define NOTEBOOK                                                           \
	"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3" \
	NONE16 NONE16                                                      \
	"\x3f\xdd\x9a\x10\x1b\x91\xf5\x49\xa5\xd0\x17\x91\xed\xc8\xae\xd8" \
	"\0\0"
#define NONE16 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define MARK                                                               \
	"\xe7\x16\xe3\xbd\x65\x26\x11\x45\xa4\xc4\x8d\x4d\x0b\x7a\x9e\xac"
#define OBJECT(n)                                                          \
	MARK n "\0\0\0\0\0\0\0" "\0\0\0\0" "\0\0\0\0\0\0\0\0"
#define NAME "\0\0a\0.\0h\0t\0a\0\0\0"

/* A set of three properties: a size, b.pdf as the name, a flag. */
#define NAMED(size)                            \
	"\3\0" "\x4d\x1c\0\x14" "\x9c\x1d\0\x1c" \
	"\1\x1c\0\x88" "\1\2\3\4" size "\0\0\0" "b\0.\0p\0d\0f\0\0\0"

static void
test_notebook(void **state)
{
	static const struct {
		const char *label;
		struct span octets;
		const char *links, *text, *files, *marks;
	} row[] = {
		{ "a link", SPAN_INIT(NOTEBOOK "\1http://a.example/\1"),
		    "http://a.example/", "http://a.example/", "", "" },
		{ "a file and its name",
		    SPAN_INIT(NOTEBOOK NAME OBJECT("\4") "abcd\1\2"), "", "",
		    "=abcd|a.hta=", "" },
		{ "a name that is told, and a word in a note",
		    SPAN_INIT(NOTEBOOK NAME NAMED("\14")
			    OBJECT("\4") "abcd\1\2"), "", "",
		    "=abcd|b.pdf=", "" },
		{ "of a second file none is told",
		    SPAN_INIT(NOTEBOOK NAME NAMED("\14")
			    OBJECT("\4") "abcd\1\2" OBJECT("\4") "efgh\1\2"), "",
		    "", "=abcd|=efgh|b.pdf=|a.hta=|b.pdf=", "" },
		{ "one that cannot be read", SPAN_INIT(NOTEBOOK NAME
			    NAMED("\xff") OBJECT("\4") "abcd\1\2"), "",
		    "", "=abcd|a.hta=|b.pdf=", "" },
		{ "a picture is no file",
		    SPAN_INIT(NOTEBOOK NAME OBJECT("\4") "\x89PNG\1\2"), "",
		    "", "picture", "" },
		{ "a name alone is a word", SPAN_INIT(NOTEBOOK NAME), "", "",
		    "", "" },
		{ "a program that begins like a picture",
		    SPAN_INIT(NOTEBOOK NAMED("\14") OBJECT("\4") "GIF8\1\2"),
		    "", "", "picture|b.pdf=", "" },
		{ "one whose name cannot be read",
		    SPAN_INIT(NOTEBOOK NAME NAMED("\xff") OBJECT("\4")
			      "GIF8\1\2"), "", "", "picture|a.hta=|b.pdf=",
		    "" },
		{ "a program's name that is told",
		    SPAN_INIT(NOTEBOOK "\1\0\x9c\x1d\0\x1c\x0a\0\0\0"
			      "a\0.\0c\0o\0m\0" OBJECT("\1") "x"), "", "",
		    "=x|a.com=", "" },
		{ "one that ends with a dot",
		    SPAN_INIT(NOTEBOOK "\1\0\x9c\x1d\0\x1c\x0c\0\0\0"
			      "a\0.\0j\0s\0.\0\0\0" OBJECT("\1") "x"), "",
		    "", "=x|a.js.=", "" },
		{ "a name with a mark in its end", SPAN_INIT(NOTEBOOK
			    "\0\0x\0.\0s\0e\0a\0r\0c\0h\0-\0m\0s\0\0\0"
			    OBJECT("\1") "x"), "", "",
		    "=x|x.search-ms=", "" },
		{ "a file in another's octets", SPAN_INIT(NOTEBOOK
			    OBJECT("\x29") "a" OBJECT("\4") "abcd"), "", "",
		    "=a" MARK "\4|=abcd", "" },
		{ "kept for a server",
		    SPAN_INIT("\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1"
			      "\x53\x78\xd0\x29\x96\xd3" NONE16 NONE16
			      "\x2f\xe9\x8d\x63\xd4\xa6\xc1\x4b\x9a\x36"
			      "\xb3\xfc\x25\x11\xa5\xb7"), "", "", "",
		    "unseen " },
		{ "a file that is cut", SPAN_INIT(NOTEBOOK OBJECT("\6") "abc"),
		    "", "", "=abc+", "unseen " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct reading r;

		if (!table_wants(row[i].label))
			continue;
		reading_begin(&r, 100000);
		reading_keep_files(&r);
		run_check(&r, row[i].label, row[i].octets, row[i].links,
		    row[i].text, row[i].files, row[i].marks);
		reading_end(&r);
	}
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_compound),
	cmocka_unit_test(test_objects),
	cmocka_unit_test(test_long_runs),
	cmocka_unit_test(test_others),
	cmocka_unit_test(test_workbook),
	cmocka_unit_test(test_parts),
	cmocka_unit_test(test_outlook),
	cmocka_unit_test(test_outlook_twice),
	cmocka_unit_test(test_notebook),
};

TABLE_MAIN(tests)
