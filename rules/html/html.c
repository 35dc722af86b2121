/*
 * What a page shows: goes through its tokens and keeps its text. How they are
 * read is html_lex.c's, what elements do html_element.c's, which of them are
 * open html_tree.c's, what hides text html_style.c's; what links mean is
 * link.c's.
 */
#include "config.h"

#include <string.h>

#include "rules/base/buf.h"
#include "rules/html/html_entity.h"
#include "rules/html/html_inside.h"

#define INSIDE_MAX   3                   /* pages inside one another */
#define BUILT_OCTETS ((size_t)512 << 10) /* that scripts put together */

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
	"html-built-link",
};

/* ---- text ------------------------------------------------------------------ */

static void
reader_text(
    struct html_reader *r, const struct html_style *shown, struct span s)
{
	struct html_style style = *shown;

	if (r->mute)
		return;
	if (r->sheet.unsure)
		style.background = STYLE_NO_COLOUR;
	if (r->tree.boundary == HTML_LINE)
		r->visible.line = r->hidden.line = true;
	else if (r->tree.boundary == HTML_SPACE)
		r->visible.space = r->hidden.space = true;
	r->tree.boundary = HTML_JOINED;
	html_flow_add(html_style_hides(&style) ? &r->hidden : &r->visible, s);
}

void
html_text_apart(
    struct html_reader *r, const struct html_style *style, struct span text)
{
	if (text.n == 0 || html_tree_text(&r->tree) == NULL)
		return;
	reader_text(r, style, SPAN(" "));
	reader_text(r, style, text);
	reader_text(r, style, SPAN(" "));
}

static void
reader_text_token(struct html_reader *r, const struct html_token *token)
{
	const struct html_style *style = html_tree_text(&r->tree);

	if (token->tag == TAG_SCRIPT || token->tag == TAG_STYLE)
		html_element_text(r, token->tag, token->text);
	else if (html_tree_foreign(&r->tree) &&
		 r->tree.open[r->tree.depth].kind == TAG_SCRIPT)
		html_element_text(
		    r, TAG_SCRIPT, html_entity_value(token->text, r->arena));
	/* Raw text in elements that were too deep to be opened, too. */
	if (style != NULL && (html_element[token->tag].flags & EL_QUIET) == 0)
		reader_text(r, style, token->text);
}

/* ---- tokens ---------------------------------------------------------------- */

static void
reader_start(struct html_reader *r, const struct html_token *token)
{
	struct html_style style = html_style_none;

	if (token->has != 0)
		style = html_element_style(r, token);
	if ((token->has & 1U << ATTR_STYLE) != 0 || r->sheet.count > 0)
		html_element_sheet(r, token, &style);
	/* What it shows does not hang on its being open. */
	if ((html_element[token->tag].flags & EL_FRAME) != 0)
		html_element_frame(r, token, &style);
	if ((html_element[token->tag].flags & EL_UNSHOWN) != 0)
		style.hidden = true;
	style = html_tree_open(
	    &r->tree, token->tag, token->text, token->self_closing, style);
	html_anchor_check(r);
	html_element_open(r, token, &style);
	/* In Outlook, which takes VML for XML. */
	if (r->in_comment && token->self_closing && token->tag == TAG_OTHER)
		html_tree_close(&r->tree, token->tag, token->text);
}

static void
reader_end(struct html_reader *r, const struct html_token *token)
{
	html_tree_close(&r->tree, token->tag, token->text);
	html_anchor_check(r);
}

static void reader_feed(struct html_reader *r, struct span html);

void
html_page_inside(struct html_reader *r, struct span html, bool mute)
{
	struct html_anchor anchor = r->anchor;
	bool muted = r->mute;

	if (r->inside == INSIDE_MAX || html.n > r->octets) {
		r->out->flags |= HTML_LIMIT;
		return;
	}
	if (!html_tree_enter(&r->tree))
		return;
	r->octets -= html.n;
	r->inside++;
	r->mute = muted || mute;
	r->anchor.open = false;
	r->tree.boundary = HTML_LINE;
	reader_feed(r, html);
	html_anchor_end(r);
	r->tree.boundary = HTML_LINE;
	r->anchor = anchor;
	r->mute = muted;
	r->inside--;
	html_tree_leave(&r->tree);
}

/* Outlook shows what stands in <!--[if mso]> ... <![endif]-->. */
static void
reader_comment(struct html_reader *r, struct span s)
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
reader_feed(struct html_reader *r, struct span html)
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

void
html_read(struct span html, const struct html_limits *limits, struct arena *a,
    struct html_page *out)
{
	struct html_reader r = { .limits = limits, .out = out, .arena = a };

	*out = (struct html_page){ .base = SPAN("") };
	r.octets = limits->octets;
	r.built = BUILT_OCTETS;
	if (html.n > limits->octets)
		out->flags |= HTML_LIMIT;
	/* Browsers drop NULs from text, and so do we everywhere. */
	html = span_slice(html, 0, limits->octets);
	if (span_find(html, '\0') != SIZE_MAX)
		html = arena_without(a, html, SPAN("\0"));
	buf_init(&r.visible.text, limits->text);
	buf_init(&r.hidden.text, limits->text);
	html_tree_init(&r.tree, limits->depth, a);
	html_sheet_init(&r.sheet, a);
	reader_feed(&r, html);
	html_anchor_end(&r);
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
