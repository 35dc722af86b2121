/*
 * HTML: what is visible, what is hidden, where links go, and hostile pages.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "rules/base/buf.h"
#include "rules/base/utf8.h"
#include "rules/html/html.h"

static char *
show_flags(unsigned flags, struct arena *a)
{
	char *text = arena_strdup(a, SPAN(""));

	for (size_t i = 0; i < HTML_FLAG_COUNT; i++)
		if ((flags & 1U << i) != 0)
			text = arena_printf(a, "%s%s%s", text,
			    text[0] ? " " : "", html_flag_names[i] + 5);
	return text;
}

struct text_row {
	const char *label, *html, *text, *hidden;
};

static void
check_texts(const struct text_row *row, size_t count)
{
	struct arena *a = arena_new();

	for (size_t i = 0; i < count; i++) {
		struct html_page page;

		if (!table_wants(row[i].label))
			continue;
		html_read(
		    span_of(row[i].html), &html_limits_standard, a, &page);
		table_text(row[i].label, "text", arena_strdup(a, page.text),
		    row[i].text);
		table_text(row[i].label, "hidden", arena_strdup(a, page.hidden),
		    row[i].hidden);
	}
	arena_free(&a);
	table_end();
}

static void
test_text(void **state)
{
	static const struct text_row row[] = {
		{ "plain", "hello", "hello", "" },
		{ "blocks are lines", "<p>a</p><div>b</div>c<br>d",
		    "a\nb\nc\nd", "" },
		{ "inline elements join", "v<b>ia</b><i></i>gra", "viagra",
		    "" },
		{ "cells are apart", "<table><tr><td>a<td>b</table>", "a b",
		    "" },
		{ "white space is one space", "a \r\n\t b&nbsp;c", "a b c",
		    "" },
		{ "entities", "&lt;&eacute;&#233;&#xe9;&euro;", "<ééé€", "" },
		{ "invisible characters go", "v&#8203;i&shy;a&zwnj;gra",
		    "viagra", "" },
		{ "comment", "via<!-- x -->gra", "viagra", "" },
		{ "script, style and title are not text",
		    "<title>t</title><style>s</style><script>x</script>a", "a",
		    "" },
		{ "alt text", "a<img alt=b>c", "a b c", "" },
		{ "button", "<input type=submit value='Log in'>", "Log in",
		    "" },
		{ "broken nesting", "<b><i>a</b>b</i>c", "abc", "" },
		{ "tag that does not end", "a<b", "a", "" },
		{ "NUL", "a", "a", "" },
		{ "declared charset is not believed",
		    "<meta charset=utf-16><p>é", "é", "" },
		{ "for Outlook", "a<!--[if mso]><p>b</p><![endif]-->c",
		    "a\nb\nc", "" },
		{ "display:none", "a<div style='display:none'>b<p>c</div>d",
		    "a\nd", "b\nc" },
		{ "display shouted",
		    "<p style='DISPLAY : NONE !important'>b</p>d", "d", "b" },
		{ "the last display counts",
		    "<p style='display:none;display:block'>b", "b", "" },
		{ "comment in CSS", "<p style='display:/**/none'>b", "", "b" },
		{ "visibility", "<p style='visibility:hidden'>b", "", "b" },
		{ "font-size 0", "<p style='font-size:0'>b", "", "b" },
		{ "font-size 1px", "<p style='font-size:1px'>b", "", "b" },
		{ "font-size 12px", "<p style='font-size:12px'>b", "b", "" },
		{ "font-size .05em", "<p style='font-size:.05em'>b", "", "b" },
		{ "opacity", "<p style='opacity:0.0'>b", "", "b" },
		{ "opacity 1", "<p style='opacity:1'>b", "b", "" },
		{ "hidden", "<p hidden>b", "", "b" },
		{ "mso-hide", "<p style='mso-hide:all'>b", "", "b" },
		{ "clipped", "<p style='max-height:0;overflow:hidden'>b", "",
		    "b" },
		{ "off the screen", "<p style='text-indent:-9999px'>b", "",
		    "b" },
		{ "colour of the background",
		    "<table bgcolor=#FFF><tr><td><font color=white>b</font>c",
		    "c", "b" },
		{ "same in rgb",
		    "<p style='background:#010203;color:rgb(1,2,3)'>b", "",
		    "b" },
		{ "white on white, which is where nothing is said",
		    "<font color=white>b", "", "b" },
		{ "nearly white", "<font color=#fefefe>b", "", "b" },
		{ "white on a picture",
		    "<p style='background-image:url(x)'><font color=white>b",
		    "b", "" },
		{ "transparent", "<p style='color:transparent'>b", "", "b" },
		{ "alpha", "<p style='color:rgba(0,0,0,0)'>b", "", "b" },
		{ "scaled to nothing", "<p style='transform:scale(0)'>b", "",
		    "b" },
		{ "clipped", "<p style='clip:rect(0,0,0,0)'>b", "", "b" },
		{ "escapes in CSS", "<p style='d\\69 splay:n\\6fne'>b", "",
		    "b" },
		{ "colours of the page", "a<body bgcolor=#fff text=white>b",
		    "a", "b" },
		{ "text for clients without frames",
		    "a<iframe>b</iframe><noembed>c</noembed>d", "ad", "bc" },
		{ "not for Outlook",
		    "<!--[if !mso]><!-->a<!--<![endif]--><![if !mso]>b", "ab",
		    "" },
		{ "end tags for Outlook close nothing",
		    "<p style='display:none'>a<!--[if mso]></p><![endif]-->b",
		    "", "a\nb" },
	};
	(void)state;
	check_texts(row, ARRAY_COUNT(row));
}

#define HIDE "<style>.h{display:none}</style>"

static void
test_sheets(void **state)
{
	static const struct text_row row[] = {
		{ "class", HIDE "a<p class='x H'>b", "a", "b" },
		{ "another class", HIDE "<p class=hh>b", "b", "" },
		{ "id", "<style>#i{font-size:0}</style><p id=i>b", "", "b" },
		{ "element", "<style>kbd{font-size:0}</style>a<kbd>b", "a",
		    "b" },
		{ "everything", "<style>*{display:none}</style><p>b", "", "b" },
		{ "selectors in a list",
		    "<style>p.x, i.h {display:none}</style>a<i class=h>b</i>c",
		    "ac", "b" },
		{ "two classes",
		    "<style>.a.b{display:none}</style>"
		    "<p class=a>c<p class='b a'>d",
		    "c", "d" },
		{ "letters between",
		    "<style>.h{display:none}</style>"
		    "vi<i class=h>x</i>agra",
		    "viagra", "x" },
		{ "hidden like scripts",
		    "<style><!-- .h{display:none} -->"
		    "</style><p class=h>b",
		    "", "b" },
		{ "comments",
		    "<style>/*}*/.h/**/{display:none}</style>"
		    "<p class=h>b",
		    "", "b" },
		{ "for the screen",
		    "<style>@media screen{.h{display:none}}"
		    "</style><p class=h>b",
		    "", "b" },
		{ "for printers",
		    "<style>@media print{.h{display:none}}"
		    "</style><p class=h>b",
		    "b", "" },
		{ "for printers, all of it",
		    "<style media=print>.h{display:none}</style><p class=h>b",
		    "b", "" },
		{ "for phones",
		    "<style>@media (max-width:480px){.h{display:none}}"
		    "</style><p class=h>b",
		    "b", "" },
		{ "behind a rule that is passed over",
		    "<style>@import url(x);@font-face{a:b}@media print{a{b:c}}"
		    ".h{display:none}</style><p class=h>b",
		    "", "b" },
		{ "shown again",
		    HIDE "<style>.h{display:block}</style>"
			 "<p class=h>b",
		    "b", "" },
		{ "the id weighs more than the class",
		    "<style>#i{display:block}.h{display:none}</style>"
		    "<p id=i class=h>b",
		    "b", "" },
		{ "the element's own style wins",
		    HIDE "<p class=h style='display:block'>b", "b", "" },
		{ "but not over what is important",
		    "<style>.h{display:none!important}</style>"
		    "<p class=h style='display:block'>b",
		    "", "b" },
		{ "states and ancestors are passed over",
		    "<style>.h:hover,.x .h{display:none}</style><p class=h>b",
		    "b", "" },
		{ "a background from the sheet",
		    "<style>.d{background:#04c}</style>"
		    "<div class=d><font color=white>b",
		    "b", "" },
		{ "a background for those inside of others",
		    "<style>.d td{background:#04c}</style>"
		    "<font color=white>b",
		    "b", "" },
		{ "a sheet that does not end", "<style>.h{display:none", "",
		    "" },
		{ "a sheet for Outlook alone",
		    "<!--[if mso]>" HIDE "<![endif]--><p class=h>b", "b", "" },
	};

	(void)state;
	check_texts(row, ARRAY_COUNT(row));
}

/* Which elements are open: what browsers make of missing and crossed tags. */
static void
test_nesting(void **state)
{
	static const struct text_row row[] = {
		{ "p ends before a block", "<p style='display:none'>a<div>b",
		    "b", "a" },
		{ "items end one another",
		    "<ul><li style='display:none'>a<li>b</ul>", "b", "a" },
		{ "not those of the list outside",
		    "<ul><li style='display:none'>a<ul><li>b</ul>", "",
		    "a\nb" },
		{ "terms end one another",
		    "<dl><dt style='display:none'>a<dd>b</dl>", "b", "a" },
		{ "headings end one another", "<h1 style='display:none'>a<h2>b",
		    "b", "a" },
		{ "any heading's end tag", "<h1 style='display:none'>a</h3>b",
		    "b", "a" },
		{ "cells end one another",
		    "<table><tr><td style='display:none'>a<td>b</table>", "b",
		    "a" },
		{ "rows end one another",
		    "<table><tr style='display:none'><td>a<tr><td>b</table>",
		    "b", "a" },
		{ "a table ends what is open in it",
		    "<table><tr><td><div style='display:none'>a</table>b", "b",
		    "a" },
		{ "end tags stay in their cell",
		    "<div style='display:none'><table><tr><td></div>a", "",
		    "a" },
		{ "end tags without an element", "</div></b></x>a</p>b", "a\nb",
		    "" },
		{ "no cell outside of a table", "<td style='display:none'>a",
		    "a", "" },
		{ "text that a table can't hold",
		    "<table style='display:none'>a<tr><td>b</table>", "a",
		    "b" },
		{ "block that a table can't hold",
		    "<table><div style='display:none'>a<tr><td>b</table>", "b",
		    "a" },
		{ "inline elements don't end outside of a block",
		    "<span style='display:none'><div>a</span>b</div>c", "",
		    "ab\nc" },
		{ "formatting goes on in the next block",
		    "<p><font style='display:none'>a</p><p>b</font>c", "c",
		    "a\nb" },
		{ "but not in the next cell",
		    "<table><tr><td><i style='display:none'>a<td>b", "b", "a" },
		{ "formatting ends in a block",
		    "<font style='display:none'><p>a</font>b", "b", "a" },
		{ "with what is open in it",
		    "<b><span style='display:none'>a</b>b", "b", "a" },
		{ "the elements of a form stay in it",
		    "<form style='display:none'><div>a</form>b</div>c", "c",
		    "a\nb" },
		{ "a form in a form is none",
		    "<form>a<form style='display:none'>b", "ab", "" },
		{ "unknown elements", "<x style='display:none'>a</y>b</X>c",
		    "c", "ab" },
		{ "style of SVG is no raw text", "<svg><style>a</svg>b", "b",
		    "" },
		{ "HTML ends SVG", "<svg style='display:none'>a<p>b", "b",
		    "a" },
		{ "HTML in SVG",
		    "<svg style='display:none'><foreignObject><p>a", "", "a" },
		{ "self-closing in SVG alone",
		    "<svg style='display:none'/>a<x style='display:none'/>b",
		    "a", "b" },
		{ "after the end", "</body></html>a", "a", "" },
	};

	(void)state;
	check_texts(row, ARRAY_COUNT(row));
}

static void
test_links(void **state)
{
	static const struct {
		const char *label, *html, *links, *flags;
	} row[] = {
		{ "references of HTML 5",
		    "<a href='http&colon;&sol;/a&period;b/'>c</a>",
		    "http://a.b/ (c)", "" },
		{ "slash for a space", "<a/href=http://a/>b</a>",
		    "http://a/ (b)", "" },
		{ "button with a place of its own",
		    "<button formaction=http://a/>b</button>",
		    "action http://a/ ()", "" },
		{ "link in a drawing",
		    "<svg><a xlink:href=http://a/><text>b</text></a></svg>",
		    "http://a/ (b)", "" },
		{ "button for Outlook",
		    "<!--[if mso]><v:roundrect href=http://a/>b</v:roundrect>"
		    "<![endif]-->",
		    "http://a/ (b)", "" },
		{ "picture in CSS",
		    "<p style='background:url(\"http://a/\")'>b",
		    "image http://a/ ()", "" },
		{ "link with text", "x <a href='http://a/'>b <b>c</b></a> d",
		    "http://a/ (b c)", "" },
		{ "two that are not closed", "<a href=x>b<a href=y>c",
		    "x (b)y (c)", "" },
		{ "image in a link",
		    "<a href=x><img src=http://i/ alt=pic></a>",
		    "x (pic)image http://i/ ()", "" },
		{ "entities and line ends in href",
		    "<a href=' ht\ntp://a/?b&amp;c '>x</a>",
		    "http://a/?b&c (x)", "" },
		{ "hidden text of a link",
		    "<a href=x>b<i style='display:none'>c</i></a>", "x (b)",
		    "hidden" },
		{ "anchor only", "<a href=#top>b</a><a name=x>", "", "" },
		{ "javascript", "<a href=' JavaScript:x'>b</a>",
		    "JavaScript:x (b)", "javascript" },
		{ "data", "<a href=data:text/html,x>b</a>",
		    "data:text/html,x (b)", "data" },
		{ "data that is no page", "<a href=data:image/png,x>b</a>", "",
		    "data" },
		{ "script that leads on",
		    "<script>if (1) window.location = 'https://a.b/';"
		    "window.open(\"//c.d/x\"); location.replace(`http://e/`)"
		    "</script>",
		    "load https://a.b/ ()load //c.d/x ()load http://e/ ()",
		    "script" },
		{ "script that names hosts",
		    "<script>var x = 'https://a.b/'; location = x + '/c';"
		    "location = 'top'</script>",
		    "load https://a.b//c ()", "script" },
		{ "event that leads on",
		    "<a href=# onclick=\"location.href='https://a.b/'\">x</a>",
		    "load https://a.b/ ()", "script" },
		{ "inline image is no data link", "<img src=data:image/png,x>",
		    "", "" },
		{ "form with a password",
		    "<form action=http://f/><input type=PASSWORD></form>",
		    "action http://f/ ()", "form password" },
		{ "base", "<base href=http://b/><a href=c>d</a>", "c (d)",
		    "base" },
		{ "refresh",
		    "<meta http-equiv=Refresh content='0; URL=http://r/'>",
		    "load http://r/ ()", "refresh" },
		{ "event", "<body onload=x()>", "", "script" },
		{ "smuggling", "<script>var b = new Blob([atob('x')])</script>",
		    "", "script smuggling" },
		{ "frame", "<iframe src=http://f/>", "load http://f/ ()",
		    "frame" },
		{ "a page as an attribute",
		    "<iframe srcdoc='&lt;a href=http://f/&gt;'>",
		    "http://f/ ()", "data frame" },
		{ "a page as an attribute of a link",
		    "<a href='data:text/html;base64,"
		    "PGEgaHJlZj1odHRwOi8vZj54PC9hPg=='>y</a>",
		    "data:text/html;base64,PGEgaHJlZj1odHRwOi8vZj54PC9hPg== (y)"
		    "http://f ()",
		    "data" },
		{ "a page in a page in a page, and one more",
		    "<iframe srcdoc=\"<iframe srcdoc='<iframe src=data:text/"
		    "html,%3Ca%20href=http://f/%3E></iframe>'></iframe>\">"
		    "</iframe>",
		    "load data:text/html,%3Ca%20href=http://f/%3E ()"
		    "http://f/ ()",
		    "data frame" },
		{ "what audio, video and SVG load",
		    "<audio src=http://a/><video><source src=http://b/>"
		    "<svg><use href=http://c/ /><script href=http://d/ /></svg>",
		    "load http://a/ ()load http://b/ ()load http://c/ ()"
		    "load http://d/ ()",
		    "script" },
		{ "a link that is set by an animation",
		    "<svg><a><set attributeName=href to=http://a/ /></a></svg>",
		    "http://a/ ()", "" },
		{ "a style sheet's own",
		    "<style>@import 'http://a/'; p{background:url(http://b/)}"
		    "</style>",
		    "load http://b/ ()load http://a/ ()", "" },
		{ "background", "<table background=http://i/>",
		    "image http://i/ ()", "" },
		{ "sizes of an image",
		    "<img src=http://i/ srcset='http://j/ 2x,\n//k/ 800w, l'>",
		    "image http://j/ ()image //k/ ()image http://i/ ()", "" },
		{ "the first picture of a film", "<video poster=http://i/>",
		    "image http://i/ ()", "" },
		{ "a style sheet from elsewhere", "<link href=http://s/>",
		    "load http://s/ ()", "" },
		{ "link over blocks", "<p><a href=x>a</p><p>b</a>c", "x (a\nb)",
		    "" },
		{ "link around a table",
		    "<a href=x><table><tr><td>a</a>b</table></a>c", "x (ab)",
		    "" },
		{ "link that ends with its cell",
		    "<table><tr><td><a href=x>a<td>b", "x (a)", "" },
		{ "link in SVG", "<svg><a href=x>a</a></svg>b", "x (a)", "" },
		{ "attributes without spaces", "<a/href=\"x\"onclick=y>a</a>",
		    "x (a)", "script" },
	};
	static const char *const kind[] = { "", "image ", "action ", "load " };
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct html_page page;
		char *links = arena_strdup(a, SPAN(""));

		if (!table_wants(row[i].label))
			continue;
		html_read(
		    span_of(row[i].html), &html_limits_standard, a, &page);
		for (size_t k = 0; k < page.link_count; k++)
			links = arena_printf(a, "%s%s%.*s (%.*s)", links,
			    kind[page.link[k].kind],
			    SPAN_FMT(page.link[k].href),
			    SPAN_FMT(page.link[k].text));
		table_text(row[i].label, "links", links, row[i].links);
		table_text(row[i].label, "flags", show_flags(page.flags, a),
		    row[i].flags);
	}
	arena_free(&a);
	table_end();
}

/* Pages that are one piece many times over: linear time, flags. */
static void
test_hostile(void **state)
{
	static const struct {
		const char *start, *piece;
		size_t octets;
		unsigned flags;
	} row[] = {
		{ "", "<div>", 100000, HTML_DEPTH },
		{ "", "<b>", 100000, HTML_DEPTH },
		{ "", "<div style='color:red'>", 400000, HTML_DEPTH },
		{ "", "<a href=x>y", 200000, HTML_LIMIT },
		{ "", "word ", 5000000, HTML_LIMIT },
		{ "", "x", 5000000, HTML_LIMIT },
		{ "<!--", "x", 1000000, 0 },
		{ "<a href='", "x", 1000000, 0 },
		{ "<script>", "<x", 1000000, HTML_SCRIPT },
		{ "", "<", 1000000, 0 },
		{ "", "<!--", 1000000, 0 },
		{ "", "<!--[if x]>", 300000, 0 },
		{ "", "&", 1000000, 0 },
		{ "", "&amp", 1000000, 0 },
		{ "<a ", "x=y ", 200000, 0 },
		{ "", "<table><tr><td>", 300000, HTML_DEPTH },
		{ "", "</p>", 300000, 0 },
		{ "<p style='", "a:b;", 300000, 0 },
		{ "", "<p>\xff\xfe", 100000, 0 },
		{ "", "<b style=a:b><div></b>", 300000, HTML_DEPTH },
		{ "", "<p><b><i><u><s><tt>x", 300000, 0 },
		{ "", "<i color=red><i color=blue><p>x", 300000, 0 },
		{ "", "<table><td><a href=x>", 300000, HTML_DEPTH },
		{ "", "<ul><li></ul></li>", 300000, 0 },
		{ "", "<svg><mi><p>", 300000, HTML_DEPTH },
		{ "", "<form><div></form>", 300000, HTML_DEPTH },
		{ "", "<!--[if x]><table><![endif]-->", 300000, 0 },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct html_page page;
		struct buf html;

		buf_init(&html, (size_t)8 << 20);
		(void)buf_addz(&html, row[i].start);
		while (html.n < row[i].octets)
			(void)buf_addz(&html, row[i].piece);
		html_read(buf_span(&html), &html_limits_standard, a, &page);
		if ((page.flags & row[i].flags) != row[i].flags)
			table_fail(row[i].piece, "flags: got %s",
			    show_flags(page.flags, a));
		if (!utf8_valid(page.text))
			table_fail(row[i].piece, "text is not UTF-8");
		buf_free(&html);
	}
	arena_free(&a);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_text),
	cmocka_unit_test(test_sheets),
	cmocka_unit_test(test_nesting),
	cmocka_unit_test(test_links),
	cmocka_unit_test(test_hostile),
};

TABLE_MAIN(tests)
