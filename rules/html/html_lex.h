#ifndef RULES_HTML_HTML_LEX_H
#define RULES_HTML_HTML_LEX_H

/*
 * The tokenizer of the HTML standard (13.2.5) over a page that is all in
 * memory. It copies nothing: tokens are pieces of the page. Three things are
 * left to the reader, who treats them alike: line ends stay as they are (CR is
 * white space), names keep their case, and NULs must have been taken out.
 * Between html*.c only; one thread at a time. Its time is linear in the page,
 * whatever the page holds; it cannot fail.
 */

#include "rules/base/span.h"
#include "rules/html/html_entity.h"
#include "rules/html/html_name.h"

enum html_token_kind {
	HTML_TOKEN_END, /* of the page; an unfinished tag is dropped */
	HTML_TOKEN_TEXT,
	HTML_TOKEN_OPEN,  /* start tag */
	HTML_TOKEN_CLOSE, /* end tag */
	HTML_TOKEN_COMMENT,
	HTML_TOKEN_DOCTYPE,
};

struct html_token {
	enum html_token_kind kind;
	/* Of a tag; of text, the element whose raw text it is, or other. */
	enum html_tag tag;
	/*
	 * Text, a piece of it, without references; the name of a tag; what is
	 * inside a comment or doctype. Valid until the next token.
	 */
	struct span text;
	bool self_closing;
	/*
	 * Attributes of a start tag: bit 1 << id, and value[id] with its
	 * references in it (html_entity_value). Of two with one name the
	 * first counts. Those without a meaning here are forgotten, so that
	 * their number needs no limit.
	 */
	uint32_t has;
	struct span value[ATTR_COUNT];
};

struct html_lex {
	struct span page;
	size_t at;         /* what is not read yet begins here */
	size_t markup;     /* where text ends; right when not below at */
	enum html_tag raw; /* the element whose raw text is being read */
	bool foreign;      /* set by the reader: in SVG or MathML */
	size_t reference;  /* where the next '&' is; when sought, and not */
	bool sought;       /* below at */
	char character[HTML_ENTITY_OCTETS]; /* what a reference stands for */
};

void html_lex_init(struct html_lex *lex, struct span page);
/* False at the end of the page. */
bool html_lex_next(struct html_lex *lex, struct html_token *token);

#endif
