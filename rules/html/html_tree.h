#ifndef RULES_HTML_HTML_TREE_H
#define RULES_HTML_HTML_TREE_H

/*
 * Which elements of a page are open, and so in what style its text is shown:
 * tree construction of the HTML standard (13.2.6) without a tree. Tags that
 * are missing, misplaced or crossed open and close what they do in a browser,
 * as far as it changes which text is shown:
 *
 * - all of body, tables, lists, and SVG and MathML with HTML in them;
 * - formatting elements go on behind the block that they were opened in
 *   (the list of active formatting elements, of which 16 are kept) and end where crossed ("adoption agency"), but text that was
 *   read before that stays in the style that it had;
 * - text and elements that don't belong in a table have the style of what
 *   the table stands in ("foster parenting"), but keep their place;
 * - not done: frameset, select's own rules, and p in a table's quirks mode.
 *
 * Every step is bounded by constants or paid for by an element that ends, so
 * that time is linear in tags: nothing walks the stack to look for a name.
 * Between html*.c only; one thread at a time.
 */

#include "rules/base/arena.h"
#include "rules/base/span.h"
#include "rules/html/html_name.h"
#include "rules/html/html_style.h"

#define TREE_FORMATTING_MAX 16
#define TREE_NAMES_MAX      128 /* distinct names that are not known */
#define TREE_KINDS          (TAG_COUNT + TREE_NAMES_MAX)

/* An open element. Places are indexes of the stack; 0 is the page itself. */
struct html_open {
	struct html_style own;   /* what its attributes say */
	struct html_style style; /* with what it inherits */
	uint16_t kind; /* enum html_tag, or the TAG_COUNT + nth name */
	uint16_t same; /* the next one below that is of this kind */
	/* The topmost one that is, from this one down: */
	uint16_t special; /* special */
	uint16_t item;    /* special but address, div or p: li stops there */
	uint16_t scope;   /* the end of scope */
	uint16_t base;    /* of a marker: html_tree.base before it */
	uint8_t listed;   /* 1 + place among the formatting elements, 0: none */
	bool foreign;     /* is of SVG or MathML */
	bool quiet;       /* its text is not of the page */
	bool leaves;      /* is to be taken out of the middle */
};

/* A formatting element that is in force. */
struct html_formatting {
	struct html_style own;
	uint16_t kind;
	uint16_t place; /* where it is open, 0: it is to be taken up again */
};

/* What lies between two pieces of text. */
enum html_boundary { HTML_JOINED, HTML_SPACE, HTML_LINE };

struct html_tree {
	struct html_open *open;
	size_t depth, depth_max; /* place of the innermost one; its limit */
	uint16_t nearest[TREE_KINDS]; /* innermost one of each kind, 0: none */
	/* Elements over depth_max are only counted. */
	uint32_t over[TREE_KINDS];
	size_t over_count;
	bool deep; /* a limit was met: some style may not have counted */
	bool form; /* the standard's form element pointer is set */

	struct html_formatting formatting[TREE_FORMATTING_MAX];
	size_t formatting_count;
	size_t base;  /* first of formatting that belongs to this cell */
	size_t links; /* how many of them are <a> */

	/* Since the reader set it back to HTML_JOINED. */
	enum html_boundary boundary;

	struct span name[TREE_NAMES_MAX]; /* of kinds above TAG_COUNT */
	size_t name_count;
	unsigned char name_slot[2 * TREE_NAMES_MAX]; /* hash table of 1 + n */
};

/* Names of tags are kept as spans and must outlive the tree. */
void html_tree_init(struct html_tree *tree, size_t depth_max, struct arena *a);

/* A start tag. Returns the style of the element, which may be void. */
struct html_style html_tree_open(struct html_tree *tree, enum html_tag tag,
    struct span name, bool self_closing, struct html_style own);
/* An end tag. */
void html_tree_close(
    struct html_tree *tree, enum html_tag tag, struct span name);
/* To be called before text; returns its style, NULL: no text of the page. */
const struct html_style *html_tree_text(struct html_tree *tree);

/* In SVG or MathML, where the tokenizer has other rules. */
bool html_tree_foreign(const struct html_tree *tree);

/*
 * Begins a page in the page, whose tags close nothing outside of it; false
 * when that is too deep. What it leaves open ends with it.
 */
bool html_tree_enter(struct html_tree *tree);
void html_tree_leave(struct html_tree *tree);

#endif
