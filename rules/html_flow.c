/*
 * White space and lines of HTML as a person sees them. It must not know which
 * text is hidden.
 */
#include "config.h"

#include "rules/html_flow.h"

#include <string.h>

#include "rules/rune.h"
#include "rules/utf8.h"

/* clang-format off */
static const struct {
	const char *name;
	enum html_element_kind kind;
} element[] = {
	{ "address", HTML_ELEMENT_BLOCK }, { "article", HTML_ELEMENT_BLOCK },
	{ "blockquote", HTML_ELEMENT_BLOCK }, { "br", HTML_ELEMENT_BLOCK },
	{ "center", HTML_ELEMENT_BLOCK }, { "dd", HTML_ELEMENT_BLOCK },
	{ "div", HTML_ELEMENT_BLOCK }, { "dl", HTML_ELEMENT_BLOCK },
	{ "dt", HTML_ELEMENT_BLOCK }, { "fieldset", HTML_ELEMENT_BLOCK },
	{ "footer", HTML_ELEMENT_BLOCK }, { "form", HTML_ELEMENT_BLOCK },
	{ "h1", HTML_ELEMENT_BLOCK }, { "h2", HTML_ELEMENT_BLOCK },
	{ "h3", HTML_ELEMENT_BLOCK }, { "h4", HTML_ELEMENT_BLOCK },
	{ "h5", HTML_ELEMENT_BLOCK }, { "h6", HTML_ELEMENT_BLOCK },
	{ "header", HTML_ELEMENT_BLOCK }, { "hr", HTML_ELEMENT_BLOCK },
	{ "li", HTML_ELEMENT_BLOCK }, { "main", HTML_ELEMENT_BLOCK },
	{ "ol", HTML_ELEMENT_BLOCK }, { "option", HTML_ELEMENT_BLOCK },
	{ "p", HTML_ELEMENT_BLOCK }, { "pre", HTML_ELEMENT_BLOCK },
	{ "section", HTML_ELEMENT_BLOCK }, { "table", HTML_ELEMENT_BLOCK },
	{ "tr", HTML_ELEMENT_BLOCK }, { "ul", HTML_ELEMENT_BLOCK },
	{ "td", HTML_ELEMENT_CELL }, { "th", HTML_ELEMENT_CELL },
	{ "button", HTML_ELEMENT_CELL }, { "input", HTML_ELEMENT_CELL },
	{ "script", HTML_ELEMENT_QUIET }, { "style", HTML_ELEMENT_QUIET },
	{ "title", HTML_ELEMENT_QUIET }, { "template", HTML_ELEMENT_QUIET },
};
/* clang-format on */

enum html_element_kind
html_element_kind(const char *name)
{
	for (size_t i = 0; i < ARRAY_COUNT(element); i++)
		if (name[0] == element[i].name[0] &&
		    strcmp(name, element[i].name) == 0)
			return element[i].kind;
	return HTML_ELEMENT_INLINE;
}

static void
flow_add_rune(struct html_flow *f, struct span octets)
{
	if (f->text.n > 0 && (f->line || f->space))
		(void)buf_addc(&f->text, f->line ? '\n' : ' ');
	f->line = f->space = false;
	(void)buf_add(&f->text, octets);
}

void
html_flow_add(struct html_flow *f, struct span s)
{
	uint32_t rune;

	for (size_t i = 0; i < s.n;) {
		size_t n = 0;

		/* A run of plain letters at once. */
		while (i + n < s.n && s.p[i + n] > ' ' && s.p[i + n] < 0x7f)
			n++;
		if (n > 0) {
			flow_add_rune(f, span_slice(s, i, i + n));
			i += n;
			continue;
		}
		n = utf8_next(s, i, &rune);
		if (rune_space(rune))
			f->space = true;
		else if (rune != UTF8_BAD && rune >= 0x20 &&
			 !rune_invisible(rune) && !rune_bidi(rune))
			flow_add_rune(f, span_slice(s, i, i + n));
		i += n;
	}
}
