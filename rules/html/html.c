/*
 * What a page shows, where it leads, and which constructs it uses. How it is
 * read is html_lex.c's, which elements are open html_tree.c's, what hides text
 * html_style.c's; what links mean is link.c's.
 */
#include "config.h"

#include "rules/html/html.h"

#include <string.h>

#include "rules/base/buf.h"
#include "rules/base/utf8.h"
#include "rules/html/html_entity.h"
#include "rules/html/html_flow.h"
#include "rules/html/html_lex.h"
#include "rules/html/html_refresh.h"
#include "rules/html/html_script.h"
#include "rules/html/html_sheet.h"
#include "rules/html/html_tree.h"

#define SHEET_OCTETS ((size_t)128 << 10) /* of one style element */

const struct html_limits html_limits_standard = {
	.octets = (size_t)4 << 20,
	.text = (size_t)1 << 20,
	.links = 500,
	.depth = 512,
};

const char *const html_flag_names[HTML_FLAG_COUNT] = {
	"html-hidden",
	"html-form",
	"html-password",
	"html-base",
	"html-refresh",
	"html-script",
	"html-smuggling",
	"html-data",
	"html-javascript",
	"html-frame",
	"html-depth",
	"html-limit",
};

struct reader {
	const struct html_limits *limits;
	struct html_page *out;
	struct arena *arena;
	struct html_flow visible, hidden;
	struct html_tree tree;
	struct html_sheet sheet;
	bool sheet_counts; /* of the style element that is open */
	bool in_comment;   /* of Outlook's conditional ones */

	bool anchor;         /* a link is open */
	size_t anchor_link;  /* its index */
	size_t anchor_from;  /* where in visible its text starts */
	size_t anchor_level; /* how many <a> are in force, with it */
	size_t anchor_depth; /* how many elements are open, with it */
};

/* ---- text ------------------------------------------------------------------ */

static void
reader_text(struct reader *r, const struct html_style *shown, struct span s)
{
	struct html_style style = *shown;

	if (r->sheet.unsure)
		style.background = STYLE_NO_COLOUR;
	if (r->tree.boundary == HTML_LINE)
		r->visible.line = r->hidden.line = true;
	else if (r->tree.boundary == HTML_SPACE)
		r->visible.space = r->hidden.space = true;
	r->tree.boundary = HTML_JOINED;
	html_flow_add(html_style_hides(&style) ? &r->hidden : &r->visible, s);
}

/* Text of an attribute that is shown, set apart by spaces. */
static void
reader_text_apart(
    struct reader *r, const struct html_style *style, struct span text)
{
	if (text.n == 0 || html_tree_text(&r->tree) == NULL)
		return;
	reader_text(r, style, SPAN(" "));
	reader_text(r, style, text);
	reader_text(r, style, SPAN(" "));
}

/* ---- attributes and links -------------------------------------------------- */

static bool
token_has(const struct html_token *token, enum html_attribute id)
{
	return (token->has & 1U << id) != 0;
}

/* Without references; "" when it is not there. */
static struct span
reader_value(
    struct reader *r, const struct html_token *token, enum html_attribute id)
{
	if (!token_has(token, id))
		return SPAN("");
	return html_entity_value(token->value[id], r->arena);
}

/*
 * As the WHATWG URL standard strips it: no line ends, no tabs. Most have
 * nothing to strip.
 */
static struct span
href_clean(struct reader *r, struct span href)
{
	struct span copy = arena_dup(r->arena, href);
	char *p = (char *)(uintptr_t)copy.p;
	bool plain = true;
	size_t n = 0;

	for (size_t i = 0; i < href.n; i++)
		plain = plain && href.p[i] > ' ' && href.p[i] < 0x7f;
	if (plain)
		return copy;
	for (size_t i = 0; i < href.n; i++)
		if (p[i] != '\n' && p[i] != '\r' && p[i] != '\t' &&
		    (n > 0 || (unsigned char)p[i] > ' '))
			p[n++] = p[i];
	while (n > 0 && (unsigned char)p[n - 1] <= ' ')
		n--;
	return utf8_clean(span_make(p, n), r->arena);
}

static void
href_flags(struct reader *r, struct span href, enum html_link_kind kind)
{
	if (span_case_starts(href, SPAN("javascript:")) ||
	    span_case_starts(href, SPAN("vbscript:")))
		r->out->flags |= HTML_JAVASCRIPT;
	if (span_case_starts(href, SPAN("data:")) && kind != HTML_IMAGE)
		r->out->flags |= HTML_DATA;
}

/* Returns the index of the new link, or SIZE_MAX. */
static size_t
reader_link(struct reader *r, enum html_link_kind kind, struct span value)
{
	struct html_page *out = r->out;
	struct span href;

	if (value.n == 0)
		return SIZE_MAX;
	href = href_clean(r, value);
	href_flags(r, href, kind);
	if (href.n == 0 || href.p[0] == '#' ||
	    (span_case_starts(href, SPAN("data:")) &&
		(kind == HTML_IMAGE ||
		    !span_case_starts(href, SPAN("data:text/")))) ||
	    span_case_starts(href, SPAN("cid:")))
		return SIZE_MAX;
	if (out->link_count >= r->limits->links) {
		out->flags |= HTML_LIMIT;
		return SIZE_MAX;
	}
	out->link = arena_grow(r->arena, out->link, &out->link_cap,
	    out->link_count + 1, sizeof(*out->link));
	out->link[out->link_count] =
	    (struct html_link){ .kind = kind, .href = href, .text = SPAN("") };
	return out->link_count++;
}

static void
reader_end_anchor(struct reader *r)
{
	struct span text = buf_span(&r->visible.text);

	text = span_trim(span_slice(text, r->anchor_from, text.n));
	if (r->anchor && text.n > 0)
		r->out->link[r->anchor_link].text = arena_dup(r->arena, text);
	r->anchor = false;
}

/*
 * A link's text ends where the <a> is not in force any more, which may be
 * outside of the element; that of links of SVG and of Outlook's buttons ends
 * with their element.
 */
static void
reader_anchor(struct reader *r, const struct html_token *token)
{
	bool has = token_has(token, ATTR_HREF);
	size_t index = reader_link(r, HTML_LINK,
	    reader_value(r, token, has ? ATTR_HREF : ATTR_XLINK_HREF));
	bool html = token->tag == TAG_A && !html_tree_foreign(&r->tree);

	reader_end_anchor(r);
	if (index == SIZE_MAX || token->tag == TAG_AREA)
		return;
	r->anchor = true;
	r->anchor_link = index;
	r->anchor_from = r->visible.text.n;
	r->anchor_level = html ? r->tree.links : 0;
	r->anchor_depth = html ? 0 : r->tree.depth;
}

static void
reader_check_anchor(struct reader *r)
{
	if (r->anchor && (r->tree.links < r->anchor_level ||
			     r->tree.depth < r->anchor_depth))
		reader_end_anchor(r);
}

static void
reader_image(struct reader *r, struct span src)
{
	struct span url = span_trim(src);

	if (!span_case_starts(url, SPAN("http:")) &&
	    !span_case_starts(url, SPAN("https:")) &&
	    !span_starts(url, SPAN("//")))
		return;
	r->out->remote_images++;
	(void)reader_link(r, HTML_IMAGE, src);
}

/*
 * "URL 2x, URL 800w": other sizes of an image that is counted by its src, each
 * of which some screen loads.
 */
static void
reader_srcset(struct reader *r, struct span set)
{
	struct span one;

	while (span_cut(&set, ',', &one)) {
		size_t end = 0;

		one = span_trim(one);
		while (end < one.n && !ascii_space(one.p[end]))
			end++;
		one = span_slice(one, 0, end);
		if (span_case_starts(one, SPAN("http:")) ||
		    span_case_starts(one, SPAN("https:")) ||
		    span_starts(one, SPAN("//")))
			(void)reader_link(r, HTML_IMAGE, one);
	}
}

static void
reader_script(struct reader *r, struct span script)
{
	struct span url[HTML_SCRIPT_LINKS_MAX];
	size_t count = html_script_links(script, url, HTML_SCRIPT_LINKS_MAX);

	if (html_script_smuggles(script))
		r->out->flags |= HTML_SMUGGLING;
	for (size_t i = 0; i < count; i++)
		(void)reader_link(r, HTML_LOAD, url[i]);
}

static void
reader_text_token(struct reader *r, const struct html_token *token)
{
	const struct html_style *style = html_tree_text(&r->tree);

	if (token->tag == TAG_SCRIPT)
		reader_script(r, token->text);
	if (token->tag == TAG_STYLE && r->sheet_counts)
		html_sheet_add(
		    &r->sheet, span_slice(token->text, 0, SHEET_OCTETS));
	/* Raw text in elements that were too deep to be opened, too. */
	if (style != NULL && (html_element[token->tag].flags & EL_QUIET) == 0)
		reader_text(r, style, token->text);
}

/* <meta http-equiv=refresh content="0; url=http://..."> */
static void
reader_meta(struct reader *r, const struct html_token *token)
{
	struct span equiv = reader_value(r, token, ATTR_HTTP_EQUIV);
	struct span url;

	if (!span_case_is(span_trim(equiv), "refresh") ||
	    !token_has(token, ATTR_CONTENT))
		return;
	r->out->flags |= HTML_REFRESH;
	url = html_refresh_url(reader_value(r, token, ATTR_CONTENT));
	if (url.n > 0)
		(void)reader_link(r, HTML_LOAD, url);
}

static void
reader_input(struct reader *r, const struct html_token *token,
    const struct html_style *style)
{
	struct span type = span_trim(reader_value(r, token, ATTR_TYPE));

	if (span_case_is(type, "password"))
		r->out->flags |= HTML_PASSWORD;
	else if (span_case_is(type, "image"))
		reader_image(r, reader_value(r, token, ATTR_SRC));
	if (span_case_is(type, "submit") || span_case_is(type, "button"))
		reader_text_apart(r, style, reader_value(r, token, ATTR_VALUE));
	else if (!span_case_is(type, "hidden"))
		reader_text_apart(
		    r, style, reader_value(r, token, ATTR_PLACEHOLDER));
}

static void
reader_base(struct reader *r, const struct html_token *token)
{
	if (!token_has(token, ATTR_HREF) || r->out->base.n > 0)
		return;
	r->out->base = href_clean(r, reader_value(r, token, ATTR_HREF));
	r->out->flags |= HTML_BASE;
}

/* A page as an attribute of a frame is one in a data: URL by another name. */
static void
reader_srcdoc(struct reader *r, struct span page)
{
	if (page.n > 0)
		(void)reader_link(r, HTML_LOAD,
		    span_of(arena_printf(r->arena, "data:text/html,%.*s",
			SPAN_FMT(page))));
}

/* What some elements do beside holding text. */
static void
reader_element(struct reader *r, const struct html_token *token,
    const struct html_style *style)
{
	switch (token->tag) {
	case TAG_A:
	case TAG_AREA:
		reader_anchor(r, token);
		break;
	case TAG_BASE:
		reader_base(r, token);
		break;
	case TAG_EMBED:
	case TAG_FRAME:
	case TAG_IFRAME:
	case TAG_OBJECT:
		r->out->flags |= HTML_FRAME;
		(void)reader_link(
		    r, HTML_LOAD, reader_value(r, token, ATTR_SRC));
		(void)reader_link(
		    r, HTML_LOAD, reader_value(r, token, ATTR_DATA));
		reader_srcdoc(r, reader_value(r, token, ATTR_SRCDOC));
		break;
	case TAG_FORM:
		r->out->flags |= HTML_FORM;
		(void)reader_link(
		    r, HTML_ACTION, reader_value(r, token, ATTR_ACTION));
		break;
	case TAG_IMAGE:
	case TAG_IMG:
		r->out->images++;
		reader_image(r, reader_value(r, token, ATTR_SRC));
		reader_text_apart(r, style, reader_value(r, token, ATTR_ALT));
		break;
	case TAG_INPUT:
		reader_input(r, token, style);
		break;
	case TAG_LINK: /* style sheets, icons */
		(void)reader_link(
		    r, HTML_LOAD, reader_value(r, token, ATTR_HREF));
		break;
	case TAG_META:
		reader_meta(r, token);
		break;
	case TAG_SCRIPT:
		r->out->flags |= HTML_SCRIPT;
		(void)reader_link(
		    r, HTML_LOAD, reader_value(r, token, ATTR_SRC));
		break;
	case TAG_STYLE:
		r->sheet_counts =
		    !r->in_comment &&
		    html_sheet_media(reader_value(r, token, ATTR_MEDIA));
		break;
	case TAG_OTHER:
		/* Buttons as Outlook draws them. */
		if (span_case_starts(token->text, SPAN("v:")) &&
		    token_has(token, ATTR_HREF))
			reader_anchor(r, token);
		break;
	default:
		break;
	}
}

/* The images that a style attribute loads. */
static void
reader_style_images(struct reader *r, struct span css)
{
	size_t at;

	if (span_find(css, '(') == SIZE_MAX)
		return;
	while ((at = span_case_search(css, SPAN("url("))) != SIZE_MAX) {
		size_t end;
		struct span url;

		css = span_slice(css, at + 4, css.n);
		end = span_find(css, ')');
		url = span_trim(span_slice(css, 0, end));
		if (url.n > 1 && (url.p[0] == '"' || url.p[0] == '\''))
			url = span_slice(url, 1, url.n - 1);
		reader_image(r, url);
		css = span_slice(css, end == SIZE_MAX ? css.n : end, css.n);
	}
}

/* What CSS says of an element, in its attribute and in style sheets. */
static void
reader_style(
    struct reader *r, const struct html_token *token, struct html_style *own)
{
	struct span css = reader_value(r, token, ATTR_STYLE);
	struct html_subject e = { token->text, reader_value(r, token, ATTR_ID),
		reader_value(r, token, ATTR_CLASS) };
	struct html_declared declared = { .set = 0 };

	if (css.n > 0) {
		declared = html_style_read(css);
		reader_style_images(r, css);
	}
	declared = html_sheet_match(&r->sheet, &e, &declared);
	html_style_settle(own, &declared);
}

/* Attributes that any element may have. */
static struct html_style
reader_attributes(struct reader *r, const struct html_token *token)
{
	struct html_style own = html_style_none;

	if (token_has(token, ATTR_COLOR))
		own.colour =
		    html_style_colour(reader_value(r, token, ATTR_COLOR));
	if (token_has(token, ATTR_TEXT) && token->tag == TAG_BODY)
		own.colour =
		    html_style_colour(reader_value(r, token, ATTR_TEXT));
	if (token_has(token, ATTR_BGCOLOR))
		own.background =
		    html_style_colour(reader_value(r, token, ATTR_BGCOLOR));
	if (token_has(token, ATTR_BACKGROUND)) {
		own.background = STYLE_NO_COLOUR;
		reader_image(r, reader_value(r, token, ATTR_BACKGROUND));
	}
	if (token_has(token, ATTR_POSTER))
		reader_image(r, reader_value(r, token, ATTR_POSTER));
	if (token_has(token, ATTR_SRCSET))
		reader_srcset(r, reader_value(r, token, ATTR_SRCSET));
	if (token_has(token, ATTR_FORMACTION))
		(void)reader_link(
		    r, HTML_ACTION, reader_value(r, token, ATTR_FORMACTION));
	if (token_has(token, ATTR_EVENT)) {
		r->out->flags |= HTML_SCRIPT;
		reader_script(r, reader_value(r, token, ATTR_EVENT));
	}
	own.hidden = token_has(token, ATTR_HIDDEN);
	return own;
}

/* ---- tokens ---------------------------------------------------------------- */

static void
reader_start(struct reader *r, const struct html_token *token)
{
	struct html_style style = html_style_none;

	if (token->has != 0)
		style = reader_attributes(r, token);
	if (token_has(token, ATTR_STYLE) || r->sheet.count > 0)
		reader_style(r, token, &style);
	if ((html_element[token->tag].flags & EL_UNSHOWN) != 0)
		style.hidden = true;
	style = html_tree_open(
	    &r->tree, token->tag, token->text, token->self_closing, style);
	reader_check_anchor(r);
	reader_element(r, token, &style);
	/* In Outlook, which takes VML for XML. */
	if (r->in_comment && token->self_closing && token->tag == TAG_OTHER)
		html_tree_close(&r->tree, token->tag, token->text);
}

static void
reader_end(struct reader *r, const struct html_token *token)
{
	html_tree_close(&r->tree, token->tag, token->text);
	reader_check_anchor(r);
}

static void reader_feed(struct reader *r, struct span html);

/* Outlook shows what stands in <!--[if mso]> ... <![endif]-->. */
static void
reader_comment(struct reader *r, struct span s)
{
	size_t from;

	if (r->in_comment || !span_starts(s, SPAN("[if ")))
		return;
	from = span_search(s, SPAN("]>"));
	if (from == SIZE_MAX)
		return;
	s = span_slice(s, from + 2, s.n);
	if (span_ends(s, SPAN("<![endif]")))
		s.n -= strlen("<![endif]");
	if (!html_tree_enter(&r->tree))
		return;
	r->in_comment = true;
	reader_feed(r, s);
	r->in_comment = false;
	html_tree_leave(&r->tree);
}

static void
reader_feed(struct reader *r, struct span html)
{
	struct html_token token = { .has = 0 };
	struct html_lex lex;

	html_lex_init(&lex, html);
	while (html_lex_next(&lex, &token)) {
		switch (token.kind) {
		case HTML_TOKEN_TEXT:
			reader_text_token(r, &token);
			break;
		case HTML_TOKEN_OPEN:
			reader_start(r, &token);
			lex.foreign = html_tree_foreign(&r->tree);
			break;
		case HTML_TOKEN_CLOSE:
			reader_end(r, &token);
			lex.foreign = html_tree_foreign(&r->tree);
			break;
		case HTML_TOKEN_COMMENT:
			reader_comment(r, token.text);
			break;
		case HTML_TOKEN_DOCTYPE:
		case HTML_TOKEN_END:
			break;
		}
	}
}

/* Browsers drop NULs from text, and so do we everywhere. */
static struct span
html_without_nul(struct span s, struct arena *a)
{
	char *p;
	size_t n = 0;

	if (span_find(s, '\0') == SIZE_MAX)
		return s;
	p = arena_strdup(a, s);
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\0')
			p[n++] = s.p[i];
	return span_make(p, n);
}

void
html_read(struct span html, const struct html_limits *limits, struct arena *a,
    struct html_page *out)
{
	struct reader r = { .limits = limits, .out = out, .arena = a };

	*out = (struct html_page){ .base = SPAN("") };
	if (html.n > limits->octets)
		out->flags |= HTML_LIMIT;
	html = html_without_nul(span_slice(html, 0, limits->octets), a);
	buf_init(&r.visible.text, limits->text);
	buf_init(&r.hidden.text, limits->text);
	html_tree_init(&r.tree, limits->depth, a);
	html_sheet_init(&r.sheet, a);
	reader_feed(&r, html);
	reader_end_anchor(&r);
	out->text = arena_dup(a, buf_span(&r.visible.text));
	out->hidden = arena_dup(a, buf_span(&r.hidden.text));
	if (out->hidden.n > 0)
		out->flags |= HTML_HIDDEN;
	if (r.tree.deep)
		out->flags |= HTML_DEPTH;
	if (r.visible.text.over || r.hidden.text.over)
		out->flags |= HTML_LIMIT;
	buf_free(&r.visible.text);
	buf_free(&r.hidden.text);
}
