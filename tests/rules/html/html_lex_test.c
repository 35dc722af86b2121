/*
 * HTML as tokens: each state of the standard's tokenizer, character
 * references, and pages that would take a careless one quadratic time.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "rules/base/buf.h"
#include "rules/html/html_entity.h"
#include "rules/html/html_lex.h"

/* Adds " href='x'" and the like. */
static void
show_attributes(
    struct buf *out, const struct html_token *token, struct arena *a)
{
	static const char *const name[ATTR_COUNT] = {
		[ATTR_ALT] = "alt",
		[ATTR_HIDDEN] = "hidden",
		[ATTR_HREF] = "href",
		[ATTR_HTTP_EQUIV] = "http-equiv",
		[ATTR_PLACEHOLDER] = "placeholder",
		[ATTR_SRC] = "src",
		[ATTR_STYLE] = "style",
		[ATTR_EVENT] = "event",
	};

	for (size_t i = 0; i < ATTR_COUNT; i++) {
		if ((token->has & 1U << i) == 0)
			continue;
		(void)buf_printf(out, " %s='", name[i] ? name[i] : "?");
		(void)buf_add(out, html_entity_value(token->value[i], a));
		(void)buf_addz(out, "'");
	}
}

static void
show_token(struct buf *out, const struct html_token *token, struct arena *a)
{
	static const char *const start[] = {
		[HTML_TOKEN_END] = "end ",
		[HTML_TOKEN_TEXT] = "",
		[HTML_TOKEN_OPEN] = "[",
		[HTML_TOKEN_CLOSE] = "[/",
		[HTML_TOKEN_COMMENT] = "[#",
		[HTML_TOKEN_DOCTYPE] = "[!",
	};

	(void)buf_addz(out, start[token->kind]);
	(void)buf_add(out, token->text);
	if (token->kind == HTML_TOKEN_OPEN) {
		show_attributes(out, token, a);
		if (token->self_closing)
			(void)buf_addz(out, " /");
	}
	if (token->kind != HTML_TOKEN_TEXT)
		(void)buf_addz(out, "]");
}

/* All tokens as one text; foreign as if all of it stood in SVG. */
static char *
show(struct span page, bool foreign, struct arena *a)
{
	struct html_token token;
	struct html_lex lex;
	struct buf out;
	char *text;

	buf_init(&out, 4096);
	html_lex_init(&lex, page);
	lex.foreign = foreign;
	while (html_lex_next(&lex, &token))
		show_token(&out, &token, a);
	text = arena_strdup(a, buf_span(&out));
	buf_free(&out);
	return text;
}

static void
test_tokens(void **state)
{
	static const struct {
		const char *label, *html, *want;
	} row[] = {
		{ "nothing", "", "" },
		{ "no page at all", NULL, "" },
		{ "text", "a b", "a b" },
		{ "less-than sign that begins nothing", "a < b <3 <<",
		    "a < b <3 <<" },
		{ "less-than sign at the end", "a<", "a<" },
		{ "solidus at the end", "a</", "a</" },
		{ "tags", "<p>a</p>", "[p]a[/p]" },
		{ "names keep their case", "<DiV></dIv>", "[DiV][/dIv]" },
		{ "name of anything", "<a\"<&=b>", "[a\"<&=b]" },
		{ "end tag without a name", "a</>b", "ab" },
		{ "end tag that is none", "a</ b>c</3>", "a[# b]c[#3]" },
		{ "question mark", "<?xml a?>b", "[#?xml a?]b" },
		{ "tag that does not end", "a<p href=x", "a" },
		{ "tag whose quote does not end", "a<p href='x>b", "a" },
		{ "self-closing", "<br/><br / ><br a=b/>", "[br /][br][br]" },
		{ "unquoted", "<a href=x/y>", "[a href='x/y']" },
		{ "quoted", "<a href=\"x>'\" src='\"'>",
		    "[a href='x>'' src='\"']" },
		{ "nothing between attributes", "<a href=\"x\"src='y'alt=z>",
		    "[a alt='z' href='x' src='y']" },
		{ "solidus for a space", "<a/href=\"x\"/hidden>",
		    "[a hidden='' href='x']" },
		{ "white space around the equals sign",
		    "<a href\n=\f\t\r\"x\">", "[a href='x']" },
		{ "value left out", "<a href=>b", "[a href='']b" },
		{ "quote in an unquoted value", "<a href=x\"y'>",
		    "[a href='x\"y'']" },
		{ "equals sign begins a name", "<a =href=x href=y>",
		    "[a href='y']" },
		{ "the first of a name counts", "<a href=x HREF=y>",
		    "[a href='x']" },
		{ "events by any name", "<a ONx=y>", "[a event='y']" },
		{ "attributes of an end tag", "</a href='>'>b", "[/a]b" },
		{ "names with a hyphen", "<meta http-equiv=x>",
		    "[meta http-equiv='x']" },
		{ "unknown attributes", "<p dir=ltr data-href=x hre=y hreff=z>",
		    "[p]" },

		{ "comment", "a<!-- b > <p> - -- -->c", "a[# b > <p> - -- ]c" },
		{ "short comments", "<!-->a<!--->b<!---->c<!----->d",
		    "[#]a[#]b[#]c[#-]d" },
		{ "exclamation mark ends a comment", "<!--a--!>b", "[#a]b" },
		{ "and does not", "<!---!>--!b-->c", "[#-!>--!b]c" },
		{ "comment in a comment", "<!--a<!--b-->c-->",
		    "[#a<!--b]c-->" },
		{ "comment that does not end", "<!--a", "[#a]" },
		{ "bogus comments", "<!a><!-b-><![if !mso]>c",
		    "[#a][#-b-][#[if !mso]]c" },
		{ "doctype", "<!DOCTYPE html>a<!doctypex'>'>",
		    "[! html]a[!x']'>" },
		{ "CDATA is a comment", "<![CDATA[a>b]]>", "[#[CDATA[a]b]]>" },

		{ "title", "<title><b>&amp;</b></titlex></TITLE >a",
		    "[title]<b>&</b></titlex>[/TITLE]a" },
		{ "textarea", "<textarea></title></textarea/>a",
		    "[textarea]</title>[/textarea]a" },
		{ "style", "<style><!--</p>&amp;</style>a",
		    "[style]<!--</p>&amp;[/style]a" },
		{ "iframe without an end", "<iframe><p></iframe",
		    "[iframe]<p></iframe" },
		{ "plaintext", "<plaintext><p>&amp;</plaintext>",
		    "[plaintext]<p>&amp;</plaintext>" },
		{ "noscript is read", "<noscript><p>", "[noscript][p]" },
		{ "script", "<script>a<b</p></script >c",
		    "[script]a<b</p>[/script]c" },
		{ "script, escaped", "<script><!--</script>a",
		    "[script]<!--[/script]a" },
		{ "script, escaped twice",
		    "<script><!--<script >a</script>b--></script>c",
		    "[script]<!--<script >a</script>b-->[/script]c" },
		{ "escaped twice to the end", "<script><!--<script>a</script>b",
		    "[script]<!--<script>a</script>b" },
		{ "escape that ends at once", "<script><!--><script></script>a",
		    "[script]<!--><script>[/script]a" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++)
		if (table_wants(row[i].label))
			table_text(row[i].label, "tokens",
			    show(span_of(row[i].html), false, a), row[i].want);
	table_text("CDATA in SVG", "tokens",
	    show(SPAN("<![CDATA[a>b&amp;]]><style><p>"), true, a),
	    "a>b&amp;[style][p]");
	arena_free(&a);
	table_end();
}

static void
test_references(void **state)
{
	static const struct {
		const char *label, *html, *text, *value;
	} row[] = {
		{ "named", "&eacute;&Eacute;&AMP;", "éÉ&", "éÉ&" },
		{ "longest name", "&CounterClockwiseContourIntegral;", "∳",
		    "∳" },
		{ "two characters", "&nGt;&NotEqualTilde;", "≫⃒≂̸", "≫⃒≂̸" },
		{ "outside of the first plane", "&Afr;", "𝔄", "𝔄" },
		{ "without a semicolon", "&lt&ampx", "<&x", "<&ampx" },
		{ "longest prefix", "&notit;&notin;", "¬it;∉", "&notit;∉" },
		{ "equals sign behind", "&copy=1&copy;=1", "©=1©=1",
		    "&copy=1©=1" },
		{ "semicolon is wanted", "&euro &bogus; &;", "&euro &bogus; &;",
		    "&euro &bogus; &;" },
		{ "none", "& && &a &", "& && &a &", "& && &a &" },
		{ "decimal and hexadecimal", "&#65;&#x42;&#X43;&#68", "ABCD",
		    "ABCD" },
		{ "no digits", "&#;&#x;&#xg&#", "&#;&#x;&#xg&#",
		    "&#;&#x;&#xg&#" },
		{ "Windows-1252", "&#128;&#x99;&#129;", "€™\xc2\x81",
		    "€™\xc2\x81" },
		{ "not a character", "&#0;&#xD800;&#x110000;&#99999999999999;",
		    "����", "����" },
		{ "leading zeros", "&#0000000000000000000065;", "A", "A" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct span s = span_of(row[i].html);

		if (!table_wants(row[i].label))
			continue;
		table_text(
		    row[i].label, "text", show(s, false, a), row[i].text);
		table_text(row[i].label, "value",
		    arena_strdup(a, html_entity_value(s, a)), row[i].value);
	}
	arena_free(&a);
	table_end();
}

/* Every name is where it is looked for. */
static void
test_names(void **state)
{
	(void)state;
	for (unsigned tag = TAG_OTHER + 1; tag < TAG_FRAGMENT; tag++)
		if (html_name_tag(html_element[tag].name) != tag)
			table_fail("element", "%s is not found",
			    html_element[tag].name.p);
	assert_int_equal(html_name_tag(SPAN("TaBlE")), TAG_TABLE);
	assert_int_equal(html_name_tag(SPAN("h\x11")), TAG_OTHER);
	assert_int_equal(html_name_tag(SPAN("tablet")), TAG_OTHER);
	assert_int_equal(html_name_tag(SPAN("{")), TAG_OTHER);
	assert_int_equal(html_name_tag(SPAN("")), TAG_OTHER);
	assert_int_equal(
	    html_name_attribute(SPAN("PlaceHolder")), ATTR_PLACEHOLDER);
	assert_int_equal(html_name_attribute(SPAN("")), ATTR_OTHER);
	table_end();
}

/* One piece many times over: each octet is looked at a few times at most. */
static void
test_hostile(void **state)
{
	static const struct {
		const char *start, *piece;
	} row[] = {
		{ "", "<" },
		{ "", "<a" },
		{ "", "</" },
		{ "", "<!--" },
		{ "<!--", "--" },
		{ "<!--", "->" },
		{ "", "<!" },
		{ "", "&" },
		{ "", "&#" },
		{ "", "&#1" },
		{ "", "&lt" },
		{ "", "&notanentity" },
		{ "<a href=\"", "x" },
		{ "", "<a href=\"" },
		{ "<a ", "/" },
		{ "<a ", "=" },
		{ "<a ", "href " },
		{ "<a ", "a='b'" },
		{ "<title>", "</title" },
		{ "<title>", "</titl" },
		{ "", "<title>" },
		{ "<script>", "<!--" },
		{ "<script>", "<!--<script>" },
		{ "<script>", "<script></script>" },
		{ "", "<plaintext>" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct html_token token;
		struct html_lex lex;
		struct buf page;
		size_t at = 0;

		buf_init(&page, (size_t)4 << 20);
		(void)buf_addz(&page, row[i].start);
		while (page.n < 2000000)
			(void)buf_addz(&page, row[i].piece);
		html_lex_init(&lex, buf_span(&page));
		for (; html_lex_next(&lex, &token); at = lex.at)
			if (lex.at <= at) {
				table_fail(row[i].piece, "no advance");
				break;
			}
		buf_free(&page);
	}
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_tokens),
	cmocka_unit_test(test_references),
	cmocka_unit_test(test_names),
	cmocka_unit_test(test_hostile),
};

TABLE_MAIN(tests)
