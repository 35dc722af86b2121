/*
 * Where documents lead, and what stands in them.
 */
#include "config.h"

#include "tests/kit/reading_kit.h"
#include "tests/kit/table.h"

#include "rules/document/document.h"
#include "rules/document/unpack.h"

/* clang-format off */
#define OBJSTM_DATA \
	"\170\234\063\124\060\120\060\122\060\061\120\260\261\321\017\326" \
	"\017\015\362\004\141\215\214\222\222\002\053\175\375\214\314\224" \
	"\224\324\074\275\324\212\304\334\202\234\124\375\104\115\073\073" \
	"\220\072\107\040\006\252\122\260\061\263\060\067\001\102\003\143" \
	"\107\043\067\043\067\143\043\043\127\063\123\163\013\063\103\063" \
	"\027\163\003\063\147\063\123\043\067\073\005\073\020\002\000\147" \
	"\212\031\305"
static const char package_docx[] =
	"\120\113\003\004\024\000\000\000\010\000\000\000\041\000\326\326"
	"\031\326\175\000\000\000\313\000\000\000\021\000\000\000\167\157"
	"\162\144\057\144\157\143\165\155\145\156\164\056\170\155\154\125"
	"\216\317\012\002\041\020\306\137\105\174\200\346\056\346\055\050"
	"\212\130\226\056\035\267\234\112\120\127\164\026\355\355\143\240"
	"\260\275\374\206\341\373\303\247\253\262\363\175\011\030\111\264"
	"\340\143\121\165\053\027\151\164\125\267\331\276\371\046\106\146"
	"\220\031\074\116\005\205\006\176\230\371\117\054\356\031\127\012"
	"\174\303\275\301\305\102\371\202\215\314\376\072\354\306\323\341"
	"\174\024\362\105\224\024\300\303\241\267\033\154\123\110\036\241"
	"\111\216\167\377\252\022\176\353\240\317\067\037\120\113\003\004"
	"\024\000\000\000\010\000\000\000\041\000\044\100\061\206\221\000"
	"\000\000\354\000\000\000\034\000\000\000\167\157\162\144\057\137"
	"\162\145\154\163\057\144\157\143\165\155\145\156\164\056\170\155"
	"\154\056\162\145\154\163\155\317\261\012\302\060\020\006\340\127"
	"\011\031\354\326\120\107\155\164\162\350\340\042\216\131\242\075"
	"\114\360\322\206\334\041\351\333\033\051\025\025\267\073\356\343"
	"\377\271\366\004\150\331\217\003\071\037\151\327\176\256\242\353"
	"\265\154\244\070\117\021\264\164\314\161\243\024\135\035\004\113"
	"\065\144\033\042\202\162\345\230\320\017\367\342\154\272\001\317"
	"\222\012\205\207\307\267\333\133\335\254\312\270\275\350\365\102"
	"\217\143\137\202\017\231\041\015\026\245\372\251\237\221\320\242"
	"\042\236\020\250\316\001\253\377\110\113\143\334\110\274\324\231"
	"\374\112\123\337\317\075\001\120\113\003\004\024\000\000\000\010"
	"\000\000\000\041\000\002\072\271\237\044\000\000\000\042\000\000"
	"\000\020\000\000\000\167\157\162\144\057\155\145\144\151\141\057"
	"\141\056\170\155\154\263\111\124\310\050\112\115\263\125\312\050"
	"\051\051\260\322\327\057\315\053\116\115\315\323\113\255\110\314"
	"\055\310\111\325\127\322\267\003\000\120\113\001\002\024\003\024"
	"\000\000\000\010\000\000\000\041\000\326\326\031\326\175\000\000"
	"\000\313\000\000\000\021\000\000\000\000\000\000\000\000\000\000"
	"\000\200\001\000\000\000\000\167\157\162\144\057\144\157\143\165"
	"\155\145\156\164\056\170\155\154\120\113\001\002\024\003\024\000"
	"\000\000\010\000\000\000\041\000\044\100\061\206\221\000\000\000"
	"\354\000\000\000\034\000\000\000\000\000\000\000\000\000\000\000"
	"\200\001\254\000\000\000\167\157\162\144\057\137\162\145\154\163"
	"\057\144\157\143\165\155\145\156\164\056\170\155\154\056\162\145"
	"\154\163\120\113\001\002\024\003\024\000\000\000\010\000\000\000"
	"\041\000\002\072\271\237\044\000\000\000\042\000\000\000\020\000"
	"\000\000\000\000\000\000\000\000\000\000\200\001\167\001\000\000"
	"\167\157\162\144\057\155\145\144\151\141\057\141\056\170\155\154"
	"\120\113\005\006\000\000\000\000\003\000\003\000\307\000\000\000"
	"\311\001\000\000\000\000";
static const char package_odt[] =
	"\120\113\003\004\024\000\000\000\010\000\000\000\041\000\020\014"
	"\240\304\144\000\000\000\213\000\000\000\013\000\000\000\143\157"
	"\156\164\145\156\164\056\170\155\154\115\315\061\016\204\060\014"
	"\004\300\257\104\176\300\245\217\022\327\174\003\301\106\211\316"
	"\020\013\134\204\337\003\007\305\165\263\136\151\035\133\316\165"
	"\102\060\164\163\175\221\165\377\061\221\021\307\133\101\171\200"
	"\110\163\117\032\135\227\272\176\203\035\212\104\173\135\124\100"
	"\357\255\154\310\211\212\231\006\357\333\154\037\364\361\356\075"
	"\161\301\206\350\237\005\176\241\027\376\276\363\011\120\113\001"
	"\002\024\003\024\000\000\000\010\000\000\000\041\000\020\014\240"
	"\304\144\000\000\000\213\000\000\000\013\000\000\000\000\000\000"
	"\000\000\000\000\000\200\001\000\000\000\000\143\157\156\164\145"
	"\156\164\056\170\155\154\120\113\005\006\000\000\000\000\001\000"
	"\001\000\071\000\000\000\215\000\000\000\000\000";
/* clang-format on */

#define PDF    "%PDF-1.7\n1 0 obj\n"
#define OBJSTM "<</Type/ObjStm/N 2/First 9/Filter/FlateDecode>>\n"

static void
test_pdf(void **state)
{
	static const struct {
		const char *label;
		struct span octets;
		const char *links;
		bool unseen;
	} row[] = {
		{ "no link", SPAN_INIT(PDF "<</Type/Page>>\n"), "", false },
		{ "a link", SPAN_INIT(PDF "<</S/URI/URI(http://a.example/)>>"),
		    "http://a.example/", false },
		{ "with blanks",
		    SPAN_INIT(PDF "<< /S /URI\n/URI \r\n (http://a.example/ )"),
		    "http://a.example/", false },
		{ "two",
		    SPAN_INIT(PDF "/URI(http://a.example/) /URI(mailto:b@c)"),
		    "http://a.example/|mailto:b@c", false },
		{ "escapes",
		    SPAN_INIT(
			PDF "/URI(http:\\057\\57a.\\\nexample\\/\\(x\\))"),
		    "http://a.example/(x)", false },
		{ "parentheses inside",
		    SPAN_INIT(PDF "/URI(http://a.example/(x)y)z"),
		    "http://a.example/(x)y", false },
		{ "digits", SPAN_INIT(PDF "/URI<687474 703a2F2F612f>"),
		    "http://a/", false },
		{ "UTF-16",
		    SPAN_INIT(PDF "/URI(\376\377\0h\0t\0t\0p\0:\0/\0/\0a)"),
		    "http://a", false },
		{ "a name in another spelling",
		    SPAN_INIT(PDF "/#55#52I(http://a.example/)"),
		    "http://a.example/", false },
		{ "a longer name", SPAN_INIT(PDF "/URIs(http://a.example/)"),
		    "", false },
		{ "where a form is sent", SPAN_INIT(PDF "<</S/SubmitForm/F<</FS/URL"
		    "/F(http://a.example/)>>>>"), "http://a.example/", false },
		{ "a file that lies elsewhere", SPAN_INIT(PDF "/UF(a.pdf)"),
		    "", false },
		{ "an address in a script", SPAN_INIT(PDF
			"<</S/JavaScript/JS(app.launchURL\\(\"http://a.example/"
			"\"\\);)>>"), "http://a.example/", false },
		{ "a script without one", SPAN_INIT(PDF "/JS(print\\(\\);)"),
		    "", false },
		{ "a dictionary", SPAN_INIT(PDF "/URI<</Base(http://a/)>>"), "",
		    false },
		{ "a string without end",
		    SPAN_INIT(PDF "/URI(http://a.example"), "http://a.example",
		    false },
		{ "an escape at the end", SPAN_INIT(PDF "/URI(http://a\\"),
		    "http://a\\", false },
		{ "nothing behind it", SPAN_INIT(PDF "/URI"), "", false },
		{ "in an object stream",
		    SPAN_INIT(
			PDF OBJSTM "stream\r\n" OBJSTM_DATA "\nendstream"),
		    "http://hidden.example/a|http://2.example/", false },
		{ "in one whose end is missing",
		    SPAN_INIT(PDF OBJSTM "stream\n" OBJSTM_DATA),
		    "http://hidden.example/a|http://2.example/", false },
		{ "another stream is not unpacked",
		    SPAN_INIT(PDF "<</Filter/FlateDecode>>\n"
				  "stream\n" OBJSTM_DATA "\nendstream"),
		    "", false },
		{ "one that is packed otherwise",
		    SPAN_INIT(PDF "<</Type/ObjStm/Filter/LZWDecode>>\n"
				  "stream\nxyz\nendstream"),
		    "", true },
		{ "one that is broken",
		    SPAN_INIT(PDF OBJSTM "stream\nx\234zzzz\nendstream"), "",
		    true },
		{ "encrypted, which who has the keys tells",
		    SPAN_INIT(PDF "/URI(\1\2) trailer<</Encrypt 5 0 R>>"),
		    "\1\2", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct reading r;

		if (!table_wants(row[i].label))
			continue;
		reading_begin(&r, 100000);
		document_pdf(&r.d, row[i].octets);
		table_text(row[i].label, "links", reading_text(&r, &r.links),
		    row[i].links);
		table_number(row[i].label, "unseen", r.d.unseen, row[i].unseen);
		reading_end(&r);
	}
	table_end();
}

static void
test_package(void **state)
{
	static const struct {
		const char *label;
		const char *octets;
		size_t n, budget;
		const char *links, *text;
		bool unseen;
	} row[] = {
		{ "Office", package_docx, sizeof(package_docx) - 1, 100000,
		    "https://evil.example/?a=1&b=2|\\\\host.example\\x",
		    "Please sign\nHYPERLINK \"http://field.example/x\"",
		    false },
		{ "OpenDocument", package_odt, sizeof(package_odt) - 1, 100000,
		    "http://odt.example/", "Hello here", false },
		{ "beyond the budget", package_docx, sizeof(package_docx) - 1,
		    10, "", "", true },
		{ "cut in the middle", package_docx, 300, 100000, "", "",
		    true },
		{ "no zip file", "PK\3\4", 4, 100000, "", "", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct reading r;

		if (!table_wants(row[i].label))
			continue;
		reading_begin(&r, row[i].budget);
		document_package(&r.d, span_make(row[i].octets, row[i].n));
		table_text(row[i].label, "links", reading_text(&r, &r.links),
		    row[i].links);
		table_text(
		    row[i].label, "text", reading_text(&r, &r.text), row[i].text);
		table_number(row[i].label, "unseen", r.d.unseen, row[i].unseen);
		reading_end(&r);
	}
	table_end();
}

/* What our own readers of text make of it. */
static void
test_texts(void **state)
{
	static const struct {
		const char *label;
		void (*read)(struct document *d, struct span octets);
		struct span octets;
		const char *links, *text;
	} row[] = {
		{ "RTF: text", document_rtf,
		    SPAN_INIT("{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}Hi\\par "
			      "you\\tab .}"),
		    "", "Hi\nyou ." },
		{ "RTF: line ends are none", document_rtf,
		    SPAN_INIT("{\\rtf1 a\r\nb\\line\r\nc}"), "", "ab\nc" },
		{ "RTF: characters", document_rtf,
		    SPAN_INIT("{\\rtf1 \\'e4\\{x\\}\\\\\\~\\emdash y}"), "",
		    "\xc3\xa4{x}\\ -y" },
		{ "RTF: of Unicode, with what stands for them", document_rtf,
		    SPAN_INIT("{\\rtf1 \\u8364?x\\uc2\\u228 abz\\uc0\\u65 "
			      "b}"),
		    "", "\xe2\x82\xacx\xc3\xa4zAb" },
		{ "RTF: a pair, and half of one", document_rtf,
		    SPAN_INIT("{\\rtf1\\uc0 \\u-10179\\u-8704.\\u-8704}"), "",
		    "\xf0\x9f\x98\x80.\xef\xbf\xbd" },
		{ "RTF: a field", document_rtf,
		    SPAN_INIT("{\\rtf1{\\field{\\*\\fldinst{ HYPERLINK "
			      "\"mailto:x@y\" \\\\l \"here\"}}{\\fldrslt "
			      "Open}}}"),
		    "mailto:x@y|here", "Open" },
		{ "RTF: a template from elsewhere", document_rtf,
		    SPAN_INIT("{\\rtf1{\\*\\template http://a.example/t}x}"),
		    "http://a.example/t", "x" },
		{ "RTF: what is not known is not shown", document_rtf,
		    SPAN_INIT("{\\rtf1{\\*\\new a{\\b c}}{\\fonttbl 0011}x}"), "",
		    "x" },
		{ "RTF: braces that do not match", document_rtf,
		    SPAN_INIT("}}{\\rtf1 a}}}b{{{c"), "", "abc" },
		{ "RTF: a field without an end", document_rtf,
		    SPAN_INIT("{\\rtf1{\\field{\\*\\fldinst HYPERLINK "
			      "\"http://a.example/\""),
		    "http://a.example/|http://a.example/", "" },
		{ "RTF: made of a page", document_rtf,
		    SPAN_INIT("{\\rtf1\\fromhtml1 {\\*\\htmltag64 <a "
			      "href=\"http://a.example/?b=1&amp;c\">}go\\htmlrtf "
			      "!\\htmlrtf0 {\\*\\htmltag72 </a>}}"),
		    "http://a.example/?b=1&c", "go!\ngo" },
		{ "RTF: a tag alone is no page", document_rtf,
		    SPAN_INIT("{\\rtf1 {\\*\\htmltag64 <a href=b:c>}x}"), "",
		    "x" },
		{ "RTF: packed", document_rtf,
		    SPAN_INIT("\x1a\0\0\0\x0e\0\0\0LZFu\0\0\0\0"
			      "\1\0\4 packed\2}\x0d\xd0"),
		    "", "packed" },
		{ "RTF: in the packing, but not packed", document_rtf,
		    SPAN_INIT("\0\0\0\0\0\0\0\0MELA\0\0\0\0{\\rtf1 x}"),
		    "", "x" },
		{ "RTF: a backslash at the end", document_rtf,
		    SPAN_INIT("{\\rtf1 a\\"), "", "a" },
		{ "calendar: what people read", document_calendar,
		    SPAN_INIT(
			"BEGIN:VEVENT\r\nSUMMARY;LANGUAGE=en:A\\, b\\nc\r\n"
			"UID:x\r\nlocation:Here\r\n"),
		    "", "A, b\nc\nHere" },
		{ "calendar: lines that go on", document_calendar,
		    SPAN_INIT(
			"SUMMARY:a\r\n b\n\tc\nURL:http://a.exa\r\n mple/"),
		    "http://a.example/|http://a.example/", "abc" },
		{ "calendar: in the middle of a character", document_calendar,
		    SPAN_INIT("SUMMARY:\xc3\r\n \xa4"), "", "\xc3\xa4" },
		{ "calendar: an address in a parameter", document_calendar,
		    SPAN_INIT(
			"DESCRIPTION;ALTREP=\"http://a.example/x\":see\n"),
		    "http://a.example/x", "see" },
		{ "calendar: a page", document_calendar,
		    SPAN_INIT("X-ALT-DESC;FMTTYPE=text/html:<a "
			      "href=\"http://a.example/\">go</a>"),
		    "http://a.example/", "go" },
		{ "calendar: organizer", document_calendar,
		    SPAN_INIT("ORGANIZER;CN=x:mailto:a@b.example"),
		    "mailto:a@b.example", "" },
		{ "SVG", document_svg,
		    SPAN_INIT("<svg><a href='http://a.example/'>t</a></svg>"),
		    "http://a.example/", "t" },
		{ "SVG in UTF-16", document_svg,
		    SPAN_INIT(
			"\xff\xfe<\0s\0v\0g\0>\0h\0i\0<\0/\0s\0v\0g\0>\0"),
		    "", "hi" },
		{ "SVG with its charset", document_svg,
		    SPAN_INIT("<?xml version='1.0' encoding='iso-8859-1'?>"
			      "<svg><text>\xe4</text></svg>"),
		    "", "\xc3\xa4" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct reading r;

		if (!table_wants(row[i].label))
			continue;
		reading_begin(&r, 100000);
		row[i].read(&r.d, row[i].octets);
		table_text(row[i].label, "links", reading_text(&r, &r.links),
		    row[i].links);
		table_text(
		    row[i].label, "text", reading_text(&r, &r.text), row[i].text);
		table_number(row[i].label, "unseen", r.d.unseen, false);
		reading_end(&r);
	}
	table_end();
}

static void
run_image(void *ctx, struct span octets)
{
	struct reading *r = ctx;

	(void)buf_printf(&r->links, "picture=%.*s|", SPAN_FMT(octets));
}

static void
run_file(void *ctx, struct span name, struct span octets, bool cut)
{
	struct reading *r = ctx;

	(void)buf_printf(&r->links, "%.*s=%.*s%s|", SPAN_FMT(name),
	    SPAN_FMT(octets), cut ? "+" : "");
}

#define OBJECT                                              \
	"01050000 02000000 03000000 576F00 00000000 00000000 " \
	"03000000 6162 63"

/* Octets in RTF: pictures and objects. */
static void
test_rtf_octets(void **state)
{
	static const struct {
		const char *label;
		struct span octets;
		const char *found, *text;
		bool unseen;
	} row[] = {
		{ "a picture", SPAN_INIT("{\\rtf1 a{\\pict\\pngblip\\picw9 "
		    "61\r\n6 2}b}"), "picture=ab|", "ab", false },
		{ "with words of its own", SPAN_INIT("{\\rtf1{\\*\\shppict{"
		    "\\pict 61{\\*\\blipuid 77}62}}x}"), "picture=ab|", "x",
		    false },
		{ "as they are", SPAN_INIT("{\\rtf1{\\pict\\bin3 {{}}x}"),
		    "picture={{}|", "x", false },
		{ "one for older programs", SPAN_INIT("{\\rtf1{\\nonshppict{"
		    "\\pict\\wmetafile 6162}}x}"), "", "x", false },
		{ "one for older programs alone", SPAN_INIT("{\\rtf1{"
		    "\\nonshppict{\\pict FFD8FF}}x}"),
		    "picture=\xff\xd8\xff|", "x", false },
		{ "an object", SPAN_INIT("{\\rtf1{\\object{\\*\\objdata "
		    OBJECT "}{\\result x}}}"), "=abc|", "x", false },
		{ "without an end", SPAN_INIT("{\\rtf1{\\object{\\objdata "
		    OBJECT), "=abc|", "", false },
		{ "whose group is another's as well",
		    SPAN_INIT("{\\rtf1{\\pict 6162\\objdata " OBJECT "}}"),
		    "picture=ab|=abc|", "", false },
		{ "that nobody can read", SPAN_INIT("{\\rtf1{\\objdata 0105}}"),
		    "", "", true },
		{ "octets in the text", SPAN_INIT("{\\rtf1 a\\bin3 {{{b}"), "",
		    "ab", true },
		{ "more than there are",
		    SPAN_INIT("{\\rtf1 a{\\pict\\bin999999999999 b"),
		    "picture=b|", "a", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct reading r;

		if (!table_wants(row[i].label))
			continue;
		reading_begin(&r, 100000);
		r.d.image = run_image;
		r.d.file = run_file;
		document_rtf(&r.d, row[i].octets);
		table_text(row[i].label, "found", reading_text(&r, &r.links),
		    row[i].found);
		table_text(
		    row[i].label, "text", reading_text(&r, &r.text), row[i].text);
		table_number(row[i].label, "unseen", r.d.unseen, row[i].unseen);
		reading_end(&r);
	}
	table_end();
}

/* A thousand links of a PDF are read, and streams within the budget. */
static void
test_limits(void **state)
{
	static const char packed[] = OBJSTM_DATA;
	struct span out;
	struct buf text;
	struct reading r;
	bool cut;

	(void)state;
	reading_begin(&r, 100000);
	buf_init(&text, 100000);
	for (size_t i = 0; i < 1001; i++)
		(void)buf_addz(&text, "/URI(a:b)");
	document_pdf(&r.d, buf_span(&text));
	assert_true(r.d.unseen);
	assert_int_equal(r.links.n, 1000 * 4 - 1);
	buf_free(&text);
	assert_true(unpack_zlib(
	    span_make(packed, sizeof(packed) - 1), 5, r.d.arena, &out, &cut));
	assert_true(cut);
	assert_true(span_is(out, "1 0 2"));
	reading_end(&r);
	reading_begin(&r, 10);
	document_pdf(
	    &r.d, SPAN(PDF OBJSTM "stream\n" OBJSTM_DATA "\nendstream"));
	assert_true(r.d.unseen);
	reading_end(&r);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_pdf),
	cmocka_unit_test(test_package),
	cmocka_unit_test(test_texts),
	cmocka_unit_test(test_rtf_octets),
	cmocka_unit_test(test_limits),
};

TABLE_MAIN(tests)
