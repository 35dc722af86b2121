/*
 * What elements and attributes do beside holding text: frames, forms, scripts,
 * style, and which of them hold addresses. What is text of the page is
 * html.c's.
 */
#include "config.h"

#include "rules/html/html_inside.h"

#include "rules/base/utf8.h"
#include "rules/html/html_refresh.h"
#include "rules/html/html_script.h"

#define SHEET_OCTETS ((size_t)128 << 10) /* of one style element */
#define SHEET_LINKS  32                  /* of one style element */

/* ---- scripts and style sheets ------------------------------------------------ */

static void
element_script_url(void *ctx, struct span url)
{
	(void)html_follow(ctx, HTML_LOAD, url);
}

static void
element_script_page(void *ctx, struct span html)
{
	html_page_inside(ctx, html, true);
}

static void
element_script(struct html_reader *r, struct span text)
{
	struct html_script script = { .arena = r->arena,
		.budget = &r->built,
		.names = r->names,
		.url = element_script_url,
		.page = element_script_page,
		.ctx = r };

	if (html_script_smuggles(text))
		r->out->flags |= HTML_SMUGGLING;
	html_script_read(&script, text);
	r->names = script.names;
	if (script.built)
		r->out->flags |= HTML_BUILT;
	if (r->built == 0)
		r->out->flags |= HTML_LIMIT;
}

/* The text of url(...), with or without quotes, or of a quoted one. */
static struct span
element_css_text(struct span s)
{
	char quote = s.n > 0 ? s.p[0] : 0;

	if (quote == '"' || quote == '\'') {
		s = span_slice(s, 1, s.n);
		return span_slice(s, 0, span_find(s, quote));
	}
	return span_trim(span_slice(s, 0, span_find(s, ')')));
}

/* What a style sheet loads: others, fonts, pictures. */
static void
element_sheet_links(struct html_reader *r, struct span css)
{
	static const struct span mark[] = { SPAN_INIT("url("),
		SPAN_INIT("URL("), SPAN_INIT("@import") };

	for (size_t i = 0; i < ARRAY_COUNT(mark); i++) {
		struct span rest = css;
		size_t at;

		for (size_t k = 0;
		     k < SHEET_LINKS &&
		     (at = span_search(rest, mark[i])) != SIZE_MAX;
		     k++) {
			struct span url;

			rest = span_slice(rest, at + mark[i].n, rest.n);
			url = element_css_text(span_trim(rest));
			if (html_follow_absolute(url))
				(void)html_follow(r, HTML_LOAD, url);
		}
	}
}

void
html_element_text(struct html_reader *r, enum html_tag tag, struct span text)
{
	if (tag == TAG_SCRIPT)
		element_script(r, text);
	if (tag != TAG_STYLE)
		return;
	element_sheet_links(r, text);
	if (r->sheet_counts)
		html_sheet_add(&r->sheet, span_slice(text, 0, SHEET_OCTETS));
}

/* ---- elements -------------------------------------------------------------- */

/* <meta http-equiv=refresh content="0; url=http://..."> */
static void
element_meta(struct html_reader *r, const struct html_token *token)
{
	struct span equiv = html_token_value(r, token, ATTR_HTTP_EQUIV);
	struct span url;

	if (!span_case_is(span_trim(equiv), "refresh") ||
	    !html_token_has(token, ATTR_CONTENT))
		return;
	r->out->flags |= HTML_REFRESH;
	url = html_refresh_url(html_token_value(r, token, ATTR_CONTENT));
	if (url.n > 0)
		(void)html_follow(r, HTML_LOAD, url);
}

static void
element_input(struct html_reader *r, const struct html_token *token,
    const struct html_style *style)
{
	struct span type = span_trim(html_token_value(r, token, ATTR_TYPE));

	if (span_case_is(type, "password"))
		r->out->flags |= HTML_PASSWORD;
	else if (span_case_is(type, "image"))
		html_follow_image(r, html_token_value(r, token, ATTR_SRC));
	if (span_case_is(type, "submit") || span_case_is(type, "button"))
		html_text_apart(
		    r, style, html_token_value(r, token, ATTR_VALUE));
	else if (!span_case_is(type, "hidden"))
		html_text_apart(
		    r, style, html_token_value(r, token, ATTR_PLACEHOLDER));
}

static void
element_base(struct html_reader *r, const struct html_token *token)
{
	if (!html_token_has(token, ATTR_HREF) || r->out->base.n > 0)
		return;
	r->out->base =
	    html_follow_clean(r, html_token_value(r, token, ATTR_HREF));
	r->out->flags |= HTML_BASE;
}

void
html_element_frame(struct html_reader *r, const struct html_token *token,
    const struct html_style *style)
{
	struct span page = html_token_value(r, token, ATTR_SRCDOC);
	bool mute = html_style_hides(style);

	r->out->flags |= HTML_FRAME;
	(void)html_follow_add(
	    r, HTML_LOAD, html_token_value(r, token, ATTR_SRC), mute);
	(void)html_follow_add(
	    r, HTML_LOAD, html_token_value(r, token, ATTR_DATA), mute);
	if (page.n == 0)
		return;
	/* The same as one in a data: URL, by another name. */
	r->out->flags |= HTML_DATA;
	html_page_inside(r, utf8_clean(page, r->arena), mute);
}

/* Where parts of SVG and MathML lead, and what they load. */
static void
element_foreign(struct html_reader *r, const struct html_token *token)
{
	struct span values = html_token_value(r, token, ATTR_VALUES), one;

	(void)html_follow(r, HTML_LOAD, html_token_value(r, token, ATTR_HREF));
	(void)html_follow(
	    r, HTML_LOAD, html_token_value(r, token, ATTR_XLINK_HREF));
	/* An address may be what an animation sets it to. */
	one = html_token_value(r, token, ATTR_TO);
	do {
		one = html_follow_clean(r, one);
		if (html_follow_absolute(one) ||
		    span_case_starts(one, SPAN("javascript:")))
			(void)html_follow(r, HTML_LINK, one);
	} while (span_cut(&values, ';', &one));
}

/* Elements without a name of their own here. */
static void
element_other(struct html_reader *r, const struct html_token *token)
{
	/* Buttons as Outlook draws them. */
	if (span_case_starts(token->text, SPAN("v:")) &&
	    html_token_has(token, ATTR_HREF))
		html_anchor_begin(r, token);
	else if (token->has != 0 && html_tree_foreign(&r->tree))
		element_foreign(r, token);
	if (html_token_has(token, ATTR_SRC)) /* audio, video */
		(void)html_follow(
		    r, HTML_LOAD, html_token_value(r, token, ATTR_SRC));
}

void
html_element_open(struct html_reader *r, const struct html_token *token,
    const struct html_style *style)
{
	switch (token->tag) {
	case TAG_A:
	case TAG_AREA:
		html_anchor_begin(r, token);
		break;
	case TAG_BASE:
		element_base(r, token);
		break;
	case TAG_FORM:
		r->out->flags |= HTML_FORM;
		(void)html_follow(
		    r, HTML_ACTION, html_token_value(r, token, ATTR_ACTION));
		break;
	case TAG_IMAGE:
	case TAG_IMG:
		r->out->images++;
		html_follow_image(r, html_token_value(r, token, ATTR_SRC));
		if (html_tree_foreign(&r->tree)) {
			html_follow_image(
			    r, html_token_value(r, token, ATTR_HREF));
			html_follow_image(
			    r, html_token_value(r, token, ATTR_XLINK_HREF));
		}
		html_text_apart(r, style, html_token_value(r, token, ATTR_ALT));
		break;
	case TAG_INPUT:
		element_input(r, token, style);
		break;
	case TAG_LINK: /* style sheets, icons */
		(void)html_follow(
		    r, HTML_LOAD, html_token_value(r, token, ATTR_HREF));
		break;
	case TAG_MATH:
		element_foreign(r, token);
		break;
	case TAG_META:
		element_meta(r, token);
		break;
	case TAG_SCRIPT:
		r->out->flags |= HTML_SCRIPT;
		(void)html_follow(
		    r, HTML_LOAD, html_token_value(r, token, ATTR_SRC));
		if (html_tree_foreign(&r->tree))
			element_foreign(r, token);
		break;
	case TAG_SOURCE:
	case TAG_TRACK:
		(void)html_follow(
		    r, HTML_LOAD, html_token_value(r, token, ATTR_SRC));
		break;
	case TAG_STYLE:
		r->sheet_counts =
		    !r->in_comment && r->inside == 0 &&
		    html_sheet_media(html_token_value(r, token, ATTR_MEDIA));
		break;
	case TAG_OTHER:
		element_other(r, token);
		break;
	default:
		break;
	}
}

/* The images that a style attribute loads. */
static void
element_style_images(struct html_reader *r, struct span css)
{
	size_t at;

	if (span_find(css, '(') == SIZE_MAX)
		return;
	while ((at = span_case_search(css, SPAN("url("))) != SIZE_MAX) {
		css = span_slice(css, at + 4, css.n);
		html_follow_image(r, element_css_text(span_trim(css)));
	}
}

void
html_element_sheet(struct html_reader *r, const struct html_token *token,
    struct html_style *own)
{
	struct span css = html_token_value(r, token, ATTR_STYLE);
	struct html_subject e = { token->text,
		html_token_value(r, token, ATTR_ID),
		html_token_value(r, token, ATTR_CLASS) };
	struct html_declared declared = { .set = 0 };

	if (css.n > 0) {
		declared = html_style_read(css);
		element_style_images(r, css);
	}
	declared = html_sheet_match(&r->sheet, &e, &declared);
	html_style_settle(own, &declared);
}

struct html_style
html_element_style(struct html_reader *r, const struct html_token *token)
{
	struct html_style own = html_style_none;

	if (html_token_has(token, ATTR_COLOR))
		own.colour =
		    html_style_colour(html_token_value(r, token, ATTR_COLOR));
	if (html_token_has(token, ATTR_TEXT) && token->tag == TAG_BODY)
		own.colour =
		    html_style_colour(html_token_value(r, token, ATTR_TEXT));
	if (html_token_has(token, ATTR_BGCOLOR))
		own.background =
		    html_style_colour(html_token_value(r, token, ATTR_BGCOLOR));
	if (html_token_has(token, ATTR_BACKGROUND)) {
		own.background = STYLE_NO_COLOUR;
		html_follow_image(
		    r, html_token_value(r, token, ATTR_BACKGROUND));
	}
	if (html_token_has(token, ATTR_POSTER))
		html_follow_image(r, html_token_value(r, token, ATTR_POSTER));
	if (html_token_has(token, ATTR_SRCSET))
		html_follow_srcset(r, html_token_value(r, token, ATTR_SRCSET));
	if (html_token_has(token, ATTR_FORMACTION))
		(void)html_follow(r, HTML_ACTION,
		    html_token_value(r, token, ATTR_FORMACTION));
	if (html_token_has(token, ATTR_PING))
		(void)html_follow(
		    r, HTML_LOAD, html_token_value(r, token, ATTR_PING));
	if (html_token_has(token, ATTR_EVENT)) {
		r->out->flags |= HTML_SCRIPT;
		element_script(r, html_token_value(r, token, ATTR_EVENT));
	}
	own.hidden = html_token_has(token, ATTR_HIDDEN);
	return own;
}
